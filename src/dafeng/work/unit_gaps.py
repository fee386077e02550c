"""What the account of a power unit lacks: fuels without a factor, and parts that must not be passed over in silence.

Invariant: what is missing is named by the indicator to deliver; nothing that is missing counts as zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.factor import Key
from dafeng.methods.account import find_edition
from dafeng.methods.inventory import Missing
from dafeng.work.unit_findings import Row, tell_row
from dafeng.work.unit_rules import UnitRules
from dafeng.work.unit_runs import UnitRun


def lacking_results(run: UnitRun) -> Iterator[Finding]:
    """Methods that must have a result and have none.

    Parameters
    ----------
    run : UnitRun
        The run.

    Yields
    ------
    Finding
        One for each, with the indicator to deliver.
    """
    if run.rule is None or run.accounting is None:
        return
    there = {cell.method.id for cell in run.accounting.cells} | {one.method.id for one in run.accounting.missing}
    for name in run.rule.required:
        if name not in there:
            method = run.methods[name]
            indicator = method.categories[0].indicator
            yield Finding(
                "allowance.accounted_part", run.rule.id, "error",
                Label(f"缺“{method.title.zh}”的活动数据，排放量未知", f"no activity for {method.title.en}: no emissions"),
                Label(f"交付指标 {indicator}；没有的填 0", f"deliver {indicator}; 0 where there is none"),
            )  # fmt: skip
    burnt = {name for name in run.methods if name not in run.rule.required}
    if not burnt & there:
        yield Finding(
            "allowance.accounted_part", run.rule.id, "error",
            Label("没有该机组当年的燃料消耗量，排放量未知", "no fuel of the unit in the year; emissions are not known"),
            Label("交付指标 unit_fuel_burnt 或 unit_gas_burnt", "deliver unit_fuel_burnt or unit_gas_burnt"),
        )  # fmt: skip


def unaccounted_facts(run: UnitRun, rows: Iterable[Row], *, year: int) -> Iterator[Finding]:
    """Figures of a unit that no result counts, and figures below zero: what is left out would count as nothing.

    Parameters
    ----------
    run : UnitRun
        The run.
    rows : iterable of mapping
        Facts of the unit, of any year.
    year : int
        Year that was accounted.

    Yields
    ------
    Finding
        One for each, at its cell.
    """
    counted: set[tuple[str, str | None]] = set()
    if run.accounting is not None:
        activities = [one.activity for one in run.accounting.cells] + [one.activity for one in run.accounting.missing]
        counted = {(row["indicator"], row["carrier"]) for activity in activities for row in activity.facts}
    asked = {category.indicator for method in run.methods.values() for category in method.categories}
    for row in rows:
        if row["period"] != str(year):
            continue
        if row["value"] < 0:
            yield _wrong_fact(
                row, Label("为负数，不能采用", "is below zero and is not used"), Label("核对该数", "check the figure")
            )
        elif row["indicator"] in asked and (row["indicator"], row["carrier"]) not in counted:
            why = Label("没有写品种或品种不在本版本之内，未计入", "names no fuel, or none that the edition knows: not counted")
            yield _wrong_fact(row, why, Label("填写或改正品种", "fill in or correct the carrier"))


def _wrong_fact(row: Row, why: Label, remedy: Label) -> Finding:
    said = f"{row['indicator']} {row['carrier'] or ''} {row['value'].normalize():f} {row['unit']}"
    return tell_row(row, "allowance.accounted_part", Label(f"{said} {why.zh}", f"{said} {why.en}"), remedy)


def lacking_factors(run: UnitRun, rules: UnitRules, *, place: str, year: int, provisional: bool) -> Iterator[Finding]:
    """Fuels that have no result, with the measured values of the unit that would give them one.

    Parameters
    ----------
    run : UnitRun
        The run.
    rules : UnitRules
        Rules of the city.
    place : str
        Administrative code.
    year : int
        Year that was accounted.
    provisional : bool
        Whether factors of weak evidence were allowed.

    Yields
    ------
    Finding
        One for each fuel.
    """
    for one in () if run.accounting is None else run.accounting.missing:
        method, fuel = one.method, one.activity.carrier
        edition = find_edition(method, run.editions)
        needs = [method.factors[name] for name in method.equations[edition.equation].names if name in method.factors]
        asked: list[tuple[str, Label]] = []
        for need in needs:
            key = Key(
                need.asked(fuel, None), need.parameter, need.purpose, edition.standard, place, year, one.activity.category.id
            )  # fmt: skip
            try:
                run.library.find(key, fallback=edition.fallback, provisional=provisional)
            except LookupFailure:
                name = _find_indicator(rules, need.parameter, need.purpose, one.activity.category.indicator)
                asked.append((name, run.library.label("parameter", need.parameter)))
        yield _no_factor(one, asked, run.library.label("substance", fuel), provisional=provisional)


def _find_indicator(rules: UnitRules, parameter: str, purpose: str, activity: str) -> str:
    """Indicator under which a factor of a unit is delivered, that of gas for gas; empty where there is none."""
    names = [name for name, one in rules.factors.items() if (one.parameter, one.purpose) == (parameter, purpose)]
    gas = [name for name in names if ("gas" in name) == ("gas" in activity)]
    return (gas or names or [""])[0]


def _no_factor(one: Missing, asked: list[tuple[str, Label]], fuel: Label, *, provisional: bool) -> Finding:
    zh, en = "、".join(label.zh for _, label in asked), ", ".join(label.en for _, label in asked)
    deliver = ", ".join(name for name, _ in asked if name)
    own = "" if all(name for name, _ in asked) else "data/factors"
    places = ", ".join(part for part in (deliver, own) if part)
    weak = Label(
        "" if provisional else "；允许证据不足的值用 --provisional",
        "" if provisional else "; --provisional allows weak evidence",
    )
    return Finding(
        "allowance.accounted_factor",
        one.id,
        "error",
        Label(f"{fuel.zh}：缺{zh}，排放量未知", f"{fuel.en}: no {en}; emissions are not known"),
        Label(
            f"按机组交付 {places}（列 填报单位、机组、年份、指标、品种、数值、单位）{weak.zh}",
            f"deliver {places} of the unit (columns organisation, flow, period, indicator, carrier, value, unit){weak.en}",
        ),
    )
