"""Named tables as a workbook and back: one sheet per table, header first.

Invariant: a text never becomes a formula, and comes back as it was; a sheet that is no table is refused with its cell.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dafeng.core.labels import Label
from dafeng.readers.refusals import refusal
from dafeng.readers.sheets import Sheet, Workbook, read_sheets

STRICT: Mapping[str, bool] = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Nothing but a number or a text is written."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")
"""Beginnings that a spreadsheet takes for a formula when a cell is edited, and the mark that stands before them."""
LONGEST = 31
"""Characters of a sheet's name."""

Rows = Sequence[Sequence[str]]
"""Cells of a table, its header first."""


def write_book(tables: Mapping[str, Rows]) -> bytes:
    """Tables as a workbook.

    Parameters
    ----------
    tables : mapping of str to rows
        Cells by name; what reads as a finite number is written as one. A name too long for a sheet stands in the first
        cell instead.

    Returns
    -------
    bytes
        The file.
    """
    made = io.BytesIO()
    import xlsxwriter  # only where a workbook is written: the command line starts without it

    with xlsxwriter.Workbook(made, {**STRICT, "in_memory": True}) as book:
        bold, used = book.add_format({"bold": True}), set[str]()
        for name, rows in tables.items():
            sheet_name = _short(name, used)
            page = book.add_worksheet(sheet_name)
            page.freeze_panes(1, 1)
            for at, row in enumerate(rows):
                cells = (name, *row[1:]) if at == 0 and sheet_name != name else row
                for column, cell in enumerate(cells):
                    _write(page, at, column, cell, bold if at == 0 else None)
    return made.getvalue()


def _short(name: str, used: set[str]) -> str:
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 4]}~{len(used)}"
    used.add(short)
    return short


def _write(page: Any, row: int, column: int, cell: str, style: Any) -> None:
    value = _finite(cell) if row and column else None
    if value is not None:
        page.write_number(row, column, value, style)
    elif cell:
        page.write_string(row, column, f"'{cell}" if cell.startswith(DANGEROUS) else cell, style)


def _finite(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) < float("inf") and repr(value) in (cell, f"{cell}.0") else None


def read_book(path: Path | bytes, *, name: str = "") -> dict[str, tuple[tuple[str, ...], ...]]:
    """Tables of a workbook.

    Parameters
    ----------
    path : Path or bytes
        The file, or its content.
    name : str
        File name for messages, where content is given.

    Returns
    -------
    dict of str to rows
        Cells by name, each row as long as its header; empty rows at the end are left out.

    Raises
    ------
    FileRefused
        If it is no workbook, or a cell stands outside the header's columns.
    """
    book = read_sheets(path, name=name)
    return dict(_table(book, sheet) for sheet in book.sheets if sheet.rows)


def _table(book: Workbook, sheet: Sheet) -> tuple[str, tuple[tuple[str, ...], ...]]:
    header = list(sheet.rows[0])
    while header and not header[-1]:
        header.pop()
    rows = [tuple(_plain(cell) for cell in header)]
    for at, row in enumerate(sheet.rows[1:], 1):
        outside = next((place for place in range(len(header), len(row)) if row[place]), None)
        if outside is not None:
            raise refusal(
                Label(f"“{row[outside]}”所在的列没有表头", f"'{row[outside]}' stands in a column without a head"),
                where=book.at(sheet, at, outside),
                expected=Label("每列有表头", "a head for every column"),
                remedy=Label("补上表头，或删去该格", "give a head, or clear the cell"),
            )
        rows.append(tuple(_plain(sheet.text(at, place)) for place in range(len(header))))
    while len(rows) > 1 and not any(rows[-1]):
        rows.pop()
    named = header and "~" in sheet.name and sheet.name.partition("~")[0] in header[0]
    return (header[0] if named else sheet.name), tuple(rows)


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(DANGEROUS) else cell
