"""The rows of one way of counting: identities, what stays, what is known, what the plan and those above it ask.

Invariant: what is counted is chosen here and nowhere else; every soft row has a label, an address and a unit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import isfinite, nan
from typing import Any, Literal, cast

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.pathways.consistency import Row, goal_rows, identity_rows, split_ratio
from dafeng.pathways.picture import Action, Bench, Gauge
from dafeng.work.project import Projection
from dafeng.work.target_actions import BILL, Means, Plant
from dafeng.work.target_reasons import Lacking, read_reasons
from dafeng.work.target_rows import UNIT, Asked, Gathered
from dafeng.work.target_system import Ratio, TargetSystem
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.wording import say

PER = 10.0
"""Megawatts in a unit of the rows (万千瓦)."""
COMMITTED = "built_and_under_construction"
"""Counting rule by which what is under construction counts as running."""
Reading = Literal["least", "band"]
UNTOLD = Label("城市数据不足，模型算不出", "the city's data do not let the model tell")
READINGS: tuple[Reading, Reading] = ("least", "band")
"""How “about” can be read: as at least, or as a band."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader is told of a row.

    Parameters
    ----------
    label : Label
        What it says.
    address : str
        Its trace.
    target : str or None
        Id of a target of the city's own plan.
    unit : str
        Unit of the row.
    year : int
        Year it speaks of.
    above : bool
        Whether it comes from a plan above the city.
    fact : bool
        Whether it is a fact or an assumption rather than a target.
    """

    label: Label
    address: str
    target: str | None
    unit: str
    year: int
    above: bool = False
    fact: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One way of counting.

    Parameters
    ----------
    counting : str
        Which capacities are summed.
    reading : {"least", "band"}
        How “about” is read.
    rule : str
        How non-fossil energy is counted.
    """

    counting: str
    reading: Reading
    rule: str

    @property
    def id(self) -> str:
        """Its parts, joined by dots."""
        return f"{self.counting}.{self.reading}.{self.rule}"


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Everything that rows are made from.

    Parameters
    ----------
    gathered : Gathered
        Targets.
    means : Means
        What can be done.
    projection : Projection
        What is known.
    identities, views : mapping
        ``data/consistency/power.yaml`` and ``views.yaml``.
    traces : TraceBook
        Gets the traces of assumptions.
    memory : dict
        What was asked of the rows of any way of counting, and of the model under each counting.
    """

    gathered: Gathered
    means: Means
    projection: Projection
    identities: Mapping[str, Any]
    views: Mapping[str, Any]
    traces: TraceBook
    memory: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def paid(self) -> tuple[int, ...]:
        """Years whose cost counts: those after the assessment in which something is asked."""
        return tuple(year for year in self.gathered.years if year > self.projection.city.year)

    @property
    def rules(self) -> tuple[str, ...]:
        """Rules of counting non-fossil energy."""
        return tuple(rule["id"] for rule in self.views["rules"])

    def open(self, counting: str) -> tuple[Bench | None, frozenset[str]]:
        """The model at hand with what can be done under one counting.

        Parameters
        ----------
        counting : str
            Which capacities count as running.

        Returns
        -------
        Bench or None
            ``None`` where no target speaks of the model.
        frozenset of str
            Actions without a sourced cost.
        """
        asked = [one.gauge(rule) for one in self.gathered.asked for rule in one.quantities]
        if not asked:
            return None, frozenset()
        gauges = list({gauge.name: gauge for gauge in asked}.values())
        known = self.means.open((), gauges).read({})
        if not any(isfinite(value) for value in known.values()):
            return None, frozenset()
        levers, unpriced = self.means.levers(self.paid)
        return self.means.open((*levers, *self._buildings(counting)), gauges), unpriced

    def savings(self, counting: str) -> Mapping[str, Mapping[str, float]]:
        """What one unit more of each plant saves or sells, where nothing else is done.

        Parameters
        ----------
        counting : str
            Which capacities count as running.

        Returns
        -------
        mapping of str to mapping of str to float
            By ``bill@year`` and variable, negative where it saves. [CNY/a per unit]
        """
        key = "savings", counting
        if key not in self.memory:
            gauges = [Gauge(at(BILL, year), BILL, year) for year in self.paid]
            bench = self.means.open(tuple(self._buildings(counting)), gauges)
            self.memory[key] = bench.draw(bench.start).slopes
        return cast(Mapping[str, Mapping[str, float]], self.memory[key])

    def linked(self, plant: Plant, counting: str) -> str:
        """Variable that stands for what runs.

        Parameters
        ----------
        plant : Plant
            The plant.
        counting : str
            Counting rule.

        Returns
        -------
        str
            Indicator id.
        """
        return plant.committed if counting == COMMITTED else plant.variable

    def _buildings(self, counting: str) -> Iterator[Action]:
        years, now = self.paid, self.projection.city.year
        for plant in self.means.plants:
            name = self.linked(plant, counting)
            asked = [one.goal.value for one in self.gathered.asked if one.goal.indicator == name]
            for number, year in enumerate(years):
                high = max(plant.ends[year][2] / PER, *asked, 0.0) if asked else plant.ends[year][2] / PER
                before = years[number - 1] if number else now
                path = [(before, 0.0), (year, 1.0)] + ([(years[number + 1], 0.0)] if number + 1 < len(years) else [])
                yield Action(
                    at(name, year),
                    plant.label,
                    "capacity",
                    frozenset({plant.plant}),
                    PER,
                    tuple(path),
                    UNIT,
                    high=high,
                    zero=plant.ends[year][1] / PER,
                )


def at(name: str, year: int) -> str:
    """Name of a variable or row of one year.

    Parameters
    ----------
    name : str
        Indicator or rule.
    year : int
        Year.

    Returns
    -------
    str
        ``name@year``.
    """
    return f"{name}@{year}"


def build_system(
    ground: Ground, way: Way, opened: tuple[Bench | None, frozenset[str]]
) -> tuple[TargetSystem, dict[str, Told], tuple[Lacking, ...]]:
    """The rows of one way of counting.

    Parameters
    ----------
    ground : Ground
        What rows are made from.
    way : Way
        Counting, reading and rule.
    opened : tuple of Bench or None and frozenset of str
        The model under this counting, as `Ground.open` gives it.

    Returns
    -------
    TargetSystem
        Hard and soft rows.
    dict of str to Told
        What each soft row says.
    tuple of Lacking
        Targets whose quantity the model does not know for this city.
    """
    bench, unpriced = opened
    usable, lacking = _usable(ground, bench, way)
    told: dict[str, Told] = {}
    rows: list[Row] = [*_identities(ground, way), *_stays(ground)]
    views, sizes, ratios = dict[str, str](), dict[str, float](), dict[str, Ratio]()
    for one in usable:
        for row in _asked_rows(one, way, bench, views, sizes, ground):
            rows.append(row)
            parts = None if one.quantities else split_ratio(one.goal.definition)
            if parts is not None:
                part, whole = (at(name, one.year) for name in parts)
                ratios[row.name] = Ratio(part, whole, -row.coefficients[whole])
            unit = one.unit if parts is None else "1"
            says = ground.traces.get(one.goal.address).says
            told[row.name] = Told(says, one.goal.address, one.target, unit, one.year, _is_above(one))
    rows, costs = _costs(ground, way, [*rows, *_facts(ground, told)], bench)
    targets = frozenset(name for name, one in told.items() if not one.fact)
    return TargetSystem(tuple(rows), views, bench, costs, sizes, targets, unpriced, ratios, ground.memory), told, lacking


def _usable(ground: Ground, bench: Bench | None, way: Way) -> tuple[list[Asked], tuple[Lacking, ...]]:
    known = bench.read({}) if bench is not None else {}
    usable = [one for one in ground.gathered.asked if not one.quantities or isfinite(known.get(one.gauge(way.rule).name, nan))]
    why = replace(
        read_reasons().of("data"), says=Label("城市数据不足，模型算不出", "the city's data do not let the model tell")
    )
    left = [one for one in ground.gathered.asked if one not in usable]
    return usable, tuple(Lacking(one.label, one.goal.address, why, _is_above(one)) for one in left)


def _is_above(one: Asked) -> bool:
    return one.goal.address.startswith("above/")


def _asked_rows(
    one: Asked, way: Way, bench: Bench | None, views: dict[str, str], sizes: dict[str, float], ground: Ground
) -> Iterator[Row]:
    for row in goal_rows([one.goal], about_as_least=way.reading == "least" or _is_above(one)):
        if not one.quantities:
            yield replace(
                row, coefficients={at(name, one.year): factor for name, factor in row.coefficients.items()}, unit=one.unit
            )
            if not row.bound:
                sizes[row.name] = _whole(ground, one.year)
            continue
        gauge = one.gauge(way.rule)
        views[row.name] = gauge.name
        if not row.bound and bench is not None:
            sizes[row.name] = abs(bench.series({}, gauge.quantity)[one.base or one.year]) * one.factor
        yield replace(row, coefficients={}, unit=one.unit)


def _whole(ground: Ground, year: int) -> float:
    """Capacity of all plants of which the drivers speak, by which a ratio of capacities is measured. [万千瓦]"""
    known = sum(plant.ends[year][1] / PER for plant in ground.means.plants if year in plant.ends)
    return known or 1000.0


def _identities(ground: Ground, way: Way) -> Iterator[Row]:
    listed = next(one for one in ground.identities["countings"] if one["id"] == way.counting)["identities"]
    made = identity_rows([*ground.identities["identities"], *listed])
    for year in ground.gathered.years:
        for row in made:
            yield replace(row, name=at(row.name, year), coefficients={at(n, year): c for n, c in row.coefficients.items()})
        if ground.means.plants:
            parts = {at(ground.linked(plant, way.counting), year): -1.0 for plant in ground.means.plants}
            yield Row(at("beside", year), {at("clean_capacity", year): 1.0, **parts}, "=", 0.0, UNIT, "rules/beside", hard=True)


def _stays(ground: Ground) -> Iterator[Row]:
    years = ground.gathered.years
    for plant in ground.means.plants:
        for name in dict.fromkeys((plant.variable, plant.committed)):
            for before, after in pairwise(years):
                terms = {at(name, after): 1.0, at(name, before): -1.0}
                yield Row(f"stays.{at(name, after)}", terms, ">=", 0.0, UNIT, "rules/stays", hard=True)


def _facts(ground: Ground, told: dict[str, Told]) -> Iterator[Row]:
    for year in ground.gathered.years:
        spoken = set()
        for row, label in _evidence(ground, year):
            spoken |= set(row.coefficients)
            told[row.name] = Told(label, row.address, None, row.unit, year, fact=True)
            yield row
        for plant in ground.means.plants:
            name = at(plant.variable, year)
            if name not in spoken and year in ground.paid:
                row = Row(
                    f"reach.{name}", {name: 1.0}, "<=", plant.ends[year][2] / PER, UNIT, _trace_reach(ground, plant, year)
                )
                told[row.name] = Told(ground.traces.get(row.address).says, row.address, None, UNIT, year, fact=True)
                yield row


def _evidence(ground: Ground, year: int) -> Iterator[tuple[Row, Label]]:
    for item in ground.identities["evidence"]:
        series = [s for s in ground.projection.scores.of(item["indicator"]) if (s.basis == "projected") == item["projected"]]
        usable = [s for s in series if s.year == year] if item["projected"] else [s for s in series if s.year <= year]
        if usable:
            score, says = usable[-1], Label(**item["says"])
            zh, en = say(score.value, score.unit, "zh"), say(score.value, score.unit, "en")
            label = Label(f"{says.zh}（{score.year}年 {zh}）", f"{says.en} ({score.year}: {en})")
            name = at(item["indicator"], year)
            yield Row(at(item["id"], year), {name: 1.0}, item["sense"], score.value, score.unit, score.address), label


def _trace_reach(ground: Ground, plant: Plant, year: int) -> str:
    address = f"assumptions/reach.{plant.plant}.{year}"
    if address in ground.traces:
        return address
    said, value = Label(**ground.views["says"]["reach"]), plant.ends[year][2] / PER
    rows = [row for row in ground.means.drivers.used["capacity"] if plant.plant in row.members]
    nearest = next((row for row in rows if row.year is None or row.year >= year), rows[-1])
    zh, en = say(value, UNIT, "zh"), say(value, UNIT, "en")
    return ground.traces.add(
        Trace(
            address,
            "assumption",
            Label(f"{year}年{plant.label.zh}：{said.zh}（{zh}）", f"{plant.label.en} in {year}: {said.en} ({en})"),
            number_text(value),
            UNIT,
            year,
            source=nearest.source,
            grade=nearest.grade,
        )
    )


def _costs(ground: Ground, way: Way, rows: Sequence[Row], bench: Bench | None) -> tuple[list[Row], dict[str, float]]:
    """What is built after the assessment year: its yearly cost less the energy it saves or sells, on average over the years."""
    made, costs, now = list(rows), dict[str, float](), ground.projection.city.year
    if bench is None or not ground.means.plants:
        return made, costs
    slopes = ground.savings(way.counting)
    for plant in ground.means.plants:
        present = plant.ends[now][1] / PER if now in plant.ends else 0.0
        for year in ground.paid:
            name = at(ground.linked(plant, way.counting), year)
            new, gone = f"new.{name}", f"gone.{name}"
            made.append(Row(new, {name: 1.0, new: -1.0, gone: 1.0}, "=", present, UNIT, "rules/new", hard=True))
            saved = slopes[at(BILL, year)].get(name, 0.0)
            costs[new] = ((plant.cost or 0.0) * PER + saved) / len(ground.paid)
            costs[gone] = -saved / len(ground.paid)
    return made, costs
