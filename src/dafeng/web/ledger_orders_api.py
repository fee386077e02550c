"""What programs may ask of the ledger besides transfers: retire, freeze, release, post, give up, reverse, block, limit, lock.

Invariant: each is an order with an id of the caller's choice, as on the pages; what needs two persons there needs them here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import LookupFailure
from dafeng.ledger import requests as asked
from dafeng.web.api_answers import attempt
from dafeng.web.api_forms import Refusal
from dafeng.web.asking import check_pace
from dafeng.web.desk import Desk
from dafeng.web.ledger_api import Caller, Instant, OrderAnswer, Spans
from dafeng.web.offices import Office, Visitor
from dafeng.web.order_answers import answer_order
from dafeng.work.right_forms import find_sink
from dafeng.work.right_orders import place_order
from dafeng.work.rights import Rights

Name = Annotated[str, Field(min_length=1, max_length=128)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Units = Annotated[int, Field(ge=1, le=2**62, description="minimal units")]


class _Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: Name = Field(description="chosen by the caller; the same one has the same answer")


class WantedRetire(_Wanted):
    """Units to be retired for somebody; they go to the book's own account for that."""

    account: Name
    quantity: Units
    effective: Day
    beneficiary: Text
    reason: str = Field("", max_length=1000)
    spans: Spans = []
    vintage: str = Field("", max_length=128)


class WantedHold(_Wanted):
    """Units to be frozen or pledged."""

    account: Name
    kind: Literal["freeze", "pledge"]
    quantity: Units
    reason: Text
    rank: int = Field(0, ge=0, le=9999)
    waits: bool = False
    spans: Spans = []
    until: Instant | None = None


class WantedRelease(_Wanted):
    """A freeze or pledge to be freed; all of it without ``quantity``."""

    hold: Name
    quantity: Units | None = None


class WantedPost(_Wanted):
    """A pending transfer to be booked; all of it without ``quantity``."""

    pending: Name
    quantity: Units | None = None


class WantedVoid(_Wanted):
    """A pending transfer to be given up."""

    pending: Name


class WantedReversal(_Wanted):
    """A movement to be taken back by its opposite."""

    transfer: Name
    effective: Day
    reason: Text


class WantedState(_Wanted):
    """An account to be blocked, opened again or closed."""

    account: Name
    state: Literal["open", "blocked", "closed"]
    reason: Text


class WantedLimit(_Wanted):
    """The most that an issuer may have issued."""

    account: Name
    limit: Annotated[int, Field(ge=0, le=2**62, description="minimal units")]
    reason: Text


class WantedLock(_Wanted):
    """A book to be closed or opened, or all its days before one to be locked."""

    book: Name
    state: Literal["", "open", "closed"] = ""
    before: Literal[""] | Day = ""
    reason: Text


Make = Callable[[Rights, Any], asked.Request]


def _plain(kind: type[Any]) -> Make:
    return lambda _, wanted: asked.restore(kind, wanted.model_dump())


def _retire(rights: Rights, wanted: WantedRetire) -> asked.Request:
    told = wanted.model_dump()
    sink = find_sink(rights, told.pop("account"), "retired")
    return asked.restore(asked.Transfer, {**told, "kind": "retire", "giver": wanted.account, "taker": sink})


ACTS: Mapping[str, tuple[str, type[BaseModel], Make]] = MappingProxyType({
    "retirements": ("Ask for a retirement", WantedRetire, _retire),
    "holds": ("Ask for a freeze or pledge", WantedHold, _plain(asked.Hold)),
    "releases": ("Ask for the release of a freeze or pledge", WantedRelease, _plain(asked.Release)),
    "posts": ("Ask for a pending transfer to be booked", WantedPost, _plain(asked.Post)),
    "voids": ("Ask for a pending transfer to be given up", WantedVoid, _plain(asked.Void)),
    "reversals": ("Ask for a movement to be taken back", WantedReversal, _plain(asked.Reverse)),
    "states": ("Ask for an account to be blocked, opened or closed", WantedState, _plain(asked.SetState)),
    "limits": ("Ask for another limit of an issuer", WantedLimit, _plain(asked.SetLimit)),
    "locks": ("Ask for a book to be closed, opened or locked", WantedLock, _plain(asked.SetBook)),
})  # fmt: skip
"""Last part of an address → what it asks for."""
_SAID = ": 201 booked, 202 waits for a second person, 200 asked before, 409 or 422 refused"


def build_ledger_orders(desk: Desk, caller: Caller) -> APIRouter:
    """Addresses below ``/api/v1/cities/{slug}/ledger`` that take an order.

    Parameters
    ----------
    desk : Desk
        The cities.
    caller : callable
        Who asks with a token; refuses everybody else.

    Returns
    -------
    APIRouter
        The addresses; what came of an order is told by ``transfers/{name}`` for all of them.
    """
    router = APIRouter(prefix="/api/v1/cities/{slug}/ledger")
    answers: dict[int | str, dict[str, Any]] = {key: {"model": OrderAnswer} for key in (200, 201, 202)}
    for name, (says, model, make) in ACTS.items():
        ask = _ask(desk, caller, make)
        ask.__annotations__["wanted"] = model
        ask.__name__ = f"ask_{name}"
        router.add_api_route(
            f"/{name}", ask, methods=["POST"], summary=says + _SAID, status_code=201,
            responses={**answers, **{key: {"model": OrderAnswer | Refusal} for key in (409, 422)}},
        )  # fmt: skip
    return router


def _ask(desk: Desk, caller: Caller, make: Make) -> Callable[..., Any]:
    async def ask(request: Request, slug: str, wanted: Any) -> Response:
        office, visitor = await run_in_threadpool(caller, desk, request, slug)
        if not visitor.can_edit:
            raise HTTPException(403)
        check_pace(office, visitor)
        return await run_in_threadpool(_place, office, visitor, make, wanted)

    return ask


def _place(office: Office, visitor: Visitor, make: Make, wanted: Any) -> Response:
    try:
        request = make(office.rights, wanted)
    except LookupFailure as cause:
        raise HTTPException(404) from cause
    return attempt(lambda: answer_order(place_order(office.rights, request, who=visitor.name, records=office.records)))
