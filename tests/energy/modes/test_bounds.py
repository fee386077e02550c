"""The optimum lies between bound and cost, whatever the network, its futures, its periods and its segments are."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import SolveError
from dafeng.energy.duality import proven_bound
from dafeng.energy.modes.answer import share_above
from dafeng.energy.modes.certified import solve_certified
from dafeng.energy.network.build import build_network, build_scenarios
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock
from dafeng.energy.segmentation.merging import merge_steps, scaled_series
from dafeng.energy.segmentation.relaxation import relax
from dafeng.energy.solution import solve_program
from dafeng.energy.windows.timing import stretches, time_program
from tests.energy.modes.toys import pathway_city, random_city

ROUNDING = 1e-7
"""Solvers end within this share of the optimum."""
THEMES = ("generators", "ramps", "expansion", "links", "storage", "lines", "limits", "periods")
"""Random networks of tests/energy/twin whose optimum is a linear programme's."""


def twin(theme, seed):
    """Return one of the random networks that are also held to PyPSA."""
    pytest.importorskip("pypsa")
    from dafeng.energy.interop.pypsa_objects import read_object
    from tests.energy.twin.networks import network_of
    from tests.energy.twin.peer import quiet

    return quiet(read_object)(network_of(theme, seed))


def slack(value):
    """Return what rounding may take from a value."""
    return ROUNDING * max(1.0, abs(value))


def windier(network, seed):
    """Return the network with another sun, wind and load."""
    rng = np.random.default_rng(seed)
    tables = []
    for kind, name in (("generator", "p_max_pu"), ("load", "p_set")):
        table = network.table(kind)
        drawn = {one: v * rng.uniform(0.5, 1.0, len(v)) for one, v in table.series[name].items()}
        tables.append(type(table)(table.component, table.names, table.columns, {**table.series, name: drawn}))
    return network.put(*tables)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("theme", THEMES)
def test_odd_networks_cost_what_lies_above_the_bound(theme, seed):
    network = twin(theme, seed)
    optimum = solve_network(network).system_cost
    found = solve_certified(network, segments=max(len(network.clock.periods), network.clock.size // 2), gap=1e-3)
    assert found.bound <= optimum + slack(optimum)
    assert found.cost >= optimum - slack(optimum)
    assert found.violation <= 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
def test_any_segments_of_odd_networks_bound_them(theme):
    network = twin(theme, 7)
    built = build_network(network)
    timed = time_program([built])
    optimum = solve_program(built.program).certificate.objective
    begins = [start for start, _ in stretches(timed)]
    for count in range(len(begins), network.clock.size + 1):
        small = relax(timed, merge_steps(scaled_series(network), count, begins=begins), ceiling=optimum + slack(optimum))
        prices = small.rows.T @ solve_program(small.program).prices
        assert proven_bound(built.program, prices) <= optimum + slack(optimum)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.floats(0.05, 0.95), density=st.integers(2, 9), years=st.integers(1, 3))
def test_weather_years_times_periods_lie_between_bound_and_cost(seed, share, density, years):
    city = pathway_city(seed, 12, years=(2025, 2030, 2040)[:years])
    futures = [(share, city), (1.0 - share, windier(city, seed))]
    optimum = solve_program(build_scenarios(futures)[0].program).certificate.objective
    found = solve_certified(futures, segments=max(2 * years, 24 * years // density))
    assert found.bound <= optimum + slack(optimum)
    assert optimum <= found.cost + slack(optimum)
    assert found.gap >= share_above(found.cost, optimum) - ROUNDING


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), steps=st.integers(6, 40), density=st.integers(1, 9), ramps=st.booleans(), cap=st.booleans())
def test_storage_ramps_and_caps_lie_between_bound_and_cost(seed, steps, density, ramps, cap):
    network = random_city(seed, steps, ramps=ramps, cap=cap)
    optimum = solve_network(network).system_cost
    found = solve_certified(network, segments=max(1, steps // density))
    assert found.bound <= optimum + slack(optimum)
    assert optimum <= found.cost + slack(optimum)


def plain(**plant):
    """Return six hours of a load of ten and one plant."""
    return Network("plain", plain_clock(6), {}).put(
        make_table("bus", {"power": {}}),
        make_table("load", {"town": {"bus": "power", "p_set": 10.0}}),
        make_table("generator", {"plant": {"bus": "power", "p_nom": 20.0, **plant}}),
    )


def test_a_network_that_costs_nothing_has_no_gap():
    found = solve_certified(plain(), segments=2)
    assert (found.cost, found.bound, found.gap) == (0.0, 0.0, 0.0)
    assert found.regret(0.0) == 0.0


def test_a_network_that_earns_money_has_a_gap_in_shares_of_it():
    found = solve_certified(plain(marginal_cost=-5.0), segments=2)
    assert found.cost == pytest.approx(-300.0)
    assert 0.0 <= found.gap + ROUNDING < 1e-6


def test_nothing_to_decide_is_no_harm():
    idle = plain(p_set=10.0, marginal_cost=np.arange(6.0))
    found = solve_certified(idle, segments=3)
    assert found.cost == pytest.approx(150.0)
    assert found.bound == pytest.approx(150.0)


def peak(**plant):
    """Return a day whose load stands out in one hour, with a plant to size and no unserved demand."""
    load = np.full(24, 10.0)
    load[17] = 30.0
    return Network("peak", plain_clock(24), {}).put(
        make_table("bus", {"power": {}}),
        make_table("load", {"town": {"bus": "power", "p_set": load}}),
        make_table(
            "generator",
            {"plant": {"bus": "power", "p_nom_extendable": True, "capital_cost": 100.0, "marginal_cost": 1.0, **plant}},
        ),
    )


def test_a_design_without_its_peak_is_refined_and_not_given_out():
    found = solve_certified(peak(), segments=1, gap=1e-6)
    assert math.isinf(found.rounds[0].cost)
    assert found.cost == pytest.approx(30 * 100 + 23 * 10 + 30)
    assert found.bound == pytest.approx(found.cost, rel=1e-6)


def test_where_no_design_can_be_operated_the_refusal_says_so():
    with pytest.raises(SolveError):
        solve_certified(peak(p_nom_max=20.0), segments=24)
