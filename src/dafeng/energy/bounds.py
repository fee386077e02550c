"""Bounds that constraints imply for variables that state none.

Invariant: every point that keeps the constraints and the stated bounds keeps the implied bounds, so a dual bound that
uses them holds for the programme as given.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dafeng.energy.program import Floats, Program

PASSES = 4
"""Sweeps over all constraints; a capacity's bound reaches its output in the next one."""


def implied_bounds(program: Program, *, passes: int = PASSES, ceiling: float = math.inf) -> tuple[Floats, Floats]:
    """Bounds of variables by their own, by the constraints they stand in, and by what a known point costs.

    Parameters
    ----------
    program : Program
        Any programme.
    passes : int
        Most sweeps.
    ceiling : float
        Cost of a known point; the bounds then hold for every point of a linear programme that costs no more. [yuan]

    Returns
    -------
    tuple of (columns,) array
        Lower and upper bounds; infinite where nothing implies one.
    """
    program = program if math.isinf(ceiling) else _capped(program, ceiling)
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


def _capped(program: Program, ceiling: float) -> Program:
    """The programme with one more constraint: its cost does not exceed the ceiling."""
    return replace(
        program,
        matrix=sparse.vstack([program.matrix, sparse.csr_matrix(program.cost[None, :])], format="csc"),
        row_low=np.append(program.row_low, -np.inf),
        row_high=np.append(program.row_high, ceiling - program.constant),
    )


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
