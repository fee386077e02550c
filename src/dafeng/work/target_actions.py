"""What a city can do about its targets: plants that are built and measures that are taken, with what each costs a year.

Invariant: an action without a sourced cost has none; it may help to show that targets can be met, never that they are cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import ratio
from dafeng.energy.technologies import annual_cost, annuity, interest, read_technologies
from dafeng.pathways.measures import Measure, cost_model, read_measures, read_priced_drivers
from dafeng.pathways.model.axes import YEAR
from dafeng.pathways.model.city import read_city_model
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Drivers
from dafeng.pathways.model.fan import Fan, open_fan
from dafeng.pathways.model.levers import Pulled, add_levers
from dafeng.pathways.model.run import Labelled
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.picture import Action, Bench, Gauge, open_bench
from dafeng.work.city import City

BILL = "energy_bill"
"""Quantity of the model that says what energy costs the city. [CNY]"""


@dataclass(frozen=True, slots=True)
class Plant:
    """A kind of plant that can be built.

    Parameters
    ----------
    plant : str
        Member of the model.
    variable, committed : str
        What the rows call what runs, and what is built and under construction.
    label : Label
        Name for readers.
    ends : mapping of int to tuple of float
        Low, middle and high value of the table of drivers by year. [MW]
    cost : float or None
        Annuity and upkeep of one megawatt. [CNY/a]
    """

    plant: str
    variable: str
    committed: str
    label: Label
    ends: Mapping[int, tuple[float, float, float]]
    cost: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """The model of a city with everything that can be done.

    Parameters
    ----------
    pulled : Pulled
        The sector model with the levers of the measures.
    drivers : Drivers
        Its given quantities.
    measures : tuple of Measure
        Measures that are levers; plants are built apart.
    plants : tuple of Plant
        Plants of which the city's drivers speak.
    findings : tuple of Finding
        Measures left out, and drivers that are missing.
    """

    pulled: Pulled
    drivers: Drivers
    measures: tuple[Measure, ...]
    plants: tuple[Plant, ...]
    findings: tuple[Finding, ...]

    def open(self, actions: Sequence[Action], gauges: Sequence[Gauge]) -> Bench:
        """Put the model at hand.

        Parameters
        ----------
        actions : sequence of Action
            What can be done.
        gauges : sequence of Gauge
            What is read.

        Returns
        -------
        Bench
            The model as the drivers give it.
        """
        return open_bench(self.pulled.graph, self.pulled.given(self.drivers.values), actions, gauges)

    def levers(self, years: Sequence[int]) -> tuple[tuple[Action, ...], frozenset[str]]:
        """Measures as actions.

        Parameters
        ----------
        years : sequence of int
            Years whose cost counts.

        Returns
        -------
        tuple of Action
            One for each measure, from nothing to all of it; its cost is annuity, upkeep and running cost of all of it less the
            energy it saves when it is the only one, on average over the years.
        frozenset of str
            Those without a sourced cost.
        """
        costs = _yearly_costs(self, years)
        made = tuple(Action(one.id, one.label, one.id, cost=costs[one.id] or 0.0) for one in self.measures)
        return made, frozenset(name for name, cost in costs.items() if cost is None)


def gather_means(city: City, plants: Iterable[Mapping[str, Any]]) -> Means:
    """The sector model of a city with its measures and plants.

    Parameters
    ----------
    city : City
        The city.
    plants : iterable of mapping
        ``plants`` of ``data/consistency/views.yaml``.

    Returns
    -------
    Means
        Model, levers and plants.

    Raises
    ------
    DefinitionError
        If a table of the city breaks its form.
    """
    model = _model()
    drivers = read_priced_drivers(model, city.overlay)
    found = read_measures(model.graph, city.overlay)
    measures = tuple(one for one in found.measures if not _builds(one))
    pulled = add_levers(model.graph, [one.lever for one in measures])
    known = frozenset(member for row in drivers.used["capacity"] for member in row.members)
    listed = [item for item in plants if item["plant"] in known]
    made = tuple(_plant(item, drivers, model.graph.space.years.tolist(), model) for item in listed)
    return Means(pulled, drivers, measures, made, (*drivers.findings, *found.findings))


@cache
def _model() -> Model:
    return cost_model(read_city_model())


def _builds(measure: Measure) -> bool:
    """Whether a measure builds plants, which are actions of their own with a row for each year."""
    return any(effect.quantity == "capacity" for effect in measure.lever.effects)


def _plant(item: Mapping[str, Any], drivers: Drivers, years: Sequence[int], model: Model) -> Plant:
    given, space = drivers.values["capacity"], model.graph.space
    corners = (given.low, given.mid, given.high) if isinstance(given, Band) else (given, given, given)
    at, row = space.position("plant"), space.member("plant", item["plant"])
    series = [np.broadcast_to(np.take(corner, row, axis=at).reshape(-1), len(years)) for corner in corners]
    ends = {year: (float(low), float(mid), float(high)) for year, low, mid, high in zip(years, *series, strict=True)}
    label = Label(**item["label"])
    return Plant(item["plant"], item["variable"], item.get("committed", item["variable"]), label, ends, _megawatt(item))


def _megawatt(item: Mapping[str, Any]) -> float | None:
    try:
        return annual_cost(read_technologies()[item["technology"]], rate=interest())
    except LookupFailure:
        return None


def _yearly_costs(means: Means, years: Sequence[int]) -> dict[str, float | None]:
    """What each measure costs a year when done in full, less the energy it then saves when it is the only one."""
    wanted = {one.bought.quantity for one in means.measures if one.bought is not None and one.priced}
    given, levers = means.pulled.given(means.drivers.values), [one.id for one in means.measures]
    middle = {name: value.mid if isinstance(value, Band) else value for name, value in given.items()}
    fan = open_fan(means.pulled.graph, middle, (BILL, *sorted(wanted)), levers, points=1)
    before, costs = _copied(fan), dict[str, float | None]()
    known = set(fan.tape.given)
    for one in means.measures:
        if one.id not in known:
            costs[one.id] = None
            continue
        fan.room(one.id)[...] = 1.0
        after = _copied(fan)
        fan.room(one.id)[...] = 0.0
        yearly = [_own_cost(one, before, after, year) - _saved(before, after, year) for year in years] if one.priced else []
        costs[one.id] = sum(yearly) / len(yearly) if yearly and np.isfinite(yearly).all() else None
    return costs


def _copied(fan: Fan) -> dict[str, Labelled]:
    return {name: Labelled(fan.tape.graph.space, values.copy()) for name, values in fan.play().items()}


def _saved(before: Mapping[str, Labelled], after: Mapping[str, Labelled], year: int) -> float:
    return _total(before[BILL], frozenset(), year) - _total(after[BILL], frozenset(), year)


def _own_cost(one: Measure, before: Mapping[str, Labelled], after: Mapping[str, Labelled], year: int) -> float:
    amount = _bought(one, before, after, year)
    investment = one.amounts["investment"]
    upkeep = one.amounts["upkeep"].mid if "upkeep" in one.amounts else 0.0
    yearly = investment.mid * (annuity(interest(), one.amounts["lifetime"].mid) + upkeep)
    running = one.amounts.get("running")
    own = amount * _per(investment.unit, one) * yearly
    return own + (amount * _per(running.unit, one) * running.mid if running is not None else 0.0)


def _bought(one: Measure, before: Mapping[str, Labelled], after: Mapping[str, Labelled], year: int) -> float:
    """What the investment pays for by a year: the size, or a change of the model."""
    if one.bought is None:
        lever = one.lever
        return one.amounts["size"].mid * min(1.0, max(0.0, (year - lever.first) / max(lever.full - lever.first, 1)))
    name, members = one.bought.quantity, one.bought.members
    changed = abs(_total(after[name], members, year) - _total(before[name], members, year))
    return changed * (one.amounts[one.bought.times].mid if one.bought.times else 1.0)


def _per(unit: str, one: Measure) -> float:
    """From a price per unit to one per unit of what is bought."""
    if one.bought is not None:
        return 1.0
    return float(ratio(f"{one.amounts['size'].unit}*{unit}", "CNY"))


def _total(made: Labelled, members: frozenset[str], year: int) -> float:
    """Sum over members in one year."""
    space, values = made.space, made.values
    for axis in space.axes:
        at = space.position(axis.name)
        chosen = [number for number, member in enumerate(axis.members) if member in members]
        if axis.name == YEAR:
            chosen = [year - int(axis.members[0])]
        if chosen and values.shape[at] > 1:
            values = np.take(values, chosen, axis=at)
    return float(values.sum())
