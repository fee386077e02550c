"""Addresses of the pages of one subject: a target, a field, an organisation.

Invariant: each page has its JSON under the same address; a subject that the plan does not have is refused.
"""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from dafeng.web import api, fields, organisations, pages, subjects
from dafeng.web.desk import Desk, known, read_language
from dafeng.web.labels import Words


def add_subject_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of targets, fields and organisations.

    Parameters
    ----------
    app : FastAPI
        Gets them.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/targets/{target}", include_in_schema=False)
    def target_page(request: Request, slug: str, target: str) -> Response:
        city = desk.city(slug)
        words, others = Words(read_language(request)), desk.readable(request)
        if city.verdict(target) is None and target.endswith(".json"):
            told = known(subjects.tell_target(city, target.removesuffix(".json"), words, others=others))
            return api.answer(request, city, lambda: told, mark=desk.mark(city, words.language))
        context = pages.build_target(city, target, words, others=others)
        return desk.page(request, "target.html", city=city, name="targets", context=known(context), kept=True)

    @app.get("/{slug}/fields/{field}", include_in_schema=False)
    def field_page(request: Request, slug: str, field: str) -> Response:
        city, name = desk.city(slug), field.removesuffix(".json")
        words = Words(read_language(request))
        if name != field:
            told = known(subjects.tell_field(city, name, words))
            return api.answer(request, city, lambda: told, mark=desk.mark(city, words.language))
        context = known(fields.build_field(city, name, words))
        return desk.page(request, "field.html", city=city, name="fields", context=context, kept=True)

    @app.get("/{slug}/organisations/{name}", include_in_schema=False)
    def organisation_page(request: Request, slug: str, name: str) -> Response:
        city = desk.city(slug)
        found = organisations.build_organisation(city, name)
        if found is None and name.endswith(".json"):
            said = known(subjects.tell_organisation(city, name.removesuffix(".json")))
            return api.answer(request, city, lambda: said)
        return desk.page(request, "organisation.html", city=city, name="organisations", context=known(found), kept=True)
