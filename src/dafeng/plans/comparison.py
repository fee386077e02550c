"""Which side of a figure is meant, and whether it is a rise or a fall.

Invariant: a word behind the figure outweighs one before it, and that one outweighs the verb.
"""

from __future__ import annotations

from typing import cast

from dafeng.plans.grammar import Amount, Figure
from dafeng.plans.lexicon import lexicon
from dafeng.plans.statements import Comparator, Direction


def compare(amount: Amount, figure: Figure) -> Comparator:
    """Comparator of an amount.

    Parameters
    ----------
    amount : Amount
        Value with the words around it.
    figure : Figure
        What it stands in.

    Returns
    -------
    Comparator
        ``>=`` where nothing else is said.
    """
    words = lexicon()
    for role, pieces in (("qualifier", amount.qualifiers), ("bound", amount.bounds)):
        for piece in pieces:
            found = words.sort(role, piece.text)
            if found is not None:
                return cast(Comparator, found)
    verb = words.sort("reach", figure.verb.text) if figure.verb is not None else None
    return "<=" if verb in ("lower", "hold") else ">="


def names_thing(figure: Figure) -> bool:
    """Whether the verb of change is part of a name: 公共建筑能效提升 880 万平方米.

    Parameters
    ----------
    figure : Figure
        What was said.

    Returns
    -------
    bool
        True for a change by an area, which no rate or level can have.
    """
    quantity = figure.amounts[0].value.quantity if figure.amounts else None
    areas = lexicon().words["area_units"]
    return figure.form == "change" and quantity is not None and quantity.unit.lstrip("十百千万亿") in areas


def direct(figure: Figure) -> Direction | None:
    """Direction of a change.

    Parameters
    ----------
    figure : Figure
        What was said.

    Returns
    -------
    {"increase", "decrease"} or None
        From the verb.
    """
    if figure.verb is None:
        return None
    words, text = lexicon(), figure.verb.text.removesuffix("幅度").removesuffix("了")
    if figure.form == "change" and not names_thing(figure):
        return cast("Direction | None", words.sort("change", text))
    kind = words.sort("reach", text)
    return "increase" if kind == "raise" else "decrease" if kind == "lower" else None
