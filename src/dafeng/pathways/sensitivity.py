"""Which uncertainty moves an answer: shares of its variance by Sobol's indices.

Invariant: the draws of a driver come from its own ranks only, so that exchanging them exchanges nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ranks = TypeVar("Ranks")
"""Ranks of one driver, or of a group of drivers that is exchanged as one."""
BINS = 20
"""Classes of a rank within which an answer is averaged."""
ENDS = 2
"""Classes at either end that stand for a low and a high rank: a tenth of the draws each."""


@dataclass(frozen=True, slots=True)
class Influence:
    """What one driver does to the variance of an answer.

    Parameters
    ----------
    driver : str
        The driver.
    alone : float
        Share of the variance it explains by itself (first order). [1]
    together : float
        Share that would be gone if it alone were known: with all its interactions (total order). [1]
    error : float
        Standard error of ``together``. [1]
    """

    driver: str
    alone: float
    together: float
    error: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Influence of all drivers.

    Parameters
    ----------
    influences : tuple of Influence
        The strongest first.
    variance : float
        Variance of the answer. [unit of the answer squared]
    runs : int
        Draws computed for it.
    """

    influences: tuple[Influence, ...]
    variance: float
    runs: int


def sobol(answer: Callable[[Mapping[str, Ranks]], Array], one: Mapping[str, Ranks], other: Mapping[str, Ranks]) -> Sensitivity:
    """Sobol's indices of first and total order.

    Parameters
    ----------
    answer : callable
        Takes the ranks of all drivers, gives one number per draw.
    one, other : mapping of str to ranks
        Two independent sets: an array (..., draws) for each driver, or whatever `answer` takes for a group of drivers. [0..1]

    Returns
    -------
    Sensitivity
        With no variance at all every share is 0.

    Source
    ------
    ``saltelli-2010``: first order, table 2 (b); total order ``jansen-1999``.
    """
    base, exchanged = answer(one), answer(other)
    both = np.concatenate([base, exchanged])
    variance, exchanged = float(np.var(both)), exchanged - both.mean()
    found = [_influence(name, base, exchanged, answer({**one, name: other[name]}), variance) for name in one]
    found.sort(key=lambda item: (-item.together, item.driver))
    return Sensitivity(tuple(found), variance, len(base) * (len(one) + 2))


def _influence(name: str, base: Array, exchanged: Array, mixed: Array, variance: float) -> Influence:
    if variance == 0.0:
        return Influence(name, 0.0, 0.0, 0.0)
    squares = 0.5 * (base - mixed) ** 2 / variance
    alone = float(np.mean(exchanged * (mixed - base))) / variance
    return Influence(name, alone, float(squares.mean()), float(squares.std() / np.sqrt(len(squares))))


@dataclass(frozen=True, slots=True)
class Swing:
    """What an answer is where one driver is low and where it is high, all others being drawn.

    Parameters
    ----------
    driver : str
        The driver.
    place : tuple of int
        Position of its own rank along the axes that have ranks of their own.
    alone : float
        Share of the variance that it explains by itself (first order). [1]
    low, high : float
        Mean answer where the rank lies in the lowest and in the highest tenth. [unit of the answer]
    """

    driver: str
    place: tuple[int, ...]
    alone: float
    low: float
    high: float


def swings(ranks: Mapping[str, Array], answer: Array) -> tuple[Swing, ...]:
    """First-order shares and swings of all drivers from draws that exist already.

    Parameters
    ----------
    ranks : mapping of str to (..., draws) array
        Ranks that the draws were made from. [0..1]
    answer : (draws,) array
        One number per draw.

    Returns
    -------
    tuple of Swing
        One per driver and place, the largest share first; what chance alone would explain is taken off.

    Source
    ------
    ``plischke-2013``: the variance of the class means over the whole variance.
    """
    variance = float(np.var(answer))
    found = [
        _swing(name, place, rank[place], answer, variance)
        for name, rank in ranks.items()
        for place in np.ndindex(rank.shape[:-1])
    ]
    return tuple(sorted(found, key=lambda one: (-one.alone, one.driver, one.place)))


def _swing(name: str, place: tuple[int, ...], rank: Array, answer: Array, variance: float) -> Swing:
    which = np.minimum((rank * BINS).astype(np.intp), BINS - 1)
    count = np.bincount(which, minlength=BINS)
    sums = np.bincount(which, weights=answer, minlength=BINS)
    means = sums / np.maximum(count, 1)
    low, high = (float(sums[part].sum() / max(int(count[part].sum()), 1)) for part in (slice(ENDS), slice(-ENDS, None)))
    if variance == 0.0:
        return Swing(name, place, 0.0, low, high)
    between = float(np.sum(count * (means - answer.mean()) ** 2)) / len(answer)
    chance = variance * (BINS - 1) / len(answer)
    return Swing(name, place, max(0.0, (between - chance) / variance), low, high)


@dataclass(frozen=True, slots=True)
class Split:
    """Variance of an answer between two causes.

    Parameters
    ----------
    one, other : float
        Share that each explains by itself. [1]
    together : float
        Share that only both together explain. [1]
    """

    one: float
    other: float
    together: float


def split_variance(answer: Array, mixed: Array) -> Split:
    """Shares of two causes that were drawn independently, from draws that exist and one more run of their answers.

    Parameters
    ----------
    answer : (draws,) array
        Answer of each draw of both causes.
    mixed : (draws,) array
        Answer of draw n of the one cause with draw n - 1 of the other; the first takes the last.

    Returns
    -------
    Split
        With no variance at all, every share is 0. What only the sample explains is not told as negative.

    Source
    ------
    ``saltelli-2010``: covariance of answers that share one cause.
    """
    variance = float(np.var(answer))
    if variance == 0.0:
        return Split(0.0, 0.0, 0.0)
    centred = answer - answer.mean()
    one = max(0.0, float(np.mean(centred * (mixed - mixed.mean()))) / variance)
    other = max(0.0, float(np.mean(np.roll(centred, 1) * (mixed - mixed.mean()))) / variance)
    return Split(one, other, max(0.0, 1.0 - one - other))
