"""Which of several sums are withheld so that none of few persons follows from the others: complementary suppression of cells.

What follows by adding and subtracting is the row space of the matrix with a row for each sum and a column for each cell.
Source: Hundepool et al., Statistical Disclosure Control (2012), chapter 4.
Invariant: nothing about fewer than `SMALLEST_GROUP` persons follows from the sums that are told and the totals that are known
which does not follow from the totals alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from dafeng.work.inclusion_reading import SMALLEST_GROUP

MOST_CIRCLES = 500
"""Most groups of persons that are tried one by one; of more, all of them count as few."""

Row = dict[int, Fraction]
"""Factors by column; those that are zero are left out."""


class Part(NamedTuple):
    """A sum that would be told: its cells by number, and how many events it has."""

    cells: frozenset[int]
    events: int


class Combination(NamedTuple):
    """What follows from sums: factors by column, and by sum that is combined."""

    row: Row
    sums: Row


class Column(NamedTuple):
    """Cells that stand in the same sums; ``persons`` are those behind them, or `SMALLEST_GROUP` of more."""

    sums: tuple[int, ...]
    persons: frozenset[str]


class Span:
    """All that follows from sums, as rows in echelon form whose order of columns is that of their numbers.

    Parameters
    ----------
    rows : mapping of int to Combination, optional
        Rows by their first column.
    """

    def __init__(self, rows: Mapping[int, Combination] | None = None) -> None:
        self._rows = dict(rows or {})

    def copy(self) -> Span:
        """A span of the same rows.

        Returns
        -------
        Span
            To be added to.
        """
        return Span(self._rows)

    def add(self, one: Combination) -> None:
        """Add what is known besides; what follows already changes nothing.

        Parameters
        ----------
        one : Combination
            A row.
        """
        row, sums = dict(one.row), dict(one.sums)
        while row:
            first = min(row)
            if (known := self._rows.get(first)) is None:
                self._rows[first] = Combination(row, sums)
                return
            factor = row[first] / known.row[first]
            _subtract(row, known.row, factor)
            _subtract(sums, known.sums, factor)

    def from_column(self, first: int) -> list[Combination]:
        """What follows and is zero in all columns before one.

        Parameters
        ----------
        first : int
            Number of the column.

        Returns
        -------
        list of Combination
            A basis.
        """
        return [row for at, row in self._rows.items() if at >= first]


def _subtract(row: Row, other: Row, factor: Fraction) -> None:
    for at, value in other.items():
        left = row.get(at, Fraction(0)) - factor * value
        if left:
            row[at] = left
        else:
            row.pop(at, None)


def choose_hidden(
    parts: Sequence[Part],
    totals: Iterable[frozenset[int]],
    persons: Sequence[frozenset[str]],
    *,
    possible: Iterable[frozenset[int]] = (),
) -> set[int]:
    """Which sums must be withheld so that nothing about few persons follows from the others and the totals.

    Parameters
    ----------
    parts : sequence of Part
        Sums, of which no two have a cell in common.
    totals : iterable of frozenset of int
        Cells of each total that is known besides.
    persons : sequence of frozenset of str
        Persons behind each cell, or `SMALLEST_GROUP` of more.
    possible : iterable of frozenset of int, optional
        Totals that are told only where nothing about few persons follows from them and those before.

    Returns
    -------
    set of int
        Numbers of parts: those of few persons, and as few events more as are needed.
    """
    hidden = {number for number, part in enumerate(parts) if 0 < len(_union(part.cells, persons)) < SMALLEST_GROUP}
    sure, perhaps = ([one for one in dict.fromkeys(some) if one] for some in (totals, possible))
    columns = _find_columns([*(part.cells for part in parts), *sure, *perhaps], persons)
    many = sum(len(one.persons) >= SMALLEST_GROUP for one in columns)
    sums = [
        Combination(row, {number: Fraction(1)})
        for number, row in enumerate(_rows(columns, len(parts) + len(sure) + len(perhaps)))
    ]
    totalled = Span()
    for one in sums[len(parts) : len(parts) + len(sure)]:
        totalled.add(one)
    before = totalled.from_column(many)
    for one in sums[len(parts) + len(sure) :]:
        more = totalled.copy()
        more.add(one)
        totalled = totalled if _find_telling(more.from_column(many), before, columns) else more
    while True:
        span = totalled.copy()
        for number in sorted(set(range(len(parts))) - hidden):
            span.add(sums[number])
        telling = _find_telling(span.from_column(many), before, columns)
        if not telling:
            return hidden
        hidden.add(
            min((number for number in telling if number < len(parts)), key=lambda number: (parts[number].events, number))
        )


def _find_columns(sums: Sequence[frozenset[int]], persons: Sequence[frozenset[str]]) -> list[Column]:
    """Cells of the same sums as one column, those of many persons first."""
    standing: dict[int, list[int]] = {}
    for number, cells in enumerate(sums):
        for cell in cells:
            standing.setdefault(cell, []).append(number)
    cells_of: dict[tuple[int, ...], list[int]] = {}
    for cell, numbers in standing.items():
        cells_of.setdefault(tuple(numbers), []).append(cell)
    found = [Column(numbers, _union(cells, persons)) for numbers, cells in cells_of.items()]
    return sorted(found, key=lambda one: (len(one.persons) < SMALLEST_GROUP, one.sums))


def _rows(columns: Sequence[Column], count: int) -> list[Row]:
    """Rows of so many sums."""
    found: list[Row] = [{} for _ in range(count)]
    for at, one in enumerate(columns):
        for number in one.sums:
            found[number][at] = Fraction(1)
    return found


def _union(cells: Iterable[int], persons: Sequence[frozenset[str]]) -> frozenset[str]:
    """Persons behind cells, not many more than a group."""
    found: set[str] = set()
    for cell in cells:
        found |= persons[cell]
        if len(found) >= SMALLEST_GROUP:
            break
    return frozenset(found)


def _find_telling(after: Sequence[Combination], before: Sequence[Combination], columns: Sequence[Column]) -> set[int]:
    """Sums of which a combination tells of few persons what the totals do not; none if there is no such one."""
    if len(after) == len(before):
        return set()
    touched = {at for one in after for at in one.row}
    for circle in _circles({columns[at].persons for at in touched}):
        inside = {at for at in touched if columns[at].persons <= circle}
        found = _within(after, inside)
        if len(found) > len(_within(before, inside)):
            return {number for one in found for number in one.sums}
    return set()


def _circles(groups: set[frozenset[str]]) -> list[frozenset[str]]:
    """The largest unions of groups that are few persons; one of everybody where there are too many of them."""
    found = set(groups)
    fresh = set(groups)
    while fresh:
        fresh = {both for one in fresh for other in groups if len(both := one | other) < SMALLEST_GROUP} - found
        found |= fresh
        if len(found) > MOST_CIRCLES:
            return [frozenset().union(*groups)]
    widest = [one for one in found if not any(one < other for other in found)]
    return sorted(widest, key=lambda one: (len(one), sorted(one)))


def _within(rows: Sequence[Combination], inside: set[int]) -> list[Combination]:
    """What follows from rows and is zero outside some columns."""
    outer = {at for one in rows for at in one.row} - inside
    order = {at: number for number, at in enumerate([*sorted(outer), *sorted(inside)])}
    span = Span()
    for one in rows:
        span.add(Combination({order[at]: value for at, value in one.row.items()}, one.sums))
    return span.from_column(len(outer))
