"""One iteration of the interior point for some years at once: a predictor and a corrector whose steps differ from hour to hour.

Invariant: distances to both bounds and their multipliers stay positive. An hour whose variables could go further than those
of another hour does: the length of a step is the least of the hours around, smoothed. What rows that tie hours lack by that
is in ``lack``, and the next iteration takes it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from dafeng.energy.network.linear import Places
from dafeng.energy.program import Floats
from dafeng.energy.years.batch import Batch
from dafeng.energy.years.elimination import Normal, Pattern, factor

NARROW = 1e-7
"""Width below which a variable counts as fixed. [MW]"""
PINNED = 1e30
"""Divisor that stands for a variable that cannot move."""
BACK = 0.997
"""Share of the way to the nearest bound that a step may take."""
LESS = 0.2
"""What the corrector aims at, per what the predictor would leave."""
CACHED = 32768
"""Numbers that are worked on at once, so that they stay in the cache."""


@dataclass(slots=True, eq=False)
class Walk:
    """Where some years stand, in working precision.

    Parameters
    ----------
    batch : Batch
        The years, matrix and cost in working precision.
    base : (years,) array
        Cost of the lower bounds. [yuan]
    down, up : (columns, years, steps) array
        Distances to the lower and the upper bound; 1 where a variable is fixed.
    low, high : (columns, years, steps) array
        Multipliers of the bounds.
    prices, lack : (rows, years, steps) array
        Multipliers of the rows, and what is missing to their right sides.
    still : (columns, years, steps) array
        ``PINNED`` where a variable is fixed, zero elsewhere.
    """

    batch: Batch
    base: Floats
    down: Floats
    up: Floats
    low: Floats
    high: Floats
    prices: Floats
    lack: Floats
    still: Floats

    def products(self) -> Floats:
        """Distances times multipliers.

        Returns
        -------
        (years,) array
            Sums; what cost and bound would differ by if all rows held. [yuan]
        """
        found = np.zeros(self.down.shape[1])
        for kinds in _groups(self.down):
            found += np.einsum("kys,kys->y", self.down[kinds], self.low[kinds])
            found += np.einsum("kys,kys->y", self.up[kinds], self.high[kinds])
        return found

    def cost(self) -> Floats:
        """Cost, roughly.

        Returns
        -------
        (years,) array
            Cost in working precision. [yuan]
        """
        found = self.base.copy()
        for kinds in _groups(self.down):
            found += np.einsum("kys,kys->y", self.batch.cost[kinds], self.down[kinds])
        return found

    def point(self, years: Places) -> Floats:
        """Values, reckoned from the nearer bound.

        Parameters
        ----------
        years : array of int
            Of which years.

        Returns
        -------
        (columns, years, steps) array
            Values.
        """
        found = np.empty((len(self.down), len(years), self.down.shape[2]))
        for kind, values in enumerate(found):
            low, high = self.batch.low[kind, years], self.batch.high[kind, years]
            down, up = self.down[kind, years].astype(np.float64), self.up[kind, years].astype(np.float64)
            values[...] = np.clip(np.where(down < up, low + down, high - up), low, high)
        return found

    def sharpened(self, batch: Batch) -> Walk:
        """The same in double precision.

        Parameters
        ----------
        batch : Batch
            The years in double precision.

        Returns
        -------
        Walk
            A copy.
        """
        parts = (self.down, self.up, self.low, self.high, self.prices, self.lack, self.still)
        return Walk(batch, self.base, *(part.astype(np.float64) for part in parts))

    def taken(self, kept: Places) -> Walk:
        """Some of the years.

        Parameters
        ----------
        kept : array of int
            Which, in rising order.

        Returns
        -------
        Walk
            Their part; itself where they are all.
        """
        if len(kept) == len(self.base):
            return self
        parts = (self.down, self.up, self.low, self.high, self.prices, self.lack, self.still)
        return Walk(self.batch.taken(kept), self.base[kept], *(np.ascontiguousarray(part[:, kept]) for part in parts))


def advance(walk: Walk, pattern: Pattern, radius: int) -> None:
    """Take one step.

    Parameters
    ----------
    walk : Walk
        Is moved.
    pattern : Pattern
        Order of elimination.
    radius : int
        Hours before and after an hour whose steps it follows.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the precision is not enough for the factors.
    """
    batch = walk.batch
    weights, low, high = (np.empty_like(walk.down) for _ in range(3))
    reduced = batch.cost - batch.transposed(walk.prices)
    mean = walk.products() / (2 * walk.down[:, 0].size)
    for kinds in _groups(walk.down):
        _weigh(walk, kinds, weights[kinds])
        np.multiply(weights[kinds], reduced[kinds], out=low[kinds])
    normal = factor(pattern, weights, batch.coefficients, batch.loose)
    gain = _turn(walk, normal, low)[1]
    far = np.ones((2, *walk.down.shape[1:]), dtype=gain.dtype)
    for kinds in _groups(walk.down):
        _predict(walk, kinds, (gain, reduced, weights), far)
    lengths = _lengths(far, 1.0, radius)
    goal = LESS * mean * ((1.0 - lengths[0]) * (1.0 - lengths[1])).mean(axis=-1)
    for kinds in _groups(walk.down):
        _centre(walk, kinds, (gain, reduced, weights, low, high), goal.astype(gain.dtype)[:, None])
    prices, gain = _turn(walk, normal, gain)
    far[...] = BACK
    for kinds in _groups(walk.down):
        _correct(walk, kinds, (gain, reduced, weights, low, high), far)
    _step(walk, prices, (gain, low, high), _lengths(far, BACK, radius))


def _groups(values: Floats) -> Iterator[slice]:
    """Kinds of variables that are worked on together."""
    size = max(1, CACHED // values[0].size)
    for start in range(0, len(values), size):
        yield slice(start, start + size)


def _weigh(walk: Walk, kinds: slice, weights: Floats) -> None:
    """Diagonal of the Newton system: how easily each variable moves."""
    np.divide(walk.low[kinds], walk.down[kinds], out=weights)
    weights += walk.high[kinds] / walk.up[kinds]
    weights += walk.still[kinds]
    np.divide(1.0, weights, out=weights)


def _turn(walk: Walk, normal: Normal, aim: Floats) -> tuple[Floats, Floats]:
    """Change of the prices for weighted aims of the variables, and what it is worth to each variable."""
    prices = normal.solve(walk.lack + walk.batch.times(aim))
    return prices, walk.batch.transposed(prices)


def _predict(walk: Walk, kinds: slice, parts: tuple[Floats, ...], far: Floats) -> None:
    """The step straight to the optimum takes the place of the gain; how far too far it would go is noted by hour."""
    step, reduced, weights = (part[kinds] for part in parts)
    step -= reduced
    step *= weights
    share = step / walk.down[kinds]
    _note(far[0], -share.min(axis=0))
    _note(far[1], 1.0 + share.max(axis=0))
    np.divide(step, walk.up[kinds], out=share)
    _note(far[0], share.max(axis=0))
    _note(far[1], 1.0 - share.min(axis=0))


def _centre(walk: Walk, kinds: slice, parts: tuple[Floats, ...], goal: Floats) -> None:
    """Multipliers at which the corrector aims, before it moves; weighted aims take the place of the predictor's step."""
    step, aim, weights, low, high = (part[kinds] for part in parts)
    share = step / walk.down[kinds]
    np.divide(goal, walk.down[kinds], out=low)
    low += (share + 1.0) * share * walk.low[kinds]
    np.divide(step, walk.up[kinds], out=share)
    np.divide(goal, walk.up[kinds], out=high)
    high += (share - 1.0) * share * walk.high[kinds]
    aim -= low
    aim += high
    np.multiply(aim, weights, out=step)


def _correct(walk: Walk, kinds: slice, parts: tuple[Floats, ...], far: Floats) -> None:
    """The step that is taken takes the place of the gain, changes of the multipliers that of their aims."""
    step, aim, weights, low, high = (part[kinds] for part in parts)
    step -= aim
    step *= weights
    share = step / walk.down[kinds]
    _note(far[0], -share.min(axis=0))
    share += 1.0
    share *= walk.low[kinds]
    low -= share
    _note(far[1], -np.divide(low, walk.low[kinds], out=share).min(axis=0))
    np.divide(step, walk.up[kinds], out=share)
    _note(far[0], share.max(axis=0))
    np.subtract(1.0, share, out=share)
    share *= walk.high[kinds]
    high -= share
    _note(far[1], -np.divide(high, walk.high[kinds], out=share).min(axis=0))


def _note(far: Floats, values: Floats) -> None:
    np.maximum(far, values, out=far)


def _lengths(far: Floats, back: float, radius: int) -> Floats:
    """Lengths of the steps of values and multipliers by hour: the least of the hours around, smoothed."""
    length = back / far
    if 2 * radius >= length.shape[-1]:
        return np.broadcast_to(length.min(axis=-1, keepdims=True), length.shape)
    length = ndimage.minimum_filter1d(length, 2 * radius + 1, axis=-1, mode="wrap")
    found: Floats = ndimage.uniform_filter1d(length, 2 * radius + 1, axis=-1, mode="wrap")
    return found


def _step(walk: Walk, prices: Floats, parts: tuple[Floats, ...], lengths: Floats) -> None:
    step, low, high = parts
    for kinds in _groups(walk.down):
        step[kinds] *= lengths[0]
        walk.down[kinds] += step[kinds]
        walk.up[kinds] -= step[kinds]
        for kept, change in ((walk.low, low), (walk.high, high)):
            change[kinds] *= lengths[1]
            kept[kinds] += change[kinds]
    walk.prices += lengths[1] * prices
    walk.lack -= walk.batch.times(step)
