"""Values that follow from others before a network is optimised: standard types, carriers of branches, bus limits.

Invariant: what is derived here equals what PyPSA derives before it optimises (``calculate_dependent_values``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.interop.frames import Sheet
from dafeng.energy.network.attribute import FOLDER
from dafeng.library.listing import Kind, load_csv

LINES: Mapping[str, Kind] = {
    "name": "text",
    "r_per_length": "decimal",
    "x_per_length": "decimal",
    "source": "text",
    "literature": "text",
}
"""Columns of ``line_types.csv``."""
TRANSFORMERS: Mapping[str, Kind] = {
    "name": "text",
    "s_nom": "decimal",
    "vsc": "decimal",
    "vscr": "decimal",
    "phase_shift": "decimal",
    "tap_neutral": "decimal",
    "tap_step": "decimal",
    "source": "text",
    "literature": "text",
}
"""Columns of ``transformer_types.csv``."""
STANDARD: Mapping[str, Mapping[str, Kind]] = {"line_types": LINES, "transformer_types": TRANSFORMERS}
"""Lists of standard types."""
BORROWED = (("lines", "bus0"), ("links", "bus0"), ("stores", "bus"))
"""Lists whose components have the carrier of their bus where none is given."""
BUS_LIMIT = re.compile(r"nom_(?P<end>min|max)_(?P<carrier>.+)")
"""Columns of buses that limit the capacity of a carrier there; an old form of a limit."""
ONE_PORT = ("generators", "stores", "storage_units")
"""Lists that such a column counts."""
BRANCHES = ("lines", "links", "processes", "transformers")
"""Lists that a limit of today would count besides."""


@cache
def standard_types(kind: str) -> Mapping[str, Mapping[str, float]]:
    """Standard types that PyPSA knows and does not write into files.

    Parameters
    ----------
    kind : {"line_types", "transformer_types"}
        Which list.

    Returns
    -------
    mapping of str to mapping of str to float
        Figures by name of the type.
    """
    numbers = [name for name, cell in STANDARD[kind].items() if cell == "decimal"]
    rows = load_csv(FOLDER / f"{kind}.csv", STANDARD[kind], key=("name",))
    return {row["name"]: {name: float(row[name]) for name in numbers} for row in rows}


def depend(sheets: Mapping[str, Sheet]) -> dict[str, Sheet]:
    """Lists with everything that follows from other values.

    Parameters
    ----------
    sheets : mapping of str to Sheet
        Lists by PyPSA's name, as given.

    Returns
    -------
    dict of str to Sheet
        The same with impedances of typed branches, borrowed carriers and limits of buses.

    Raises
    ------
    DefinitionError
        If a type is unknown, or a column of the buses is no limit.
    """
    found = dict(sheets)
    if "lines" in found:
        found["lines"] = _typed(found, "lines", "line_types", _line)
    if "transformers" in found:
        found["transformers"] = _typed(found, "transformers", "transformer_types", _transformer)
    for kind, bus in BORROWED:
        if kind in found:
            found[kind] = _borrow(found, kind, bus)
    return _limited(found)


def cell(sheet: Sheet, name: str, place: int, default: float) -> float:
    """A number of one component.

    Parameters
    ----------
    sheet : Sheet
        List.
    name : str
        Column.
    place : int
        Position of the component.
    default : float
        What holds where the column or the value is missing.

    Returns
    -------
    float
        The number; a text that is none counts as missing here and is refused where the column is read.
    """
    if name not in sheet.columns:
        return default
    try:
        value = float(sheet.columns[name][place])
    except (TypeError, ValueError):
        return default
    return default if np.isnan(value) else value


def _text(sheet: Sheet, name: str, place: int) -> str:
    value = sheet.columns[name][place] if name in sheet.columns else ""
    return "" if value is None or value == "n/a" or value != value else str(value)


def _typed(sheets: Mapping[str, Sheet], kind: str, types: str, derive: Any) -> Sheet:
    """Components with a type get the values that follow from it."""
    sheet = sheets[kind]
    chosen = {place: _text(sheet, "type", place) for place in range(len(sheet.names))}
    columns = dict(sheet.columns)
    own = sheets.get(types, Sheet(()))
    for place, name in chosen.items():
        if not name:
            continue
        figures = _figures(own, types, name) if name in own.names else standard_types(types).get(name)
        if figures is None:
            raise _unknown(kind, sheet.names[place], name)
        for attribute, value in derive(sheet, place, figures).items():
            columns[attribute] = _changed(columns, attribute, place, value, len(sheet.names))
    columns["type"] = np.full(len(sheet.names), "", dtype=object)
    return Sheet(sheet.names, columns, sheet.series)


def _figures(own: Sheet, types: str, name: str) -> dict[str, float]:
    place = own.names.index(name)
    return {figure: cell(own, figure, place, 0.0) for figure, kind in STANDARD[types].items() if kind == "decimal"}


def _changed(columns: Mapping[str, NDArray[Any]], name: str, place: int, value: float, size: int) -> NDArray[Any]:
    found = np.array(columns[name], dtype=object) if name in columns else np.full(size, np.nan, dtype=object)
    found[place] = value
    return found


def _line(sheet: Sheet, place: int, figures: Mapping[str, float]) -> dict[str, float]:
    share = cell(sheet, "length", place, 0.0) / cell(sheet, "num_parallel", place, 1.0)
    return {"x": figures["x_per_length"] * share, "r": figures["r_per_length"] * share}


def _transformer(sheet: Sheet, place: int, figures: Mapping[str, float]) -> dict[str, float]:
    parallel = cell(sheet, "num_parallel", place, 1.0)
    resistance = figures["vscr"] / 100.0
    reactance = np.sqrt((figures["vsc"] / 100.0) ** 2 - resistance**2)
    steps = cell(sheet, "tap_position", place, 0.0) - figures["tap_neutral"]
    return {
        "r": resistance / parallel,
        "x": reactance / parallel,
        "s_nom": figures["s_nom"],
        "phase_shift": figures["phase_shift"],
        "tap_ratio": 1.0 + steps * figures["tap_step"] / 100.0,
    }


def _borrow(sheets: Mapping[str, Sheet], kind: str, bus: str) -> Sheet:
    sheet, buses = sheets[kind], sheets.get("buses", Sheet(()))
    carriers = {name: _text(buses, "carrier", place) or "AC" for place, name in enumerate(buses.names)}
    found = [_text(sheet, "carrier", place) or carriers.get(_text(sheet, bus, place), "") for place in range(len(sheet.names))]
    return Sheet(sheet.names, {**sheet.columns, "carrier": np.array(found, dtype=object)}, sheet.series)


def _limited(sheets: dict[str, Sheet]) -> dict[str, Sheet]:
    """Columns of buses that limit a carrier's capacity there become limits."""
    buses = sheets.get("buses", Sheet(()))
    carriers = sheets.get("carriers", Sheet(())).names
    rows: dict[str, dict[str, Any]] = {}
    for column, values in buses.columns.items():
        if not column.startswith("nom_"):
            continue
        carrier, sense, period = _meaning(column, carriers)
        for place, bus in enumerate(buses.names):
            amount = cell(buses, column, place, np.nan)
            if not np.isnan(amount) and len(values):
                _check_alone(sheets, carrier, bus, column)
                rows[f"{bus} {column}"] = {
                    "type": "tech_capacity_expansion_limit",
                    "carrier_attribute": carrier,
                    "sense": sense,
                    "constant": amount,
                    "investment_period": period,
                    "bus": bus,
                }
    if rows:
        sheets["global_constraints"] = _joined(sheets.get("global_constraints", Sheet(())), rows)
    return sheets


def _meaning(column: str, carriers: tuple[str, ...]) -> tuple[str, str, float]:
    match = BUS_LIMIT.fullmatch(column)
    if match:
        carrier, sense = match["carrier"], ">=" if match["end"] == "min" else "<="
        if carrier in carriers:
            return carrier, sense, np.nan
        head, _, year = carrier.rpartition("_")
        if head in carriers and year.isdigit():
            return head, sense, float(year)
    raise _unclear(column)


def _check_alone(sheets: Mapping[str, Sheet], carrier: str, bus: str, column: str) -> None:
    """A limit of today counts branches too; where one of the carrier begins at the bus, the meaning would change."""
    for kind in BRANCHES:
        sheet = sheets.get(kind, Sheet(()))
        for place in range(len(sheet.names)):
            if _text(sheet, "carrier", place) == carrier and _text(sheet, "bus0", place) == bus:
                raise _unclear(column)


def _joined(limits: Sheet, rows: Mapping[str, Mapping[str, Any]]) -> Sheet:
    names = (*limits.names, *rows)
    columns = {}
    for name in dict.fromkeys((*limits.columns, *(one for row in rows.values() for one in row))):
        old = list(limits.columns.get(name, [None] * len(limits.names)))
        columns[name] = np.array([*old, *(row.get(name) for row in rows.values())], dtype=object)
    return Sheet(names, columns, limits.series)


def _unknown(kind: str, name: str, type_name: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{name}”的型号“{type_name}”未知", f"the type '{type_name}' of '{name}' is not known"),
        where=f"energy.interop.{kind}.{name}.type",
        expected=Label("标准型号，或文件所列的型号", "a standard type, or one that the file lists"),
        remedy=Label("导出时带上型号，或改写为 x 与 r", "export the types too, or give x and r"),
    )


def _unclear(column: str) -> DefinitionError:
    return DefinitionError(
        Label(f"母线列“{column}”的限额无法照原意读出", f"column '{column}' of the buses cannot be read as the limit it meant"),
        where=f"energy.interop.buses.{column}",
        expected=Label("nom_min_载体 或 nom_max_载体，载体在清单里", "nom_min_CARRIER or nom_max_CARRIER of a listed carrier"),
        remedy=Label(
            "改用 tech_capacity_expansion_limit 限额", "use a global constraint of type tech_capacity_expansion_limit"
        ),
    )
