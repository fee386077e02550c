"""What people type about rights, made requests: quantities in units of the book, serial numbers as ``10-59``.

Invariant: nothing typed is guessed at; what does not read is refused with what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.core.typed import read_typed_day
from dafeng.ledger.requests import Hold, Post, Release, Request, Reverse, SetBook, SetLimit, SetState, Span, Transfer, Void
from dafeng.work.city_days import city_zone
from dafeng.work.right_books import read_quantity
from dafeng.work.right_rows import read_accounts
from dafeng.work.rights import Rights

Typed = Mapping[str, str]
"""Fields of a form."""
EARLIEST = date(2000, 1, 1)
"""First day on which a freeze or pending transfer may end; every city's books are younger."""


def read_request(rights: Rights, act: str, typed: Typed) -> Request:
    """Request that a form asks for.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    act : str
        One of `ACTS`.
    typed : mapping of str to str
        Fields of the form; ``id`` is the asker's.

    Returns
    -------
    Request
        The request.

    Raises
    ------
    SettingError
        If a field does not read.
    LookupFailure
        If the account does not exist.
    """
    if act not in ACTS:
        raise _bad("act", act, Label("、".join(ACTS), ", ".join(ACTS)))
    return ACTS[act](rights, typed)


def read_spans(text: str) -> tuple[Span, ...]:
    """Serial numbers as they are typed.

    Parameters
    ----------
    text : str
        Such as ``10-59, 80``; empty for any.

    Returns
    -------
    tuple of Span
        First and last number of each.

    Raises
    ------
    SettingError
        If it does not read.
    """
    spans = []
    for part in re.split(r"[,，;；\s]+", text.strip()):
        told = re.fullmatch(r"([0-9]{1,18})(?:[-–—]([0-9]{1,18}))?", part)
        if part and told is None:
            raise _bad("serials", text, Label("如 10-59, 80-89", "such as 10-59, 80-89"))
        if told is not None:
            spans.append(Span(int(told[1]), int(told[2] or told[1])))
    return tuple(spans)


def read_until(rights: Rights, text: str) -> int | None:
    """Instant at which a day begins in the city.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    text : str
        ISO date; empty for none.

    Returns
    -------
    int or None
        Instant; ``None`` where no day is typed. [µs]

    Raises
    ------
    SettingError
        If it is no day, or lies before the century.
    """
    if not text.strip():
        return None
    day = read_typed_day(text, where="until", first=EARLIEST)
    begins = datetime(day.year, day.month, day.day, tzinfo=city_zone(rights.city))
    return int(begins.timestamp()) * 1_000_000


def find_sink(rights: Rights, account: str, kind: str) -> str:
    """The city's account of a type in the book of an account.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    account : str
        Id of the account.
    kind : str
        Type that is looked for.

    Returns
    -------
    str
        Id of the first one.

    Raises
    ------
    LookupFailure
        If the book has none.
    """
    book = rights.find_account(account)[1]
    with rights.reading() as rows:
        found = read_accounts(rows, book=book.no, kind=kind, limit=1)
    if not found:
        raise LookupFailure(
            Label(f"账簿“{book.name}”没有“{kind}”账户", f"book '{book.name}' has no account of type '{kind}'"),
            where=book.name,
            expected=Label("该类账户", "an account of that type"),
            remedy=Label("先开立该类账户", "open one first"),
        )
    return found[0].name


def _transfer(rights: Rights, typed: Typed) -> Transfer:
    moved = _moved(rights, typed, typed.get("kind") or "transfer", typed.get("taker", "").strip())
    return moved._replace(until=read_until(rights, typed.get("until", "")))


def _retire(rights: Rights, typed: Typed) -> Transfer:
    giver = typed.get("account", "")
    return _moved(rights, typed, "retire", find_sink(rights, giver, "retired"))


def _moved(rights: Rights, typed: Typed, kind: str, taker: str) -> Transfer:
    giver = typed.get("account", "")
    scale = rights.find_account(giver)[1].scale
    return Transfer(
        typed.get("id", ""), kind, giver, taker, read_quantity(typed.get("quantity", ""), scale), _day(typed),
        reason=_text(typed, "reason"), spans=read_spans(typed.get("serials", "")), vintage=_text(typed, "vintage"),
        project=_text(typed, "project"), beneficiary=_text(typed, "beneficiary"),
    )  # fmt: skip


def _hold(rights: Rights, typed: Typed) -> Hold:
    account = typed.get("account", "")
    scale = rights.find_account(account)[1].scale
    rank = typed.get("rank", "") or "0"
    if not re.fullmatch(r"[0-9]{1,4}", rank):
        raise _bad("rank", rank, Label("0 至 9999 的整数", "a whole number from 0 to 9999"))
    return Hold(
        typed.get("id", ""), account, typed.get("kind") or "freeze", read_quantity(typed.get("quantity", ""), scale),
        _text(typed, "reason"), int(rank), bool(typed.get("waits")), read_spans(typed.get("serials", "")),
        read_until(rights, typed.get("until", "")),
    )  # fmt: skip


def _release(rights: Rights, typed: Typed) -> Release:
    quantity = typed.get("quantity", "").strip()
    if not quantity:
        return Release(typed.get("id", ""), typed.get("hold", ""))
    scale = rights.find_account(typed.get("account", ""))[1].scale
    return Release(typed.get("id", ""), typed.get("hold", ""), read_quantity(quantity, scale))


def _reverse(_: Rights, typed: Typed) -> Reverse:
    return Reverse(typed.get("id", ""), typed.get("transfer", ""), _day(typed), _text(typed, "reason"))


def _set_state(_: Rights, typed: Typed) -> SetState:
    return SetState(typed.get("id", ""), typed.get("account", ""), typed.get("state", ""), _text(typed, "reason"))


def _post(rights: Rights, typed: Typed) -> Post:
    quantity = typed.get("quantity", "").strip()
    if not quantity:
        return Post(typed.get("id", ""), typed.get("hold", ""))
    scale = rights.find_account(typed.get("account", ""))[1].scale
    return Post(typed.get("id", ""), typed.get("hold", ""), read_quantity(quantity, scale))


def _void(_: Rights, typed: Typed) -> Void:
    return Void(typed.get("id", ""), typed.get("hold", ""))


def _set_limit(rights: Rights, typed: Typed) -> SetLimit:
    account = typed.get("account", "")
    scale = rights.find_account(account)[1].scale
    return SetLimit(typed.get("id", ""), account, read_quantity(typed.get("limit", ""), scale), _text(typed, "reason"))


def _set_book(rights: Rights, typed: Typed) -> SetBook:
    book, state = rights.find_book(typed.get("book", "")), typed.get("state", "")
    before = _day(typed, "before") if typed.get("before", "").strip() else ""
    if not before and state in ("", book.state):
        raise _bad("state", state, Label("另一种状态，或锁定日", "another state, or a day before which all is locked"))
    return SetBook(typed.get("id", ""), book.name, "" if state == book.state else state, before, _text(typed, "reason"))


ACTS: Mapping[str, Callable[[Rights, Typed], Request]] = MappingProxyType({
    "transfer": _transfer, "retire": _retire, "hold": _hold, "release": _release, "post": _post, "void": _void,
    "reverse": _reverse, "set_state": _set_state, "set_limit": _set_limit, "set_book": _set_book,
})  # fmt: skip
"""What a form may ask for."""


def _day(typed: Typed, field: str = "effective") -> str:
    return read_typed_day(typed.get(field, ""), where=field).isoformat()


def _text(typed: Typed, name: str) -> str:
    return " ".join(typed.get(name, "").split())


def _bad(field: str, text: str, expected: Label) -> SettingError:
    return SettingError(
        Label(f"“{text[:40]}”不能采用", f"'{text[:40]}' cannot be used"),
        where=field,
        expected=expected,
        remedy=Label("改正后重试；没有记账", "correct it and try again; nothing was booked"),
    )
