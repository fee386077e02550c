"""The trading body: sessions, orders, offers, bids and auctions in memory; what they lead to, and nothing of the ledger.

Invariant: the same notes in the same order give the same trades; of what a request had set aside every unit is delivered,
freed or still resting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.ledger.market.agreement import Standing, sides
from dafeng.ledger.market.asked import (
    Accept,
    Asked,
    Bid,
    Cancel,
    CloseAuction,
    CloseDay,
    Offer,
    OpenAuction,
    OpenDay,
    OpenMarket,
    Order,
    Register,
    Take,
)
from dafeng.ledger.market.auction import SealedBid, clear
from dafeng.ledger.market.hall import Auction, Delivery, Effect, Freed, Hall, Member, Thing, day_of, find_need
from dafeng.ledger.market.order_book import LimitOrder, Match, OrderBook
from dafeng.ledger.market.terms import restore_terms


class Trading:
    """All markets of a ledger."""

    def __init__(self) -> None:
        self.halls: dict[str, Hall] = {}
        self.seq = 0

    def apply(self, asked: Asked, found: Mapping[str, Any]) -> list[Effect]:
        """Take note of a request.

        Parameters
        ----------
        asked : Asked
            A request without flaw, or a note of the exchange.
        found : mapping
            What was found out when it came: day, reference, holder, rules.

        Returns
        -------
        list of Effect
            What follows, in order.
        """
        if isinstance(asked, OpenMarket):
            self.halls[asked.market] = Hall(asked, restore_terms(found["terms"]), serials=found["serials"])
            return []
        hall = self.halls[asked.market]
        match asked:
            case Register():
                hall.members[asked.member] = Member(asked.member, found["holder"], asked.account, asked.purse)
            case OpenDay():
                hall.day = hall.last = found["day"]
                hall.reference = found["reference"]
                hall.orders = OrderBook(self_trade=hall.terms.self_trade)
            case CloseDay():
                return _close_day(hall)
            case Cancel():
                return _cancel(hall, asked.target)
            case CloseAuction():
                return _close_auction(hall, asked.auction)
            case Accept():
                return _accept(hall, asked.target)
            case Order() | Offer() | Take() | OpenAuction() | Bid():
                member = hall.members[asked.member]
                hall.things[asked.id] = Thing(asked, member, find_need(hall, asked), hall.session(asked))
        return []

    def waiting(self) -> list[Thing]:
        """Requests of open sessions for which nothing was found held so far.

        Returns
        -------
        list of Thing
            In the order they came.
        """
        return [thing for hall in self.halls.values() for thing in hall.things.values() if thing.state == "asked"]

    def past_days(self, now: int) -> list[Hall]:
        """Markets whose open day is over by the clock.

        Parameters
        ----------
        now : int
            Instant. [µs]

        Returns
        -------
        list of Hall
            To be closed.
        """
        return [one for one in self.halls.values() if one.day and one.day < day_of(one.terms, now)]


def _accept(hall: Hall, target: str) -> list[Effect]:
    thing = hall.things[target]
    thing.state = "open"
    asked = thing.asked
    match asked:
        case Order():
            return _match(hall, asked, thing)
        case Offer():
            hall.offers[target] = Standing(
                target, asked.member, thing.member.holder, asked.side, asked.quantity, asked.price, asked.to
            )
        case Take():
            return _take(hall, asked, thing)
        case OpenAuction():
            if asked.auction in hall.auctions:
                return _end(thing)
            hall.auctions[asked.auction] = Auction(thing, asked)
        case Bid():
            bids = hall.auctions[asked.auction].bids
            bids.append(SealedBid(target, thing.member.holder, asked.quantity, asked.price, len(bids)))
    return []


def _end(thing: Thing) -> list[Effect]:
    thing.state = "over"
    return [Freed(thing.need.target, thing.need.quantity)]


def _deliver(hall: Hall, way: str, match: Match, *, limit: int) -> Delivery:
    """A trade; ``limit`` is the price for which the buyer's money was set aside."""
    buy, sell = hall.things[match.buy], hall.things[match.sell]
    session = buy.session
    at = hall.traded[session] = hall.traded.get(session, 0) + 1
    amount = hall.terms.amount(match.quantity, match.price)
    return Delivery(
        f"{session}/{at}", hall.name, session, way, match.buy, match.sell, buy.member, sell.member, match.quantity,
        match.price, amount, hall.terms.amount(match.quantity, limit) - amount,
    )  # fmt: skip


def _match(hall: Hall, asked: Order, thing: Thing) -> list[Effect]:
    placed = hall.orders.place(LimitOrder(asked.id, thing.member.holder, asked.side, asked.quantity, asked.price))
    effects: list[Effect] = []
    for match in placed.matches:
        buy = hall.things[match.buy].asked
        effects.append(_deliver(hall, "order", match, limit=buy.price if isinstance(buy, Order) else match.price))
    effects += [_freed(hall, name, left) for name, left in placed.removed]
    touched = {name for match in placed.matches for name in match[:2]} | {name for name, _ in placed.removed}
    for name in touched | {asked.id}:
        if not hall.orders.left(name):
            hall.things[name].state = "over"
    return effects


def _freed(hall: Hall, target: str, left: int) -> Freed:
    """What was set aside for the rest of an order."""
    asked = hall.things[target].asked
    buys = isinstance(asked, Order) and asked.side == "buy"
    return Freed(target, hall.terms.amount(left, asked.price) if buys and isinstance(asked, Order) else left)


def _take(hall: Hall, asked: Take, thing: Thing) -> list[Effect]:
    offer = hall.offers.pop(asked.offer, None)
    if offer is None:
        return _end(thing)
    thing.state = hall.things[offer.id].state = "over"
    buyer, _ = sides(offer, asked.member)
    buy, sell = (offer.id, asked.id) if buyer == offer.member else (asked.id, offer.id)
    return [_deliver(hall, "agreement", Match(buy, sell, offer.quantity, offer.price), limit=offer.price)]


def _cancel(hall: Hall, target: str) -> list[Effect]:
    thing = hall.things[target]
    if hall.offers.pop(target, None) is not None:
        return _end(thing)
    thing.state = "over"
    return [_freed(hall, target, hall.orders.cancel(target))]


def _close_day(hall: Hall) -> list[Effect]:
    effects: list[Effect] = [_freed(hall, name, left) for name, left in hall.orders.close()]
    for name in list(hall.offers):
        effects += _cancel(hall, name)
    session = f"{hall.name}/day/{hall.day}"
    hall.things = {name: thing for name, thing in hall.things.items() if thing.session != session}
    hall.traded.pop(session, None)
    hall.day = ""
    return effects


def _close_auction(hall: Hall, name: str) -> list[Effect]:
    auction = hall.auctions[name]
    lot = auction.asked
    done = auction.clearing = clear(
        auction.bids, lot.quantity, reserve=lot.reserve, lot=hall.terms.lot, most=lot.most, tie=hall.terms.tie
    )
    got = {award.bid: award.quantity for award in done.awards}
    effects: list[Effect] = []
    for bid in auction.bids:
        need = hall.things[bid.id].need
        if done.price is None or bid.id not in got:
            effects.append(Freed(bid.id, need.quantity))
            continue
        made = _deliver(hall, "auction", Match(bid.id, lot.id, got[bid.id], done.price), limit=done.price)
        effects.append(made._replace(spare=need.quantity - made.amount))
    if done.unsold:
        effects.append(Freed(lot.id, done.unsold))
    auction.thing.state = "over"
    session = f"{hall.name}/auction/{name}"
    hall.things = {key: thing for key, thing in hall.things.items() if thing.session != session and key != lot.id}
    hall.traded.pop(session, None)
    return effects
