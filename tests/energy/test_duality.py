"""Weak duality, in the one place where it is written: no prices prove more than the optimum."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog, minimize

from dafeng.energy.duality import price_rows, proven_bound
from dafeng.energy.program import Program

SEEDS = st.integers(0, 10**6)


def drawn(seed: int, *, open_share: float = 0.0, squared: bool = False) -> tuple[Program, np.ndarray]:
    """Return a random programme and a point of it: rows with a lower side, an upper one, both or equal ones."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(1, 7), rng.integers(1, 9)
    matrix = np.round(rng.normal(size=(rows, columns)), 2) * (rng.random((rows, columns)) < 0.7)
    low = np.round(rng.uniform(-3, 1, columns), 2)
    point, high = low + rng.uniform(0, 2, columns), low + 2.0
    high[rng.random(columns) < open_share] = np.inf
    activity, kind = matrix @ point, rng.integers(0, 4, rows)
    row_low = np.where(kind == 1, -np.inf, activity - (kind != 3) * rng.random(rows))
    row_high = np.where(kind == 0, np.inf, activity + (kind != 3) * rng.random(rows))
    row_low, row_high = np.where(kind == 3, activity, row_low), np.where(kind == 3, activity, row_high)
    cost = np.round(rng.normal(size=columns), 2)
    square = np.round(rng.uniform(0, 2, columns), 2) * (rng.random(columns) < 0.5) if squared else None
    program = Program(sparse.csc_matrix(matrix), row_low, row_high, low, high, cost, {}, {}, 5.0, quadratic=square)
    return program, point


def least(program: Program) -> float:
    """Return the optimum by scipy, which knows nothing of ours; minus infinity where there is none."""
    dense, (low, high) = program.matrix.toarray(), (program.row_low, program.row_high)
    upper, lower = np.isfinite(high), np.isfinite(low)
    found = linprog(
        program.cost,
        A_ub=np.vstack([dense[upper], -dense[lower]]),
        b_ub=np.concatenate([high[upper], -low[lower]]),
        bounds=np.stack([program.low, program.high], axis=1),
    )
    return found.fun + program.constant if found.status == 0 else -math.inf


def prices_of(program: Program, seed: int, size: float) -> np.ndarray:
    """Return any prices, on sides that exist and on those that do not."""
    return size * np.random.default_rng(seed + 1).normal(size=len(program.row_low))


def above(bound: float, optimum: float) -> bool:
    """Return whether a bound exceeds an optimum by more than scipy's own rounding."""
    return bound > optimum + 1e-7 * abs(optimum) + 1e-7 if math.isfinite(optimum) else math.isfinite(bound)


@settings(max_examples=150, deadline=None)
@given(seed=SEEDS, size=st.sampled_from([0.0, 0.1, 1.0, 100.0]), open_share=st.sampled_from([0.0, 0.5]))
def test_no_prices_prove_more_than_the_optimum(seed, size, open_share):
    program, _ = drawn(seed, open_share=open_share)
    assert not above(proven_bound(program, prices_of(program, seed, size)), least(program))


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, size=st.sampled_from([0.0, 1.0, 10.0]))
def test_every_point_costs_at_least_the_bound_squared_or_not(seed, size):
    program, point = drawn(seed, squared=True)
    cost = program.cost @ point + program.quadratic @ point**2 + program.constant
    assert proven_bound(program, prices_of(program, seed, size)) <= cost + 1e-9 * max(1.0, abs(cost))


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, share=st.floats(0.0, 1.0))
def test_bounds_that_a_known_point_implies_hold_at_the_optimum(seed, share):
    program, point = drawn(seed, open_share=0.7)
    ceiling = float(program.cost @ point) + program.constant
    assert not above(proven_bound(program, prices_of(program, seed, share), ceiling=ceiling), least(program))


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_without_rows_to_pay_for_the_bound_is_the_least_within_the_box(seed):
    program, _ = drawn(seed, squared=True)
    boxes = np.stack([program.low, program.high], axis=1)
    alone = [
        minimize(lambda z, c=c, q=q: c * z[0] + q * z[0] ** 2, [low], bounds=[(low, high)], tol=1e-12).fun
        for c, q, (low, high) in zip(program.cost, program.quadratic, boxes, strict=True)
    ]
    ends = np.minimum(program.cost * program.low, program.cost * program.high)
    expected = sum(min(a, e) if q == 0 else a for a, e, q in zip(alone, ends, program.quadratic, strict=True))
    assert proven_bound(program, np.zeros(len(program.row_low))) == pytest.approx(expected + program.constant, abs=1e-5)


def test_a_price_on_a_side_that_does_not_exist_is_left_out():
    program, _ = drawn(3)
    nowhere = Program(
        program.matrix, np.full_like(program.row_low, -np.inf), np.full_like(program.row_high, np.inf), program.low,
        program.high, program.cost, {}, {}
    )  # fmt: skip
    assert (price_rows(nowhere, np.ones(len(program.row_low))).multipliers == 0).all()


def test_an_open_side_proves_nothing():
    one = np.ones(1)
    program = Program(sparse.csc_matrix([[1.0]]), -np.inf * one, np.inf * one, -np.inf * one, one, one, {}, {})
    assert proven_bound(program, np.zeros(1)) == -math.inf
