"""Normal equations of a chain of steps: rows of one step eliminated in all steps at once, what ties steps left as a ring.

Invariant: the order of elimination and its fill are found once per family of years from the pattern alone; each operation
works on all steps of all years together, so that its cost does not depend on the length of a Python loop over time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from dafeng.energy.network.linear import Places
from dafeng.energy.program import Floats
from dafeng.energy.years.ring import Ring, factor_ring
from dafeng.energy.years.stage import Stage

Pair = tuple[int, int]
"""Place in the lower triangle of a step's matrix."""
TINY = 1e-20
"""Pivot below which a row has nothing left that could move."""


@dataclass(frozen=True, slots=True)
class Pivot:
    """A row that is eliminated.

    Parameters
    ----------
    row, own : int
        The row, and the place of its diagonal entry.
    near : tuple of (int, int)
        Rows that it touches then, and the place of the entry between.
    changes : tuple of (int, int, int)
        Entries that change: the place of each, and those of the two entries whose product is taken off.
    """

    row: int
    own: int
    near: tuple[tuple[int, int], ...]
    changes: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """What the matrix of one step looks like: its own rows, then the rows of the next step that look back to it.

    Parameters
    ----------
    rows, ties : int
        Own rows, and those of the next step.
    order : tuple of Pivot
        Own rows that tie nothing in the order in which they are eliminated.
    tying : tuple of int
        Own rows that look back.
    place : mapping of (int, int) to int
        Where each entry stands.
    products : scipy.sparse.csr_matrix, (entries, columns)
        Entries from the weights of the variables.
    loose : tuple of (int, int, int, int)
        Entries from variables whose coefficients vary: entry, both rows, loose variable.
    """

    rows: int
    ties: int
    order: tuple[Pivot, ...]
    tying: tuple[int, ...]
    place: dict[Pair, int]
    products: sparse.csr_matrix
    loose: tuple[tuple[int, int, int, int], ...]


def pattern_of(stage: Stage) -> Pattern:
    """Pattern of a family of years.

    Parameters
    ----------
    stage : Stage
        Steps of the family.

    Returns
    -------
    Pattern
        Order of elimination and where entries come from.
    """
    rows, tying = len(stage.now), np.flatnonzero(stage.tying)
    wide = np.vstack([stage.now, stage.before[tying]])
    touched = [np.flatnonzero(column).tolist() for column in (wide != 0).T]
    varied = [np.flatnonzero(part.any(axis=0)).tolist() for part in _variable(stage)]
    found = {_pair(i, j) for rows_of in (*touched, *varied) for i in rows_of for j in rows_of}
    found |= {(i, i) for i in range(len(wide))}
    order = _order(found, [row for row in range(rows) if not stage.tying[row]])
    place = {pair: number for number, pair in enumerate(sorted(found))}
    loose = [(place[i, j], i, j, k) for k, rows_of in enumerate(varied) for i in rows_of for j in rows_of if i >= j]
    pivots = tuple(_pivot(place, row, near) for row, near in order)
    return Pattern(rows, len(tying), pivots, tuple(int(row) for row in tying), place, _products(wide, place), tuple(loose))


def _variable(stage: Stage) -> Sequence[Floats]:
    """Coefficients of each loose variable, (steps, rows), rows that only some years have included."""
    found = [stage.coefficients[:, :, k].copy() for k in range(len(stage.loose))]
    spot = {int(column): k for k, column in enumerate(stage.loose)}
    for change in stage.changes:
        if change.kind == "coefficient":
            found[spot[change.column]][:, change.row] += np.abs(change.values).max(axis=0)
    return found


def _pair(i: int, j: int) -> Pair:
    return (max(i, j), min(i, j))


def _order(found: set[Pair], own: list[int]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Least neighbours first; entries that arise are added to ``found``."""
    beside: dict[int, set[int]] = {}
    for i, j in found:
        beside.setdefault(i, set()).add(j)
        beside.setdefault(j, set()).add(i)
    order = []
    left = set(own)
    while left:
        pivot = min(left, key=lambda row: (len(beside[row]), row))
        left.remove(pivot)
        near = beside.pop(pivot) - {pivot}
        for row in near:
            beside[row] = (beside[row] | near) - {pivot}
        found |= {_pair(i, j) for i in near for j in near}
        order.append((pivot, tuple(sorted(near))))
    return tuple(order)


def _pivot(place: dict[Pair, int], row: int, near: tuple[int, ...]) -> Pivot:
    beside = [(other, place[_pair(other, row)]) for other in near]
    changes = [(place[_pair(i, j)], first, second) for number, (i, first) in enumerate(beside) for j, second in beside[number:]]
    return Pivot(row, place[row, row], tuple(beside), tuple(changes))


def _products(wide: Floats, place: dict[Pair, int]) -> sparse.csr_matrix:
    entries = [(number, k, wide[i, k] * wide[j, k]) for (i, j), number in place.items() for k in range(wide.shape[1])]
    kept = [entry for entry in entries if entry[2]]
    number, column, value = (np.array(part) for part in zip(*kept, strict=True))
    return sparse.csr_matrix((value, (number, column)), shape=(len(place), wide.shape[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """Factors of ``A W Aᵀ`` for some years.

    Parameters
    ----------
    pattern : Pattern
        Order of elimination.
    entries : (entries, years, steps) array
        Factors of the rows that tie nothing; the diagonal holds inverse pivots.
    ring : Ring or None
        Factors of the others; none where no row ties two steps.
    """

    pattern: Pattern
    entries: Floats
    ring: Ring | None

    def solve(self, right: Floats) -> Floats:
        """Solution for one right side.

        Parameters
        ----------
        right : (rows, years, steps) array
            Right side.

        Returns
        -------
        (rows, years, steps) array
            Solution.
        """
        pattern, entries = self.pattern, self.entries
        size = pattern.rows
        found = np.concatenate([right, np.zeros((pattern.ties, *right.shape[1:]), dtype=right.dtype)])
        for pivot in pattern.order:
            for row, entry in pivot.near:
                found[row] -= entries[entry] * found[pivot.row]
        if self.ring is not None:
            tied = self.ring.solve(found[list(pattern.tying)] + np.roll(found[size:], 1, axis=2))
            found[list(pattern.tying)] = tied
            found[size:] = np.roll(tied, -1, axis=2)
        for pivot in reversed(pattern.order):
            found[pivot.row] *= entries[pivot.own]
            for row, entry in pivot.near:
                found[pivot.row] -= entries[entry] * found[row]
        return found[:size]


def factor(pattern: Pattern, weights: Floats, coefficients: Floats, loose: Places) -> Normal:
    """Factors of ``A W Aᵀ``.

    Parameters
    ----------
    pattern : Pattern
        Order of elimination.
    weights : (columns, years, steps) array
        Diagonal of W, none negative.
    coefficients : (rows, k, years, steps) array
        Coefficients of the loose variables.
    loose : (k,) array of int
        Which they are.

    Returns
    -------
    Normal
        Ready to solve.
    """
    shape = weights.shape[1:]
    products = pattern.products.astype(weights.dtype, copy=False)
    entries = np.asarray(products @ weights.reshape(len(weights), -1)).reshape(-1, *shape)
    for place, i, j, k in pattern.loose:
        entries[place] += coefficients[i, k] * coefficients[j, k] * weights[loose[k]]
    for pivot in pattern.order:
        _eliminate(entries, pivot)
    return Normal(pattern, entries, _ring(pattern, entries) if pattern.ties else None)


def _eliminate(entries: Floats, pivot: Pivot) -> None:
    own = entries[pivot.own]
    entries[pivot.own] = np.divide(1.0, own, out=np.zeros_like(own), where=own > TINY)
    shares = {entry: entries[entry] * entries[pivot.own] for _, entry in pivot.near}
    for entry, first, second in pivot.changes:
        entries[entry] -= shares[first] * entries[second]
    for entry, share in shares.items():
        entries[entry] = share


def _ring(pattern: Pattern, entries: Floats) -> Ring:
    """Gather what is left: a step's own part, what the step before adds to it, and the links to the next step."""
    ties = pattern.ties
    own, later = pattern.tying, range(pattern.rows, pattern.rows + ties)
    columns = np.empty((ties, 2 * ties, *entries.shape[1:]), dtype=entries.dtype)
    for b in range(ties):
        for a in range(ties):
            near = columns[b, a - b] if a >= b else None
            if near is not None:
                _put(near, entries, pattern.place.get(_pair(own[a], own[b])))
                if (place := pattern.place.get(_pair(later[a], later[b]))) is not None:
                    near[:, 1:] += entries[place, :, :-1]
                    near[:, 0] += entries[place, :, -1]
            _put(columns[b, ties + a - b], entries, pattern.place.get(_pair(later[a], own[b])))
        columns[b, 2 * ties - b :] = 0.0
    return factor_ring(columns)


def _put(column: Floats, entries: Floats, place: int | None) -> None:
    column[...] = 0.0 if place is None else entries[place]
