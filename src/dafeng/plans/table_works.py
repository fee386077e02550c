"""What stands around the rows of a table, and the figures of rows that are projects.

Invariant: a figure of a project keeps its place and is never a target.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dafeng.plans.amounts import amount_pattern, read_amount
from dafeng.plans.columns import Column, Heads, is_unit
from dafeng.plans.goals import Wish
from dafeng.plans.grids import Entry, Grid
from dafeng.plans.passages import Passage
from dafeng.plans.pieces import Time
from dafeng.plans.statements import Era, Statement, YearFrom
from dafeng.plans.values import read_value

LISTED = re.compile(r"^(?:\d{1,3}(?:[.．、]|）)|（\d{1,2}）|[①-⑳]|[（]?[一二三四五六七八九十]{1,3}[、）]|[—–-]{1,2})")
CAPTION_UNIT = re.compile(r"单位[：:](?P<unit>[^，；）)]{1,12})")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a table beside its cells.

    Parameters
    ----------
    caption, note : str
        Lines above and below it.
    time : Time or None
        Year or period for columns that name none.
    year_from : YearFrom
        Where that stands.
    era : Era
        What the document says about time.
    part : int
        Position of the table among the parts.
    """

    caption: str
    note: str
    time: Time | None
    year_from: YearFrom
    era: Era
    part: int


def read_works(grid: Grid, heads: Heads, around: Surroundings) -> tuple[Passage, ...]:
    """Figures of a table of projects.

    Parameters
    ----------
    grid : Grid
        The table.
    heads : Heads
        Its headings.
    around : Surroundings
        What stands around it.

    Returns
    -------
    tuple of Passage
        One per row with a size or a sum, all of kind ``project``.
    """
    named = heads.of("project", "name", "task")[0]
    passages: list[Passage] = []
    for row in range(heads.rows, grid.height):
        entries = grid.filled.get(row, ())
        name = LISTED.sub("", grid.text(row, named.at))
        statements = tuple(
            statement
            for entry in entries
            if heads.columns[entry.column].role not in ("number", "due", "name", "project", "task")
            for statement in _sizes(grid, entry, heads.columns[entry.column], name, around)
        )
        if statements:
            passages.append(row_passage(grid, entries, statements, (), around))
    return tuple(passages)


def row_passage(
    grid: Grid,
    entries: Sequence[Entry],
    statements: tuple[Statement, ...],
    wishes: tuple[Wish, ...],
    around: Surroundings,
    *,
    readable: bool = True,
) -> Passage:
    """A row of a table as a passage.

    Parameters
    ----------
    grid : Grid
        The table.
    entries : sequence of Entry
        Cells that begin in the row.
    statements : tuple of Statement
        Its figures; one in a cell merged with rows above widens the passage.
    wishes : tuple of Wish
        Its goals without a figure.
    around : Surroundings
        What stands around the table.
    readable : bool
        Whether every cell with a value could be read.

    Returns
    -------
    Passage
        From the first cell to the last.
    """
    starts = [entry.start for entry in entries] + [statement.start for statement in statements]
    ends = [entry.end for entry in entries] + [statement.end for statement in statements]
    return Passage(grid.script, min(starts), max(ends), statements, wishes, readable=readable, part=around.part)


def caption_unit(caption: str) -> str:
    """Unit that a caption gives for all values.

    Parameters
    ----------
    caption : str
        Lines above a table.

    Returns
    -------
    str
        Empty where it gives none.
    """
    found = CAPTION_UNIT.search(caption)
    unit = found["unit"].strip("（）") if found else ""
    return unit if is_unit(unit) else ""


def _sizes(grid: Grid, entry: Entry, column: Column, name: str, around: Surroundings) -> Iterator[Statement]:
    text = grid.script.text[entry.start : entry.end]
    found = [(one.start(), one.end(), read_amount(one.group())) for one in _amount().finditer(text)]
    value = read_value(text, column.unit or caption_unit(around.caption)) if not found and column.role == "works" else None
    if value is not None and value.quantity.kind != "bare":
        found = [(value.start, value.end, value.quantity)]
    for start, end, quantity in found:
        if quantity is not None:
            yield Statement("project", name, quantity, ">=", entry.start + start, entry.start + end)


@cache
def _amount() -> re.Pattern[str]:
    return re.compile(amount_pattern())
