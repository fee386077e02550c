"""What a record known at one year says of later ones, and how a forecast is scored against what was published.

Invariant: a rule sees no figure of a year after its origin; an interval is never narrowed once the outcome is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dafeng.core.sources import Source
from dafeng.core.units import ratio
from dafeng.library.listing import Kind, load_csv
from dafeng.library.sources import check_source
from dafeng.pathways.model.drivers import Row

Array = npt.NDArray[np.float64]
FACTORS = ("growth", "intensity_change", "carbon_change")
"""Yearly rates of activity, of energy per activity and of CO2 per energy."""
UNITS: Mapping[str, str] = {"growth": "1", "energy": "tce", "co2": "tCO2"}
"""Unit in which each series is kept."""
PERIOD = 5
"""Years of a plan."""
LONGEST = 10
"""Years of the record that a rule looks back on."""
INSIDE = 0.9
"""Probability of the interval."""
_CORNER = 1 - float(np.sqrt(1 - INSIDE))
"""Share of the half-width of a symmetric triangle within which ``INSIDE`` of its draws lie."""
_COLUMNS: Mapping[str, Kind] = {
    "quantity": "text",
    "year": "integer",
    "value": "decimal",
    "unit": "text",
    "breaks": "boolean",
    "source": "text",
    "grade": "text",
}


@dataclass(frozen=True, slots=True)
class Record:
    """Published figures of a place.

    Parameters
    ----------
    series : mapping of str to mapping of int to float
        ``energy`` [tce], ``co2`` [tCO2] and ``growth`` [1] by year.
    breaks : mapping of str to tuple of int
        Years whose accounts do not go on from the year before.
    sources : mapping of (str, int) to str
        Source of each figure.
    """

    series: Mapping[str, Mapping[int, float]]
    breaks: Mapping[str, tuple[int, ...]]
    sources: Mapping[tuple[str, int], str]

    def until(self, year: int) -> Record:
        """The record as far as a year.

        Parameters
        ----------
        year : int
            Last year kept.

        Returns
        -------
        Record
            Without any later figure.
        """
        kept = {name: {at: value for at, value in one.items() if at <= year} for name, one in self.series.items()}
        return Record(kept, self.breaks, {key: source for key, source in self.sources.items() if key[1] <= year})

    def rates(self) -> dict[str, Array]:
        """Yearly rates of the three factors over the years for which all are known; gaps are bridged evenly.

        Returns
        -------
        dict of str to (years,) array
            The last rate is that of the last year. [1]
        """
        energy, co2 = (bridge(self.series[name]) for name in ("energy", "co2"))
        growth = self.series["growth"]
        years = sorted(year for year in energy if {year, year - 1} <= energy.keys() & co2.keys() and year in growth)
        activity = np.array([1 + growth[year] for year in years])
        used, emitted = (np.array([one[year] / one[year - 1] for year in years]) for one in (energy, co2))
        return dict(zip(FACTORS, (activity - 1, used / activity - 1, emitted / used - 1), strict=True))


def bridge(series: Mapping[int, float]) -> dict[int, float]:
    """A series with its gaps filled by even growth.

    Parameters
    ----------
    series : mapping of int to float
        By year, positive. [any unit]

    Returns
    -------
    dict of int to float
        Every year from the first to the last. [unit of the series]
    """
    known = sorted(series)
    years = range(known[0], known[-1] + 1)
    logs = np.interp(list(years), known, np.log([series[year] for year in known]))
    return {year: series.get(year, float(np.exp(value))) for year, value in zip(years, logs, strict=True)}


def read_record(source: Path, *, sources: Mapping[str, Source]) -> Record:
    """Record of a file.

    Parameters
    ----------
    source : Path
        CSV: quantity, year, value, unit, breaks, source, grade.
    sources : mapping of str to Source
        Known sources.

    Returns
    -------
    Record
        In the units of ``UNITS``.

    Raises
    ------
    DefinitionError
        If a cell, a unit or a source breaks the form.
    """
    rows = load_csv(source, _COLUMNS, key=("quantity", "year"))
    series: dict[str, dict[int, float]] = {name: {} for name in UNITS}
    for row in rows:
        factor = float(ratio(row["unit"], UNITS[row["quantity"]]))
        series[row["quantity"]][row["year"]] = float(row["value"]) * factor
    breaks = {name: tuple(row["year"] for row in rows if row["breaks"] and row["quantity"] == name) for name in UNITS}
    return Record(
        series, breaks, {(row["quantity"], row["year"]): check_source(row["source"], sources, row["at"]) for row in rows}
    )


def continue_record(record: Record, horizon: int) -> tuple[Row, ...]:
    """Rates of the next years as a continuation of the last ten.

    Parameters
    ----------
    record : Record
        Up to the origin.
    horizon : int
        Years ahead.

    Returns
    -------
    tuple of Row
        One band per factor: the mean of the past rates, and the interval that a mean of `horizon` more rates has if each
        year stands for itself (Student's t).
    """
    from scipy.stats import t

    made = []
    for name, rates in record.rates().items():
        past = rates[-LONGEST:]
        spread = float(past.std(ddof=1)) * np.sqrt(1 / len(past) + 1 / horizon)
        half = float(t.ppf((1 + INSIDE) / 2, len(past) - 1)) * spread / _CORNER
        made.append(_row(name, float(past.mean()), half))
    return tuple(made)


def mirror_misses(stated: Mapping[str, float], record: Record) -> tuple[Row, ...]:
    """What was stated, as uncertain as the two plan periods before were far from it.

    Parameters
    ----------
    stated : mapping of str to float
        Stated middle rate of each factor. [1]
    record : Record
        Up to the origin.

    Returns
    -------
    tuple of Row
        One band per factor: to both sides as far as the farther of the last two five-year means lies from the stated rate (of
        the last one, where the record is shorter).
    """
    made = []
    for name, rates in record.rates().items():
        periods = [rates[-PERIOD:], rates[-2 * PERIOD : -PERIOD]]
        means = [float(np.exp(np.log1p(period).mean()) - 1) for period in periods if len(period) == PERIOD]
        made.append(_row(name, stated[name], max(abs(mean - stated[name]) for mean in means)))
    return tuple(made)


def _row(name: str, middle: float, half: float) -> Row:
    return Row(name, frozenset(), None, middle - half, middle, middle + half, "1", "dafeng", "estimated")


def score_draws(draws: Any, outcome: float) -> float:
    """Continuous ranked probability score of a sample; a single value gives its distance.

    Parameters
    ----------
    draws : (draws,) array
        Forecast. [any unit]
    outcome : float
        What came. [the same unit]

    Returns
    -------
    float
        0 for certainty that came true. [the same unit]

    Source
    ------
    ``gneiting-raftery-2007``, eq. 21.
    """
    ranked = np.sort(np.asarray(draws, dtype=float))
    count = len(ranked)
    spread = float(((2 * np.arange(1, count + 1) - count - 1) * ranked).sum()) / count**2
    return float(np.abs(ranked - outcome).mean()) - spread


def join_accounts(record: Record, name: str, year: int) -> float:
    """What a published value would be if the accounts had gone on unbroken.

    Parameters
    ----------
    record : Record
        With the years after the break.
    name : str
        ``energy`` or ``co2``.
    year : int
        Year of the value.

    Returns
    -------
    float
        The value, with each break since replaced by the mean of the growth before and after it. [unit of the series]
    """
    series = bridge(record.series[name])
    value = series[year]
    for at in record.breaks[name]:
        if at < year:
            steps = [series[at - 1] / series[at - 2], series[at] / series[at - 1], series[at + 1] / series[at]]
            value *= (steps[0] + steps[2]) / 2 / steps[1]
    return value
