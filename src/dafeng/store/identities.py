"""Accounts of people whom an identity provider vouches for.

Invariant: a name at a provider is one account for good; nobody becomes an administrator or takes over an account by it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dafeng.core.errors import AccessError, ConflictError
from dafeng.core.labels import Label
from dafeng.store.accounts import ADMINISTRATOR, UNSET, check_free, check_role
from dafeng.store.files import hash_bytes
from dafeng.store.models import Account, Identity


def admit(session: Session, issuer: str, subject: str, name: str, role: str, *, at: datetime) -> Account:
    """Account of somebody whom a provider vouches for, made at the first login.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    issuer : str
        The provider.
    subject : str
        Its name for the person, which never changes.
    name : str
        Login name for a new account.
    role : str
        What the provider's groups allow; an account that was made an administrator here stays one.
    at : datetime
        Now.

    Returns
    -------
    Account
        Open.

    Raises
    ------
    AccessError
        If the account is closed, its name belongs to somebody else, or the role is that of an administrator.
    SettingError
        If name or role cannot be used.
    """
    check_role(role)
    if role == ADMINISTRATOR:
        raise _refusal("administrator", Label("由本城管理员任命", "an administrator of this city appoints others"))
    key = hash_bytes(f"{issuer}\n{subject}".encode())
    known = session.get(Identity, key)
    account = session.get(Account, known.account) if known is not None else _make(session, key, issuer, subject, name, role, at)
    if account is None or not account.active:
        raise _refusal(name, Label("在用的账户", "an account that is open"))
    if account.role not in (role, ADMINISTRATOR):
        account.role, account.stamp, account.changed_at = role, account.stamp + 1, at
        session.flush()
    return account


def _make(session: Session, key: str, issuer: str, subject: str, name: str, role: str, at: datetime) -> Account:
    try:
        check_free(session, name)
    except ConflictError as cause:
        raise _refusal(name, Label("没有用过的登录名", "a login name that nobody has here")) from cause
    account = Account(name=name, role=role, password=UNSET, stamp=1, active=True, changed_at=at)
    session.add(account)
    session.flush()
    session.add(Identity(id=key, account=name, issuer=issuer, subject=subject, at=at))
    return account


def _refusal(said: str, expected: Label) -> AccessError:
    return AccessError(
        Label(f"“{said[:60]}”不能由身份提供方登录", f"'{said[:60]}' cannot log in by the provider"),
        where="login",
        expected=expected,
        remedy=Label("请管理员处理；没有改动账户", "ask the administrator; no account was changed"),
    )
