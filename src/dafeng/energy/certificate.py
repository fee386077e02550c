"""Proof that a point is the optimum of a programme, recomputed from unscaled data.

Invariant: the bound is a true lower bound of the optimum for *any* multipliers as long as every variable is bounded
(weak duality), so a certificate that passes does not depend on what a solver says about itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafeng.energy.program import Floats, Program

PRIMAL_TOLERANCE = 1e-6
"""Largest violation accepted, relative to the size of the constraint's own bound (at least 1)."""
DUAL_TOLERANCE = 1e-6
"""Largest reduced cost accepted on a side without bound, relative to the terms that it is the difference of."""
GAP_TOLERANCE = 1e-6
"""Largest gap accepted between cost and bound, relative to the turnover (sum of absolute costs, at least 1)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was recomputed about a solution.

    Parameters
    ----------
    objective : float
        Cost of the point. [yuan, or the unit of the objective]
    bound : float
        Lower bound of the optimum from the multipliers. [same]
    gap : float
        ``objective - bound``. [same]
    relative_gap : float
        Gap over turnover, 0..1.
    primal_violation : float
        Largest violation of a bound or constraint. [its unit]
    primal_share : float
        The same relative to the constraint's own bound.
    dual_violation : float
        Largest reduced cost on a side without bound, relative to the terms that it is the difference of, 0..1.
    worst : str
        Block with the largest violation, empty where nothing is violated.
    passed : bool
        Whether all three criteria hold.
    """

    objective: float
    bound: float
    gap: float
    relative_gap: float
    primal_violation: float
    primal_share: float
    dual_violation: float
    worst: str
    passed: bool


def certify(program: Program, values: Floats, multipliers: Floats) -> Certificate:
    """Recompute residuals and gap of a solution in unscaled data.

    Parameters
    ----------
    program : Program
        The programme as compiled.
    values : (columns,) array
        Point that is claimed to be optimal.
    multipliers : (rows,) array
        Price of each constraint: positive where its lower bound binds, negative where its upper bound does.

    Returns
    -------
    Certificate
        Residuals, gap and whether they pass.

    Source
    ------
    Weak duality with bounded variables (Neumaier and Shcherbina 2004), see ``docs/energy.md``.
    """
    if not (np.isfinite(values).all() and np.isfinite(multipliers).all()):
        return Certificate(math.inf, -math.inf, math.inf, math.inf, math.inf, math.inf, math.inf, "", False)
    violation, share, worst = _primal(program, values)
    bound, dual = _bound(program, values, multipliers)
    turnover = max(1.0, float(np.abs(program.cost * values).sum()))
    objective = float(program.cost @ values) + program.constant
    gap = objective - bound
    return Certificate(
        objective=objective,
        bound=bound,
        gap=gap,
        relative_gap=abs(gap) / turnover,
        primal_violation=violation,
        primal_share=share,
        dual_violation=dual,
        worst=worst,
        passed=share <= PRIMAL_TOLERANCE and dual <= DUAL_TOLERANCE and abs(gap) / turnover <= GAP_TOLERANCE,
    )


def reduced_costs(program: Program, multipliers: Floats) -> Floats:
    """Cost of each variable after paying for the constraints it stands in.

    Parameters
    ----------
    program : Program
        The programme.
    multipliers : (rows,) array
        Price of each constraint.

    Returns
    -------
    (columns,) array
        ``cost - matrixᵀ·multipliers``; positive at a lower bound, negative at an upper bound. [yuan per unit]
    """
    reduced: Floats = program.cost - program.matrix.T @ multipliers
    return reduced


def _primal(program: Program, values: Floats) -> tuple[float, float, str]:
    activity = program.matrix @ values
    above = np.concatenate([activity - program.row_high, values - program.high])
    below = np.concatenate([program.row_low - activity, program.low - values])
    excess = np.maximum(np.maximum(above, below), 0.0)
    if not len(excess) or not excess.max() > 0:
        return 0.0, 0.0, ""
    sizes = np.concatenate([_size(program.row_low, program.row_high), _size(program.low, program.high)])
    place = int(np.argmax(excess / sizes))
    return float(excess.max()), float((excess / sizes)[place]), _name(program, place)


def _size(low: Floats, high: Floats) -> Floats:
    least = np.where(np.isfinite(low), np.abs(low), 0.0)
    most = np.where(np.isfinite(high), np.abs(high), 0.0)
    return np.maximum(1.0, np.maximum(least, most))


def _name(program: Program, place: int) -> str:
    rows = len(program.row_low)
    blocks, position = (program.constraints, place) if place < rows else (program.variables, place - rows)
    return next((name for name, part in blocks.items() if part.start <= position < part.stop), "")


def _bound(program: Program, values: Floats, multipliers: Floats) -> tuple[float, float]:
    """Bound from the multipliers, and the largest reduced cost that stands on a side without bound.

    A multiplier on an absent side of a constraint proves nothing and is left out.
    """
    _, absent = _support(multipliers, program.row_low, program.row_high)
    used = np.where(absent, 0.0, multipliers)
    rows, _ = _support(used, program.row_low, program.row_high)
    reduced = reduced_costs(program, used)
    columns, lost = _support(reduced, program.low, program.high)
    if not lost.any():
        return rows + columns + program.constant, 0.0
    terms = np.abs(program.cost[lost]) + abs(program.matrix[:, lost]).T @ np.abs(used)
    # On a side without bound the term has no finite value; within the tolerance it is charged at the point itself.
    charged = float(reduced[lost] @ values[lost])
    return rows + columns + charged + program.constant, float((np.abs(reduced[lost]) / terms).max())


def _support(prices: Floats, low: Floats, high: Floats) -> tuple[float, NDArray[np.bool_]]:
    """Least value of ``prices·z`` over ``low <= z <= high``, and where it has none."""
    side = np.where(prices > 0, low, high)
    lost = (prices != 0) & ~np.isfinite(side)
    usable = (prices != 0) & ~lost
    return float(prices[usable] @ side[usable]), lost
