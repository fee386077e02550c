"""Who may log in to a city's pages, and what for.

Invariant: no password is kept or logged, only its Argon2 hash; an unknown name takes as long to refuse as a wrong password;
where there was an administrator, one stays.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dafeng.core.errors import AccessError, ConflictError, SettingError
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person, hides_signs, mixes_scripts
from dafeng.store.access_tokens import end_tokens
from dafeng.store.models import ROLES, Account

SHORTEST = 10
"""Fewest characters of a password. [characters]"""
LONGEST = 200
"""Most characters of a password, so that hashing it stays cheap. [characters]"""
LONGEST_NAME = 60
"""Most characters of a login name. [characters]"""
ADMINISTRATOR = "administrator"
UNSET = "!"
"""Stands where an account has no password yet; no password has this hash."""


def set_account(session: Session, name: str, role: str, password: str, *, at: datetime) -> Account:
    """Make an account, or give an existing one another role and password; its visits end.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    name : str
        Login name, 1 to 60 characters without spaces at the ends.
    role : {"reader", "editor", "confirmer", "administrator"}
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
    ConflictError
        If a new name cannot be told from one that somebody has.
    AccessError
        If no administrator would be left.
    """
    check_name(name)
    check_role(role)
    hashed = hash_password(name, password)
    account = session.get(Account, name)
    if account is None:
        check_free(session, name)
        account = Account(name=name, role=role, password=hashed, stamp=1, active=True, changed_at=at)
        session.add(account)
        return account
    if role != ADMINISTRATOR:
        _keep_one(session, account)
    account.role, account.password, account.active = role, hashed, True
    account.stamp, account.changed_at = account.stamp + 1, at
    return account


def found_administrator(session: Session, name: str, password: str, *, at: datetime) -> Account:
    """Make the first account of a city, its administrator.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    name, password : str
        As for `set_account`.
    at : datetime
        Now.

    Returns
    -------
    Account
        The administrator.

    Raises
    ------
    ConflictError
        If the city has accounts already.
    SettingError
        If name or password cannot be used.
    """
    if list_accounts(session):
        raise ConflictError(
            Label("这座城市已有账户", "this city has accounts already"),
            where="setup",
            expected=Label("没有账户的城市", "a city without accounts"),
            remedy=Label("请管理员给您开账户", "ask its administrator for an account"),
        )
    return set_account(session, name, ADMINISTRATOR, password, at=at)


def change_role(session: Session, name: str, role: str, *, seen: int, at: datetime) -> Account:
    """Give an account another role; its visits end.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    name : str
        Login name.
    role : {"reader", "editor", "confirmer", "administrator"}
        What it may do from now on; a closed account is opened by it.
    seen : int
        Stamp of the account when the change was decided on.
    at : datetime
        Now.

    Returns
    -------
    Account
        The account.

    Raises
    ------
    AccessError
        If there is no such account, or no administrator would be left.
    ConflictError
        If somebody else changed the account since.
    SettingError
        If there is no such role.
    """
    check_role(role)
    account = find_account(session, name)
    check_seen(account, seen)
    if role != ADMINISTRATOR:
        _keep_one(session, account)
    account.role, account.active, account.stamp, account.changed_at = role, True, account.stamp + 1, at
    return account


def change_password(session: Session, account: Account, password: str, *, at: datetime) -> None:
    """Give an account another password; its visits end.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    account : Account
        Of this session.
    password : str
        At least ten characters.
    at : datetime
        Now.

    Raises
    ------
    SettingError
        If the password cannot be used.
    """
    account.password, account.stamp, account.changed_at = hash_password(account.name, password), account.stamp + 1, at
    session.flush()


def check_seen(account: Account, seen: int) -> None:
    """Refuse a change that was decided on an older state.

    Parameters
    ----------
    account : Account
        As it is.
    seen : int
        Stamp that was shown.

    Raises
    ------
    ConflictError
        If somebody changed the account since.
    """
    if account.stamp != seen:
        raise ConflictError(
            Label(f"账户“{account.name}”已被他人改动", f"somebody else changed the account '{account.name}' meanwhile"),
            where=account.name,
            expected=Label(
                f"页面上的第 {seen} 版，现为第 {account.stamp} 版", f"state {seen} as shown; it stands at {account.stamp}"
            ),
            remedy=Label(
                "看过现在的状态再改；没有覆盖任何改动", "look at its present state and decide again; nothing was overwritten"
            ),
        )


def find_account(session: Session, name: str) -> Account:
    """Account of a name.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    name : str
        Login name.

    Returns
    -------
    Account
        Open or closed.

    Raises
    ------
    AccessError
        If there is no such account.
    """
    account = session.get(Account, name[:60])
    if account is None:
        raise AccessError(
            Label(f"没有账户“{name[:60]}”", f"there is no account '{name[:60]}'"),
            where="user",
            expected=Label("已有的账户", "an account that exists"),
            remedy=Label("用 dafeng user list 查看", "look it up with dafeng user list"),
        )
    return account


def close_account(session: Session, name: str, *, at: datetime, seen: int | None = None) -> None:
    """Let an account log in no more, and its tokens be good no more; what it did stays.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    name : str
        Login name.
    at : datetime
        Now.
    seen : int, optional
        Stamp of the account when it was decided on.

    Raises
    ------
    AccessError
        If there is no such account, or no administrator would be left.
    ConflictError
        If somebody else changed the account since.
    """
    account = find_account(session, name)
    if seen is not None:
        check_seen(account, seen)
    _keep_one(session, account)
    account.active, account.stamp, account.changed_at = False, account.stamp + 1, at
    end_tokens(session, name, at=at)


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
    hashed = account.password if account is not None and known and account.password != UNSET else _decoy()
    try:
        hasher().verify(hashed, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return None
    return account if known else None


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


def hash_password(name: str, password: str) -> str:
    """Hash of a password that may be used.

    Parameters
    ----------
    name : str
        Login name; the password differs from it.
    password : str
        At least ten characters.

    Returns
    -------
    str
        Argon2id, with its salt and costs.

    Raises
    ------
    SettingError
        If the password cannot be used.
    """
    if not SHORTEST <= len(password) <= LONGEST or password == name:
        words = Label(f"{SHORTEST} 至 {LONGEST} 个字符，与名字不同", f"{SHORTEST} to {LONGEST} characters, not the name")
        raise _refusal("password", "…", words)
    return hasher().hash(password)


def check_name(name: str) -> None:
    """Refuse a login name that cannot be used.

    Parameters
    ----------
    name : str
        As typed.

    Raises
    ------
    SettingError
        If it cannot be used.
    """
    if not 1 <= len(name) <= LONGEST_NAME:
        words = Label(f"1 至 {LONGEST_NAME} 个字符的名字", f"a name of 1 to {LONGEST_NAME} characters")
    elif hides_signs(name) or not fold_person(name):
        words = Label("看得见的字符", "characters that can be seen")
    elif name != name.strip():
        words = Label("首尾没有空格的名字", "a name without blanks at its ends")
    elif "/" in name:
        words = Label("不含“/”的名字", "a name without '/'")
    else:
        return
    raise _refusal("NAME", name[:LONGEST_NAME], words)


def check_free(session: Session, name: str) -> None:
    """Refuse a new login name that cannot be told from one that somebody has.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    name : str
        As typed.

    Raises
    ------
    SettingError
        If the name cannot be used, or mixes scripts that look the same.
    ConflictError
        If somebody has it, or one that differs in case, width or blanks only.
    """
    check_name(name)
    if mixes_scripts(name):
        words = Label(
            "一种文字的字母，不混用拉丁、西里尔、希腊字母", "letters of one script: no Cyrillic or Greek among Latin ones"
        )
        raise _refusal("NAME", name, words)
    folded = fold_person(name)
    held = next((one.name for one in list_accounts(session) if fold_person(one.name) == folded), None)
    if held is None:
        return
    what = Label(f"账户“{held}”已经有了", f"there is an account '{held}' already")
    if held != name:
        what = Label(
            f"“{name}”与已有账户“{held}”只差大小写、全半角或空格",
            f"'{name}' differs from the account '{held}' in case, width or blanks only",
        )
    raise ConflictError(
        what,
        where=name,
        expected=Label("没有用过的名字", "a name that nobody has"),
        remedy=Label("换一个名字，或为该账户重设密码", "choose another name, or reset the password of that account"),
    )


def check_role(role: str) -> None:
    """Refuse a role that does not exist.

    Parameters
    ----------
    role : str
        As typed.

    Raises
    ------
    SettingError
        If there is no such role.
    """
    if role not in ROLES:
        raise _refusal("--role", role[:60], Label("、".join(ROLES), ", ".join(ROLES)))


def _keep_one(session: Session, account: Account) -> None:
    """Refuse to take the right to administer from the last one who has it."""
    if account.role != ADMINISTRATOR or not account.active:
        return
    mine = (Account.role == ADMINISTRATOR, Account.active.is_(True))
    if session.scalar(select(func.count()).select_from(Account).where(*mine)) == 1:
        raise AccessError(
            Label(f"“{account.name}”是最后一位管理员", f"'{account.name}' is the last administrator"),
            where=account.name,
            expected=Label("至少留一位管理员", "at least one administrator stays"),
            remedy=Label("先把另一个账户改为 administrator", "give another account the role administrator first"),
        )


def _refusal(where: str, said: str, expected: Label) -> SettingError:
    return SettingError(
        Label(f"“{said}”不能采用", f"'{said}' cannot be used"),
        where=where,
        expected=expected,
        remedy=Label("改正后重试；没有改动账户", "correct it and try again; no account was changed"),
    )
