"""Tables whose headings nobody knows: which row heads them, what each column may be, and the sign of the heading.

Invariant: a guess is shown and never used; only a mapping that a person made reads a column.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.readers.headings import SEARCHED, find_heading
from dafeng.readers.numbers import read_number
from dafeng.readers.sheets import Sheet, Workbook
from dafeng.readers.wording import column_labels, column_spellings, normal

FEWEST_HEADS = 3
"""Fewest texts side by side that may head a table."""
SHOWN = 3
"""Figures or words of a column that are shown beside its heading."""


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One column of a delivered table.

    Parameters
    ----------
    heading : str
        Its heading as delivered.
    meaning : str
        Our name of it, empty where it is not known; a year for a column of a year.
    samples : tuple of str
        Its first cells.
    """

    heading: str
    meaning: str
    samples: tuple[str, ...]


def read_mapping(texts: Sequence[str]) -> dict[str, str]:
    """Mapping from texts of the form ``heading=column``.

    Parameters
    ----------
    texts : sequence of str
        As typed; the column by our name or by one of its spellings, empty to leave it out.

    Returns
    -------
    dict of str to str
        Our name of a column by its heading.

    Raises
    ------
    SettingError
        If a text has another form or names no column.
    """
    return dict(_pair(text) for text in texts)


def guess_heading(sheet: Sheet, *, name: str, mapping: Mapping[str, str] | None = None) -> int | None:
    """Row that seems to head a table of figures.

    Parameters
    ----------
    sheet : Sheet
        Any sheet.
    name : str
        File name.
    mapping : mapping of str to str, optional
        What is known of its headings.

    Returns
    -------
    int or None
        The heading that is read, else the first row of words above a row with a figure; ``None`` where there is none.
    """
    found = find_heading(sheet, name=name, mapping=mapping)
    if found is not None:
        return found.row
    rows = range(min(len(sheet.rows) - 1, SEARCHED))
    return next((row for row in rows if _heads(sheet.rows[row]) and _has_figure(sheet.rows[row + 1])), None)


def list_columns(sheet: Sheet, row: int, mapping: Mapping[str, str]) -> tuple[ColumnGuess, ...]:
    """Columns of a table with what they are taken for.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    row : int
        Its heading.
    mapping : mapping of str to str
        Our name of a column by its heading.

    Returns
    -------
    tuple of ColumnGuess
        Those with a heading, from left to right.
    """
    heads = dict.fromkeys(text for column in range(len(sheet.rows[row])) if (text := sheet.spread(row, column).strip()))
    first = {sheet.spread(row, column).strip(): column for column in reversed(range(len(sheet.rows[row])))}
    named = {normal(text): word for text, word in mapping.items()}
    return tuple(ColumnGuess(text, _meaning(text, named), _samples(sheet, row, first[text])) for text in heads)


def sign_heading(texts: Sequence[str]) -> str:
    """Sign of a heading, by which its mapping is found again.

    Parameters
    ----------
    texts : sequence of str
        Texts of the row.

    Returns
    -------
    str
        16 hexadecimal digits; the same for the same words, whatever their width, blanks and marks.
    """
    words = "|".join(normal(text) for text in texts if text.strip())
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def list_signs(workbook: Workbook) -> tuple[str, ...]:
    """Signs of all rows that may head a table.

    Parameters
    ----------
    workbook : Workbook
        A file that was read.

    Returns
    -------
    tuple of str
        From the first sheet to the last.
    """
    rows = (row for sheet in workbook.sheets for row in sheet.rows[:SEARCHED])
    return tuple(dict.fromkeys(sign_heading(row) for row in rows if _heads(row)))


def _pair(text: str) -> tuple[str, str]:
    heading, equals, column = text.partition("=")
    word = column.strip()
    known = word if word in column_labels() else column_spellings().get(normal(word), "")
    if not equals or not heading.strip() or (word and not known):
        listed = ", ".join(column_labels())
        raise SettingError(
            Label(f"“{text}”不是列名与字段的对应", f"'{text}' maps no heading to a column"),
            where="--map",
            expected=Label(
                f"列名=字段，字段为 {listed}，或留空不读", f"heading=column, one of {listed}, or empty to leave it out"
            ),
            remedy=Label("如 --map 数量=value", "such as --map 数量=value"),
        )
    return heading.strip(), known


def _heads(row: Sequence[str]) -> bool:
    words = [text for text in row if text.strip() and read_number(text).value is None]
    return len(words) >= FEWEST_HEADS


def _has_figure(row: Sequence[str]) -> bool:
    return any(read_number(text).value is not None for text in row)


def _meaning(text: str, named: Mapping[str, str]) -> str:
    return named.get(normal(text), column_spellings().get(normal(text), ""))


def _samples(sheet: Sheet, row: int, column: int) -> tuple[str, ...]:
    cells = (sheet.spread(line, column).strip() for line in range(row + 1, min(len(sheet.rows), row + 40)))
    return tuple(text for text in cells if text)[:SHOWN]
