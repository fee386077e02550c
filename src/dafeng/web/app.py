"""The served cockpit: addresses to pages, for one or several cities.

Invariant: pages are made from views that were made before, that of the scenarios excepted; only the addresses of login, review,
delivery and scenarios take a POST, and only for a city that has accounts; a failure is a designed page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from dafeng.core.labels import Language
from dafeng.web import api
from dafeng.web.cities import CityView, Material
from dafeng.web.city_pages import add_city_pages, add_single_pages
from dafeng.web.delivering import add_delivery_pages
from dafeng.web.desk import Desk, read_language
from dafeng.web.guard import HEADERS, LOOPBACK, Guard
from dafeng.web.labels import Words
from dafeng.web.links import STATIC
from dafeng.web.logins import add_logins
from dafeng.web.offices import Office
from dafeng.web.reviewing import add_review_pages
from dafeng.web.scenario_pages import add_scenario_pages
from dafeng.work.city import City


def create_app(cities: Sequence[Material], *, hosts: Sequence[str] = (), offices: Sequence[City] = ()) -> FastAPI:
    """The cockpit as an application.

    Parameters
    ----------
    cities : sequence of Material
        Cities to show, the first one first.
    hosts : sequence of str, optional
        Further host names that are answered; numeric addresses and ``localhost`` always are.
    offices : sequence of City, optional
        Cities whose plans may be reviewed here by those who have an account in them.

    Returns
    -------
    FastAPI
        Application with pages, JSON and a small API.
    """
    views = [CityView(city.view, city.traces, city.documents, city.hours) for city in cities]
    desk = Desk({city.slug: city for city in views}, {city.slug: Office(city) for city in offices})
    app = FastAPI(title="dafeng", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(api.build_router(desk.cities))
    add_logins(app, desk)
    add_review_pages(app, desk)
    add_delivery_pages(app, desk)
    add_scenario_pages(app, desk)
    _add_general(app, desk)
    add_single_pages(app, desk)
    add_city_pages(app, desk)
    _add_failures(app, desk)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(
        Guard,
        hosts=(*LOOPBACK, *(host.lower() for host in hosts)),
        refuse=lambda r, code: fail(desk, r, code),
        writes=desk.judge_writing,
    )
    return app


def _add_general(app: FastAPI, desk: Desk) -> None:
    """Addresses above the cities."""

    @app.get("/", include_in_schema=False)
    def home(request: Request) -> Response:
        if len(desk.offices) == 1 and not desk.cities:
            return RedirectResponse(f"/{next(iter(desk.offices))}/review/", status_code=307)
        if len(desk.cities) == 1:
            return RedirectResponse(f"/{next(iter(desk.cities))}/", status_code=307)
        return desk.page(request, "cities.html", city=None)

    @app.get("/api/v1/", include_in_schema=False)
    def describe(request: Request) -> Response:
        return desk.page(request, "api.html", city=None, context={"routes": api.list_routes(app)})

    @app.get("/{slug}", include_in_schema=False)
    def enter(slug: str) -> Response:
        if slug not in desk.cities:
            return RedirectResponse(f"/{desk.office(slug).slug}/review/", status_code=307)
        return RedirectResponse(f"/{desk.city(slug).slug}/", status_code=307)


def _add_failures(app: FastAPI, desk: Desk) -> None:
    """Pages for what goes wrong; never a traceback."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, cause: HTTPException) -> Response:
        return fail(desk, request, cause.status_code)

    @app.exception_handler(Exception)
    async def broken(request: Request, _: Exception) -> Response:
        # this handler answers outside the guard, so that it brings the headers itself
        response = fail(desk, request, 500)
        response.headers.update(HEADERS)
        return response


def fail(desk: Desk, request: Request, code: int) -> Response:
    """Answer to a request that cannot be met.

    Parameters
    ----------
    desk : Desk
        The cities.
    request : Request
        The request.
    code : int
        Status code.

    Returns
    -------
    Response
        A page, or JSON where JSON was asked for.
    """
    path = request.url.path
    words = Words(read_language(request))
    if path.startswith("/api/") or path.endswith(".json"):
        said = {lang: Words(lang).word("error", code) for lang in cast(tuple[Language, ...], ("zh", "en"))}
        return JSONResponse({"error": code, "says": said}, status_code=code)
    city = desk.cities.get(path.split("/")[1])
    shown = code if words.word("error", code) != str(code) else 400
    response = desk.page(request, "error.html", city=city, code=code, context={"code": shown})
    if code == 405:
        response.headers["Allow"] = "GET, HEAD"
    return response
