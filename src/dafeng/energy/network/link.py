"""Link and process: take from one bus and put into others, with a fixed ratio for each port.

Invariant: what arrives at a port is the input times the port's ratio, at once or after the port's delay.
"""

from __future__ import annotations

import re

import numpy as np

from dafeng.energy.network.capacity import add_capacity
from dafeng.energy.network.commitment import add_commitment, present_of
from dafeng.energy.network.frame import Frame, Model
from dafeng.energy.network.linear import Linear, Places
from dafeng.energy.network.operation import LOWER, RAMP_DOWN, RAMP_UP, UPPER, add_bounds, add_given, add_ramps
from dafeng.energy.network.table import Clock, Table
from dafeng.energy.program import Floats

EQUATIONS = (LOWER, UPPER, RAMP_UP, RAMP_DOWN)
"""What is required of a link, for typesetting."""


def add_links(model: Model) -> None:
    """Variables, constraints and costs of all links and processes.

    Parameters
    ----------
    model : Model
        What is built.
    """
    for component in ("link", "process"):
        frame = model.frame(component)
        if frame is None:
            continue
        add_capacity(frame)
        taken = frame.add("p")
        add_bounds(frame, taken, frame.varying("p_min_pu"), frame.varying("p_max_pu"), prefix="p", present=present_of(frame))
        add_given(frame, taken, "p_set")
        add_ramps(frame, taken)
        add_commitment(frame, taken)
        frame.charge(taken, frame.varying("marginal_cost"))
        frame.charge(taken, frame.varying("marginal_cost_quadratic"), squared=True)
        _connect(frame, taken)


def ports(table: Table) -> tuple[str, ...]:
    """Ports of links or processes that something is attached to.

    Parameters
    ----------
    table : Table
        Links or processes.

    Returns
    -------
    tuple of str
        Numbers of the ports: ``("0", "1", "2")``.
    """
    found = {match[1] for name in table.columns if (match := re.fullmatch(r"bus(\d+)", name))}
    return tuple(sorted(found, key=int))


def ratio(table: Table, port: str, steps: int) -> Floats:
    """What a port gets per unit of input.

    Parameters
    ----------
    table : Table
        Links or processes.
    port : str
        Number of the port.
    steps : int
        Number of steps.

    Returns
    -------
    (steps, n) or (1, n) array
        −1 at the input of a link, its efficiency elsewhere; the rate of a process.
    """
    if table.component == "process":
        return table.varying(f"rate{port}", steps)
    if port == "0":
        return np.full((1, len(table)), -1.0)
    return table.varying("efficiency" if port == "1" else f"efficiency{port}", steps)


def _connect(frame: Frame, taken: Linear) -> None:
    model, table = frame.model, frame.table
    for port in ports(table):
        buses = model.buses(table, f"bus{port}")
        share = ratio(table, port, model.clock.size)
        suffix = "" if (port == "1" and table.component == "link") else port
        delay = table.number(f"delay{suffix}") if port != "0" or table.component == "process" else np.zeros(len(table))
        at_once = np.where(delay > 0, -1, buses)
        if (at_once >= 0).any():
            model.inject(taken.times(share), at_once)
        for hours, cyclic in sorted(
            {(int(d), bool(c)) for d, c in zip(delay, table.flag(f"cyclic_delay{suffix}"), strict=True) if d > 0}
        ):
            mine = (delay.astype(int) == hours) & (table.flag(f"cyclic_delay{suffix}") == cyclic)
            later = taken.at(delayed(model.clock, hours, cyclic=cyclic)).times(share)
            model.inject(later, np.where(mine, buses, -1))


def delayed(clock: Clock, hours: int, *, cyclic: bool) -> Places:
    """Step in which left what arrives now.

    Parameters
    ----------
    clock : Clock
        Time steps.
    hours : int
        Delay. [h]
    cyclic : bool
        Whether what leaves at the end arrives at the beginning of the period.

    Returns
    -------
    (steps,) array of int
        Latest step that began at least so long before; −1 where there is none.
    """
    found = np.full(clock.size, -1, dtype=np.int64)
    for period in np.unique(clock.period):
        steps = np.flatnonzero(clock.period == period)
        length = clock.generators[steps]
        begins = np.cumsum(length) - length
        wanted = begins - hours
        if cyclic:
            wanted = np.mod(wanted, length.sum())
        place = np.searchsorted(begins, wanted + 1e-9, side="right") - 1
        found[steps] = np.where(place < 0, -1, steps[np.maximum(place, 0)])
    return found
