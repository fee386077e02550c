"""The rows of jobs: asked for once, the oldest first, each with the name of who asked.

Invariant: who asked is what the audit log says of the row's first entry, so that nobody can be named by mistake.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dafeng.store.models import AuditEntry, Job

OPEN = ("waiting", "running")
"""States of a job that has not ended."""


def add_job(session: Session, verb: str, options: str, *, at: datetime) -> str:
    """Ask for a job.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Of ``records.write``.
    verb : str
        What is to be done.
    options : str
        What is chosen, as JSON.
    at : datetime
        Now, with time zone.

    Returns
    -------
    str
        Its id; that of the same job where it waits already.
    """
    same = select(Job).where(Job.status == "waiting", Job.verb == verb, Job.options == options)
    found = session.scalars(same).first()
    if found is not None:
        return found.id
    name = f"{at:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
    session.add(Job(id=name, verb=verb, options=options, status="waiting", done_share=0.0, created_at=at, started_at=None,
                    ended_at=None, run=None, says=None))  # fmt: skip
    return name


def find_same(session: Session, verb: str, given: Mapping[str, Any]) -> str | None:
    """The same job where it is to be done or being done.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    verb : str
        What is to be done.
    given : mapping
        What is chosen.

    Returns
    -------
    str or None
        Id of the one that waits, else of the one that runs and sees all figures that were taken in.
    """
    rows = session.scalars(select(Job).where(Job.verb == verb, Job.status.in_(OPEN)).order_by(Job.status.desc(), Job.id)).all()
    same = (row for row in rows if json.loads(row.options).get("given") == given)
    return next((row.id for row in same if row.status == "waiting" or not _is_overtaken(session, row)), None)


def _is_overtaken(session: Session, row: Job) -> bool:
    """Whether figures were taken in since a job was begun."""
    taken = or_(
        Job.id.startswith("upload-") & (Job.created_at > row.started_at),
        (Job.verb == "ingest") & (Job.status == "done") & (Job.ended_at > row.started_at),
    )
    return session.scalars(select(Job.id).where(taken, Job.id != row.id).limit(1)).first() is not None


def read_jobs(session: Session, *, most: int) -> tuple[tuple[Job, str], ...]:
    """The newest jobs.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    most : int
        How many.

    Returns
    -------
    tuple of (Job, str)
        The newest first, each with who asked.
    """
    rows = list(session.scalars(select(Job).order_by(Job.created_at.desc(), Job.id.desc()).limit(most)))
    return _with_names(session, rows)


def read_first(session: Session, verb: str, *, after: datetime, passed_over: Sequence[str] = ()) -> tuple[Job, str] | None:
    """The first job of a kind that was asked for after an instant.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    verb : str
        What is done.
    after : datetime
        The instant, with time zone.
    passed_over : sequence of str, optional
        States of jobs that do not count.

    Returns
    -------
    tuple of (Job, str) or None
        The row and who asked.
    """
    asked = select(Job).where(Job.verb == verb, Job.created_at > after, Job.status.not_in(passed_over))
    row = session.scalars(asked.order_by(Job.created_at, Job.id).limit(1)).first()
    return _with_names(session, [row])[0] if row is not None else None


def read_newest(session: Session, verb: str, *, beginning: str) -> tuple[Job, str] | None:
    """The newest job of a kind whose id begins as told, followed by the instant.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    verb : str
        What was done.
    beginning : str
        Beginning of its id.

    Returns
    -------
    tuple of (Job, str) or None
        The row and who asked.
    """
    asked = select(Job).where(Job.verb == verb, Job.id.startswith(beginning, autoescape=True))
    row = session.scalars(asked.order_by(Job.created_at.desc(), Job.id.desc()).limit(1)).first()
    return _with_names(session, [row])[0] if row is not None else None


def read_about(session: Session, verb: str, words: str) -> tuple[Job, str] | None:
    """The newest job of a kind whose choice holds some words.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    verb : str
        What is done.
    words : str
        Part of its choice, as JSON.

    Returns
    -------
    tuple of (Job, str) or None
        The row and who asked.
    """
    asked = select(Job).where(Job.verb == verb, Job.options.contains(words, autoescape=True))
    row = session.scalars(asked.order_by(Job.created_at.desc(), Job.id.desc()).limit(1)).first()
    return _with_names(session, [row])[0] if row is not None else None


def read_job(session: Session, name: str) -> tuple[Job, str] | None:
    """A job.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    name : str
        Its id.

    Returns
    -------
    tuple of (Job, str) or None
        The row and who asked.
    """
    row = session.get(Job, name)
    return _with_names(session, [row])[0] if row is not None else None


def read_running(session: Session) -> tuple[Job, ...]:
    """Jobs that are said to be running.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    tuple of Job
        More than one only if something is amiss.
    """
    return tuple(session.scalars(select(Job).where(Job.status == "running")))


def read_next(session: Session) -> Job | None:
    """The job that is to be done next.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    Job or None
        The oldest one that waits.
    """
    return session.scalars(select(Job).where(Job.status == "waiting").order_by(Job.created_at, Job.id).limit(1)).first()


def is_asked(session: Session) -> bool:
    """Whether a job has not ended.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    bool
        True where one waits or is said to be running.
    """
    return session.scalars(select(Job.id).where(Job.status.in_(OPEN)).limit(1)).first() is not None


def _with_names(session: Session, rows: Iterable[Job]) -> tuple[tuple[Job, str], ...]:
    listed = list(rows)
    subjects = [f"job/{row.id}" for row in listed]
    asked = select(AuditEntry.subject, AuditEntry.actor).where(AuditEntry.subject.in_(subjects), AuditEntry.action == "add")
    names = {row.subject: row.actor for row in session.execute(asked)}
    return tuple((row, names.get(f"job/{row.id}", "")) for row in listed)
