"""What pages show beyond the parts of the view document, as JSON: hours, history, neighbours, search, wall, single rows.

Invariant: an answer here holds what the page of the same words holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from dafeng.web import api, api_choices, beside, filters, histories, hours, subjects
from dafeng.web.api_answers import Slug
from dafeng.web.cities import CityView
from dafeng.web.desk import Desk, known
from dafeng.web.hours_choice import FILTERS
from dafeng.web.labels import Words
from dafeng.web.wall import wall_document

Content = dict[str, Any]
Subject = Literal["targets", "tasks", "fields", "organisations", "methods"]
"""Pages that have a page for each of their rows."""
SUBJECTS: Mapping[Subject, Callable[[CityView, str, Words, Sequence[CityView]], Content | None]] = {
    "targets": lambda city, name, words, others: subjects.tell_target(city, name, words, others=others),
    "tasks": lambda city, name, words, others: subjects.tell_task(city, name),
    "fields": lambda city, name, words, others: subjects.tell_field(city, name, words),
    "organisations": lambda city, name, words, others: subjects.tell_organisation(city, name),
    "methods": lambda city, name, words, others: subjects.tell_method(city, name),
}
"""What such a page says, by page."""
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

    @router.get(
        place + "/hours/{span}",
        summary="Series of a week or a year of an hourly model",
        response_model=Content,
        openapi_extra=api_choices.describe(FILTERS),
    )
    def read_hours(request: Request, slug: Slug, span: Literal["week", "year"], lang: Lang = "zh") -> Response:
        city, look = desk.city(slug), {"week": hours.find_week, "year": hours.find_year}[span]
        index, chosen = city.view.get("hours"), dict(request.query_params)
        if index and index["cases"]:
            api_choices.check_choices(chosen, api_choices.choices_of_hours(index, chosen, span))
        return _answer(request, city, desk.mark(city, lang), {"series": known(look(city, Words(lang), chosen))})

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

    @router.get(
        place + "/pages/{page}/{name}",
        summary="What stands on the page of one target, task, field, organisation or method",
        response_model=Content,
    )
    def read_subject(request: Request, slug: Slug, page: Subject, name: str, lang: Lang = "zh") -> Response:
        city, words = desk.city(slug), Words(lang)
        told = known(SUBJECTS[page](city, name, words, desk.readable(request)))
        return api.answer(request, city, lambda: told, mark=desk.mark(city, lang))

    @router.get(place + "/wall", summary="What stands on the wall", response_model=Content)
    def read_wall(request: Request, slug: Slug) -> Response:
        city = desk.city(slug)
        return api.answer(request, city, lambda: wall_document(city.view))

    return router


def _answer(request: Request, city: CityView, mark: str, content: Mapping[str, Any]) -> Response:
    told = {"run": city.run, **content}
    return api.answer(request, city, lambda: told, mark=mark)
