"""What a file of series holds before anything is done with it.

Invariant: times are seconds and values are those of the file; an absent value is NaN, never a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import FileRefused
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.program import Floats

Clock = Literal["utc", "local", "none"]
"""``utc`` or ``local`` time of day; ``none`` where rows are only numbered from 0."""


@dataclass(frozen=True, slots=True, eq=False)
class RawSeries:
    """One series of a file.

    Parameters
    ----------
    name : str
        Name in the file.
    values : (times,) array
        Values, NaN where absent.
    unit : str or None
        Unit as the file states it; ``None`` where it states none.
    """

    name: str
    values: Floats
    unit: str | None


@dataclass(frozen=True, slots=True, eq=False)
class RawFile:
    """The series of a file over their common times.

    Parameters
    ----------
    name : str
        File name.
    layout : str
        What kind of file it is, in words.
    seconds : (times,) array of int
        Seconds since 1970 on the file's own clock, each the start of its step.
    clock : {"utc", "local", "none"}
        Which clock that is.
    series : tuple of RawSeries
        The series.
    findings : tuple of Finding
        What was noticed while reading.
    """

    name: str
    layout: str
    seconds: NDArray[np.int64]
    clock: Clock
    series: tuple[RawSeries, ...]
    findings: tuple[Finding, ...]


def refuse(where: str, zh: str, en: str, *, expected: Label, remedy: Label) -> FileRefused:
    """Error for a file that cannot be used.

    Parameters
    ----------
    where : str
        File and place in it.
    zh, en : str
        What is wrong.
    expected : Label
        What would have been accepted.
    remedy : Label
        What to do.

    Returns
    -------
    FileRefused
        To be raised by the caller.
    """
    return FileRefused(Label(zh, en), where=where, expected=expected, remedy=remedy)


def notice(rule: str, at: str, zh: str, en: str, *, remedy: Label, serious: bool = False) -> Finding:
    """Finding about a file of series.

    Parameters
    ----------
    rule : str
        Id of the rule, without its head ``series.``.
    at : str
        File and place in it.
    zh, en : str
        What was found or done.
    remedy : Label
        What to do about it.
    serious : bool
        Whether it needs a look.

    Returns
    -------
    Finding
        ``warning`` if serious, else ``info``.
    """
    return Finding(f"series.{rule}", at, "warning" if serious else "info", Label(zh, en), remedy)
