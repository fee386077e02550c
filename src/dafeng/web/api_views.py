"""What pages show beyond the parts of the view document, as JSON: hours, history, neighbours, search, wall and jobs.

Invariant: an answer here holds what the page of the same words holds; jobs are told to whoever has a token of the city.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response
from fastapi.security import HTTPBearer

from dafeng.core.errors import DafengError
from dafeng.web import api, beside, filters, histories, hours
from dafeng.web.api import Slug
from dafeng.web.cities import CityView
from dafeng.web.desk import Desk, known
from dafeng.web.labels import Words
from dafeng.web.offices import Office, Visitor
from dafeng.web.wall import wall_document
from dafeng.work.job_document import job_document
from dafeng.work.jobs import find_job, list_jobs

Content = dict[str, Any]
Lang = Annotated[Literal["zh", "en"], Query(alias="lang", description="language of names and sentences")]


def build_views(desk: Desk) -> APIRouter:
    """Addresses below ``/api/v1/cities/{slug}`` for what is no part of the view document.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    APIRouter
        Addresses to read from.
    """
    router = APIRouter(prefix="/api/v1")
    place = "/cities/{slug}"

    @router.get(place + "/search", summary="Targets, tasks, organisations and sources with a word", response_model=Content)
    def search(request: Request, slug: Slug, q: Annotated[str, Query(min_length=1, max_length=100)]) -> Response:
        city = desk.city(slug)
        return _answer(request, city, desk.mark(city, "zh"), {"found": filters.search(city.view, q.strip())})

    @router.get(place + "/hours/{span}", summary="Series of a week or a year of an hourly model", response_model=Content)
    def read_hours(request: Request, slug: Slug, span: Literal["week", "year"], lang: Lang = "zh") -> Response:
        city, look = desk.city(slug), {"week": hours.find_week, "year": hours.find_year}[span]
        return _answer(
            request, city, desk.mark(city, lang), {"series": known(look(city, Words(lang), dict(request.query_params)))}
        )

    @router.get(
        place + "/verdicts/{target}/history",
        summary="What earlier runs said of a target, and the same quantity elsewhere",
        response_model=Content,
    )
    def read_history(request: Request, slug: Slug, target: str, lang: Lang = "zh") -> Response:
        city, words = desk.city(slug), Words(lang)
        row = known(city.verdict(target))
        others = desk.readable(request)
        told = {
            "history": histories.build_history(city, row, words),
            "beside": beside.build_beside(city, row, others, words),
        }
        return _answer(request, city, desk.mark(city, lang), told)

    @router.get(place + "/wall", summary="What stands on the wall", response_model=Content)
    def read_wall(request: Request, slug: Slug) -> Response:
        city = desk.city(slug)
        return api.answer(request, city, lambda: wall_document(city.view))

    return router


def build_jobs(desk: Desk) -> APIRouter:
    """Addresses of the background jobs of a city.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    APIRouter
        Addresses to read from with a token.
    """
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(HTTPBearer(auto_error=False))])

    @router.get("/cities/{slug}/jobs", summary="Background jobs, the newest first", response_model=list[Content])
    def read_jobs(request: Request, slug: Slug) -> list[Content]:
        office, _ = ask_office(desk, request, slug)
        return [job_document(one) for one in list_jobs(office.city, records=office.records)]

    @router.get("/cities/{slug}/jobs/{name}", summary="A background job and how far it is", response_model=Content)
    def read_job(request: Request, slug: Slug, name: str) -> Content:
        office, _ = ask_office(desk, request, slug)
        try:
            found = find_job(office.city, name, records=office.records)
        except DafengError:
            found = None
        return job_document(known(found))

    return router


def ask_office(desk: Desk, request: Request, slug: str) -> tuple[Office, Visitor]:
    """Writing side of a city, and who asks it by a token.

    Parameters
    ----------
    desk : Desk
        The cities.
    request : Request
        The request.
    slug : str
        Name of the city.

    Returns
    -------
    (Office, Visitor)
        Both.

    Raises
    ------
    HTTPException
        404 without such a city, 401 without a good token.
    """
    office = desk.office(slug)
    visitor = office.caller(request)
    if visitor is None:
        raise unknown_caller()
    return office, visitor


def unknown_caller() -> HTTPException:
    """Refusal of whoever has no good token.

    Returns
    -------
    HTTPException
        401.
    """
    return HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


def _answer(request: Request, city: CityView, mark: str, content: Mapping[str, Any]) -> Response:
    told = {"run": city.run, **content}
    return api.answer(request, city, lambda: told, mark=mark)
