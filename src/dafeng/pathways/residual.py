"""How a published series leaves its own trend from year to year, and what such a series would show of a path.

Invariant: the size of the residual and its memory come from the record alone, robust to odd years, gaps and breaks;
a residual moves what is seen of a path, never the path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
REACH = 3
"""Years on either side that tell the trend of a year."""
LONGEST = 0.9
"""Most that a residual is taken to remember of the year before: beyond it a residual is a trend."""
FEWEST = 5
"""Points below which a series says nothing of its residual."""
ROBUST = 1.4826
"""Median deviation times this is the standard deviation of a normal scatter."""


@dataclass(frozen=True, slots=True)
class Residual:
    """Year-to-year residual of a recorded series, as an autoregression of first order.

    Parameters
    ----------
    size : float
        Robust standard deviation of the residual, relative to the level. [1]
    memory : float
        Share of a residual that is left in the next year. [0..1]
    error : float
        Standard error of ``memory``. [1]
    steps : int
        Pairs of consecutive years that ``memory`` was estimated from.
    level : float
        Robust scatter of the last five years, relative to their median. [1]
    """

    size: float
    memory: float
    error: float
    steps: int
    level: float


def read_residual(series: Sequence[tuple[int, float]]) -> Residual:
    """Residual of a recorded series around its local trend.

    Parameters
    ----------
    series : sequence of (year, value)
        At least five points with another one within three years, in rising order of years, all above zero. [years, any one
        unit]

    Returns
    -------
    Residual
        From the logarithms less a local trend (median of the slopes between the years nearby, so that one odd year, a gap or a
        break moves it little): their robust size, and their correlation with the year before. A local trend takes some memory
        away, so that ``memory`` is rather too small than too large.

    Raises
    ------
    ValueError
        If there are fewer.
    """
    close = [one for one in series if sum(abs(one[0] - year) <= REACH for year, _ in series) > 1]
    if len(close) < FEWEST:
        raise ValueError(f"a residual needs {FEWEST} points with neighbours, got {len(close)}")
    years = np.array([year for year, _ in close])
    logs = np.log(np.array([value for _, value in close]))
    odd = np.array([logs[at] - _trend(years, logs, at) for at in range(len(years))])
    size = ROBUST * float(np.median(np.abs(odd)))
    memory, error, steps = _memory(years, np.clip(odd, -3 * size, 3 * size))
    last = np.array([value for _, value in series[-FEWEST:]])
    middle = float(np.median(last))
    return Residual(size, memory, error, steps, ROBUST * float(np.median(np.abs(last - middle))) / middle)


def observe(paths: Array, residual: Residual, normal: Array) -> Array:
    """Paths as a published series with this residual would show them.

    Parameters
    ----------
    paths : (draws, years) array
        Underlying paths. [any one unit]
    residual : Residual
        Size and memory.
    normal : (draws, years) array
        Independent standard normal numbers. [1]

    Returns
    -------
    (draws, years) array
        Paths times the exponential of an autoregression of first order. [unit of the paths]
    """
    shocks = normal * residual.size
    fresh = float(np.sqrt(1 - residual.memory**2))
    for year in range(1, shocks.shape[1]):
        shocks[:, year] = residual.memory * shocks[:, year - 1] + fresh * shocks[:, year]
    return np.asarray(paths * np.exp(shocks))


def _trend(years: NDArray[np.int_], logs: Array, at: int) -> float:
    """Level of one year on the line through its neighbours: median of their slopes, median of what is left."""
    near = np.abs(years - years[at]) <= REACH
    when, height = years[near] - years[at], logs[near]
    rise, run = height[:, None] - height, when[:, None] - when
    slope = float(np.median(rise[run > 0] / run[run > 0]))
    return float(np.median(height - slope * when))


def _memory(years: NDArray[np.int_], odd: Array) -> tuple[float, float, int]:
    next_to = np.diff(years) == 1
    count, power = int(next_to.sum()), float(np.mean(odd**2))
    if count < FEWEST or power == 0:
        return 0.0, 1.0, count
    correlation = float(np.mean((odd[:-1] * odd[1:])[next_to])) / power
    return float(np.clip(correlation, 0.0, LONGEST)), float(1 / np.sqrt(count)), count
