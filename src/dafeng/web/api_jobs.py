"""Background jobs for programs: what was asked for, how far it is, what moved; asking for one and taking it back.

Invariant: jobs are told to whoever has a token of the city; editors ask for one or take it back.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field
from starlette.exceptions import HTTPException

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
)
from dafeng.web.api_forms import FindingRow, Form, Said, Window
from dafeng.web.desk import Desk
from dafeng.web.offices import Office, Visitor
from dafeng.work.job_document import job_document
from dafeng.work.job_findings import find_findings
from dafeng.work.jobs import Job, cancel_job, find_job, job_moves, list_jobs, start_job

Name = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,80}$", description="id of the job")]


class JobFound(Form):
    """What a job found in the files that it read; ``address`` is where the findings are read, ``refused`` what stayed out."""

    total: int
    counts: dict[str, int] = Field(examples=[{"error": 1, "warning": 0, "info": 2}])
    refused: list[str]
    address: str = Field(examples=["/api/v1/cities/yantai/jobs/3f2a/findings"])


class JobAnswer(Form):
    """A job; ``share`` is how far it is, ``moves`` what differs from the run before, ``findings`` what it found in files.

    ``note`` says so where the same job was there already when it was asked for.
    """

    id: str
    kind: str = Field(examples=["assess"])
    label: Said
    who: str
    at: str
    state: str = Field(examples=["running"])
    live: bool
    attempts: int
    share: float
    step: Said | None
    began: str | None
    ended: str | None
    run: str | None
    says: Row | None
    options: Row
    moves: Row | None = None
    findings: JobFound | None = None
    note: Said | None = None


class WantedJob(Form):
    """A piece of work that is asked for."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"kind": "assess"}]})

    kind: Literal["assess", "ingest", "inventory"]


def build_jobs(desk: Desk) -> APIRouter:
    """Addresses ``jobs`` of a city.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    APIRouter
        Addresses to read and write with a token.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}/jobs", responses=dict(READ_REFUSALS))
    writing = {**WRITE_REFUSALS, 202: {"model": JobAnswer}}

    @router.get("", summary="Background jobs, the newest first", response_model=list[JobAnswer])
    def read_jobs(request: Request, slug: Slug, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, _ = ask_office(desk, request, slug)
        rows = list_jobs(office.city, records=office.records)
        return answer_window(request, rows, job_document, offset=offset, limit=limit, plain=True)

    @router.get("/{name}", summary="A background job, how far it is and what moved", response_model=JobAnswer)
    def read_job(request: Request, slug: Slug, name: Name) -> Response:
        office, _ = ask_office(desk, request, slug)
        found = find(lambda: find_job(office.city, name, records=office.records))
        return answer_content(request, tell_job(office, found))

    @router.get(
        "/{name}/findings",
        summary="What a job found in the files that it read, the weightiest first",
        response_model=Window[FindingRow],
    )
    def read_findings(request: Request, slug: Slug, name: Name, offset: Offset = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, _ = ask_office(desk, request, slug)
        job = find(lambda: find_job(office.city, name, records=office.records))
        found = find_findings(office.city, job)
        if found is None:
            raise HTTPException(404)
        return answer_window(request, found.lines.window(0, found.lines.count), _finding, offset=offset, limit=limit)

    @router.post(
        "", summary="Ask for a job; where the same waits or runs already, that one", status_code=202, responses=dict(writing)
    )
    def start(request: Request, slug: Slug, wanted: WantedJob) -> Response:
        office, visitor = ask_writer(desk, request, slug, may=lambda one: one.can_edit)
        return attempt(lambda: _start(office, visitor, wanted))

    @router.post("/{name}/cancel", summary="Take a job back", status_code=202, responses=dict(writing))
    def cancel(request: Request, slug: Slug, name: Name) -> Response:
        office, visitor = ask_writer(desk, request, slug, may=lambda one: one.can_edit)
        return attempt(lambda: _cancel(office, visitor, name))

    return router


def tell_job(office: Office, job: Job) -> Row:
    """A job with what it brought, and where its findings are read.

    Parameters
    ----------
    office : Office
        Writing side of the city.
    job : Job
        The job.

    Returns
    -------
    dict
        As `job_document`; ``findings`` with the ``address`` of the delivery that was looked at, else of the job.
    """
    found = find_findings(office.city, job)
    told = job_document(job, moves=job_moves(office.city, job.id), findings=found)
    if found is None:
        return told
    place = f"deliveries/{found.upload}" if found.upload else f"jobs/{job.id}"
    return {**told, "findings": {**told["findings"], "address": f"/api/v1/cities/{office.slug}/{place}/findings"}}


def _finding(row: Row) -> Row:
    return {name: row[name] for name in FindingRow.model_fields}


def _start(office: Office, visitor: Visitor, wanted: WantedJob) -> Response:
    made = start_job(office.city, kind=wanted.kind, who=visitor.name, records=office.records)
    return JSONResponse(job_document(made), status_code=202)


def _cancel(office: Office, visitor: Visitor, name: str) -> Response:
    found = find(lambda: find_job(office.city, name, records=office.records))
    done = cancel_job(office.city, found.id, who=visitor.name, records=office.records)
    return JSONResponse(job_document(done), status_code=202)
