"""Energy balance tables as published, turned into facts.

Invariant: final consumption (终端消费量) and total consumption (消费量合计) are never taken for one another, and no
figure is read under a label or unit that the table's own sums contradict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.periods import period as read_period
from dafeng.core.units import conversion, same_dimension
from dafeng.readers.balance_remarks import (
    gather_rounded,
    judge_unit,
    merged_number,
    no_number,
    other_year,
    positive_inputs,
    wrong_sign,
)
from dafeng.readers.delivery import Delivery, build_rows, fit, place_in, refuse_doubles, remark
from dafeng.readers.identities import TOLERANCE, find_breaks
from dafeng.readers.layout import Block, find_blocks
from dafeng.readers.numbers import read_number
from dafeng.readers.refusals import refusal
from dafeng.readers.remarks import explain_break
from dafeng.readers.sheets import Workbook
from dafeng.readers.shift import find_shift, is_doubtful
from dafeng.readers.wording import carriers, flows, split_unit

COAL_EQUIVALENT = "万吨标准煤"
YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
YEARBOOK = re.compile(r"(?:年鉴|[Yy]earbook)\W{0,3}(?:19|20)\d{2}|(?:19|20)\d{2}\s*(?:年版)?\s*[^\s，,；;]{0,8}年鉴")
"""A yearbook is named by its edition, which is not the year of its tables."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Context:
    book: Workbook
    place: str
    period: str
    source: str
    grade: str
    units: Mapping[str, str]
    tolerance: Decimal


def read_balance(
    workbook: Workbook,
    *,
    place: str,
    source: str,
    period: str | None = None,
    grade: str = "reported",
    units: Mapping[str, str] | None = None,
    tolerance: Decimal = TOLERANCE,
) -> Delivery:
    """Facts of an energy balance table.

    Parameters
    ----------
    workbook : Workbook
        The delivered file.
    place : str
        Administrative code of the place it speaks of.
    source : str
        Source id for the facts.
    period : str, optional
        Year of the table; by default the one year that title, sheet name or file name give.
    grade : str, optional
        Evidence grade of the facts.
    units : mapping of str to str, optional
        Units by carrier that replace a header known to be wrong.
    tolerance : Decimal, optional
        Difference between a total and its parts that is let pass. [printed unit]

    Returns
    -------
    Delivery
        One row per printed figure (``indicator`` is ``balance``), and findings.

    Raises
    ------
    FileRefused
        If there is no balance table in the file, or its year is unknown.
    """
    blocks = [block for sheet in workbook.sheets for block in find_blocks(sheet)]
    if not blocks:
        raise _no_balance(workbook)
    told = _years(workbook, blocks)
    year = period or _year(workbook, told)
    context = _Context(workbook, place, _checked(year, workbook), source, grade, units or {}, tolerance)
    rows, findings = _read(blocks, context)
    findings += [other_year(year, told[0], workbook.name)] if told and year not in told else []
    said = (*workbook.findings, *gather_rounded(findings, workbook.name))
    return Delivery("balance", build_rows(rows), said, workbook.name, workbook.sha256)


def _read(blocks: list[Block], context: _Context) -> tuple[list[Row], list[Finding]]:
    rows: list[Row] = []
    findings: list[Finding] = []
    for block in blocks:
        found, said = _block(block, context)
        rows.extend(found)
        findings.extend((*said, *_strange(block, context.book)))
    rows, doubled = refuse_doubles(rows)
    values = {(row["flow"], row["carrier"]): row["value"] for row in rows}
    findings.extend((*doubled, *_lacking(values, context.book)))
    if is_doubtful(values):
        return [], [*findings, _shifted(blocks[0], values, context.book)]
    cells = {(row["flow"], row["carrier"]): place_in(row) for row in rows}
    findings.extend(explain_break(b, cells[b.flow, b.carrier]) for b in find_breaks(values, tolerance=context.tolerance))
    wrong = [row for row in rows if flows()[row["flow"]].sign == "negative" and row["value"] > 0]
    doubted = {flows()[row["flow"]].parent for row in wrong if _slid(row, context.tolerance)}
    kept = [row for row in rows if flows()[row["flow"]].parent not in doubted]
    signs = (wrong_sign(row, section=flows()[row["flow"]].parent in doubted) for row in wrong)
    return kept, [*findings, *signs, *positive_inputs(row for row in rows if _is_positive_input(row))]


def _slid(row: Row, tolerance: Decimal) -> bool:
    """Whether a positive outflow may mean labels off their rows: no identity watches over section one."""
    return bool(flows()[row["flow"]].parent == "available" and row["value"] > tolerance)


def _is_positive_input(row: Row) -> bool:
    made = carriers()[row["carrier"]].made
    return bool(flows()[row["flow"]].sign == "input" and row["value"] > 0 and not made)


def _block(block: Block, context: _Context) -> tuple[list[Row], list[Finding]]:
    units, findings = _units(block, context)
    rows: list[Row] = []
    for line, flow in block.flows.items():
        for column, unit in units.items():
            row, finding = _cell(block, line, column, context)
            findings.extend([finding] if finding else [])
            if row:
                rows.append({**row, "flow": flow, "carrier": block.carriers[column], "unit": unit})
    return rows, findings


def _cell(block: Block, line: int, column: int, context: _Context) -> tuple[Row | None, Finding | None]:
    text, at = block.sheet.text(line, column), context.book.at(block.sheet, line, column)
    reading = read_number(text)
    if reading.value is None:
        return None, None if reading.missing else no_number(text, at)
    span = block.sheet.span(line, column)
    if span:
        return None, merged_number(text, at)
    value, finding = fit(reading.value, at, absolute=True)
    if value is None:
        return None, finding
    where: Row = {"file": context.book.name, "sheet": block.sheet.name or None, "cell": block.sheet.address(line, column)}
    told: Row = {"place": context.place, "period": context.period, "source": context.source, "grade": context.grade}
    return {"indicator": "balance", "value": value, **told, **where}, finding


def _units(block: Block, context: _Context) -> tuple[dict[int, str], list[Finding]]:
    """Unit of each column that can be read; a column without a fitting unit is left out with a finding."""
    units: dict[int, str] = {}
    findings: list[Finding] = []
    for column, carrier in block.carriers.items():
        at = context.book.at(block.sheet, block.header, column)
        given = context.units.get(carrier)
        printed = (given,) if given else block.units.get(column, ())
        chosen = next((text for text in printed if _usual(text, carrier)), printed[0] if printed else "")
        finding = judge_unit(carrier, printed, chosen, at, overruled=given is not None, lost=_burnt(block, column))
        findings.extend([finding] if finding else [])
        if not (finding and finding.severity == "error"):
            units[column] = carriers()[carrier].unit if chosen.startswith("10^") and _usual(chosen, carrier) else chosen
    return units, findings


def _usual(text: str, carrier: str) -> bool:
    usual = carriers()[carrier].unit
    return same_dimension(text, usual) and conversion(text, usual) == 1


def _burnt(block: Block, column: int) -> str:
    """Final consumption as printed in a column, to say what is lost with it."""
    return next((block.sheet.text(line, column).strip() for line, flow in block.flows.items() if flow == "final"), "")


def _years(book: Workbook, blocks: list[Block]) -> tuple[str, ...]:
    """Years that the title names; else those of the sheet names, else those of the file name."""
    titles = [YEARBOOK.sub("", text) for block in blocks for text in block.title if read_number(text).value is None]
    for texts in (titles, [block.sheet.name for block in blocks], [book.name]):
        years = sorted({year for text in texts for year in YEAR.findall(text)})
        if len(years) == 1:
            return tuple(years)
    return ()


def _year(book: Workbook, told: tuple[str, ...]) -> str:
    if told:
        return told[0]
    raise refusal(
        Label("表中看不出是哪一年", "the table does not tell its year"),
        where=book.name,
        expected=Label("标题、表名或文件名里有且只有一个年份", "one year in the title, the sheet name or the file name"),
        remedy=Label("入库时指明年份：dafeng ingest DIR FILE --year 2007", "name the year: dafeng ingest DIR FILE --year 2007"),
    )


def _checked(text: str, book: Workbook) -> str:
    try:
        return str(read_period(text))
    except SettingError as cause:
        raise refusal(cause.what, where=book.name, expected=cause.expected, remedy=cause.remedy) from cause


def _no_balance(book: Workbook) -> Exception:
    return refusal(
        Label("没有找到能源平衡表", "no energy balance table was found"),
        where=book.name,
        expected=Label(
            "一行表头至少有三个能源品种，一列至少有五个平衡表行名",
            "a header row with at least three energy carriers and a column with at least five balance rows",
        ),
        remedy=Label("保留公布时的行名和列名", "keep the row and column names as published"),
    )


def _strange(block: Block, book: Workbook) -> list[Finding]:
    lines = [(line, block.label_column, block.sheet.text(line, block.label_column)) for line in block.strange_rows]
    heads = [
        (block.header, column, split_unit(block.sheet.spread(block.header, column))[0]) for column in block.strange_columns
    ]
    remedy = (
        "核对名称；属实的新名称请登记到 flows.csv 或 carriers.csv",
        "check the name; a true new one belongs into flows.csv or carriers.csv",
    )
    return [_unknown(text, book.at(block.sheet, row, column), remedy) for row, column, text in (*lines, *heads)]


def _unknown(text: str, at: str, remedy: tuple[str, str]) -> Finding:
    said = (f"不认识“{text}”，其数值未读", f"'{text}' is unknown; its figures were not read")
    return remark("balance.label", at, "warning", *said, remedy=remedy)


def _lacking(values: Mapping[tuple[str, str], Decimal], book: Workbook) -> list[Finding]:
    if any(flow == "final" or flow.startswith("final.") for flow, _ in values):
        return []
    said = ("表中没有终端消费量；消费量合计不能代替它", "there is no final consumption; total consumption cannot stand for it")
    return [
        remark(
            "balance.no_final",
            book.name,
            "error",
            *said,
            remedy=("补交终端消费量各行", "deliver the rows of final consumption"),
        )
    ]


def _shifted(block: Block, values: Mapping[tuple[str, str], Decimal], book: Workbook) -> Finding:
    lines = list(block.flows.items())
    figures = [{c: v for (f, c), v in values.items() if f == flow} for _, flow in lines]
    found = find_shift([flow for _, flow in lines], figures)
    remedy = ("对照原书逐行核对行名后再交", "check each row name against the published table and deliver again")
    if found is None:
        said = (
            "多数恒等式不成立，行名或列名不可信，未读入",
            "most identities break: the labels cannot be trusted, nothing was read",
        )
        return remark("balance.labels", book.at(block.sheet, block.header, block.label_column), "error", *said, remedy=remedy)
    first, last = lines[found.first][0], lines[found.last][0]
    way = ("下", "down") if found.step > 0 else ("上", "up")
    return remark(
        "balance.shifted",
        book.at(block.sheet, first, block.label_column),
        "error",
        f"第 {first + 1} 至 {last + 1} 行的行名似与数值错开一行（数值应属{way[0]}一行的行名），未读入",
        f"the labels of rows {first + 1} to {last + 1} seem one row off (figures belong one label {way[1]}); nothing was read",
        remedy=remedy,
    )
