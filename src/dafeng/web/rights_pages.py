"""The pages of rights: books, accounts with their statements, orders, certificates, and the forms that ask for something.

Invariant: those who have an account see them, editors ask, confirmers decide and open; a form that is refused comes back with
what was typed and why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Path, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import AccessError, ConflictError, DafengError, LookupFailure
from dafeng.ledger.book_plans import find_book_plan
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.book_words import book_words
from dafeng.web.clocks import clock_words
from dafeng.web.desk import Desk, known
from dafeng.web.forms import Handed
from dafeng.web.labels import Words
from dafeng.web.offices import Office, Visitor
from dafeng.web.rights_views import Refused, build_account, build_book, build_books, build_event, build_orders, say_refusal
from dafeng.work.noted_orders import Order, read_orders
from dafeng.work.right_books import read_quantity
from dafeng.work.right_certificate import certificate_form, find_certificate, write_certificate
from dafeng.work.right_forms import read_request
from dafeng.work.right_opening import open_account, open_book
from dafeng.work.right_orders import decide_order, place_order
from dafeng.work.right_overview import book_document, order_document
from dafeng.work.right_people import check_event, sum_shown

Number = Annotated[int, Path(ge=1, le=2**53)]


def add_rights_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the rights.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """
    _add_reading(app, desk)
    _add_writing(app, desk)


def _add_reading(app: FastAPI, desk: Desk) -> None:
    @app.get("/{slug}/rights", include_in_schema=False)
    def enter(slug: str) -> Response:
        return RedirectResponse(f"/{_city(desk, slug).slug}/rights/", status_code=307)

    @app.get("/{slug}/rights/", include_in_schema=False)
    def show_books(request: Request, slug: str) -> Response:
        return _show(desk, request, slug, lambda ask: _page(ask, "rights.html", build_books(ask)))

    @app.get("/{slug}/rights.json", include_in_schema=False)
    def tell_books(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _tell_books)

    @app.get("/{slug}/orders.json", include_in_schema=False)
    def tell_orders(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _tell_orders)

    @app.get("/{slug}/rights/books/{book}/", include_in_schema=False)
    def show_book(request: Request, slug: str, book: Number) -> Response:
        return show(desk, request, slug, lambda ask: _found(ask, "right_book.html", lambda: build_book(ask, book)))

    @app.get("/{slug}/rights/accounts/{account}/", include_in_schema=False)
    def show_account(request: Request, slug: str, account: Number) -> Response:
        return show(desk, request, slug, lambda ask: _found(ask, "right_account.html", lambda: build_account(ask, account)))

    @app.get("/{slug}/rights/events/{event}/", include_in_schema=False)
    def show_event(request: Request, slug: str, event: Number) -> Response:
        return show(desk, request, slug, lambda ask: _found(ask, "right_event.html", lambda: build_event(ask, event)))

    @app.get("/{slug}/rights/orders/", include_in_schema=False)
    def show_orders(request: Request, slug: str) -> Response:
        return _show(desk, request, slug, lambda ask: _page(ask, "right_orders.html", build_orders(ask), name="orders"))

    @app.get("/{slug}/rights/certificates/{event}.pdf", include_in_schema=False)
    def show_certificate(request: Request, slug: str, event: Number) -> Response:
        return show(desk, request, slug, lambda ask: _certificate(ask, event))


def _add_writing(app: FastAPI, desk: Desk) -> None:
    @app.post("/{slug}/rights/ask", include_in_schema=False)
    async def ask_for(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _ask)

    @app.post("/{slug}/rights/decide", include_in_schema=False)
    async def decide(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _decide, may=_confirmer)

    @app.post("/{slug}/rights/open", include_in_schema=False)
    async def open_new(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _open, may=_confirmer)

    @app.post("/{slug}/rights/account", include_in_schema=False)
    async def open_for(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _open_account, may=_confirmer)


def _city(desk: Desk, slug: str) -> Office:
    """Office of a city, whether it has accounts or not."""
    return known(desk.offices.get(slug))


def _show(desk: Desk, request: Request, slug: str, make: Callable[[Ask], Response]) -> Response:
    """The page; where the city has no accounts yet, how to set them up."""
    office = _city(desk, slug)
    if office.is_open():
        return show(desk, request, slug, make)
    response = desk.page(
        request, "rights_access.html", city=desk.cities.get(slug), name="rights", context={"place": office.city.label}
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _confirmer(visitor: Visitor) -> bool:
    return visitor.can_confirm


def _page(ask: Ask, template: str, context: Context, *, code: int = 200, name: str = "rights") -> Response:
    words = Words(ask.language)
    home: Context = {
        "rights_base": f"/{ask.office.slug}/rights/", "refusal": None, "typed": {}, **book_words(ask.language),
        **clock_words(ask.office.city, words),
    }  # fmt: skip
    return ask.page(template, {**home, **context}, name=name, code=code)


def _found(ask: Ask, template: str, make: Callable[[], Context]) -> Response:
    try:
        return _page(ask, template, make())
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def _tell_books(ask: Ask) -> Response:
    return JSONResponse([book_document(one) for one in sum_shown(ask.office.rights, may=ask.visitor.sees_private)])


def _tell_orders(ask: Ask) -> Response:
    return JSONResponse([order_document(one) for one in read_orders(ask.office.rights, records=ask.office.records)])


def _certificate(ask: Ask, number: int) -> Response:
    rights = ask.office.rights
    try:
        with rights.reading() as rows:
            check_event(rights, rows, number, may=ask.visitor.sees_private)
        found = find_certificate(rights, number)
        form = certificate_form(rights, found, site=str(ask.request.base_url).rstrip("/"))
        content = write_certificate(form, ask.language)
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    except AccessError:
        raise
    except DafengError as cause:
        return ask.page("refused.html", _lacking(ask, cause), code=422, name="rights")
    named = f'inline; filename="certificate-{number}.pdf"'
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": named})


def _lacking(ask: Ask, cause: DafengError) -> Context:
    said = {
        "what": cause.what.read(ask.language),
        "expected": cause.expected.read(ask.language),
        "remedy": cause.remedy.read(ask.language),
    }
    return {"said": said, "where": cause.where, "back": f"/{ask.office.slug}/rights/", "typed": {}}


def _ask(ask: Ask, handed: Handed) -> Response:
    """What a form asks for: ``act`` and the fields of `dafeng.work.right_forms`; it stands on an account (``here``) or book.

    The number of the book is in ``leaf``.
    """
    rights, here, book = ask.office.rights, handed.number("here") or 0, handed.number("leaf") or 0
    refusal: Refused | None = None
    try:
        request = read_request(rights, handed.get("act"), handed.fields)
        order = place_order(rights, request, who=ask.visitor.name, records=ask.office.records)
        refusal = say_refusal(order, ask.language)
    except DafengError as cause:
        if not here and not book:
            raise
        refusal = Refused("", "", cause.what.read(ask.language), cause.remedy.read(ask.language), cause.where)
    if refusal is None:
        return _go(ask, order, f"accounts/{here}/" if here else f"books/{book}/" if book else "")
    code = 409 if refusal.code == "conflict" else 422
    try:
        context = build_account(ask, here) if here else build_book(ask, book)
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    template = "right_account.html" if here else "right_book.html"
    return _page(ask, template, {**context, "refusal": refusal, "typed": handed.fields}, code=code)


def _decide(ask: Ask, handed: Handed) -> Response:
    """``id`` of the order, ``decision`` accept or reject, ``says`` why it is rejected."""
    accept = handed.get("decision") != "reject"
    order = decide_order(
        ask.office.rights, handed.get("id"), accept=accept, who=ask.visitor.name, says=handed.get("says"),
        records=ask.office.records,
    )  # fmt: skip
    return _go(ask, order, "orders/")


def _open(ask: Ask, handed: Handed) -> Response:
    """``plan``, ``period`` and ``limit`` in units of the book."""
    rights = ask.office.rights
    plan = find_book_plan(rights.plans(), handed.get("plan"))
    limit = read_quantity(handed.get("limit"), plan.scale) if handed.get("limit").strip() else 0
    made = open_book(
        rights, plan.id, period=handed.get("period").strip(), limit=limit, who=ask.visitor.name, records=ask.office.records
    )
    _check(made[0], ask)
    return _go(ask, made[0], f"books/{rights.find_book(made[0].id.removeprefix('open.')).no}/")


def _open_account(ask: Ask, handed: Handed) -> Response:
    rights, name = ask.office.rights, handed.get("account").strip()
    made = open_account(
        rights, handed.get("book"), name, type=handed.get("type"), holder=handed.get("holder").strip(),
        title=handed.get("title").strip(), primary=handed.get("primary"), secondary=handed.get("secondary"),
        installation=handed.get("installation"), contact=handed.get("contact"), who=ask.visitor.name,
        records=ask.office.records,
    )  # fmt: skip
    _check(made, ask)
    return _go(ask, made, f"accounts/{rights.find_account(name)[0].no}/")


def _check(order: Order, ask: Ask) -> None:
    """Refuse in words what the ledger refused."""
    reason = order.reason
    if reason is not None and say_refusal(order, ask.language) is not None:
        raise ConflictError(
            reason.says, where=f"{order.code} {order.about}".strip(), expected=reason.remedy, remedy=reason.remedy
        )


def _go(ask: Ask, order: Order, place: str) -> Response:
    """To where the order shows: the account once it is booked, the list while it waits."""
    place = place if order.state == "booked" else "orders/"
    mark = f"#e{order.event}" if order.event and "accounts" in place else ""
    return RedirectResponse(f"/{ask.office.slug}/rights/{place}{mark}", status_code=303)
