from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.energy.certificate import certify
from dafeng.energy.duality import reduced_costs
from dafeng.energy.program import Constraints, Term, Variables, compile_program

INFINITE = np.array([np.inf])


def one(value: float) -> np.ndarray:
    return np.array([float(value)])


def small(*, high: np.ndarray):
    """Minimise 2x + 3y, x + y >= 4, x <= 3, y >= 0: x = 3, y = 1, cost 9, price 3."""
    return compile_program(
        [Variables("x", one(0), one(3), one(2)), Variables("y", one(0), high, one(3))],
        [Constraints("need", (Term("x", 1.0), Term("y", 1.0)), one(4), INFINITE)],
    )


def test_the_optimum_passes():
    found = certify(small(high=one(10)), np.array([3.0, 1.0]), one(3))
    assert found.passed
    assert (found.objective, found.bound, found.gap) == (9.0, 9.0, 0.0)


def test_the_reduced_cost_is_the_cost_less_the_price():
    assert reduced_costs(small(high=one(10)), one(3)) == pytest.approx([-1, 0])


@pytest.mark.parametrize(
    ("values", "price"),
    [
        ([3.0, 0.9], 3.0),  # violates the need by 0.1
        ([3.1, 0.9], 3.0),  # violates a bound
        ([3.0, 1.5], 3.0),  # feasible but 1.5 dearer
        ([3.0, 1.0], 2.0),  # optimal, but the price proves only 8
        ([np.nan, 1.0], 3.0),
        ([3.0, 1.0], np.nan),
    ],
)
def test_what_is_not_proven_does_not_pass(values, price):
    assert not certify(small(high=one(10)), np.array(values), one(price)).passed


def test_the_worst_place_is_named():
    assert certify(small(high=one(10)), np.array([3.0, 0.0]), one(3)).worst == "need"


def test_a_price_on_an_absent_bound_proves_nothing():
    # The need has no upper bound: a negative price counts as none, and 2x + 3y >= 0 is all that is left.
    assert certify(small(high=one(10)), np.array([3.0, 1.0]), one(-3)).bound == 0.0


def test_a_falling_cost_without_bound_is_refused():
    # With price 4 the reduced cost of y is 3 - 4 = -1, and y has no upper bound.
    found = certify(small(high=INFINITE), np.array([3.0, 1.0]), one(4))
    assert found.dual_violation == pytest.approx(1 / 7)
    assert not found.passed


@given(st.floats(-50, 50), st.floats(0, 3), st.floats(0, 10))
def test_no_price_proves_more_than_the_optimum(price, x, y):
    # Weak duality: whatever the multiplier, the bound stays below the optimum 9.
    assert certify(small(high=one(10)), np.array([x, y]), one(price)).bound <= 9.0 + 1e-9


@pytest.mark.parametrize("size", [1e-9, 1e-7, 1e-3, 1.0, 1e5])
def test_units_decide_nothing(size):
    # The same programme with x, y and their bounds in other units: half a percent short fails in each of them.
    program = replace(small(high=one(10)), row_low=one(4 * size), low=np.zeros(2), high=np.array([3.0, 10.0]) * size)
    assert certify(program, np.array([3.0, 1.0]) * size, one(3)).passed
    short = certify(program, np.array([3.0, 0.98]) * size, one(3))
    assert short.primal_share == pytest.approx(0.005, rel=1e-6)
    assert not short.passed


@pytest.mark.parametrize("price", [1e-9, 1.0, 1e6])
def test_a_gap_is_held_against_the_objective(price):
    # Selling 1000 units at 3 and buying them at 3 and 3e-7: the objective is the small difference of large sums.
    program = compile_program(
        [Variables("bought", one(0), one(1000), one(3 * price)), Variables("sold", one(0), one(1000), one(-2.7 * price))],
        [Constraints("kept", (Term("bought", 1.0), Term("sold", -1.0)), one(0), one(0))],
    )
    program = replace(program, low=np.array([1000.0, 0.0]))
    found = certify(program, np.array([1000.0, 1000.0]), one(2.7 * price))
    assert (found.passed, found.objective) == (True, pytest.approx(300 * price))
    worse = certify(program, np.array([1000.0, 1000.0]), one((2.7 + 1e-6) * price))
    assert worse.relative_gap < 1e-6 < worse.objective_gap
    assert not worse.passed


def test_a_cost_of_nothing_has_no_gap():
    found = certify(replace(small(high=one(10)), cost=np.zeros(2)), np.array([3.0, 1.0]), one(0))
    assert (found.passed, found.objective_gap) == (True, 0.0)
