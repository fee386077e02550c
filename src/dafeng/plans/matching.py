"""What a target asks the catalogue of indicators: its name, unit, counting, and whether its figure is a change.

Invariant: a change against a base year, in percentage points or per year is never taken for a level of the same name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.core.places import place as find_place
from dafeng.plans.plan import Counting, Target

Change = Literal["increase", "decrease", "yearly"]
POINTS = "百分点"
YEARLY = ("年均", "年平均", "平均每年")
LAST_YEAR = ("上年", "上一年", "前一年", "同期")


class Named(Protocol):
    """An indicator as far as a plan needs it."""

    @property
    def id(self) -> str:
        """Id in the catalogue."""

    @property
    def label(self) -> Label:
        """Name in both languages."""


class Matched(Protocol):
    """A name that was recognised."""

    @property
    def indicator(self) -> Named:
        """The indicator."""


class Near(Protocol):
    """An indicator that was not taken."""

    @property
    def indicator(self) -> Named:
        """The indicator."""

    @property
    def reason(self) -> Label:
        """Why it was not taken."""

    @property
    def fitting(self) -> bool:
        """Whether only the name is missing from its synonyms."""


class Matcher(Protocol):
    """A catalogue of indicators, as ``library.indicators.Catalogue`` is one."""

    def match(self, name: str, unit: str, *, counting: Counting | None = None, change: Change | None = None) -> Matched | None:
        """Indicator that a name speaks of.

        Parameters
        ----------
        name : str
            Name in the text.
        unit : str
            Unit of the figure.
        counting : Counting, optional
            What a capacity counts.
        change : Change, optional
            Whether the figure is a change.

        Returns
        -------
        Matched or None
            ``None`` where none, or more than one, answers.
        """

    def candidates(
        self, name: str, unit: str, *, counting: Counting | None = None, change: Change | None = None, most: int = 3
    ) -> Sequence[Near]:
        """Indicators that come near a name that none answers to.

        Parameters
        ----------
        name : str
            Name in the text.
        unit : str
            Unit of the figure.
        counting : Counting, optional
            What a capacity counts.
        change : Change, optional
            Whether the figure is a change.
        most : int
            How many at most.

        Returns
        -------
        sequence of Near
            The nearest first.
        """


def match_target(target: Target, catalogue: Matcher, *, place: str | None = None) -> Matched | None:
    """Indicator that a target speaks of.

    Parameters
    ----------
    target : Target
        The target.
    catalogue : Matcher
        All indicators.
    place : str, optional
        Administrative code of the plan's place, whose own name before an indicator says nothing new.

    Returns
    -------
    Matched or None
        ``None`` where none, or more than one, answers.
    """
    name = own_name(target, place)
    return catalogue.match(name, target.unit or "1", counting=target.counting, change=find_change(target))


def near_target(target: Target, catalogue: Matcher, *, place: str | None = None) -> Sequence[Near]:
    """Indicators that come near a target that none answers to.

    Parameters
    ----------
    target : Target
        The target.
    catalogue : Matcher
        All indicators.
    place : str, optional
        Administrative code of the plan's place.

    Returns
    -------
    sequence of Near
        The nearest first.
    """
    name = own_name(target, place)
    return catalogue.candidates(name, target.unit or "1", counting=target.counting, change=find_change(target))


def own_name(target: Target, place: str | None) -> str:
    """Name of a target's indicator without the name of the plan's own place.

    Parameters
    ----------
    target : Target
        The target.
    place : str or None
        Administrative code.

    Returns
    -------
    str
        The name; unchanged where the place is unknown.
    """
    try:
        known = find_place(place or "").label.zh
    except LookupFailure:
        return target.indicator
    short = target.indicator.removeprefix(known)
    return short if len(short) > 1 else target.indicator


def find_change(target: Target) -> Change | None:
    """Whether a target's figure is a change and no level.

    Parameters
    ----------
    target : Target
        The target.

    Returns
    -------
    Change or None
        ``None`` for a level: 提高到…, 降至…
    """
    if any(word in (target.scope or "") for word in YEARLY) or any(word in (target.base or "") for word in LAST_YEAR):
        return "yearly"
    if target.base_value is not None:
        return None
    points, based = target.unit.endswith(POINTS), target.base_year is not None or target.base is not None
    if target.direction is None:
        return "increase" if points else None
    if points or based:
        return target.direction
    share = target.unit in ("%", "‰")
    falls = target.comparator in (">=", ">") or (target.comparator == "~" and share)  # 降至 is “<=”, 下降 is “>=”
    return "decrease" if target.direction == "decrease" and falls else None
