"""Deliveries for programs: files that were handed in, what they would bring, and the findings beside their cells.

Invariant: a program hands in; whether a file is taken in, corrected or sent back is decided by somebody who has looked at it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.findings import Finding
from dafeng.readers.delivery import place_in
from dafeng.readers.numbers import plain
from dafeng.readers.suggestions import AuditFinding, name_finding
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
    tell_finding,
    tell_refusal,
)
from dafeng.web.api_forms import FindingRow, Form, Refusal, Window
from dafeng.web.desk import Desk
from dafeng.web.offices import Office, Visitor
from dafeng.work.deliver import Preview, Sample
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
        return answer_window(request, list_uploads(office.city), _tell, offset=offset, limit=limit, plain=True)

    @router.get("/{name}", summary="A file that was handed in", response_model=Delivery)
    def read_delivery(request: Request, slug: Slug, name: Name) -> Response:
        office, _ = ask_office(desk, request, slug)
        return answer_content(request, _tell(find(lambda: find_upload(office.city, name))))

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
        return answer_content(request, _content(_preview(desk, request, slug, name)))

    @router.get(
        "/{name}/findings", summary="Findings beside the cells, the weightiest first", response_model=Window[CellFinding]
    )
    def read_findings(request: Request, slug: Slug, name: Name, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        preview = _preview(desk, request, slug, name)
        rows = {place_in(row): row for row in preview.rows}
        return answer_window(request, preview.findings, lambda one: _finding(one, rows), offset=offset, limit=limit)

    @router.get("/{name}/sheets/{number}", summary="Cells of a sheet, line by line", response_model=Window[SheetRow])
    def read_sheet(request: Request, slug: Slug, name: Name, number: Annotated[int, Path(ge=1, le=10_000)], offset: Offset = 0,
                   limit: Limit = PAGE_ROWS) -> Response:  # fmt: skip
        samples = _preview(desk, request, slug, name).samples
        if number > len(samples):
            raise HTTPException(404)
        lines = list(enumerate(samples[number - 1].sheet.rows, 1))
        return answer_window(request, lines, lambda one: {"line": one[0], "cells": list(one[1])}, offset=offset, limit=limit)


def _keep(office: Office, visitor: Visitor, data: bytes, name: str) -> Response:
    plain_name = "".join(sign for sign in name.replace("\\", "/").split("/")[-1] if sign.isprintable())
    return JSONResponse(_tell(keep_upload(office.city, data, name=plain_name, who=visitor.name)), status_code=201)


def _preview(desk: Desk, request: Request, slug: str, name: str) -> Preview:
    office, _ = ask_office(desk, request, slug)
    return office.previews.show(find(lambda: find_upload(office.city, name)))


def _tell(upload: Upload) -> Row:
    told = {**asdict(upload), "mark": upload.mark}
    return {name: value for name, value in told.items() if name in Delivery.model_fields}


def _content(preview: Preview) -> Row:
    counts = Counter(one.severity for one in preview.findings)
    return {
        "kind": preview.kind,
        "figures": len(preview.rows),
        "findings": {name: counts[name] for name in ("error", "warning", "info")},
        "refusal": tell_refusal(preview.refusal, 422) if preview.refusal is not None else None,
        "sheets": [_sheet(number, one) for number, one in enumerate(preview.samples, 1)],
    }


def _sheet(number: int, sample: Sample) -> Row:
    return {
        "number": number,
        "name": sample.sheet.name,
        "rows": len(sample.sheet.rows),
        "heading": None if sample.heading is None else sample.heading + 1,
        "columns": [{"heading": one.heading, "meaning": one.meaning} for one in sample.columns],
    }


def _finding(finding: Finding, rows: Mapping[str, Mapping[str, Any]]) -> Row:
    row = rows.get(finding.at)
    made = finding.suggestion if isinstance(finding, AuditFinding) else None
    return {
        **tell_finding(finding),
        "id": name_finding(finding),
        "cell": finding.at.rpartition("!")[2],
        "reported": plain(row["value"]) if row else None,
        "unit": row["unit"] if row else None,
        "suggested": plain(made.value) if made is not None and made.at == finding.at else None,
    }
