"""Many years at once against each year alone: the bound below the optimum, the optimum below the cost, on random networks."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError, SettingError
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock
from dafeng.energy.program import Floats
from dafeng.energy.years.dispatching import GAP, dispatch_years
from dafeng.energy.years.series import Series, network_of_year

STEPS, YEARS = 72, 5


def _network(seed: int, **wind: object) -> tuple[Network, Series]:
    """A small coupled city: wind, plant with ramp, cogeneration, heat pump, battery, heat store."""
    random = np.random.Generator(np.random.PCG64(seed))
    day = np.sin(np.arange(STEPS) * 2 * np.pi / 24)
    price = 300 + 100 * day + random.random(STEPS) * 20
    generators = {
        "wind": {"bus": "power", "p_nom": 120.0, "p_max_pu": np.full(STEPS, 0.5), "marginal_cost": 1.0, **wind},
        "import": {"bus": "power", "p_nom": 60.0, "marginal_cost": price},
        "coal": {"bus": "fuel", "p_nom": 5000.0, "marginal_cost": 90.0},
        "shed": {"bus": "power", "p_nom": 1000.0, "marginal_cost": 9000.0},
        "cold": {"bus": "heat", "p_nom": 1000.0, "marginal_cost": 7000.0},
        "dump": {"bus": "heat", "p_nom": 1000.0, "sign": -1.0, "marginal_cost": 0.5},
    }
    links = {
        "plant": {
            "bus0": "fuel",
            "bus1": "power",
            "efficiency": 0.4,
            "p_nom": 150.0,
            "ramp_limit_up": 0.3,
            "ramp_limit_down": 0.3,
        },
        "pump": {"bus0": "power", "bus1": "heat", "efficiency": np.full(STEPS, 3.0), "p_nom": 12.0, "marginal_cost": 2.0},
    }
    unit = {
        "p_nom": 80.0,
        "efficiency": 0.36,
        "power_loss": 0.2,
        "back_pressure": 0.5,
        "heat_ratio": 1.0,
        "marginal_cost": 12.0,
    }
    battery = {"bus": "power", "p_nom": 25.0, "max_hours": 3.0, "efficiency_store": 0.95, "efficiency_dispatch": 0.93}
    tables = (
        make_table("bus", {"power": {}, "heat": {}, "fuel": {}}),
        make_table("generator", generators),
        make_table("link", links),
        make_table("cogeneration", {"chp": {"bus": "power", "heat_bus": "heat", "fuel_bus": "fuel", **unit}}),
        make_table("storage_unit", {"battery": {**battery, "cyclic_state_of_charge": True}}),
        make_table("store", {"tank": {"bus": "heat", "e_nom": 150.0, "e_cyclic": True, "standing_loss": 0.002}}),
        make_table(
            "load", {"power": {"bus": "power", "p_set": 130 + 30 * day}, "heat": {"bus": "heat", "p_set": np.full(STEPS, 45.0)}}
        ),
    )
    series = {
        ("generator", "p_max_pu", "wind"): np.clip(0.45 + 0.5 * random.standard_normal((YEARS, STEPS)), 0.0, 1.0),
        ("load", "p_set", "heat"): 45 + 25 * random.random((YEARS, STEPS)),
        ("link", "efficiency", "pump"): 2.5 + random.random((YEARS, STEPS)),
    }
    return Network("small", plain_clock(STEPS), {table.component: table for table in tables}), series


def _exact(network: Network, series: Series) -> Floats:
    return np.array([solve_network(network_of_year(network, series, year)).system_cost for year in range(YEARS)])


@pytest.mark.parametrize("seed", range(3))
def test_bound_optimum_and_cost_stand_in_order(seed: int) -> None:
    network, series = _network(seed)
    result = dispatch_years(network, series, unserved=("shed", "cold"), checked=(0, YEARS - 1))
    least = _exact(network, series)
    assert (result.reason, result.alone) == ("", ())
    assert (result.bound <= least + 1e-6 * least).all()
    assert (least <= result.cost + 1e-6 * least).all()
    assert (result.proven_gap <= GAP).all()
    assert (result.violation < 1e-6).all()
    assert set(result.exact) == {0, YEARS - 1}
    for year, value in result.exact.items():
        assert value == pytest.approx(least[year])


@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-6])
def test_the_gap_that_is_asked_for_is_reached(gap: float) -> None:
    network, series = _network(7)
    result = dispatch_years(network, series, gap=gap, checked=(2,))
    assert result.alone == ()
    assert (result.proven_gap <= gap).all()
    assert -1e-7 <= result.true_gap[2] <= gap


@pytest.mark.parametrize("gap", [0.0, 1e-9, 0.5])
def test_a_gap_out_of_range_is_refused(gap: float) -> None:
    with pytest.raises(SettingError, match="gap"):
        dispatch_years(*_network(7), gap=gap)


def test_energy_adds_up_to_the_load() -> None:
    network, series = _network(3)
    energy = dispatch_years(network, series).energy
    served = energy["generator", "wind"] + energy["generator", "import"] + energy["generator", "shed"]
    served += 0.4 * energy["link", "plant"] + energy["cogeneration", "chp"] - energy["link", "pump"]
    demand = network.table("load").series["p_set"]["power"].sum()
    losses = served - demand
    assert (losses > -1e-6).all()
    assert (losses < 0.05 * demand).all()


def test_curtailed_energy_is_what_wind_could_have_given() -> None:
    network, series = _network(5)
    result = dispatch_years(network, series)
    available = 120.0 * series["generator", "p_max_pu", "wind"].sum(axis=1)
    assert result.curtailed == pytest.approx(available - result.energy["generator", "wind"])
    assert (result.curtailed > -1e-6).all()


def test_the_same_twice() -> None:
    network, series = _network(4)
    one, other = dispatch_years(network, series), dispatch_years(network, series)
    assert np.array_equal(one.cost, other.cost)
    assert np.array_equal(one.bound, other.bound)


def test_prices_may_differ_from_year_to_year() -> None:
    network, series = _network(2)
    prices = 300 + 40 * np.arange(YEARS)[:, None] + 30 * np.sin(np.arange(STEPS))
    series = {**series, ("generator", "marginal_cost", "import"): prices}
    result, least = dispatch_years(network, series, gap=1e-5), _exact(network, series)
    assert (result.reason, result.alone) == ("", ())
    assert result.cost == pytest.approx(least, rel=1e-5)


def test_each_year_stands_for_itself() -> None:
    network, series = _network(6)
    whole = dispatch_years(network, series)
    for year in range(YEARS):
        alone = dispatch_years(network, {key: values[year : year + 1] for key, values in series.items()})
        assert alone.cost[0] == pytest.approx(whole.cost[year], rel=1e-5)


def test_an_extendable_capacity_is_solved_year_by_year() -> None:
    network, series = _network(2, p_nom_extendable=True, capital_cost=10.0, p_nom_max=200.0)
    assert "extendable" in dispatch_years(network, series).reason


def test_a_limit_over_the_year_is_solved_year_by_year() -> None:
    network, series = _network(2, e_sum_max=4000.0)
    result = dispatch_years(network, series)
    assert result.reason
    assert len(result.alone) == YEARS


def test_series_of_another_length_are_refused() -> None:
    network, series = _network(1)
    with pytest.raises(DefinitionError, match="shape"):
        dispatch_years(network, {key: values[:, :5] for key, values in series.items()})


def test_a_name_that_does_not_exist_is_refused() -> None:
    network, series = _network(1)
    with pytest.raises(DefinitionError, match="sun"):
        dispatch_years(network, {("generator", "p_max_pu", "sun"): series["load", "p_set", "heat"]})


@pytest.mark.parametrize("steps", [1, 2, 3, 30])
def test_a_network_without_stores_and_short_ones_are_operated(steps: int) -> None:
    generators = {
        "wind": {"bus": "power", "p_nom": 60.0},
        "plant": {"bus": "power", "p_nom": 90.0, "marginal_cost": 300.0},
    }
    tables = [
        make_table("bus", {"power": {}}),
        make_table("generator", generators),
        make_table("load", {"town": {"bus": "power", "p_set": 50.0}}),
    ]
    unit = {"bus": "power", "p_nom": 5.0, "max_hours": 2.0, "cyclic_state_of_charge": True}
    wind = np.random.Generator(np.random.PCG64(steps)).random((3, steps))
    for stores in ([], [make_table("storage_unit", {"battery": unit})]):
        network = Network("short", plain_clock(steps), {table.component: table for table in (*tables, *stores)})
        series = {("generator", "p_max_pu", "wind"): wind}
        found = dispatch_years(network, series, gap=1e-6)
        least = [solve_network(network_of_year(network, series, year)).system_cost for year in range(3)]
        assert found.cost == pytest.approx(least, rel=2e-6, abs=1e-3)
