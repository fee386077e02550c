"""Saved views for programs: own ones and those that others share.

Invariant: a view keeps filters that the page knows and nothing else; a view of somebody else that is not shared is not there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field
from starlette.exceptions import HTTPException

from dafeng.core.errors import AccessError
from dafeng.store.models import SavedView
from dafeng.store.saved import LONGEST_NAME, LONGEST_QUERY, list_views, remove_view, save_view
from dafeng.web.api_answers import (
    PAGE_ROWS,
    READ_REFUSALS,
    WRITE_REFUSALS,
    Limit,
    Offset,
    Row,
    Slug,
    answer_content,
    answer_window,
    ask_office,
    ask_writer,
    attempt,
)
from dafeng.web.api_forms import Form, Window
from dafeng.web.desk import Desk, known
from dafeng.web.offices import Office, Visitor
from dafeng.web.saved_pages import PAGE, clean_query

View = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="id of the view")]


class ViewRow(Form):
    """A view of the page of targets; ``address`` is that of the page with its filters."""

    id: str
    name: str = Field(examples=["滞后的能源目标"])
    who: str
    shared: bool
    query: str = Field(examples=["verdict=behind&field=energy"])
    address: str
    at: str


class WantedView(Form):
    """A view to be kept; an own one of the same name is replaced."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"name": "滞后的能源目标", "query": "verdict=behind&field=energy", "shared": True}]},
    )

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    query: str = Field("", max_length=LONGEST_QUERY, description="filters of the page of targets, as its address has them")
    shared: bool = False


def build_saved(desk: Desk) -> APIRouter:
    """Addresses ``views`` of a city.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    APIRouter
        Addresses to read and write with a token.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}", responses=dict(READ_REFUSALS))

    @router.get("/views", summary="Saved views: own ones, then shared ones", response_model=Window[ViewRow])
    def read_all(request: Request, slug: Slug, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, visitor = ask_office(desk, request, slug)
        with office.records.read() as session:
            views = list_views(session, visitor.name, PAGE)
            return answer_window(request, views, lambda one: _tell(office, one), offset=offset, limit=limit)

    @router.get("/views/{view}", summary="A saved view", response_model=ViewRow)
    def read_one(request: Request, slug: Slug, view: View) -> Response:
        office, visitor = ask_office(desk, request, slug)
        with office.records.read() as session:
            found = next((one for one in list_views(session, visitor.name, PAGE) if one.id == view), None)
            return answer_content(request, _tell(office, known(found)))

    @router.post("/views", summary="Keep a view", response_model=ViewRow, status_code=201, responses=dict(WRITE_REFUSALS))
    def keep(request: Request, slug: Slug, wanted: WantedView) -> Response:
        office, visitor = ask_writer(desk, request, slug, may=may_keep)
        return attempt(lambda: _keep(office, visitor, wanted))

    @router.post("/views/{view}/remove", summary="Remove an own view", response_model=ViewRow, responses=dict(WRITE_REFUSALS))
    def remove(request: Request, slug: Slug, view: View) -> Response:
        office, visitor = ask_writer(desk, request, slug, may=may_keep)
        try:
            with office.records.write(actor=visitor.name, at=datetime.now(UTC)) as session:
                return JSONResponse(_tell(office, remove_view(session, visitor.name, view)))
        except AccessError as cause:
            raise HTTPException(404) from cause

    return router


def may_keep(visitor: Visitor) -> bool:
    """Whether a program may keep something of its account's own.

    Parameters
    ----------
    visitor : Visitor
        Who asks.

    Returns
    -------
    bool
        True for every role with a token to write.
    """
    return visitor.scope == "write"


def _keep(office: Office, visitor: Visitor, wanted: WantedView) -> Response:
    at, query = datetime.now(UTC), clean_query(wanted.query)
    with office.records.write(actor=visitor.name, at=at) as session:
        made = save_view(session, visitor.name, PAGE, wanted.name, query, shared=wanted.shared, at=at)
        told = _tell(office, made)
    return JSONResponse(told, status_code=201)


def _tell(office: Office, view: SavedView) -> Row:
    return {
        "id": view.id, "name": view.name, "who": view.account, "shared": view.shared, "query": view.query,
        "address": f"/{office.slug}/{PAGE}{'?' if view.query else ''}{view.query}", "at": view.at.isoformat(),
    }  # fmt: skip
