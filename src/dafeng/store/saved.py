"""Views of a page that people keep under a name: own ones and those that others share.

Invariant: only its owner changes or removes a view; what belongs to somebody else is not found, so that ids tell nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from dafeng.core.errors import AccessError, SettingError
from dafeng.core.labels import Label
from dafeng.store.models import SavedView

LONGEST_NAME = 60
"""Most characters of a name. [characters]"""
LONGEST_QUERY = 1000
"""Most characters of the filters. [characters]"""
MOST = 50
"""Most views of one account."""


def save_view(session: Session, account: str, page: str, name: str, query: str, *, shared: bool, at: datetime) -> SavedView:
    """Keep the state of a page; a view of the same name is replaced.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    account : str
        Whose view.
    page : str
        Page id.
    name : str
        Name of the view.
    query : str
        Filters, as the address has them.
    shared : bool
        Whether everybody with an account sees it.
    at : datetime
        Now.

    Returns
    -------
    SavedView
        The view.

    Raises
    ------
    SettingError
        If the name or the filters cannot be used, or the account has too many views.
    """
    named = " ".join(name.split())
    _check(named, query)
    mine = select(SavedView).where(SavedView.account == account, SavedView.page == page, SavedView.name == named)
    view = session.scalars(mine).first()
    if view is None:
        if (session.scalar(select(func.count()).where(SavedView.account == account)) or 0) >= MOST:
            raise _refusal(
                Label(f"已有 {MOST} 个视图", f"{MOST} views are kept already"), Label("先删去一个", "remove one first")
            )
        view = SavedView(id=secrets.token_hex(16), account=account, page=page, name=named, query=query, shared=shared, at=at)
        session.add(view)
    view.query, view.shared, view.at = query, shared, at
    session.flush()
    return view


def list_views(session: Session, account: str, page: str) -> Sequence[SavedView]:
    """Views that somebody sees on a page.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    account : str
        Who looks.
    page : str
        Page id.

    Returns
    -------
    sequence of SavedView
        Own ones first, then shared ones of others, each by name.
    """
    seen = select(SavedView).where(SavedView.page == page, or_(SavedView.account == account, SavedView.shared))
    return sorted(session.scalars(seen).all(), key=lambda view: (view.account != account, view.name, view.id))


def remove_view(session: Session, account: str, name: str) -> SavedView:
    """Remove an own view.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Writing.
    account : str
        Who removes.
    name : str
        Id of the view.

    Returns
    -------
    SavedView
        What was removed.

    Raises
    ------
    AccessError
        If there is no such view of this account.
    """
    view = session.get(SavedView, name)
    if view is None or view.account != account:
        raise AccessError(
            Label("没有这个视图", "there is no such view"),
            where=name,
            expected=Label("自己保存的视图", "a view of one's own"),
            remedy=Label("刷新页面后再试", "load the page again"),
        )
    session.delete(view)
    return view


def _check(name: str, query: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        said = Label(f"视图名称须为 1 到 {LONGEST_NAME} 个字", f"a view's name has 1 to {LONGEST_NAME} characters")
        raise _refusal(said, Label("改短名称", "choose another name"))
    if len(query) > LONGEST_QUERY:
        raise _refusal(Label("筛选条件过长", "the filters are too long"), Label("减少筛选条件", "use fewer filters"))


def _refusal(said: Label, remedy: Label) -> SettingError:
    expected = Label("简短的名称和页面的筛选条件", "a short name and filters of the page")
    return SettingError(said, where="saved_view", expected=expected, remedy=remedy)
