"""Delimited text as a grid whose row numbers are the line numbers of the file.

Invariant: the cell of line ``n`` stands in grid row ``n - 1``; nothing is dropped, a broken quote is refused
with its line.
"""

from __future__ import annotations

import csv
import io
from collections import Counter

from dafeng.core.labels import Label
from dafeng.readers.refusals import refusal

DELIMITERS = (",", "\t", ";", "|", "，", "；")
SAMPLE_LINES = 60


def find_delimiter(text: str) -> str:
    """Delimiter that cuts the first lines most evenly.

    Parameters
    ----------
    text : str
        The file's characters.

    Returns
    -------
    str
        One of ``, tab ; |`` or their full-width forms; a comma where none cuts anything.
    """
    lines = [line for line in text[:200_000].splitlines()[:SAMPLE_LINES] if line.strip()]
    return max(DELIMITERS, key=lambda mark: _evenness(lines, mark)) if lines else ","


def _evenness(lines: list[str], mark: str) -> tuple[float, int]:
    widths = Counter(_width(line, mark) for line in lines)
    widths.pop(1, None)
    if not widths:
        return (0.0, 0)
    width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    return (count / len(lines), width)


def _width(line: str, mark: str) -> int:
    """Fields of one line; delimiters inside quotes do not count."""
    outside = "".join(line.split('"')[0::2])
    return outside.count(mark) + 1


def read_grid(text: str, *, name: str) -> tuple[tuple[str, ...], ...]:
    """Rows of a delimited text.

    Parameters
    ----------
    text : str
        The file's characters.
    name : str
        File name, for messages.

    Returns
    -------
    tuple of tuple of str
        Rows by line; a line inside a quoted cell is an empty row.

    Raises
    ------
    FileRefused
        If a quote is never closed, or text follows a closing quote.
    """
    source = io.StringIO(text.replace("\x1a", ""), newline="")
    reader = csv.reader(source, delimiter=find_delimiter(text), strict=True)
    rows: list[tuple[str, ...]] = []
    while True:
        start = reader.line_num
        try:
            record = next(reader, None)
        except csv.Error as cause:
            raise _broken(name, start + 1, str(cause)) from cause
        if record is None:
            return tuple(rows)
        rows.append(tuple(record))
        rows.extend(() for _ in range(reader.line_num - start - 1))


def _broken(name: str, line: int, cause: str) -> Exception:
    return refusal(
        Label(f"第 {line} 行引号不成对（{cause}）", f"broken quotes in line {line} ({cause})"),
        where=f"{name}!A{line}",
        expected=Label("每个引号都成对，单元格内的引号写两遍", "paired quotes, a quote inside a cell written twice"),
    )
