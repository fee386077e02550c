"""The attribute table of the network's components: data that drives reading, defaults, validation and documentation.

Invariant: an attribute has the meaning and the name of PyPSA's, where PyPSA has it; nothing else can be set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv

FOLDER = Path(__file__).resolve().parent.parent.parent / "data" / "energy"
"""Where the tables of the energy network stand."""
COLUMNS: Mapping[str, Kind] = {
    "component": "text",
    "attribute": "text",
    "kind": "text",
    "varying": "boolean",
    "unit": "text?",
    "default": "text?",
    "symbol": "text?",
    "zh": "text",
    "en": "text",
}
"""Columns of ``attributes.csv``."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a component.

    Parameters
    ----------
    name : str
        Its name.
    kind : {"number", "text", "flag"}
        What it holds.
    varying : bool
        Whether it may have a value for every time step.
    unit : str
        Unit, empty for none.
    default : float, str or bool
        What holds where nothing is given; not a number is "no limit".
    symbol : str
        Symbol in equations, empty for the name itself.
    label : Label
        What it means.
    """

    name: str
    kind: Literal["number", "text", "flag"]
    varying: bool
    unit: str
    default: float | str | bool
    symbol: str
    label: Label


@cache
def component_attributes() -> Mapping[str, Mapping[str, Attribute]]:
    """Attributes by component and name.

    Returns
    -------
    mapping
        As ``attributes.csv`` says.

    Raises
    ------
    DefinitionError
        If the table breaks its declaration.
    """
    found: dict[str, dict[str, Attribute]] = {}
    for row in load_csv(FOLDER / "attributes.csv", COLUMNS, key=("component", "attribute")):
        found.setdefault(row["component"], {})[row["attribute"]] = _attribute(row)
    return found


def attribute_of(component: str, name: str) -> Attribute:
    """One attribute; ports of links and processes beyond the second share the declaration of the first.

    Parameters
    ----------
    component : str
        Name of the component, e.g. ``link``.
    name : str
        Name of the attribute, e.g. ``efficiency2``.

    Returns
    -------
    Attribute
        Its declaration.

    Raises
    ------
    KeyError
        If the component has no such attribute.
    """
    known = component_attributes()[component]
    return known[name] if name in known else known[ported(component, name)]


def ported(component: str, name: str) -> str:
    """Name under which an attribute is declared.

    Parameters
    ----------
    component : str
        Name of the component.
    name : str
        Name of the attribute, e.g. ``bus3``.

    Returns
    -------
    str
        ``bus1`` for ``bus3`` of a link; the name itself otherwise.
    """
    base = name.rstrip("0123456789")
    if component not in ("link", "process") or base == name:
        return name
    return {"bus": "bus1"}.get(base, base)


def symbols_of(component: str) -> dict[str, str]:
    """Symbols of a component's attributes for typesetting.

    Parameters
    ----------
    component : str
        Name of the component.

    Returns
    -------
    dict of str to str
        Symbol by attribute, where it has one.
    """
    return {name: one.symbol for name, one in component_attributes()[component].items() if one.symbol}


def _attribute(row: Mapping[str, Any]) -> Attribute:
    return Attribute(
        name=row["attribute"],
        kind=row["kind"],
        varying=row["varying"],
        unit=row["unit"] or "",
        default=_default(row["kind"], row["default"]),
        symbol=row["symbol"] or "",
        label=Label(row["zh"], row["en"]),
    )


def _default(kind: str, text: str | None) -> float | str | bool:
    if kind == "flag":
        return text == "true"
    if kind == "text":
        return text or ""
    return np.nan if text is None else float(text)
