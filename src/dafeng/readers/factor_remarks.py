"""What is said about a cell of a table of factors, and what to do about it.

Invariant: every rule has both languages and a remedy; the words stand here only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label


@dataclass(frozen=True, slots=True)
class Remark:
    """Words of one rule, with places for values in braces.

    Parameters
    ----------
    severity : {"info", "warning", "error"}
        ``error`` keeps the row out.
    says, remedy : Label
        What is wrong, and what to do.
    """

    severity: Severity
    says: Label
    remedy: Label


def _error(zh: str, en: str, remedy_zh: str, remedy_en: str, severity: Severity = "error") -> Remark:
    return Remark(severity, Label(zh, en), Label(remedy_zh, remedy_en))


_CHECK = ("核对原表", "check the original")
_ONE = ("改正其一", "correct one of them")
REMARKS: Mapping[str, Remark] = {
    "no_standard": _error("没有标准", "has no standard", "用 --standard 指明标准", "name it with --standard"),
    "no_purpose": _error(
        "没有用途；用途不能猜测",
        "has no purpose, and a purpose is never guessed",
        "用 --purpose 指明用途",
        "name it with --purpose",
    ),
    "no_parameter": _error(
        "“{text}”没有说明是什么参数",
        "'{text}' does not say which parameter it is",
        "用 --parameter 指明，或加一列“参数”",
        "name it with --parameter, or add a column 'parameter'",
    ),
    "unknown": _error("不认识{kind_zh}“{text}”", "unknown {kind_en} '{text}'", "{near_zh}", "{near_en}"),
    "differs": _error(
        "表中为“{own}”，选项 --{kind} 为“{given}”", "the table says '{own}', the option --{kind} says '{given}'", *_ONE
    ),
    "gas": _error(
        "单位“{unit}”中没有气体“{gas}”",
        "the unit '{unit}' does not name the gas '{gas}'",
        "把气体写进单位，如 kgCO2/kWh",
        "write the gas in the unit, e.g. kgCO2/kWh",
    ),
    "source": _error("没有来源", "has no source", "用 --source 指明来源", "name the source with --source"),
    "cell": _error(
        "单元格是错误值“{text}”", "the cell is an error '{text}'", "改正公式或填入数值", "mend the formula or put in the value"
    ),
    "blank": _error(
        "没有数值，空白不是零",
        "has no value; a blank is no zero",
        "补上数值，或删去该行",
        "put in the value, or delete the row",
    ),
    "number": _error(
        "“{text}”不是一个确定的数",
        "'{text}' is no definite number",
        "写成一个数；区间写在上下限两列",
        "write one number; a range goes into two columns",
    ),
    "negative": _error("因子不能为负：{text}", "a factor cannot be negative: {text}", "核对正负号", "check the sign"),
    "zero": _error(
        "按真零收入；若为占位请删去", "taken as a true zero; delete it if it is a filler", *_CHECK, severity="warning"
    ),
    "percent": _error("数值带百分号，单位却是“{unit}”", "the value has a percent sign, the unit is '{unit}'", *_ONE),
    "no_unit": _error("没有单位", "has no unit", "补上单位", "put in the unit"),
    "unit": _error("不认识单位“{text}”", "unknown unit '{text}'", "{near_zh}", "{near_en}"),
    "dimension": _error(
        "单位“{unit}”的量纲不是“{zh}”的量纲",
        "'{unit}' has not the dimension of {en}",
        "应如 {known}",
        "write it such as {known}",
    ),
    "place": _error(
        "不认识地区“{text}”", "unknown place '{text}'", "写六位行政区划代码", "write the administrative code of six digits"
    ),
    "year": _error("“{text}”不是已有的年份", "'{text}' is no year that has been", "写四位年份", "write a year of four digits"),
    "range": _error(
        "{value} 不在下限 {lower} 与上限 {upper} 之间",
        "{value} does not lie between {lower} and {upper}",
        "核对上下限",
        "check the bounds",
    ),
    "uncertainty": _error(
        "不确定性“{text}”没有读懂，未收入",
        "the uncertainty '{text}' was not understood and is left out",
        "写成 ±5%，或上下限两列",
        "write it as ±5%, or as two bounds",
        severity="info",
    ),
    "slip": _error(
        "{value} 是已知值 {known} 的 10 的 {power} 次方倍，单位可能错了",
        "{value} is 10 to the power {power} times the known {known}: the unit may have slipped",
        "核对表头的单位（tC/TJ、tC/GJ 还是 10^-2 tC/GJ）；确认无误用 --accept-unusual",
        "check the unit of the heading (tC/TJ, tC/GJ or 10^-2 tC/GJ); if it is right, use --accept-unusual",
        severity="warning",
    ),
    "unusual": _error(
        "{value} 在已知值 {known} 之外",
        "{value} lies outside the known {known}",
        "核对原表；确认无误用 --accept-unusual",
        "check the original; if it is right, use --accept-unusual",
        severity="warning",
    ),
    "contradiction": _error(
        "同一个键有不同的值：{others}",
        "other values for the same key: {others}",
        "核对原表；不同标准、年份或地区请分列写明",
        "check the original; state differing standards, years or places in their columns",
    ),
    "taken": _error(
        "因子库的 {id} 键相同而值为 {value}；覆盖层只增不改",
        "{id} of the library has the same key and {value}; an overlay adds, it never edits",
        "核对原表；另一标准的值用 --standard 指明",
        "check the original; name another standard with --standard",
    ),
    "known": _error(
        "因子库已有 {id}，数值相同", "the library has {id} with the same value", "无需处理", "nothing to do", severity="info"
    ),
    "shadowed": _error(
        "同一标准的缺省值 {id} 不分地区、年份，除当地当年外仍先用它",
        "the default {id} of the same standard is tied to no place or year and goes first except for this place and year",
        "要让此值通用，用 --standard 指明另一标准",
        "to use this value elsewhere, name another standard with --standard",
        severity="info",
    ),
    "repeated": _error(
        "与 {other} 重复，只计一次", "repeats {other}, counted once", "无需处理", "nothing to do", severity="info"
    ),
}
"""Words by rule."""


def remark(rule: str, at: str, values: Mapping[str, object]) -> Finding:
    """A finding on a cell of a table of factors.

    Parameters
    ----------
    rule : str
        One of ``REMARKS``.
    at : str
        Address of the cell.
    values : mapping of str to object
        What stands in the places of its words.

    Returns
    -------
    Finding
        Under ``factor.rule``.
    """
    told = REMARKS[rule]
    says = Label(told.says.zh.format(**values), told.says.en.format(**values))
    remedy = Label(told.remedy.zh.format(**values), told.remedy.en.format(**values))
    return Finding(f"factor.{rule}", at, told.severity, says, remedy)
