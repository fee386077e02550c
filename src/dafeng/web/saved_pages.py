"""Saved views: the state of the page of targets under a name, for whoever is logged in.

Invariant: a view keeps filters that the page knows and nothing else; a form of another visit and a view of another account are
refused alike.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import AccessError
from dafeng.store.saved import list_views, remove_view, save_view
from dafeng.web import filters
from dafeng.web.asking import Ask, may_read, write
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed
from dafeng.web.offices import Office, Visitor

PAGE = "targets"
"""Page whose views are kept."""


def add_saved_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of saved views.

    Parameters
    ----------
    app : FastAPI
        Gets them.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/views", include_in_schema=False)
    def show_views(request: Request, slug: str) -> Response:
        office = desk.offices.get(slug)
        visitor = office.visitor(request) if office is not None and office.is_open() else None
        fragment = "fragment" in request.query_params
        if office is None or (visitor is None and fragment):
            return Response(status_code=204, headers={"Cache-Control": "no-store"})
        context = _context(office, visitor) if visitor is not None else {"visitor": None}
        template = "_views.html" if fragment else "views.html"
        response = desk.page(request, template, city=desk.city(slug), name=PAGE, context=context)
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.post("/{slug}/views/", include_in_schema=False)
    async def keep_view(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _keep, may=may_read)

    @app.post("/{slug}/views/{view}/remove", include_in_schema=False)
    async def drop_view(request: Request, slug: str, view: str) -> Response:
        return await write(desk, request, slug, lambda ask, handed: _drop(ask, view, handed), may=may_read)


def clean_query(text: str) -> str:
    """Filters of the page in an address, without anything else.

    Parameters
    ----------
    text : str
        Tail of an address, from the browser.

    Returns
    -------
    str
        ``a=b&c=d`` in the page's own order.
    """
    given = dict(parse_qsl(text.lstrip("?")[:2000], max_num_fields=40))
    return urlencode(filters.keep(given, filters.TARGET_FILTERS))


def _context(office: Office, visitor: Visitor) -> dict[str, object]:
    with office.records.read() as session:
        views = list_views(session, visitor.name, PAGE)
        rows = [{"id": v.id, "name": v.name, "query": v.query, "shared": v.shared, "who": v.account} for v in views]
    return {"visitor": visitor, "saved": rows, "token": office.form_token(visitor.token)}


def _keep(ask: Ask, handed: Handed) -> Response:
    office, visitor = ask.office, ask.visitor
    at, query = datetime.now(UTC), clean_query(handed.get("query"))
    with office.records.write(actor=visitor.name, at=at) as session:
        save_view(session, visitor.name, PAGE, handed.get("name"), query, shared=bool(handed.get("shared")), at=at)
    return _back(office, query)


def _drop(ask: Ask, view: str, handed: Handed) -> Response:
    office, visitor = ask.office, ask.visitor
    try:
        with office.records.write(actor=visitor.name, at=datetime.now(UTC)) as session:
            remove_view(session, visitor.name, view)
    except AccessError as cause:
        raise HTTPException(404) from cause
    return _back(office, clean_query(handed.get("query")))


def _back(office: Office, query: str) -> Response:
    address = f"/{office.slug}/{PAGE}{'?' if query else ''}{query}"
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
