"""The attribute table: what a component has, in which unit, with which default and limits.

Invariant: a component is built only from declared attributes; an unknown one becomes a finding, a missing or
impossible one stops the build, and only neutral defaults (no limit, no loss, no share) exist.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv

FOLDER = Path(__file__).resolve().parent.parent / "data" / "technologies"
"""Where the tables of this package's technologies stand."""
COLUMNS: Mapping[str, Kind] = {
    "component": "text",
    "attribute": "text",
    "kind": "text",
    "unit": "text?",
    "default": "text?",
    "least": "decimal?",
    "most": "decimal?",
    "zh": "text",
    "en": "text",
}
"""Columns of ``attributes.csv``."""
Value = str | float | bool
"""Value of an attribute."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One declared attribute of a component.

    Parameters
    ----------
    component : str
        generator, storage, line or load.
    name : str
        Name of the attribute.
    kind : {"text", "number", "boolean"}
        What it holds.
    unit : str
        Unit, empty for none.
    default : str or None
        Neutral default as text; ``None`` where a value must be given.
    least, most : float
        Limits of a number, infinite where there are none. [unit]
    label : Label
        What it means.
    """

    component: str
    name: str
    kind: Literal["text", "number", "boolean"]
    unit: str
    default: str | None
    least: float
    most: float
    label: Label


@cache
def read_attributes(*, path: Path = FOLDER / "attributes.csv") -> tuple[Attribute, ...]:
    """Declared attributes of all components.

    Parameters
    ----------
    path : Path
        The table.

    Returns
    -------
    tuple of Attribute
        In the order of the file.

    Raises
    ------
    DefinitionError
        If the table breaks its own form.
    """
    return tuple(
        Attribute(
            row["component"],
            row["attribute"],
            row["kind"],
            row["unit"] or "",
            row["default"],
            -math.inf if row["least"] is None else float(row["least"]),
            math.inf if row["most"] is None else float(row["most"]),
            Label(row["zh"], row["en"]),
        )
        for row in load_csv(path, COLUMNS, key=("component", "attribute"))
    )


def check_row(component: str, row: Mapping[str, object]) -> tuple[dict[str, Value], tuple[Finding, ...]]:
    """Values of one component, checked against the table.

    Parameters
    ----------
    component : str
        generator, storage, line or load.
    row : mapping
        Attribute names to values.

    Returns
    -------
    dict, tuple of Finding
        One value per declared attribute, and a finding per attribute that is not declared (it is not used).

    Raises
    ------
    DefinitionError
        If a value is missing, of another kind or outside its limits.
    """
    declared = {one.name: one for one in read_attributes() if one.component == component}
    at = f"{component}.{row.get('name', '?')}"
    values = {name: _value(one, row.get(name), at) for name, one in declared.items()}
    return values, tuple(_unused(at, name) for name in row if name not in declared)


def check_names(rows: Iterable[str]) -> None:
    """Refuse a name that two components share.

    Parameters
    ----------
    rows : iterable of str
        Names of all components.

    Raises
    ------
    DefinitionError
        If one occurs twice.
    """
    seen: set[str] = set()
    for name in rows:
        if name in seen:
            raise _refusal("system", f"名称“{name}”重复", f"name '{name}' occurs twice", "唯一名称", "unique names")
        seen.add(name)


def _value(attribute: Attribute, given: object, at: str) -> Value:
    where = f"{at}.{attribute.name}"
    chosen = attribute.default if given is None else given
    if chosen is None:
        raise _refusal(where, "缺少取值", "no value", attribute.label.zh, attribute.label.en)
    if attribute.kind == "text":
        return str(chosen)
    if attribute.kind == "boolean":
        return _boolean(chosen, where)
    return _number(attribute, chosen, where)


def _boolean(given: object, where: str) -> bool:
    if isinstance(given, bool) or given in ("true", "false"):
        return given in (True, "true")
    raise _refusal(
        where, f"“{given}”不是 true 或 false", f"'{given}' is neither true nor false", "true 或 false", "true or false"
    )


def _number(attribute: Attribute, given: object, where: str) -> float:
    try:
        value = math.nan if isinstance(given, bool) else float(str(given))
    except ValueError:
        value = math.nan
    if math.isfinite(value) and attribute.least <= value <= attribute.most:
        return value
    limits = f"{attribute.least:g} … {attribute.most:g} {attribute.unit}".strip()
    raise _refusal(where, f"“{given}”不是允许的数", f"'{given}' is no admissible number", limits, limits)


def _unused(at: str, name: str) -> Finding:
    return Finding(
        "energy.attribute",
        f"{at}.{name}",
        "warning",
        Label(f"属性“{name}”未定义，未被使用", f"attribute '{name}' is not declared and was not used"),
        Label("改正名称，或从表中删去", "correct the name, or take it out of the table"),
    )


def _refusal(where: str, zh: str, en: str, wanted_zh: str, wanted_en: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where=where,
        expected=Label(wanted_zh, wanted_en),
        remedy=Label("按 attributes.csv 改正这一项", "correct the entry after attributes.csv"),
    )
