"""Workbooks made for tests, as bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import xlsxwriter

Rows = Sequence[Sequence[object]]


def make_book(sheets: Mapping[str, Rows], *, merges: Sequence[tuple[str, str, object]] = (), hidden: str = "") -> bytes:
    """An xlsx file; ``merges`` are (sheet, range, value)."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value)
            for target, area, value in merges:
                if target == title:
                    sheet.merge_range(area, value)
            if title == hidden:
                sheet.hide()
    return stream.getvalue()


def repack(data: bytes, part: str, change: object) -> bytes:
    """The same archive with one part replaced by bytes, or dropped if ``change`` is None."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != part:
                new.writestr(info.filename, old.read(info))
        if isinstance(change, bytes):
            new.writestr(part, change)
    return stream.getvalue()
