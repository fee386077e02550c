"""Normal equations of a ring of steps against a dense solve, for several years at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from dafeng.energy.duality import proven_bound
from dafeng.energy.program import Program
from dafeng.energy.years.batch import Batch, _varied, links_of
from dafeng.energy.years.elimination import factor, pattern_of
from dafeng.energy.years.interior import bound_of
from dafeng.energy.years.ring import factor_ring
from dafeng.energy.years.stage import Change, Stage

ROWS, COLUMNS, YEARS, STEPS = 5, 9, 3, 100


def _stage(seed: int) -> tuple[Stage, Batch]:
    random = np.random.Generator(np.random.PCG64(seed))
    now = random.standard_normal((ROWS, COLUMNS)) * (random.random((ROWS, COLUMNS)) < 0.4)
    now[:, :ROWS] += np.eye(ROWS)
    now[:, -1] = 0.0
    before = np.zeros((ROWS, COLUMNS))
    before[3, 3], before[4, 4], before[4, 1] = -0.9, -1.0, 0.3
    coefficients = np.zeros((STEPS, ROWS, 1))
    coefficients[:, 0], coefficients[:, 2] = -1.0, 2.0 + random.random((STEPS, 1))
    sides = np.zeros((STEPS, COLUMNS))
    change = Change("coefficient", 2, COLUMNS - 1, 2.0 + random.random((YEARS, STEPS)))
    stage = Stage(now, before, np.array([COLUMNS - 1]), coefficients, (before != 0).any(axis=1), np.array([3, 4]), sides,
                  sides + 1.0, sides, np.zeros((STEPS, ROWS)), 0.0, np.arange(ROWS), np.arange(COLUMNS), (change,))  # fmt: skip
    loose = np.repeat(coefficients.transpose(1, 2, 0)[:, :, None], YEARS, axis=2)
    loose[2, 0] = change.values
    shape = (COLUMNS, YEARS, STEPS)
    low, high, cost = -random.random(shape), random.random(shape), random.standard_normal(shape)
    right = random.standard_normal((ROWS, YEARS, STEPS))
    return stage, Batch(
        sparse.csr_matrix(now), links_of(before), stage.loose, loose, low, high, cost, right, _varied(loose, stage.loose)
    )


def _dense(batch: Batch, year: int) -> np.ndarray:
    """The year's whole matrix, column by column."""
    found = np.zeros((ROWS * STEPS, COLUMNS * STEPS))
    for column in range(COLUMNS * STEPS):
        point = np.zeros((COLUMNS, YEARS, STEPS))
        point[column // STEPS, year, column % STEPS] = 1.0
        found[:, column] = batch.times(point)[:, year].ravel()
    return found


@pytest.mark.parametrize("seed", range(2))
def test_the_normal_equations_are_solved(seed: int) -> None:
    stage, batch = _stage(seed)
    weights = np.random.Generator(np.random.PCG64(9)).random((COLUMNS, YEARS, STEPS)) + 0.1
    normal = factor(pattern_of(stage), weights, batch.coefficients, batch.loose)
    solution = normal.solve(batch.right)
    assert batch.times(weights * batch.transposed(solution)) == pytest.approx(batch.right, abs=1e-9)


def test_the_matrix_and_its_transpose_belong_together() -> None:
    _, batch = _stage(1)
    matrix = _dense(batch, 2)
    worth = batch.transposed(batch.right)[:, 2].ravel()
    assert matrix.T @ batch.right[:, 2].ravel() == pytest.approx(worth)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [0.0, 0.1, 10.0])
def test_the_bound_of_many_years_is_that_of_each(seed: int, size: float) -> None:
    # For all years at once the kernel keeps its own form of weak duality; tests/energy/test_duality.py holds the one here.
    _, batch = _stage(seed)
    prices = size * np.random.Generator(np.random.PCG64(seed)).standard_normal((ROWS, YEARS, STEPS))
    for year, bound in enumerate(bound_of(batch, prices)):
        right, low, high, cost = (part[:, year].ravel() for part in (batch.right, batch.low, batch.high, batch.cost))
        own = Program(sparse.csc_matrix(_dense(batch, year)), right, right, low, high, cost, {}, {})
        assert bound == pytest.approx(proven_bound(own, prices[:, year].ravel()), rel=1e-12)


def test_a_matrix_that_is_not_positive_is_refused() -> None:
    columns = np.ones((2, 4, 1, 10))
    columns[:, 0] = 0.5
    with pytest.raises(np.linalg.LinAlgError):
        factor_ring(columns)
