"""Values of a network that solve but hardly mean what they say: each is told, none is changed.

Invariant: the network is solved exactly as it stands; a finding only says what that amounts to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.network.table import Network
from dafeng.energy.program import Floats

SHOWN = 3
"""Names that a finding tells; the others are counted."""


class _Odd(NamedTuple):
    kind: str
    attribute: str
    zh: str
    en: str


ZERO: tuple[_Odd, ...] = (
    _Odd("storage_unit", "efficiency_store", "充入的电量全部损失", "all that is stored is lost"),
    _Odd("link", "efficiency", "输入全部损失", "all that goes in is lost"),
    _Odd("line", "x", "阻抗为零，潮流不受基尔霍夫定律约束", "no impedance: Kirchhoff's law does not share its flow"),
    _Odd("transformer", "x", "阻抗为零，潮流不受基尔霍夫定律约束", "no impedance: Kirchhoff's law does not share its flow"),
)
"""Attributes at which zero is hardly meant, and what it amounts to."""


def list_odd(network: Network) -> tuple[Finding, ...]:
    """Findings about values that solve but are hardly meant.

    Parameters
    ----------
    network : Network
        A network.

    Returns
    -------
    tuple of Finding
        One for each attribute that has any: negative or all-zero weights of snapshots, efficiencies and impedances of zero.
    """
    return (*_weights(network), *_zeros(network))


def _weights(network: Network) -> Iterator[Finding]:
    clock = network.clock
    weights: dict[str, Floats] = {"objective": clock.objective, "stores": clock.stores, "generators": clock.generators}
    for name, values in weights.items():
        at = f"snapshots.{name}"
        if np.any(values < 0):
            yield _finding(
                at,
                Label(
                    f"{int(np.sum(values < 0))} 个时段的 {name} 权重为负：这些时段的费用或电量倒计",
                    f"the weight '{name}' of {int(np.sum(values < 0))} steps is negative: it counts backwards",
                ),
            )
        elif not np.any(values):
            yield _finding(
                at,
                Label(f"所有时段的 {name} 权重为零：不计入", f"the weight '{name}' of all steps is zero: nothing of it counts"),
            )


def _zeros(network: Network) -> Iterator[Finding]:
    for odd in ZERO:
        table = network.table(odd.kind)
        if not len(table):
            continue
        names = [table.names[one] for one in np.flatnonzero((table.number(odd.attribute) == 0) & table.flag("active"))]
        if names:
            told = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
            yield _finding(
                f"{odd.kind}.{names[0]}.{odd.attribute}",
                Label(
                    f"{len(names)} 个 {odd.kind} 的 {odd.attribute} 为零（{told}）：{odd.zh}",
                    f"{odd.attribute} of {len(names)} of {odd.kind} is zero ({told}): {odd.en}",
                ),
            )


def _finding(at: str, says: Label) -> Finding:
    remedy = Label("若非有意，改正该值", "correct the value unless it is meant")
    return Finding(rule="energy.network.odd", at=at, severity="warning", says=says, remedy=remedy)
