"""Take out of a programme what needs no solver: rows of one variable, fixed variables, empty rows and columns.

Invariant: a reduced programme has the same optimum, and ``restore`` gives point and multipliers of the whole one: each
row that became a bound gets the reduced cost that its bound carries, latest removed first. Nothing else is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dafeng.energy.program import Floats, Program

ROUNDS = 4
"""Most sweeps; a fixed variable may leave a row of one variable behind."""
SLIP = 1e-7
"""Bounds that cross by more than this, relative to their size, are left to the solver and the proof of infeasibility; a tenth
of what the certificate accepts. Capacities from an interior point miss an order by some 1e-8."""
Places = NDArray[np.int64]
"""Rows or columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Single:
    """Rows of one variable that became its bound.

    Parameters
    ----------
    row, column : (n,) array of int
        The row and its variable.
    coefficient : (n,) array
        The entry.
    sign : float
        1 where the row gives the lower bound, -1 where the upper.
    """

    row: Places
    column: Places
    coefficient: Floats
    sign: float


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """A smaller programme and the way back.

    Parameters
    ----------
    whole, program : Program
        The programme as given, and what is left of it.
    rows, columns : array of int
        Which rows and columns of the whole are left.
    fixed : (columns of the whole,) array
        Values of the variables taken out.
    singles : tuple of Single
        Rows that became bounds, in the order in which they were taken out.
    """

    whole: Program
    program: Program
    rows: Places
    columns: Places
    fixed: Floats
    singles: tuple[Single, ...]

    def restore(self, values: Floats, multipliers: Floats) -> tuple[Floats, Floats]:
        """Point and multipliers of the whole programme.

        Parameters
        ----------
        values, multipliers : array
            Those of the reduced programme.

        Returns
        -------
        tuple of array
            Those of the whole.
        """
        point = self.fixed.copy()
        point[self.columns] = values
        prices = np.zeros(len(self.whole.row_low))
        prices[self.rows] = multipliers
        reduced = slope_of(self.whole, point) - self.whole.matrix.T @ prices
        by_row = self.whole.matrix.tocsr() if self.singles else None
        for single in reversed(self.singles):
            _charge(single, by_row, prices, reduced)
        return point, prices


def slope_of(program: Program, values: Floats) -> Floats:
    """Slope of the cost at a point.

    Parameters
    ----------
    program : Program
        The programme.
    values : (columns,) array
        The point.

    Returns
    -------
    (columns,) array
        ``cost + 2·quadratic·values``. [yuan per unit]
    """
    return program.cost if program.quadratic is None else program.cost + 2.0 * program.quadratic * values


def _charge(single: Single, by_row: sparse.csr_matrix | None, prices: Floats, reduced: Floats) -> None:
    """Move the reduced cost of a bound to the row that gave it."""
    carried = np.where(reduced[single.column] * single.sign > 0, reduced[single.column], 0.0)
    used = carried != 0
    if by_row is None or not used.any():
        return
    rows = single.row[used]
    prices[rows] += carried[used] / single.coefficient[used]
    reduced -= by_row[rows].T @ (carried[used] / single.coefficient[used])


@dataclass(slots=True, eq=False)
class _State:
    """What is left while sweeping."""

    program: Program
    row: Places
    column: Places
    entry: Floats
    low: Floats
    high: Floats
    live_rows: NDArray[np.bool_]
    live_columns: NDArray[np.bool_]
    fixed: Floats
    moved: Floats
    singles: list[Single] = field(default_factory=list)


def reduce_program(program: Program) -> Reduced:
    """Take out rows of one variable, fixed variables, and what is empty.

    Parameters
    ----------
    program : Program
        Any programme.

    Returns
    -------
    Reduced
        What is left; the programme as it was where its bounds contradict each other.
    """
    state = _begin(program)
    for _ in range(ROUNDS):
        before = int(state.live_rows.sum() + state.live_columns.sum())
        _take_singles(state)
        if np.any(state.low - state.high > SLIP * (1.0 + np.abs(state.high))):
            return _untouched(program)
        _take_fixed(state)
        if int(state.live_rows.sum() + state.live_columns.sum()) == before:
            break
    if not _take_empty(state):
        return _untouched(program)
    return _finish(state)


def _begin(program: Program) -> _State:
    matrix = program.matrix
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    used = matrix.data != 0
    return _State(
        program,
        matrix.indices[used],
        column[used],
        matrix.data[used],
        program.low.copy(),
        program.high.copy(),
        np.ones(matrix.shape[0], dtype=bool),
        np.ones(matrix.shape[1], dtype=bool),
        np.zeros(matrix.shape[1]),
        np.zeros(matrix.shape[0]),
    )


def _take_singles(state: _State) -> None:
    live = state.live_rows[state.row] & state.live_columns[state.column]
    count = np.bincount(state.row[live], minlength=len(state.live_rows))
    single = live & (count[state.row] == 1)
    row, column, entry = state.row[single], state.column[single], state.entry[single]
    one = (state.program.row_low[row] - state.moved[row]) / entry
    other = (state.program.row_high[row] - state.moved[row]) / entry
    low, high = np.where(entry > 0, one, other), np.where(entry > 0, other, one)
    state.singles.append(_tighten(state.low, low, row, column, entry, 1.0))
    state.singles.append(_tighten(state.high, high, row, column, entry, -1.0))
    state.live_rows[row] = False


def _tighten(bound: Floats, given: Floats, row: Places, column: Places, entry: Floats, sign: float) -> Single:
    """Take over the tightest bound that rows give, and remember which row gave it."""
    better = np.flatnonzero(sign * given > sign * bound[column])
    order = better[np.lexsort((-sign * given[better], column[better]))]
    first = np.ones(len(order), dtype=bool)
    first[1:] = column[order[1:]] != column[order[:-1]]
    chosen = order[first]
    bound[column[chosen]] = given[chosen]
    return Single(row[chosen], column[chosen], entry[chosen], sign)


def _take_fixed(state: _State) -> None:
    finite = np.where(np.isfinite(state.low), state.low, 0.0)
    gone = state.live_columns & np.isfinite(state.low) & (state.high - finite <= 1e-13 * (1.0 + np.abs(finite)))
    state.fixed[gone] = state.low[gone]
    state.live_columns &= ~gone
    here = gone[state.column] & (state.fixed[state.column] != 0)
    state.moved += np.bincount(state.row[here], state.entry[here] * state.fixed[state.column[here]], minlength=len(state.moved))


def _take_empty(state: _State) -> bool:
    """Whether what is empty could be taken out: its rows hold and its columns have a cheapest value."""
    live = state.live_rows[state.row] & state.live_columns[state.column]
    empty = state.live_rows & (np.bincount(state.row[live], minlength=len(state.live_rows)) == 0)
    low, high = state.program.row_low[empty] - state.moved[empty], state.program.row_high[empty] - state.moved[empty]
    size = SLIP * (1.0 + np.abs(state.moved[empty]))
    if np.any(low > size) or np.any(high < -size):
        return False
    state.live_rows &= ~empty
    count = np.bincount(state.column[live], minlength=len(state.live_columns))
    cost, alone = state.program.cost, state.live_columns & (count == 0)
    if state.program.quadratic is not None:
        alone &= state.program.quadratic == 0
    nearest = np.clip(0.0, state.low, state.high)
    best = np.where(cost > 0, state.low, np.where(cost < 0, state.high, nearest))
    alone &= np.isfinite(best)
    state.fixed[alone] = best[alone]
    state.live_columns &= ~alone
    return True


def _finish(state: _State) -> Reduced:
    rows, columns = np.flatnonzero(state.live_rows), np.flatnonzero(state.live_columns)
    live = state.live_rows[state.row] & state.live_columns[state.column]
    row_at, column_at = np.cumsum(state.live_rows) - 1, np.cumsum(state.live_columns) - 1
    matrix = sparse.csc_matrix(
        (state.entry[live], (row_at[state.row[live]], column_at[state.column[live]])), shape=(len(rows), len(columns))
    )
    program, fixed = state.program, state.fixed
    squared = program.quadratic
    left = replace(
        program,
        matrix=matrix,
        row_low=program.row_low[rows] - state.moved[rows],
        row_high=program.row_high[rows] - state.moved[rows],
        low=state.low[columns],
        high=np.maximum(state.high, state.low)[columns],
        cost=program.cost[columns],
        variables={},
        constraints={},
        constant=program.constant + float(slope_of(program, fixed / 2.0) @ fixed),
        integer=None if program.integer is None else program.integer[columns],
        quadratic=None if squared is None else squared[columns],
    )
    return Reduced(program, left, rows, columns, fixed, tuple(one for one in state.singles if len(one.row)))


def _untouched(program: Program) -> Reduced:
    rows, columns = program.matrix.shape
    return Reduced(program, program, np.arange(rows), np.arange(columns), np.zeros(columns), ())
