"""Certified aggregation: the bound is never above the optimum, the cost is a feasible operation's, finer is never worse."""

from itertools import pairwise

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.energy.bounds import implied_bounds
from dafeng.energy.duality import proven_bound
from dafeng.energy.modes.certified import solve_certified
from dafeng.energy.network.build import build_network, build_scenarios
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock
from dafeng.energy.segmentation.merging import merge_steps, scaled_series
from dafeng.energy.segmentation.relaxation import relax
from dafeng.energy.segmentation.shortening import shorten
from dafeng.energy.solution import solve_program
from dafeng.energy.windows.timing import time_program
from tests.energy.modes.toys import pathway_city, random_city

SEEDS = range(5)


def _relaxed(network, count):
    built = build_network(network)
    timed = time_program([built])
    begins = np.flatnonzero(network.clock.first)
    return built, timed, relax(timed, merge_steps(scaled_series(network), count, begins=begins))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [4, 13, 40])
def test_the_bound_is_never_above_the_optimum(seed, count):
    network = random_city(seed, 60)
    optimum = solve_network(network).system_cost
    built, _, small = _relaxed(network, count)
    solution = solve_program(small.program)
    bound = proven_bound(built.program, small.rows.T @ solution.prices, ceiling=optimum)
    assert solution.certificate.objective <= optimum * (1 + 1e-7)
    assert bound <= optimum * (1 + 1e-9)
    assert bound == pytest.approx(solution.certificate.objective, rel=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_multipliers_prove_a_bound(seed):
    network = random_city(seed, 24)
    outcome = solve_network(network)
    rng = np.random.default_rng(seed)
    prices = outcome.solution.prices * rng.uniform(0.5, 1.5, len(outcome.solution.prices))
    prices += rng.normal(0, 5, len(prices))
    assert proven_bound(outcome.built.program, prices, ceiling=outcome.system_cost) <= outcome.system_cost * (1 + 1e-9)
    exact = proven_bound(outcome.built.program, outcome.solution.prices, ceiling=outcome.system_cost)
    assert exact == pytest.approx(outcome.system_cost, rel=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_in_steps_satisfies_every_sum(seed):
    network = random_city(seed, 48)
    values = solve_network(network).solution.values
    built, _, small = _relaxed(network, 11)
    merged = np.bincount(small.group[small.group >= 0], values[small.group >= 0], minlength=len(small.program.cost))
    activity = small.program.matrix @ merged
    assert (activity <= small.program.row_high + 1e-4).all()
    assert (activity >= small.program.row_low - 1e-4).all()
    assert (small.rows.data >= 0).all()
    fixed = small.group < 0
    cost = small.program.cost @ merged + small.program.constant
    assert cost == pytest.approx(built.program.cost @ values + built.program.constant, rel=1e-9)
    assert (built.program.low[fixed] == built.program.high[fixed]).all()


@pytest.mark.parametrize("seed", range(4))
def test_nested_refinement_never_lowers_the_bound(seed):
    network = random_city(seed, 48, ramps=False)
    built = build_network(network)
    timed = time_program([built])
    bounds = []
    for width in (12, 6, 3, 1):
        small = relax(timed, np.arange(0, 49, width))
        bounds.append(solve_program(small.program).certificate.objective)
    assert all(finer >= coarser * (1 - 1e-8) for coarser, finer in pairwise(bounds))
    assert bounds[-1] == pytest.approx(solve_network(network).system_cost, rel=1e-8)


def test_plain_means_are_not_a_bound():
    """By hand: import at 100 and 900 beside a plant at 300 costs 400 for two hours; at the mean price 500 it costs 600."""
    generators = {
        "import": {"bus": "power", "p_nom": 1.0, "marginal_cost": np.array([100.0, 900.0])},
        "plant": {"bus": "power", "p_nom": 1.0, "marginal_cost": 300.0},
    }
    network = Network("two hours", plain_clock(2), {}).put(
        make_table("bus", {"power": {}}),
        make_table("load", {"town": {"bus": "power", "p_set": 1.0}}),
        make_table("generator", generators),
    )
    whole = np.array([0, 2])
    assert solve_network(network).system_cost == pytest.approx(400.0)
    assert solve_network(shorten(network, whole)).system_cost == pytest.approx(600.0)
    small = relax(time_program([build_network(network)]), whole)
    assert solve_program(small.program).certificate.objective == pytest.approx(400.0 - 200.0 + 200.0)


@pytest.mark.parametrize("seed", range(4))
def test_cost_and_bound_enclose_the_optimum(seed):
    network = random_city(seed, 120)
    optimum = solve_network(network).system_cost
    found = solve_certified(network, segments=40)
    assert found.bound <= optimum * (1 + 1e-9) <= found.cost * (1 + 1e-7)
    assert -1e-9 <= found.regret(optimum) <= found.gap / (1 - found.gap) + 1e-9
    assert found.violation <= 1e-6
    assert [one.segments for one in found.rounds] == sorted(one.segments for one in found.rounds)


def test_with_every_step_a_segment_of_its_own_the_gap_closes():
    network = random_city(9, 72)
    found = solve_certified(network, segments=72, gap=1e-3)
    assert solve_network(network).system_cost >= found.bound * (1 - 1e-9)
    assert found.bound == pytest.approx(solve_network(network).system_cost, rel=1e-6)


def test_weather_years_times_pathway_years():
    futures = [(0.6, pathway_city(1, 24)), (0.4, pathway_city(1, 24))]
    rng = np.random.default_rng(3)
    other = futures[1][1]
    table = other.table("generator")
    sun = {name: np.clip(v * rng.uniform(0.7, 1.1, len(v)), 0, 1) for name, v in table.series["p_max_pu"].items()}
    series = {**table.series, "p_max_pu": sun}
    futures[1] = (0.4, other.put(type(table)(table.component, table.names, table.columns, series)))
    optimum = solve_program(build_scenarios(futures)[0].program).certificate.objective
    found = solve_certified(futures, segments=60, gap=0.02)
    assert found.bound <= optimum * (1 + 1e-9)
    assert found.cost >= optimum * (1 - 1e-7)
    assert found.gap < 0.2


def test_bounds_drawn_from_rows_hold_at_the_optimum():
    network = random_city(2, 24)
    outcome = solve_network(network)
    low, high = implied_bounds(outcome.built.program, ceiling=outcome.system_cost * (1 + 1e-9))
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()
    values = outcome.solution.values
    assert (values >= low - 1e-5).all()
    assert (values <= high + 1e-5).all()


def test_whole_numbers_are_refused():
    network = random_city(0, 6)
    plants = {"unit": {"bus": "power", "committable": True, "p_nom": 10.0, "p_min_pu": 0.3, "marginal_cost": 100.0}}
    with pytest.raises(DefinitionError):
        solve_certified(network.put(make_table("generator", plants)))
