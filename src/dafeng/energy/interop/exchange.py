"""What a file of another tool holds, before it is a network: lists of components, snapshots, investment periods.

Invariant: nothing is lost on the way in and out: what the model does not use (colours, coordinates, own columns) stays
in its sheet, so that a file that is read, solved and written still holds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label
from dafeng.energy.interop.dependent import depend
from dafeng.energy.interop.frames import LISTS, Sheet, network_of
from dafeng.energy.network.table import Clock, Network
from dafeng.energy.program import Floats

WEIGHTS = ("objective", "stores", "generators")
"""Columns of the snapshots that weigh them."""
IDLE = ("shunt_impedances", "shapes", "sub_networks", "line_types", "transformer_types")
"""Lists that an optimisation does not look at, or only by way of another list."""
FORM = "1.4.0"
"""Version of PyPSA whose layout is written."""


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """Content of a file of another tool.

    Parameters
    ----------
    name : str
        Name of the network.
    snapshots : mapping of str to (steps,) array
        Labels (``snapshot``, or ``period`` and ``timestep``) and weights.
    periods : mapping of str to (periods,) array
        ``period``, ``objective``, ``years``; empty where there are none.
    sheets : mapping of str to Sheet
        Lists of components by PyPSA's name.
    attributes : mapping of str to value
        What the file says about the network as a whole.
    notes : mapping of str to str
        JSON texts that travel with the network: ``meta`` and ``crs``.
    """

    name: str
    snapshots: Mapping[str, NDArray[Any]]
    periods: Mapping[str, NDArray[Any]]
    sheets: Mapping[str, Sheet]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Number of snapshots."""
        return len(next(iter(self.snapshots.values()), ()))


def network_from(exchange: Exchange, *, multi_period: bool | None = None) -> Network:
    """Network that a file describes.

    Parameters
    ----------
    exchange : Exchange
        Content of the file.
    multi_period : bool, optional
        Whether investment periods count; by default where the file has any.

    Returns
    -------
    Network
        The network.

    Raises
    ------
    DefinitionError
        If it uses what the model does not have, or contradicts itself.
    """
    unknown = [name for name, sheet in exchange.sheets.items() if sheet.names and name not in LISTS and name not in IDLE]
    if unknown:
        raise refused(
            exchange.name, unknown[0], f"不认识的组件清单“{unknown[0]}”", f"unknown list of components '{unknown[0]}'"
        )
    if not exchange.steps:
        raise refused(exchange.name, "snapshots", "没有时段", "there are no snapshots")
    return network_of(exchange.name or "network", _clock(exchange, multi_period), depend(exchange.sheets))


def exchange_of(network: Network) -> Exchange:
    """Content of a file that describes a network.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    Exchange
        With PyPSA's names.

    Raises
    ------
    DefinitionError
        If PyPSA has no component for something in it.
    """
    names = {component: kind for kind, component in LISTS.items()}
    sheets = {}
    for component, table in network.tables.items():
        if component not in names and len(table):
            raise refused(
                network.name,
                f"{component}.{table.names[0]}",
                f"PyPSA 没有“{component}”这种组件",
                f"PyPSA has no component '{component}'",
            )
        if len(table):
            sheets[names[component]] = Sheet(table.names, dict(table.columns), dict(table.series))
    snapshots, periods = _snapshots(network.clock)
    return Exchange(network.name, snapshots, periods, sheets)


def refused(name: str, where: str, zh: str, en: str, *, remedy: Label | None = None) -> FileRefused:
    """Refusal of a file's content.

    Parameters
    ----------
    name, where : str
        File or network, and the place in it.
    zh, en : str
        What is wrong.
    remedy : Label, optional
        What to do about it.

    Returns
    -------
    FileRefused
        To be raised.
    """
    return FileRefused(
        Label(zh, en),
        where=f"{name}: {where}",
        expected=Label("PyPSA 的网络文件", "a network file of PyPSA"),
        remedy=remedy or Label("改正或去掉该处内容", "correct or remove what stands there"),
    )


def _clock(exchange: Exchange, multi_period: bool | None) -> Clock:
    columns, steps = exchange.snapshots, exchange.steps
    weights = {name: _weight(exchange, name) for name in WEIGHTS}
    years = tuple(int(year) for year in exchange.periods.get("period", ())) if "period" in columns else ()
    if multi_period and not years:
        raise refused(exchange.name, "investment_periods", "没有投资期", "there are no investment periods")
    labels = _labels(columns)
    invested = bool(years) and multi_period is not False
    if "period" in columns and not invested:
        years = tuple(dict.fromkeys(int(year) for year in columns["period"]))
    lengths = (weights["objective"], weights["stores"], weights["generators"])
    if not years:
        return Clock(labels, *lengths, np.zeros(steps, dtype=np.int64))
    place, ones = _places(exchange, years), np.ones(len(years))
    if not invested:
        return Clock(labels, *lengths, place, years, ones, ones, invested=False)
    objective, length = (_numbers(exchange, exchange.periods[name], f"periods.{name}") for name in ("objective", "years"))
    return Clock(labels, *lengths, place, years, objective, length)


def _places(exchange: Exchange, years: Sequence[int]) -> NDArray[np.int64]:
    """Position of each snapshot's period."""
    own = {year: place for place, year in enumerate(years)}
    found = [own.get(int(year), -1) for year in exchange.snapshots["period"]]
    if min(found) < 0 or found != sorted(found):
        raise refused(
            exchange.name,
            "snapshots.period",
            "时段的投资期与投资期清单不符，或未按年排列",
            "periods of snapshots are not those of the investment periods, or not in order",
        )
    return np.array(found)


def _weight(exchange: Exchange, name: str) -> Floats:
    columns = exchange.snapshots
    if name in columns or "weightings" in columns:
        return _numbers(exchange, columns[name if name in columns else "weightings"], f"snapshots.{name}")
    if any(other in columns for other in WEIGHTS):
        raise refused(exchange.name, f"snapshots.{name}", f"缺少权重“{name}”", f"the weights '{name}' are missing")
    return np.ones(exchange.steps)


def _numbers(exchange: Exchange, values: NDArray[Any], where: str) -> Floats:
    try:
        found = np.array([float(value) for value in values])
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if not np.isfinite(found).all():
        raise refused(exchange.name, where, "有不是数的权重", "a weight is not a number")
    return found


def _labels(columns: Mapping[str, NDArray[Any]]) -> tuple[str, ...]:
    if "period" in columns and "timestep" in columns:
        return tuple(f"{int(year)} {label_of(step)}" for year, step in zip(columns["period"], columns["timestep"], strict=True))
    return tuple(label_of(step) for step in columns.get("snapshot", columns.get("timestep", next(iter(columns.values())))))


def label_of(step: Any) -> str:
    """Text of a snapshot.

    Parameters
    ----------
    step : datetime64, int or str
        As another tool holds it.

    Returns
    -------
    str
        ISO time to the second where it is a time.
    """
    return str(step.astype("datetime64[s]")) if isinstance(step, np.datetime64) else str(step)


def _snapshots(clock: Clock) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    weights: dict[str, NDArray[Any]] = {name: np.asarray(getattr(clock, name), dtype=np.float64) for name in WEIGHTS}
    if not clock.periods:
        return {"snapshot": _typed(clock.labels), **weights}, {}
    years = np.array(clock.periods, dtype=np.int64)
    steps = _typed(tuple(label.split(" ", 1)[-1] for label in clock.labels))
    periods = {"period": years, "objective": clock.period_objective, "years": clock.period_years}
    return {"period": years[clock.period], "timestep": steps, **weights}, periods


def _typed(labels: tuple[str, ...]) -> NDArray[Any]:
    """Labels as times where all are, as whole numbers where all are, else as texts."""
    if all(label.isdigit() for label in labels):
        return np.array([int(label) for label in labels], dtype=np.int64)
    try:
        return np.array([np.datetime64(label, "s") for label in labels])
    except ValueError:
        return np.array(labels, dtype=object)


def with_sheets(exchange: Exchange, sheets: Mapping[str, Sheet], attributes: Mapping[str, Any]) -> Exchange:
    """The content with more columns and series.

    Parameters
    ----------
    exchange : Exchange
        Content of a file.
    sheets : mapping of str to Sheet
        What is added or replaced, by list, of the same components in the same order.
    attributes : mapping of str to value
        What is said about the network as a whole.

    Returns
    -------
    Exchange
        A copy.
    """
    merged = dict(exchange.sheets)
    for kind, sheet in sheets.items():
        old = merged.get(kind, Sheet(sheet.names))
        merged[kind] = Sheet(old.names, {**old.columns, **sheet.columns}, {**old.series, **sheet.series})
    return replace(exchange, sheets=merged, attributes={**exchange.attributes, **attributes})
