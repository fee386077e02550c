"""What can be wrong with the names beside a delivered figure, said in both languages.

Invariant: one function per rule; a name that is not known is told at its own cell, with names that are like it.
"""

from __future__ import annotations

from collections.abc import Sequence

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.delivery import remark


def carrier(at: str, text: str, near: Sequence[Label]) -> Finding:
    """A carrier or product nobody defined.

    Parameters
    ----------
    at : str
        Place of the name.
    text : str
        As delivered.
    near : sequence of Label
        Names it may have meant.

    Returns
    -------
    Finding
        Rule ``figure.carrier``.
    """
    said = (f"不认识品种“{text}”", f"the carrier or product '{text}' is unknown")
    remedy = ("改用因子库中的名称", "use a name of the factor library")
    if near:
        remedy = (
            f"是否为：{'、'.join(label.zh for label in near)}",
            f"perhaps one of: {', '.join(label.en for label in near)}",
        )
    return remark("figure.carrier", at, "error", *said, remedy=remedy)


def flow(at: str, text: str) -> Finding:
    """A flow that no balance has, or that stands in two sections.

    Parameters
    ----------
    at : str
        Place of the name.
    text : str
        As delivered.

    Returns
    -------
    Finding
        Rule ``figure.flow``.
    """
    said = (f"流向“{text}”不是平衡表的一行，按原文保留", f"the flow '{text}' is no one row of a balance; it is kept as printed")
    remedy = (
        "需要按平衡表核算时写行名或代码，如 final.industry",
        "give a row of the balance such as final.industry where it matters",
    )
    return remark("figure.flow", at, "info", *said, remedy=remedy)
