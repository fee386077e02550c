"""The years between now and a target: what the least-cost set comes to, and a straight line to what is asked.

Invariant: values are the model's own; the line is a yardstick that no clause asks for, and is named so.
"""

from __future__ import annotations

from dataclasses import dataclass

from dafeng.pathways.consistency import Row
from dafeng.pathways.picture import Bench, Gauge
from dafeng.work.target_answers import SystemAnswer
from dafeng.work.target_system import TargetSystem


@dataclass(frozen=True, slots=True)
class Interim:
    """One year on the way to a target.

    Parameters
    ----------
    year : int
        The year.
    value : float
        What the model gives when the actions of least cost are taken. [unit of the row]
    line : float
        Where a straight line from the year of the assessment to the target stands. [unit of the row]
    kept : bool
        Whether the value is at least as far as the line.
    """

    year: int
    value: float
    line: float
    kept: bool


def interim_years(system: TargetSystem, answer: SystemAnswer, row: Row, now: int) -> tuple[Interim, ...]:
    """Years after the assessment, up to that of the target.

    Parameters
    ----------
    system : TargetSystem
        The rows.
    answer : SystemAnswer
        What they come to.
    row : Row
        A target on a view of the model.
    now : int
        Year of the assessment.

    Returns
    -------
    tuple of Interim
        Empty for a target of capacities, for one whose year has come, and for one that compares two years ahead.
    """
    bench = system.bench
    if bench is None or row.name not in system.views or answer.cost is None:
        return ()
    gauge = bench.gauges[system.views[row.name]]
    if gauge.kind == "rise" or gauge.year <= now:
        return ()
    path = _path(bench, gauge, answer)
    start, span = path[now], gauge.year - now
    sign = -1.0 if row.sense == "<=" else 1.0
    found = []
    for year in range(now + 1, gauge.year + 1):
        line = start + (row.bound - start) * (year - now) / span
        found.append(Interim(year, path[year], line, sign * (path[year] - line) >= -1e-9 * abs(row.bound)))
    return tuple(found)


def _path(bench: Bench, gauge: Gauge, answer: SystemAnswer) -> dict[int, float]:
    series = bench.series(answer.levels, gauge.quantity)
    if gauge.kind == "decline":
        return {year: 1 - value / series[gauge.base] for year, value in series.items()}
    return {year: value * gauge.factor for year, value in series.items()}
