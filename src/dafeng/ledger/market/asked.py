"""What may be asked of a market, and its one spelling as text.

Invariant: a request and its spelling are the same thing; quantities are whole minimal units, prices whole fen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, get_type_hints

from dafeng.ledger.requests import is_whole

LONGEST = 64
"""Characters of an id or name."""


class OpenMarket(NamedTuple):
    """Open a market for a book of rights against a book of money, under the rules of a name."""

    id: str
    market: str
    book: str
    money: str
    terms: str


class Register(NamedTuple):
    """Make a holder a member of a market, with its account of rights and its account of money."""

    id: str
    market: str
    member: str
    account: str
    purse: str


class OpenDay(NamedTuple):
    """Open today's session; without ``reference`` the mean price of the last one is taken."""

    id: str
    market: str
    reference: int | None = None


class CloseDay(NamedTuple):
    """Close the open session: what rests in it is over."""

    id: str
    market: str


class Order(NamedTuple):
    """Buy or sell at a price or better, good for the day."""

    id: str
    market: str
    member: str
    side: str
    quantity: int
    price: int


class Offer(NamedTuple):
    """Offer to buy or sell a quantity at a price, to one member or (without ``to``) to anybody, good for the day."""

    id: str
    market: str
    member: str
    side: str
    quantity: int
    price: int
    to: str = ""


class Take(NamedTuple):
    """Take an offer, whole."""

    id: str
    market: str
    member: str
    offer: str


class Cancel(NamedTuple):
    """Take back what is left of an order or offer."""

    id: str
    market: str
    target: str


class OpenAuction(NamedTuple):
    """Put units up for sealed bids; ``reserve`` is the lowest price, ``most`` the most that one bidder may get."""

    id: str
    market: str
    auction: str
    member: str
    quantity: int
    reserve: int = 0
    most: int | None = None


class Bid(NamedTuple):
    """Bid in an auction; nobody is shown it before the close."""

    id: str
    market: str
    auction: str
    member: str
    quantity: int
    price: int


class CloseAuction(NamedTuple):
    """Close an auction and award."""

    id: str
    market: str
    auction: str


class Accept(NamedTuple):
    """The exchange's own note that what an order, offer, bid, take or auction needs is held."""

    id: str
    market: str
    target: str


Backed = Order | Offer | Take | OpenAuction | Bid
"""What needs units or money held before it counts."""
Asked = OpenMarket | Register | OpenDay | CloseDay | Cancel | CloseAuction | Accept | Backed
VERBS: Mapping[str, type[Any]] = {
    "open_market": OpenMarket,
    "register": Register,
    "open_day": OpenDay,
    "close_day": CloseDay,
    "order": Order,
    "offer": Offer,
    "take": Take,
    "cancel": Cancel,
    "open_auction": OpenAuction,
    "bid": Bid,
    "close_auction": CloseAuction,
    "accept": Accept,
}
"""Kinds of requests by name."""
_NAMES: Mapping[type[Any], str] = {kind: name for name, kind in VERBS.items()}
_HINTS: Mapping[type[Any], Mapping[str, Any]] = {kind: get_type_hints(kind) for kind in VERBS.values()}


def spell(asked: Asked) -> str:
    """The one spelling of a request, without its id.

    Parameters
    ----------
    asked : Asked
        Any request.

    Returns
    -------
    str
        A JSON array with the verb first.
    """
    return json.dumps([_NAMES[type(asked)], *asked[1:]], ensure_ascii=False, separators=(",", ":"))


def read(id: str, text: str) -> Asked:
    """A request from its spelling.

    Parameters
    ----------
    id : str
        Its id.
    text : str
        From `spell`.

    Returns
    -------
    Asked
        The same request.
    """
    verb, *values = json.loads(text)
    made: Asked = VERBS[verb](id, *values)
    return made


def is_sound(asked: Asked) -> bool:
    """Whether the fields of a request are what they should be.

    Parameters
    ----------
    asked : Asked
        A request, perhaps from outside.

    Returns
    -------
    bool
        False for anything else, also for the exchange's own notes.
    """
    return find_unsound(asked) is None


def find_unsound(asked: Asked) -> str | None:
    """The first field of a request that is not what it should be.

    Parameters
    ----------
    asked : Asked
        A request, perhaps from outside.

    Returns
    -------
    str or None
        Its name; empty where it is no request at all, ``None`` where all fields are sound.
    """
    hints = _HINTS.get(type(asked))
    if hints is None or type(asked) is Accept:
        return ""
    wrong = (name for name, value in zip(asked._fields, asked, strict=True) if not _fits(name, hints[name], value))
    return next(wrong, None)


def _fits(name: str, hint: Any, value: Any) -> bool:
    if name == "side":
        return value in ("buy", "sell")
    if hint is str:
        named = (
            type(value) is str and len(value) <= LONGEST and value.isprintable() and value == value.strip() and "/" not in value
        )
        return named and (bool(value) or name == "to")
    if hint is int:
        return is_whole(value, least=0 if name == "reserve" else 1)
    return value is None or is_whole(value)
