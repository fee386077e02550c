"""``compare_inventory``: our inventory beside a foreign one, every gap with its cause.

Invariant: the sum of the absolute gaps stands beside the net and decides whether the comparison holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from dafeng.core.errors import CityError, FileRefused
from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label
from dafeng.library.rules import RuleBook
from dafeng.methods.explanation import plain
from dafeng.methods.foreign import CAUSES, ForeignComparison, Gap, compare_published
from dafeng.readers.published import PublishedInventory, read_published
from dafeng.work.city import City
from dafeng.work.inventory import Inventory, inventory


@dataclass(frozen=True, slots=True)
class InventoryComparison:
    """Our inventory beside a foreign one.

    Parameters
    ----------
    year : int
        Year.
    ours : Inventory
        Our inventory.
    published : PublishedInventory
        What was read of the foreign one.
    comparison : ForeignComparison
        Gaps with causes.
    holds : bool
        Whether the absolute gaps stay within the limit of the rules.
    findings : tuple of Finding
        What was not understood, and what fails.
    """

    year: int
    ours: Inventory
    published: PublishedInventory
    comparison: ForeignComparison
    holds: bool
    findings: tuple[Finding, ...]


def compare_inventory(
    city: City,
    path: Path | str,
    *,
    year: int,
    package: str | None = None,
    unit: str | None = None,
    same_activity: bool = False,
) -> InventoryComparison:
    """Compare a city's inventory with a published one.

    Parameters
    ----------
    city : City
        The city.
    path : Path or str
        The published inventory: a list or a table of sectors by fuels, CSV or workbook.
    year : int
        Year of it.
    package : str, optional
        Guideline of our side.
    unit : str, optional
        Unit of the published emissions where the file names none.
    same_activity : bool
        Whether the publisher is known to have used the same activity.

    Returns
    -------
    InventoryComparison
        Gaps by cause, net and absolute.

    Raises
    ------
    FileRefused
        If the file cannot be read as an inventory, or no cell of it was understood.
    CityError
        If the city has no inventory of that year.
    """
    published = read_published(Path(path), unit=unit)
    ours = inventory(city, year=year, package=package)
    accounting = ours.years.get(year)
    if accounting is None or not published.cells:
        raise _nothing(city, published, year, lacking=accounting is None)
    cells, missing = accounting.cells, accounting.missing
    found = compare_published(cells, missing, published.cells, ours.library, same_activity=same_activity)
    findings = (*published.findings, *_failures(found, city.rules(), published.name))
    return InventoryComparison(year, ours, published, found, not any(f.severity == "error" for f in findings), findings)


def _nothing(city: City, published: PublishedInventory, year: int, *, lacking: bool) -> Exception:
    """Refusal to compare with nothing: what is absent neither holds nor differs."""
    if lacking:
        return CityError(
            Label(f"{city.label.zh} {year} 年没有可比的清单", f"{city.label.en} has no inventory of {year} to compare"),
            where=str(city.folder),
            expected=Label("有活动数据的年份", "a year with activity data"),
            remedy=Label("先导入该年的活动数据（dafeng ingest）", "take in its activity data first (dafeng ingest)"),
        )
    first = next(iter(published.findings), None)
    return FileRefused(
        Label("没有读懂任何一格排放", "no cell of emissions was understood"),
        where=first.at if first else published.name,
        expected=first.says if first else Label("部门、燃料和排放量", "sectors, fuels and emissions"),
        remedy=Label("按官方名称写部门和燃料", "write sectors and fuels by their official names"),
    )


def _failures(found: ForeignComparison, rules: RuleBook, name: str) -> list[Finding]:
    whole, unknown = abs(found.theirs), abs(found.causes["undetermined"])
    checks: tuple[tuple[str, Severity, Decimal, str, str], ...] = (
        ("comparison.absolute_share", "error", found.absolute, "各格差额绝对值之和", "the absolute gaps of the cells"),
        ("comparison.undetermined_share", "warning", unknown, "不能归因的差额", "gaps without a cause"),
    )
    made = []
    for rule, severity, amount, zh, en in checks:
        if amount > whole * rules.value(rule):
            net, shown = f"{found.net:.0f} tCO2", f"{amount:.0f}"
            says = Label(f"{zh}为 {shown} tCO2（净差 {net}）", f"{en} are {shown} tCO2 (net {net})")
            made.append(Finding(rule, name, severity, says, _REMEDY))
    return made


_REMEDY = Label("逐格查看差额的原因", "look at the causes cell by cell")


def comparison_rows(found: InventoryComparison) -> dict[str, Any]:
    """A comparison as data for JSON.

    Parameters
    ----------
    found : InventoryComparison
        The comparison.

    Returns
    -------
    dict
        ``year, ours, theirs, net, absolute, causes, holds, gaps, findings``; amounts in tCO2 as decimal texts.
    """
    comparison = found.comparison
    return {
        "year": found.year,
        "file": found.published.name,
        "sha256": found.published.sha256,
        "unit": "tCO2",
        "ours": plain(comparison.ours),
        "theirs": plain(comparison.theirs),
        "net": plain(comparison.net),
        "absolute": plain(comparison.absolute),
        "hidden": plain(comparison.hidden),
        "causes": {kind: plain(comparison.causes[kind]) for kind in CAUSES},
        "holds": found.holds,
        "gaps": [_row(gap) for gap in comparison.gaps],
        "findings": [
            {"rule": f.rule, "at": f.at, "severity": f.severity, "zh": f.says.zh, "en": f.says.en} for f in found.findings
        ],
    }


def _row(gap: Gap) -> dict[str, Any]:
    return {
        "categories": list(gap.categories),
        "carrier": gap.carrier,
        "zh": gap.label.zh,
        "en": gap.label.en,
        "ours": None if gap.ours is None else plain(gap.ours),
        "theirs": None if gap.theirs is None else plain(gap.theirs),
        "gap": plain(gap.amount),
        "our_factor": None if gap.our_factor is None else f"{gap.our_factor:.9f}",
        "their_factor": None if gap.their_factor is None else f"{gap.their_factor:.9f}",
        "factor_unit": gap.factor_unit,
        "causes": {kind: plain(amount) for kind, amount in gap.causes.items()},
        "says": {"zh": gap.says.zh, "en": gap.says.en},
        "cells": list(gap.cells),
        "at": gap.at,
    }
