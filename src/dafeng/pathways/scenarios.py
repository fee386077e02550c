"""Scenario files: definition plus a city's overlay plus the plan's own targets become drivers.

Invariant: a knot that a plan's target should fill but the plan does not name is left out with a finding; it is
never filled with a number of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.pathways.drivers import Band, Driver, Scenario, check_driver

Goals = Mapping[tuple[str, int], tuple[float, str]]
"""(indicator id, year) → (value as a share or in the driver's unit, address of the target)."""


@dataclass(frozen=True, slots=True)
class Study:
    """All scenarios of a city with the settings of the simulation.

    Parameters
    ----------
    scenarios : tuple of Scenario
        In the order of the file.
    horizon : int
        Last year.
    draws : int
        Number of draws.
    seed : int
        Seed of the generator.
    scatter_years : int
        Number of last recorded years from which the base level and its scatter are taken.
    findings : tuple of Finding
        Knots that could not be filled.
    """

    scenarios: tuple[Scenario, ...]
    horizon: int
    draws: int
    seed: int
    scatter_years: int
    findings: tuple[Finding, ...]


def read_study(definition: Mapping[str, Any], *, overlay: Mapping[str, Any], goals: Goals) -> Study:
    """Scenarios of a city.

    Parameters
    ----------
    definition : mapping
        The scenario family, already strictly loaded (``data/scenarios/city.yaml``).
    overlay : mapping
        The city's own scenario file in the same layout, or empty; its bands replace those of the same
        scenario, driver and year, and its new years are added.
    goals : mapping
        Targets of the plan that may fill knots.

    Returns
    -------
    Study
        Checked scenarios.

    Raises
    ------
    DefinitionError
        If a driver is unknown, a scenario lies over one that does not exist, or bands are out of order.
    """
    heads = definition["drivers"]
    laid = {item["id"]: item.get("drivers", {}) for item in overlay.get("scenarios", ())}
    made: dict[str, Scenario] = {}
    findings: list[Finding] = []
    for item in definition["scenarios"]:
        own = _merge(item.get("drivers", {}), laid.get(item["id"], {}))
        drivers = dict(_under(item, made).drivers) if "over" in item else {}
        for name, rows in own.items():
            drivers[name] = _driver(name, heads, _fill(rows, goals, f"{item['id']}.{name}", findings))
        made[item["id"]] = Scenario(item["id"], Label(**item["label"]), drivers)
    numbers = {key: int(overlay.get(key, definition[key])) for key in ("horizon", "draws", "seed", "scatter_years")}
    return Study(tuple(made.values()), findings=tuple(findings), **numbers)


def _under(item: Mapping[str, Any], made: Mapping[str, Scenario]) -> Scenario:
    if item["over"] not in made:
        raise _error(f"scenario {item['id']}", item["over"], "先定义的情景", "a scenario defined before it")
    return made[item["over"]]


def _merge(rows: Mapping[str, Any], laid: Mapping[str, Any]) -> dict[str, Sequence[Mapping[str, Any]]]:
    merged = {name: {row["year"]: row for row in bands} for name, bands in rows.items()}
    for name, bands in laid.items():
        merged.setdefault(name, {}).update({row["year"]: row for row in bands})
    return {name: [bands[year] for year in sorted(bands)] for name, bands in merged.items()}


def _fill(rows: Sequence[Mapping[str, Any]], goals: Goals, at: str, findings: list[Finding]) -> list[Band]:
    bands = []
    for row in rows:
        if "target" not in row:
            bands.append(_band(row, float(row["low"]), float(row["mid"]), float(row["high"]), ""))
        elif (goal := goals.get((row["target"], int(row["year"])))) is not None:
            value, address = goal
            low, high = value - float(row.get("short", 0)), value + float(row.get("extra", 0))
            bands.append(_band(row, low, value, high, address))
        else:
            findings.append(_missing(row, at))
    return bands


def _band(row: Mapping[str, Any], low: float, mid: float, high: float, address: str) -> Band:
    note = Label(**row["note"]) if "note" in row else None
    return Band(int(row["year"]), low, mid, high, str(row["source"]), str(row["grade"]), address, note)


def _driver(name: str, heads: Mapping[str, Any], bands: Sequence[Band]) -> Driver:
    if name not in heads:
        raise _error(f"driver {name}", name, f"以下之一：{', '.join(heads)}", f"one of {', '.join(heads)}")
    head = heads[name]
    return check_driver(Driver(name, Label(**head["label"]), str(head["kind"]), str(head["unit"]), tuple(bands)))


def _missing(row: Mapping[str, Any], at: str) -> Finding:
    return Finding(
        rule="scenario.target_missing",
        at=f"{at}.{row['year']}",
        severity="warning",
        says=Label(
            f"方案没有{row['year']}年“{row['target']}”目标，情景该年不设节点",
            f"the plan has no target '{row['target']}' for {row['year']}; the scenario has no knot there",
        ),
        remedy=Label(
            "在城市的 data/scenarios.yaml 中补充该年取值及来源",
            "add the year with its source to the city's data/scenarios.yaml",
        ),
    )


def _error(where: str, got: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{got}”未知", f"'{got}' is unknown"),
        where=where,
        expected=Label(zh, en),
        remedy=Label("改正情景文件", "mend the scenario file"),
    )
