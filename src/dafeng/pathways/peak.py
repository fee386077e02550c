"""When a series peaks: as a distribution over draws, and what a noisy history allows to say.

Invariant: the last year of a series is never called a peak, and a plateau is reported as one: of a path that is as high in
several years the last one counts, so that one which never falls has no peak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shape = Literal["rising", "plateau", "falling", "unclear"]
FEWEST = 5
"""Fewest points of a history."""
LONG, SHORT = 10, 6
"""Years whose trend counts, and the last of them that must not speak against it."""
SURE, LIKELY = 2.0, 0.5
"""Standard errors by which both trends must differ from none."""
ODD = 6.0
"""Standard deviations between the last three years, their trend taken off, beyond which nothing is said."""
SAME = 1e-9
"""Relative difference that is none."""


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
        Reading of the recent years; a plateau is where no trend stands out of the scatter.
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
        Calendar years, rising.
    paths : (draws, years) array
        Emissions, all finite. [Mt CO2]

    Returns
    -------
    Peak
        Quantiles are years that occur (lower interpolation); of several highest years of a draw the last one counts.

    Raises
    ------
    ValueError
        If there is no draw or no year, the years do not rise, or a value is not finite.
    """
    if paths.ndim != 2 or not paths.size or paths.shape[1] != len(years):
        raise ValueError(f"a peak needs draws of {len(years)} years, got an array of {paths.shape}")
    if not np.isfinite(paths).all():
        draw, year = (int(at) for at in np.argwhere(~np.isfinite(paths))[0])
        raise ValueError(f"draw {draw} has no finite value in {years[year]}")
    if (np.diff(years) <= 0).any():
        raise ValueError("the years of a path must rise")
    at = len(years) - 1 - paths[:, ::-1].argmax(axis=1)
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
        At least five finite values, in any order; a year without one (nan) is a gap. [years, any one unit]

    Returns
    -------
    History
        ``shape`` is the sign of the median slope of the last ten years, those since the last break if there are five of
        them, where it stands out of the scatter and the last six years do not speak against it.

    Raises
    ------
    ValueError
        If there are fewer than five values, one is infinite, or a year stands twice.
    """
    years, values = _sorted(series)
    steps = np.diff(values) / np.diff(years)
    noise = 1.4826 * float(np.median(np.abs(steps - np.median(steps))))
    breaks = tuple(
        int(years[at + 1]) for at, odd in enumerate(_odd_steps(steps, values)) if odd and years[at + 1] - years[at] == 1
    )
    return History(
        shape=_shape(years, values, breaks, noise),
        highest=int(years[values.argmax()]),
        plateau=tuple(int(y) for y in years[values >= values.max() - noise]),
        noise=noise,
        gaps=tuple(sorted(set(range(int(years[0]), int(years[-1]))) - {int(y) for y in years})),
        breaks=breaks,
    )


def _sorted(series: tuple[tuple[int, float], ...]) -> tuple[NDArray[np.int_], Array]:
    known = sorted((int(year), float(value)) for year, value in series if value == value)
    years, values = np.array([year for year, _ in known], dtype=int), np.array([value for _, value in known])
    if len(known) < FEWEST:
        raise ValueError(f"a history needs five points, got {len(known)}")
    if not np.isfinite(values).all():
        raise ValueError("a history has an infinite value")
    if (np.diff(years) == 0).any():
        raise ValueError(f"a history has {years[:-1][np.diff(years) == 0][0]} twice")
    return years, values


def _odd_steps(steps: Array, values: Array) -> list[bool]:
    found = []
    for at, step in enumerate(steps):
        near = np.delete(steps[max(at - 3, 0) : at + 4], min(at, 3))
        middle = float(np.median(near))
        spread = 1.4826 * float(np.median(np.abs(near - middle)))
        found.append(bool(abs(step - middle) > max(3 * spread, 0.05 * abs(float(values[at])))))
    return found


def _shape(years: NDArray[np.int_], values: Array, breaks: tuple[int, ...], scatter: float) -> Shape:
    """What the trend since the last break says, beside the scatter around it."""
    since = max((one for one in breaks if (years >= one).sum() >= FEWEST), default=int(years[0]))
    kept = years > max(since - 1, int(years[-1]) - LONG)
    kept[-FEWEST:] = True
    years, values = years[kept], values[kept]
    slope, left = _trend(years, values)
    own = 1.4826 * float(np.median(np.abs(left)))
    noise = max(own, scatter / 2**0.5, SAME * float(np.abs(values).max()))
    if float(np.ptp(left[-3:])) > ODD * noise:
        return "unclear"
    recent = years > years[-1] - SHORT
    trends = ((slope, years, SURE), (_trend(years[recent], values[recent])[0], years[recent], LIKELY))
    signs = {_sign(found, at, noise, errors) for found, at, errors in trends}
    return "rising" if signs == {1} else "falling" if signs == {-1} else "plateau"


def _trend(years: NDArray[np.int_], values: Array) -> tuple[float, Array]:
    """Median of the slopes of all pairs (Theil and Sen), and what it leaves."""
    one, other = np.triu_indices(len(years), 1)
    slope = float(np.median((values[other] - values[one]) / (years[other] - years[one])))
    left = values - slope * years
    return slope, left - float(np.median(left))


def _sign(slope: float, years: NDArray[np.int_], noise: float, errors: float) -> int:
    """-1, 0 or 1: whether a slope differs from none by so many of its standard errors."""
    error = noise / float(np.sqrt(np.sum((years - years.mean()) ** 2)))
    return int(np.sign(slope)) if abs(slope) > errors * error else 0
