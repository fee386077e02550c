"""The pages of compliance: a period with its companies, one company with its reasons, and the form that asks for a surrender.

Invariant: those who have an account see them, editors ask, and a second person decides on the page of orders.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Path, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError, FileRefused, LookupFailure
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.compliance_views import build_overview, build_standing, read_number, say_error, tell_overview
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed
from dafeng.web.rights_views import say_refusal
from dafeng.work.ask_surrender import Surrender, ask_surrender
from dafeng.work.compliance import find_period, find_standing

Number = Annotated[int, Path(ge=1, le=2**53)]


def add_compliance_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of compliance.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/compliance", include_in_schema=False)
    def enter(slug: str) -> Response:
        return RedirectResponse(f"/{desk.office(slug).slug}/compliance/", status_code=307)

    @app.get("/{slug}/compliance/", include_in_schema=False)
    def show_period(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _overview)

    @app.get("/{slug}/compliance.json", include_in_schema=False)
    def tell_period(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _tell)

    @app.get("/{slug}/compliance/{book}/{account}/", include_in_schema=False)
    def show_company(request: Request, slug: str, book: Number, account: Number) -> Response:
        return show(desk, request, slug, lambda ask: _company(ask, book, account, {}))

    @app.post("/{slug}/compliance/surrender", include_in_schema=False)
    async def surrender(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _surrender)


def _page(ask: Ask, template: str, context: Context, *, code: int = 200) -> Response:
    slug = ask.office.slug
    home: Context = {"rights_base": f"/{slug}/rights/", "home": f"/{slug}/compliance/", "refusal": None, "typed": {}}
    return ask.page(template, {**home, **context}, name="compliance", code=code)


def _overview(ask: Ask) -> Response:
    return _page(ask, "compliance.html", build_overview(ask))


def _tell(ask: Ask) -> Response:
    try:
        return JSONResponse(tell_overview(ask))
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def _company(ask: Ask, book: int, account: int, more: Context, *, code: int = 200) -> Response:
    try:
        return _page(ask, "compliance_company.html", {**build_standing(ask, book, account), **more}, code=code)
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    except FileRefused:  # the overview says what is lacking
        return RedirectResponse(f"/{ask.office.slug}/compliance/?book={book}", status_code=303)


def _surrender(ask: Ask, handed: Handed) -> Response:
    """``book`` and ``account`` by number, ``quantity`` and ``credits`` in tonnes, ``effective`` and ``id`` of the asker."""
    number, account = handed.number("book") or 0, handed.number("account") or 0
    rights = ask.office.rights
    try:
        book = find_period(rights, str(number))
        one = find_standing(ask.office.settlements.find(book.name, book.period), account)
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    wanted = Surrender(
        handed.get("id")[:100], one.enterprise, read_number(handed.fields, "quantity"), read_number(handed.fields, "credits"),
        handed.get("effective").strip(),
    )  # fmt: skip
    try:
        orders = ask_surrender(rights, book.name, wanted, who=ask.visitor.name, records=ask.office.records)
    except DafengError as cause:
        return _company(ask, number, account, {"refusal": say_error(ask, cause), "typed": handed.fields}, code=422)
    said = next((one for one in (say_refusal(order, ask.language) for order in orders) if one is not None), None)
    if said is not None:
        return _company(ask, number, account, {"refusal": said, "typed": handed.fields}, code=422)
    return RedirectResponse(f"/{ask.office.slug}/compliance/{number}/{account}/#waits", status_code=303)
