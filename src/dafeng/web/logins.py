"""Login and logout.

Invariant: a wrong name and a wrong password get the same answer after the same time; nobody is led to another site.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.web.desk import Desk
from dafeng.web.forms import Handed, read_handed
from dafeng.web.offices import DOOR, Office


def add_logins(app: FastAPI, desk: Desk) -> None:
    """Addresses of login and logout.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/login", include_in_schema=False)
    def show_login(request: Request, slug: str, next: str = "") -> Response:
        office = desk.office(slug)
        if office.visitor(request) is not None:
            return _go(lead(slug, next))
        return _form(desk, office, request, next, said="", code=200)

    @app.post("/{slug}/login", include_in_schema=False)
    async def log_in(request: Request, slug: str) -> Response:
        office, handed = desk.office(slug), await read_handed(request)
        return await run_in_threadpool(_log_in, desk, office, request, handed)

    @app.post("/{slug}/logout", include_in_schema=False)
    async def log_out(request: Request, slug: str) -> Response:
        office, handed = desk.office(slug), await read_handed(request)
        return await run_in_threadpool(_log_out, office, request, handed)


def lead(slug: str, wanted: str) -> str:
    """Address to go to after the login: a page of this city, whatever was asked for.

    Parameters
    ----------
    slug : str
        Name of the city.
    wanted : str
        What the address asked for.

    Returns
    -------
    str
        Absolute path on this server.
    """
    known = rf"/{re.escape(slug)}/(?:[\w-][\w.-]*(?:/[\w-][\w.-]*)*/?)?(?:\?[\w.=&%+*-]*)?"
    return wanted if re.fullmatch(known, wanted, re.ASCII) else f"/{slug}/review/"


def send_to_login(request: Request, slug: str) -> Response:
    """Answer to a reader who is not logged in.

    Parameters
    ----------
    request : Request
        The request.
    slug : str
        Name of the city.

    Returns
    -------
    Response
        The way to the login.
    """
    return _go(f"/{slug}/login?next={quote(lead(slug, request.url.path))}")


def place_of(request: Request) -> str:
    """Where a request comes from, as far as the server is told.

    Parameters
    ----------
    request : Request
        The request.

    Returns
    -------
    str
        Address of the client.
    """
    return request.client.host if request.client else ""


def is_secure(request: Request) -> bool:
    """Whether the page was fetched by https.

    Parameters
    ----------
    request : Request
        The request.

    Returns
    -------
    bool
        True where cookies can be kept to https.
    """
    return request.url.scheme == "https"


def _go(address: str) -> Response:
    """The way to a page, for this once."""
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})


def _log_in(desk: Desk, office: Office, request: Request, handed: Handed) -> Response:
    name, wanted, place = handed.get("name").strip(), handed.get("next"), place_of(request)
    if not office.check_form(handed.get("token"), request.cookies.get(DOOR, "")):
        return _form(desk, office, request, wanted, said="stale", code=403)
    if office.throttle.waits(name, place):
        return _form(desk, office, request, wanted, said="wait", code=429)
    before = office.visitor(request)
    token = office.enter(name, handed.get("password"), place)
    if token is None:
        return _form(desk, office, request, wanted, said="wrong", code=403)
    if before is not None:
        office.leave(before)
    response = _go(lead(office.slug, wanted))
    office.keep(response, token, secure=is_secure(request))
    response.delete_cookie(DOOR, path=f"/{office.slug}/", httponly=True, samesite="strict", secure=is_secure(request))
    return response


def _log_out(office: Office, request: Request, handed: Handed) -> Response:
    visitor = office.visitor(request)
    if visitor is not None:
        if not office.check_form(handed.get("token"), visitor.token):
            raise HTTPException(403)
        office.leave(visitor)
    response = _go(f"/{office.slug}/login")
    office.keep(response, "", secure=is_secure(request))
    return response


def _form(desk: Desk, office: Office, request: Request, wanted: str, *, said: str, code: int) -> Response:
    door = request.cookies.get(DOOR) or secrets.token_urlsafe(24)
    context = {"token": office.form_token(door), "next": lead(office.slug, wanted), "said": said, "place": office.city.label}
    context |= {"provider": office.provider is not None}
    response = desk.page(request, "login.html", city=desk.cities.get(office.slug), name="review", code=code, context=context)
    response.set_cookie(
        DOOR, door, max_age=3600, path=f"/{office.slug}/", httponly=True, samesite="strict", secure=is_secure(request)
    )
    response.headers["Cache-Control"] = "no-store"
    return response
