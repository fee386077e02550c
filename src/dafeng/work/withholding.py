"""Which of several sums are withheld so that none of few persons follows from the others: complementary suppression of cells.

What follows by adding and subtracting is the row space of the matrix with a row for each sum and a column for each cell.
Source: Hundepool et al., Statistical Disclosure Control (2012), chapter 4.
Invariant: nothing about fewer than `SMALLEST_GROUP` persons follows from the sums that are told and the totals that are known
which does not follow from the totals alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


class Column(NamedTuple):
    """Cells that stand in the same sums; ``persons`` are those behind them, or `SMALLEST_GROUP` of more."""

    sums: tuple[int, ...]
    persons: frozenset[str]


class Span:
    """All that follows from sums, as rows in echelon form whose order of columns is that of their numbers."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}

    def add(self, row: Row) -> int | None:
        """Add what is known besides; what follows already changes nothing.

        Parameters
        ----------
        row : dict of int to Fraction
            Factors by column.

        Returns
        -------
        int or None
            First column of what was added; ``None`` where it followed already.
        """
        left = dict(row)
        while left:
            first = min(left)
            if (known := self._rows.get(first)) is None:
                self._rows[first] = left
                return first
            factor = left[first] / known[first]
            for at, value in known.items():
                rest = left.get(at, Fraction(0)) - factor * value
                if rest:
                    left[at] = rest
                else:
                    del left[at]
        return None

    def drop(self, first: int) -> None:
        """Take back what was added last.

        Parameters
        ----------
        first : int
            From `add`.
        """
        del self._rows[first]

    def from_column(self, first: int) -> list[Row]:
        """What follows and is zero in all columns before one.

        Parameters
        ----------
        first : int
            Number of the column.

        Returns
        -------
        list of dict of int to Fraction
            A basis.
        """
        return [row for at, row in self._rows.items() if at >= first]


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
        Numbers of parts: those of few persons, and those that would tell beside the larger ones.
    """
    sure, perhaps = ([one for one in dict.fromkeys(some) if one] for some in (totals, possible))
    columns = _find_columns([*(part.cells for part in parts), *sure, *perhaps], persons)
    many = sum(len(one.persons) >= SMALLEST_GROUP for one in columns)
    rows = _rows(columns, len(parts) + len(sure) + len(perhaps))
    span = Span()
    for row in rows[len(parts) : len(parts) + len(sure)]:
        span.add(row)
    before = span.from_column(many)

    def tells(row: Row) -> bool:
        """Whether something about few persons follows once a sum is told; then it is not."""
        first = span.add(row)
        if first is None or not _is_telling(span.from_column(many), before, columns):
            return False
        span.drop(first)
        return True

    for row in rows[len(parts) + len(sure) :]:
        tells(row)
    largest = sorted(range(len(parts)), key=lambda number: (-parts[number].events, number))
    few = {number for number in largest if 0 < len(_union(parts[number].cells, persons)) < SMALLEST_GROUP}
    return few | {number for number in largest if number not in few and tells(rows[number])}


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


def _is_telling(after: Sequence[Row], before: Sequence[Row], columns: Sequence[Column]) -> bool:
    """Whether a combination tells of few persons what the totals do not."""
    if len(after) == len(before):
        return False
    touched = {at for one in after for at in one}
    for circle in _circles({columns[at].persons for at in touched}):
        inside = {at for at in touched if columns[at].persons <= circle}
        if _count_within(after, inside) > _count_within(before, inside):
            return True
    return False


def _circles(groups: set[frozenset[str]]) -> list[frozenset[str]]:
    """All unions of groups that are few persons, the largest first; one of everybody where there are too many of them."""
    found = set(groups)
    fresh = set(groups)
    while fresh and len(found) <= MOST_CIRCLES:
        fresh = {both for one in fresh for other in groups if len(both := one | other) < SMALLEST_GROUP} - found
        found |= fresh
    if len(found) > MOST_CIRCLES:
        return [frozenset().union(*groups)]
    return sorted(found, key=lambda one: (-len(one), sorted(one)))


def _count_within(rows: Sequence[Row], inside: set[int]) -> int:
    """How many independent things follow from rows that are zero outside some columns."""
    outer = {at for one in rows for at in one} - inside
    order = {at: number for number, at in enumerate([*sorted(outer), *sorted(inside)])}
    span = Span()
    for one in rows:
        span.add({order[at]: value for at, value in one.items()})
    return len(span.from_column(len(outer)))
