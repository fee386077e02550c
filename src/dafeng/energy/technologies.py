"""Technologies as data: what each is, its parameters with source and grade, its annual cost.

Invariant: a parameter is a row with unit, source and grade; what is absent or unknown is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv

FOLDER = Path(__file__).resolve().parent.parent / "data" / "technologies"
"""Where the tables of this package's technologies stand."""
LISTED: Mapping[str, Kind] = {
    "technology": "text",
    "role": "text",
    "profile": "text",
    "renewable": "boolean",
    "non_fossil": "boolean",
    "zh": "text",
    "en": "text",
}
"""Columns of ``technologies.csv``."""
PARAMETERS: Mapping[str, Kind] = {
    "technology": "text",
    "parameter": "text",
    "value": "decimal?",
    "unit": "text",
    "source": "text",
    "grade": "text",
    "note": "text?",
}
"""Columns of ``parameters.csv``."""
NAMES: Mapping[str, Kind] = {"parameter": "text", "zh": "text", "en": "text"}
"""Columns of ``parameter_names.csv``."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure of a technology.

    Parameters
    ----------
    technology, name : str
        What it belongs to and what it is.
    value : float or None
        The figure, ``None`` where it is unknown. [``unit``]
    unit : str
        Its unit.
    label : Label
        Its name in words.
    source, grade : str
        Where it comes from (ids joined by ``|``) and how good it is.
    note : str
        Formula or reservation, empty where there is none.
    """

    technology: str
    name: str
    label: Label
    value: float | None
    unit: str
    source: str
    grade: str
    note: str


@dataclass(frozen=True, slots=True)
class Technology:
    """One technology.

    Parameters
    ----------
    id : str
        Id that components quote.
    role : str
        plant, storage, converter, supply, import, export, outlet or demand.
    label : Label
        Its name.
    profile : str
        Profile of what is available.
    renewable, non_fossil : bool
        Whether unused output is curtailment; whether output counts as non-fossil.
    parameters : mapping of str to Parameter
        Its figures by name.
    """

    id: str
    role: str
    label: Label
    profile: str
    renewable: bool
    non_fossil: bool
    parameters: Mapping[str, Parameter]

    def value(self, name: str) -> float:
        """One figure.

        Parameters
        ----------
        name : str
            Parameter name.

        Returns
        -------
        float
            Value. [unit of the parameter]

        Raises
        ------
        LookupFailure
            If the table does not have it, or it is unknown.
        """
        found = self.parameters[name].value if name in self.parameters else None
        if found is None:
            known = (one.name for one in self.parameters.values() if one.value is not None)
            raise _absent(f"{self.id}.{name}", ", ".join(known))
        return found


@cache
def read_technologies(*, folder: Path = FOLDER) -> Mapping[str, Technology]:
    """All technologies with their parameters.

    Parameters
    ----------
    folder : Path
        Where ``technologies.csv`` and ``parameters.csv`` stand.

    Returns
    -------
    mapping of str to Technology
        By id.

    Raises
    ------
    DefinitionError
        If a table breaks its form.
    LookupFailure
        If a parameter belongs to no technology.
    """
    figures = _figures(folder)
    rows = load_csv(folder / "technologies.csv", LISTED, key=("technology",))
    unknown = sorted(set(figures) - {row["technology"] for row in rows} - {"all"})
    if unknown:
        raise _absent(", ".join(unknown), "technologies.csv")
    return {
        row["technology"]: Technology(
            row["technology"],
            row["role"],
            Label(row["zh"], row["en"]),
            row["profile"],
            row["renewable"],
            row["non_fossil"],
            figures.get(row["technology"], {}),
        )
        for row in rows
    }


def interest(*, folder: Path = FOLDER) -> float:
    """Rate of interest for annual costs.

    Parameters
    ----------
    folder : Path
        Where ``parameters.csv`` stands.

    Returns
    -------
    float
        Real rate per year. [1]

    Raises
    ------
    LookupFailure
        If it is unknown.
    """
    value = _figures(folder)["all"]["interest"].value
    if value is None:
        raise _absent("all.interest", "parameters.csv")
    return value


def annuity(rate: float, years: float) -> float:
    """Share of an investment that is paid each year.

    Parameters
    ----------
    rate : float
        Interest per year, >= 0. [1]
    years : float
        Life, > 0. [years]

    Returns
    -------
    float
        ``rate / (1 - (1 + rate)^-years)``; ``1 / years`` without interest. [1]
    """
    return 1.0 / years if rate == 0 else rate / (1.0 - (1.0 + rate) ** -years)


def annual_cost(technology: Technology, *, rate: float) -> float:
    """Cost of one MW per year: annuity of the investment and fixed operation.

    Parameters
    ----------
    technology : Technology
        With ``capex`` per kW, or ``capex_energy`` per kWh and ``hours``.
    rate : float
        Interest per year. [1]

    Returns
    -------
    float
        Annual cost. [yuan/MW]

    Raises
    ------
    LookupFailure
        If a figure is missing.
    """
    by_energy = "capex_energy" in technology.parameters
    per_kw = technology.value("capex_energy") * technology.value("hours") if by_energy else technology.value("capex")
    return 1000.0 * per_kw * (annuity(rate, technology.value("life")) + technology.value("om_share"))


@cache
def _figures(folder: Path) -> Mapping[str, Mapping[str, Parameter]]:
    found: dict[str, dict[str, Parameter]] = {}
    names = {row["parameter"]: Label(row["zh"], row["en"]) for row in load_csv(FOLDER / "parameter_names.csv", NAMES)}
    for row in load_csv(folder / "parameters.csv", PARAMETERS, key=("technology", "parameter")):
        one = Parameter(
            row["technology"],
            row["parameter"],
            names.get(row["parameter"], Label(row["parameter"], row["parameter"])),
            None if row["value"] is None else float(row["value"]),
            row["unit"],
            row["source"],
            row["grade"],
            row["note"] or "",
        )
        found.setdefault(one.technology, {})[one.name] = one
    return found


def _absent(what: str, known: str) -> LookupFailure:
    return LookupFailure(
        Label(f"技术表没有“{what}”", f"the technology tables do not have '{what}'"),
        where="energy.technologies",
        expected=Label(f"以下之一：{known}", f"one of {known}"),
        remedy=Label("在 data/technologies 中补充该行", "add the row in data/technologies"),
    )
