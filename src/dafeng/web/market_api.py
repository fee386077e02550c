"""The markets for programs: prices, depth, trades, auctions, own requests, and requests that are made with a token.

Invariant: only a token counts; whoever shows it is told and may ask what its account may on the pages, and no more.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import AccessError
from dafeng.ledger.market.asked import Asked, Bid, Cancel, Offer, OpenAuction, Order, Take
from dafeng.ledger.market.auction_record import read_auction
from dafeng.ledger.market.reading import list_markets
from dafeng.web.api_answers import PAGE_ROWS, Cursor, Limit, answer_content, find, next_address
from dafeng.web.api_forms import Refusal
from dafeng.web.asking import check_pace
from dafeng.web.desk import Desk
from dafeng.web.ledger_api import Caller, Rows
from dafeng.web.market_pages import CLASHES, check_member
from dafeng.web.market_views import Access, find_market, no_auction
from dafeng.web.offices import Office, Visitor
from dafeng.work.market_orders import MarketOrder, list_asked, place_asked
from dafeng.work.market_overview import (
    asked_document,
    auction_document,
    hide_parties,
    list_depth,
    list_offers,
    list_things,
    read_trades,
    sum_market,
    sum_markets,
    sum_settlement,
)

Name = Annotated[str, Path(min_length=1, max_length=64)]
Content = dict[str, Any]
PRICES = 100
"""Prices of each side that are told."""


class MarketAnswer(BaseModel):
    """A market with what rests in it, as far as the account is told; quantities in minimal units, prices in fen."""

    model_config = ConfigDict(extra="allow")

    market: str
    book: str
    money: str
    scale: int
    money_scale: int
    state: str
    last: Content | None
    volume: Content
    buy: list[Content]
    sell: list[Content]
    offers: list[Content]
    own: list[Content]
    auctions: list[str]
    settlement: Content


class AuctionAnswer(BaseModel):
    """An auction; ``bids`` is empty before the close."""

    model_config = ConfigDict(extra="allow")

    auction: str
    state: str
    seller: str
    offered: int
    reserve: int
    price: int | None
    sold: int
    bids: list[Content]


class WantedRequest(BaseModel):
    """What is asked of a market for a member; quantities in minimal units, prices in fen.

    ``order`` and ``offer`` (``side``, ``quantity``, ``price``, ``to``), ``take`` and ``refuse`` (``target``), ``cancel``
    (``target``), ``bid`` (``auction``, ``quantity``, ``price``), ``open_auction`` (``auction``, ``quantity``, ``price`` as the
    reserve, ``most``).
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=1, max_length=64, description="chosen by the caller; the same one has the same answer")
    act: Literal["order", "offer", "take", "refuse", "cancel", "bid", "open_auction"]
    member: str = Field("", max_length=64)
    side: Literal["", "buy", "sell"] = ""
    quantity: int = Field(0, ge=0, le=2**62)
    price: int = Field(0, ge=0, le=2**62)
    to: str = Field("", max_length=64)
    target: str = Field("", max_length=64)
    auction: str = Field("", max_length=64)
    most: int | None = Field(None, ge=1, le=2**62)

    def read(self, market: str) -> Asked:
        """The request to the exchange.

        Parameters
        ----------
        market : str
            Id of the market.

        Returns
        -------
        Asked
            Whether its fields are sound is for the exchange to say.
        """
        match self.act:
            case "order":
                return Order(self.id, market, self.member, self.side, self.quantity, self.price)
            case "offer":
                return Offer(self.id, market, self.member, self.side, self.quantity, self.price, self.to)
            case "take":
                return Take(self.id, market, self.member, self.target)
            case "bid":
                return Bid(self.id, market, self.auction, self.member, self.quantity, self.price)
            case "open_auction":
                return OpenAuction(self.id, market, self.auction, self.member, self.quantity, self.price, self.most)
        return Cancel(self.id, market, self.target)


class RequestAnswer(BaseModel):
    """What came of a request; ``code``, ``says`` and ``remedy`` where it was refused."""

    model_config = ConfigDict(extra="allow")

    id: str
    verb: str
    state: str
    event: int | None
    second_person: bool
    again: bool


def build_market_router(desk: Desk, caller: Caller) -> APIRouter:
    """Addresses below ``/api/v1/cities/{slug}/ledger/markets``.

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
    known: dict[int | str, dict[str, Any]] = {304: {"description": "known by its ETag"}, 422: {"model": Refusal}}
    router = APIRouter(prefix="/api/v1/cities/{slug}/ledger/markets", responses=known)
    _add_reading(router, desk, caller)
    _add_asking(router, desk, caller)
    return router


def _add_reading(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.get("", summary="Markets with last price and volume", response_model=Rows)
    def list_all(request: Request, slug: str) -> Response:
        markets = caller(desk, request, slug)[0].markets
        if not markets.has_ledger():
            return answer_content(request, {"items": [], "next": None})
        with markets.opened() as exchange:
            return answer_content(request, {"items": sum_markets(exchange, markets.clock()), "next": None})

    @router.get("/{market}", summary="A market: depth, offers, own requests, settlement", response_model=MarketAnswer)
    def read_market(request: Request, slug: str, market: Name) -> Response:
        office, visitor = caller(desk, request, slug)
        return answer_content(request, find(lambda: _tell_market(office, visitor, market)))

    @router.get("/{market}/trades", summary="Trades, the newest first", response_model=Rows)
    def list_trades(request: Request, slug: str, market: Name, before: Cursor = 0, limit: Limit = PAGE_ROWS) -> Response:
        office, visitor = caller(desk, request, slug)
        items, older = find(lambda: _list_trades(office, visitor, market, before, limit))
        return answer_content(request, {"items": items, "next": next_address(request, "before", str(older or ""))})

    @router.get("/{market}/auctions/{auction}", summary="An auction; its bids after the close", response_model=AuctionAnswer)
    def tell_auction(request: Request, slug: str, market: Name, auction: Name) -> Response:
        office, visitor = caller(desk, request, slug)
        return answer_content(request, find(lambda: _tell_auction(office, visitor, market, auction)))

    @router.get("/{market}/requests", summary="Requests that the account may see, the newest first", response_model=Rows)
    def list_requests(request: Request, slug: str, market: Name, limit: Limit = PAGE_ROWS) -> Response:
        office, visitor = caller(desk, request, slug)
        return answer_content(request, {"items": find(lambda: _list_asked(office, visitor, market, limit)), "next": None})


def _add_asking(router: APIRouter, desk: Desk, caller: Caller) -> None:
    @router.post(
        "/{market}/requests",
        summary="Ask for a member: 201 taken, 202 waits for a second person, 200 asked before, 409 or 422 refused",
        status_code=201,
        responses={**{key: {"model": RequestAnswer} for key in (200, 201, 202, 409)}, 422: {"model": RequestAnswer | Refusal}},
    )
    async def ask_request(request: Request, slug: str, market: Name, wanted: WantedRequest) -> Response:
        office, visitor = await run_in_threadpool(caller, desk, request, slug)
        if not visitor.can_edit:
            raise HTTPException(403)
        check_pace(office, visitor)
        return await run_in_threadpool(_place, office, visitor, market, wanted)


def _tell_market(office: Office, visitor: Visitor, market: str) -> Content:
    with office.markets.opened() as exchange:
        hall = find_market(exchange, market)
        access = Access(office, visitor, exchange, hall)
        told = next(one for one in list_markets(exchange) if one["market"] == market)
        return {
            **sum_market(exchange, hall, told, office.markets.clock()),
            **{side: list_depth(hall, side, PRICES)[0] for side in ("buy", "sell")},
            "offers": list_offers(hall, access.sees), "own": list_things(hall, access.sees, access.unseals),
            "auctions": list(hall.auctions), "settlement": sum_settlement(exchange, hall),
        }  # fmt: skip


def _list_trades(office: Office, visitor: Visitor, market: str, before: int, limit: int) -> tuple[list[Content], int]:
    with office.markets.opened() as exchange:
        access = Access(office, visitor, exchange, find_market(exchange, market))
        found, older = read_trades(exchange, market, before=before, limit=limit)
        return hide_parties(found, access.sees), older


def _tell_auction(office: Office, visitor: Visitor, market: str, auction: str) -> Content:
    with office.markets.opened() as exchange:
        hall = find_market(exchange, market)
        found = read_auction(exchange, hall, auction)
        if found is None:
            raise no_auction(auction)
        return auction_document(found, Access(office, visitor, exchange, hall).unseals)


def _list_asked(office: Office, visitor: Visitor, market: str, limit: int) -> list[Content]:
    with office.markets.opened() as exchange:
        found = list_asked(
            office.markets, exchange, find_market(exchange, market), visitor.name, runs=visitor.can_confirm,
            acts=visitor.can_edit, limit=limit, records=office.records,
        )  # fmt: skip
    return [asked_document(one) for one in found]


def _place(office: Office, visitor: Visitor, market: str, wanted: WantedRequest) -> Response:
    asked = wanted.read(market)

    def check() -> None:
        with office.markets.opened() as exchange:
            access = Access(office, visitor, exchange, find_market(exchange, market))
            check_member(access, asked, refuses=wanted.act == "refuse")

    try:
        find(check)
    except AccessError as cause:
        raise HTTPException(403) from cause
    order = place_asked(office.markets, asked, who=visitor.name, records=office.records)
    code, body = _code(order), asked_document(order)
    return JSONResponse({"error": code, **body} if code >= 400 else body, status_code=code)


def _code(order: MarketOrder) -> int:
    if order.state in ("refused", "rejected"):
        return 409 if order.code in CLASHES else 422
    if order.state in ("waiting", "handed"):
        return 202
    return 200 if order.again else 201
