"""Size and dimensions of the base names of units: kept as a table, worked out by pint.

Invariant: the kept table answers only for the definitions it was worked out from; for any others pint is asked. The
only module that imports pint, which takes most of a second, so that no command waits for what the table says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from fractions import Fraction
from importlib.resources import files
from typing import Any

from dafeng.core.dimensions import Dimensions
from dafeng.core.spellings import refuse_definition

Definitions = tuple[tuple[str, str], ...]
"""Name and definition of every base name; a definition refers to names before it."""
Ratios = Mapping[str, tuple[Fraction, Dimensions]]
"""Size and dimensions of each base name."""
FIELDS = ("name", "definition", "size", "dimensions")
"""Columns of the kept table ``unit_ratios.csv``."""


def find_ratios(defined: Definitions) -> Ratios:
    """Size and dimensions of base names.

    Parameters
    ----------
    defined : tuple of (str, str)
        Name and definition of each.

    Returns
    -------
    mapping
        As the kept table says where it is of these definitions, else as pint says.

    Raises
    ------
    UnitError
        If a definition cannot be read.
    """
    kept = read_ratios((files("dafeng") / "data" / "classes" / "unit_ratios.csv").read_text("utf-8"), defined)
    return work_out_ratios(defined) if kept is None else kept


def read_ratios(text: str, defined: Definitions) -> Ratios | None:
    """Size and dimensions of base names from a kept table.

    Parameters
    ----------
    text : str
        The table, as `write_ratios` makes it.
    defined : tuple of (str, str)
        Name and definition of each base name.

    Returns
    -------
    mapping or None
        What it says; ``None`` where it was made from other definitions.
    """
    rows = list(csv.DictReader(text.splitlines()))
    if tuple((row["name"], row["definition"]) for row in rows) != defined:
        return None
    return {row["name"]: (Fraction(row["size"]), tuple(map(_power, row["dimensions"].split()))) for row in rows}


def write_ratios(defined: Definitions) -> Iterable[tuple[str, str, str, str]]:
    """Rows of the kept table, worked out anew.

    Parameters
    ----------
    defined : tuple of (str, str)
        Name and definition of each base name.

    Returns
    -------
    iterable of tuple of str
        A row of ``FIELDS`` for each.

    Raises
    ------
    UnitError
        If a definition cannot be read.
    """
    worked_out = work_out_ratios(defined)
    for name, definition in defined:
        size, dimensions = worked_out[name]
        yield name, definition, str(size), " ".join(f"{one}^{power}" for one, power in dimensions)


def work_out_ratios(defined: Definitions) -> Ratios:
    """Size and dimensions of base names, as pint works them out.

    Parameters
    ----------
    defined : tuple of (str, str)
        Name and definition of each.

    Returns
    -------
    mapping
        Exact sizes in the base units of the dimensions.

    Raises
    ------
    UnitError
        If a definition cannot be read.
    """
    import pint

    registry: Any = pint.UnitRegistry(None, non_int_type=Fraction, on_redefinition="raise", cache_folder=None)
    made = {}
    for name, definition in defined:
        try:
            if not definition:
                raise ValueError("it is empty")
            registry.load_definitions([f"{name} = {definition}"])
            size = Fraction(registry.get_root_units(name)[0])
            found = registry.get_dimensionality(name)
        except (pint.PintError, TypeError, ValueError) as cause:
            raise refuse_definition(name, definition, str(cause)) from cause
        made[name] = (size, tuple(sorted((key.strip("[]"), int(found[key])) for key in found)))
    return made


def _power(text: str) -> tuple[str, int]:
    name, _, power = text.rpartition("^")
    return name, int(power)
