"""What a plant that turns weather into power is made of: rows of ``plants.csv``.

Invariant: every value has a unit, a source and a grade; a profile of capacity exists only if its plant is described.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dafeng.energy.weather_years.figures import FOLDER
from dafeng.library.listing import Kind, load_csv

COLUMNS: Mapping[str, Kind] = {
    "profile": "text",
    "parameter": "text",
    "value": "text",
    "unit": "text",
    "source": "text",
    "grade": "text",
    "note": "text?",
}
"""Columns of ``plants.csv``."""
WINDY: Mapping[str, str] = {"onshore_wind": "land_wind", "offshore_wind": "sea_wind"}
"""Profiles of wind power and the wind they stand in."""
SUNNY = ("pv", "rooftop_pv", "sea_pv")
"""Profiles of solar power."""
Plant = Mapping[str, str]
"""Values of a plant by parameter, as written."""


@cache
def read_plants(*, folder: Path = FOLDER) -> Mapping[str, Plant]:
    """Plants by profile.

    Parameters
    ----------
    folder : Path
        Where ``plants.csv`` stands.

    Returns
    -------
    mapping of str to mapping
        Parameters of the plant behind each profile of capacity.

    Raises
    ------
    DefinitionError
        If the table breaks its declaration.
    """
    rows = load_csv(folder / "plants.csv", COLUMNS, key=("profile", "parameter"))
    names = dict.fromkeys(row["profile"] for row in rows)
    return {name: {row["parameter"]: row["value"] for row in rows if row["profile"] == name} for name in names}
