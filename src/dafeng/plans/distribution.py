"""Which figure belongs to which name and which year (分别, 均, lists of years).

Invariant: every amount is paired; a list that does not come out even is paired with a remark, never guessed silently.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dafeng.plans.clause import Clause
from dafeng.plans.grammar import Amount
from dafeng.plans.heads import count_heads, split_heads
from dafeng.plans.naming import Name, has_measure
from dafeng.plans.pieces import Time

RATES = ("率", "占比", "比重", "比例", "下降率")


@dataclass(frozen=True, slots=True)
class Pairing:
    """One amount with its name and year.

    Parameters
    ----------
    amount : Amount or None
        The amount; ``None`` for “all”.
    name : Name
        Name of the indicator.
    time : Time or None
        Year or period.
    remarks : tuple of str
        Keys of certainty rules.
    """

    amount: Amount | None
    name: Name
    time: Time | None
    remarks: tuple[str, ...]


def distribute(
    amounts: Sequence[Amount], name: Name, years: Sequence[Time], clause: Clause, *, heads: tuple[str, ...] = ()
) -> list[Pairing]:
    """Pair amounts, names and years.

    Parameters
    ----------
    amounts : sequence of Amount
        At least one.
    name : Name
        Name, possibly a list of names.
    years : sequence of Time
        Years in force; may be empty.
    clause : Clause
        Tells whether 分别 or 均 stands there.
    heads : tuple of str
        Names of the amounts, where they are known from before.

    Returns
    -------
    list of Pairing
        At least one per amount.
    """
    if len(amounts) == 1:
        return _spread(amounts[0], name, years, clause)
    unsaid = () if clause.each else ("unsaid_distribution",)
    if len(years) == 1 and clause.each:
        years = _each_year(years[0], len(amounts)) or years
    if len(years) == len(amounts):
        return [Pairing(amount, name, year, unsaid) for amount, year in zip(amounts, years, strict=True)]
    year = years[0] if years else None
    if len(heads) != len(amounts):
        heads = (split_heads(name.text, len(amounts)) if len(years) < 2 else None) or ()
    if not heads and len({amount.value.quantity.unit for amount in amounts if amount.value.quantity}) == len(amounts):
        return [Pairing(amount, name, year, ("unsaid_distribution",)) for amount in amounts]  # 改造小区24个、2160户
    if not heads:
        return [Pairing(amount, name, year, ("uneven_distribution",)) for amount in amounts]
    named = (Name(head, name.scope, name.counting) for head in heads)
    return [Pairing(amount, own, year, unsaid) for amount, own in zip(amounts, named, strict=True)]


def _each_a_rate(amount: Amount, name: Name) -> bool:
    """畜禽粪污利用率、农膜回收率达到80%: one share cannot be said of two rates together."""
    return amount.value.quantity_kind == "share" and all(part.endswith(RATES) for part in re.split("[、和与及]", name.text))


def _each_year(period: Time, count: int) -> list[Time]:
    """2026—2028年分别改造20公里、25公里、30公里: one amount for each year of the period."""
    if period.first is None or period.year - period.first + 1 != count:
        return []
    return [Time(year, "until") for year in range(period.first, period.year + 1)]


def _spread(amount: Amount, name: Name, years: Sequence[Time], clause: Clause) -> list[Pairing]:
    if clause.each and len(years) > 1 and count_heads(name.text) == 1:
        return [Pairing(amount, name, years[0], ("unsaid_distribution",))]  # 分别比2020年下降14%和比2025年下降12%
    names = [name]
    if (count := count_heads(name.text)) > 1 and (clause.both or clause.each or _each_a_rate(amount, name)):
        heads = split_heads(name.text, count)
        if heads is not None and all(has_measure(head) for head in heads):
            names = [Name(head, name.scope, name.counting) for head in heads]
    return [Pairing(amount, own, year, ()) for own in names for year in (years or (None,))]
