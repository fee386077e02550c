"""What a reconciliation says in words: names of the ways of counting, sentences of clashes, amounts and prices.

Invariant: every sentence is formed from rows and numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dafeng.core.display import display
from dafeng.core.labels import Label
from dafeng.work.order_rows import POINT, SHARED, SIZED
from dafeng.work.target_rows import UNIT
from dafeng.work.target_table import Way
from dafeng.work.wording import say

POINTS = "百分点"
"""Unit of differences between shares."""
MILLION = 1e8
"""Yuan in the unit of yearly costs (亿元)."""
KILOWATTS = 1e4
"""Kilowatts in the unit of capacities (万千瓦)."""
EVERY, SOME = Label("任何口径", "every counting rule"), Label("某些口径", "some counting rules")
"""By how many ways of counting something was found, where no rule names them."""


@dataclass(frozen=True, slots=True)
class WayNames:
    """Names of the ways of counting.

    Parameters
    ----------
    identities, views : mapping
        ``data/consistency/power.yaml`` and ``views.yaml``.
    about : float
        Width of “about” for shares. [1]
    """

    identities: Mapping[str, Any]
    views: Mapping[str, Any]
    about: float

    def counting(self, way: Way) -> Label:
        """Which capacities are summed.

        Parameters
        ----------
        way : Way
            A way of counting.

        Returns
        -------
        Label
            In words.
        """
        return Label(**next(one["label"] for one in self.identities["countings"] if one["id"] == way.counting))

    def rule(self, way: Way) -> Label:
        """How non-fossil energy is counted.

        Parameters
        ----------
        way : Way
            A way of counting.

        Returns
        -------
        Label
            In words.
        """
        return Label(**next(one["label"] for one in self.views["rules"] if one["id"] == way.rule))

    def label(self, way: Way) -> Label:
        """All of it.

        Parameters
        ----------
        way : Way
            A way of counting.

        Returns
        -------
        Label
            In words.
        """
        counting, rule, about = self.counting(way), self.rule(way), self._about(way)
        return Label(f"{counting.zh}，{rule.zh}，{about.zh}", f"{counting.en}, {rule.en}, {about.en}")

    def head(self, way: Way, year: int) -> Label:
        """Beginning of a sentence about one year.

        Parameters
        ----------
        way : Way
            A way of counting.
        year : int
            The year.

        Returns
        -------
        Label
            With a colon at its end.
        """
        said = self.label(way)
        return Label(f"{year}年，{said.zh}：", f"{year}, {said.en}: ")

    def part(self, found: Iterable[Way], tested: Iterable[Way]) -> Label:
        """Which counting rules something was found by, among those with the same readings of “about”.

        Parameters
        ----------
        found, tested : iterable of Way
            Ways of counting by which it was found, and all there are.

        Returns
        -------
        Label
            The rules by name where they alone tell the ways apart, else whether it is all or some.
        """
        known = set(found)
        alike = {way for way in tested if way.reading in {one.reading for one in known}}
        if known >= alike:
            return EVERY
        rules, countings = {way.rule for way in known}, {way.counting for way in known}
        if known != {way for way in alike if way.rule in rules and way.counting in countings}:
            return SOME
        lists = ((self.identities["countings"], countings), (self.views["rules"], rules))
        named = [
            [Label(**one["label"]) for one in listed if one["id"] in part] for listed, part in lists if len(part) < len(listed)
        ]
        zh = "，".join("或".join(label.zh for label in part) for part in named)
        return Label(zh, ", ".join(" or ".join(label.en for label in part) for part in named))

    def _about(self, way: Way) -> Label:
        width = f"{self.about * 100:g}"
        zh, en = f"{width} 个百分点", f"{width} percentage point{'' if width == '1' else 's'}"
        if way.reading == "band":
            return Label(f"“左右”按±{zh}理解", f"'about' read as ±{en}")
        return Label(f"“左右”按不低于−{zh}理解", f"'about' read as at least −{en}")


def explain_clash(
    head: Label, members: Sequence[Label], slack: float, unit: str, gives: Label, *, beyond: bool = False
) -> Label:
    """The sentence of a clash.

    Parameters
    ----------
    head : Label
        Year and way of counting.
    members : sequence of Label
        What cannot hold together.
    slack : float
        Least amount by which one must give way. [unit]
    unit : str
        Its unit.
    gives : Label
        Which one that is.
    beyond : bool
        Whether a lone member is exceeded rather than missed: the upper side of “about”.

    Returns
    -------
    Label
        In words.
    """
    zh = "；".join(dict.fromkeys(one.zh for one in members))
    en = "; ".join(dict.fromkeys(one.en for one in members))
    short = amount(slack, unit)
    if len(members) == 1 and beyond:
        return Label(
            f"{head.zh}{zh}。按已知数据必然超过“左右”的上限，超出 {short.zh}。",
            f"{head.en}{en}. What is known exceeds the upper side of 'about' by {short.en}, whatever is done.",
        )
    if len(members) == 1:
        return Label(
            f"{head.zh}{zh}。无论采取哪些已知措施都达不到，差 {short.zh}。",
            f"{head.en}{en}. No known measure reaches it; it falls short by {short.en}.",
        )
    return Label(
        f"{head.zh}{zh}。以上不能同时成立；至少须放宽 {short.zh}（{gives.zh}）。",
        f"{head.en}{en}. These cannot hold together; at least {short.en} must give way ({gives.en}).",
    )


def amount(value: float, unit: str) -> Label:
    """An amount by which something gives way.

    Parameters
    ----------
    value : float
        The amount. [unit]
    unit : str
        Its unit; shares are told in percentage points.

    Returns
    -------
    Label
        In words.
    """
    if unit == "1":
        return Label(f"{value * 100:.2f} 个百分点", f"{value * 100:.2f} percentage points")
    return Label(say(value, unit, "zh"), say(value, unit, "en"))


def price_unit(unit: str) -> tuple[str, float]:
    """Unit in which a price is told.

    Parameters
    ----------
    unit : str
        Unit of the target.

    Returns
    -------
    str
        Unit of the price.
    float
        From yuan a year per unit of the target to it.
    """
    if unit == "1":
        return SHARED, POINT / MILLION
    return (SIZED, 1 / KILOWATTS) if unit == UNIT else (f"万元/{unit}", 1e-4)


def tell_price(value: float, unit: str) -> Label:
    """A price in words.

    Parameters
    ----------
    value : float
        Yearly cost of one unit more. [CNY/a per unit of the target]
    unit : str
        Unit of the target.

    Returns
    -------
    Label
        In words.
    """
    _, factor = price_unit(unit)
    told = value * factor
    if abs(told) < 1e-6:
        return Label("不另花钱", "no extra cost")
    if unit == "1":
        return Label(
            f"每再提高1个百分点，每年多花 {told:,.3g} 亿元",
            f"one percentage point more costs {told * 100:,.3g} million yuan a year",
        )
    if unit == UNIT:
        return Label(f"每多1千瓦，每年多花 {told:,.1f} 元", f"one more kW costs {told:,.1f} yuan a year")
    one = display(1.0, unit, "en")
    each = value / float(one.value)
    return Label(f"每多1{unit}，每年多花 {told:,.4g} 万元", f"one more {one.text} costs {each:,.0f} yuan a year")
