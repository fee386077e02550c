"""From the tables of another tool to a network.

Invariant: only inputs are taken; an attribute that the model does not have must be neutral, else the network is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.attribute import FOLDER, attribute_of
from dafeng.energy.network.table import Clock, Network, Table
from dafeng.energy.program import Floats
from dafeng.library.listing import Kind, load_csv

LISTS: Mapping[str, str] = {
    "buses": "bus",
    "carriers": "carrier",
    "generators": "generator",
    "loads": "load",
    "links": "link",
    "processes": "process",
    "stores": "store",
    "storage_units": "storage_unit",
    "lines": "line",
    "transformers": "transformer",
    "global_constraints": "global_constraint",
}
"""PyPSA's name of each list, and the component here."""
COLUMNS: Mapping[str, Kind] = {"list": "text", "attribute": "text", "neutral": "text?", "zh": "text", "en": "text"}
"""Columns of ``unsupported.csv``."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One list of components as another tool holds it.

    Parameters
    ----------
    names : tuple of str
        Names of the components.
    columns : mapping of str to (n,) array
        Static values by attribute.
    series : mapping of str to mapping of str to (steps,) array
        Values over time by attribute and component.
    """

    names: tuple[str, ...]
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    series: Mapping[str, Mapping[str, Floats]] = field(default_factory=dict)


def network_of(name: str, clock: Clock, sheets: Mapping[str, Sheet]) -> Network:
    """Network from another tool's lists.

    Parameters
    ----------
    name : str
        Name of the network.
    clock : Clock
        Time steps.
    sheets : mapping of str to Sheet
        Lists by PyPSA's name.

    Returns
    -------
    Network
        The same network.

    Raises
    ------
    DefinitionError
        If a list holds something that the model does not have.
    """
    for kind, sheet in sheets.items():
        _check(kind, sheet)
    tables = {LISTS[kind]: _table(LISTS[kind], sheet) for kind, sheet in sheets.items() if kind in LISTS and sheet.names}
    return Network(name, clock, tables)


def _table(component: str, sheet: Sheet) -> Table:
    columns = {name: _filled(component, name, values) for name, values in sheet.columns.items() if _declared(component, name)}
    if component == "carrier":
        columns |= {name: v for name, v in sheet.columns.items() if name not in columns and np.asarray(v).dtype.kind in "fiu"}
    series = {
        name: dict(by)
        for name, by in sheet.series.items()
        if _declared(component, name) and attribute_of(component, name).varying
    }
    return Table(component, sheet.names, columns, series)


def _declared(component: str, name: str) -> bool:
    try:
        attribute_of(component, name)
    except KeyError:
        return False
    return True


def _filled(component: str, name: str, values: NDArray[Any]) -> NDArray[Any]:
    """Values of the declared kind; an empty cell is the attribute's default."""
    declared = attribute_of(component, name)
    if declared.kind == "number":
        found = np.array([_number(value) for value in values], dtype=np.float64)
        return np.where(np.isnan(found), float(declared.default), found)
    if declared.kind == "flag":
        return np.array([declared.default if _missing(value) else _true(value) for value in values], dtype=bool)
    return np.array(["" if _missing(value) else str(value) for value in values], dtype=object)


def _number(value: Any) -> float:
    return float("nan") if _missing(value) else float(value)


def _missing(value: Any) -> bool:
    return value is None or value == "" or value == "n/a" or (isinstance(value, (float, np.floating)) and bool(np.isnan(value)))


def _true(value: Any) -> bool:
    return str(value).lower() in ("true", "1", "1.0")


@cache
def unsupported() -> tuple[Mapping[str, Any], ...]:
    """Attributes of other tools that the model does not have, with the value at which they mean nothing.

    Returns
    -------
    tuple of mapping
        Rows of ``unsupported.csv``.
    """
    return load_csv(FOLDER / "unsupported.csv", COLUMNS, key=("list", "attribute"))


def _check(kind: str, sheet: Sheet) -> None:
    for row in unsupported():
        if row["list"] != kind or not sheet.names:
            continue
        if row["attribute"] == "*":
            raise _refusal(kind, sheet.names[0], "*", row)
        for place, value in enumerate(sheet.columns.get(row["attribute"], ())):
            if not _missing(value) and str(value).lower() != (row["neutral"] or "") and not _same(value, row["neutral"]):
                raise _refusal(kind, sheet.names[place], row["attribute"], row)
        if sheet.series.get(row["attribute"]):
            raise _refusal(kind, next(iter(sheet.series[row["attribute"]])), row["attribute"], row)


def _same(value: Any, neutral: str | None) -> bool:
    try:
        return float(value) == float(neutral or "nan")
    except (TypeError, ValueError):
        return False


def _refusal(kind: str, name: str, attribute: str, row: Mapping[str, Any]) -> DefinitionError:
    return DefinitionError(
        Label(f"“{name}”用到尚未支持的功能：{row['zh']}", f"'{name}' uses what is not supported: {row['en']}"),
        where=f"energy.interop.{kind}.{name}.{attribute}",
        expected=Label(f"{attribute} 为 {row['neutral'] or '空'}", f"{attribute} to be {row['neutral'] or 'empty'}"),
        remedy=Label("去掉该功能后再试", "remove the feature and try again"),
    )
