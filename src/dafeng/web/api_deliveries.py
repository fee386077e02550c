"""Deliveries for programs: files that were handed in, what they would bring, and the findings beside their cells.

Invariant: a program hands in; whether a file is taken in, corrected or sent back is decided by somebody who has looked at it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import ConflictError
from dafeng.core.labels import Label
from dafeng.store.lines import Lines
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
    find,
    next_address,
)
from dafeng.web.api_forms import FindingRow, Form, Refusal, Window
from dafeng.web.desk import Desk
from dafeng.web.offices import Office, Visitor
from dafeng.work.look_jobs import ask_look, find_looking, look_document
from dafeng.work.looks import Look, lay_out
from dafeng.work.upload_state import Upload
from dafeng.work.uploads import find_upload, keep_upload, list_uploads

BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""A body of bytes."""


Name = Annotated[str, Path(pattern=r"^[0-9a-f]{8,64}$", description="id of the delivery")]


class LookState(Form):
    """How far the look at a file is; a ``small`` one is looked at when somebody asks what it would bring."""

    state: Literal["small", "done", "stale", "none", "waiting", "running", "interrupted", "failed", "cancelled"]
    job: str | None
    share: float | None
    figures: int | None
    findings: dict[str, int] | None


class Delivery(Form):
    """A file that was handed in; ``told`` says in words what was corrected on the way, ``mark`` names its state."""

    id: str
    name: str = Field(examples=["数据.xlsx"])
    sha256: str
    who: str
    at: str
    mapping: dict[str, str]
    mapping_by: str
    state: Literal["open", "taken", "returned"]
    remark: str
    lot: str
    facts: int
    corrected: int
    told: str
    by: str
    mark: str
    lines: int
    kept: dict[str, str]
    left: dict[str, str]
    look: LookState


class CellFinding(FindingRow):
    """A finding with its cell, the figure that stands there and the one figure that would mend it, both as digits."""

    id: str
    cell: str = Field(examples=["D2"])
    reported: str | None
    unit: str | None
    suggested: str | None


class Column(Form):
    """A column and what it is taken for; empty where that is not known."""

    heading: str
    meaning: str


class SheetBrief(Form):
    """A sheet; ``heading`` is the line that heads its table."""

    number: int
    name: str
    rows: int
    heading: int | None
    columns: list[Column]


class DeliveryContent(Form):
    """What a file would bring: kind, number of figures, findings by weight, sheets; or why it cannot be read."""

    kind: str
    figures: int
    findings: dict[str, int]
    refusal: Refusal | None
    sheets: list[SheetBrief]


class SheetRow(Form):
    """A line of a sheet as it was delivered."""

    line: int
    cells: list[str]


def build_deliveries(desk: Desk) -> APIRouter:
    """Addresses ``deliveries`` of a city.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    APIRouter
        Addresses to read and to hand in with a token.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}/deliveries", responses=dict(READ_REFUSALS))
    _add_files(router, desk)
    _add_contents(router, desk)
    return router


def _add_files(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Files that were handed in, the newest first", response_model=list[Delivery])
    def list_deliveries(request: Request, slug: Slug, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, _ = ask_office(desk, request, slug)
        return answer_window(
            request, list_uploads(office.city), lambda one: _tell(office, one), offset=offset, limit=limit, plain=True
        )

    @router.get("/{name}", summary="A file that was handed in", response_model=Delivery)
    def read_delivery(request: Request, slug: Slug, name: Name) -> Response:
        office, _ = ask_office(desk, request, slug)
        return answer_content(request, _tell(office, find(lambda: find_upload(office.city, name))))

    @router.post(
        "",
        summary="Hand in a file; it waits until somebody looks at it and takes it in",
        status_code=201,
        responses={**WRITE_REFUSALS, 201: {"model": Delivery}},
        openapi_extra=dict(BODY),
    )
    async def deliver(request: Request, slug: Slug, name: Annotated[str, Query(min_length=1, max_length=120)]) -> Response:
        office, visitor = await run_in_threadpool(ask_writer, desk, request, slug, may=lambda one: one.can_edit)
        data = await request.body()
        return await run_in_threadpool(attempt, lambda: _keep(office, visitor, data, name))


def _add_contents(router: APIRouter, desk: Desk) -> None:
    @router.get("/{name}/content", summary="What a file would bring, and how it is read", response_model=DeliveryContent)
    def read_content(request: Request, slug: Slug, name: Name) -> Response:
        return attempt(lambda: answer_content(request, _content(_look(desk, request, slug, name))))

    @router.get(
        "/{name}/findings", summary="Findings beside the cells, the weightiest first", response_model=Window[CellFinding]
    )
    def read_findings(request: Request, slug: Slug, name: Name, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        return attempt(
            lambda: _window(request, _look(desk, request, slug, name).findings, _finding, offset=offset, limit=limit)
        )

    @router.get("/{name}/sheets/{number}", summary="Cells of a sheet, line by line", response_model=Window[SheetRow])
    def read_sheet(request: Request, slug: Slug, name: Name, number: Annotated[int, Path(ge=1, le=10_000)], offset: Offset = 0,
                   limit: Limit = PAGE_ROWS) -> Response:  # fmt: skip
        def answer() -> Response:
            sheets = _look(desk, request, slug, name).sheets
            if number > len(sheets):
                raise HTTPException(404)
            return _window(request, sheets[number - 1], _line, offset=offset, limit=limit)

        return attempt(answer)


def _keep(office: Office, visitor: Visitor, data: bytes, name: str) -> Response:
    kept = keep_upload(office.city, data, name=name.replace("\\", "/").split("/")[-1], who=visitor.name)
    ask_look(office.city, kept, who=visitor.name, records=office.records)
    return JSONResponse(_tell(office, kept), status_code=201)


def _look(desk: Desk, request: Request, slug: str, name: str) -> Look:
    """What was found in a file: a small one is looked at now, a large one by its job."""
    office, _ = ask_office(desk, request, slug)
    upload = find(lambda: find_upload(office.city, name))
    looking = find_looking(office.city, upload, records=office.records)
    if looking.state == "small":
        return lay_out(office.previews.show(upload), upload.name)
    if looking.look is None or (looking.job is not None and looking.job.live):
        raise ConflictError(
            Label("这份大文件还没有看完", "this large file has not been looked at yet"),
            where=f"deliveries/{upload.id}",
            expected=Label("look.state 为 done", "look.state is done"),
            remedy=Label("读取该上报的 look，完成后再取", "read the look of the delivery and ask again when it is done"),
        )
    return looking.look


def _window(request: Request, lines: Lines, tell: Callable[[int, Row], Row], *, offset: int, limit: int) -> Response:
    follows = next_address(request, "offset", str(offset + limit) if offset + limit < lines.count else "")
    items = [tell(at, one) for at, one in enumerate(lines.window(offset, limit), offset)]
    return answer_content(request, {"items": items, "total": lines.count, "next": follows}, follows=follows)


def _tell(office: Office, upload: Upload) -> Row:
    looking = find_looking(office.city, upload, records=office.records)
    told = {**asdict(upload), "mark": upload.mark, "lines": upload.lines, "look": look_document(looking)}
    return {name: value for name, value in told.items() if name in Delivery.model_fields}


def _content(look: Look) -> Row:
    summary = look.summary
    cause = summary["refusal"]
    refusal = (
        None
        if cause is None
        else {"error": 422, "says": cause["what"], "expected": cause["expected"], "remedy": cause["remedy"]}
    )
    heads = zip(summary["sheets"], look.sheets, strict=True)
    return {
        "kind": summary["kind"],
        "figures": summary["figures"],
        "findings": dict(summary["counts"]),
        "refusal": refusal,
        "sheets": [_sheet(number, head, rows) for number, (head, rows) in enumerate(heads, 1)],
    }


def _sheet(number: int, head: Row, rows: Lines) -> Row:
    return {
        "number": number,
        "name": head["name"],
        "rows": rows.count,
        "heading": None if head["heading"] is None else head["heading"] + 1,
        "columns": [{"heading": one["heading"], "meaning": one["meaning"]} for one in head["columns"]],
    }


def _line(at: int, row: Row) -> Row:
    return {"line": at + 1, "cells": list(row["cells"])}


def _finding(_: int, one: Row) -> Row:
    told = {name: one[name] for name in ("rule", "at", "severity", "says", "remedy", "id", "cell")}
    return {**told, **{name: one[name] or None for name in ("reported", "unit", "suggested")}}
