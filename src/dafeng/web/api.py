"""Everything visible as JSON under ``/api/v1``, described by OpenAPI.

Invariant: an answer is a part of the view document or a trace, unchanged; its ETag names all that the
answer depends on: the run that made it, the boundary that the city has taken in since.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from dafeng.web import api_choices, filters, pages
from dafeng.web.api_forms import CityBrief, Explanation, OneRow, PartContent, PartRows, Refusal
from dafeng.web.cities import CityView
from dafeng.web.links import query_text
from dafeng.web.navigation import find
from dafeng.web.shelf import is_known

Part = Literal[
    "city", "year", "run", "answers", "fields", "counts", "verdicts", "tasks", "tasklist", "schedule", "organisations", "goals",
    "districts", "emissions", "energy", "inventory", "quality", "recalculations", "pathway", "power", "abatement", "orders",
    "retrofits", "hours", "clashes", "consistency", "comparison", "headlines", "sources", "factors", "methods", "library",
    "definitions", "findings", "documents",
]  # fmt: skip
"""Parts of the view document that can be asked for."""
PAGE_ROWS, MOST_ROWS = 100, 1000
"""Rows of a list in one answer: by default and at most."""
STEP = 100
"""Rows of a list that are written at once."""
IDS = ("target", "id", "name")
"""What a row of a list is asked for by: the first of these that it has."""
REFUSALS: Mapping[int | str, dict[str, Any]] = {code: {"model": Refusal} for code in (404, 422)}
Slug = Annotated[str, Path(description="name of the city in addresses")]


class Route(NamedTuple):
    """An address of the API: how it is asked, what it answers, and whether it needs a token."""

    method: str
    path: str
    summary: str
    token: bool

    @property
    def name(self) -> str:
        """Name of its words: how it is asked, and the address below ``/api/v1/cities``."""
        return f"{self.method} {self.path.removeprefix('/api/v1/cities') or '/'}"


def build_router(cities: Mapping[str, CityView], readable: Callable[[Request], Iterable[CityView]]) -> APIRouter:
    """The API over some cities.

    Parameters
    ----------
    cities : mapping of str to CityView
        Slug → city.
    readable : callable
        Cities that whoever asks may read.

    Returns
    -------
    APIRouter
        Addresses below ``/api/v1``.
    """
    router = APIRouter(prefix="/api/v1", responses={**REFUSALS, 304: {"description": "known by its ETag"}})

    @router.get("/cities", summary="All cities with their verdict counts", response_model=list[CityBrief])
    def list_cities(request: Request) -> Response:
        return JSONResponse([_brief(city) for city in readable(request)])

    @router.get("/cities/{slug}", summary="The whole view document of a city", response_model=dict[str, Any])
    def read_city(request: Request, slug: Slug) -> Response:
        city = _city(cities, slug)
        return answer(request, city, lambda: dict(city.view))

    @router.get(
        "/cities/{slug}/explain/{address:path}",
        summary="How a number came about, with its direct inputs",
        response_model=Explanation,
    )
    def explain_number(request: Request, slug: Slug, address: str) -> Response:
        city = _city(cities, slug)
        told = tell(city, address)
        return answer(request, city, lambda: told)

    @router.get(
        "/cities/{slug}/pages/{page}",
        summary="What stands on a page, with the page's filters",
        response_model=dict[str, Any],
        openapi_extra=api_choices.describe(api_choices.PAGE_FILTERS),
    )
    def read_page(request: Request, slug: Slug, page: str) -> Response:
        city = _city(cities, slug)
        if find(page) is not None:
            api_choices.check_choices(request.query_params, api_choices.choices_of_page(city, page))
        return answer_page(request, city, page)

    @router.get(
        "/cities/{slug}/{part}",
        summary="One part of the view document; lists come in pages",
        response_model=PartRows | PartContent,
        openapi_extra=api_choices.describe(api_choices.PART_FILTERS),
    )
    def read_part(request: Request, slug: Slug, part: Part, offset: Annotated[int, Query(ge=0)] = 0,
                  limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = PAGE_ROWS) -> Response:  # fmt: skip
        city = _city(cities, slug)
        known = {"offset": None, "limit": None, **api_choices.choices_of_part(city, part)}
        api_choices.check_choices(request.query_params, known)
        told = cut(city, part, dict(request.query_params), offset, limit)
        response = answer(request, city, lambda: told)
        if told.get("next"):
            response.headers["Link"] = f'<{told["next"]}>; rel="next"'
        return response

    @router.get("/cities/{slug}/{part}/{row}", summary="One row of a list, by its id", response_model=OneRow)
    def read_row(request: Request, slug: Slug, part: Part, row: str) -> Response:
        city = _city(cities, slug)
        told = {"run": city.run, "part": part, "row": find_row(city, part, row)}
        return answer(request, city, lambda: told)

    return router


def list_routes(app: FastAPI) -> list[Route]:
    """Addresses of the API with what they answer.

    Parameters
    ----------
    app : FastAPI
        The application.

    Returns
    -------
    list of Route
        Those of a city by their first word, reading before writing.
    """
    paths: Mapping[str, Mapping[str, Any]] = app.openapi()["paths"]
    found = [
        Route(method.upper(), path, str(said["summary"]), "security" in said)
        for path, methods in paths.items()
        for method, said in methods.items()
    ]
    return sorted(found, key=lambda one: (one.path, one.method))


def answer(request: Request, city: CityView, make: Callable[[], Any], *, mark: str = "") -> Response:
    """Answer that a client need not fetch twice.

    Parameters
    ----------
    request : Request
        The request.
    city : CityView
        The city.
    make : callable
        Makes what is answered; not called where the client has it.
    mark : str
        ETag of an answer that depends on more than the run and the boundary.

    Returns
    -------
    Response
        JSON with `CityView.state` as ETag, a long one piece by piece, or 304.
    """
    headers = {"ETag": mark or f'"{city.state}"'}
    if is_known(headers["ETag"], request.headers):
        return Response(status_code=304, headers=headers)
    content = make()
    if isinstance(content, dict) and any(map(_is_long, content.values())):
        return StreamingResponse(write_pieces(content), media_type="application/json", headers=headers)
    return JSONResponse(content, headers=headers)


def answer_page(request: Request, city: CityView, name: str) -> Response:
    """What stands on a page as data, with the page's filters applied.

    Parameters
    ----------
    request : Request
        The request.
    city : CityView
        The city.
    name : str
        Page id.

    Returns
    -------
    Response
        The run and the parts of the view document that stand behind the page.

    Raises
    ------
    HTTPException
        404 if there is no such page.
    """
    page = find(name)
    if page is None:
        raise HTTPException(404)
    query = dict(request.query_params)
    return answer(request, city, lambda: {"run": city.view["run"], **pages.extract(page, city, query)})


def write_pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """A document as JSON text in pieces, so that others are answered meanwhile.

    Parameters
    ----------
    document : mapping
        What is written.

    Yields
    ------
    str
        Pieces that make one JSON object: a member, or some rows of a long list.
    """
    between = "{"
    for name, content in document.items():
        yield f"{between}{_text(name)}:"
        between = ","
        if not isinstance(content, list) or len(content) <= STEP:
            yield _text(content)
            continue
        for start in range(0, len(content), STEP):
            yield ("," if start else "[") + _text(content[start : start + STEP])[1:-1]
        yield "]"
    yield "}" if between == "," else "{}"


def _is_long(part: Any) -> bool:
    """Whether a part is a list of many rows; as many numbers are written faster than they are handed on in pieces."""
    return isinstance(part, list) and len(part) > MOST_ROWS and isinstance(part[0], dict | list)


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


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
        ``run``, ``part``, and for a list ``total``, ``offset``, ``limit``, ``next`` (address of the next rows) and ``items``,
        for the rest ``content``.
    """
    rows: Any = city.view.get(part)
    if part == "verdicts":
        rows = filters.choose_targets(city.view, filters.keep(query, filters.TARGET_FILTERS) or {"sort": "plan"})
    if part == "tasks":
        rows = filters.choose_tasks(city.view, filters.keep(query, filters.TASK_FILTERS))
    head = {"run": city.run, "part": part}
    if not isinstance(rows, list):
        return {**head, "content": rows}
    further = {**query, "offset": str(offset + limit), "limit": str(limit)}
    follows = f"/api/v1/cities/{city.slug}/{part}{query_text(further)}" if offset + limit < len(rows) else None
    return {
        **head,
        "total": len(rows),
        "offset": offset,
        "limit": limit,
        "next": follows,
        "items": rows[offset : offset + limit],
    }


def find_row(city: CityView, part: str, row: str) -> Mapping[str, Any]:
    """One row of a list of the view document.

    Parameters
    ----------
    city : CityView
        The city.
    part : str
        Key of the view document.
    row : str
        Its id: of a verdict the target, of an organisation the name.

    Returns
    -------
    mapping
        The row.

    Raises
    ------
    HTTPException
        404 if the part is no list or has no such row.
    """
    listed = city.view.get(part)
    rows = listed if isinstance(listed, list) else ()
    for one in rows:
        if next((str(one[key]) for key in IDS if key in one), None) == row:
            return dict(one)
    raise HTTPException(404)


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
        ``run``, ``address``, ``trace``, the traces of its direct inputs and what earlier runs said.

    Raises
    ------
    HTTPException
        404 if the run has no such address.
    """
    trace = city.trace(address)
    if trace is None:
        raise HTTPException(404)
    inputs = {city.strip(one): city.trace(one) for one in trace.get("inputs") or ()}
    plain = city.strip(address)
    past = city.past(plain) if city.past is not None else ()
    return {"run": city.run, "address": plain, "trace": dict(trace), "inputs": inputs, "past": past}


def _brief(city: CityView) -> dict[str, Any]:
    view = city.view
    return {"slug": city.slug, **view["city"], "year": view["year"], "run": city.run, "counts": view["counts"]}


def _city(cities: Mapping[str, CityView], slug: str) -> CityView:
    if slug not in cities:
        raise HTTPException(404)
    return cities[slug]
