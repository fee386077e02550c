from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import LookupFailure, TableError
from dafeng.energy.coast import calibrate, calibrations, coastal_year, parameters_of
from dafeng.energy.profiles import collect
from dafeng.energy.weather import irradiance, make_weather
from tests.energy.toys import series

YANTAI = "370600"


@pytest.fixture(scope="module")
def year():
    return coastal_year(YANTAI)


def test_the_same_place_gives_the_same_bits(year):
    again = coastal_year(YANTAI)
    assert {n: p.values.tobytes() for n, p in again.listed.items()} == {n: p.values.tobytes() for n, p in year.listed.items()}


def test_two_places_differ(year):
    assert not np.array_equal(coastal_year("370200").series("pv"), year.series("pv"))


@pytest.mark.parametrize("name", ["onshore_wind", "offshore_wind", "pv", "rooftop_pv", "sea_pv"])
def test_full_load_hours_are_the_stated_ones(year, name):
    assert year.listed[name].full_hours == pytest.approx(calibrations(YANTAI)[name].hours, abs=0.01)


@pytest.mark.parametrize("name", ["onshore_wind", "offshore_wind", "pv", "rooftop_pv", "sea_pv", "heating"])
def test_shares_stay_between_nothing_and_everything(year, name):
    values = year.series(name)
    assert values.min() >= 0
    assert values.max() <= 1


@pytest.mark.parametrize("name", ["electricity_load", "price"])
def test_shapes_have_mean_one(year, name):
    assert year.series(name).mean() == pytest.approx(1.0, abs=1e-8)


def test_the_sun_does_not_shine_at_midnight(year):
    assert year.series("pv")[::24].max() == 0.0


def test_the_sun_is_highest_near_local_noon(year):
    # At 121.4° E local noon is 5.6 minutes before 12:00 Beijing time, the equation of time averages out.
    assert year.series("pv").reshape(365, 24).mean(axis=0).argmax() == 11


def test_winter_is_windier(year):
    monthly = year.series("offshore_wind")[:8640].reshape(12, 720).mean(axis=1)
    assert monthly[[0, 11]].mean() > monthly[[5, 6, 7]].mean()


def test_heating_rests_in_summer(year):
    # Season from 15 November to 20 March: day 180 lies outside.
    assert year.series("heating")[180 * 24 : 181 * 24].max() == 0.0


def test_every_profile_says_that_it_is_synthetic(year):
    assert {one.origin for one in year.listed.values()} == {"synthetic"}


def test_the_own_figures_come_before_the_province():
    assert parameters_of(YANTAI)["latitude"] == 37.5
    assert parameters_of("370699")["latitude"] == 37.5
    assert parameters_of("371000")["latitude"] == 36.8


def test_an_unknown_place_is_refused():
    with pytest.raises(LookupFailure, match="110000"):
        coastal_year("110000")


def test_an_unknown_profile_is_refused(year):
    with pytest.raises(LookupFailure, match="tide"):
        year.series("tide")


def test_noon_at_the_equinox_is_the_colatitude():
    # Day 81 of Cooler's formula has declination 0: on the plane tilted by the latitude the noon sun stands upright,
    # beam 1.353 · 0.7^(m^0.678), m = 1/cos 37.5° = 1.2605, so 1.353 · 0.7^1.1700 = 0.8914; with 10 % diffuse 0.9805.
    given = parameters_of(YANTAI) | {"longitude": 120.0}
    weather = make_weather(given)
    clear = type(weather)(weather.temperature, np.ones(8760), weather.land_wind, weather.sea_wind)
    noon = irradiance(given, clear, 37.5)[80 * 24 : 81 * 24].max()
    assert noon == pytest.approx(0.9805, abs=0.01)


def test_temperature_follows_its_parameters(year):
    assert year.series("temperature").mean() == pytest.approx(parameters_of(YANTAI)["temperature_mean"], abs=1.0)


@given(st.floats(0.05, 0.95))
def test_calibration_meets_the_mean(mean):
    strength = np.linspace(-2, 2, 50)
    found = calibrate(lambda shift: 1 / (1 + np.exp(-(shift + strength))), mean)
    assert found.mean() == pytest.approx(mean, abs=1e-6)


def test_an_unreachable_mean_is_refused():
    with pytest.raises(LookupFailure):
        calibrate(lambda factor: np.minimum(1.0, np.exp(factor) * np.array([0.0, 1.0])), 0.8)


def test_profiles_have_one_length():
    with pytest.raises(TableError):
        collect([series("a", 1, 2), series("b", 1)])


def test_profiles_have_no_gaps():
    with pytest.raises(TableError):
        collect([series("a", 1, float("nan"))])


def test_profiles_cannot_be_changed(year):
    with pytest.raises(ValueError, match="read-only"):
        year.series("pv")[0] = 1.0
