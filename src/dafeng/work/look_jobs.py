"""Looking at a large file in the background: asked for once whoever asks, and what is to be said of it meanwhile.

Invariant: a look that was made is kept and not made again; one that was cut short leaves the kept one before, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from dafeng.core.labels import Label
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.jobs import Job, find_look, start_look
from dafeng.work.looks import Look, keep_look, lay_out, look_key, read_look, tell_stand
from dafeng.work.upload_preview import preview_upload
from dafeng.work.upload_state import Upload
from dafeng.work.uploads import find_upload

SMALL = 2000
"""Lines of a file that is looked at while somebody waits: 0.3 s for so many, 2.5 s for 20 000. [lines]"""
LookState = Literal["small", "done", "stale", "none", "waiting", "running", "interrupted", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Looking:
    """How far the look at a file is.

    Parameters
    ----------
    state : str
        ``small``: it is looked at when somebody opens it; ``done``; ``stale``: done beside facts or remembered names of columns
        that changed since; ``none``: nobody asked; otherwise the state of its job.
    job : Job or None
        The job that was asked for last, if it is about the columns as they are named now.
    look : Look or None
        What was found, where it is kept.
    """

    state: LookState
    job: Job | None = None
    look: Look | None = None


def ask_look(city: City, upload: Upload, *, who: str, records: Records | None = None) -> Job | None:
    """Ask for a look at a file, where it is large.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file as it stands.
    who : str
        Who asks.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Job or None
        The look, the very same one where it waits or runs already; ``None`` where the file is small, or was looked at and
        nothing changed since.
    """
    if is_small(upload):
        return None
    found = read_look(city, upload)
    if found is not None and found.summary["stand"] == tell_stand(city):
        return None
    given = {"upload": upload.id, "file": upload.name, "key": look_key(upload)}
    return start_look(city, given, who=who, records=records)


def find_looking(city: City, upload: Upload, *, records: Records | None = None) -> Looking:
    """How far the look at a file is; nothing is begun by asking.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file as it stands.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Looking
        State, job and what was found.
    """
    if is_small(upload):
        return Looking("small")
    look = read_look(city, upload)
    asked = find_look(city, upload.id, records=records)
    job = asked if asked is not None and asked.options.get("key") == look_key(upload) else None
    if job is not None and job.live:
        return Looking(job.state, job, look)  # type: ignore[arg-type]  # a live job waits, runs or was interrupted
    if look is not None:
        fresh = upload.state != "open" or look.summary["stand"] == tell_stand(city)
        return Looking("done" if fresh else "stale", job, look)
    ended: LookState = "none"
    if job is not None and job.state in ("failed", "cancelled"):
        ended = "failed" if job.state == "failed" else "cancelled"
    return Looking(ended, job)


def make_look(city: City, upload: str, *, key: str, report: Callable[[Label, float], None]) -> None:
    """Look at a file and keep what was found.

    Parameters
    ----------
    city : City
        The city.
    upload : str
        Id of the file.
    key : str
        Under which names of columns; where somebody named them otherwise since, another look was asked for and this one ends.
    report : callable
        Is told each step.

    Raises
    ------
    LookupFailure
        If the file is not there.
    """
    held = find_upload(city, upload)
    if look_key(held) != key:
        return
    stand = tell_stand(city)
    preview = preview_upload(city, held, report=report)
    report(Label("保存所见", "keeping what was found"), 0.9)
    keep_look(city, held, lay_out(preview, held.name), stand=stand)


def is_small(upload: Upload) -> bool:
    """Whether a file is looked at while somebody waits.

    Parameters
    ----------
    upload : Upload
        The file.

    Returns
    -------
    bool
        True up to `SMALL` lines.
    """
    return upload.lines <= SMALL


def look_document(looking: Looking) -> dict[str, Any]:
    """How far the look at a file is, as JSON-able values.

    Parameters
    ----------
    looking : Looking
        How far it is.

    Returns
    -------
    dict
        ``state``, ``job``, ``share``, ``figures``, ``findings`` (number by severity).
    """
    summary = looking.look.summary if looking.look is not None else None
    job = looking.job
    return {
        "state": looking.state,
        "job": job.id if job is not None else None,
        "share": round(job.share, 4) if job is not None and job.live else None,
        "figures": summary["figures"] if summary is not None else None,
        "findings": dict(summary["counts"]) if summary is not None else None,
    }
