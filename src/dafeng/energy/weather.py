"""A synthetic year of coastal weather: sun, cloud, temperature and wind in 8 760 hours.

Invariant: the same parameters give the same numbers, bit for bit: randomness comes from the raw bits of PCG64 and
plain sums, and every series is rounded before it leaves. It is no observation and must not be used as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dafeng.energy.program import Floats

HOURS = 8760
"""Hours of the year, no leap day; hour 0 is 1 January 00:00 Beijing time."""
MERIDIAN = 120.0
"""Meridian of Beijing time. [degrees east]"""
Parameters = Mapping[str, float]
"""Parameters of a place by name, as in ``weather.csv``."""


@dataclass(frozen=True, slots=True, eq=False)
class Weather:
    """One synthetic year.

    Parameters
    ----------
    temperature : (8760,) array
        Air temperature. [°C]
    clearness : (8760,) array
        Share of the clear-sky sunlight that passes the clouds, 0..1.
    land_wind, sea_wind : (8760,) array
        Standardised wind strength on land and at sea. [1]
    """

    temperature: Floats
    clearness: Floats
    land_wind: Floats
    sea_wind: Floats


def make_weather(given: Parameters) -> Weather:
    """Weather of a place from its parameters.

    Parameters
    ----------
    given : mapping of str to float
        Parameters as in ``weather.csv``.

    Returns
    -------
    Weather
        Temperature, clearness and wind of the year.
    """
    seed = int(given["seed"])
    cloud = _daily(seed, 1, given["cloud_memory"]) + given["cloud_hourly"] * _series(seed, 2, HOURS, given["cloud_hour_memory"])
    passing = given["cloud_mean"] + given["cloud_season"] * _season(given["clearest_day"]) + given["cloud_spread"] * cloud
    temperature = (
        given["temperature_mean"]
        + given["temperature_season"] * _season(given["hottest_day"])
        + given["temperature_daily"] * np.cos(2 * np.pi * (_clock() - given["hottest_hour"]) / 24)
        + given["temperature_spread"] * _daily(seed, 3, given["temperature_memory"])
    )
    common = _series(seed, 4, HOURS, given["wind_memory"])
    land, sea = (_mix(common, _series(seed, stream, HOURS, given["wind_memory"]), given["wind_share"]) for stream in (5, 6))
    season = given["wind_season"] * _season(given["windiest_day"])
    return Weather(
        np.round(temperature, 3), np.round(_logistic(passing), 6), np.round(land + season, 6), np.round(sea + season, 6)
    )


def irradiance(given: Parameters, weather: Weather, tilt: float) -> Floats:
    """Sunlight on a plane that faces south.

    Parameters
    ----------
    given : mapping of str to float
        Parameters with ``latitude`` and ``longitude``. [degrees]
    weather : Weather
        Clearness of the hours.
    tilt : float
        Angle of the plane against the ground. [degrees]

    Returns
    -------
    (8760,) array
        Direct and diffuse light, at most about 1. [kW/m2]

    Source
    ------
    Solar geometry: Cooper's declination and Spencer's equation of time; clear-sky beam
    ``1.353 · 0.7^(m^0.678)`` with air mass ``m``; under cloud a quarter of the vertical light is diffuse.
    """
    day = (np.arange(HOURS) // 24 + 1).astype(np.float64)
    lean = np.radians(23.45 * np.sin(2 * np.pi * (284 + day) / 365))
    turn = np.radians(15 * (_clock() + 0.5 + (given["longitude"] - MERIDIAN) / 15 + _equation_of_time(day) / 60 - 12))
    north = np.radians(given["latitude"])
    height = _elevation(north, lean, turn)
    facing = np.maximum(_elevation(north - np.radians(tilt), lean, turn), 0.0)
    up = height > 0.01
    beam = np.where(up, 1.353 * 0.7 ** (np.maximum(height, 0.01) ** -0.678), 0.0)
    clear = beam * (facing + 0.1)
    found: Floats = np.where(up, weather.clearness * clear + (1 - weather.clearness) * 0.25 * height, 0.0)
    return found


def _elevation(north: Floats | float, lean: Floats, turn: Floats) -> Floats:
    """Sine of the sun's height above a plane at a latitude."""
    found: Floats = np.sin(north) * np.sin(lean) + np.cos(north) * np.cos(lean) * np.cos(turn)
    return found


def _equation_of_time(day: Floats) -> Floats:
    angle = 2 * np.pi * (day - 1) / 365
    found: Floats = 229.18 * (
        0.000075
        + 0.001868 * np.cos(angle)
        - 0.032077 * np.sin(angle)
        - 0.014615 * np.cos(2 * angle)
        - 0.040849 * np.sin(2 * angle)
    )
    return found


def _clock() -> Floats:
    return (np.arange(HOURS) % 24).astype(np.float64)


def _season(peak_day: float) -> Floats:
    found: Floats = np.cos(2 * np.pi * (np.arange(HOURS) / 24 - peak_day) / 365)
    return found


def _logistic(values: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp(-values))
    return found


def _mix(common: Floats, own: Floats, shared: float) -> Floats:
    found: Floats = np.sqrt(shared) * common + np.sqrt(1 - shared) * own
    return found


def _daily(seed: int, stream: int, memory: float) -> Floats:
    """Daily series, joined by straight lines from noon to noon."""
    days = HOURS // 24
    values = _series(seed, stream, days, memory)
    noon = np.arange(days) * 24 + 12
    return np.asarray(np.interp(np.arange(HOURS), noon, values, period=HOURS), dtype=np.float64)


def _series(seed: int, stream: int, size: int, memory: float) -> Floats:
    """Autoregressive series of unit variance, started from its own law; a filter library costs seconds to import."""
    noise = _normal(seed, stream, size)
    scale = float(np.sqrt(1 - memory**2))
    found = [float(noise[0])]
    for fresh in noise[1:].tolist():
        found.append(scale * fresh + memory * found[-1])
    return np.array(found)


def _normal(seed: int, stream: int, size: int) -> Floats:
    """Nearly normal numbers: the sum of twelve uniform ones less six, exact on every machine."""
    raw = np.random.PCG64([seed, stream]).random_raw(12 * size)
    uniform = (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53
    found: Floats = uniform.reshape(size, 12).sum(axis=1) - 6.0
    return found
