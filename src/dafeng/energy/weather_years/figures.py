"""Figures of a place: those of the place itself before those of its city, province and nation.

Invariant: a figure has a unit, a source and a grade; a place without figures is refused, never given another's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped

FOLDER = shipped() / "energy"
"""Where the tables of weather and profiles stand."""
COLUMNS: Mapping[str, Kind] = {
    "place": "text",
    "parameter": "text",
    "value": "decimal",
    "unit": "text",
    "source": "text",
    "grade": "text",
    "note": "text?",
}
"""Columns of ``weather.csv`` and ``shapes.csv``."""
NATION = "100000"
"""Code under which figures of the whole country stand."""
Parameters = Mapping[str, float]
"""Values by parameter."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One parameter of a place.

    Parameters
    ----------
    name : str
        Parameter.
    value : float
        Its value. [``unit``]
    unit : str
        Unit.
    place : str
        Code of the place the figure was stated for.
    source, grade : str
        Where it comes from (several sources joined by ``|``) and how good the evidence is.
    note : str
        Remark.
    """

    name: str
    value: float
    unit: str
    place: str
    source: str
    grade: str
    note: str


def figures_of(place: str, table: str, *, folder: Path = FOLDER) -> dict[str, Figure]:
    """Figures that hold for a place.

    Parameters
    ----------
    place : str
        Administrative code.
    table : str
        File name of the table, e.g. ``weather.csv``.
    folder : Path
        Where it stands.

    Returns
    -------
    dict
        Figures by parameter.

    Raises
    ------
    LookupFailure
        If none stands for the place, its city, its province or the nation.
    """
    rows = nearest(load_csv(folder / table, COLUMNS, key=("place", "parameter")), place, "parameter", table)
    return {
        name: Figure(name, float(row["value"]), row["unit"], row["place"], row["source"], row["grade"], row["note"] or "")
        for name, row in rows.items()
    }


def values_of(figures: Mapping[str, Figure]) -> dict[str, float]:
    """Bare values of figures.

    Parameters
    ----------
    figures : mapping of str to Figure
        Figures by parameter.

    Returns
    -------
    dict
        Values by parameter.
    """
    return {name: figure.value for name, figure in figures.items()}


def nearest(rows: tuple[dict[str, Any], ...], place: str, name: str, table: str) -> dict[str, dict[str, Any]]:
    """Rows by name: those of the place, else of its city, its province, the nation.

    Parameters
    ----------
    rows : tuple of dict
        Rows with a column ``place``.
    place : str
        Administrative code.
    name : str
        Column that names the rows.
    table : str
        Name of the table, for the message.

    Returns
    -------
    dict
        One row by name.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    order = dict.fromkeys((NATION, f"{place[:2]}0000", f"{place[:4]}00", place))
    found = {row[name]: row for code in order for row in rows if row["place"] == code}
    if not found:
        known = "、".join(sorted({row["place"] for row in rows}))
        raise LookupFailure(
            Label(f"“{place}”在 {table} 中没有数据", f"nothing stands for '{place}' in {table}"),
            where=f"data/energy/{table}",
            expected=Label(f"有数据的地方之一：{known}", f"a place with figures: {known}"),
            remedy=Label("补充该地的数据，或导入实测曲线", "add figures of the place, or import measured profiles"),
        )
    return found
