"""Pages at which somebody sets a password before ever having logged in: the first administrator, and whoever was given a link.

Invariant: the token in the address is the only key, so no other site can make the request; who sets a password is logged in.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import ConflictError, DafengError, SettingError
from dafeng.core.labels import Label
from dafeng.store.accounts import found_administrator
from dafeng.store.invitations import find_invited, use_invitation
from dafeng.store.visits import begin_visit
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed, read_handed
from dafeng.web.logins import is_secure
from dafeng.web.offices import Office
from dafeng.web.setups import is_private


def add_first_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the set-up and of one-time links.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/setup/{token}", include_in_schema=False)
    def show_set_up(request: Request, slug: str, token: str) -> Response:
        return _page(desk, request, _unset(desk, request, slug, token), name="")

    @app.post("/{slug}/setup/{token}", include_in_schema=False)
    async def set_up(request: Request, slug: str, token: str) -> Response:
        office, handed = _unset(desk, request, slug, token), await read_handed(request)
        return await run_in_threadpool(_found, desk, request, office, handed)

    @app.get("/{slug}/welcome/{token}", include_in_schema=False)
    def show_welcome(request: Request, slug: str, token: str) -> Response:
        office = desk.office(slug)
        return _page(desk, request, office, name=_invited(office, token))

    @app.post("/{slug}/welcome/{token}", include_in_schema=False)
    async def welcome(request: Request, slug: str, token: str) -> Response:
        office, handed = desk.office(slug), await read_handed(request)
        return await run_in_threadpool(_use, desk, request, office, token, handed)


def _unset(desk: Desk, request: Request, slug: str, token: str) -> Office:
    """Office of a city that has no account yet, where the address is the one that was printed."""
    office = desk.offices.get(slug)
    if office is None or office.is_open() or not office.set_up.fits(token):
        raise HTTPException(404)
    if not is_private(request):
        raise HTTPException(403)
    return office


def _invited(office: Office, token: str) -> str:
    with office.records.read() as session:
        account = find_invited(session, token, at=datetime.now(UTC))
    if account is None:
        raise HTTPException(404)
    return account.name


def _found(desk: Desk, request: Request, office: Office, handed: Handed) -> Response:
    name, at = handed.get("name").strip(), datetime.now(UTC)
    try:
        password = read_password(handed)
        with office.records.write(actor=f"setup:{name[:60]}", at=at) as session:
            account = found_administrator(session, name, password, at=at)
            session.flush()
            token = begin_visit(session, account, at=at)
    except ConflictError as cause:
        raise HTTPException(404) from cause
    except DafengError as cause:
        return _page(desk, request, office, name="", typed=name, said=cause)
    return _go(request, office, token, "accounts")


def _use(desk: Desk, request: Request, office: Office, link: str, handed: Handed) -> Response:
    name, at = _invited(office, link), datetime.now(UTC)
    try:
        password = read_password(handed)
        with office.records.write(actor=name, at=at) as session:
            token = begin_visit(session, use_invitation(session, link, password, at=at), at=at)
    except DafengError as cause:
        return _page(desk, request, office, name=name, said=cause)
    return _go(request, office, token, "account")


def read_password(handed: Handed) -> str:
    """Password that was typed twice.

    Parameters
    ----------
    handed : Handed
        With ``password`` and ``again``.

    Returns
    -------
    str
        The password.

    Raises
    ------
    SettingError
        If the two differ.
    """
    if handed.get("password") != handed.get("again"):
        raise SettingError(
            Label("两次输入不同", "the two entries differ"),
            where="password",
            expected=Label("两次相同的密码", "the same password twice"),
            remedy=Label("再输入一次；没有改动账户", "type it again; no account was changed"),
        )
    return handed.get("password")


def _go(request: Request, office: Office, token: str, page: str) -> Response:
    response = RedirectResponse(f"/{office.slug}/{page}", status_code=303, headers={"Cache-Control": "no-store"})
    office.keep(response, token, secure=is_secure(request))
    return response


def _page(
    desk: Desk, request: Request, office: Office, *, name: str, typed: str = "", said: DafengError | None = None
) -> Response:
    language = desk.language(request)
    words = {"what": said.what.read(language), "expected": said.expected.read(language)} if said is not None else None
    context = {"place": office.city.label, "invited": name, "typed": typed, "said": words}
    code = 200 if said is None else 422
    response = desk.page(request, "setup.html", city=desk.cities.get(office.slug), name="review", code=code, context=context)
    response.headers["Cache-Control"] = "no-store"
    return response
