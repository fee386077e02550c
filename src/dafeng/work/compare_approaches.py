"""``compare_approaches``: fuel CO2 by apparent consumption beside fuel CO2 by sectors, with the reasons of every gap.

Invariant: both sides use the same facts and factors, so that every gap is one of amounts that the balance explains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.traces import Trace
from dafeng.library.rules import read_rules
from dafeng.methods.account import account as account_year
from dafeng.methods.approaches import read_approaches
from dafeng.methods.definition import BALANCE
from dafeng.methods.explanation import plain
from dafeng.methods.gathering import index_facts
from dafeng.methods.packages import choose_package
from dafeng.methods.reconciliation import ApproachGap, FuelGap, reconcile_approaches
from dafeng.work.city import City
from dafeng.work.study import open_study

PAIR = "reference"
"""Pair of approaches that is compared."""


@dataclass(frozen=True, slots=True)
class ApproachComparison:
    """The two approaches of a city.

    Parameters
    ----------
    place : str
        Administrative code.
    years : mapping of int to ApproachGap
        Gap by year.
    findings : tuple of Finding
        What exceeds the limits.
    """

    place: str
    years: Mapping[int, ApproachGap]
    findings: tuple[Finding, ...]

    def traces(self) -> tuple[Trace, ...]:
        """Explanations of all gaps.

        Returns
        -------
        tuple of Trace
            One for each fuel and year, and for each year.
        """
        return tuple(trace for gap in self.years.values() for trace in gap.traces)


def compare_approaches(city: City, *, year: int | None = None, package: str | None = None) -> ApproachComparison:
    """Compare the reference approach of a city with the sectoral one.

    Parameters
    ----------
    city : City
        The city.
    year : int, optional
        One year; by default every year that has an energy balance.
    package : str, optional
        Guideline, whose edition of the sectoral approach both sides use; by default that of the city or the newest.

    Returns
    -------
    ApproachComparison
        Gaps by year and fuel with their reasons.

    Raises
    ------
    LookupFailure
        If the guideline is unknown.
    """
    study = open_study(city)
    library, methods = study.library, study.methods
    chosen = choose_package(study.packages, package or city.options.get("package"))
    pair = read_approaches(methods, city.overlay)[PAIR]
    used = {name: methods[name] for name in (pair.sectoral, pair.reference)}
    edition = chosen.editions.get(pair.sectoral, methods[pair.sectoral].default)
    editions = {name: edition for name, method in used.items() if edition in method.editions}
    rules = read_rules(city.overlay)
    index = index_facts(city.facts.read(places=(city.code,)), place=city.code)
    found: dict[int, ApproachGap] = {}
    for at in index.years((BALANCE,)) if year is None else (year,):
        accounting = account_year(index, library=library, methods=used, place=city.code, year=at, editions=editions)
        found[at] = reconcile_approaches(index, accounting, pair, methods, library, rules, year=at)
    return ApproachComparison(city.code, found, tuple(finding for gap in found.values() for finding in gap.findings))


def approaches_document(found: ApproachComparison) -> dict[str, Any]:
    """Comparison of approaches as a tree for JSON, with exact decimal texts.

    Parameters
    ----------
    found : ApproachComparison
        The comparison.

    Returns
    -------
    dict
        Years with totals, fuels and reasons. [tCO2]
    """
    return {"place": found.place, "unit": "tCO2", "years": [_year(gap) for gap in found.years.values()]}


def _year(gap: ApproachGap) -> dict[str, Any]:
    return {
        "year": gap.year,
        "sectoral": plain(gap.sectoral),
        "reference": plain(gap.reference),
        "net": plain(gap.net),
        "absolute": plain(gap.absolute),
        "fuels": [_fuel(one) for one in gap.gaps],
        "findings": [
            {"rule": f.rule, "at": f.at, "severity": f.severity, "zh": f.says.zh, "en": f.says.en} for f in gap.findings
        ],
    }


def _fuel(gap: FuelGap) -> dict[str, Any]:
    reasons = [
        {
            "reason": share.reason,
            "zh": share.label.zh,
            "en": share.label.en,
            "amount": None if share.amount is None else plain(share.amount),
            "tco2": plain(share.value),
        }
        for share in gap.shares
    ]
    return {
        "fuel": gap.label.zh,
        "en": gap.label.en,
        "unit": gap.unit,
        "sectoral": plain(gap.sectoral),
        "reference": plain(gap.reference),
        "gap": plain(gap.gap),
        "reasons": reasons,
        "residual": plain(gap.residual),
        "address": gap.address,
    }
