"""An interior point for some years at once that stops at a wanted gap: predictor and corrector, steps of their own each hour.

Invariant: a year is finished when a point of it that lies within its bounds satisfies its rows and the gap between its cost
and the weak-duality bound of its prices, both reckoned in double precision from its own data, is small enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Flags
from dafeng.energy.program import Floats
from dafeng.energy.years.batch import Batch
from dafeng.energy.years.elimination import Pattern, factor
from dafeng.energy.years.mending import limit_of, mended
from dafeng.energy.years.walk import NARROW, PINNED, Walk, advance

ROUNDS = 80
"""Most iterations."""
RADIUS, NEAR = 5, 2
"""Hours before and after an hour whose steps it follows, without and with a guide; twice as many after each vain mending."""
PATIENCE = 3
"""Vain mendings after which all hours of a year take steps of one length."""
LOCAL = 25
"""Iterations after which they do so too."""
COARSE = 1e-3
"""Gap from which single precision is enough on the way."""
MARGIN = 0.01
"""Least distance of the first point from a bound. [share of the width]"""
NEARER = 0.3
"""Share of the distance to a bound that the first correction of a guided point leaves."""
EARLY = 8.0
"""Times the wanted gap at which complementarity says that it is time to reckon the bound."""
GUIDING, GUIDED = 1.0, 1.5
"""Complementarity of the point whose prices guide other years, and that at which these begin. [per cost]"""
SMALL = 1.0
"""Cost below which a gap is counted in yuan. [yuan]"""


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """Prices on the way to the optimum of some years, from which others begin.

    Parameters
    ----------
    prices : (rows, steps) array
        Mean multipliers.
    product : float
        Mean product of a distance to a bound and its multiplier. [yuan]
    """

    prices: Floats
    product: float


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
    guides : list of Guide
        What the years can tell others if they were begun without a guide; at most one.
    """

    cost: Floats
    bound: Floats
    sums: Floats
    violation: Floats
    rounds: Places
    failed: Flags
    guides: list[Guide]


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
    found = _total(batch.right, prices)
    for kind, values in enumerate(reduced):
        found += np.minimum(values * batch.low[kind], values * batch.high[kind]).sum(axis=1)
    return found


def finish(batch: Batch, pattern: Pattern, gap: float, *, guide: Guide | None = None) -> Finished:
    """Improve a first point until each year's own gap is small enough.

    Parameters
    ----------
    batch : Batch
        The years.
    pattern : Pattern
        Order of elimination.
    gap : float
        Largest relative difference of cost and bound.
    guide : Guide, optional
        Prices to begin from.

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
        guides=[],
    )
    halfway = _improve(found, batch, pattern, gap, guide)
    if guide is not None and found.failed.any():
        _improve(found, batch, pattern, gap, None)
    if guide is None and halfway is not None and not found.failed.any():
        pairs = 2 * len(batch.low) * batch.low.shape[2]
        found.guides.append(Guide(halfway, GUIDED * float(np.abs(found.cost).mean()) / pairs))
    return found


def _improve(found: Finished, batch: Batch, pattern: Pattern, gap: float, guide: Guide | None) -> Floats | None:
    """Work on the years that are not done; mean prices of their points half the way."""
    left, steps, halfway = np.flatnonzero(found.failed), batch.low.shape[2], None
    batch, tried, radius = batch.taken(left), 0, RADIUS if guide is None else NEAR
    with suppress(np.linalg.LinAlgError):
        walk = _first(batch, pattern, guide, np.float32 if gap >= COARSE else np.float64)
        for number in range(ROUNDS):
            products = walk.products()
            if halfway is None and products.sum() <= GUIDING * np.abs(walk.cost()).sum():
                halfway = walk.prices.mean(axis=1, dtype=np.float64)
            close = _close(walk, gap, products)
            if len(close):
                done, vain = _keep(found, left, batch, walk, pattern, gap, close, number)
                kept = np.flatnonzero(~done)
                if not len(kept):
                    break
                left, batch, walk, tried = left[kept], batch.taken(kept), walk.taken(kept), tried + vain
            radius = steps if number >= LOCAL or tried > PATIENCE else radius
            walk = _next(walk, batch, pattern, radius << tried)
    return halfway


def _first(batch: Batch, pattern: Pattern, guide: Guide | None, precision: DTypeLike) -> Walk:
    if guide is not None:
        with suppress(np.linalg.LinAlgError):
            return _follow(batch, pattern, guide, precision)
    return _begin(batch, pattern, precision)


def _next(walk: Walk, batch: Batch, pattern: Pattern, radius: int) -> Walk:
    """Take a step, in double precision where single precision is not enough."""
    try:
        advance(walk, pattern, radius)
    except np.linalg.LinAlgError:
        if walk.down.dtype == np.float64:
            raise
        walk = walk.sharpened(batch)
        advance(walk, pattern, radius)
    return walk


def mean_guide(guides: Sequence[Guide]) -> Guide:
    """What several guides say on average.

    Parameters
    ----------
    guides : sequence of Guide
        At least one.

    Returns
    -------
    Guide
        Their mean.
    """
    prices = np.mean([guide.prices for guide in guides], axis=0)
    return Guide(prices, float(np.mean([guide.product for guide in guides])))


def _begin(batch: Batch, pattern: Pattern, precision: DTypeLike) -> Walk:
    """The middle of the bounds moved towards the rows, and the prices that fit the costs best."""
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
    mean = np.where(free, np.minimum(down, up) * np.abs(reduced), 0.0).sum(axis=(0, 2)) / np.maximum(free.sum(axis=(0, 2)), 1)
    mean = np.maximum(mean, np.finfo(np.float32).tiny)
    low, high = mean[:, None] / down, mean[:, None] / up
    short = np.where(free, reduced - (low - high), 0.0)
    return _walk(batch, point, (down, up), (low + np.maximum(short, 0.0), high + np.maximum(-short, 0.0)), prices, precision)


def _follow(batch: Batch, pattern: Pattern, guide: Guide, precision: DTypeLike) -> Walk:
    """The point to which a guide's prices belong, moved towards the rows once."""
    rounded = batch.rounded(precision)
    prices = np.repeat(guide.prices[:, None], batch.low.shape[1], axis=1)
    worth, product = batch.transposed(prices), guide.product
    point, down, up, weights = (np.empty(worth.shape, dtype=kind) for kind in (np.float64, precision, precision, precision))
    for kind, gain in enumerate(worth):
        parts = _central(batch, kind, (batch.cost[kind] - gain).astype(precision), product)
        down[kind], up[kind], weights[kind] = parts
        point[kind] = np.where(down[kind] < up[kind], batch.low[kind] + down[kind], batch.high[kind] - up[kind])
    normal = factor(pattern, weights, rounded.coefficients, rounded.loose)
    step = rounded.transposed(normal.solve((batch.right - batch.times(point)).astype(precision)))
    step *= weights
    for kind, change in enumerate(step):
        np.clip(change, -(1.0 - NEARER) * down[kind], (1.0 - NEARER) * up[kind], out=change, casting="same_kind")
        point[kind] += change
        down[kind] += change
        up[kind] -= change
    return _walk(batch, point, (down, up), (product / down, product / up), prices, precision)


def _central(batch: Batch, kind: int, worth: Floats, product: float) -> tuple[Floats, Floats, Floats]:
    """Distances of a variable to its bounds where both, times their multipliers, give a product; how easily it moves there."""
    width = (batch.high[kind] - batch.low[kind]).astype(worth.dtype)
    free = width > NARROW
    gain = np.abs(worth) * width / 2
    root = np.hypot(product, gain) + gain
    near = width / 2 * product * (1.0 + product / root) / (product + root - gain)
    near, far = np.where(free, near, 1.0), np.where(free, width - near, 1.0)
    weights = np.where(free, 1.0 / (product / near**2 + product / far**2), 0.0)
    return np.where(worth > 0, near, far), np.where(worth > 0, far, near), weights


def _walk(
    batch: Batch,
    point: Floats,
    distances: tuple[Floats, Floats],
    multipliers: tuple[Floats, Floats],
    prices: Floats,
    precision: DTypeLike,
) -> Walk:
    lack = batch.right - batch.times(point)
    still = np.empty(point.shape, dtype=precision)
    for kind, values in enumerate(still):
        values[...] = np.where(batch.high[kind] - batch.low[kind] > NARROW, 0.0, PINNED)
    parts = (*distances, *multipliers, prices, lack, still)
    rounded = (part.astype(precision, copy=False) for part in parts)
    return Walk(batch.rounded(precision), _total(batch.cost, batch.low), *rounded)


def _close(walk: Walk, gap: float, products: Floats) -> Places:
    """Years whose gap may be small enough."""
    return np.flatnonzero(products <= EARLY * gap * np.maximum(np.abs(walk.cost()), SMALL))


def _keep(
    found: Finished, names: Places, batch: Batch, walk: Walk, pattern: Pattern, gap: float, close: Places, number: int
) -> tuple[Flags, bool]:
    """Years that are done, kept under their names, and whether the point of another could not be moved onto its rows."""
    done = np.zeros(len(names), dtype=bool)
    part = batch.taken(close)
    bound, point = bound_of(part, walk.prices[:, close].astype(np.float64)), walk.point(close)
    worth = np.flatnonzero(_gap(_total(part.cost, point), bound) <= gap)
    if not len(worth):
        return done, False
    close, part, bound, point = close[worth], part.taken(worth), bound[worth], point[:, worth]
    point, lack = mended(part, pattern, point)
    cost = _total(part.cost, point)
    good = (_gap(cost, bound) <= gap) & (lack <= limit_of(part))
    mine = names[close[good]]
    found.cost[mine], found.bound[mine], found.violation[mine] = cost[good], bound[good], lack[good]
    found.sums[:, mine] = point[:, good].sum(axis=2)
    found.rounds[mine], found.failed[mine] = number, False
    done[close] = good
    return done, not good.all()


def _gap(cost: Floats, bound: Floats) -> Floats:
    found: Floats = (cost - bound) / np.maximum(np.abs(cost), SMALL)
    return found


def _total(values: Floats, others: Floats) -> Floats:
    """Sum of products by year."""
    found: Floats = np.einsum("kys,kys->y", values, others, dtype=np.float64, casting="safe")
    return found
