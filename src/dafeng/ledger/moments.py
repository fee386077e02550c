"""Balances as they were: what an account held on a legal day, as far as it was known at an instant.

Invariant: equal to booking the events anew up to that instant and adding what is effective up to that day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_sums import join_sum, split_sum

_HALVING = (  # of any log whose instants never fall: {log} is its table
    "WITH RECURSIVE part(low, high) AS (SELECT CAST(0 AS bigint), (SELECT coalesce(max(seq), 0) FROM {log}) UNION ALL"
    " SELECT CASE WHEN e.known_at <= ? THEN e.seq ELSE low END, CASE WHEN e.known_at <= ? THEN high ELSE e.seq - 1 END"
    " FROM part JOIN {log} e ON e.seq = (low + high + 1) / 2 WHERE low < high) SELECT max(low) FROM part"
)
"""Instants never fall from event to event, so halving finds one; in the database, for each step would be a way there."""


def find_seq(rows: LedgerRows, known_at: int, *, log: str = "ledger_event") -> int:
    """Number of the last event that was known at an instant.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    known_at : int
        Instant. [µs]
    log : str, optional
        Table of the log that is meant.

    Returns
    -------
    int
        0 before the first event.
    """
    return int(rows.query(_HALVING.format(log=log), known_at, known_at)[0][0])


def find_number(rows: LedgerRows, account: str) -> int:
    """Number of an account.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : str
        Its name.

    Returns
    -------
    int
        As postings quote it.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    found = rows.query("SELECT no FROM ledger_account WHERE name = ?", account)
    if not found:
        raise unknown("account", account)
    return int(found[0][0])


def unknown(what: str, name: str) -> LookupFailure:
    """What is said of a name that the ledger does not have.

    Parameters
    ----------
    what : str
        ``account``, ``book``, ``serial number``, ``event`` or ``day``.
    name : str
        The name.

    Returns
    -------
    LookupFailure
        To raise.
    """
    words = {"account": "账户", "book": "账簿", "serial number": "编号", "event": "事件", "day": "日期"}
    return LookupFailure(
        Label(f"账簿中没有{words[what]} {name!r}", f"the ledger has no {what} {name!r}"),
        where=name,
        expected=Label(f"已有的{words[what]}", f"{'an' if what[0] in 'ae' else 'a'} {what} that is in the ledger"),
        remedy=Label("核对名称，或先列出已有的名称", "check the name, or list what there is"),
    )


def read_balance(rows: LedgerRows, account: str, *, effective: date | None = None, known_at: int | None = None) -> int:
    """Balance of an account as it was.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : str
        Name of the account.
    effective : date, optional
        Only what is legally effective on this day or earlier; everything without it.
    known_at : int, optional
        Only what was booked at this instant or earlier; everything without it. [µs]

    Returns
    -------
    int
        Minimal units of its book.

    Raises
    ------
    LookupFailure
        If there is no such account.
    """
    with rows.snapshot():
        number, bound = find_number(rows, account), _bound(rows, known_at)
        if effective is None:
            return balance_at(rows, number, bound)
        later = rows.query(
            f"SELECT {split_sum('amount')} FROM ledger_posting WHERE account = ? AND seq <= ? AND effective > ?",  # noqa: S608 - our own
            number, bound, effective.toordinal(),
        )  # fmt: skip
        return balance_at(rows, number, bound) - join_sum(*later[0])


def balance_at(rows: LedgerRows, number: int, seq: int) -> int:
    """Balance of an account after an event.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    number : int
        Number of the account.
    seq : int
        Number of the event.

    Returns
    -------
    int
        Minimal units of its book, whatever the effective days.
    """
    found = rows.query(
        "SELECT balance FROM ledger_posting WHERE account = ? AND seq <= ? ORDER BY seq DESC LIMIT 1", number, seq
    )
    return int(found[0][0]) if found else 0


def read_balances(
    rows: LedgerRows, book: str, *, effective: date | None = None, known_at: int | None = None
) -> Iterator[tuple[str, int]]:
    """Balances of all accounts of a book as they were; they add up to 0.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : str
        Name of the book.
    effective : date, optional
        Only what is legally effective on this day or earlier; everything without it.
    known_at : int, optional
        Only what was booked at this instant or earlier; everything without it. [µs]

    Yields
    ------
    (str, int)
        Account and balance where it is not 0, in the order the accounts were opened. [minimal units]

    Raises
    ------
    LookupFailure
        If there is no such book.
    """
    with rows.snapshot():
        found = rows.query("SELECT no FROM ledger_book WHERE name = ?", book)
        if not found:
            raise unknown("book", book)
        bound = _bound(rows, known_at)
        if effective is None:
            text = (
                "SELECT a.name, (SELECT p.balance FROM ledger_posting p WHERE p.account = a.no AND p.seq <= ?"
                " ORDER BY p.seq DESC LIMIT 1) FROM ledger_account a WHERE a.book = ? ORDER BY a.no"
            )
            told = rows.scan(text, bound, found[0][0])
        else:
            text = (
                f"SELECT a.name, {split_sum('p.amount')}"  # noqa: S608 - our own names
                " FROM ledger_account a JOIN ledger_posting p ON p.account = a.no"
                " WHERE p.seq <= ? AND a.book = ? AND p.effective <= ? GROUP BY a.no, a.name ORDER BY a.no"
            )
            told = ((row[0], join_sum(*row[1:])) for row in rows.scan(text, bound, found[0][0], effective.toordinal()))
        for name, balance in told:
            if balance:
                yield name, int(balance)


def _bound(rows: LedgerRows, known_at: int | None) -> int:
    return 2**62 if known_at is None else find_seq(rows, known_at)
