"""Indicator values on their way from ``measure`` to ``judge`` and the faces.

Invariant: one value per indicator, year and basis, each with the address of its trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from dafeng.core.findings import Finding
from dafeng.core.tables import SCORES
from dafeng.work.tracing import TraceBook


@dataclass(frozen=True, slots=True)
class Score:
    """One value of one indicator.

    Parameters
    ----------
    indicator : str
        Indicator id.
    year : int
        Year it speaks of.
    value : float
        Value in the unit of the indicator; shares 0..1.
    unit : str
        Unit of the indicator.
    basis : str
        ``actual``, ``estimated`` or ``projected``.
    grade : str
        Evidence grade.
    address : str
        Address of its trace.
    inputs : tuple of str
        Addresses it was made from.
    low, high : float or None
        Interval where one is known.
    period : str
        The period of the fact where it is shorter than the year (``2023-09``), else the year.
    outlook : bool
        Whether it is the projection that warns about a target of its year.
    """

    indicator: str
    year: int
    value: float
    unit: str
    basis: str
    grade: str
    address: str
    inputs: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    period: str = ""
    outlook: bool = False


@dataclass(frozen=True, slots=True)
class Scores:
    """All indicator values of a city.

    Parameters
    ----------
    place : str
        Administrative code.
    rows : tuple of Score
        Sorted by indicator and year.
    traces : TraceBook
        How each came about.
    findings : tuple of Finding
        What could not be used.
    """

    place: str
    rows: tuple[Score, ...]
    traces: TraceBook
    findings: tuple[Finding, ...] = field(default=())

    def of(self, indicator: str) -> tuple[Score, ...]:
        """Values of one indicator.

        Parameters
        ----------
        indicator : str
            Indicator id.

        Returns
        -------
        tuple of Score
            In rising order of years.
        """
        return tuple(row for row in self.rows if row.indicator == indicator)

    def at(self, indicator: str, year: int) -> Score | None:
        """Value of one indicator in one year.

        Parameters
        ----------
        indicator : str
            Indicator id.
        year : int
            Year.

        Returns
        -------
        Score or None
            ``None`` where there is none.
        """
        return next((row for row in self.rows if row.indicator == indicator and row.year == year), None)

    def table(self) -> pa.Table:
        """The values as a declared table.

        Returns
        -------
        pyarrow.Table
            Schema ``SCORES``.
        """
        return SCORES.build(_row(self.place, score) for score in self.rows)


def sort_scores(rows: Iterable[Score]) -> tuple[Score, ...]:
    """Scores in their canonical order.

    Parameters
    ----------
    rows : iterable of Score
        Any order.

    Returns
    -------
    tuple of Score
        By indicator, year and basis.
    """
    return tuple(sorted(rows, key=lambda row: (row.indicator, row.year, row.basis)))


def _row(place: str, score: Score) -> dict[str, object]:
    return {
        "indicator": score.indicator,
        "place": place,
        "year": score.year,
        "value": score.value,
        "unit": score.unit,
        "basis": score.basis,
        "low": score.low,
        "high": score.high,
        "grade": score.grade,
        "address": score.address,
        "inputs": list(score.inputs),
    }
