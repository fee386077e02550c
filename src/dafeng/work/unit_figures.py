"""Figures of power units from the facts of a city: emissions as ``account`` makes them, and what was delivered beside them.

Invariant: each figure has an origin down to result, fact, delivered cell and hash; where the account lacks something, or its
edition is not that of the year, there is a finding and no figure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.numbers import plain
from dafeng.core.units import convert
from dafeng.ledger.plants import Origin, OriginRow, plant_columns
from dafeng.library.factor import worst
from dafeng.library.indicators import UNIT
from dafeng.methods.inventory import Computed
from dafeng.work.city import City
from dafeng.work.facts import file_hashes
from dafeng.work.study import Study, open_study
from dafeng.work.unit_findings import Row, cell_of, contradiction, no_unit_name, no_year, not_exact
from dafeng.work.unit_gaps import lacking_factors, lacking_results, unaccounted_facts
from dafeng.work.unit_rules import UnitRules, read_unit_rules
from dafeng.work.unit_runs import (
    MEASURED,
    UnitRun,
    find_years,
    name_scope,
    read_unit_rows,
    run_unit,
    split_scope,
    unit_indicators,
)

VERIFIED, BEFORE = "verified", "verified_before"
"""Columns that the account gives: emissions of the year and of the year before."""


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What is known of a power unit in a year.

    Parameters
    ----------
    enterprise, unit : str
        Company and unit; empty where a fact does not say.
    year : int
        The year.
    figures : mapping of str to Decimal
        By column of ``plant_columns.csv``. [units of the columns]
    origins : mapping of str to Origin
        Where each comes from.
    findings : tuple of Finding
        What hinders a figure.
    disputed : tuple of str
        Columns for which two different figures were delivered.
    package : str
        Package by which the year is accounted; empty where none is known.
    """

    enterprise: str
    unit: str
    year: int
    figures: Mapping[str, Decimal]
    origins: Mapping[str, Origin]
    findings: tuple[Finding, ...]
    disputed: tuple[str, ...] = ()
    package: str = ""


def find_unit_figures(
    city: City, *, year: int | None = None, provisional: bool = False, study: Study | None = None
) -> tuple[UnitFigures, ...]:
    """Figures of all power units of a city.

    Parameters
    ----------
    city : City
        The city.
    year : int, optional
        One compliance year; by default every year of which a unit has facts.
    provisional : bool, optional
        Whether factors of weak evidence may be used where nothing better exists.
    study : Study, optional
        Factors, methods and editions; those of the city by default.

    Returns
    -------
    tuple of UnitFigures
        By company, unit and year; empty where no figure of a unit was delivered.

    Raises
    ------
    DefinitionError
        If a definition of the city breaks its form.
    """
    if not city.facts.lots():
        return ()
    named = {name for name in city.catalogue().indicators if name.startswith(UNIT)}
    if not read_unit_rows(city, named):
        return ()
    return _Units(city, study or open_study(city), provisional=provisional).tell(year)


class _Units:
    """Facts of the units of a city, each unit and year accounted once."""

    def __init__(self, city: City, study: Study, *, provisional: bool) -> None:
        self._city, self._study, self._provisional = city, study, provisional
        self._rules: UnitRules = read_unit_rules(city.overlay)
        self._columns = [one for one in plant_columns().values() if one.indicator and one.name not in (VERIFIED, BEFORE)]
        named = {name for name in city.catalogue().indicators if name.startswith(UNIT)}
        self._hashes = file_hashes(city.facts)
        self._groups: dict[tuple[str, str], list[Row]] = {}
        for row in read_unit_rows(city, named | unit_indicators(study, self._rules)):
            if row["indicator"].startswith(UNIT) or (row["organisation"] and row["flow"]):
                self._groups.setdefault((row["organisation"] or "", row["flow"] or ""), []).append(row)
        units = {key for key, rows in self._groups.items() if any(row["indicator"].startswith(UNIT) for row in rows)}
        self._groups = {key: rows for key, rows in self._groups.items() if key in units}
        self._runs: dict[tuple[str, str, int], UnitRun] = {}

    def tell(self, year: int | None) -> tuple[UnitFigures, ...]:
        made: list[UnitFigures] = []
        for (enterprise, unit), rows in sorted(self._groups.items()):
            years = [at for at in find_years(rows) if year in (None, at)]
            made += [self._figures(enterprise, unit, rows, at) for at in years]
        return tuple(made)

    def _figures(self, enterprise: str, unit: str, rows: list[Row], year: int) -> UnitFigures:
        if not enterprise or not unit:
            nameless = [row for row in rows if row["period"][:4] == str(year)]
            return UnitFigures(enterprise, unit, year, {}, {}, tuple(no_unit_name(row) for row in nameless[:1]))
        figures: dict[str, Decimal] = {}
        origins: dict[str, Origin] = {}
        findings: list[Finding] = []
        disputed: list[str] = []
        for column in self._columns:
            told = [row for row in rows if row["indicator"] == column.indicator and row["period"] == str(year)]
            values = {convert(row["value"], row["unit"], column.unit) for row in told}
            if len(values) > 1 or any(value < 0 for value in values):
                findings += [contradiction(told, column.label)] if len(values) > 1 else []
                disputed.append(column.name)
            elif told:
                figures[column.name] = plain(values.pop())
                origins[column.name] = self._delivered(enterprise, unit, year, told)
        parts = [row for row in rows if row["period"] != str(year) and row["period"].startswith(f"{year}")]
        findings += [no_year(parts[0])] if parts else []
        run = self._run(enterprise, unit, year)
        hindered = self._hindrances(run, name_scope(enterprise, unit), year)
        findings += hindered
        if not any(one.severity == "error" for one in hindered) and (found := self._accounted(enterprise, unit, year, run)):
            figures[VERIFIED], origins[VERIFIED] = found
        if any(row["period"] == str(year - 1) for row in rows):
            before = self._run(enterprise, unit, year - 1)
            told_before = self._hindrances(before, name_scope(enterprise, unit), year - 1)
            sound = not any(one.severity == "error" for one in told_before)
            if sound and (earlier := self._accounted(enterprise, unit, year - 1, before)):
                figures[BEFORE], origins[BEFORE] = earlier
        package = "" if run.rule is None else run.rule.package
        return UnitFigures(enterprise, unit, year, figures, origins, tuple(findings), tuple(disputed), package)

    def _hindrances(self, run: UnitRun, scope: str, year: int) -> list[Finding]:
        """Why a run gives no emissions, and that a factor was not exact."""
        enterprise, unit = split_scope(scope)
        found = [*run.findings, *lacking_results(run), *unaccounted_facts(run, self._groups[enterprise, unit], year=year)]
        if run.accounting is not None:
            place, weak = self._city.code, self._provisional
            found += lacking_factors(run, self._rules, place=place, year=year, provisional=weak)
            kept = (one for one in run.accounting.findings if one.rule not in ("account.factor_missing", "account.unit"))
            found += [one for one in kept if one.severity == "error"]
            grade = worst(one.grade for cell in run.accounting.cells for one in cell.matches.values())
            if grade != "exact":
                found.append(not_exact(scope, year, grade))
        return [replace(one, at=f"{scope} {year}" if one.at == scope else f"{scope} {year} {one.at}") for one in found]

    def _run(self, enterprise: str, unit: str, year: int) -> UnitRun:
        key = (enterprise, unit, year)
        if key not in self._runs:
            rows, place = self._groups[enterprise, unit], self._city.code
            self._runs[key] = run_unit(rows, self._study, self._rules, place=place, year=year, provisional=self._provisional)
        return self._runs[key]

    def _delivered(self, enterprise: str, unit: str, year: int, told: Iterable[Row]) -> Origin:
        rows = tuple(self._fact(row) for row in told)
        return Origin(name_scope(enterprise, unit), year, "", "", rows, "", _hash([one.id for one in rows]))

    def _accounted(self, enterprise: str, unit: str, year: int, run: UnitRun) -> tuple[Decimal, Origin] | None:
        if run.accounting is None or run.rule is None:
            return None
        cells = run.accounting.cells
        value = sum((convert(cell.value, cell.method.unit, "tCO2") for cell in cells), Decimal(0))
        known = {row["fact"]: row for row in self._groups[enterprise, unit]}
        used = [row["fact"] for cell in cells for row in cell.activity.facts]
        used += [one.factor.id.removeprefix(MEASURED) for cell in cells for one in cell.matches.values()]
        facts = [self._fact(known[name]) for name in dict.fromkeys(used) if name in known]
        results = [OriginRow(c.id, "result", c.value, c.method.unit, f"{c.method.id} {c.edition}") for c in cells]
        match = worst(one.grade for cell in cells for one in cell.matches.values())
        mark = _hash([self._city.code, enterprise, unit, year, run.rule.package, [_tell(cell) for cell in cells]])
        rule = run.rule
        return plain(value), Origin(
            name_scope(enterprise, unit), year, rule.id, rule.package, (*results, *facts), match, mark,
            source=rule.source, grade=rule.grade,
        )  # fmt: skip

    def _fact(self, row: Row) -> OriginRow:
        digest = self._hashes.get((row["lot"], row["file"]), "")
        return OriginRow(row["fact"], "fact", row["value"], row["unit"], place=cell_of(row), sha256=digest)


def _tell(cell: Computed) -> list[Any]:
    """A result with all that it follows from."""
    factors = [[name, one.factor.id, str(one.value), one.factor.unit, one.grade] for name, one in cell.matches.items()]
    facts = [[row["fact"], str(row["value"]), row["unit"]] for row in cell.activity.facts]
    return [cell.id, cell.method.id, cell.edition, str(cell.value), cell.method.unit, facts, factors]


def _hash(told: Any) -> str:
    return sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
