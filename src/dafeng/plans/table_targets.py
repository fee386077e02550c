"""Rows of a table of targets → statements.

Invariant: a value of a year ahead is a target, a value of the base year an achieved one; nothing is carried over a row but
what a merged cell covers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from dafeng.plans.columns import BRACKET, Column, Heads, is_unit
from dafeng.plans.goals import Wish
from dafeng.plans.grids import Entry, Grid
from dafeng.plans.lexicon import lexicon
from dafeng.plans.naming import has_coefficient, is_bare_measure, name_part, normalise
from dafeng.plans.passages import Passage
from dafeng.plans.pieces import Base, Time
from dafeng.plans.statements import FIRST_MILESTONE, Comparator, Direction, Era, Kind, Statement
from dafeng.plans.table_works import LISTED, Surroundings, caption_unit, row_passage
from dafeng.plans.values import HELD, NOTHING, CellValue, read_value, read_wish

Nature = Literal["binding", "expected"]
PART = re.compile(r"^(?:其中|#)[：:，]?")
FOOTNOTE = re.compile(r"[*※①-⑳]+$|（注\d?）$")
CHANGE = re.compile(
    r"(?P<name>.{3,}?)(?:累计|年均)?(?:(?P<fall>下降|降低|减少|削减|压减)|(?P<rise>提高|提升|增加|增长))(?P<rest>率|幅度|比例|量)?$"
)
SUMMED = re.compile(r"(?:〔\s*〕|\[\s*\]|【\s*】|括号|〔|\[)\D{0,12}(?:累计|合计|五年)")


@dataclass(frozen=True, slots=True)
class _Line:
    """What a row says besides its values."""

    name: str
    unit: str
    scope: tuple[str, ...]
    counting: str | None
    direction: Direction | None
    part_of: int | None
    nature: Nature | None
    organisations: tuple[str, ...]
    base: CellValue | None


@dataclass(frozen=True, slots=True)
class _Frame:
    """The columns of a table, sorted."""

    name: Column
    categories: tuple[Column, ...]
    unit: Column | None
    natures: tuple[Column, ...]
    past: tuple[Column, ...]
    ahead: tuple[Column, ...]
    paces: tuple[Column, ...]


def read_targets(
    grid: Grid, heads: Heads, around: Surroundings, organisations: Sequence[tuple[str, ...]]
) -> tuple[Passage, ...]:
    """Rows of a table of targets.

    Parameters
    ----------
    grid : Grid
        The table.
    heads : Heads
        Its headings.
    around : Surroundings
        What stands around it.
    organisations : sequence of tuple of str
        Responsible organisations of each row.

    Returns
    -------
    tuple of Passage
        One per row with a value or a goal.
    """
    frame = _frame(heads, around.era)
    passages: list[Passage] = []
    known = _Known()
    for row in range(heads.rows, grid.height):
        entries = grid.filled.get(row, ())
        if len(entries) == 1:
            known.nature = _nature(grid.text(row, entries[0].column)) or known.nature
        line = _line(grid, frame, row, around, organisations[row], known) if len(entries) > 1 else None
        if line is None or line.name == frame.name.text:
            continue
        passage = _passage(grid, frame, row, line, around, entries, known)
        known.count += len(passage.statements)
        if passage.statements or passage.wishes or not passage.readable:
            passages.append(passage)
    return tuple(passages)


@dataclass(slots=True)
class _Known:
    """What the rows above hand on."""

    nature: Nature | None = None
    count: int = 0
    whole: str = ""
    positions: tuple[tuple[int, int], ...] = ()


def _frame(heads: Heads, era: Era) -> _Frame:
    names = heads.of("name")
    name = names[-1] if names else heads.columns[0]
    years = heads.of("year")
    past = tuple(column for column in years if _is_past(column, years, era))
    return _Frame(
        name=name,
        categories=heads.of("category"),
        unit=next(iter(heads.of("unit")), None),
        natures=heads.of("nature"),
        past=past,
        ahead=tuple(column for column in years if column not in past),
        paces=heads.of("pace"),
    )


def _is_past(column: Column, years: Sequence[Column], era: Era) -> bool:
    """Whether a column holds what has been reached: its heading says so, or its year is behind the document."""
    if column.past is not None or column.time is None:
        return bool(column.past)
    year = column.time.year
    if era.now is not None and year <= era.now:
        return True
    later = any(other.time is not None and other.time.year > year for other in years)
    title = era.title.first if era.title is not None else None
    return later and (year < FIRST_MILESTONE or (title is not None and year < title))


def _line(
    grid: Grid, frame: _Frame, row: int, around: Surroundings, organisations: tuple[str, ...], known: _Known
) -> _Line | None:
    written = grid.text(row, frame.name.at)
    said = _plain(written)
    part = PART.match(said)
    said = said[part.end() :] if part else said
    name, bracket = _without_unit(said)
    if is_bare_measure(name) and frame.categories:
        name = _without_unit(_plain(grid.text(row, frame.categories[-1].at)))[0] + name
    told = grid.text(row, frame.unit.at) if frame.unit is not None else ""
    unit = _unit(told) or bracket
    name, direction = _change(name, unit)
    normal = normalise(name)
    text = name_part(normal.text, known.whole) if part and known.whole else normal.text
    if not written:
        return None
    base = _base(grid, frame, row, unit, around) if frame.past else None
    natures = (found for column in frame.natures if (found := _nature(grid.text(row, column.at))) is not None)
    nature = next(natures, _nature(written) or known.nature)
    return _Line(text, unit, normal.scope, normal.counting, direction, 1 if part else None, nature, organisations, base)


def _base(grid: Grid, frame: _Frame, row: int, unit: str, around: Surroundings) -> CellValue | None:
    column = frame.past[-1]
    return read_value(grid.text(row, column.at), unit or column.unit or caption_unit(around.caption))


def _passage(
    grid: Grid, frame: _Frame, row: int, line: _Line, around: Surroundings, entries: Sequence[Entry], known: _Known
) -> Passage:
    statements: list[Statement] = []
    wishes: list[Wish] = []
    positions: list[tuple[int, int]] = []
    seen: set[Entry] = set()
    unread = False
    for column in (*frame.past, *frame.ahead, *frame.paces):
        entry = grid.places.get((row, column.at))
        if entry is None or entry.end == entry.start or (entry in seen and column.role == "pace"):
            continue
        text = grid.script.text[entry.start : entry.end]
        value = read_value(text, _unit_of(text, column, line, around))
        if value is not None:
            whole = dict(known.positions).get(column.at) if line.part_of is not None else None
            positions.append((column.at, known.count + len(statements)))
            statements.append(_statement(frame, column, line, value, entry, around, whole))
        elif entry not in seen and column not in frame.past and (time := _time(frame, column, around)) is not None:
            wish = read_wish(text, line.name, time)
            wishes += [wish] if wish is not None else []
            unread = unread or (wish is None and NOTHING.fullmatch(text) is None)
        seen.add(entry)
    if line.part_of is None:
        known.whole, known.positions = line.name, tuple(positions)
    return row_passage(grid, entries, tuple(statements), tuple(wishes), around, readable=not unread)


def _unit_of(text: str, column: Column, line: _Line, around: Surroundings) -> str:
    """Unit of a value: a yearly pace is in per cent, unless it stands in the brackets of a sum."""
    if column.role == "pace" and HELD.match(text) is None:
        return column.unit or "%"
    return line.unit or column.unit or caption_unit(around.caption)


def _statement(
    frame: _Frame, column: Column, line: _Line, value: CellValue, entry: Entry, around: Surroundings, whole: int | None
) -> Statement:
    time = _time(frame, column, around)
    grown = column.role == "pace" and not value.held and "增" in column.text and line.direction is None
    direction = value.direction or line.direction or (None if grown else _pace_direction(column))
    base = _base_of(frame, value, direction)
    summed = value.held and (SUMMED.search(around.note + around.caption) is not None or column.role == "pace")
    if summed and direction is None:
        time = _whole_period(time, base or _first_base(frame))
    own = column.time is not None or column.role == "pace"
    return Statement(
        kind=_kind(frame, column, line, time),
        name=line.name + "年均增速" if grown and not line.name.endswith(("增速", "增长率")) else line.name,
        quantity=value.quantity,
        comparator=value.comparator or ">=" if grown else _comparator(value, line, direction),
        start=entry.start + value.start,
        end=entry.start + value.end,
        time=time,
        year_from="own" if own else around.year_from,
        base=base,
        direction=direction or (None if grown else _falls(value, line)),
        scope=(*line.scope, *(("年均",) if column.role == "pace" and not value.held and "年均" in column.text else ())),
        counting="cumulative" if summed and direction is None else line.counting,
        part_of=whole,
        remarks=tuple(_remarks(line, value, own=own, around=around)),
        nature=line.nature if column not in frame.past else None,
        base_value=_base_value(column, frame, line, value),
        organisations=line.organisations,
    )


def _kind(frame: _Frame, column: Column, line: _Line, time: Time | None) -> Kind:
    if column in frame.past:
        return "achieved"
    if not line.name:
        return "unnamed"
    return "target" if time is not None else "undated"


def _time(frame: _Frame, column: Column, around: Surroundings) -> Time | None:
    if column.time is not None:
        return column.time
    ahead = [one.time for one in frame.ahead if one.time is not None]
    if column.role == "pace" and ahead:
        return ahead[-1] if column.at > frame.ahead[-1].at else ahead[0]
    return around.time


def _remarks(line: _Line, value: CellValue, *, own: bool, around: Surroundings) -> Iterator[str]:
    if not own:
        yield {"heading": "heading_year", "title": "title_year"}.get(around.year_from, "no_year")
    if value.quantity.kind == "bare" and not has_coefficient(line.name):
        yield "bare_number"


def _comparator(value: CellValue, line: _Line, direction: Direction | None) -> Comparator:
    if value.comparator is not None:
        return value.comparator
    return "<=" if direction is None and _falls(value, line) == "decrease" else ">="


def _falls(value: CellValue, line: _Line) -> Direction | None:
    """A level below that of the base year, or one whose name is that of a burden, is to fall."""
    base = line.base
    if base is not None and base.quantity.unit == value.quantity.unit and base.direction is None:
        return "decrease" if value.quantity.value < base.quantity.value else None
    return "decrease" if line.name.endswith(lexicon().words["burdens"]) else None


def _base_of(frame: _Frame, value: CellValue, direction: Direction | None) -> Base | None:
    if value.base is not None:
        return Base(value.base, f"{value.base}年")
    return _first_base(frame) if direction is not None and value.quantity.kind == "share" else None


def _first_base(frame: _Frame) -> Base | None:
    years = [column.time.year for column in frame.past if column.time is not None]
    return Base(years[-1], f"{years[-1]}年") if years else None


def _base_value(column: Column, frame: _Frame, line: _Line, value: CellValue) -> Decimal | None:
    same = line.base is not None and line.base.quantity.unit == value.quantity.unit
    return line.base.quantity.value if line.base is not None and same and column in frame.ahead else None


def _whole_period(time: Time | None, base: Base | None) -> Time | None:
    if time is None or time.first is not None:
        return time
    first = base.year + 1 if base is not None and base.year is not None and base.year < time.year else time.year - 4
    return Time(time.year, "span", first)


def _pace_direction(column: Column) -> Direction | None:
    if column.role != "pace":
        return None
    return "decrease" if re.search(r"下降|降低|降幅|减少", column.text) else "increase" if "增" in column.text else None


def _change(name: str, unit: str) -> tuple[str, Direction | None]:
    """“单位产品能耗降低（%）”: the change is said by the name; a rate of growth is an indicator of its own."""
    found = CHANGE.fullmatch(name) if unit in ("", "%", "百分点") else None
    if found is None or (found["rise"] and found["rest"] in ("率", "比例", "量")):
        return name, None
    return found["name"].rstrip("累计"), "decrease" if found["fall"] else "increase"


def _plain(text: str) -> str:
    return FOOTNOTE.sub("", LISTED.sub("", text))


def _without_unit(name: str) -> tuple[str, str]:
    """Name and the unit in its brackets."""
    unit = ""
    for found in reversed([*BRACKET.finditer(name)]):
        if is_unit(found["inside"]):
            unit = unit or found["inside"]
            name = name[: found.start()] + name[found.end() :]
        elif _nature(found["inside"]) is not None:
            name = name[: found.start()] + name[found.end() :]
    return name.strip("，：、"), unit


def _unit(told: str) -> str:
    plain = told.strip("（）()")
    return plain if is_unit(plain) or (plain and len(plain) <= 12 and re.search(r"[\u4e00-\u9fffA-Za-z]", plain)) else ""


def _nature(text: str) -> Nature | None:
    return "binding" if "约束" in text else "expected" if "预期" in text else None
