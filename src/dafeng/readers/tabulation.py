"""Tables of printed pages: drawn with lines, or by fields that stand below one another.

Invariant: a character that stands in a cell stands in no line of the text; a table that goes on overleaf is one table, the
repeated head once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from dafeng.core.documents import Cell
from dafeng.readers.blocks import Block
from dafeng.readers.flow import ENDS, Printed, is_numbered
from dafeng.readers.grids import Grid
from dafeng.readers.lines import RISE, Field, Line, Run, gather_lines, join_broken

FEWEST_ROWS = 3
"""Fewest lines of a table without drawn lines."""
FEWEST_FIELDS = 3
"""Fewest columns of such a table."""
NEAR = 8.0
"""How far the lines of a table may be moved on the next page. [points]"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell that holds something.

    Parameters
    ----------
    row, column, rows, columns : int
        Place and extent.
    texts : tuple of str
        Its paragraphs.
    page : int
        Page, from 1.
    """

    row: int
    column: int
    rows: int
    columns: int
    texts: tuple[str, ...]
    page: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read.

    Parameters
    ----------
    columns : tuple of float
        Places of its upright lines; empty where none are drawn. [points]
    rows : int
        Number of rows.
    entries : tuple of Entry
        Its cells, by row and column.
    page : int
        Last page it stands on.
    """

    columns: tuple[float, ...]
    rows: int
    entries: tuple[Entry, ...]
    page: int


def take_cells(runs: Sequence[Run], grids: Sequence[Grid], page: int) -> tuple[list[Run], list[Table]]:
    """Runs outside all grids, and the grids as tables.

    Parameters
    ----------
    runs : sequence of Run
        Runs of a page; those that reach across a line between cells are cut there.
    grids : sequence of Grid
        Grids of the page.
    page : int
        Its number.

    Returns
    -------
    list of Run, list of Table
        A table for each grid, in the same order.
    """
    outside: list[Run] = []
    held: dict[tuple[int, int], list[Run]] = {}
    for run in runs:
        for place, piece in _cut(run, grids):
            if place is None:
                outside.append(piece)
            else:
                held.setdefault(place, []).append(piece)
    return outside, [_table(number, grid, held, page) for number, grid in enumerate(grids)]


def _cut(run: Run, grids: Sequence[Grid]) -> Iterator[tuple[tuple[int, int] | None, Run]]:
    """Pieces of a run by the cell in which the middles of their characters stand."""
    if not grids:
        yield None, run
        return
    middle = run.base - (RISE - 0.5) * run.size
    ends = (*run.lefts[1:], run.right)
    places = [_place((left + end) / 2, middle, grids) for left, end in zip(run.lefts, ends, strict=True)]
    at = 0
    for place, members in groupby(places):
        stop = at + len([*members])
        last = stop == len(places)
        text = run.text[at:] if last else run.text[at:stop]
        yield place, Run(text, run.lefts[at:stop], run.right if last else run.lefts[stop], run.base, run.size)
        at = stop


def _place(x: float, y: float, grids: Sequence[Grid]) -> tuple[int, int] | None:
    for number, grid in enumerate(grids):
        cell = grid.cell_at(x, y)
        if cell is not None:
            return number, cell
    return None


def _table(number: int, grid: Grid, held: dict[tuple[int, int], list[Run]], page: int) -> Table:
    entries = tuple(
        Entry(cell.row, cell.column, cell.rows, cell.columns, _texts(held[number, at]), page)
        for at, cell in enumerate(grid.cells)
        if (number, at) in held
    )
    return Table(grid.columns, len(grid.rows) - 1, entries, page)


def _texts(runs: Sequence[Run]) -> tuple[str, ...]:
    """Paragraphs of a cell: its lines are one, unless a numbered point begins after an end."""
    texts: list[str] = []
    for line in gather_lines(runs):
        if texts and not (is_numbered(line.text) and texts[-1][-1:] in ENDS):
            texts[-1] = join_broken(texts[-1], line.text)
        else:
            texts.append(line.text)
    return tuple(texts)


def join_tables(parts: Sequence[Printed | Table]) -> list[Printed | Table]:
    """Tables that go on overleaf put together.

    Parameters
    ----------
    parts : sequence of Printed or Table
        Lines and tables of a document in order.

    Returns
    -------
    list of Printed or Table
        The same with fewer tables.
    """
    joined: list[Printed | Table] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Table) and isinstance(last, Table) and _goes_on(last, part):
            joined[-1] = _together(last, part)
        else:
            joined.append(part)
    return joined


def _goes_on(first: Table, second: Table) -> bool:
    overleaf = second.page == first.page + 1 and len(first.columns) == len(second.columns) > 0
    return overleaf and all(abs(a - b) < NEAR for a, b in zip(first.columns, second.columns, strict=True))


def _together(first: Table, second: Table) -> Table:
    skip = _repeated_rows(first, second)
    moved = [replace(one, row=one.row - skip + first.rows) for one in second.entries if one.row >= skip]
    return Table(first.columns, first.rows + second.rows - skip, (*first.entries, *moved), second.page)


def _repeated_rows(first: Table, second: Table) -> int:
    """Rows at the top of both that say the same."""
    skip = 0
    while skip < second.rows and (own := _row(second, skip)) and own == _row(first, skip):
        skip += 1
    return skip


def _row(table: Table, row: int) -> list[tuple[int, int, tuple[str, ...]]]:
    return [(one.column, one.columns, one.texts) for one in table.entries if one.row == row]


def align_fields(lines: Sequence[Printed]) -> list[Printed | Table]:
    """Lines of a document, those whose fields stand below one another as tables.

    Parameters
    ----------
    lines : sequence of Printed
        Lines that follow one another.

    Returns
    -------
    list of Printed or Table
        In the same order.
    """
    found: list[Printed | Table] = []
    for group in _groups(lines):
        if len(group) >= FEWEST_ROWS and len(group[0].line.fields) >= FEWEST_FIELDS:
            found.append(_aligned(group))
        else:
            found.extend(group)
    return found


def _groups(lines: Sequence[Printed]) -> Iterator[list[Printed]]:
    group: list[Printed] = []
    for one in lines:
        if group and not _is_below(group[-1], one):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _is_below(last: Printed, one: Printed) -> bool:
    first, second = last.line.fields, one.line.fields
    if last.page != one.page or last.column != one.column or len(first) != len(second) or len(first) < FEWEST_FIELDS:
        return False
    return all(_over(a, b) for a, b in zip(first, second, strict=True))


def _over(one: Field, other: Field) -> bool:
    return min(one.right, other.right) > max(one.left, other.left)


def _aligned(group: Sequence[Printed]) -> Table:
    entries = tuple(
        Entry(row, column, 1, 1, (field.text,), one.page)
        for row, one in enumerate(group)
        for column, field in enumerate(one.line.fields)
    )
    return Table((), len(group), entries, group[0].page)


def table_line(grid: Grid) -> Line:
    """Stand-in for a table among the lines of its page.

    Parameters
    ----------
    grid : Grid
        The table's grid.

    Returns
    -------
    Line
        A line at its upper edge, as wide as the table.
    """
    return Line((Field("", grid.columns[0], grid.columns[-1]),), grid.rows[0], 1.0)


def say_table(table: Table, number: int) -> Iterator[Block]:
    """Cells of a table as blocks.

    Parameters
    ----------
    table : Table
        The table.
    number : int
        Its number in the document.

    Returns
    -------
    iterator of Block
        By row and column.
    """
    for one in table.entries:
        cell = Cell(number, one.row, one.column, one.rows, one.columns)
        yield from (Block(text, cell=cell, page=one.page) for text in one.texts)
