"""What the audit says about facts, in both languages.

Invariant: every message quotes the figures it compared; one function per rule ``audit.…``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Language
from dafeng.core.units import unit as read_unit
from dafeng.readers.delivery import name_row, place_in, remark
from dafeng.readers.identities import Break
from dafeng.readers.numbers import plain
from dafeng.readers.series import Row
from dafeng.readers.wording import carriers, flows

LISTED = 6
"""Rows or years that one message names at most."""


def memory(row: Row) -> Finding:
    """A figure from memory.

    Parameters
    ----------
    row : mapping
        The fact.

    Returns
    -------
    Finding
        Rule ``audit.memory``.
    """
    said = (f"{_say(row, 'zh')} 凭记忆，不能使用", f"{_say(row, 'en')} is from memory and cannot be used")
    return remark(
        "audit.memory", place_in(row), "error", *said, remedy=("查到出处后更正等级", "find its source and correct the grade")
    )


def future(row: Row, today: date) -> Finding:
    """A measured value of a period that is not over.

    Parameters
    ----------
    row : mapping
        The fact.
    today : date
        Day of the audit.

    Returns
    -------
    Finding
        Rule ``audit.future``.
    """
    said = (
        f"{_say(row, 'zh')} 在 {today} 尚未结束，不可能是实际值",
        f"{_say(row, 'en')} is not over on {today}: it cannot be measured",
    )
    remedy = ("预期值请写入 announcements.csv", "expected values belong into announcements.csv")
    return remark("audit.future", place_in(row), "error", *said, remedy=remedy)


def negative(row: Row) -> Finding:
    """A negative figure where there can be none.

    Parameters
    ----------
    row : mapping
        The fact.

    Returns
    -------
    Finding
        Rule ``audit.negative``.
    """
    said = (f"{_say(row, 'zh')} 不可能为负", f"{_say(row, 'en')} cannot be negative")
    return remark("audit.negative", place_in(row), "error", *said, remedy=("核对符号", "check the sign"))


def share(row: Row) -> Finding:
    """A share outside 0..1.

    Parameters
    ----------
    row : mapping
        The fact.

    Returns
    -------
    Finding
        Rule ``audit.share``.
    """
    said = (f"{_say(row, 'zh')} 不在0至100%之间", f"{_say(row, 'en')} is not between 0 and 100 %")
    return remark("audit.share", place_in(row), "error", *said, remedy=("核对数值和单位", "check value and unit"))


def parts(row: Row, printed: Decimal, parts: Sequence[Row], expected: Decimal, unit: str) -> Finding:
    """A whole that differs from its parts.

    Parameters
    ----------
    row : mapping
        The whole, or the first part where the whole is 1.
    printed, expected : Decimal
        The whole, and what the parts give. [unit]
    parts : sequence of mapping
        The parts.
    unit : str
        Unit of both.

    Returns
    -------
    Finding
        Rule ``audit.parts``.
    """
    listed = " + ".join(_figure(part, "zh") for part in parts)
    said = (
        f"{name_row(row)}：合计 {plain(printed)} {unit}，分项 {listed} = {plain(expected)}",
        f"{name_row(row)}: the whole is {plain(printed)} {unit}, the parts {listed} give {plain(expected)}",
    )
    return remark(
        "audit.parts",
        place_in(row),
        "warning",
        *said,
        remedy=("核对合计与分项的口径", "check what the whole and the parts count"),
    )


def slip(before: Row, after: Row, power: int) -> Finding:
    """Two years about a power of ten apart.

    Parameters
    ----------
    before, after : mapping
        The two facts.
    power : int
        The power of ten.

    Returns
    -------
    Finding
        Rule ``audit.slip``.
    """
    said = (
        f"{_say(after, 'zh')} 约为 {before['period']} 年 {_figure(before, 'zh')} 的10^{power}倍，疑为单位错位",
        f"{_say(after, 'en')} is about 10^{power} times {_figure(before, 'en')} of {before['period']}: perhaps a unit slip",
    )
    return remark(
        "audit.slip",
        place_in(after),
        "warning",
        *said,
        remedy=("核对单位（万吨与吨等）", "check the unit (10^4 t or t, and the like)"),
    )


def copied(before: Row, after: Row) -> Finding:
    """A figure equal to that of the year before.

    Parameters
    ----------
    before, after : mapping
        The two facts.

    Returns
    -------
    Finding
        Rule ``audit.copied``.
    """
    said = (
        f"{_say(after, 'zh')} 与 {before['period']} 年完全相同，疑为抄录",
        f"{_say(after, 'en')} equals that of {before['period']}: perhaps copied",
    )
    return remark(
        "audit.copied", place_in(after), "info", *said, remedy=("确认是当年的数", "make sure it is the figure of the year")
    )


def disagreement(rows: Iterable[Row]) -> Finding:
    """Sources that state one figure differently.

    Parameters
    ----------
    rows : iterable of mapping
        The facts, at least two.

    Returns
    -------
    Finding
        Rule ``audit.disagreement``.
    """
    listed = list(rows)
    each = "；".join(f"{_figure(row, 'zh')}（{row['source']}，{row['grade']}）" for row in listed[:LISTED])
    every = "; ".join(f"{_figure(row, 'en')} ({row['source']}, {row['grade']})" for row in listed[:LISTED])
    said = (f"{name_row(listed[0])} 各来源不一致：{each}", f"{name_row(listed[0])} differs between sources: {every}")
    remedy = ("以等级高、发布晚的为准，并在备注中说明", "prefer the better graded and later one and say so in the note")
    return remark("audit.disagreement", place_in(listed[1]), "warning", *said, remedy=remedy)


def gap(row: Row, years: Sequence[int]) -> Finding:
    """Years without a figure.

    Parameters
    ----------
    row : mapping
        A fact of the series.
    years : sequence of int
        The missing years.

    Returns
    -------
    Finding
        Rule ``audit.gap``.
    """
    listed = ", ".join(str(year) for year in years[:LISTED]) + (" …" if len(years) > LISTED else "")
    said = (
        f"{row['indicator']} 缺 {len(years)} 年：{listed}",
        f"{row['indicator']} lacks {len(years)} years: {listed}",
    )
    return remark(
        "audit.gap", f"{row['place']}/{row['indicator']}", "info", *said, remedy=("补交缺少的年份", "deliver the missing years")
    )


def explain_break(found: Break, at: str, *, rule: str = "", severity: Severity = "warning") -> Finding:
    """An identity of an energy balance that does not hold.

    Parameters
    ----------
    found : Break
        The identity.
    at : str
        Place of its total.
    rule : str, optional
        Rule id; by default ``balance.`` and the total's flow.
    severity : {"info", "warning", "error"}, optional
        Weight.

    Returns
    -------
    Finding
        With printed and expected figure.
    """
    flow, carrier = flows()[found.flow].label, carriers()[found.carrier].label
    sentence, remedy = found.rule.says, (found.rule.remedy.zh, found.rule.remedy.en)
    printed, expected, gap_text = (plain(value) for value in (found.printed, found.expected, found.gap))
    said = (
        f"{carrier.zh} 的{flow.zh}印为 {printed}，分项之和为 {expected}，差 {gap_text}（{sentence.zh}）",
        f"{flow.en} of {carrier.en} is printed {printed}, its parts give {expected}, a gap of {gap_text} ({sentence.en})",
    )
    return remark(rule or f"balance.{found.flow}", at, severity, *said, remedy=remedy)


def _figure(row: Row, language: Language) -> str:
    """A figure with the digits as handed in, its unit in the reader's words."""
    name = row["unit"]
    if language == "en" and not name.isascii():
        name = _name_unit(name)
    return f"{plain(row['value'])}{' ×' if name.startswith('10^') else ''} {name}"


def _name_unit(stored: str) -> str:
    try:
        return read_unit(stored).read("en")
    except UnitError:
        return stored


def _say(row: Row, language: Language) -> str:
    return f"{name_row(row)} = {_figure(row, language)}"
