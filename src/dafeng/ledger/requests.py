"""What may be asked of the ledger, and its one spelling as text.

Invariant: a request and its spelling are the same thing; quantities are whole minimal units, days are ISO dates, instants are
microseconds since 1970 in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Span(NamedTuple):
    """Serial numbers from ``first`` to ``last``, both within."""

    first: int
    last: int


class OpenBook(NamedTuple):
    """Open a book: one instrument in whole units of ``unit`` / 10 ** ``scale``; with ``serials`` each unit has a number."""

    id: str
    book: str
    instrument: str
    unit: str
    scale: int = 0
    serials: bool = False
    period: str = ""
    project: bool = False


class OpenAccount(NamedTuple):
    """Open an account of a book; ``limit`` is the most an issuer may have issued and not taken back (none without)."""

    id: str
    account: str
    book: str
    type: str
    holders: tuple[str, ...]
    name: str = ""
    primary: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    installations: tuple[str, ...] = ()
    period: str = ""
    registry: str = ""
    limit: int | None = None


class SetState(NamedTuple):
    """Block, open again or close an account."""

    id: str
    account: str
    state: str
    reason: str


class SetLimit(NamedTuple):
    """Change the limit of an issuer."""

    id: str
    account: str
    limit: int
    reason: str


class SetBook(NamedTuple):
    """Close or open a book (as it is without ``state``), or lock all effective days before ``before``."""

    id: str
    book: str
    state: str = ""
    before: str = ""
    reason: str = ""


class Transfer(NamedTuple):
    """Move units from ``giver`` to ``taker``; with ``until`` they are only set aside until `Post` or that instant.

    ``spans`` name the units, ``vintage`` narrows them; ``hold`` takes them out of a freeze or pledge; ``project``, ``vintage``
    and ``restricted`` mark the units that an issue makes.
    """

    id: str
    kind: str
    giver: str
    taker: str
    quantity: int
    effective: str
    reason: str = ""
    spans: tuple[Span, ...] = ()
    vintage: str = ""
    project: str = ""
    restricted: bool = False
    beneficiary: str = ""
    hold: str = ""
    until: int | None = None


class Post(NamedTuple):
    """Book a pending transfer, whole or in part; the rest is free again."""

    id: str
    pending: str
    quantity: int | None = None


class Void(NamedTuple):
    """Give up a pending transfer."""

    id: str
    pending: str


class Hold(NamedTuple):
    """Freeze or pledge units of an account; ``waits`` lets it queue for what others hold, by rank and then by time."""

    id: str
    account: str
    kind: str
    quantity: int
    reason: str
    rank: int = 0
    waits: bool = False
    spans: tuple[Span, ...] = ()
    until: int | None = None


class Release(NamedTuple):
    """Free units of a freeze or pledge, all or some."""

    id: str
    hold: str
    quantity: int | None = None


class Reverse(NamedTuple):
    """Book the opposite of a transfer; ``alone`` where it was booked together with others that stay as they are."""

    id: str
    transfer: str
    effective: str
    reason: str
    alone: bool = False


Request = OpenBook | OpenAccount | SetState | SetLimit | SetBook | Transfer | Post | Void | Hold | Release | Reverse
VERBS: Mapping[str, type[Any]] = {
    "open_book": OpenBook,
    "open_account": OpenAccount,
    "set_state": SetState,
    "set_limit": SetLimit,
    "set_book": SetBook,
    "transfer": Transfer,
    "post": Post,
    "void": Void,
    "hold": Hold,
    "release": Release,
    "reverse": Reverse,
}
"""Kinds of requests by name."""
_NAMES: Mapping[type[Any], str] = {kind: name for name, kind in VERBS.items()}
PLAIN = Transfer("", "", "", "", 0, "")[6:]
"""What most transfers leave as it is."""
_quote = json.encoder.encode_basestring
_SPELL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encode(request: Request) -> str:
    """The one spelling of a request, with its verb first and without its id.

    Parameters
    ----------
    request : Request
        Any request.

    Returns
    -------
    str
        A JSON array; equal requests have equal spellings.
    """
    if type(request) is Transfer and request[6:] == PLAIN:  # most are: five values, spelt as below
        return (
            f'["transfer",{_quote(request.kind)},{_quote(request.giver)},{_quote(request.taker)},'
            f"{request.quantity},{_quote(request.effective)}]"
        )
    values = list(request[1:])
    default = type(request)._field_defaults
    names = request._fields
    while values and names[len(values)] in default and values[-1] == default[names[len(values)]]:
        values.pop()
    return _SPELL([_NAMES[type(request)], *values])


def decode(id: str, text: str) -> Request:
    """A request from its spelling.

    Parameters
    ----------
    id : str
        Id of the request.
    text : str
        From `encode`.

    Returns
    -------
    Request
        The same request.
    """
    verb, *values = json.loads(text)
    kind = VERBS[verb]
    return restore(kind, dict(zip(kind._fields, (id, *values), strict=False)))


def restore(kind: type[Any], fields: Mapping[str, Any]) -> Request:
    """A request from its fields, lists made tuples.

    Parameters
    ----------
    kind : type
        One of `VERBS`.
    fields : mapping
        Field → value.

    Returns
    -------
    Request
        The request; types are looked at by `find_flaw`.
    """
    made = {name: _restored(name, value) for name, value in fields.items()}
    request: Request = kind(**made)
    return request


def _restored(name: str, value: Any) -> Any:
    if name == "spans" and isinstance(value, list | tuple):
        return tuple(Span(*one) if isinstance(one, list | tuple) and len(one) == 2 else one for one in value)
    return tuple(value) if isinstance(value, list) else value


MOST = 2**62
"""Largest quantity, limit or serial number; sums of two stay within 64 bits."""


def is_whole(value: Any, *, least: int = 1) -> bool:
    """Whether a value is a whole number that the ledger can hold.

    Parameters
    ----------
    value : object
        Any value.
    least : int, optional
        Smallest number allowed.

    Returns
    -------
    bool
        False for booleans, fractions and what is out of bounds.
    """
    return type(value) is int and least <= value <= MOST


Groups = Sequence[Sequence[Request]]
"""What is handed in at once: each group is booked whole or not at all."""
