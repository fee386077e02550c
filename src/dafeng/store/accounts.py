"""Who may log in to a city's pages, and their visits.

Invariant: no password is kept or logged, only its Argon2 hash; a visit ends with its time, its logout, or any change of the
account; an unknown name takes as long to refuse as a wrong password.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from dafeng.core.errors import AccessError, SettingError
from dafeng.core.labels import Label
from dafeng.store.files import hash_bytes
from dafeng.store.models import ROLES, Account, Visit

SHORTEST = 10
"""Fewest characters of a password. [characters]"""
LONGEST = 200
"""Most characters of a password, so that hashing it stays cheap. [characters]"""
LASTING = timedelta(hours=8)
"""How long a visit lasts: one working day."""


def set_account(session: Session, name: str, role: str, password: str, *, at: datetime) -> Account:
    """Make an account, or give an existing one another role and password; its visits end.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    name : str
        Login name, 1 to 60 characters without spaces at the ends.
    role : {"reader", "editor", "confirmer"}
        What it may do.
    password : str
        At least ten characters.
    at : datetime
        Now.

    Returns
    -------
    Account
        The account.

    Raises
    ------
    SettingError
        If name, role or password cannot be used.
    """
    _check(name, role, password)
    hashed = hasher().hash(password)
    account = session.get(Account, name)
    if account is None:
        account = Account(name=name, role=role, password=hashed, stamp=1, active=True, changed_at=at)
        session.add(account)
        return account
    account.role, account.password, account.active = role, hashed, True
    account.stamp, account.changed_at = account.stamp + 1, at
    return account


def close_account(session: Session, name: str, *, at: datetime) -> None:
    """Let an account log in no more; what it did stays.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    name : str
        Login name.
    at : datetime
        Now.

    Raises
    ------
    AccessError
        If there is no such account.
    """
    account = session.get(Account, name)
    if account is None:
        raise AccessError(
            Label(f"没有账户“{name}”", f"there is no account '{name}'"),
            where="user",
            expected=Label("已有的账户", "an account that exists"),
            remedy=Label("用 dafeng user list 查看", "look it up with dafeng user list"),
        )
    account.active, account.stamp, account.changed_at = False, account.stamp + 1, at


def list_accounts(session: Session) -> Sequence[Account]:
    """All accounts.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    sequence of Account
        By name.
    """
    return session.scalars(select(Account).order_by(Account.name)).all()


def check_password(session: Session, name: str, password: str) -> Account | None:
    """Account of a name and password.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    name, password : str
        As typed.

    Returns
    -------
    Account or None
        ``None`` where they do not belong together or the account is closed.
    """
    account = session.get(Account, name[:60])
    known = account is not None and account.active
    hashed = account.password if account is not None and known else _decoy()
    try:
        hasher().verify(hashed, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return None
    return account if known else None


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


@cache
def hasher() -> PasswordHasher:
    """Argon2id with the library's recommended costs.

    Returns
    -------
    argon2.PasswordHasher
        One for the process.
    """
    return PasswordHasher()


@cache
def _decoy() -> str:
    """A hash that no password has: it is verified for unknown names, so that they take as long."""
    return hasher().hash(secrets.token_urlsafe(32))


def _check(name: str, role: str, password: str) -> None:
    if not name.strip() or name != name.strip() or len(name) > 60 or not name.isprintable() or "/" in name:
        raise _refusal("NAME", name, Label("1 至 60 个字符的名字", "a name of 1 to 60 characters"))
    if role not in ROLES:
        raise _refusal("--role", role, Label("、".join(ROLES), ", ".join(ROLES)))
    if not SHORTEST <= len(password) <= LONGEST or password == name:
        words = Label(f"{SHORTEST} 至 {LONGEST} 个字符，与名字不同", f"{SHORTEST} to {LONGEST} characters, not the name")
        raise _refusal("password", "…", words)


def _refusal(where: str, said: str, expected: Label) -> SettingError:
    return SettingError(
        Label(f"“{said}”不能采用", f"'{said}' cannot be used"),
        where=where,
        expected=expected,
        remedy=Label("改正后重试；没有改动账户", "correct it and try again; no account was changed"),
    )
