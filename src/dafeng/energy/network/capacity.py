"""Nominal capacity: decided where a component may be extended, given where it may not.

Invariant: capacity is one expression for all components of a kind, so that every other equation is written once.
"""

from __future__ import annotations

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.network.equation import Equation, add_equation
from dafeng.energy.network.frame import Frame, period_activity, still
from dafeng.energy.network.linear import Linear
from dafeng.energy.network.table import Clock, Table
from dafeng.energy.network.vintages import sum_groups
from dafeng.energy.program import Floats

MODULES = Equation(
    "modules",
    "p_nom == p_nom_mod * modules",
    Label("容量是整机容量的倍数", "capacity is a multiple of the unit size"),
    {"modules": "n"},
)
"""Capacity in whole units."""


def add_capacity(frame: Frame) -> Linear:
    """Capacity of a frame's components.

    Parameters
    ----------
    frame : Frame
        Components.

    Returns
    -------
    Linear
        Capacity of what is dispatched: a variable where extendable, a number elsewhere. [MW or MWh]
    """
    model, letter = frame.model, frame.letter
    name = f"{frame.component}.{letter}_nom"
    if name not in model.shared:
        model.shared[name] = _decided(frame, name)
    if f"{name}.modules" in model.shared:
        frame.variables["modules"] = sum_groups(model.shared[f"{name}.modules"], frame.group, frame.alive)
    given = np.where(frame.members.flag(f"{letter}_nom_extendable"), 0.0, frame.members.number(f"{letter}_nom"))
    frame.sizes = model.shared[name] + still(given)
    frame.capacity = sum_groups(frame.sizes, frame.group, frame.alive)
    return frame.capacity


def _decided(frame: Frame, name: str) -> Linear:
    table, letter, builder = frame.members, frame.letter, frame.model.builder
    extendable = table.flag(f"{letter}_nom_extendable")
    given, low, high = (table.number(f"{letter}_nom{end}") for end in ("_set", "_min", "_max"))
    fixed = extendable & ~np.isnan(given)
    low, high = np.where(fixed, given, low), np.where(fixed, given, high)
    chosen = builder.add_variables(name, extendable[None, :], low=low[None, :], high=high[None, :])
    unit = table.number(f"{letter}_nom_mod")
    modular = (extendable & (unit > 0))[None, :]
    if modular.any():
        units = builder.add_variables(f"{frame.component}.modules", modular, low=0.0, integer=True)
        frame.model.shared[f"{name}.modules"] = units
        values = {"p_nom": chosen, "p_nom_mod": unit[None, :], "modules": units}
        add_equation(builder, frame.component, MODULES, values, present=modular)
    _charge(frame, chosen)
    return chosen


def _charge(frame: Frame, chosen: Linear) -> None:
    """Investment of every period in which the component is active; what stands already is told apart."""
    clock, table = frame.model.clock, frame.members
    price = fixed_cost(table, clock) * paid_weight(table, clock)
    frame.model.builder.add_cost(chosen, price[None, :])
    extendable = table.flag(f"{frame.letter}_nom_extendable")
    stands = np.where(extendable, table.number(f"{frame.letter}_nom"), 0.0)
    frame.model.constant += float((price * stands)[stands != 0].sum())


def fixed_cost(table: Table, clock: Clock) -> Floats:
    """Yearly cost of one unit of capacity over what the time steps stand for.

    Parameters
    ----------
    table : Table
        Components.
    clock : Clock
        Time steps.

    Returns
    -------
    (n,) array
        Annuity of the overnight investment, or the given one, plus fixed operation and maintenance. [yuan per unit]
    """
    overnight, lifetime, rate = (table.number(name) for name in ("overnight_cost", "lifetime", "discount_rate"))
    yearly = np.where(np.isnan(overnight), table.number("capital_cost"), overnight * annuity(rate, lifetime) * clock.years)
    return np.asarray(yearly + table.number("fom_cost"))


def paid_weight(table: Table, clock: Clock) -> Floats:
    """How often capacity is paid for: in every period in which it is active, with the weight of the period.

    Parameters
    ----------
    table : Table
        Components.
    clock : Clock
        Time steps.

    Returns
    -------
    (n,) array
        One where periods are not paid for one by one; zero for what is never active.
    """
    active = period_activity(table, clock)
    return np.asarray(active.T @ clock.period_objective if clock.paths else active.any(axis=0).astype(np.float64))


def annuity(rate: Floats, lifetime: Floats) -> Floats:
    """Share of an investment that is due every year.

    Parameters
    ----------
    rate : (n,) array
        Discount rate. [per year]
    lifetime : (n,) array
        Years.

    Returns
    -------
    (n,) array
        ``rate / (1 - (1 + rate)^-lifetime)``; one over the lifetime at rate zero. [per year]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(rate == 0, 1.0 / lifetime, rate / (1.0 - (1.0 + rate) ** -lifetime))
    return np.asarray(found)
