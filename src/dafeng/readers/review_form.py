"""A review as a spreadsheet that an officer edits and hands back: generic sheets with locked and open columns.

Invariant: no text of a document becomes a formula; what comes back is read by the names in the heading and the id in each
row, never by position alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label
from dafeng.readers.cells import address
from dafeng.readers.refusals import refusal
from dafeng.readers.sheets import Sheet, Workbook, read_sheets

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")
"""Beginnings that a spreadsheet takes for a formula or for its own mark."""
LONGEST = 2000
"""Most characters of a text that is shown for orientation. [characters]"""
SPARE = 30
"""Empty rows below the last one, for what is added."""
NAMES_ROW = 2
"""Row of the columns' names, from 0; above it stand the headings in both languages."""
STAMP = re.compile(r"dafeng-review:([0-9a-f]{8,64}):(\d{1,9})")
MARK = "id:"
"""Beginning of the first column's name; the table's name follows."""
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One column.

    Parameters
    ----------
    name : str
        Name by which it is read back.
    label : Label
        Heading.
    width : int
        Width. [characters]
    is_open : bool
        Whether it may be edited.
    choices : tuple of str
        What may be chosen, empty for free text.
    """

    name: str
    label: Label
    width: int
    is_open: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormTable:
    """One sheet.

    Parameters
    ----------
    name : str
        Name by which it is read back.
    label : Label
        Name of the sheet.
    columns : tuple of FormColumn
        Columns; the first holds the id.
    rows : tuple of tuple of str
        Texts by column.
    is_growing : bool
        Whether rows may be added.
    """

    name: str
    label: Label
    columns: tuple[FormColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    is_growing: bool = False


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row that came back.

    Parameters
    ----------
    texts : mapping of str to str
        Column name → text.
    cells : mapping of str to str
        Column name → place, as ``file!sheet!cell``.
    """

    texts: Mapping[str, str]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReturnedForm:
    """A form that came back.

    Parameters
    ----------
    review : str
        Review it was made of.
    edits : int
        How many edits there were when it was made.
    tables : mapping of str to tuple of FormRow
        By the name of the sheet's table; rows that hold nothing are left out.
    """

    review: str
    edits: int
    tables: Mapping[str, tuple[FormRow, ...]] = field(default_factory=dict)


def write_form(
    tables: Sequence[FormTable], *, review: str, edits: int, title: str, lines: Sequence[Label]
) -> bytes:  # fmt: skip
    """Workbook with one sheet per table and one of instructions in front.

    Parameters
    ----------
    tables : sequence of FormTable
        The sheets.
    review : str
        Id of the review.
    edits : int
        Number of its edits.
    title : str
        Title of the document.
    lines : sequence of Label
        Instructions.

    Returns
    -------
    bytes
        An xlsx workbook.
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": title[:200], "created": datetime(2026, 1, 1)})  # noqa: DTZ001 - no zone in xlsx
        styles = _styles(book)
        _write_cover(book, styles, f"dafeng-review:{review}:{edits}", title, lines)
        lists = _write_lists(book, tables)
        for table in tables:
            _write_table(book, styles, table, lists)
    return stream.getvalue()


def read_form(data: bytes, *, name: str) -> ReturnedForm:
    """Read a form that came back.

    Parameters
    ----------
    data : bytes
        The workbook.
    name : str
        File name, for messages.

    Returns
    -------
    ReturnedForm
        Its rows with the places of their cells.

    Raises
    ------
    FileRefused
        If it is no workbook, or none that `write_form` made.
    """
    if not data.startswith(b"PK\x03\x04"):
        raise _no_form(name, Label("文件不是 xlsx 工作簿", "the file is no xlsx workbook"))
    book = read_sheets(data, name=name if name.lower().endswith(".xlsx") else f"{name}.xlsx")
    stamps = (STAMP.fullmatch(text.strip()) for sheet in book.sheets[:1] for row in sheet.rows for text in row)
    stamp = next((found for found in stamps if found), None)
    if stamp is None:
        raise _no_form(name, Label("第一张表没有核对编号", "the first sheet holds no mark of a review"))
    tables = dict(found for sheet in book.sheets[1:] if (found := _read_table(book, sheet)) is not None)
    return ReturnedForm(stamp.group(1), int(stamp.group(2)), tables)


def neutralise(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        With an apostrophe in front where it begins like a formula; `revive` takes it away.
    """
    return f"'{text}" if text.startswith(DANGEROUS) else text


def revive(text: str) -> str:
    """The text that `neutralise` was given.

    Parameters
    ----------
    text : str
        Text of a cell.

    Returns
    -------
    str
        Without the apostrophe.
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(DANGEROUS) else text


def _styles(book: Any) -> dict[str, Any]:
    plain = {"valign": "top", "font_size": 10, "text_wrap": True}
    grey = {"bg_color": "#EEF2F1", "font_color": "#435452"}
    return {
        "open": book.add_format({**plain, "locked": False, "border": 1, "border_color": "#B4C4C1"}),
        "shut": book.add_format({**plain, **grey}),
        "zh": book.add_format({"bold": True, "bg_color": "#DFF0ED", "font_size": 10, "valign": "vcenter"}),
        "en": book.add_format({"italic": True, "bg_color": "#DFF0ED", "font_size": 9}),
        "name": book.add_format({"font_color": "#9AA8A6", "font_size": 8, "bottom": 1}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "text": book.add_format({"text_wrap": True, "valign": "top", "font_size": 11}),
        "stamp": book.add_format({"font_color": "#9AA8A6", "font_size": 8}),
    }


def _write_cover(book: Any, styles: Mapping[str, Any], stamp: str, title: str, lines: Sequence[Label]) -> None:
    page = book.add_worksheet("说明 Instructions")
    page.hide_gridlines(2)
    page.set_column(0, 0, 56)
    page.set_column(1, 1, 70)
    page.write_string(0, 0, neutralise(title[:LONGEST]), styles["title"])
    for at, line in enumerate(lines, 2):
        page.write_string(at, 0, line.zh, styles["text"])
        page.write_string(at, 1, line.en, styles["text"])
    page.write_string(len(lines) + 3, 0, stamp, styles["stamp"])
    page.protect()


def _write_lists(book: Any, tables: Sequence[FormTable]) -> Mapping[tuple[str, ...], str]:
    """Choices that are too long for a rule in a cell stand in a hidden sheet of their own."""
    page = book.add_worksheet("_lists")
    page.hide()
    known: dict[tuple[str, ...], str] = {}
    for choices in (column.choices for table in tables for column in table.columns if column.choices):
        if choices in known:
            continue
        column = len(known)
        page.write_column(0, column, [neutralise(text) for text in choices])
        letters = re.sub(r"\d", "", address(0, column))
        known[choices] = f"=_lists!${letters}$1:${letters}${len(choices)}"
    return known


def _write_table(book: Any, styles: Mapping[str, Any], table: FormTable, lists: Mapping[tuple[str, ...], str]) -> None:
    page = book.add_worksheet(f"{table.label.zh} {table.label.en}"[:31])
    last = NAMES_ROW + len(table.rows) + (SPARE if table.is_growing else 0)
    for at, column in enumerate(table.columns):
        page.set_column(at, at, column.width)
        page.write_string(0, at, column.label.zh, styles["zh"])
        page.write_string(1, at, column.label.en, styles["en"])
        page.write_string(NAMES_ROW, at, column.name if at else f"{MARK}{table.name}", styles["name"])
        for line, row in enumerate(table.rows, NAMES_ROW + 1):
            _write_cell(page, line, at, row[at], styles["open" if column.is_open else "shut"])
        for line in range(NAMES_ROW + 1 + len(table.rows), last + 1):
            page.write_blank(line, at, None, styles["open"])
        if column.choices and last > NAMES_ROW:
            rule = {"validate": "list", "source": lists[column.choices], "error_title": column.label.zh,
                    "error_message": "请从列表中选择 / choose from the list"}  # fmt: skip
            page.data_validation(NAMES_ROW + 1, at, last, at, rule)
    page.freeze_panes(NAMES_ROW + 1, 2)
    page.autofilter(NAMES_ROW, 0, max(last, NAMES_ROW + 1), len(table.columns) - 1)
    page.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True, "insert_rows": True})


def _write_cell(page: Any, row: int, column: int, text: str, style: Any) -> None:
    if not text:
        page.write_blank(row, column, None, style)
    elif NUMBER.fullmatch(text) and (text == "0" or text[0] != "0" or text.startswith("0.")) and len(text) <= 15:
        page.write_number(row, column, float(text), style)
    else:
        page.write_string(row, column, neutralise(text[:LONGEST]), style)


def _read_table(book: Workbook, sheet: Sheet) -> tuple[str, tuple[FormRow, ...]] | None:
    named = sheet.rows[NAMES_ROW] if len(sheet.rows) > NAMES_ROW else ()
    if not named or not named[0].startswith(MARK):
        return None
    names = ("id", *named[1:])
    rows: list[FormRow] = []
    for line in range(NAMES_ROW + 1, len(sheet.rows)):
        texts = {name: revive(sheet.text(line, at)).strip() for at, name in enumerate(names) if name}
        if any(texts.values()):
            rows.append(FormRow(texts, {name: book.at(sheet, line, at) for at, name in enumerate(names) if name}))
    return named[0].removeprefix(MARK), tuple(rows)


def _no_form(name: str, what: Label) -> FileRefused:
    return refusal(
        what,
        where=name,
        expected=Label("从本系统导出的核对表", "a review sheet that was exported here"),
        remedy=Label("重新导出后在其中修改", "export it anew and edit that"),
    )
