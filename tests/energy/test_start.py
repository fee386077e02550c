"""A start spares pivots and changes nothing: the same optimum, and new blocks begin as without one."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.energy.program import Constraints, Term, Variables, compile_program
from dafeng.energy.solution import InfeasibleError, solve_program
from dafeng.energy.solving.highs import LARGE

STEPS = LARGE // 2


def year(most_gas=60.0, *, capped=None, most_coal=60.0):
    """Coal at 300 and gas at 700 yuan meet a wavy demand; a cap on all coal where one is given."""
    load = 60 + 30 * np.sin(np.arange(STEPS) / 24 * 2 * np.pi)
    none = np.zeros(STEPS)
    rows = [Constraints("balance", (Term("coal", 1.0), Term("gas", 1.0)), load, np.full(STEPS, np.inf))]
    if capped is not None:
        single = (Term("coal", np.ones(STEPS), np.arange(STEPS)),)
        total = Constraints("cap", single, np.full(STEPS, -np.inf), np.full(STEPS, capped))
        rows.append(total)
    blocks = [
        Variables("coal", none, np.full(STEPS, most_coal), none + 300.0),
        Variables("gas", none, np.full(STEPS, most_gas), none + 700.0),
    ]
    return compile_program(blocks, rows)


def test_the_optimum_is_the_same_and_a_start_at_the_optimum_takes_no_pivot():
    first = solve_program(year(), ladder=("simplex",))
    again = solve_program(year(), ladder=("simplex",), start=first.start)
    # coal covers up to 60, gas the rest of every hour: by hand from the load
    load = 60 + 30 * np.sin(np.arange(STEPS) / 24 * 2 * np.pi)
    expected = 300.0 * np.minimum(load, 60.0).sum() + 700.0 * np.maximum(load - 60.0, 0.0).sum()
    assert first.certificate.objective == pytest.approx(expected)
    assert again.certificate.objective == pytest.approx(expected)
    assert again.attempts[-1].iterations == 0
    assert again.attempts[-1].algorithm == "simplex"


def test_other_capacities_and_other_rows_may_begin_there():
    first = solve_program(year(), ladder=("simplex",))
    for program in (year(most_coal=50.0), year(capped=40.0), year(most_gas=200.0, capped=10.0)):
        cold = solve_program(program, ladder=("simplex",))
        warm = solve_program(program, ladder=("simplex",), start=first.start)
        assert warm.certificate.objective == pytest.approx(cold.certificate.objective)
        assert warm.certificate.passed


def test_a_start_hides_no_contradiction():
    first = solve_program(year(), ladder=("simplex",))
    with pytest.raises(InfeasibleError):
        solve_program(year(most_gas=10.0), ladder=("simplex",), start=first.start)


def test_a_start_of_another_size_is_left_aside():
    first = solve_program(year(), ladder=("simplex",))
    load = np.full(LARGE, 50.0)
    other = compile_program(
        [Variables("coal", np.zeros(LARGE), np.full(LARGE, 60.0), np.full(LARGE, 300.0))],
        [Constraints("balance", (Term("coal", 1.0),), load, np.full(LARGE, np.inf))],
    )
    found = solve_program(other, ladder=("simplex",), start=first.start)
    assert found.certificate.objective == pytest.approx(300.0 * 50.0 * LARGE)
