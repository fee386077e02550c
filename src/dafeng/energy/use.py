"""Yearly figures of an operated system: what ran how much, what was curtailed, traded, stored and emitted.

Invariant: every figure is a sum over the hourly series of one dispatch; nothing is estimated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.energy.dispatch import Dispatch, generator_value, line_value, storage_value
from dafeng.energy.program import Floats
from dafeng.energy.system import Generator, Line, Storage

WEEK = 168
"""Hours of a week."""


@dataclass(frozen=True, slots=True)
class GeneratorUse:
    """A generator's year.

    Parameters
    ----------
    name, technology : str
        Which one.
    capacity_mw : float
        Capacity. [MW]
    generation_mwh, available_mwh, curtailed_mwh : float
        Output, most it could have fed, and what a renewable one lost. [MWh]
    curtailed_share : float or None
        Lost share of what was available; ``None`` where it is no renewable or had nothing.
    full_hours : float or None
        Output over capacity; ``None`` without capacity. [h]
    co2_t : float
        CO2 of the fuel. [tCO2]
    cost : float
        Variable cost. [yuan]
    worth : float
        What one more MW would save. [yuan/MW]
    """

    name: str
    technology: str
    capacity_mw: float
    generation_mwh: float
    available_mwh: float
    curtailed_mwh: float
    curtailed_share: float | None
    full_hours: float | None
    co2_t: float
    cost: float
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
    """A line's year.

    Parameters
    ----------
    name, direction : str
        Which one.
    limit_mw : float
        Limit. [MW]
    flow_mwh, full_hours : float
        Energy carried [MWh] and its hours at the limit [h].
    co2_t : float
        CO2 of imports. [tCO2]
    cost : float
        Paid for imports, negative for what exports earn. [yuan]
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
    """A system's year.

    Parameters
    ----------
    generators, storages, lines : tuple
        Each component's year.
    demand_mwh, unserved_mwh, surplus_mwh : float
        Demand, what of it was not met, and what had to run without use. [MWh]
    curtailed_mwh : float
        Lost output of all renewables. [MWh]
    curtailed_share : float or None
        Lost share of what all renewables could have fed.
    co2_t : float
        CO2 of fuels and imports. [tCO2]
    non_fossil_mwh : float
        Output of non-fossil generators and the non-fossil part of imports. [MWh]
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
        An operated system.

    Returns
    -------
    Use
        Figures of every component and of the whole.
    """
    system = found.system
    generators = tuple(_generator(found, one) for one in system.generators)
    lines = tuple(_line(found, one) for one in system.lines)
    lost = sum(one.curtailed_mwh for one in generators)
    offered = sum(use.available_mwh for use, one in zip(generators, system.generators, strict=True) if one.renewable)
    own = sum(use.generation_mwh for use, one in zip(generators, system.generators, strict=True) if one.non_fossil)
    bought = sum(
        use.flow_mwh * one.non_fossil_share for use, one in zip(lines, system.lines, strict=True) if one.direction == "import"
    )
    return Use(
        generators=generators,
        storages=tuple(_storage(found, one) for one in system.storages),
        lines=lines,
        demand_mwh=sum(found.total(f"demand.{one.name}") for one in system.loads),
        unserved_mwh=sum(found.total(f"unserved.{one.name}") for one in system.loads),
        surplus_mwh=sum(found.total(f"surplus.{one.name}") for one in system.loads),
        curtailed_mwh=lost,
        curtailed_share=_ratio(lost, offered),
        co2_t=sum(one.co2_t for one in generators) + sum(one.co2_t for one in lines),
        non_fossil_mwh=own + bought,
        cost=found.cost,
    )


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
        An operated system.

    Returns
    -------
    (hours,) array
        Remaining demand, negative where renewables exceed it. [MW]
    """
    demand = [found.series[f"demand.{one.name}"] for one in found.system.loads]
    offered = [found.series[f"available.{one.name}"] for one in found.system.generators if one.renewable]
    return np.asarray(sum(demand) - sum(offered), dtype=np.float64)


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


def _generator(found: Dispatch, one: Generator) -> GeneratorUse:
    output, offered = found.total(f"generation.{one.name}"), found.total(f"available.{one.name}")
    lost = offered - output if one.renewable else 0.0
    return GeneratorUse(
        name=one.name,
        technology=one.technology,
        capacity_mw=one.capacity_mw,
        generation_mwh=output,
        available_mwh=offered,
        curtailed_mwh=lost,
        curtailed_share=_ratio(lost, offered) if one.renewable else None,
        full_hours=_ratio(output, one.capacity_mw),
        co2_t=output * one.co2_intensity,
        cost=output * one.variable_cost,
        worth=generator_value(found, one),
    )


def _storage(found: Dispatch, one: Storage) -> StorageUse:
    charged, discharged = found.total(f"charge.{one.name}"), found.total(f"discharge.{one.name}")
    power = found.power[one.name]
    return StorageUse(
        name=one.name,
        technology=one.technology,
        power_mw=power,
        energy_mwh=power * one.hours,
        charged_mwh=charged,
        discharged_mwh=discharged,
        lost_mwh=charged - discharged,
        cycles=_ratio(discharged / one.discharge_efficiency, power * one.hours),
        full_hours=_ratio(discharged, power),
        worth=storage_value(found, one),
    )


def _line(found: Dispatch, one: Line) -> LineUse:
    name = f"{one.direction}.{one.name}"
    flow = found.total(name)
    return LineUse(
        name=one.name,
        direction=one.direction,
        limit_mw=one.limit_mw,
        flow_mwh=flow,
        full_hours=_ratio(flow, one.limit_mw),
        co2_t=flow * one.co2_intensity if one.direction == "import" else 0.0,
        cost=float(found.solution.program.cost[found.solution.program.variables[name]] @ found.series[name]),
        worth=line_value(found, one),
    )


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
