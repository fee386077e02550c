"""Clarabel: the programme reduced, cut into chains and brought to size one, then an interior point method.

Invariant: what comes back is point and multipliers of the programme as given; every step on the way is undone exactly
except for the solver's own tolerance, which the certificate judges.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any

import clarabel
import numpy as np
from scipy import sparse

from dafeng.energy.program import Floats, Program
from dafeng.energy.solving.answer import Algorithm, Answer, Progress, Terms
from dafeng.energy.solving.chain import chain_program, places_of
from dafeng.energy.solving.guard import Guard, hear_interrupt
from dafeng.energy.solving.loosen import Loosened, loosen
from dafeng.energy.solving.memory import LARGE, Handed, Shelf, leave_to_disk, release_memory
from dafeng.energy.solving.rare import lowers_cost, rare_columns, without_columns
from dafeng.energy.solving.reduce import Reduced, reduce_program
from dafeng.energy.solving.substitute import Substituted, substitute

MARGIN = 1e-2
"""The solver aims at this part of the certificate's tolerance: its criteria live in scaled space."""
FINE = 50_000
"""Columns below which refinement of every linear system is affordable, and always on."""
SMALLER, DEARER = 5.0, 10.0
"""Bounds are left this much above size one and costs this much below it: violations in true units fall thirtyfold at
equal iterations, since the solver's residuals are relative to the largest bound."""
UNREFINED = 0.01
"""Without refinement the solver aims this much lower: one or two iterations more, for violations below the tolerance."""
NO_RAY = 1e-14
"""Tolerance of Clarabel's claim of infeasibility; its default made false claims on pathways."""


def run_clarabel(program: Program, algorithm: Algorithm, terms: Terms) -> Answer:
    """Run Clarabel once.

    Parameters
    ----------
    program : Program
        What to minimise; squared costs are allowed, whole variables are taken as continuous.
    algorithm : {"clarabel", "clarabel_exact"}
        With refinement for large programmes or without.
    terms : Terms
        Tolerance, watch and time limit.

    Returns
    -------
    Answer
        Point, multipliers and counters; rays in their place where Clarabel claims infeasibility.
    """
    rare = rare_columns(program)
    if not rare.any():
        return _run(program, algorithm, terms)
    first = _run(program, algorithm, terms, rare)
    if first.cancelled or (first.status.endswith("Solved") and not lowers_cost(program, rare, first.multipliers)):
        return first
    second = _run(program, algorithm, terms)
    return replace(second, seconds=first.seconds + second.seconds, iterations=first.iterations + second.iterations)


def _run(program: Program, algorithm: Algorithm, terms: Terms, rare: Any = None) -> Answer:
    start = time.process_time()
    reduced = reduce_program(program if rare is None else without_columns(program, rare))
    if not len(reduced.columns) or (not len(reduced.rows) and reduced.program.quadratic is None):
        return _nothing_left(reduced, algorithm, time.process_time() - start)
    loose = loosen(reduced.program)
    bare = substitute(loose.program)
    chained = _chained(program, reduced, loose, bare)
    sides, rows, columns = _sides(chained), len(bare.rows), len(bare.columns)
    way = Shelf((_lightened(replace(reduced, whole=_NONE)), _lightened(loose), _lightened(bare), sides))
    cone, large, dear = _cone_form(chained, sides)
    del chained, reduced, loose, bare, sides
    leave_to_disk(program)
    guard = Guard(terms.watch)
    solution = _solve(cone, _settings(len(cone.cost), algorithm, terms), algorithm, guard)
    reduced, loose, bare, sides = way.take()
    values = np.asarray(solution.x, dtype=np.float64)[:columns] * large
    prices = _row_prices(sides, np.asarray(solution.z, dtype=np.float64) * dear)[:rows]
    point, multipliers = bare.restore(values, prices)
    point, multipliers = replace(reduced, whole=program).restore(point, loose.restore(multipliers))
    return Answer(
        asked=algorithm,
        ran=algorithm,
        status=str(solution.status),
        values=point,
        multipliers=multipliers,
        iterations=int(solution.iterations),
        seconds=time.process_time() - start,
        cancelled=guard.stopped(),
    )


_NOTHING = np.zeros(0)
_NONE = Program(None, _NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING, {}, {})
"""In the place of a programme that is not kept."""


@dataclass(slots=True, eq=False)
class _Cone:
    """``matrix·x + s = right``, ``s`` zero in the first ``equal`` rows and not negative in the others."""

    squared: Any
    cost: Any
    matrix: Any
    right: Any
    equal: int


def _chained(program: Program, reduced: Reduced, loose: Loosened, bare: Substituted) -> Program:
    rows, columns = program.matrix.shape
    row_place = places_of(program.constraints, rows)[reduced.rows][loose.rows]
    column_place = places_of(program.variables, columns)[reduced.columns]
    row_place = np.append(row_place, column_place[bare.bounded])
    return chain_program(bare.program, row_place[bare.rows], column_place[bare.columns])


def _lightened(step: Any) -> Any:
    """The way back without the programme that the step led to: nothing of it is needed once the solver has its copy."""
    return replace(step, program=_NONE)


def _nothing_left(reduced: Reduced, algorithm: Algorithm, seconds: float) -> Answer:
    """Answer where reducing alone settled everything but rows that any point keeps."""
    left = reduced.program
    values = np.where(left.cost > 0, left.low, np.where(left.cost < 0, left.high, np.clip(0.0, left.low, left.high)))
    point, multipliers = reduced.restore(values, np.zeros(len(reduced.rows)))
    return Answer(algorithm, "presolve", "reduced to nothing", point, multipliers, 0, seconds)


def _solve(cone: _Cone, settings: Any, algorithm: Algorithm, guard: Guard) -> Any:
    def call(info: Any) -> bool:
        return guard.tell(Progress(algorithm, int(info.iterations), float(info.gap_rel), float(info.solve_time)))

    cones = [clarabel.ZeroConeT(cone.equal), clarabel.NonnegativeConeT(len(cone.right) - cone.equal)]
    cost, right, matrix = cone.cost, cone.right, Handed(cone.matrix)
    large = len(cost) >= LARGE
    cone.cost = cone.right = cone.matrix = None  # the solver holds its own copy
    _release(large)
    solver = clarabel.DefaultSolver(cone.squared, cost, matrix, right, cones, settings)
    del cost, right
    _release(large)
    solver.set_termination_callback(call)
    with hear_interrupt(guard):
        return solver.solve()


def _release(large: bool) -> None:
    """Looking for unused memory costs a tenth of a second, more than a small programme could give back."""
    if large:
        release_memory()


def _settings(columns: int, algorithm: Algorithm, terms: Terms) -> Any:
    exact = algorithm == "clarabel_exact"
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.direct_solve_method = "qdldl"
    settings.tol_gap_abs = 1e-30
    settings.tol_infeas_abs = settings.tol_infeas_rel = NO_RAY
    aim = terms.tolerance * MARGIN * (MARGIN if exact else 1.0)
    fine = exact or columns < FINE
    settings.tol_gap_rel = settings.tol_feas = max(1e-11, min(1e-8, aim) * (1.0 if fine else UNREFINED))
    settings.iterative_refinement_enable = fine
    if math.isfinite(terms.seconds):
        settings.time_limit = terms.seconds
    return settings


def _cone_form(program: Program, sides: tuple[Any, Any, Any]) -> tuple[_Cone, float, float]:
    """The conic form in units in which bounds and costs are of size one, and those units."""
    equal, upper, lower = sides
    top, bottom = np.isfinite(program.high), np.isfinite(program.low)
    right = np.concatenate(
        [
            program.row_low[equal],
            program.row_high[upper],
            -program.row_low[lower],
            program.high[top],
            -program.low[bottom],
        ]
    )
    large, dear = _typical(right) / SMALLER, _typical(program.cost) * DEARER
    squared = np.zeros(len(program.cost)) if program.quadratic is None else 2.0 * program.quadratic * (large / dear)
    diagonal = sparse.csc_matrix(sparse.diags(squared))
    diagonal.eliminate_zeros()
    matrix = _stacked(program, (equal, upper, lower, top, bottom))
    return _Cone(diagonal, program.cost / dear, matrix, right / large, int(equal.sum())), large, dear


def _stacked(program: Program, sides: tuple[Any, ...]) -> Any:
    """All rows and bounds below one another, built entry by entry: one copy in memory, not five."""
    equal, upper, lower, top, bottom = sides
    entries = program.matrix.tocoo()
    parts: list[tuple[Any, Any, Any]] = []
    start = 0
    for chosen, sign in ((equal, 1.0), (upper, 1.0), (lower, -1.0)):
        here = chosen[entries.row]
        row_at = np.cumsum(chosen, dtype=np.int32) - 1 + start
        parts.append((row_at[entries.row[here]], entries.col[here], sign * entries.data[here]))
        start += int(chosen.sum())
    for chosen, sign in ((top, 1.0), (bottom, -1.0)):
        column = np.flatnonzero(chosen).astype(np.int32)
        parts.append((np.arange(start, start + len(column), dtype=np.int32), column, np.full(len(column), sign)))
        start += len(column)
    row, column, value = (np.concatenate(one) for one in zip(*parts, strict=True))
    return sparse.csc_matrix((value, (row, column)), shape=(start, len(program.cost)))


def _sides(program: Program) -> tuple[Any, Any, Any]:
    """Which constraints are equations, have an upper side, have a lower side."""
    equal = program.row_low == program.row_high
    return equal, ~equal & np.isfinite(program.row_high), ~equal & np.isfinite(program.row_low)


def _row_prices(sides: tuple[Any, Any, Any], cone: Floats) -> Floats:
    equal, upper, lower = sides
    prices = np.zeros(len(equal))
    counts = np.cumsum([equal.sum(), upper.sum(), lower.sum()])
    prices[equal] -= cone[: counts[0]]
    prices[upper] -= cone[counts[0] : counts[1]]
    prices[lower] += cone[counts[1] : counts[2]]
    return prices


def _typical(values: Floats) -> float:
    """Geometric mean of what is not zero; Clarabel gets bounds and costs of size one, the certificate never does."""
    sizes = np.abs(values[values != 0])
    return float(np.exp(np.log(sizes).mean())) if len(sizes) else 1.0
