"""The weather generator: temperature, wind and sunlight of a coast in as many years as asked for.

Invariant: a year is the same, bit for bit, whether it is made alone or with a thousand others; its long-run means are
those that ``weather.csv`` states for the place. It is no observation and must not be used as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gamma

import numpy as np

from dafeng.energy.profiles import HOURS
from dafeng.energy.program import Floats
from dafeng.energy.weather_years.figures import Parameters
from dafeng.energy.weather_years.noise import normal, remember
from dafeng.energy.weather_years.sun import Sun, sun_over

DAYS = HOURS // 24
"""Days of the year, no leap day."""
BATCH = 100
"""Years made at once, so that memory is bounded."""
NODES = 24
"""Points of the Gauss-Hermite sum over clouds."""


@dataclass(frozen=True, slots=True, eq=False)
class WeatherYears:
    """Synthetic weather years of a place.

    Parameters
    ----------
    years : tuple of int
        Numbers of the years; a number, not a date.
    temperature : (years, 8760) array
        Air temperature. [°C]
    land_wind, sea_wind : (years, 8760) array
        Wind speed at the reference height. [m/s]
    irradiance : (years, 8760) array
        Global horizontal irradiance. [W/m2]
    """

    years: tuple[int, ...]
    temperature: Floats
    land_wind: Floats
    sea_wind: Floats
    irradiance: Floats


def make_weather(given: Parameters, years: Sequence[int]) -> WeatherYears:
    """Weather years of a place from its parameters.

    Parameters
    ----------
    given : mapping of str to float
        Parameters as in ``weather.csv``.
    years : sequence of int
        Numbers of the weather years, from 0.

    Returns
    -------
    WeatherYears
        Temperature, wind and sunlight, rounded before they leave.
    """
    sun = sun_over(given["latitude"], given["longitude"], given["altitude"])
    made = WeatherYears(tuple(years), *(np.empty((len(years), HOURS)) for _ in range(4)))
    for first in range(0, len(years), BATCH):
        part = slice(first, first + BATCH)
        asked = list(years[part])
        made.temperature[part] = np.round(_temperature(given, asked), 3)
        made.land_wind[part], made.sea_wind[part] = (np.round(one, 4) for one in _winds(given, asked))
        made.irradiance[part] = np.round(_clearness(given, asked, sun) * sun.clear, 3)
    return made


def season(peak_day: float, days: Floats) -> Floats:
    """Cosine of the year.

    Parameters
    ----------
    peak_day : float
        Day of its peak, from 0. [day]
    days : array
        Times. [day]

    Returns
    -------
    array
        1 at the peak, -1 half a year later.
    """
    found: Floats = np.cos(2 * np.pi * (days - peak_day) / DAYS)
    return found


def _temperature(given: Parameters, years: Sequence[int]) -> Floats:
    seed = int(given["seed"])
    hours = np.arange(HOURS, dtype=np.float64)
    cycle = (
        given["temperature_mean"]
        + given["temperature_season"] * season(given["hottest_day"], hours / 24)
        + given["temperature_daily"] * np.cos(2 * np.pi * (hours % 24 - given["hottest_hour"]) / 24)
    )
    daily = remember(normal(seed, years, "temperature", DAYS), given["temperature_memory"])
    yearly = given["temperature_year"] * normal(seed, years, "year", 2)[:, :1]
    found: Floats = cycle + yearly + given["temperature_spread"] * _between_noons(daily)
    return found


def _between_noons(daily: Floats) -> Floats:
    """Daily values joined by straight lines from noon to noon, with the variance of the daily ones kept at noon."""
    hours = np.arange(HOURS)
    before = np.clip((hours - 12) // 24, 0, DAYS - 1)
    after = np.clip(before + 1, 0, DAYS - 1)
    share = np.clip((hours - 12) / 24 - before, 0.0, 1.0)
    found: Floats = daily[:, before] * (1.0 - share) + daily[:, after] * share
    return found


def _winds(given: Parameters, years: Sequence[int]) -> tuple[Floats, Floats]:
    seed, memory, share = int(given["seed"]), given["wind_memory"], given["wind_share"]
    yearly = 1.0 + given["wind_year"] * normal(seed, years, "year", 2)[:, 1:]
    common = np.sqrt(share) * remember(normal(seed, years, "wind", HOURS), memory)
    land, sea = (
        _speeds(given, where, common + np.sqrt(1.0 - share) * remember(normal(seed, years, where, HOURS), memory)) * yearly
        for where in ("land_wind", "sea_wind")
    )
    return land, sea


def _speeds(given: Parameters, where: str, strength: Floats) -> Floats:
    """Weibull speeds at the quantiles of a standard normal strength, with the cycles of year and day."""
    from scipy.special import log_ndtr

    hours = np.arange(HOURS, dtype=np.float64)
    shape = given[f"{where}_shape"]
    cycle = 1.0 + given["wind_season"] * season(given["windiest_day"], hours / 24)
    cycle = cycle + given[f"{where}_daily"] * np.cos(2 * np.pi * (hours % 24 - given["windiest_hour"]) / 24)
    scale = given[f"{where}_mean"] / gamma(1.0 + 1.0 / shape)
    found: Floats = scale * cycle * (-log_ndtr(-strength)) ** (1.0 / shape)
    return found


def _clearness(given: Parameters, years: Sequence[int], sun: Sun) -> Floats:
    """Share of the cloudless light that arrives: one state per day with hourly departures, through a logistic curve."""
    seed = int(given["seed"])
    daily = remember(normal(seed, years, "cloud", DAYS), given["cloud_memory"])
    hourly = remember(normal(seed, years, "cloud_hour", HOURS), given["cloud_hour_memory"])
    state = given["cloud_spread"] * (np.repeat(daily, 24, axis=1) + given["cloud_hourly"] * hourly)
    centre = _cloud_centre(given, sun)
    return _logistic(given, state + np.repeat(centre, 24))


def _cloud_centre(given: Parameters, sun: Sun) -> Floats:
    """Centre of the clouds' state by day, such that the expected light of a year is the stated irradiation."""
    clear = sun.clear.reshape(DAYS, 24).sum(axis=1) / 1000.0
    yearly = given["cloud_season"] * season(given["clearest_day"], np.arange(0.5, DAYS))
    points, weights = np.polynomial.hermite_e.hermegauss(NODES)
    swing = given["cloud_spread"] * np.sqrt(1.0 + given["cloud_hourly"] ** 2) * points
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        share = _logistic(given, middle + yearly[:, None] + swing) @ weights / weights.sum()
        low, high = (middle, high) if float(share @ clear) < given["irradiation"] else (low, middle)
    return high + yearly


def _logistic(given: Parameters, state: Floats) -> Floats:
    least, most = given["clearness_low"], given["clearness_high"]
    found: Floats = least + (most - least) / (1.0 + np.exp(-state))
    return found
