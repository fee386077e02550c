"""The reference city through our model has the optima that others found, and PyPSA's on parts of the year."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.energy import CERTIFIED_GAP
from benchmarks.reference_city import peer
from benchmarks.reference_city.city import city, dispatched
from benchmarks.reference_city.ours import network_city
from benchmarks.reference_city.ours_runs import certified_beside_optimum
from benchmarks.reference_city.tables import optimum
from dafeng.energy.network.solve import solve_network
from tests.energy.twin.peer import optimise, quiet


def weather_years(**how):
    """Return a pathway in two weather years."""
    return [city("pathway", weather=number, **how) for number in (0, 1)]


def cost(given):
    """Our cost of a variant."""
    return solve_network(network_city(given)).system_cost


def published(variant, step, **more):
    """Assert that a variant has its published optimum (simplex, HiPO or oemof-solph, see objectives.csv)."""
    assert cost(city(variant, step=step, **more)) == pytest.approx(optimum(variant, step, **more), rel=1e-8)


def twin(given):
    """Assert that PyPSA finds the same cost."""
    network = quiet(peer.build)(given)
    theirs = optimise(network, extra_functionality=peer.extra_rows(given)).cost
    assert cost(given) == pytest.approx(theirs, rel=1e-6)


def test_a_year_in_steps_of_a_day_has_the_optimum_of_oemof():
    published("base", 24, ramps=False)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["base", "co2_tight", "share_tight", "share_very_tight"])
def test_a_year_in_steps_of_six_hours_has_the_published_optimum(variant):
    published(variant, 6)


@pytest.mark.slow
def test_five_years_decided_together_have_the_published_optimum():
    published("pathway", 24)


def test_three_days_cost_the_same_in_pypsa():
    twin(city(hours=72))


def test_binding_limits_cost_the_same_in_pypsa():
    twin(city("co2_tight", hours=336, step=6))


def test_five_years_with_vintages_cost_the_same_in_pypsa():
    twin(city("pathway", hours=144, step=24))


def test_two_nodes_with_other_weather_cost_the_same_in_pypsa():
    twin(city(hours=96, step=2, nodes=2, weather=3))


def test_operating_a_design_costs_the_same_in_pypsa():
    twin(dispatched(city("tariff", hours=48)))


def test_levels_that_are_handed_on_cost_the_same_in_pypsa():
    twin(dataclasses.replace(dispatched(city(hours=48)), cyclic=False))


@pytest.mark.slow
def test_weather_years_of_a_pathway_cost_the_same_as_in_pypsas_scenarios():
    cities = weather_years(hours=48, step=12)
    network = quiet(peer.build_futures)(cities)
    theirs = optimise(network, extra_functionality=peer.extra_rows(cities[0])).cost
    assert certified_beside_optimum(cities, CERTIFIED_GAP).value == pytest.approx(theirs, rel=1e-6)


def test_the_optimum_of_weather_years_lies_between_bound_and_cost():
    parts = certified_beside_optimum(weather_years(hours=24), CERTIFIED_GAP).parts
    assert parts["certified_gap"] <= CERTIFIED_GAP
    assert 0 <= parts["real_regret"] <= parts["certified_gap"]
