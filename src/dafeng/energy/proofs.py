"""Proofs that a programme has no point, or no least cost, recomputed from its own data.

Invariant: "infeasible" comes with multipliers under which the constraints contradict the bounds, "unbounded" with a
point that keeps everything and a direction that keeps it and earns; a solver's word is never taken for either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from dafeng.energy.bounds import implied_bounds
from dafeng.energy.certificate import certify
from dafeng.energy.duality import price_rows
from dafeng.energy.ladder import choose_ladder
from dafeng.energy.program import Floats, Program
from dafeng.energy.solvers import run_solver
from dafeng.energy.solving.answer import Terms

CLEAR = 1e-7
"""A contradiction counts when it exceeds this part of the terms it is made of."""
NOISE = 1e-12
"""Multipliers below this part of the largest are taken for rounding."""
KEPT = 1e-6
"""Violation, relative to a bound's size, up to which it counts as kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Infeasibility:
    """Multipliers that prove that no point keeps all constraints and bounds.

    Parameters
    ----------
    multipliers : (rows,) array
        Part of each constraint in the contradiction; all zero where two bounds of one variable cross.
    margin : float
        By how much the weighted sum contradicts the bounds, relative to its terms; above 0.
    blocks : tuple of str
        Blocks of constraints that take part; of variables where their own bounds cross.
    rigorous : bool
        Whether every variable involved has a bound, so that no residue was left out.
    """

    multipliers: Floats
    margin: float
    blocks: tuple[str, ...]
    rigorous: bool


@dataclass(frozen=True, slots=True, eq=False)
class Unboundedness:
    """A point and a direction along which the cost falls for ever.

    Parameters
    ----------
    point, ray : (columns,) array
        A feasible point, and the direction that keeps it feasible.
    slope : float
        Cost per unit of the direction, below 0. [yuan]
    blocks : tuple of str
        Blocks of variables that move.
    """

    point: Floats
    ray: Floats
    slope: float
    blocks: tuple[str, ...]


def prove_infeasible(program: Program, multipliers: Floats) -> Infeasibility | None:
    """Whether multipliers prove that a programme has no point.

    Parameters
    ----------
    program : Program
        Any programme; whole variables are taken as continuous.
    multipliers : (rows,) array
        Farkas multipliers as a solver or an elastic programme gives them.

    Returns
    -------
    Infeasibility or None
        The proof, recomputed in unscaled data; ``None`` if they prove nothing.
    """
    crossed = np.flatnonzero(program.low > program.high + KEPT * (1.0 + np.abs(program.high)))
    if len(crossed):
        names = tuple(
            name for name, part in program.variables.items() if ((crossed >= part.start) & (crossed < part.stop)).any()
        )
        apart = (program.low - program.high)[crossed] / (1.0 + np.abs(program.high[crossed]))
        return Infeasibility(np.zeros(len(program.row_low)), float(apart.max()), names, True)
    if not np.isfinite(multipliers).all():
        return None
    free = _costless(program)
    meant = price_rows(free, multipliers).multipliers
    priced = price_rows(free, np.where(np.abs(meant) < NOISE * np.abs(meant).max(initial=0.0), 0.0, meant))
    used, low, high = priced.multipliers, *implied_bounds(program)
    least, lost = priced.bound(low, high)
    terms = abs(program.matrix).T @ np.abs(used)
    if np.any(np.abs(priced.reduced[lost]) > CLEAR * terms[lost]):
        return None
    scale = priced.size(low, high) or 1.0
    if least <= CLEAR * scale:
        return None
    return Infeasibility(used, least / scale, _blocks(program, used), not lost.any())


def _costless(program: Program) -> Program:
    """The programme whose points all cost nothing: where a bound of its optimum is above zero, it has no point."""
    return replace(program, cost=np.zeros(len(program.cost)), constant=0.0, integer=None, quadratic=None)


def prove_unbounded(program: Program, point: Floats, ray: Floats) -> Unboundedness | None:
    """Whether a point and a direction prove that the cost falls for ever.

    Parameters
    ----------
    program : Program
        A linear programme.
    point, ray : (columns,) array
        What is claimed to be feasible, and to stay so.

    Returns
    -------
    Unboundedness or None
        The proof, recomputed in unscaled data; ``None`` if they prove nothing.
    """
    size = float(np.abs(ray).max(initial=0.0)) if np.isfinite(ray).all() else 0.0
    if size == 0.0 or not keeps(program, point):
        return None
    ray = ray / size
    kept = _recession(program)
    terms = float(np.abs(program.cost) @ np.abs(ray))
    slope = float(program.cost @ ray)
    curved = program.quadratic is not None and bool(np.any(program.quadratic * np.abs(ray) > CLEAR))
    if curved or not keeps(kept, ray) or slope >= -CLEAR * max(terms, 1e-300):
        return None
    moving = tuple(name for name, part in program.variables.items() if np.any(np.abs(ray[part]) > KEPT))
    return Unboundedness(point, ray, slope, moving)


def keeps(program: Program, point: Floats) -> bool:
    """Whether a point keeps all constraints and bounds.

    Parameters
    ----------
    program : Program
        Any programme; whole variables are taken as continuous.
    point : (columns,) array
        The point.

    Returns
    -------
    bool
        Whether the largest violation is within 1e-6 of the bounds' sizes.
    """
    if not np.isfinite(point).all():
        return False
    free = replace(program, integer=None, quadratic=None)
    return certify(free, point, np.zeros(len(program.row_low))).primal_share <= KEPT


def diagnose(program: Program, *, terms: Terms | None = None) -> Infeasibility | Unboundedness | None:
    """Find a proof that a programme has no optimum.

    Parameters
    ----------
    program : Program
        Any programme; whole variables are taken as continuous.
    terms : Terms, optional
        Watch and time limit of the solvers.

    Returns
    -------
    Infeasibility, Unboundedness or None
        The proof; ``None`` where none was found, be it that an optimum exists or that no solver was exact enough.
    """
    found = find_point(program, terms=terms)
    if isinstance(found, Infeasibility) or found is None:
        return found
    curved = np.zeros(len(program.cost), dtype=bool) if program.quadratic is None else program.quadratic > 0
    low = np.where(np.isfinite(program.low) | curved, 0.0, -1.0)
    high = np.where(np.isfinite(program.high) | curved, 0.0, 1.0)
    if not np.any(high > low):
        return None
    cone = replace(_recession(program), low=low, high=high, integer=None, quadratic=None)
    for algorithm in choose_ladder(cone):
        proof = prove_unbounded(program, found, run_solver(cone, algorithm, terms=terms).values)
        if proof is not None:
            return proof
    return None


def find_point(program: Program, *, terms: Terms | None = None) -> Floats | Infeasibility | None:
    """A point that keeps everything, or the proof that there is none.

    Parameters
    ----------
    program : Program
        Any programme; whole variables are taken as continuous.
    terms : Terms, optional
        Watch and time limit of the solvers.

    Returns
    -------
    array, Infeasibility or None
        Whichever could be shown first; ``None`` where neither could.
    """
    crossed = prove_infeasible(program, np.zeros(len(program.row_low)))
    if crossed is not None:
        return crossed
    elastic, columns = elastic_program(program, np.arange(len(program.row_low))), len(program.cost)
    for algorithm in choose_ladder(elastic):
        answer = run_solver(elastic, algorithm, terms=terms)
        if keeps(program, answer.values[:columns]):
            return answer.values[:columns]
        proof = prove_infeasible(program, answer.multipliers)
        if proof is not None:
            return proof
    return None


def elastic_program(program: Program, rows: Sequence[int] | np.ndarray) -> Program:
    """Programme of the least violation of some constraints while everything else holds.

    Parameters
    ----------
    program : Program
        Any programme.
    rows : array of int
        Constraints that may be violated.

    Returns
    -------
    Program
        Its first columns are the given ones without cost, then one excess and one shortfall per row where that side
        exists; the cost is their sum, each relative to the size of the row's bound (at least 1).
    """
    chosen = np.asarray(rows, dtype=np.int64)
    below = chosen[np.isfinite(program.row_low[chosen])]
    above = chosen[np.isfinite(program.row_high[chosen])]
    place = np.concatenate([below, above])
    sign = np.concatenate([np.ones(len(below)), -np.ones(len(above))])
    extra = sparse.csc_matrix((sign, (place, np.arange(len(place)))), shape=(len(program.row_low), len(place)))
    sizes = np.maximum(1.0, np.abs(np.concatenate([program.row_low[below], program.row_high[above]])))
    return replace(
        program,
        matrix=sparse.hstack([program.matrix, extra], format="csc"),
        low=np.append(program.low, np.zeros(len(place))),
        high=np.append(program.high, np.full(len(place), np.inf)),
        cost=np.append(np.zeros(len(program.cost)), 1.0 / sizes),
        constant=0.0,
        integer=None,
        quadratic=None,
    )


def _recession(program: Program) -> Program:
    """The programme whose points are the directions that keep every point feasible."""
    return replace(
        program,
        row_low=np.where(np.isfinite(program.row_low), 0.0, -np.inf),
        row_high=np.where(np.isfinite(program.row_high), 0.0, np.inf),
        low=np.where(np.isfinite(program.low), 0.0, -np.inf),
        high=np.where(np.isfinite(program.high), 0.0, np.inf),
    )


def _blocks(program: Program, multipliers: Floats) -> tuple[str, ...]:
    size = float(np.abs(multipliers).max(initial=0.0))
    return tuple(
        name for name, part in program.constraints.items() if np.any(np.abs(multipliers[part]) > CLEAR * max(size, 1e-300))
    )
