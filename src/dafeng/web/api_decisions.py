"""Decisions on reviews by programs: a document is taken in, records are accepted, corrected or rejected, a plan is confirmed.

Invariant: a decision names the state of the record that it was made on; whoever was second is told with 409 and writes nothing.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from dafeng.plans.edits import Action, Change, choose_standing
from dafeng.plans.review import LONGEST_REMARK, MOST_PARTS, Review
from dafeng.web.api_answers import WRITE_REFUSALS, Row, Slug, ask_writer, attempt
from dafeng.web.api_deliveries import BODY
from dafeng.web.api_forms import Form
from dafeng.web.api_reviews import EditRow, Name, VersionRow, load_review, tell_edit, tell_version
from dafeng.web.desk import Desk
from dafeng.web.offices import Office, Visitor
from dafeng.work.review import draft, review, revise
from dafeng.work.versions import confirm

MOST_CHANGES = 500
"""Changes that are taken at once; all of them are written or none."""


class Selection(Form):
    """A part of the document's text, from which a record is made. [characters]"""

    start: int = Field(ge=0, le=2**31)
    end: int = Field(ge=0, le=2**31)


class WantedChange(Form):
    """What shall be done with a record; ``fields`` are one mapping for ``correct`` and ``add``, one per part for ``split``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    record: str = Field("", max_length=200, description="id of the record; empty where a selection becomes one")
    action: Action
    fields: list[dict[str, str]] = Field(default_factory=list, max_length=MOST_PARTS)
    selection: Selection | None = None
    seen: int = Field(ge=0, le=2**31, description="`seen` of the record that this was decided on, 0 for a new one")
    remark: str = Field("", max_length=LONGEST_REMARK)


class WantedEdits(Form):
    """Changes in the order in which they are made."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"changes": [
                    {"record": "990200-T01", "action": "accept", "seen": 0},
                    {"record": "990200-T02", "action": "correct", "fields": [{"value": "18"}], "seen": 3},
                ]}
            ]
        },
    )  # fmt: skip

    changes: list[WantedChange] = Field(min_length=1, max_length=MOST_CHANGES)


class MadeEdits(Form):
    """The edits that came of it; none for a change that asks for what is so already."""

    edits: int
    made: list[EditRow]


class WantedVersion(Form):
    """A confirmation of all edits that were seen."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"seen": 12}]})

    seen: int = Field(ge=0, le=2**31, description="number of edits of the review that were seen")


class TakenIn(Form):
    """The review of a document that was handed in; the same document is the same review."""

    id: str
    edits: int


def build_decisions(desk: Desk) -> APIRouter:
    """Addresses below ``reviews`` that write.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    APIRouter
        Addresses to write with a token.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}/reviews", responses=dict(WRITE_REFUSALS))

    @router.post("", summary="Take a document into a review", status_code=201, responses={201: {"model": TakenIn}},
                 openapi_extra=dict(BODY))  # fmt: skip
    async def take_in(request: Request, slug: Slug, name: Annotated[str, Query(min_length=1, max_length=120)]) -> Response:
        office, visitor = await run_in_threadpool(ask_writer, desk, request, slug, may=lambda one: one.can_edit)
        data = await request.body()
        return await run_in_threadpool(attempt, lambda: _take_in(office, visitor, data, name))

    @router.post("/{name}/edits", summary="Decide on records", response_model=MadeEdits, status_code=201)
    def edit(request: Request, slug: Slug, name: Name, wanted: WantedEdits) -> Response:
        office, visitor = ask_writer(desk, request, slug, may=lambda one: one.can_edit)
        return attempt(lambda: _edit(office, visitor, load_review(office, name), wanted))

    @router.post("/{name}/confirm", summary="Make the reviewed plan the next version", response_model=VersionRow,
                 status_code=201)  # fmt: skip
    def confirm_plan(request: Request, slug: Slug, name: Name, wanted: WantedVersion) -> Response:
        office, visitor = ask_writer(desk, request, slug, may=lambda one: one.can_confirm)
        return attempt(lambda: _confirm(office, visitor, load_review(office, name), wanted.seen))

    return router


def _take_in(office: Office, visitor: Visitor, data: bytes, name: str) -> Response:
    plain = "".join(sign for sign in name.replace("\\", "/").split("/")[-1] if sign.isprintable())
    made = review(office.city, source=data, name=plain or "document", who=visitor.name, records=office.records)
    return JSONResponse({"id": made.id, "edits": len(made.edits)}, status_code=201)


def _edit(office: Office, visitor: Visitor, current: Review, wanted: WantedEdits) -> Response:
    changes = [_change(office, current, one) for one in wanted.changes]
    after = revise(office.city, current, *changes, who=visitor.name, records=office.records)
    standing = {one.serial for one in choose_standing(after.edits)}
    made: list[Row] = [tell_edit(one, standing) for one in after.edits[len(current.edits) :]]
    return JSONResponse({"edits": len(after.edits), "made": made}, status_code=201)


def _change(office: Office, current: Review, wanted: WantedChange) -> Change:
    chosen = wanted.selection
    place = draft(office.city, current, chosen.start, chosen.end).place if chosen is not None else None
    seen = wanted.seen if wanted.record else None
    return Change(wanted.record, wanted.action, tuple(wanted.fields), place=place, seen=seen, remark=wanted.remark)


def _confirm(office: Office, visitor: Visitor, current: Review, seen: int) -> Response:
    version = confirm(office.city, current, who=visitor.name, seen=seen, records=office.records)
    return JSONResponse(tell_version(version), status_code=201)
