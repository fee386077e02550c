"""Sheets that were read, written again as files.

Invariant: every cell has the text that was read; a number stays the same number, and no text becomes a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from dafeng.readers.numbers import of_float
from dafeng.readers.sheets import Sheet


def write_plain(sheet: Sheet) -> bytes:
    """A sheet as CSV.

    Parameters
    ----------
    sheet : Sheet
        The sheet.

    Returns
    -------
    bytes
        UTF-8.
    """
    text = io.StringIO()
    csv.writer(text).writerows(sheet.rows)
    return text.getvalue().encode()


def write_book(sheets: Iterable[Sheet]) -> bytes:
    """Sheets as a workbook.

    Parameters
    ----------
    sheets : iterable of Sheet
        The sheets.

    Returns
    -------
    bytes
        An xlsx file.
    """
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for sheet in sheets:
            made = book.add_worksheet(sheet.name)
            for span in sheet.spans:
                made.merge_range(span.top, span.left, span.bottom, span.right, "")
            for row, line in enumerate(sheet.rows):
                for column, text in enumerate(line):
                    if _is_number(text):
                        made.write_number(row, column, float(text))
                    elif text:
                        made.write_string(row, column, text)
    return content.getvalue()


def _is_number(text: str) -> bool:
    try:
        return of_float(float(text)) == text
    except ValueError:
        return False
