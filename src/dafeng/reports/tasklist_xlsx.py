"""The task list as a spreadsheet in office form: A4 landscape, heading on every page.

Invariant: no text of a plan can become a formula or a link; the same list gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from dafeng.core.labels import Label, Language
from dafeng.reports.tasklist import REASONS, Column, Text, choose_columns, list_cells, list_reasons, tell_notes
from dafeng.reports.workbook import STRICT, neutralise

LIST = Label("重点任务清单", "Key tasks")
GROUNDS = Label("建议依据", "Grounds of proposals")
BORN = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's time has no zone
"""Time that stands in every file, so that the same list gives the same bytes."""
A4 = 9
"""Number of the paper in the format."""
CHARACTER = 1.9
"""Width of a digit of the table's font. [mm]"""
LINE = 14.0
"""Height of a line. [pt]"""
HIGHEST = 409.0
"""Highest row that a spreadsheet knows. [pt]"""


def write_xlsx(document: Mapping[str, Any], language: Language) -> bytes:
    """Write a task list as a spreadsheet.

    Parameters
    ----------
    document : mapping
        The list, as ``plans.tasklist_document.task_document`` gives it.
    language : {"zh", "en"}
        Language of headings and notes.

    Returns
    -------
    bytes
        The file: the list, and the grounds of the proposals where there are any.
    """
    made = io.BytesIO()
    title = f"{document['document']['title']} {LIST.read(language)}".strip()
    with xlsxwriter.Workbook(made, {**STRICT, "in_memory": True}) as book:
        book.set_properties({"title": title, "comments": f"duties {document['duties']['sha256']}", "created": BORN})
        formats = _formats(book)
        columns, rows = choose_columns(document), list_cells(document, language)
        page = book.add_worksheet(LIST.read(language))
        end = _write_table(page, formats, columns, rows, title, language)
        for at, note in enumerate(tell_notes(document, language), end + 1):
            page.merge_range(at, 0, at, len(columns) - 1, neutralise(note), formats["note"])
            page.set_row(at, LINE * _lines(note, sum(column.width for column in columns)))
        reasons = list_reasons(document, language)
        if reasons:
            _write_table(
                book.add_worksheet(GROUNDS.read(language)), formats, REASONS, reasons, GROUNDS.read(language), language
            )
    return made.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    plain = {"valign": "vcenter", "font_size": 10, "text_wrap": True, "border": 1, "font_name": "仿宋"}
    return {
        "text": book.add_format(plain),
        "centred": book.add_format({**plain, "align": "center"}),
        "proposed": book.add_format({**plain, "italic": True, "pattern": 1, "bg_color": "#F3F3F3"}),
        "heading": book.add_format({**plain, "bold": True, "align": "center", "font_name": "黑体", "bg_color": "#E7EDEC"}),
        "title": book.add_format({"font_size": 18, "align": "center", "valign": "vcenter", "font_name": "方正小标宋简体"}),
        "note": book.add_format({"font_size": 9, "text_wrap": True, "valign": "top", "font_name": "仿宋"}),
    }


def _write_table(
    page: Any,
    formats: Mapping[str, Any],
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Text]],
    title: str,
    language: Language,
) -> int:
    """Write title, heading and rows; gives the number of the last row."""
    page.merge_range(0, 0, 0, len(columns) - 1, neutralise(title), formats["title"])
    page.set_row(0, 32)
    page.set_row(1, 2 * LINE + 2)
    for at, column in enumerate(columns):
        page.set_column(at, at, column.width / CHARACTER)
        page.write_string(1, at, column.label.read(language), formats["heading"])
        for number, row in enumerate(rows, 2):
            _write_cell(page, formats, (number, at), column, row[column.id])
    for number, row in enumerate(rows, 2):
        page.set_row(number, _height(columns, row))
    _set_page(page, len(columns), len(rows))
    return len(rows) + 1


def _write_cell(page: Any, formats: Mapping[str, Any], place: tuple[int, int], column: Column, text: Text) -> None:
    form = formats["proposed" if text.proposed else "centred" if column.centred else "text"]
    said = "\n".join(text.lines)
    if said.isdigit():
        page.write_number(*place, int(said), form)
    else:
        page.write_string(*place, neutralise(said), form)


def _height(columns: Sequence[Column], row: Mapping[str, Text]) -> float:
    lines = max(sum(_lines(line, column.width) for line in row[column.id].lines) for column in columns)
    return min(max(lines, 2) * LINE, HIGHEST)


def _lines(text: str, width: int) -> int:
    """Lines that a text takes; a Chinese character is as wide as two digits."""
    room = max(int(width / CHARACTER) - 1, 1)
    return max(1, -(-sum(2 if ord(character) > 255 else 1 for character in text) // room))


def _set_page(page: Any, columns: int, rows: int) -> None:
    page.freeze_panes(2, 3)
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
    page.repeat_rows(1)
    page.fit_to_pages(1, 0)
    page.set_footer("&C— &P —")
    if rows:
        page.autofilter(1, 0, rows + 1, columns - 1)
