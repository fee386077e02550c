"""Emission factors that a user brings along for one run.

Invariant: a supplied factor stands under the standard ``user``, names its source, and never edits the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label
from dafeng.core.units import unit
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary
from dafeng.library.listing import Kind, load_csv
from dafeng.library.strict import refusal

STANDARD = "user"
"""Standard under which supplied factors stand."""
_COLUMNS: Mapping[str, Kind] = {"fuel": "text", "value": "decimal", "unit": "text", "source": "text"}


def read_supplied(source: Path | str, library: FactorLibrary) -> tuple[Factor, ...]:
    """Emission factors of fuels from a CSV file.

    Parameters
    ----------
    source : Path or str
        A file, or the text itself, with the columns ``fuel,value,unit,source``: official Chinese name or id of the
        fuel, CO2 per amount (tCO2/t, tCO2/万立方米 …), and where the figure comes from.
    library : FactorLibrary
        Names of the fuels.

    Returns
    -------
    tuple of Factor
        Factors for ``FactorLibrary.add``; the edition ``user`` of the method of fuel combustion uses them.

    Raises
    ------
    DefinitionError
        If the file breaks its columns, a fuel or unit is unknown, or a fuel comes twice.
    """
    known = {label.zh: name for (kind, name), (label, _) in library.names.items() if kind == "substance"}
    rows = load_csv(source, _COLUMNS, key=("fuel",))
    return tuple(_factor(row["at"], row, known, library) for row in rows)


def _factor(at: str, row: Mapping[str, object], known: Mapping[str, str], library: FactorLibrary) -> Factor:
    fuel, text = str(row["fuel"]), str(row["unit"])
    name = known.get(fuel, fuel)
    if ("substance", name) not in library.names:
        raise refusal(f"{at}:1", f"不认识燃料“{fuel}”", f"unknown fuel '{fuel}'")
    try:
        unit(text)
    except UnitError as cause:
        raise refusal(f"{at}:3", f"不认识单位“{text}”", f"unknown unit '{text}'") from cause
    names = library.label("substance", name), library.label("parameter", "emission_factor")
    return Factor(
        id=f"{STANDARD}.{name}.emission_factor",
        substance=name,
        parameter="emission_factor",
        purpose="combustion",
        standard=STANDARD,
        place=None,
        year=None,
        sector=None,
        value=row["value"],  # type: ignore[arg-type]
        lower=None,
        upper=None,
        unit=text,
        source=str(row["source"]),
        clause="",
        grade="reported",
        label=Label(f"{names[0].zh} {names[1].zh}", f"{names[0].en}, {names[1].en}"),
    )
