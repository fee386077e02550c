"""Retrofits of coal units as alternatives: every combination is operated, and its cost and effects stand side by side.

Invariant: all alternatives differ in the one plant only; a figure that nobody gives leaves an alternative out with a
finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, combinations
from pathlib import Path

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.city import YEAR, Plant, build_city
from dafeng.energy.dispatch import Dispatch, dispatch
from dafeng.energy.profiles import Profiles
from dafeng.energy.solvers import Algorithm
from dafeng.energy.technologies import FOLDER
from dafeng.library.listing import Kind, load_csv

COLUMNS: Mapping[str, Kind] = {
    "retrofit": "text",
    "technology": "text",
    "becomes": "text",
    "parameter": "text?",
    "value": "decimal?",
    "unit": "text?",
    "source": "text?",
    "grade": "text?",
    "note": "text?",
    "zh": "text",
    "en": "text",
}
"""Columns of ``retrofits.csv``."""


@dataclass(frozen=True, slots=True)
class Retrofit:
    """One way to change a plant.

    Parameters
    ----------
    id : str
        efficiency, heat or flexibility.
    label : Label
        Its name.
    technology, becomes : str
        What it changes, and into what.
    figures : mapping of str to float or None
        Figures of the plant afterwards, ``None`` where they must be given.
    """

    id: str
    label: Label
    technology: str
    becomes: str
    figures: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class Retrofitted:
    """A city with some retrofits of one plant.

    Parameters
    ----------
    retrofits : tuple of str
        Which; none for the plant as it is.
    found : Dispatch
        Its operation.
    cost : float
        Cost of operation and of the retrofits over the hours. [yuan]
    fuel_mwh, co2_t, curtailed_mwh, heat_mwh : float
        Fuel of the plant, CO2 of the city, lost output of renewables, heat of the plant.
    """

    retrofits: tuple[str, ...]
    found: Dispatch
    cost: float
    fuel_mwh: float
    co2_t: float
    curtailed_mwh: float
    heat_mwh: float


@cache
def read_retrofits(*, folder: Path = FOLDER) -> Mapping[str, Retrofit]:
    """All retrofits.

    Parameters
    ----------
    folder : Path
        Where ``retrofits.csv`` stands.

    Returns
    -------
    mapping of str to Retrofit
        By id.

    Raises
    ------
    DefinitionError
        If the table breaks its form.
    """
    found = {}
    for row in load_csv(folder / "retrofits.csv", COLUMNS, key=("retrofit",)):
        value = None if row["value"] is None else float(row["value"])
        figures = {row["parameter"]: value} if row["parameter"] else {}
        label = Label(row["zh"], row["en"])
        found[row["retrofit"]] = Retrofit(row["retrofit"], label, row["technology"], row["becomes"], figures)
    return found


def retrofit(plant: Plant, names: Iterable[str], given: Mapping[str, float], *, folder: Path = FOLDER) -> Plant:
    """A plant after some retrofits.

    Parameters
    ----------
    plant : Plant
        As it is.
    names : iterable of str
        Retrofits.
    given : mapping of str to float
        Figures of the plant afterwards that the table does not know; they come before the table's.
    folder : Path
        Where ``retrofits.csv`` stands.

    Returns
    -------
    Plant
        Under the same name.

    Raises
    ------
    LookupFailure
        If a retrofit does not exist, is not for this technology or lacks a figure.
    """
    known, technology, figures = read_retrofits(folder=folder), plant.technology, dict(plant.figures)
    for name in names:
        if name not in known or known[name].technology != plant.technology:
            raise _absent(f"{plant.id}.{name}", f"没有适用的改造“{name}”", f"there is no such retrofit '{name}'")
        technology = known[name].becomes if known[name].becomes != plant.technology else technology
        for parameter, stated in known[name].figures.items():
            value = given.get(parameter, stated)
            if value is None:
                raise _absent(f"{plant.id}.{parameter}", f"“{parameter}”未知", f"'{parameter}' is unknown")
            figures[parameter] = value
    return replace(plant, technology=technology, figures=figures, name=plant.id)


def compare_retrofits(
    plants: Sequence[Plant],
    name: str,
    costs: Mapping[str, float],
    profiles: Profiles,
    *,
    given: Mapping[str, float] | None = None,
    ladder: Sequence[Algorithm] | None = None,
) -> tuple[tuple[Retrofitted, ...], tuple[Finding, ...]]:
    """Operate a city with every combination of retrofits of one plant.

    Parameters
    ----------
    plants : sequence of Plant
        The city.
    name : str
        The plant that may be retrofitted.
    costs : mapping of str to float
        Retrofits in question with their annual cost. [yuan/MW of electric capacity]
    profiles : Profiles
        Hourly series.
    given : mapping of str to float, optional
        Figures of the plant after retrofits that the table does not know.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried.

    Returns
    -------
    tuple of Retrofitted
        Cheapest first; the plant as it is among them.
    tuple of Finding
        Combinations that were left out.

    Raises
    ------
    LookupFailure
        If there is no such plant.
    """
    plant = next((one for one in plants if one.id == name), None)
    if plant is None:
        raise _absent(name, f"没有“{name}”", f"there is no '{name}'")
    found: list[Retrofitted] = []
    findings: list[Finding] = []
    for chosen in chain.from_iterable(combinations(costs, size) for size in range(len(costs) + 1)):
        try:
            changed = retrofit(plant, chosen, given or {})
        except LookupFailure as failure:
            findings.append(left_out(failure, chosen))
            continue
        city = build_city([changed if one is plant else one for one in plants], profiles)
        paid = sum(costs[one] for one in chosen) * plant.figures["capacity"] * profiles.hours / YEAR
        found.append(_told(chosen, dispatch(city, ladder=ladder), name, paid))
    return tuple(sorted(found, key=lambda one: one.cost)), tuple(findings)


def _told(chosen: tuple[str, ...], found: Dispatch, name: str, paid: float) -> Retrofitted:
    def total(series: str) -> float:
        return found.total(series) if series in found.series else 0.0

    lost = sum(found.total(series) for series in found.series if series.startswith("curtailed."))
    return Retrofitted(
        chosen,
        found,
        found.cost + paid,
        -total(f"coal.{name}"),
        -total("co2.co2_outlet"),
        lost,
        total(f"heat.{name}"),
    )


def left_out(failure: LookupFailure, chosen: Sequence[str]) -> Finding:
    """What is said of retrofits that cannot be looked at.

    Parameters
    ----------
    failure : LookupFailure
        Which figure is missing.
    chosen : sequence of str
        The retrofits.

    Returns
    -------
    Finding
        A warning with the remedy.
    """
    known = read_retrofits()
    labels = [known[name].label if name in known else Label(name, name) for name in chosen]
    zh, en = "＋".join(one.zh for one in labels), " + ".join(one.en for one in labels)
    return Finding(
        "energy.retrofit",
        f"retrofit.{' + '.join(chosen)}",
        "warning",
        Label(f"{zh}未计入：{failure.what.zh}", f"{en} is left out: {failure.what.en}"),
        failure.remedy,
    )


def _absent(where: str, zh: str, en: str) -> LookupFailure:
    return LookupFailure(
        Label(zh, en),
        where=f"energy.retrofit.{where}",
        expected=Label("retrofits.csv 中的改造及其参数", "a retrofit of retrofits.csv with its figures"),
        remedy=Label("由本市提供改造后的参数", "give the figures after the retrofit"),
    )
