"""Rows of the IAMC format, which scenario databases and pyam read, and their text.

Invariant: the columns have the names and the order that the format documents; a number keeps all its digits, and an absent
value is an empty cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

HEADS = ("model", "scenario", "region", "variable", "unit")
"""Columns of the format before the years."""


@dataclass(frozen=True, slots=True)
class LongRow:
    """One row of the table.

    Parameters
    ----------
    region, variable, unit : str
        What it tells, of what place.
    values : mapping of int to float
        By year. [the unit]
    """

    region: str
    variable: str
    unit: str
    values: Mapping[int, float]


def wide_cells(tables: Mapping[str, Sequence[LongRow]], *, model: str) -> Iterator[tuple[str, ...]]:
    """Cells with one column per year, the heading first.

    Parameters
    ----------
    tables : mapping of str to sequence of LongRow
        Rows by scenario.
    model : str
        Name of the model.

    Yields
    ------
    tuple of str
        One line.
    """
    years = sorted({year for rows in tables.values() for row in rows for year in row.values})
    yield (*HEADS, *(str(year) for year in years))
    for scenario, rows in tables.items():
        for row in rows:
            cells = (repr(float(row.values[year])) if year in row.values else "" for year in years)
            yield (model, scenario, row.region, row.variable, row.unit, *cells)


def long_cells(tables: Mapping[str, Sequence[LongRow]], *, model: str) -> Iterator[tuple[str, ...]]:
    """Cells with one line per year, the heading first.

    Parameters
    ----------
    tables : mapping of str to sequence of LongRow
        Rows by scenario.
    model : str
        Name of the model.

    Yields
    ------
    tuple of str
        One line.
    """
    yield (*HEADS, "year", "value")
    for scenario, rows in tables.items():
        for row in rows:
            for year, value in row.values.items():
                yield (model, scenario, row.region, row.variable, row.unit, str(year), repr(float(value)))


def csv_text(cells: Iterator[tuple[str, ...]]) -> str:
    """Lines as CSV.

    Parameters
    ----------
    cells : iterator of tuple of str
        As `wide_cells` or `long_cells` gives them.

    Returns
    -------
    str
        The text.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    return text.getvalue()
