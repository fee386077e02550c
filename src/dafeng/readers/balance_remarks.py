"""What the reader of energy balances says about a table, in both languages.

Invariant: every message quotes what is printed; one function per rule ``balance.…``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.units import conversion, same_dimension
from dafeng.readers.delivery import LISTED, place_in, remark
from dafeng.readers.layout import is_unit
from dafeng.readers.wording import carriers, flows

COAL_EQUIVALENT = "万吨标准煤"
ROUNDED = "figure.rounded"
Row = Mapping[str, Any]


def judge_unit(carrier: str, printed: Sequence[str], chosen: str, at: str, *, overruled: bool, lost: str) -> Finding | None:
    """What is wrong with the unit of a column.

    Parameters
    ----------
    carrier : str
        Carrier id of the column.
    printed : sequence of str
        All units its heading prints, from the top; the English heading is a second opinion on the Chinese one.
    chosen : str
        The one that is used; empty if none is printed.
    at : str
        Place of the heading.
    overruled : bool
        Whether the unit was stated when the file was taken in.
    lost : str
        Final consumption as printed, which is lost with the column.

    Returns
    -------
    Finding or None
        An error if the column cannot be read, a warning if it is read in doubt.
    """
    usual = carriers()[carrier].unit
    if not is_unit(chosen):
        return _no_unit(carrier, at, lost)
    if same_dimension(chosen, COAL_EQUIVALENT) and not same_dimension(usual, COAL_EQUIVALENT):
        return None
    if not same_dimension(chosen, usual):
        return _other_dimension(carrier, chosen, at, lost)
    rivals = [text for text in printed if not same_dimension(text, chosen) or conversion(text, chosen) != 1]
    if rivals:
        return _rivals(carrier, chosen, rivals, at)
    if conversion(chosen, usual) != 1 and not overruled:
        return _other_scale(carrier, chosen, at)
    return None


def _no_unit(carrier: str, at: str, lost: str) -> Finding:
    label = carriers()[carrier].label
    zh, en = _lost(lost)
    said = (f"{label.zh} 没有可识别的计量单位，{zh}", f"{label.en} has no known unit, {en}")
    return remark("balance.unit_missing", at, "error", *said, remedy=_remedy(carrier))


def _other_dimension(carrier: str, chosen: str, at: str, lost: str) -> Finding:
    label, usual = carriers()[carrier].label, carriers()[carrier].unit
    zh, en = _lost(lost)
    said = (
        f"{label.zh} 的单位“{chosen}”与“{usual}”量纲不同，{zh}",
        f"{label.en} is in '{chosen}', another dimension than '{usual}', {en}",
    )
    return remark("balance.unit", at, "error", *said, remedy=_remedy(carrier))


def _lost(text: str) -> tuple[str, str]:
    zh, en = "该列未读入", "the column was not read"
    return (f"{zh}（终端消费量印为 {text}）", f"{en} (final consumption is printed {text})") if text else (zh, en)


def _rivals(carrier: str, chosen: str, rivals: Sequence[str], at: str) -> Finding:
    label = carriers()[carrier].label
    zh, en = "、".join(f"“{text}”" for text in rivals), ", ".join(f"'{text}'" for text in rivals)
    said = (
        f"{label.zh} 的表头印有互相矛盾的单位：{zh}与“{chosen}”；按“{chosen}”读入",
        f"the heading of {label.en} prints units that contradict one another: {en} and '{chosen}'; '{chosen}' was used",
    )
    return remark("balance.unit_rival", at, "warning", *said, remedy=_remedy(carrier))


def _other_scale(carrier: str, chosen: str, at: str) -> Finding:
    label, usual = carriers()[carrier].label, carriers()[carrier].unit
    said = (f"{label.zh} 的单位为“{chosen}”，通常为“{usual}”", f"{label.en} is in '{chosen}', usually in '{usual}'")
    return remark("balance.unit_scale", at, "warning", *said, remedy=_remedy(carrier))


def _remedy(carrier: str) -> tuple[str, str]:
    usual = carriers()[carrier].unit
    return (
        f"更正表头单位，或核实后导入时指明：--unit {carrier}={usual}",
        f"correct the header, or state the unit when importing, once it is verified: --unit {carrier}={usual}",
    )


def other_year(stated: str, told: str, file: str) -> Finding:
    """A table that names another year than the one it was taken in for.

    Parameters
    ----------
    stated, told : str
        Year stated when importing, and year of the table.
    file : str
        File name.

    Returns
    -------
    Finding
        Rule ``balance.year``.
    """
    said = (
        f"表中写明 {told} 年，按指明的 {stated} 年入库",
        f"the table names {told}; it was taken in for {stated} as stated",
    )
    remedy = ("核对年份", "check the year")
    return remark("balance.year", file, "warning", *said, remedy=remedy)


def no_number(text: str, at: str) -> Finding:
    """A cell of figures that holds other text.

    Parameters
    ----------
    text, at : str
        Its text and place.

    Returns
    -------
    Finding
        Rule ``balance.number``.
    """
    said = (f"“{text}”不是数", f"'{text}' is no number")
    return remark("balance.number", at, "error", *said, remedy=("改为数值或留空", "type a number or leave it blank"))


def merged_number(text: str, at: str) -> Finding:
    """A figure in a merged area.

    Parameters
    ----------
    text, at : str
        Its text and place.

    Returns
    -------
    Finding
        Rule ``balance.merged``.
    """
    said = (
        f"数值“{text}”占了合并单元格，不知属于哪一格",
        f"the value '{text}' fills a merged area; which cell it belongs to is unknown",
    )
    return remark("balance.merged", at, "error", *said, remedy=("拆开合并的单元格", "split the merged cells"))


def wrong_sign(row: Row, *, section: bool) -> Finding:
    """A positive outflow: another sign convention, or labels off their rows.

    Parameters
    ----------
    row : mapping
        The figure.
    section : bool
        Whether the parts of its section are left out for that.

    Returns
    -------
    Finding
        Rule ``balance.sign``.
    """
    flow, carrier = flows()[row["flow"]].label, carriers()[row["carrier"]].label
    zh, en = ("本段各分项未读入", "the parts of this section were not read") if section else ("照印读入", "read as printed")
    return remark(
        "balance.sign",
        place_in(row),
        "error" if section else "warning",
        f"{carrier.zh} 的{flow.zh}应为负数，印为 {row['value']}；{zh}",
        f"{flow.en} of {carrier.en} should be negative, printed {row['value']}; {en}",
        remedy=("核对符号约定和行名", "check the sign convention and the row names"),
    )


def positive_inputs(rows: Iterable[Row]) -> list[Finding]:
    """Fuels put into power plants and boilers that are printed without their minus.

    Parameters
    ----------
    rows : iterable of mapping
        The figures.

    Returns
    -------
    list of Finding
        One with all cells, rule ``balance.input``; none where there are none.
    """
    listed = list(rows)
    if not listed:
        return []
    each = [(flows()[row["flow"]].label, carriers()[row["carrier"]].label, row) for row in listed]
    zh = "、".join(f"{c.zh}的{f.zh} {row['value']}（{row['cell']}）" for f, c, row in each[:LISTED])
    en = ", ".join(f"{f.en} of {c.en} {row['value']} ({row['cell']})" for f, c, row in each[:LISTED])
    said = (
        f"投入应为负数，{len(listed)} 格印为正数：{zh}；照印读入，核算时按投入量（绝对值）计",
        f"inputs should be negative, {len(listed)} are printed positive: {en}; read as printed, accounted by their size",
    )
    remedy = ("核对这些格的符号", "check the sign of these cells")
    return [remark("balance.input", place_in(listed[0]), "warning", *said, remedy=remedy)]


def gather_rounded(findings: Sequence[Finding], file: str) -> list[Finding]:
    """Findings with those on rounded figures drawn together: computed cells of a workbook carry digits beyond the sixth.

    Parameters
    ----------
    findings : sequence of Finding
        Findings of one file.
    file : str
        Its name.

    Returns
    -------
    list of Finding
        The same, at most one of them with the rule ``figure.rounded``.
    """
    rounded = [finding for finding in findings if finding.rule == ROUNDED]
    if len(rounded) < 2:
        return list(findings)
    cells = ", ".join(finding.at.rpartition("!")[2] for finding in rounded[:LISTED])
    said = (
        f"{len(rounded)} 个数超过六位小数，已四舍五入到六位（{cells}{' 等' if len(rounded) > LISTED else ''}）",
        f"{len(rounded)} figures have more than six decimals and were rounded to six ({cells}"
        f"{' …' if len(rounded) > LISTED else ''})",
    )
    remedy = rounded[0].remedy
    whole = remark(ROUNDED, file, "info", *said, remedy=(remedy.zh, remedy.en))
    return [*(finding for finding in findings if finding.rule != ROUNDED), whole]
