"""Emission paths of a city over draws and years, as one dense array operation.

Invariant: CO2 is the product activity × intensity × fossil share × carbon per fossil energy in every draw and
year, so that decomposition and explanation hold exactly; all scenarios share the same random ranks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafeng.pathways.drivers import Scenario, sample
from dafeng.pathways.peak import Peak, find_peak

Array = NDArray[np.float64]
DRIVERS = ("growth", "intensity_decline", "non_fossil_share", "carbon_decline")


@dataclass(frozen=True, slots=True)
class Base:
    """State from which paths start.

    Parameters
    ----------
    year : int
        Base year of the CO2 level.
    co2 : float
        Robust CO2 level in the base year. [Mt CO2]
    scatter : float
        Relative standard deviation of that level. [1]
    energy_year : int
        Year of the energy level.
    energy : tuple of float
        Low, middle and high total energy consumption in that year. [万吨标准煤]
    """

    year: int
    co2: float
    scatter: float
    energy_year: int
    energy: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Paths:
    """Simulated paths of one scenario.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    years : (years,) array of int
        Calendar years.
    co2 : (draws, years) array
        Emissions. [Mt CO2]
    energy : (draws, years) array
        Total energy consumption. [万吨标准煤]
    activity : (draws, years) array
        Real output, base year = 1. [1]
    intensity : (draws, years) array
        Energy per output, base year = 1. [1]
    non_fossil_share : (draws, years) array
        Share in energy consumption. [0..1]
    carbon : (draws, years) array
        Carbon per fossil energy, base year = 1. [1]
    peak : Peak
        Distribution of the peak year.
    """

    scenario: Scenario
    years: NDArray[np.int_]
    co2: Array
    energy: Array
    activity: Array
    intensity: Array
    non_fossil_share: Array
    carbon: Array
    peak: Peak


def ranks(draws: int, seed: int) -> Array:
    """Random ranks shared by all scenarios.

    Parameters
    ----------
    draws : int
        Number of draws, at least 1.
    seed : int
        Seed of the generator (PCG64); the same seed gives the same bits everywhere.

    Returns
    -------
    (drivers + 2, draws) array
        Stratified uniform ranks: one row per driver, one for the CO2 level, one for the energy level. [0..1]
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    rows = [(generator.permutation(draws) + generator.random(draws)) / draws for _ in range(len(DRIVERS) + 2)]
    return np.stack(rows)


def simulate(scenario: Scenario, base: Base, *, last_year: int, rank: Array) -> Paths:
    """Paths of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Drivers by id; all four of ``DRIVERS``.
    base : Base
        Where the paths start.
    last_year : int
        Last year, after the base year.
    rank : (drivers + 2, draws) array
        As ``ranks`` gives them. [0..1]

    Returns
    -------
    Paths
        Arrays of shape (draws, years), the base year first.
    """
    years = np.arange(base.year, last_year + 1)
    drawn = {name: sample(scenario.drivers[name], years, rank[i]) for i, name in enumerate(DRIVERS)}
    activity = _grow(1 + drawn["growth"])
    intensity = _grow(1 - drawn["intensity_decline"])
    carbon = _grow(1 - drawn["carbon_decline"])
    share = drawn["non_fossil_share"]
    level = base.co2 * np.exp(base.scatter * _normal(rank[-2]))
    energy_index = activity * intensity
    co2 = level[:, None] * energy_index * carbon * (1 - share) / (1 - share[:, :1])
    at = max(base.energy_year - base.year, 0)
    energy = _triangle(base.energy, rank[-1])[:, None] * energy_index / energy_index[:, at : at + 1]
    return Paths(scenario, years, co2, energy, activity, intensity, share, carbon, find_peak(years, co2))


def quantiles(values: Array) -> tuple[Array, Array, Array]:
    """Tenth, fiftieth and ninetieth percentile over the draws.

    Parameters
    ----------
    values : (draws, years) array
        Any quantity.

    Returns
    -------
    tuple of three (years,) arrays
        P10, P50, P90. [unit of the values]
    """
    low, mid, high = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
    return low, mid, high


def _grow(factors: Array) -> Array:
    steps = factors.copy()
    steps[:, 0] = 1.0
    return np.asarray(np.cumprod(steps, axis=1))


def _triangle(corners: tuple[float, float, float], rank: Array) -> Array:
    low, mid, high = corners
    if high == low:
        return np.full(len(rank), mid)
    span = high - low
    up = low + np.sqrt(rank * span * (mid - low))
    down = high - np.sqrt((1 - rank) * span * (high - mid))
    return np.where(rank <= (mid - low) / span, up, down)


def _normal(rank: Array) -> Array:
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(rank, 1e-12, 1 - 1e-12)))
