"""Draws of the model's own error and of what else is normal: the same for all scenarios and for all measures.

Invariant: half of the draws mirror the other half, so that the error has no median in any year; whoever asks for as many draws
of the same error gets the same bits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.run import Labelled
from dafeng.pathways.model_error import ModelError, draw_error, size_error
from dafeng.pathways.peak import Peak, find_peak
from dafeng.work.future import EMISSIONS
from dafeng.work.past_misses import read_misses, spread_ahead

SEED = 20260101
"""Seed of all ranks."""
TIMES = 8
"""Errors of the model for each draw of the drivers where the peak is sought: the error decides it, and costs no run."""
LEAST = 2.0**-60
"""Rank that stands for 0, which has no normal number. [1]"""
ENERGY = "energy"
"""Total whose past misses are known beside those of the emissions."""


@dataclass(frozen=True, slots=True)
class ErrorDraws:
    """The model's own error on emissions, as drawn.

    Parameters
    ----------
    factors : (times · draws, years) array
        Factors for every draw of the drivers, then for every one again. [1]
    ends : tuple of (times · draws, years) array
        The same if an error lasts a year, and if it lasts for good. [1]
    """

    factors: Array
    ends: tuple[Array, Array]

    def apply(self, alone: Array) -> Array:
        """Paths with the error.

        Parameters
        ----------
        alone : (draws, years) array
            Emissions as the drivers alone give them. [any one unit]

        Returns
        -------
        (times · draws, years) array
            Each path once per error. [unit of the paths]
        """
        return _repeat(alone, self.factors)

    def range_chances(self, years: NDArray[np.int_], alone: Array, peak: Peak) -> tuple[float, float]:
        """Probability of a peak before 2030 if an error of the model lasts a year, as assumed, or for good.

        Parameters
        ----------
        years : (years,) array of int
            Calendar years.
        alone : (draws, years) array
            Emissions as the drivers alone give them. [any one unit]
        peak : Peak
            With the error as assumed.

        Returns
        -------
        (float, float)
            Lowest and highest. [0..1]
        """
        found = [find_peak(years, _repeat(alone, end)).probability_before_2030 for end in self.ends]
        return min(peak.probability_before_2030, *found), max(peak.probability_before_2030, *found)


def draw_peak_errors(error: ModelError, draws: int, years: int) -> ErrorDraws:
    """Draw the model's own error on emissions.

    Parameters
    ----------
    error : ModelError
        Size and memory as assumed.
    draws, years : int
        Draws of the drivers, and years.

    Returns
    -------
    ErrorDraws
        `TIMES` for each draw.
    """
    normal = draw_normal("model", draws, years, times=TIMES)
    short, long = (draw_error(size_error(error.misses, error.own, memory), normal) for memory in (0.0, 1.0))
    return ErrorDraws(draw_error(error, normal), (short, long))


def size_errors(made: Mapping[str, Labelled]) -> dict[str, ModelError]:
    """The model's own error by total, the spread that the drivers of the trend give already taken off.

    Parameters
    ----------
    made : mapping of str to Labelled
        Emissions and, where wanted, energy of the trend, draw by draw.

    Returns
    -------
    dict of str to ModelError
        For each of the two totals that was made.
    """
    paths = {total: made[total].along("year", "draw") for total in (EMISSIONS, ENERGY) if total in made}
    return read_misses().size({total: spread_ahead(path) for total, path in paths.items()})


def draw_city_error(paths: Array) -> Array:
    """Factors of the model's own error on emissions, sized by the paths of the trend that they belong to.

    Parameters
    ----------
    paths : (draws, years) array
        Emissions of the trend as its drivers give them. [any one unit]

    Returns
    -------
    (times · draws, years) array
        Those of the pathways, `TIMES` for each draw. [1]
    """
    error = read_misses().size({EMISSIONS: spread_ahead(paths.T)})[EMISSIONS]
    return draw_error(error, draw_normal("model", *paths.shape, times=TIMES))


def draw_normal(name: str, draws: int, years: int, *, times: int = 1) -> Array:
    """Standard normal numbers that belong to a name and a number of draws: stratified, and each with its mirror image.

    Parameters
    ----------
    name : str
        What they are for.
    draws, years : int
        How many.
    times : int
        How often as many; those of fewer times are the first ones.

    Returns
    -------
    (times · draws, years) array
        For an even number of draws their median and mean are 0 in every year, each of the times. [1]
    """
    word = int.from_bytes(hashlib.sha256(f"{SEED}/{name}".encode()).digest()[:8], "big")
    generator = np.random.Generator(np.random.PCG64(word))
    return np.concatenate([_draw_pairs(generator, draws, years) for _ in range(times)])


def _draw_pairs(generator: np.random.Generator, draws: int, years: int) -> Array:
    half = (draws + 1) // 2
    ranks = np.stack([(generator.permutation(half) + generator.random(half)) / half for _ in range(years)], axis=1)
    normal = np.asarray(ndtri(np.maximum(ranks, LEAST)), dtype=np.float64)
    return np.concatenate([normal, -normal[: draws - half]])


def _repeat(alone: Array, factors: Array) -> Array:
    return np.tile(alone, (len(factors) // len(alone), 1)) * factors
