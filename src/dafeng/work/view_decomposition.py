"""What moves the emissions of the main pathway: effects of the drivers between its milestone years.

Invariant: the four effects of a period add up to the difference of its two levels exactly; every one of these numbers
has a trace before it stands in the view.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.pathways.decomposition import effects
from dafeng.pathways.simulation import Paths, quantiles
from dafeng.work.project import Projection
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.view_number import Frame, write_label

PERIODS = ((2025, 2030), (2030, 2035))
"""Periods that are decomposed, where the pathway covers them."""
UNIT = "Mt CO2"
"""Unit of levels and effects."""
FACTORS: Mapping[str, tuple[Label, str]] = {
    "activity": (Label("经济增长", "growth of output"), "activity"),
    "intensity": (Label("单位产出能耗", "energy per output"), "intensity"),
    "fossil_share": (Label("化石能源比重", "fossil share of energy"), "non_fossil_share"),
    "carbon": (Label("单位化石能源碳排放", "carbon per fossil energy"), "carbon"),
}
"""Factors with their names and the quantity of the pathway they come from."""
LMDI = (
    "<math display='block'><mrow><mi>Δ</mi><msub><mi>C</mi><mi>x</mi></msub><mo>=</mo><mfrac><mrow><msub><mi>C</mi>"
    "<mn>1</mn></msub><mo>−</mo><msub><mi>C</mi><mn>0</mn></msub></mrow><mrow><mi>ln</mi><mo>(</mo><msub><mi>C</mi>"
    "<mn>1</mn></msub><mo>/</mo><msub><mi>C</mi><mn>0</mn></msub><mo>)</mo></mrow></mfrac><mo>·</mo><mi>ln</mi><mo>(</mo>"
    "<msub><mi>x</mi><mn>1</mn></msub><mo>/</mo><msub><mi>x</mi><mn>0</mn></msub><mo>)</mo></mrow></math>"
)
"""The additive LMDI-I formula of one factor ``x``."""


def decompose(projection: Projection, traces: TraceBook) -> dict[str, float]:
    """Levels and effects of the main scenario with their traces.

    Parameters
    ----------
    projection : Projection
        Pathways of a city.
    traces : TraceBook
        Gets one trace per level and effect.

    Returns
    -------
    dict of str to float
        Number by address: ``decomposition/plan.level.2025``, ``decomposition/plan.activity.2025-2030`` …; empty
        where there is no pathway. [Mt CO2]
    """
    path = projection.paths.get(projection.main)
    if path is None:
        return {}
    found: dict[str, float] = {}
    for start, end in PERIODS:
        if start in path.years and end in path.years:
            found |= _period(path, projection.main, start, end, traces)
    return found


def write_decomposition(projection: Projection, frame: Frame) -> dict[str, Any] | None:
    """Table of the decomposition.

    Parameters
    ----------
    projection : Projection
        Pathways of a city.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict or None
        A table of the view: level before, the effects, level after; ``None`` where there is no pathway.
    """
    found = decompose(projection, frame.traces)
    periods = [(a, b) for a, b in PERIODS if f"decomposition/{projection.main}.level.{b}" in found]
    if not periods:
        return None
    main = projection.main
    rows: list[tuple[Label, list[str]]] = [
        (Label("期初排放", "level before"), [f"decomposition/{main}.level.{a}" for a, _ in periods]),
        *((label, [f"decomposition/{main}.{name}.{a}-{b}" for a, b in periods]) for name, (label, _) in FACTORS.items()),
        (Label("期末排放", "level after"), [f"decomposition/{main}.level.{b}" for _, b in periods]),
    ]
    scenario = projection.paths[main].scenario.label
    return {
        "id": "decomposition",
        "label": {
            "zh": f"排放变化的分解（{scenario.zh}，各量中位数）",
            "en": f"What changes the emissions ({scenario.en}, medians)",
        },
        "unit": UNIT,
        "columns": [{"zh": f"{a}–{b}年", "en": f"{a}–{b}"} for a, b in periods],
        "rows": [
            {
                "label": write_label(label),
                "cells": [frame.number(found[at], UNIT, year=_year(at), basis="projected", address=at) for at in addresses],
            }
            for label, addresses in rows
        ],
    }


def _year(address: str) -> int:
    return int(address[-4:])


def _period(path: Paths, name: str, start: int, end: int, traces: TraceBook) -> dict[str, float]:
    before, after = _factors(path, start), _factors(path, end)
    found = {
        _trace_level(name, year, float(values.prod()), int(path.years[0]), traces): float(values.prod())
        for year, values in ((start, before), (end, after))
    }
    parts = effects(before, after)
    for number, factor in enumerate(FACTORS):
        value = float(parts[number + 1])
        found[_trace_effect(name, factor, start, end, value, traces)] = value
    return found


def _factors(path: Paths, year: int) -> NDArray[np.float64]:
    """Scale and the four factors, whose product is the level of the year."""
    ends = [0, int(year - path.years[0])]
    base_co2 = quantiles(path.co2[:, ends])[1][0]
    shares = quantiles(path.non_fossil_share[:, ends])[1]
    activity, intensity, carbon = (quantiles(each[:, ends])[1][1] for each in (path.activity, path.intensity, path.carbon))
    return np.array([base_co2 / (1 - shares[0]), activity, intensity, 1 - shares[1], carbon])


def _trace_level(name: str, year: int, value: float, base: int, traces: TraceBook) -> str:
    quantities = dict.fromkeys(quantity for _, quantity in FACTORS.values())
    return traces.add(
        Trace(
            address=f"decomposition/{name}.level.{year}",
            kind="projection",
            says=Label(f"{year}年排放（各驱动因素中位数之积）", f"emissions of {year} (product of the medians of the drivers)"),
            value=number_text(value),
            unit=UNIT,
            year=year,
            expression="level * activity * intensity * carbon * (1 - share) / (1 - base_share)",
            inputs=(
                f"pathway/{name}.co2.{base}",
                f"pathway/{name}.non_fossil_share.{base}",
                *(f"pathway/{name}.{quantity}.{year}" for quantity in quantities),
            ),
            grade="estimated",
            note=Label(
                "中位数之积与排放的中位数略有差别，分解按前者进行",
                "the product of medians differs a little from the median of emissions; the former is decomposed",
            ),
        )
    )


def _trace_effect(name: str, factor: str, start: int, end: int, value: float, traces: TraceBook) -> str:
    label, quantity = FACTORS[factor]
    return traces.add(
        Trace(
            address=f"decomposition/{name}.{factor}.{start}-{end}",
            kind="projection",
            says=Label(f"{start}–{end}年“{label.zh}”对排放的影响", f"effect of '{label.en}' on emissions, {start} to {end}"),
            value=number_text(value),
            unit=UNIT,
            year=end,
            typeset=LMDI,
            inputs=(
                *(f"decomposition/{name}.level.{year}" for year in (start, end)),
                *(f"pathway/{name}.{quantity}.{year}" for year in (start, end)),
            ),
            source="ang-2005",
            grade="estimated",
            note=Label("对数平均迪氏分解（LMDI-I，加法）", "additive index decomposition LMDI-I"),
        )
    )
