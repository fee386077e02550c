"""One market in memory: members, requests and what must be held for them, trades, and what is freed.

Invariant: what a request needs is all that it may come to: the units it sells, or the money for all it may buy at its price.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dafeng.ledger.market.agreement import Standing
from dafeng.ledger.market.asked import Accept, Asked, Backed, Bid, Cancel, Offer, OpenAuction, OpenMarket, Order, Take
from dafeng.ledger.market.auction import Clearing, SealedBid
from dafeng.ledger.market.order_book import OrderBook
from dafeng.ledger.market.terms import Terms


class Member(NamedTuple):
    """Who may trade: a holder with an account of rights and an account of money."""

    name: str
    holder: str
    account: str
    purse: str


class Need(NamedTuple):
    """What must be held for a request before it counts."""

    target: str
    account: str
    quantity: int


class Delivery(NamedTuple):
    """A trade: units against money; ``spare`` is the buyer's money that was set aside for it and is not needed."""

    id: str
    market: str
    session: str
    way: str
    buy: str
    sell: str
    buyer: Member
    seller: Member
    quantity: int
    price: int
    amount: int
    spare: int


class Freed(NamedTuple):
    """Units or money of a request that are set aside no longer."""

    target: str
    quantity: int


Effect = Delivery | Freed


class Thing:
    """A request that needs something held: ``asked``, then ``open``, then ``over``."""

    __slots__ = ("asked", "member", "need", "session", "state")

    def __init__(self, asked: Backed, member: Member, need: Need, session: str) -> None:
        self.asked, self.member, self.need, self.session, self.state = asked, member, need, session, "asked"


class Auction:
    """An auction and the bids that count."""

    __slots__ = ("asked", "bids", "clearing", "thing")

    def __init__(self, thing: Thing, asked: OpenAuction) -> None:
        self.thing, self.asked = thing, asked
        self.bids: list[SealedBid] = []
        self.clearing: Clearing | None = None


class Hall:
    """One market: its rules, members, open day and auctions."""

    def __init__(self, asked: OpenMarket, terms: Terms, *, serials: bool) -> None:
        self.serials = serials
        self.name, self.book, self.money, self.terms = asked.market, asked.book, asked.money, terms
        self.members: dict[str, Member] = {}
        self.day = self.last = ""
        self.reference: int | None = None
        self.orders = OrderBook(self_trade=terms.self_trade)
        self.offers: dict[str, Standing] = {}
        self.auctions: dict[str, Auction] = {}
        self.things: dict[str, Thing] = {}
        self.traded: dict[str, int] = {}

    def session(self, asked: Asked) -> str:
        """Name of the session a request belongs to.

        Parameters
        ----------
        asked : Asked
            The request.

        Returns
        -------
        str
            Empty where it belongs to none but to the market.
        """
        match asked:
            case Order() | Offer() | Take():
                return f"{self.name}/day/{self.day}"
            case Bid():
                return f"{self.name}/auction/{asked.auction}"
            case Cancel() | Accept():
                thing = self.things.get(asked.target)
                return "" if thing is None or isinstance(thing.asked, OpenAuction) else thing.session
        return ""


def find_need(hall: Hall, asked: Backed) -> Need:
    """What must be held for a request: the units it sells, or the money for all it may buy.

    Parameters
    ----------
    hall : Hall
        The market.
    asked : Backed
        A request without flaw.

    Returns
    -------
    Need
        Account and quantity.
    """
    member = hall.members[asked.member]
    if isinstance(asked, OpenAuction):
        return Need(asked.id, member.account, asked.quantity)
    if isinstance(asked, Bid):
        return Need(asked.id, member.purse, hall.terms.amount(asked.quantity, asked.price))
    if isinstance(asked, Take):
        offer = hall.offers[asked.offer]
        side, quantity, price = ("sell" if offer.side == "buy" else "buy"), offer.quantity, offer.price
    else:
        side, quantity, price = asked.side, asked.quantity, asked.price
    if side == "sell":
        return Need(asked.id, member.account, quantity)
    return Need(asked.id, member.purse, hall.terms.amount(quantity, price))


def day_of(terms: Terms, now: int) -> str:
    """Local day of an instant.

    Parameters
    ----------
    terms : Terms
        Rules of the market.
    now : int
        Instant. [µs]

    Returns
    -------
    str
        ISO date.
    """
    return date.fromordinal(terms.day(now)).isoformat()
