"""Why a market does not take a request.

Invariant: a request is looked at before anything is set aside for it, and nothing is changed by looking.
"""

from __future__ import annotations

from dafeng.ledger.market.agreement import flaw_of_take
from dafeng.ledger.market.asked import (
    Asked,
    Backed,
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
from dafeng.ledger.market.hall import Hall, Member
from dafeng.ledger.market.trading import Trading
from dafeng.ledger.requests import is_whole


def find_flaw(trading: Trading, asked: Asked, now: int) -> str:
    """Why a request is not taken.

    Parameters
    ----------
    trading : Trading
        All markets.
    asked : Asked
        A sound request.
    now : int
        Instant. [µs]

    Returns
    -------
    str
        Code of the refusal; empty where it is taken.
    """
    hall = trading.halls.get(asked.market)
    if isinstance(asked, OpenMarket):
        return "market_exists" if hall is not None else ""
    if hall is None:
        return "market_unknown"
    if isinstance(asked, Order | Offer | Take | OpenAuction | Bid):
        return _flaw_of_backed(hall, asked, now)
    return _flaw_of_plain(hall, asked)


def find_own(trading: Trading, asked: Asked) -> str:
    """Whether an offer is made to whoever makes it; earlier versions took one, so that the audit does not ask it.

    Parameters
    ----------
    trading : Trading
        All markets.
    asked : Asked
        A request without flaw.

    Returns
    -------
    str
        Code of the refusal; empty where it is made to somebody else.
    """
    if not isinstance(asked, Offer) or not asked.to:
        return ""
    members = trading.halls[asked.market].members
    return "self_trade" if members[asked.to].holder == members[asked.member].holder else ""


def _flaw_of_plain(hall: Hall, asked: Asked) -> str:
    match asked:
        case Register():
            return "member_exists" if asked.member in hall.members else ""
        case OpenDay():
            return "day_open" if hall.day else ""
        case CloseDay():
            return "" if hall.day else "day_closed"
        case CloseAuction():
            auction = hall.auctions.get(asked.auction)
            return "auction_closed" if auction is None or auction.clearing is not None else ""
        case Cancel():
            thing = hall.things.get(asked.target)
            if thing is None or not isinstance(thing.asked, Order | Offer):
                return "target_unknown"
            return "" if thing.state == "open" else "target_over"
    return "malformed"


def _flaw_of_backed(hall: Hall, asked: Backed, now: int) -> str:
    member = hall.members.get(asked.member)
    if member is None:
        return "member_unknown"
    if isinstance(asked, OpenAuction | Bid):
        return _flaw_of_auction(hall, asked, member)
    if not hall.day:
        return "day_closed"
    if not hall.terms.is_open(now):
        return "hours_closed"
    if isinstance(asked, Take):
        offer = hall.offers.get(asked.offer)
        return "offer_over" if offer is None else flaw_of_take(offer, member.name, member.holder)
    if isinstance(asked, Offer) and asked.to and asked.to not in hall.members:
        return "member_unknown"
    way = "order" if isinstance(asked, Order) else "agreement"
    flaw = hall.terms.find_flaw(way, asked.quantity, asked.price, hall.reference)
    return flaw or _too_much(hall, asked.quantity, asked.price)


def _flaw_of_auction(hall: Hall, asked: OpenAuction | Bid, member: Member) -> str:
    auction = hall.auctions.get(asked.auction)
    price = asked.reserve if isinstance(asked, OpenAuction) else asked.price
    flaw = hall.terms.find_flaw("auction", asked.quantity, price, None) or _too_much(hall, asked.quantity, price)
    if isinstance(asked, OpenAuction):
        return "auction_exists" if auction is not None else flaw
    if auction is None or auction.clearing is not None:
        return "auction_closed"
    if member.holder == auction.thing.member.holder:
        return "self_trade"
    most = auction.asked.most
    if most is not None and asked.quantity > most:
        return "bid_large"
    return "price_below" if asked.price < auction.asked.reserve else flaw


def find_excess(hall: Hall, asked: Backed) -> str:
    """What stands against a request whatever comes: its quantity times its price is more than the ledger can hold.

    Parameters
    ----------
    hall : Hall
        The market.
    asked : Backed
        The request.

    Returns
    -------
    str
        Code of the refusal; empty where it can be held.
    """
    if isinstance(asked, Take):
        return ""  # the offer was looked at
    return _too_much(hall, asked.quantity, asked.reserve if isinstance(asked, OpenAuction) else asked.price)


def _too_much(hall: Hall, quantity: int, price: int) -> str:
    return "" if is_whole(hall.terms.amount(quantity, price), least=0) else "quantity_bad"
