"""A city's energy system as tables of components: generators, storages, lines and loads.

Invariant: every component was checked against the attribute table; the tables hold inputs only, never results.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.attributes import check_names, check_row

Row = Mapping[str, object]
"""One row of a table: attribute names to values."""


@dataclass(frozen=True, slots=True)
class Generator:
    """What feeds a carrier; attributes as in ``attributes.csv``.

    Parameters
    ----------
    name, technology, carrier : str
        Name, technology id and carrier fed.
    capacity_mw : float
        Net capacity. [MW]
    available_share : float
        Share of the capacity that is available, 0..1.
    profile : str
        Hourly upper limit as a share of available capacity.
    variable_cost : float
        Variable cost including fuel. [yuan/MWh]
    must_run_share : float
        Least output as a share of what is available in the hour, 0..1.
    must_run_profile : str
        Hourly shape of the least output, 0..1.
    ramp_share : float
        Largest change per hour as a share of available capacity; 1 is no limit. [1/h]
    co2_intensity : float
        CO2 of the fuel per output. [tCO2/MWh]
    renewable, non_fossil : bool
        Whether unused output is curtailment; whether output counts as non-fossil.
    """

    name: str
    technology: str
    carrier: str
    capacity_mw: float
    available_share: float
    profile: str
    variable_cost: float
    must_run_share: float
    must_run_profile: str
    ramp_share: float
    co2_intensity: float
    renewable: bool
    non_fossil: bool


@dataclass(frozen=True, slots=True)
class Storage:
    """What moves a carrier through time; attributes as in ``attributes.csv``.

    Parameters
    ----------
    name, technology, carrier : str
        Name, technology id and carrier.
    power_mw, hours : float
        Power both ways [MW] and energy capacity over power [h].
    charge_efficiency, discharge_efficiency : float
        Shares kept on the way in and out, 0..1.
    loss_share : float
        Share of the level lost per hour. [1/h]
    variable_cost : float
        Cost per MWh discharged. [yuan/MWh]
    power_most_mw, annual_cost : float
        Largest power [MW] and annualised cost [yuan/MW] where it may be expanded.
    """

    name: str
    technology: str
    carrier: str
    power_mw: float
    hours: float
    charge_efficiency: float
    discharge_efficiency: float
    loss_share: float
    variable_cost: float
    power_most_mw: float
    annual_cost: float


@dataclass(frozen=True, slots=True)
class Line:
    """What connects a carrier with the outside; attributes as in ``attributes.csv``.

    Parameters
    ----------
    name, carrier : str
        Name and carrier.
    direction : {"import", "export"}
        Which way it carries.
    limit_mw : float
        Largest flow. [MW]
    profile : str
        Hourly share of the limit that is available.
    firm_share : float
        Share of the available flow that must be taken, 0..1.
    price : float
        Mean price. [yuan/MWh]
    price_profile : str
        Hourly price over mean price.
    co2_intensity : float
        CO2 factor of imports. [tCO2/MWh]
    non_fossil_share : float
        Non-fossil share of imports, 0..1.
    """

    name: str
    carrier: str
    direction: Literal["import", "export"]
    limit_mw: float
    profile: str
    firm_share: float
    price: float
    price_profile: str
    co2_intensity: float
    non_fossil_share: float


@dataclass(frozen=True, slots=True)
class Load:
    """What uses a carrier; attributes as in ``attributes.csv``.

    Parameters
    ----------
    name, carrier : str
        Name and carrier.
    annual_mwh : float
        Use in a year of 8 760 hours; in a shorter run the hours' share of it. [MWh]
    profile : str
        Hourly shape with mean 1.
    unserved_cost, surplus_cost : float
        Penalties for unserved demand and for output that must run and has no use. [yuan/MWh]
    """

    name: str
    carrier: str
    annual_mwh: float
    profile: str
    unserved_cost: float
    surplus_cost: float


@dataclass(frozen=True, slots=True)
class System:
    """All components of one city at one node.

    Parameters
    ----------
    generators : tuple of Generator
        What feeds.
    storages : tuple of Storage
        What moves through time.
    lines : tuple of Line
        What connects with the outside.
    loads : tuple of Load
        What uses; exactly one per carrier.
    """

    generators: tuple[Generator, ...]
    storages: tuple[Storage, ...]
    lines: tuple[Line, ...]
    loads: tuple[Load, ...]


def build_system(
    *, generators: Iterable[Row], loads: Iterable[Row], storages: Iterable[Row] = (), lines: Iterable[Row] = ()
) -> tuple[System, tuple[Finding, ...]]:
    """System from tables.

    Parameters
    ----------
    generators, loads, storages, lines : iterable of mapping
        Rows by attribute name; attributes with a default may be left out.

    Returns
    -------
    System, tuple of Finding
        The checked system, and a finding for every attribute that was not used.

    Raises
    ------
    DefinitionError
        If a value is missing or impossible, a name occurs twice, or a carrier has no single load.
    """
    findings: list[Finding] = []
    system = System(
        tuple(Generator(**_checked("generator", row, findings)) for row in generators),
        tuple(Storage(**_checked("storage", row, findings)) for row in storages),
        tuple(Line(**_checked("line", row, findings)) for row in lines),
        tuple(Load(**_checked("load", row, findings)) for row in loads),
    )
    tables: tuple[tuple[Generator | Storage | Line | Load, ...], ...]
    tables = (system.generators, system.storages, system.lines, system.loads)
    check_names(one.name for table in tables for one in table)
    _check_loads(system)
    _check_lines(system)
    _check_storages(system)
    return system, tuple(findings)


def _checked(component: str, row: Row, findings: list[Finding]) -> dict[str, Any]:
    values, found = check_row(component, row)
    findings.extend(found)
    return cast("dict[str, Any]", values)


def _check_loads(system: System) -> None:
    carriers = [one.carrier for one in system.loads]
    tables: tuple[tuple[Generator | Storage | Line, ...], ...] = (system.generators, system.storages, system.lines)
    used = {one.carrier for table in tables for one in table}
    wrong = sorted({name for name in carriers if carriers.count(name) > 1} | (used - set(carriers)))
    if wrong or not carriers:
        said = ", ".join(wrong) or "-"
        raise _refusal(
            "system.loads",
            Label(f"载体 {said} 没有恰好一个负荷", f"carrier {said} has not exactly one load"),
            Label("每种载体一个负荷", "one load per carrier"),
        )


def _check_lines(system: System) -> None:
    for one in system.lines:
        if one.direction not in ("import", "export"):
            raise _refusal(
                f"line.{one.name}.direction",
                Label(f"“{one.direction}”不是方向", f"'{one.direction}' is no direction"),
                Label("import 或 export", "import or export"),
            )


def _check_storages(system: System) -> None:
    for one in system.storages:
        if not (one.charge_efficiency > 0 and one.discharge_efficiency > 0):
            raise _refusal(
                f"storage.{one.name}",
                Label("充放效率为 0", "an efficiency is 0"),
                Label("大于 0 的效率", "efficiencies above 0"),
            )


def _refusal(where: str, what: Label, expected: Label) -> DefinitionError:
    return DefinitionError(what, where=where, expected=expected, remedy=Label("改正系统表", "correct the table of the system"))
