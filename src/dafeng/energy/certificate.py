"""Proof that a point is the optimum of a programme, recomputed from unscaled data.

Invariant: the bound is a true lower bound of the optimum for *any* multipliers as long as every variable is bounded, by
itself or by what the constraints imply (weak duality), so a certificate that passes does not depend on what a solver
says about itself; where that does not hold, or the bound is the solver's own, the certificate says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dafeng.energy.bounds import implied_bounds
from dafeng.energy.duality import price_rows
from dafeng.energy.program import Floats, Program, cost_of

PRIMAL_TOLERANCE = 1e-6
"""Largest violation accepted, relative to the size of the constraint's own bound, at least the size of its block."""
DUAL_TOLERANCE = 1e-6
"""Largest reduced cost accepted on a side without bound, relative to the terms that it is the difference of."""
GAP_TOLERANCE = 1e-6
"""Largest gap accepted between cost and bound, relative to the cost; where costs and revenues cancel, see ``CANCELLED``."""
CANCELLED = 1e-3
"""Least part of the turnover (sum of absolute costs) that the gap is held against: a cost that is the small difference of
large costs and revenues is known to this many digits less."""
FINEST = 1e-3
"""Part of the largest bound of a programme below which amounts are rounding: constants moved to the other side of a row
leave such differences."""
SMALLEST = 1e-300
"""Stands in for a largest bound where all bounds are zero."""
WHOLE_TOLERANCE = 1e-6
"""Largest distance from a whole number accepted where one is asked for."""

Kind = Literal["lp", "qp", "milp", "miqp"]
"""Linear, squared costs, whole variables, both."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was recomputed about a solution.

    Parameters
    ----------
    objective : float
        Cost of the point. [yuan, or the unit of the objective]
    bound : float
        Lower bound of the optimum: from the multipliers, or the solver's where that is higher and whole variables are
        searched. [same]
    gap : float
        ``objective - bound``. [same]
    relative_gap : float
        Gap over turnover (the sum of absolute costs), 0..1.
    primal_violation : float
        Largest violation of a bound or constraint. [its unit]
    primal_share : float
        The same relative to the constraint's own bound; to 1, or the largest of its block if smaller, where that is less.
    dual_violation : float
        Largest reduced cost on a side without bound, relative to the terms that it is the difference of, 0..1.
    worst : str
        Block with the largest violation, empty where nothing is violated.
    passed : bool
        Whether all criteria hold.
    kind : {"lp", "qp", "milp", "miqp"}
        What kind of programme was certified.
    rigorous : bool
        Whether ``proven_bound`` needed no assumption: every variable with a reduced cost has a bound, stated or implied.
    proven_bound : float
        Lower bound from the multipliers alone; for whole variables that of the continuous relaxation. [same]
    bound_by : {"multipliers", "solver"}
        Whether ``bound`` was recomputed here, or is what the search of whole variables states.
    whole_violation : float
        Largest distance of a whole variable from a whole number.
    objective_gap : float
        Gap over the absolute objective; infinite where that is zero and the gap is not.
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
    kind: Kind = "lp"
    rigorous: bool = True
    proven_bound: float = -math.inf
    bound_by: Literal["multipliers", "solver"] = "multipliers"
    whole_violation: float = 0.0
    objective_gap: float = math.inf


def certify(
    program: Program,
    values: Floats,
    multipliers: Floats,
    *,
    tolerance: float = GAP_TOLERANCE,
    claimed_bound: float = -math.inf,
) -> Certificate:
    """Recompute residuals and gap of a solution in unscaled data.

    Parameters
    ----------
    program : Program
        The programme as compiled.
    values : (columns,) array
        Point that is claimed to be optimal.
    multipliers : (rows,) array
        Price of each constraint: positive where its lower bound binds, negative where its upper bound does.
    tolerance : float
        Largest gap, violation and reduced cost accepted, each relative as described above.
    claimed_bound : float
        Lower bound that a search of whole variables states; used, and named as the solver's, only where whole
        variables exist and it is higher.

    Returns
    -------
    Certificate
        Residuals, gap and whether they pass.
    """
    kind = kind_of(program)
    if not all(np.isfinite(part).all() for part in (values, multipliers, program.matrix.data, program.cost)):
        infinite = (math.inf, -math.inf, math.inf, math.inf, math.inf, math.inf, math.inf)
        return Certificate(*infinite, "", False, kind, False, -math.inf, "multipliers", math.inf, math.inf)
    violation, share, worst = _primal(program, values)
    whole = _whole(program, values)
    squared = 0.0 if program.quadratic is None else program.quadratic * values**2
    least = _least_turnover(program, values)
    turnover = max(least, float((np.abs(program.cost * values) + squared).sum()))
    objective = cost_of(program, values)
    allowed = tolerance * max(abs(objective), CANCELLED * turnover, least)
    found = _best_bound(program, values, multipliers, objective - allowed)
    theirs = program.integer is not None and found.bound < claimed_bound < math.inf
    bound = claimed_bound if theirs else found.bound
    gap = objective - bound
    return Certificate(
        objective=objective,
        bound=bound,
        gap=gap,
        relative_gap=_share(abs(gap), turnover),
        primal_violation=violation,
        primal_share=share,
        dual_violation=found.violation,
        worst=worst,
        passed=all(
            (
                share <= tolerance,
                found.violation <= min(tolerance, DUAL_TOLERANCE),
                abs(gap) <= allowed,
                whole <= WHOLE_TOLERANCE,
                math.isfinite(objective),
            )
        ),
        kind=kind,
        rigorous=found.rigorous,
        proven_bound=found.bound,
        bound_by="solver" if theirs else "multipliers",
        whole_violation=whole,
        objective_gap=_share(abs(gap), abs(objective)),
    )


def kind_of(program: Program) -> Kind:
    """Kind of a programme.

    Parameters
    ----------
    program : Program
        Any programme.

    Returns
    -------
    {"lp", "qp", "milp", "miqp"}
        Linear, squared costs, whole variables, both.
    """
    whole = program.integer is not None and bool(program.integer.any())
    squared = program.quadratic is not None and bool(np.any(program.quadratic))
    return ("miqp" if squared else "milp") if whole else ("qp" if squared else "lp")


@dataclass(frozen=True, slots=True)
class _Bound:
    """A lower bound and what it assumes."""

    bound: float
    violation: float
    rigorous: bool


def _best_bound(program: Program, values: Floats, multipliers: Floats, wanted: float) -> _Bound:
    """Bound from the multipliers: with stated bounds, else implied ones, else charged at the point itself."""
    priced = price_rows(program, multipliers)
    stated, lost = priced.bound(program.low, program.high)
    if not lost.any():
        return _Bound(stated, 0.0, True)
    implied, open_sides = priced.bound(*implied_bounds(program))
    if not open_sides.any() and implied >= wanted:
        return _Bound(implied, 0.0, True)
    used, reduced = priced.multipliers, priced.reduced
    terms = np.abs(program.cost[lost]) + abs(program.matrix[:, lost]).T @ np.abs(used)
    share = np.abs(reduced[lost]) / np.maximum(terms, _typical(program.cost))
    # On a side without bound the term has no finite value; within the tolerance it is charged at the point itself.
    return _Bound(stated + float(reduced[lost] @ values[lost]), float(share.max()), False)


def _primal(program: Program, values: Floats) -> tuple[float, float, str]:
    activity = program.matrix @ values
    above = np.concatenate([activity - program.row_high, values - program.high])
    below = np.concatenate([program.row_low - activity, program.low - values])
    excess = np.nan_to_num(np.maximum(np.maximum(above, below), 0.0), nan=np.inf)
    if not len(excess) or not excess.max() > 0:
        return 0.0, 0.0, ""
    sizes = _sizes(program, values)
    place = int(np.argmax(excess / sizes))
    return float(excess.max()), float((excess / sizes)[place]), _name(program, place)


def _whole(program: Program, values: Floats) -> float:
    if program.integer is None or not program.integer.any():
        return 0.0
    asked = values[program.integer]
    return float(np.abs(asked - np.round(asked)).max())


def _sizes(program: Program, values: Floats) -> Floats:
    """What violations are held against: the bound of each row and variable, or what is usual in its block if larger."""
    rows, columns = _most(program.row_low, program.row_high), _most(program.low, program.high)
    noise = FINEST * max(rows.max(initial=0.0), columns.max(initial=0.0), SMALLEST)
    terms = abs(program.matrix) @ np.abs(values) if len(rows) and min(_usual(rows, program.constraints)) < 1.0 else rows
    return np.concatenate(
        [_floored(rows, terms, program.constraints, noise), _floored(columns, np.abs(values), program.variables, noise)]
    )


def _most(low: Floats, high: Floats) -> Floats:
    """The larger of the two bounds, zero where there is none."""
    least, most = (np.where(np.isfinite(side), np.abs(side), 0.0) for side in (low, high))
    return np.asarray(np.maximum(least, most))


def _usual(sizes: Floats, blocks: Mapping[str, slice]) -> list[float]:
    return [float(sizes[part].max(initial=0.0)) for part in (blocks or {"": slice(0, len(sizes))}).values()]


def _floored(bounds: Floats, terms: Floats, blocks: Mapping[str, slice], noise: float) -> Floats:
    """Sizes of bounds, at least 1, or the largest bound or term of the block where that is smaller, but no noise."""
    sizes = np.maximum(bounds, 1.0)
    for part in (blocks or {"": slice(0, len(bounds))}).values():
        usual = max(bounds[part].max(initial=0.0), terms[part].max(initial=0.0), noise)
        if usual < 1.0:
            sizes[part] = np.maximum(bounds[part], usual)
    return sizes


def _least_turnover(program: Program, values: Floats) -> float:
    """1, or a part of the largest cost times the largest value where that is smaller: a programme in small units."""
    return min(1.0, CANCELLED * float(np.abs(program.cost).max(initial=0.0) * np.abs(values).max(initial=0.0)))


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else (math.inf if part > 0 else 0.0)


def _typical(costs: Floats) -> float:
    """Geometric mean of the costs that are not zero."""
    sizes = np.abs(costs[costs != 0])
    return float(np.exp(np.log(sizes).mean())) if len(sizes) else 1e-300


def _name(program: Program, place: int) -> str:
    rows = len(program.row_low)
    blocks, position = (program.constraints, place) if place < rows else (program.variables, place - rows)
    return next((name for name, part in blocks.items() if part.start <= position < part.stop), "")
