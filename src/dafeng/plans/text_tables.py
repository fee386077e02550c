"""Tables of targets that lost their lines: one cell a line, or one row a line with blanks between the cells.

Invariant: taken as a table only behind a line of headings and with at least two rows whose cells are of the right kinds;
everything else stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dafeng.core.documents import Document
from dafeng.plans.columns import LONGEST, NATURES, Column, Heads, is_unit, read_column, settle, sort_table
from dafeng.plans.grids import Grid, make_grid
from dafeng.plans.script import Script, clean
from dafeng.plans.values import is_value

FEWEST_COLUMNS = 3
MOST_COLUMNS = 14
FEWEST_ROWS = 2
MOST_LEADING = 5
"""Most cells before the first value of a row. [cells]"""
LONGEST_CELL = 40
"""Longest cell of such a table. [characters]"""
FIELD = re.compile(r"[^\s\u3000]+")
FIRST = ("number", "category", "name", "project", "task")
"""Roles of the first column of such a table."""
ENDED = ("。", "；", "！", "？")


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table found in running text.

    Parameters
    ----------
    grid : Grid
        Its cells; the headings are not among them.
    heads : Heads
        Its headings.
    paragraphs : frozenset of int
        Numbers of the paragraphs that it takes.
    """

    grid: Grid
    heads: Heads
    paragraphs: frozenset[int]


def find_text_tables(document: Document, scripts: Sequence[Script]) -> Iterator[TextTable]:
    """Tables of targets in running text.

    Parameters
    ----------
    document : Document
        The document.
    scripts : sequence of Script
        Its cleaned paragraphs without the cells of known tables, in order.

    Yields
    ------
    TextTable
        In the order of the document.
    """
    at = 0
    while at < len(scripts):
        found = _read_stacked(scripts, at) or _read_lines(document, scripts, at)
        if found is None:
            at += 1
            continue
        table, at = found
        yield table


def _read_stacked(scripts: Sequence[Script], at: int) -> tuple[TextTable, int] | None:
    """One cell a line: as many lines of headings as there are columns, then the rows."""
    columns: list[Column] = []
    while len(columns) < MOST_COLUMNS and at + len(columns) < len(scripts):
        text = scripts[at + len(columns)].text
        column = read_column(len(columns), text) if 0 < len(text) <= LONGEST else None
        if column is None or column.role is None or any(other.text == column.text for other in columns):
            break
        columns.append(column)
    if not columns or columns[0].role not in FIRST:
        return None
    for count in range(len(columns), FEWEST_COLUMNS - 1, -1):
        settled = settle(tuple(columns[:count]))
        if sort_table(settled) != "targets":
            continue
        rows, stop = _rows(scripts, at + count, settled)
        if len(rows) >= FEWEST_ROWS:
            return _table(settled, rows, scripts[at:stop]), stop
    return None


def _rows(scripts: Sequence[Script], at: int, columns: tuple[Column, ...]) -> tuple[list[dict[int, Script]], int]:
    rows: list[dict[int, Script]] = []
    while at < len(scripts):
        window = scripts[at : at + MOST_LEADING + len(columns)]
        found = parse_row(window, columns, whole=False)
        if found is None:
            break
        cells, used = found
        rows.append(cells)
        at += used
    return rows, at


def _read_lines(document: Document, scripts: Sequence[Script], at: int) -> tuple[TextTable, int] | None:
    """One row a line, its cells apart by blanks."""
    first = _fields(document, scripts[at])
    if not FEWEST_COLUMNS <= len(first) <= MOST_COLUMNS:
        return None
    columns = settle(tuple(read_column(number, field.text) for number, field in enumerate(first)))
    if any(column.role is None for column in columns) or columns[0].role not in FIRST or sort_table(columns) != "targets":
        return None
    rows: list[dict[int, Script]] = []
    stop = at + 1
    while stop < len(scripts):
        found = parse_row(_fields(document, scripts[stop]), columns, whole=True)
        if found is None:
            break
        rows.append(found[0])
        stop += 1
    return (_table(columns, rows, scripts[at:stop]), stop) if len(rows) >= FEWEST_ROWS else None


def _fields(document: Document, script: Script) -> list[Script]:
    """Stretches of a line between blanks, at most some more than a table can have."""
    if len(script.text) > 4 * LONGEST_CELL or script.text.endswith(ENDED):
        return []
    paragraph = document.paragraphs[script.paragraph]
    pieces = [
        clean(replace(paragraph, start=paragraph.start + found.start(), end=paragraph.start + found.end(), text=found.group()))
        for found in FIELD.finditer(paragraph.text)
    ]
    return [piece for piece in pieces if piece.text]


def parse_row(cells: Sequence[Script], columns: Sequence[Column], *, whole: bool) -> tuple[dict[int, Script], int] | None:
    """A row of cells put under their columns by what they hold.

    Parameters
    ----------
    cells : sequence of Script
        Cells from the beginning of the row on.
    columns : sequence of Column
        Columns of the table.
    whole : bool
        Whether the row takes all of the cells; else it may end before.

    Returns
    -------
    tuple of dict and int, or None
        Cell by column and how many were taken; ``None`` where the cells make no row. A merged cell of a category that is
        missing stays missing.
    """
    named = next((at for at, column in enumerate(columns) if column.role == "name"), None)
    if named is None:
        return None
    numbered = any(column.role == "number" for column in columns[:named])
    for skipped in (0, 1):
        tail = columns[named + 1 : len(columns) - skipped]
        if skipped and columns[-1].role not in ("note", "responsible", "lead", "support"):
            break
        for first in range(1 + numbered, len(cells) - len(tail) + 1):
            if (whole and first + len(tail) != len(cells)) or (not whole and first > MOST_LEADING):
                continue
            behind = cells[first : first + len(tail)]
            if all(_fits(cell.text, column) for cell, column in zip(behind, tail, strict=True)):
                lead = _leading(cells[:first], columns[: named + 1], whole=whole)
                filled = {column.at: cell for cell, column in zip(behind, tail, strict=True)}
                return ({**lead, **filled}, first + len(tail)) if lead else None
    return None


def _leading(cells: Sequence[Script], columns: Sequence[Column], *, whole: bool) -> dict[int, Script]:
    """Cells before the first value: number, categories, name. Empty where they do not fit."""
    placed: dict[int, Script] = {}
    number = next((column for column in columns if column.role == "number"), None)
    rest = list(cells)
    if number is not None:
        if not re.fullmatch(r"\d{1,3}[.、]?", rest[0].text):
            return {}
        placed[number.at] = rest.pop(0)
    categories = [column for column in columns if column.role == "category"]
    if not rest or any(len(cell.text) > LONGEST_CELL or cell.text.endswith(ENDED) or is_value(cell.text) for cell in rest):
        return {}
    while categories and len(rest) > 1:
        placed[categories.pop(0).at] = rest.pop(0)
    if len(rest) > 1 and not whole:
        rest = rest[-1:]
    return {**placed, columns[-1].at: _joined(rest)}


def _joined(scripts: Sequence[Script]) -> Script:
    text = "".join(script.text for script in scripts)
    origin = tuple(place for script in scripts for place in script.origin)
    return Script(text, origin, scripts[0].paragraph, any(script.mended for script in scripts))


def _fits(text: str, column: Column) -> bool:
    if column.role == "unit":
        return is_unit(text.strip("（）")) or text in ("-", "—", "/", "——", "无")
    if column.role in ("year", "pace"):
        return is_value(text)
    if column.role == "nature":
        return text in NATURES
    return len(text) <= LONGEST_CELL and not text.endswith(ENDED)


def _table(columns: tuple[Column, ...], rows: Sequence[Mapping[int, Script]], taken: Sequence[Script]) -> TextTable:
    cells = (
        ((row, column, 1, 1), [script])
        for row, placed in enumerate(rows)
        for column, script in sorted(placed.items(), key=lambda one: one[1].origin[0])
    )
    grid = make_grid(cells, taken[0].paragraph)
    return TextTable(grid, Heads("targets", columns, 0), frozenset(script.paragraph for script in taken))
