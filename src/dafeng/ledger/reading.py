"""What stands in a ledger: accounts, holders, claims, events and where a serial number went, page by page.

Invariant: reading changes nothing and waits for no writer; a page holds one state, and the key of its last row leads on.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from dafeng.ledger.claims import expire_claims
from dafeng.ledger.loading import load, read_state
from dafeng.ledger.moments import unknown
from dafeng.ledger.requests import SetState
from dafeng.ledger.state import Account
from dafeng.store.ledger_rows import LedgerRows, open_rows

Item = TypeVar("Item")
Key = TypeVar("Key", str, int)
LIMIT = 100
"""Rows of a page where nothing else is asked for."""


class Page(NamedTuple, Generic[Item, Key]):
    """Some rows, and the key to hand in for the next ones; None where these are the last."""

    items: tuple[Item, ...]
    following: Key | None


class AccountRow(NamedTuple):
    """An account as its last event left it; ``limit`` and ``balance`` in minimal units of its book."""

    name: str
    book: str
    type: str
    holder: str
    title: str
    registry: str
    state: str
    limit: int
    balance: int


class HolderRow(NamedTuple):
    """A holder and how many accounts are in its name."""

    holder: str
    accounts: int


class ClaimRow(NamedTuple):
    """A freeze, pledge or pending transfer: ``asked`` for and ``held`` now; the instant it ends by itself, if any. [µs]"""

    id: str
    kind: str
    asked: int
    held: int
    rank: int
    seq: int
    until: int | None
    waits: bool
    over: bool


class Standing(NamedTuple):
    """An account at an instant: what is set aside, what may leave (None: without bound), and its claims that are not over."""

    account: AccountRow
    held: int
    free: int | None
    claims: tuple[ClaimRow, ...]


class EventRow(NamedTuple):
    """A booked request; ``effective`` is None and the accounts are empty (numbers 0) where nothing moved."""

    seq: int
    id: str
    group: int
    known_at: int
    effective: date | None
    kind: str
    giver: str
    taker: str
    quantity: int
    content: str
    hash: str
    giver_no: int
    taker_no: int


class Passage(NamedTuple):
    """An event that moved a serial number from one account to another."""

    seq: int
    id: str
    known_at: int
    effective: date
    kind: str
    giver: str
    taker: str


class Serial(NamedTuple):
    """A unit with its number: its marks, the account and claim it is in now, and all it went through, oldest first."""

    book: str
    number: int
    vintage: str
    project: str
    restricted: bool
    account: str
    claim: str
    passages: tuple[Passage, ...]


_ACCOUNT = (
    "SELECT a.name, b.name, a.type, a.holder, a.title, a.registry, a.state, a.lim, a.balance"
    " FROM ledger_account a JOIN ledger_book b ON b.no = a.book"
)
_CLAIM = "SELECT id, kind, asked, held, rank, seq, until, waits, ended FROM ledger_claim"
_EVENT = (
    "SELECT e.seq, e.id, e.grp, e.known_at, e.effective, e.kind, g.name, t.name, e.quantity, e.content, e.hash,"
    " e.giver, e.taker"
    " FROM ledger_event e LEFT JOIN ledger_account g ON g.no = e.giver LEFT JOIN ledger_account t ON t.no = e.taker"
)


def open_reading(address: str) -> LedgerRows:
    """Open a ledger for reading only; use it in a ``with`` block.

    Parameters
    ----------
    address : str
        Path of a SQLite file, or ``postgresql://…``.

    Returns
    -------
    LedgerRows
        A connection of its own, which the database keeps from writing.

    Raises
    ------
    StoreError
        If there is no ledger.
    """
    return open_rows(address, reads=True)


def list_accounts(
    rows: LedgerRows, *, book: str = "", holder: str = "", after: str = "", limit: int = LIMIT
) -> Page[AccountRow, str]:
    """Accounts by name.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book, holder : str, optional
        Only of this book or holder.
    after : str, optional
        Key of the page before.
    limit : int, optional
        Most rows of a page.

    Returns
    -------
    Page
        In the order of their names' code points.
    """
    wheres, values = ["a.name > ?"], [after]
    if book:
        wheres.append("a.book = (SELECT no FROM ledger_book WHERE name = ?)")
        values.append(book)
    if holder:
        wheres.append("a.holder = ?")
        values.append(holder)
    text = f"{_ACCOUNT} WHERE {' AND '.join(wheres)} ORDER BY a.name LIMIT ?"
    found = [AccountRow(*row) for row in rows.query(text, *values, limit + 1)]
    return Page(tuple(found[:limit]), found[limit - 1].name if len(found) > limit else None)


def list_holders(rows: LedgerRows, *, after: str = "", limit: int = LIMIT) -> Page[HolderRow, str]:
    """Holders by name.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    after : str, optional
        Key of the page before.
    limit : int, optional
        Most rows of a page.

    Returns
    -------
    Page
        In the order of their names' code points.
    """
    text = "SELECT holder, count(*) FROM ledger_account WHERE holder > ? GROUP BY holder ORDER BY holder LIMIT ?"
    found = [HolderRow(*row) for row in rows.query(text, after, limit + 1)]
    return Page(tuple(found[:limit]), found[limit - 1].holder if len(found) > limit else None)


def read_account(rows: LedgerRows, account: str, *, now: int) -> Standing:
    """An account at an instant, with claims that ended by then ended, though nothing was booked since.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : str
        Its name.
    now : int
        Instant. [µs]

    Returns
    -------
    Standing
        What may leave it, and what keeps the rest.

    Raises
    ------
    LookupFailure
        If there is no such account.
    """
    with rows.snapshot():
        row = AccountRow(*_first(rows, f"{_ACCOUNT} WHERE a.name = ?", account))
        found = _settle(rows, account, now)
    claims = tuple(
        ClaimRow(one.id, one.kind, one.asked, one.left, one.rank, one.seq, one.until, one.waits, one.over)
        for one in found.claims
    )
    return Standing(row, found.held, None if found.type.floor == "free" else found.free(), claims)


def list_claims(rows: LedgerRows, account: str, *, after: int = 0, limit: int = LIMIT) -> Page[ClaimRow, int]:
    """All claims that an account ever had, as their last event left them; `read_account` has those that hold now.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : str
        Its name.
    after : int, optional
        Key of the page before.
    limit : int, optional
        Most rows of a page.

    Returns
    -------
    Page
        In the order they were placed.

    Raises
    ------
    LookupFailure
        If there is no such account.
    """
    number = _first(rows, "SELECT name, no FROM ledger_account WHERE name = ?", account)[1]
    told = rows.query(
        f"{_CLAIM} WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?", number, after, limit + 1,
    )  # fmt: skip
    found = [_claim(row) for row in told]
    return Page(tuple(found[:limit]), found[limit - 1].seq if len(found) > limit else None)


def list_events(
    rows: LedgerRows, *, after: int | None = None, before: int | None = None, limit: int = LIMIT
) -> Page[EventRow, int]:
    """Events of the log.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    after : int, optional
        Oldest first from behind this event on (0: from the first one).
    before : int, optional
        Newest first from before this event on; this way from the last event if neither is given.
    limit : int, optional
        Most rows of a page.

    Returns
    -------
    Page
        Its key is for the same option.
    """
    if after is not None:
        told = rows.query(f"{_EVENT} WHERE e.seq > ? ORDER BY e.seq LIMIT ?", after, limit + 1)
    else:
        bound = 2**62 if before is None else before
        told = rows.query(f"{_EVENT} WHERE e.seq < ? ORDER BY e.seq DESC LIMIT ?", bound, limit + 1)
    found = [_event(row) for row in told]
    return Page(tuple(found[:limit]), found[limit - 1].seq if len(found) > limit else None)


def read_event(rows: LedgerRows, id: str) -> EventRow:
    """An event by the id of its request.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    id : str
        Id of the request.

    Returns
    -------
    EventRow
        As it was booked.

    Raises
    ------
    LookupFailure
        If no such request was booked.
    """
    found = find_event(rows, id=id)
    if found is None:
        raise unknown("event", id)
    return found


def find_event(rows: LedgerRows, *, id: str = "", seq: int = 0) -> EventRow | None:
    """An event by the id of its request or by its number.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    id : str, optional
        Id of the request.
    seq : int, optional
        Number of the event, where no id is given.

    Returns
    -------
    EventRow or None
        ``None`` if there is none.
    """
    where, value = (" WHERE e.id = ?", id) if id else (" WHERE e.seq = ?", seq)
    found = rows.query(_EVENT + where, value)
    return _event(found[0]) if found else None


def list_taken(rows: LedgerRows, number: int, *, before: int = 2**62, limit: int = LIMIT) -> tuple[EventRow, ...]:
    """Movements into an account, the newest first.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    number : int
        Number of the account.
    before : int, optional
        Only events before this one.
    limit : int, optional
        Most rows.

    Returns
    -------
    tuple of EventRow
        By event, falling.
    """
    told = rows.query(
        _EVENT  # noqa: S608 - our own names
        + " JOIN (SELECT seq FROM ledger_posting WHERE account = ? AND amount > 0 AND seq < ?"
        " ORDER BY seq DESC LIMIT ?) p ON p.seq = e.seq ORDER BY e.seq DESC",
        number, before, limit,
    )  # fmt: skip
    return tuple(_event(row) for row in told)


def list_open_claims(rows: LedgerRows, number: int) -> tuple[ClaimRow, ...]:
    """Claims on an account that its last event left, in the order in which they are served.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    number : int
        Number of the account.

    Returns
    -------
    tuple of ClaimRow
        By rank, then in the order they were placed.
    """
    told = rows.query(f"{_CLAIM} WHERE account = ? AND NOT ended ORDER BY rank, seq", number)
    return tuple(_claim(row) for row in told)


def trace_serial(rows: LedgerRows, book: str, number: int, *, now: int) -> Serial:
    """Where a serial number is, and who held it when.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : str
        Name of the book.
    number : int
        The serial number.
    now : int
        Instant by which claims may have ended. [µs]

    Returns
    -------
    Serial
        The unit; its account is where the last passage took it.

    Raises
    ------
    LookupFailure
        If no such unit was issued.
    """
    with rows.snapshot():
        found = rows.query(
            "SELECT k.no, k.parent, k.first, k.vintage, k.project, k.restricted, a.name, k.last, k.book"
            " FROM ledger_block k JOIN ledger_account a ON a.no = k.account"
            " WHERE k.book = (SELECT no FROM ledger_book WHERE name = ?) AND k.first <= ? AND k.alive"
            " ORDER BY k.first DESC LIMIT 1",
            book, number,
        )  # fmt: skip
        if not found or found[0][7] < number:
            raise unknown("serial number", f"{book} {number}")
        _, parent, first, vintage, project, restricted, account, _, no = found[0]
        firsts = {first}
        while parent:  # every movement was of a block that this one was cut from, or of this one
            parent, first = rows.query("SELECT parent, first FROM ledger_block WHERE no = ?", parent)[0]
            firsts.add(first)
        told = rows.query(
            f"{_EVENT} JOIN ledger_move m ON m.seq = e.seq WHERE m.book = ? AND m.last >= ?"
            f" AND m.first IN ({', '.join('?' * len(firsts))}) ORDER BY e.seq",
            no, number, *firsts,
        )  # fmt: skip
        held = next(one for one in _settle(rows, account, now).blocks if one.first <= number <= one.last)
    passages = tuple(Passage(row[0], row[1], row[3], date.fromordinal(row[4]), *row[5:8]) for row in told)
    return Serial(book, number, vintage, project, bool(restricted), account, held.claim, passages)


def _settle(rows: LedgerRows, name: str, now: int) -> Account:
    """The account in a memory of its own, where claims whose instant has come are over; nothing is written."""
    state = read_state(rows)
    load(state, rows, [[SetState("look", name, "open", "look")]])  # any request that names the account; it is not booked
    account = state.accounts[name]
    expire_claims(state, account, max(now, state.known_at))
    return account


def _event(row: tuple[Any, ...]) -> EventRow:
    seq, name, group, known_at, effective, kind, giver, taker, quantity, content, digest, giver_no, taker_no = row
    day = date.fromordinal(effective) if effective else None
    return EventRow(
        seq, name, group, known_at, day, kind, giver or "", taker or "", quantity, content, bytes(digest).hex(), giver_no,
        taker_no,
    )  # fmt: skip


def _claim(row: tuple[Any, ...]) -> ClaimRow:
    return ClaimRow._make((*row[:7], bool(row[7]), bool(row[8])))


def _first(rows: LedgerRows, text: str, name: str) -> tuple[Any, ...]:
    found = rows.query(text, name)
    if not found:
        raise unknown("account", name)
    return found[0]
