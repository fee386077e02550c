"""``enterprises``: the carbon accounts of a city's enterprises, from delivered tables and from ``account``.

Invariant: nothing is written; every figure and judgement has a trace down to a cell, a stated rule or a result of ``account``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import convert
from dafeng.library.strict import refusal
from dafeng.work.account import TOTAL, account
from dafeng.work.city import City, open_city
from dafeng.work.enterprise_figures import EnterpriseBook, EnterpriseFigure
from dafeng.work.enterprise_grades import EnterpriseJudgement, grade, size, warn
from dafeng.work.enterprise_rules import FOLDER, Accounted, EnterpriseRules, read_rules
from dafeng.work.enterprise_scores import compute_score
from dafeng.work.enterprise_table import Enterprise, EnterpriseFact, EnterpriseTables, fact_address, read_tables
from dafeng.work.unit_runs import SCOPE

EMISSIONS = "emissions"
"""Field that a result of ``account`` gives."""


@dataclass(frozen=True, slots=True)
class EnterpriseAccounts:
    """Carbon accounts of enterprises.

    Parameters
    ----------
    enterprises : mapping of str to Enterprise
        Those that were asked for, by id.
    years : tuple of int
        Years that were asked for.
    figures : tuple of EnterpriseFigure
        Delivered figures, indicators, comparisons, scores and completions; unknown ones with their reason.
    judgements : tuple of EnterpriseJudgement
        Grades, warnings and sizes.
    traces : mapping of str to Trace
        Explanations by address, also of what the figures rest on.
    findings : tuple of Finding
        What is wrong with the tables.
    rules : EnterpriseRules
        What the accounts follow.
    """

    enterprises: Mapping[str, Enterprise]
    years: tuple[int, ...]
    figures: tuple[EnterpriseFigure, ...]
    judgements: tuple[EnterpriseJudgement, ...]
    traces: Mapping[str, Trace]
    findings: tuple[Finding, ...]
    rules: EnterpriseRules


def enterprises(city: City, *, enterprise: str | None = None, year: int | None = None) -> EnterpriseAccounts:
    """Carbon accounts of the enterprises of a city.

    Parameters
    ----------
    city : City
        The city; its tables and rules stand in ``data/enterprises``.
    enterprise : str, optional
        One enterprise; by default all.
    year : int, optional
        One year; by default all that were delivered.

    Returns
    -------
    EnterpriseAccounts
        The accounts.

    Raises
    ------
    LookupFailure
        If the enterprise that was asked for is in no table.
    DefinitionError
        If the city's rules break their form.
    FileRefused
        If a file is no table.
    """
    rules = read_rules(city.overlay)
    tables = read_tables(city.overlay / FOLDER, rules)
    traces = _account_all(city, rules, tables)
    book = EnterpriseBook(rules, tables.enterprises, tables.facts, traces)
    if enterprise is not None and enterprise not in tables.enterprises:
        raise _unknown(enterprise, tables.enterprises)
    asked = [enterprise] if enterprise is not None else list(tables.enterprises)
    figures: list[EnterpriseFigure] = []
    judgements: list[EnterpriseJudgement] = []
    years = {at for one in asked for at in book.years.get(one, ()) if year in (None, at)}
    for one in asked:
        for at in book.years.get(one, ()):
            if year in (None, at):
                told = _tell(book, one, at)
                figures += told[0]
                judgements += told[1]
    chosen = {one: tables.enterprises[one] for one in asked}
    needed = _needed([*figures, *judgements], book.traces)
    return EnterpriseAccounts(
        chosen, tuple(sorted(years)), tuple(figures), tuple(judgements), needed, tuple(tables.findings), rules
    )


def _tell(book: EnterpriseBook, enterprise: str, year: int) -> tuple[list[EnterpriseFigure], list[EnterpriseJudgement]]:
    rules = book.rules
    figures = [book.fact(enterprise, year, field) for field in rules.fields]
    for name in rules.indicators:
        figures.append(book.indicator(enterprise, year, name))
        figures += [book.against(enterprise, year, name, what) for what in rules.comparisons]
    for name in rules.scores:
        figures += compute_score(book, enterprise, year, name)
    completed, warned = warn(book, enterprise, year)
    judgements = [grade(book, enterprise, year, scale) for scale in rules.scales]
    return [*figures, *completed], [*judgements, *warned, size(book, enterprise, year)]


def _needed(told: Iterable[EnterpriseFigure | EnterpriseJudgement], traces: Mapping[str, Trace]) -> Mapping[str, Trace]:
    """Traces of what is told, and all that they rest on."""
    waiting = [one.address for one in told if one.address in traces]
    found: dict[str, Trace] = {}
    while waiting:
        address = waiting.pop()
        if address not in found and address in traces:
            found[address] = traces[address]
            waiting.extend(traces[address].inputs)
    return found


def _account_all(city: City, rules: EnterpriseRules, tables: EnterpriseTables) -> dict[str, Trace]:
    """Emissions that ``account`` computes for enterprises, beside what the tables say."""
    traces: dict[str, Trace] = {}
    for one in rules.own.accounted:
        known = tables.enterprises.get(one.enterprise)
        sector = one.sector or (known.sector if known else "")
        tables.enterprises[one.enterprise] = Enterprise(
            one.enterprise, Label(one.zh, one.en), sector, known.product if known else ""
        )
        for fact, trace in _accounted(city, one):
            key = (one.enterprise, fact.year, EMISSIONS)
            told = tables.facts.get(key)
            if told is not None and told.value is not None and told.value != fact.value:
                tables.findings.append(_differs(told, fact))
            tables.facts[key] = fact
            traces[fact.address] = trace
    return traces


def _accounted(city: City, one: Accounted) -> list[tuple[EnterpriseFact, Trace]]:
    plant = city
    if one.scope.startswith(SCOPE):
        raise refusal(
            FOLDER,
            f"“{one.scope}”是单台机组的碳市场口径，不是企业的排放量",
            f"'{one.scope}' is a power unit as the emission trading counts it, not what an enterprise emits",
            expected=Label("city 或 park:名称", "city, or park:NAME"),
        )
    if one.folder is not None:
        path = (city.folder / one.folder).resolve()
        if not path.is_relative_to(city.folder.resolve()):
            raise refusal(FOLDER, f"“{one.folder}”不在城市文件夹内", f"'{one.folder}' is outside of the city's folder")
        plant = open_city(path)
    found = account(plant, scope=one.scope)
    totals = {score.address for score in found.scores if score.indicator == TOTAL}
    made = []
    for trace in found.traces:
        if trace.address in totals and trace.value is not None and trace.year is not None:
            value = convert(Decimal(trace.value), trace.unit or "Mt CO2", "tCO2")
            address = fact_address(one.enterprise, trace.year, EMISSIONS)
            where = f"{one.folder or '.'} ({one.scope}) {trace.address}"
            says = Label(f"{one.zh} {trace.year}年核算结果：{where}", f"accounted for {one.en}, {trace.year}: {where}")
            note = Label("用 dafeng account 与 explain 追溯", "to be traced by dafeng account and explain")
            kept = Trace(address, "result", says, f"{value:f}", "tCO2", trace.year, grade="derived", note=note)
            made.append((EnterpriseFact(one.enterprise, trace.year, EMISSIONS, value, "tCO2", None, address), kept))
    return made


def _differs(told: EnterpriseFact, found: EnterpriseFact) -> Finding:
    at = told.cell.file + "!" + told.cell.cell if told.cell else told.address
    return Finding(
        "enterprise.accounted",
        at,
        "warning",
        Label(
            f"填报 {told.value} t，核算 {found.value} t，采用核算值",
            f"reported {told.value} t, accounted {found.value} t: the latter counts",
        ),
        Label("核对填报数与核算数据", "check the reported figure against the activity data"),
    )


def _unknown(enterprise: str, known: Mapping[str, Enterprise]) -> LookupFailure:
    shown = ", ".join(list(known)[:8])
    return LookupFailure(
        Label(f"没有企业“{enterprise}”", f"there is no enterprise '{enterprise}'"),
        where="enterprise",
        expected=Label(shown or "data/enterprises 中的企业", shown or "an enterprise of data/enterprises"),
        remedy=Label("核对企业编号，或交付企业表", "check the id, or deliver a table of enterprises"),
    )
