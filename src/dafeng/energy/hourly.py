"""An optimised network hour by hour: what each technology puts into each bus, levels, prices, what was left unused.

Invariant: the flows of a bus add up to nothing in every step; columns of one technology are sums of its components.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dafeng.energy.flows import list_flows
from dafeng.energy.network.solve import Outcome
from dafeng.energy.network.table import Clock
from dafeng.energy.program import Floats

Kind = Literal["flow", "level", "price", "curtailed"]
"""What a column tells."""
Role = Literal["demand", "storage", "trade", "unserved", "renewable", "plant"]
"""What a technology does at a bus."""
STORAGES: Mapping[str, str] = {"storage_unit": "state_of_charge", "store": "e"}
"""Storages and their level."""
BRANCHES = ("line", "transformer")
"""Components that only carry."""
UNSERVED = ("unserved", "load shedding", "load_shedding")
"""Technologies that stand for demand that is not met."""
DAY, WEEK = 24, 168
"""Hours of a day and of a week. [h]"""

Naming = Mapping[tuple[str, str], str]
"""Technology by kind of component and name."""


@dataclass(frozen=True, slots=True)
class Column:
    """One hourly series.

    Parameters
    ----------
    kind : {"flow", "level", "price", "curtailed"}
        Power into the bus [MW, or the carrier's unit per hour], level of a storage [MWh], price [yuan/MWh], power that
        was offered and not taken [MW].
    bus : str
        Where.
    technology : str
        Whose; empty for a price.
    role : str
        What it does at the bus; empty for a price.
    """

    kind: Kind
    bus: str
    technology: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Hourly:
    """Series of an optimised network.

    Parameters
    ----------
    columns : tuple of Column
        What each series is.
    values : (steps, columns) array
        The series.
    clock : Clock
        Time steps.
    carriers : mapping of str to str
        Carrier of each bus.
    """

    columns: tuple[Column, ...]
    values: Floats
    clock: Clock
    carriers: Mapping[str, str]

    def at(self, kind: Kind, *, carrier: str = "", bus: str = "") -> dict[Column, Floats]:
        """Series of one kind.

        Parameters
        ----------
        kind : str
            What they tell.
        carrier, bus : str
            Only those of a carrier, of a bus.

        Returns
        -------
        dict of Column to (steps,) array
            The series.
        """
        return {
            one: self.values[:, place]
            for place, one in enumerate(self.columns)
            if one.kind == kind and bus in ("", one.bus) and carrier in ("", self.carriers[one.bus])
        }


def gather_hours(
    outcome: Outcome,
    *,
    technologies: Naming | None = None,
    renewable: Collection[str] | None = None,
    unserved: Collection[str] = UNSERVED,
) -> Hourly:
    """Series of an optimised network by bus and technology.

    Parameters
    ----------
    outcome : Outcome
        The optimum.
    technologies : mapping of (component, name) to str, optional
        Technology of each component; by default its carrier, else its name.
    renewable : collection of str, optional
        Technologies whose unused offer counts as curtailed; by default generators without CO2 whose offer varies.
    unserved : collection of str
        Technologies that stand for demand that is not met.

    Returns
    -------
    Hourly
        Flows, levels, prices and what was curtailed.
    """
    named = name_technologies(outcome, technologies or {})
    green = set(find_renewables(outcome, named) if renewable is None else renewable)
    network, found = outcome.network, dict[Column, Floats]()
    buses = network.table("bus")
    carriers = dict(zip(buses.names, buses.text("carrier"), strict=True))
    for (component, name, bus), flow in list_flows(outcome).items():
        technology = named[component, name]
        role = _role(component, technology, green, unserved, _within(outcome, component, name, carriers))
        _add(found, Column("flow", bus, technology, role), flow)
    for component, quantity in STORAGES.items():
        table, levels = network.table(component), outcome.value(component, quantity)
        for place, (name, bus) in enumerate(zip(table.names, table.text("bus"), strict=True)):
            _add(found, Column("level", bus, named[component, name], "storage"), levels[:, place])
    for bus, technology, lost in _curtailed(outcome, named, green):
        _add(found, Column("curtailed", bus, technology, "renewable"), lost)
    # in money of the period itself, without its weight in the objective
    prices = outcome.price() / network.clock.period_objective[network.clock.period][:, None]
    found |= {Column("price", bus): prices[:, place] for place, bus in enumerate(buses.names)}
    values = np.stack(list(found.values()), axis=1) if found else np.zeros((network.clock.size, 0))
    return Hourly(tuple(found), values, network.clock, carriers)


def name_technologies(outcome: Outcome, given: Naming) -> Naming:
    """Technology of every component.

    Parameters
    ----------
    outcome : Outcome
        The optimum.
    given : mapping of (component, name) to str
        What is known better than the network says.

    Returns
    -------
    mapping of (component, name) to str
        The given one, else the component's carrier; the kind for loads and branches, the name for the rest.
    """
    found = {}
    for component, table in outcome.network.tables.items():
        if component in ("bus", "carrier", "global_constraint"):
            continue
        plain = component in (*BRANCHES, "load")
        carriers = ("",) * len(table) if component in BRANCHES else table.text("carrier")
        for name, carrier in zip(table.names, carriers, strict=True):
            found[component, name] = given.get((component, name)) or carrier or (component if plain else name)
    return found


def find_renewables(outcome: Outcome, named: Naming) -> tuple[str, ...]:
    """Technologies of generators whose offer varies and whose carrier emits nothing.

    Parameters
    ----------
    outcome : Outcome
        The optimum.
    named : mapping of (component, name) to str
        Technology of every component.

    Returns
    -------
    tuple of str
        In the order of the network.
    """
    table, carriers = outcome.network.table("generator"), outcome.network.table("carrier")
    factors = dict(zip(carriers.names, carriers.number("co2_emissions"), strict=True))
    varying = table.series.get("p_max_pu", {})
    clean = (
        named["generator", name]
        for name, carrier in zip(table.names, table.text("carrier"), strict=True)
        if name in varying and not factors.get(carrier, 0.0)
    )
    return tuple(dict.fromkeys(clean))


def start_hours(clock: Clock) -> Floats:
    """Hour of its period at which each step begins.

    Parameters
    ----------
    clock : Clock
        Time steps.

    Returns
    -------
    (steps,) array
        From 0. [h]
    """
    ends = np.cumsum(clock.generators)
    begins = ends - clock.generators
    return np.asarray(begins - begins[clock.first][np.cumsum(clock.first) - 1])


def _add(found: dict[Column, Floats], column: Column, values: Floats) -> None:
    found[column] = found[column] + values if column in found else np.asarray(values, dtype=np.float64)


def _role(component: str, technology: str, green: Collection[str], unserved: Collection[str], within: bool) -> Role:
    if component == "load":
        return "demand"
    if component in STORAGES:
        return "storage"
    if component in BRANCHES or within:
        return "trade"
    if technology.lower() in unserved:
        return "unserved"
    return "renewable" if technology in green else "plant"


def _within(outcome: Outcome, component: str, name: str, carriers: Mapping[str, str]) -> bool:
    """Whether a link joins two buses of one carrier."""
    if component != "link":
        return False
    table = outcome.network.table(component)
    place = table.names.index(name)
    ends = [table.text(side)[place] for side in ("bus0", "bus1")]
    return all(ends) and carriers[ends[0]] == carriers[ends[1]]


def _curtailed(outcome: Outcome, named: Naming, green: Collection[str]) -> list[tuple[str, str, Floats]]:
    """What generators and links of renewable technologies could have given and did not."""
    found, steps = [], outcome.network.clock.size
    for component, side in (("generator", "bus"), ("link", "bus1")):
        table = outcome.network.table(component)
        chosen = [place for place, name in enumerate(table.names) if named[component, name] in green]
        if not chosen:
            continue
        offer = table.varying("p_max_pu", steps) * outcome.capacity(component) * alive(outcome, component)
        left = offer - outcome.value(component, "p")
        left = left * table.varying("efficiency", steps) if component == "link" else left
        found += [(table.text(side)[place], named[component, table.names[place]], left[:, place]) for place in chosen]
    return found


def alive(outcome: Outcome, component: str) -> Floats:
    """Where the components of a kind are active.

    Parameters
    ----------
    outcome : Outcome
        The optimum.
    component : str
        Kind.

    Returns
    -------
    (steps, n) array
        One where active, zero elsewhere.
    """
    names = outcome.network.table(component).names
    found = np.zeros((outcome.network.clock.size, len(names)))
    frame = outcome.built.frames.get(component)
    if frame is not None:
        known = {name: place for place, name in enumerate(names)}
        found[:, [known[name] for name in frame.members.names]] = frame.alive
    return found
