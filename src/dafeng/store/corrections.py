"""Corrections of reported figures in the records.

Invariant: a correction is begun once, with both ids, reason and person, and then only marked as written.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dafeng.store.models import FigureCorrection

FIELDS = ("id", "replaces", "content", "reason", "who", "at", "status")


def list_corrections(session: Session) -> list[dict[str, Any]]:
    """All corrections.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    list of dict
        One mapping per correction with the columns of `FigureCorrection`, in the order they were made.
    """
    rows = session.scalars(select(FigureCorrection).order_by(FigureCorrection.at, FigureCorrection.id))
    return [{name: getattr(row, name) for name in FIELDS} for row in rows]


def begin_correction(session: Session, *, id: str, replaces: str, content: str, reason: str, who: str, at: datetime) -> None:
    """Record a correction before its fact is stored; one that was begun stays as it is.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        A writing session.
    id, replaces : str
        Id of the correction and of the fact it replaces.
    content : str
        Value, unit and grade as JSON.
    reason, who : str
        Why, and by whom.
    at : datetime
        When, with time zone.
    """
    if session.get(FigureCorrection, id) is None:
        told = {"content": content, "reason": reason, "who": who, "at": at, "status": "begun"}
        session.add(FigureCorrection(id=id, replaces=replaces, **told))


def end_correction(session: Session, id: str) -> None:
    """Mark a correction whose fact is stored.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        A writing session.
    id : str
        Id of the correction.
    """
    kept = session.get(FigureCorrection, id)
    if kept is not None:
        kept.status = "written"
