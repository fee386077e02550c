"""What the sector model of a city starts from: its own drivers, or the totals that its indicators give.

Invariant: a city's own drivers are never mixed with totals of ours; a total stands with the address of the indicator it came
from, and one that nobody published is an assumption with its interval and a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import ratio
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml
from dafeng.pathways.model.city import read_city_model, read_city_tables, read_scenario_names
from dafeng.pathways.model.drivers import Row
from dafeng.pathways.model.tables import GRADES, Goal
from dafeng.pathways.model.views import read_views
from dafeng.pathways.residual import FEWEST, read_residual
from dafeng.plans.plan import Plan
from dafeng.work.city import City
from dafeng.work.estimates import Operand
from dafeng.work.futures import Outset, run_middle
from dafeng.work.scores import Score, Scores
from dafeng.work.targets import goal_values
from dafeng.work.tracing import TraceBook, number_text

LEVELS = ("co2_emissions", "co2_emissions_ceads")
"""Indicators that can give the level of emissions, best first."""
WIDE = 6**0.5
"""Half width of a triangular distribution over its standard deviation."""


def recorded_emissions(scores: Scores) -> tuple[Score, ...]:
    """The recorded series of emissions.

    Parameters
    ----------
    scores : Scores
        Indicators.

    Returns
    -------
    tuple of Score
        At least five years of the best indicator that has them; empty where none has.
    """
    series = (tuple(row for row in scores.of(name) if row.basis != "projected") for name in LEVELS)
    return next((rows for rows in series if len(rows) >= FEWEST), ())


def begin(city: City, scores: Scores, goals: Mapping[tuple[str, int], Goal]) -> tuple[Outset, tuple[Finding, ...]]:
    """Model, tables and targets from which all scenarios of a city start.

    Parameters
    ----------
    city : City
        The city.
    scores : Scores
        Its indicators.
    goals : mapping of (str, int) to Goal
        Targets of its plan.

    Returns
    -------
    Outset
        What the futures are made from.
    tuple of Finding
        What was inferred because nobody published it.

    Raises
    ------
    DefinitionError
        If a table of the city breaks its form.
    """
    model = read_city_model()
    tables = read_city_tables(city.overlay)
    recorded = tuple((row.year, row.value) for row in recorded_emissions(scores))
    findings: list[Finding] = []
    if not (city.overlay / "drivers.csv").exists():
        rows = _totals(scores, int(model.graph.space.years[0]), recorded, findings)
        tables = replace(tables, drivers=(*tables.drivers, tuple(rows.values())))
    return Outset(model, tables, goals, read_scenario_names(city.overlay), recorded), tuple(findings)


def read_goals(plan: Plan, city: City, traces: TraceBook) -> dict[tuple[str, int], Goal]:
    """Targets of a plan as scenarios take them.

    Parameters
    ----------
    plan : Plan
        The plan.
    city : City
        The city, for its indicators.
    traces : TraceBook
        Gets the targets.

    Returns
    -------
    dict of (str, int) to Goal
        By indicator and year.
    """
    catalogue = city.catalogue()
    found = goal_values(plan, catalogue, traces)
    return {key: Goal(value, catalogue.indicators[key[0]].unit, address) for key, (value, address) in found.items()}


def middle_figure(outset: Outset, where: Mapping[str, Any], traces: TraceBook) -> Operand | None:
    """An official view of one year with every band at its middle: what another model takes before anything is drawn.

    Parameters
    ----------
    outset : Outset
        What the futures start from.
    where : mapping
        ``pathway`` (a view), ``scenario`` and ``year``.
    traces : TraceBook
        Gets the figure.

    Returns
    -------
    Operand or None
        ``None`` where the model has no such view, or nothing is known of the base year.
    """
    view = next((one for one in read_views(outset.model) if one.id == where["pathway"]), None)
    made = {} if view is None else run_middle(outset, where["scenario"], view.id)
    years = outset.model.graph.space.years
    year = int(where["year"])
    if view is None or not made or year not in years:
        return None
    value = float(made[view.id].along("year")[year - int(years[0])]) * view.factor
    address = traces.add(
        Trace(
            f"pathway/{where['scenario']}.middle.{view.id}.{year}",
            "projection",
            Label(f"{year}年{view.label.zh}（各驱动因素取中值）", f"{view.label.en} in {year} (every driver at its middle)"),
            number_text(value),
            view.unit,
            year,
            grade="estimated",
            source="dafeng",
        )
    )
    return Operand(value, value, value, view.unit, address, "estimated", view.label)


def _totals(scores: Scores, year: int, recorded: tuple[tuple[int, float], ...], findings: list[Finding]) -> dict[str, Row]:
    """Totals of the base year by quantity, and the marks that make the model close on them."""
    rules = load_yaml(shipped() / "pathways" / "outset.yaml")
    rows: dict[str, Row] = {}
    for rule in rules["totals"]:
        found = _nearest(scores, rule["indicators"], year)
        if found is not None:
            rows[rule["quantity"]] = _total(rule, found, year)
    for rule in rules["otherwise"]:
        if rule["quantity"] not in rows and rule["of"] in rows:
            rows[rule["quantity"]] = _inferred(rule, rows[rule["of"]])
            findings.append(_lack(rule, rows[rule["quantity"]]))
    if "co2_published" in rows:
        rows["co2_published"] = _widen(rows["co2_published"], recorded)
        rows["anchored"] = _mark("anchored", frozenset(), rows["co2_published"])
    if "field_energy" in rows:
        rows["closed"] = _mark("closed", frozenset({"whole"}), rows["field_energy"])
    return rows


def _nearest(scores: Scores, indicators: list[str], year: int) -> Score | None:
    """Value of the base year, or of the year nearest to it."""
    for name in indicators:
        rows = [row for row in scores.of(name) if row.basis != "projected" and row.value > 0]
        if rows:
            return min(rows, key=lambda row: (abs(row.year - year), row.year))
    return None


def _total(rule: Mapping[str, Any], found: Score, year: int) -> Row:
    note = None if found.year == year else Label(f"以{found.year}年值代替{year}年", f"value of {found.year} stands for {year}")
    grade = found.grade if found.grade in GRADES else "secondary"
    members = frozenset(rule["members"])
    low, high = found.low, found.high
    return Row(rule["quantity"], members, None, low, found.value, high, found.unit, "dafeng", grade, note, found.address)


def _inferred(rule: Mapping[str, Any], of: Row) -> Row:
    middle = of.mid or 0.0
    unit = {"field_energy": "tce", "field_power": "MWh", "output_start": "元"}[rule["quantity"]]
    factor = float(ratio(of.unit, {"field_energy": "tce", "co2_published": "tCO2"}[rule["of"]]))
    scale = factor * float(ratio(rule["unit"], f"{unit}/{'tCO2' if rule['of'] == 'co2_published' else 'tce'}"))
    low, mid, high = (middle * scale * float(rule[corner]) for corner in ("low", "mid", "high"))
    members = frozenset({"whole"}) if rule["quantity"].startswith("field_") else frozenset()
    return Row(
        rule["quantity"], members, None, low, mid, high, unit, rule["source"], rule["grade"], Label(**rule["note"]), of.at
    )


def _widen(row: Row, recorded: tuple[tuple[int, float], ...]) -> Row:
    """A level taken from a series is as uncertain as the series scatters."""
    if not recorded or row.mid is None or row.low is not None:
        return row
    half = WIDE * read_residual(recorded).size * row.mid
    return replace(row, low=max(row.mid - half, 0.0), high=row.mid + half)


def _mark(quantity: str, members: frozenset[str], of: Row) -> Row:
    return Row(quantity, members, None, None, 1.0, None, "1", "dafeng", "derived", None, of.at)


def _lack(rule: Mapping[str, Any], row: Row) -> Finding:
    note = Label(**rule["note"])
    return Finding(
        rule=f"project.no_{rule['quantity']}",
        at=row.at,
        severity="warning",
        says=note,
        remedy=Label("补充该总量的公布值", "deliver the published total"),
    )
