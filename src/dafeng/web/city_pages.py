"""Addresses of the pages of a city and of single things on them.

Invariant: a page is made from the view that was made before; an address that names nothing is refused.
"""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.web import api, explain, filters, hours, methods, pages
from dafeng.web.city_files import offer_file
from dafeng.web.desk import Desk, known, read_language
from dafeng.web.labels import Words


def add_single_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of one thing: a number, a target, a method, a week, a search.

    Parameters
    ----------
    app : FastAPI
        Gets them.
    desk : Desk
        The cities.
    """

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
            return JSONResponse(known(row))
        context = pages.build_target(city, target, Words(read_language(request)))
        return desk.page(request, "target.html", city=city, name="targets", context=known(context))

    @app.get("/{slug}/methods/{method}", include_in_schema=False)
    def method_page(request: Request, slug: str, method: str) -> Response:
        city = desk.city(slug)
        if method.endswith(".json"):
            return JSONResponse(known(methods.find_method(city.view, method.removesuffix(".json"))))
        context = known(methods.build_method(city.view, method))
        return desk.page(request, "method.html", city=city, name="methods", context=context)

    @app.get("/{slug}/hours/week.json", include_in_schema=False)
    def hours_week(request: Request, slug: str) -> Response:
        found = hours.find_week(desk.city(slug), Words(read_language(request)), dict(request.query_params))
        return JSONResponse(known(found))

    @app.get("/{slug}/search", include_in_schema=False)
    def results(request: Request, slug: str, q: str = "") -> Response:
        wanted = q.strip()[:100]
        context = {"found": filters.search(desk.city(slug).view, wanted), "query_text": wanted}
        return desk.page(request, "search.html", city=desk.city(slug), context=context)


def add_city_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the pages, of what stands behind them and of the files of a city.

    Parameters
    ----------
    app : FastAPI
        Gets them.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/", include_in_schema=False)
    @app.get("/{slug}/{name}", include_in_schema=False)
    def show_page(request: Request, slug: str, name: str = "overview") -> Response:
        if slug not in desk.cities and name == "overview":
            return RedirectResponse(f"/{desk.office(slug).slug}/review/", status_code=307)
        city = desk.city(slug)
        query = dict(request.query_params)
        if (file := offer_file(request, city, name)) is not None:
            return file
        if name.endswith(".json"):
            page = known(pages.find(name.removesuffix(".json")))
            return JSONResponse({"run": city.view["run"], **pages.extract(page, city.view, query)})
        page = known(pages.find(name))
        context = pages.build(page.id, city, Words(read_language(request)), query)
        return desk.page(request, f"{page.id}.html", city=city, name=page.id, context=context)
