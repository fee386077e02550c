"""Which targets of two plans speak of the same thing, and what keeps them from being compared.

Invariant: each target stands in exactly one pair, and turning the two plans round turns every pair round and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from dafeng.core.errors import UnitError
from dafeng.core.units import ratio, unit
from dafeng.library.naming import normal
from dafeng.plans.plan import Target

Obstacle = Literal["value", "unit", "base", "direction", "counting", "scope", "period", "year", "extensive", "side", "range"]
"""Why two figures cannot be judged against one another; the last three are found by ``plans.contrast``."""
TAILS = re.compile("(占比|比重|比例|下降率|降低率|提高率|率)$")
"""Endings that one author writes and another leaves out."""
WHOLE = re.compile("全国|全域|全年|本市|我市|全市|本省|我省|全省|范围内")
"""Scopes that only say “all of it”."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two targets of the same indicator, or one that has no counterpart.

    Parameters
    ----------
    left, right : Target or None
        Targets of the first and the second plan; never both absent.
    obstacles : tuple of Obstacle
        What keeps them from being compared; empty for a single target.
    """

    left: Target | None
    right: Target | None
    obstacles: tuple[Obstacle, ...] = ()


def align(left: Sequence[Target], right: Sequence[Target]) -> tuple[Pair, ...]:
    """Pair the targets of two plans.

    Parameters
    ----------
    left, right : sequence of Target
        Targets of the two plans.

    Returns
    -------
    tuple of Pair
        Pairs and single targets of the first plan in its order, then single targets of the second in its order.

    Notes
    -----
    Two targets speak of the same thing if the catalogue gives both the same indicator, or their normalised names agree.
    Among several, those that can be compared are paired first, then those with the fewest obstacles and the nearest figures.
    """
    chosen: dict[int, tuple[int, tuple[Obstacle, ...]]] = {}
    taken: set[int] = set()
    ones, others = [_size(target) for target in left], [_size(target) for target in right]

    def rank(candidate: tuple[int, int, tuple[Obstacle, ...]]) -> tuple[float, ...]:
        i, j, found = candidate
        return (*_cost(left[i], right[j], found, (ones[i], others[j])), min(i, j), max(i, j))

    for i, j, found in sorted(_candidates(left, right), key=rank):
        if i not in chosen and j not in taken:
            chosen[i] = (j, found)
            taken.add(j)
    pairs = [
        Pair(target, right[chosen[i][0]], chosen[i][1]) if i in chosen else Pair(target, None) for i, target in enumerate(left)
    ]
    return (*pairs, *(Pair(None, target) for j, target in enumerate(right) if j not in taken))


def series(targets: Iterable[Target], like: Target) -> tuple[Target, ...]:
    """Targets of one plan that differ from a target in the year only.

    Parameters
    ----------
    targets : iterable of Target
        Targets of the plan.
    like : Target
        A target of that plan or of another one.

    Returns
    -------
    tuple of Target
        Those that could be compared with it if they were due in the same year, in order of years.
    """
    found = [one for one in targets if _alike(one, like) and not set(find_obstacles(one, like)) - {"year"}]
    return tuple(sorted((one for one in found if one.year is not None), key=lambda one: one.year or 0))


def find_obstacles(left: Target, right: Target) -> tuple[Obstacle, ...]:
    """What keeps two targets of the same indicator from being compared.

    Parameters
    ----------
    left, right : Target
        The targets.

    Returns
    -------
    tuple of Obstacle
        Empty where nothing does.
    """
    checks: Mapping[Obstacle, bool] = {
        "value": (left.value is None) != (right.value is None),
        "unit": unit_ratio(right.unit, left.unit) is None,
        "base": base_of(left) != base_of(right),
        "direction": left.direction is not None and right.direction is not None and left.direction != right.direction,
        "counting": (left.counting or "operating") != (right.counting or "operating"),
        "scope": scope_parts(left.scope) != scope_parts(right.scope),
        "period": _periods_differ(left, right),
        "year": left.year != right.year,
    }
    return tuple(name for name, differs in checks.items() if differs)


@lru_cache(maxsize=4096)
def unit_ratio(source: str, target: str) -> Fraction | None:
    """Exact number of target units in one source unit.

    Parameters
    ----------
    source, target : str
        Units as texts have them; a unit nobody defined goes with itself only.

    Returns
    -------
    Fraction or None
        ``None`` where they measure different things.
    """
    if source == target:
        return Fraction(1)
    try:
        return ratio(source, target)
    except UnitError:
        return None


def base_of(target: Target) -> tuple[int | None, str | None]:
    """What a change is measured against.

    Parameters
    ----------
    target : Target
        The target.

    Returns
    -------
    tuple of int or None, str or None
        Year and words; both absent for a level, also where a table prints the level of the base year beside it.
    """
    return (None, None) if target.base_value is not None else (target.base_year, target.base)


@lru_cache(maxsize=4096)
def scope_parts(scope: str | None) -> frozenset[str]:
    """What a scope narrows, without what only says “all of it”.

    Parameters
    ----------
    scope : str or None
        Scope as read, its parts joined by ``；``.

    Returns
    -------
    frozenset of str
        Parts in normal form; empty for the whole.
    """
    parts = (normal(WHOLE.sub("", part)) for part in (scope or "").split("；"))
    return frozenset(part for part in parts if part)


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Name of an indicator as it is compared.

    Parameters
    ----------
    name : str
        Name in a text.

    Returns
    -------
    str
        Normal form without the endings that one author writes and another leaves out.
    """
    text = normal(name)
    return TAILS.sub("", text) or text


def _alike(one: Target, other: Target) -> bool:
    if one.indicator_id is not None and one.indicator_id == other.indicator_id:
        return True
    return bool(plain_name(one.indicator)) and plain_name(one.indicator) == plain_name(other.indicator)


def _candidates(left: Sequence[Target], right: Sequence[Target]) -> Iterator[tuple[int, int, tuple[Obstacle, ...]]]:
    by_id: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for j, target in enumerate(right):
        if target.indicator_id is not None:
            by_id.setdefault(target.indicator_id, []).append(j)
        by_name.setdefault(plain_name(target.indicator), []).append(j)
    for i, target in enumerate(left):
        named = by_name.get(plain_name(target.indicator), []) if plain_name(target.indicator) else []
        same = by_id.get(target.indicator_id, []) if target.indicator_id is not None else []
        yield from ((i, j, find_obstacles(target, right[j])) for j in dict.fromkeys((*same, *named)))


def _cost(
    left: Target, right: Target, found: tuple[Obstacle, ...], sizes: tuple[float | None, float | None]
) -> tuple[float, ...]:
    """Order in which pairs are formed; the same whichever plan comes first."""
    apart = abs((left.year or 0) - (right.year or 0))
    wording = (left.strength != right.strength) + (left.comparator != right.comparator)
    return ("year" in found, len(found), apart, _distance(*sizes), wording)


def _size(target: Target) -> float | None:
    """Figure in base units, so that its distance to another one is the same from both sides."""
    if target.value is None:
        return None
    return float(Fraction(target.value) * _scale(target.unit))


@lru_cache(maxsize=4096)
def _scale(text: str) -> Fraction:
    try:
        return unit(text).ratio
    except UnitError:
        return Fraction(1)


def _distance(one: float | None, other: float | None) -> float:
    """Relative distance of two figures; 1 where one of them is missing. [1]"""
    if one is None or other is None:
        return float(one is not other)
    largest = max(abs(one), abs(other))
    return abs(one - other) / largest if largest else 0.0


def _periods_differ(left: Target, right: Target) -> bool:
    """A closed period says the same as its last year, except where what counts is the sum over it."""
    if left.period == right.period:
        return False
    if left.period is not None and right.period is not None:
        return True
    one = left if left.period is not None else right
    return (one.period or "").endswith("..") or one.counting in ("new", "cumulative")
