"""Measures compared: what each does to the peak for the same yearly cost.

Invariant: effects are differences between two runs of the sector model on the same ranks; a measure without a sourced cost
is listed with its effect and without a rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.energy.coast import full_load_hours
from dafeng.energy.profiles import HOURS
from dafeng.energy.technologies import Technology, annual_cost, interest, read_technologies
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml
from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.run import run_tape
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.tape import compile_graph
from dafeng.work.assessment import Figure, MeasureEffect
from dafeng.work.futures import EMISSIONS, Future
from dafeng.work.project import Projection
from dafeng.work.tracing import TraceBook, number_text

YEAR = 2030
"""Year in which avoided emissions are compared."""
DRAWS = 500
"""Draws of each comparison: the first ones of the scenarios."""


def rank_measures(projection: Projection, traces: TraceBook) -> tuple[MeasureEffect, ...]:
    """Measures by the years they bring the peak forward per yuan.

    Parameters
    ----------
    projection : Projection
        Pathways; the trend is what measures are added to, since the plan already contains its own.
    traces : TraceBook
        Gets costs and effects.

    Returns
    -------
    tuple of MeasureEffect
        Most effective per cost first; those without a cost last. Empty where there is no pathway.
    """
    base = projection.paths.get("baseline")
    if base is None or projection.futures is None:
        return ()
    model, years = projection.futures.model, base.years.astype(float)
    rules = load_yaml(shipped() / "scenarios" / "measures.yaml")
    before = _emitted(model, base, {})
    found = []
    for item in rules["measures"]:
        if "technology" in item and not _known(item["technology"], projection.city.code):
            continue
        changed, cost, inputs = _change(item, rules, base, model, projection.city.code, traces)
        found.append(_effect(item, before, _emitted(model, base, changed), years, cost, inputs, traces))
    return tuple(sorted(found, key=lambda e: (e.per_cost is None, -e.per_cost.value if e.per_cost else 0.0)))


def _emitted(model: Model, base: Future, changed: Mapping[str, Band]) -> Array:
    """Emissions of the first draws, years by draws. [tCO2]"""
    tape = compile_graph(model.graph, (EMISSIONS,), drawn=base.drivers.drawn + tuple(set(changed) - set(base.drivers.drawn)))
    some = next(iter(base.ranks.values())).shape[-1]
    ranks = {name: rank[..., : min(DRAWS, some)] for name, rank in base.ranks.items() if name in tape.given}
    flat = np.full((1,) * (len(model.graph.space.axes) + 1), 0.5)
    ranks |= {name: np.broadcast_to(flat, (*flat.shape[:-1], min(DRAWS, some))) for name in set(changed) - set(ranks)}
    return run_tape(tape, {**base.drivers.values, **changed}, ranks=ranks)[EMISSIONS].along("year", "draw")


def _change(
    item: Mapping[str, Any], rules: Mapping[str, Any], base: Future, model: Model, place: str, traces: TraceBook
) -> tuple[dict[str, Band], Figure | None, tuple[str, ...]]:
    """Given quantities with the measure, its cost and what that came from."""
    start = int(rules["from"])
    if "decline" in item:
        rise = np.where(base.years >= start, float(item["decline"]), 0.0)
        return {"common_saving": _raised(model, base, "common_saving", "", rise)}, None, ()
    cost, megawatts, inputs = _supply(item, rules, base, place, traces)
    start = max(start, int(item["earliest"]) - 1)
    full = max(int(rules["full"]), start + 1)
    rise = megawatts * np.clip((base.years - start) / (full - start), 0.0, 1.0)
    return {"capacity": _raised(model, base, "capacity", item["technology"], rise)}, cost, inputs


def _raised(model: Model, base: Future, quantity: str, member: str, rise: Array) -> Band:
    value, space = base.drivers.values[quantity], model.graph.space
    band = value if isinstance(value, Band) else Band(value, value, value)
    shape = [1] * (len(space.axes) + 1)
    shape[space.position("year")] = len(rise)
    share = np.ones(1)
    if member:
        share = np.zeros([len(axis.members) if axis.name == model.graph.marks[member][0] else 1 for axis in space.axes] + [1])
        share[tuple(space.member(a.name, member) if a.name == model.graph.marks[member][0] else 0 for a in space.axes)] = 1.0
    more = rise.reshape(shape) * share
    return replace(band, low=band.low + more, mid=band.mid + more, high=band.high + more)


def _supply(
    item: Mapping[str, Any], rules: Mapping[str, Any], base: Future, place: str, traces: TraceBook
) -> tuple[Figure, float, tuple[str, ...]]:
    technology = read_technologies()[item["technology"]]
    capex = technology.parameters["capex"]
    hours = _hours(technology, place)
    energy = float(np.median(base.at("energy", YEAR)))
    budget = float(rules["budget"]["value"]) * energy
    megawatts = budget * 1e8 / annual_cost(technology, rate=interest())
    address = traces.add(
        Trace(
            f"assumptions/measures.{item['id']}",
            "assumption",
            Label(f"{item['label']['zh']}：单位投资", f"{item['label']['en']}: investment"),
            number_text(technology.value("capex")),
            capex.unit,
            source=capex.source.split("|")[0],
            grade=capex.grade,
            note=Label(
                f"满发 {hours:,.0f} 小时；年金与运维见技术表",
                f"{hours:,.0f} full-load hours; annuity and upkeep by the technology table",
            ),
        )
    )
    rule = rules["budget"]
    rate_address = traces.add(
        Trace(
            "assumptions/measures.budget",
            "assumption",
            Label(**rule["label"]),
            number_text(rule["value"]),
            rule["unit"],
            source=rule["source"],
            grade=rule["grade"],
        )
    )
    energy_address = f"pathway/baseline.energy.{YEAR}"
    said = Label("每项措施的年成本", "yearly cost of each measure")
    inputs = (rate_address, energy_address)
    if "measures/budget" not in traces:
        traces.add(
            Trace(
                "measures/budget",
                "result",
                said,
                number_text(budget),
                "亿元",
                None,
                "rate * energy",
                inputs=inputs,
                grade="assumption",
            )
        )
    budget_address = "measures/budget"
    cost = Figure(Label("年成本", "yearly cost"), budget, "亿元", None, "assumption", budget_address)
    return cost, megawatts, (address, budget_address, f"pathway/baseline.energy.{YEAR}")


def _known(technology: str, place: str) -> bool:
    """Whether the output of a technology at a place can be told; without its full-load hours a measure is left out."""
    try:
        _hours(read_technologies()[technology], place)
    except LookupFailure:
        return False
    return True


def _hours(technology: Technology, place: str) -> float:
    if technology.profile == "constant":
        return HOURS * technology.value("available_share")
    return full_load_hours(place)[technology.profile].value


def _effect(
    item: Mapping[str, Any],
    base: Array,
    path: Array,
    years: Array,
    cost: Figure | None,
    inputs: tuple[str, ...],
    traces: TraceBook,
) -> MeasureEffect:
    root = f"measures/{item['id']}"
    label = Label(**item["label"])
    at = YEAR - int(years[0])
    mean_year = float(years[path.argmax(axis=0)].mean() - years[base.argmax(axis=0)].mean())
    chance = float((years[path.argmax(axis=0)] < YEAR).mean() - (years[base.argmax(axis=0)] < YEAR).mean())
    numbers = {
        "probability": (
            chance,
            "1",
            Label("2030年前达峰概率的变化", "change of the probability of a peak before 2030"),
        ),
        "years": (mean_year, "年", Label("平均达峰年份的变化", "change of the mean peak year")),
        "avoided": (
            1e-6 * float(np.median(base[at] - path[at])),
            "Mt CO2",
            Label(f"{YEAR}年减排量", f"CO2 avoided in {YEAR}"),
        ),
    }
    if cost is not None:
        numbers["per_cost"] = (
            -mean_year / cost.value,
            "年/亿元",
            Label("每亿元年成本提前达峰", "peak brought forward per 10^8 CNY a year"),
        )
    figures: dict[str, Figure] = {}
    for name, (value, unit, says) in numbers.items():
        address = traces.add(
            Trace(
                f"{root}.{name}",
                "projection",
                Label(f"{label.zh}：{says.zh}", f"{label.en}: {says.en}"),
                number_text(value),
                unit,
                YEAR if name == "avoided" else None,
                expression="-years / cost" if name == "per_cost" else None,
                inputs=(figures["years"].address, cost.address)
                if name == "per_cost" and cost
                else (*inputs, "pathway/baseline.peak"),
                grade="estimated",
            )
        )
        named = Label(f"{label.zh}：{says.zh}", f"{label.en}: {says.en}")
        figures[name] = Figure(named, value, unit, None, "projected", address)
    return MeasureEffect(
        item["id"], label, cost, figures["probability"], figures["years"], figures["avoided"], figures.get("per_cost"), root
    )
