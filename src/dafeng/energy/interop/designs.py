"""Decided capacities in a file of another tool: written beside the inputs, and read back for their operation.

Invariant: what the file states as input is never changed; a decided capacity stands under PyPSA's own name for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.interop.exchange import Exchange, with_sheets
from dafeng.energy.interop.frames import LISTS, Sheet
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.program import Floats

SHOWN = 3
"""Names that a finding tells; the others are counted."""


def with_design(exchange: Exchange, network: Network, sizes: Mapping[str, Floats], cost: float) -> Exchange:
    """Content of a file with decided capacities beside the inputs.

    Parameters
    ----------
    exchange : Exchange
        Content that the network was read from.
    network : Network
        The network.
    sizes : mapping of str to (n,) array
        Capacities by kind, in the order of the network. [MW or MWh]
    cost : float
        Objective as PyPSA states it. [yuan]

    Returns
    -------
    Exchange
        A copy with ``p_nom_opt`` and the like.
    """
    found = {}
    for kind, component in LISTS.items():
        if component in sizes and kind in exchange.sheets:
            known = dict(zip(network.table(component).names, sizes[component], strict=True))
            own = exchange.sheets[kind].names
            found[kind] = Sheet(own, {f"{CAPACITY[component]}_nom_opt": np.array([known[name] for name in own])})
    return with_sheets(exchange, found, {"_objective": cost})


def stated_design(exchange: Exchange, network: Network) -> dict[str, Floats]:
    """Capacities that a file states as decided.

    Parameters
    ----------
    exchange : Exchange
        Content of a file.
    network : Network
        The network that was read from it.

    Returns
    -------
    dict of str to (n,) array
        By kind, as decided where extendable and given elsewhere; empty where the file states none. [MW or MWh]
    """
    found = {}
    for kind, component in LISTS.items():
        letter = CAPACITY.get(component, "")
        decided = exchange.sheets[kind].columns.get(f"{letter}_nom_opt") if letter and kind in exchange.sheets else None
        if decided is not None and np.any(np.nan_to_num(np.asarray(decided, dtype=np.float64))):
            known = dict(zip(exchange.sheets[kind].names, np.asarray(decided, dtype=np.float64), strict=True))
            table = network.table(component)
            given, may = table.number(f"{letter}_nom"), table.flag(f"{letter}_nom_extendable")
            own = np.array([known.get(name, np.nan) for name in table.names])
            found[component] = np.where(may & np.isfinite(own), own, given)
    return found


def list_empty(network: Network, sizes: Mapping[str, Floats]) -> tuple[Finding, ...]:
    """Findings about components that may be extended and are operated without any capacity.

    Parameters
    ----------
    network : Network
        A network whose given capacities are operated.
    sizes : mapping of str to (n,) array
        Capacities that are taken instead of those that stand, by kind. [MW or MWh]

    Returns
    -------
    tuple of Finding
        One for each kind that has any.
    """
    found = []
    for kind, letter in CAPACITY.items():
        table = network.table(kind)
        if len(table):
            size = sizes.get(kind, table.number(f"{letter}_nom"))
            empty = np.flatnonzero(table.flag(f"{letter}_nom_extendable") & table.flag("active") & (size == 0))
            if len(empty):
                found.append(_empty(kind, letter, [table.names[one] for one in empty]))
    return tuple(found)


def _empty(kind: str, letter: str, names: Sequence[str]) -> Finding:
    told = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    return Finding(
        rule="energy.network.empty",
        at=f"{kind}.{names[0]}.{letter}_nom",
        severity="warning",
        says=Label(
            f"{kind} 有 {len(names)} 个可扩建而容量为零（{told}），给定容量的运行中不出力",
            f"{len(names)} of {kind} may be extended but stand at zero ({told}): nothing of them is operated",
        ),
        remedy=Label(
            f"先用 --mode expand --out FILE 定容量，或给出 {letter}_nom",
            f"decide capacities first with --mode expand --out FILE, or give {letter}_nom",
        ),
    )
