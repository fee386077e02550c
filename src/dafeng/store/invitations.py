"""One-time links: how an account gets its password without anybody else knowing it.

Invariant: only the hash of a link's token is kept; a link is good once, for a day, and not after another change of its account.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dafeng.core.errors import AccessError
from dafeng.core.labels import Label
from dafeng.store.access_tokens import end_tokens
from dafeng.store.accounts import UNSET, change_password, check_free, check_role, check_seen, find_account
from dafeng.store.files import hash_bytes
from dafeng.store.models import Account, Invitation

LASTING = timedelta(hours=24)
"""How long a link lasts."""


def invite(session: Session, name: str, role: str, *, who: str, at: datetime) -> str:
    """Make an account without a password, and the link by which its owner sets one.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    name : str
        Login name that nobody has.
    role : str
        What it may do.
    who : str
        Who invites.
    at : datetime
        Now.

    Returns
    -------
    str
        Token of the link; told once.

    Raises
    ------
    ConflictError
        If somebody has the name, however it is spelt.
    SettingError
        If name or role cannot be used.
    """
    check_free(session, name)
    check_role(role)
    account = Account(name=name, role=role, password=UNSET, stamp=1, active=True, changed_at=at)
    session.add(account)
    session.flush()
    return _link(session, account, who, at)


def reset(session: Session, name: str, *, seen: int, who: str, at: datetime) -> str:
    """Take an account's password, visits and tokens, and make the link by which its owner sets another password.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    name : str
        Login name.
    seen : int
        Stamp of the account when it was decided on.
    who : str
        Who asks for it.
    at : datetime
        Now.

    Returns
    -------
    str
        Token of the link; told once.

    Raises
    ------
    AccessError
        If there is no such account, or it is closed.
    ConflictError
        If somebody else changed the account since.
    """
    account = find_account(session, name)
    check_seen(account, seen)
    if not account.active:
        raise AccessError(
            Label(f"账户“{name}”已停用", f"the account '{name}' is closed"),
            where=name,
            expected=Label("在用的账户", "an account that is open"),
            remedy=Label("先给它一个角色，重新启用", "give it a role first, which opens it again"),
        )
    account.password, account.stamp, account.changed_at = UNSET, account.stamp + 1, at
    end_tokens(session, name, at=at)
    session.flush()
    return _link(session, account, who, at)


def find_invited(session: Session, token: str, *, at: datetime) -> Account | None:
    """Account for which a link is good.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    token : str
        From `invite` or `reset`.
    at : datetime
        Now.

    Returns
    -------
    Account or None
        ``None`` where the link is unknown, used, over, or the account was changed since.
    """
    made = session.get(Invitation, hash_bytes(token.encode()))
    if made is None or made.used_at is not None or not made.at <= at < made.ends_at:
        return None
    account = session.get(Account, made.account)
    return account if account is not None and account.active and account.stamp == made.stamp else None


def use_invitation(session: Session, token: str, password: str, *, at: datetime) -> Account:
    """Set the password that a link is for; the link is good no more.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    token : str
        From `invite` or `reset`.
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
    AccessError
        If the link is not good.
    SettingError
        If the password cannot be used; the link stays good.
    """
    account = find_invited(session, token, at=at)
    if account is None:
        raise AccessError(
            Label("链接无效或已用过", "the link is not valid, or was used"),
            where="link",
            expected=Label("24 小时内没有用过的链接", "a link of the last 24 hours that was not used"),
            remedy=Label("请管理员再给一个", "ask the administrator for another one"),
        )
    change_password(session, account, password, at=at)
    for made in session.scalars(select(Invitation).where(Invitation.account == account.name, Invitation.used_at.is_(None))):
        made.used_at = at
    return account


def _link(session: Session, account: Account, who: str, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    made = Invitation(
        id=hash_bytes(token.encode()), account=account.name, stamp=account.stamp, who=who, at=at, ends_at=at + LASTING
    )
    session.add(made)
    return token
