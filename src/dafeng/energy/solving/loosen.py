"""Leave out what the rest of a programme says anyway: rows that the bounds imply, bounds that an equation implies.

A solver that keeps every row and bound in its matrix pays for each; a supply that is the sum of uses above zero needs no
bound of its own, and without one it can be replaced by that sum.

Invariant: every point of what is left keeps what was left out, and nothing that was left out is used to imply anything;
prices of the rows left out are zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dafeng.energy.program import Floats, Program
from dafeng.energy.solving.substitute import FEW, LARGEST, SHORT, SMALLEST

Places = NDArray[np.int64]
"""Rows or columns."""
Sides = NDArray[np.bool_]
"""Where something holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Loosened:
    """A programme without what it implies.

    Parameters
    ----------
    program : Program
        What is left.
    rows : array of int
        Which rows of the given programme are left.
    height : int
        How many it has.
    """

    program: Program
    rows: Places
    height: int

    def restore(self, multipliers: Floats) -> Floats:
        """Multipliers of the given programme.

        Parameters
        ----------
        multipliers : array
            Those of what is left.

        Returns
        -------
        (height,) array
            Zero where a row was left out.
        """
        found = np.zeros(self.height)
        found[self.rows] = multipliers
        return found


@dataclass(slots=True, eq=False)
class _Ends:
    """Least and most of each entry's term, and of each row."""

    row: Places
    column: Places
    value: Floats
    least: Floats
    most: Floats

    def rest(self, ends: Floats, height: int) -> Floats:
        """Sum of each entry's row without the entry; not finite where another one is not."""
        finite = np.isfinite(ends)
        total = np.bincount(self.row, np.where(finite, ends, 0.0), height)
        others = np.bincount(self.row, ~finite, height)[self.row] - ~finite
        return np.where(others > 0, np.nan, total[self.row] - np.where(finite, ends, 0.0))


def loosen(program: Program) -> Loosened:
    """Leave out rows that bounds imply, and bounds of variables that a short equation implies.

    Parameters
    ----------
    program : Program
        Any programme.

    Returns
    -------
    Loosened
        What is left; columns stay as they are.
    """
    low, high, giving = _from_pairs(program)
    ends = _ends(program, low, high)
    left_out = _implied_rows(program, ends) & ~giving
    kept = np.flatnonzero(~left_out)
    used = np.zeros(len(program.cost), dtype=bool)
    used[ends.column[(left_out | giving)[ends.row]]] = True
    chosen = _implied_columns(program, ends, ~used)
    left = replace(program, low=np.where(chosen, -np.inf, program.low), high=np.where(chosen, np.inf, program.high))
    if len(kept) < len(left_out):
        rows = program.matrix.tocsr()[kept].tocsc()
        left = replace(left, matrix=rows, row_low=program.row_low[kept], row_high=program.row_high[kept])
    return Loosened(left, kept, len(left_out))


def _ends(program: Program, low: Floats, high: Floats) -> _Ends:
    matrix = program.matrix.tocoo()
    used = matrix.data != 0
    row, column, value = matrix.row[used], matrix.col[used], matrix.data[used]
    up = value > 0
    least, most = np.where(up, low[column], high[column]) * value, np.where(up, high[column], low[column]) * value
    return _Ends(row, column, value, least, most)


def _from_pairs(program: Program) -> tuple[Floats, Floats, Sides]:
    """Bounds, with those that rows of two variables give where there is none of its own; and which rows give them."""
    low, high = program.low.copy(), program.high.copy()
    ends = _ends(program, low, high)
    height = len(program.row_low)
    pair = (np.bincount(ends.row, minlength=height) == 2) & (program.row_low != program.row_high)
    giving = np.zeros(height, dtype=bool)
    for side, rest, sign in (
        (program.row_high, ends.rest(ends.least, height), 1.0),
        (program.row_low, ends.rest(ends.most, height), -1.0),
    ):
        limit = (side[ends.row] - rest) / ends.value
        upper = ends.value * sign > 0
        missing = np.where(upper, np.isinf(program.high[ends.column]), np.isinf(program.low[ends.column]))
        use = pair[ends.row] & missing & np.isfinite(limit)
        np.minimum.at(high, ends.column[use & upper], limit[use & upper])
        np.maximum.at(low, ends.column[use & ~upper], limit[use & ~upper])
        giving[ends.row[use]] = True
    return low, high, giving


def _implied_rows(program: Program, ends: _Ends) -> Sides:
    """Inequalities that hold wherever the variables stand between their bounds."""
    height = len(program.row_low)
    least, most = np.bincount(ends.row, ends.least, height), np.bincount(ends.row, ends.most, height)
    holds = (np.isneginf(program.row_low) | (least >= program.row_low)) & (
        np.isposinf(program.row_high) | (most <= program.row_high)
    )
    return np.asarray(holds & (program.row_low != program.row_high))


def _implied_columns(program: Program, ends: _Ends, free: Sides) -> Sides:
    """Variables whose own bounds a short equation implies, by bounds of others that all stay."""
    height, width = len(program.row_low), len(program.cost)
    short = (program.row_low == program.row_high) & (np.bincount(ends.row, minlength=height) <= SHORT)
    plain = free & (np.isfinite(program.low) | np.isfinite(program.high)) & (np.diff(program.matrix.indptr) <= FEW)
    for other in (program.quadratic, program.integer):
        plain &= True if other is None else other == 0
    size = np.abs(ends.value)
    maybe = short[ends.row] & plain[ends.column] & (size > SMALLEST) & (size < LARGEST)
    chosen = np.zeros(width, dtype=bool)
    if not maybe.any():
        return chosen
    one = (program.row_high[ends.row] - ends.rest(ends.most, height)) / ends.value
    other_end = (program.row_low[ends.row] - ends.rest(ends.least, height)) / ends.value
    low, high = np.where(ends.value > 0, one, other_end), np.where(ends.value > 0, other_end, one)
    own_low, own_high = program.low[ends.column], program.high[ends.column]
    maybe &= (np.isneginf(own_low) | (low >= own_low)) & (np.isposinf(own_high) | (high <= own_high))
    return _apart(ends, maybe, height, width)


def _apart(ends: _Ends, maybe: Sides, height: int, width: int) -> Sides:
    """One equation for each variable, and no equation that would have to imply the bounds of two."""
    places = np.flatnonzero(maybe)
    column, first = np.unique(ends.column[places], return_index=True)
    source = ends.row[places[first]]
    chosen = np.zeros(width, dtype=bool)
    chosen[column] = True
    crowded = np.bincount(ends.row[chosen[ends.column]], minlength=height) > 1
    chosen[column[crowded[source]]] = False
    return chosen
