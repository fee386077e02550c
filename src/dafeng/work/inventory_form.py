"""The inventory of one year as the forms that are handed in: lines by gas, fuels by sector, activity data, factors, checks.

Invariant: every amount is an exact decimal text in the unit of its table and carries the address that explains it; a sum
is the stored one and is checked against its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.sources import read_sources
from dafeng.methods.account import Accounting
from dafeng.methods.arrangement import Arranged, Entry
from dafeng.methods.explanation import EVIDENCE, plain
from dafeng.methods.gas_groups import GasGroup, choose_groups, equivalent_groups, gases_of, group_masses
from dafeng.methods.layouts import Layout
from dafeng.methods.notation import KEYS
from dafeng.methods.warming import Potential, find_potentials, gas_label
from dafeng.work.city import City
from dafeng.work.inventory import MAIN, Inventory
from dafeng.work.inventory_cells import cell_rows, evidence_shares, factor_rows, fuel_table, share_text
from dafeng.work.uncertainty import Quality
from dafeng.work.uncertainty_document import quality_document
from dafeng.work.view_number import write_label, write_wording

Row = dict[str, Any]
UNIT = Label("万吨", "10^4 t")
"""Unit of all tables of emissions."""
GROSS = "gross"
"""Total of the main layout that shares are taken of: direct emissions without forestry."""
SCALE = -4
"""Decimal places between a tonne and the unit of the tables."""
_DIGITS = 60


def inventory_form(city: City, found: Inventory, *, year: int | None = None, quality: Quality | None = None) -> Row:
    """Tables of an inventory of one year.

    Parameters
    ----------
    city : City
        The city.
    found : Inventory
        Its inventory.
    year : int, optional
        The year; by default the latest of the inventory.
    quality : Quality, optional
        Uncertainty of the inventory; one of another year or standard is passed over.

    Returns
    -------
    dict
        ``place, year, years, guide, warming, unit, gases, potentials, methods, unknown, layouts, by_field, by_gas, fuels,
        cells, factors, evidence, uncertainty, missing, checks, findings``. Emissions in 10^4 t as decimal texts.

    Raises
    ------
    SettingError
        If the inventory has no such year.
    """
    at = _year(found, year)
    accounting, sources = found.years[at], read_sources(city.overlay)
    sheets = [found.arranged[at, name] for name in found.layouts]
    gases = gases_of([entry.gases for sheet in sheets for entry in sheet.entries])
    potentials = find_potentials(gases, found.library, standard=found.standard, year=at)
    groups = choose_groups(gases)
    known = {name: write_wording(source.title) for name, source in sources.items()}
    return {
        "place": {"code": city.code, "label": write_label(city.label), "invented": city.invented},
        "year": at,
        "years": _totals(found),
        "guide": {
            "id": found.package.id,
            "label": write_label(found.package.label),
            "source": known.get(found.package.source, found.package.source),
        },
        "warming": {"id": found.standard, "says": write_label(_warming(found))},
        "unit": write_label(UNIT),
        "gases": [{"id": group.id, "label": write_label(group.label), "by_mass": group.by_mass} for group in groups],
        "potentials": [
            {"gas": gas, "label": write_label(gas_label(gas, found.library)), "value": plain(one.value), **_traced(one)}
            for gas, one in potentials.items()
        ],
        "methods": _methods(accounting, known),
        "unknown": [{"category": gap.category, "says": write_label(gap.says)} for gap in found.package.unknown],
        "layouts": [_layout(sheet, potentials, groups) for sheet in sheets],
        "by_field": list(_by_field(found.arranged[at, MAIN])),
        "by_gas": list(_by_gas(found.arranged[at, MAIN], potentials, groups)),
        "fuels": fuel_table(accounting.cells, found.layouts[MAIN], found.library),
        "cells": cell_rows(accounting.cells, found.layouts[MAIN], found.library, potentials),
        "factors": factor_rows(accounting.cells, found.library, known),
        "evidence": evidence_shares(accounting.cells, potentials, EVIDENCE),
        "uncertainty": _interval(quality, at, found.standard),
        "missing": [
            {
                "id": one.id,
                "line": _line_of(one.activity.category.id, found.layouts[MAIN]),
                "label": write_label(_missing(one, found)),
            }
            for one in accounting.missing
        ],
        "checks": [row for sheet in sheets for row in check_sums(sheet)],
        "findings": [_finding(one) for one in _of_year(found, accounting)],
    }


def check_sums(sheet: Arranged) -> Iterator[Row]:
    """Sums of an arranged inventory beside the sums of their parts.

    Parameters
    ----------
    sheet : Arranged
        One layout of one year.

    Yields
    ------
    dict
        ``layout, code, label, stated, parts, holds``; one for each line that has parts only, and for each total.
    """
    own = {line.code for line in sheet.layout.lines if line.categories}
    summed = {total.id: total.lines for total in sheet.layout.totals}
    for line in sheet.layout.lines:
        parts = tuple(part.code for part in sheet.layout.lines if part.parent == line.code)
        if parts and line.code not in own:
            summed[line.code] = parts
    for entry in sheet.entries:
        if entry.code in summed and entry.value is not None:
            with localcontext() as context:
                context.prec = _DIGITS
                total = sum((sheet.entry(code).value or Decimal(0) for code in summed[entry.code]), Decimal(0))
            yield {
                "layout": sheet.layout.id,
                "code": entry.code,
                "label": write_label(entry.label),
                "stated": scale_amount(entry.value),
                "parts": scale_amount(total),
                "holds": total == entry.value,
            }


def scale_amount(amount: Decimal) -> str:
    """An amount in the unit of the tables.

    Parameters
    ----------
    amount : Decimal
        Amount. [t]

    Returns
    -------
    str
        The same, exactly. [10^4 t]
    """
    with localcontext() as context:
        context.prec = _DIGITS
        return plain(amount.scaleb(SCALE))


def _traced(potential: Potential) -> Row:
    """Address of a potential; one that is one by definition has none."""
    return {} if potential.address is None else {"address": potential.address}


def _year(found: Inventory, year: int | None) -> int:
    at = found.latest if year is None else year
    if at is not None and at in found.years:
        return at
    years = "、".join(map(str, sorted(found.years))) or "—"
    raise SettingError(
        Label(f"没有 {at or ''} 年的清单，无从成表", f"there is no inventory of {at or 'any year'} to write"),
        where="--year",
        expected=Label(f"有清单的年份：{years}", f"a year with an inventory: {years}"),
        remedy=Label("先用 dafeng ingest 导入活动数据", "take in activity data with dafeng ingest first"),
    )


def _totals(found: Inventory) -> list[Row]:
    """Totals of all years, for the trend."""
    rows = []
    for year in sorted(found.years):
        totals = [entry for entry in found.arranged[year, MAIN].entries if entry.total]
        values = {
            entry.code: None if entry.value is None else {"value": scale_amount(entry.value), "address": entry.address}
            for entry in totals
        }
        rows.append({"year": year, "totals": values, "complete": all(entry.says is None for entry in totals)})
    return rows


def _warming(found: Inventory) -> Label:
    if found.standard == found.package.warming:
        return found.package.warming_says
    return Label("由使用者指定，不是指南所用的一套", "chosen by the user, not those of the guideline")


def _methods(accounting: Accounting, known: Mapping[str, Any]) -> list[Row]:
    used = {(cell.method.id, cell.edition): cell.method for cell in accounting.cells}
    return [
        {
            "id": name,
            "title": write_label(method.title),
            "edition": write_label(method.editions[edition].label),
            "source": known.get(method.source, method.source),
            "clause": method.clause,
        }
        for (name, edition), method in used.items()
    ]


def _layout(sheet: Arranged, potentials: Mapping[str, Potential], groups: Sequence[GasGroup]) -> Row:
    return {
        "id": sheet.layout.id,
        "label": write_label(sheet.layout.label),
        "lines": [_entry(entry, potentials, groups) for entry in sheet.entries],
    }


def _entry(entry: Entry, potentials: Mapping[str, Potential], groups: Sequence[GasGroup]) -> Row:
    masses = group_masses(entry.gases, potentials)
    return {
        "code": entry.code,
        "label": write_label(entry.label),
        "level": entry.level,
        "scope": entry.scope,
        "total": entry.total,
        "gases": {group.id: scale_amount(masses[group.id]) if group.id in masses else None for group in groups},
        "co2e": None if entry.value is None else scale_amount(entry.value),
        "biogenic": None if entry.biogenic is None else scale_amount(entry.biogenic),
        "key": entry.key,
        "key_says": write_label(KEYS[entry.key]) if entry.key else None,
        "says": write_label(entry.says) if entry.says else None,
        "missing": len(entry.missing),
        **({} if entry.value is None else {"address": entry.address}),
    }


def _by_field(sheet: Arranged) -> Iterator[Row]:
    """Top lines of the total without forestry, the largest first."""
    whole = sheet.entry(GROSS)
    codes = next(total.lines for total in sheet.layout.totals if total.id == GROSS)
    fields = [entry for entry in map(sheet.entry, codes) if entry.value is not None]
    for entry in sorted(fields, key=lambda one: -(one.value or Decimal(0))):
        value = entry.value or Decimal(0)
        yield {
            "code": entry.code,
            "label": write_label(entry.label),
            "co2e": scale_amount(value),
            "share": share_text(value, whole.value or Decimal(0)),
            "address": entry.address,
        }


def _by_gas(sheet: Arranged, potentials: Mapping[str, Potential], groups: Sequence[GasGroup]) -> Iterator[Row]:
    """Groups of gases of the same total as equivalents, the largest first."""
    whole = sheet.entry(GROSS)
    sums = equivalent_groups(whole.gases, potentials)
    for group in sorted((one for one in groups if one.id in sums), key=lambda one: -sums[one.id]):
        yield {
            "id": group.id,
            "label": write_label(group.label),
            "co2e": scale_amount(sums[group.id]),
            "share": share_text(sums[group.id], whole.value or Decimal(0)),
            "address": whole.address,
        }


def _line_of(category: str, layout: Layout) -> str | None:
    line = layout.line_of(category)
    return line.code if line else None


def _missing(one: Any, found: Inventory) -> Label:
    carrier, category = found.library.label("substance", one.activity.carrier), one.activity.category.label
    return Label(f"{category.zh} {carrier.zh}", f"{category.en}, {carrier.en}")


def _interval(quality: Quality | None, year: int, standard: str) -> Row | None:
    """Interval of the net total, what it rests on and which lines make it."""
    if quality is None or (quality.year, quality.uncertainty.standard) != (year, standard):
        return None
    told = quality_document(quality)
    return {
        "low": _tens(told["total"]["low"]),
        "high": _tens(told["total"]["high"]),
        "relative": told["total"]["relative"],
        "address": told["total"]["address"],
        "draws": told["draws"],
        "seed": told["seed"],
        "assumed": told["assumed"],
        "uncovered": told["uncovered"],
        "rows": [
            {
                **{name: row[name] for name in ("category", "label", "gas", "combined", "variance_share", "address")},
                "value": _tens(row["value"]),
                "low": _tens(row["low"]),
                "high": _tens(row["high"]),
            }
            for row in told["rows"]
        ],
    }


def _tens(amount: float | None) -> str | None:
    return None if amount is None else scale_amount(Decimal(repr(amount)))


def _of_year(found: Inventory, accounting: Accounting) -> Iterable[Finding]:
    """Findings of the guideline, of the year itself and of its main layout."""
    at = next(year for year, one in found.years.items() if one is accounting)
    return dict.fromkeys((*found.package.findings(), *accounting.findings, *found.arranged[at, MAIN].findings))


def _finding(one: Finding) -> Row:
    return {
        "rule": one.rule,
        "at": one.at,
        "severity": one.severity,
        "says": write_label(one.says),
        "remedy": write_label(one.remedy),
    }
