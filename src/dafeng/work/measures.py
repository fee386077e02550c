"""Measures compared: what each does to the peak for the same yearly cost.

Invariant: effects are differences between two simulations on the same random ranks; a measure without a sourced cost
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
from dafeng.pathways.drivers import Band, Driver, Scenario, overlay
from dafeng.pathways.simulation import Paths, ranks, simulate
from dafeng.work.assessment import Figure, MeasureEffect
from dafeng.work.project import Projection
from dafeng.work.tracing import TraceBook, number_text

YEAR = 2030
"""Year in which avoided emissions are compared."""


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
    if base is None or projection.study is None or projection.base is None or np.isnan(base.energy).any():
        return ()
    rules = load_yaml(shipped() / "scenarios" / "measures.yaml")
    rank = ranks(projection.study.draws, projection.study.seed)
    found = []
    for item in rules["measures"]:
        if "technology" in item and not _known(item["technology"], projection.city.code):
            continue
        before, after, cost, inputs = _change(item, rules, base, projection.city.code, traces)
        last = int(base.years[-1])
        pair = [simulate(one, projection.base, last_year=last, rank=rank) for one in (before, after)]
        found.append(_effect(item, pair[0], pair[1], cost, inputs, traces))
    return tuple(sorted(found, key=lambda e: (e.per_cost is None, -e.per_cost.value if e.per_cost else 0.0)))


def _change(
    item: Mapping[str, Any], rules: Mapping[str, Any], base: Paths, place: str, traces: TraceBook
) -> tuple[Scenario, Scenario, Figure | None, tuple[str, ...]]:
    """Scenario without and with the measure; both have the same knots, so that only the measure differs."""
    scenario = base.scenario
    if "decline" in item:
        driver = scenario.drivers["intensity_decline"]
        return scenario, overlay(scenario, _shift_rates(driver, int(rules["from"]), float(item["decline"]))), None, ()
    cost, share, inputs = _supply(item, rules, base, place, traces)
    start = max(int(rules["from"]), int(item["earliest"]) - 1)
    full = max(int(rules["full"]), start + 1)
    before, after = (_raise_level(scenario.drivers["non_fossil_share"], start, full, amount) for amount in (0.0, share))
    return overlay(scenario, before), overlay(scenario, after), cost, inputs


def _supply(
    item: Mapping[str, Any], rules: Mapping[str, Any], base: Paths, place: str, traces: TraceBook
) -> tuple[Figure, float, tuple[str, ...]]:
    technology = read_technologies()[item["technology"]]
    capex = technology.parameters["capex"]
    hours = _hours(technology, place)
    energy = float(np.median(base.energy[:, YEAR - int(base.years[0])]))
    budget = float(rules["budget"]["value"]) * energy
    megawatts = budget * 1e8 / annual_cost(technology, rate=interest())
    supply = megawatts * hours * float(rules["coal_rate"]["value"]) / 1e4
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
    return cost, supply / energy, (address, budget_address, f"pathway/baseline.energy.{YEAR}")


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


def _raise_level(driver: Driver, start: int, full: int, amount: float) -> Driver:
    knots = {band.year: band for band in driver.bands}
    for year in (start, full):
        knots.setdefault(year, _between(driver, year))
    bands = [_lift(knots[year], amount if year >= full else 0.0) for year in sorted(knots)]
    return replace(driver, bands=tuple(bands))


def _between(driver: Driver, year: int) -> Band:
    years = [band.year for band in driver.bands]
    low, mid, high = (float(np.interp(year, years, [getattr(b, n) for b in driver.bands])) for n in ("low", "mid", "high"))
    near = min(driver.bands, key=lambda band: abs(band.year - year))
    return Band(year, low, mid, high, near.source, near.grade, near.address, near.note)


def _lift(band: Band, amount: float) -> Band:
    low, mid, high = (min(value + amount, 0.99) for value in (band.low, band.mid, band.high))
    return replace(band, low=low, mid=mid, high=high)


def _shift_rates(driver: Driver, start: int, amount: float) -> Driver:
    bands = []
    for band in driver.bands:
        shifted = replace(band, low=band.low + amount, mid=band.mid + amount, high=band.high + amount)
        bands.append(band if band.year < start else shifted)
    return replace(driver, bands=tuple(bands))


def _effect(
    item: Mapping[str, Any], base: Paths, path: Paths, cost: Figure | None, inputs: tuple[str, ...], traces: TraceBook
) -> MeasureEffect:
    root = f"measures/{item['id']}"
    label = Label(**item["label"])
    at = YEAR - int(base.years[0])
    mean_year = float(path.years[path.co2.argmax(1)].mean() - base.years[base.co2.argmax(1)].mean())
    numbers = {
        "probability": (
            path.peak.probability_before_2030 - base.peak.probability_before_2030,
            "1",
            Label("2030年前达峰概率的变化", "change of the probability of a peak before 2030"),
        ),
        "years": (mean_year, "年", Label("平均达峰年份的变化", "change of the mean peak year")),
        "avoided": (
            float(np.median(base.co2[:, at] - path.co2[:, at])),
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
