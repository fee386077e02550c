"""What the hourly balance of power says to the sector model: the share of wind and sun taken up, the hours of coal plants.

Invariant: a row that the hourly model gives has the address of its figure; a driver's relative interval stays, since one
weather year and one demand do not make a figure certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import conversion
from dafeng.pathways.model.city import lay_scenario
from dafeng.pathways.model.drivers import Row
from dafeng.work.future import EMISSIONS
from dafeng.work.futures import Outset, run_middle
from dafeng.work.power import Case, Power
from dafeng.work.tracing import TraceBook, number_text

LEAST = 1.0
"""Least hours of a plant that stands: without any, its share in thermal output would be undefined. [h]"""
HOLD = 2
"""Years before the hourly year in which the drivers still hold: its capacities are new."""
_HELD = Label("逐时模型年份之前沿用驱动因素", "the drivers hold until shortly before the year of the hourly model")
VARIABLE = ("offshore_wind", "onshore_wind", "pv")
"""Plants whose output may be more than is taken up."""
COAL = "public_coal"
"""Plant of the sector model whose hours the coal plant of the hourly model gives."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Rows of the hourly model with what they change.

    Parameters
    ----------
    year : int
        Year of the hourly model.
    rows : mapping of str to tuple of Row
        By scenario.
    before, after : mapping of str to float
        Emissions of the year at the middle of all bands, without and with the rows, by scenario. [Mt CO2]
    """

    year: int
    rows: Mapping[str, tuple[Row, ...]]
    before: Mapping[str, float]
    after: Mapping[str, float]


def feed_power(power: Power | None, asked: Mapping[str, Any], outset: Outset, traces: TraceBook) -> Feed | None:
    """Rows that the hourly cases give to the scenarios they stand for.

    Parameters
    ----------
    power : Power or None
        Operated cases; ``None`` where the city names none.
    asked : mapping
        The city's ``power.yaml``; a case may name `scenarios`.
    outset : Outset
        What the futures start from.
    traces : TraceBook
        Gets hours and the difference that the rows make.

    Returns
    -------
    Feed or None
        ``None`` where no case stands for a scenario.
    """
    if power is None:
        return None
    named = {item["id"]: tuple(item.get("scenarios", ())) for item in asked["cases"]}
    rows = {
        scenario: tuple(_rows(case, power.year, outset, scenario, traces))
        for case in power.cases
        for scenario in named.get(case.id, ())
    }
    if not rows:
        return None
    before = {name: _emitted(outset, name, power.year, ()) for name in rows}
    after = {name: _emitted(outset, name, power.year, found) for name, found in rows.items()}
    for name in rows:
        _trace_difference(name, power.year, after[name] - before[name], rows[name], traces)
    return Feed(power.year, rows, before, after)


def _rows(case: Case, year: int, outset: Outset, scenario: str, traces: TraceBook) -> list[Row]:
    used = lay_scenario(outset.model, outset.tables, scenario, goals=outset.goals).used
    said = Label(f"逐时模型，情形“{case.label.zh}”", f"hourly model, case '{case.label.en}'")
    share, where = 1 - case.totals["curtailed_share"], case.addresses["curtailed_share"]
    common = [row for row in used["taken"] if not row.members]
    found = [
        replace(row, members=frozenset({plant}))
        for plant in VARIABLE
        for row in _dated(common, year, {"low": share, "mid": share, "high": share}, said, where)
    ]
    hours, planned = _coal_hours(case, traces), [row for row in used["burner_hours"] if row.members == {COAL}]
    if hours is None or not planned:
        return found
    now = _at_year(planned, year)
    most = outset.model.given["burner_hours"].ceiling
    scaled = {corner: min(value * hours[0] / now["mid"], most) for corner, value in now.items()}
    return found + _dated(planned, year, scaled, said, hours[1])


def _dated(rows: Sequence[Row], year: int, values: Mapping[str, float], said: Label, where: str) -> list[Row]:
    """Rows of one place with the hourly figure in its year: two years before, what the drivers say still holds."""
    before = _at_year(rows, year - HOLD)
    kept = [row for row in rows if row.year is not None and row.year not in (year, year - HOLD)]
    held = _with_corners(replace(rows[0], year=year - HOLD, note=_HELD), before)
    fed = replace(rows[0], year=year, source="dafeng", grade="estimated", note=said, at=where)
    return [*kept, held, _with_corners(fed, values)]


def _with_corners(row: Row, values: Mapping[str, float]) -> Row:
    return replace(row, low=values["low"], mid=values["mid"], high=values["high"])


def _at_year(rows: Sequence[Row], year: int) -> dict[str, float]:
    """Corners of a place between its dated values."""
    known = sorted((row for row in rows if row.year is not None), key=lambda row: row.year or 0)
    years = [row.year or 0 for row in known]
    corners = {
        "low": [row.mid if row.low is None else row.low for row in known],
        "mid": [row.mid for row in known],
        "high": [row.mid if row.high is None else row.high for row in known],
    }
    return {name: float(np.interp(year, years, [value or 0.0 for value in values])) for name, values in corners.items()}


def _coal_hours(case: Case, traces: TraceBook) -> tuple[float, str] | None:
    made = case.totals.get("generation.coal")
    sizes = {one.plant.id: one.plant.figures["capacity"] for one in case.found.city.members if "capacity" in one.plant.figures}
    if made is None or not sizes.get("coal"):
        return None
    hours = max(made * float(conversion("亿千瓦时", "MWh")) / sizes["coal"], LEAST)
    address = traces.add(
        Trace(
            f"power/{case.id}.coal_hours",
            "result",
            Label(f"{case.label.zh}：煤电利用小时", f"{case.label.en}: full-load hours of coal plants"),
            number_text(hours),
            "h",
            inputs=(case.addresses["generation.coal"],),
            grade="estimated",
        )
    )
    return hours, address


def _emitted(outset: Outset, scenario: str, year: int, rows: Sequence[Row]) -> float:
    made = run_middle(outset, scenario, EMISSIONS, above=rows)
    if not made:
        return float("nan")
    return 1e-6 * float(made[EMISSIONS].along("year")[year - int(outset.model.graph.space.years[0])])


def _trace_difference(scenario: str, year: int, change: float, rows: Sequence[Row], traces: TraceBook) -> None:
    if change != change:
        return
    traces.add(
        Trace(
            f"pathway/{scenario}.hourly.{year}",
            "projection",
            Label(
                f"逐时模型的消纳率与煤电小时对{year}年排放的影响（各区间取中值）",
                f"what shares taken up and coal hours of the hourly model change in the emissions of {year} (middle values)",
            ),
            number_text(change),
            "Mt CO2",
            year,
            inputs=tuple(dict.fromkeys(row.at for row in rows if row.at in traces)),
            grade="estimated",
        )
    )
