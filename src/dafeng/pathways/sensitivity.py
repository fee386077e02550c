"""Which uncertainty moves an answer: shares of its variance by Sobol's indices.

Invariant: the draws of a driver come from its own ranks only, so that exchanging them exchanges nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Answer = Callable[[Mapping[str, Array]], Array]
"""Ranks of all drivers → one number per draw."""


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


def sobol(answer: Answer, one: Mapping[str, Array], other: Mapping[str, Array]) -> Sensitivity:
    """Sobol's indices of first and total order.

    Parameters
    ----------
    answer : callable
        Takes the ranks of all drivers, gives one number per draw.
    one, other : mapping of str to (..., draws) array
        Two independent sets of ranks. [0..1]

    Returns
    -------
    Sensitivity
        With no variance at all every share is 0.

    Source
    ------
    ``saltelli-2010``: first order, table 2 (b); total order ``jansen-1999``.
    """
    base, exchanged = answer(one), answer(other)
    variance = float(np.var(np.concatenate([base, exchanged])))
    found = [_influence(name, base, exchanged, answer({**one, name: other[name]}), variance) for name in one]
    found.sort(key=lambda item: (-item.together, item.driver))
    return Sensitivity(tuple(found), variance, len(base) * (len(one) + 2))


def _influence(name: str, base: Array, exchanged: Array, mixed: Array, variance: float) -> Influence:
    if variance == 0.0:
        return Influence(name, 0.0, 0.0, 0.0)
    squares = 0.5 * (base - mixed) ** 2 / variance
    alone = float(np.mean(exchanged * (mixed - base))) / variance
    return Influence(name, alone, float(squares.mean()), float(squares.std() / np.sqrt(len(squares))))
