"""How far a job is: a small file that its process rewrites, so that no heart-beat fills the audit log.

Invariant: the file is there whole or not at all; a share never passes 0.99 before the end, and follows the pace of the last job
of the kind where one came to its end.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from dafeng.core.labels import Label

LATEST = "latest-"
"""Begin of the name of the file with the progress of the last job of a kind that came to its end."""
MOST = 0.99


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Parameters
    ----------
    process : int
        Number of the process that works on it.
    zh, en : str
        What is being done.
    step : float
        Share of the steps that are done. [0..1]
    since : str
        When this step began, ISO, in UTC.
    passed : tuple of (str, str, float)
        Steps that are done, in Chinese and English, with their time. [s]
    """

    process: int
    zh: str
    en: str
    step: float
    since: str
    passed: tuple[tuple[str, str, float], ...] = ()

    @property
    def label(self) -> Label:
        """What is being done."""
        return Label(self.zh, self.en)

    def move(self, to: Label, step: float, *, at: datetime) -> Progress:
        """The progress when the next step begins.

        Parameters
        ----------
        to : Label
            The step.
        step : float
            Share of the steps that are done. [0..1]
        at : datetime
            Now, with time zone.

        Returns
        -------
        Progress
            With the time that the step before took.
        """
        took = (self.zh, self.en, round(self._elapsed(at), 3))
        return replace(self, zh=to.zh, en=to.en, step=step, since=at.isoformat(), passed=(*self.passed, took))

    def expect(self, former: Progress | None, *, at: datetime) -> float:
        """Share of the whole time that is over.

        Parameters
        ----------
        former : Progress or None
            That of the last job of the kind, at its end.
        at : datetime
            Now, with time zone.

        Returns
        -------
        float
            By the steps of the former one; without one, the share of steps. [0..0.99]
        """
        times = {zh: time for zh, _, time in former.passed} if former is not None else {}
        whole = sum(times.values())
        if whole <= 0.0 or self.zh not in times:
            return min(self.step, MOST)
        over = sum(times.get(name, 0.0) for name, _, _ in self.passed) + min(self._elapsed(at), times[self.zh])
        return min(over / whole, MOST)

    def _elapsed(self, at: datetime) -> float:
        return max((at - datetime.fromisoformat(self.since)).total_seconds(), 0.0)


def write_progress(folder: Path, name: str, progress: Progress) -> None:
    """Keep how far a job is.

    Parameters
    ----------
    folder : Path
        The folder ``jobs`` of the city.
    name : str
        Id of the job, or ``latest-`` and its kind.
    progress : Progress
        How far it is.
    """
    draft = folder / f".{name}.{os.getpid()}.tmp"
    draft.write_text(json.dumps(asdict(progress), ensure_ascii=False), encoding="utf-8")
    draft.replace(folder / f"{name}.json")


def read_progress(folder: Path, name: str) -> Progress | None:
    """How far a job is.

    Parameters
    ----------
    folder : Path
        The folder ``jobs`` of the city.
    name : str
        As for `write_progress`.

    Returns
    -------
    Progress or None
        ``None`` where nothing was kept, or it cannot be read.
    """
    try:
        body = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return Progress(**{**body, "passed": _steps(body["passed"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def find_former(folder: Path, kind: str) -> Progress | None:
    """Progress of the last job of a kind that came to its end.

    Parameters
    ----------
    folder : Path
        The folder ``jobs`` of the city.
    kind : str
        The kind.

    Returns
    -------
    Progress or None
        ``None`` before the first.
    """
    return read_progress(folder, LATEST + kind)


def _steps(rows: Sequence[Sequence[object]]) -> tuple[tuple[str, str, float], ...]:
    return tuple((str(zh), str(en), float(str(time))) for zh, en, time in rows)
