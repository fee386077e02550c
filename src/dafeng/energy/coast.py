"""Profiles of a coastal city's year: wind, sun, load, heating and price shapes, calibrated to full-load hours.

Invariant: a profile of capacity has exactly the full-load hours that ``full_load_hours.csv`` states for the place
(to 0.01 h), and every profile says that it is synthetic and on what grade its calibration rests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.energy.attributes import FOLDER
from dafeng.energy.profiles import Profile, Profiles, collect
from dafeng.energy.program import Floats
from dafeng.energy.weather import HOURS, Parameters, Weather, irradiance, make_weather
from dafeng.library.listing import Kind, load_csv

WEATHER: Mapping[str, Kind] = {
    "place": "text",
    "parameter": "text",
    "value": "decimal",
    "unit": "text",
    "source": "text",
    "grade": "text",
    "note": "text?",
}
"""Columns of ``weather.csv``."""
FULL_HOURS: Mapping[str, Kind] = {
    "place": "text",
    "profile": "text",
    "hours": "decimal",
    "source": "text",
    "grade": "text",
    "note": "text?",
}
"""Columns of ``full_load_hours.csv``."""
SOURCE = "dafeng-technologies"
"""Source id of the shapes, all of them assumptions."""
SUNNY = ("pv", "rooftop_pv", "sea_pv")
"""Profiles of solar capacity; the tilt of each is a parameter."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Full-load hours that a profile is brought to.

    Parameters
    ----------
    place : str
        Place the figure was stated for.
    hours : float
        Full-load hours of a year. [h]
    source, grade : str
        Where the figure comes from and how good it is.
    """

    place: str
    hours: float
    source: str
    grade: str


def coastal_year(place: str, *, folder: Path = FOLDER) -> Profiles:
    """Synthetic profiles of a place.

    Parameters
    ----------
    place : str
        Administrative code; figures of its province are used where it has none of its own.
    folder : Path
        Where ``weather.csv`` and ``full_load_hours.csv`` stand.

    Returns
    -------
    Profiles
        ``onshore_wind``, ``offshore_wind``, ``pv``, ``rooftop_pv``, ``sea_pv`` (shares of capacity),
        ``electricity_load``, ``price`` (mean 1), ``heating`` (0..1), ``temperature`` (°C); 8 760 hours.

    Raises
    ------
    LookupFailure
        If neither the place nor its province has the figures.
    """
    given = parameters_of(place, folder=folder)
    goals = calibrations(place, folder=folder)
    weather = make_weather(given)
    shares = [_calibrated(name, family, goals[name]) for name, family in _families(given, weather).items()]
    return collect([*shares, *_shapes(given, weather)])


def parameters_of(place: str, *, folder: Path = FOLDER) -> dict[str, float]:
    """Weather and load parameters of a place.

    Parameters
    ----------
    place : str
        Administrative code.
    folder : Path
        Where ``weather.csv`` stands.

    Returns
    -------
    dict
        Values by parameter; the place's own before its province's.

    Raises
    ------
    LookupFailure
        If there are none.
    """
    rows = _nearest(load_csv(folder / "weather.csv", WEATHER, key=("place", "parameter")), place, "parameter")
    return {name: float(row["value"]) for name, row in rows.items()}


def calibrations(place: str, *, folder: Path = FOLDER) -> dict[str, Calibration]:
    """Full-load hours of a place by profile.

    Parameters
    ----------
    place : str
        Administrative code.
    folder : Path
        Where ``full_load_hours.csv`` stands.

    Returns
    -------
    dict
        The place's own figures before its province's.

    Raises
    ------
    LookupFailure
        If there are none.
    """
    rows = _nearest(load_csv(folder / "full_load_hours.csv", FULL_HOURS, key=("place", "profile")), place, "profile")
    return {name: Calibration(row["place"], float(row["hours"]), row["source"], row["grade"]) for name, row in rows.items()}


def calibrate(family: Callable[[float], Floats], mean: float) -> Floats:
    """Member of a rising family of series that has a given mean.

    Parameters
    ----------
    family : callable
        Series for a parameter between -50 and 50; its mean must rise with the parameter.
    mean : float
        Mean wanted. [unit of the series]

    Returns
    -------
    (hours,) array
        The series, to 1e-12 of the parameter's range.

    Raises
    ------
    LookupFailure
        If no member has that mean.
    """
    low, high = -50.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if family(middle).mean() < mean else (low, middle)
    found = family(high)
    if abs(found.mean() - mean) > 1e-6 * max(1.0, abs(mean)):
        raise _absent(f"均值 {mean:g} 达不到", f"mean {mean:g} is out of reach")
    return found


def _families(given: Parameters, weather: Weather) -> dict[str, Callable[[float], Floats]]:
    """Rising families: wind by a shift inside a logistic curve, sun by a factor before the inverter's limit."""

    def windy(strength: Floats) -> Callable[[float], Floats]:
        return lambda shift: 1.0 / (1.0 + np.exp(-(shift + given["wind_steepness"] * strength)))

    def sunny(light: Floats) -> Callable[[float], Floats]:
        warm = 1.0 - 0.004 * np.maximum(weather.temperature + 30.0 * light - 25.0, 0.0)
        return lambda factor: np.minimum(1.0, np.exp(factor) * light * warm)

    wind = {"onshore_wind": windy(weather.land_wind), "offshore_wind": windy(weather.sea_wind)}
    return wind | {name: sunny(irradiance(given, weather, given[f"tilt_{name}"])) for name in SUNNY}


def _calibrated(name: str, family: Callable[[float], Floats], goal: Calibration) -> Profile:
    values = np.round(calibrate(family, goal.hours / HOURS), 9)
    note = Label(
        f"合成天气年，按年利用小时 {goal.hours:g} h 校准（依据等级 {goal.grade}，{goal.place}）；不是观测值",
        f"synthetic weather year brought to {goal.hours:g} full-load hours (grade {goal.grade}, {goal.place}); no observation",
    )
    return Profile(name, values, "1", "synthetic", goal.source, note)


def _shapes(given: Parameters, weather: Weather) -> list[Profile]:
    note = Label("合成曲线，参数见 weather.csv；不是计量数据", "synthetic, parameters in weather.csv; no metered data")
    made = {
        "electricity_load": _unit_mean(_load(given, weather)),
        "price": _unit_mean(_price(given)),
        "heating": _heating(given, weather),
    }
    shapes = [Profile(name, np.round(values, 9), "1", "synthetic", SOURCE, note) for name, values in made.items()]
    return [*shapes, Profile("temperature", weather.temperature, "°C", "synthetic", SOURCE, note)]


def _load(given: Parameters, weather: Weather) -> Floats:
    day = np.arange(HOURS) // 24
    waves = given["morning_wave"] * _wave(given["morning_hour"]) + given["evening_wave"] * _wave(given["evening_hour"])
    cooling = given["cooling"] * np.maximum(weather.temperature - given["cooling_from"], 0.0)
    warming = given["warming"] * np.maximum(given["warming_below"] - weather.temperature, 0.0)
    weekend = given["weekend"] * ((day + given["first_weekday"]) % 7 >= 5)
    festival = given["festival"] * ((day >= given["festival_from"]) & (day < given["festival_to"]))
    found: Floats = (1.0 + waves + cooling + warming) * (1.0 - weekend) * (1.0 - festival)
    return found


def _price(given: Parameters) -> Floats:
    peak = given["price_peak"] * _wave(given["price_peak_hour"])
    valley = given["price_valley"] * _wave(given["price_valley_hour"])
    found: Floats = 1.0 + peak - valley
    return found


def _heating(given: Parameters, weather: Weather) -> Floats:
    day = np.arange(HOURS) // 24
    season = (day >= given["heating_from"]) | (day < given["heating_to"])
    need = np.where(season, np.maximum(given["heating_below"] - weather.temperature, 0.0), 0.0)
    found: Floats = need / need.max()
    return found


def _wave(peak: float) -> Floats:
    """Bell over the hours of each day, 1 at its peak, about six hours wide."""
    away = np.abs((np.arange(HOURS) % 24 - peak + 12) % 24 - 12)
    found: Floats = np.exp(-((away / 3.0) ** 2))
    return found


def _unit_mean(values: Floats) -> Floats:
    found: Floats = values / values.mean()
    return found


def _nearest(rows: tuple[dict[str, Any], ...], place: str, name: str) -> dict[str, dict[str, Any]]:
    """Rows by name: those of the place, else of its prefecture, else of its province."""
    order = (f"{place[:2]}0000", f"{place[:4]}00", place)
    found = {row[name]: row for code in order for row in rows if row["place"] == code}
    if not found:
        raise _absent(f"“{place}”没有数据", f"nothing stands for '{place}'")
    return found


def _absent(zh: str, en: str) -> LookupFailure:
    return LookupFailure(
        Label(zh, en),
        where="energy.coast",
        expected=Label("weather.csv 与 full_load_hours.csv 中有该地或其省的数据", "figures of the place or its province"),
        remedy=Label("补充数据，或使用实测曲线", "add the figures, or use measured profiles"),
    )
