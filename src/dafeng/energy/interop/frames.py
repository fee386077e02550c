"""From the tables of another tool to a network.

Invariant: only inputs are taken; an attribute that the model does not have must be neutral, else the network is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.attribute import FOLDER, Attribute, attribute_of
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
TRUE, FALSE = ("true", "1", "1.0"), ("false", "0", "0.0")
"""How a flag is written."""


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
    known = set(sheet.names)
    columns = {
        name: _filled(component, name, sheet.names, values)
        for name, values in sheet.columns.items()
        if _declared(component, name)
    }
    if component == "carrier":
        columns |= {name: v for name, v in sheet.columns.items() if name not in columns and np.asarray(v).dtype.kind in "fiu"}
    series = {
        name: _series(component, name, {one: values for one, values in by.items() if one in known})
        for name, by in sheet.series.items()
        if _declared(component, name) and by
    }
    return Table(component, sheet.names, columns, series)


def _declared(component: str, name: str) -> bool:
    return declared_kind(component, name) is not None


def declared_kind(kind: str, name: str) -> str | None:
    """What an attribute holds.

    Parameters
    ----------
    kind : str
        A list, or the component in it.
    name : str
        The attribute.

    Returns
    -------
    {"number", "text", "flag"} or None
        ``None`` where the model has no such attribute.
    """
    try:
        return attribute_of(LISTS.get(kind, kind), name).kind
    except KeyError:
        return None


def _filled(component: str, name: str, names: Sequence[str], values: NDArray[Any]) -> NDArray[Any]:
    """Values of the declared kind; an empty cell is the attribute's default."""
    declared = attribute_of(component, name)
    if declared.kind == "number":
        found = _numbers(component, declared, names, values)
        return np.where(np.isnan(found), float(declared.default), found)
    if declared.kind == "flag":
        return np.array([_flag(component, declared, *pair) for pair in zip(names, values, strict=True)], dtype=bool)
    return np.array([_text(declared, value) for value in values], dtype=object)


def _numbers(component: str, declared: Attribute, names: Sequence[str], values: NDArray[Any]) -> Floats:
    """Values as numbers; what is none, or is infinite where that means nothing, is refused."""
    found = np.full(len(values), np.nan)
    for place, value in enumerate(values):
        try:
            found[place] = np.nan if is_missing(value) else float(value)
        except (TypeError, ValueError):
            raise _wrong(component, names[place], declared.name, value, "一个数", "a number") from None
    endless = np.isinf(found)
    if endless.any() and not _unlimited(declared):
        place = int(np.argmax(endless))
        raise _wrong(component, names[place], declared.name, values[place], "有限的数", "a finite number")
    return found


def _unlimited(declared: Attribute) -> bool:
    """Whether an infinite value means that there is no limit."""
    return bool(np.isinf(float(declared.default))) or declared.name.endswith(("_nom", "_nom_max", "constant"))


def _series(component: str, name: str, by: Mapping[str, Floats]) -> dict[str, Floats]:
    """Values over time; a gap is refused where the attribute needs a value in every step."""
    declared, found = attribute_of(component, name), {}
    if not declared.varying:
        raise _wrong(component, next(iter(by)), name, "…", "一个不随时间变的值", "one value that does not vary over time")
    for one, values in by.items():
        found[one] = np.asarray(values, dtype=np.float64)
        bad = np.isinf(found[one]) | (np.isnan(found[one]) & ~np.isnan(float(declared.default)))
        if bad.any():
            step = int(np.argmax(bad))
            raise _wrong(component, one, f"{name}[{step}]", found[one][step], "有限的数", "a finite number")
    return found


def _text(declared: Attribute, value: Any) -> str:
    """A text; an absent value is the default, an empty text stays empty."""
    if value is None or value != value:
        return str(declared.default)
    return "" if is_missing(value) else str(value)


def _flag(component: str, declared: Attribute, name: str, value: Any) -> bool:
    if is_missing(value):
        return bool(declared.default)
    text = str(value).lower()
    if text in TRUE or text in FALSE:
        return text in TRUE
    raise _wrong(component, name, declared.name, value, "True 或 False", "True or False")


def _wrong(component: str, name: str, attribute: str, value: Any, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{name}”的 {attribute} 是“{value}”", f"{attribute} of '{name}' is '{value}'"),
        where=f"energy.interop.{component}.{name}.{attribute}",
        expected=Label(zh, en),
        remedy=Label("改正该值", "correct the value"),
    )


def is_missing(value: Any) -> bool:
    """Whether a cell of a file holds nothing.

    Parameters
    ----------
    value : object
        Content of the cell.

    Returns
    -------
    bool
        True for nothing, an empty text, ``n/a`` and what is not a number.
    """
    return value is None or value == "" or value == "n/a" or (isinstance(value, (float, np.floating)) and bool(np.isnan(value)))


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
            if not is_missing(value) and str(value).lower() != (row["neutral"] or "") and not _same(value, row["neutral"]):
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
