"""Proof of the ledger for programs: audit, roots of the days, balances as they were, and the whole as beancount text.

Invariant: nothing is booked; the audit keeps writers out while it runs, and is for those who may confirm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from dafeng.ledger.beancount import spell_beancount
from dafeng.store.ledger_rows import open_rows
from dafeng.web.api_answers import Row, answer_content, attempt, find, tell_finding
from dafeng.web.api_forms import Refusal
from dafeng.web.asking import check_pace
from dafeng.web.desk import Desk
from dafeng.web.offices import Office, Visitor
from dafeng.work.right_people import check_private, list_private
from dafeng.work.right_proof import audit_books, balances_document, is_whole, list_day_roots
from dafeng.work.rights import Rights

PIECE = 1 << 18
"""Length of what is sent at once. [bytes]"""
Caller = Callable[[Desk, Request, str], tuple[Office, Visitor]]
Typed = Annotated[str, Query(max_length=40)]


class AuditAnswer(BaseModel):
    """What an audit found; ``whole`` where it found nothing wrong."""

    model_config = ConfigDict(extra="forbid")

    whole: bool
    findings: list[Row]


class RootAnswer(BaseModel):
    """Root of the hashes of a day of a log, with its first and last number."""

    model_config = ConfigDict(extra="forbid")

    day: str
    log: str
    first: int
    last: int
    root: str


class RootsAnswer(BaseModel):
    """Roots of the days that are over in UTC."""

    model_config = ConfigDict(extra="forbid")

    items: list[RootAnswer]


class BalancesAnswer(BaseModel):
    """Balances of a book as they were; in minimal units, accounts without any left out."""

    model_config = ConfigDict(extra="forbid")

    book: str
    unit: str
    scale: int
    day: str
    known: str
    accounts: list[Row]


def build_ledger_proof(desk: Desk, caller: Caller) -> APIRouter:
    """Addresses below ``/api/v1/cities/{slug}/ledger`` that prove what stands there.

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

    @router.get("/audit", summary="Book everything again and compare; for those who may confirm", response_model=AuditAnswer)
    def audit(request: Request, slug: str) -> Response:
        office, visitor = caller(desk, request, slug)
        if not visitor.can_confirm:
            raise HTTPException(403)
        check_pace(office, visitor)
        found = audit_books(office.rights)
        return answer_content(request, {"whole": is_whole(found), "findings": [tell_finding(one) for one in found]})

    @router.get("/roots", summary="Roots of the days that are over", response_model=RootsAnswer)
    def roots(request: Request, slug: str, since: Typed = "") -> Response:
        rights = _rights(caller(desk, request, slug)[0])
        return attempt(lambda: answer_content(request, {
            "items": [{**one._asdict(), "day": one.day.isoformat()} for one in list_day_roots(rights, since=since)]
        }))  # fmt: skip

    @router.get("/balances", summary="Balances of a book as they were on a day", response_model=BalancesAnswer)
    def balances(
        request: Request, slug: str, book: Annotated[str, Query(max_length=128)], day: Typed = "", known: Typed = ""
    ) -> Response:
        office, visitor = caller(desk, request, slug)
        rights = _rights(office)
        check_private(rights, find(lambda: rights.find_book(book)).name, may=visitor.sees_private)
        return attempt(lambda: answer_content(request, find(lambda: balances_document(rights, book, day=day, known=known))))

    @router.get("/beancount", summary="The ledger as beancount text", response_class=StreamingResponse)
    def beancount(request: Request, slug: str) -> Response:
        office, visitor = caller(desk, request, slug)
        rights = _rights(office)
        without = [] if visitor.sees_private else [one.name for one in list_private(rights)]
        return StreamingResponse(_spell(rights, without), media_type="text/plain; charset=utf-8")

    return router


def _rights(office: Office) -> Rights:
    if not office.rights.has_ledger():
        raise HTTPException(404)
    return office.rights


def _spell(rights: Rights, without: Sequence[str] = ()) -> Iterator[bytes]:
    """The text in pieces, spelled before the first: another thread may ask for each, and a snapshot belongs to one thread."""
    with TemporaryFile() as file:
        with open_rows(rights.city.ledger, reads=True) as rows:
            file.writelines(piece.encode() for piece in spell_beancount(rows, without=without))
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
