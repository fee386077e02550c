"""``inventory``: the results of accounting as the inventory that a guideline asks for.

Invariant: all layouts hold the same results, each once; a line without results has a notation key, never a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import Accounting
from dafeng.methods.account import account as account_year
from dafeng.methods.arrangement import Arranged, Entry, arrange
from dafeng.methods.definition import BESIDE, Method
from dafeng.methods.explanation import plain
from dafeng.methods.gathering import index_facts
from dafeng.methods.inventory import Computed
from dafeng.methods.layouts import Layout, read_layouts
from dafeng.methods.notation import Notation, read_notation
from dafeng.methods.packages import Package, choose_package
from dafeng.work.account import Account
from dafeng.work.city import City
from dafeng.work.study import Study, open_study

MAIN = "city"
"""Layout whose open lines are listed among the findings; those of the others stand beside their lines."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Inventory of a city by one guideline.

    Parameters
    ----------
    place : str
        Administrative code.
    package : Package
        The guideline.
    standard : str
        Standard of the warming potentials.
    layouts : mapping of str to Layout
        Layouts by id.
    years : mapping of int to Accounting
        Results by year.
    arranged : mapping of (int, str) to Arranged
        By year and layout.
    library : FactorLibrary
        Names and factors.
    findings : tuple of Finding
        What is unknown, missing or not exact.
    """

    place: str
    package: Package
    standard: str
    layouts: Mapping[str, Layout]
    years: Mapping[int, Accounting]
    arranged: Mapping[tuple[int, str], Arranged]
    library: FactorLibrary
    findings: tuple[Finding, ...]

    @property
    def latest(self) -> int | None:
        """Latest year that has results; ``None`` where nothing was accounted."""
        return max((year for year, _ in self.arranged), default=None)

    def traces(self) -> tuple[Trace, ...]:
        """Explanations of results, lines and totals.

        Returns
        -------
        tuple of Trace
            Each once.
        """
        made = [trace for accounting in self.years.values() for trace in accounting.traces]
        made += [trace for arranged in self.arranged.values() for trace in arranged.traces]
        return tuple(dict.fromkeys(made))


def inventory(
    city: City,
    *,
    year: int | None = None,
    package: str | None = None,
    warming: str | None = None,
    provisional: bool = False,
) -> Inventory:
    """Inventory of a city by one guideline, in every layout.

    Parameters
    ----------
    city : City
        The city.
    year : int, optional
        One year; by default every year that has activity data.
    package : str, optional
        Guideline, e.g. ``prov2011``; by default that of the city (``options.package``) or the newest.
    warming : str, optional
        Standard of the warming potentials; by default that of the guideline.
    provisional : bool
        Whether factors of weak evidence may be used where nothing better exists; they are marked.

    Returns
    -------
    Inventory
        Results, lines and totals with explanations.

    Raises
    ------
    LookupFailure
        If the guideline is unknown, or the standard has no potential for a gas.
    """
    study = open_study(city)
    found = inventory_study(city, study, year=year, package=package, warming=warming, provisional=provisional)
    return replace(found, findings=(*study.lock_notes(), *found.findings))


def inventory_study(
    city: City,
    study: Study,
    *,
    year: int | None = None,
    package: str | None = None,
    warming: str | None = None,
    provisional: bool = False,
) -> Inventory:
    """Inventory of a city with given factors, methods and guidelines.

    Parameters
    ----------
    city : City
        The city.
    study : Study
        Factors, methods and guidelines.
    year : int, optional
        One year; by default every year that has activity data.
    package : str, optional
        Guideline.
    warming : str, optional
        Standard of the warming potentials.
    provisional : bool
        Whether factors of weak evidence may be used where nothing better exists.

    Returns
    -------
    Inventory
        As ``inventory``.

    Raises
    ------
    LookupFailure
        If the guideline is unknown, or the standard has no potential for a gas.
    """
    chosen = choose_package(study.packages, package or city.options.get("package"))
    used = {name: study.methods[name] for name in chosen.editions}
    library = study.library
    index = index_facts(city.facts.read(places=(city.code,)), place=city.code)
    years = [year] if year is not None else sorted(set(index.years(_indicators(used, chosen))))
    found = {
        at: account_year(
            index, library=library, methods=used, place=city.code, year=at, editions=chosen.editions, provisional=provisional
        )
        for at in years
    }
    kept = {at: accounting for at, accounting in found.items() if any(map(_direct, accounting.cells))}
    return _arranged(city, chosen, library, kept, warming or chosen.warming)


def arrange_account(city: City, accounted: Account) -> Inventory:
    """Inventory of what was accounted already, by the guideline of the city.

    Parameters
    ----------
    city : City
        The city.
    accounted : Account
        Its account by the editions of that guideline.

    Returns
    -------
    Inventory
        The same results, arranged; its own traces are those of lines, totals and potentials.
    """
    study = open_study(city)
    chosen = choose_package(study.packages, city.options.get("package"))
    years = {at: _part(accounting, chosen) for at, accounting in accounted.years.items()}
    kept = {at: accounting for at, accounting in years.items() if any(map(_direct, accounting.cells))}
    return _arranged(city, chosen, study.library, kept, chosen.warming)


def _part(accounting: Accounting, package: Package) -> Accounting:
    cells = tuple(cell for cell in accounting.cells if cell.method.id in package.editions)
    missing = tuple(cell for cell in accounting.missing if cell.method.id in package.editions)
    return replace(accounting, cells=cells, missing=missing, traces=())


def _direct(cell: Computed) -> bool:
    """Whether a result is an emission of the place itself and of the year's own activity; a year with none has no inventory."""
    return cell.method.quantity not in BESIDE and cell.activity.year is None


def _indicators(methods: Mapping[str, Method], package: Package) -> tuple[str, ...]:
    """Indicators whose year is accounted; what was laid down earlier works in the years that follow."""
    counted = [method.within(package.editions[name]) for name, method in methods.items()]
    return tuple(dict.fromkeys(c.indicator for method in counted for c in method.categories if c.years == "this"))


def _arranged(
    city: City, package: Package, library: FactorLibrary, years: Mapping[int, Accounting], standard: str
) -> Inventory:
    layouts, notation = read_layouts(city.overlay), read_notation(city.overlay)
    arranged = {
        (year, name): _arrange(accounting, layout, library, standard, year, notation)
        for year, accounting in years.items()
        for name, layout in layouts.items()
    }
    findings = [*package.findings(), *(f for accounting in years.values() for f in accounting.findings)]
    findings += [f for (_, name), each in arranged.items() for f in each.findings if name == MAIN or f.severity == "error"]
    return Inventory(city.code, package, standard, layouts, years, arranged, library, tuple(dict.fromkeys(findings)))


def _arrange(
    accounting: Accounting,
    layout: Layout,
    library: FactorLibrary,
    standard: str,
    year: int,
    notation: tuple[Notation, ...],
) -> Arranged:
    return arrange(accounting.cells, accounting.missing, layout, library, standard=standard, year=year, notation=notation)


def inventory_document(found: Inventory, *, layout: str | None = None) -> dict[str, Any]:
    """An inventory as data for JSON.

    Parameters
    ----------
    found : Inventory
        The inventory.
    layout : str, optional
        One layout; by default all.

    Returns
    -------
    dict
        ``place, guide, warming, inventories, findings``; numbers are decimal texts, digit for digit.

    Raises
    ------
    LookupFailure
        If there is no such layout.
    """
    check_layout(found, layout)
    return {
        "place": found.place,
        "guide": {"id": found.package.id, "zh": found.package.label.zh, "en": found.package.label.en},
        "warming": found.standard,
        "inventories": [
            {"year": year, "layout": name, "lines": [_line(entry) for entry in arranged.entries]}
            for (year, name), arranged in found.arranged.items()
            if layout in (None, name)
        ],
        "findings": [
            {"rule": f.rule, "at": f.at, "severity": f.severity, "zh": f.says.zh, "en": f.says.en} for f in found.findings
        ],
    }


def check_layout(found: Inventory, layout: str | None) -> None:
    """Refuse a layout that does not exist.

    Parameters
    ----------
    found : Inventory
        The inventory.
    layout : str or None
        Id of a layout; ``None`` is fine.

    Raises
    ------
    LookupFailure
        If there is no such layout; the message lists those that exist.
    """
    if layout is not None and layout not in found.layouts:
        listed = ", ".join(found.layouts)
        raise LookupFailure(
            Label(f"没有口径“{layout}”", f"no layout '{layout}'"),
            where=layout,
            expected=Label(listed, f"one of {listed}"),
            remedy=Label("选用所列口径之一", "choose one of them"),
        )


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "zh": entry.label.zh,
        "en": entry.label.en,
        "level": entry.level,
        "scope": entry.scope,
        "total": entry.total,
        "gases": {gas: plain(mass) for gas, mass in entry.gases.items()},
        "co2e": None if entry.value is None else plain(entry.value),
        "unit": "tCO2e",
        "biogenic": None if entry.biogenic is None else plain(entry.biogenic),
        "key": entry.key,
        "says": {"zh": entry.says.zh, "en": entry.says.en} if entry.says else None,
        "missing": list(entry.missing),
        "address": entry.address,
    }
