"""Logins to a city's pages, from their beginning to their end.

Invariant: only the hash of a visit's token is kept; a visit ends with its time, its logout, or any change of the account.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dafeng.store.files import hash_bytes
from dafeng.store.models import Account, Visit

LASTING = timedelta(hours=8)
"""How long a visit lasts: one working day."""


def begin_visit(session: Session, account: Account, *, at: datetime) -> str:
    """Log in.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    account : Account
        Whose password was checked.
    at : datetime
        Now.

    Returns
    -------
    str
        Token of the visit; only its hash is kept.
    """
    token = secrets.token_urlsafe(32)
    visit = Visit(id=hash_bytes(token.encode()), account=account.name, stamp=account.stamp, began_at=at, ends_at=at + LASTING)
    session.add(visit)
    return token


def find_visitor(session: Session, token: str, *, at: datetime) -> Account | None:
    """Account that a token stands for.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    token : str
        From `begin_visit`.
    at : datetime
        Now.

    Returns
    -------
    Account or None
        ``None`` where the visit is unknown or over, or the account was changed since.
    """
    visit = session.get(Visit, hash_bytes(token.encode()))
    if visit is None or visit.ended_at is not None or not visit.began_at <= at < visit.ends_at:
        return None
    account = session.get(Account, visit.account)
    return account if account is not None and account.active and account.stamp == visit.stamp else None


def list_visits(session: Session, name: str, *, at: datetime) -> Sequence[Visit]:
    """Visits of an account that last.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    name : str
        Login name.
    at : datetime
        Now.

    Returns
    -------
    sequence of Visit
        The newest first.
    """
    account = session.get(Account, name)
    if account is None:
        return ()
    mine = select(Visit).where(
        Visit.account == name, Visit.stamp == account.stamp, Visit.ended_at.is_(None), Visit.ends_at > at
    )
    return session.scalars(mine.order_by(Visit.began_at.desc(), Visit.id)).all()


def end_visits(session: Session, name: str, *, kept: str, beginning: str = "", at: datetime) -> None:
    """End other visits of an account.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    name : str
        Login name; nobody ends another's visits.
    kept : str
        Token of the visit that stays.
    beginning : str
        First digits of the id of the one to end; all others where empty.
    at : datetime
        Now.
    """
    own = hash_bytes(kept.encode())
    for visit in list_visits(session, name, at=at):
        if visit.id != own and visit.id.startswith(beginning):
            visit.ended_at = at


def end_visit(session: Session, token: str, *, at: datetime) -> None:
    """Log out.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    token : str
        From `begin_visit`.
    at : datetime
        Now.
    """
    visit = session.get(Visit, hash_bytes(token.encode()))
    if visit is not None and visit.ended_at is None:
        visit.ended_at = at
