"""Files of a city for programs: workbooks, task list, schedule, inventory, brief, report; and the brief as data.

Invariant: a file under the API is the file that the pages offer under the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from dafeng.web import api, api_choices, filters
from dafeng.web.api_answers import PAGE_ROWS, READ_REFUSALS, Limit, Offset, Slug, answer_window
from dafeng.web.api_forms import Form, Row, Window
from dafeng.web.city_files import list_names, offer_file
from dafeng.web.desk import Desk, known, read_language
from dafeng.work.brief import write_brief

MEDIA: Mapping[str, Mapping[str, Any]] = {
    one: {"schema": {"type": "string", "format": "binary"}}
    for one in (
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "image/svg+xml",
        "text/csv",
    )
}
"""Media types of the files."""


class FileRow(Form):
    """A file that can be fetched."""

    name: str = Field(examples=["yantai-brief-zh.docx"])
    address: str


class BriefAnswer(Form):
    """The brief of a run: sentences in both languages with the addresses of their figures."""

    run: str
    brief: Row


def build_files(desk: Desk) -> APIRouter:
    """Addresses ``files`` and ``brief`` of a city.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    APIRouter
        Addresses to read from.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}", responses=dict(READ_REFUSALS))

    @router.get("/files", summary="Files that can be fetched", response_model=Window[FileRow])
    def read_files(request: Request, slug: Slug, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        city = desk.city(slug)
        rows = [{"name": name, "address": f"/api/v1/cities/{city.slug}/files/{name}"} for name in list_names(city)]
        return answer_window(request, rows, lambda one: one, offset=offset, limit=limit)

    @router.get(
        "/files/{name}",
        summary="A file, as the pages offer it; `targets.csv` takes the filters of its page",
        response_class=Response,
        responses={200: {"content": dict(MEDIA), "description": "the file"}},
        openapi_extra=api_choices.describe(filters.TARGET_FILTERS),
    )
    def read_file(
        request: Request,
        slug: Slug,
        name: Annotated[str, Path(max_length=200)],
        lang: Annotated[Literal["", "zh", "en"], Query(description="language of what is worded")] = "",  # noqa: ARG001 - read
    ) -> Response:
        city = desk.city(slug)
        choices = api_choices.choices_of_part(city, "verdicts") if name == "targets.csv" else {}
        api_choices.check_choices(request.query_params, {"lang": None, **choices})
        found: Response = known(offer_file(request, city, name))
        found.headers.update({"ETag": desk.mark(city, read_language(request)), "Vary": "Cookie"})
        return found

    @router.get("/brief", summary="The brief as data", response_model=BriefAnswer)
    def read_brief(request: Request, slug: Slug) -> Response:
        city = desk.city(slug)
        return api.answer(request, city, lambda: {"run": city.run, "brief": write_brief(city.view)})

    return router
