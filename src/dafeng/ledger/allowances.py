"""What a unit and a company are entitled to: the edition of the plan, its benchmarks, the inputs, and the quantity.

Invariant: a quantity stands only where its edition and all that this needs are known; otherwise what is missing is named. A
draft counts only where it is asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.ledger.plants import Plant, plant_columns, tell_remedy
from dafeng.ledger.policies import Policy, Setting, Term, Worked, find_policy, round_whole, work_out
from dafeng.ledger.right_tables import read_rows
from dafeng.library.overlay import definition_files, layers
from dafeng.library.strict import number

GAS = "gas"
"""Class of units that never owe a deficit."""
COLUMNS = ("year", "kind", "product", "unit_class", "value", "unit", "basis", "status", "source", "grade")
"""Columns of the tables of benchmarks."""
INDUSTRY = "industry"
"""Class of what is no power unit."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark (or balance value) of a plan.

    Parameters
    ----------
    year : int
        Year it holds for.
    kind, product, unit_class : str
        ``benchmark`` or ``balance``, ``electricity`` or ``heat``, class of units.
    value : Decimal
        The number. [unit]
    unit, basis : str
        Its unit, and whether electricity is ``supplied`` or ``generated``.
    status, source, grade : str
        Whether it is final, where it stands, how sure it is.
    """

    year: int
    kind: str
    product: str
    unit_class: str
    value: Decimal
    unit: str
    basis: str
    status: str
    source: str
    grade: str


@dataclass(frozen=True, slots=True)
class UnitClass:
    """A class of units.

    Parameters
    ----------
    name : str
        Its name in tables.
    label : Label
        Its name in words.
    family : str
        Policies by which it gets allowances.
    """

    name: str
    label: Label
    family: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a unit is entitled to.

    Parameters
    ----------
    plant : Plant
        The unit.
    worked : Worked or None
        The sum with its steps; ``None`` where no edition is known for the year.
    benchmarks : tuple of Benchmark
        Those that were used.
    findings : tuple of Finding
        What is missing or doubtful.
    """

    plant: Plant
    worked: Worked | None
    benchmarks: tuple[Benchmark, ...]
    findings: tuple[Finding, ...]

    @property
    def value(self) -> Decimal | None:
        """Allowance, exact. [t]"""
        return None if self.worked is None else self.worked.value


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a company is entitled to and owes in a year.

    Parameters
    ----------
    enterprise : str
        The company.
    year : int
        Compliance year.
    allocations : tuple of Allocation
        Its units.
    allowance : int or None
        Final allowance in whole tonnes, rounded down once; ``None`` where a unit's is not known. [t]
    before : Worked or None
        Pre-allocation.
    obligation : Worked or None
        What it has to surrender.
    findings : tuple of Finding
        What is missing.
    owed_forecast : Worked or None
        What it will have to surrender by the same rule, by forecast emissions of the units that are not verified yet.
    """

    enterprise: str
    year: int
    allocations: tuple[Allocation, ...]
    allowance: int | None
    before: Worked | None
    obligation: Worked | None
    findings: tuple[Finding, ...] = field(default=())
    owed_forecast: Worked | None = None

    @property
    def verified(self) -> Decimal | None:
        """Verified emissions of its units; ``None`` where one of them is not known. [t]"""
        return _added([one.plant for one in self.allocations], "verified")


@lru_cache(maxsize=1)
def unit_classes() -> Mapping[str, UnitClass]:
    """Classes of units by name.

    Returns
    -------
    mapping of str to UnitClass
        In the order of the table.
    """
    path = next(definition_files(layers(), "rights/unit_classes.csv"))
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    made = {row["class"]: UnitClass(row["class"], Label(row["zh"], row["en"]), row["family"]) for row in rows}
    return MappingProxyType(made)


def read_benchmarks(*folders: Path) -> tuple[Benchmark, ...]:
    """Benchmarks of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city.

    Returns
    -------
    tuple of Benchmark
        In the order of the tables.

    Raises
    ------
    DefinitionError
        If a table is not as it should be.
    """
    return tuple(
        Benchmark(
            row.whole("year"), row.cells["kind"], row.cells["product"], row.cells["unit_class"],
            Decimal(number(row.cells["value"], row.at)), *(row.cells[name] for name in COLUMNS[5:]),
        )
        for row in read_rows(folders, "benchmarks", COLUMNS)
    )  # fmt: skip


def allocate(
    plant: Plant, policies: Mapping[str, Policy], benchmarks: Sequence[Benchmark], *, draft: bool = False
) -> Allocation:
    """Allowance of a unit.

    Parameters
    ----------
    plant : Plant
        The unit.
    policies : mapping
        From `read_policies`.
    benchmarks : sequence of Benchmark
        From `read_benchmarks`.
    draft : bool, optional
        Whether drafts count.

    Returns
    -------
    Allocation
        With its steps, or with what is missing.
    """
    sort = unit_classes().get(plant.unit_class)
    if sort is None:
        return Allocation(plant, None, (), (_unknown_class(plant),))
    policy = find_policy(policies, sort.family, year=plant.year, draft=draft)
    if policy is None:
        waiting = find_policy(policies, sort.family, year=plant.year, draft=True)
        return Allocation(plant, None, (), (_no_edition(plant, waiting),))
    used = tuple(
        one
        for one in benchmarks
        if (one.year, one.kind, one.unit_class) == (plant.year, "benchmark", plant.unit_class)
        and (draft or one.status == "final")
    )
    values = {f"{one.product}_benchmark": one.value for one in used}
    basis = next((one.basis for one in used if one.product == "electricity"), "")
    for term in policy.given:
        column = f"electricity_{basis}" if term.name == "electricity" else term.name
        if column in plant.figures:
            values[term.name] = plant.figures[column]
    worked = work_out(policy, values, where=plant.at)
    asked = {term.name: f"electricity_{basis}" if term.name == "electricity" else term.name for term in worked.missing}
    lacking = [term for term in worked.missing if asked[term.name] not in plant.disputed]
    findings = [_missing(plant, plant.unit, term, basis, asked[term.name]) for term in lacking]
    findings += _bounds(plant, policy, values)
    if any(one.severity == "error" for one in findings) and not worked.missing:
        worked = work_out(policy, {}, where=plant.at)
    return Allocation(plant, worked, used, tuple(findings))


def entitle(
    plants: Sequence[Plant], policies: Mapping[str, Policy], benchmarks: Sequence[Benchmark], *, draft: bool = False
) -> tuple[Entitlement, ...]:
    """Allowances and obligations of companies.

    Parameters
    ----------
    plants : sequence of Plant
        Units of any companies and years.
    policies : mapping
        From `read_policies`.
    benchmarks : sequence of Benchmark
        From `read_benchmarks`.
    draft : bool, optional
        Whether drafts count.

    Returns
    -------
    tuple of Entitlement
        By company and year, in the order in which they come.
    """
    groups: dict[tuple[str, int], list[Plant]] = {}
    for plant in plants:
        groups.setdefault((plant.enterprise, plant.year), []).append(plant)
    return tuple(_entitle(one, policies, benchmarks, draft=draft) for one in groups.values())


def _entitle(
    plants: Sequence[Plant], policies: Mapping[str, Policy], benchmarks: Sequence[Benchmark], *, draft: bool
) -> Entitlement:
    enterprise, year = plants[0].enterprise, plants[0].year
    allocations = tuple(allocate(plant, policies, benchmarks, draft=draft) for plant in plants)
    shares = [one.value for one in allocations]
    total = sum((one for one in shares if one is not None), Decimal(0))
    allowance = None if any(one is None for one in shares) else round_whole(total, "down")
    findings = [finding for one in allocations for finding in (*one.plant.findings, *one.findings)]
    verified = _added(plants, "verified")
    before = _added(plants, "verified_before")
    pre = find_policy(policies, "pre_allocation", year=year, draft=draft)
    trade = "industry" if any(one.unit_class == INDUSTRY for one in plants) else "power"
    due = find_policy(policies, f"obligation.{trade}", year=year, draft=draft)
    owed = None if due is None else _owe(due, allocations, allowance, ("verified",))
    if due is None:
        findings.append(_no_rule(enterprise, year, Label("应清缴量", "what is to be surrendered")))
    elif verified is None:
        lacking = [one for one in plants if "verified" not in (*one.figures, *one.disputed)]
        findings += [_missing(one, f"{enterprise} {one.unit}", due.given[0], "", "verified") for one in lacking]
    return Entitlement(
        enterprise, year, allocations, allowance,
        None if pre is None else work_out(pre, {"verified_before": before}, where=enterprise), owed, tuple(findings),
        None if due is None else _owe(due, allocations, allowance, ("verified", "forecast")),
    )  # fmt: skip


def _owe(due: Policy, allocations: Sequence[Allocation], allowance: int | None, columns: Sequence[str]) -> Worked:
    """What a company has to surrender by the first of some columns of emissions that each of its units has."""
    emitted = [next((one.plant.figures[name] for name in columns if name in one.plant.figures), None) for one in allocations]
    known = [one for one in emitted if one is not None]
    total = sum(known, Decimal(0)) if len(known) == len(emitted) else None
    gas = [
        max(tonnes - one.value, Decimal(0))
        for one, tonnes in zip(allocations, emitted, strict=True)
        if one.plant.unit_class == GAS and one.value is not None and tonnes is not None
    ]
    given = {
        "verified": total,
        "allowance": None if allowance is None else Decimal(allowance),
        "gas_excess": None if allowance is None or total is None else sum(gas, Decimal(0)),
    }
    return work_out(due, given, where=allocations[0].plant.enterprise)


def _added(plants: Sequence[Plant], column: str) -> Decimal | None:
    """Sum of a column; not known where one of its rows is not."""
    if any(column not in plant.figures for plant in plants):
        return None
    return sum((plant.figures[column] for plant in plants), Decimal(0))


def _bounds(plant: Plant, policy: Policy, values: Mapping[str, Decimal]) -> list[Finding]:
    return [
        Finding(
            "allowance.bounds",
            plant.at,
            "error",
            Label(
                f"{term.label.zh} {values[term.name]} 超出允许范围", f"{term.label.en} {values[term.name]} is out of its bounds"
            ),
            Label("核对单位和数值", "check unit and figure"),
        )
        for term in policy.given
        if term.name in values and not within(term, values[term.name])
    ]


def within(term: Term, value: Decimal) -> bool:
    """Whether a value lies within the bounds of a term.

    Parameters
    ----------
    term : Term
        The term.
    value : Decimal
        The value. [term.unit]

    Returns
    -------
    bool
        True where no bound is broken; a term of words takes their numbers only.
    """
    if term.words and value not in term.words.values():
        return False
    return (term.least is None or value >= term.least) and (term.most is None or value <= term.most)


def _missing(plant: Plant, whose: str, term: Term | Setting, basis: str, column: str) -> Finding:
    said = {"supplied": Label("（供电口径）", " (as supplied)"), "generated": Label("（发电口径）", " (as generated)")}
    more = said.get(basis) if term.name == "electricity" else None
    zh, en = (more.zh, more.en) if more else ("", "")
    register = Label("在城市的 data/rights/benchmarks.csv 中登记", "register it in data/rights/benchmarks.csv of the city")
    return Finding(
        "allowance.missing",
        plant.at,
        "error",
        Label(f"{whose}：缺 {term.label.zh}{zh}，不能计算", f"{whose}: {term.label.en}{en} is not known; no quantity"),
        tell_remedy(plant, column) if column in plant_columns() else register,
    )


def _unknown_class(plant: Plant) -> Finding:
    listed, remedy = ", ".join(unit_classes()), tell_remedy(plant, "unit_class")
    known = bool(plant.unit_class)
    return Finding(
        "allowance.class",
        plant.at,
        "error",
        Label(
            f"没有机组类别“{plant.unit_class}”" if known else f"{plant.unit}：机组类别未知，不能计算",
            f"there is no class of units '{plant.unit_class}'"
            if known
            else f"{plant.unit}: class of the unit is not known; no quantity",
        ),
        Label(f"{remedy.zh}，使用 {listed}", f"{remedy.en}, with one of {listed}"),
    )


def _no_edition(plant: Plant, waiting: Policy | None) -> Finding:
    only = waiting is not None
    return Finding(
        "allowance.edition",
        plant.at,
        "warning",
        Label(
            f"{plant.year} 年度{'只有征求意见稿' if only else '没有已读到的分配方案'}，不能计算",
            f"{plant.year}: {'only a draft is known' if only else 'no plan of allocation was read'}; no quantity",
        ),
        Label(
            "正式方案公布后登记；试算可用 --draft" if only else "在城市的 data/rights 中登记分配方案",
            "register the final plan; --draft computes by the draft"
            if only
            else "register the plan in data/rights of the city",
        ),
    )


def _no_rule(at: str, year: int, what: Label) -> Finding:
    return Finding(
        "compliance.rule",
        at,
        "warning",
        Label(f"{year} 年度没有已读到的规则：{what.zh}", f"{year}: no rule was read for {what.en}"),
        Label("在城市的 data/rights 中登记", "register it in data/rights of the city"),
    )
