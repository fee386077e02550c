"""The heading of a table of figures, found by content: which column holds what.

Invariant: a table is long (a value column) or wide (a column per year), never both; a heading that names one
thing twice is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dafeng.core.labels import Label
from dafeng.readers.cells import address, place_of
from dafeng.readers.layout import find_caption, is_unit
from dafeng.readers.numbers import fold
from dafeng.readers.refusals import refusal
from dafeng.readers.sheets import Sheet
from dafeng.readers.wording import column_spellings, normal, second_spellings, split_unit

Named = tuple[int, str, str]
"""A column with our name of its heading, or with the year that it stands for."""

SEARCHED = 60
"""Rows from the top in which a heading is looked for. [rows]"""
YEAR_HEADING = re.compile(r"((?:19|20)\d{2})\s*年?\s*(?:数值|实际|实际值|完成值|数据|value|actual)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of one table.

    Parameters
    ----------
    row : int
        Grid row of the heading.
    columns : mapping of str to int
        Column by our name (``indicator``, ``period``, ``value``, ``unit`` …).
    years : mapping of int to str
        Period by column, for a wide table.
    unit : str
        Unit that a caption or the value column's heading states for the whole table, else empty.
    """

    row: int
    columns: Mapping[str, int]
    years: Mapping[int, str]
    unit: str


def find_heading(sheet: Sheet, *, name: str, mapping: Mapping[str, str] | None = None) -> Heading | None:
    """Heading of the figures in a sheet.

    Parameters
    ----------
    sheet : Sheet
        Any sheet.
    name : str
        File name, for messages.
    mapping : mapping of str to str, optional
        Our name of a column by its heading, where the heading is not known; an empty name leaves the column out.

    Returns
    -------
    Heading or None
        The first row that names an indicator and a value (or years), ``None`` if there is none.

    Raises
    ------
    FileRefused
        If the heading names one thing in two columns.
    """
    for row in range(min(len(sheet.rows), SEARCHED)):
        named = _settled(sheet, row, {normal(text): word for text, word in (mapping or {}).items()})
        words = [word for _, word, _ in named if word]
        years = {column: year for column, _, year in named if year}
        if not {"indicator", "code"} & set(words) or not (years or "value" in words):
            continue
        if years and "value" not in words:
            return Heading(row, _columns(sheet, row, named, name), years, find_caption(sheet, row))
        return _long(sheet, row, _columns(sheet, row, named, name))
    return None


def _long(sheet: Sheet, row: int, columns: Mapping[str, int]) -> Heading:
    stated = split_unit(sheet.spread(row, columns["value"]))[1]
    return Heading(row, columns, {}, stated if is_unit(stated) else find_caption(sheet, row))


def _settled(sheet: Sheet, row: int, mapping: Mapping[str, str]) -> list[Named]:
    """Columns with our names; a heading whose meaning another one holds takes its second meaning."""
    texts = [sheet.spread(row, column) for column in range(len(sheet.rows[row]))]
    named = [(column, *_read(text, mapping)) for column, text in enumerate(texts)]
    held: dict[str, set[str]] = {}
    for column, word, _ in named:
        held.setdefault(word, set()).add(normal(texts[column]))
    return [
        (column, second_spellings().get(normal(texts[column]), word) if word and len(held[word]) > 1 else word, year)
        for column, word, year in named
    ]


def _read(text: str, mapping: Mapping[str, str]) -> tuple[str, str]:
    """Our name of a heading, or the year it stands for."""
    if normal(text) in mapping:
        return mapping[normal(text)], ""
    bare = split_unit(text)[0]
    word = column_spellings().get(normal(bare), "") or column_spellings().get(normal(text), "")
    year = "" if word else _year(text)
    return word, year


def _year(text: str) -> str:
    found = YEAR_HEADING.fullmatch(fold(text))
    return found[1] if found else ""


def _columns(sheet: Sheet, row: int, named: list[Named], name: str) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, word, _ in named:
        if word and word in columns and not _same_area(sheet, row, columns[word], column):
            raise _twice(sheet, row, (columns[word], column), name)
        if word:
            columns.setdefault(word, column)
    return columns


def _same_area(sheet: Sheet, row: int, first: int, second: int) -> bool:
    span = sheet.span(row, first)
    return span is not None and span == sheet.span(row, second)


def _twice(sheet: Sheet, row: int, columns: tuple[int, int], name: str) -> Exception:
    first, second = (address(row, column) for column in columns)
    said = sheet.spread(row, columns[1])
    return refusal(
        Label(f"{first} 与 {second} 的表头含义相同（“{said}”）", f"{first} and {second} head the same thing ('{said}')"),
        where=place_of(name, sheet.name, second),
        expected=Label("每一列含义不同的表头", "a heading with a different meaning in each column"),
        remedy=Label("改一列的表头或删去一列", "rename or delete one column"),
    )
