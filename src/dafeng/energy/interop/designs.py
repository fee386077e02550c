"""Decided capacities in a file of another tool: written beside the inputs, and read back for their operation.

Invariant: what the file states as input is never changed; a decided capacity stands under PyPSA's own name for it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dafeng.energy.interop.exchange import Exchange, with_sheets
from dafeng.energy.interop.frames import LISTS, Sheet
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.program import Floats


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
