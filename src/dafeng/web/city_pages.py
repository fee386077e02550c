"""Addresses of the pages of a city and of single things on them.

Invariant: a page is made from the view that was made before; an address that names nothing is refused.
"""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.web import api, explain, filters, hours, methods, pages, subjects, task_views
from dafeng.web.city_files import offer_file
from dafeng.web.desk import Desk, known, read_language
from dafeng.web.labels import Words
from dafeng.web.navigation import find
from dafeng.web.shelf import is_known
from dafeng.web.unknown_choices import find_unknown, leave_aside, tell_unknown


def add_single_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of one thing: a number, a method, a week, a search.

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
            told = api.tell(city, address.removesuffix(".json"))
            return api.answer(request, city, lambda: told)
        found = explain.gather(city, address, Words(read_language(request)))
        fragment = "fragment" in request.query_params
        if found is None and not fragment:
            raise HTTPException(404)
        template = ("_drawer.html" if found else "_unknown.html") if fragment else "explain.html"
        return desk.page(request, template, city=city, context=found, code=200 if found else 404, kept=True)

    @app.get("/{slug}/tasks/{task}", include_in_schema=False)
    def task_page(request: Request, slug: str, task: str) -> Response:
        city = desk.city(slug)
        if city.task(task) is None and task.endswith(".json"):
            row = known(subjects.tell_task(city, task.removesuffix(".json")))
            return api.answer(request, city, lambda: row)
        context = task_views.build_task(city, task, Words(read_language(request)))
        return desk.page(request, "task.html", city=city, name="tasks", context=known(context), kept=True)

    @app.get("/{slug}/methods/{method}", include_in_schema=False)
    def method_page(request: Request, slug: str, method: str) -> Response:
        city = desk.city(slug)
        if method.endswith(".json"):
            definition = known(subjects.tell_method(city, method.removesuffix(".json")))
            return api.answer(request, city, lambda: definition)
        context = known(methods.build_method(city.view, method))
        return desk.page(request, "method.html", city=city, name="methods", context=context, kept=True)

    @app.get("/{slug}/hours/week.json", include_in_schema=False)
    @app.get("/{slug}/hours/year.json", include_in_schema=False)
    def hours_series(request: Request, slug: str) -> Response:
        city, words = desk.city(slug), Words(read_language(request))
        look = hours.find_week if request.url.path.endswith("week.json") else hours.find_year
        found = known(look(city, words, dict(request.query_params)))
        response = api.answer(request, city, lambda: found, mark=desk.mark(city, words.language))
        response.headers["Vary"] = "Cookie"
        return response

    @app.get("/{slug}/search", include_in_schema=False)
    def results(request: Request, slug: str, q: str = "") -> Response:
        wanted = q.strip()[:100]
        context = {"found": filters.search(desk.city(slug).view, wanted), "query_text": wanted}
        return desk.page(request, "search.html", city=desk.city(slug), context=context, kept=True)


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
        if slug not in desk.cities and desk.waits(slug) and "." not in name:
            return desk.page(request, "waiting.html", city=None, code=404, context={"place": desk.offices[slug].city.label})
        if slug not in desk.cities and name == "overview":
            return RedirectResponse(f"/{desk.office(slug).slug}/review/", status_code=307)
        city = desk.city(slug)
        query = dict(request.query_params)
        mark = desk.mark(city, read_language(request))
        if "." in name and is_known(mark, request.headers):
            return Response(status_code=304, headers={"ETag": mark, "Vary": "Cookie"})
        if (file := offer_file(request, city, name)) is not None:
            file.headers.update({"ETag": mark, "Vary": "Cookie"})
            return file
        if name.endswith(".json"):
            return api.answer_page(request, city, name.removesuffix(".json"))
        page = known(find(name))
        words, unknown = Words(read_language(request)), find_unknown(city, page.id, query)
        context = pages.build(page.id, city, words, leave_aside(query, unknown))
        context |= {"unknown_choices": tell_unknown(unknown, page.id, words)}
        return desk.page(request, f"{page.id}.html", city=city, name=page.id, context=context, kept=True)
