"""An interior point for some years at once that stops at a wanted gap: Mehrotra's predictor and corrector.

Invariant: a point lies strictly inside its bounds and the multipliers are dual feasible in every iteration, so that each
iterate has a valid lower bound; a year is finished when its rows hold and its own gap is small enough.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Flags
from dafeng.energy.program import Floats
from dafeng.energy.years.batch import Batch
from dafeng.energy.years.elimination import Normal, Pattern, factor

ROUNDS = 80
"""Most iterations."""
NARROW = 1e-7
"""Width below which a variable counts as fixed. [MW]"""
BACK = 0.995
"""Share of the way to the nearest bound that a step may take."""
CLOSE = 1e-7
"""Largest violation of a row at which it holds, per greatest right side."""


@dataclass(slots=True, eq=False)
class Iterate:
    """A point of some years.

    Parameters
    ----------
    point : (columns, years, steps) array
        Values, strictly inside their bounds where these differ.
    prices : (rows, years, steps) array
        Multipliers of the rows.
    low, high : (columns, years, steps) array
        Multipliers of the bounds, positive; their difference is the reduced cost.
    """

    point: Floats
    prices: Floats
    low: Floats
    high: Floats


def _free(batch: Batch) -> Flags:
    return np.asarray(batch.high - batch.low > NARROW)


def bound_of(batch: Batch, prices: Floats) -> Floats:
    """Lower bound of each year's least cost by weak duality.

    Parameters
    ----------
    batch : Batch
        The years.
    prices : (rows, years, steps) array
        Any multipliers.

    Returns
    -------
    (years,) array
        Bounds. [yuan]
    """
    reduced = batch.cost - batch.transposed(prices)
    least = np.minimum(reduced * batch.low, reduced * batch.high)
    found: Floats = least.sum(axis=(0, 2)) + (batch.right * prices).sum(axis=(0, 2))
    return found


def begin(batch: Batch, pattern: Pattern) -> Iterate:
    """A point to begin with, from the middle of the bounds and the prices that fit the costs best."""
    free = _free(batch)
    half = np.where(free, (batch.high - batch.low) / 2, 0.0)
    middle = np.where(free, batch.low + half, batch.low)
    weights = half * half
    normal = factor(pattern, weights, batch.coefficients, batch.loose)
    point = middle + weights * batch.transposed(normal.solve(batch.right - batch.times(middle)))
    prices = normal.solve(batch.times(weights * batch.cost))
    return placed(batch, point, prices, 0.1)


def placed(batch: Batch, point: Floats, prices: Floats, margin: float, measure: Floats | None = None) -> Iterate:
    """Move a point inside and give its bounds multipliers that fit the prices."""
    width = batch.high - batch.low
    free = width > NARROW
    point = np.where(free, np.clip(point, batch.low + margin * width, batch.high - margin * width), batch.low)
    reduced = batch.cost - batch.transposed(prices)
    down, up = np.where(free, point - batch.low, 1.0), np.where(free, batch.high - point, 1.0)
    if measure is None:
        size = np.where(free, np.minimum(down, up) * np.abs(reduced), 0.0)
        measure = size.sum(axis=(0, 2)) / free.sum(axis=(0, 2))
    low, high = measure[:, None] / down, measure[:, None] / up
    short = reduced - (low - high)
    low, high = low + np.maximum(short, 0.0), high + np.maximum(-short, 0.0)
    return Iterate(point, prices, np.where(free, low, 0.0), np.where(free, high, 0.0))
