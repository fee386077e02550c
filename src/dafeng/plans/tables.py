"""Tables of a plan: targets row by row, tasks with who leads and who supports, projects.

Invariant: every figure of a table keeps its place; a value without a year, a name or a unit is told, never completed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dafeng.core.documents import Document
from dafeng.plans.columns import ColumnRole, Heads, find_time, read_heads
from dafeng.plans.grids import Grid, gather_grids, keeps_text
from dafeng.plans.headings import read_mark
from dafeng.plans.lexicon import lexicon
from dafeng.plans.organisations import Duty, Role, join_duties, read_list
from dafeng.plans.passages import Passage
from dafeng.plans.pieces import Time
from dafeng.plans.script import Script
from dafeng.plans.statements import Era, YearFrom
from dafeng.plans.structure import Part
from dafeng.plans.table_targets import read_targets
from dafeng.plans.table_works import Surroundings, read_works
from dafeng.plans.text_tables import find_text_tables

CAPTION = re.compile(
    r"(?:续?表|附表|专栏)[\d一二三四五六七八九十]|(?:表|清单|指标|目标|分工|一览|任务|名单)(?:（[^（）]{0,20}）)?$|^（?单位[：:]"
)
UNIT_LINE = re.compile(r"[（(]?单位[：:]")
NOTED = re.compile(r"(?:注|备注|说明)[\d]?[：:]")
LONGEST_CAPTION = 60
"""Longest line above a table that is its caption. [characters]"""
LONGEST_TITLE = 40
"""Longest title of a task in a table. [characters]"""


@dataclass(frozen=True, slots=True)
class Duties:
    """What a row of a table of tasks orders besides its text.

    Parameters
    ----------
    duty : Duty
        Organisations of its columns.
    due : int or None
        Year in its column of time limits.
    """

    duty: Duty
    due: int | None


@dataclass(frozen=True, slots=True)
class Tabled:
    """What the tables of a document add to it.

    Parameters
    ----------
    parts : tuple of Part
        One per table and one per task in a table, to stand behind the parts of the text.
    passages : tuple of Passage
        Rows with figures.
    duties : dict of int to Duties
        By the position of the part of a task.
    """

    parts: tuple[Part, ...]
    passages: tuple[Passage, ...]
    duties: dict[int, Duties]


@dataclass(frozen=True, slots=True)
class Survey:
    """Which paragraphs of a document are tables.

    Parameters
    ----------
    grids : tuple of Grid
        Tables that are understood, in the order of the document.
    heads : tuple of Heads
        Headings of each.
    left : frozenset of int
        Numbers of the paragraphs that no sentence is looked for in.
    loose : frozenset of int
        Numbers of the cells that are read as text, but begin no part.
    """

    grids: tuple[Grid, ...]
    heads: tuple[Heads, ...]
    left: frozenset[int]
    loose: frozenset[int]


def survey_tables(document: Document, scripts: Sequence[Script]) -> Survey:
    """Find the tables of a document.

    Parameters
    ----------
    document : Document
        The document.
    scripts : sequence of Script
        Its cleaned paragraphs.

    Returns
    -------
    Survey
        Tables with cells, and those that running text still shows.
    """
    grids = gather_grids(document)
    known = _sort_grids(grids)
    numbers = {grid.paragraph: grid for grid in grids}
    tables = {p.cell.table: numbers[p.number] for p in document.paragraphs if p.cell is not None and p.number in numbers}
    cells = [p for p in document.paragraphs if p.cell is not None and p.cell.table in tables]
    read = {p.number for p in cells if p.cell is not None and tables[p.cell.table].paragraph in known}
    loose = {p.number for p in cells if p.number not in read and keeps_text(p)}
    running = [script for script in scripts if document.paragraphs[script.paragraph].cell is None]
    texts = list(find_text_tables(document, running))
    found = [(grid, known[grid.paragraph]) for grid in grids if grid.paragraph in known]
    found = sorted([*found, *((text.grid, text.heads) for text in texts)], key=lambda one: one[0].paragraph)
    left = {p.number for p in cells if p.number not in loose}.union(*(text.paragraphs for text in texts))
    return Survey(tuple(grid for grid, _ in found), tuple(heads for _, heads in found), frozenset(left), frozenset(loose))


def _sort_grids(grids: Sequence[Grid]) -> dict[int, Heads]:
    """Headings of the tables that are understood, by their first paragraph; one that goes on over a page has those before."""
    known: dict[int, Heads] = {}
    last: Heads | None = None
    width = 0
    for grid in grids:
        heads = read_heads(grid)
        if heads is None and last is not None and width == grid.width:
            heads = Heads(last.kind, last.columns, 0)
        if heads is not None:
            known[grid.paragraph] = heads
        last, width = heads, grid.width
    return known


def read_tables(survey: Survey, lines: Sequence[Script], parts: Sequence[Part], era: Era, place: str) -> Tabled:
    """Everything that the tables of a document say.

    Parameters
    ----------
    survey : Survey
        Its tables.
    lines : sequence of Script
        Cleaned paragraphs of the running text.
    parts : sequence of Part
        Outline of the running text.
    era : Era
        What the document says about time.
    place : str
        Administrative code, for names that hold in one place only.

    Returns
    -------
    Tabled
        Parts, passages and duties to be put beside those of the text.
    """
    found = Tabled((), (), {})
    paragraphs = [line.paragraph for line in lines]
    begins = [part.scripts[0].origin[0] if part.scripts else -1 for part in parts]
    for grid, heads in zip(survey.grids, survey.heads, strict=True):
        if not grid.script.origin:
            continue
        above = bisect_left(paragraphs, grid.paragraph)
        parent = _parent(parts, bisect_right(begins, grid.script.origin[0]) - 1)
        caption, note = _caption(_captions(lines, above), heads), _note(lines[above : above + 2])
        at = len(parts) + len(found.parts)
        time, year_from = _time_around(caption, parts[parent] if parent >= 0 else None, era)
        table = Part("table", "", caption[:LONGEST_CAPTION], (), 0, *_headings(parts, parent), leaf=False, parent=parent)
        around = Surroundings(caption, note, time, year_from, era, at)
        found = _with(found, table, *_read(grid, heads, around, place, table), first=len(parts))
    return found


def captions(grids: Sequence[Grid], lines: Sequence[Script]) -> frozenset[int]:
    """Lines that stand right above a table and name it.

    Parameters
    ----------
    grids : sequence of Grid
        Tables.
    lines : sequence of Script
        Cleaned paragraphs of the running text.

    Returns
    -------
    frozenset of int
        Numbers of their paragraphs.
    """
    paragraphs = [line.paragraph for line in lines]
    found: set[int] = set()
    for grid in grids:
        above = bisect_left(paragraphs, grid.paragraph)
        found |= {line.paragraph for line in _captions(lines, above) if line.text not in lexicon().words["chapter_titles"]}
    return frozenset(found)


def _captions(lines: Sequence[Script], above: int) -> list[Script]:
    """Caption right above a table, and the line above that where the caption only tells the unit."""
    count = 2 if above > 1 and UNIT_LINE.match(lines[above - 1].text) else 1
    return [line for line in lines[max(above - count, 0) : above] if _is_caption(line.text)]


def _is_caption(text: str) -> bool:
    plain = len(text) <= LONGEST_CAPTION and not text.endswith(("。", "；"))
    return plain and read_mark(text).kind == "text" and CAPTION.search(text) is not None


def _read(
    grid: Grid, heads: Heads, around: Surroundings, place: str, table: Part
) -> tuple[tuple[Part, ...], tuple[Passage, ...], tuple[Duties, ...]]:
    if heads.kind == "projects":
        return (), read_works(grid, heads, around), ()
    duties = [_duties(grid, heads, row, place, around.era) for row in range(grid.height)]
    if heads.kind == "targets":
        names = [tuple(mention.name for mention in one.duty.mentions) for one in duties]
        return (), read_targets(grid, heads, around, names), ()
    table = replace(table, chapter=table.title or table.chapter)
    rows: list[tuple[Part, Duties]] = []
    for row in range(heads.rows, grid.height):
        above = _group(grid, row)
        table = replace(table, chapter=above) if above else table
        part = None if above else _row(grid, heads, row, table, around.part)
        rows += [(replace(part, due=duties[row].due), duties[row])] if part is not None else []
    return tuple(part for part, _ in rows), (), tuple(duty for _, duty in rows)


def _group(grid: Grid, row: int) -> str:
    """Heading of the rows below: a row that is one cell."""
    filled = grid.filled.get(row, ())
    alone = len(filled) == 1 and grid.width > 1 and filled[0].rows == 1
    return grid.script.text[filled[0].start : filled[0].end] if alone else ""


def _with(
    found: Tabled, table: Part, rows: tuple[Part, ...], passages: tuple[Passage, ...], duties: tuple[Duties, ...], *, first: int
) -> Tabled:
    """What was found before, and one table more."""
    at = first + len(found.parts) + 1
    return Tabled(
        (*found.parts, table, *rows),
        (*found.passages, *passages),
        {**found.duties, **{at + number: duty for number, duty in enumerate(duties)}},
    )


def _row(grid: Grid, heads: Heads, row: int, table: Part, parent: int) -> Part | None:
    """A task in a row: its title, and the text of its contents."""
    titled = next(iter(heads.of("task", "project", "name")), None)
    contents = [column for column in heads.of("content") if titled is None or column.at != titled.at]
    cells = [
        entry
        for column in contents
        if (entry := grid.places.get((row, column.at))) and entry.row == row and entry.end > entry.start
    ]
    head = grid.places.get((row, titled.at)) if titled is not None else None
    merged = head is not None and (head.row < row or (head.rows > 1 and bool(contents)))
    own = [head] if head is not None and not merged and head.end > head.start else []
    scripts = tuple(grid.part(entry.start, entry.end) for entry in (*own, *cells))
    if not scripts:
        return None
    title, number = _title(scripts[0].text)
    section = _title(grid.script.text[head.start : head.end])[0] if merged and head is not None else ""
    told = next((grid.text(row, column.at) for column in heads.of("number")), "")
    categories = [grid.text(row, column.at) for column in heads.of("category")]
    body = len(scripts[0].text) if own and cells and len(title) == len(scripts[0].text) - len(number) else len(number)
    chapter = next((text for text in categories if text), "") or table.chapter
    return Part("row", number or told, title, scripts, body, chapter, section, parent=parent) if title else None


def _title(text: str) -> tuple[str, str]:
    """Title and number of a cell: up to the first full stop, or the first pause of a long sentence."""
    mark = read_mark(text)
    end = mark.end if mark.kind == "numbered" and mark.end < len(text) else 0
    first = re.split("[。；]", text[end:], maxsplit=1)[0]
    return (first if len(first) <= LONGEST_TITLE else re.split("[，：]", first, maxsplit=1)[0][:LONGEST_TITLE]), text[:end]


def _duties(grid: Grid, heads: Heads, row: int, place: str, era: Era) -> Duties:
    duties = [
        _duty(grid.text(row, column.at), column.role, place, era)
        for column in heads.of("lead", "support", "responsible")
        if row >= heads.rows
    ]
    times = [find_time(grid.text(row, column.at)) for column in heads.of("due") if row >= heads.rows]
    return Duties(join_duties(duties), max((time.year for time in times if time is not None), default=None))


def _duty(text: str, role: ColumnRole | None, place: str, era: Era) -> Duty:
    """Organisations of a cell, with the role that its column gives them."""
    given: Role = "lead" if role == "lead" else "support" if role == "support" else "responsible"
    return read_list(text, role=given, place=place, on=era.now) if text else Duty()


def _time_around(caption: str, part: Part | None, era: Era) -> tuple[Time | None, YearFrom]:
    headings = (part.section, part.title) if part is not None else ()
    for text in (caption, *headings):
        time = find_time(text)
        if time is not None:
            return time, "heading"
    return (era.title, "title") if era.title is not None else (None, "none")


def _caption(lines: Sequence[Script], heads: Heads) -> str:
    return "".join([*(line.text for line in lines), heads.caption])


def _note(lines: Sequence[Script]) -> str:
    return "".join(line.text for line in lines if NOTED.match(line.text))


def _parent(parts: Sequence[Part], at: int) -> int:
    """Part that a table stands in: not the note above it."""
    while at >= 0 and parts[at].level == "note":
        at = parts[at].parent
    return at


def _headings(parts: Sequence[Part], at: int) -> tuple[str, str]:
    if at < 0:
        return "", ""
    part = parts[at]
    if part.level == "chapter":
        return part.heading, ""
    return part.chapter, part.heading if part.level == "section" else part.section
