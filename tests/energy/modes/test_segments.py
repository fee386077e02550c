"""Segments of time: what is merged, what a shorter network means, and what a design from segments really costs."""

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.energy.modes.segments import solve_segments
from dafeng.energy.network.design import capacity_cost, design_of, fixed
from dafeng.energy.network.solve import solve_network
from dafeng.energy.segmentation.merging import extreme_steps, merge_steps, scaled_series
from dafeng.energy.segmentation.shortening import shorten
from tests.energy.modes.toys import random_city


def test_neighbours_that_are_alike_are_merged_first():
    series = np.array([[0.0], [0.0], [1.0], [1.0], [1.0], [5.0]])
    assert merge_steps(series, 3).tolist() == [0, 2, 5, 6]


def test_segments_do_not_cross_the_beginning_of_a_period():
    series = np.zeros((6, 1))
    assert merge_steps(series, 2, begins=[4]).tolist() == [0, 4, 6]


def test_kept_steps_stay_alone():
    edges = merge_steps(np.zeros((8, 1)), 4, alone=[3, 4])
    assert {3, 4, 5} <= set(edges.tolist())


@pytest.mark.parametrize("count", [0, 2, 9])
def test_impossible_counts_are_refused(count):
    with pytest.raises(DefinitionError):
        merge_steps(np.zeros((8, 1)), count, alone=[3])


def test_merging_lowers_the_variance_within_segments_with_their_number():
    series = scaled_series(random_city(1, 96))
    spread = []
    for count in (8, 24, 48, 96):
        edges = merge_steps(series, count)
        spread.append(sum(((part - part.mean(0)) ** 2).sum() for part in np.split(series, edges[1:-1])))
    assert spread == sorted(spread, reverse=True)
    assert spread[-1] == 0.0


def test_series_that_rise_and_fall_together_count_once():
    network = random_city(2, 24)
    same = network.table("load")
    doubled = {"p_set": {**same.series["p_set"], "homes": 3.0 * same.series["p_set"]["town"] + 7.0}}
    fewer = network.put(type(same)(same.component, same.names, same.columns, doubled))
    assert scaled_series(fewer).shape[1] == scaled_series(network).shape[1] - 1


def test_extreme_steps_hold_the_peak_of_each_carrier():
    network = random_city(3, 72)
    found = extreme_steps(network)
    for name in ("town", "homes"):
        assert int(np.argmax(network.table("load").series["p_set"][name])) in found


def test_a_shorter_network_keeps_hours_and_energy():
    network = random_city(4, 60)
    short = shorten(network, merge_steps(scaled_series(network), 17))
    assert short.clock.objective.sum() == pytest.approx(60.0)
    before = network.table("load").series["p_set"]["town"].sum()
    after = (short.table("load").series["p_set"]["town"] * short.clock.generators).sum()
    assert after == pytest.approx(before)


def test_one_segment_per_step_is_the_network_itself():
    network = random_city(5, 24)
    same = shorten(network, np.arange(25))
    assert solve_network(same).system_cost == pytest.approx(solve_network(network).system_cost, rel=1e-9)


def test_cost_of_a_design_and_its_operation_is_the_optimum():
    network = random_city(6, 48)
    outcome = solve_network(network)
    design = design_of(outcome)
    assert design.cost == pytest.approx(capacity_cost(network, design.sizes))
    assert design.cost + solve_network(fixed(network, design)).system_cost == pytest.approx(outcome.system_cost, rel=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_the_cost_is_never_below_the_optimum_and_the_error_is_told(seed):
    network = random_city(seed, 72)
    optimum = solve_network(network).system_cost
    found = solve_segments(network, segments=24, keep_extremes=True)
    assert found.cost >= optimum * (1 - 1e-7)
    assert found.cost <= optimum * 1.2
    assert found.error == pytest.approx((found.claimed - found.cost) / found.cost)
    assert found.operated.violation <= 1e-6
    fast = solve_segments(network, segments=24, keep_extremes=True, exact=False)
    assert found.cost * (1 - 1e-7) <= fast.cost <= found.cost * 1.1
    assert fast.operated.violation <= 1e-6
    assert not fast.operated.exact


def test_more_segments_come_closer():
    network = random_city(7, 96)
    optimum = solve_network(network).system_cost
    costs = [solve_segments(network, segments=count).cost for count in (12, 96)]
    assert costs[1] == pytest.approx(optimum, rel=1e-6)
    assert costs[0] >= costs[1] * (1 - 1e-7)
