"""What pages, API and command line show of a market: last price, volume, depth, trades by page, auctions, settlement.

Invariant: nothing of an open auction but what its seller offers; who traded is told to both sides and to those who run it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from dafeng.ledger.market.asked import Bid, Offer, OpenAuction, Order, Take
from dafeng.ledger.market.auction_record import AuctionRecord
from dafeng.ledger.market.exchange import Exchange
from dafeng.ledger.market.hall import Hall, Thing, day_of
from dafeng.ledger.market.reading import list_markets
from dafeng.store.ledger_rows import Row
from dafeng.store.ledger_sums import join_sum, split_sum
from dafeng.work.market_orders import MarketOrder
from dafeng.work.right_rows import tell_instant

Document = dict[str, Any]
Sees = Callable[[str], bool]
"""Whether whoever asks is told what a member does."""
_TRADE = (
    "SELECT t.id, t.seq, t.known_at, t.session, t.way, t.buyer, t.seller, t.quantity, t.price, t.amount, d.state, d.code"
    " FROM market_trade t JOIN market_due d ON d.id = 'market/trade/' || t.id WHERE t.market = ?"
)
_NEWEST = " ORDER BY t.seq DESC, length(t.id) DESC, t.id DESC"
_NAMES = ("trade", "seq", "at", "session", "way", "buyer", "seller", "quantity", "price", "amount", "state", "code")


def sum_markets(exchange: Exchange, now: int) -> list[Document]:
    """All markets with their last price and their volume.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    now : int
        Instant. [µs]

    Returns
    -------
    list of dict
        From `sum_market`.
    """
    told = {one["market"]: one for one in list_markets(exchange)}
    return [sum_market(exchange, hall, told[name], now) for name, hall in exchange.refresh().halls.items()]


def sum_market(exchange: Exchange, hall: Hall, told: Document, now: int) -> Document:
    """A market with its last price and its volume.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    hall : Hall
        The market.
    told : dict
        Its row of ``list_markets``.
    now : int
        Instant. [µs]

    Returns
    -------
    dict
        ``told`` with ``state`` (``open``, ``pause`` outside the hours, ``past`` where the open day is over, ``closed``,
        ``new``), ``last`` (price, quantity, way, at) or None, ``volume`` of the open or latest day, ``auctions`` that are open.
    """
    last = exchange.rows.query(_TRADE + _NEWEST + " LIMIT 1", hall.name)
    return {
        **told,
        "unit": _unit(exchange, hall.book),
        "money_unit": _unit(exchange, hall.money),
        "state": _state(hall, now),
        "last": _tell_last(last[0]) if last else None,
        "volume": _sum_day(exchange, hall),
        "open_auctions": sum(one.clearing is None for one in hall.auctions.values()),
    }


def _unit(exchange: Exchange, book: str) -> str:
    found = exchange.rows.query("SELECT unit FROM ledger_book WHERE name = ?", book)
    return str(found[0][0]) if found else ""


def _state(hall: Hall, now: int) -> str:
    if not hall.day:
        return "closed" if hall.last else "new"
    if hall.day < day_of(hall.terms, now):
        return "past"
    return "open" if hall.terms.is_open(now) else "pause"


def _tell_last(row: Row) -> Document:
    return {"price": row[8], "quantity": row[7], "way": row[4], "at": tell_instant(row[2]).isoformat()}


def _sum_day(exchange: Exchange, hall: Hall) -> Document:
    """Trades of the open or latest day; all zero and prices None where nothing was traded."""
    found = exchange.rows.query(
        f"SELECT {split_sum('quantity')}, {split_sum('amount')}, count(*), min(price), max(price)"  # noqa: S608 - our own
        " FROM market_trade WHERE session = ?",
        f"{hall.name}/day/{hall.last}",
    )[0]
    return {
        "day": hall.last or None, "trades": int(found[4]), "quantity": join_sum(*found[:2]), "amount": join_sum(*found[2:4]),
        "low": found[5], "high": found[6],
    }  # fmt: skip


def read_trades(
    exchange: Exchange, market: str, *, before: int = 0, limit: int = 50, due: bool = False
) -> tuple[list[Document], int]:
    """Trades of a market, the newest first; those that one request made come together.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    market : str
        Its id.
    before : int, optional
        Only what notes before this one made; 0 for the newest.
    limit : int, optional
        About how many.
    due : bool, optional
        Only those that are not delivered.

    Returns
    -------
    (list of dict, int)
        The trades, and ``before`` of those that follow; 0 where there are none.
    """
    text = _TRADE + (" AND d.state = 'due'" if due else "") + " AND (? = 0 OR t.seq < ?)"
    found = exchange.rows.query(text + _NEWEST + " LIMIT ?", market, before, before, limit + 1)
    if len(found) <= limit:
        return [_tell_trade(row) for row in found], 0
    last = found[-1][1]
    whole = [row for row in found if row[1] != last]
    if not whole:  # one request made more trades than fit
        whole = exchange.rows.query(_TRADE + " AND t.seq = ?" + _NEWEST, market, last)
    return [_tell_trade(row) for row in whole], int(whole[-1][1])


def _tell_trade(row: Row) -> Document:
    told = dict(zip(_NAMES, row, strict=True))
    return {**told, "at": tell_instant(row[2]).isoformat()}


def hide_parties(trades: Sequence[Document], sees: Sees) -> list[Document]:
    """The same trades without the names that whoever asks is not told.

    Parameters
    ----------
    trades : sequence of dict
        From `read_trades`.
    sees : callable
        Whether they are told what a member does.

    Returns
    -------
    list of dict
        ``buyer`` and ``seller`` are None where neither side is theirs.
    """
    return [one if sees(one["buyer"]) or sees(one["seller"]) else {**one, "buyer": None, "seller": None} for one in trades]


def list_depth(hall: Hall, side: str, most: int) -> tuple[list[Document], int]:
    """Quantities by price with their sums from the best price on.

    Parameters
    ----------
    hall : Hall
        The market.
    side : {"buy", "sell"}
        Which side.
    most : int
        Prices that are listed.

    Returns
    -------
    (list of dict, int)
        Price, quantity, total; the best first; and how many prices there are besides.
    """
    total, rows = 0, []
    depth = hall.orders.depth(side)
    for price, quantity in depth[:most]:
        total += quantity
        rows.append({"price": price, "quantity": quantity, "total": total})
    return rows, max(len(depth) - most, 0)


def list_offers(hall: Hall, sees: Sees) -> list[Document]:
    """Offers that stand: those to anybody, and those that whoever asks made or was made.

    Parameters
    ----------
    hall : Hall
        The market.
    sees : callable
        Whether they are told what a member does.

    Returns
    -------
    list of dict
        In the order they came; ``member`` is told for offers that somebody takes.
    """
    return [
        {"offer": one.id, "member": one.member, "side": one.side, "quantity": one.quantity, "price": one.price, "to": one.to}
        for one in hall.offers.values()
        if not one.to or sees(one.to) or sees(one.member)
    ]


def list_things(hall: Hall, sees: Sees, unseals: Sees) -> list[Document]:
    """Requests of the open sessions that are not over and that whoever asks is told of.

    Parameters
    ----------
    hall : Hall
        The market.
    sees, unseals : callable
        Whether they are told what a member does, and what it bids.

    Returns
    -------
    list of dict
        Id, what it is, member, side, quantity, what is left, price, what is held, state.
    """
    return [
        _tell_thing(hall, one)
        for one in hall.things.values()
        if one.state != "over" and (unseals if isinstance(one.asked, Bid) else sees)(one.member.name)
    ]


def _tell_thing(hall: Hall, thing: Thing) -> Document:
    asked = thing.asked
    offer = hall.things[asked.offer].asked if isinstance(asked, Take) and asked.offer in hall.things else asked
    sells = isinstance(asked, OpenAuction) or getattr(asked, "side", "buy") == "sell"
    return {
        "id": asked.id, "what": type(asked).__name__.lower(), "member": thing.member.name, "state": thing.state,
        "side": "sell" if sells else "buy", "quantity": getattr(offer, "quantity", None),
        "left": hall.orders.left(asked.id) if isinstance(asked, Order) else None,
        "price": asked.reserve if isinstance(asked, OpenAuction) else getattr(offer, "price", None),
        "auction": getattr(asked, "auction", ""), "held": thing.need.quantity, "of": thing.need.account,
    }  # fmt: skip


def sum_settlement(exchange: Exchange, hall: Hall) -> Document:
    """What is set aside for orders and offers, what was delivered, and what the ledger refused to deliver.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    hall : Hall
        The market.

    Returns
    -------
    dict
        ``held`` (units and money for orders and offers, units in auctions; bids are sealed and not counted), ``done``,
        ``due`` and ``back``, what was given back (trades, quantity, amount).
    """
    held = {"units": 0, "money": 0, "auctions": 0}
    for thing in hall.things.values():
        asked = thing.asked
        if thing.state == "over":
            continue
        if isinstance(asked, OpenAuction):
            held["auctions"] += asked.quantity
        elif isinstance(asked, Order | Offer):
            left = (hall.orders.left(asked.id) or asked.quantity) if isinstance(asked, Order) else asked.quantity
            held["units" if asked.side == "sell" else "money"] += (
                left if asked.side == "sell" else hall.terms.amount(left, asked.price)
            )
    found = exchange.rows.query(
        f"SELECT d.state, count(*), {split_sum('t.quantity')}, {split_sum('t.amount')} FROM market_trade t"  # noqa: S608 - our own
        " JOIN market_due d ON d.id = 'market/trade/' || t.id WHERE t.market = ? GROUP BY d.state",
        hall.name,
    )
    sums = {row[0]: {"trades": int(row[1]), "quantity": join_sum(*row[2:4]), "amount": join_sum(*row[4:])} for row in found}
    none = {"trades": 0, "quantity": 0, "amount": 0}
    return {"held": held, **{state: sums.get(state, none) for state in ("done", "due", "back")}}


def asked_document(order: MarketOrder) -> Document:
    """A request as JSON-able values.

    Parameters
    ----------
    order : MarketOrder
        The request.

    Returns
    -------
    dict
        Its fields, state and number; ``code``, ``says`` and ``remedy`` where it was refused.
    """
    told: Document = {
        "id": order.id, "verb": order.verb, "state": order.state, "event": order.event, "who": order.who,
        "second_person": order.pair, "decided_by": order.decided_by or None, "again": order.again,
        "request": {name: value for name, value in order.asked._asdict().items() if name != "id"},
    }  # fmt: skip
    reason = order.reason
    if order.state == "refused" and reason is not None:
        said = {"says": reason.says, "remedy": reason.remedy}
        told |= {"code": order.code, "about": order.about, **{key: {"zh": one.zh, "en": one.en} for key, one in said.items()}}
    return told


def auction_document(found: AuctionRecord, sees: Sees) -> Document:
    """An auction as JSON-able values.

    Parameters
    ----------
    found : AuctionRecord
        From ``read_auction``.
    sees : callable
        Whether whoever asks is told what a member does.

    Returns
    -------
    dict
        Bids only after the close; of bids that got nothing the member is told to its own people only.
    """
    told = found._asdict()
    told["state"] = "open" if found.closed_at is None else "closed"
    for name in ("opened_at", "closed_at"):
        told[name] = tell_instant(told[name]).isoformat() if told[name] is not None else None
    told["bids"] = [{**one._asdict(), "member": one.member if one.got or sees(one.member) else None} for one in found.bids]
    return told


def list_curve(found: AuctionRecord) -> list[tuple[int, int]]:
    """The demand that counted: price and quantity asked at it or above, from the highest price down.

    Parameters
    ----------
    found : AuctionRecord
        A closed auction.

    Returns
    -------
    list of (price, quantity)
        One row per price; quantities never fall. [fen per price unit, minimal units]
    """
    ranked = sorted((one for one in found.bids if one.counted), key=lambda one: -one.price)
    rows: list[tuple[int, int]] = []
    total = 0
    for price, bids in groupby(ranked, key=lambda one: one.price):
        total += sum(one.counted for one in bids)
        rows.append((price, total))
    return rows
