"""Kits: of which components of the network a technology is made, as data.

Invariant: every attribute of a part is declared, every bus names a known carrier and every number is a formula in the
technology's figures, in what the city gives and in hourly profiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.attribute import attribute_of
from dafeng.energy.network.table import check_attribute
from dafeng.energy.technologies import FOLDER, Technology, read_technologies
from dafeng.formula.expression import Expression
from dafeng.formula.parser import parse
from dafeng.library.listing import Kind, load_csv
from dafeng.library.strict import load_yaml

CARRIERS: Mapping[str, Kind] = {
    "carrier": "text",
    "unit": "text",
    "local": "boolean",
    "wasted": "boolean",
    "supply": "text?",
    "zh": "text",
    "en": "text",
}
"""Columns of ``carriers.csv``."""
GIVEN = ("capacity", "annual", "peak", "energy", "annual_cost")
"""Names in formulas that no table has: what the city gives, and the annual cost of a unit of capacity."""
PROFILE = "_profile"
"""How the name of an hourly profile ends in formulas."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """What flows through a bus.

    Parameters
    ----------
    name : str
        Id.
    label : Label
        Its name.
    unit : str
        Unit of its quantity.
    local : bool
        Whether each district has a bus of its own.
    wasted : bool
        Whether what nobody uses may go into the surroundings.
    supply : str
        Technology that supplies it where nothing else is said, empty for none.
    """

    name: str
    label: Label
    unit: str
    local: bool
    wasted: bool
    supply: str


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a kit.

    Parameters
    ----------
    name : str
        Its name within the kit.
    component : str
        Kind of component, e.g. ``link``.
    buses, texts : mapping of str to str
        Buses as the kit says them, and other texts and flags, by attribute.
    formulas : mapping of str to Expression
        Numbers by attribute.
    """

    name: str
    component: str
    buses: Mapping[str, str]
    texts: Mapping[str, str]
    formulas: Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class Kit:
    """A technology and what it is made of.

    Parameters
    ----------
    technology : Technology
        Its name, role and figures.
    parts : tuple of Part
        Its components; the first one carries the technology's name.
    """

    technology: Technology
    parts: tuple[Part, ...]


@cache
def read_carriers(*, folder: Path = FOLDER) -> Mapping[str, Carrier]:
    """All carriers.

    Parameters
    ----------
    folder : Path
        Where ``carriers.csv`` stands.

    Returns
    -------
    mapping of str to Carrier
        By id.

    Raises
    ------
    DefinitionError
        If the table breaks its form.
    """
    rows = load_csv(folder / "carriers.csv", CARRIERS, key=("carrier",))
    return {
        row["carrier"]: Carrier(
            row["carrier"], Label(row["zh"], row["en"]), row["unit"], row["local"], row["wasted"], row["supply"] or ""
        )
        for row in rows
    }


@cache
def read_kits(*, folder: Path = FOLDER) -> Mapping[str, Kit]:
    """All technologies with what they are made of.

    Parameters
    ----------
    folder : Path
        Where the tables and the folder ``kits`` stand.

    Returns
    -------
    mapping of str to Kit
        By technology id.

    Raises
    ------
    DefinitionError
        If a kit names an unknown technology, attribute, carrier or figure, or a technology has no kit.
    """
    known, carriers = read_technologies(folder=folder), read_carriers(folder=folder)
    found: dict[str, Kit] = {}
    for path in sorted((folder / "kits").glob("*.yaml")):
        for name, parts in load_yaml(path).items():
            if name not in known:
                raise _wrong(name, "技术表没有该技术", "no such technology in technologies.csv")
            found[name] = Kit(known[name], tuple(_part(part, row, known[name], carriers) for part, row in parts.items()))
    lacking = sorted(set(known) - set(found))
    if lacking:
        raise _wrong(", ".join(lacking), "没有组成", "no kit")
    return found


def bus_carrier(said: str) -> str:
    """Carrier of a bus.

    Parameters
    ----------
    said : str
        As a kit says it: ``heat``, ``other heat`` or ``own berth``.

    Returns
    -------
    str
        Id of the carrier.
    """
    return said.rsplit(" ", 1)[-1]


def _part(name: str, row: Mapping[str, Any], technology: Technology, carriers: Mapping[str, Carrier]) -> Part:
    where, component = f"{technology.id}.{name}", str(row["component"])
    buses: dict[str, str] = {}
    texts: dict[str, str] = {}
    formulas: dict[str, Expression] = {}
    for attribute, value in row.items():
        if attribute == "component":
            continue
        check_attribute(component, attribute)
        kind = attribute_of(component, attribute).kind
        if kind == "number":
            formulas[attribute] = parse(str(value), where=where)
        else:
            (buses if "bus" in attribute else texts)[attribute] = str(value)
    for unknown in [*_unknown_buses(buses, carriers), *_unknown_figures(formulas, technology)]:
        raise _wrong(where, f"“{unknown}”未知", f"'{unknown}' is not known")
    return Part(name, component, buses, texts, formulas)


def _unknown_buses(buses: Mapping[str, str], carriers: Mapping[str, Carrier]) -> Iterator[str]:
    for said in buses.values():
        place, _, carrier = said.rpartition(" ")
        if carrier not in carriers or place not in ("", "own", "other"):
            yield said


def _unknown_figures(formulas: Mapping[str, Expression], technology: Technology) -> Iterator[str]:
    for formula in formulas.values():
        for name in formula.names:
            if name not in technology.parameters and name not in GIVEN and not name.endswith(PROFILE):
                yield name


def _wrong(where: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where=f"energy.kit.{where}",
        expected=Label("data/technologies 中已有的技术、参数与载体", "technologies, figures and carriers of data/technologies"),
        remedy=Label("改正 kits 中的组成，或补充相应的行", "correct the kit, or add the row"),
    )
