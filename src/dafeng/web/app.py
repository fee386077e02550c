"""The served cockpit: addresses to pages, for one or several cities.

Invariant: pages are made from views that were made before, that of the scenarios excepted; only the addresses that
``forms.WRITING`` lists take a POST, and only for a city that has accounts; a failure is a designed page.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from dafeng.core.errors import AccessError, DafengError, DefinitionError, StoreError, TableError, UnitError
from dafeng.core.labels import Label, Language
from dafeng.web import api
from dafeng.web.account_pages import add_account_pages
from dafeng.web.api_answers import RepeatedKey, tell_refusal
from dafeng.web.api_choices import UnknownChoice
from dafeng.web.boundary_pages import add_boundary_pages
from dafeng.web.budget_pages import add_budget_pages
from dafeng.web.cities import Cities, Material
from dafeng.web.city_pages import add_city_pages, add_single_pages
from dafeng.web.closing import Closing, closed_cities
from dafeng.web.compliance_pages import add_compliance_pages
from dafeng.web.delivering import add_delivery_pages
from dafeng.web.desk import Desk, read_language
from dafeng.web.enterprise_pages import add_enterprise_pages
from dafeng.web.first_pages import add_first_pages
from dafeng.web.guard import HEADERS, LOOPBACK, POLICY, Guard
from dafeng.web.inclusion_pages import add_inclusion_pages
from dafeng.web.job_pages import add_job_pages
from dafeng.web.labels import Words
from dafeng.web.limits import Paces, usual_paces
from dafeng.web.links import STATIC
from dafeng.web.logins import add_logins
from dafeng.web.market_pages import add_market_pages
from dafeng.web.misread import tell_places
from dafeng.web.offices import Office
from dafeng.web.owner_pages import add_owner_pages
from dafeng.web.programs import add_programs
from dafeng.web.project_pages import add_project_pages
from dafeng.web.provider_pages import add_provider_pages
from dafeng.web.public import add_public, refuse_public
from dafeng.web.public_desk import add_publishing
from dafeng.web.public_headers import loosen
from dafeng.web.public_shelf import PublicShelf, read_rules_of
from dafeng.web.registry_pages import add_registry
from dafeng.web.reviewing import add_review_pages
from dafeng.web.rights_pages import add_rights_pages
from dafeng.web.saved_pages import add_saved_pages
from dafeng.web.scenario_pages import Keeper as Scenarios
from dafeng.web.scenario_pages import add_scenario_pages
from dafeng.web.shelf import Keeper
from dafeng.web.subject_pages import add_subject_pages
from dafeng.web.wall import add_wall
from dafeng.web.watching import watching
from dafeng.work.city import City

LOG = logging.getLogger(__name__)
PACKING = 6
"""Level of gzip: a tenth of a percent larger than the highest, in a third of the time."""


def open_offices(cities: Sequence[City]) -> tuple[Office, ...]:
    """Writing sides of some cities.

    Parameters
    ----------
    cities : sequence of City
        Open cities.

    Returns
    -------
    tuple of Office
        One each; nothing is written by making them.
    """
    return tuple(Office(city) for city in cities)


OF_RIGHTS = (
    add_rights_pages, add_compliance_pages, add_project_pages, add_inclusion_pages, add_enterprise_pages, add_owner_pages,
    add_market_pages, add_budget_pages,
)  # fmt: skip
"""Pages of rights of every kind."""


def create_app(
    cities: Sequence[Material],
    *,
    hosts: Sequence[str] = (),
    offices: Sequence[City | Office] = (),
    closed: bool = False,
    paces: Paces | None = None,
) -> FastAPI:
    """The cockpit as an application.

    Parameters
    ----------
    cities : sequence of Material
        Cities to show, the first one first.
    hosts : sequence of str, optional
        Further host names that are answered; numeric addresses and ``localhost`` always are.
    offices : sequence of City or Office, optional
        Cities whose plans may be reviewed here by those who have an account in them.
    closed : bool, optional
        Whether the internal pages of every city need a login; else only those of cities with ``options: {closed: true}``.
    paces : Paces, optional
        How much one address may ask for; the usual paces if not given.

    Returns
    -------
    FastAPI
        Application with pages, JSON and a small API.
    """
    writing = [one if isinstance(one, Office) else Office(one) for one in offices]
    folders = [office.city for office in writing]
    offices_by_slug = {office.slug: office for office in writing}
    shown = Cities(cities, folders)
    desk = Desk(shown, offices_by_slug, closed_cities(offices_by_slug, shown, everything=closed))
    app = FastAPI(
        title="dafeng", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json", lifespan=watching(desk)
    )
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    shelf = PublicShelf(desk.cities, read_rules_of(desk.offices))
    add_registry(app, shelf, desk.offices)
    add_public(app, shelf)
    scenarios = Scenarios()
    add_programs(app, desk, scenarios)
    add_logins(app, desk)
    add_provider_pages(app, desk)
    add_first_pages(app, desk)
    add_account_pages(app, desk)
    add_publishing(app, desk)
    add_review_pages(app, desk)
    add_delivery_pages(app, desk)
    add_job_pages(app, desk)
    add_boundary_pages(app, desk)
    for add_pages in OF_RIGHTS:
        add_pages(app, desk)
    add_scenario_pages(app, desk, scenarios)
    add_saved_pages(app, desk)
    add_wall(app, desk)
    _add_general(app, desk)
    add_single_pages(app, desk)
    add_subject_pages(app, desk)
    add_city_pages(app, desk)
    _add_failures(app, desk)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=PACKING)
    app.add_middleware(Keeper, state=lambda: desk.state, who=desk.name_reader)
    refuse = partial(fail, desk)
    app.add_middleware(Closing, offices=desk.offices, closed=desk.closed, refuse=refuse, may_read=desk.may_read,
                       may_list=lambda request: bool(desk.readable(request)))  # fmt: skip
    app.add_middleware(
        Guard,
        hosts=(*LOOPBACK, *(host.lower() for host in hosts)),
        refuse=refuse,
        writes=desk.judge_writing,
        loosen=lambda scope: loosen(scope, shelf.frames, POLICY),
        paces=paces or usual_paces(time.monotonic),
    )
    return app


def _add_general(app: FastAPI, desk: Desk) -> None:
    """Addresses above the cities."""

    @app.get("/", include_in_schema=False)
    def home(request: Request) -> Response:
        if len(desk.offices) == 1 and not desk.cities:
            return RedirectResponse(f"/{next(iter(desk.offices))}/review/", status_code=307)
        if len(desk.cities) == 1 and not desk.waiting(request):
            return RedirectResponse(f"/{next(iter(desk.cities))}/", status_code=307)
        return desk.page(request, "cities.html", city=None, context={"waiting": desk.waiting(request)})

    @app.get("/api/v1/", include_in_schema=False)
    def describe(request: Request) -> Response:
        return desk.page(request, "api.html", city=None, context={"routes": api.list_routes(app)})

    @app.get("/{slug}", include_in_schema=False)
    def enter(slug: str) -> Response:
        if desk.waits(slug):
            return RedirectResponse(f"/{slug}/", status_code=307)
        if slug not in desk.cities:
            return RedirectResponse(f"/{desk.office(slug).slug}/review/", status_code=307)
        return RedirectResponse(f"/{desk.city(slug).slug}/", status_code=307)


def _add_failures(app: FastAPI, desk: Desk) -> None:
    """Pages for what goes wrong; never a traceback."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, cause: HTTPException) -> Response:
        response = fail(desk, request, cause.status_code)
        response.headers.update(cause.headers or {})
        return response

    @app.exception_handler(StoreError)
    async def lacking(request: Request, cause: StoreError) -> Response:
        return fail(desk, request, 503, cause=cause)

    @app.exception_handler(DefinitionError)
    @app.exception_handler(TableError)
    @app.exception_handler(UnitError)
    async def ill_defined(request: Request, cause: DefinitionError | TableError | UnitError) -> Response:
        LOG.error("%s: %s", request.url.path, cause.read("en"))
        return fail(desk, request, 503, cause=cause)

    @app.exception_handler(RequestValidationError)
    async def misread(request: Request, cause: RequestValidationError) -> Response:
        where = cause.errors()
        if any(one["loc"][0] == "path" for one in where):
            return fail(desk, request, 404)
        return fail(desk, request, 422, where=where)

    @app.exception_handler(UnknownChoice)
    @app.exception_handler(RepeatedKey)
    async def unclear(_: Request, cause: UnknownChoice | RepeatedKey) -> Response:
        return JSONResponse(tell_refusal(cause, 422), status_code=422)

    @app.exception_handler(AccessError)
    async def withheld(request: Request, cause: AccessError) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse(tell_refusal(cause, 403), status_code=403)
        return fail(desk, request, 403, cause=cause)

    @app.exception_handler(Exception)
    async def broken(request: Request, _: Exception) -> Response:
        # this handler answers outside the guard, so that it brings the headers itself
        response = fail(desk, request, 500)
        response.headers.update(HEADERS)
        return response


def fail(
    desk: Desk, request: Request, code: int, *, where: Sequence[Mapping[str, Any]] = (), cause: DafengError | None = None
) -> Response:
    """Answer to a request that cannot be met.

    Parameters
    ----------
    desk : Desk
        The cities.
    request : Request
        The request.
    code : int
        Status code.
    where : sequence of mapping, optional
        Parts of the request that could not be read, as `tell_places` takes them.
    cause : DafengError, optional
        What is wrong with a database or a definition file of the city, or why something is withheld, told to those who may
        read the city.

    Returns
    -------
    Response
        A page, or JSON where JSON was asked for.
    """
    path = request.url.path
    if path.startswith("/public"):
        return refuse_public(request, code)
    words = Words(read_language(request))
    if path.startswith("/api/") or path.endswith(".json"):
        said = {lang: Words(lang).word("error", code) for lang in cast(tuple[Language, ...], ("zh", "en"))}
        places = tell_places(where)
        told: dict[str, Any] = {"what": _both(cause.what), "remedy": _both(cause.remedy)} if cause is not None else {}
        told |= {"place": place} if (place := _place(desk, cause)) else {}
        return JSONResponse({"error": code, "says": said} | ({"where": places} if places else {}) | told, status_code=code)
    slug = path.split("/")[1]
    reads = desk.may_read(request, slug)
    city = desk.cities.get(slug) if reads else None
    reason = [one.read(words.language) for one in (cause.what, cause.remedy)] if cause is not None and reads else []
    reason = [place, *reason] if reason and (place := _place(desk, cause)) else reason
    shown = code if words.word("error", code) != str(code) else 400
    response = desk.page(request, "error.html", city=city, code=code, context={"code": shown, "reason": reason})
    if code == 405:
        response.headers["Allow"] = "GET, HEAD"
    return response


def _place(desk: Desk, cause: DafengError | None) -> str:
    """Where a definition is wrong: a file as seen from the folder of its city, nothing of the machine."""
    if not isinstance(cause, DefinitionError | TableError | UnitError):
        return ""
    where = cause.where
    for office in desk.offices.values():
        where = where.replace(f"{office.city.folder}/", "")
    return where.rpartition("/")[2] if where.startswith("/") else where


def _both(said: Label) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}
