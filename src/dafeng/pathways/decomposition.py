"""Index decomposition: how much of a change each factor of a product explains (LMDI-I and LMDI-II).

Invariant: effects add up (or multiply up) to the whole change exactly, zeros included.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Method = Literal["I", "II"]


def log_mean(after: Any, before: Any) -> Array:
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


def effects(before: Any, after: Any, *, method: Method = "I") -> Array:
    """Contribution of each factor to the change of a sum of products, additive.

    Parameters
    ----------
    before, after : (factors, cells...) array, >= 0
        Factors whose product over axis 0, summed over the cells, is the total. [each in its own unit]
    method : {"I", "II"}
        LMDI-I weighs a cell by the logarithmic mean of its value, so that effects of cells add up to those of any group of
        them; LMDI-II weighs it by that of its share in the total.

    Returns
    -------
    (factors, cells...) array
        Effects; summed over everything they give the change of the total, with LMDI-I cell by cell. [unit of the product]

    Notes
    -----
    Where a product is zero on one side the limit of Ang (1998) is taken: the whole change goes to the
    factors that are themselves zero on that side, in equal parts where there are several.

    Source
    ------
    ``ang-2005``, eq. 3; LMDI-II ``ang-liu-2001``; zero cases ``ang-1998``, table 2.
    """
    x0, x1 = _factors(before), _factors(after)
    if method == "I":
        return _weighted(x0, x1, x0.prod(0), x1.prod(0))
    return np.asarray(_rates(x0, x1, "II") * log_mean(x1.prod(0).sum(), x0.prod(0).sum()))


def ratios(before: Any, after: Any, *, method: Method = "I") -> Array:
    """Contribution of each factor to the ratio of two totals, multiplicative.

    Parameters
    ----------
    before, after : (factors, cells...) array, >= 0
        As for ``effects``. [each in its own unit]
    method : {"I", "II"}
        As for ``effects``.

    Returns
    -------
    (factors,) array
        Factors of the ratio of the totals; their product is the ratio. [1]

    Source
    ------
    ``ang-2005``, eq. 7; LMDI-II ``ang-liu-2001``.
    """
    x0, x1 = _factors(before), _factors(after)
    return np.asarray(np.exp(_rates(x0, x1, method).reshape(x0.shape[0], -1).sum(1)))


def chained(series: Any, *, method: Method = "I") -> Array:
    """Effects from each point of a series to the next.

    Parameters
    ----------
    series : (points, factors, cells...) array, >= 0
        Factors at each point, as for ``effects``. [each in its own unit]
    method : {"I", "II"}
        As for ``effects``.

    Returns
    -------
    (points - 1, factors, cells...) array
        Effects of each step; summed over the steps they use what lies between the ends, which ``effects`` of the two ends
        alone does not. [unit of the product]
    """
    points = np.asarray(series, dtype=float)
    return np.stack([effects(one, other, method=method) for one, other in pairwise(points)])


@dataclass(frozen=True, slots=True)
class Levels:
    """Decomposition of energy (or emissions) over nested activities.

    Parameters
    ----------
    activity : float
        Effect of the total activity. [unit of the energy]
    structure : tuple of array
        Effect of the shares of level 1 in the whole, of level 2 in level 1, …; one array per level with its own axes.
        [unit of the energy]
    intensity : array
        Effect of energy per activity in the finest cells. [unit of the energy]
    """

    activity: float
    structure: tuple[Array, ...]
    intensity: Array


def parallel_levels(before: tuple[Any, Any], after: tuple[Any, Any]) -> Levels:
    """Effects of activity, of structure at every level, and of intensity: all levels at once (LMDI-I, additive).

    Parameters
    ----------
    before, after : pair of (level 1, level 2, ...) array, >= 0
        Activity and energy of the finest cells; axis n is level n. [any unit, any unit]

    Returns
    -------
    Levels
        Effects that add up to the change of the energy.

    Source
    ------
    ``ang-wang-2015``, multilevel-parallel model.
    """
    x0, x1 = _nested(*before), _nested(*after)
    made = effects(x0, x1)
    depth = made.ndim - 1
    structure = tuple(made[level].sum(axis=tuple(range(level, depth))) for level in range(1, depth + 1))
    return Levels(float(made[0].sum()), structure, made[-1])


def hierarchical_levels(before: tuple[Any, Any], after: tuple[Any, Any]) -> Levels:
    """The same level by level: the intensity effect of each group is taken apart inside the group (LMDI-I, additive).

    Parameters
    ----------
    before, after : pair of (level 1, level 2, ...) array, >= 0
        Activity and energy of the finest cells; axis n is level n. [any unit, any unit]

    Returns
    -------
    Levels
        Effects that add up to the change of the energy; those of a level do not depend on how finely the next is cut.

    Raises
    ------
    ValueError
        If a group that is taken apart has no activity or no energy on one side.

    Source
    ------
    ``ang-wang-2015``, multilevel-hierarchical model.
    """
    q0, e0 = (np.asarray(part, dtype=float) for part in before)
    q1, e1 = (np.asarray(part, dtype=float) for part in after)
    inner = tuple(range(1, q0.ndim))
    groups = [part.sum(inner) for part in (q0, e0, q1, e1)]
    if any((part <= 0).any() for part in groups):
        raise ValueError("each group of the first level needs activity and energy on both sides")
    top = effects(_nested(groups[0], groups[1]), _nested(groups[2], groups[3]))
    if not inner:
        return Levels(float(top[0].sum()), (top[1],), top[2])
    below = [_inside((q0[n], e0[n]), (q1[n], e1[n])) for n in range(len(q0))]
    structure = tuple(np.stack([part.structure[level] for part in below]) for level in range(q0.ndim - 1))
    return Levels(float(top[0].sum()), (top[1], *structure), np.stack([part.intensity for part in below]))


def _inside(before: tuple[Array, Array], after: tuple[Array, Array]) -> Levels:
    """Intensity effect of one group, taken apart: logarithmic means carry it from intensity to energy."""
    per0, per1 = (energy / activity.sum() for activity, energy in (before, after))
    own = hierarchical_levels((before[0] / before[0].sum(), per0), (after[0] / after[0].sum(), per1))
    scale = float(log_mean(after[1].sum(), before[1].sum()) / log_mean(per1.sum(), per0.sum()))
    return Levels(0.0, tuple(part * scale for part in own.structure), own.intensity * scale)


def _nested(activity: Any, energy: Any) -> Array:
    """Total activity, shares of each level in the one above, energy per activity; all with the axes of the finest cells."""
    amounts, used = np.asarray(activity, dtype=float), np.asarray(energy, dtype=float)
    depth = amounts.ndim
    sums = [amounts.sum(axis=tuple(range(level, depth)), keepdims=True) for level in range(depth + 1)]
    shares = [_over(sums[level], sums[level - 1]) for level in range(1, depth + 1)]
    return np.stack([np.broadcast_to(part, amounts.shape) for part in (sums[0], *shares, _over(used, amounts))])


def _over(part: Array, whole: Array) -> Array:
    """Quotient; 0 where the whole is 0, and with it the part."""
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole > 0)


def _factors(given: Any) -> Array:
    factors = np.asarray(given, dtype=float)
    if (factors < 0).any():
        raise ValueError("factors of a decomposition must not be negative: a logarithm needs amounts, not net flows")
    return factors


def _rates(x0: Array, x1: Array, method: Method) -> Array:
    """Logarithm of the ratio of the totals, by factor and cell."""
    v0, v1 = x0.prod(0), x1.prod(0)
    if method == "I":
        return np.asarray(_weighted(x0, x1, v0, v1) / log_mean(v1.sum(), v0.sum()))
    s0, s1 = v0 / v0.sum(), v1 / v1.sum()
    return np.asarray(_weighted(x0, x1, s0, s1) / log_mean(s1, s0).sum())


def _weighted(x0: Array, x1: Array, a0: Array, a1: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        regular = log_mean(a1, a0) * np.log(x1 / x0)
    switched = (a0 > 0) ^ (a1 > 0)
    return np.where((a0 > 0) & (a1 > 0), regular, np.where(switched, _limits(x0, x1, a1 - a0), 0.0))


def _limits(x0: Array, x1: Array, change: Array) -> Array:
    zero = (x0 <= 0) ^ (x1 <= 0)
    count = np.maximum(zero.sum(0), 1)
    return np.where(zero, change / count, 0.0)
