"""Changes of what the public pages may show, in the records.

Invariant: changes are only added, and each names the rule file it made.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from dafeng.store.models import VisibilityChange


def add_change(session: Session, *, kind: str, name: str, state: str, file: str) -> None:
    """Log a change in the name of the session's actor.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        A writing session.
    kind, name : str
        Kind and id; an empty id is the whole kind.
    state : str
        What holds from now on.
    file : str
        Hash of the rule file.
    """
    told = {"kind": kind, "name": name, "state": state, "file": file}
    session.add(VisibilityChange(id=uuid4().hex, who=session.info["actor"], at=session.info["at"], **told))
    session.flush()


def list_changes(session: Session) -> Sequence[VisibilityChange]:
    """All changes.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    sequence of VisibilityChange
        The newest first.
    """
    return session.scalars(select(VisibilityChange).order_by(VisibilityChange.at.desc(), VisibilityChange.id)).all()
