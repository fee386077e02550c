"""Reducing, chaining, whole and squared programmes, progress and cancelling."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from dafeng.energy.bounds import implied_bounds
from dafeng.energy.certificate import certify
from dafeng.energy.ladder import choose_ladder
from dafeng.energy.program import Program
from dafeng.energy.solution import CancelledError, solve_program
from dafeng.energy.solvers import Progress, Terms, run_solver
from dafeng.energy.solving import chain
from dafeng.energy.solving.chain import chain_program, places_of
from dafeng.energy.solving.loosen import loosen
from dafeng.energy.solving.memory import Handed
from dafeng.energy.solving.reduce import reduce_program
from dafeng.energy.solving.substitute import substitute
from tests.energy.test_traps import storage_city


def program_of_arrays(matrix, row_low, row_high, low, high, cost, **more) -> Program:
    """A programme from plain lists."""
    sides = [np.asarray(side, dtype=float) for side in (row_low, row_high, low, high, cost)]
    return Program(sparse.csc_matrix(np.asarray(matrix, dtype=float)), *sides, {}, {}, **more)


def random_program(seed: int) -> Program:
    """A feasible, bounded programme with rows of one variable, fixed variables and empty rows and columns."""
    chance = np.random.default_rng(seed)
    rows, columns = 12, 15
    matrix = chance.integers(-3, 4, (rows, columns)) * (chance.random((rows, columns)) < 0.25)
    matrix[:4] = 0
    for row, column in enumerate(chance.integers(0, columns, 3)):
        matrix[row, column] = chance.choice([-2, 1, 3])
    point = chance.integers(0, 6, columns).astype(float)
    high = point + chance.integers(0, 3, columns)
    low = np.minimum(point, 0.0)
    low[:2] = high[:2] = point[:2]
    activity = matrix @ point
    slack = chance.integers(0, 3, rows)
    row_low = np.where(chance.random(rows) < 0.4, -np.inf, activity - slack)
    row_high = np.where(chance.random(rows) < 0.4, np.inf, activity + slack)
    return program_of_arrays(matrix, row_low, row_high, low, high, chance.integers(-5, 6, columns))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_a_reduced_programme_gives_point_and_prices_of_the_whole(seed):
    program = random_program(seed)
    reduced = reduce_program(program)
    assert len(reduced.columns) <= 13
    inner = run_solver(reduced.program, "simplex") if len(reduced.columns) else None
    values = np.zeros(0) if inner is None else inner.values
    prices = np.zeros(len(reduced.rows)) if inner is None else inner.multipliers
    found = certify(program, *reduced.restore(values, prices))
    assert found.passed
    judge = run_solver(program, "simplex")
    assert found.objective == pytest.approx(float(program.cost @ judge.values), abs=1e-7)


def test_the_tightest_of_several_rows_pays():
    # min -x, x <= 5 (row), 2x <= 6 (row), x <= 4 (bound): x = 3, one more on the second row is worth 0.5.
    program = program_of_arrays([[1.0], [2.0]], [-np.inf, -np.inf], [5, 6], [0], [4], [-1])
    reduced = reduce_program(program)
    assert len(reduced.rows) == 0
    values, prices = reduced.restore(np.array([3.0])[: len(reduced.columns)], np.zeros(0))
    assert values == pytest.approx([3])
    assert prices == pytest.approx([0, -0.5])


def test_crossing_bounds_are_left_to_the_proof():
    program = program_of_arrays([[1.0]], [3], [np.inf], [0], [2], [1])
    assert reduce_program(program).program is program


@pytest.mark.parametrize("stretch", [5, 40])
def test_a_chained_programme_has_the_same_optimum(monkeypatch, stretch):
    monkeypatch.setattr(chain, "SMALL", 0)
    monkeypatch.setattr(chain, "STRETCH", stretch)
    program = storage_city()
    annual = sparse.csc_matrix(np.where(np.arange(len(program.cost)) < 250, 0.7, 0.0))
    program = replace(
        program,
        matrix=sparse.vstack([program.matrix, annual], format="csc"),
        row_low=np.append(program.row_low, -np.inf),
        row_high=np.append(program.row_high, 5e3),
    )
    rows, columns = program.matrix.shape
    chained = chain_program(
        program, np.append(places_of(program.constraints, rows - 1), 0.0), places_of(program.variables, columns)
    )
    assert chained.matrix.shape[1] > columns
    assert max(np.diff(chained.matrix.indptr)) < max(np.diff(program.matrix.indptr))
    plain, cut = (run_solver(one, "simplex") for one in (program, chained))
    assert program.cost @ plain.values == pytest.approx(chained.cost @ cut.values, rel=1e-9)
    assert certify(program, cut.values[:columns], cut.multipliers[:rows]).passed


def fuelled(hours: int = 30) -> Program:
    """Fuel without bounds feeds two plants per hour; emissions of the fuel are capped over all hours."""
    time = np.arange(hours)
    eye, none = sparse.identity(hours), np.zeros(hours)
    burnt = sparse.hstack([eye, -eye / 0.5, -eye / 0.4])
    power = sparse.hstack([sparse.csc_matrix((hours, hours)), eye, eye])
    cap = sparse.hstack([sparse.csc_matrix(np.full((1, hours), 0.3)), sparse.csc_matrix((1, 2 * hours))])
    load = 10 + 5 * np.sin(time)
    return Program(
        sparse.vstack([burnt, power, cap], format="csc"),
        np.concatenate([none, load, [-np.inf]]),
        np.concatenate([none, load, [210.0]]),
        np.concatenate([none - np.inf, none, none]),
        np.concatenate([none + np.inf, none + 9, none + 20]),
        np.concatenate([none + 4, none + 2, none + 1 + time % 3]),
        {},
        {},
        constant=7.0,
    )


def test_a_variable_without_bounds_is_what_its_equation_says():
    program = fuelled()
    bare = substitute(program)
    assert (len(bare.out_rows), len(bare.columns)) == (30, 60)
    inner = run_solver(bare.program, "simplex")
    found = certify(program, *bare.restore(inner.values, inner.multipliers))
    judge = run_solver(program, "simplex")
    assert found.passed
    assert found.objective == pytest.approx(float(program.cost @ judge.values) + 7.0, rel=1e-9)


def test_vintages_that_stand_together_are_summed_once(monkeypatch):
    # p_t <= wind_t·(a + b): after chaining no row of the matrix holds both a and b but the one that names their sum.
    monkeypatch.setattr(chain, "SMALL", 0)
    hours = 400
    wind = np.abs(np.sin(np.arange(hours)))
    both = sparse.csc_matrix(-np.column_stack([wind, wind]))
    program = Program(
        sparse.hstack([both, sparse.identity(hours)], format="csc"),
        np.full(hours, -np.inf),
        np.zeros(hours),
        np.zeros(hours + 2),
        np.append([5.0, 8.0], np.full(hours, 9.0)),
        np.append([30.0, 20.0], np.full(hours, -1.0)),
        {},
        {},
    )
    chained = chain_program(program, np.arange(hours) / hours, np.zeros(hours + 2))
    assert np.diff(chained.matrix.indptr)[:2].tolist() == [1, 1]
    plain, cut = run_solver(program, "simplex"), run_solver(chained, "simplex")
    assert program.cost @ plain.values == pytest.approx(chained.cost @ cut.values, rel=1e-9)
    assert certify(program, cut.values[: hours + 2], cut.multipliers[:hours]).passed


def test_a_capacity_bounds_what_it_carries():
    # y <= 2·cap, cap <= 5, y - z = 0: y <= 10, and z <= 10 by the equation.
    matrix = [[-2.0, 1.0, 0.0], [0.0, 1.0, -1.0]]
    program = program_of_arrays(matrix, [-np.inf, 0], [0, 0], [0, 0, -np.inf], [5, np.inf, np.inf], [0, 0, 0])
    low, high = implied_bounds(program)
    assert high == pytest.approx([5, 10, 10])
    assert low == pytest.approx([0, 0, 0])


def knapsack(**more) -> Program:
    """Most of 5a + 4b + 3c under 2a + 3b + c <= 5, 4a + b + 2c <= 11, 3a + 4b + 2c <= 8, whole: 13 at (2, 0, 1)."""
    matrix = [[2, 3, 1], [4, 1, 2], [3, 4, 2]]
    whole = np.ones(3, dtype=bool)
    return program_of_arrays(matrix, [-np.inf] * 3, [5, 11, 8], [0] * 3, [10] * 3, [-5, -4, -3], integer=whole, **more)


def test_whole_variables_are_rechecked():
    found = solve_program(knapsack())
    assert found.values == pytest.approx([2, 0, 1])
    assert found.certificate.kind == "milp"
    assert found.certificate.objective == pytest.approx(-13)
    assert found.certificate.whole_violation == 0
    assert found.attempts[-1].algorithm in ("branch", "presolve")


def test_the_bound_of_a_search_is_named_as_the_solvers():
    # 2x <= 3 with x whole: x = 1, while the relaxation proves 1.5 only; the rest rests on the search.
    program = program_of_arrays([[2.0]], [-np.inf], [3], [0], [9], [-1], integer=np.ones(1, dtype=bool))
    found = solve_program(program).certificate
    assert found.objective == -1
    assert found.proven_bound == pytest.approx(-1.5)
    assert (found.bound, found.bound_by) == (-1, "solver")


def test_a_fraction_is_no_whole_number():
    program = knapsack()
    assert not certify(program, np.array([1.5, 0.0, 1.0]), np.zeros(3), claimed_bound=-10.5).passed


def test_a_search_that_stops_early_states_its_gap():
    found = certify(knapsack(), np.array([1.0, 0.0, 1.0]), np.zeros(3), claimed_bound=-13.0)
    assert (found.objective, found.bound, found.gap) == (-8, -13, 5)
    assert not found.passed


@pytest.mark.parametrize("algorithm", ["clarabel_exact", "active_set"])
def test_a_squared_cost_has_its_own_bound(algorithm):
    # min x² + 2y² - 2x, x + y = 2, y <= 10: x = 5/3, y = 1/3, cost 25/9 + 2/9 - 10/3 = -1/3, price 2x - 2 = 4/3.
    program = program_of_arrays([[1.0, 1.0]], [2], [2], [0, 0], [np.inf, 10], [-2, 0], quadratic=np.array([1.0, 2.0]))
    found = solve_program(program, ladder=(algorithm,), tolerance=1e-7)
    assert found.values == pytest.approx([5 / 3, 1 / 3], abs=1e-5)
    assert found.prices == pytest.approx([4 / 3], abs=1e-5)
    assert found.certificate.kind == "qp"
    assert found.certificate.rigorous
    assert found.certificate.bound == pytest.approx(-1 / 3, abs=1e-6)
    assert found.attempts[-1].algorithm == algorithm


@given(st.floats(-9, 9), st.floats(0, 2), st.floats(0, 2))
def test_no_price_proves_more_than_the_squared_optimum(price, x, y):
    program = program_of_arrays([[1.0, 1.0]], [2], [2], [0, 0], [np.inf, 10], [-2, 0], quadratic=np.array([1.0, 2.0]))
    assert certify(program, np.array([x, y]), np.array([price])).bound <= -1 / 3 + 1e-9


@pytest.mark.parametrize("algorithm", ["clarabel", "simplex", "ipx", "hipo"])
def test_a_watch_sees_iterations_and_can_cancel(algorithm):
    seen: list[Progress] = []

    def after_three(now: Progress) -> bool:
        seen.append(now)
        return len(seen) >= 3

    with pytest.raises(CancelledError, match=algorithm):
        solve_program(storage_city(), ladder=(algorithm, "simplex"), progress=after_three)
    assert seen[-1].algorithm == algorithm
    assert seen[-1].seconds >= 0


def test_a_watch_that_only_looks_changes_nothing():
    seen: list[Progress] = []
    found = solve_program(storage_city(), ladder=("clarabel",), progress=seen.append)
    assert found.certificate.passed
    assert seen[-1].iteration == found.attempts[-1].iterations
    assert seen[-1].gap < seen[1].gap


@pytest.mark.parametrize("algorithm", ["clarabel", "simplex"])
def test_an_error_in_a_watch_reaches_the_caller(algorithm):
    def broken(_: Progress) -> bool:
        raise RuntimeError("a fault of the watch")

    with pytest.raises(RuntimeError, match="a fault of the watch"):
        solve_program(storage_city(), ladder=(algorithm,), progress=broken)


def test_the_first_solver_depends_on_kind_and_size():
    assert choose_ladder(storage_city(hours=24))[0] == "simplex"
    assert choose_ladder(storage_city(hours=2400))[0] == "clarabel"
    assert choose_ladder(knapsack()) == ("branch",)
    assert choose_ladder(replace(knapsack(), integer=None, quadratic=np.ones(3)))[0] == "clarabel_exact"


def test_a_tighter_tolerance_is_met():
    found = solve_program(storage_city(hours=1200), tolerance=1e-8)
    assert max(found.certificate.relative_gap, found.certificate.primal_share) <= 1e-8


def test_stopped_solvers_hand_back_what_they_have():
    answer = run_solver(storage_city(hours=2400), "clarabel", terms=Terms(seconds=1e-3))
    assert answer.values.shape == (len(storage_city(hours=2400).cost),)


@pytest.mark.parametrize("size", [1e-7, 1e-3, 1e4])
@pytest.mark.parametrize("price", [1e-6, 1e6])
def test_a_city_in_other_units_has_the_same_optimum(size, price):
    program = storage_city()
    sides = {name: getattr(program, name) * size for name in ("row_low", "row_high", "low", "high")}
    other = replace(program, **sides, cost=program.cost * price, constant=program.constant * size * price)
    wanted = solve_program(program).certificate.objective
    assert solve_program(other).certificate.objective / (size * price) == pytest.approx(wanted, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_what_the_rest_implies_can_be_left_out(seed):
    program = random_program(seed)
    loose = loosen(program)
    wanted, found = run_solver(program, "simplex"), run_solver(loose.program, "simplex")
    assert program.cost @ found.values == pytest.approx(program.cost @ wanted.values, abs=1e-7)
    assert certify(program, found.values, loose.restore(found.multipliers)).passed


def test_a_sum_of_uses_needs_no_bound_and_a_row_above_another_goes():
    # supply = a + b with a, b >= 0 implies supply >= 0; p >= 2q and q >= 0 imply p >= 0, so p + q >= 0 says nothing more.
    matrix = [[1.0, -1.0, -1.0, 0, 0], [0, 0, 0, 1.0, -2.0], [0, 0, 0, 1.0, 1.0], [0, 1.0, 1.0, 1.0, 0]]
    low = [0, 0, 0, -np.inf, 0]
    program = program_of_arrays(matrix, [0, 0, 0, 4], [0, np.inf, np.inf, np.inf], low, [np.inf] * 5, [1, 1, 2, 3, 0])
    loose = loosen(program)
    assert loose.rows.tolist() == [0, 1, 3]
    assert loose.program.low.tolist() == [-np.inf, 0, 0, -np.inf, 0]
    assert substitute(loose.program).columns.tolist() == [1, 2, 3, 4]


def test_two_bounds_that_imply_each_other_both_stay():
    program = program_of_arrays([[1.0, -1.0]], [0], [0], [0, 0], [np.inf, np.inf], [1, 1])
    assert loosen(program).program.low.tolist() == [0, 0]


def test_clarabel_is_handed_each_array_once():
    handed = Handed(sparse.csc_matrix(np.eye(2)))
    assert handed.data.tolist() == [1, 1]
    with pytest.raises(KeyError):
        _ = handed.data
