"""The generator keeps its parameters: expected values are those of ``weather.csv`` and of the laws they name."""

from __future__ import annotations

from math import gamma

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import LookupFailure
from dafeng.energy.weather_years.figures import figures_of, values_of
from dafeng.energy.weather_years.generator import make_weather
from dafeng.energy.weather_years.noise import normal, remember
from dafeng.energy.weather_years.sun import sun_over

YANTAI = "370600"
YEARS = 60
SERIES = ("temperature", "land_wind", "sea_wind", "irradiance")


@pytest.fixture(scope="module")
def parameters():
    return values_of(figures_of(YANTAI, "weather.csv"))


@pytest.fixture(scope="module")
def weather(parameters):
    return make_weather(parameters, range(YEARS))


def correlation(series, lag):
    """Correlation over a lag, each year by itself, of a series of mean 0."""
    return float((series[:, lag:] * series[:, :-lag]).mean() / (series**2).mean())


@pytest.mark.parametrize("name", SERIES)
def test_a_year_is_the_same_alone_or_with_others(parameters, weather, name):
    assert getattr(make_weather(parameters, [41]), name)[0].tobytes() == getattr(weather, name)[41].tobytes()


def test_years_differ(weather):
    assert len({row.tobytes() for row in weather.land_wind}) == YEARS


def test_the_bits_are_those_of_every_machine():
    # Stream "wind" of seed 1, year 0: PCG64's raw bits, whose stream numpy guarantees. 1031459894664817431/2^64 = 0.055916
    # and 6348400127338542325/2^64 = 0.344148, whose normal quantiles are -1.5900 and -0.4012.
    raw = np.random.PCG64([1, 0, 4]).random_raw(2)
    assert raw.tolist() == [1031459894664817431, 6348400127338542325]
    assert normal(1, [0], "wind", 2)[0] == pytest.approx([-1.5900, -0.4012], abs=1e-4)


def test_temperature_keeps_its_mean_season_and_day(parameters, weather):
    # Means over 60 years scatter by 0.5/sqrt(60) = 0.065 K between years.
    mean = weather.temperature.mean()
    assert mean == pytest.approx(parameters["temperature_mean"], abs=0.2)
    hours = np.arange(8760)
    yearly = 2 * (weather.temperature.mean(axis=0) * np.cos(2 * np.pi * (hours / 24 - parameters["hottest_day"]) / 365)).mean()
    daily = 2 * (weather.temperature.mean(axis=0) * np.cos(2 * np.pi * (hours % 24 - parameters["hottest_hour"]) / 24)).mean()
    assert yearly == pytest.approx(parameters["temperature_season"], abs=0.15)
    assert daily == pytest.approx(parameters["temperature_daily"], abs=0.05)


def test_temperature_departs_and_remembers_as_stated(parameters, weather):
    noon = weather.temperature[:, 12::24]
    departures = noon - noon.mean(axis=0) - (noon - noon.mean(axis=0)).mean(axis=1, keepdims=True)
    assert departures.std() == pytest.approx(parameters["temperature_spread"], rel=0.05)
    assert correlation(departures, 1) == pytest.approx(parameters["temperature_memory"], abs=0.03)


def test_annual_temperatures_scatter_as_stated(parameters):
    # The yearly shift of 0.5 K and the scatter of 365 days with memory 0.75: 2.6·sqrt(7/365)·(1 - …) = 0.36 K.
    found = make_weather(parameters, range(150)).temperature.mean(axis=1).std()
    assert found == pytest.approx(np.hypot(parameters["temperature_year"], 0.36), rel=0.15)


@pytest.mark.parametrize("where", ["land_wind", "sea_wind"])
def test_wind_keeps_its_mean_and_weibull_shape(parameters, weather, where):
    # Dividing by the cycles of year and day leaves a Weibull law: E[x²]/E[x]² = Γ(1+2/k)/Γ(1+1/k)².
    hours = np.arange(8760)
    cycle = 1 + parameters["wind_season"] * np.cos(2 * np.pi * (hours / 24 - parameters["windiest_day"]) / 365)
    cycle = cycle + parameters[f"{where}_daily"] * np.cos(2 * np.pi * (hours % 24 - parameters["windiest_hour"]) / 24)
    bare = getattr(weather, where) / cycle
    shape = parameters[f"{where}_shape"]
    assert bare.mean() == pytest.approx(parameters[f"{where}_mean"], rel=0.02)
    assert (bare**2).mean() / bare.mean() ** 2 == pytest.approx(gamma(1 + 2 / shape) / gamma(1 + 1 / shape) ** 2, rel=0.02)


def test_wind_blows_harder_in_winter_and_on_land_by_day(weather):
    monthly = weather.sea_wind[:, :8640].reshape(YEARS, 12, 720).mean(axis=(0, 2))
    hourly = weather.land_wind.reshape(YEARS, 365, 24).mean(axis=(0, 1))
    assert monthly[[0, 11]].min() > monthly[[5, 6, 7]].max()
    assert hourly.argmax() == 14


def test_land_and_sea_wind_go_together(parameters, weather):
    # The shares of a common strength are the correlation of the strengths; the Weibull speeds' is a little lower.
    found = np.corrcoef(weather.land_wind.ravel(), weather.sea_wind.ravel())[0, 1]
    assert found == pytest.approx(parameters["wind_share"], abs=0.04)


def test_sunlight_sums_to_the_stated_irradiation(parameters, weather):
    assert weather.irradiance.sum(axis=1).mean() / 1000 == pytest.approx(parameters["irradiation"], rel=0.01)


def test_sunlight_stays_below_a_cloudless_sky(parameters, weather):
    sun = sun_over(parameters["latitude"], parameters["longitude"], parameters["altitude"])
    assert (weather.irradiance <= sun.clear + 1e-3).all()
    assert weather.irradiance[:, sun.clear == 0].max() == 0.0


@given(st.floats(0.0, 0.99), st.integers(1, 400))
@settings(deadline=None, max_examples=40)
def test_doubling_sums_the_recursion(memory, size):
    noise = normal(7, [0, 1], "wind", size)
    found = remember(noise, memory)
    one = noise[1, 0]
    for shock in noise[1, 1:]:
        one = memory * one + np.sqrt(1 - memory**2) * shock
    assert found[1, -1] == pytest.approx(one, abs=1e-12)
    assert found[:, 0].tolist() == noise[:, 0].tolist()


def test_noise_is_normal_and_remembers():
    series = remember(normal(3, range(50), "wind", 8760), 0.9)
    assert series.std() == pytest.approx(1.0, abs=0.02)
    assert correlation(series, 1) == pytest.approx(0.9, abs=0.01)
    assert correlation(series, 10) == pytest.approx(0.9**10, abs=0.03)


def test_own_figures_come_before_those_of_the_province():
    assert figures_of(YANTAI, "weather.csv")["latitude"].value == 37.5
    assert figures_of("370699", "weather.csv")["latitude"].value == 37.5
    assert figures_of("370300", "weather.csv")["latitude"].value == 36.8


def test_a_place_without_figures_is_refused():
    with pytest.raises(LookupFailure) as caught:
        figures_of("110000", "weather.csv")
    assert "“110000”" in caught.value.read("zh")
    assert "'110000'" in caught.value.read("en")
