"""Reproducible noise with memory, for many years at once.

Invariant: the numbers of one year depend on the seed, the year and the name of the series alone, never on which other
years are asked for; they come from the raw bits of PCG64, whose stream is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dafeng.energy.program import Floats

STREAMS = ("year", "temperature", "cloud", "cloud_hour", "wind", "land_wind", "sea_wind")
"""Names of the series; the place in this list is part of their seed, so new names go to the end."""
FADED = 1e-17
"""Share of an old value that no longer counts."""


def normal(seed: int, years: Sequence[int], stream: str, size: int) -> Floats:
    """Independent standard normal numbers.

    Parameters
    ----------
    seed : int
        Seed of the place.
    years : sequence of int
        Numbers of the weather years, from 0.
    stream : str
        One of ``STREAMS``.
    size : int
        How many numbers a year has.

    Returns
    -------
    (years, size) array
        The inverse of the normal distribution at uniform numbers of 53 bits. [1]
    """
    from scipy.special import ndtri  # costs half a second to import

    raw = np.empty((len(years), size), dtype=np.uint64)
    for row, year in enumerate(years):
        raw[row] = np.random.PCG64([seed, year, STREAMS.index(stream)]).random_raw(size)
    uniform = ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    found: Floats = ndtri(uniform)
    return found


def remember(noise: Floats, memory: float) -> Floats:
    """First-order autoregressive series of unit variance, started from its own law.

    Parameters
    ----------
    noise : (years, steps) array
        Independent standard normal numbers.
    memory : float
        Correlation from one step to the next, 0..1 (1 excluded).

    Returns
    -------
    (years, steps) array
        ``x_t = memory * x_(t-1) + sqrt(1 - memory**2) * noise_t``, summed by doubling: after ``n`` passes each value
        holds its last ``2**n`` shocks, so all years advance together.
    """
    series: Floats = noise * float(np.sqrt(1.0 - memory**2))
    series[:, 0] = noise[:, 0]
    reach, weight = 1, memory
    while reach < series.shape[1] and weight > FADED:
        series[:, reach:] += weight * series[:, :-reach]
        reach, weight = 2 * reach, weight * weight
    return series
