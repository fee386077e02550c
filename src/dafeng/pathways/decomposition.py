"""Index decomposition: how much of a change each factor of a product explains (LMDI-I).

Invariant: effects add up (or multiply up) to the whole change exactly, zeros included.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def log_mean(after: Array, before: Array) -> Array:
    """Logarithmic mean of two arrays.

    Parameters
    ----------
    after, before : array of the same shape, >= 0
        Values. [any one unit]

    Returns
    -------
    array
        ``(after - before) / ln(after / before)``; ``a`` where both equal ``a``; 0 where one is 0.

    Source
    ------
    ``ang-2005``, eq. 4.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.log(after) - np.log(before)
        mean = np.where(np.abs(spread) < 1e-12, 0.5 * (after + before), (after - before) / spread)
    return np.where((after <= 0) | (before <= 0), 0.0, mean)


def effects(before: Any, after: Any) -> Array:
    """Contribution of each factor to the change of a sum of products (LMDI-I, additive).

    Parameters
    ----------
    before, after : (factors, cells...) array, >= 0
        Factors whose product over axis 0, summed over the cells, is the total. [each in its own unit]

    Returns
    -------
    (factors, cells...) array
        Effects; summed over axis 0 they give the change of each cell. [unit of the product]

    Notes
    -----
    Where a product is zero on one side the limit of Ang (1998) is taken: the whole change goes to the
    factors that are themselves zero on that side, in equal parts where there are several.

    Source
    ------
    ``ang-2005``, eq. 3; zero cases ``ang-1998``, table 2.
    """
    x0, x1 = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    total0, total1 = x0.prod(0), x1.prod(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        regular = log_mean(total1, total0) * np.log(x1 / x0)
    switched = (total0 > 0) ^ (total1 > 0)
    return np.where((total0 > 0) & (total1 > 0), regular, np.where(switched, _limits(x0, x1, total1 - total0), 0.0))


def ratios(before: Any, after: Any) -> Array:
    """Contribution of each factor to the ratio of two totals (LMDI-I, multiplicative).

    Parameters
    ----------
    before, after : (factors, cells...) array, >= 0
        As for ``effects``. [each in its own unit]

    Returns
    -------
    (factors,) array
        Factors of the ratio of the totals; their product is the ratio. [1]

    Source
    ------
    ``ang-2005``, eq. 7.
    """
    x0, x1 = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    total0, total1 = x0.prod(0).sum(), x1.prod(0).sum()
    parts = effects(x0, x1).reshape(x0.shape[0], -1).sum(1)
    return np.asarray(np.exp(parts / log_mean(np.asarray(total1), np.asarray(total0))))


def _limits(x0: Array, x1: Array, change: Array) -> Array:
    zero = (x0 <= 0) ^ (x1 <= 0)
    count = np.maximum(zero.sum(0), 1)
    return np.where(zero, change / count, 0.0)
