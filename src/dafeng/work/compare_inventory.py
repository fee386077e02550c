"""``compare_inventory``: our inventory beside a foreign one, every gap with its cause.

Invariant: the sum of the absolute gaps stands beside the net and decides whether the comparison holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

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
        If the file cannot be read as an inventory.
    """
    published = read_published(Path(path), unit=unit)
    ours = inventory(city, year=year, package=package)
    accounting = ours.years.get(year)
    cells, missing = (accounting.cells, accounting.missing) if accounting else ((), ())
    found = compare_published(cells, missing, published.cells, ours.library, same_activity=same_activity)
    findings = (*published.findings, *_failures(found, city.rules(), published.name))
    return InventoryComparison(year, ours, published, found, not any(f.severity == "error" for f in findings), findings)


def _failures(found: ForeignComparison, rules: RuleBook, name: str) -> list[Finding]:
    whole, unknown = abs(found.theirs), abs(found.causes["undetermined"])
    checks: tuple[tuple[str, Severity, Decimal, str, str], ...] = (
        ("comparison.absolute_share", "error", found.absolute, "各格差额绝对值之和", "the absolute gaps of the cells"),
        ("comparison.undetermined_share", "warning", unknown, "不能归因的差额", "gaps without a cause"),
    )
    made = []
    for rule, severity, amount, zh, en in checks:
        if amount > whole * rules.value(rule):
            net = f"{plain(found.net.quantize(Decimal(1)))} tCO2"
            shown = plain(amount.quantize(Decimal(1)))
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
