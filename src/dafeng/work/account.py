"""``account``: facts × methods × factors become results.

Invariant: only years for which activity facts were delivered are accounted; a year without them is absent, not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.supplied import STANDARD, read_supplied
from dafeng.methods.account import Accounting
from dafeng.methods.account import account as account_year
from dafeng.methods.approaches import read_approaches
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import Method
from dafeng.methods.packages import choose_package, methods_of, read_packages
from dafeng.methods.parks import choose_park, divide, read_parks, read_trades
from dafeng.work.city import City
from dafeng.work.facts import Hashes, fact_trace, file_hashes, name_cell
from dafeng.work.scores import Score
from dafeng.work.supplied import sector_names, unused_factors
from dafeng.work.tracing import number_text

BURNT = "fuel_combustion"
"""Method whose factors a user may bring along."""
TOTAL = "co2_emissions"
"""Indicator that the sum of all CO2 results of a year gives."""
GROSS = "direct"
"""Category prefix of emissions inside the city; purchased electricity and heat are shown beside the total."""


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
) -> Account:
    """Account for a city's emissions.

    Parameters
    ----------
    city : City
        The city.
    year : int, optional
        One year; by default every year that has activity facts.
    scope : str
        What is accounted for: ``city``, or ``park:NAME`` for a park that ``data/parks`` defines.
    edition : str, optional
        Edition of the methods (``ind24``, ``prov2025``); the newest where a method has no such edition.
    factors : Path or str, optional
        CSV file with factors of fuels for this run (`dafeng.library.supplied.read_supplied`); fuels and sectors it lacks
        keep the factors of the edition.

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
    facts, noticed = _scoped(city, city.facts.read(places=(city.code,)), scope)
    rows = [row for row in facts.to_pylist() if (row["flow"] or row["carrier"]) and len(row["period"]) == 4]
    methods, chosen = _chosen(city, edition)
    library = read_factors(city.overlay)
    supplied = read_supplied(Path(factors), library, sectors=sector_names(methods[BURNT])) if factors is not None else ()

    def run(**changed: Any) -> dict[int, Accounting]:
        told = {"library": library, "methods": methods, "editions": chosen, **changed}
        years = sorted({int(row["period"]) for row in rows})
        return {at: account_year(facts, place=city.code, year=at, **told) for at in years if year in (None, at)}

    own = run()
    found = own
    if supplied:
        library = library.add(supplied)
        found = run(library=library, methods=_supplied_first(methods, chosen), editions={**chosen, BURNT: STANDARD})
    scores, totals = _totals(found)
    traces = [trace for accounting in found.values() for trace in accounting.traces]
    traces += [*totals, *_facts(rows, traces, file_hashes(city.facts))]
    findings = [*noticed, *(finding for accounting in found.values() for finding in accounting.findings)]
    findings += unused_factors(supplied, found.values(), library)
    return Account(
        city.code,
        edition,
        found,
        methods,
        scores,
        tuple(dict.fromkeys(traces)),
        tuple(findings),
        library,
        supplied,
        own if supplied else {},
    )


def _chosen(city: City, edition: str | None) -> tuple[Mapping[str, Method], Mapping[str, str]]:
    """Methods of the city's guideline and of none, without mere checks, with the edition of each; one asked for goes first."""
    known = read_methods(city.overlay)
    packages = read_packages(known, city.overlay)
    package = choose_package(packages, city.options.get("package"))
    checks = {pair.reference for pair in read_approaches(known, city.overlay).values()}
    methods = {n: method for n, method in methods_of(package, packages, known).items() if n not in checks}
    asked = {name: edition for name, method in methods.items() if edition is not None and edition in method.editions}
    return methods, {**package.editions, **asked}


def _supplied_first(methods: Mapping[str, Method], chosen: Mapping[str, str]) -> Mapping[str, Method]:
    """Methods in which the edition asked for fills what the supplied factors lack."""
    method = methods[BURNT]
    user = replace(method.editions[STANDARD], otherwise=chosen.get(BURNT, method.default))
    return {**methods, BURNT: replace(method, editions={**method.editions, STANDARD: user})}


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
        expected=Label("city 或 park:名称", "city, or park:NAME"),
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
    return bool(cell.method.quantity == "co2" and not cell.activity.category.id.startswith("purchased"))


def _facts(rows: list[dict[str, Any]], traces: list[Trace], hashes: Hashes) -> list[Trace]:
    wanted = {address for trace in traces for address in trace.inputs if address.startswith("facts/")}
    return [fact_trace(row, name_cell(row), hashes) for row in rows if f"facts/{row['fact']}" in wanted]
