"""Whether a plan asks for more or for less than another one, target by target.

Invariant: a judgement is made only of figures that mean the same; whatever is judged stricter is judged looser when the
two plans change places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from dafeng.core.errors import UnitError
from dafeng.core.numbers import to_decimal
from dafeng.core.units import unit
from dafeng.library.indicators import Catalogue, Indicator
from dafeng.plans.alignment import Obstacle, Pair, align, base_of, plain_name, series, unit_ratio
from dafeng.plans.plan import Goal, Plan, Target

Standing = Literal["stricter", "looser", "equal", "not_comparable", "missing", "added", "delegated"]
"""How the first plan stands to the second: its figure asks for more, for less, for the same; the two cannot be compared; it
has no figure where the second has one (``missing``), or one where the second has none (``added``); one of them leaves the
figure to the level above (``delegated``)."""
STANDINGS: tuple[Standing, ...] = get_args(Standing)
Relation = Literal["version", "level", "peer"]
"""``version`` two texts of one plan, ``level`` a plan and one from above or below, ``peer`` plans of two places."""
Aspect = Literal["comparator", "strength", "nature", "name", "clause", "organisations", "title", "number", "roles", "year"]
UPWARD, DOWNWARD = (">=", ">"), ("<=", "<")
TIMES = ("time", "calendar")
SHORTEST = 6
"""Fewest characters of a cut name that still tell which indicator is meant."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something said differently that is no figure.

    Parameters
    ----------
    aspect : Aspect
        What differs.
    left, right : str
        As the first and the second plan have it; empty where it says nothing.
    """

    aspect: Aspect
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """One target of a plan beside that of another one.

    Parameters
    ----------
    left, right : Target or None
        Target of the first and of the second plan.
    goal : Goal or None
        Goal that leaves the figure to the level above, or names the indicator without a figure.
    indicator : Indicator or None
        Indicator of the catalogue.
    standing : Standing
        How the first plan stands to the second.
    obstacles : tuple of Obstacle
        Why the two cannot be compared.
    differences : tuple of Difference
        What else is said differently.
    converted : Decimal or None
        Figure of the second plan in the unit of the first. [unit of `left`]
    gap : Decimal or None
        First figure less the second, where the two were judged. [unit of `left`]
    share : Decimal or None
        First figure as a share of the second, for quantities that add up over places. [1]
    line_year : int or None
        Year in which a straight line was compared, where the two are due in different years.
    """

    left: Target | None
    right: Target | None
    goal: Goal | None
    indicator: Indicator | None
    standing: Standing
    obstacles: tuple[Obstacle, ...] = ()
    differences: tuple[Difference, ...] = ()
    converted: Decimal | None = None
    gap: Decimal | None = None
    share: Decimal | None = None
    line_year: int | None = None


def contrast(
    left: Plan, right: Plan, catalogue: Catalogue, *, relation: Relation, straight: bool = False
) -> tuple[Contrast, ...]:
    """Judge the targets of a plan against those of another one.

    Parameters
    ----------
    left : Plan
        The plan that is judged.
    right : Plan
        The plan it is judged against.
    catalogue : Catalogue
        Indicators; they tell which side is better and what adds up over places.
    relation : {"version", "level", "peer"}
        How the plans belong together.
    straight : bool
        Whether figures due in different years are compared along the straight line between two figures of one plan.

    Returns
    -------
    tuple of Contrast
        One for each target of the first plan, then those that only the second has, in the order of the documents.
    """
    pairs = [one for pair in align(left.targets, right.targets) for one in _split(pair, left, right, catalogue)]
    singles_last = sorted(pairs, key=lambda pair: pair.left is None)
    return tuple(_contrast(pair, left, right, catalogue, relation, straight=straight) for pair in singles_last)


def is_extensive(target: Target, indicator: Indicator | None) -> bool:
    """Whether figures of places add up, so that those of a city and of its province cannot be compared.

    Parameters
    ----------
    target : Target
        The target.
    indicator : Indicator or None
        Its indicator; without one the unit tells.

    Returns
    -------
    bool
        True for capacities, flows and numbers; False for shares, intensities and changes against a base.
    """
    if _is_change(target) and target.unit in ("%", "个百分点"):
        return False
    if indicator is not None:
        return indicator.kind in ("stock", "flow", "count")
    return not _is_intensive_unit(target.unit)


def _split(pair: Pair, left: Plan, right: Plan, catalogue: Catalogue) -> Iterator[Pair]:
    """A pair due in two years is no pair where one of the plans leaves the other one's year to the level above."""
    indicator = _indicator(pair, catalogue)
    apart = pair.left is not None and pair.right is not None and "year" in pair.obstacles
    if apart and (_delegated(left.goals, pair.right, indicator) or _delegated(right.goals, pair.left, indicator)):
        yield from (Pair(pair.left, None), Pair(None, pair.right))
    else:
        yield pair


def _contrast(pair: Pair, left: Plan, right: Plan, catalogue: Catalogue, relation: Relation, *, straight: bool) -> Contrast:
    indicator = _indicator(pair, catalogue)
    if pair.left is None:
        return _single(pair, left.goals, "missing", indicator)
    if pair.right is None:
        return _single(pair, right.goals, "added", indicator)
    extensive = relation != "version" and is_extensive(pair.left, indicator)
    obstacles: tuple[Obstacle, ...] = (*pair.obstacles, "extensive") if extensive else pair.obstacles
    crossed = _cross(pair.left, pair.right, left, right) if straight and obstacles == ("year",) else None
    figures = crossed or _Figures(None, _bounds(pair.left), _bounds(pair.right, pair.left.unit))
    if obstacles and crossed is None:
        return _apart(pair.left, pair.right, figures, obstacles, indicator)
    return _judged(pair.left, pair.right, figures, indicator)


def _indicator(pair: Pair, catalogue: Catalogue) -> Indicator | None:
    ids = [target.indicator_id for target in (pair.left, pair.right) if target is not None and target.indicator_id is not None]
    return next((catalogue.indicators[name] for name in ids if name in catalogue.indicators), None)


def _single(pair: Pair, goals: Iterable[Goal], standing: Standing, indicator: Indicator | None) -> Contrast:
    target = pair.left or pair.right
    handed = _delegated(goals, target, indicator)
    named = next((goal for goal in goals if target is not None and _speaks_of(goal, target, indicator)), None)
    return Contrast(pair.left, pair.right, handed or named, indicator, "delegated" if handed is not None else standing)


Bounds = tuple[Fraction, Fraction]
"""Lower and upper end of a figure; twice the same where it is no range."""


@dataclass(frozen=True, slots=True)
class _Figures:
    """Two figures in the unit of the first; ``year`` where one of them lies on a straight line."""

    year: int | None
    left: Bounds | None
    right: Bounds | None


def _apart(
    left: Target, right: Target, figures: _Figures, obstacles: tuple[Obstacle, ...], indicator: Indicator | None
) -> Contrast:
    one, other = figures.left, figures.right
    shared = obstacles == ("extensive",) and one is not None and other is not None and other[0] != 0
    return Contrast(
        left,
        right,
        None,
        indicator,
        "not_comparable",
        obstacles,
        tuple(_differences(left, right)),
        converted=to_decimal(other[0]) if other is not None else None,
        share=to_decimal(one[0] / other[0]) if shared and one is not None and other is not None else None,
    )


def _judged(left: Target, right: Target, figures: _Figures, indicator: Indicator | None) -> Contrast:
    one, other = figures.left, figures.right
    larger = _larger_is_stricter(left, right, indicator)
    standing, obstacle = _order(one, other, larger, opposed=_opposed(left, right))
    known = one is not None and other is not None and obstacle is None
    return Contrast(
        left,
        right,
        None,
        indicator,
        standing,
        () if obstacle is None else (obstacle,),
        tuple(_differences(left, right)),
        converted=to_decimal(other[0]) if other is not None else None,
        gap=to_decimal(one[0] - other[0]) if known and one is not None and other is not None else None,
        line_year=figures.year,
    )


def _bounds(target: Target, wanted: str | None = None) -> Bounds | None:
    """A figure in a unit; ``None`` where there is no figure or the unit does not fit."""
    factor = Fraction(1) if wanted is None else unit_ratio(target.unit, wanted)
    if target.value is None or factor is None:
        return None
    low = Fraction(target.value) * factor
    return low, low if target.upper is None else Fraction(target.upper) * factor


def _order(one: Bounds | None, other: Bounds | None, larger: bool | None, *, opposed: bool) -> tuple[Standing, Obstacle | None]:
    if one == other and not (opposed and larger is None):
        return "equal", None
    if larger is None or one is None or other is None:
        return "not_comparable", "side"
    if one[0] >= other[0] and one[1] >= other[1]:
        return ("stricter" if larger else "looser"), None
    if one[0] <= other[0] and one[1] <= other[1]:
        return ("looser" if larger else "stricter"), None
    return "not_comparable", "range"


def _opposed(left: Target, right: Target) -> bool:
    """One a floor, the other a ceiling."""
    sides = {left.comparator, right.comparator}
    return bool(sides & set(UPWARD)) and bool(sides & set(DOWNWARD))


def _larger_is_stricter(left: Target, right: Target, indicator: Indicator | None) -> bool | None:
    sides = {left.comparator, right.comparator}
    capped = bool(sides & set(DOWNWARD))
    if _is_change(left):
        return None if _opposed(left, right) else not capped
    if indicator is not None and indicator.direction != "none":
        # “达到” alone is read as a floor, so that a floor says nothing against an indicator that is to fall; a ceiling does
        return False if indicator.direction == "decrease" else None if capped else True
    if _opposed(left, right):
        return None
    if capped or sides & set(UPWARD):
        return not capped
    falls = {left.direction, right.direction} - {None}
    return None if not falls else falls == {"increase"}


def _is_change(target: Target) -> bool:
    return base_of(target) != (None, None)


def _is_intensive_unit(text: str) -> bool:
    if not text:
        return True
    try:
        dimensions = unit(text).dimensions
    except UnitError:
        return False
    if all(name in TIMES for name, _ in dimensions):
        return True
    return any(power < 0 and name not in TIMES for name, power in dimensions)


def _cross(left: Target, right: Target, one: Plan, other: Plan) -> _Figures | None:
    """Both plans in one year: the figure of one, and the straight line between two figures of the other."""
    if left.year is None or right.year is None:
        return None
    for year in sorted((left.year, right.year)):
        figures = _Figures(year, _at(one.targets, left, year, left.unit), _at(other.targets, right, year, left.unit))
        if figures.left is not None and figures.right is not None:
            return figures
    return None


def _at(targets: Sequence[Target], target: Target, year: int, wanted: str) -> Bounds | None:
    if target.year == year:
        return _bounds(target, wanted)
    points = {one.year: _bounds(one, wanted) for one in series(targets, target) if one.year is not None}
    factor = unit_ratio(target.unit, wanted)
    if target.base_value is not None and target.base_year is not None and factor is not None:
        start = Fraction(target.base_value) * factor
        points.setdefault(target.base_year, (start, start))
    before = max((known for known in points if known <= year), default=None)
    after = min((known for known in points if known >= year), default=None)
    if before is None or after is None:
        return None
    first, last = points[before], points[after]
    if first is None or last is None:
        return None
    part = Fraction(year - before, after - before) if after > before else Fraction(0)
    return first[0] + (last[0] - first[0]) * part, first[1] + (last[1] - first[1]) * part


def _differences(left: Target, right: Target) -> Iterable[Difference]:
    if left.comparator != right.comparator:
        yield Difference("comparator", left.comparator, right.comparator)
    if left.strength != right.strength:
        yield Difference("strength", left.strength or "", right.strength or "")
    if left.nature != right.nature:
        yield Difference("nature", left.nature or "", right.nature or "")
    if plain_name(left.indicator) != plain_name(right.indicator):
        yield Difference("name", left.indicator, right.indicator)


def _delegated(goals: Iterable[Goal], target: Target | None, indicator: Indicator | None) -> Goal | None:
    """Goal that leaves the figure of a target to the level above."""
    handed = (goal for goal in goals if goal.kind == "delegated")
    return next((goal for goal in handed if target is not None and _speaks_of(goal, target, indicator)), None)


def _speaks_of(goal: Goal, target: Target, indicator: Indicator | None) -> bool:
    if goal.year is not None and target.year is not None and goal.year != target.year:
        return False
    said = plain_name(goal.text.rstrip("…"))
    listed = (indicator.label.zh, *indicator.synonyms) if indicator is not None else ()
    names = {plain_name(name) for name in (target.indicator, *listed)}
    return any(len(name) >= 3 and (name in said or (len(said) >= SHORTEST and name.startswith(said))) for name in names if name)
