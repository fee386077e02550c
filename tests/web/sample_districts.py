# ruff: noqa: E501 - a table of invented figures reads best with one row per line
"""The districts of the invented city: counts, a figure that two of four districts have, an estimate; every figure is made up.

Invariant: every address of the part has a trace; a district without a figure has ``None``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PLACES = (("990201", "杨东", "Yangdong", 1, 1, False), ("990202", "杨西", "Yangxi", 2, 1, False),
          ("990203", "里南", "Linan", 1, 2, False), ("990271", "高新区", "Hi-tech", 2, 2, True))  # fmt: skip
COUNTS = (3, 1, 0, 0)
PEOPLE = {2020: (50.5, None, 30.1, None), 2025: (52, None, 29, None)}
SPREAD = (6.4, 4.1, 3.9, None)
SQUARE = "M0 0l100 0 0 100 -100 0z"


def districts(run: str, label: Any, number: Any, anchor: Any) -> dict[str, Any]:
    """Part ``districts`` of the view document."""

    def rows(
        years: list[int | None], values: Callable[[int, Any], Any], unit: str, name: str, basis: str
    ) -> list[dict[str, Any]]:
        def told(at: int, year: int | None) -> dict[str, Any] | None:
            value = values(at, year)
            address = f"districts/{PLACES[at][0]}.{name}" + (f".{year}" if year else "")
            return None if value is None else number(value, unit, address, year=year, basis=basis)

        return [{"place": one[0], "values": [told(at, year) for year in years]} for at, one in enumerate(PLACES)]

    said = label("虚构的口径", "an invented way of counting")
    quantity = {"says": said, "basis": "actual"}
    return {
        "tiles": [
            {"place": code, "label": label(zh, en), "full": label(zh, en), "column": column, "row": row, "zone": zone}
            for code, zh, en, column, row, zone in PLACES
        ],
        "quantities": [
            {**quantity, "id": "clauses", "label": label("方案点名处", "passages of the plan"), "unit": "个", "years": [None],
             "rows": rows([None], lambda at, _: COUNTS[at], "个", "clauses", "actual")},
            {**quantity, "id": "population", "label": label("常住人口", "population"), "unit": "万人", "years": [2020, 2025],
             "rows": rows([2020, 2025], lambda at, year: PEOPLE[year][at], "万人", "population", "actual")},
            {**quantity, "id": "co2_by_population", "label": label("按人口分摊的排放", "CO2 by population"), "unit": "Mt CO2", "basis": "estimated",
             "years": [2020], "rows": rows([2020], lambda at, _: SPREAD[at], "Mt CO2", "co2_by_population", "estimated")},
        ],
        "located": [{"place": "990201", "kind": "project", "field": "energy", "label": label("杨东海上风电", "Yangdong offshore wind"),
                     "anchor": anchor("海上风电"), "address": f"{run}/located/wind"}],
        "duties": [{"place": "990202", "tasks": [f"{run}/tasks/K1"]}],
        "lacking": [label("杨西缺常住人口", "Yangxi lacks its population")],
        "source": {"id": "gazette", "title": "样例区划（虚构）", "grade": "secondary"},
        "outline": None,
    }  # fmt: skip


def outline() -> dict[str, Any]:
    """A boundary as `dafeng.work.maps` keeps it: two squares beside each other."""
    return {
        "approval": "GS(2019)1822号", "system": "CGCS2000", "file": "sample.geojson", "sha256": "d" * 64, "at": "2026-01-15T08:00:00+00:00",
        "given": 40, "dropped": [], "missing": [{"zh": "高新区", "en": "Hi-tech"}], "width": 200, "height": 100, "step": 90, "moved": 60,
        "points": 8, "left_out": 0,
        "shapes": [{"place": "990201", "path": SQUARE, "x": 50, "y": 50}, {"place": "990202", "path": SQUARE.replace("M0", "M100"), "x": 150, "y": 50}],
    }  # fmt: skip


def trace_districts(part: dict[str, Any], add: Callable[..., None], run: str) -> None:
    """A trace for every address of the part."""
    for quantity in part["quantities"]:
        for row in quantity["rows"]:
            for one in (value for value in row["values"] if value):
                add(one["address"].removeprefix(run + "/"), "result", "虚构的数", "an invented figure", value=str(one["value"]),
                    unit=quantity["unit"], year=one["year"], inputs=("located/wind",), grade="primary")  # fmt: skip
    add("located/wind", "clause", "方案写在此处", "the plan places here", anchor=part["located"][0]["anchor"], source="plan", grade="primary")  # fmt: skip
