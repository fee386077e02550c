from __future__ import annotations

import os

import numpy as np
import pytest

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.energy.weather_years import demand
from dafeng.energy.weather_years.calibration import calibrate
from dafeng.energy.weather_years.ensemble import CLIMATE, NAMES, weather_profiles
from dafeng.energy.weather_years.figures import Figure, figures_of, values_of

YANTAI = "370600"
STATED = Figure("pv", 1000.0, "h", "370000", "a-source", "derived", "")


@pytest.fixture(scope="module")
def climate():
    return weather_profiles(YANTAI, CLIMATE)


@pytest.fixture(scope="module")
def shapes():
    return values_of(figures_of(YANTAI, "shapes.csv"))


@pytest.mark.parametrize("name", ["onshore_wind", "offshore_wind", "pv"])
def test_the_climate_has_the_published_hours(climate, name):
    stated = figures_of(YANTAI, "full_load_hours.csv")[name].value
    assert climate.series[name].sum(axis=1).mean() == pytest.approx(stated, abs=0.01)


def test_each_correction_tells_before_and_after(climate):
    made = {one.profile: one for one in climate.calibrations}
    bare = weather_profiles(YANTAI, CLIMATE, names=("pv", "rooftop_pv"))
    assert set(made) == {"onshore_wind", "offshore_wind", "pv", "rooftop_pv", "sea_pv"}
    assert made["pv"].after == pytest.approx(made["pv"].before * made["pv"].factor, rel=0.01)
    assert made["rooftop_pv"].of == "pv"
    assert made["rooftop_pv"].factor == made["pv"].factor
    assert f"{made['pv'].before:.0f} → {made['pv'].after:.0f} h" in bare.year(0).listed["pv"].note.en


def test_years_differ_in_their_yield(climate):
    hours = climate.series["offshore_wind"].sum(axis=1)
    assert 50 < hours.std() < 400


@pytest.mark.parametrize("name", NAMES)
def test_a_year_does_not_depend_on_the_others(climate, name):
    alone = weather_profiles(YANTAI, (13,), names=(name,))
    assert alone.series[name][0].tobytes() == climate.series[name][13].tobytes()


def test_every_profile_is_synthetic_with_a_source(climate):
    listed = climate.year(3).listed
    assert {one.origin for one in listed.values()} == {"synthetic"}
    assert all(one.source for one in listed.values())
    assert listed["offshore_wind"].source == "hynyw-n2|bjx-bandaobei-l"


def test_degree_hours_are_sums_below_the_limit(shapes):
    # 10 °C all year, limit 16 °C, season of 47 days from 15 November and 79 days to 20 March: 126 · 24 · 6 K.
    found = demand.heating_degrees(shapes, np.full((1, 8760), 10.0))
    assert found.sum() == pytest.approx(126 * 24 * 6)


def test_the_heat_pump_follows_its_fit(shapes):
    # 0 °C outside, 50 °C supply: 6.81 - 0.121·50 + 0.00063·2500 = 2.335; beyond 60 K the lift is held.
    found = demand.heat_pump_cop(shapes, np.array([0.0, -10.0, -30.0, 50.0]))
    assert found[:2] == pytest.approx([2.335, 6.81 - 0.121 * 60 + 0.00063 * 3600])
    assert found[2] == found[1]
    assert found[3] == pytest.approx(6.81 - 0.121 * 15 + 0.00063 * 225)


def test_vehicles_stand_at_chargers_by_night(shapes):
    plugged = demand.vehicles_plugged(shapes).reshape(365, 24)
    assert plugged[:, 2].mean() > plugged[:, 12].mean()
    assert plugged[:, 8].min() < plugged[:, 10].min() + 0.1


def test_the_mean_of_many_loads_is_one(climate):
    for name in ("electricity_load", "heat_load", "cooling_load"):
        assert climate.series[name].mean() == pytest.approx(1.0, abs=1e-6)


def test_calibration_finds_the_factor():
    made = calibrate("pv", STATED, lambda factor: 800.0 * factor)
    assert made.factor == pytest.approx(1.25, rel=1e-12)
    assert (made.before, made.after) == pytest.approx((800.0, 1000.0))


def test_unreachable_hours_are_refused():
    with pytest.raises(LookupFailure) as caught:
        calibrate("pv", STATED, lambda factor: 100.0 * factor)
    assert "pv：利用小时 1000 达不到" in caught.value.read("zh")
    assert "between 40 and 250 hours" in caught.value.read("en")


@pytest.mark.parametrize(("years", "names"), [((), NAMES), ((-1,), NAMES), ((1, 1), NAMES), ((0,), ("tide",)), ((0,), ())])
def test_what_cannot_be_made_is_refused(years, names):
    with pytest.raises(SettingError):
        weather_profiles(YANTAI, years, names=names)


def test_an_absent_year_is_refused(climate):
    with pytest.raises(SettingError, match="99"):
        climate.year(99)


@pytest.mark.slow
def test_a_thousand_years_take_seconds():
    # 6.6 CPU s for all profiles of 1000 years on the machine this was written on; four times that is still seconds.
    names = ("onshore_wind", "offshore_wind", "pv")
    started = os.times()
    found = weather_profiles(YANTAI, range(1000), names=names)
    ended = os.times()
    assert found.series["pv"].shape == (1000, 8760)
    assert ended.user + ended.system - started.user - started.system < 25
