"""What the columns of a table hold, read from their headings.

Invariant: a column's role comes from its heading only; a year that no heading names is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, cast

from dafeng.plans.amounts import spell_unit
from dafeng.plans.grids import Grid
from dafeng.plans.lexicon import lexicon
from dafeng.plans.pieces import Time
from dafeng.plans.times import FIVE, FIVE_ENDS, YEAR

ColumnRole = Literal[
    "number", "category", "name", "unit", "year", "pace", "nature", "lead", "support", "responsible",
    "task", "content", "due", "project", "works", "note",
]  # fmt: skip
"""``year`` holds values, ``pace`` yearly or cumulative changes, ``works`` sizes and sums of projects."""
TableKind = Literal["targets", "tasks", "projects"]

MOST_HEADINGS = 4
"""Most rows of headings. [rows]"""
LONGEST = 24
"""Longest heading of a column. [characters]"""
LONGEST_ROLE = 12
"""Longest heading that is told by its ending. [characters]"""
BRACKET = re.compile(r"[（\[【〔](?P<inside>[^（）\[\]【】〔〕]{1,20})[）\]】〕]")
FIVE_YEARS = re.compile(FIVE)
NATURES = ("约束性", "预期性", "约束性指标", "预期性指标")
PACE = re.compile(r"年均|增速|累计|变化|增长率|增幅|降幅")
BASE = re.compile(r"现状|基期|基准|基础值|实际|完成值|现值|基数|初值|已完成")
PLAIN_VALUE = re.compile(
    r"(?:规划|预期|计划|力争|近期|远期)?(?:目标|规划|预期)(?:值|数)?|(?:现状|基期|基准|实际|完成|基础|现|初)(?:值|数|年)?|现状|基期|实际|实际完成"
)
"""Headings of columns of values that name no year."""
AIM = re.compile(r"目标|规划|预期|预计|计划|力争")


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds.

    Parameters
    ----------
    at : int
        Its place, from 0.
    role : ColumnRole or None
        ``None`` where the heading is not known.
    text : str
        Its heading, all rows of it.
    time : Time or None
        Year or period of its values.
    past : bool or None
        Whether the heading says that its values have been reached (True) or are aimed at (False).
    unit : str
        Unit in the heading, or empty.
    """

    at: int
    role: ColumnRole | None
    text: str
    time: Time | None = None
    past: bool | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Heads:
    """Headings of a table.

    Parameters
    ----------
    kind : TableKind
        What the table lists.
    columns : tuple of Column
        One per column.
    rows : int
        How many rows the headings take. [rows]
    caption : str
        Text of a first row that spans the whole table.
    """

    kind: TableKind
    columns: tuple[Column, ...]
    rows: int
    caption: str = ""

    def of(self, *roles: ColumnRole) -> tuple[Column, ...]:
        """Columns with some roles.

        Parameters
        ----------
        *roles : ColumnRole
            The roles.

        Returns
        -------
        tuple of Column
            From left to right.
        """
        return tuple(column for column in self.columns if column.role in roles)


def read_heads(grid: Grid) -> Heads | None:
    """Headings of a table.

    Parameters
    ----------
    grid : Grid
        The table.

    Returns
    -------
    Heads or None
        ``None`` where the first rows are no headings, or the table lists neither targets nor tasks nor projects.
    """
    first = 1 if _spans(grid, 0) else 0
    last = first
    while last < min(grid.height - 1, first + MOST_HEADINGS) and _is_heading(grid, last):
        last += 1
    if last == first:
        return None
    columns = tuple(read_column(at, _heading(grid, range(first, last), at)) for at in range(grid.width))
    columns = settle(_with_natures(grid, columns, last))
    kind = sort_table(columns)
    return Heads(kind, columns, last, grid.text(0, 0) if first else "") if kind is not None else None


def read_column(at: int, text: str) -> Column:
    """Column with a heading.

    Parameters
    ----------
    at : int
        Its place, from 0.
    text : str
        Cleaned heading.

    Returns
    -------
    Column
        With its role, year and unit as far as the heading tells them.
    """
    return replace(_read_column(text), at=at)


@lru_cache(maxsize=4096)
def _read_column(text: str) -> Column:
    brackets = [found["inside"] for found in BRACKET.finditer(text)]
    unit = next((one for one in brackets if is_unit(one)), "")
    plain = BRACKET.sub("", text).strip("：:、，")
    time = find_time(text)
    if len(text) > LONGEST:
        return Column(0, None, text)
    aimed = AIM.search(text) is not None
    past = True if BASE.search(text) else False if aimed else None
    if time is not None and not re.search(r"时限|期限", plain):
        return Column(0, "year", text, time, past, unit)
    role = cast(
        "ColumnRole | None",
        next((role for role, words in _roles() if len(plain) <= LONGEST_ROLE and plain.endswith(words)), None),
    )
    if role is None and PACE.search(text):
        return Column(0, "pace", text, None, past, unit)
    if role is None and PLAIN_VALUE.fullmatch(plain):
        return Column(0, "year", text, None, past, unit)
    return Column(0, role, text, unit=unit)


def settle(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Columns with one name per table: of several, the last is the name and the others are categories.

    Parameters
    ----------
    columns : tuple of Column
        Columns as their headings tell.

    Returns
    -------
    tuple of Column
        The same number.
    """
    names = [column.at for column in columns if column.role == "name"]
    if not names and any(column.role == "year" for column in columns):
        names = [column.at for column in columns if column.role in ("project", "task", "category")][-1:]
    return tuple(
        replace(column, role="category" if column.at in names[:-1] else "name") if column.at in names else column
        for column in columns
    )


def sort_table(columns: Sequence[Column]) -> TableKind | None:
    """What a table with some columns lists.

    Parameters
    ----------
    columns : sequence of Column
        Its columns.

    Returns
    -------
    TableKind or None
        ``None`` where it cannot be told.
    """
    roles = {column.role for column in columns}
    named = roles & {"name", "category", "project", "task"}
    if "year" in roles and named and "works" not in roles and not {"content", "lead", "support"} <= roles:
        return "targets"
    if roles & {"task", "content"} and roles & {"lead", "support", "responsible", "due"}:
        return "tasks"
    return "projects" if "works" in roles and roles & {"name", "project", "task"} else None


def find_time(text: str) -> Time | None:
    """Year or period that a heading names.

    Parameters
    ----------
    text : str
        Cleaned heading, caption or time limit.

    Returns
    -------
    Time or None
        The last year where several are named; two years or a five-year plan are a period.
    """
    years = [int(found) for found in re.findall(YEAR, text)]
    if len(years) == 2 and years[0] < years[1]:
        return Time(years[1], "span", years[0])
    if years:
        return Time(years[-1], "plain")
    five = FIVE_YEARS.search(text)
    if five is None:
        return None
    end = FIVE_ENDS[five.group(1)]
    return Time(end, "plain") if re.search(r"末|目标值", text) else Time(end, "span", end - 4)


def is_unit(text: str) -> bool:
    """Whether a short text is a unit.

    Parameters
    ----------
    text : str
        Cleaned text.

    Returns
    -------
    bool
        True for 万千瓦, %, 吨标准煤/万元 and the like.
    """
    plain = text.lstrip("十百千万亿").partition("/")[0].partition("每")[0]
    return text in ("%", "‰", "百分点") or bool(plain and (plain in lexicon().units or spell_unit(plain) != plain))


def _heading(grid: Grid, rows: range, column: int) -> str:
    """Text of all heading cells over a column, each once."""
    entries = dict.fromkeys(entry for row in rows if (entry := grid.places.get((row, column))) is not None)
    return "".join(grid.script.text[entry.start : entry.end] for entry in entries)


def _is_heading(grid: Grid, row: int) -> bool:
    """Whether at least half of the cells of a row are headings, and none a nature or a value."""
    texts = [grid.script.text[e.start : e.end] for e in grid.entries if e.row <= row < e.row + e.rows and e.end > e.start]
    own = [grid.script.text[entry.start : entry.end] for entry in grid.filled.get(row, ())]
    if not own or any(text in NATURES for text in own):
        return False
    known = sum(read_column(0, text).role is not None for text in texts)
    return 2 * known >= len(texts) and known >= 2


def _spans(grid: Grid, row: int) -> bool:
    entry = grid.places.get((row, 0))
    return entry is not None and entry.columns >= grid.width > 1 and grid.height > 2


def _with_natures(grid: Grid, columns: tuple[Column, ...], first: int) -> tuple[Column, ...]:
    """A column of categories that only says 约束性 or 预期性 is the nature."""
    said = {column.at: [grid.text(row, column.at) for row in range(first, grid.height)] for column in columns}
    return tuple(
        replace(column, role="nature")
        if column.role in ("category", "note") and 2 * sum(text in NATURES for text in said[column.at]) > len(said[column.at])
        else column
        for column in columns
    )


def _roles() -> Iterable[tuple[str, tuple[str, ...]]]:
    return lexicon().groups["column_heads"].items()
