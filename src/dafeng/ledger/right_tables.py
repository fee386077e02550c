"""Tables of ``data/rights`` in the package and in overlay folders, read so that a bad row is named and never guessed.

Invariant: every row has every column that is asked for; a day is an ISO day or empty.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from dafeng.core.labels import Label
from dafeng.library.overlay import definition_files, layers
from dafeng.library.strict import number, read_text, refusal


class Row(NamedTuple):
    """A row of a table: where it stands, and its cells by column."""

    at: str
    cells: dict[str, str]

    def whole(self, column: str) -> int:
        """Whole number of a cell.

        Parameters
        ----------
        column : str
            The column.

        Returns
        -------
        int
            The number.

        Raises
        ------
        DefinitionError
            If it is none.
        """
        found = number(self.cells[column], self.at)
        if not isinstance(found, int):
            raise refusal(self.at, f"{column} 应为整数", f"{column} must be a whole number")
        return found

    def day(self, column: str) -> str:
        """Day of a cell.

        Parameters
        ----------
        column : str
            The column.

        Returns
        -------
        str
            ISO day; empty where it is not known.

        Raises
        ------
        DefinitionError
            If it is no day.
        """
        text = self.cells[column]
        try:
            return date.fromisoformat(text).isoformat() if text else ""
        except ValueError:
            raise refusal(
                self.at, f"“{text}”不是日期", f"'{text}' is no day", expected=Label("如 2024-12-31", "such as 2024-12-31")
            ) from None


def read_rows(folders: Sequence[Path], name: str, columns: Sequence[str]) -> Iterator[Row]:
    """Rows of the tables of one name.

    Parameters
    ----------
    folders : sequence of Path
        Overlay folders; the package comes first.
    name : str
        Start of the file names, e.g. ``calendar``.
    columns : sequence of str
        Columns that must be there.

    Yields
    ------
    Row
        With the cells of these columns, without blanks around them.

    Raises
    ------
    DefinitionError
        If a column or cell is missing.
    """
    for path in definition_files(layers(*folders), f"rights/{name}*.csv"):
        reader = csv.DictReader(read_text(path, name=path.name).splitlines())
        if lacking := [column for column in columns if column not in (reader.fieldnames or ())]:
            raise refusal(f"{path.name}:1:1", f"缺列 {lacking[0]}", f"column {lacking[0]} is missing")
        for line, row in enumerate(reader, start=2):
            if any(row[column] is None for column in columns):
                raise refusal(f"{path.name}:{line}:1", "缺单元格", "a cell is missing")
            yield Row(f"{path.name}:{line}:1", {column: row[column].strip() for column in columns})
