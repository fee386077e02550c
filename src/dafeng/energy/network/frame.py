"""What every component module works on: its active components, their values, their capacity as an expression.

Invariant: components that are active in no step are gone; where one is inactive, its variables are absent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dafeng.energy.network.builder import Builder
from dafeng.energy.network.linear import Linear, Places, Present, constant
from dafeng.energy.network.table import CAPACITY, Clock, Flags, Network, Table
from dafeng.energy.network.vintages import first_members, group_alike
from dafeng.energy.program import Floats


@dataclass(slots=True, eq=False)
class Model:
    """A network while it is built.

    Parameters
    ----------
    network : Network
        What is built.
    builder : Builder
        Takes variables and rows.
    injections : list of (Linear, array of int)
        What flows into which bus: an expression (steps, n) and the bus of each column, −1 for none.
    frames : dict of str to Frame
        Frames of the components built so far.
    prefix : str
        What stands before every block, for scenarios.
    weight : float
        Probability of the scenario, 1 without scenarios.
    shared : dict of str to Linear
        Capacities of an earlier scenario; they are decided once.
    relaxed : bool
        Whether commitment is relaxed to shares.
    constant : float
        Cost of the capacity that stands already where it may be extended. [yuan]
    """

    network: Network
    builder: Builder
    injections: list[tuple[Linear, Places]] = field(default_factory=list)
    frames: dict[str, Frame] = field(default_factory=dict)
    prefix: str = ""
    weight: float = 1.0
    shared: dict[str, Linear] = field(default_factory=dict)
    relaxed: bool = False
    constant: float = 0.0

    @property
    def clock(self) -> Clock:
        """Time steps."""
        return self.network.clock

    def frame(self, component: str) -> Frame | None:
        """Frame of a component's active members, made once.

        Parameters
        ----------
        component : str
            Kind.

        Returns
        -------
        Frame or None
            ``None`` where none is active.
        """
        if component not in self.frames:
            table = self.network.table(component)
            if not len(table):
                return None
            active = activity(table, self.clock)
            some = np.asarray(active.any(axis=0))
            if not some.any():
                return None
            self.frames[component] = _framed(self, table.keep(some), active[:, some])
        return self.frames[component]

    def inject(self, expression: Linear, buses: Places) -> None:
        """Let something flow into buses.

        Parameters
        ----------
        expression : Linear
            Flow of each step and component, positive into the bus. [MW]
        buses : (n,) array of int
            Bus of each component, −1 for none.
        """
        self.injections.append((expression, buses))

    def buses(self, table: Table, column: str) -> Places:
        """Position of each component's bus.

        Parameters
        ----------
        table : Table
            Components.
        column : str
            Which of their buses.

        Returns
        -------
        (n,) array of int
            Position among the buses, −1 for none.
        """
        known = {name: place for place, name in enumerate(self.network.table("bus").names)}
        return np.array([known[name] if name else -1 for name in table.text(column)], dtype=np.int64)


@dataclass(slots=True, eq=False)
class Frame:
    """Active components of one kind while they are built.

    Parameters
    ----------
    model : Model
        What they belong to.
    table : Table
        What is dispatched: the first member of each group of components that operate alike.
    active : (steps, n) array of bool
        Where each is active.
    members : Table
        The components themselves; each has a capacity of its own.
    alive : (steps, m) array of bool
        Where each member is active.
    group : (m,) array of int
        What of ``table`` each member belongs to.
    capacity : Linear
        Active capacity of what is dispatched. [MW or MWh]
    sizes : Linear
        (1, m) capacity of each member. [MW or MWh]
    variables : dict of str to Linear
        Quantities by name, e.g. ``p``.
    """

    model: Model
    table: Table
    active: Present
    members: Table
    alive: Present
    group: Places
    capacity: Linear = field(default_factory=Linear)
    sizes: Linear = field(default_factory=Linear)
    variables: dict[str, Linear] = field(default_factory=dict)

    @property
    def component(self) -> str:
        """Kind of the components."""
        return self.table.component

    @property
    def block(self) -> str:
        """What the names of their blocks begin with."""
        return self.model.prefix + self.component

    @property
    def letter(self) -> str:
        """First letter of the capacity's attributes."""
        return CAPACITY[self.component]

    @property
    def extendable(self) -> Flags:
        """Which may be extended."""
        return self.table.flag(f"{self.letter}_nom_extendable")

    @property
    def committable(self) -> Flags:
        """Which need a decision to be on."""
        if self.component not in ("generator", "link", "process"):
            return np.zeros(len(self.table), dtype=bool)
        return self.table.flag("committable")

    @property
    def modular(self) -> Flags:
        """Which come in whole units."""
        return self.table.number(f"{self.letter}_nom_mod") > 0

    def varying(self, name: str) -> Floats:
        """An attribute over time.

        Parameters
        ----------
        name : str
            Attribute.

        Returns
        -------
        (steps, n) or (1, n) array
            Values. [unit of the attribute]
        """
        return self.table.varying(name, self.model.clock.size)

    def add(self, name: str, *, present: Any = True, low: Any = -np.inf, high: Any = np.inf, integer: Any = False) -> Linear:
        """New variables over steps and components where they are active.

        Parameters
        ----------
        name : str
            Name of the quantity, e.g. ``p``.
        present : array of bool or bool
            Further condition.
        low, high : array or float
            Bounds.
        integer : array of bool or bool
            Whether they take whole values.

        Returns
        -------
        Linear
            The variables.
        """
        where = self.active & np.broadcast_to(present, self.active.shape)
        found = self.model.builder.add_variables(f"{self.block}.{name}", where, low=low, high=high, integer=integer)
        self.variables[name] = found
        return found

    def charge(self, expression: Linear, price: Any, *, squared: bool = False) -> None:
        """Charge a quantity in every step.

        Parameters
        ----------
        expression : Linear
            What costs. [MW]
        price : array
            Its price. [yuan/MWh]
        squared : bool
            Whether its square costs.
        """
        if np.any(price):
            weight = self.model.clock.cost_weight[:, None] * self.model.weight
            self.model.builder.add_cost(expression, np.asarray(price) * weight, squared=squared)


def _framed(model: Model, members: Table, alive: Present) -> Frame:
    """Frame in which components that operate alike are dispatched as one."""
    group = group_alike(members, model.clock)
    first = first_members(group)
    if len(first) == len(group):
        return Frame(model, members, alive, members, alive, group)
    chosen = np.zeros(len(group), dtype=bool)
    chosen[first] = True
    active = np.zeros((alive.shape[0], len(first)), dtype=bool)
    for member, number in enumerate(group):
        active[:, number] |= alive[:, member]
    return Frame(model, members.keep(chosen), active, members, alive, group)


def activity(table: Table, clock: Clock) -> Present:
    """Where components are active: switched on, built, and not yet at the end of their life.

    Parameters
    ----------
    table : Table
        Components.
    clock : Clock
        Time steps.

    Returns
    -------
    (steps, n) array of bool
        True where active.
    """
    on = table.flag("active")
    if not clock.periods or table.component not in CAPACITY:
        return np.repeat(on[None, :], clock.size, axis=0)
    return period_activity(table, clock)[clock.period]


def period_activity(table: Table, clock: Clock) -> Present:
    """In which periods components with a capacity are active.

    Parameters
    ----------
    table : Table
        Components.
    clock : Clock
        Time steps; one period where it has none.

    Returns
    -------
    (periods, n) array of bool
        True where active.
    """
    on = table.flag("active")[None, :]
    if not clock.periods:
        return on
    years = np.array(clock.periods)[:, None]
    built = table.number("build_year")[None, :]
    return on & (built <= years) & (years < built + table.number("lifetime")[None, :])


def before(clock: Clock) -> Places:
    """Step before each step; −1 before the first.

    Parameters
    ----------
    clock : Clock
        Time steps.

    Returns
    -------
    (steps,) array of int
        Positions.
    """
    return np.arange(clock.size) - 1


def still(values: Floats) -> Linear:
    """Numbers as an expression, one row for all steps.

    Parameters
    ----------
    values : (n,) array
        Numbers.

    Returns
    -------
    Linear
        (1, n) constant.
    """
    return constant(values[None, :])
