"""A plain workbook of several tables, written the same way every time.

Invariant: no text becomes a formula, a link or a number; the same tables give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dafeng.readers.review_form import neutralise

_BORN = datetime(2000, 1, 1)  # noqa: DTZ001 - the properties of the format have no zone
_STRICT: Mapping[str, bool] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a workbook.

    Parameters
    ----------
    title : str
        Name of the sheet.
    rows : sequence of sequence
        Cells.
    headed : bool
        Whether the first row is a heading.
    """

    title: str
    rows: Sequence[Sequence[Any]]
    headed: bool = True


def write_book(title: str, sheets: Sequence[Sheet]) -> bytes:
    """A workbook.

    Parameters
    ----------
    title : str
        Title of the document.
    sheets : sequence of Sheet
        Its tables.

    Returns
    -------
    bytes
        The xlsx file.
    """
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, dict(_STRICT)) as book:
        book.set_properties({"created": _BORN, "title": title})
        heading, plain = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.title)
            page.set_column(0, 20, 18)
            page.freeze_panes(int(sheet.headed), 0)
            for number, row in enumerate(sheet.rows):
                _write_row(page, number, row, heading if sheet.headed and number == 0 else plain)
    return made.getvalue()


def _write_row(page: Any, number: int, row: Sequence[Any], form: Any) -> None:
    for at, value in enumerate(row):
        page.write(number, at, neutralise(value) if isinstance(value, str) else "" if value is None else value, form)
