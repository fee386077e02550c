"""What a target expects in the years before it is due.

Invariant: a trajectory starts from an explicit baseline, never from the first recorded value, and ends exactly at
the target's value in the target's year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shape = Literal["linear", "step"]


@dataclass(frozen=True, slots=True)
class Trajectory:
    """Required course of an indicator.

    Parameters
    ----------
    years : tuple of int
        From the baseline year to the target year.
    values : tuple of float
        Required values. [unit of the target]
    kind : {"linear", "step"}
        Straight line, or the baseline until the last year.
    """

    years: tuple[int, ...]
    values: tuple[float, ...]
    kind: Shape

    def expect(self, year: int) -> float:
        """Value required in a year.

        Parameters
        ----------
        year : int
            Any year; before the baseline the baseline, after the target the target.

        Returns
        -------
        float
            Required value. [unit of the target]
        """
        at = min(max(year, self.years[0]), self.years[-1]) - self.years[0]
        return self.values[at]


def draw(start: tuple[int, float], goal: tuple[int, float], *, kind: Shape = "linear") -> Trajectory:
    """Trajectory from a baseline to a target.

    Parameters
    ----------
    start : (year, value)
        Explicit baseline. [years, unit of the target]
    goal : (year, value)
        Target, at least one year later.
    kind : {"linear", "step"}
        Shape of the course.

    Returns
    -------
    Trajectory
        One value per year.

    Raises
    ------
    ValueError
        If the target is not later than the baseline.
    """
    (first, base), (last, value) = start, goal
    if last <= first:
        raise ValueError(f"the target year {last} is not after the baseline year {first}")
    span = last - first
    years = tuple(range(first, last + 1))
    if kind == "step":
        return Trajectory(years, (*(base,) * span, value), kind)
    course = [base + (value - base) * n / span for n in range(span)]
    return Trajectory(years, (*course, value), kind)
