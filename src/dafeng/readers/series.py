"""Facts grouped into what one can compare: the same thing over years, the same year from several sources.

Invariant: figures are compared only in one unit; what cannot be converted is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.units import convert

Row = Mapping[str, Any]
SUBJECT = ("indicator", "flow", "carrier", "place", "organisation")
"""What a figure is about, without when and by whom."""
BEST_FIRST = ("primary", "reported", "secondary", "derived", "estimated", "provisional", "assumption", "memory")
"""Evidence grades in the order in which one of several figures is chosen for a comparison."""


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of a series.

    Parameters
    ----------
    year : int
        Calendar year.
    value : Decimal
        In the unit of the series.
    row : mapping
        The fact.
    """

    year: int
    value: Decimal
    row: Row


def group(rows: Iterable[Row], names: Iterable[str]) -> dict[tuple[Any, ...], list[Row]]:
    """Rows by the values of some columns.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    names : iterable of str
        Columns.

    Returns
    -------
    dict of tuple to list
        Rows in their order.
    """
    listed = tuple(names)
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row.get(name) for name in listed), []).append(row)
    return found


def in_unit(row: Row, unit: str) -> Decimal | None:
    """Value of a fact in another unit.

    Parameters
    ----------
    row : mapping
        A fact.
    unit : str
        The unit wanted.

    Returns
    -------
    Decimal or None
        ``None`` if the units have different dimensions.
    """
    try:
        return convert(row["value"], row["unit"], unit)
    except UnitError:
        return None


def choose(rows: Iterable[Row]) -> Row:
    """The best graded of several figures for the same thing and time.

    Parameters
    ----------
    rows : iterable of mapping
        At least one fact.

    Returns
    -------
    mapping
        The first of the best grade.
    """
    return min(rows, key=lambda row: BEST_FIRST.index(row["grade"]))


def yearly(rows: Iterable[Row]) -> list[Point]:
    """Series of calendar years of one subject, one figure per year.

    Parameters
    ----------
    rows : iterable of mapping
        Facts of one subject.

    Returns
    -------
    list of Point
        By year, in the unit of the earliest figure.
    """
    years = {int(period): choose(listed) for (period,), listed in group(rows, ("period",)).items() if str(period).isdecimal()}
    if not years:
        return []
    unit = years[min(years)]["unit"]
    points = [(year, in_unit(row, unit), row) for year, row in sorted(years.items())]
    return [Point(year, value, row) for year, value, row in points if value is not None]
