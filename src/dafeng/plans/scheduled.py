"""What a schedule is made of: moments, needs, marks, tasks in time.

Invariant: a time is the plan's or the city's own, never a guess; what nobody says is ``None``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.plans.task_rules import Side
from dafeng.plans.task_tables import TaskReport
from dafeng.plans.tasklist import ListedTask, TaskList

Judged = tuple[str | None, str | None]
"""Present and projected verdict."""
Origin = Literal["delivered", "derived"]
"""Whether the city says so or the platform concluded it."""
Trouble = Literal["short", "late", "overdue", "risk"]
"""Why a task presses those after it: no time between, reported late, due and not reported done, targets at risk."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One end of a task.

    Parameters
    ----------
    said : str
        Year, month or day.
    origin : {"stated", "delivered"}
        Whether the plan says so or the city reported it.
    """

    said: str
    origin: Literal["stated", "delivered"]


@dataclass(frozen=True, slots=True)
class Need:
    """One task and one that waits for it.

    Parameters
    ----------
    first, second : str
        The needed task, and the one that needs it; of a link without order the two in the plan's order.
    kind : str
        Key of ``TaskRules.links`` or of ``TaskRules.derived``.
    origin : Origin
        Whose word it is.
    ordered : bool
        Whether the first one must come first.
    why : Label
        Ground in words.
    source : str
        Who says so, or place of the row.
    grounds : tuple of str
        Addresses of what it was concluded from.
    lag : int
        Years that must lie between. [a]
    slack : float or None
        Spare time [a]; ``None`` where a time is unknown.
    bound : bool
        Whether the spare time is at most this, since the begin of the second one is unknown.
    """

    first: str
    second: str
    kind: str
    origin: Origin
    ordered: bool
    why: Label
    source: str
    grounds: tuple[str, ...] = ()
    lag: int = 0
    slack: float | None = None
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Pressure:
    """A task is pressed by one before it.

    Parameters
    ----------
    task : str
        The task.
    by : str
        The one before it.
    way : tuple of str
        Tasks from the one before it to the task.
    troubles : tuple of Trouble
        What is wrong with the one before it.
    """

    task: str
    by: str
    way: tuple[str, ...]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A dated goal of a task.

    Parameters
    ----------
    id : str
        Target or goal.
    year : int
        Year it is due.
    sign : str
        Comparator as a sign; empty for a goal without a figure.
    says : Label
        In words.
    verdict, projected : str or None
        Present and projected verdict; ``None`` where nothing was assessed.
    """

    id: str
    year: int
    sign: str
    says: Label
    verdict: str | None
    projected: str | None


@dataclass(frozen=True, slots=True)
class ScheduledTask:
    """A task in time.

    Parameters
    ----------
    listed : ListedTask
        As the task list has it.
    begins, ends : Moment or None
        ``None`` where nobody says it.
    marks : tuple of Mark
        Its targets and goals with a year.
    report : TaskReport or None
        What was reported.
    verdict : str or None
        Worst verdict on its targets, present or projected; ``None`` where it has no target, or nothing was assessed.
    place : str
        Column of the board: a reported state, or a key of ``TaskRules.silent``.
    layer : int
        How many tasks stand before it in the longest chain.
    lacking : tuple of str
        Out of ``owner``, ``year``, ``target``, ``evidence``, ``report``.
    """

    listed: ListedTask
    begins: Moment | None
    ends: Moment | None
    marks: tuple[Mark, ...]
    report: TaskReport | None
    verdict: str | None
    place: str
    layer: int
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The tasks of a plan in time.

    Parameters
    ----------
    listed : TaskList
        The tasks.
    day : date
        Day that it speaks of.
    tasks : tuple of ScheduledTask
        In the order of the document.
    needs : tuple of Need
        Delivered ones first.
    circles : tuple of tuple of str
        Tasks that wait for one another.
    chain : tuple of str
        The whole chain with the least spare time; empty where no link has both times.
    slack : float or None
        Spare time of the chain in sum. [a]
    warnings : tuple of Pressure
        Tasks that are pressed.
    findings : tuple of Finding
        What is wrong with the tables of the city.
    """

    listed: TaskList
    day: date
    tasks: tuple[ScheduledTask, ...]
    needs: tuple[Need, ...]
    circles: tuple[tuple[str, ...], ...]
    chain: tuple[str, ...]
    slack: float | None
    warnings: tuple[Pressure, ...]
    findings: tuple[Finding, ...]


def read_moment(said: str, side: Side) -> float:
    """A time as a number of years.

    Parameters
    ----------
    said : str
        Year, month or day.
    side : {"begins", "ends"}
        A begin counts from the first day, an end to the last.

    Returns
    -------
    float
        Years; the first day of 2025 is 2025.0, its last one ends at 2026.0. [a]
    """
    year, month, day = (*map(int, said.split("-")), None, None)[:3]
    late = side == "ends"
    if year is None or month is None:
        return float((year or 0) + late)
    if day is None:
        return year + (month - 1 + late) / 12
    return year + (month - 1) / 12 + min(day - 1 + late, 31) / 372


def tell_day(day: date) -> float:
    """A day as a number of years.

    Parameters
    ----------
    day : date
        The day.

    Returns
    -------
    float
        Its beginning. [a]
    """
    return read_moment(day.isoformat(), "begins")
