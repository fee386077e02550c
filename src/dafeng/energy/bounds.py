"""Bounds that constraints imply for variables that state none.

Invariant: every point that keeps the constraints and the stated bounds keeps the implied bounds, so a dual bound that
uses them holds for the programme as given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dafeng.energy.program import Floats, Program

PASSES = 4
"""Sweeps over all constraints; a capacity's bound reaches its output in the next one."""


def implied_bounds(program: Program, *, passes: int = PASSES) -> tuple[Floats, Floats]:
    """Bounds of variables by their own and by the constraints they stand in.

    Parameters
    ----------
    program : Program
        Any programme.
    passes : int
        Most sweeps.

    Returns
    -------
    tuple of (columns,) array
        Lower and upper bounds; infinite where nothing implies one.
    """
    low, high = program.low.copy(), program.high.copy()
    matrix = program.matrix.tocoo()
    used = matrix.data != 0
    row, column, value = matrix.row[used], matrix.col[used], matrix.data[used]
    for _ in range(passes):
        before = int(np.isfinite(low).sum() + np.isfinite(high).sum())
        if before == 2 * len(low):
            break
        _sweep(row, column, value, program.row_high, low, high)
        _sweep(row, column, -value, -program.row_low, low, high)
        if int(np.isfinite(low).sum() + np.isfinite(high).sum()) == before:
            break
    return low, high


def _sweep(row: NDArray[np.int32], column: NDArray[np.int32], value: Floats, most: Floats, low: Floats, high: Floats) -> None:
    """Take over what ``value·x <= most`` leaves each variable when all others stand at their cheapest bound."""
    least = value * np.where(value > 0, low[column], high[column])
    unknown = ~np.isfinite(least)
    count = np.bincount(row, unknown, len(most))
    total = np.bincount(row, np.where(unknown, 0.0, least), len(most))
    alone = np.isfinite(most)[row] & (count[row] == unknown)
    missing = np.where(value > 0, ~np.isfinite(high[column]), ~np.isfinite(low[column]))
    kept = np.flatnonzero(alone & missing)
    row, column, value = row[kept], column[kept], value[kept]
    limit = (most[row] - total[row] + np.where(unknown[kept], 0.0, least[kept])) / value
    up = value > 0
    np.minimum.at(high, column[up], limit[up])
    np.maximum.at(low, column[~up], limit[~up])
