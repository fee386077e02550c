"""Find the heading of a table of factors and hand out its rows, cell by cell.

Invariant: a column is taken for what its heading says or what the user says, never for what its cells look like; every
cell keeps its address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dafeng.core.labels import Label
from dafeng.library.factor_words import FactorWords, normal_word
from dafeng.readers.refusals import refusal
from dafeng.readers.sheets import Sheet, Workbook
from dafeng.readers.wording import split_unit

SEARCHED = 60
"""Rows from the top in which a heading is looked for. [rows]"""
NAMING = frozenset({"name", "substance", "path"})
"""Fields of which a table needs one, to say what its factors belong to."""


@dataclass(frozen=True, slots=True)
class FactorHeading:
    """Heading of a table of factors.

    Parameters
    ----------
    row : int
        Grid row.
    columns : mapping of str to int
        Column by field.
    titles : mapping of str to str
        Heading as printed, by field.
    unit : str
        Unit that the heading of the value states, else empty.
    """

    row: int
    columns: Mapping[str, int]
    titles: Mapping[str, str]
    unit: str


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One row of a table of factors.

    Parameters
    ----------
    cells : mapping of str to str
        Text by field; only fields that the table has.
    places : mapping of str to str
        Address ``file!sheet!cell`` by field.
    """

    cells: Mapping[str, str]
    places: Mapping[str, str]

    def text(self, field: str) -> str:
        """Text of a field.

        Parameters
        ----------
        field : str
            Field.

        Returns
        -------
        str
            Without outer blanks; empty where the table has no such column.
        """
        return self.cells.get(field, "").strip()

    def at(self, field: str) -> str:
        """Address of a field.

        Parameters
        ----------
        field : str
            Field.

        Returns
        -------
        str
            Its cell, or the first cell of the row.
        """
        return self.places.get(field) or next(iter(self.places.values()))


def read_lines(
    book: Workbook, words: FactorWords, columns: Mapping[str, str]
) -> tuple[Mapping[str, str], tuple[FactorLine, ...]]:
    """Rows of all tables of factors in a workbook.

    Parameters
    ----------
    book : Workbook
        The delivered file.
    words : FactorWords
        Headings that are known.
    columns : mapping of str to str
        Field by heading, as the user says; goes before what is known.

    Returns
    -------
    mapping of str to str
        Field by heading as printed.
    tuple of FactorLine
        Rows with a text in any column; hidden sheets are left out.

    Raises
    ------
    FileRefused
        If a field does not exist, no sheet has a heading with a value and a name, or two columns say the same.
    """
    known = set(words.columns.values())
    for column, field in columns.items():
        if field not in known:
            raise _no_field(column, field, known)
    told = {**words.columns, **{normal_word(column): field for column, field in columns.items()}}
    titles: dict[str, str] = {}
    lines: list[FactorLine] = []
    for sheet in book.sheets:
        heading = None if sheet.hidden else _find(sheet, told, book)
        if heading is not None:
            titles |= {title: field for field, title in heading.titles.items()}
            lines += _lines(book, sheet, heading)
    missing = [column for column in columns if column not in titles and normal_word(column) not in map(normal_word, titles)]
    if not titles or missing:
        raise _no_heading(book.name, missing)
    return titles, tuple(lines)


def _find(sheet: Sheet, told: Mapping[str, str], book: Workbook) -> FactorHeading | None:
    for row in range(min(len(sheet.rows), SEARCHED)):
        texts = [sheet.spread(row, column) for column in range(len(sheet.rows[row]))]
        fields = [_field(text, told) for text in texts]
        if "value" in fields and NAMING & set(fields):
            return _heading(sheet, row, texts, fields, book)
    return None


def _field(text: str, told: Mapping[str, str]) -> str:
    return told.get(normal_word(text)) or told.get(normal_word(split_unit(text)[0]), "")


def _heading(sheet: Sheet, row: int, texts: list[str], fields: list[str], book: Workbook) -> FactorHeading:
    columns: dict[str, int] = {}
    for column, field in enumerate(fields):
        if field and field in columns:
            raise _twice(book.at(sheet, row, column), texts[columns[field]], texts[column])
        if field:
            columns[field] = column
    titles = {field: texts[column].strip() for field, column in columns.items()}
    return FactorHeading(row, columns, titles, split_unit(titles["value"])[1])


def _lines(book: Workbook, sheet: Sheet, heading: FactorHeading) -> Iterator[FactorLine]:
    for row in range(heading.row + 1, len(sheet.rows)):
        cells = {field: sheet.spread(row, column) for field, column in heading.columns.items()}
        if not any(text.strip() for text in cells.values()):
            continue
        if heading.unit and "unit" not in cells:
            cells["unit"] = heading.unit
        places = {field: book.at(sheet, row, column) for field, column in heading.columns.items()}
        yield FactorLine(cells, places)


def _no_field(column: str, field: str, known: set[str]) -> Exception:
    fields = ", ".join(sorted(known))
    return refusal(
        Label(f"没有字段“{field}”", f"there is no field '{field}'"),
        where=f"--map {column}={field}",
        expected=Label(fields, fields),
        remedy=Label("改正 --map", "correct --map"),
    )


def _no_heading(name: str, missing: list[str]) -> Exception:
    said = "、".join(missing)
    what = (
        Label(f"没有名为“{said}”的列", f"there is no column '{said}'")
        if missing
        else Label("没有找到因子表的表头", "no heading of a table of factors was found")
    )
    return refusal(
        what,
        where=name,
        expected=Label(
            "含“因子值”和“因子名称”（或物质、类别）的表头", "a heading with a value and a name (or substance, category)"
        ),
        remedy=Label(
            "用 --map 列名=字段 指明，如 --map 系数=value", "name the columns with --map COLUMN=FIELD, e.g. --map k=value"
        ),
    )


def _twice(at: str, first: str, second: str) -> Exception:
    return refusal(
        Label(f"“{first}”与“{second}”两列含义相同", f"the columns '{first}' and '{second}' say the same"),
        where=at,
        expected=Label("每一列含义不同", "a different meaning in each column"),
        remedy=Label("改一列的表头，或用 --map 另指", "rename one of them, or name it with --map"),
    )
