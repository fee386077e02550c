"""The assessment as an xlsx workbook, one sheet per table, headings in both languages.

Invariant: no text of a plan or a delivered file can become a formula or a link; the file appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xlsxwriter

from dafeng.reports.sheets import Field, Sheet, Value, list_rows, read_sheets, read_words, take

STRICT: Mapping[str, bool] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
"""Nothing but a number or a text is written."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that a spreadsheet takes for a formula when the cell is edited or saved as CSV."""
LONGEST = 32767
"""Characters that a cell may hold."""


def write_workbook(view: Mapping[str, Any], traces: Mapping[str, Mapping[str, Any]], folder: Path) -> Path:
    """Write the workbook of a city.

    Parameters
    ----------
    view : mapping
        View document.
    traces : mapping of str to mapping
        Address → trace; only their number is told, the addresses lead to them.
    folder : Path
        Folder of the report; an older workbook is replaced.

    Returns
    -------
    Path
        ``<slug>.xlsx``.
    """
    path = folder / f"{view['city']['slug']}.xlsx"
    made = path.with_suffix(".new")
    with xlsxwriter.Workbook(str(made), dict(STRICT)) as book:
        book.set_properties({"title": f"{view['city']['label']['zh']} {view['year']}", "comments": str(view["run"]["id"])})
        formats = _formats(book)
        _write_cover(book, formats, view, len(traces))
        for sheet in read_sheets():
            if not view.keys().isdisjoint(sheet.parts):
                _write_sheet(book, formats, sheet, view)
    made.replace(path)
    return path


def neutralise(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        With an apostrophe in front where it begins like a formula, cut at the longest text of a cell.
    """
    safe = f"'{text}" if text.startswith(DANGEROUS) else text
    return safe[:LONGEST]


def _formats(book: Any) -> dict[str, Any]:
    plain = {"valign": "top", "font_size": 10}
    heading = {"valign": "vcenter", "font_size": 10, "bold": True, "bg_color": "#DFF0ED", "bottom": 1}
    return {
        "text": book.add_format({**plain, "text_wrap": True}),
        "number": book.add_format({**plain, "num_format": "#,##0.######"}),
        "year": book.add_format({**plain, "num_format": "0"}),
        "zh": book.add_format(heading),
        "en": book.add_format({**heading, "bold": False, "italic": True, "bottom": 2}),
        "title": book.add_format({"font_size": 16, "bold": True}),
    }


def _write_cover(book: Any, formats: Mapping[str, Any], view: Mapping[str, Any], count: int) -> None:
    """First sheet: which city, which run, how to trace a figure."""
    page = book.add_worksheet("说明 About")
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 90)
    city = view["city"]["label"]
    page.write_string(0, 0, neutralise(f"{city['zh']} {city['en']}"), formats["title"])
    versions = "; ".join(f"{name} {version}" for name, version in (view["run"].get("versions") or {}).items())
    traced = f"“地址”列是每个数字的固定地址（共 {count} 个），用 dafeng explain 可追溯。数值为存储单位。"
    note = f"{traced}\nThe column 'Address' traces each figure by dafeng explain. Values are in stored units."
    rows = [
        ("评估年 Year", str(view["year"])),
        ("运行 Run", str(view["run"]["id"])),
        ("时间 Instant", str(view["run"]["at"])),
        ("版本 Versions", versions),
        ("方案对比 Comparison", str(take(view, "comparison.headline") or "")),
        ("说明 Note", note if count else ""),
    ]
    for at, (name, value) in enumerate([row for row in rows if row[1]], 2):
        page.write_string(at, 0, name, formats["text"])
        page.write_string(at, 1, neutralise(value), formats["text"])


def _write_sheet(book: Any, formats: Mapping[str, Any], sheet: Sheet, view: Mapping[str, Any]) -> None:
    page = book.add_worksheet(f"{sheet.label.zh} {sheet.label.en}"[:31])
    rows = list_rows(view, sheet)
    for column, field in enumerate(sheet.fields):
        page.set_column(column, column, field.width)
        page.write_string(0, column, field.label.zh, formats["zh"])
        page.write_string(1, column, field.label.en, formats["en"])
        for at, row in enumerate(rows, 2):
            _write_cell(page, formats, (at, column), field, take(row, field.at))
    page.freeze_panes(2, 2)
    page.autofilter(1, 0, max(2, len(rows) + 1), len(sheet.fields) - 1)


def _write_cell(page: Any, formats: Mapping[str, Any], place: tuple[int, int], field: Field, value: Value) -> None:
    word = read_words().get(f"{field.words}.{value}") if field.words else None
    if value is None:
        return
    if isinstance(value, bool):
        page.write_string(*place, "是 yes" if value else "否 no", formats["text"])
    elif word is not None:
        page.write_string(*place, f"{word.zh} {word.en}", formats["text"])
    elif isinstance(value, str):
        page.write_string(*place, neutralise(value), formats["text"])
    else:
        page.write_number(*place, value, formats["year" if field.at.endswith("year") else "number"])
