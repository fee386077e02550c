"""Carbon inclusion for programs: signed messages of operators, and with a token events, accounts, orders, sums and bundles.

Invariant: a message needs a signature and nothing else, everything besides needs a token and never a cookie; the same event and
the same order have the same answer, and a refusal says its code in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import AccessError, ConflictError, DafengError, LookupFailure
from dafeng.ledger.inclusion.rewards import redeem_points
from dafeng.web.api_answers import answer_content
from dafeng.web.api_forms import Said
from dafeng.web.asking import check_pace
from dafeng.web.desk import Desk
from dafeng.web.offices import Office, Visitor
from dafeng.work.inclusion import join_inclusion, open_inclusion, tell_scenes
from dafeng.work.inclusion_account import is_pseudonym
from dafeng.work.inclusion_document import account_content, bundle_content, bundle_row, overview_document
from dafeng.work.inclusion_messages import answer_batch, answer_message, check_message
from dafeng.work.inclusion_reading import find_bundle, has_inclusion, list_claims, read_bundles, read_inclusion, read_terms

Caller = Callable[[Desk, Request, str], tuple[Office, Visitor]]
Limit = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[int, Query(ge=0, le=2**53)]
Text = Annotated[str, Field(max_length=200)]
SIGNATURE = "Dafeng-Signature"
"""Header of a signed message."""
EXAMPLE: Mapping[str, Any] = {"events": [{
    "scene": "metro", "person": "13800000001", "evidence": "ticket-1", "started": "2026-03-01T08:00:00+08:00",
    "ended": "2026-03-01T08:20:00+08:00", "amount": "1", "place": "370600",
}]}  # fmt: skip
BODY: Mapping[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}, "example": dict(EXAMPLE)}}}
}


class InclusionRefusal(BaseModel):
    """Why something was refused: ``code`` names the reason, the texts are in both languages."""

    model_config = ConfigDict(extra="allow")

    error: int
    says: Said
    code: str = ""


class EventFields(BaseModel):
    """An event as a row of a file; ``person`` is an identity and is kept as a hash only."""

    model_config = ConfigDict(extra="forbid")

    scene: Text
    person: Text
    evidence: Text
    started: Text
    ended: Text
    amount: Text
    place: Text
    operator: Text = ""


class WantedEvents(BaseModel):
    """Events that are handed in together."""

    model_config = ConfigDict(extra="forbid")

    events: list[EventFields] = Field(min_length=1, max_length=5000)


class EventsAnswer(BaseModel):
    """What became of events: sums, and one answer for each."""

    model_config = ConfigDict(extra="allow")

    taken: int
    again: int
    grams: int
    points: int
    refused: dict[str, int]
    answers: list[dict[str, Any]]


class WantedAccount(BaseModel):
    """Somebody who joins; ``consent`` says that the text was shown and consented to."""

    model_config = ConfigDict(extra="forbid", strict=True)

    identities: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(min_length=1, max_length=20)
    kind: Literal["person", "organisation"] = "person"
    consent: Literal[True]


class JoinedAccount(BaseModel):
    """Pseudonym of who joined."""

    person: str


class WantedRedemption(BaseModel):
    """Points for a voucher; the same order again takes no points."""

    model_config = ConfigDict(extra="forbid", strict=True)

    person: str = Field(pattern=r"^[0-9a-f]{24}$")
    voucher: str = Field(min_length=1, max_length=80)
    order: str = Field(min_length=1, max_length=100)


class Redemption(BaseModel):
    """A voucher that was given out."""

    voucher: str
    points: int
    person: str
    again: bool


class InclusionRows(BaseModel):
    """Rows of a list; ``next`` is the key of those that follow."""

    model_config = ConfigDict(extra="forbid")

    items: list[dict[str, Any]]
    next: int | None = None


def build_inclusion_router(desk: Desk, caller: Caller) -> APIRouter:
    """Addresses below ``/api/v1/cities/{slug}/inclusion`` that need a token.

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
    router = APIRouter(prefix="/api/v1/cities/{slug}/inclusion", responses={422: {"model": InclusionRefusal}})
    _add_reading(router, desk, caller)
    _add_accounts(router, desk, caller)
    _add_writing(router, desk, caller)
    return router


def build_message_router(desk: Desk) -> APIRouter:
    """The address of signed messages.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    APIRouter
        The address; it asks for a signature and for no token.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}/inclusion", responses={422: {"model": InclusionRefusal}})

    @router.post(
        "/messages", summary="Signed message of an operator: each event is answered", response_model=EventsAnswer,
        responses={401: {"model": InclusionRefusal}}, openapi_extra=dict(BODY),
    )  # fmt: skip
    async def take_message(request: Request, slug: str, signature: Annotated[str, Header(alias=SIGNATURE)] = "") -> Response:
        office = await run_in_threadpool(desk.office, slug)
        return await run_in_threadpool(_take_message, office, await request.body(), signature[:400])

    return router


def _take_message(office: Office, body: bytes, signature: str) -> Response:
    """Signature first, then the pace of its key, then the events; without a programme nothing is made."""
    if not has_inclusion(office.city):
        raise HTTPException(401)
    try:
        with open_inclusion(office.city) as programme:
            key = check_message(office.city, programme, body, signature)
            wait = office.pace.wait(f"key/{key.id}")
            if wait:
                raise HTTPException(429, headers={"Retry-After": str(wait)})
            return JSONResponse(answer_message(programme, body, signature, key))
    except AccessError as cause:
        return refuse_program(cause, 401, "inclusion.signature")
    except DafengError as cause:
        return refuse_program(cause, 422, "inclusion.message")


def _add_reading(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get("/scenes", summary="Scenes with their editions, factors, sources and rules", response_model=InclusionRows)
    def list_scenes(request: Request, slug: str) -> Response:
        office, _ = caller(desk, request, slug)
        return answer_content(request, {"items": tell_scenes(*read_terms(office.city)), "next": None})

    @router.get("/totals", summary="Sums by scene and month; null where too few accounts stand behind one")
    def read_totals(request: Request, slug: str) -> Response:
        with read_inclusion(_office(desk, caller, request, slug).city) as view:
            return answer_content(request, overview_document(view))

    @router.get("/claims", summary="What was claimed twice, the newest first", response_model=InclusionRows)
    def read_claims(request: Request, slug: str, before: Cursor = 0, limit: Limit = 100) -> Response:
        with read_inclusion(_office(desk, caller, request, slug).city) as view:
            found = list_claims(view, before=before, limit=limit + 1)
        items = [{name: getattr(one, name) for name in one.__slots__} for one in found[:limit]]
        return answer_content(request, {"items": items, "next": found[limit - 1].no if len(found) > limit else None})

    @router.get("/bundles", summary="Bundles of certified reductions", response_model=InclusionRows)
    def list_bundles(request: Request, slug: str) -> Response:
        with read_inclusion(_office(desk, caller, request, slug).city) as view:
            return answer_content(request, {"items": [bundle_row(view, one) for one in read_bundles(view)], "next": None})

    @router.get("/bundles/{name}", summary="A bundle with what it holds")
    def read_bundle(request: Request, slug: str, name: str) -> Response:
        with read_inclusion(_office(desk, caller, request, slug).city) as view:
            try:
                return answer_content(request, bundle_content(view, find_bundle(view, name)))
            except LookupFailure as cause:
                raise HTTPException(404) from cause


def _add_accounts(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get("/accounts/{person}", summary="Account of a pseudonym with a page of its points")
    def read_account(request: Request, slug: str, person: str, before: Cursor = 0, limit: Limit = 100) -> Response:
        office, visitor = caller(desk, request, slug)
        if not has_inclusion(office.city) or not is_pseudonym(person):
            raise HTTPException(404)
        may = visitor.sees_private
        with read_inclusion(office.city) as view:
            try:
                told = account_content(view, office.rights, person, may=may, before=before, limit=limit)
                return answer_content(request, told)
            except LookupFailure as cause:
                raise HTTPException(404) from cause

    @router.post("/accounts", summary="Let somebody join, with consent", response_model=JoinedAccount, status_code=201,
                 responses={409: {"model": InclusionRefusal}})  # fmt: skip
    async def join(request: Request, slug: str, wanted: WantedAccount) -> Response:
        office = await run_in_threadpool(_editor, desk, caller, request, slug)
        return await run_in_threadpool(_try, _join, office, wanted, 201)


def _add_writing(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.post("/events", summary="Hand in events: each counts once and is answered", response_model=EventsAnswer)
    async def take_events(request: Request, slug: str, wanted: WantedEvents) -> Response:
        office = await run_in_threadpool(_editor, desk, caller, request, slug)
        return await run_in_threadpool(_try, _take, office, wanted, 200)

    @router.post("/redemptions", summary="Exchange points for a voucher; the same order is fulfilled once",
                 response_model=Redemption, responses={409: {"model": InclusionRefusal}})  # fmt: skip
    async def redeem(request: Request, slug: str, wanted: WantedRedemption) -> Response:
        office = await run_in_threadpool(_editor, desk, caller, request, slug)
        return await run_in_threadpool(_try, _redeem, office, wanted, 200)


def _join(office: Office, wanted: WantedAccount) -> dict[str, Any]:
    with open_inclusion(office.city) as programme:
        return {"person": join_inclusion(programme, *wanted.identities, kind=wanted.kind, consent=wanted.consent)}


def _take(office: Office, wanted: WantedEvents) -> dict[str, Any]:
    with open_inclusion(office.city) as programme:
        return answer_batch(programme, [one.model_dump() for one in wanted.events])


def _redeem(office: Office, wanted: WantedRedemption) -> dict[str, Any]:
    with open_inclusion(office.city) as programme:
        done = redeem_points(programme, wanted.person, wanted.voucher, order=wanted.order)
    return {"voucher": done.voucher.id, "points": done.voucher.points, "person": done.person, "again": done.again}


def _try(act: Callable[[Office, Any], dict[str, Any]], office: Office, wanted: Any, code: int) -> Response:
    """What an act answers, or its refusal: 409 where the ledger or another account stands against it."""
    try:
        return JSONResponse(act(office, wanted), status_code=code)
    except ConflictError as cause:
        return refuse_program(cause, 409, "inclusion.conflict")
    except DafengError as cause:
        return refuse_program(
            cause, 422, f"inclusion.{cause.where}" if cause.where in ("person", "voucher") else "inclusion.refused"
        )


def _office(desk: Desk, caller: Caller, request: Request, slug: str) -> Office:
    """Office of a city with a programme, for whoever shows a token."""
    office, _ = caller(desk, request, slug)
    if not has_inclusion(office.city):
        raise HTTPException(404)
    return office


def _editor(desk: Desk, caller: Caller, request: Request, slug: str) -> Office:
    office, visitor = caller(desk, request, slug)
    if not visitor.can_edit:
        raise HTTPException(403)
    check_pace(office, visitor)
    return office


def _answer(content: Mapping[str, Any]) -> Response:
    return JSONResponse(content, headers={"Cache-Control": "private, no-store"})


def refuse_program(cause: DafengError, code: int, name: str) -> Response:
    """A refusal as data.

    Parameters
    ----------
    cause : DafengError
        What was wrong.
    code : int
        Status code.
    name : str
        Name of the reason, for programs.

    Returns
    -------
    Response
        ``error``, ``code``, ``where``, and ``says``, ``expected``, ``remedy`` in both languages.
    """
    parts = {"says": cause.what, "expected": cause.expected, "remedy": cause.remedy}
    told = {part: {"zh": one.zh, "en": one.en} for part, one in parts.items()}
    return JSONResponse({"error": code, "code": name, "where": cause.where, **told}, status_code=code)
