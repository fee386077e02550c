"""Yearly figures of an operated city: what ran how much, what was curtailed, traded, stored and emitted.

Invariant: every figure is a sum over the hourly series of one dispatch; nothing is estimated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.energy.city import Member
from dafeng.energy.dispatch import Dispatch, place_of, worth
from dafeng.energy.program import Floats

WEEK = 168
"""Hours of a week."""


@dataclass(frozen=True, slots=True)
class GeneratorUse:
    """A plant's year.

    Parameters
    ----------
    name, technology : str
        Which one.
    capacity_mw : float
        Electric capacity. [MW]
    generation_mwh, available_mwh, curtailed_mwh : float
        Output, most it could have fed, and what a renewable one lost. [MWh]
    curtailed_share : float or None
        Lost share of what was available; ``None`` where it is no renewable or had nothing.
    full_hours : float or None
        Output over capacity; ``None`` without capacity. [h]
    flows : dict of str to float
        What it puts into other carriers over the year: heat above zero, fuel below. [carrier's unit]
    worth : float
        What one more MW of the component's capacity would save. [yuan/MW]
    """

    name: str
    technology: str
    capacity_mw: float
    generation_mwh: float
    available_mwh: float
    curtailed_mwh: float
    curtailed_share: float | None
    full_hours: float | None
    flows: dict[str, float]
    worth: float


@dataclass(frozen=True, slots=True)
class StorageUse:
    """A storage's year.

    Parameters
    ----------
    name, technology : str
        Which one.
    power_mw, energy_mwh : float
        Power [MW] and energy capacity [MWh].
    charged_mwh, discharged_mwh : float
        Energy taken and given. [MWh]
    lost_mwh : float
        Difference of the two. [MWh]
    cycles : float or None
        Energy drawn from the level over energy capacity; ``None`` without capacity.
    full_hours : float or None
        Discharge over power; ``None`` without power. [h]
    worth : float
        What one more MW would save. [yuan/MW]
    """

    name: str
    technology: str
    power_mw: float
    energy_mwh: float
    charged_mwh: float
    discharged_mwh: float
    lost_mwh: float
    cycles: float | None
    full_hours: float | None
    worth: float


@dataclass(frozen=True, slots=True)
class LineUse:
    """A year of what comes from outside or goes there: power, fuel.

    Parameters
    ----------
    name, direction : str
        Which one; ``import``, ``export`` or ``supply``.
    limit_mw : float
        Limit. [MW]
    flow_mwh, full_hours : float
        Energy carried [MWh] and its hours at the limit [h].
    co2_t : float
        CO2 of what was bought. [tCO2]
    cost : float
        Paid, negative for what exports earn. [yuan]
    worth : float
        What one more MW would save. [yuan/MW]
    """

    name: str
    direction: str
    limit_mw: float
    flow_mwh: float
    full_hours: float | None
    co2_t: float
    cost: float
    worth: float


@dataclass(frozen=True, slots=True)
class Use:
    """A city's year.

    Parameters
    ----------
    generators, storages, lines : tuple
        Each plant's, storage's, line's and supply's year.
    demand_mwh, unserved_mwh, surplus_mwh : float
        Electricity demand, what of it was not met, and what had to run without use. [MWh]
    curtailed_mwh : float
        Lost output of all renewables. [MWh]
    curtailed_share : float or None
        Lost share of what all renewables could have fed.
    co2_t : float
        CO2 released: of fuels and imports, less what is captured. [tCO2]
    non_fossil_mwh : float
        Electricity of non-fossil plants and the non-fossil part of imports. [MWh]
    cost : float
        Certified cost, penalties included. [yuan]
    """

    generators: tuple[GeneratorUse, ...]
    storages: tuple[StorageUse, ...]
    lines: tuple[LineUse, ...]
    demand_mwh: float
    unserved_mwh: float
    surplus_mwh: float
    curtailed_mwh: float
    curtailed_share: float | None
    co2_t: float
    non_fossil_mwh: float
    cost: float


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Some consecutive hours of all series, for a chart.

    Parameters
    ----------
    kind : str
        Why these hours: ``scarce``, ``abundant``, ``typical``.
    start : int
        First hour of the year, from 0.
    series : dict of str to (hours,) array
        The series in these hours.
    """

    kind: str
    start: int
    series: dict[str, Floats]


def year_of(found: Dispatch) -> Use:
    """Yearly figures of a dispatch.

    Parameters
    ----------
    found : Dispatch
        An operated city.

    Returns
    -------
    Use
        Figures of every component and of the whole.
    """
    plants = [one for one in found.city.of("plant") if f"generation.{one.plant.id}" in found.series]
    generators = tuple(_generator(found, one) for one in plants)
    lines = tuple(_line(found, one) for one in found.city.of("import", "export", "supply"))
    storages = tuple(_storage(found, one) for one in found.city.of("storage") if one.component == "storage_unit")
    renewable = {one.plant.id for one in plants if one.kit.technology.renewable}
    green = {one.plant.id for one in plants if one.kit.technology.non_fossil}
    lost, offered = sum_of(found, "curtailed"), sum(use.available_mwh for use in generators if use.name in renewable)
    own = sum(use.generation_mwh for use in generators if use.name in green)
    bought = sum(
        found.total(f"import.{one.plant.id}") * one.plant.figures.get("non_fossil_share", 0.0)
        for one in found.city.of("import")
    )
    return Use(
        generators=generators,
        storages=storages,
        lines=lines,
        demand_mwh=sum_of(found, "demand"),
        unserved_mwh=sum_of(found, "unserved"),
        surplus_mwh=sum_of(found, "surplus"),
        curtailed_mwh=lost,
        curtailed_share=_ratio(lost, offered),
        co2_t=-sum(found.total(name) for name in found.series if name.startswith("co2.co2_outlet")),
        non_fossil_mwh=own + bought,
        cost=found.cost,
    )


def sum_of(found: Dispatch, head: str) -> float:
    """Sum of all series of one sort over the hours.

    Parameters
    ----------
    found : Dispatch
        An operated city.
    head : str
        What their names begin with, e.g. ``demand``.

    Returns
    -------
    float
        Sum. [MWh for series in MW]
    """
    return sum(found.total(name) for name in found.series if name.startswith(f"{head}."))


def window(found: Dispatch, start: int, *, hours: int = WEEK, kind: str = "chosen") -> Window:
    """Consecutive hours of all series.

    Parameters
    ----------
    found : Dispatch
        An operated system.
    start : int
        First hour, from 0.
    hours : int
        How many; fewer at the end of the year.
    kind : str
        Why these hours.

    Returns
    -------
    Window
        The series in these hours.
    """
    return Window(kind, start, {name: values[start : start + hours] for name, values in found.series.items()})


def weeks(found: Dispatch) -> tuple[Window, ...]:
    """Three weeks worth showing, chosen by the demand that renewables leave.

    Parameters
    ----------
    found : Dispatch
        An operated system over at least one week.

    Returns
    -------
    tuple of Window
        The week with the highest remaining demand, the one with the lowest, and the median one, in this order.
    """
    left = residual(found)
    count = max(1, len(left) // WEEK)
    means = np.array([left[number * WEEK : (number + 1) * WEEK].mean() for number in range(count)])
    order = np.argsort(means, kind="stable")
    picked = (("scarce", order[-1]), ("abundant", order[0]), ("typical", order[count // 2]))
    return tuple(window(found, int(number) * WEEK, kind=kind) for kind, number in picked)


def residual(found: Dispatch) -> Floats:
    """Demand less what renewables could feed.

    Parameters
    ----------
    found : Dispatch
        An operated city.

    Returns
    -------
    (hours,) array
        Remaining demand, negative where renewables exceed it. [MW]
    """
    total = np.zeros(found.outcome.network.clock.size)
    for name, values in found.series.items():
        head, _, own = name.partition(".")
        if head == "demand":
            total = total + values
        elif head == "available" and f"curtailed.{own}" in found.series:
            total = total - values
    return total


def duration(values: Floats) -> Floats:
    """Duration curve of a series.

    Parameters
    ----------
    values : (hours,) array
        Any series.

    Returns
    -------
    (hours,) array
        The values from the largest to the smallest.
    """
    return np.sort(values)[::-1]


def _generator(found: Dispatch, one: Member) -> GeneratorUse:
    own, capacity = one.plant.id, _electric(found, one)
    output, offered = found.total(f"generation.{own}"), found.total(f"available.{own}")
    lost = offered - output if one.kit.technology.renewable else 0.0
    carriers = {name.removesuffix(f".{own}") for name in found.series if name.endswith(f".{own}")} - HEADS
    return GeneratorUse(
        name=own,
        technology=one.plant.technology,
        capacity_mw=capacity,
        generation_mwh=output,
        available_mwh=offered,
        curtailed_mwh=lost,
        curtailed_share=_ratio(lost, offered) if one.kit.technology.renewable else None,
        full_hours=_ratio(output, capacity),
        flows={carrier: found.total(f"{carrier}.{own}") for carrier in sorted(carriers)},
        worth=worth(found, one),
    )


HEADS = frozenset({"generation", "available", "curtailed", "price", "level"})
"""Sorts of a plant's series that are not flows of another carrier."""


def _electric(found: Dispatch, one: Member) -> float:
    """Capacity in electricity; that of a link is its input."""
    if one.component != "link":
        return found.power(one)
    table = found.outcome.network.table("link")
    return found.power(one) * float(
        np.max(table.varying("efficiency", found.outcome.network.clock.size)[:, place_of(found.outcome, one)])
    )


def _storage(found: Dispatch, one: Member) -> StorageUse:
    own, power = one.plant.id, found.power(one)
    charged, discharged = found.total(f"charge.{own}"), found.total(f"discharge.{own}")
    table, place = found.outcome.network.table("storage_unit"), place_of(found.outcome, one)
    energy = power * table.number("max_hours")[place]
    return StorageUse(
        name=own,
        technology=one.plant.technology,
        power_mw=power,
        energy_mwh=energy,
        charged_mwh=charged,
        discharged_mwh=discharged,
        lost_mwh=charged - discharged,
        cycles=_ratio(discharged / table.number("efficiency_dispatch")[place], energy),
        full_hours=_ratio(discharged, power),
        worth=worth(found, one),
    )


def _line(found: Dispatch, one: Member) -> LineUse:
    outcome, place = found.outcome, place_of(found.outcome, one)
    flow = outcome.value(one.component, "p")[:, place]
    clock, table = outcome.network.clock, outcome.network.table(one.component)
    price = np.broadcast_to(table.varying("marginal_cost", clock.size), (clock.size, len(table)))[:, place]
    energy, limit = float(flow @ clock.generators), found.power(one)
    emitted = f"co2.{one.name}"
    return LineUse(
        name=one.plant.id,
        direction=one.kit.technology.role,
        limit_mw=limit,
        flow_mwh=energy,
        full_hours=_ratio(energy, limit),
        co2_t=found.total(emitted) if emitted in found.series else 0.0,
        cost=float((price * flow) @ clock.objective),
        worth=worth(found, one),
    )


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
