"""A design: capacities of a network, what they cost, and the network with them fixed.

Invariant: cost of a design plus cost of its operation is the cost of the network with those capacities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dafeng.energy.network.build import Built, values_of, with_capacities
from dafeng.energy.network.capacity import fixed_cost, paid_weight
from dafeng.energy.network.solve import Outcome
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.program import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Capacities of a network.

    Parameters
    ----------
    sizes : mapping of str to (n,) array
        Capacity of every component by kind, in the order of the network's table. [MW or MWh]
    cost : float
        What the extendable part of it costs over the network's time. [yuan]
    """

    sizes: Mapping[str, Floats]
    cost: float


def decided_by(outcome: Outcome) -> Design:
    """Capacities that an optimisation decided, as they stand in its optimum.

    Parameters
    ----------
    outcome : Outcome
        An optimised network.

    Returns
    -------
    Design
        Its capacities; an interior point may leave them a tolerance outside their limits.
    """
    sizes = {kind: outcome.capacity(kind) for kind in CAPACITY if len(outcome.network.table(kind))}
    return Design(sizes, capacity_cost(outcome.network, sizes))


def standing(network: Network) -> Design:
    """Capacities that a network begins with.

    Parameters
    ----------
    network : Network
        A network.

    Returns
    -------
    Design
        What is given, extendable or not; the cost is that of the extendable part, which PyPSA's objective leaves out.
    """
    sizes = {kind: network.table(kind).number(f"{CAPACITY[kind]}_nom") for kind in CAPACITY if len(network.table(kind))}
    return Design(sizes, capacity_cost(network, sizes))


def design_of(outcome: Outcome) -> Design:
    """Capacities that an optimisation decided, ready to be operated.

    Parameters
    ----------
    outcome : Outcome
        An optimised network.

    Returns
    -------
    Design
        Its capacities, none outside its own limits.
    """
    network = outcome.network
    return design_at(network, outcome.built, outcome.solution.values)


def design_at(network: Network, built: Built, values: Floats) -> Design:
    """Capacities at a point of a programme.

    Parameters
    ----------
    network : Network
        The network, or one future of it.
    built : Built
        Its programme.
    values : (columns,) array
        Value of every variable.

    Returns
    -------
    Design
        The capacities there, none outside its own limits.
    """
    kinds = [kind for kind in CAPACITY if len(network.table(kind))]
    sizes = {kind: limited(network, kind, sizes_at(network, built, kind, values)) for kind in kinds}
    return Design(sizes, capacity_cost(network, sizes))


def sizes_at(network: Network, built: Built, kind: str, values: Floats) -> Floats:
    """Capacity of every component of a kind at a point of a programme.

    Parameters
    ----------
    network : Network
        The network.
    built : Built
        Its programme.
    kind : str
        Kind of component.
    values : (columns,) array
        Value of every variable.

    Returns
    -------
    (n,) array
        Decided where extendable, given elsewhere. [MW or MWh]
    """
    table = network.table(kind)
    size, frame = table.number(f"{CAPACITY[kind]}_nom").copy(), built.frames.get(kind)
    if frame is not None:
        known = {name: place for place, name in enumerate(table.names)}
        places = [known[name] for name in frame.members.names]
        size[places] = np.broadcast_to(values_of(frame.sizes, values), (1, len(places)))[0]
    return size


def capacity_cost(network: Network, sizes: Mapping[str, Floats]) -> float:
    """Cost of the capacity of all extendable components.

    Parameters
    ----------
    network : Network
        A network.
    sizes : mapping of str to (n,) array
        Capacity of every component by kind. [MW or MWh]

    Returns
    -------
    float
        As it stands in the network's objective. [yuan]
    """
    total, clock = 0.0, network.clock
    for kind, size in sizes.items():
        table = network.table(kind)
        weight = paid_weight(table, clock)
        counted = table.flag(f"{CAPACITY[kind]}_nom_extendable") & (weight > 0) & (size != 0)
        total += float((fixed_cost(table, clock)[counted] * weight[counted]) @ size[counted])
    return total


def fixed(network: Network, design: Design) -> Network:
    """The network with the capacities of a design.

    Parameters
    ----------
    network : Network
        A network.
    design : Design
        Its capacities.

    Returns
    -------
    Network
        The same with nothing to decide but operation.
    """
    return with_capacities(network, design.sizes)


def limited(network: Network, kind: str, size: Floats) -> Floats:
    """Capacities within their own limits; interior points end a tolerance beside them.

    Parameters
    ----------
    network : Network
        A network.
    kind : str
        Kind of component.
    size : (n,) array
        Capacities as a solver found them. [MW or MWh]

    Returns
    -------
    (n,) array
        The nearest capacities that keep the limits.
    """
    table, letter = network.table(kind), CAPACITY[kind]
    low, high = (table.number(f"{letter}_nom_{end}") for end in ("min", "max"))
    extendable = table.flag(f"{letter}_nom_extendable")
    return np.where(extendable, np.maximum(np.minimum(size, high), low), size)
