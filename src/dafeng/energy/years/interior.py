"""An interior point for some years at once that stops at a wanted gap: predictor and corrector after Mehrotra.

Invariant: a point lies strictly inside its bounds in every iteration; a year is finished when its rows hold and the gap
between its cost and the weak-duality bound of its prices, both reckoned from its own data, is small enough.
"""

from __future__ import annotations

from dataclasses import dataclass

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
PINNED = 1e30
"""Divisor that stands for a variable that cannot move."""
BACK = 0.995
"""Share of the way to the nearest bound that a step may take."""
MARGIN = 0.01
"""Least distance of the first point from a bound. [share of the width]"""
EARLY = 8.0
"""Times the wanted gap at which complementarity says that it is time to reckon the bound."""
SMALL = 1.0
"""Cost below which a gap is counted in yuan. [yuan]"""
CLOSE = 1e-10
"""Most that a row may lack, per greatest right side of the year."""


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
        Multipliers of the bounds, none negative; their difference is the reduced cost.
    """

    point: Floats
    prices: Floats
    low: Floats
    high: Floats

    def taken(self, kept: Places) -> Iterate:
        """Some of the years.

        Parameters
        ----------
        kept : array of int
            Which.

        Returns
        -------
        Iterate
            Their part.
        """
        return Iterate(*(np.ascontiguousarray(part[:, kept]) for part in (self.point, self.prices, self.low, self.high)))


@dataclass(slots=True, eq=False)
class Finished:
    """What is known of some years.

    Parameters
    ----------
    cost, bound : (years,) array
        Cost of a feasible point, and a lower bound of the least cost. [yuan]
    sums : (columns, years) array
        Sum of each variable over the steps.
    violation : (years,) array
        Largest violation of a row. [MW]
    rounds : (years,) array of int
        Iterations.
    failed : (years,) array of bool
        Years that did not reach the gap.
    """

    cost: Floats
    bound: Floats
    sums: Floats
    violation: Floats
    rounds: Places
    failed: Flags


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
    return _total(np.minimum(reduced * batch.low, reduced * batch.high)) + _total(batch.right * prices)


def begin(batch: Batch, pattern: Pattern) -> Iterate:
    """A point to begin with: the middle of the bounds moved towards the rows, and the prices that fit the costs best.

    Parameters
    ----------
    batch : Batch
        The years.
    pattern : Pattern
        Order of elimination.

    Returns
    -------
    Iterate
        Strictly inside; its multipliers fit its prices.
    """
    width = batch.high - batch.low
    free = width > NARROW
    half = np.where(free, width / 2, 0.0)
    middle, weights = batch.low + half, half * half
    normal = factor(pattern, weights, batch.coefficients, batch.loose)
    point = middle + weights * batch.transposed(normal.solve(batch.right - batch.times(middle)))
    prices = normal.solve(batch.times(weights * batch.cost))
    point = np.where(free, np.clip(point, batch.low + MARGIN * width, batch.high - MARGIN * width), batch.low)
    reduced = batch.cost - batch.transposed(prices)
    down, up = np.where(free, point - batch.low, 1.0), np.where(free, batch.high - point, 1.0)
    mean = _total(np.where(free, np.minimum(down, up) * np.abs(reduced), 0.0)) / np.maximum(free.sum(axis=(0, 2)), 1)
    low, high = mean[:, None] / down, mean[:, None] / up
    short = reduced - (low - high)
    low, high = low + np.maximum(short, 0.0), high + np.maximum(-short, 0.0)
    return Iterate(point, prices, np.where(free, low, 0.0), np.where(free, high, 0.0))


def finish(batch: Batch, pattern: Pattern, gap: float) -> Finished:
    """Improve a first point until each year's own gap is small enough.

    Parameters
    ----------
    batch : Batch
        The years.
    pattern : Pattern
        Order of elimination.
    gap : float
        Largest relative difference of cost and bound.

    Returns
    -------
    Finished
        Cost, bound and sums of each year.
    """
    count = batch.low.shape[1]
    found = Finished(
        cost=np.zeros(count),
        bound=np.zeros(count),
        sums=np.zeros((len(batch.low), count)),
        violation=np.full(count, np.inf),
        rounds=np.zeros(count, dtype=np.int64),
        failed=np.ones(count, dtype=bool),
    )
    left, last = np.arange(count), None
    try:
        iterate = begin(batch, pattern)
    except np.linalg.LinAlgError:
        return found
    for number in range(ROUNDS):
        lack, done = _done(batch, iterate, gap, last)
        if done.any():
            _keep(found, left, np.flatnonzero(done), batch, iterate, lack, number)
            kept = np.flatnonzero(~done)
            left, batch, iterate, lack = left[kept], batch.taken(kept), iterate.taken(kept), lack[:, kept]
        if not len(left):
            break
        try:
            last = _Round(batch, iterate, pattern, lack)
            last.move()
        except np.linalg.LinAlgError:
            break
    return found


def _done(batch: Batch, iterate: Iterate, gap: float, last: _Round | None) -> tuple[Floats, Flags]:
    """What rows lack, and the years whose rows hold and whose gap is small; where only rows do not hold, they are mended."""
    lack = batch.right - batch.times(iterate.point)
    small = _products(batch, iterate) <= EARLY * gap * np.maximum(np.abs(_total(batch.cost * iterate.point)), SMALL)
    if small.any():
        small &= _gap(batch, iterate) <= gap
    limit = CLOSE * (1.0 + np.abs(batch.right).max(axis=(0, 2)))
    if last is not None and (np.abs(lack).max(axis=(0, 2)) > limit)[small].any():
        last.mend(lack, small)
        lack = batch.right - batch.times(iterate.point)
        small &= _gap(batch, iterate) <= gap
    return lack, small & (np.abs(lack).max(axis=(0, 2)) <= limit)


def _gap(batch: Batch, iterate: Iterate) -> Floats:
    cost = _total(batch.cost * iterate.point)
    found: Floats = (cost - bound_of(batch, iterate.prices)) / np.maximum(np.abs(cost), SMALL)
    return found


def _products(batch: Batch, iterate: Iterate) -> Floats:
    found = np.zeros(batch.low.shape[1])
    for kind in range(len(batch.low)):
        found += ((iterate.point[kind] - batch.low[kind]) * iterate.low[kind]).sum(axis=1)
        found += ((batch.high[kind] - iterate.point[kind]) * iterate.high[kind]).sum(axis=1)
    return found


def _keep(found: Finished, left: Places, done: Places, batch: Batch, iterate: Iterate, lack: Floats, number: int) -> None:
    mine, part, at = left[done], batch.taken(done), iterate.taken(done)
    found.cost[mine] = _total(part.cost * at.point)
    found.bound[mine] = bound_of(part, at.prices)
    found.sums[:, mine] = at.point.sum(axis=2)
    found.violation[mine] = np.abs(lack[:, done]).max(axis=(0, 2))
    found.rounds[mine], found.failed[mine] = number, False


def _total(values: Floats) -> Floats:
    found: Floats = values.sum(axis=(0, 2))
    return found


class _Round:
    """One iteration, kind by kind of variable, so that what is worked on stays in the cache."""

    def __init__(self, batch: Batch, iterate: Iterate, pattern: Pattern, lack: Floats) -> None:
        self.batch, self.iterate, self.lack = batch, iterate, lack
        shape = batch.low.shape
        self.kinds, self.years = range(shape[0]), shape[1]
        self.below, self.above, self.weights, self.aim = (np.empty(shape) for _ in range(4))
        self.free = np.zeros(self.years)
        self.sums = np.zeros((6, self.years))
        self.prepare()
        self.normal: Normal = factor(pattern, self.weights, batch.coefficients, batch.loose)

    def move(self) -> None:
        """Predict, correct and step."""
        self.far = np.zeros((4, self.years))
        gain = self.turn()[1]
        self.change_low, self.change_high = np.empty_like(self.weights), np.empty_like(self.weights)
        for kind in self.kinds:
            self.predict(kind, gain[kind])
        self.centre(*self.lengths(self.far, 1.0))
        prices, gain = self.turn()
        self.far = np.zeros((4, self.years))
        for kind in self.kinds:
            self.correct(kind, gain[kind])
        length, other = self.lengths(self.far, BACK)
        iterate = self.iterate
        iterate.prices += other[:, None] * prices
        for kind in self.kinds:
            iterate.point[kind] += length[:, None] * self.aim[kind]
            iterate.low[kind] += other[:, None] * self.change_low[kind]
            iterate.high[kind] += other[:, None] * self.change_high[kind]

    def mend(self, lack: Floats, wanted: Flags) -> None:
        """Move the point of wanted years onto its rows by the factors of this round where it stays inside."""
        step = self.weights * self.batch.transposed(self.normal.solve(lack))
        point = self.iterate.point + step
        free = self.batch.high - self.batch.low > NARROW
        inside = wanted & ~(free & ((point <= self.batch.low) | (point >= self.batch.high))).any(axis=(0, 2))
        self.iterate.point[:, inside] = point[:, inside]

    def prepare(self) -> None:
        """Inverse distances to the bounds, weights of the Newton system and where the predictor aims."""
        batch, iterate = self.batch, self.iterate
        for kind in self.kinds:
            down, up = iterate.point[kind] - batch.low[kind], batch.high[kind] - iterate.point[kind]
            still = np.where(down + up > NARROW, 0.0, PINNED)
            self.free += (still == 0.0).sum(axis=1)
            self.sums[0] += (down * iterate.low[kind]).sum(axis=1)
            self.sums[3] += (up * iterate.high[kind]).sum(axis=1)
            below, above = 1.0 / (down + still), 1.0 / (up + still)
            self.below[kind], self.above[kind] = below, above
            self.weights[kind] = 1.0 / (iterate.low[kind] * below + iterate.high[kind] * above + still)
            self.aim[kind] = iterate.low[kind] - iterate.high[kind]

    def turn(self) -> tuple[Floats, Floats]:
        """Change of the prices for an aim, and what it is worth to each variable."""
        prices = self.normal.solve(self.lack + self.batch.times(self.weights * self.aim))
        return prices, self.batch.transposed(prices)

    def predict(self, kind: int, gain: Floats) -> None:
        """Step straight to the optimum: how far it may go, and what would be left there."""
        step = self.weights[kind] * (gain - self.aim[kind])
        low, high = step * self.below[kind], step * self.above[kind]
        self.change_low[kind], self.change_high[kind] = low, high
        self.reach(-low, high, 1.0 + low, 1.0 - high)
        batch, iterate = self.batch, self.iterate
        inner = (iterate.point[kind] - batch.low[kind]) * iterate.low[kind] * low
        outer = (batch.high[kind] - iterate.point[kind]) * iterate.high[kind] * high
        for place, values in ((1, inner), (2, inner * low), (4, outer), (5, outer * high)):
            self.sums[place] += values.sum(axis=1)

    def reach(self, *shares: Floats) -> None:
        for place, values in enumerate(shares):
            np.maximum(self.far[place], values.max(axis=1), out=self.far[place])

    @staticmethod
    def lengths(far: Floats, back: float) -> tuple[Floats, Floats]:
        """Lengths of the steps of values and multipliers."""
        far = np.maximum(far, 1e-12)
        return np.minimum(1.0, back / far[:2].max(axis=0)), np.minimum(1.0, back / far[2:].max(axis=0))

    def centre(self, length: Floats, other: Floats) -> None:
        """Where the corrector aims: nearer to the middle the less the predictor achieves."""
        sums, slope = self.sums, length * (1.0 - other) - other
        rest = (1.0 - other) * (sums[0] + sums[3]) + slope * (sums[1] - sums[4]) - length * other * (sums[2] + sums[5])
        mean = (sums[0] + sums[3]) / (2.0 * self.free)
        goal = ((rest / (2.0 * self.free) / mean) ** 3 * mean)[:, None]
        iterate = self.iterate
        for kind in self.kinds:
            low, high = self.change_low[kind], self.change_high[kind]
            low = goal * self.below[kind] - iterate.low[kind] * (1.0 - low - low * low)
            high = goal * self.above[kind] - iterate.high[kind] * (1.0 + high - high * high)
            self.change_low[kind], self.change_high[kind], self.aim[kind] = low, high, high - low

    def correct(self, kind: int, gain: Floats) -> None:
        """The step that is taken, and how far it may go; the aim becomes the change of the values."""
        iterate = self.iterate
        step = self.weights[kind] * (gain - self.aim[kind])
        low, high = step * self.below[kind], step * self.above[kind]
        self.change_low[kind] -= iterate.low[kind] * low
        self.change_high[kind] += iterate.high[kind] * high
        still = np.where(iterate.low[kind] > 0.0, 0.0, PINNED)
        self.reach(-low, high, -self.change_low[kind] / (iterate.low[kind] + still),
                   -self.change_high[kind] / (iterate.high[kind] + still))  # fmt: skip
        self.aim[kind] = step
