"""The served cockpit: addresses to pages, for one or several cities.

Invariant: pages are made from views that were made before, that of the scenarios excepted; only the addresses of login, review,
delivery and scenarios take a POST, and only for a city that has accounts; a failure is a designed page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from dafeng.core.labels import Language
from dafeng.web import api, assessments, briefs, explain, filters, hours, inventory_files, methods, pages, tasklist
from dafeng.web.cities import CityView, Material
from dafeng.web.delivering import add_delivery_pages
from dafeng.web.download import make_workbook
from dafeng.web.forms import judge_writing
from dafeng.web.guard import HEADERS, LOOPBACK, Guard
from dafeng.web.labels import Words
from dafeng.web.links import STATIC, ServedLinks, query_text
from dafeng.web.logins import add_logins
from dafeng.web.offices import Office
from dafeng.web.render import Frame, render
from dafeng.web.reviewing import add_review_pages
from dafeng.web.scenario_pages import add_scenario_pages
from dafeng.work.city import City

Found = TypeVar("Found")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Desk:
    """What all addresses need: the cities by their names.

    Parameters
    ----------
    cities : mapping of str to CityView
        Slug → city, in the order given.
    offices : mapping of str to Office
        Slug → writing side of the city.
    """

    cities: Mapping[str, CityView]
    offices: Mapping[str, Office] = field(default_factory=dict)

    def office(self, slug: str) -> Office:
        """Writing side of a city.

        Parameters
        ----------
        slug : str
            Name in addresses.

        Returns
        -------
        Office
            Open: the city has accounts.

        Raises
        ------
        HTTPException
            404 if there is none.
        """
        found = self.offices.get(slug)
        if found is None or not found.is_open():
            raise HTTPException(404)
        return found

    def judge_writing(self, scope: Scope) -> int | None:
        """Whether a POST is refused.

        Parameters
        ----------
        scope : ASGI scope
            The request.

        Returns
        -------
        int or None
            405 where the city has no accounts, else as `dafeng.web.forms.judge_writing`.
        """
        office = self.offices.get(str(scope["path"]).split("/")[1])
        return judge_writing(scope) if office is not None and office.is_open() else 405

    def language(self, request: Request) -> Language:
        """Language of the reader.

        Parameters
        ----------
        request : Request
            The request.

        Returns
        -------
        {"zh", "en"}
            The language.
        """
        return read_language(request)

    def fragment(self, request: Request, template: str, context: Mapping[str, object]) -> str:
        """A piece of a page in the reader's language.

        Parameters
        ----------
        request : Request
            The request.
        template : str
            Template file.
        context : mapping
            What it shows.

        Returns
        -------
        str
            HTML.
        """
        return render(template, Frame(Words(read_language(request)), ServedLinks(""), None, ""), context)

    def city(self, slug: str) -> CityView:
        """City under a name.

        Parameters
        ----------
        slug : str
            Name in addresses.

        Returns
        -------
        CityView
            The city.

        Raises
        ------
        HTTPException
            404 if there is none.
        """
        found = self.cities.get(slug)
        if found is None:
            raise HTTPException(404)
        return found

    def page(self, request: Request, template: str, *, city: CityView | None, name: str = "", code: int = 200,
             context: Mapping[str, object] | None = None) -> Response:  # fmt: skip
        """Page in the reader's language.

        Parameters
        ----------
        request : Request
            The request.
        template : str
            Template file.
        city : CityView or None
            The city.
        name : str
            Page id for the navigation.
        code : int
            Status code.
        context : mapping, optional
            What the template shows.

        Returns
        -------
        Response
            HTML, with the language kept in a cookie where the address chose one.
        """
        words = Words(read_language(request))
        links = ServedLinks(city.slug if city else "")
        query = {key: value for key, value in request.query_params.items() if key not in ("lang", "fragment")}
        office = self.offices.get(links.slug)
        review = f"/{links.slug}/review/" if office is not None and office.is_open() else ""
        frame = Frame(words, links, city, name, query_text(query).lstrip("?"), tuple(self.cities.values()), review)
        response = HTMLResponse(render(template, frame, context), status_code=code)
        response.headers["Vary"] = "Cookie"
        if request.query_params.get("lang") in ("zh", "en"):
            response.set_cookie("lang", words.language, max_age=31536000, samesite="lax", httponly=True)
        return response


def read_language(request: Request) -> Language:
    """Language of the reader: the address, then the cookie, then Chinese.

    Parameters
    ----------
    request : Request
        The request.

    Returns
    -------
    {"zh", "en"}
        The language.
    """
    said = (request.query_params.get("lang"), request.cookies.get("lang"))
    return cast(Language, next((one for one in said if one in ("zh", "en")), "zh"))


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
    _add_single(app, desk)
    _add_pages(app, desk)
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


def _add_single(app: FastAPI, desk: Desk) -> None:
    """Addresses of one thing: a number, a target, a download, a search."""

    @app.get("/{slug}/explain/{address:path}", include_in_schema=False)
    def explanation(request: Request, slug: str, address: str) -> Response:
        city = desk.city(slug)
        if city.trace(address) is None and address.endswith(".json"):
            return JSONResponse(api.tell(city, address.removesuffix(".json")))
        found = explain.gather(city, address, Words(read_language(request)))
        fragment = "fragment" in request.query_params
        if found is None and not fragment:
            raise HTTPException(404)
        template = ("_drawer.html" if found else "_unknown.html") if fragment else "explain.html"
        return desk.page(request, template, city=city, context=found, code=200 if found else 404)

    @app.get("/{slug}/targets/{target}", include_in_schema=False)
    def target_page(request: Request, slug: str, target: str) -> Response:
        city = desk.city(slug)
        if city.verdict(target) is None and target.endswith(".json"):
            row = city.verdict(target.removesuffix(".json"))
            return JSONResponse(_present(row))
        context = pages.build_target(city, target, Words(read_language(request)))
        return desk.page(request, "target.html", city=city, name="targets", context=_present(context))

    @app.get("/{slug}/methods/{method}", include_in_schema=False)
    def method_page(request: Request, slug: str, method: str) -> Response:
        city = desk.city(slug)
        if method.endswith(".json"):
            return JSONResponse(_present(methods.find_method(city.view, method.removesuffix(".json"))))
        context = _present(methods.build_method(city.view, method))
        return desk.page(request, "method.html", city=city, name="methods", context=context)

    @app.get("/{slug}/hours/week.json", include_in_schema=False)
    def hours_week(request: Request, slug: str) -> Response:
        found = hours.find_week(desk.city(slug), Words(read_language(request)), dict(request.query_params))
        return JSONResponse(_present(found))

    @app.get("/{slug}/search", include_in_schema=False)
    def results(request: Request, slug: str, q: str = "") -> Response:
        wanted = q.strip()[:100]
        context = {"found": filters.search(desk.city(slug).view, wanted), "query_text": wanted}
        return desk.page(request, "search.html", city=desk.city(slug), context=context)


def _add_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the pages and of what stands behind them."""

    @app.get("/{slug}/", include_in_schema=False)
    @app.get("/{slug}/{name}", include_in_schema=False)
    def show_page(request: Request, slug: str, name: str = "overview") -> Response:
        if slug not in desk.cities and name == "overview":
            return RedirectResponse(f"/{desk.office(slug).slug}/review/", status_code=307)
        city = desk.city(slug)
        query = dict(request.query_params)
        if name == f"{slug}.xlsx":
            quoted = {"Content-Disposition": f'attachment; filename="{slug}.xlsx"'}
            return Response(make_workbook(city), media_type=WORKBOOK, headers=quoted)
        if name.startswith(f"{slug}-tasks."):
            return offer_tasks(request, city, name)
        if name.startswith(f"{slug}-inventory-"):
            return offer_inventory(request, city, name)
        if name.startswith((f"{slug}-brief-", f"{slug}-assessment-")):
            paper = briefs if name.startswith(f"{slug}-brief-") else assessments
            content, media = _present(paper.make_file(city.view, name))
            return Response(content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
        if name == "compare.xlsx" and city.view.get("comparison"):
            quoted = {"Content-Disposition": f'attachment; filename="{slug}-compare.xlsx"'}
            return Response(make_workbook(city, part="comparison"), media_type=WORKBOOK, headers=quoted)
        if name.endswith(".json"):
            page = _present(pages.find(name.removesuffix(".json")))
            return JSONResponse({"run": city.view["run"], **pages.extract(page, city.view, query)})
        page = _present(pages.find(name))
        context = pages.build(page.id, city, Words(read_language(request)), query)
        return desk.page(request, f"{page.id}.html", city=city, name=page.id, context=context)


def offer_tasks(request: Request, city: CityView, name: str) -> Response:
    """The task list as a download.

    Parameters
    ----------
    request : Request
        The request.
    city : CityView
        The city.
    name : str
        File name that was asked for.

    Returns
    -------
    Response
        The file.

    Raises
    ------
    HTTPException
        404 if the run has no task list or the form is not registered.
    """
    listed = _present(tasklist.read_list(city))
    form = _present(next((one for one in tasklist.list_forms(listed) if tasklist.name_file(city.slug, one) == name), None))
    quoted = {"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Cookie"}
    content = tasklist.make_file(listed, form, read_language(request))
    return Response(content, media_type=tasklist.TYPES.get(form, "application/octet-stream"), headers=quoted)


def offer_inventory(request: Request, city: CityView, name: str) -> Response:
    """The inventory as a download.

    Parameters
    ----------
    request : Request
        The request.
    city : CityView
        The city.
    name : str
        File name that was asked for.

    Returns
    -------
    Response
        The file.

    Raises
    ------
    HTTPException
        404 if the run has no inventory or the form is not offered.
    """
    forms = {inventory_files.name_file(city.slug, city.view, form): form for form in inventory_files.list_forms(city.view)}
    form = _present(forms.get(name))
    quoted = {"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Cookie"}
    content = inventory_files.make_file(city.view, form, read_language(request))
    return Response(content, media_type=tasklist.TYPES[form], headers=quoted)


def _present(found: Found | None) -> Found:
    """The thing itself, or 404."""
    if found is None:
        raise HTTPException(404)
    return found


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
