"""A server of the public side only: what may stand on the internet.

Invariant: it has no internal page, no login and no form; whatever is not below ``/public/`` or a style sheet is not found.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from dafeng.core.errors import StoreError
from dafeng.web.cities import CityView, Material
from dafeng.web.guard import HEADERS, LOOPBACK, POLICY, Guard
from dafeng.web.links import STATIC
from dafeng.web.offices import Office
from dafeng.web.public import add_public, refuse_public
from dafeng.web.public_headers import loosen
from dafeng.web.public_shelf import PublicShelf, read_rules_of
from dafeng.web.registry_pages import add_registry
from dafeng.work.city import City


def create_public_app(cities: Sequence[Material], *, offices: Sequence[City], hosts: Sequence[str] = ()) -> FastAPI:
    """The public side of some cities as an application.

    Parameters
    ----------
    cities : sequence of Material
        Cities to show.
    offices : sequence of City
        Their folders, in which the rules of visibility lie.
    hosts : sequence of str, optional
        Further host names that are answered; numeric addresses and ``localhost`` always are.

    Returns
    -------
    FastAPI
        Application with public pages, figures and data.
    """
    views = {one.slug: one for one in (CityView(city.view, city.traces) for city in cities)}
    writing = {city.slug: Office(city) for city in offices}
    shelf = PublicShelf(views, read_rules_of(writing))
    app = FastAPI(title="dafeng", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    add_registry(app, shelf, writing)
    add_public(app, shelf)

    @app.get("/", include_in_schema=False)
    def enter() -> Response:
        return RedirectResponse("/public/", status_code=307)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, cause: HTTPException) -> Response:
        return refuse_public(request, cause.status_code)

    @app.exception_handler(StoreError)
    async def lacking(request: Request, _: StoreError) -> Response:
        return refuse_public(request, 503)

    @app.exception_handler(Exception)
    async def broken(request: Request, _: Exception) -> Response:
        response = refuse_public(request, 500)
        response.headers.update(HEADERS)
        return response

    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(
        Guard,
        hosts=(*LOOPBACK, *(host.lower() for host in hosts)),
        refuse=refuse_public,
        loosen=lambda scope: loosen(scope, shelf.frames, POLICY),
    )
    return app
