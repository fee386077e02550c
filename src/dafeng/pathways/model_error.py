"""What a model of this kind misses beyond its drivers: sized by the misses of past forecasts, drawn as a rate that lasts.

Invariant: what the drivers spread already is taken off, so that nothing counts twice; a miss is a forecast from statements of
its origin against what was published later, and no miss is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dafeng.pathways.hindcast import FACTORS, Record, bridge

Array = npt.NDArray[np.float64]
TOTALS: Mapping[str, int] = {"energy": 2, "co2": 3}
"""Totals whose misses are known, and how many of the factors each is the product of."""


@dataclass(frozen=True, slots=True)
class Miss:
    """What one forecast missed.

    Parameters
    ----------
    total : str
        ``energy`` or ``co2``.
    origin, year : int
        Year it started from, year it spoke of.
    size : float
        Logarithm of the published total over the stated one. [1]
    source : str
        Source of the published total.
    """

    total: str
    origin: int
    year: int
    size: float
    source: str = "dafeng"

    @property
    def ahead(self) -> int:
        """Years from the origin to the outcome. [a]"""
        return self.year - self.origin


@dataclass(frozen=True, slots=True)
class ModelError:
    """Error of a model as a yearly rate that changes slowly.

    Parameters
    ----------
    size : float
        Standard deviation of the rate, drivers taken off. [1/a]
    memory : float
        Share of the rate that is left in the next year. [0..1]
    misses : tuple of Miss
        What it was sized by.
    own : mapping of int to float
        Years ahead → variance that the drivers spread already, which was taken off. [1]
    """

    size: float
    memory: float
    misses: tuple[Miss, ...]
    own: Mapping[int, float]

    def deviation(self, ahead: int) -> float:
        """Standard deviation of the logarithm of the total after some years.

        Parameters
        ----------
        ahead : int
            Years after the start. [a]

        Returns
        -------
        float
            [1]
        """
        return self.size * float(np.sqrt(sum_variance(self.memory, ahead)))


def list_misses(
    record: Record, stated: Mapping[int, Mapping[str, float]], pairs: Iterable[tuple[int, int]]
) -> tuple[Miss, ...]:
    """Misses of all forecasts whose outcome is published.

    Parameters
    ----------
    record : Record
        Published totals.
    stated : mapping of int to mapping of str to float
        Origin → stated yearly rate of each factor. [1]
    pairs : iterable of (origin, year)
        Forecasts wanted; an origin without statements is passed over.

    Returns
    -------
    tuple of Miss
        One per total and pair.
    """
    made = []
    for origin, year in pairs:
        rates = stated.get(origin)
        for total, count in TOTALS.items() if rates else ():
            series = bridge(record.series[total])
            said = (year - origin) * sum(float(np.log1p((rates or {})[factor])) for factor in FACTORS[:count])
            missed = float(np.log(series[year] / series[origin])) - said
            made.append(Miss(total, origin, year, missed, record.sources.get((total, year), "dafeng")))
    return tuple(made)


def sum_variance(memory: float, ahead: int) -> float:
    """Variance of the sum of some years of an autoregression of unit variance.

    Parameters
    ----------
    memory : float
        Share that is left in the next year. [0..1]
    ahead : int
        Years. [a]

    Returns
    -------
    float
        ``ahead`` without memory, its square with all of it. [1]
    """
    return float(ahead + 2 * sum((ahead - apart) * memory**apart for apart in range(1, ahead)))


def size_error(misses: Sequence[Miss], own: Mapping[int, float], memory: float) -> ModelError:
    """Error that makes the whole spread as wide as past forecasts missed.

    Parameters
    ----------
    misses : sequence of Miss
        Of one total, at least one.
    own : mapping of int to float
        Years ahead → variance of the logarithm that the drivers give already. [1]
    memory : float
        Share of the rate that is left in the next year. [0..1]

    Returns
    -------
    ModelError
        Of size 0 where the drivers spread more than was missed. No mean is taken off: whether past misses lean to one side
        is part of them.
    """
    parts = [(one.size**2 - own.get(one.ahead, 0.0)) / sum_variance(memory, one.ahead) for one in misses]
    return ModelError(float(np.sqrt(max(0.0, float(np.mean(parts))))), memory, tuple(misses), own)


def draw_error(error: ModelError, normal: Array) -> Array:
    """Factors on the paths of a total.

    Parameters
    ----------
    error : ModelError
        Size and memory.
    normal : (draws, years) array
        Independent standard normal numbers; those of the first year are not used. [1]

    Returns
    -------
    (draws, years) array
        1 in the first year, then the exponential of the summed rates. [1]
    """
    rates, fresh = np.zeros_like(normal), float(np.sqrt(1 - error.memory**2))
    rates[:, 1] = normal[:, 1]
    for year in range(2, normal.shape[1]):
        rates[:, year] = error.memory * rates[:, year - 1] + fresh * normal[:, year]
    return np.asarray(np.exp(error.size * np.cumsum(rates, axis=1)))
