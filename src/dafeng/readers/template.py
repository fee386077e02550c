"""Spreadsheet templates in which a field of work reports its figures of one year.

Invariant: codes and names are locked, only unit, figure, source, note and organisation can be typed; a template that comes back
is read by the code in each row, never by its position; no delivered text becomes a formula.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, get_args

import xlsxwriter

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.core.sources import Grade
from dafeng.core.units import same_dimension
from dafeng.library.indicators import UNIT, Catalogue, Indicator
from dafeng.readers.forms import Form
from dafeng.readers.numbers import plain

FIELDS: Mapping[str, Label] = {
    "industry": Label("工业", "industry"),
    "energy": Label("能源", "energy"),
    "buildings": Label("城乡建设", "buildings"),
    "transport": Label("交通运输", "transport"),
    "forestry": Label("林业碳汇", "forestry"),
    "agriculture": Label("农业农村", "agriculture"),
    "city": Label("全市综合", "whole city"),
}
"""Fields of work that report, with their names."""
UNITS = (
    "%", "万千瓦", "MW", "GW", "亿千瓦时", "万千瓦时", "GWh", "万吨标准煤", "吨标准煤", "万吨", "吨", "亿立方米", "万立方米",
    "百亿千焦", "TJ", "GJ", "万吨CO2", "Mt CO2", "tCO2", "亿元", "万元", "元", "万人", "人", "万平方米", "平方米", "km",
    "km2", "公顷", "万亩", "亩", "公斤/亩", "家", "个", "辆", "万标准箱", "标准箱", "克标准煤/千瓦时", "吨标准煤/万元",
    "tCO2/万元", "kgCO2/kWh",
)  # fmt: skip
"""Units offered for choice, where they have the dimension of the indicator."""
HEAD_ROW = 3
WIDTHS = (30, 34, 14, 14, 14, 24, 14, 30, 18, 24, 60)
GRADES = tuple(grade for grade in get_args(Grade) if grade not in ("memory", "assumption"))

Previous = Mapping[tuple[str, str | None], tuple[Decimal, str]]
"""Value and unit of the year before, by indicator id and carrier."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One row of a template: an indicator, and the carrier or product where it is reported for each."""

    indicator: Indicator
    carrier: str | None = None
    product: Label | None = None

    @property
    def name(self) -> str:
        return f"{self.indicator.label.zh} · {self.product.zh}" if self.product else self.indicator.label.zh


def write_template(
    field: str,
    *,
    place: str,
    year: int,
    catalogue: Catalogue,
    previous: Previous | None = None,
    name: str = "",
    carriers: Mapping[str, Mapping[str, Label]] | None = None,
) -> bytes:
    """Template of a field of work for one year.

    Parameters
    ----------
    field : str
        One of `FIELDS`.
    place : str
        Administrative code.
    year : int
        Year that is reported.
    catalogue : Catalogue
        Indicators; those of the field are asked for.
    previous : mapping of (str, str or None) to (Decimal, str), optional
        Value and unit of the year before, shown beside the cell to be filled.
    name : str, optional
        Name of the place for the title.
    carriers : mapping of str to mapping of str to Label, optional
        By indicator, the carriers or products it is reported for, each in its row.

    Returns
    -------
    bytes
        An xlsx workbook.

    Raises
    ------
    SettingError
        If there is no such field, or it has no indicators.
    """
    asked = [row for indicator in choose_indicators(catalogue, field) for row in _rows(indicator, carriers or {})]
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": f"{FIELDS[field]} {year}", "created": datetime(year, 1, 1)})  # noqa: DTZ001 — no zone in xlsx
        sheet = book.add_worksheet(FIELDS[field].zh)
        styles = _styles(book)
        _head(sheet, styles, Form(field, place, str(year)), name)
        for number, row in enumerate(asked):
            _line(sheet, styles, HEAD_ROW + 1 + number, row, (previous or {}).get((row.indicator.id, row.carrier)))
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": False})
        sheet.freeze_panes(HEAD_ROW + 1, 2)
    return stream.getvalue()


def choose_indicators(catalogue: Catalogue, field: str) -> tuple[Indicator, ...]:
    """Indicators that a field of work reports.

    Parameters
    ----------
    catalogue : Catalogue
        All indicators.
    field : str
        One of `FIELDS`.

    Returns
    -------
    tuple of Indicator
        In the order of the catalogue; milestones are not figures and left out.

    Raises
    ------
    SettingError
        If there is no such field, or it has no indicators.
    """
    reported = (i for i in catalogue.indicators.values() if not i.id.startswith(UNIT))  # companies report those of units
    found = tuple(i for i in reported if i.field == field and i.kind != "milestone")
    if field not in FIELDS or not found:
        listed = ", ".join(FIELDS)
        raise SettingError(
            Label(f"没有“{field}”领域的填报模板", f"there is no template for the field '{field}'"),
            where="field",
            expected=Label(f"以下之一：{listed}", f"one of {listed}"),
            remedy=Label("改正领域名，或在 data/indicators 中增加该领域的指标", "correct the field, or add indicators of it"),
        )
    return found


def offer_units(indicator: Indicator) -> tuple[str, ...]:
    """Units in which an indicator may be reported.

    Parameters
    ----------
    indicator : Indicator
        The indicator.

    Returns
    -------
    tuple of str
        The usual one first; all of its dimension.
    """
    usual = _usual(indicator)
    return (usual, *(text for text in UNITS if text != usual and same_dimension(text, indicator.unit)))


def _rows(indicator: Indicator, carriers: Mapping[str, Mapping[str, Label]]) -> list[_Asked]:
    kinds = carriers.get(indicator.id, {})
    return [_Asked(indicator, name, label) for name, label in kinds.items()] or [_Asked(indicator)]


def _usual(indicator: Indicator) -> str:
    return "%" if indicator.unit == "1" else indicator.unit


def _styles(book: Any) -> dict[str, Any]:
    plain_cell = {"font_size": 11, "text_wrap": True, "valign": "top", "border": 1, "border_color": "#BBBBBB"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "mark": book.add_format({"font_size": 8, "font_color": "#888888"}),
        "head": book.add_format({**plain_cell, "bold": True, "bg_color": "#E8EEF4"}),
        "locked": book.add_format({**plain_cell, "bg_color": "#F4F4F4"}),
        "open": book.add_format({**plain_cell, "locked": False}),
        "figure": book.add_format({**plain_cell, "locked": False, "bg_color": "#FFFBE6", "num_format": "#,##0.######"}),
        "before": book.add_format({**plain_cell, "bg_color": "#F4F4F4", "num_format": "#,##0.######"}),
    }


def _head(sheet: Any, styles: Mapping[str, Any], form: Form, name: str) -> None:
    label = FIELDS[form.field]
    title = f"{name or form.place} {form.year}年{label.zh}数据填报表 · {label.en} {form.year}"
    sheet.write_string(0, 0, form.mark(), styles["mark"])
    sheet.write_string(0, 1, title, styles["title"])
    advice = "只填浅黄色的格；没有数就留空，不要填 0；预期数不填。Fill the yellow cells; leave unknown ones blank, never 0."
    sheet.write_string(1, 1, advice)
    heads = (
        "指标代码",
        "指标",
        "计量单位",
        f"{int(form.year) - 1}年",
        f"{form.year}年",
        "数据来源",
        "证据等级",
        "备注",
        "品种",
        "填报单位",
        "填写说明",
    )
    for column, (text, width) in enumerate(zip(heads, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, text, styles["head"])


def _line(sheet: Any, styles: Mapping[str, Any], row: int, asked: _Asked, before: tuple[Decimal, str] | None) -> None:
    indicator = asked.indicator
    sheet.write_string(row, 0, indicator.id, styles["locked"])
    sheet.write_string(row, 1, asked.name, styles["locked"])
    sheet.write_string(row, 2, before[1] if before else _usual(indicator), styles["open"])
    sheet.data_validation(row, 2, row, 2, _choice(offer_units(indicator), "计量单位"))
    if before:
        sheet.write_number(row, 3, float(before[0]), styles["before"])
    else:
        sheet.write_blank(row, 3, None, styles["before"])
    for column, style in ((4, "figure"), (5, "open"), (6, "open"), (7, "open"), (9, "open")):
        sheet.write_blank(row, column, None, styles[style])
    sheet.data_validation(row, 6, row, 6, _choice(GRADES, "证据等级"))
    sheet.write_string(row, 8, asked.product.zh if asked.product else "", styles["locked"])
    sheet.write_string(row, 10, _help(indicator, before), styles["locked"])


def _choice(texts: Sequence[str], title: str) -> dict[str, Any]:
    kept: list[str] = []
    for text in texts:
        if len(",".join([*kept, text])) < 250:  # a list in a cell holds 255 characters
            kept.append(text)
    return {"validate": "list", "source": kept, "error_title": title, "error_message": "请从列表中选择 / choose from the list"}


def _help(indicator: Indicator, before: tuple[Decimal, str] | None) -> str:
    kinds = {"stock": "年末数", "flow": "全年数", "ratio": "比率", "count": "累计个数", "coverage": "覆盖率"}
    parts = [f"{kinds[indicator.kind]}；{indicator.label.en}"]
    if indicator.definition:
        parts.append(f"留空时按 {indicator.definition} 计算")
    if indicator.counting == "built_and_under_construction":
        parts.append("建成及在建合计")
    if before:
        parts.append(f"上年 {plain(before[0])} {before[1]}")
    return "；".join(parts)
