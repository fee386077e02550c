"""Which figure belongs to which name and which year (分别, 均, lists of years).

Invariant: every amount is paired; a list that does not come out even is paired with a remark, never guessed silently.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dafeng.plans.clause import Clause
from dafeng.plans.grammar import Amount
from dafeng.plans.naming import Name, count_heads, has_measure, split_heads
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


def distribute(amounts: Sequence[Amount], name: Name, years: Sequence[Time], clause: Clause) -> list[Pairing]:
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

    Returns
    -------
    list of Pairing
        At least one per amount.
    """
    if len(amounts) == 1:
        return _spread(amounts[0], name, years, clause)
    unsaid = () if clause.each else ("unsaid_distribution",)
    if len(years) == len(amounts):
        return [Pairing(amount, name, year, unsaid) for amount, year in zip(amounts, years, strict=True)]
    year = years[0] if years else None
    heads = split_heads(name.text, len(amounts)) if len(years) < 2 else None
    if heads is None:
        return [Pairing(amount, name, year, ("uneven_distribution",)) for amount in amounts]
    named = (Name(head, name.scope, name.counting) for head in heads)
    return [Pairing(amount, own, year, unsaid) for amount, own in zip(amounts, named, strict=True)]


def _each_a_rate(amount: Amount, name: Name) -> bool:
    """畜禽粪污利用率、农膜回收率达到80%: one share cannot be said of two rates together."""
    return amount.value.quantity_kind == "share" and all(part.endswith(RATES) for part in re.split("[、和与及]", name.text))


def _spread(amount: Amount, name: Name, years: Sequence[Time], clause: Clause) -> list[Pairing]:
    names = [name]
    if (count := count_heads(name.text)) > 1 and (clause.both or clause.each or _each_a_rate(amount, name)):
        heads = split_heads(name.text, count)
        if heads is not None and all(has_measure(head) for head in heads):
            names = [Name(head, name.scope, name.counting) for head in heads]
    return [Pairing(amount, own, year, ()) for own in names for year in (years or (None,))]
