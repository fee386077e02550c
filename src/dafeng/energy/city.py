"""A city's energy system: plants of known technologies, put together into one network.

Invariant: every number of the network comes from the technology tables, from what was handed in or from an hourly
profile; a plant with an unknown figure is left out with a finding, never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.kit import PROFILE, Kit, Part, bus_carrier, read_carriers, read_kits
from dafeng.energy.network.table import CAPACITY, Network, Table, make_table, plain_clock
from dafeng.energy.profiles import Profiles
from dafeng.energy.program import Floats
from dafeng.energy.technologies import FOLDER, Parameter, annual_cost, interest
from dafeng.formula.evaluation import evaluate
from dafeng.formula.expression import Expression

RAMPS = ("ramp_limit_up", "ramp_limit_down")
"""Attributes that mean nothing from 1 upwards."""
YEAR = 8760
"""Hours of the year that annual figures are about."""
FIXED_COST = "capital_cost"
"""Attribute that matters only where capacity may be extended."""


@dataclass(frozen=True, slots=True)
class Plant:
    """Something that stands, or may stand, in the city.

    Parameters
    ----------
    technology : str
        Its technology.
    figures : mapping of str to float
        What is known of it: ``capacity``, ``annual`` …; they come before the figures of its technology.
    name : str
        Its name; that of its technology where empty.
    place, other : str
        District where it stands, and the one at its far end; empty where the city is one node.
    most : float
        Capacity up to which it may be extended; not above ``capacity`` where it may not. [unit of the capacity]
    label : Label, optional
        Its name for people.
    """

    technology: str
    figures: Mapping[str, float] = field(default_factory=dict)
    name: str = ""
    place: str = ""
    other: str = ""
    most: float = 0.0
    label: Label | None = None

    @property
    def id(self) -> str:
        """Its name, or its technology's."""
        return self.name or self.technology


@dataclass(frozen=True, slots=True)
class Member:
    """A component of the network and what it belongs to.

    Parameters
    ----------
    plant : Plant
        Whose part it is.
    kit : Kit
        Its technology.
    part, component, name : str
        Which part, of which kind, under which name in the network.
    """

    plant: Plant
    kit: Kit
    part: str
    component: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """A city's network and what it was made from.

    Parameters
    ----------
    network : Network
        The components.
    members : tuple of Member
        What each component is.
    profiles : Profiles
        Hourly series that were used.
    parameters : tuple of Parameter
        Figures of the technology tables that were used.
    findings : tuple of Finding
        Plants that were left out.
    """

    network: Network
    members: tuple[Member, ...]
    profiles: Profiles
    parameters: tuple[Parameter, ...]
    findings: tuple[Finding, ...]

    def of(self, *roles: str) -> tuple[Member, ...]:
        """Components whose technology has one of some roles.

        Parameters
        ----------
        *roles : str
            plant, storage, converter, supply, import, export, outlet or demand.

        Returns
        -------
        tuple of Member
            In the order of the network.
        """
        return tuple(one for one in self.members if one.kit.technology.role in roles)


def build_city(
    plants: Iterable[Plant],
    profiles: Profiles,
    *,
    name: str = "city",
    local: Collection[str] = (),
    limits: Mapping[str, Mapping[str, Any]] | None = None,
    folder: Path = FOLDER,
) -> City:
    """Network of a city's plants; what supplies their fuels is added.

    Parameters
    ----------
    plants : iterable of Plant
        What stands or may stand in the city, demand included.
    profiles : Profiles
        Hourly series; their number of hours is that of the network's steps.
    name : str
        Name of the network.
    local : collection of str
        Carriers of which each district has a bus of its own, beside those that always do (heat, water …); e.g.
        ``electricity`` where the lines between districts are known.
    limits : mapping of str to mapping, optional
        Rows of the network's table of limits.
    folder : Path
        Where the technology tables stand.

    Returns
    -------
    City
        The network, what its components are, figures used, findings.

    Raises
    ------
    LookupFailure
        If a technology does not exist, or two plants have one name.
    DefinitionError
        If a value is impossible.
    """
    desk = _Desk(profiles, frozenset(local), folder)
    for plant in plants:
        desk.place(plant)
    desk.supply()
    desk.waste()
    tables = [make_table(component, rows) for component, rows in desk.rows.items()]
    if limits:
        tables.append(make_table("global_constraint", limits))
    network = Network(name, plain_clock(profiles.hours), {}).put(desk.buses(), *tables)
    return City(network, tuple(desk.members), profiles, tuple(desk.parameters.values()), tuple(desk.findings))


class _Desk:
    """Where a network is put together plant by plant."""

    def __init__(self, profiles: Profiles, local: frozenset[str], folder: Path) -> None:
        self.profiles, self.folder = profiles, folder
        self.kits, self.carriers = read_kits(folder=folder), read_carriers(folder=folder)
        self.local = local | {one.name for one in self.carriers.values() if one.local}
        self.rows: dict[str, dict[str, dict[str, Any]]] = {}
        self.said: dict[str, str] = {}
        self.members: list[Member] = []
        self.parameters: dict[tuple[str, str], Parameter] = {}
        self.findings: list[Finding] = []

    def place(self, plant: Plant) -> None:
        """Add a plant's parts, or a finding where a figure is unknown."""
        if plant.technology not in self.kits:
            raise _absent(f"没有技术“{plant.technology}”", f"there is no technology '{plant.technology}'", self.kits)
        if any(member.plant.id == plant.id for member in self.members):
            raise _absent(f"“{plant.id}”出现两次", f"'{plant.id}' occurs twice", ())
        kit = self.kits[plant.technology]
        values, used = self._values(plant, kit)
        unknown = sorted(name for name, value in values.items() if value is None)
        if unknown:
            self.findings.append(_unknown(plant, kit, unknown))
            return
        self.parameters |= {(one.technology, one.name): one for one in used}
        for number, part in enumerate(kit.parts):
            name = plant.id if number == 0 else f"{plant.id}.{part.name}"
            self.rows.setdefault(part.component, {})[name] = self._row(plant, kit, part, values)
            self.members.append(Member(plant, kit, part.name, part.component, name))

    def supply(self) -> None:
        """Supply the carriers that something takes and nothing else brings, and an outlet for what is released."""
        tried: set[str] = set()
        while waiting := [bus for bus in self.said if bus not in tried]:
            for bus in waiting:
                tried.add(bus)
                technology = self.carriers[self.said[bus]].supply
                if technology and not self._stands(technology):
                    self.place(Plant(technology))
                    if not self._stands(technology):
                        self.findings.append(_unsupplied(bus, technology))

    def _stands(self, technology: str) -> bool:
        return any(member.plant.technology == technology for member in self.members)

    def waste(self) -> None:
        """Leave out the ports that bring what nobody takes, where it may go into the surroundings."""
        taken = {bus for component, rows in self.rows.items() for row in rows.values() for bus in _taken(component, row)}
        for rows in self.rows.values():
            for row in rows.values():
                lost = [name for name in ("bus2", "bus3", "heat_bus") if self._lost(row.get(name, ""), taken)]
                row.update(dict.fromkeys(lost, ""))
                if "heat_bus" in lost:
                    row["heat_ratio"] = 0.0

    def _lost(self, bus: str, taken: Collection[str]) -> bool:
        return bus != "" and bus not in taken and self.carriers[self.said[bus]].wasted

    def buses(self) -> Table:
        """Table of the buses that something is attached to."""
        used = {
            value: None
            for rows in self.rows.values()
            for row in rows.values()
            for name, value in row.items()
            if "bus" in name and value
        }
        return make_table("bus", {bus: {"carrier": self.said[bus]} for bus in used})

    def _row(self, plant: Plant, kit: Kit, part: Part, values: Mapping[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {attribute: self._bus(plant, said) for attribute, said in part.buses.items()}
        if part.component not in ("load",):
            row["carrier"] = kit.technology.id
        row |= {
            attribute: value if value not in ("true", "false") else value == "true" for attribute, value in part.texts.items()
        }
        extended = plant.most > float(plant.figures.get("capacity", np.inf))
        for attribute, formula in part.formulas.items():
            if attribute != FIXED_COST or extended:
                row |= _number(attribute, self._value(formula, values))
        if FIXED_COST in row:
            row[FIXED_COST] *= self.profiles.hours / YEAR
        if extended:
            row |= self._extended(plant, part, values)
        return row

    def _extended(self, plant: Plant, part: Part, values: Mapping[str, Any]) -> dict[str, Any]:
        letter = CAPACITY.get(part.component, "p")
        formula = part.formulas.get(f"{letter}_nom")
        if formula is None or "capacity" not in formula.names:
            return {}
        sizes = [float(self._value(formula, {**values, "capacity": size})) for size in (values["capacity"], plant.most)]
        return {
            f"{letter}_nom_extendable": True,
            f"{letter}_nom_min": sizes[0],
            f"{letter}_nom_max": sizes[1],
        }

    def _values(self, plant: Plant, kit: Kit) -> tuple[dict[str, Any], list[Parameter]]:
        """Value of every name in the kit's formulas, ``None`` where unknown, and the figures of tables among them."""
        extended = plant.most > float(plant.figures.get("capacity", np.inf))
        wanted = {
            name
            for part in kit.parts
            for attribute, formula in part.formulas.items()
            if attribute != FIXED_COST or extended
            for name in formula.names
        }
        found: dict[str, Any] = {}
        used: list[Parameter] = []
        for name in sorted(wanted):
            known = kit.technology.parameters.get(name)
            if name in plant.figures:
                found[name] = float(plant.figures[name])
            elif name.endswith(PROFILE):
                found[name] = self._profile(name.removesuffix(PROFILE))
            elif name == "annual_cost":
                found[name] = self._annual_cost(kit)
            elif known is not None and known.value is not None:
                found[name] = known.value
                used.append(known)
            else:
                found[name] = None
        return found, used

    def _profile(self, name: str) -> Floats | None:
        return self.profiles.series(name) if name in self.profiles.listed else None

    def _annual_cost(self, kit: Kit) -> float | None:
        try:
            return annual_cost(kit.technology, rate=interest(folder=self.folder))
        except LookupFailure:
            return None

    def _value(self, formula: Expression, values: Mapping[str, Any]) -> Floats:
        return evaluate(formula, {name: values[name] for name in formula.names}, where="energy.city")

    def _bus(self, plant: Plant, said: str) -> str:
        carrier, how = bus_carrier(said), said.rpartition(" ")[0]
        place = plant.id if how == "own" else plant.other if how == "other" else plant.place
        bus = f"{place}.{carrier}" if place and (carrier in self.local or how == "own") else carrier
        self.said[bus] = carrier
        return bus


def _number(attribute: str, value: Floats) -> dict[str, Any]:
    if attribute in RAMPS and float(np.min(value)) >= 1.0:
        return {}
    return {attribute: value if value.ndim else float(value)}


def _taken(component: str, row: Mapping[str, Any]) -> Sequence[str]:
    """Buses from which a component may take."""
    if component in ("load", "store", "storage_unit"):
        return (row["bus"],)
    if component == "generator":
        return (row["bus"],) if row.get("sign", 1) < 0 and row.get("carrier") != "surplus" else ()
    if component == "link":
        ports = [port for port in ("2", "3") if f"bus{port}" in row and np.min(row[f"efficiency{port}"]) < 0]
        back = [row["bus1"]] if np.min(row.get("p_min_pu", 0.0)) < 0 else []
        return (row["bus0"], *back, *(row[f"bus{port}"] for port in ports))
    return ()


def _unknown(plant: Plant, kit: Kit, names: Sequence[str]) -> Finding:
    label = plant.label or kit.technology.label
    said = "、".join(names)
    return Finding(
        rule="energy.unknown_figure",
        at=f"energy.{plant.id}",
        severity="warning",
        says=Label(f"{label.zh}缺少参数 {said}，未计入", f"{label.en} is left out: {', '.join(names)} unknown"),
        remedy=Label("由本市提供这些参数及来源", "give these figures with their source"),
    )


def _unsupplied(bus: str, technology: str) -> Finding:
    return Finding(
        rule="energy.no_supply",
        at=f"energy.{bus}",
        severity="warning",
        says=Label(f"“{bus}”没有供应来源（{technology}）", f"nothing supplies '{bus}' ({technology})"),
        remedy=Label("由本市提供价格与排放因子", "give its price and CO2 factor"),
    )


def _absent(zh: str, en: str, known: Iterable[str]) -> LookupFailure:
    said = ", ".join(known) or "-"
    return LookupFailure(
        Label(zh, en),
        where="energy.city",
        expected=Label(f"以下之一：{said}", f"one of {said}"),
        remedy=Label("改正技术代码，或在 technologies.csv 中补充", "correct the id, or add it to technologies.csv"),
    )
