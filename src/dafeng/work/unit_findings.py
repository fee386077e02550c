"""What hinders the account of a power unit, as findings that name the cell, the rule or the edition.

Invariant: every finding says what to fill, where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label
from dafeng.work.unit_rules import UnitRule

Row = Mapping[str, Any]
"""Row of the table ``FACTS``."""
UPDATE = Label("城市已锁定的，运行 dafeng lock CITY --update", "where the city is locked run dafeng lock CITY --update")
"""Remedy where a lock holds other definitions."""


def cell_of(row: Row) -> str:
    """Delivered cell of a fact.

    Parameters
    ----------
    row : mapping
        The fact.

    Returns
    -------
    str
        ``file!sheet!cell``, as far as they are known.
    """
    return "!".join(part for part in (row["file"], row["sheet"], row["cell"]) if part)


def tell_values(rows: Sequence[Row]) -> str:
    """Figures with their cells.

    Parameters
    ----------
    rows : sequence of mapping
        Facts.

    Returns
    -------
    str
        One line.
    """
    return ", ".join(f"{row['value'].normalize():f} {row['unit']} ({cell_of(row)})" for row in rows)


def tell_row(row: Row, rule: str, says: Label, remedy: Label, *, severity: Severity = "error") -> Finding:
    """What is wrong with a delivered fact, at its cell.

    Parameters
    ----------
    row : mapping
        The fact.
    rule : str
        Id of the rule.
    says, remedy : Label
        What is wrong, and what to do.
    severity : {"info", "warning", "error"}, optional
        How bad it is; by default the fact cannot be used.

    Returns
    -------
    Finding
        With the delivered cell as its place.
    """
    return Finding(rule, cell_of(row), severity, says, remedy)


def no_rule(place: str, year: int) -> Finding:
    """A year whose edition is not known.

    Parameters
    ----------
    place : str
        Administrative code.
    year : int
        Compliance year.

    Returns
    -------
    Finding
        Rule ``allowance.account_year``.
    """
    return Finding(
        "allowance.account_year",
        f"{place}/{year}",
        "warning",
        Label(
            f"{year} 年度机组排放按哪个核算版本未读到，未核算",
            f"{year}: by which edition units are accounted was not read; not accounted",
        ),
        Label(
            "在城市的 data/rights/unit_accounts.yaml 中登记该年度",
            "register the year in data/rights/unit_accounts.yaml of the city",
        ),
    )


def no_package(rule: UnitRule) -> Finding:
    """A rule whose package the study does not have.

    Parameters
    ----------
    rule : UnitRule
        The rule.

    Returns
    -------
    Finding
        Rule ``allowance.account_package``.
    """
    return Finding(
        "allowance.account_package",
        rule.id,
        "error",
        Label(f"没有方法包“{rule.package}”，未核算", f"there is no package '{rule.package}'; not accounted"),
        Label(f"核对包名；{UPDATE.zh}", f"check its name; {UPDATE.en}"),
    )


def other_edition(rule: UnitRule, method: str, used: str, asked: str) -> Finding:
    """A method that was run by another edition than the plan of the year counts by.

    Parameters
    ----------
    rule : UnitRule
        Rule of the year.
    method, used, asked : str
        Method, edition used, and that of the rule's package.

    Returns
    -------
    Finding
        Rule ``allowance.account_edition``.
    """
    return Finding(
        "allowance.account_edition",
        f"{rule.id}/{method}",
        "error",
        Label(
            f"“{method}”按版本 {used} 核算，本年度分配方案所用为 {asked}，排放量不采用",
            f"'{method}' was accounted by edition {used}, the plan of the year counts by {asked}: the emissions are not used",
        ),
        Label(f"省略 --edition；{UPDATE.zh}", f"leave out --edition; {UPDATE.en}"),
    )


def no_fuel(row: Row) -> Finding:
    """A measured value that does not say of which fuel it is.

    Parameters
    ----------
    row : mapping
        The fact.

    Returns
    -------
    Finding
        Rule ``allowance.measured_fuel``.
    """
    return tell_row(
        row,
        "allowance.measured_fuel",
        Label("实测值没有写燃料品种，不能采用", "a measured value does not name its fuel and cannot be used"),
        Label("在该行填写品种", "fill in the carrier of the row"),
    )


def contradiction(rows: Sequence[Row], what: Label) -> Finding:
    """Two different figures of one thing of one unit.

    Parameters
    ----------
    rows : sequence of mapping
        The facts.
    what : Label
        What they measure.

    Returns
    -------
    Finding
        Rule ``allowance.delivered_twice``.
    """
    said = tell_values(rows)
    return tell_row(
        rows[0],
        "allowance.delivered_twice",
        Label(
            f"{what.zh}有不同的交付数，均不采用：{said}", f"different figures were delivered of {what.en}, none is used: {said}"
        ),
        Label("更正其中有误的（dafeng correct）", "correct the wrong one (dafeng correct)"),
    )


def no_unit_name(row: Row) -> Finding:
    """A figure of a unit that does not name its company, or its unit.

    Parameters
    ----------
    row : mapping
        The fact.

    Returns
    -------
    Finding
        Rule ``allowance.unit_name``.
    """
    lacks = Label("填报单位", "organisation") if not row["organisation"] else Label("机组", "flow (机组)")
    return tell_row(
        row,
        "allowance.unit_name",
        Label(
            f"机组的数据没有写{lacks.zh}，不知属于哪一台",
            f"a figure of a unit has no {lacks.en}: it may be of any",
        ),
        Label(f"在交付表中填 {lacks.zh} 列后重新交付", f"fill the column {lacks.en} and deliver it again"),
    )


def no_year(row: Row) -> Finding:
    """A figure of a unit for a part of a year.

    Parameters
    ----------
    row : mapping
        The fact.

    Returns
    -------
    Finding
        Rule ``allowance.unit_period``.
    """
    return tell_row(
        row,
        "allowance.unit_period",
        Label(
            f"机组的数据只按年计，{row['period']} 等分月、分季的数不计",
            f"figures of units count by year: those of {row['period']} and the like are left out",
        ),
        Label("交付全年数；实测值按燃料量加权平均", "deliver the year; measured values as means weighted by the fuel"),
        severity="warning",
    )


def not_exact(scope: str, year: int, grade: str) -> Finding:
    """Factors of an account that did not match exactly.

    Parameters
    ----------
    scope : str
        Scope of the account.
    year : int
        Year that was accounted.
    grade : str
        Worst match.

    Returns
    -------
    Finding
        Rule ``allowance.accounted_match``.
    """
    command = f"dafeng account CITY --year {year} --scope {scope}"
    return Finding(
        "allowance.accounted_match",
        scope,
        "warning",
        Label(f"核算所用因子不全是本版本的精确值（{grade}）", f"not every factor of the account is exact ({grade})"),
        Label(f"用 {command} 查看", f"see {command}"),
    )
