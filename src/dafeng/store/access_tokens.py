"""Tokens with which a program acts for an account.

Invariant: a token is told once and kept as its hash; it never may do more than its account, and ends with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dafeng.core.errors import AccessError, SettingError
from dafeng.core.labels import Label
from dafeng.store.files import hash_bytes
from dafeng.store.models import SCOPES, AccessToken, Account

HEAD = "dafeng_"
"""How a token begins, so that one that lies about is known for what it is."""
LONGEST_DAYS = 366
"""Longest life of a token. [d]"""
MOST_TOKENS = 20
"""Most tokens of an account that are good at a time."""


def make_token(session: Session, account: str, name: str, scope: str, days: int, *, at: datetime) -> str:
    """Make a token.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    account : str
        Login name.
    name : str
        What it is for, 1 to 60 characters.
    scope : {"read", "write"}
        Whether it may hand in files too.
    days : int
        How long it lasts. [d]
    at : datetime
        Now.

    Returns
    -------
    str
        The token; told once.

    Raises
    ------
    SettingError
        If name, scope or days cannot be used, or the account has too many tokens.
    """
    if not name.strip() or len(name) > 60 or not name.isprintable():
        raise _refusal("--name", name[:60], Label("1 至 60 个字符的用途", "what it is for, 1 to 60 characters"))
    if scope not in SCOPES:
        raise _refusal("--scope", scope[:60], Label("read 或 write", "read or write"))
    if not 1 <= days <= LONGEST_DAYS:
        raise _refusal("--days", str(days), Label(f"1 至 {LONGEST_DAYS} 天", f"1 to {LONGEST_DAYS} days"))
    if sum(is_good(one, at) for one in list_tokens(session, account)) >= MOST_TOKENS:
        raise _refusal("token", account, Label(f"至多 {MOST_TOKENS} 个有效令牌", f"at most {MOST_TOKENS} tokens at a time"))
    token = HEAD + secrets.token_urlsafe(32)
    ends_at = at + timedelta(days=days)
    row = AccessToken(id=hash_bytes(token.encode()), account=account, name=name.strip(), scope=scope, at=at, ends_at=ends_at)
    session.add(row)
    return token


def find_token(session: Session, token: str, *, at: datetime) -> tuple[Account, AccessToken] | None:
    """Account that a token acts for.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    token : str
        From `make_token`.
    at : datetime
        Now.

    Returns
    -------
    tuple of (Account, AccessToken) or None
        ``None`` where the token is unknown or over, or its account is closed.
    """
    row = session.get(AccessToken, hash_bytes(token.encode())) if token.startswith(HEAD) else None
    if row is None or not is_good(row, at):
        return None
    account = session.get(Account, row.account)
    return (account, row) if account is not None and account.active else None


def list_tokens(session: Session, account: str) -> Sequence[AccessToken]:
    """All tokens of an account, those that are over too.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    account : str
        Login name.

    Returns
    -------
    sequence of AccessToken
        The newest first.
    """
    mine = select(AccessToken).where(AccessToken.account == account)
    return session.scalars(mine.order_by(AccessToken.at.desc(), AccessToken.id)).all()


def end_token(session: Session, account: str, beginning: str, *, at: datetime) -> None:
    """Let a token be good no more.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    account : str
        Whose token it is; nobody ends another's.
    beginning : str
        First digits of the hash of the token, at least eight.
    at : datetime
        Now.

    Raises
    ------
    AccessError
        If the account has no such token.
    """
    found = [one for one in list_tokens(session, account) if len(beginning) >= 8 and one.id.startswith(beginning)]
    if not found:
        raise AccessError(
            Label(f"没有令牌“{beginning[:64]}”", f"there is no token '{beginning[:64]}'"),
            where="token",
            expected=Label("本账户的令牌编号", "the number of a token of this account"),
            remedy=Label("用 dafeng user tokens 查看", "look it up with dafeng user tokens"),
        )
    for one in found:
        one.ended_at = one.ended_at or at


def end_tokens(session: Session, account: str, *, at: datetime) -> None:
    """Let all tokens of an account be good no more.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    account : str
        Login name.
    at : datetime
        Now.
    """
    for one in list_tokens(session, account):
        one.ended_at = one.ended_at or at


def is_good(token: AccessToken, at: datetime) -> bool:
    """Whether a token may be used.

    Parameters
    ----------
    token : AccessToken
        The token.
    at : datetime
        Now.

    Returns
    -------
    bool
        False where it was ended or its time is over.
    """
    return token.ended_at is None and token.at <= at < token.ends_at


def _refusal(where: str, said: str, expected: Label) -> SettingError:
    return SettingError(
        Label(f"“{said}”不能采用", f"'{said}' cannot be used"),
        where=where,
        expected=expected,
        remedy=Label("改正后重试；没有给出令牌", "correct it and try again; no token was made"),
    )
