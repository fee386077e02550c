"""What every component of a solved network puts into every bus.

Invariant: over all components of a bus the flows of a step add up to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from dafeng.energy.network.frame import activity
from dafeng.energy.network.link import delayed, ports, ratio
from dafeng.energy.network.solve import Outcome
from dafeng.energy.network.table import Table
from dafeng.energy.program import Floats

Place = tuple[str, str, str]
"""Kind of component, its name, and a bus."""


def list_flows(outcome: Outcome) -> Mapping[Place, Floats]:
    """Flow of every component into each of its buses.

    Parameters
    ----------
    outcome : Outcome
        A solved network.

    Returns
    -------
    mapping of (component, name, bus) to (steps,) array
        Positive into the bus. [MW, or the carrier's unit per hour]
    """
    found: dict[Place, Floats] = {}
    for component, table in outcome.network.tables.items():
        for bus, flow in _flows(outcome, table):
            for place, name in enumerate(table.names):
                if bus[place]:
                    key = (component, name, bus[place])
                    found[key] = found.get(key, np.zeros(len(flow))) + flow[:, place]
    return found


def _flows(outcome: Outcome, table: Table) -> Iterator[tuple[tuple[str, ...], Floats]]:
    """Buses and flows of a table, port by port."""
    component, steps = table.component, outcome.network.clock.size
    if component in ("generator", "store"):
        yield table.text("bus"), outcome.value(component, "p") * table.number("sign")
    elif component == "load":
        taken = table.varying("p_set", steps) * table.number("sign")
        yield table.text("bus"), taken * activity(table, outcome.network.clock)
    elif component == "storage_unit":
        net = outcome.value(component, "p_dispatch") - outcome.value(component, "p_store")
        yield table.text("bus"), net * table.number("sign")
    elif component == "cogeneration":
        yield table.text("bus"), outcome.value(component, "p")
        yield table.text("heat_bus"), outcome.value(component, "q")
        yield table.text("fuel_bus"), -outcome.value(component, "condensing") / table.varying("efficiency", steps)
    elif component in ("link", "process"):
        for port in ports(table):
            yield table.text(f"bus{port}"), _arrived(outcome, table, port)
    elif component in ("line", "transformer"):
        for side, sign in (("bus0", -1.0), ("bus1", 1.0)):
            yield table.text(side), sign * outcome.value(component, "s")


def _arrived(outcome: Outcome, table: Table, port: str) -> Floats:
    clock, taken = outcome.network.clock, outcome.value(table.component, "p")
    suffix = "" if (port == "1" and table.component == "link") else port
    found = taken * ratio(table, port, clock.size)
    if port == "0" and table.component == "link":
        return found
    for place, hours in enumerate(table.number(f"delay{suffix}")):
        if hours > 0:
            left = delayed(clock, int(hours), cyclic=bool(table.flag(f"cyclic_delay{suffix}")[place]))
            share = np.broadcast_to(ratio(table, port, clock.size), taken.shape)[:, place]
            found[:, place] = np.where(left < 0, 0.0, taken[left, place]) * share
    return found
