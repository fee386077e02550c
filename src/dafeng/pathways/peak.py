"""When a series peaks: as a distribution over draws, and what a noisy history allows to say.

Invariant: the last year of a series is never called a peak, and a plateau is reported as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shape = Literal["rising", "plateau", "falling", "unclear"]


@dataclass(frozen=True, slots=True)
class Peak:
    """Distribution of the peak year over the draws of a pathway.

    Parameters
    ----------
    years : tuple of int
        Years of the pathway.
    shares : tuple of float
        Share of draws that peak in each year; sums to 1.
    year_p10, year_p50, year_p90 : int
        Quantiles of the peak year.
    probability_before_2030 : float
        Share of draws whose highest year lies before 2030. [0..1]
    probability_by_2030 : float
        The same including 2030 itself. [0..1]
    probability_no_peak : float
        Share of draws still highest in the last year: no peak inside the horizon. [0..1]
    level_mt_p10, level_mt_p50, level_mt_p90 : float
        Quantiles of the highest value. [Mt CO2]
    """

    years: tuple[int, ...]
    shares: tuple[float, ...]
    year_p10: int
    year_p50: int
    year_p90: int
    probability_before_2030: float
    probability_by_2030: float
    probability_no_peak: float
    level_mt_p10: float
    level_mt_p50: float
    level_mt_p90: float


@dataclass(frozen=True, slots=True)
class History:
    """What a recorded series says about its own peak.

    Parameters
    ----------
    shape : {"rising", "plateau", "falling", "unclear"}
        Reading of the recent years.
    highest : int
        Year of the highest value; not a claim of a peak.
    plateau : tuple of int
        Years whose value lies within the noise of the highest one.
    noise : float
        Robust size of the year-to-year scatter. [unit of the series]
    gaps : tuple of int
        Years missing between the first and the last.
    breaks : tuple of int
        Years reached by a step that leaves its neighbours' steps by more than three robust standard
        deviations and 5 % of the level: statistical breaks or shocks, not trends. A step over a gap is none.
    """

    shape: Shape
    highest: int
    plateau: tuple[int, ...]
    noise: float
    gaps: tuple[int, ...]
    breaks: tuple[int, ...]


def find_peak(years: NDArray[np.int_], paths: Array) -> Peak:
    """Peak-year distribution of many paths.

    Parameters
    ----------
    years : (years,) array of int
        Calendar years.
    paths : (draws, years) array
        Emissions. [Mt CO2]

    Returns
    -------
    Peak
        Quantiles are years that occur (lower interpolation).
    """
    at = paths.argmax(axis=1)
    found = years[at]
    low, mid, high = (int(q) for q in np.quantile(found, [0.1, 0.5, 0.9], method="lower"))
    shares = np.bincount(at, minlength=len(years)) / len(paths)
    least, level, most = (float(q) for q in np.quantile(paths.max(axis=1), [0.1, 0.5, 0.9]))
    return Peak(
        years=tuple(int(y) for y in years),
        shares=tuple(float(s) for s in shares),
        year_p10=low,
        year_p50=mid,
        year_p90=high,
        probability_before_2030=float((found < 2030).mean()),
        probability_by_2030=float((found <= 2030).mean()),
        probability_no_peak=float((at == len(years) - 1).mean()),
        level_mt_p10=least,
        level_mt_p50=level,
        level_mt_p90=most,
    )


def read_history(series: tuple[tuple[int, float], ...]) -> History:
    """Reading of a recorded series that is robust to noise, gaps, breaks and plateaus.

    Parameters
    ----------
    series : tuple of (year, value)
        At least five points in rising order of years. [years, any one unit]

    Returns
    -------
    History
        ``shape`` compares the median of the last three years with the three before the last plateau
        year and with the scatter of the changes.

    Raises
    ------
    ValueError
        If there are fewer than five points.
    """
    if len(series) < 5:
        raise ValueError(f"a history needs five points, got {len(series)}")
    years = np.array([year for year, _ in series])
    values = np.array([value for _, value in series], dtype=float)
    steps = np.diff(values) / np.diff(years)
    noise = 1.4826 * float(np.median(np.abs(steps - np.median(steps))))
    highest = int(years[values.argmax()])
    return History(
        shape=_shape(years, values, highest, noise),
        highest=highest,
        plateau=tuple(int(y) for y in years[values >= values.max() - noise]),
        noise=noise,
        gaps=tuple(sorted(set(range(int(years[0]), int(years[-1]))) - {int(y) for y in years})),
        breaks=tuple(
            int(years[at + 1]) for at, odd in enumerate(_odd_steps(steps, values)) if odd and years[at + 1] - years[at] == 1
        ),
    )


def _odd_steps(steps: Array, values: Array) -> list[bool]:
    found = []
    for at, step in enumerate(steps):
        near = np.delete(steps[max(at - 3, 0) : at + 4], min(at, 3))
        middle = float(np.median(near))
        spread = 1.4826 * float(np.median(np.abs(near - middle)))
        found.append(bool(abs(step - middle) > max(3 * spread, 0.05 * float(values[at]))))
    return found


def _shape(years: Array, values: Array, highest: int, noise: float) -> Shape:
    recent, earlier = values[-3:], values[-6:-3] if len(values) >= 6 else values[:-3]
    change = float(np.median(recent) - np.median(earlier))
    if float(np.ptp(recent)) > 4 * noise:
        return "unclear"
    if abs(change) <= noise or (highest == int(years[-1]) and change <= 2 * noise):
        return "plateau"
    return "rising" if change > 0 else "falling"
