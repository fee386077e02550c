"""What a market shows: its session and limits, its depth, trades, a member's requests, and auctions after their close.

Invariant: nothing of a bid is shown before its auction is closed, except to the member who made it.
"""

from __future__ import annotations

from typing import Any

from dafeng.core.errors import AddressError
from dafeng.core.labels import Label
from dafeng.ledger.market.asked import Bid, OpenAuction, Take
from dafeng.ledger.market.exchange import Exchange
from dafeng.ledger.market.hall import Hall, Thing
from dafeng.ledger.market.terms import BASIS, Terms
from dafeng.store.ledger_rows import select
from dafeng.store.ledger_tables import BOOK, MARKET_TRADE

Document = dict[str, Any]
MOST_TRADES = 1000
"""Trades that are listed where nothing else is asked."""


def find_hall(exchange: Exchange, market: str) -> Hall:
    """A market.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    market : str
        Its id.

    Returns
    -------
    Hall
        Not to be changed.

    Raises
    ------
    AddressError
        If there is none.
    """
    halls = exchange.refresh().halls
    if market in halls:
        return halls[market]
    raise AddressError(
        Label(f"没有市场“{market}”", f"there is no market '{market}'"),
        where=market,
        expected=Label("、".join(halls) or "先开设市场", ", ".join(halls) or "a market that was opened"),
        remedy=Label("核对市场编号", "check the market id"),
    )


def list_markets(exchange: Exchange) -> list[Document]:
    """All markets.

    Parameters
    ----------
    exchange : Exchange
        The exchange.

    Returns
    -------
    list of dict
        Id, books with their scales, rules with grade and source, open day, reference and limits of the day.
    """
    return [_market(exchange, hall) for hall in exchange.refresh().halls.values()]


def _market(exchange: Exchange, hall: Hall) -> Document:
    terms = hall.terms
    scales = find_scales(exchange, hall)
    return {
        "market": hall.name, "book": hall.book, "money": hall.money, "scale": scales[0], "money_scale": scales[1],
        "terms": terms.name, "label": {"zh": terms.zh, "en": terms.en}, "grade": terms.grade, "source": terms.source,
        "ways": list(terms.ways), "per": terms.per, "tick": terms.tick, "lot": terms.lot, "day": hall.day or None,
        "reference": hall.reference, "limits": _limits(terms, terms.band_bp, hall.reference),
        "agreement_limits": _limits(terms, terms.agreement_band_bp, hall.reference), "members": sorted(hall.members),
    }  # fmt: skip


def _limits(terms: Terms, band: int | None, reference: int | None) -> list[int] | None:
    """Lowest and highest price of the day, on ticks."""
    if band is None or reference is None:
        return None
    low, high = reference * (BASIS - band), reference * (BASIS + band)
    step = BASIS * terms.tick
    return [max(-(-low // step) * terms.tick, terms.tick), high // step * terms.tick]


def find_scales(exchange: Exchange, hall: Hall) -> tuple[int, int]:
    """Digits after the point of the book of rights and of the book of money.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    hall : Hall
        The market.

    Returns
    -------
    (int, int)
        Digits.
    """
    found = {row[1]: row[4] for row in exchange.rows.find(BOOK, "name", [hall.book, hall.money])}
    return found[hall.book], found[hall.money]


def show_market(exchange: Exchange, market: str) -> Document:
    """A market with what rests in it.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    market : str
        Its id.

    Returns
    -------
    dict
        As in `list_markets`, with ``buy`` and ``sell`` (price, quantity; best first), offers and auctions.
    """
    hall = find_hall(exchange, market)
    offers = [
        {"offer": one.id, "member": one.member, "side": one.side, "quantity": one.quantity, "price": one.price}
        for one in hall.offers.values()
        if not one.to
    ]
    return {
        **_market(exchange, hall),
        **{side: [{"price": price, "quantity": size} for price, size in hall.orders.depth(side)] for side in ("buy", "sell")},
        "offers": offers,
        "auctions": list_auctions(exchange, market),
    }


def list_trades(exchange: Exchange, market: str, *, request: str = "", most: int = MOST_TRADES) -> list[Document]:
    """Trades of a market.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    market : str
        Its id.
    request : str, optional
        Only trades of this order, offer, bid, take or auction.
    most : int, optional
        How many at most.

    Returns
    -------
    list of dict
        The latest first; ``state`` is ``done`` once both sides are delivered, ``back`` where both sides were given back because
        an account is closed, else ``due`` with the ledger's ``code``.
    """
    find_hall(exchange, market)
    found = exchange.rows.query(
        "SELECT t.id, t.known_at, t.session, t.way, t.buyer, t.seller, t.quantity, t.price, t.amount, d.state, d.code"
        " FROM market_trade t JOIN market_due d ON d.id = 'market/trade/' || t.id WHERE t.market = ?"
        " AND (? = '' OR t.buy = ? OR t.sell = ?)"
        " ORDER BY t.seq DESC, t.id DESC LIMIT ?",
        market,
        request,
        request,
        request,
        most,
    )
    names = ("trade", "known_at", "session", "way", "buyer", "seller", "quantity", "price", "amount", "state", "code")
    return [dict(zip(names, row, strict=True)) for row in found]


def list_requests(exchange: Exchange, market: str, member: str) -> list[Document]:
    """Orders, offers and bids of a member in the open sessions.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    market : str
        Its id.
    member : str
        Who asks; the caller has made sure that it is that member.

    Returns
    -------
    list of dict
        Id, what it is, its state, and what is left of an order.
    """
    hall = find_hall(exchange, market)
    return [_request(hall, thing) for thing in hall.things.values() if thing.member.name == member]


def _request(hall: Hall, thing: Thing) -> Document:
    asked = thing.asked
    shown: Document = {"id": asked.id, "what": type(asked).__name__.lower(), "state": thing.state, "session": thing.session}
    if isinstance(asked, Take):
        return {**shown, "offer": asked.offer}
    price = asked.reserve if isinstance(asked, OpenAuction) else asked.price
    side = "sell" if isinstance(asked, OpenAuction) else "buy" if isinstance(asked, Bid) else asked.side
    return {**shown, "side": side, "quantity": asked.quantity, "price": price, "left": hall.orders.left(asked.id)}


def list_auctions(exchange: Exchange, market: str) -> list[Document]:
    """Auctions of a market.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    market : str
        Its id.

    Returns
    -------
    list of dict
        What is offered; price, what was sold, and who got what only after the close.
    """
    hall = find_hall(exchange, market)
    return [_auction(exchange, hall, name) for name in hall.auctions]


def _auction(exchange: Exchange, hall: Hall, name: str) -> Document:
    auction = hall.auctions[name]
    asked = auction.asked
    shown: Document = {
        "auction": name, "seller": auction.thing.member.name, "state": "open", "offered": asked.quantity,
        "reserve": asked.reserve, "most": asked.most,
    }  # fmt: skip
    if auction.clearing is None:
        return shown
    rows = exchange.rows.query(f"{select(MARKET_TRADE)} WHERE session = ? ORDER BY seq, id", f"{hall.name}/auction/{name}")
    awards = [{"buyer": row[8], "quantity": row[10], "amount": row[12]} for row in rows]
    sold = sum(row[10] for row in rows)
    return {**shown, "state": "closed", "price": rows[0][11] if rows else None, "sold": sold, "awards": awards}
