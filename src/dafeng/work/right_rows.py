"""What a ledger's tables say of books, accounts and statements, as plain rows.

Invariant: nothing is added to what stands in the tables; a statement is read by the key of its last line, never by counting.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from dafeng.ledger.reading import list_open_claims
from dafeng.ledger.requests import MOST
from dafeng.ledger.statement import list_lines
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_sums import join_sum, split_sum


class BookRow(NamedTuple):
    """A book; ``locked`` is the first day that may still be booked (ordinal)."""

    no: int
    name: str
    instrument: str
    unit: str
    scale: int
    serials: bool
    period: str
    project: bool
    state: str
    locked: int


class AccountRow(NamedTuple):
    """An account with its balance, limit and what is held of it. [minimal units]"""

    no: int
    name: str
    book: int
    type: str
    holder: str
    title: str
    state: str
    limit: int
    balance: int
    held: int

    @property
    def free(self) -> int:
        """Units that no claim holds."""
        return self.balance - self.held

    @property
    def most(self) -> int | None:
        """The most that it may have issued; ``None`` where the ledger itself is the only limit."""
        return None if self.limit >= MOST else self.limit


class ClaimRow(NamedTuple):
    """A claim that is not over; ``until`` is an instant in UTC."""

    id: str
    kind: str
    asked: int
    held: int
    rank: int
    seq: int
    until: datetime | None
    waits: bool


class BlockRow(NamedTuple):
    """Serial numbers in one account."""

    first: int
    last: int
    vintage: str
    project: str
    restricted: bool
    claim: str

    @property
    def size(self) -> int:
        """How many."""
        return self.last - self.first + 1


class StatementRow(NamedTuple):
    """A line of a statement. [minimal units]"""

    seq: int
    id: str
    kind: str
    at: datetime
    effective: date
    amount: int
    balance: int
    other: int
    other_name: str
    reason: str
    reversed_by: str


_BOOK = "SELECT no, name, instrument, unit, scale, serials, period, project, state, locked FROM ledger_book"
_CLAIMED = "SELECT account FROM ledger_claim WHERE NOT ended"
_ACCOUNT = "SELECT no, name, book, type, holder, title, state, lim, balance, held FROM ledger_account"


def tell_instant(known_at: int) -> datetime:
    """Instant of the ledger.

    Parameters
    ----------
    known_at : int
        Microseconds since 1970 in UTC.

    Returns
    -------
    datetime
        In UTC.
    """
    return datetime.fromtimestamp(known_at // 1_000_000, UTC).replace(microsecond=known_at % 1_000_000)


def read_books(rows: LedgerRows) -> list[BookRow]:
    """All books.

    Parameters
    ----------
    rows : LedgerRows
        The database.

    Returns
    -------
    list of BookRow
        In the order of opening.
    """
    found = (BookRow(*row) for row in rows.query(_BOOK + " ORDER BY no"))
    return [one._replace(serials=bool(one.serials), project=bool(one.project)) for one in found]


def read_sums(rows: LedgerRows) -> list[tuple[int, str, int, int, int, int]]:
    """Sums of each book by type of account.

    Parameters
    ----------
    rows : LedgerRows
        The database.

    Returns
    -------
    list of (book, type, accounts, balance, held, limit)
        Quantities in minimal units.
    """
    return [
        (int(book), kind, int(count), join_sum(*sums[:2]), join_sum(*sums[2:4]), join_sum(*sums[4:]))
        for book, kind, count, *sums in rows.query(
            f"SELECT book, type, count(*), {split_sum('balance')}, {split_sum('held')}, {split_sum('lim')}"  # noqa: S608 - our own
            " FROM ledger_account GROUP BY book, type"
        )
    ]


def read_accounts(
    rows: LedgerRows,
    *,
    book: int = 0,
    kind: str = "",
    state: str = "",
    holder: str = "",
    after: int = 0,
    limit: int = 50,
    without: Sequence[int] = (),
) -> list[AccountRow]:
    """Accounts by number.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : int, optional
        Only those of this book.
    kind, state, holder : str, optional
        Only those of this type, state or holder.
    after : int, optional
        Number of the account before the first one.
    limit : int, optional
        At most so many.
    without : sequence of int, optional
        Numbers of books whose accounts are left out.

    Returns
    -------
    list of AccountRow
        In the order of opening.
    """
    found = rows.query(
        _ACCOUNT + " WHERE no > ? AND (? = 0 OR book = ?) AND (? = '' OR type = ?) AND (? = '' OR state = ?)"
        f" AND (? = '' OR holder = ?) AND book NOT IN ({', '.join('?' * len(without)) or 0}) ORDER BY no LIMIT ?",
        after, book, book, kind, kind, state, state, holder, holder, *without, limit,
    )  # fmt: skip
    return [AccountRow(*row) for row in found]


def find_account_row(rows: LedgerRows, *, name: str = "", number: int = 0) -> AccountRow | None:
    """An account by name or number.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    name : str, optional
        Its id.
    number : int, optional
        Its number, where no name is given.

    Returns
    -------
    AccountRow or None
        ``None`` if there is none.
    """
    where, value = (" WHERE name = ?", name) if name else (" WHERE no = ?", number)
    found = rows.query(_ACCOUNT + where, value)
    return AccountRow(*found[0]) if found else None


def read_statement(rows: LedgerRows, account: int, *, before: int = 0, after: int = 0, limit: int = 50) -> list[StatementRow]:
    """Lines of a statement, the newest first.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : int
        Number of the account.
    before : int, optional
        Only events before this one.
    after : int, optional
        The lines that follow this event instead.
    limit : int, optional
        At most so many.

    Returns
    -------
    list of StatementRow
        By event, falling.
    """
    if after:
        found = list_lines(rows, account, after=after, order="oldest", limit=limit, spans=False)[::-1]
    else:
        found = list_lines(rows, account, before=before or 2**62, limit=limit, spans=False)
    return [
        StatementRow(
            one.seq, one.id, one.kind, tell_instant(one.known_at), one.effective, one.amount, one.balance, one.other,
            one.counterparty, one.reason, one.reversed_by,
        )
        for one in found
    ]  # fmt: skip


def read_claims(rows: LedgerRows, account: int) -> list[ClaimRow]:
    """Claims on an account that are not over.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : int
        Its number.

    Returns
    -------
    list of ClaimRow
        By rank, then in the order they came.
    """
    return [
        ClaimRow(
            one.id, one.kind, one.asked, one.held, one.rank, one.seq,
            None if one.until is None else tell_instant(one.until), one.waits,
        )
        for one in list_open_claims(rows, account)
    ]  # fmt: skip


def list_claimed(rows: LedgerRows, *, after: int = 0, limit: int = 100) -> list[AccountRow]:
    """Accounts on which a claim stands, by number.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    after : int, optional
        Number of the account before the first one.
    limit : int, optional
        At most so many.

    Returns
    -------
    list of AccountRow
        In the order of opening.
    """
    found = rows.query(
        f"{_ACCOUNT} WHERE no > ? AND no IN ({_CLAIMED}) ORDER BY no LIMIT ?",
        after,
        limit,
    )
    return [AccountRow(*row) for row in found]


def read_blocks(rows: LedgerRows, account: int, *, limit: int = 200) -> list[BlockRow]:
    """Serial numbers that an account holds.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : int
        Its number.
    limit : int, optional
        At most so many blocks.

    Returns
    -------
    list of BlockRow
        By number.
    """
    found = rows.query(
        "SELECT first, last, vintage, project, restricted, claim FROM ledger_block WHERE account = ? AND alive"
        " ORDER BY first LIMIT ?",
        account, limit,
    )  # fmt: skip
    return [
        BlockRow(first, last, vintage, project, bool(restricted), claim)
        for first, last, vintage, project, restricted, claim in found
    ]


def read_projects(rows: LedgerRows, book: int) -> list[tuple[str, str]]:
    """Projects and vintages of a book.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : int
        Its number.

    Returns
    -------
    list of (project, vintage)
        Sorted, without doubles.
    """
    found = rows.query(
        "SELECT DISTINCT project, vintage FROM ledger_block WHERE book = ? AND alive AND project <> '' ORDER BY 1, 2", book
    )
    return [(row[0], row[1]) for row in found]
