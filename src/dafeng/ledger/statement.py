"""Statement of an account: what came and went, with the balance after each line.

Invariant: opening balance plus the amounts of a period is its closing balance; a page costs the same however long the account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal, NamedTuple

from dafeng.ledger.moments import balance_at, find_number, find_seq
from dafeng.ledger.requests import Post, Reverse, Span, Transfer, decode
from dafeng.store.ledger_rows import LedgerRows

Order = Literal["newest", "oldest"]
_PAGE = (
    "SELECT p.seq, e.id, e.known_at, p.effective, e.kind, a.name, p.amount, p.balance, e.content, r.by_id, a.no"
    " FROM (SELECT account, seq, effective, amount, balance FROM ledger_posting"
    " WHERE account = ? AND seq > ? AND seq <= ? ORDER BY seq {way} LIMIT ?) p"
    " JOIN ledger_event e ON e.seq = p.seq LEFT JOIN ledger_reversed r ON r.id = e.id"
    " JOIN ledger_account a ON a.no = CASE WHEN e.giver = p.account THEN e.taker ELSE e.giver END ORDER BY p.seq {way}"
)
"""One page: its postings first, by their key, so that no planner looks at more of the account."""
_POSTINGS: Mapping[Order, str] = {"newest": _PAGE.format(way="DESC"), "oldest": _PAGE.format(way="ASC")}
LINES = 50
"""Lines of a page where nothing else is asked for."""


class Line(NamedTuple):
    """A posting: amount (below 0 what left) and balance after it. [minimal units]

    ``about`` is the pending transfer that was posted or the transfer that was reversed, ``reversed_by`` the request that took
    this line back, ``spans`` the serial numbers that moved, ``other`` the number of the counterparty's account.
    """

    seq: int
    id: str
    known_at: int
    effective: date
    kind: str
    counterparty: str
    amount: int
    balance: int
    reason: str
    beneficiary: str
    about: str
    reversed_by: str
    spans: tuple[Span, ...]
    other: int


class Statement(NamedTuple):
    """A page of a statement; opening and closing balance are of the whole period, ``following`` leads to the next page."""

    account: str
    opening: int
    closing: int
    lines: tuple[Line, ...]
    following: int | None


def read_statement(
    rows: LedgerRows,
    account: str,
    *,
    since: date | None = None,
    until: date | None = None,
    zone: tzinfo = UTC,
    order: Order = "newest",
    after: int | None = None,
    limit: int = LINES,
) -> Statement:
    """A page of the statement of an account.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : str
        Name of the account.
    since, until : date, optional
        First and last day of booking, both within.
    zone : tzinfo, optional
        Where these days begin.
    order : {"newest", "oldest"}, optional
        What stands first.
    after : int, optional
        Key of the page before.
    limit : int, optional
        Most lines.

    Returns
    -------
    Statement
        One state of the ledger.

    Raises
    ------
    LookupFailure
        If there is no such account.
    """
    with rows.snapshot():
        number = find_number(rows, account)
        first = 0 if since is None else find_seq(rows, _start(since, zone) - 1)
        last = 2**62 if until is None else find_seq(rows, _start(until + timedelta(days=1), zone) - 1)
        low, high = first, last
        if after is not None and order == "newest":
            high = min(high, after - 1)
        elif after is not None:
            low = max(low, after)
        told = rows.query(_POSTINGS[order], number, low, high, limit + 1)
        lines = _lines(rows, told[:limit])
        opening, closing = balance_at(rows, number, first), balance_at(rows, number, last)
    return Statement(account, opening, closing, lines, lines[-1].seq if len(told) > limit else None)


def list_lines(
    rows: LedgerRows,
    number: int,
    *,
    after: int = 0,
    before: int = 2**62,
    order: Order = "newest",
    limit: int = LINES,
    spans: bool = True,
) -> tuple[Line, ...]:
    """Lines of an account between two events, both without.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    number : int
        Number of the account.
    after, before : int, optional
        Events between which the lines lie.
    order : {"newest", "oldest"}, optional
        What stands first, and from which end they are taken.
    limit : int, optional
        Most lines.
    spans : bool, optional
        Whether the serial numbers that moved are wanted.

    Returns
    -------
    tuple of Line
        One state of the ledger.
    """
    with rows.snapshot() if spans else nullcontext():  # one SELECT has one state
        return _lines(rows, rows.query(_POSTINGS[order], number, after, before - 1, limit), moved=spans)


def _start(day: date, zone: tzinfo) -> int:
    """First instant of a day. [µs]"""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1_000_000


def _lines(rows: LedgerRows, told: Sequence[tuple[Any, ...]], *, moved: bool = True) -> tuple[Line, ...]:
    spans: dict[int, list[Span]] = {}
    events = [row[0] for row in told] if moved else []
    for seq, first, last in sorted(_in(rows, "SELECT seq, first, last FROM ledger_move WHERE seq", events)):
        spans.setdefault(seq, []).append(Span(first, last))
    asked = {row[1]: decode(row[1], row[8]) for row in told}
    pending = {one.pending for one in asked.values() if isinstance(one, Post)}
    contents: dict[str, str] = dict(_in(rows, "SELECT id, content FROM ledger_claim WHERE id", pending))
    lines = []
    for seq, name, known_at, effective, kind, counterparty, amount, balance, _, back, other in told:
        request = asked[name]
        about = request.pending if isinstance(request, Post) else request.transfer if isinstance(request, Reverse) else ""
        source = decode(about, contents[about]) if isinstance(request, Post) else request
        reason = source.reason if isinstance(source, Transfer | Reverse) else ""
        beneficiary = source.beneficiary if isinstance(source, Transfer) else ""
        lines.append(
            Line(
                seq, name, known_at, date.fromordinal(effective), kind, counterparty, amount, balance, reason, beneficiary,
                about, back or "", tuple(spans.get(seq, ())), other,
            )
        )  # fmt: skip
    return tuple(lines)


def _in(rows: LedgerRows, text: str, values: Collection[Any]) -> list[tuple[Any, ...]]:
    """Rows of a SELECT that ends with a column, where it is one of some values."""
    return rows.query(f"{text} IN ({', '.join('?' * len(values))})", *values) if values else []
