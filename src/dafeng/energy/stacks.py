"""Capacities and costs of an optimised network by technology and investment period.

Invariant: over all technologies and periods, costs weighted as the objective weights them are the certified cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.energy.hourly import BRANCHES, Naming, name_technologies
from dafeng.energy.network.build import values_of
from dafeng.energy.network.frame import Frame, period_activity
from dafeng.energy.network.solve import Outcome
from dafeng.energy.network.table import CAPACITY, Table
from dafeng.energy.network.vintages import shares
from dafeng.energy.program import Floats


@dataclass(frozen=True, slots=True)
class Stack:
    """One technology in one period.

    Parameters
    ----------
    period : int
        Position of the period.
    technology, carrier : str
        Technology and the carrier that its capacity is told in.
    unit : str
        ``MW``, or ``MWh`` for stores.
    capacity : float
        Active capacity; of links at their output. [unit]
    investment, operation : float
        Cost of capacity that was to be decided, and of operation over the steps of the period. [yuan]
    """

    period: int
    technology: str
    carrier: str
    unit: str
    capacity: float
    investment: float
    operation: float


def list_stacks(outcome: Outcome, *, technologies: Naming | None = None) -> tuple[Stack, ...]:
    """Capacities and costs by period and technology.

    Parameters
    ----------
    outcome : Outcome
        The optimum.
    technologies : mapping of (component, name) to str, optional
        Technology of each component, as in `dafeng.energy.hourly.gather_hours`.

    Returns
    -------
    tuple of Stack
        Technologies without capacity and cost are left out.
    """
    named = name_technologies(outcome, technologies or {})
    found: dict[tuple[str, str, str], Floats] = {}
    for component, frame in outcome.built.frames.items():
        if component not in CAPACITY:
            continue
        sizes = _capacities(outcome, component)
        rows = np.stack([sizes, _investments(outcome, frame), _operations(outcome, frame)])
        unit = "MWh" if component == "store" else "MW"
        for place, name in enumerate(frame.members.names):
            key = (named[component, name], _carrier(outcome, frame.members, place), unit)
            found[key] = found.get(key, 0.0) + rows[:, :, place]
    periods = max(len(outcome.network.clock.periods), 1)
    return tuple(
        Stack(period, *key, *map(float, rows[:, period]))
        for period in range(periods)
        for key, rows in found.items()
        if np.abs(rows[:, period]).max() > 0
    )


def _capacities(outcome: Outcome, component: str) -> Floats:
    """(periods, members) active capacity, of links at their output."""
    frame = outcome.built.frames[component]
    sizes = values_of(frame.sizes, outcome.solution.values)
    if component == "link":
        sizes = sizes * frame.members.varying("efficiency", outcome.network.clock.size).mean(axis=0)
    return np.asarray(period_activity(frame.members, outcome.network.clock) * np.broadcast_to(sizes, (1, len(frame.members))))


def _investments(outcome: Outcome, frame: Frame) -> Floats:
    """(periods, members) cost of capacity: each active period bears the same."""
    clock = outcome.network.clock
    place = outcome.built.builder.variables.get(f"{frame.component}.{frame.letter}_nom")
    active = period_activity(frame.members, clock).astype(float)
    if place is None:
        return np.zeros(active.shape)
    weight = clock.period_objective @ active if clock.periods else np.ones(len(frame.members))
    yearly = _costs(outcome)[place].ravel() / np.where(weight > 0, weight, 1.0)
    return np.asarray(active * yearly)


def _operations(outcome: Outcome, frame: Frame) -> Floats:
    """(periods, members) cost of operation; members that are dispatched as one bear it by their share."""
    clock, costs = outcome.network.clock, _costs(outcome)
    spent = np.zeros((clock.size, len(frame.table)))
    for name, place in outcome.built.builder.variables.items():
        if name.startswith(f"{frame.block}.") and place.shape == spent.shape and not name.endswith("_nom"):
            spent += costs[place]
    sizes = np.broadcast_to(values_of(frame.sizes, outcome.solution.values), (1, len(frame.members)))[0]
    own = spent[:, frame.group] * shares(sizes, frame.group, frame.alive) / clock.period_objective[clock.period][:, None]
    periods = max(len(clock.periods), 1)
    return np.stack([own[clock.period == period].sum(axis=0) for period in range(periods)])


def _costs(outcome: Outcome) -> Floats:
    """Cost of every variable at the optimum, and zero for what is absent (place −1)."""
    program, values = outcome.built.program, outcome.solution.values
    squared = 0.0 if program.quadratic is None else program.quadratic * values**2
    return np.append(program.cost * values + squared, 0.0)


def _carrier(outcome: Outcome, table: Table, place: int) -> str:
    """Carrier that a capacity is told in: of the bus, of a link's output."""
    buses = outcome.network.table("bus")
    carriers = dict(zip(buses.names, buses.text("carrier"), strict=True))
    if table.component == "process":
        sides = sorted(name for name in table.columns if name.startswith("bus"))
    else:
        sides = ["bus1", "bus0"] if table.component in ("link", *BRANCHES) else ["bus"]
    return next((carriers[table.text(side)[place]] for side in sides if table.text(side)[place] in carriers), "")
