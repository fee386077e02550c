"""What can be wrong with one delivered figure, said in both languages.

Invariant: one function per rule; the rule id is ``figure.`` and the function's name, or nearly so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.indicators import Indicator
from dafeng.readers.delivery import remark


def blank(at: str, cells: list[str]) -> Finding:
    """Cells without a figure.

    Parameters
    ----------
    at : str
        Place of the figure.
    cells : list of str
        Their addresses.

    Returns
    -------
    Finding
        Rule ``figure.blank``.
    """
    said = (
        f"{len(cells)} 格没有数，未计入：{', '.join(cells[:12])}",
        f"{len(cells)} cells hold no figure and were left out: {', '.join(cells[:12])}",
    )
    return remark("figure.blank", at, "info", *said, remedy=("有数时补填", "fill them in when the figures are known"))


def merged(at: str, text: str) -> Finding:
    """A value in a merged area.

    Parameters
    ----------
    at : str
        Place of the figure.
    text : str
        The cell.

    Returns
    -------
    Finding
        Rule ``figure.merged``.
    """
    said = (
        f"数值“{text}”在合并单元格里，不知属于哪一行",
        f"the value '{text}' fills a merged area; which row it belongs to is unknown",
    )
    return remark("figure.merged", at, "error", *said, remedy=("拆开合并的单元格", "split the merged cells"))


def no_number(at: str, text: str) -> Finding:
    """Text where a number should be.

    Parameters
    ----------
    at : str
        Place of the figure.
    text : str
        The cell.

    Returns
    -------
    Finding
        Rule ``figure.number``.
    """
    said = (
        f"“{text}”不是数",
        f"'{text}' is no number",
    )
    return remark(
        "figure.number", at, "error", *said, remedy=("改为数值，说明写进备注", "type a number and put words into the note")
    )


def unit_missing(at: str) -> Finding:
    """A figure without unit.

    Parameters
    ----------
    at : str
        Place of the unit, or of the figure.

    Returns
    -------
    Finding
        Rule ``figure.unit_missing``.
    """
    said = (
        "没有计量单位",
        "there is no unit",
    )
    return remark("figure.unit_missing", at, "error", *said, remedy=("补填计量单位", "state the unit"))


def unit_unknown(at: str, text: str) -> Finding:
    """A unit nobody defined.

    Parameters
    ----------
    at : str
        Place of the unit, or of the figure.
    text : str
        The unit.

    Returns
    -------
    Finding
        Rule ``figure.unit_unknown``.
    """
    said = (
        f"不认识单位“{text}”",
        f"the unit '{text}' is unknown",
    )
    return remark("figure.unit_unknown", at, "error", *said, remedy=("改用模板中的单位写法", "use a spelling of the template"))


def percent(at: str, text: str, unit: str) -> Finding:
    """A percent sign beside another unit.

    Parameters
    ----------
    at : str
        Place of the figure.
    text, unit : str
        The cell and the unit.

    Returns
    -------
    Finding
        Rule ``figure.percent``.
    """
    said = (
        f"数值“{text}”带百分号，单位却是“{unit}”",
        f"the value '{text}' has a percent sign, the unit is '{unit}'",
    )
    return remark("figure.percent", at, "error", *said, remedy=("核对数值和单位", "check value and unit"))


def unknown(at: str, name: str, unit: str) -> Finding:
    """An indicator nobody defined.

    Parameters
    ----------
    at : str
        Place of the name.
    name, unit : str
        As delivered.

    Returns
    -------
    Finding
        Rule ``figure.unknown``.
    """
    said = (
        f"不认识指标“{name}”（{unit}）",
        f"the indicator '{name}' ({unit}) is unknown",
    )
    return remark(
        "figure.unknown",
        at,
        "warning",
        *said,
        remedy=(
            "填写模板中的指标代码，或在 data/indicators 中加一行",
            "give the code of the template, or add a row under data/indicators",
        ),
    )


def left_out(finding: Finding, figure: str) -> Finding:
    """A finding at another cell of the row, with the figure that was left out for it.

    Parameters
    ----------
    finding : Finding
        What is wrong, at its own cell.
    figure : str
        Place of the figure.

    Returns
    -------
    Finding
        The same, with the cell of the figure in its words.
    """
    cell = figure.rpartition("!")[2]
    says = Label(f"{finding.says.zh}，{cell} 的数值未计入", f"{finding.says.en}; the figure in {cell} was left out")
    return replace(finding, says=says)


def period(at: str, text: str) -> Finding:
    """A period that cannot be read.

    Parameters
    ----------
    at : str
        Place of the period.
    text : str
        As delivered.

    Returns
    -------
    Finding
        Rule ``figure.period``.
    """
    said = (
        f"“{text}”不是时期",
        f"'{text}' is no period",
    )
    return remark(
        "figure.period", at, "error", *said, remedy=("写成 2025、2025-03 或 2021/2025", "write 2025, 2025-03 or 2021/2025")
    )


def place(at: str, text: str) -> Finding:
    """A place that is no code.

    Parameters
    ----------
    at : str
        Place of the code, or of the figure.
    text : str
        As delivered.

    Returns
    -------
    Finding
        Rule ``figure.place``.
    """
    said = (
        f"“{text}”不是六位行政区划代码",
        f"'{text}' is no code of six digits",
    )
    return remark(
        "figure.place", at, "error", *said, remedy=("填写六位代码，如 370600", "give a code of six digits such as 370600")
    )


def source(at: str, text: str, used: str) -> Finding:
    """A source nobody registered.

    Parameters
    ----------
    at : str
        Place of the source.
    text, used : str
        As delivered, and the id used instead.

    Returns
    -------
    Finding
        Rule ``figure.source``.
    """
    said = (
        f"来源“{text}”未登记，记在备注里，来源记为“{used}”",
        f"the source '{text}' is not registered; it was put into the note and the source is '{used}'",
    )
    return remark(
        "figure.source", at, "info", *said, remedy=("在 sources.yaml 中登记来源", "register the source in sources.yaml")
    )


def qualified(at: str, text: str) -> Finding:
    """A figure with a word such as about.

    Parameters
    ----------
    at : str
        Place of the figure.
    text : str
        The cell.

    Returns
    -------
    Finding
        Rule ``figure.qualified``.
    """
    said = (
        f"“{text}”带有限定词，已写入备注",
        f"'{text}' is qualified; that went into the note",
    )
    return remark("figure.qualified", at, "info", *said, remedy=("有准确数时改填", "give the exact figure when it is known"))


def exponent(at: str, text: str) -> Finding:
    """Scientific notation, which drops digits.

    Parameters
    ----------
    at : str
        Place of the figure.
    text : str
        The cell.

    Returns
    -------
    Finding
        Rule ``figure.exponent``.
    """
    said = (
        f"“{text}”用科学记数法，末位可能已丢失",
        f"'{text}' is in scientific notation; digits may have been lost",
    )
    return remark(
        "figure.exponent",
        at,
        "warning",
        *said,
        remedy=("把单元格设为数值格式再导出", "format the cell as a number and export again"),
    )


def small_percent(at: str, text: str) -> Finding:
    """A share below one per cent.

    Parameters
    ----------
    at : str
        Place of the figure.
    text : str
        The cell.

    Returns
    -------
    Finding
        Rule ``figure.small_percent``.
    """
    said = (
        f"单位为%而数值为 {text}，是否为百分比格式的单元格（0.15 表示 15%）",
        f"the unit is % and the value {text}: perhaps a cell formatted as percentage (0.15 for 15 %)",
    )
    return remark(
        "figure.small_percent", at, "warning", *said, remedy=("确认是百分数本身", "make sure it is the percentage itself")
    )


def unit_dimension(at: str, unit: str, indicator: Indicator) -> Finding:
    """A unit of another dimension than the indicator's.

    Parameters
    ----------
    at : str
        Place of the unit, or of the figure.
    unit : str
        As delivered.
    indicator : Indicator
        What the figure speaks of.

    Returns
    -------
    Finding
        Rule ``figure.unit``.
    """
    said = (
        f"{indicator.label.zh}的单位“{unit}”与“{indicator.unit}”量纲不同",
        f"{indicator.label.en} is in '{unit}', another dimension than '{indicator.unit}'",
    )
    return remark("figure.unit", at, "error", *said, remedy=("核对指标和单位", "check indicator and unit"))


def future(at: str, text: str, today: date) -> Finding:
    """A measured value of a period that is not over.

    Parameters
    ----------
    at : str
        Place of the period.
    text : str
        Its period.
    today : date
        Day of the delivery.

    Returns
    -------
    Finding
        Rule ``figure.future``.
    """
    said = (f"{text} 在 {today} 尚未结束，不可能是实际值", f"{text} is not over on {today}: it cannot be measured")
    remedy = ("预期值请写入 announcements.csv", "expected values belong into announcements.csv")
    return remark("figure.future", at, "error", *said, remedy=remedy)


def grade(at: str, text: str) -> Finding:
    """An evidence grade that is unknown, or memory.

    Parameters
    ----------
    at : str
        Place of the grade, or of the figure.
    text : str
        As delivered.

    Returns
    -------
    Finding
        Rule ``figure.memory`` or ``figure.grade``.
    """
    if text == "memory":
        said = ("凭记忆的数不能作为实际值", "a figure from memory cannot stand as measured")
        return remark("figure.memory", at, "error", *said, remedy=("查到出处后再交", "find its source and deliver again"))
    said = (f"不认识证据等级“{text}”", f"the evidence grade '{text}' is unknown")
    remedy = (
        "用 primary、secondary、derived、reported、estimated 之一",
        "use primary, secondary, derived, reported or estimated",
    )
    return remark("figure.grade", at, "error", *said, remedy=remedy)
