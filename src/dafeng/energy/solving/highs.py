"""HiGHS: dual simplex, interior points with crossover, first-order method, branch and cut, squared costs.

Invariant: the algorithm that ran is read from counters, never from the option that was set: without its extra parts
HiGHS answers ``hipo`` with the simplex and says "Optimal".
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from dafeng.energy.program import Floats, Program
from dafeng.energy.solving.answer import Algorithm, Answer, Progress, Terms
from dafeng.energy.solving.guard import Guard
from dafeng.energy.solving.reduce import reduce_program
from dafeng.energy.solving.start import read_start, set_start

PIVOTS = 40
"""Simplex gives up after this many iterations per row and column together have been spent (at least 10 000)."""
FINER = 1e-3
"""The first-order method aims this much lower: its criteria are relative to norms of whole vectors, ours to single rows."""
PLAIN: Mapping[str, Any] = {"threads": 1, "presolve": "off"}
"""Options of the simplex: presolve costs more than it saves on dispatch (measured)."""
INNER: Mapping[str, Any] = {"threads": 1, "run_crossover": "on"}
"""Options of interior points: without crossover HiPO was 19 % wrong on a shipped network; it costs next to nothing."""
LARGE = 20_000
"""Columns from which the simplex gets the programme reduced, and may begin where another one ended."""
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "simplex": {**PLAIN, "solver": "simplex"},
    "ipx": {**INNER, "solver": "ipx"},
    "hipo": {**INNER, "solver": "hipo"},
    "pdlp": {"threads": 1, "solver": "pdlp"},
    "branch": {"threads": 1},
    "active_set": {"threads": 1},
}
"""Options by algorithm."""


def run_highs(program: Program, algorithm: Algorithm, terms: Terms) -> Answer:
    """Run HiGHS once.

    Parameters
    ----------
    program : Program
        What to minimise.
    algorithm : Algorithm
        Which of its algorithms.
    terms : Terms
        Tolerance, watch and time limit.

    Returns
    -------
    Answer
        Point, multipliers and counters; for whole variables the point is the best one found and the multipliers are
        the prices with those variables held.
    """
    import highspy  # only where it runs: it takes memory

    if algorithm == "simplex" and len(program.cost) >= LARGE:
        return _run_large(program, terms)
    start = time.process_time()
    solver = highs_of(program, {**OPTIONS[algorithm], **_limits(program, algorithm, terms)})
    guard = Guard(terms.watch)
    _attach(solver, algorithm, guard)
    solver.run()
    if algorithm == "branch" and solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        _search_again(solver)
    found = read_highs(solver, program, algorithm)
    if algorithm == "branch" and np.isfinite(found.values).all():
        found = _priced(program, found)
    return replace(found, seconds=time.process_time() - start, cancelled=guard.stopped())


def _run_large(program: Program, terms: Terms) -> Answer:
    """Simplex of the reduced programme, from the basis of another one where there is one."""
    begin = time.process_time()
    reduced = reduce_program(program)
    left = reduced.program
    solver = highs_of(left, {**OPTIONS["simplex"], **_limits(left, "simplex", terms)})
    if terms.start is not None:
        set_start(solver, terms.start, reduced)
    guard = Guard(terms.watch)
    _attach(solver, "simplex", guard)
    solver.run()
    found = read_highs(solver, left, "simplex")
    ran = "simplex" if terms.start is not None else found.ran  # a start that is the optimum takes no pivot
    values, multipliers = reduced.restore(found.values, found.multipliers)
    return replace(
        found,
        ran=ran,
        values=values,
        multipliers=multipliers,
        seconds=time.process_time() - begin,
        cancelled=guard.stopped(),
        start=read_start(solver, reduced),
    )


def _search_again(solver: Any) -> None:
    """Without presolve, which called a sound unit commitment infeasible (tests/energy/twin/test_users.py)."""
    solver.clearSolver()
    solver.setOptionValue("presolve", "off")
    solver.run()


def highs_of(program: Program, options: Mapping[str, Any]) -> Any:
    """A silent HiGHS object that holds a programme.

    Parameters
    ----------
    program : Program
        What to minimise.
    options : mapping
        HiGHS options.

    Returns
    -------
    highspy.Highs
        Ready to run.
    """
    import highspy

    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(_model(program))
    if program.quadratic is not None and program.quadratic.any():
        solver.passHessian(_hessian(program.quadratic))
    return solver


def read_highs(solver: Any, program: Program, algorithm: Algorithm) -> Answer:
    """What a HiGHS object holds after its run.

    Parameters
    ----------
    solver : highspy.Highs
        The object.
    program : Program
        The programme that it holds.
    algorithm : Algorithm
        What was asked for.

    Returns
    -------
    Answer
        Point and multipliers, NaN throughout where it kept none; its CPU time is not known here and zero.
    """
    info, solution = solver.getInfo(), solver.getSolution()
    counts = {
        "inner": int(info.ipm_iteration_count),
        "first_order": int(info.pdlp_iteration_count),
        "squared": int(info.qp_iteration_count),
        "nodes": int(info.mip_node_count),
        "pivots": int(info.simplex_iteration_count),
    }
    ran, iterations = _ran(algorithm, {name: max(0, count) for name, count in counts.items()}, int(info.mip_node_count))
    return Answer(
        asked=algorithm,
        ran=ran,
        status=solver.modelStatusToString(solver.getModelStatus()),
        values=_array(solution.col_value, len(program.cost)),
        multipliers=_array(solution.row_dual, len(program.row_low)),
        iterations=iterations,
        seconds=0.0,
        bound=float(info.mip_dual_bound) if algorithm == "branch" else -math.inf,
    )


def _ran(algorithm: Algorithm, counts: Mapping[str, int], nodes: int) -> tuple[str, int]:
    """What the counters show, and its iterations.

    Interior points iterate and only crossover adds pivots to them; branch and cut counts nodes, none being a negative
    number; where nothing was counted, presolve alone found the answer.
    """
    if algorithm == "branch" and nodes >= 0:
        return "branch", counts["pivots"]
    shown = {"inner": ("ipx", "hipo"), "first_order": ("pdlp",), "squared": ("active_set",), "pivots": ("simplex",)}
    for counter, makers in shown.items():
        if counts[counter]:
            return algorithm if algorithm in makers else makers[0], counts[counter]
    return "presolve", 0


def _limits(program: Program, algorithm: Algorithm, terms: Terms) -> dict[str, Any]:
    aim = max(1e-10, min(1e-7, terms.tolerance * 1e-1))
    limits: dict[str, Any] = {"time_limit": terms.seconds} if math.isfinite(terms.seconds) else {}
    if algorithm == "simplex":
        limits["simplex_iteration_limit"] = max(10_000, PIVOTS * (len(program.row_low) + len(program.cost)))
    if algorithm == "pdlp":
        limits["kkt_tolerance"] = max(1e-10, aim * FINER)
    if algorithm == "branch":
        limits |= {"mip_rel_gap": terms.tolerance / 2.0, "mip_abs_gap": 1e-9}
    if algorithm in ("simplex", "active_set", "ipx", "hipo"):
        limits |= {"primal_feasibility_tolerance": aim, "dual_feasibility_tolerance": aim}
    return limits


def _priced(program: Program, found: Answer) -> Answer:
    """The point with its whole variables held at whole numbers, and the prices that belong to it."""
    whole = program.integer if program.integer is not None else np.zeros(len(program.cost), dtype=bool)
    held = np.clip(np.round(found.values), program.low, program.high)
    low, high = np.where(whole, held, program.low), np.where(whole, held, program.high)
    fixed = replace(program, low=low, high=high, integer=None)
    solver = highs_of(fixed, OPTIONS["simplex"] if program.quadratic is None else {"threads": 1})
    solver.run()
    priced = read_highs(solver, fixed, "simplex")
    if not np.isfinite(priced.values).all():
        return replace(found, multipliers=np.zeros(len(program.row_low)))
    return replace(found, values=np.where(whole, held, priced.values), multipliers=priced.multipliers)


def _model(program: Program) -> Any:
    import highspy

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.cost), len(program.row_low)
    model.col_cost_, model.col_lower_, model.col_upper_ = program.cost, program.low, program.high
    model.row_lower_, model.row_upper_ = program.row_low, program.row_high
    model.offset_ = program.constant
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = program.matrix.indptr
    model.a_matrix_.index_ = program.matrix.indices
    model.a_matrix_.value_ = program.matrix.data
    if program.integer is not None and program.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(one)] for one in program.integer]
    return model


def _hessian(quadratic: Floats) -> Any:
    """HiGHS minimises ``½ x·H·x``: twice our diagonal."""
    import highspy

    diagonal = sparse.csc_matrix(sparse.diags(2.0 * quadratic))
    hessian = highspy.HighsHessian()
    hessian.dim_ = len(quadratic)
    hessian.format_ = highspy.HessianFormat.kTriangular
    hessian.start_, hessian.index_, hessian.value_ = diagonal.indptr, diagonal.indices, diagonal.data
    return hessian


def _array(values: Any, size: int) -> Floats:
    """The values, or NaN throughout where the solver kept none: a certificate then cannot pass."""
    found = np.asarray(values, dtype=np.float64)
    return found if len(found) == size else np.full(size, np.nan)


def _attach(solver: Any, algorithm: Algorithm, guard: Guard) -> None:
    """Tell the guard where HiGHS asks whether to go on; the first-order method never asks and heeds time alone."""
    start = time.perf_counter()

    def call(event: Any) -> None:
        output = event.data_out
        counts = (output.ipm_iteration_count, output.simplex_iteration_count, output.mip_node_count)
        gap = float(output.mip_gap) if algorithm == "branch" else math.nan
        if guard.tell(Progress(algorithm, max(0, *map(int, counts)), gap, time.perf_counter() - start)):
            event.interrupt()

    if guard.watch is not None:
        for source in (solver.cbSimplexInterrupt, solver.cbIpmInterrupt, solver.cbMipInterrupt):
            source.subscribe(call)
