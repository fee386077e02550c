"""What the pages of markets show: order book, agreements, auctions, settlement, and what whoever asks may do there.

Invariant: nothing of an open auction but what its seller offers; own requests are shown to those who act for their member.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from dafeng.core.errors import AddressError, LookupFailure
from dafeng.core.labels import Label, Language
from dafeng.ledger.market.auction_record import AuctionRecord, read_auction
from dafeng.ledger.market.exchange import Exchange
from dafeng.ledger.market.hall import Hall
from dafeng.ledger.market.reading import find_hall, list_markets
from dafeng.ledger.market.reasons import market_reasons
from dafeng.ledger.market.terms import read_terms
from dafeng.store.ledger_tables import BOOK
from dafeng.web.asking import Ask
from dafeng.web.book_words import say_unit
from dafeng.web.clocks import clock_words
from dafeng.web.labels import Words
from dafeng.web.market_charts import draw_clearing, draw_trades
from dafeng.web.offices import Office, Visitor
from dafeng.web.rights_views import Refused
from dafeng.work.market_orders import MarketOrder, list_asked
from dafeng.work.market_overview import (
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
from dafeng.work.right_books import tell_quantity
from dafeng.work.right_rows import read_accounts, read_books

Context = dict[str, Any]
LEVELS, TRADES, DRAWN, REQUESTS, AUCTIONS = 10, 30, 200, 30, 30
"""Prices of each side, trades of a page, trades of the chart, requests and auctions that are listed."""
MOST = 200
"""Accounts that are offered to choose from."""


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody is told in a market.

    Parameters
    ----------
    office : Office
        Writing side of the city.
    visitor : Visitor
        Who asks.
    exchange : Exchange
        The exchange.
    hall : Hall
        The market.
    """

    office: Office
    visitor: Visitor
    exchange: Exchange
    hall: Hall

    def acts(self, member: str) -> bool:
        """Whether they may ask for a member.

        Parameters
        ----------
        member : str
            Id of the member.

        Returns
        -------
        bool
            By role, and by who is named on its accounts.
        """
        visitor = self.visitor
        return visitor.can_edit and self.office.markets.may_act(self.exchange, self.hall, member, visitor.name)

    def unseals(self, member: str) -> bool:
        """Whether they are told what a member bids.

        Parameters
        ----------
        member : str
            Id of the member.

        Returns
        -------
        bool
            For whoever acts for it or is named on its accounts.
        """
        named = self.office.markets.find_named(self.exchange, self.hall, member)
        return self.visitor.name in named or self.acts(member)

    def sees(self, member: str) -> bool:
        """Whether they are told what a member asks and trades.

        Parameters
        ----------
        member : str
            Id of the member.

        Returns
        -------
        bool
            Also for those who run the market.
        """
        return self.visitor.can_confirm or self.unseals(member)


def build_markets(ask: Ask) -> Context:
    """What the list of markets shows.

    Parameters
    ----------
    ask : Ask
        The request.

    Returns
    -------
    dict
        Markets with last price and volume, and what a new one may be made of.
    """
    markets = ask.office.markets
    found: list[dict[str, Any]] = []
    books: list[Any] = []
    if markets.has_ledger():
        with markets.opened() as exchange:
            found = sum_markets(exchange, markets.clock())
            books = read_books(exchange.rows)
    return {
        "markets": [{**one, **_written(one)} for one in (say_market(one, ask.language) for one in found)],
        "books": [one for one in books if one.state == "open"],
        "terms": read_terms(ask.office.city.overlay).values(), "ids": {"open_market": uuid4().hex},
    }  # fmt: skip


def _written(told: dict[str, Any]) -> Context:
    made = scales(told)
    return {"q": made["q"], "money_of": made["money"], "per_unit": made["per_unit"]}


def say_market(told: dict[str, Any], language: Language) -> dict[str, Any]:
    """A market with its units as the reader writes them.

    Parameters
    ----------
    told : dict
        The market.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    dict
        The same with ``unit`` and ``money_unit`` in words.
    """
    return {**told, **{name: say_unit(told[name], language) for name in ("unit", "money_unit")}}


def scales(told: dict[str, Any]) -> Context:
    """How quantities, prices and amounts of a market are written.

    Parameters
    ----------
    told : dict
        The market.

    Returns
    -------
    dict
        ``q``, ``money`` and ``per`` (unit of prices).
    """
    per, priced = tell_quantity(told["per"], told["scale"]), told["money_unit"]
    return {
        "q": partial(tell_quantity, scale=told["scale"]), "money": partial(tell_quantity, scale=told["money_scale"]),
        "per_unit": f"{priced}/{told['unit']}" if per == "1" else f"{priced}/{per} {told['unit']}",
    }  # fmt: skip


def build_market(ask: Ask, name: str) -> Context:
    """What the screen of a market shows.

    Parameters
    ----------
    ask : Ask
        The request.
    name : str
        Id of the market.

    Returns
    -------
    dict
        Order book, trades, offers, auctions, settlement, own requests, forms.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    markets, words = ask.office.markets, Words(ask.language)
    with markets.opened() as exchange:
        hall = find_market(exchange, name)
        told = next(one for one in list_markets(exchange) if one["market"] == name)
        access = Access(ask.office, ask.visitor, exchange, hall)
        summed = say_market(sum_market(exchange, hall, told, markets.clock()), ask.language)
        clock = clock_words(hall.terms.offset_h, words)
        before = ask.request.query_params.get("before", "")
        number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else 0
        trades, older = read_trades(exchange, name, before=number, limit=TRADES)
        drawn = trades if not number and len(trades) < TRADES else read_trades(exchange, name, limit=DRAWN)[0]
        members = [one for one in sorted(hall.members) if access.acts(one)]
        made = {
            **scales(summed), "market": summed, **clock, "before": number, "older": older,
            "sides": {side: list_depth(hall, side, LEVELS) for side in ("buy", "sell")},
            "trades": hide_parties(trades, access.sees), "chart": draw_trades(summed, drawn, clock, words),
            "offers": list_offers(hall, access.sees), "mine": members, "things": list_things(hall, access.sees, access.unseals),
            "auctions": _list_auctions(exchange, hall), "settlement": sum_settlement(exchange, hall),
            "failed": hide_parties(read_trades(exchange, name, due=True, limit=TRADES)[0], access.sees),
            **_asked(ask, exchange, hall), **_joining(ask, exchange, hall), "reasons": market_reasons(),
            "acts_for": access.acts, "hours": [_span(one) for one in hall.terms.hours], "known": sorted(hall.members),
        }  # fmt: skip
    return {**made, "ids": {act: uuid4().hex for act in FORMS}, "fresh": lambda: uuid4().hex, "spread": _spread(made["sides"])}


FORMS = ("order", "offer", "bid", "open_auction", "open_day", "close_day", "register", "close_auction")
"""Forms of a market that bring an id of their own."""


def _spread(sides: dict[str, Any]) -> int | None:
    best = [sides[side][0][0]["price"] for side in ("sell", "buy") if sides[side][0]]
    return best[0] - best[1] if len(best) == 2 else None


def _span(hours: tuple[int, int]) -> str:
    return "–".join(f"{one // 60:02d}:{one % 60:02d}" for one in hours)


def _list_auctions(exchange: Exchange, hall: Hall) -> list[Context]:
    """The newest first; of an open one only what its seller offers."""
    names = list(hall.auctions)[::-1][:AUCTIONS]
    records = (read_auction(exchange, hall, name) for name in names)
    return [auction_document(one, lambda _: False) for one in records if one is not None]


def _asked(ask: Ask, exchange: Exchange, hall: Hall) -> Context:
    """What waits for a second person, and what was asked lately, as far as this visitor is told."""
    office, visitor = ask.office, ask.visitor
    if not office.has_records():
        return {"waiting": [], "asked": []}
    tell = partial(
        list_asked, office.markets, exchange, hall, visitor.name, runs=visitor.can_confirm, acts=visitor.can_edit,
        records=office.records,
    )  # fmt: skip
    return {
        "waiting": [(one, tell_asked(one)) for one in tell(states=("waiting",))],
        "asked": [(one, tell_asked(one), say_refused(one, ask)) for one in tell(limit=REQUESTS)],
    }


def _joining(ask: Ask, exchange: Exchange, hall: Hall) -> Context:
    """Accounts that a new member may have; only for those who run the market."""
    if not ask.visitor.can_confirm:
        return {"accounts": [], "purses": []}
    books = {row[1]: row[0] for row in exchange.rows.find(BOOK, "name", [hall.book, hall.money])}
    kinds = ("organisation", "trading", "operator", "pool", "person", "settlement")
    found = [
        [one for one in read_accounts(exchange.rows, book=books[book], limit=MOST) if one.type in kinds]
        for book in (hall.book, hall.money)
    ]
    return {"accounts": found[0], "purses": found[1]}


def tell_asked(order: MarketOrder) -> Context:
    """A request for the eye.

    Parameters
    ----------
    order : MarketOrder
        The request.

    Returns
    -------
    dict
        Its fields by name, empty where it has none.
    """
    told = order.asked._asdict()
    names = ("member", "side", "quantity", "price", "reserve", "auction", "to", "offer", "target", "account", "purse")
    return {name: told.get(name) for name in names}


def say_refused(order: MarketOrder, ask: Ask) -> Refused | None:
    """Why a request was refused, in the reader's language.

    Parameters
    ----------
    order : MarketOrder
        The request.
    ask : Ask
        Who reads.

    Returns
    -------
    Refused or None
        ``None`` where it was not.
    """
    reason = order.reason
    if order.state != "refused" or reason is None:
        return None
    return Refused(
        reason.code, reason.annex, reason.says.read(ask.language), reason.remedy.read(ask.language), order.about[:60]
    )


def build_auction(ask: Ask, name: str, auction: str) -> Context:
    """What the page of an auction shows.

    Parameters
    ----------
    ask : Ask
        The request.
    name, auction : str
        Ids of the market and the auction.

    Returns
    -------
    dict
        What is offered, the calendar, own bids; after the close price, awards with their reasons, and the curve.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    markets, words = ask.office.markets, Words(ask.language)
    with markets.opened() as exchange:
        hall = find_market(exchange, name)
        told = next(one for one in list_markets(exchange) if one["market"] == name)
        access, found = Access(ask.office, ask.visitor, exchange, hall), read_auction(exchange, hall, auction)
        if found is None:
            raise no_auction(auction)
        summed = say_market(sum_market(exchange, hall, told, markets.clock()), ask.language)
        things = list_things(hall, lambda _: False, access.unseals)
        mine = [one for one in sorted(hall.members) if access.acts(one) and one != found.seller]
        made = {
            **scales(summed), "market": summed, "auction": auction_document(found, access.unseals),
            **clock_words(hall.terms.offset_h, words),
            "chart": draw_clearing(summed, found, words), "own": [one for one in things if one["auction"] == auction],
            "mine": mine, "tie": hall.terms.tie, **_asked(ask, exchange, hall),
        }  # fmt: skip
    own = [one for one in made["waiting"] if one[1]["auction"] == auction]
    ids = {act: uuid4().hex for act in ("bid", "close_auction")}
    return {**made, "waiting": own, "fresh": lambda: uuid4().hex, "ids": ids, "margin": _margin(found)}


def _margin(found: AuctionRecord) -> int:
    """How many bids shared at the margin."""
    return sum(one.why == "shared" or (one.price == found.price and one.got > 0) for one in found.bids)


def no_auction(name: str) -> LookupFailure:
    """That there is no such auction.

    Parameters
    ----------
    name : str
        Its id.

    Returns
    -------
    LookupFailure
        To be raised.
    """
    return LookupFailure(
        Label(f"没有拍卖“{name[:60]}”", f"there is no auction '{name[:60]}'"),
        where="auction",
        expected=Label("该市场的拍卖编号", "the id of an auction of this market"),
        remedy=Label("在市场页面核对", "look at the page of the market"),
    )


def find_market(exchange: Exchange, name: str) -> Hall:
    """A market.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    name : str
        Its id.

    Returns
    -------
    Hall
        Not to be changed.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    try:
        return find_hall(exchange, name)
    except AddressError as cause:
        raise LookupFailure(cause.what, where=cause.where, expected=cause.expected, remedy=cause.remedy) from cause
