"""The solvers behind one form: a programme goes in, a point with multipliers and what really ran comes out.

Invariant: nothing here judges a result; a status word is passed on as text, and the algorithm is read from the
solver's own counters, never from the option that was set.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dafeng.energy.program import Floats, Program
from dafeng.energy.scaling import keep_program, scale_program
from dafeng.energy.solving.answer import Algorithm, Answer, Progress, Terms, Watch
from dafeng.energy.solving.cone import run_clarabel
from dafeng.energy.solving.highs import OPTIONS, highs_of, read_highs, run_highs

__all__ = ["SOLVERS", "Algorithm", "Answer", "Progress", "Solver", "Terms", "Watch", "highs_of", "hold_program", "run_solver"]

Solver = Callable[[Program, Algorithm, Terms], Answer]
"""The one interface: programme, algorithm and terms to an answer."""
SOLVERS: Mapping[Algorithm, Solver] = {
    "simplex": run_highs,
    "clarabel": run_clarabel,
    "clarabel_exact": run_clarabel,
    "ipx": run_highs,
    "hipo": run_highs,
    "pdlp": run_highs,
    "branch": run_highs,
    "active_set": run_highs,
}
"""Who runs each algorithm."""


def run_solver(program: Program, algorithm: Algorithm, *, scaled: bool = False, terms: Terms | None = None) -> Answer:
    """Run one solver once.

    Parameters
    ----------
    program : Program
        What to minimise.
    algorithm : Algorithm
        Which one.
    scaled : bool
        Whether rows and columns are first brought to size one; for linear tables of mixed units.
    terms : Terms, optional
        Tolerance, watch and time limit.

    Returns
    -------
    Answer
        Point, multipliers and counters, whatever their quality.
    """
    terms = terms or Terms()
    if scaled and program.integer is None and program.quadratic is None:
        other = scale_program(program)
        found = run_solver(other.program, algorithm, terms=terms)
        return replace(found, values=found.values * other.values, multipliers=found.multipliers * other.multipliers)
    return SOLVERS[algorithm](program, algorithm, terms)


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
    solver = highs_of(other.program, OPTIONS["simplex"])
    held = [program]

    def answer(bounds: Program) -> Answer:
        start = time.process_time()
        last = held.pop()
        held.append(bounds)
        rows = _changed((last.row_low, bounds.row_low), (last.row_high, bounds.row_high))
        columns = _changed((last.low, bounds.low), (last.high, bounds.high))
        factor, size = other.bounds[rows], other.values[columns]
        solver.changeRowsBounds(len(rows), rows, bounds.row_low[rows] * factor, bounds.row_high[rows] * factor)
        solver.changeColsBounds(len(columns), columns, bounds.low[columns] / size, bounds.high[columns] / size)
        solver.run()
        found = read_highs(solver, other.program, "simplex")
        return replace(
            found,
            values=found.values * other.values,
            multipliers=found.multipliers * other.multipliers,
            seconds=time.process_time() - start,
        )

    return answer


def _changed(*pairs: tuple[Floats, Floats]) -> NDArray[np.int32]:
    return np.flatnonzero(np.logical_or.reduce([one != other for one, other in pairs])).astype(np.int32)
