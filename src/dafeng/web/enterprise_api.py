"""Enterprise accounts for programs: the list, one account, authorisations, and the report within them.

Invariant: only a token counts; a report leaves only within an authorisation that holds, and the log knows it first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import AccessError, DafengError, LookupFailure
from dafeng.web.api_answers import answer_content
from dafeng.web.asking import check_pace
from dafeng.web.desk import Desk
from dafeng.web.inclusion_api import InclusionRefusal, refuse_program
from dafeng.web.offices import Office, Visitor
from dafeng.work.authorise import authorisation_document, grant_access, list_authorisations, withdraw_authorisation
from dafeng.work.credit_report import make_credit
from dafeng.work.enterprise_document import enterprise_document
from dafeng.work.enterprise_shelf import choose_rows, rank_enterprise

Caller = Callable[[Desk, Request, str], tuple[Office, Visitor]]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Choice = Annotated[str, Query(max_length=80)]


class EnterpriseRows(BaseModel):
    """Rows of the list: ``total`` of them fit, ``next`` is the offset of those that follow."""

    model_config = ConfigDict(extra="forbid")

    items: list[dict[str, Any]]
    total: int
    next: int | None


class OwnerLetter(BaseModel):
    """The owner's signed letter: its name and hash."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=120)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class WantedAuthorisation(BaseModel):
    """What an owner allows, for whom, what for and until when."""

    model_config = ConfigDict(extra="forbid", strict=True)

    recipient: Line
    purpose: Line
    fields: list[Annotated[str, Field(max_length=80)]] = Field(min_length=1, max_length=200)
    until: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    letter: OwnerLetter


class GivenAuthorisation(BaseModel):
    """An authorisation with its state."""

    model_config = ConfigDict(extra="allow")

    id: str
    owner: str
    recipient: str
    purpose: str
    fields: list[str]
    until: str
    state: str


class WantedReport(BaseModel):
    """A report for a bank; ``fields`` none for all that is authorised."""

    model_config = ConfigDict(extra="forbid", strict=True)

    recipient: Line
    purpose: Line
    fields: list[Annotated[str, Field(max_length=80)]] | None = Field(None, max_length=200)


class CreditReport(BaseModel):
    """A report with its hash and code of verification."""

    model_config = ConfigDict(extra="forbid")

    body: dict[str, Any]
    sha256: str
    code: str


def build_enterprise_router(desk: Desk, caller: Caller) -> APIRouter:
    """Addresses below ``/api/v1/cities/{slug}/enterprises``.

    Parameters
    ----------
    desk : Desk
        The cities.
    caller : callable
        Who asks with a token; refuses everybody else.

    Returns
    -------
    APIRouter
        The addresses.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}/enterprises", responses={422: {"model": InclusionRefusal}})
    _add_reading(router, desk, caller)
    _add_authorising(router, desk, caller)
    return router


def _add_reading(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get("", summary="Enterprise accounts, one row per enterprise and year", response_model=EnterpriseRows)
    def list_all(
        request: Request, slug: str, year: Choice = "", scale: Choice = "", grade: Choice = "", sector: Choice = "",
        q: Choice = "", offset: Annotated[int, Query(ge=0, le=10**9)] = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Response:  # fmt: skip
        shelf = caller(desk, request, slug)[0].enterprises
        rows = choose_rows(shelf.rows(), year=year, scale=scale, grade=grade, sector=sector, q=q)
        more = offset + limit if offset + limit < len(rows) else None
        return answer_content(request, {"items": rows[offset : offset + limit], "total": len(rows), "next": more})

    @router.get("/{name}", summary="The account of an enterprise with its history, grades and places")
    def read_one(request: Request, slug: str, name: str) -> Response:
        found = caller(desk, request, slug)[0].enterprises.accounts()
        if name not in found.enterprises:
            raise HTTPException(404)
        document = enterprise_document(found, name)
        own = {address: trace for address, trace in document["traces"].items() if address.startswith(f"enterprise/{name}.")}
        places = [{part: getattr(one, part) for part in one.__slots__} for one in rank_enterprise(found, name)]
        return answer_content(request, {**document, "traces": own, "places": places})


def _add_authorising(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get("/{name}/authorisations", summary="What an owner allowed", response_model=list[GivenAuthorisation])
    def read_authorisations(request: Request, slug: str, name: str) -> Response:
        office = caller(desk, request, slug)[0]
        return answer_content(
            request, [authorisation_document(one) for one in list_authorisations(office.city, enterprise=name)]
        )

    @router.post(
        "/{name}/authorisations", summary="Enter what an owner allows", response_model=GivenAuthorisation, status_code=201
    )
    async def authorise(request: Request, slug: str, name: str, wanted: WantedAuthorisation) -> Response:
        office, visitor = await run_in_threadpool(_caller, desk, caller, request, slug)
        if not visitor.can_confirm:
            raise HTTPException(403)
        return await run_in_threadpool(_authorise, office, visitor, name, wanted)

    @router.post("/authorisations/{id}/withdrawal", summary="Withdraw what an owner allowed", response_model=GivenAuthorisation)
    async def withdraw(request: Request, slug: str, id: str) -> Response:
        office, visitor = await run_in_threadpool(_caller, desk, caller, request, slug)
        if not visitor.can_confirm:
            raise HTTPException(403)
        return await run_in_threadpool(_withdraw, office, visitor, id)

    @router.post(
        "/{name}/reports", summary="The report for a bank, within a valid authorisation only", response_model=CreditReport,
        status_code=201, responses={403: {"model": InclusionRefusal}},
    )  # fmt: skip
    async def report(request: Request, slug: str, name: str, wanted: WantedReport) -> Response:
        office, visitor = await run_in_threadpool(_caller, desk, caller, request, slug)
        return await run_in_threadpool(_report, office, visitor, name, wanted)


def _caller(desk: Desk, caller: Caller, request: Request, slug: str) -> tuple[Office, Visitor]:
    office, visitor = caller(desk, request, slug)
    if not visitor.can_edit:
        raise HTTPException(403)
    check_pace(office, visitor)
    return office, visitor


def _authorise(office: Office, visitor: Visitor, name: str, wanted: WantedAuthorisation) -> Response:
    evidence = f"{wanted.letter.name} sha256 {wanted.letter.sha256}"
    try:
        granted = grant_access(
            office.city, name, recipient=wanted.recipient, purpose=wanted.purpose, fields=wanted.fields, until=wanted.until,
            evidence=evidence, who=visitor.name,
        )  # fmt: skip
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    except DafengError as cause:
        return refuse_program(cause, 422, "enterprise.authorisation")
    return _answer(authorisation_document(granted), code=201)


def _withdraw(office: Office, visitor: Visitor, id: str) -> Response:
    try:
        return _answer(authorisation_document(withdraw_authorisation(office.city, id, who=visitor.name)))
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def _report(office: Office, visitor: Visitor, name: str, wanted: WantedReport) -> Response:
    if name not in office.enterprises.accounts().enterprises:
        raise HTTPException(404)
    try:
        document, _ = make_credit(
            office.city, name, "json", recipient=wanted.recipient, purpose=wanted.purpose, fields=wanted.fields,
            who=visitor.name,
        )  # fmt: skip
    except AccessError as cause:
        return refuse_program(cause, 403, "enterprise.not_authorised")
    except DafengError as cause:
        return refuse_program(cause, 422, "enterprise.report")
    return _answer(document, code=201)


def _answer(content: Any, *, code: int = 200) -> Response:
    return JSONResponse(content, status_code=code, headers={"Cache-Control": "private, no-store"})
