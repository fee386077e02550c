"""Sharpen a bound: prices that are alike within segments become hourly, window by window.

What joins windows (capacities, limits over all steps, levels at the seams) keeps the price that the segments found. In
each window it may be chosen anew at that price, which is the Lagrangian relaxation of the whole programme by time.

Invariant: in each window the given prices are a feasible dual, so the optimum there proves no less; the bound that leaves
is recomputed on the whole programme all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from dafeng.core.errors import SolveError
from dafeng.energy.duality import reduced_costs
from dafeng.energy.network.linear import Places
from dafeng.energy.program import Floats, Program
from dafeng.energy.solution import CancelledError, solve_program
from dafeng.energy.solving.answer import Algorithm
from dafeng.energy.windows.cutter import Cutter, cutter_of
from dafeng.energy.windows.timing import Timed, stretches

SPAN = 72
"""Steps of a window: half the slack of 48, two thirds of the time of 168."""
LADDER: tuple[Algorithm, ...] = ("clarabel", "simplex")
"""Solvers of a window; any price will do, so the faster one comes first."""


def sharpen(timed: Timed, prices: Floats, *, ladder: Sequence[Algorithm] = LADDER) -> Floats:
    """Prices of rows in every step, from prices that are alike within segments.

    Parameters
    ----------
    timed : Timed
        The whole programme with its steps.
    prices : (rows,) array
        Price of every row. [yuan per unit]
    ladder : sequence of Algorithm
        Solvers in the order in which they are tried on a window.

    Returns
    -------
    (rows,) array
        Prices that prove a bound at least as high but for rounding; a window without a certified optimum keeps its own.
    """
    cutter = cutter_of(timed)
    found, whole = prices[cutter.row_order], cutter.program
    reduced = reduced_costs(whole, found)
    windows = [_rows(cutter, *span) for span in _spans(timed)]
    reduced /= np.maximum(_standing(whole, windows), 1)
    for rows in windows:
        try:
            found[rows] = solve_program(_window(whole, rows, found[rows], reduced), ladder=ladder).prices
        except CancelledError:
            raise
        except SolveError:
            continue
    restored = np.empty_like(found)
    restored[cutter.row_order] = found
    return restored


def _spans(timed: Timed) -> list[tuple[int, int]]:
    return [(start, min(start + SPAN, end)) for begin, end in stretches(timed) for start in range(begin, end, SPAN)]


def _rows(cutter: Cutter, start: int, end: int) -> slice:
    first, last = cutter.row_start[[start, end]].tolist()
    return slice(first, last)


def _standing(whole: Program, windows: Sequence[slice]) -> Places:
    """In how many windows each column stands; what it costs beyond its prices is shared out evenly among them."""
    count = np.zeros(len(whole.cost), dtype=np.int64)
    for rows in windows:
        part = slice(*whole.matrix.indptr[[rows.start, rows.stop]])
        count[np.unique(whole.matrix.indices[part])] += 1
    return count


def _window(whole: Program, rows: slice, prices: Floats, share: Floats) -> Program:
    """Rows of a window over all their columns, each at the price that these rows pay for it, and its share of the rest."""
    starts = whole.matrix.indptr[rows.start : rows.stop + 1]
    part = slice(starts[0], starts[-1])
    columns, own = np.unique(whole.matrix.indices[part], return_inverse=True)
    shape = (rows.stop - rows.start, len(columns))
    matrix = sparse.csr_matrix((whole.matrix.data[part], own, starts - starts[0]), shape=shape)
    return Program(
        matrix=matrix.tocsc(),
        row_low=whole.row_low[rows],
        row_high=whole.row_high[rows],
        low=whole.low[columns],
        high=whole.high[columns],
        cost=matrix.T @ prices + share[columns],
        variables={},
        constraints={},
    )
