"""Components that operate alike, such as vintages of one technology, are dispatched as one.

Invariant: only components whose operation is a cone in their capacity are joined, so that the optimum is the same: what
one does for the sum of the capacities, each does for its share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dafeng.energy.network.linear import Linear, Places, Present
from dafeng.energy.network.table import CAPACITY, Clock, Table
from dafeng.energy.program import Floats

OWN = ("extendable", "min", "max", "mod", "set")
"""Endings of the capacity's attributes that each member keeps."""
INVESTED = ("capital_cost", "overnight_cost", "discount_rate", "fom_cost", "build_year", "lifetime", "active")
"""Further attributes that each member keeps."""
FIXED = ("p_set", "e_set", "state_of_charge_set", "p_dispatch_set", "p_store_set", "p_init")
"""Values that are not shares of capacity: whoever has one stays alone."""
CYCLIC: Mapping[str, tuple[str, str]] = {
    "store": ("e_cyclic", "e_cyclic_per_period"),
    "storage_unit": ("cyclic_state_of_charge", "cyclic_state_of_charge_per_period"),
}
"""Flags that tell whether a level returns to where it began."""


def group_alike(table: Table, clock: Clock) -> Places:
    """Group of each component: those of one group can be dispatched as one.

    Parameters
    ----------
    table : Table
        Components of one kind.
    clock : Clock
        Time steps.

    Returns
    -------
    (n,) array of int
        Groups are numbered in the order of their first members.
    """
    alone = _alone(table, clock)
    keys = [(place,) if alone[place] else key for place, key in enumerate(_signatures(table))]
    first = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([first[key] for key in keys], dtype=np.int64)


def first_members(group: Places) -> Places:
    """First member of each group.

    Parameters
    ----------
    group : (n,) array of int
        Group of each component.

    Returns
    -------
    (groups,) array of int
        Positions.
    """
    return np.unique(group, return_index=True)[1].astype(np.int64)


def sum_groups(sizes: Linear, group: Places, alive: Present) -> Linear:
    """Capacity of each group: the sum over the members that are active.

    Parameters
    ----------
    sizes : Linear
        (1, n) capacity of each member.
    group : (n,) array of int
        Group of each member.
    alive : (steps, n) array of bool
        Where each member is active.

    Returns
    -------
    Linear
        (1, groups) where nobody is joined, (steps, groups) otherwise.
    """
    count = int(group.max()) + 1
    if count == len(group):
        return sizes
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(count))
    widths = np.diff(np.append(starts, len(group)))
    total = Linear()
    for slot in range(int(widths.max())):
        member = np.where(slot < widths, order[np.minimum(starts + slot, len(group) - 1)], 0)
        counts = alive[:, member] & (slot < widths)[None, :]
        picked = Linear(tuple((_pick(c, member), _pick(p, member)) for c, p in sizes.terms), _pick(sizes.constant, member))
        total = total + picked.where(counts)
    return total


def shares(sizes: Floats, group: Places, alive: Present) -> Floats:
    """Share of each member in its group's operation.

    Parameters
    ----------
    sizes : (n,) array
        Capacity of each member.
    group : (n,) array of int
        Group of each member.
    alive : (steps, n) array of bool
        Where each member is active.

    Returns
    -------
    (steps, n) array
        Capacity over the group's active capacity; equal shares where that is zero.
    """
    count = int(group.max()) + 1
    if count == len(group):
        return np.ones((1, len(group)))
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(count))
    own = np.where(alive, np.maximum(sizes, 0.0)[None, :], 0.0)
    total, number = (np.add.reduceat(part[:, order], starts, axis=1)[:, group] for part in (own, alive.astype(np.float64)))
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = np.where(total > 0, own / total, 1.0 / number)
    return np.where(alive, np.where(number == 1, 1.0, shared), 0.0)


def _alone(table: Table, clock: Clock) -> Present:
    """Components that may not be joined."""
    found = np.zeros(len(table), dtype=bool)
    if table.component not in CAPACITY or table.component in ("line", "transformer"):
        return ~found
    letter = CAPACITY[table.component]
    standing, least = table.number(f"{letter}_nom"), table.number(f"{letter}_nom_min")
    fixed = ~table.flag(f"{letter}_nom_extendable")
    found |= np.where(fixed, ~np.isfinite(standing) | (standing < 0), least < 0)
    if table.component in CYCLIC:
        through, within = (table.flag(name) for name in CYCLIC[table.component])
        found |= ~(within if clock.paths else through)
        found |= _given(table, "inflow", 0.0) if table.component == "storage_unit" else False
    if table.component in ("generator", "link", "process"):
        found |= table.flag("committable")
    if table.component == "generator":
        found |= np.isfinite(table.number("e_sum_min")) | np.isfinite(table.number("e_sum_max"))
    for name in FIXED:
        if table.has(name):
            found |= _given(table, name, np.nan)
    return found | (_given(table, "marginal_cost_quadratic", 0.0) if table.has("marginal_cost_quadratic") else False)


def _given(table: Table, name: str, neutral: float) -> Present:
    values = table.number(name)
    fixed = ~np.isnan(values) if np.isnan(neutral) else values != neutral
    return np.asarray(fixed | np.array([one in table.series.get(name, {}) for one in table.names]))


def _signatures(table: Table) -> list[tuple[Any, ...]]:
    """What must be equal for two components to operate alike."""
    letter = CAPACITY.get(table.component, "p")
    own = {f"{letter}_nom", *INVESTED, *(f"{letter}_nom_{end}" for end in OWN)}
    columns: Sequence[Any] = [values.tolist() for name, values in table.columns.items() if name not in own]
    series = [by for name, by in sorted(table.series.items()) if name not in own]
    return [
        (*(str(values[place]) for values in columns), *(by[name].tobytes() if name in by else b"" for by in series))
        for place, name in enumerate(table.names)
    ]


def _pick(values: Any, member: Places) -> Any:
    array = np.asarray(values)
    return array if array.ndim == 0 or array.shape[-1] == 1 else array[..., member]
