"""Shapes of demand: electricity, heat, cooling, price, heat pumps and vehicles, by clock, calendar and temperature.

Invariant: a shape is made from the rows of ``shapes.csv`` and the temperature alone; none is metered.
"""

from __future__ import annotations

import numpy as np

from dafeng.energy.profiles import HOURS
from dafeng.energy.program import Floats
from dafeng.energy.weather_years.figures import Parameters
from dafeng.energy.weather_years.generator import season

BELL = 3.0
"""Half width of a daily wave. [h]"""


def electricity_load(given: Parameters, temperature: Floats) -> Floats:
    """Electric load, not yet brought to mean 1.

    Parameters
    ----------
    given : mapping of str to float
        Rows of ``shapes.csv``.
    temperature : (years, 8760) array
        Air temperature. [°C]

    Returns
    -------
    (years, 8760) array
        Two daily waves, cooling and warming, weekend and spring festival.
    """
    day = np.arange(HOURS) // 24
    waves = given["morning_wave"] * _wave(given["morning_hour"]) + given["evening_wave"] * _wave(given["evening_hour"])
    weather = given["cooling"] * np.maximum(temperature - given["cooling_from"], 0.0)
    weather += given["warming"] * np.maximum(given["warming_below"] - temperature, 0.0)
    festival = given["festival"] * ((day >= given["festival_from"]) & (day < given["festival_to"]))
    found: Floats = (1.0 + waves + weather) * (1.0 - given["weekend"] * _resting(given)) * (1.0 - festival)
    return found


def price(given: Parameters) -> Floats:
    """Price of power over its mean: an evening peak and a midday valley.

    Parameters
    ----------
    given : mapping of str to float
        Rows of ``shapes.csv``.

    Returns
    -------
    (8760,) array
        Mean 1. [1]
    """
    shape = (
        1.0 + given["price_peak"] * _wave(given["price_peak_hour"]) - given["price_valley"] * _wave(given["price_valley_hour"])
    )
    found: Floats = shape / shape.mean()
    return found


def heating_degrees(given: Parameters, temperature: Floats) -> Floats:
    """Degrees below the heating limit in the heating season.

    Parameters
    ----------
    given : mapping of str to float
        Limit and season.
    temperature : (years, 8760) array
        Air temperature. [°C]

    Returns
    -------
    (years, 8760) array
        Its sum over a year are the heating degree hours. [K]
    """
    day = np.arange(HOURS) // 24
    on = (day >= given["heating_from"]) | (day < given["heating_to"])
    found: Floats = np.where(on, np.maximum(given["heating_below"] - temperature, 0.0), 0.0)
    return found


def cooling_degrees(given: Parameters, temperature: Floats) -> Floats:
    """Degrees above the cooling limit.

    Parameters
    ----------
    given : mapping of str to float
        Limit.
    temperature : (years, 8760) array
        Air temperature. [°C]

    Returns
    -------
    (years, 8760) array
        Its sum over a year are the cooling degree hours. [K]
    """
    found: Floats = np.maximum(temperature - given["cooling_from"], 0.0)
    return found


def hot_water(given: Parameters) -> Floats:
    """Hot water over its mean: a morning and an evening wave.

    Parameters
    ----------
    given : mapping of str to float
        Rows of ``shapes.csv``.

    Returns
    -------
    (8760,) array
        Mean 1. [1]
    """
    shape = given["hot_water_steady"] + _wave(given["hot_water_morning"]) + _wave(given["hot_water_evening"])
    found: Floats = shape / shape.mean()
    return found


def heat_pump_cop(given: Parameters, temperature: Floats) -> Floats:
    """Coefficient of performance of a heat pump that draws on the air.

    Parameters
    ----------
    given : mapping of str to float
        Fit and supply temperature.
    temperature : array
        Air temperature. [°C]

    Returns
    -------
    array
        Heat over electricity; the lift is held within the range of the fit. [1]

    Source
    ------
    ``staffell-2012``.
    """
    return _cop(given, "air", temperature)


def sea_heat_pump_cop(given: Parameters) -> Floats:
    """Coefficient of performance of a heat pump that draws on sea water, whose temperature follows the season.

    Parameters
    ----------
    given : mapping of str to float
        Fit, supply temperature and temperature of the sea.

    Returns
    -------
    (8760,) array
        Heat over electricity. [1]

    Source
    ------
    ``staffell-2012``, liquid source.
    """
    yearly = season(given["sea_hottest_day"], np.arange(HOURS) / 24)
    return _cop(given, "sea", given["sea_temperature_mean"] + given["sea_temperature_season"] * yearly)


def vehicles_driving(given: Parameters) -> Floats:
    """Energy that vehicles use on the road, over its mean.

    Parameters
    ----------
    given : mapping of str to float
        Rush hours.

    Returns
    -------
    (8760,) array
        Mean 1. [1]
    """
    shape = given["driving_steady"] + _rush(given)
    found: Floats = shape / shape.mean()
    return found


def vehicles_plugged(given: Parameters) -> Floats:
    """Share of vehicles that stand at a charger.

    Parameters
    ----------
    given : mapping of str to float
        Shares by day and night, and on the road.

    Returns
    -------
    (8760,) array
        Bound on charging and on power from vehicles. [0..1]
    """
    night = _wave(given["night_hour"], given["night_width"])
    parked = given["plugged"] + (given["plugged_night"] - given["plugged"]) * night
    found: Floats = parked * (1.0 - given["driving"] * _rush(given))
    return found


def _rush(given: Parameters) -> Floats:
    """Traffic of working days in two waves, of other days in one."""
    working = _wave(given["rush_morning"], given["rush_width"]) + _wave(given["rush_evening"], given["rush_width"])
    free = given["holiday_driving"] * _wave(given["holiday_hour"], given["holiday_width"])
    found: Floats = np.where(_resting(given) > 0, free, working)
    return found


def _cop(given: Parameters, source: str, temperature: Floats) -> Floats:
    lift = np.clip(given["sink_temperature"] - temperature, given[f"{source}_lift_least"], given["lift_most"])
    found: Floats = given[f"{source}_cop_0"] + lift * (given[f"{source}_cop_1"] + lift * given[f"{source}_cop_2"])
    return found


def _resting(given: Parameters) -> Floats:
    """1 in the hours of weekends, else 0."""
    found: Floats = ((np.arange(HOURS) // 24 + given["first_weekday"]) % 7 >= 5).astype(np.float64)
    return found


def _wave(peak: float, width: float = BELL) -> Floats:
    """Bell over the hours of each day, 1 at its peak."""
    away = np.abs((np.arange(HOURS) % 24 - peak + 12) % 24 - 12)
    found: Floats = np.exp(-((away / width) ** 2))
    return found
