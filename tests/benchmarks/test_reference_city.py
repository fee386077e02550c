"""The reference city's tables are what they say; its other weather years are moved days of the known one."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from benchmarks.reference_city.city import city, dispatched, tariff
from benchmarks.reference_city.tables import HERE, optimum, profiles, technologies
from benchmarks.reference_city.weather import DRIVEN, REACH_DAYS, weather_year
from tests.house.tree import ROOT

FOLDER = "data/energy/reference_city"
"""Where the tables stand in the material outside the project, ../shared; without it these tests are skipped."""


@pytest.mark.parametrize("name", ["technologies", "supplies", "years", "objectives"])
def test_a_table_is_the_one_of_the_material(name, shared):
    assert (HERE / f"{name}.csv").read_bytes() == (shared / FOLDER / f"{name}.csv").read_bytes()


def test_the_profiles_are_those_of_the_material(shared):
    ours, theirs = ((folder / "profiles.csv.gz").read_bytes() for folder in (HERE, shared / FOLDER))
    assert gzip.decompress(ours) == gzip.decompress(theirs)


def test_the_annual_cost_of_a_battery_is_that_of_the_formula():
    # by hand: annuity(6 %, 15 a) = 0.06 / (1 - 1.06^-15) = 0.1029628; 2e6 * 0.9 * (0.1029628 + 0.02) = 221333.0
    battery = next(one for one in technologies() if one.name == "battery_2h")
    assert battery.annual_cost(0.06, 1) == pytest.approx(221333.0, abs=0.1)


def test_an_electrolyser_gives_hydrogen_and_heat():
    electrolyser = next(one for one in technologies() if one.name == "electrolyser")
    assert electrolyser.outputs() == {"h2": 0.66, "heat": 0.14}


def test_mean_demand_is_that_of_the_description():
    # docs: 75.3 TWh of electricity, 12.6 of heat, 3.4 of hydrogen, 6.3 of gas in 2030
    base = city()
    told = {carrier: values.sum() / 1e6 for carrier, values in base.demand(base.years[0]).items()}
    assert told == pytest.approx({"elec": 75.3, "heat": 12.6, "h2": 3.4, "gas": 6.3}, abs=0.05)


def test_weather_year_zero_is_the_known_year_and_others_differ():
    assert weather_year(0) is profiles()
    assert (weather_year(1)["cf_pv"] != profiles()["cf_pv"]).any()
    np.testing.assert_array_equal(weather_year(7)["cf_pv"], weather_year(7)["cf_pv"])


def test_a_weather_year_moves_whole_days_within_their_season_and_all_series_together():
    known, other = profiles(), weather_year(5)
    days = {name: known[name].reshape(-1, 24) for name in DRIVEN}
    for day in range(0, 365, 20):
        near = [(day + shift) % 365 for shift in range(-REACH_DAYS, REACH_DAYS + 1)]
        found = [one for one in near if (days["cf_onwind"][one] == other["cf_onwind"].reshape(-1, 24)[day]).all()]
        assert found
        assert any((days["heat_pump_cop"][one] == other["heat_pump_cop"].reshape(-1, 24)[day]).all() for one in found)


def test_loads_of_the_calendar_stay_where_they_are():
    np.testing.assert_array_equal(weather_year(5)["electricity_load"], profiles()["electricity_load"])


def test_the_tariff_has_few_prices_in_a_month():
    assert len(np.unique(tariff()[: 24 * 28])) == 4


def test_coarser_steps_keep_the_mean():
    fine, coarse = city(), city(step=6)
    assert coarse.series["cf_pv"].mean() == pytest.approx(fine.series["cf_pv"].mean())
    assert (coarse.steps, coarse.weight) == (1460, 6.0)


def test_a_part_of_the_year_stands_for_all_of_it():
    assert city(hours=730).weight * 730 == pytest.approx(8760)


def test_the_design_fixes_every_capacity_and_drops_the_annual_rows():
    fixed = dispatched(city())
    assert not any(one.extendable for one in fixed.assets)
    assert not fixed.annual_rows


def test_an_unknown_optimum_is_none():
    assert optimum("base", 5) is None


def test_every_table_is_read_from_the_folder_of_the_benchmark():
    assert Path(ROOT) in HERE.parents
