"""What is told of an auction after its close: its bids, what each got and why; read from the notes, cleared again.

Invariant: before the close nothing of a bid is read; afterwards the same notes clear to the same awards, whoever reads them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dafeng.ledger.market.asked import Accept, Bid, CloseAuction, read, spell
from dafeng.ledger.market.auction import Clearing, SealedBid, clear, count_bids
from dafeng.ledger.market.exchange import ACCEPT, Exchange
from dafeng.ledger.market.hall import Auction, Hall
from dafeng.store.ledger_rows import Row, select
from dafeng.store.ledger_tables import MARKET_EVENT


class JudgedBid(NamedTuple):
    """A bid after the close: ``counted`` of it took part, ``got`` was awarded, ``why`` says which rule decided."""

    id: str
    member: str
    quantity: int
    price: int
    counted: int
    got: int
    why: str


class AuctionRecord(NamedTuple):
    """An auction; instants in microseconds, quantities in minimal units, prices in fen.

    ``closed_at`` is None and ``bids`` is empty while it is open. ``rest`` units were left for the ``wanted`` ones at the
    margin, the price at which the offer ran out.
    """

    auction: str
    seller: str
    offered: int
    reserve: int
    most: int | None
    opened_at: int
    closed_at: int | None
    price: int | None
    sold: int
    bids: tuple[JudgedBid, ...]
    wanted: int
    rest: int


def read_auction(exchange: Exchange, hall: Hall, name: str) -> AuctionRecord | None:
    """An auction with its bids, once it is closed.

    Parameters
    ----------
    exchange : Exchange
        The exchange.
    hall : Hall
        The market.
    name : str
        Id of the auction.

    Returns
    -------
    AuctionRecord or None
        ``None`` if there is none.
    """
    auction = hall.auctions.get(name)
    if auction is None:
        return None
    asked = auction.asked
    opened = exchange.rows.find(MARKET_EVENT, "id", [asked.id])
    shown = AuctionRecord(
        name, asked.member, asked.quantity, asked.reserve, asked.most, opened[0][4] if opened else 0, None, None, 0, (), 0, 0
    )
    if auction.clearing is None:
        return shown
    members, bids = _read_bids(exchange, hall, name)
    return _judge(hall, auction, shown._replace(closed_at=_read_close(exchange, hall, name)), members, bids)


def _read_close(exchange: Exchange, hall: Hall, name: str) -> int | None:
    content = spell(CloseAuction("", hall.name, name))
    found = exchange.rows.query(f"{select(MARKET_EVENT)} WHERE session = '' AND market = ? AND content = ?", hall.name, content)
    return found[0][4] if found else None


def _read_bids(exchange: Exchange, hall: Hall, name: str) -> tuple[Mapping[str, str], list[SealedBid]]:
    """Member by bid, and the bids whose money was held, in the order in which it was."""
    rows: list[Row] = sorted(exchange.rows.find(MARKET_EVENT, "session", [f"{hall.name}/auction/{name}"]))
    asked = {row[1]: read(row[1], row[5]) for row in rows if json.loads(row[5])[0] in ("bid", "accept")}
    bids = {key: one for key, one in asked.items() if isinstance(one, Bid)}
    held = [one.target for one in asked.values() if isinstance(one, Accept) and one.id.endswith(ACCEPT) and one.target in bids]
    sealed = [
        SealedBid(key, hall.members[bids[key].member].holder, bids[key].quantity, bids[key].price, at)
        for at, key in enumerate(held)
    ]
    return {key: one.member for key, one in bids.items()}, sealed


def _judge(
    hall: Hall, auction: Auction, shown: AuctionRecord, members: Mapping[str, str], bids: Sequence[SealedBid]
) -> AuctionRecord:
    asked, terms = auction.asked, hall.terms
    done = clear(bids, asked.quantity, reserve=asked.reserve, lot=terms.lot, most=asked.most, tie=terms.tie)
    counted = {one.id: one.quantity for one in count_bids(bids, reserve=asked.reserve, lot=terms.lot, most=asked.most)}
    got = {one.bid: one.quantity for one in done.awards}
    margin = [one for one in bids if one.price == done.price and one.id in counted]
    above = sum(got.get(one.id, 0) for one in bids if done.price is not None and one.price > done.price)
    wanted = sum(counted[one.id] for one in margin)
    ranked = sorted(bids, key=lambda one: (-one.price, one.at))
    judged = tuple(
        JudgedBid(
            one.id, members[one.id], one.quantity, one.price, counted.get(one.id, 0), got.get(one.id, 0),
            _why(one, asked.reserve, counted.get(one.id, 0), got.get(one.id, 0), done),
        )
        for one in ranked
    )  # fmt: skip
    sold = sum(got.values())
    return shown._replace(price=done.price, sold=sold, bids=judged, wanted=wanted, rest=min(asked.quantity - above, wanted))


def _why(bid: SealedBid, reserve: int, counted: int, got: int, done: Clearing) -> str:
    if bid.price < reserve:
        return "below_reserve"
    if not counted:
        return "beyond_most"
    if done.price is not None and bid.price < done.price:
        return "price_low"
    if got < counted:
        return "shared"
    return "cut" if counted < bid.quantity else "served"
