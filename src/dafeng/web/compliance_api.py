"""Compliance and credit projects for programs: periods, companies with their reasons, surrenders, projects and their steps.

Invariant: only a token counts; what is asked here obeys the same rules as the pages, and a surrender waits for a second person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError, LookupFailure
from dafeng.ledger.projects import step_kinds
from dafeng.web.api_answers import PAGE_ROWS, Cursor, Limit, answer_content, next_address
from dafeng.web.api_forms import Refusal, Row, Said
from dafeng.web.asking import check_pace
from dafeng.web.desk import Desk
from dafeng.web.ledger_api import Caller, OrderAnswer, Rows
from dafeng.web.offices import Office, Visitor
from dafeng.work.ask_surrender import Surrender, ask_surrender
from dafeng.work.compliance import (
    count_verdicts,
    explain_standing,
    find_period,
    find_periods,
    find_standing,
    rank_standings,
)
from dafeng.work.credit_document import credits_document
from dafeng.work.project_steps import OWNER, find_project, read_projects_of, take_as
from dafeng.work.right_overview import order_document
from dafeng.work.settlement_document import calendar_document, standing_document

Number = Annotated[int, Path(ge=1, le=2**31)]
DAY = r"^\d{4}-\d{2}-\d{2}$"


class Told(BaseModel):
    """Why something was refused, with what was expected and what to do."""

    model_config = ConfigDict(extra="forbid")

    error: int
    says: Said
    where: str
    expected: Said
    remedy: Said


class PeriodAnswer(BaseModel):
    """Companies of a period by what they lack, one page of them; quantities in tonnes."""

    model_config = ConfigDict(extra="forbid")

    book: str
    period: str
    counts: dict[str, int]
    calendar: list[Row]
    items: list[Row]
    findings: int
    next: str | None


class StandingAnswer(BaseModel):
    """A company of a period with all that its figures were worked out from."""

    model_config = ConfigDict(extra="allow")

    enterprise: str
    account: int
    book: str
    period: str
    verdict: Literal["met", "short", "not_measurable"]
    units: list[Row]


class WantedSurrender(BaseModel):
    """A surrender that is asked for; quantities in tonnes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=1, max_length=100, description="chosen by the caller; the same one has the same answer")
    book: str = Field(max_length=128)
    enterprise: str = Field(max_length=128)
    quantity: int = Field(0, ge=0, le=2**53, description="allowances [t]")
    credits: int = Field(0, ge=0, le=2**53, description="credits [t]")
    effective: str = Field(pattern=DAY)


class OrdersAnswer(BaseModel):
    """What came of a surrender: an order for allowances, one for credits."""

    model_config = ConfigDict(extra="forbid")

    orders: list[OrderAnswer]


class ProjectAnswer(BaseModel):
    """A project with its tests, periods, units and steps."""

    model_config = ConfigDict(extra="allow")

    number: int
    id: str
    state: str
    tests: list[Row]
    periods: list[Row]
    steps: list[Row]


class WantedProject(BaseModel):
    """A project that is entered; a fact that is left out is not known."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=1, max_length=64)
    name: str = Field("", max_length=64)
    scheme: str = Field(max_length=64)
    method: str = Field(max_length=64)
    assets: list[str] = Field(min_length=1, max_length=100)
    facts: dict[str, str | bool | int] = Field(default_factory=dict)
    who: str = Field(min_length=1, max_length=64, description="its owner")
    day: str = Field(pattern=DAY)
    document: str = Field("", max_length=200)
    request: str = Field("", max_length=100, description="id of the step; the same one has the same answer")


class WantedStep(BaseModel):
    """A step of a project."""

    model_config = ConfigDict(extra="forbid", strict=True)

    step: str = Field(max_length=40)
    who: str = Field(min_length=1, max_length=64, description="body or person in whose name")
    day: str = Field(pattern=DAY)
    start: str = Field("", max_length=10)
    end: str = Field("", max_length=10)
    quantity: int | None = Field(None, ge=0, le=2**53, description="reduction [t]")
    applied: str = Field("", max_length=10)
    facts: dict[str, str | bool | int] = Field(default_factory=dict)
    document: str = Field("", max_length=200)
    request: str = Field("", max_length=100, description="id of the step; the same one has the same answer")


class StepAnswer(BaseModel):
    """A step in the log, and the state that it led to."""

    model_config = ConfigDict(extra="forbid")

    seq: int
    id: str
    step: str
    project: str
    number: int
    state: str
    again: bool


def build_compliance_router(desk: Desk, caller: Caller) -> APIRouter:
    """Addresses below ``/api/v1/cities/{slug}/compliance`` and ``/projects``.

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
    known: dict[int | str, dict[str, Any]] = {304: {"description": "known by its ETag"}, 422: {"model": Told | Refusal}}
    router = APIRouter(prefix="/api/v1/cities/{slug}", responses=known)
    _add_periods(router, desk, caller)
    _add_surrenders(router, desk, caller)
    _add_projects(router, desk, caller)
    _add_steps(router, desk, caller)
    return router


def _add_periods(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get("/compliance", summary="Compliance periods, the newest first", response_model=Rows)
    def list_periods(request: Request, slug: str) -> Response:
        found = find_periods(caller(desk, request, slug)[0].rights)
        items = [{"book": one.name, "period": one.period, "state": one.state} for one in found]
        return answer_content(request, {"items": items, "next": None})

    @router.get("/compliance/{book}", summary="Companies of a period by what they lack", response_model=PeriodAnswer)
    def read_period(request: Request, slug: str, book: str, verdict: str = "", offset: Cursor = 0,
                    limit: Limit = PAGE_ROWS) -> Response:  # fmt: skip
        office = caller(desk, request, slug)[0]

        def told() -> Response:
            one = find_period(office.rights, book)
            found = office.settlements.find(one.name, one.period)
            ranked = rank_standings(found, verdict=verdict)
            last = str(offset + limit) if len(ranked) > offset + limit else ""
            return answer_content(request, {
                "book": one.name, "period": one.period, "counts": dict(count_verdicts(found)),
                "calendar": calendar_document(found.calendar), "findings": len(found.findings),
                "items": [standing_document(row) for row in ranked[offset : offset + limit]],
                "next": next_address(request, "offset", last),
            })  # fmt: skip

        return _told(told)

    @router.get(
        "/compliance/{book}/{account}", summary="A company of a period, explained line by line", response_model=StandingAnswer
    )
    def read_company(request: Request, slug: str, book: str, account: Number) -> Response:
        office = caller(desk, request, slug)[0]

        def told() -> Response:
            one = find_period(office.rights, book)
            found = office.settlements.find(one.name, one.period)
            return answer_content(request, explain_standing(found, find_standing(found, account)))

        return _told(told)


def _add_surrenders(router: APIRouter, desk: Desk, caller: Caller) -> None:
    answers: dict[int | str, dict[str, Any]] = {code: {"model": OrdersAnswer} for code in (201, 202, 409)}
    answers[422] = {"model": OrdersAnswer | Told | Refusal}

    @router.post(
        "/compliance/surrenders",
        summary="Ask for a surrender: 202 waits for a second person, 201 booked, 409 or 422 refused",
        status_code=202,
        responses=answers,
    )
    async def ask_for(request: Request, slug: str, wanted: WantedSurrender) -> Response:
        office, visitor = await run_in_threadpool(_writer, desk, request, slug, caller)
        return await run_in_threadpool(_told, lambda: _surrender(office, visitor, wanted))


def _surrender(office: Office, visitor: Visitor, wanted: WantedSurrender) -> Response:
    book = find_period(office.rights, wanted.book)
    asked = Surrender(wanted.id, wanted.enterprise, wanted.quantity, wanted.credits, wanted.effective)
    orders = ask_surrender(office.rights, book.name, asked, who=visitor.name, records=office.records)
    refused = [one for one in orders if one.state in ("refused", "rejected")]
    code = 201 if all(one.state == "booked" for one in orders) else 202
    if refused:
        code = 409 if any(one.code == "conflict" for one in refused) else 422
    return JSONResponse({"orders": [order_document(one) for one in orders]}, status_code=code)


def _add_projects(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get("/projects", summary="Credit projects in the order of entry", response_model=Rows)
    def list_projects(request: Request, slug: str, state: str = "", scheme: str = "", after: Cursor = 0,
                      limit: Limit = PAGE_ROWS) -> Response:  # fmt: skip
        found = credits_document(read_projects_of(caller(desk, request, slug)[0].rights))["projects"]
        numbered = [{"number": number, **one} for number, one in enumerate(found, start=1)]
        rows = [
            one
            for one in numbered
            if one["number"] > after and state in ("", one["state"]) and scheme in ("", one["scheme"]["id"])
        ]
        last = str(rows[limit - 1]["number"]) if len(rows) > limit else ""
        return answer_content(request, {"items": rows[:limit], "next": next_address(request, "after", last)})

    @router.get(
        "/projects/{project}", summary="A credit project with its tests, periods and steps", response_model=ProjectAnswer
    )
    def read_project(request: Request, slug: str, project: Number) -> Response:
        office = caller(desk, request, slug)[0]

        def told() -> Response:
            found = read_projects_of(office.rights)
            one = credits_document(found, project=find_project(found, project).id)["projects"][0]
            return answer_content(request, {"number": project, **one})

        return _told(told)


def _add_steps(router: APIRouter, desk: Desk, caller: Caller) -> None:
    taken: dict[int | str, dict[str, Any]] = {code: {"model": StepAnswer} for code in (200, 201)}

    @router.post("/projects", summary="Enter a credit project: 201 entered, 200 entered before, 422 refused",
                 status_code=201, responses=taken)  # fmt: skip
    async def enter(request: Request, slug: str, wanted: WantedProject) -> Response:
        office, visitor = await run_in_threadpool(_writer, desk, request, slug, caller)
        values = {
            "name": wanted.name or wanted.id, "scheme": wanted.scheme, "method": wanted.method, "assets": wanted.assets,
            "facts": wanted.facts,
        }  # fmt: skip
        told = wanted.model_dump(include={"who", "day", "document", "request"})
        step = WantedStep.model_validate({"step": "enter", **told})
        return await run_in_threadpool(_told, lambda: _take(office, visitor, wanted.id, step, values))

    @router.post("/projects/{project}/steps", summary="Take a step: 201 taken, 200 taken before, 422 refused",
                 status_code=201, responses=taken)  # fmt: skip
    async def take_next(request: Request, slug: str, project: Number, wanted: WantedStep) -> Response:
        office, visitor = await run_in_threadpool(_writer, desk, request, slug, caller)
        kind = step_kinds().get(wanted.step)
        if kind is not None and kind.role != OWNER and not visitor.can_confirm:
            raise HTTPException(403)
        told = {name: getattr(wanted, name) for name in ("start", "end", "applied") if getattr(wanted, name)}
        told |= {} if wanted.quantity is None else {"quantity": wanted.quantity}
        told |= {"facts": wanted.facts} if wanted.step == "amend" else {}

        def step() -> Response:
            one = find_project(read_projects_of(office.rights), project)
            return _take(office, visitor, one.id, wanted, told)

        return await run_in_threadpool(_told, step)


def _take(office: Office, visitor: Visitor, project: str, wanted: WantedStep, values: dict[str, Any]) -> Response:
    taken = take_as(
        office.city, project, wanted.step, login=visitor.name, who=wanted.who, day=wanted.day, values=values,
        document=wanted.document, id=wanted.request,
    )  # fmt: skip
    projects = read_projects_of(office.rights).register.projects
    told = StepAnswer(
        seq=taken.seq, id=taken.step.id, step=taken.step.step, project=project, number=list(projects).index(project) + 1,
        state=projects[project].state, again=taken.again,
    )  # fmt: skip
    return JSONResponse(told.model_dump(), status_code=200 if taken.again else 201)


def _writer(desk: Desk, request: Request, slug: str, caller: Caller) -> tuple[Office, Visitor]:
    office, visitor = caller(desk, request, slug)
    if not visitor.can_edit:
        raise HTTPException(403)
    check_pace(office, visitor)
    return office, visitor


def _told(make: Callable[[], Response]) -> Response:
    """The answer, or why it was refused."""
    try:
        return make()
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    except DafengError as cause:
        parts = {"says": cause.what, "expected": cause.expected, "remedy": cause.remedy}
        said = {name: {"zh": one.zh, "en": one.en} for name, one in parts.items()}
        return JSONResponse({"error": 422, "where": cause.where, **said}, status_code=422)
