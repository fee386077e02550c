"""Limits over the whole network: emissions, energy of a carrier, capacity of a technology, grid expansion, growth.

Invariant: a limit of an investment period counts only the components that are active in it; a limit whose kind is not
known is refused, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.capacity import fixed_cost
from dafeng.energy.network.frame import Frame, Model, period_activity
from dafeng.energy.network.linear import Linear, Places, constant
from dafeng.energy.network.storing import period_ends
from dafeng.energy.network.table import CAPACITY, Flags, Table
from dafeng.energy.program import Floats

BOUNDS: Mapping[str, Callable[[float], tuple[float, float]]] = {
    "<=": lambda most: (-np.inf, most),
    ">=": lambda least: (least, np.inf),
    "==": lambda exact: (exact, exact),
    "=": lambda exact: (exact, exact),
}
"""Bounds of a sum by the sense of the limit."""
GROWTH = "growth_limit"
"""Name of the rows that limit the growth of carriers."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of the table of limits.

    Parameters
    ----------
    name, type, carrier_attribute, sense, bus : str
        As declared.
    amount : float
        The limit.
    period : int or None
        Position of its investment period; ``None`` for all.
    """

    name: str
    type: str
    carrier_attribute: str
    sense: str
    bus: str
    amount: float
    period: int | None


def add_limits(model: Model) -> None:
    """Rows of all limits and of the growth of carriers.

    Parameters
    ----------
    model : Model
        What is built; every component has been added.

    Raises
    ------
    DefinitionError
        If a limit's kind or sense is unknown, or it names a period that does not exist.
    """
    for limit in _limits(model):
        total = KINDS[limit.type](model, limit)
        if total is not None:
            low, high = BOUNDS[limit.sense](limit.amount)
            rows = np.zeros(1, dtype=np.int64)
            pieces = [(part, rows) for part in total]
            model.builder.add_sums(f"{model.prefix}limit.{limit.name}", pieces, np.array([low]), np.array([high]))
    if model.clock.paths and not model.prefix:
        _limit_growth(model)


def _limits(model: Model) -> list[Limit]:
    table = model.network.table("global_constraint")
    texts = [table.text(name) for name in ("type", "carrier_attribute", "sense", "bus")]
    found = []
    for place, name in enumerate(table.names):
        kind, attribute, sense, bus = (text[place] for text in texts)
        if kind not in KINDS or sense not in BOUNDS:
            raise _unknown(name, kind, sense)
        year = table.number("investment_period")[place]
        if not np.isnan(year) and not model.clock.paths:
            raise _periodless(name, int(year))
        if np.isnan(year) or int(year) in model.clock.periods:
            period = None if np.isnan(year) else model.clock.periods.index(int(year))
            found.append(Limit(name, kind, attribute, sense, bus, float(table.number("constant")[place]), period))
    return found


def _emitted(model: Model, limit: Limit) -> list[Linear] | None:
    """Primary energy times a factor of its carrier, by generation and by what storages lose over time."""
    carriers = model.network.table("carrier")
    if limit.carrier_attribute != "co2_emissions" and not carriers.has(limit.carrier_attribute):
        raise _unattributed(limit)
    factors = dict(zip(carriers.names, carriers.number(limit.carrier_attribute), strict=True))
    return _energy(model, limit, lambda carrier: factors.get(carrier, 0.0), primary=True)


def _operated(model: Model, limit: Limit) -> list[Linear] | None:
    """Net production of one carrier."""
    return _energy(model, limit, lambda carrier: float(carrier == limit.carrier_attribute), primary=False)


def _energy(model: Model, limit: Limit, factor: Callable[[str], float], *, primary: bool) -> list[Linear] | None:
    clock, found = model.clock, []
    chosen = np.ones(clock.size, dtype=bool) if limit.period is None else clock.period == limit.period
    weight = (clock.generators * clock.period_years[clock.period] * chosen)[:, None]
    frame = model.frames.get("generator")
    if frame is not None:
        factors = np.array([factor(carrier) for carrier in frame.table.text("carrier")])
        if factors.any():
            rate = factors / frame.varying("efficiency") if primary else factors[None, :]
            found.append(frame.variables["p"].times(rate * weight))
    for component, level, cyclic, per_period, initial in STORAGES:
        storage = model.frames.get(component)
        if storage is not None:
            found += _drawn(storage, limit, factor, (level, cyclic, per_period, initial), primary=primary)
    return found or None


STORAGES = (
    (
        "storage_unit",
        "state_of_charge",
        "cyclic_state_of_charge",
        "state_of_charge_initial_per_period",
        "state_of_charge_initial",
    ),
    ("store", "e", "e_cyclic", "e_initial_per_period", "e_initial"),
)
"""Storages, their level, and the attributes that say how it is carried."""


def _drawn(
    frame: Frame, limit: Limit, factor: Callable[[str], float], names: tuple[str, ...], *, primary: bool
) -> list[Linear]:
    """What storages give over time: initial level minus final level."""
    level, cyclic, per_period, initial = names
    clock, table = frame.model.clock, frame.table
    factors = np.array([factor(carrier) for carrier in table.text("carrier")]) * ~table.flag(cyclic)
    factors *= _standing(table, frame, limit) if primary else 1.0
    if not factors.any():
        return []
    anew = table.flag(per_period) & clock.paths
    ends = period_ends(clock, limit.period)
    years = clock.period_years[clock.period[ends]][:, None]
    through = (factors != 0) & ~anew
    if through.any() and clock.paths and (clock.period_years[clock.period] != 1).any():
        raise _carried(limit.name, table.names[int(np.argmax(through))])
    last = _last_active(frame, limit)
    found = []
    for rows, kept, weight in ((ends, anew, years), (last, ~anew, np.ones((1, 1)))):
        share = np.where(kept, factors, 0.0)[None, :] * weight
        left = frame.variables[level].at(rows)
        found.append((constant(np.broadcast_to(table.number(initial)[None, :], share.shape)) - left).times(share))
    return found


def _last_active(frame: Frame, limit: Limit) -> Places:
    """Last active step of each storage among those that the limit counts."""
    steps = frame.model.clock
    counted = frame.active if limit.period is None else frame.active & (steps.period == limit.period)[:, None]
    numbered = np.where(counted, np.arange(steps.size)[:, None], -1)
    return np.asarray(numbered.max(axis=0)[None, :])


def _standing(table: Table, frame: Frame, limit: Limit) -> Floats:
    """One for what is active in the limit's period, zero for the rest."""
    if limit.period is None or not frame.model.clock.periods:
        return np.ones(len(table))
    return np.asarray(period_activity(table, frame.model.clock)[limit.period], dtype=np.float64)


def _extendable(frame: Frame) -> Flags:
    return frame.members.flag(f"{frame.letter}_nom_extendable")


def _installed(model: Model, limit: Limit) -> list[Linear] | None:
    """Capacity of one technology, at one bus or everywhere."""
    found = []
    for component, frame in _capacities(model):
        table = frame.members
        side = "bus0" if component in ("line", "transformer", "link", "process") else "bus"
        chosen = _carried_by(frame, (limit.carrier_attribute,)) & _extendable(frame) & (_standing(table, frame, limit) > 0)
        if limit.bus:
            chosen &= np.array([bus == limit.bus for bus in table.text(side)])
        if chosen.any():
            found.append(frame.sizes.where(chosen[None, :]))
    return found or None


def _transmission(model: Model, limit: Limit, *, cost: bool) -> list[Linear] | None:
    carriers = tuple(one.strip() for one in re.sub(r"[\[\]()]", "", limit.carrier_attribute).split(","))
    found = []
    for component, frame in _capacities(model):
        if component not in ("line", "link"):
            continue
        chosen = _carried_by(frame, carriers) & _extendable(frame) & (_standing(frame.members, frame, limit) > 0)
        if chosen.any():
            weight = _investment(frame, limit) if cost else frame.members.number("length")
            found.append(frame.sizes.where(chosen[None, :]).times(weight[None, :]))
    return found or None


def _investment(frame: Frame, limit: Limit) -> Floats:
    clock, table = frame.model.clock, frame.members
    price = fixed_cost(table, clock) - table.number("fom_cost")
    if limit.period is not None or not clock.paths:
        return np.asarray(price)
    return np.asarray(price * (period_activity(table, clock).T @ clock.period_objective))


def _capacities(model: Model) -> list[tuple[str, Frame]]:
    return [(component, model.frames[component]) for component in CAPACITY if component in model.frames]


def _carried_by(frame: Frame, carriers: tuple[str, ...]) -> Flags:
    return np.array([carrier in carriers for carrier in frame.members.text("carrier")])


def _limit_growth(model: Model) -> None:
    """New capacity of a carrier in each period, absolutely and relative to the period before."""
    carriers, periods = model.network.table("carrier"), len(model.clock.periods)
    most, relative = carriers.number("max_growth"), np.maximum(carriers.number("max_relative_growth"), 0.0)
    chosen = np.flatnonzero(np.isfinite(most))
    place = {carriers.names[carrier]: row for row, carrier in enumerate(chosen)}
    pieces = []
    for _, frame in _capacities(model):
        rows = np.array([place.get(carrier, -1) for carrier in frame.members.text("carrier")])
        rows = np.where(_extendable(frame), rows, -1)
        if not (rows >= 0).any():
            continue
        begins = period_activity(frame.members, model.clock)
        begins = begins & (np.cumsum(begins, axis=0) == 1)
        share = np.where(rows >= 0, relative[chosen][np.maximum(rows, 0)], 0.0)
        for period in range(periods):
            pieces.append((frame.sizes.where(begins[period][None, :]), _growth_rows(rows, period, periods)))
            if period + 1 < periods and share.any():
                grown = frame.sizes.where(begins[period][None, :]).times(-share[None, :])
                pieces.append((grown, _growth_rows(rows, period + 1, periods)))
    if pieces:
        high = np.repeat(most[chosen], periods)
        model.builder.add_sums(GROWTH, pieces, np.full(len(high), -np.inf), high)


def _growth_rows(rows: Any, period: int, periods: int) -> Any:
    return np.where(rows < 0, -1, rows * periods + period)[None, :]


KINDS: Mapping[str, Callable[[Model, Limit], list[Linear] | None]] = {
    "primary_energy": _emitted,
    "operational_limit": _operated,
    "tech_capacity_expansion_limit": _installed,
    "transmission_volume_expansion_limit": lambda model, limit: _transmission(model, limit, cost=False),
    "transmission_expansion_cost_limit": lambda model, limit: _transmission(model, limit, cost=True),
}
"""What each kind of limit sums."""


def _unknown(name: str, kind: str, sense: str) -> DefinitionError:
    known = ", ".join(KINDS)
    return DefinitionError(
        Label(
            f"限额“{name}”的种类“{kind}”或比较“{sense}”未知", f"limit '{name}': kind '{kind}' or sense '{sense}' is not known"
        ),
        where=f"energy.network.global_constraint.{name}",
        expected=Label(f"{known}；<=、>=、==", f"{known}; <=, >=, =="),
        remedy=Label("改正限额，或去掉它", "correct the limit or remove it"),
    )


def _unattributed(limit: Limit) -> DefinitionError:
    attribute = limit.carrier_attribute
    return DefinitionError(
        Label(
            f"限额“{limit.name}”所用的载体属性“{attribute}”不存在",
            f"limit '{limit.name}' uses '{attribute}', which no carrier has",
        ),
        where=f"energy.network.global_constraint.{limit.name}",
        expected=Label("载体表里的一列，如 co2_emissions", "a column of the carriers, e.g. co2_emissions"),
        remedy=Label("改正 carrier_attribute，或给载体加上该列", "correct carrier_attribute, or give the carriers that column"),
    )


def _periodless(name: str, year: int) -> DefinitionError:
    return DefinitionError(
        Label(
            f"限额“{name}”属于 {year} 年，但网络没有投资期", f"limit '{name}' belongs to {year}, but the network has no periods"
        ),
        where=f"energy.network.global_constraint.{name}",
        expected=Label("有投资期的网络", "a network with investment periods"),
        remedy=Label("去掉 investment_period，或按多期求解", "remove investment_period, or solve over periods"),
    )


def _carried(name: str, storage: str) -> DefinitionError:
    return DefinitionError(
        Label(
            f"限额“{name}”无法计入跨期而不循环的储能“{storage}”，因为各期代表的年数不为一",
            f"limit '{name}' cannot count storage '{storage}', whose level passes between periods that stand for several years",
        ),
        where=f"energy.network.global_constraint.{name}",
        expected=Label("每期重新开始或循环的储能", "a storage that starts anew in each period or is cyclic"),
        remedy=Label("设 e_initial_per_period 或循环", "set e_initial_per_period, or make it cyclic"),
    )
