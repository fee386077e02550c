"""The solvers behind one form: a programme goes in, a point with multipliers and what really ran comes out.

Invariant: nothing here judges a result; a status word is passed on as text, and the algorithm is read from the
solver's own counters, never from the option that was set.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import clarabel
import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dafeng.energy.program import Floats, Program
from dafeng.energy.scaling import keep_program, scale_program

Algorithm = Literal["simplex", "clarabel", "ipx", "hipo"]
"""What can be asked for: HiGHS dual simplex, Clarabel, HiGHS interior point with crossover (IPX), HiGHS HiPO."""
PIVOTS = 40
"""Simplex gives up after this many iterations per row and column together have been spent (at least 10 000)."""


PLAIN: Mapping[str, Any] = {"threads": 1, "presolve": "off"}
"""Options of the simplex: presolve costs more than it saves on dispatch (measured)."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a solver returned.

    Parameters
    ----------
    asked, ran : str
        Algorithm asked for and the one its counters show.
    status : str
        Status word of the solver; informative only.
    values : (columns,) array
        Point.
    multipliers : (rows,) array
        Price of each constraint.
    iterations : int
        Iterations of the algorithm.
    seconds : float
        Wall time. [s]
    """

    asked: Algorithm
    ran: str
    status: str
    values: Floats
    multipliers: Floats
    iterations: int
    seconds: float


def run_solver(program: Program, algorithm: Algorithm, *, scaled: bool = False) -> Answer:
    """Run one solver once.

    Parameters
    ----------
    program : Program
        What to minimise.
    algorithm : {"simplex", "clarabel", "ipx", "hipo"}
        Which one.
    scaled : bool
        Whether rows and columns are first brought to size one; for tables of mixed units.

    Returns
    -------
    Answer
        Point, multipliers and counters, whatever their quality.
    """
    if scaled:
        other = scale_program(program)
        found = run_solver(other.program, algorithm)
        return replace(found, values=found.values * other.values, multipliers=found.multipliers * other.multipliers)
    start = time.perf_counter()
    part = _clarabel(program) if algorithm == "clarabel" else _highs(program, algorithm)
    return Answer(asked=algorithm, seconds=time.perf_counter() - start, **part)


def hold_program(program: Program, *, scaled: bool = False) -> Callable[[Program], Answer]:
    """Keep a programme loaded, so that it can be solved again and again with other bounds.

    Parameters
    ----------
    program : Program
        What to minimise.
    scaled : bool
        Whether rows and columns are first brought to size one, once.

    Returns
    -------
    callable
        From the same programme with other bounds to the answer of the dual simplex, which starts where it last ended.
    """
    other = scale_program(program) if scaled else keep_program(program)
    solver = highs_of(other.program, {**PLAIN, "solver": "simplex"})
    held = [program]

    def answer(bounds: Program) -> Answer:
        start = time.perf_counter()
        last = held.pop()
        held.append(bounds)
        rows = _changed((last.row_low, bounds.row_low), (last.row_high, bounds.row_high))
        columns = _changed((last.low, bounds.low), (last.high, bounds.high))
        factor, size = other.bounds[rows], other.values[columns]
        solver.changeRowsBounds(len(rows), rows, bounds.row_low[rows] * factor, bounds.row_high[rows] * factor)
        solver.changeColsBounds(len(columns), columns, bounds.low[columns] / size, bounds.high[columns] / size)
        solver.run()
        part = _read(solver, other.program, "simplex")
        found = Answer(asked="simplex", seconds=time.perf_counter() - start, **part)
        return replace(found, values=found.values * other.values, multipliers=found.multipliers * other.multipliers)

    return answer


def _changed(*pairs: tuple[Floats, Floats]) -> NDArray[np.int32]:
    return np.flatnonzero(np.logical_or.reduce([one != other for one, other in pairs])).astype(np.int32)


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
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(_model(program))
    return solver


def _model(program: Program) -> Any:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.cost), len(program.row_low)
    model.col_cost_, model.col_lower_, model.col_upper_ = program.cost, program.low, program.high
    model.row_lower_, model.row_upper_ = program.row_low, program.row_high
    model.offset_ = program.constant
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = program.matrix.indptr
    model.a_matrix_.index_ = program.matrix.indices
    model.a_matrix_.value_ = program.matrix.data
    return model


def _highs(program: Program, algorithm: Algorithm) -> dict[str, Any]:
    limit = max(10_000, PIVOTS * (len(program.row_low) + len(program.cost)))
    options = PLAIN if algorithm == "simplex" else {"threads": 1, "run_crossover": "on"}
    solver = highs_of(program, {**options, "solver": algorithm, "simplex_iteration_limit": limit})
    solver.run()
    return _read(solver, program, algorithm)


def _read(solver: Any, program: Program, algorithm: Algorithm) -> dict[str, Any]:
    info, solution = solver.getInfo(), solver.getSolution()
    inner, pivots = max(0, int(info.ipm_iteration_count)), max(0, int(info.simplex_iteration_count))
    return {
        "ran": _ran(algorithm, inner, pivots),
        "status": solver.modelStatusToString(solver.getModelStatus()),
        "values": _array(solution.col_value, len(program.cost)),
        "multipliers": _array(solution.row_dual, len(program.row_low)),
        "iterations": inner or pivots,
    }


def _ran(algorithm: Algorithm, inner: int, pivots: int) -> str:
    """What the counters show: an interior point method iterates, and only crossover may add pivots to it."""
    if not inner and not pivots:
        return "presolve"
    if inner:
        return algorithm if algorithm != "simplex" else "ipm"
    return "simplex"


def _array(values: Any, size: int) -> Floats:
    """The values, or NaN throughout where the solver kept none: a certificate then cannot pass."""
    found = np.asarray(values, dtype=np.float64)
    return found if len(found) == size else np.full(size, np.nan)


def _clarabel(program: Program) -> dict[str, Any]:
    matrix, right, equal = _cone_form(program)
    columns = len(program.cost)
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = 1e-30
    settings.tol_infeas_abs = settings.tol_infeas_rel = 1e-14
    cones = [clarabel.ZeroConeT(equal), clarabel.NonnegativeConeT(matrix.shape[0] - equal)]
    large, dear = _typical(right), _typical(program.cost)
    quadratic = sparse.csc_matrix((columns, columns))
    solver = clarabel.DefaultSolver(quadratic, program.cost / dear, matrix, right / large, cones, settings)
    solution = solver.solve()
    return {
        "ran": "clarabel",
        "status": str(solution.status),
        "values": np.asarray(solution.x, dtype=np.float64) * large,
        "multipliers": _row_prices(program, np.asarray(solution.z, dtype=np.float64) * dear),
        "iterations": int(solution.iterations),
    }


def _typical(values: Floats) -> float:
    """Geometric mean of what is not zero; Clarabel gets bounds and costs of size one, the certificate never does."""
    sizes = np.abs(values[values != 0])
    return float(np.exp(np.log(sizes).mean())) if len(sizes) else 1.0


def _sides(program: Program) -> tuple[Any, Any, Any]:
    """Which constraints are equations, have an upper side, have a lower side."""
    equal = program.row_low == program.row_high
    return equal, ~equal & np.isfinite(program.row_high), ~equal & np.isfinite(program.row_low)


def _cone_form(program: Program) -> tuple[Any, Floats, int]:
    """``matrix·x + s = right`` with ``s`` zero for the first rows and non-negative for the others."""
    equal, upper, lower = _sides(program)
    rows = program.matrix.tocsr()
    unit = sparse.identity(len(program.cost), format="csr")
    top, bottom = np.isfinite(program.high), np.isfinite(program.low)
    matrix = sparse.vstack([rows[equal], rows[upper], -rows[lower], unit[top], -unit[bottom]], format="csc")
    right = np.concatenate(
        [
            program.row_low[equal],
            program.row_high[upper],
            -program.row_low[lower],
            program.high[top],
            -program.low[bottom],
        ]
    )
    return matrix, right, int(equal.sum())


def _row_prices(program: Program, cone: Floats) -> Floats:
    equal, upper, lower = _sides(program)
    prices = np.zeros(len(program.row_low))
    counts = np.cumsum([equal.sum(), upper.sum(), lower.sum()])
    prices[equal] -= cone[: counts[0]]
    prices[upper] -= cone[counts[0] : counts[1]]
    prices[lower] += cone[counts[1] : counts[2]]
    return prices
