"""What moves the emissions of the main pathway between milestone years, by factor and by group of sectors.

Invariant: cells are the smallest parts of the emissions (a fuel of a sector, its electricity, its process), and the effects of
the cells add up exactly to the difference of two levels, of all and of each group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.pathways.decomposition import effects
from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.run import Labelled, run_tape
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.tape import compile_graph
from dafeng.work.future import EMISSIONS
from dafeng.work.futures import GROUPS, SUPPLIES
from dafeng.work.project import Projection
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.view_number import Frame, write_label

PERIODS = ((2025, 2030), (2030, 2035))
"""Periods that are decomposed, where the pathway covers them."""
UNIT = "Mt CO2"
"""Unit of levels and effects."""
FACTORS: Mapping[str, Label] = {
    "activity": Label("经济增长", "growth of output"),
    "structure": Label("结构（部门活动与经济之比）", "structure: activity of sectors over output"),
    "starts": Label("新投产项目", "dated starts"),
    "intensity": Label("单位活动用能与电气化", "energy per activity and electrification"),
    "mix": Label("燃料结构", "mix of fuels"),
    "power": Label("电力供应（清洁电源与外送）", "power supply: clean plants and exchange"),
    "heat": Label("供热清洁化", "cleaner heat"),
    "process": Label("工业过程", "industrial processes"),
}
"""Factors with their names."""
NEEDED = (
    "output", "activity", "service", "thermal_event", "power_use", "power_event", "fuels", "mix", "carbon", "heat_carbon",
    "heat_fuel", "heat_use", "power", "consumption", "process", "hydrogen_power", "closing", EMISSIONS,
)  # fmt: skip
"""Quantities that the cells are made from."""
LMDI = (
    "<math display='block'><mrow><mi>Δ</mi><msub><mi>C</mi><mi>x</mi></msub><mo>=</mo><munder><mo>∑</mo><mi>i</mi></munder>"
    "<mfrac><mrow><msub><mi>C</mi><mrow><mi>i</mi><mn>1</mn></mrow></msub><mo>−</mo><msub><mi>C</mi><mrow><mi>i</mi><mn>0</mn>"
    "</mrow></msub></mrow><mrow><mi>ln</mi><mo>(</mo><msub><mi>C</mi><mrow><mi>i</mi><mn>1</mn></mrow></msub><mo>/</mo>"
    "<msub><mi>C</mi><mrow><mi>i</mi><mn>0</mn></mrow></msub><mo>)</mo></mrow></mfrac><mo>·</mo><mi>ln</mi><mo>(</mo>"
    "<msub><mi>x</mi><mrow><mi>i</mi><mn>1</mn></mrow></msub><mo>/</mo><msub><mi>x</mi><mrow><mi>i</mi><mn>0</mn></mrow></msub>"
    "<mo>)</mo></mrow></math>"
)
"""The additive LMDI-I formula of one factor ``x`` over all cells ``i``."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Emissions of some years as products of factors.

    Parameters
    ----------
    groups : tuple of str
        Group of each cell.
    factors : (years, factors, cells) array
        In the order of `FACTORS`; the product of a cell over the factors is its emission. [Mt CO2 for the product]
    """

    groups: tuple[str, ...]
    factors: Array


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
        Number by address: ``decomposition/plan.level.2025``, ``decomposition/plan.activity.2025-2030``,
        ``decomposition/plan.industry.activity.2025-2030`` …; empty where there is no pathway. [Mt CO2]
    """
    cells = cut_cells(projection)
    found: dict[str, float] = {}
    for at, (start, end) in enumerate(PERIODS):
        if cells is not None:
            found |= _period(cells, at, projection.main, start, end, traces)
    return found


def cut_cells(projection: Projection) -> Cells | None:
    """Emissions of the milestone years in their smallest parts, every driver at its middle.

    Parameters
    ----------
    projection : Projection
        Pathways of a city.

    Returns
    -------
    Cells or None
        One row of factors for each of the years of `PERIODS`; ``None`` where there is no pathway.
    """
    path = projection.paths.get(projection.main)
    if path is None or projection.futures is None:
        return None
    model, drivers = projection.futures.model, path.drivers
    values = {name: value.mid if isinstance(value, Band) else value for name, value in drivers.values.items()}
    made = run_tape(compile_graph(model.graph, NEEDED), values)
    names = model.graph.space.axis("sector").members
    sectors = tuple(model.groups[name] for name in names)
    carriers = model.graph.space.axis("carrier").members
    years = sorted({year for period in PERIODS for year in period})
    tables = [_cells_of(made, year - int(path.years[0]), carriers) for year in years]
    burned = sum(name not in ("heat", "feedstock") for name in carriers)
    fuels = (group for group in sectors for _ in range(burned))
    groups = (*fuels, *("co2_heat" for _ in sectors), *("co2_power" for _ in sectors), *sectors, "co2_power")
    return Cells(groups, np.stack(tables))


def _cells_of(made: Mapping[str, Labelled], at: int, carriers: tuple[str, ...]) -> Array:
    """Factors by cells of one year: fuels of sectors, heat of sectors, electricity of sectors, processes, hydrogen."""
    at_year = {name: _sectors(made[name], at) for name in NEEDED if name not in ("mix", "carbon")}
    output, activity = at_year["output"], at_year["activity"]
    mix = made["mix"].along("sector", "carrier", "year")[:, :, at if made["mix"].values.shape[-2] > 1 else 0]
    carbon = made["carbon"].along("carrier")
    shape = np.ones_like(activity)
    plain = _rest(at_year["service"], at_year["thermal_event"])
    started = _over(at_year["service"], plain)
    burning = _over(at_year["fuels"] * _over(plain, at_year["service"]), activity)
    fed = _rest(at_year["power_use"], at_year["power_event"])
    scale = 1e-6 * at_year["closing"]
    structure = activity / output
    cells = [
        _cell(scale * output, structure, started, burning, mix[:, n] * carbon[n], shape, shape, shape)
        for n, name in enumerate(carriers)
        if name not in ("heat", "feedstock")
    ]
    heat = mix[:, carriers.index("heat")]
    supplied = _over(at_year["heat_fuel"] * at_year["heat_carbon"], at_year["heat_use"])
    rate = _over(at_year["power"], at_year["consumption"])
    emitted = _over(at_year["process"], activity)
    fuels = np.stack(cells, axis=-1).reshape(len(FACTORS), -1)
    heated = _cell(scale * output, structure, started, burning, heat, shape, supplied * shape, shape)
    lit = _cell(
        scale * output, structure, _over(at_year["power_use"], fed), _over(fed, activity), shape, rate * shape, shape, shape
    )
    made_in = _cell(scale * output, structure, shape, shape, shape, shape, shape, emitted)
    hydrogen = _cell(scale * output, 1 / output, 1.0, at_year["hydrogen_power"], 1.0, rate, 1.0, 1.0)
    return np.concatenate([fuels, heated, lit, made_in, hydrogen.reshape(len(FACTORS), -1)[:, :1]], axis=1)


def _sectors(made: Labelled, at: int) -> Any:
    """Values of one year by sector, or one value."""
    values = made.values.reshape(made.values.shape[0], -1, made.values.shape[-2], 1)[:, 0, :, 0]
    column = values[:, at if values.shape[1] > 1 else 0]
    return column if len(column) > 1 else float(column[0])


def _cell(*factors: Any) -> Array:
    """Factors on one shape, in the order of `FACTORS`."""
    return np.stack(np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in factors)))


def _rest(whole: Any, started: Any) -> Any:
    """What stood before dated starts; one unit where nothing did, so that such a sector is all start."""
    rest = np.asarray(whole, dtype=float) - started
    return np.where((rest <= 0) & (np.asarray(whole) > 0), 1.0, rest)


def _over(one: Any, other: Any) -> Any:
    """A ratio; where both are zero it is 1, so that a cell without starts has no effect of them."""
    whole, part = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    empty = np.broadcast_to((part == 0) & (whole == 0), np.broadcast_shapes(whole.shape, part.shape))
    return np.where(empty, 1.0, whole / np.where(part == 0, 1.0, part))


def _period(cells: Cells, at: int, name: str, start: int, end: int, traces: TraceBook) -> dict[str, float]:
    before, after = cells.factors[at], cells.factors[at + 1]
    parts = effects(before, after)
    found = {
        _trace_level(name, year, float(values.prod(axis=0).sum()), traces): float(values.prod(axis=0).sum())
        for year, values in ((start, before), (end, after))
    }
    for number, (factor, label) in enumerate(FACTORS.items()):
        whole = float(parts[number].sum())
        found[_trace_effect(f"{name}.{factor}", label, None, name, start, end, whole, traces)] = whole
        for group in dict.fromkeys(cells.groups):
            own = float(parts[number][[one == group for one in cells.groups]].sum())
            found[_trace_effect(f"{name}.{group}.{factor}", label, _group(group), name, start, end, own, traces)] = own
    return found


def _group(group: str) -> Label:
    return SUPPLIES.get(group) or GROUPS[group]


def write_decomposition(projection: Projection, frame: Frame) -> list[dict[str, Any]]:
    """Tables of the decomposition.

    Parameters
    ----------
    projection : Projection
        Pathways of a city.
    frame : Frame
        Run and traces.

    Returns
    -------
    list of dict
        Tables of the view: by factor for all periods, and by group of sectors for the first; empty where there is no pathway.
    """
    found = decompose(projection, frame.traces)
    if not found:
        return []
    main, scenario = projection.main, projection.paths[projection.main].scenario.label
    rows: list[tuple[Label, list[str]]] = [
        (Label("期初排放", "level before"), [f"decomposition/{main}.level.{a}" for a, _ in PERIODS]),
        *((label, [f"decomposition/{main}.{name}.{a}-{b}" for a, b in PERIODS]) for name, label in FACTORS.items()),
        (Label("期末排放", "level after"), [f"decomposition/{main}.level.{b}" for _, b in PERIODS]),
    ]
    columns = [Label(f"{a}–{b}年", f"{a}–{b}") for a, b in PERIODS]
    title = Label(
        f"排放变化的分解（{scenario.zh}，驱动因素取中值、含逐时反馈，与抽样中位数不同）",
        f"What changes the emissions ({scenario.en}, drivers at their middle with hourly feedback: not the median of draws)",
    )
    return [_table("decomposition", title, columns, rows, found, frame), _grouped(main, scenario, found, frame)]


def _grouped(main: str, scenario: Label, found: Mapping[str, float], frame: Frame) -> dict[str, Any]:
    start, end = PERIODS[0]
    groups = [group for group in (*GROUPS, *SUPPLIES) if f"decomposition/{main}.{group}.activity.{start}-{end}" in found]
    rows = [(_group(one), [f"decomposition/{main}.{one}.{name}.{start}-{end}" for name in FACTORS]) for one in groups]
    title = Label(
        f"{start}–{end}年排放变化：部门与因素（{scenario.zh}）",
        f"Change of emissions {start}–{end} by group and factor ({scenario.en})",
    )
    return _table("decomposition_groups", title, list(FACTORS.values()), rows, found, frame)


def _table(
    name: str,
    title: Label,
    columns: list[Label],
    rows: list[tuple[Label, list[str]]],
    found: Mapping[str, float],
    frame: Frame,
) -> dict[str, Any]:
    return {
        "id": name,
        "label": write_label(title),
        "unit": UNIT,
        "columns": [write_label(column) for column in columns],
        "rows": [
            {
                "label": write_label(label),
                "cells": [frame.number(found[at], UNIT, year=int(at[-4:]), basis="projected", address=at) for at in addresses],
            }
            for label, addresses in rows
        ],
    }


def _trace_level(name: str, year: int, value: float, traces: TraceBook) -> str:
    return traces.add(
        Trace(
            address=f"decomposition/{name}.level.{year}",
            kind="projection",
            says=Label(f"{year}年排放（各驱动因素取中值）", f"emissions of {year} (every driver at its middle)"),
            value=number_text(value),
            unit=UNIT,
            year=year,
            inputs=(f"pathway/{name}.{EMISSIONS}",),
            grade="estimated",
            note=Label(
                "与抽样的中位数略有差别，分解按前者进行",
                "differs a little from the median of the draws; the former is decomposed",
            ),
        )
    )


def _trace_effect(
    key: str, label: Label, group: Label | None, name: str, start: int, end: int, value: float, traces: TraceBook
) -> str:
    zh, en = ("", "") if group is None else (f"{group.zh}，", f"{group.en}: ")
    return traces.add(
        Trace(
            address=f"decomposition/{key}.{start}-{end}",
            kind="projection",
            says=Label(
                f"{start}–{end}年{zh}“{label.zh}”对排放的影响", f"{en}effect of '{label.en}' on emissions, {start} to {end}"
            ),
            value=number_text(value),
            unit=UNIT,
            year=end,
            typeset=LMDI,
            inputs=tuple(f"decomposition/{name}.level.{year}" for year in (start, end)),
            source="ang-2005",
            grade="estimated",
            note=Label(
                "对数平均迪氏分解（LMDI-I，加法，逐单元相加）", "additive index decomposition LMDI-I, summed over cells"
            ),
        )
    )
