"""A city's power system from a list of capacities: the technology tables supply the rest.

Invariant: everything that is not handed in comes from ``data/technologies`` with source and grade; the rows that were
used are listed beside the system.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.attributes import FOLDER
from dafeng.energy.system import Generator, Line, Load, Row, Storage, System, build_system
from dafeng.energy.technologies import Parameter, Technology, annual_cost, interest, read_technologies

KINDS: Mapping[str, type] = {"generator": Generator, "storage": Storage, "line": Line, "load": Load}
"""Component class of each kind."""


@dataclass(frozen=True, slots=True)
class City:
    """A system and what it was made from.

    Parameters
    ----------
    system : System
        The components.
    parameters : tuple of Parameter
        Figures of the technology tables that were used.
    findings : tuple of Finding
        Attributes that were not used.
    """

    system: System
    parameters: tuple[Parameter, ...]
    findings: tuple[Finding, ...]


def build_city(
    capacities: Mapping[str, float],
    *,
    load_mwh: float,
    import_mw: float,
    export_mw: float,
    import_co2: float,
    import_non_fossil: float = 0.0,
    storage_most_mw: float = 0.0,
    changes: Mapping[str, Row] | None = None,
    folder: Path = FOLDER,
) -> City:
    """Power system of a city.

    Parameters
    ----------
    capacities : mapping of str to float
        Capacity by technology id, generators and storages. [MW]
    load_mwh : float
        Electricity demand of the year. [MWh]
    import_mw, export_mw : float
        Limits of the lines. [MW]
    import_co2 : float
        CO2 factor of imported electricity, by the purpose the caller needs. [tCO2/MWh]
    import_non_fossil : float
        Non-fossil share of imports, 0..1.
    storage_most_mw : float
        Largest power of each storage when it may be expanded. [MW]
    changes : mapping of str to mapping
        Attributes to replace, by technology id.
    folder : Path
        Where the technology tables stand.

    Returns
    -------
    City
        System, figures used, findings. Components are named by their technology.

    Raises
    ------
    LookupFailure
        If a technology or one of its figures is not in the tables.
    DefinitionError
        If a value is impossible.
    """
    known = read_technologies(folder=folder)
    rate = interest(folder=folder)
    own: dict[str, dict[str, object]] = {
        "grid_import": {
            "direction": "import",
            "limit_mw": import_mw,
            "price_profile": "price",
            "co2_intensity": import_co2,
            "non_fossil_share": import_non_fossil,
        },
        "grid_export": {"direction": "export", "limit_mw": export_mw, "price_profile": "price"},
        "electricity": {"annual_mwh": load_mwh},
    }
    for name, mw in capacities.items():
        own[name] = _sized(_technology(known, name), mw, storage_most_mw, rate)
    rows = {name: {**_row(_technology(known, name)), **part, **(changes or {}).get(name, {})} for name, part in own.items()}
    by_kind = {kind: [row for name, row in rows.items() if known[name].component == kind] for kind in KINDS}
    system, findings = build_system(
        generators=by_kind["generator"], storages=by_kind["storage"], lines=by_kind["line"], loads=by_kind["load"]
    )
    used = tuple(figure for name in rows for figure in known[name].parameters.values())
    return City(system, used, findings)


def _technology(known: Mapping[str, Technology], name: str) -> Technology:
    if name not in known:
        said = ", ".join(known)
        raise LookupFailure(
            Label(f"没有技术“{name}”", f"there is no technology '{name}'"),
            where="energy.city",
            expected=Label(f"以下之一：{said}", f"one of {said}"),
            remedy=Label("改正技术代码，或在 technologies.csv 中补充", "correct the id, or add it to technologies.csv"),
        )
    return known[name]


def _sized(technology: Technology, mw: float, most: float, rate: float) -> dict[str, object]:
    if technology.component == "storage":
        return {"power_mw": mw, "power_most_mw": max(mw, most), "annual_cost": annual_cost(technology, rate=rate)}
    return {"capacity_mw": mw}


def _row(technology: Technology) -> dict[str, object]:
    """Attributes of a component that its technology supplies."""
    wanted = {field.name for field in fields(KINDS[technology.component])}
    given: dict[str, object] = {
        "name": technology.id,
        "technology": technology.id,
        "profile": technology.profile,
        "must_run_profile": technology.must_run_profile,
        "renewable": technology.renewable,
        "non_fossil": technology.non_fossil,
        **{name: one.value for name, one in technology.parameters.items()},
    }
    return {name: value for name, value in given.items() if name in wanted}
