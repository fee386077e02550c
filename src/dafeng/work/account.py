"""``account``: facts × methods × factors become results.

Invariant: only years for which activity facts were delivered are accounted; a year without them is absent, not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.tables import RESULTS
from dafeng.core.traces import Trace
from dafeng.core.units import convert
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary
from dafeng.library.indicators import Indicator
from dafeng.library.supplied import STANDARD, read_supplied
from dafeng.methods.account import Accounting
from dafeng.methods.account import account as account_year
from dafeng.methods.approaches import read_approaches
from dafeng.methods.definition import BALANCE, Method
from dafeng.methods.packages import choose_package, methods_of
from dafeng.methods.parks import choose_park, divide, read_parks, read_trades
from dafeng.store.facts import FactStore
from dafeng.work.city import City
from dafeng.work.facts import Hashes, earlier_traces, fact_trace, file_hashes, name_cell
from dafeng.work.scores import Score
from dafeng.work.study import Study, open_study
from dafeng.work.supplied import sector_names, unused_factors
from dafeng.work.tracing import number_text
from dafeng.work.unit_gaps import lacking_factors, lacking_results, unaccounted_facts
from dafeng.work.unit_rules import read_unit_rules
from dafeng.work.unit_runs import (
    SCOPE,
    find_unit_rows,
    find_years,
    read_unit_rows,
    run_unit,
    split_scope,
    unit_indicators,
)

BURNT = "fuel_combustion"
"""Method whose factors a user may bring along."""
TOTAL = "co2_emissions"
"""Indicator that the sum of all CO2 results of a year gives."""


@dataclass(frozen=True, slots=True)
class Account:
    """Results of all accounted years of a city.

    Parameters
    ----------
    place : str
        Administrative code.
    edition : str or None
        Edition asked for; ``None`` for the newest of each method.
    years : mapping of int to Accounting
        Results by year.
    methods : mapping of str to Method
        Methods used.
    scores : tuple of Score
        Totals as indicators.
    traces : tuple of Trace
        Explanations down to facts and factors.
    findings : tuple of Finding
        What was missing or not exact.
    library : FactorLibrary or None
        Factors used, with the names of fuels.
    supplied : tuple of Factor
        Factors brought along for this run.
    own : mapping of int to Accounting
        Where factors were brought along: the same years with the factors of the edition alone.
    """

    place: str
    edition: str | None
    years: Mapping[int, Accounting]
    methods: Mapping[str, Method]
    scores: tuple[Score, ...]
    traces: tuple[Trace, ...]
    findings: tuple[Finding, ...]
    library: FactorLibrary | None = None
    supplied: tuple[Factor, ...] = ()
    own: Mapping[int, Accounting] = field(default_factory=dict)

    def table(self) -> pa.Table:
        """Results of all years.

        Returns
        -------
        pyarrow.Table
            Schema ``RESULTS``.
        """
        tables = [accounting.results for accounting in self.years.values()]
        return pa.concat_tables(tables) if tables else RESULTS.build([])


def account(
    city: City,
    *,
    year: int | None = None,
    scope: str = "city",
    edition: str | None = None,
    factors: Path | str | None = None,
    provisional: bool = False,
) -> Account:
    """Account for a city's emissions.

    Parameters
    ----------
    city : City
        The city.
    year : int, optional
        One year; by default every year that has an energy balance, or any activity where there is none.
    scope : str
        What is accounted for: ``city``, ``park:NAME`` for a park that ``data/parks`` defines, or ``unit:COMPANY/UNIT`` for a
        power unit, by the methods that the plan of each year counts by.
    edition : str, optional
        Edition of the methods (``ind24``, ``prov2025``); the newest where a method has no such edition.
    factors : Path or str, optional
        CSV file with factors of fuels for this run (`dafeng.library.supplied.read_supplied`); fuels and sectors it lacks
        keep the factors of the edition.
    provisional : bool, optional
        Whether factors of weak evidence may be used where nothing better exists; every result that does says so.

    Returns
    -------
    Account
        Results with explanations.

    Raises
    ------
    SettingError
        If the scope is unknown.
    DefinitionError
        If a row of the factor file cannot be used; with its row and column.
    LookupFailure
        If the city has no such park.
    """
    study = open_study(city, edition=edition)
    return account_study(city, study, year=year, scope=scope, factors=factors, provisional=provisional)


def account_study(
    city: City,
    study: Study,
    *,
    year: int | None = None,
    scope: str = "city",
    factors: Path | str | None = None,
    provisional: bool = False,
) -> Account:
    """Account for a city's emissions with given factors and methods.

    Parameters
    ----------
    city : City
        The city.
    study : Study
        Factors, methods and editions.
    year : int, optional
        One year; by default as ``account``.
    scope : str
        As ``account``.
    factors : Path or str, optional
        CSV file with factors of fuels for this run.
    provisional : bool, optional
        Whether factors of weak evidence may be used where nothing better exists.

    Returns
    -------
    Account
        Results with explanations.

    Raises
    ------
    DefinitionError
        If a row of the factor file cannot be used; with its row and column.
    SettingError, LookupFailure
        If the scope, or its park, is unknown.
    """
    if scope.startswith(SCOPE):
        return _account_unit(city, study, scope, year=year, factors=factors, provisional=provisional)
    library = study.library
    methods, chosen = _chosen(city, study)
    facts, noticed = _scoped(city, city.facts.read(places=(city.code,)), scope)
    asked = {category.indicator for method in methods.values() for category in method.categories}
    rows = [row for row in facts.to_pylist() if row["indicator"] in asked and len(row["period"]) == 4]
    supplied = read_supplied(Path(factors), library, sectors=sector_names(methods[BURNT])) if factors is not None else ()

    def run(**changed: Any) -> dict[int, Accounting]:
        told = {"library": library, "methods": methods, "editions": chosen, "provisional": provisional, **changed}
        present = {int(row["period"]) for row in rows}
        years = _years(rows) if year is None else [year]
        return {at: account_year(facts, place=city.code, year=at, **told) for at in years if at in present}

    own = run()
    found = own
    if supplied:
        library = library.add(supplied)
        found = run(library=library, methods=_supplied_first(methods, chosen), editions={**chosen, BURNT: STANDARD})
    scores, totals = _totals(found)
    traces = [trace for accounting in found.values() for trace in accounting.traces]
    traces += [*totals, *_facts(rows, traces, file_hashes(city.facts), city.catalogue().indicators, library)]
    traces += _earlier(rows, traces, city.facts, lambda row: _named(row, city.catalogue().indicators, library))
    findings = [*noticed, *study.lock_notes(), *([] if any(one.cells for one in found.values()) else [_nothing(city, year)])]
    findings += [finding for accounting in found.values() for finding in accounting.findings]
    findings += unused_factors(supplied, found.values(), library)
    return Account(
        city.code,
        study.edition,
        found,
        methods,
        scores,
        tuple(dict.fromkeys(traces)),
        tuple(findings),
        library,
        supplied,
        own if supplied else {},
    )


def _account_unit(
    city: City, study: Study, scope: str, *, year: int | None, factors: Path | str | None, provisional: bool
) -> Account:
    """A power unit, each year by the rule of that year."""
    if factors is not None:
        raise SettingError(
            Label("机组核算不用 --factors", "a unit is not accounted with --factors"),
            where="factors",
            expected=Label("机组的实测值作为指标交付", "measured values of a unit are delivered as figures"),
            remedy=Label("省略该选项", "leave the option out"),
        )
    rules = read_unit_rules(city.overlay)
    rows = find_unit_rows(read_unit_rows(city, unit_indicators(study, rules)), *split_scope(scope))
    years = find_years(rows) if year is None else (year,)
    runs = {at: run_unit(rows, study, rules, place=city.code, year=at, provisional=provisional) for at in years}
    found = {at: run.accounting for at, run in runs.items() if run.accounting is not None}
    methods = {name: method for run in runs.values() for name, method in run.methods.items()}
    library = next((run.library for run in runs.values() if run.accounting is not None), study.library)
    traces = [trace for one in found.values() for trace in one.traces]
    traces += _facts(rows, traces, file_hashes(city.facts), city.catalogue().indicators, library)
    findings = [finding for run in runs.values() for finding in (*run.findings, *lacking_results(run))]
    for at, run in runs.items():
        findings += unaccounted_facts(run, rows, year=at)
        findings += lacking_factors(run, rules, place=city.code, year=at, provisional=provisional)
    findings += [finding for one in found.values() for finding in one.findings if finding.rule != "account.factor_missing"]
    told = tuple(dict.fromkeys((*study.lock_notes(), *findings)))
    return Account(city.code, study.edition, found, methods, (), tuple(dict.fromkeys(traces)), told, library)


def _supplied_first(methods: Mapping[str, Method], chosen: Mapping[str, str]) -> Mapping[str, Method]:
    """Methods in which the edition asked for fills what the supplied factors lack."""
    method = methods[BURNT]
    user = replace(method.editions[STANDARD], otherwise=chosen.get(BURNT, method.default))
    return {**methods, BURNT: replace(method, editions={**method.editions, STANDARD: user})}


def _nothing(city: City, year: int | None) -> Finding:
    when = "" if year is None else f" {year}"
    return Finding(
        "account.nothing",
        city.code,
        "warning",
        Label(
            f"{city.label.zh}{when and when + ' 年'}没有可核算的活动数据，未核算；不等于零排放",
            f"{city.label.en} has no activity data{when and ' of' + when}; nothing is accounted, which is not zero",
        ),
        Label(
            "导入能源平衡表或活动数据（dafeng ingest），或以省平衡表推算（dafeng downscale）",
            "take in a balance or activity data (dafeng ingest), or estimate a balance (dafeng downscale)",
        ),
    )


def _chosen(city: City, study: Study) -> tuple[Mapping[str, Method], Mapping[str, str]]:
    """Methods of the city's guideline and of none, without mere checks, with the edition of each; one asked for goes first."""
    package = choose_package(study.packages, city.options.get("package"))
    checks = {pair.reference for pair in read_approaches(study.methods, city.overlay).values()}
    own = methods_of(package, study.packages, study.methods)
    methods = {name: method for name, method in own.items() if name not in checks}
    return methods, {**package.editions, **study.editions}


def _years(rows: list[dict[str, Any]]) -> list[int]:
    """Years of the balances: facts of other years are the history of what was laid down, or lone figures."""
    balances = [row for row in rows if row["indicator"] == BALANCE]
    return sorted({int(row["period"]) for row in balances or rows})


def _scoped(city: City, facts: pa.Table, scope: str) -> tuple[pa.Table, tuple[Finding, ...]]:
    kind, _, name = scope.partition(":")
    if scope == "city":
        return facts, ()
    if kind == "park" and name:
        park = choose_park(read_parks(city.overlay), name)
        divided = divide(facts, park, read_trades(city.overlay))
        return divided.inside, divided.findings
    raise SettingError(
        Label(f"核算范围“{scope}”尚不支持", f"scope '{scope}' is not known"),
        where="scope",
        expected=Label("city、park:名称 或 unit:企业/机组", "city, park:NAME, or unit:COMPANY/UNIT"),
        remedy=Label("改正或省略该选项", "correct the option or leave it out"),
    )


def _totals(found: Mapping[int, Accounting]) -> tuple[tuple[Score, ...], list[Trace]]:
    scores, traces = [], []
    for year, accounting in found.items():
        cells = [cell for cell in accounting.cells if _direct(cell)]
        if not cells:
            continue
        total = sum((convert(cell.value, cell.method.unit, "tCO2") for cell in cells), Decimal(0))
        value = convert(total, "tCO2", "Mt CO2")
        address = f"results/total.{year}"
        inputs = tuple(f"results/{cell.id}" for cell in cells)
        says = Label(f"{year}年二氧化碳排放合计（直接排放）", f"CO2 emissions of {year} (direct)")
        traces.append(Trace(address, "result", says, number_text(value), "Mt CO2", year, None, None, inputs, None, "derived"))
        scores.append(Score(TOTAL, year, float(value), "Mt CO2", "actual", "derived", address, inputs))
    return tuple(scores), traces


def _direct(cell: Any) -> bool:
    """Whether a cell belongs to the gross total: what is taken up by growing stock is shown beside it, never within."""
    return bool(cell.method.quantity == "co2" and cell.method.effect == "emission")


def _earlier(
    rows: list[dict[str, Any]], traces: list[Trace], store: FactStore, name: Callable[[Mapping[str, Any]], Label]
) -> list[Trace]:
    """Traces of the figures that the corrected facts in use replaced."""
    told = {trace.address for trace in traces}
    corrected = [row for row in rows if row["supersedes"] and f"facts/{row['fact']}" in told]
    return [trace for row in corrected for trace in earlier_traces([row], name(row), store)]


def _facts(
    rows: Iterable[Mapping[str, Any]],
    traces: list[Trace],
    hashes: Hashes,
    indicators: Mapping[str, Indicator],
    library: FactorLibrary,
) -> list[Trace]:
    wanted = {address for trace in traces for address in trace.inputs if address.startswith("facts/")}
    return [fact_trace(row, _named(row, indicators, library), hashes) for row in rows if f"facts/{row['fact']}" in wanted]


def _named(row: Mapping[str, Any], indicators: Mapping[str, Indicator], library: FactorLibrary) -> Label:
    known = indicators.get(row["indicator"])
    if known is None:
        return name_cell(row)
    parts = [known.label, *(library.label("substance", part) for part in (row["carrier"], row["flow"]) if part)]
    return Label(" · ".join(part.zh for part in parts), " · ".join(part.en for part in parts))
