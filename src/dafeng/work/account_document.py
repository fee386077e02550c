"""An account as a document: by fuel, by sector, totals, and what supplied factors change.

Invariant: every number is a sum of the cells of the account, in the unit that stands beside it; rows for people and rows
for machines are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import convert
from dafeng.library.factors import FactorLibrary
from dafeng.library.supplied import STANDARD
from dafeng.methods.account import Accounting
from dafeng.methods.comparison import compare
from dafeng.methods.inventory import Computed
from dafeng.methods.views import Fuel, fuels, totals
from dafeng.work.account import BURNT, Account

CO2 = "co2"
CAUSES: Mapping[str, str] = {"equation": "composed_factor"}
"""Causes of a difference under the name the document gives them."""


def account_document(accounted: Account) -> Mapping[str, Any]:
    """Everything an account says, JSON-able.

    Parameters
    ----------
    accounted : Account
        Result of ``account``.

    Returns
    -------
    mapping
        ``by_fuel`` (activity [unit], tco2 [tCO2], factor [factor_unit]), ``by_sector``, ``totals`` [tCO2 or the unit
        named], ``results`` (a row per cell), ``findings``; with supplied factors also ``supplied`` and ``difference``.
    """
    library = accounted.library
    told: dict[str, Any] = {"place": accounted.place, "years": list(accounted.years), "edition": accounted.edition}
    if library is None:
        return told
    told["by_fuel"] = [row for year, run in accounted.years.items() for row in _by_fuel(year, run, library)]
    told["by_sector"] = [row for year, run in accounted.years.items() for row in _by_sector(year, run, library)]
    told["totals"] = [row for year, run in accounted.years.items() for row in _totals(year, run, library)]
    if accounted.supplied:
        told["supplied"] = list(_supplied(accounted, library))
        told["difference"] = [_difference(year, accounted, library) for year in accounted.years]
    told["results"] = [{**row, "value": str(row["value"])} for row in accounted.table().to_pylist()]
    return {**told, "findings": [_finding(finding) for finding in accounted.findings]}


def _by_fuel(year: int, run: Accounting, library: FactorLibrary) -> Iterator[dict[str, Any]]:
    cells = [cell for cell in run.cells if cell.method.id == BURNT]
    lost = {one.activity.carrier for one in run.missing if one.method.id == BURNT}
    for fuel in fuels(cells, library):
        used = {cell.edition for cell in cells if cell.activity.carrier == fuel.carrier}
        yield {"year": year, **_fuel(fuel), "supplied": STANDARD in used, "complete": fuel.carrier not in lost}
    computed = {cell.activity.carrier for cell in cells}
    for carrier in sorted(lost - computed):
        yield {"year": year, **_lost(carrier, run, library), "supplied": False, "complete": False}


def _fuel(fuel: Fuel) -> dict[str, Any]:
    return {
        "id": fuel.carrier,
        "fuel": fuel.label.zh,
        "label": _label(fuel.label),
        "activity": float(fuel.activity),
        "unit": fuel.unit,
        "tco2": float(fuel.value),
        "factor": None if fuel.factor is None else float(fuel.factor),
        "factor_unit": fuel.factor_unit,
        "match": fuel.match,
    }


def _lost(carrier: str, run: Accounting, library: FactorLibrary) -> dict[str, Any]:
    """A fuel that was burnt, but has no factor: its amount is known, its emission is not."""
    activities = [one.activity for one in run.missing if one.method.id == BURNT and one.activity.carrier == carrier]
    printed, label = activities[0].unit, library.label("substance", carrier)
    amount = sum((convert(one.amount, one.unit, printed) for one in activities), Decimal(0))
    said = {"id": carrier, "fuel": label.zh, "label": _label(label), "activity": float(amount), "unit": printed}
    return {**said, "tco2": None, "factor": None, "factor_unit": None, "match": "missing"}


def _by_sector(year: int, run: Accounting, library: FactorLibrary) -> Iterator[dict[str, Any]]:
    for total in totals(run.cells, library, quantity=CO2, by="category"):
        category = next(c.activity.category for c in run.cells if c.activity.category.id == total.key)
        yield {"year": year, "sector": total.key, "label": _label(category.label), "tco2": float(total.value)}


def _totals(year: int, run: Accounting, library: FactorLibrary) -> Iterator[dict[str, Any]]:
    for quantity in dict.fromkeys(cell.method.quantity for cell in run.cells):
        cells = [cell for cell in run.cells if cell.method.quantity == quantity]
        yield _total(year, quantity, "all", cells, library)
        burnt = [cell for cell in cells if cell.method.id == BURNT]
        if quantity == CO2 and burnt:
            yield _total(year, quantity, "fuel", burnt, library)
        other = [cell for cell in cells if cell.method.id != BURNT]
        if quantity == CO2 and other:
            yield _total(year, quantity, "process", other, library)


def _total(year: int, quantity: str, part: str, cells: list[Computed], library: FactorLibrary) -> dict[str, Any]:
    (total,) = totals(cells, library, quantity=quantity, by="all")
    named = library.label("quantity", quantity)
    said = {"year": year, "quantity": quantity, "part": part, "label": _label(named)}
    return {**said, "value": float(total.value), "unit": total.unit}


def _supplied(accounted: Account, library: FactorLibrary) -> Iterator[dict[str, Any]]:
    uses: dict[str, int] = {}
    for run in accounted.years.values():
        for name in (match.factor.id for cell in run.cells for match in cell.matches.values()):
            uses[name] = uses.get(name, 0) + 1
    for factor in accounted.supplied:
        yield {
            "fuel": library.label("substance", factor.substance).zh,
            "value": None if factor.value is None else float(factor.value),
            "unit": factor.unit,
            "source": factor.source,
            "sector": factor.sector,
            "cells": uses.get(factor.id, 0),
        }


def _difference(year: int, accounted: Account, library: FactorLibrary) -> dict[str, Any]:
    own, new = accounted.own[year], accounted.years[year]
    found = compare(own.cells, new.cells, quantity=CO2)
    sides = [{fuel.carrier: fuel for fuel in fuels(run.cells, library)} for run in (own, new)]
    labels = {cause.cause: cause.label for cause in found.causes}
    rows = [
        {
            "fuel": library.label("substance", carrier).zh,
            "label": _label(library.label("substance", carrier)),
            "cause": CAUSES.get(cause, cause),
            "says": _label(labels[cause]),
            **_factors(sides[0].get(carrier), sides[1].get(carrier)),
            "mt": float(amount / 10**6),
        }
        for (carrier, cause), amount in found.by_cause().items()
    ]
    rest = found.net - sum(found.by_cause().values(), Decimal(0))
    return {
        "year": year,
        "own_mt": float(found.before / 10**6),
        "supplied_mt": float(found.after / 10**6),
        "net_mt": float(found.net / 10**6),
        "absolute_mt": float(found.absolute / 10**6),
        "rows": rows,
        "residual_mt": float(rest / 10**6),
        "residual_share": float(rest / found.after) if found.after else None,
    }


def _factors(own: Fuel | None, new: Fuel | None) -> dict[str, Any]:
    known = new or own
    return {
        "own_factor": float(own.factor) if own and own.factor is not None else None,
        "supplied_factor": float(new.factor) if new and new.factor is not None else None,
        "factor_unit": known.factor_unit if known else None,
    }


def _label(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _finding(finding: Finding) -> dict[str, Any]:
    said = {"rule": finding.rule, "at": finding.at, "severity": finding.severity}
    return {**said, "says": _label(finding.says), "remedy": _label(finding.remedy)}
