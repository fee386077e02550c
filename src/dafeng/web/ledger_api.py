"""The ledger for programs: books, accounts, statements, and transfers that are asked for with a token.

Invariant: only a token counts, never a cookie; the same id with the same content has the same answer, and a refusal says its
code, the number of the EU register's response and both languages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import LookupFailure
from dafeng.core.typed import read_whole
from dafeng.ledger.requests import Span, Transfer
from dafeng.web.api_answers import PAGE_ROWS, Cursor, Limit, Row, answer_content, attempt, find, next_address
from dafeng.web.api_forms import Refusal, Said
from dafeng.web.asking import check_pace
from dafeng.web.desk import Desk, known
from dafeng.web.offices import Office, Visitor
from dafeng.web.order_answers import answer_order
from dafeng.work.noted_orders import read_order, read_orders
from dafeng.work.right_certificate import certificate_document, find_certificate
from dafeng.work.right_events import event_document
from dafeng.work.right_orders import place_order
from dafeng.work.right_overview import (
    account_document,
    block_document,
    book_document,
    claim_document,
    line_document,
    order_document,
)
from dafeng.work.right_people import check_event, check_private, list_private, sum_shown
from dafeng.work.right_rows import (
    AccountRow,
    BookRow,
    find_account_row,
    read_accounts,
    read_blocks,
    read_claims,
    read_statement,
)
from dafeng.work.rights import Rights

Caller = Callable[[Desk, Request, str], tuple[Office, Visitor]]
Number = Annotated[int, Path(ge=1, le=2**53)]
Pair = Annotated[list[int], Field(min_length=2, max_length=2)]
"""First and last number of a block."""
Serial = Annotated[int, Field(ge=1, le=2**62)]
Spans = Annotated[
    list[Annotated[list[Serial], Field(min_length=2, max_length=2)]],
    Field(max_length=1000, description="first and last serial numbers, such as [[1, 40], [81, 90]]"),
]
"""Serial numbers that are asked for; lists, since JSON has no tuples."""
Instant = Annotated[int, Field(ge=0, le=2**53, description="microseconds since 1970 in UTC")]
Origin = Annotated[list[str], Field(min_length=2, max_length=2)]
"""Project and vintage of a block."""


class Rows(BaseModel):
    """Rows of a list; ``next`` leads to those that follow."""

    model_config = ConfigDict(extra="forbid")

    items: list[Row]
    next: str | None


class Statement(BaseModel):
    """An account with a page of its statement, its claims and serial numbers; quantities in minimal units."""

    model_config = ConfigDict(extra="allow")

    account: str
    book: str
    balance: int
    held: int
    free: int
    lines: list[Row]
    claims: list[Row]
    blocks: list[Row]
    next: str | None


class EventAnswer(BaseModel):
    """An event of the ledger; quantity and serial numbers in minimal units, ``hash`` follows from ``former`` and the rest."""

    model_config = ConfigDict(extra="forbid")

    event: int
    id: str
    kind: str
    booked_at: str
    effective: str | None
    giver: str | None
    taker: str | None
    quantity: int
    serials: list[Pair]
    reason: str
    beneficiary: str
    content: str
    former: str
    hash: str


class CertificateAnswer(BaseModel):
    """What a certificate of a retirement says; quantity and serial numbers in minimal units."""

    model_config = ConfigDict(extra="forbid")

    event: int
    number: str
    kind: str
    book: str
    label: Said
    quantity: int
    scale: int
    unit: str
    effective: str
    booked_at: str
    holder: str
    beneficiary: str
    reason: str
    serials: list[Pair]
    origins: list[Origin]
    hash: str
    code: str


class WantedTransfer(BaseModel):
    """A transfer that is asked for, in minimal units; with ``until`` they are set aside until it is posted or this instant."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=1, max_length=128, description="chosen by the caller; the same one has the same answer")
    kind: str = Field(max_length=40)
    giver: str = Field(max_length=128)
    taker: str = Field(max_length=128)
    quantity: int = Field(ge=1, le=2**62)
    effective: str = Field(pattern=r"\d{4}-\d{2}-\d{2}")
    reason: str = Field("", max_length=1000)
    spans: Spans = []
    vintage: str = Field("", max_length=128)
    project: str = Field("", max_length=128)
    beneficiary: str = Field("", max_length=1000)
    hold: str = Field("", max_length=128)
    until: Instant | None = None


class OrderAnswer(BaseModel):
    """What came of an order; ``code``, ``annex``, ``says`` and ``remedy`` where it was refused."""

    model_config = ConfigDict(extra="allow")

    id: str
    verb: str
    state: str
    event: int | None
    second_person: bool
    again: bool


def build_ledger_router(desk: Desk, caller: Caller) -> APIRouter:
    """Addresses below ``/api/v1/cities/{slug}/ledger``.

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
    router = APIRouter(
        prefix="/api/v1/cities/{slug}/ledger", responses={304: {"description": "known by its ETag"}, 422: {"model": Refusal}}
    )
    _add_lists(router, desk, caller)
    _add_transfers(router, desk, caller)
    _add_events(router, desk, caller)
    return router


def _add_lists(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get("/books", summary="Books of rights with their sums", response_model=Rows)
    def list_books(request: Request, slug: str) -> Response:
        office, visitor = caller(desk, request, slug)
        shown = sum_shown(office.rights, may=visitor.sees_private)
        return answer_content(request, {"items": [book_document(one) for one in shown], "next": None})

    @router.get("/accounts", summary="Accounts, page by page", response_model=Rows)
    def list_accounts(request: Request, slug: str, book: str = "", type: str = "", state: str = "", holder: str = "",
                      after: Cursor = 0, limit: Limit = PAGE_ROWS) -> Response:  # fmt: skip
        office, visitor = caller(desk, request, slug)
        rights, may = office.rights, visitor.sees_private
        known = {one.no: one for one in rights.books()}
        chosen = find(lambda: rights.find_book(book)) if book else None
        check_private(rights, chosen.name if chosen else "", may=may)
        without = [] if may else [one.no for one in list_private(rights)]
        with _reading(rights) as rows:
            found = read_accounts(
                rows, book=chosen.no if chosen else 0, kind=type, state=state, holder=holder, after=after, limit=limit + 1,
                without=without,
            )  # fmt: skip
        home = f"/api/v1/cities/{slug}/ledger/accounts/"
        items = [{**account_document(one, known[one.book]), "address": home + quote(one.name)} for one in found[:limit]]
        last = str(found[limit - 1].no) if len(found) > limit else ""
        return answer_content(request, {"items": items, "next": next_address(request, "after", last)})

    @router.get("/accounts/{name:path}", summary="An account with a page of its statement", response_model=Statement)
    def read_account(request: Request, slug: str, name: str, before: Cursor = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, visitor = caller(desk, request, slug)
        rights = office.rights
        check_private(rights, name, may=visitor.sees_private)
        account, book = find(lambda: _find_account(rights, name))
        check_private(rights, book.name, may=visitor.sees_private)
        with rights.reading() as rows:
            lines = read_statement(rows, account.no, before=before, limit=limit + 1)
            claims, blocks = read_claims(rows, account.no), read_blocks(rows, account.no)
            account = find_account_row(rows, number=account.no) or account
        last = str(lines[limit - 1].seq) if len(lines) > limit else ""
        return answer_content(request, {
            **account_document(account, book), "lines": [line_document(one) for one in lines[:limit]],
            "claims": [claim_document(one) for one in claims], "blocks": [block_document(one) for one in blocks],
            "next": next_address(request, "before", last),
        })  # fmt: skip


def _add_transfers(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get("/transfers", summary="What was asked of the ledger, the newest first", response_model=Rows)
    def list_transfers(request: Request, slug: str, state: str = "", offset: Cursor = 0, limit: Limit = PAGE_ROWS) -> Response:
        office = caller(desk, request, slug)[0]
        states = (state,) if state else ()

        def tell() -> Response:
            found = read_orders(office.rights, states=states, offset=offset, limit=limit + 1, records=office.records)
            last = str(offset + limit) if len(found) > limit else ""
            items = [order_document(one) for one in found[:limit]]
            return answer_content(request, {"items": items, "next": next_address(request, "offset", last)})

        return attempt(tell)

    @router.get("/transfers/{name:path}", summary="What came of an order", response_model=OrderAnswer)
    def read_transfer(request: Request, slug: str, name: str) -> Response:
        office = caller(desk, request, slug)[0]
        return answer_content(request, order_document(find(lambda: read_order(office.rights, name, records=office.records))))

    @router.post(
        "/transfers",
        summary="Ask for a transfer: 201 booked, 202 waits for a second person, 200 asked before, 409 or 422 refused",
        status_code=201,
        responses={
            **{key: {"model": OrderAnswer} for key in (200, 201, 202)},
            **{key: {"model": OrderAnswer | Refusal} for key in (409, 422)},
        },
    )
    async def ask_transfer(request: Request, slug: str, wanted: WantedTransfer) -> Response:
        office, visitor = await run_in_threadpool(caller, desk, request, slug)
        if not visitor.can_edit:
            raise HTTPException(403)
        check_pace(office, visitor)
        return await run_in_threadpool(_place, office, visitor, wanted)


def _add_events(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get(
        "/events/{event}", summary="An event: its accounts, serial numbers, request and hashes", response_model=EventAnswer
    )
    def read_one(request: Request, slug: str, event: Number) -> Response:
        office, visitor = caller(desk, request, slug)
        with _reading(office.rights) as rows:
            check_event(office.rights, rows, event, may=visitor.sees_private)
            return answer_content(request, known(event_document(rows, event)))

    @router.get("/certificates/{event}", summary="What the certificate of a retirement says", response_model=CertificateAnswer)
    def read_certificate(request: Request, slug: str, event: Number) -> Response:
        office, visitor = caller(desk, request, slug)
        rights = office.rights
        with _reading(rights) as rows:
            check_event(rights, rows, event, may=visitor.sees_private)
            return answer_content(request, certificate_document(find(lambda: find_certificate(rights, event))))


def _find_account(rights: Rights, name: str) -> tuple[AccountRow, BookRow]:
    """By id, also one with slashes; else by number, as the pages name it."""
    try:
        return rights.find_account(name)
    except LookupFailure:
        number = read_whole(name) or 0
        if not 0 < number <= 2**53:
            raise
        return rights.find_account("", number=number)


def _place(office: Office, visitor: Visitor, wanted: WantedTransfer) -> Response:
    told = wanted.model_dump()
    request = Transfer(**{**told, "spans": tuple(Span(*one) for one in wanted.spans)})
    return attempt(lambda: answer_order(place_order(office.rights, request, who=visitor.name, records=office.records)))


def _reading(rights: Rights) -> Any:
    if not rights.has_ledger():
        raise HTTPException(404)
    return rights.reading()
