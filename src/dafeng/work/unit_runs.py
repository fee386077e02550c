"""The account of one power unit in one year, made by the engine of ``account`` from what was delivered for the unit.

Invariant: a measured value of a unit is a factor of that unit and year alone; two different ones are an error and neither is
used; a year whose rule is not known is not accounted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.tables import FACTS
from dafeng.core.units import convert
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary
from dafeng.library.locks import LockedLibrary
from dafeng.methods.account import Accounting, find_edition
from dafeng.methods.account import account as account_year
from dafeng.methods.definition import Method
from dafeng.work.city import City
from dafeng.work.study import Study
from dafeng.work.unit_findings import Row, cell_of, contradiction, no_fuel, no_package, no_rule, other_edition
from dafeng.work.unit_rules import Measured, UnitRule, UnitRules

SCOPE = "unit:"
"""What the scope of a unit begins with; company and unit follow, with a slash between them."""

MEASURED = "measured."
"""What the id of a measured factor begins with; the rest is the id of its fact."""
SECTOR = "enterprise.power_plant"
"""Categories that a measured value of a unit is limited to."""


@dataclass(frozen=True, slots=True)
class UnitRun:
    """A unit accounted for a year.

    Parameters
    ----------
    rule : UnitRule or None
        Rule of the year; ``None`` where none is known.
    accounting : Accounting or None
        Results; ``None`` without a rule.
    methods : mapping of str to Method
        Methods of the rule's package.
    editions : mapping of str to str
        Edition used, by method.
    library : FactorLibrary
        Factors, with the measured ones of the unit.
    findings : tuple of Finding
        What hinders the account beside the findings of the accounting itself.
    """

    rule: UnitRule | None
    accounting: Accounting | None
    methods: Mapping[str, Method]
    editions: Mapping[str, str]
    library: FactorLibrary
    findings: tuple[Finding, ...]


def name_scope(enterprise: str, unit: str) -> str:
    """Scope of ``account`` for a unit.

    Parameters
    ----------
    enterprise, unit : str
        Company and unit.

    Returns
    -------
    str
        ``unit:COMPANY/UNIT``.
    """
    return f"{SCOPE}{enterprise}/{unit}"


def split_scope(scope: str) -> tuple[str, str]:
    """Company and unit of a scope.

    Parameters
    ----------
    scope : str
        ``unit:COMPANY/UNIT``.

    Returns
    -------
    (str, str)
        Company and unit.

    Raises
    ------
    SettingError
        If it does not name both.
    """
    enterprise, _, unit = scope.removeprefix(SCOPE).rpartition("/")
    if not scope.startswith(SCOPE) or not enterprise or not unit:
        raise SettingError(
            Label(f"“{scope}”没有指明企业和机组", f"'{scope}' does not name a company and a unit"),
            where="scope",
            expected=Label("unit:企业/机组", "unit:COMPANY/UNIT"),
            remedy=Label(
                "写作 unit:企业/机组，企业与机组同交付表", "write unit:COMPANY/UNIT with the names of the delivered table"
            ),
        )
    return enterprise, unit


def unit_indicators(study: Study, rules: UnitRules) -> frozenset[str]:
    """Indicators that a unit is accounted from.

    Parameters
    ----------
    study : Study
        Methods and packages.
    rules : UnitRules
        Rules of the city.

    Returns
    -------
    frozenset of str
        Activities of all packages that a rule names, and measured values.
    """
    packages = [study.packages[one.package] for one in rules.rules.values() if one.package in study.packages]
    methods = [study.methods[name] for package in packages for name in package.editions if name in study.methods]
    return frozenset({c.indicator for method in methods for c in method.categories} | set(rules.factors))


def read_unit_rows(city: City, indicators: Iterable[str]) -> tuple[Row, ...]:
    """Facts of the city under some indicators.

    Parameters
    ----------
    city : City
        The city.
    indicators : iterable of str
        Indicators.

    Returns
    -------
    tuple of mapping
        Rows of the table ``FACTS``; a unit is its company's, whichever district of the city the delivery names.
    """
    return tuple(city.facts.read(indicators=tuple(sorted(indicators))).to_pylist())


def find_years(rows: Iterable[Row]) -> tuple[int, ...]:
    """Years of which there are yearly figures, or figures of parts of them.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.

    Returns
    -------
    tuple of int
        Ascending.
    """
    return tuple(sorted({int(row["period"][:4]) for row in rows}))


def run_unit(
    rows: Iterable[Row], study: Study, rules: UnitRules, *, place: str, year: int, provisional: bool = False
) -> UnitRun:
    """Account for a unit in a year.

    Parameters
    ----------
    rows : iterable of mapping
        Facts of the unit, of any year.
    study : Study
        Factors, methods and editions.
    rules : UnitRules
        Rules of the city.
    place : str
        Administrative code.
    year : int
        Year.
    provisional : bool
        Whether factors of weak evidence may be used where nothing better exists.

    Returns
    -------
    UnitRun
        Results, or why there are none.

    Raises
    ------
    DefinitionError
        If a definition does not fit.
    """
    rule = rules.find(year)
    if rule is None:
        return UnitRun(None, None, {}, {}, study.library, (no_rule(place, year),))
    package = study.packages.get(rule.package)
    if package is None:
        return UnitRun(None, None, {}, {}, study.library, (no_package(rule),))
    methods = {name: study.methods[name] for name in package.editions}
    editions = {name: study.editions.get(name, edition) for name, edition in package.editions.items()}
    listed = [row for row in rows if row["period"] == str(year)]
    standards = {find_edition(method, editions).standard for method in methods.values()}
    standards |= {one for method in methods.values() for one in find_edition(method, editions).fallback}
    measured, findings = _measure([row for row in listed if row["indicator"] in rules.factors], rules, methods, editions, place)
    library = _narrow(study.library, standards).add(measured)
    asked = {category.indicator for method in methods.values() for category in method.categories}
    facts = FACTS.build([{**row, "flow": None, "place": place} for row in listed if row["indicator"] in asked])
    found = account_year(
        facts, library=library, methods=methods, place=place, year=year, editions=editions, provisional=provisional
    )
    wrong = [
        other_edition(rule, name, editions[name], asked) for name, asked in package.editions.items() if editions[name] != asked
    ]
    return UnitRun(rule, found, methods, editions, library, (*findings, *wrong))


def _narrow(library: FactorLibrary, standards: set[str]) -> FactorLibrary:
    """A library of the standards that are asked for: adding to it is quick; one behind a lock stays whole."""
    if isinstance(library, LockedLibrary):
        return library
    return replace(library, factors={name: one for name, one in library.factors.items() if one.standard in standards})


def _measure(
    rows: Iterable[Row], rules: UnitRules, methods: Mapping[str, Method], editions: Mapping[str, str], place: str
) -> tuple[list[Factor], list[Finding]]:
    """Measured values as factors of the place and year, one of each kind; different ones are an error."""
    groups: dict[tuple[str, str], list[Row]] = {}
    findings: list[Finding] = []
    for row in rows:
        substance = rules.factors[row["indicator"]].substance or row["carrier"]
        if substance is None:
            findings.append(no_fuel(row))
        else:
            groups.setdefault((row["indicator"], substance), []).append(row)
    made: dict[tuple[str, str, str], Factor] = {}
    for (indicator, substance), group in groups.items():
        first = group[0]
        if len({convert(row["value"], row["unit"], first["unit"]) for row in group}) > 1:
            findings.append(contradiction(group, Label(indicator, indicator)))
            continue
        need = rules.factors[indicator]
        asking = [
            method for method in methods.values()
            if any((one.parameter, one.purpose) == (need.parameter, need.purpose) for one in method.factors.values())
        ]  # fmt: skip
        for standard in sorted({find_edition(method, editions).standard for method in asking}):
            made.setdefault((substance, need.parameter, standard), _factor(first, need, substance, standard, place))
    return list(made.values()), findings


def _factor(row: Row, need: Measured, substance: str, standard: str, place: str) -> Factor:
    cell = cell_of(row)
    return Factor(
        id=f"{MEASURED}{row['fact']}", substance=substance, parameter=need.parameter, purpose=need.purpose, standard=standard,
        place=place, year=int(row["period"]), sector=SECTOR, value=Decimal(row["value"]), lower=None, upper=None,
        unit=row["unit"], source=row["source"], clause=cell, grade=row["grade"],
        label=Label(f"实测值（{cell}）", f"measured ({cell})"), note=f"facts/{row['fact']}",
    )  # fmt: skip


def find_unit_rows(rows: Iterable[Row], enterprise: str, unit: str) -> tuple[Row, ...]:
    """Facts of a unit.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    enterprise, unit : str
        Company and unit.

    Returns
    -------
    tuple of mapping
        Those that the company reported for the unit.

    Raises
    ------
    LookupFailure
        If there are none.
    """
    listed = list(rows)
    found = tuple(row for row in listed if (row["organisation"], row["flow"]) == (enterprise, unit))
    if not found:
        known = sorted({name_scope(row["organisation"], row["flow"]) for row in listed if row["organisation"] and row["flow"]})
        shown = ", ".join(known[:8])
        raise LookupFailure(
            Label(f"没有机组“{enterprise}/{unit}”的数据", f"there are no facts of the unit '{enterprise}/{unit}'"),
            where=name_scope(enterprise, unit),
            expected=Label(shown or "已交付的机组", shown or "a unit that was delivered"),
            remedy=Label(
                "核对名称，或交付该机组的数据（列 填报单位、机组）",
                "check the names, or deliver its figures (columns organisation, flow)",
            ),
        )
    return found
