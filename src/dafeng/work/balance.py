"""``balance``: an energy balance becomes its standard quantities, the official views, an audit and the energy flows.

Invariant: every number has a trace; a year without a balance is absent, and what the views lack is said, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.tables import RESULTS
from dafeng.core.traces import Trace
from dafeng.library.balance_rules import read_balance_rules
from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import Method
from dafeng.methods.energy_audit import Breach, Conversion, audit_balance, conversions
from dafeng.methods.energy_balance import BALANCE, Balance, Rate, build_balance
from dafeng.methods.energy_catalogue import read_views
from dafeng.methods.energy_traces import cell_traces
from dafeng.methods.energy_values import Evaluation, Value
from dafeng.methods.energy_views import CALORIFIC, EQUIVALENT, ViewBook
from dafeng.methods.explanation import plain
from dafeng.methods.sankey import Sankey, draw_sankey
from dafeng.work.balance_figures import Figures, Published, read_published
from dafeng.work.balance_rows import result_rows
from dafeng.work.balance_traces import flow_traces
from dafeng.work.city import City
from dafeng.work.facts import fact_trace, file_hashes, name_cell
from dafeng.work.study import Study, open_study

TOLERANCE = Decimal("0.02")
"""Difference of fields and total that is rounding. [万吨标准煤]"""
TOTAL = "total"
"""Row of total consumption."""
PLAN = 5
"""Years of a five-year plan; the base year is the last one of the plan before."""


@dataclass(frozen=True, slots=True)
class EnergyYear:
    """One balance with everything made of it.

    Parameters
    ----------
    year : int
        Year.
    base : int
        Base year of its views.
    balance : Balance
        Physical and standard cells.
    values : mapping of str to mapping of str to Value
        View → rule → value; views that rest on no open rule have the one rule ``""``.
    fields : mapping of str to tuple of Value
        End use by field, at each convention for electricity.
    rows : mapping of str to tuple of Value
        Each printed row over all columns, at each convention; not the totals row, whose columns do not add up.
    breaches : tuple of Breach
        What the balance breaks.
    conversions : tuple of Conversion
        Transformations.
    sankey : Sankey
        Energy flows.
    traces : tuple of Trace
        Explanations of its cells and views, and of what they take from the base year.
    """

    year: int
    base: int
    balance: Balance
    values: Mapping[str, Mapping[str, Value]]
    fields: Mapping[str, tuple[Value, ...]]
    rows: Mapping[str, tuple[Value, ...]]
    breaches: tuple[Breach, ...]
    conversions: tuple[Conversion, ...]
    sankey: Sankey
    traces: tuple[Trace, ...]


@dataclass(frozen=True, slots=True)
class EnergyAccount:
    """The energy balances of a city.

    Parameters
    ----------
    place : str
        Administrative code.
    rule : str
        Rule that the views show first for non-fossil electricity from outside.
    book : ViewBook
        Definitions of the views.
    years : mapping of int to EnergyYear
        By year, in rising order; none where no balance was delivered.
    published : tuple of Published
        Published single figures of energy.
    traces : tuple of Trace
        Explanations down to facts and coefficients.
    findings : tuple of Finding
        What breaks, what is missing, what is not exact.
    """

    place: str
    rule: str
    book: ViewBook
    years: Mapping[int, EnergyYear]
    published: tuple[Published, ...]
    traces: tuple[Trace, ...]
    findings: tuple[Finding, ...]

    def value(self, year: int, view: str) -> Value:
        """Value of a view by the rule shown first.

        Parameters
        ----------
        year : int
            Year with a balance.
        view : str
            View.

        Returns
        -------
        Value
            The value.
        """
        rules = self.years[year].values[view]
        return rules.get(self.rule) or rules[""]

    @property
    def further(self) -> tuple[Finding, ...]:
        """Findings but for sums along the rows, which the audit of the facts names already."""
        told = {f"balance.{rule.id}" for rule in read_balance_rules().identities}
        return tuple(finding for finding in self.findings if finding.rule not in told)

    def table(self) -> pa.Table:
        """Cells and views as results.

        Returns
        -------
        pyarrow.Table
            Schema ``RESULTS`` with the quantity ``energy``; what is unknown has no row.
        """
        rows = (row for one in self.years.values() for row in result_rows(one.balance, one.values, self.book))
        return RESULTS.build(rows)


def balance(city: City, *, year: int | None = None, imported: str | None = None) -> EnergyAccount:
    """Energy balances of a city with their official views.

    Parameters
    ----------
    city : City
        The city.
    year : int, optional
        One year; by default every year with a balance.
    imported : str, optional
        Rule for the non-fossil part of electricity from outside that is shown first; all are computed.

    Returns
    -------
    EnergyAccount
        Standard quantities, views, audit and energy flows.

    Raises
    ------
    SettingError
        If there is no such rule.
    """
    study = open_study(city)
    found = balance_study(city, study, year=year, imported=imported)
    return replace(found, findings=tuple(dict.fromkeys((*study.lock_notes(), *found.findings))))


def balance_study(city: City, study: Study, *, year: int | None = None, imported: str | None = None) -> EnergyAccount:
    """Energy account of a city with given coefficients and methods.

    Parameters
    ----------
    city : City
        The city.
    study : Study
        Factors and methods.
    year : int, optional
        One year.
    imported : str, optional
        Rule for the non-fossil part of electricity from outside.

    Returns
    -------
    EnergyAccount
        As ``balance``.

    Raises
    ------
    SettingError
        If there is no such rule.
    """
    book = read_views()
    rule = _rule(book, imported)
    facts = city.facts.read(places=(city.code, *city.context)).to_pylist()
    cells = [row for row in facts if row["indicator"] == BALANCE and row["place"] == city.code and len(row["period"]) == 4]
    asked = sorted({int(row["period"]) for row in cells}) if year is None else [year]
    listed = [at for at in asked if any(row["period"] == str(at) for row in cells)]
    figures = Figures(city, facts, book)
    found = _years(listed, cells, book, figures, study, city.code) if listed else {}
    hashes = file_hashes(city.facts)
    published = read_published(city, facts, book, {at: one.values for at, one in found.items()})
    traces = [*figures.traces, *published.traces, *(trace for one in found.values() for trace in one.traces)]
    traces += [fact_trace(row, name_cell(row), hashes) for row in cells]
    findings = [finding for one in found.values() for finding in _findings(one, book)]
    missing = [] if found else [_no_balance(city, year)]
    every = (*findings, *figures.findings, *published.findings, *missing)
    return EnergyAccount(
        city.code, rule, book, found, published.rows, tuple(dict.fromkeys(traces)), tuple(dict.fromkeys(every))
    )


def base_year(year: int) -> int:
    """Base year of a year: the last one of the five-year plan before its own.

    Parameters
    ----------
    year : int
        Year, e.g. 2023.

    Returns
    -------
    int
        E.g. 2020.
    """
    return (year - 1) // PLAN * PLAN


def _rule(book: ViewBook, imported: str | None) -> str:
    (choice,) = book.choices.values()
    rule = imported or next(iter(choice.rules))
    if rule not in choice.rules:
        known = ", ".join(choice.rules)
        raise SettingError(
            Label(f"没有外来电非化石部分的口径“{rule}”", f"no rule '{rule}' for non-fossil electricity from outside"),
            where="imported",
            expected=Label(known, known),
            remedy=Label("选用所列口径之一", "choose one of them"),
        )
    return rule


def _years(
    listed: Iterable[int], cells: list[Mapping[str, Any]], book: ViewBook, figures: Figures, study: Study, place: str
) -> dict[int, EnergyYear]:
    library, method = study.library, study.methods[book.method]
    delivered = {int(row["period"]) for row in cells}
    wanted = list(listed)
    needed = sorted({*wanted, *(base_year(at) for at in wanted if base_year(at) in delivered)})
    balances = {at: _balance(at, cells, book, figures, library, method, place) for at in needed}
    return {at: _year(at, balances, book, figures) for at in wanted}


def _balance(
    year: int,
    cells: list[Mapping[str, Any]],
    book: ViewBook,
    figures: Figures,
    library: FactorLibrary,
    method: Method,
    place: str,
) -> Balance:
    found = figures.at(year).get(book.singles[book.rate].indicator)
    rate = None
    if found is not None and found.value is not None:
        rate = Rate(found.value / 10, found.address, found.grade)  # 万吨标准煤/亿千瓦时 is a tenth of kgce/kWh
    return build_balance(cells, book=book, method=method, library=library, place=place, year=year, rate=rate)


def _year(year: int, balances: Mapping[int, Balance], book: ViewBook, figures: Figures) -> EnergyYear:
    at, own = base_year(year), balances[year]
    base = Evaluation(book, balances[at], figures.at(at)) if at in balances and at != year else None
    found = Evaluation(book, own, figures.at(year), base)
    (choice,) = book.choices.values()
    values = {
        name: {rule: found.get(name, rule) for rule in (choice.rules if book.depends(name, choice.id) else ("",))}
        for name in (*book.views, choice.id)
    }
    fields = {measure: tuple(found.field(one, measure) for one in book.fields) for measure in (CALORIFIC, EQUIVALENT)}
    printed = [flow for flow in own.rows if flow.id != TOTAL]
    rows = {measure: tuple(found.row(flow, measure) for flow in printed) for measure in (CALORIFIC, EQUIVALENT)}
    links, made = draw_sankey(own), conversions(own)
    traces = [
        *(value.trace for one in (found, base) if one is not None for value in one),
        *(trace for one in (found, base) if one is not None for trace in cell_traces(one.balance, _named(one.balance))),
        *flow_traces(own, links, made),
    ]
    return EnergyYear(year, at, own, values, fields, rows, audit_balance(own, read_balance_rules()), made, links, tuple(traces))


def _named(balance: Balance) -> dict[str, Label]:
    return {cell.id: name_cell(cell.fact) for cell in balance.cells.values()}


def _findings(one: EnergyYear, book: ViewBook) -> list[Finding]:
    found = [*one.balance.findings, *(breach.finding for breach in one.breaches), *one.sankey.findings]
    found += _unassigned(one)
    lacking: dict[Label, list[Label]] = {}
    for view in book.views.values():
        rules = one.values[view.id]
        for label in next(iter(rules.values())).lacking:
            lacking.setdefault(label, []).append(view.label)
    return [*found, *(_lacking(one.year, label, views) for label, views in lacking.items())]


def _unassigned(one: EnergyYear) -> list[Finding]:
    """Energy that no field has: a table that prints sections without their rows, or rows that do not add up."""
    total = one.values["total_calorific"][""].value
    fields = sum((value.value or Decimal(0) for value in one.fields[CALORIFIC]), Decimal(0))
    if total is None or abs(total - fields) <= TOLERANCE:
        return []
    gap = plain((total - fields).normalize())
    return [
        Finding(
            "balance.fields",
            f"balances/total_calorific.{one.year}",
            "warning",
            Label(
                f"{one.year}年分领域用能之和与总量相差 {gap} 万吨标准煤：有用能没有分到领域",
                f"{one.year}: end use by field and the total differ by {gap} 万tce: some energy belongs to no field",
            ),
            Label("补交终端消费量的各分项", "deliver the rows of final consumption"),
        )
    ]


def _lacking(year: int, label: Label, views: list[Label]) -> Finding:
    zh, en = "、".join(view.zh for view in views), "; ".join(view.en for view in views)
    return Finding(
        "balance.lacking",
        f"balances/{year}",
        "warning",
        Label(f"{year}年缺“{label.zh}”，未能算出或不完整：{zh}", f"{year} lacks {label.en}; unknown or incomplete: {en}"),
        Label("补交该数据或系数，注明来源", "deliver this figure or coefficient with its source"),
    )


def _no_balance(city: City, year: int | None) -> Finding:
    told = (f"{year} 年", f" of {year}") if year is not None else ("", "")
    return Finding(
        "balance.none",
        "data/deliveries",
        "info",
        Label(
            f"{city.label.zh}没有{told[0]}能源平衡表，各口径不能计算",
            f"{city.label.en} has no energy balance{told[1]}; its views are not computed",
        ),
        Label(
            "把公布的能源平衡表（实物量，xls、xlsx 或 csv）放入 inbox，运行 dafeng ingest",
            "put the published energy balance (physical quantities, xls, xlsx or csv) into inbox and run dafeng ingest",
        ),
    )
