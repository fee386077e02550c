"""Whether the fields of a request are what they should be, before any rule is asked.

Invariant: what passes has the types of its class, ids of 1 to 128 printable characters, and whole positive quantities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, get_type_hints

from dafeng.ledger.definitions import kinds
from dafeng.ledger.requests import PLAIN, VERBS, Request, Span, Transfer, is_whole

LONGEST = 128
"""Characters of an id or name."""
LONGEST_TEXT = 1000
"""Characters of a reason."""
MOST_SCALE = 18
"""Decimal places of a book; a whole unit is then still within the bounds of a quantity."""
NAMES = frozenset({"id", "name", "account", "book", "giver", "taker", "kind", "type", "hold", "pending", "transfer", "state"})
_TRANSFER = (str, str, str, str, int, str)


def is_plain(request: Transfer) -> bool:
    """Whether a transfer has only its six leading fields, and these are as they should be.

    Parameters
    ----------
    request : Transfer
        The transfer.

    Returns
    -------
    bool
        True for nearly all; if not, `find_flaw` says more.
    """
    name, _, giver, taker, quantity, effective = head = request[:6]
    return (
        tuple(map(type, head)) == _TRANSFER
        and request[6:] == PLAIN
        and 0 < len(name) <= LONGEST
        and 0 < len(giver) <= LONGEST
        and 0 < len(taker) <= LONGEST
        and len(effective) == 10
        and (name + giver + taker + effective).isprintable()
        and name == name.strip()
        and giver == giver.strip()
        and taker == taker.strip()
        and is_whole(quantity)
    )


def find_flaw(request: Request) -> str:
    """What is wrong with the fields of a request.

    Parameters
    ----------
    request : Request
        Any request, perhaps from outside.

    Returns
    -------
    str
        Name of the field and its value; empty if all are sound.
    """
    if type(request) is Transfer and is_plain(request) and request.kind in kinds():
        return ""
    checks = _checks().get(type(request))
    if checks is None:
        return "verb"
    for name, value in zip(request._fields, request, strict=True):
        if not checks[name](value):
            return f"{name} {str(value)[:60]!r}"
    return ""


@lru_cache(maxsize=1)
def _checks() -> Mapping[type[Any], Mapping[str, Callable[[Any], bool]]]:
    return {kind: {name: _check(name, hint, kind) for name, hint in get_type_hints(kind).items()} for kind in VERBS.values()}


def _check(name: str, hint: Any, kind: type[Any]) -> Callable[[Any], bool]:
    optional = name in kind._field_defaults
    if name == "spans":
        return lambda value: (
            isinstance(value, tuple) and all(type(one) is Span and is_whole(one.first) and is_whole(one.last) for one in value)
        )
    if hint is str and name in NAMES:
        return lambda value: (optional and value == "") or _is_name(value)
    if hint is str:
        return lambda value: type(value) is str and len(value) <= LONGEST_TEXT and value.isprintable()
    if hint is bool:
        return lambda value: type(value) is bool
    if hint == tuple[str, ...]:
        return lambda value: isinstance(value, tuple) and all(_is_name(one) for one in value)
    if name == "scale":
        return lambda value: is_whole(value, least=0) and value <= MOST_SCALE
    least = {"quantity": 1, "until": 1}.get(name, 0)
    empty = hint == int | None
    return lambda value: (empty and value is None) or is_whole(value, least=least)


def _is_name(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= LONGEST and value.isprintable() and value == value.strip()
