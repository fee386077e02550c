"""Targets of a plan, of the plans above it and known facts as rows: which can be asked of what, and which cannot.

Invariant: a target becomes a row with the address of its clause, or a finding that says what the model would have to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import ratio
from dafeng.library.indicators import Catalogue, Indicator
from dafeng.library.rules import RuleBook
from dafeng.pathways.consistency import Goal, split_ratio
from dafeng.pathways.picture import Gauge
from dafeng.plans.plan import Goal as PlanGoal
from dafeng.plans.plan import Plan, Target
from dafeng.work.parties import Party, parties_above
from dafeng.work.project import Projection
from dafeng.work.target_reasons import Lacking, read_reasons
from dafeng.work.targets import COMPARATORS, about_width, listed, trace_target
from dafeng.work.tracing import TraceBook, number_text

FIRST = 2020
"""First year of the sector model."""
UNIT = "万千瓦"
"""Unit of capacities."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One target that is a row.

    Parameters
    ----------
    goal : Goal
        Its comparison.
    year : int
        Year it is due.
    unit : str
        Unit of its value.
    label : Label
        Indicator.
    target : str or None
        Id of a target of the city's own plan; ``None`` for a goal in words and for a plan above it.
    quantities : mapping of str to str
        By rule of counting non-fossil energy: quantity of the model; empty for a capacity.
    kind : {"level", "decline", "rise"}
        How it reads the quantity.
    base : int
        Base year of a decline or a rise.
    factor : float
        From the unit of the model to `unit`.
    """

    goal: Goal
    year: int
    unit: str
    label: Label
    target: str | None
    quantities: Mapping[str, str]
    kind: Any = "level"
    base: int = 0
    factor: float = 1.0

    def gauge(self, rule: str) -> Gauge:
        """What the model must say.

        Parameters
        ----------
        rule : str
            Rule of counting non-fossil energy.

        Returns
        -------
        Gauge
            One number of the model.
        """
        quantity = self.quantities[rule]
        name = f"{quantity}.{self.kind}.{self.year}.{self.base}"
        return Gauge(name, quantity, self.year, self.kind, self.base, self.factor)


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Targets of a plan and of those above it.

    Parameters
    ----------
    asked : tuple of Asked
        Those that are rows.
    lacking : tuple of Lacking
        Those that are not, and why.
    parties : tuple of Party
        Plans above the city.
    """

    asked: tuple[Asked, ...]
    lacking: tuple[Lacking, ...]
    parties: tuple[Party, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """Years in which something is asked, in order."""
        return tuple(sorted({one.year for one in self.asked}))


class Gatherer:
    """Sorts the targets of a plan into rows and findings.

    Parameters
    ----------
    plan : Plan
        The plan.
    projection : Projection
        City, rules and what is known.
    identities : mapping
        ``data/consistency/power.yaml``.
    views : mapping
        ``data/consistency/views.yaml``.
    traces : TraceBook
        Gets the targets.
    """

    def __init__(
        self, plan: Plan, projection: Projection, identities: Mapping[str, Any], views: Mapping[str, Any], traces: TraceBook
    ) -> None:
        self.plan, self.traces, self.views = plan, traces, views
        self.catalogue: Catalogue = projection.city.catalogue()
        self.book: RuleBook = projection.city.rules()
        self.city = projection.city
        self.capacities = variables_of(identities)
        self.reasons = read_reasons()

    @cached_property
    def known(self) -> Mapping[str, Mapping[str, Any]]:
        """What the model says of an indicator."""
        return {item["indicator"]: item for item in self.views["indicators"]}

    def gather(self) -> Gathered:
        """Targets as rows.

        Returns
        -------
        Gathered
            Rows, and what lacks for the others.
        """
        asked: list[Asked] = []
        lacking: list[Lacking] = []
        parties = tuple(parties_above(self.city))
        for found in (*self._own(), *self._peaks(), *(one for party in parties for one in self._above(party))):
            (asked if isinstance(found, Asked) else lacking).append(found)  # type: ignore[arg-type]
        return Gathered(tuple(asked), tuple(lacking), parties)

    def _own(self) -> Iterator[Asked | Lacking]:
        for target, indicator, value in listed(self.plan, self.catalogue):
            address = trace_target(target, indicator, self.plan, self.traces)
            number = None if value is None else float(value)
            yield self._one(target, indicator, number, address, target.id, target.id)

    def _above(self, party: Party) -> Iterator[Asked | Lacking]:
        for target, indicator, value in listed(party.plan, self.catalogue):
            if not party.is_firm(target):
                continue
            name = f"{party.id}.{target.id}"
            number = None if value is None else float(value)
            address = _trace_above(party, target, indicator, name, self.traces)
            if indicator is None or not self.known.get(indicator.id, {}).get("down"):
                why = self.reasons.of("figure" if number is None else "down")
                yield Lacking(_label(target, indicator), address, why, above=True)
            else:
                yield self._one(target, indicator, number, address, name, None)

    def _one(
        self, target: Target, indicator: Indicator | None, value: float | None, address: str, name: str, own: str | None
    ) -> Asked | Lacking:
        label, above = _label(target, indicator), own is None
        if value is None:
            return Lacking(label, address, self.reasons.of("figure"), above)
        if target.year is None:
            return Lacking(label, address, self.reasons.of("figure"), above)
        if indicator is None:
            return Lacking(label, address, self.reasons.of("other"), above)
        width = about_width(indicator, value, self.book)
        rising = indicator.direction != "decrease"
        goal = Goal(name, indicator.id, indicator.definition, target.comparator, value, width, address, rising)
        if self._is_capacity(indicator):
            return Asked(goal, target.year, UNIT, label, own, {})
        item = self.known.get(indicator.id)
        if item is None:
            return Lacking(label, address, self.reasons.about(indicator.id), above)
        return self._view(goal, target, indicator, item, own)

    def _view(
        self, goal: Goal, target: Target, indicator: Indicator, item: Mapping[str, Any], own: str | None
    ) -> Asked | Lacking:
        label, year, base = indicator.label, target.year or 0, target.base_year or 0
        if year < FIRST or (item["kind"] == "decline" and base < FIRST):
            when = base if item["kind"] == "decline" else year
            why = Label(f"模型自{FIRST}年起，缺{when}年数据", f"the model starts in {FIRST}; {when} is not known")
            return Lacking(label, goal.address, replace(self.reasons.of("early"), says=why), own is None)
        quantities = item.get("quantities") or dict.fromkeys((rule["id"] for rule in self.views["rules"]), item["quantity"])
        try:
            factor = 1.0 if item["kind"] == "decline" else float(ratio(item["unit"], indicator.unit))
        except UnitError:
            return Lacking(label, goal.address, self.reasons.about(indicator.id), own is None)
        return Asked(replace(goal, definition=None), year, indicator.unit, label, own, quantities, item["kind"], base, factor)

    def _is_capacity(self, indicator: Indicator) -> bool:
        parts = split_ratio(indicator.definition)
        return indicator.id in self.capacities or (parts is not None and set(parts) <= self.capacities)

    def _peaks(self) -> Iterator[Asked]:
        """Goals of the kind "CO2 peaks by": emissions do not rise afterwards."""
        for goal in self.plan.goals:
            for item in self.views["goals"]:
                if goal.kind == item["kind"] and goal.year is not None and _speaks(goal, item):
                    yield self._peak(goal, goal.year, item)

    def _peak(self, goal: PlanGoal, year: int, item: Mapping[str, Any]) -> Asked:
        label = Label(**item["label"])
        address = self.traces.add(
            Trace(
                f"targets/{goal.id}",
                "target",
                Label(f"{year}年{label.zh}", f"{label.en} in {year}"),
                "0",
                item["unit"],
                year,
                source="plan",
                grade="primary",
                anchor=goal.anchor,
            )
        )
        made = Goal(goal.id, "co2_emissions", None, "<=", 0.0, 0.0, address, rising=False)
        quantities = dict.fromkeys((rule["id"] for rule in self.views["rules"]), item["quantity"])
        factor = float(ratio("tCO2", item["unit"].replace(" ", "")))
        return Asked(made, year + int(item["after"]), item["unit"], label, None, quantities, "rise", year, factor)


def variables_of(identities: Mapping[str, Any]) -> frozenset[str]:
    """Variables that the identities between capacities speak of.

    Parameters
    ----------
    identities : mapping
        ``data/consistency/power.yaml``.

    Returns
    -------
    frozenset of str
        Indicator ids.
    """
    rows: Sequence[Mapping[str, Any]] = [
        *identities["identities"],
        *(row for counting in identities["countings"] for row in counting["identities"]),
    ]
    return frozenset(name for row in rows for name in row["terms"])


def _speaks(goal: PlanGoal, item: Mapping[str, Any]) -> bool:
    return any(word in goal.text for word in item["words"]) and not any(word in goal.text for word in item["unless"])


def _label(target: Target, indicator: Indicator | None) -> Label:
    return indicator.label if indicator is not None else Label(target.indicator, target.indicator)


def _trace_above(party: Party, target: Target, indicator: Indicator | None, name: str, traces: TraceBook) -> str:
    address = f"above/{name}"
    if address in traces:
        return address
    label, mark = _label(target, indicator), COMPARATORS.get(target.comparator, target.comparator)
    value = "—" if target.value is None else _value(target)
    backing = party.backing.get(target.id)
    return traces.add(
        Trace(
            address,
            "target",
            Label(
                f"{party.label.zh}：{target.year}年{label.zh} {mark} {value}",
                f"{party.label.en}: {label.en} {mark} {value} in {target.year}",
            ),
            None if target.value is None else number_text(target.value),
            target.unit,
            target.year,
            source=backing.source if backing is not None else None,
            grade=backing.grade if backing is not None else None,
        )
    )


def _value(target: Target) -> str:
    return f"{number_text(target.value or 0)}{target.unit}" if target.unit == "%" else f"{target.value} {target.unit}"
