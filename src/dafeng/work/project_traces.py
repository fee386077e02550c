"""Where every number of the futures comes from: rows of drivers, quantities, views, peaks.

Invariant: a row has one address, whichever scenarios use it; a row that another model or an indicator gave leads on to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dafeng.core.labels import Label
from dafeng.core.traces import Cell, Trace, TraceKind
from dafeng.formula import typeset
from dafeng.library.overlay import shipped
from dafeng.pathways.model.city import Tables
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Row
from dafeng.pathways.model.views import View
from dafeng.pathways.peak import Peak
from dafeng.pathways.residual import Residual
from dafeng.store.files import hash_file
from dafeng.work.chance_traces import SEED_AT, trace_chance, trace_ends, trace_seed
from dafeng.work.error_draws import SEED, TIMES
from dafeng.work.future import EMISSIONS, Drawn, Future
from dafeng.work.futures import Futures
from dafeng.work.past_misses import trace_misses
from dafeng.work.tracing import TraceBook, number_text

CHANCES = (".least", ".most")
"""What the addresses of the lowest and the highest probability add to that of the peak."""
ERROR = "pathway/error.co2"
"""Address of the model's own error."""
RESIDUAL = "pathway/residual"
"""Address of the scatter of the record."""
DUE = 2030
"""Year that a whole path tells the median of."""
GUESSED = ("assumption", "estimated")
"""Grades of a row that nobody has published."""


def trace_futures(futures: Futures, recorded: tuple[str, ...], traces: TraceBook, *, folder: Path | None = None) -> None:
    """Traces of all scenarios.

    Parameters
    ----------
    futures : Futures
        What was run.
    recorded : tuple of str
        Addresses of the recorded series of emissions.
    traces : TraceBook
        Gets rows, quantities, views, peaks and the residual.
    folder : Path, optional
        The city's own definitions; figures of its tables, like those of the package, lead to their cells.
    """
    delivered = Delivered(dict(_cells(futures.tables, folder)), {_figure(traces, one): one for one in recorded})
    if futures.residual is not None and recorded:
        _trace_residual(futures.residual, recorded, traces)
    trace_misses(futures.errors, traces)
    trace_seed(SEED, traces)
    common = {id(row) for table in futures.tables.drivers for row in table}
    for name, future in futures.paths.items():
        groups = dict(_trace_groups(name, future, futures.model, common, traces, delivered))
        for view, drawn in future.views.items():
            _trace_view(name, future, view, drawn, futures.model, groups, traces)
        for part in future.parts:
            _trace_part(name, future, part.id, part.label, part.values, traces)
        _trace_peak(name, future, traces)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where figures of drivers were delivered.

    Parameters
    ----------
    cells : mapping of int to Cell
        Cell of the middle value, by identity of the row.
    figures : mapping
        Value and unit of a recorded figure → its address.
    """

    cells: Mapping[int, Cell]
    figures: Mapping[tuple[float | None, str | None], str]


def row_address(row: Row, *, scenario: str = "") -> str:
    """Address of a row of drivers.

    Parameters
    ----------
    row : Row
        The row.
    scenario : str
        Scenario it belongs to; empty where it holds for all.

    Returns
    -------
    str
        ``drivers/elasticity.cement.2030``, ``drivers/plan.capacity.nuclear.2030`` …
    """
    place = "-".join(sorted(row.members)) or "all"
    parts = ([scenario] if scenario else []) + [row.quantity, place] + ([str(row.year)] if row.year is not None else [])
    return f"drivers/{'.'.join(parts)}"


def row_label(row: Row, model: Model) -> Label:
    """Name of a row of drivers.

    Parameters
    ----------
    row : Row
        The row.
    model : Model
        The sector model.

    Returns
    -------
    Label
        Quantity and members.
    """
    label = model.graph.quantities[row.quantity].label
    members = [model.members[one] for one in sorted(row.members)]
    if not members:
        return label
    zh, en = "、".join(one.zh for one in members), ", ".join(one.en for one in members)
    return Label(f"{label.zh}：{zh}", f"{label.en}: {en}")


def _trace_groups(
    name: str, future: Future, model: Model, common: set[int], traces: TraceBook, delivered: Delivered
) -> Iterator[tuple[str, str]]:
    """Given quantities with the address under which their rows stand together."""
    for quantity, rows in future.drivers.used.items():
        if not rows:
            continue
        own = any(id(row) not in common for row in rows)
        inputs = tuple(_trace_row(row, "" if id(row) in common else name, model, traces, delivered) for row in rows)
        label = model.graph.quantities[quantity].label
        scenario = future.scenario.label
        address = f"drivers/{name}.{quantity}" if own else f"drivers/{quantity}"
        says = Label(f"{scenario.zh}：{label.zh}", f"{scenario.en}: {label.en}") if own else label
        traces.add(Trace(address, "assumption", says, inputs=inputs, grade="derived"))
        yield quantity, address


def _trace_row(row: Row, scenario: str, model: Model, traces: TraceBook, delivered: Delivered) -> str:
    address = row_address(row, scenario=scenario)
    if address in traces:
        return address
    elsewhere = row.at if row.at in traces else delivered.figures.get((row.mid, row.unit))
    kind: TraceKind = "assumption" if row.grade in GUESSED else "fact"
    return traces.add(
        Trace(
            address=address,
            kind=kind,
            says=row_label(row, model),
            value=None if row.mid is None else number_text(row.mid),
            unit=row.unit,
            year=row.year,
            inputs=(elsewhere,) if elsewhere else (),
            source=row.source,
            grade=row.grade,
            cell=delivered.cells.get(id(row)),
            note=_row_note(row),
        )
    )


def _figure(traces: TraceBook, address: str) -> tuple[float | None, str | None]:
    """Value and unit of a recorded figure."""
    found = traces.get(address)
    return None if found.value is None else float(found.value), found.unit


def _cells(tables: Tables, folder: Path | None) -> Iterator[tuple[int, Cell]]:
    """Cells of the rows of all tables: those of the package first, then those of the city."""
    package = shipped() / "pathways"
    overlays = tuple(tuple(one.row for one in table) for table in tables.overlays)
    for name, own, stacked in (
        ("drivers.csv", "drivers.csv", tables.drivers),
        ("scenarios.csv", "drivers_scenarios.csv", overlays),
    ):
        yield from _cells_of(package / name, stacked[0])
        for table in stacked[1:]:
            yield from () if folder is None else _cells_of(folder / own, table)


def _cells_of(path: Path, rows: Iterable[Row]) -> Iterator[tuple[int, Cell]]:
    """Cells of the rows that a file holds; rows from elsewhere, such as an indicator, have none."""
    if not path.is_file():
        return
    digest = hash_file(path)
    head = next(line for line in path.read_text(encoding="utf-8-sig").splitlines() if not line.startswith("#"))
    column = chr(ord("A") + head.split(",").index("mid"))
    for row in rows:
        name, _, line = row.at.rpartition(":")
        if name == path.name and line.isdecimal():
            yield id(row), Cell(path.name, "", f"{column}{line}", digest)


def _row_note(row: Row) -> Label | None:
    zh, en = [], []
    if row.mid is not None and (row.low is not None or row.high is not None):
        low, high = (row.mid if part is None else part for part in (row.low, row.high))
        zh.append(f"区间 {low:.6g} 至 {high:.6g}（三角分布）")
        en.append(f"interval {low:.6g} to {high:.6g} (triangular)")
    if row.note is not None:
        zh.append(row.note.zh)
        en.append(row.note.en)
    return Label("；".join(zh), "; ".join(en)) if zh else None


def _trace_view(
    name: str, future: Future, view: str, drawn: Drawn, model: Model, groups: Mapping[str, str], traces: TraceBook
) -> None:
    label, scenario = drawn.view.label, future.scenario.label
    expression = model.graph.quantities[view].expression
    needed = [one for one in model.graph.order((view,)) if one in groups]
    at = DUE - int(future.years[0])
    whole = traces.add(
        Trace(
            f"pathway/{name}.{view}",
            "projection",
            Label(
                f"{scenario.zh}：{label.zh}，逐年路径（所示为2030年中位数）",
                f"{scenario.en}: {label.en}, path over all years (shown: median of 2030)",
            ),
            number_text(float(drawn.band[1, at])),
            drawn.view.unit,
            DUE,
            expression=None if expression is None else str(expression),
            typeset=None if expression is None else typeset(expression, {}),
            inputs=(*(groups[one] for one in needed), *((f"pathway/error.{drawn.view.error}",) if drawn.view.error else ())),
            grade="estimated",
            note=_drawn_note(drawn),
        )
    )
    for year, band in zip(future.years, drawn.band.T, strict=True):
        traces.add(_year_trace(f"{whole}.{year}", drawn.view, scenario, int(year), band, whole))


def _drawn_note(drawn: Drawn) -> Label:
    count = f"{len(drawn.values):,}"
    if drawn.view.error is None:
        return Label(f"抽样 {count} 次；区间只含驱动因素的离散", f"{count} draws; interval of the drivers alone")
    return Label(
        f"抽样 {count} 次；区间含驱动因素的离散与模型自身误差",
        f"{count} draws; interval of drivers and model error",
    )


def _year_trace(address: str, view: View, scenario: Label, year: int, band: np.ndarray, whole: str) -> Trace:
    low, middle, high = (float(one) for one in band)
    return Trace(
        address=address,
        kind="projection",
        says=Label(f"{scenario.zh}：{year}年{view.label.zh}（中位数）", f"{scenario.en}: {view.label.en} in {year} (median)"),
        value=number_text(middle),
        unit=view.unit,
        year=year,
        inputs=(whole,),
        grade="estimated",
        note=Label(f"P10–P90：{low:.4g} 至 {high:.4g}", f"P10–P90: {low:.4g} to {high:.4g}"),
    )


def _trace_part(name: str, future: Future, part: str, label: Label, values: np.ndarray, traces: TraceBook) -> None:
    scenario = future.scenario.label
    for year, value in zip(future.years, values, strict=True):
        traces.add(
            Trace(
                f"pathway/{name}.part.{part}.{year}",
                "projection",
                Label(
                    f"{scenario.zh}：{year}年排放，{label.zh}（平均）", f"{scenario.en}: emissions of {label.en}, {year} (mean)"
                ),
                number_text(float(value)),
                "Mt CO2",
                int(year),
                inputs=(f"pathway/{name}.{EMISSIONS}",),
                grade="estimated",
            )
        )


def _trace_peak(name: str, future: Future, traces: TraceBook) -> None:
    scenario, whole, root = future.scenario.label, f"pathway/{name}.{EMISSIONS}", f"pathway/{name}.peak"
    ends = tuple(root + at for at in CHANCES)
    trace_ends(ends, future.chances, scenario, (whole, ERROR), traces)
    _trace_distribution(root, future, future.peak, (whole, ERROR), None, traces, ends=ends, times=TIMES)
    alone = Label("只含驱动因素的离散，不含模型自身误差", "spread of the drivers alone, without the model's own error")
    _trace_distribution(f"pathway/{name}.drivers_peak", future, future.drivers_peak, (whole,), alone, traces)
    if future.observed is not None:
        seen = Label("按公布序列的年际起伏所见", "as a published series with its scatter would show it")
        inputs = (whole, ERROR, *((RESIDUAL,) if RESIDUAL in traces else ()))
        _trace_distribution(f"pathway/{name}.observed", future, future.observed, inputs, seen, traces, times=TIMES)


def _trace_distribution(
    root: str,
    future: Future,
    peak: Peak,
    inputs: tuple[str, ...],
    seen: Label | None,
    traces: TraceBook,
    *,
    ends: tuple[str, ...] = (),
    times: int = 1,
) -> None:
    scenario = future.scenario.label
    said = (f"（{seen.zh}）", f" ({seen.en})") if seen else ("", "")
    trace_chance(root, scenario, peak, (len(future.co2), times), inputs, ends, traces, seen=seen)
    level = Label(
        f"P10–P90：{peak.level_mt_p10:.4g} 至 {peak.level_mt_p90:.4g}",
        f"P10–P90: {peak.level_mt_p10:.4g} to {peak.level_mt_p90:.4g}",
    )
    spread = Label(f"P10–P90：{peak.year_p10}–{peak.year_p90}年", f"P10–P90: {peak.year_p10}–{peak.year_p90}")
    rows: tuple[tuple[str, str, str, int | None, Label, Label], ...] = (
        ("", str(peak.year_p50), "年", peak.year_p50, Label("达峰年份中位数", "median peak year"), spread),
        (
            ".level",
            number_text(peak.level_mt_p50),
            "Mt CO2",
            None,
            Label("峰值排放中位数", "median emissions at the peak"),
            level,
        ),
    )
    for key, value, unit, year, what, note in rows:
        says = Label(f"{scenario.zh}：{what.zh}{said[0]}", f"{scenario.en}: {what.en}{said[1]}")
        given = (*inputs, f"{root}.draws", SEED_AT)
        traces.add(Trace(root + key, "projection", says, value, unit, year, inputs=given, grade="estimated", note=note))


def _trace_residual(residual: Residual, recorded: tuple[str, ...], traces: TraceBook) -> None:
    traces.add(
        Trace(
            RESIDUAL,
            "result",
            Label(
                "有记录的排放序列相对自身趋势的年际起伏（标准差）", "scatter of the recorded emissions around their own trend"
            ),
            number_text(residual.size),
            "1",
            inputs=recorded,
            grade="derived",
            note=Label(
                f"上年起伏留存 {residual.memory:.2f} ± {residual.error:.2f}（由 {residual.steps} 对相邻年份估计）",
                f"share left of the year before {residual.memory:.2f} ± {residual.error:.2f}, from {residual.steps} pairs",
            ),
        )
    )
