"""The table of units and the account of a city, joined: one unit, one figure, with its origin.

Invariant: where both speak of the same figure they agree to the last digit that the table prints, or there is a finding and no
figure; what an unreadable cell may have said is not filled from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.ledger.plants import Origin, Plant, plant_columns
from dafeng.ledger.policies import write_number
from dafeng.work.unit_figures import VERIFIED, UnitFigures
from dafeng.work.unit_rules import UnitRules


def join_plants(plants: Sequence[Plant], units: Sequence[UnitFigures], rules: UnitRules) -> tuple[Plant, ...]:
    """Units of the table with what the account knows of them, then those that only the account knows.

    Parameters
    ----------
    plants : sequence of Plant
        Rows of the table of units.
    units : sequence of UnitFigures
        From `find_unit_figures`.
    rules : UnitRules
        Which account counts in which year.

    Returns
    -------
    tuple of Plant
        One per unit and year; facts that do not name their unit make their company unknown.
    """
    known = {(one.enterprise, one.unit, one.year): one for one in units if one.enterprise and one.unit}
    made: list[Plant] = []
    for plant in plants:
        unit = known.pop((plant.enterprise, plant.unit, plant.year), None)
        checked = _check_edition(plant, rules)
        made.append(checked if unit is None else _join(checked, unit))
    made += [_alone(unit) for unit in known.values()]
    return (*made, *_nameless(units, made))


def _join(plant: Plant, unit: UnitFigures) -> Plant:
    figures: dict[str, Decimal] = {}
    origins: dict[str, Origin] = {}
    findings: list[Finding] = []
    disputed = {*plant.disputed, *unit.disputed}
    for column in dict.fromkeys((*plant.figures, *unit.figures)):
        table, other = plant.figures.get(column), unit.figures.get(column)
        if column in disputed or (table is None and column in plant.bad):
            continue
        if table is not None and other is not None and not _agree(table, other):
            disputed.add(column)
            findings.append(_contradiction(plant, column, table, unit))
            continue
        value = table if table is not None else other
        if value is not None:
            figures[column] = value
        if column in unit.origins:
            origins[column] = replace(unit.origins[column], table=plant.at if table is not None else "")
    told = _soften(unit.findings) if VERIFIED in plant.figures and VERIFIED not in disputed else unit.findings
    if VERIFIED not in figures and any(one.severity == "error" for one in unit.findings):
        disputed.add(VERIFIED)  # why it is not known is said already
    elif VERIFIED in figures and VERIFIED not in plant.figures:
        findings.append(_accounted(plant.enterprise, plant.unit, plant.at))
    return replace(
        plant, figures=figures, origins=origins, findings=(*plant.findings, *told, *findings), disputed=tuple(sorted(disputed))
    )


def _alone(unit: UnitFigures) -> Plant:
    at = f"unit:{unit.enterprise}/{unit.unit} {unit.year}"
    known = VERIFIED in unit.figures
    more = [_accounted(unit.enterprise, unit.unit, at)] if known else []
    said = not known and any(one.severity == "error" for one in unit.findings)
    return Plant(
        unit.enterprise,
        unit.unit,
        unit.year,
        "",
        unit.figures,
        at,
        unit.origins,
        (*unit.findings, *more),
        disputed=(*unit.disputed, *((VERIFIED,) if said else ())),
    )


def _nameless(units: Sequence[UnitFigures], plants: Sequence[Plant]) -> list[Plant]:
    """Facts that name no unit, or no company, stand as a unit without figures wherever they may belong."""
    companies = list(dict.fromkeys((one.enterprise, one.year) for one in plants))
    made: list[Plant] = []
    for one in units:
        if one.enterprise and one.unit:
            continue
        there = [(one.enterprise, one.year)] if one.enterprise else [key for key in companies if key[1] == one.year]
        made += [Plant(name, one.unit or "?", year, "", {}, one.findings[0].at, {}, one.findings) for name, year in there]
    return made


def _check_edition(plant: Plant, rules: UnitRules) -> Plant:
    """A row that says another edition than the plan of its year counts by has no emissions."""
    rule = rules.find(plant.year)
    if not plant.edition or VERIFIED not in plant.figures or (rule is not None and rule.package == plant.edition):
        return plant
    if rule is None:
        return replace(plant, findings=(*plant.findings, _unchecked(plant)))
    finding = Finding(
        "allowance.table_edition",
        plant.at,
        "error",
        Label(
            f"{plant.unit}：表中排放量按 {plant.edition} 核算，{plant.year} 年度所用为 {rule.package}，不采用",
            f"{plant.unit}: emissions of the table are by {plant.edition}, {plant.year} counts by {rule.package}: not used",
        ),
        Label("按本年度版本重新核算，或改正 edition 列", "account by the edition of the year, or correct the column edition"),
    )
    figures: Mapping[str, Decimal] = {name: value for name, value in plant.figures.items() if name != VERIFIED}
    return replace(plant, figures=figures, findings=(*plant.findings, finding), disputed=(*plant.disputed, VERIFIED))


def _unchecked(plant: Plant) -> Finding:
    return Finding(
        "allowance.table_edition",
        plant.at,
        "warning",
        Label(
            f"{plant.unit}：{plant.year} 年度所用核算版本未读到，表中所写 {plant.edition} 无从核对",
            f"{plant.unit}: the edition that {plant.year} counts by was not read; {plant.edition} of the table is not checked",
        ),
        Label(
            "在城市的 data/rights/unit_accounts.yaml 中登记该年度",
            "register the year in data/rights/unit_accounts.yaml of the city",
        ),
    )


def _agree(table: Decimal, other: Decimal) -> bool:
    """Whether a figure rounds to what the table prints, at the table's last digit."""
    exponent = table.as_tuple().exponent
    step = Decimal(1).scaleb(min(exponent, 0)) if isinstance(exponent, int) else Decimal(1)
    return other.quantize(step, ROUND_HALF_UP) == table


def _soften(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Hindrances of an account whose figure the table states: told, but no error."""
    return tuple(
        replace(one, severity="warning") if one.rule.startswith(("account.", "allowance.account")) else one for one in findings
    )


def _contradiction(plant: Plant, column: str, table: Decimal, unit: UnitFigures) -> Finding:
    label, place = plant_columns()[column].label, unit.origins[column].says()
    other = write_number(unit.figures[column])
    return Finding(
        "allowance.contradiction",
        f"{plant.at}!{column}",
        "error",
        Label(
            f"{plant.unit}：{label.zh} 表中为 {write_number(table)}，{place.zh} 为 {other}，两者不符，均不采用",
            f"{plant.unit}: {label.en} is {write_number(table)} in the table, {other} by {place.en}: neither is used",
        ),
        Label(
            f"核对后改正表中 {column} 或交付数据；清空该格则采用核算值",
            f"correct {column} of the table or the delivered figures; an empty cell takes the account",
        ),
    )


def _accounted(enterprise: str, unit: str, at: str) -> Finding:
    return Finding(
        "allowance.accounted",
        at,
        "info",
        Label(
            f"{enterprise} {unit}：排放量为核算值，尚无核查数",
            f"{enterprise} {unit}: emissions are as accounted; no verified figure was given",
        ),
        Label(
            "核查后在 data/rights/plants.csv 的 verified 列填核查数",
            "fill verified in data/rights/plants.csv once it was verified",
        ),
    )
