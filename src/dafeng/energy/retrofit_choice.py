"""Retrofits of coal units chosen by the optimiser: every megawatt stays as it is or takes one of the retrofits.

Invariant: what the choices hold adds up to the plant's capacity; a retrofit whose cost or effect nobody gives cannot be
chosen and says so, its figures are never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.city import City, Plant, build_city
from dafeng.energy.city_policies import sum_capacity, with_rows
from dafeng.energy.dispatch import Dispatch, dispatch
from dafeng.energy.network.policy import Policy
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.profiles import Profiles
from dafeng.energy.retrofit import left_out, read_retrofits, retrofit
from dafeng.energy.solvers import Algorithm
from dafeng.energy.technologies import FOLDER, PARAMETERS, annuity, interest
from dafeng.library.listing import Kind, load_csv

NONE = "none"
"""Choice that leaves a unit as it is."""
SHARES = "retrofit_shares"
"""Row that keeps the capacity together."""
PARTS: Mapping[str, Label] = {"capex": Label("单位投资", "investment (capex)"), "life": Label("寿命", "life")}
"""What a cost is made from."""
COSTS: Mapping[str, Kind] = {"retrofit": "text", **{name: kind for name, kind in PARAMETERS.items() if name != "technology"}}
"""Columns of ``retrofit_costs.csv``."""


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Which part of a plant takes which retrofit.

    Parameters
    ----------
    sizes : mapping of str to float
        Capacity by choice, ``none`` among them; they add up to the plant's. [MW]
    found : Dispatch
        Operation with these choices.
    cost : float
        Cost of operation and of the retrofits over the hours. [yuan]
    before : float
        Cost of operation as the plant is. [yuan]
    findings : tuple of Finding
        Retrofits that could not be chosen.
    """

    sizes: Mapping[str, float]
    found: Dispatch
    cost: float
    before: float
    findings: tuple[Finding, ...]

    @property
    def saved(self) -> float:
        """What the choices save, never below zero by more than the tolerance of the proof. [yuan]"""
        return self.before - self.cost


@cache
def stated_costs(*, folder: Path = FOLDER) -> Mapping[str, Mapping[str, float | None]]:
    """Cost figures of the retrofits.

    Parameters
    ----------
    folder : Path
        Where ``retrofit_costs.csv`` stands.

    Returns
    -------
    mapping of str to mapping
        ``capex`` [yuan/kW] and ``life`` [years] by retrofit, ``None`` where unknown.

    Raises
    ------
    DefinitionError
        If the table breaks its form.
    """
    found: dict[str, dict[str, float | None]] = {}
    for row in load_csv(folder / "retrofit_costs.csv", COSTS, key=("retrofit", "parameter")):
        found.setdefault(row["retrofit"], {})[row["parameter"]] = None if row["value"] is None else float(row["value"])
    return found


def retrofit_cost(name: str, *, given: Mapping[str, float] | None = None, folder: Path = FOLDER) -> float:
    """Annual cost of a retrofit.

    Parameters
    ----------
    name : str
        Retrofit.
    given : mapping of str to float, optional
        ``capex`` [yuan/kW] and ``life`` [years] of this city; they come before the table's.
    folder : Path
        Where the tables stand.

    Returns
    -------
    float
        Annuity of the investment. [yuan/MW]

    Raises
    ------
    LookupFailure
        If a figure is unknown.
    """
    known = {**stated_costs(folder=folder).get(name, {}), **(given or {})}
    lacking = [part for part in ("capex", "life") if known.get(part) is None]
    if lacking:
        raise _unknown(name, lacking)
    return 1000.0 * float(known["capex"] or 0.0) * annuity(interest(folder=folder), float(known["life"] or 0.0))


def choose_retrofit(
    plants: Sequence[Plant],
    name: str,
    profiles: Profiles,
    *,
    costs: Mapping[str, Mapping[str, float]] | None = None,
    given: Mapping[str, float] | None = None,
    unit: float = 0.0,
    orders: Sequence[Policy] = (),
    ladder: Sequence[Algorithm] | None = None,
) -> Chosen:
    """Let the optimiser retrofit a plant.

    Parameters
    ----------
    plants : sequence of Plant
        The city.
    name : str
        The plant that may be retrofitted.
    profiles : Profiles
        Hourly series.
    costs : mapping of str to mapping, optional
        ``capex`` [yuan/kW] and ``life`` [years] by retrofit, where the table does not know them.
    given : mapping of str to float, optional
        Figures of the plant after retrofits that the table does not know.
    unit : float
        Size of one unit, if units are retrofitted whole; any share of the plant otherwise. [MW]
    orders : sequence of Policy
        Rows that hold whatever is chosen; they name no component of this plant.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried.

    Returns
    -------
    Chosen
        Capacity by choice, operation, cost.

    Raises
    ------
    LookupFailure
        If there is no such plant, or its capacity is no whole number of units.
    SolveError
        If there is no certified optimum.
    """
    plant = next((one for one in plants if one.id == name), None)
    if plant is None:
        raise _refusal(name, f"没有“{name}”", f"there is no '{name}'")
    size = plant.figures["capacity"]
    if unit and abs(size / unit - round(size / unit)) > 1e-9:
        raise _refusal(
            name, f"装机 {size:g} MW 不是 {unit:g} MW 的整数倍", f"{size:g} MW is no whole number of {unit:g} MW units"
        )
    variants, findings = _variants(plant, costs or {}, given or {})
    others = [one for one in plants if one is not plant]
    made = build_city([*others, *variants.values()], profiles)
    names = [one.id for one in variants.values()]
    whole = replace(made, network=_whole(made, names, unit)) if unit else made
    row = Policy(SHARES, Label("改造前后容量不变", "capacity stays"), sum_capacity(whole, names), "==", size)
    found = dispatch(with_rows(whole, row, *orders), ladder=ladder)
    before = dispatch(with_rows(build_city(plants, profiles), *orders), ladder=ladder)
    return Chosen(_sizes(found, variants), found, found.cost, before.cost, (*found.findings, *findings))


def _variants(
    plant: Plant, costs: Mapping[str, Mapping[str, float]], given: Mapping[str, float]
) -> tuple[dict[str, Plant], list[Finding]]:
    """The plant as it is and with each retrofit, each able to hold all of its capacity."""
    size = plant.figures["capacity"]
    found, findings = {NONE: _variant(plant, plant, NONE, size, 0.0)}, list[Finding]()
    for name, one in read_retrofits().items():
        if one.technology != plant.technology:
            continue
        try:
            changed = retrofit(plant, (name,), given)
            found[name] = _variant(plant, changed, name, size, retrofit_cost(name, given=costs.get(name)))
        except LookupFailure as failure:
            findings.append(left_out(failure, (name,)))
    return found, findings


def _variant(plant: Plant, changed: Plant, name: str, size: float, cost: float) -> Plant:
    figures = {**changed.figures, "capacity": 0.0, "annual_cost": cost}
    return replace(changed, figures=figures, name=f"{plant.id}_{name}", most=size)


def _whole(city: City, names: Sequence[str], unit: float) -> Network:
    """The network with the variants in whole units."""
    network = city.network
    for kind in {one.component for one in city.members if one.plant.id in names and one.name == one.plant.id}:
        table = network.table(kind)
        letter = CAPACITY[kind]
        sizes = {one.name: one for one in city.members if one.component == kind and one.name in names}
        most = table.number(f"{letter}_nom_max")
        steps = np.array(
            [unit * most[at] / sizes[own].plant.most if own in sizes else 0.0 for at, own in enumerate(table.names)]
        )
        network = network.put(table.setting({f"{letter}_nom_mod": steps}))
    return network


def _sizes(found: Dispatch, variants: Mapping[str, Plant]) -> dict[str, float]:
    """Electric capacity of each choice."""
    sizes = {}
    for name, plant in variants.items():
        member = next(one for one in found.city.members if one.name == plant.id)
        table = found.outcome.network.table(member.component)
        most = table.number(f"{CAPACITY[member.component]}_nom_max")[table.names.index(member.name)]
        sizes[name] = found.power(member) / most * plant.most
    return sizes


def _unknown(name: str, lacking: Sequence[str]) -> LookupFailure:
    zh, en = "、".join(PARTS[one].zh for one in lacking), " and ".join(PARTS[one].en for one in lacking)
    return LookupFailure(
        Label(f"{zh}未知", f"{en} unknown"),
        where=f"retrofit_costs.csv:{name}",
        expected=Label("单位投资（元/kW）与寿命（年）", "investment (yuan/kW) and life (years)"),
        remedy=Label(
            "由本市提供并注明来源，或改在 retrofit_costs.csv 中补充", "give it with its source, or add it to retrofit_costs.csv"
        ),
    )


def _refusal(where: str, zh: str, en: str) -> LookupFailure:
    return LookupFailure(
        Label(zh, en),
        where=f"energy.retrofit_choice.{where}",
        expected=Label("城市已有的煤电机组及其整台容量", "a coal plant of the city and whole units of it"),
        remedy=Label("改正名称或单机容量", "correct the name or the size of a unit"),
    )
