"""What gathering the facts of a method notices, in words.

Invariant: every notice names the figure it speaks of, with its unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label, Language
from dafeng.core.units import unit
from dafeng.methods.definition import Category, Exclusion, Method

LANGUAGES: tuple[Language, ...] = ("zh", "en")
"""Languages in which everything is said."""
Row = Mapping[str, Any]


def left_out(method: Method, exclusion: Exclusion, carrier: tuple[str, Label], amount: Decimal, printed: str) -> Finding:
    """A fuel that the method does not count in final consumption.

    Parameters
    ----------
    method : Method
        Method.
    exclusion : Exclusion
        The reason.
    carrier : (str, Label)
        Id and name of the fuel.
    amount : Decimal
        What is left out. [printed]
    printed : str
        Its unit.

    Returns
    -------
    Finding
        Rule ``account.left_out``.
    """
    name, label = carrier
    zh, en = _amount(amount, printed)
    return _notice(
        "account.left_out",
        f"{method.id}/{name}",
        "info",
        (f"未计入{label.zh} {zh}：{exclusion.says.zh}", f"left out {label.en} {en}: {exclusion.says.en}"),
        (
            "如确有燃烧，用 --factors 给出其因子，或在方法定义的 exclusions 中删去",
            "where it is burnt, supply its factor with --factors, or take it out of the exclusions of the method",
        ),
    )


def burnt(method: Method, carrier: tuple[str, Label], amount: Decimal, printed: str) -> Finding:
    """A fuel that is counted only because a factor was supplied for it.

    Parameters
    ----------
    method : Method
        Method.
    carrier : (str, Label)
        Id and name of the fuel.
    amount : Decimal
        What is counted. [printed]
    printed : str
        Its unit.

    Returns
    -------
    Finding
        Rule ``account.supplied``.
    """
    name, label = carrier
    zh, en = _amount(amount, printed)
    return _notice(
        "account.supplied",
        f"{method.id}/{name}",
        "info",
        (
            f"终端消费的{label.zh} {zh} 因自带因子按燃烧计入（缺省视为材料，不计入）",
            f"{en} of {label.en} in final consumption is counted as burnt, since a factor was supplied for it; "
            "without one it is taken as material",
        ),
        ("如只有部分行业燃烧，在因子表的 sector 列写明行业", "where only some sectors burn it, name them in the column sector"),
    )


def not_twice(category: Category, row: Row, taken: Sequence[str]) -> Finding:
    """A reported emission that is also accounted from activity.

    Parameters
    ----------
    category : Category
        Category that is passed over.
    row : mapping
        Its fact.
    taken : sequence of str
        Indicators whose facts take precedence.

    Returns
    -------
    Finding
        Rule ``account.reported_unused``.
    """
    zh, en = _amount(row["value"], row["unit"])
    listed = "、".join(taken), ", ".join(taken)
    return _notice(
        "account.reported_unused",
        f"facts/{row['fact']}",
        "info",
        (
            f"{category.label.zh} {zh} 未计入：已有 {listed[0]}，按活动数据核算，不重复计算",
            f"{category.label.en}, {en}, is not counted: {listed[1]} is there and accounted from activity",
        ),
        ("可与核算结果对照", "compare it with the computed result"),
    )


def open_sum(flow: str, carrier: Label, gap: Decimal, row: Row, *, rest: bool = False) -> Finding:
    """A total that its parts do not give.

    Parameters
    ----------
    flow : str
        Row of the total.
    carrier : Label
        Name of the column.
    gap : Decimal
        Parts less total. [unit of the fact]
    row : mapping
        Fact of the total.
    rest : bool, optional
        Whether the total was used: what its parts leave counts as a category of its own.

    Returns
    -------
    Finding
        Rule ``account.sum``.
    """
    zh, en = _amount(gap, row["unit"])
    used = (
        ("缺分项行，差额计入“未分行业”", "a part is missing, so the rest counts by itself")
        if rest
        else ("按分项核算", "the parts were used")
    )
    return _notice(
        "account.sum",
        f"facts/{row['fact']}",
        "warning",
        (
            f"{carrier.zh}：{flow} 的分项之和减合计为 {zh}；{used[0]}",
            f"{carrier.en}: the parts of {flow} less their total are {en}; {used[1]}",
        ),
        ("核对该列各行", "check the rows of that column"),
    )


def unknown_carrier(method: Method, carrier: str) -> Finding:
    """A carrier of the table that the method does not list.

    Parameters
    ----------
    method : Method
        Method.
    carrier : str
        Carrier.

    Returns
    -------
    Finding
        Rule ``account.carrier_unknown``.
    """
    return _notice(
        "account.carrier_unknown",
        f"{method.id}/{carrier}",
        "warning",
        (
            f"方法“{method.title.zh}”不认识品种“{carrier}”，未计入",
            f"'{method.title.en}' does not know '{carrier}'; it is left out",
        ),
        ("在方法定义的 carriers 或 elsewhere 中列出", "list it under carriers or elsewhere in the definition"),
    )


def negative(category: Category, carrier: Label, amount: Decimal, printed: str) -> Finding:
    """More feedstock than consumption: less than nothing would be burnt.

    Parameters
    ----------
    category : Category
        Category.
    carrier : Label
        Name of the fuel.
    amount : Decimal
        Activity below zero. [printed]
    printed : str
        Its unit.

    Returns
    -------
    Finding
        Rule ``account.negative``.
    """
    zh, en = _amount(amount, printed)
    return _notice(
        "account.negative",
        f"{category.id}/{carrier.en}",
        "warning",
        (
            f"{category.label.zh}的{carrier.zh}燃烧量为负（{zh}）：用作原料、材料的数量大于消费量；照数计入",
            f"{category.label.en} would burn {en} of {carrier.en}: more is used as feedstock than consumed; taken as it is",
        ),
        ("核对该列“用作原料、材料”一行", "check the row of feedstock in that column"),
    )


def contradiction(rows: Sequence[Row]) -> Finding:
    """Different figures for one cell.

    Parameters
    ----------
    rows : sequence of mapping
        The facts.

    Returns
    -------
    Finding
        Rule ``account.contradiction``.
    """
    said = "; ".join(f"{row['value']} {row['unit']} ({row['file']}!{row['cell']})" for row in rows)
    return _notice(
        "account.contradiction",
        f"facts/{rows[0]['fact']}",
        "error",
        (f"同一项有不同数值，未计入：{said}", f"one cell has different values and was left out: {said}"),
        ("保留一个，更正或撤回其余", "keep one; correct or withdraw the others"),
    )


def repetition(rows: Sequence[Row]) -> Finding:
    """One figure that comes several times.

    Parameters
    ----------
    rows : sequence of mapping
        The facts.

    Returns
    -------
    Finding
        Rule ``account.repetition``.
    """
    return _notice(
        "account.repetition",
        f"facts/{rows[0]['fact']}",
        "info",
        (f"同一数值出现 {len(rows)} 次，只计一次", f"the same figure comes {len(rows)} times and is counted once"),
        ("删去重复的行", "remove the repeated rows"),
    )


def mixed_units(row: Row, category: Category, carrier: str, cause: UnitError) -> Finding:
    """Facts of one activity in units that cannot be added.

    Parameters
    ----------
    row : mapping
        One of the facts.
    category : Category
        Category.
    carrier : str
        Carrier.
    cause : UnitError
        Why they cannot be added.

    Returns
    -------
    Finding
        Rule ``account.unit``.
    """
    return Finding(
        "account.unit",
        f"facts/{row['fact']}",
        "error",
        Label(
            f"{category.label.zh} {carrier} 的单位不一致：{cause.what.zh}",
            f"units of {category.label.en}, {carrier}, disagree: {cause.what.en}",
        ),
        cause.remedy,
    )


def _amount(amount: Decimal, printed: str) -> tuple[str, str]:
    zh, en = (f"{amount.normalize():f} {unit(printed).read(language)}" for language in LANGUAGES)
    return zh, en


def _notice(rule: str, at: str, severity: Severity, says: tuple[str, str], remedy: tuple[str, str]) -> Finding:
    return Finding(rule, at, severity, Label(*says), Label(*remedy))
