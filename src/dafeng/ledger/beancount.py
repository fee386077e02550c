"""A ledger as beancount text, so that another program adds it up again.

Invariant: two accounts never get one name; every movement is one transaction, and every balance is asserted without tolerance.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dafeng.ledger.definitions import account_types
from dafeng.ledger.requests import OpenAccount, OpenBook, decode
from dafeng.store.ledger_rows import LedgerRows

_EVENTS = (
    "SELECT e.seq, e.id, e.known_at, e.effective, e.kind, e.quantity, e.content, e.hash, g.no, g.name, g.type, t.no, t.name,"
    " t.type, b.no, b.instrument, b.scale FROM ledger_event e LEFT JOIN ledger_account g ON g.no = e.giver"
    " LEFT JOIN ledger_account t ON t.no = e.taker LEFT JOIN ledger_book b ON b.no = g.book"
    " WHERE e.quantity > 0 OR e.kind = 'open_account' OR e.kind = 'open_book' ORDER BY e.seq"
)
_BALANCES = (
    "SELECT a.no, a.name, a.type, a.balance, b.no, b.instrument, b.scale FROM ledger_account a"
    " JOIN ledger_book b ON b.no = a.book ORDER BY a.no"
)


def name_commodity(instrument: str, number: int) -> str:
    """Beancount's name of what a book holds.

    Parameters
    ----------
    instrument : str
        Instrument of the book.
    number : int
        Number of the book.

    Returns
    -------
    str
        At most 24 capitals, digits and hyphens; no other book has it.
    """
    return f"{re.sub('[^A-Z0-9]', '', instrument.upper()).lstrip('0123456789')[:12] or 'X'}-{number}"


def name_account(name: str, type: str, number: int, commodity: str) -> str:
    """Beancount's name of an account.

    Parameters
    ----------
    name, type : str
        Its name and type here.
    number : int
        Its number.
    commodity : str
        From `name_commodity`.

    Returns
    -------
    str
        ``Equity`` for what issues or is elsewhere, ``Expenses`` for what never gives, ``Assets`` for all others; the number
        tells accounts apart whose names look alike.
    """
    sort = account_types()[type]
    top = "Equity" if sort.floor != "zero" else "Assets" if sort.gives else "Expenses"
    plain = re.sub("[^A-Za-z0-9]+", "-", name)[:40].strip("-")
    return f"{top}:{commodity}:N{number}{f'-{plain}' if plain else ''}"


def spell_beancount(rows: LedgerRows, *, without: Collection[str] = ()) -> Iterator[str]:
    """The ledger as beancount text, dated by the day of booking in UTC.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    without : collection of str, optional
        Ids of books that are left out whole; the text names them.

    Yields
    ------
    str
        A directive at a time; at the end one balance assertion per account, dated the day after the last event.
    """
    yield 'option "title" "dafeng ledger"\n\n'
    if without:
        yield f"; left out: {', '.join(sorted(without))}\n\n"
    books: dict[str, tuple[int, str]] = {}
    numbers: dict[int, str] = {}
    accounts, day = 0, None
    with rows.snapshot():
        for row in rows.scan(_EVENTS):
            day = _day(row[2])
            if row[4] == "open_book":
                request = decode(row[1], row[6])
                if isinstance(request, OpenBook):
                    books[request.book] = (len(books) + 1, request.instrument)
                    numbers[len(books)] = request.book
                if isinstance(request, OpenBook) and request.book not in without:
                    yield _commodity(day, request, name_commodity(request.instrument, len(books)))
            elif row[4] == "open_account":
                request = decode(row[1], row[6])
                if isinstance(request, OpenAccount):
                    accounts += 1  # accounts are numbered in the order they were opened, as books are
                if isinstance(request, OpenAccount) and request.book not in without:
                    number, instrument = books[request.book]
                    yield _open(day, request, accounts, name_commodity(instrument, number))
            elif numbers[row[14]] not in without:
                yield _transaction(day, row)
        if day is not None:
            yield from _assertions(rows, day + timedelta(days=1), [no for no, name in numbers.items() if name in without])


def _commodity(day: date, request: OpenBook, commodity: str) -> str:
    return f"{day} commodity {commodity}\n  book: {_quote(request.book)}\n  unit: {_quote(request.unit)}\n\n"


def _open(day: date, request: OpenAccount, number: int, commodity: str) -> str:
    name = name_account(request.account, request.type, number, commodity)
    told = f"  account: {_quote(request.account)}\n  holder: {_quote(request.holders[0])}\n"
    return f"{day} open {name} {commodity}\n{told}\n"


def _transaction(day: date, row: tuple[Any, ...]) -> str:
    seq, name, known_at, effective, kind, quantity, _, digest, giver, giver_name, giver_type = row[:11]
    taker, taker_name, taker_type, book, instrument, scale = row[11:]
    commodity = name_commodity(instrument, book)
    units = _units(quantity, scale)
    return (
        f"{day} * {_quote(kind)}\n  id: {_quote(name)}\n  seq: {seq}\n  known: {known_at}\n"
        f"  effective: {_quote(date.fromordinal(effective).isoformat())}\n  hash: {_quote(bytes(digest).hex())}\n"
        f"  {name_account(giver_name, giver_type, giver, commodity)}  -{units} {commodity}\n"
        f"  {name_account(taker_name, taker_type, taker, commodity)}  {units} {commodity}\n\n"
    )


def _assertions(rows: LedgerRows, day: date, without: Collection[int]) -> Iterator[str]:
    for number, name, sort, balance, book, instrument, scale in rows.scan(_BALANCES):
        if book in without:
            continue
        commodity = name_commodity(instrument, book)
        yield f"{day} balance {name_account(name, sort, number, commodity)}  {_units(balance, scale)} ~ 0 {commodity}\n"


def _units(quantity: int, scale: int) -> str:
    """Whole minimal units as a decimal number of units, without any rounding."""
    if not scale:
        return str(quantity)
    digits = str(abs(quantity)).rjust(scale + 1, "0")
    return f"{'-' if quantity < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _day(known_at: int) -> date:
    return datetime.fromtimestamp(known_at // 1_000_000, UTC).date()
