"""Everything visible as JSON under ``/api/v1``, described by OpenAPI.

Invariant: an answer is a part of the view document or a trace, unchanged; its ETag is the run that made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from dafeng.web import filters
from dafeng.web.cities import CityView

Part = Literal[
    "answers", "fields", "counts", "verdicts", "tasks", "tasklist", "organisations", "goals", "emissions", "energy",
    "inventory", "quality", "pathway", "power", "clashes", "comparison", "headlines", "sources", "factors", "methods",
    "findings", "documents", "run",
]  # fmt: skip
"""Parts of the view document that can be asked for."""


def build_router(cities: Mapping[str, CityView]) -> APIRouter:
    """The API over some cities.

    Parameters
    ----------
    cities : mapping of str to CityView
        Slug → city.

    Returns
    -------
    APIRouter
        Addresses below ``/api/v1``.
    """
    router = APIRouter(prefix="/api/v1")

    @router.get("/cities", summary="All cities with their verdict counts")
    def list_cities() -> list[dict[str, Any]]:
        return [_brief(city) for city in cities.values()]

    @router.get("/cities/{slug}", summary="The whole view document of a city")
    def read_city(request: Request, slug: str) -> Response:
        city = _city(cities, slug)
        return answer(request, city, dict(city.view))

    @router.get("/cities/{slug}/explain/{address:path}", summary="How a number came about, with its direct inputs")
    def explain_number(request: Request, slug: str, address: str) -> Response:
        city = _city(cities, slug)
        return answer(request, city, tell(city, address))

    @router.get("/cities/{slug}/{part}", summary="One part of the view document; lists come in pages")
    def read_part(request: Request, slug: str, part: Part, offset: Annotated[int, Query(ge=0)] = 0,
                  limit: Annotated[int, Query(ge=1, le=1000)] = 1000) -> Response:  # fmt: skip
        city = _city(cities, slug)
        return answer(request, city, cut(city, part, dict(request.query_params), offset, limit))

    return router


def list_routes(app: FastAPI) -> list[tuple[str, str]]:
    """Addresses of the API with what they answer.

    Parameters
    ----------
    app : FastAPI
        The application.

    Returns
    -------
    list of (path, summary)
        In the order of declaration.
    """
    paths = app.openapi()["paths"]
    return [(path, str(said["get"]["summary"])) for path, said in paths.items()]


def answer(request: Request, city: CityView, content: Any) -> Response:
    """Answer that a client need not fetch twice.

    Parameters
    ----------
    request : Request
        The request.
    city : CityView
        The city.
    content : object
        What is answered.

    Returns
    -------
    Response
        JSON with the run as ETag, or 304.
    """
    tag = f'"{city.run}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return JSONResponse(content, headers={"ETag": tag})


def cut(city: CityView, part: str, query: Mapping[str, str], offset: int, limit: int) -> dict[str, Any]:
    """One part of the view document.

    Parameters
    ----------
    city : CityView
        The city.
    part : str
        Key of the view document.
    query : mapping of str to str
        Filters of the pages, where the part has some.
    offset, limit : int
        Which rows of a list.

    Returns
    -------
    dict
        ``run``, ``part``, and ``items`` with ``total`` for a list or ``content`` for the rest.
    """
    rows: Any = city.view.get(part)
    if part == "verdicts":
        rows = filters.choose_targets(city.view, filters.keep(query, filters.TARGET_FILTERS) or {"sort": "plan"})
    if part == "tasks":
        rows = filters.choose_tasks(city.view, filters.keep(query, filters.TASK_FILTERS))
    head = {"run": city.run, "part": part}
    if isinstance(rows, list):
        return {**head, "total": len(rows), "offset": offset, "items": rows[offset : offset + limit]}
    return {**head, "content": rows}


def tell(city: CityView, address: str) -> dict[str, Any]:
    """Explanation of a number as data.

    Parameters
    ----------
    city : CityView
        The city.
    address : str
        Address, with or without the run.

    Returns
    -------
    dict
        ``run``, ``address``, ``trace`` and the traces of its direct inputs.

    Raises
    ------
    HTTPException
        404 if the run has no such address.
    """
    trace = city.trace(address)
    if trace is None:
        raise HTTPException(404)
    inputs = {city.strip(one): city.trace(one) for one in trace.get("inputs") or ()}
    return {"run": city.run, "address": city.strip(address), "trace": dict(trace), "inputs": inputs}


def _brief(city: CityView) -> dict[str, Any]:
    view = city.view
    return {"slug": city.slug, **view["city"], "year": view["year"], "run": city.run, "counts": view["counts"]}


def _city(cities: Mapping[str, CityView], slug: str) -> CityView:
    if slug not in cities:
        raise HTTPException(404)
    return cities[slug]
