"""What moves a city's emissions: drivers as dated bands of low, middle and high values.

Invariant: every band carries a source and an evidence grade; a scenario is an overlay that replaces whole
drivers and never edits one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Band:
    """Range of a driver up to (rates) or at (levels) a year.

    Parameters
    ----------
    year : int
        Last year the rate holds for; for levels the year of the knot.
    low, mid, high : float
        Corners of a triangular distribution, ``low <= mid <= high``. [unit of the driver]
    source : str
        Source id.
    grade : str
        Evidence grade.
    address : str
        Address of the trace that explains it; empty until a run gives it one.
    note : Label or None
        Why these values.
    """

    year: int
    low: float
    mid: float
    high: float
    source: str
    grade: str
    address: str = ""
    note: Label | None = None


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver.

    Parameters
    ----------
    id : str
        ``growth``, ``intensity_decline``, ``non_fossil_share`` or ``carbon_decline``.
    label : Label
        Name for readers.
    kind : str
        ``rate`` (per year, piecewise constant) or ``level`` (interpolated between knots).
    unit : str
        Unit of the values.
    bands : tuple of Band
        In rising order of years.
    """

    id: str
    label: Label
    kind: str
    unit: str
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of drivers.

    Parameters
    ----------
    id : str
        ``baseline``, ``plan``, ``deep`` …
    label : Label
        Name for readers.
    drivers : mapping of str to Driver
        One driver per id.
    """

    id: str
    label: Label
    drivers: Mapping[str, Driver]


def check_driver(driver: Driver) -> Driver:
    """The driver itself, if its bands are in order.

    Parameters
    ----------
    driver : Driver
        Any driver.

    Returns
    -------
    Driver
        The same driver.

    Raises
    ------
    DefinitionError
        If years do not rise, or ``low <= mid <= high`` is broken.
    """
    years = [band.year for band in driver.bands]
    if not years or years != sorted(set(years)):
        raise _error(driver.id, f"{years}", "年份严格递增", "strictly rising years")
    for band in driver.bands:
        if not band.low <= band.mid <= band.high:
            raise _error(driver.id, f"{band.low} {band.mid} {band.high}", "低值≤中值≤高值", "low <= mid <= high")
    return driver


def overlay(scenario: Scenario, *drivers: Driver) -> Scenario:
    """Scenario in which some drivers are replaced.

    Parameters
    ----------
    scenario : Scenario
        What is laid over.
    *drivers : Driver
        Replacements by id.

    Returns
    -------
    Scenario
        A new scenario with the same id.
    """
    return replace(scenario, drivers={**scenario.drivers, **{d.id: check_driver(d) for d in drivers}})


def sample(driver: Driver, years: NDArray[np.int_], ranks: Array) -> Array:
    """Values of a driver for every draw and year.

    Parameters
    ----------
    driver : Driver
        The driver.
    years : (years,) array of int
        Calendar years in rising order.
    ranks : (draws,) array
        One rank per draw; a draw keeps its rank over all bands. [0..1]

    Returns
    -------
    (draws, years) array
        Values. [unit of the driver] A rate holds in the middle of its band and changes linearly to the middle of the
        next; a level runs through its knots on a monotone cubic, so that a knot makes no kink, and is constant
        outside them.

    Source
    ------
    ``fritsch-carlson-1980`` for the monotone cubic.
    """
    knots = np.stack([_quantile(band, ranks) for band in driver.bands], axis=1)
    ends = np.array([band.year for band in driver.bands], dtype=float)
    if len(ends) == 1:
        return np.repeat(knots, len(years), axis=1)
    if driver.kind == "level":
        return _through(ends, knots, years)
    starts = np.concatenate([[min(float(years[0]), ends[0])], ends[:-1]])
    return _between((starts + ends) / 2, knots, years)


def _between(at: Array, knots: Array, years: NDArray[np.int_]) -> Array:
    place = np.clip(years.astype(float), at[0], at[-1])
    right = np.clip(np.searchsorted(at, place), 1, len(at) - 1)
    weight = (place - at[right - 1]) / (at[right] - at[right - 1])
    return np.asarray(knots[:, right - 1] * (1 - weight) + knots[:, right] * weight)


def _through(at: Array, knots: Array, years: NDArray[np.int_]) -> Array:
    from scipy.interpolate import PchipInterpolator

    place = np.clip(years.astype(float), at[0], at[-1])
    return np.asarray(PchipInterpolator(at, knots, axis=1)(place))


def _quantile(band: Band, ranks: Array) -> Array:
    if band.high == band.low:
        return np.full(len(ranks), band.mid)
    span, rise = band.high - band.low, band.mid - band.low
    split = rise / span
    up = band.low + np.sqrt(ranks * span * rise)
    down = band.high - np.sqrt((1 - ranks) * span * (band.high - band.mid))
    return np.where(ranks <= split, up, down)


def _error(name: str, got: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"驱动因素的取值“{got}”不成立", f"driver values '{got}' do not hold"),
        where=f"driver {name}",
        expected=Label(zh, en),
        remedy=Label("改正情景文件中的这一行", "mend this row of the scenario file"),
    )
