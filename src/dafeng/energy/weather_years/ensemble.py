"""All hourly profiles of a place in many weather years, made in one call.

Invariant: a year's profiles do not depend on which other years are asked for; every profile is ``synthetic`` and tells
its source and its correction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.energy.profiles import HOURS, Origin, Profile, Profiles, collect
from dafeng.energy.program import Floats
from dafeng.energy.weather_years import demand
from dafeng.energy.weather_years.calibration import Calibration, calibrate
from dafeng.energy.weather_years.figures import FOLDER, Figure, Parameters, figures_of, values_of
from dafeng.energy.weather_years.generator import BATCH, WeatherYears, make_weather
from dafeng.energy.weather_years.plants import SUNNY, WINDY, read_plants
from dafeng.energy.weather_years.solar_power import Daylight, solar_shares, split_light
from dafeng.energy.weather_years.sun import sun_over
from dafeng.energy.weather_years.wind_power import wind_shares

CLIMATE = range(20)
"""Weather years that stand for the climate."""
LEADER = "pv"
"""Solar profile whose correction the others take where nothing is published for them."""
SHAPES = (
    "electricity_load",
    "price",
    "heating",
    "heat_load",
    "heating_degrees",
    "cooling_load",
    "heat_pump_cop",
    "sea_heat_pump_cop",
    "vehicles_driving",
    "vehicles_plugged",
    "temperature",
)
"""Profiles that are no output of capacity."""
Shares = Callable[[float], Floats]
"""Shares of capacity for a correction factor."""
NAMES = (*WINDY, *SUNNY, *SHAPES)
"""All profiles of a weather year."""
LEVELS = ("heat_pump_cop", "sea_heat_pump_cop", "temperature")
"""Profiles whose sum over a year means nothing."""
UNITS: Mapping[str, str] = {"temperature": "°C", "heating_degrees": "K"}
"""Units of the profiles that have one."""
SOURCE = "dafeng-technologies"
"""Source of the shapes, all of them assumptions."""


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """Profiles of a place in several weather years.

    Parameters
    ----------
    place : str
        Administrative code.
    years : tuple of int
        Numbers of the weather years.
    series : mapping of str to (years, 8760) array
        Values by profile.
    calibrations : tuple of Calibration
        How the capacity profiles were corrected.
    figures : mapping of str to Figure
        Weather parameters that hold for the place.
    origin : {"synthetic"}
        What sort of series they are.
    """

    place: str
    years: tuple[int, ...]
    series: Mapping[str, Floats]
    calibrations: tuple[Calibration, ...]
    figures: Mapping[str, Figure]
    origin: Origin = "synthetic"

    def year(self, number: int) -> Profiles:
        """Profiles of one weather year.

        Parameters
        ----------
        number : int
            Number of the year.

        Returns
        -------
        Profiles
            The series, each with source and note.

        Raises
        ------
        SettingError
            If the year is not in the ensemble.
        """
        if number not in self.years:
            raise _no_year(number, self.years)
        row = self.years.index(number)
        return collect(self._profile(name, values[row]) for name, values in self.series.items())

    def _profile(self, name: str, values: Floats) -> Profile:
        made = next((one for one in self.calibrations if one.profile == name), None)
        source = made.stated.source if made and made.stated else SOURCE
        zh = made.says.zh if made else "参数见 shapes.csv 与 weather.csv"
        en = made.says.en if made else "parameters in shapes.csv and weather.csv"
        note = Label(f"合成天气年，不是观测值；{zh}", f"synthetic weather year, no observation; {en}")
        return Profile(name, np.array(values), UNITS.get(name, "1"), self.origin, source, note)


def weather_profiles(
    place: str,
    years: Sequence[int],
    *,
    names: Sequence[str] = NAMES,
    reference: Sequence[int] = CLIMATE,
    folder: Path = FOLDER,
) -> Ensemble:
    """Hourly profiles of a place in many weather years.

    Parameters
    ----------
    place : str
        Administrative code; figures of its province are used where it has none of its own.
    years : sequence of int
        Numbers of the weather years, from 0.
    names : sequence of str
        Profiles wanted.
    reference : sequence of int
        Years whose mean has the stated full-load hours and mean load; the first twenty by default, so that years differ.
    folder : Path
        Where the tables stand.

    Returns
    -------
    Ensemble
        Shares of capacity (``onshore_wind``, ``offshore_wind``, ``pv``, ``rooftop_pv``, ``sea_pv``), shapes of mean 1
        (``electricity_load``, ``price``, ``heat_load``, ``cooling_load``, ``vehicles_driving``), shares
        (``heating``, ``vehicles_plugged``), coefficients of performance, degrees [K] and ``temperature`` [°C].

    Raises
    ------
    LookupFailure
        If the place has no figures.
    SettingError
        If a name is not known or no year is asked for.
    """
    _check(years, names)
    desk = _Desk(place, folder)
    desk.refer(make_weather(desk.given, reference), names)
    series = {name: np.empty((len(years), HOURS)) for name in names}
    for first in range(0, len(years), BATCH):
        part = slice(first, first + BATCH)
        for name, values in desk.make(make_weather(desk.given, years[part]), names).items():
            series[name][part] = values
    return Ensemble(place, tuple(years), series, tuple(desk.found[name] for name in names if name in desk.found), desk.figures)


def typical_year(place: str, *, folder: Path = FOLDER) -> int:
    """Weather year whose means of wind, sunlight and temperature are nearest to those of the climate.

    Parameters
    ----------
    place : str
        Administrative code.
    folder : Path
        Where ``weather.csv`` stands.

    Returns
    -------
    int
        Its number, one of the first twenty.

    Raises
    ------
    LookupFailure
        If the place has no figures.
    """
    weather = make_weather(values_of(figures_of(place, "weather.csv", folder=folder)), CLIMATE)
    series = (weather.land_wind, weather.sea_wind, weather.irradiance, weather.temperature)
    means = np.stack([one.mean(axis=1) for one in series])
    distance = (means - means.mean(axis=1, keepdims=True)) / means.std(axis=1, keepdims=True)
    return CLIMATE[int((distance**2).sum(axis=0).argmin())]


class _Desk:
    """Where the profiles of one place are made: its figures, its sun, and the corrections found so far."""

    def __init__(self, place: str, folder: Path) -> None:
        self.figures = figures_of(place, "weather.csv", folder=folder)
        self.given = values_of(self.figures)
        self.shapes = values_of(figures_of(place, "shapes.csv", folder=folder))
        self.stated = figures_of(place, "full_load_hours.csv", folder=folder)
        self.plants = read_plants(folder=folder)
        self.sun = sun_over(self.given["latitude"], self.given["longitude"], self.given["altitude"])
        self.found: dict[str, Calibration] = {}
        self.scales: dict[str, float] = {}

    def refer(self, basis: WeatherYears, names: Sequence[str]) -> None:
        """Find the corrections and means of the reference years."""
        leader = (LEADER,) if set(names) & set(SUNNY) else ()
        for name, shares in self._capacity(basis, dict.fromkeys((*leader, *names))).items():
            self.found[name] = self._calibration(name, shares)
        self.found = {name: made for name, made in self.found.items() if name in names}
        for name, values in self._plain(basis, names).items():
            self.scales[name] = float(values.max() if name == "heating" else values.mean())

    def make(self, weather: WeatherYears, names: Sequence[str]) -> dict[str, Floats]:
        """Profiles of some weather years."""
        shares = {name: make(self.found[name].factor) for name, make in self._capacity(weather, names).items()}
        scaled = {name: values / self.scales[name] for name, values in self._plain(weather, names).items()}
        if "heating" in scaled:
            scaled["heating"] = np.minimum(scaled["heating"], 1.0)
        if "heat_load" in scaled:
            water = self.shapes["hot_water"]
            scaled["heat_load"] = (1.0 - water) * scaled["heat_load"] + water * demand.hot_water(self.shapes)
        made = shares | scaled | self._other(weather, names)
        return {name: np.round(values, 9) for name, values in made.items()}

    def _capacity(self, weather: WeatherYears, names: Iterable[str]) -> dict[str, Shares]:
        """Shares of capacity by profile, each still open in its factor."""
        light = split_light(self.sun, weather.irradiance) if set(names) & set(SUNNY) else None
        found: dict[str, Shares] = {}
        for name in names:
            if name in WINDY:
                found[name] = partial(self._windy, name, getattr(weather, WINDY[name]))
            elif name in SUNNY and light is not None:
                found[name] = partial(self._sunny, name, light, weather.temperature)
        return found

    def _windy(self, name: str, speed: Floats, factor: float) -> Floats:
        shear = self.given[f"{WINDY[name]}_shear"]
        return wind_shares(speed, self.plants[name], self.given["wind_height"], shear, factor=factor)

    def _sunny(self, name: str, light: Daylight, air: Floats, factor: float) -> Floats:
        return solar_shares(self.sun, light, air, self.plants[name], factor=factor)

    def _calibration(self, name: str, shares: Shares) -> Calibration:
        def hours(factor: float) -> float:
            return float(shares(factor).mean()) * HOURS

        if name in self.stated:
            return calibrate(name, self.stated[name], hours)
        factor = self.found[LEADER].factor
        return Calibration(name, None, LEADER, hours(1.0), hours(factor), factor)

    def _plain(self, weather: WeatherYears, names: Sequence[str]) -> dict[str, Floats]:
        """Shapes that are brought to a mean, or to their peak, of the reference years."""
        air = weather.temperature
        makers: Mapping[str, Callable[[Parameters, Floats], Floats]] = {
            "electricity_load": demand.electricity_load,
            "heating": demand.heating_degrees,
            "heat_load": demand.heating_degrees,
            "cooling_load": demand.cooling_degrees,
        }
        return {name: make(self.shapes, air) for name, make in makers.items() if name in names}

    def _other(self, weather: WeatherYears, names: Sequence[str]) -> dict[str, Floats]:
        """Series that are what they are."""
        air, given = weather.temperature, self.shapes
        makers: Mapping[str, Callable[[], Floats]] = {
            "price": lambda: demand.price(given),
            "heating_degrees": lambda: demand.heating_degrees(given, air),
            "heat_pump_cop": lambda: demand.heat_pump_cop(given, air),
            "sea_heat_pump_cop": lambda: demand.sea_heat_pump_cop(given),
            "vehicles_driving": lambda: demand.vehicles_driving(given),
            "vehicles_plugged": lambda: demand.vehicles_plugged(given),
            "temperature": lambda: air,
        }
        return {name: make() for name, make in makers.items() if name in names}


def _check(years: Sequence[int], names: Sequence[str]) -> None:
    strange = sorted(set(names) - set(NAMES))
    if strange or not names:
        raise SettingError(
            Label(f"没有曲线{strange}", f"there are no profiles {strange}"),
            where="names",
            expected=Label("、".join(NAMES), ", ".join(NAMES)),
            remedy=Label("改正曲线名", "correct the names"),
        )
    if not years or min(years) < 0 or len(set(years)) < len(years):
        raise SettingError(
            Label(f"天气年 {list(years)[:5]} 不能用", f"weather years {list(years)[:5]} cannot be used"),
            where="years",
            expected=Label("至少一个年号，0 起，不重复", "at least one number from 0, none twice"),
            remedy=Label("改正年号；这是序号，不是公历年", "correct the numbers; they count years, they are no dates"),
        )


def _no_year(number: int, years: tuple[int, ...]) -> SettingError:
    known = f"{min(years)} … {max(years)} ({len(years)})"
    return SettingError(
        Label(f"没有天气年 {number}", f"there is no weather year {number}"),
        where="Ensemble.year",
        expected=Label(known, known),
        remedy=Label("改正年号，或重新生成", "correct the number, or make the year"),
    )
