from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.energy.certificate import certify, reduced_costs
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
