"""The inventory as the form workbook that is handed in: A4 landscape, headings fixed, units in the headings.

Invariant: a number is written as a number with all digits a spreadsheet holds; no text can become a formula; the same
inventory gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from dafeng.core.labels import Label, Language
from dafeng.reports.inventory_sheets import Cell, FormSheet, list_sheets
from dafeng.reports.voice import Voice
from dafeng.reports.workbook import STRICT, neutralise

BORN = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's time has no zone
"""Time that stands in every file, so that the same inventory gives the same bytes."""
A4 = 9
"""Number of the paper in the format."""
HEAD = 2
"""Row of the headings, counted from zero."""
COVER = Label("说明", "about")


def write_xlsx(form: Mapping[str, Any], language: Language) -> bytes:
    """Write an inventory as a workbook.

    Parameters
    ----------
    form : mapping
        ``work.inventory_form.inventory_form``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    bytes
        The file: cover, one sheet per layout, fuels, activity data, factors, findings, checks.
    """
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {**STRICT, "in_memory": True}) as book:
        book.set_properties({"title": Voice(form, language).title, "created": BORN})
        formats = _formats(book)
        sheets = list_sheets(form, language)
        _write_sheet(book, formats, sheets[0])
        _write_cover(book, formats, form, language)
        for sheet in sheets[1:]:
            _write_sheet(book, formats, sheet)
    return made.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    plain = {"valign": "vcenter", "font_size": 10, "font_name": "宋体", "border": 1, "border_color": "#BFC8C6"}
    strong = {"bold": True, "bg_color": "#F1F5F4"}
    number = {"num_format": "#,##0.0000;-#,##0.0000;0", "align": "right"}
    exact = {"num_format": "#,##0.######", "align": "right"}
    made = {
        "title": book.add_format({"font_size": 16, "bold": True, "font_name": "黑体", "valign": "vcenter"}),
        "unit": book.add_format({"font_size": 10, "font_name": "宋体", "align": "left"}),
        "heading": book.add_format({**plain, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#DFF0ED"}),
        "note": book.add_format({"font_size": 9, "font_name": "宋体", "text_wrap": False}),
        "text": book.add_format({**plain, "text_wrap": True}),
        "text_strong": book.add_format({**plain, **strong, "text_wrap": True}),
        "number": book.add_format({**plain, **number}),
        "number_strong": book.add_format({**plain, **strong, **number}),
        "exact": book.add_format({**plain, **exact}),
        "whole": book.add_format({**plain, "num_format": "0", "align": "center"}),
        "whole_strong": book.add_format({**plain, **strong, "num_format": "0", "align": "center"}),
    }
    for level in (1, 2, 3):
        made[f"text_{level}"] = book.add_format({**plain, "text_wrap": True, "indent": level})
    return made


def _write_cover(book: Any, formats: Mapping[str, Any], form: Mapping[str, Any], language: Language) -> None:
    """What the workbook rests on."""
    page = book.add_worksheet(COVER.read(language))
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 110)
    page.write_string(0, 0, neutralise(Voice(form, language).title), formats["title"])
    page.set_row(0, 30)
    for at, (name, said) in enumerate(_cover_rows(form, language), HEAD):
        page.write_string(at, 0, neutralise(name), formats["text"])
        page.write_string(at, 1, neutralise(said), formats["text"])
    _set_page(page)


def _cover_rows(form: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    zh = language == "zh"
    place, guide = form["place"], form["guide"]
    methods = [f"{m['title'][language]}（{m['edition'][language]}）" for m in form["methods"]]
    potentials = [f"{one['label'][language]} {one['value']}" for one in form["potentials"]]
    rows = [
        ("地区" if zh else "place", f"{place['label'][language]} {place['code']}"),
        ("年份" if zh else "year", str(form["year"])),
        ("清单指南" if zh else "guideline", f"{guide['label'][language]} ({guide['id']})"),
        ("增温潜势" if zh else "potentials", f"{form['warming']['id'].upper()}: {form['warming']['says'][language]}"),
        ("潜势数值" if zh else "values", "; ".join(potentials)),
        ("方法与版本" if zh else "methods", "; ".join(methods)),
        *(("指南未知" if zh else "unknown", f"{one['category']}: {one['says'][language]}") for one in form["unknown"]),
    ]
    note = (
        "“追溯地址”是数字的固定地址，用 dafeng explain 或驾驶舱可追到条款、因子与单元格。空格不是零。"
        if zh
        else "An address traces its figure by dafeng explain or in the cockpit. Empty is no zero."
    )
    return [*rows, ("说明" if zh else "note", note)]


def _write_sheet(book: Any, formats: Mapping[str, Any], sheet: FormSheet) -> None:
    page = book.add_worksheet(sheet.name[:31])
    last = len(sheet.heads) - 1
    page.write_string(0, 0, neutralise(sheet.title), formats["title"])
    page.set_row(0, 30)
    page.set_row(HEAD, 44)
    for at, (head, width) in enumerate(zip(sheet.heads, sheet.widths, strict=True)):
        page.set_column(at, at, width)
        page.write_string(HEAD, at, neutralise(head), formats["heading"])
    for number, row in enumerate(sheet.rows):
        for at, value in enumerate(row):
            _write_cell(page, formats, sheet, number, at, value)
    end = HEAD + len(sheet.rows)
    for at, note in enumerate(sheet.notes, end + 2):
        page.write_string(at, 0, neutralise(note), formats["note"])
    page.freeze_panes(HEAD + 1, sheet.fixed)
    if sheet.rows:
        page.autofilter(HEAD, 0, end, last)
    page.print_area(0, 0, end + len(sheet.notes) + 1, last)
    page.repeat_rows(HEAD)
    _set_page(page)


def _write_cell(page: Any, formats: Mapping[str, Any], sheet: FormSheet, number: int, at: int, value: Cell) -> None:
    place, strong = (HEAD + 1 + number, at), "_strong" if number in sheet.strong else ""
    if value is None:
        page.write_blank(*place, None, formats[f"text{strong}"])
    elif isinstance(value, Decimal):
        page.write_number(*place, float(value), formats[f"number{strong}" if sheet.strong else "exact"])
    elif isinstance(value, int):
        page.write_number(*place, value, formats[f"whole{strong}"])
    else:
        level = min(sheet.levels[number], 3) if at == 1 and sheet.levels else 0
        page.write_string(*place, neutralise(value), formats[f"text{strong}" if strong or not level else f"text_{level}"])


def _set_page(page: Any) -> None:
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    page.fit_to_pages(1, 0)
    page.set_footer("&C— &P —")
