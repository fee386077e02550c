"""Pages about accounts: one's own with its visits and tokens, and, for administrators, everybody's.

Invariant: links and tokens are shown once, in the answer to the form that made them; a change names the state it was made on.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import AccessError
from dafeng.core.labels import Label
from dafeng.store.access_tokens import LONGEST_DAYS, end_token, is_good, list_tokens, make_token
from dafeng.store.accounts import (
    UNSET,
    change_password,
    change_role,
    check_password,
    close_account,
    find_account,
    list_accounts,
)
from dafeng.store.files import hash_bytes
from dafeng.store.invitations import invite, reset
from dafeng.store.models import ROLES, SCOPES
from dafeng.store.visits import begin_visit, end_visits, list_visits
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.desk import Desk
from dafeng.web.first_pages import read_password
from dafeng.web.forms import Handed
from dafeng.web.logins import is_secure, place_of
from dafeng.web.offices import Visitor


def add_account_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the accounts.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """
    _add_own(app, desk)
    _add_all(app, desk)


def _add_own(app: FastAPI, desk: Desk) -> None:
    @app.get("/{slug}/account", include_in_schema=False)
    def show_own(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _own_page)

    @app.post("/{slug}/account/password", include_in_schema=False)
    async def set_password(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _set_password, may=_anybody)

    @app.post("/{slug}/account/visits", include_in_schema=False)
    async def end_others(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _end_visits, may=_anybody)

    @app.post("/{slug}/account/tokens", include_in_schema=False)
    async def add_token(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _add_token, may=_anybody)

    @app.post("/{slug}/account/tokens/end", include_in_schema=False)
    async def take_token(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _end_token, may=_anybody)


def _add_all(app: FastAPI, desk: Desk) -> None:
    @app.get("/{slug}/accounts", include_in_schema=False)
    def show_all(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _all_page)

    @app.post("/{slug}/accounts/add", include_in_schema=False)
    async def add_account(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _add, may=_administrator)

    @app.post("/{slug}/accounts/role", include_in_schema=False)
    async def set_role(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _role, may=_administrator)

    @app.post("/{slug}/accounts/close", include_in_schema=False)
    async def close(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _close, may=_administrator)

    @app.post("/{slug}/accounts/reset", include_in_schema=False)
    async def reset_password(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _reset, may=_administrator)


def _anybody(visitor: Visitor) -> bool:
    return visitor.scope == "write"


def _administrator(visitor: Visitor) -> bool:
    return visitor.can_administer


def _all_page(ask: Ask, *, link: str = "", invited: str = "") -> Response:
    if not ask.visitor.can_administer:
        raise HTTPException(403)
    with ask.office.records.read() as session:
        rows = [
            {"name": one.name, "role": one.role, "active": one.active, "stamp": one.stamp, "at": one.changed_at,
             "waits": one.password == UNSET}
            for one in list_accounts(session)
        ]  # fmt: skip
    context: Context = {"rows": rows, "roles": ROLES, "link": link, "invited": invited}
    return ask.page("accounts.html", context, name="accounts")


def _add(ask: Ask, handed: Handed) -> Response:
    name, at = handed.get("name").strip(), datetime.now(UTC)
    with ask.office.records.write(actor=ask.visitor.name, at=at) as session:
        token = invite(session, name, handed.get("role"), who=ask.visitor.name, at=at)
    return _all_page(ask, link=_link(ask, token), invited=name)


def _reset(ask: Ask, handed: Handed) -> Response:
    name, at = handed.get("account"), datetime.now(UTC)
    with ask.office.records.write(actor=ask.visitor.name, at=at) as session:
        token = reset(session, name, seen=_seen(handed), who=ask.visitor.name, at=at)
    return _all_page(ask, link=_link(ask, token), invited=name)


def _role(ask: Ask, handed: Handed) -> Response:
    at = datetime.now(UTC)
    with ask.office.records.write(actor=ask.visitor.name, at=at) as session:
        change_role(session, handed.get("account"), handed.get("role"), seen=_seen(handed), at=at)
    return _go(ask, "accounts")


def _close(ask: Ask, handed: Handed) -> Response:
    at = datetime.now(UTC)
    with ask.office.records.write(actor=ask.visitor.name, at=at) as session:
        close_account(session, handed.get("account"), at=at, seen=_seen(handed))
    return _go(ask, "accounts")


def _own_page(ask: Ask, *, made: str = "", named: str = "") -> Response:
    at = datetime.now(UTC)
    with ask.office.records.read() as session:
        visits = [
            {"id": one.id[:12], "began_at": one.began_at, "ends_at": one.ends_at,
             "own": one.id == hash_bytes(ask.visitor.token.encode())}
            for one in list_visits(session, ask.visitor.name, at=at)
        ]  # fmt: skip
        tokens = [
            {
                "id": one.id[:12],
                "name": one.name,
                "scope": one.scope,
                "at": one.at,
                "ends_at": one.ends_at,
                "good": is_good(one, at),
            }
            for one in list_tokens(session, ask.visitor.name)
        ]
    context: Context = {"visits": visits, "tokens": tokens, "made": made, "named": named, "scopes": SCOPES}
    context |= {"most": LONGEST_DAYS, "server": str(ask.request.base_url).rstrip("/")}
    return ask.page("account.html", context, name="account")


def _set_password(ask: Ask, handed: Handed) -> Response:
    """Asks for the present password, so that an open window is not enough to take an account."""
    name, at, place = ask.visitor.name, datetime.now(UTC), place_of(ask.request)
    if ask.office.throttle.waits(name, place):
        raise HTTPException(429)
    password = read_password(handed)
    with ask.office.records.read() as session:
        known = check_password(session, name, handed.get("old")) is not None
    if not known:
        ask.office.throttle.fail(name, place)
        raise _wrong()
    with ask.office.records.write(actor=name, at=at) as session:
        account = find_account(session, name)
        change_password(session, account, password, at=at)
        token = begin_visit(session, account, at=at)
    response = _go(ask, "account")
    ask.office.keep(response, token, secure=is_secure(ask.request))
    return response


def _end_visits(ask: Ask, handed: Handed) -> Response:
    at = datetime.now(UTC)
    with ask.office.records.write(actor=ask.visitor.name, at=at) as session:
        end_visits(session, ask.visitor.name, kept=ask.visitor.token, beginning=handed.get("visit"), at=at)
    return _go(ask, "account")


def _add_token(ask: Ask, handed: Handed) -> Response:
    at, name = datetime.now(UTC), handed.get("name").strip()
    with ask.office.records.write(actor=ask.visitor.name, at=at) as session:
        made = make_token(session, ask.visitor.name, name, handed.get("scope"), handed.number("days") or 0, at=at)
    return _own_page(ask, made=made, named=name)


def _end_token(ask: Ask, handed: Handed) -> Response:
    at = datetime.now(UTC)
    with ask.office.records.write(actor=ask.visitor.name, at=at) as session:
        end_token(session, ask.visitor.name, handed.get("id"), at=at)
    return _go(ask, "account")


def _seen(handed: Handed) -> int:
    return handed.number("seen") or 0


def _link(ask: Ask, token: str) -> str:
    return f"{str(ask.request.base_url).rstrip('/')}/{ask.office.slug}/welcome/{token}"


def _go(ask: Ask, page: str) -> Response:
    return RedirectResponse(f"/{ask.office.slug}/{page}", status_code=303)


def _wrong() -> AccessError:
    return AccessError(
        Label("现在的密码不对", "the present password is wrong"),
        where="password",
        expected=Label("登录时所用的密码", "the password you log in with"),
        remedy=Label("再试一次；没有改动账户", "try again; the account was not changed"),
    )
