"""Units of credit projects on the ledger: which the register has issued, where they are, and which of a holder's are free.

Invariant: a unit is a project's by the booking that the register issued it with, whatever mark another unit bears.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dafeng.core.days import parse_day
from dafeng.core.persons import fold_person
from dafeng.ledger.act import name_issue
from dafeng.ledger.book_opening import OpenedBook
from dafeng.ledger.projects import Project
from dafeng.ledger.requests import Span
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import EVENT, MOVE
from dafeng.work.credit_books import tell_tonnes


class Issued(NamedTuple):
    """Serial numbers ``first`` to ``last`` of a book (its number, its decimals) that the register issued for a project."""

    project: str
    book: int
    scale: int
    first: int
    last: int


class HeldAccount(NamedTuple):
    """Account of a holder in a book of credits: its name and its state (``open``, ``blocked``, ``closed``)."""

    name: str
    state: str


def list_issued(rows: LedgerRows, projects: Iterable[Project]) -> tuple[Issued, ...]:
    """What the register has issued of some projects, also what was taken back since.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    projects : iterable of Project
        The projects.

    Returns
    -------
    tuple of Issued
        In the order of their booking; one that is being issued counts as soon as it is booked.
    """
    named = {
        name_issue(one.id, period.start, period.end, again=again): one.id
        for one in projects
        for period in one.periods.values()
        for again in range(period.backs + 1)
    }
    booked = {int(row[0]): named[row[1]] for row in rows.find(EVENT, "id", named) if row[6] == "issue"}
    scales: dict[int, int] = dict(rows.query("SELECT no, scale FROM ledger_book")) if booked else {}
    moved = sorted((int(seq), int(book), int(first), int(last)) for seq, book, first, last in rows.find(MOVE, "seq", booked))
    return tuple(Issued(booked[seq], book, int(scales[book]), first, last) for seq, book, first, last in moved)


def read_units(rows: LedgerRows, projects: Iterable[Project]) -> Mapping[str, Mapping[str, int | Decimal]]:
    """Units of projects by type of the account that holds them.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    projects : iterable of Project
        The projects.

    Returns
    -------
    mapping of str to (mapping of str to int or Decimal)
        Project → type of account → what is there of what the register issued; what was taken back to the issuer is nobody's,
        so their sum is what was issued and not taken back. [t]
    """
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for one in list_issued(rows, projects):
        own = counts.setdefault(one.project, {})
        for sort, count in rows.query(
            "SELECT a.type, SUM(b.last - b.first + 1) FROM ledger_block b JOIN ledger_account a ON a.no = b.account"
            " WHERE b.book = ? AND b.first >= ? AND b.first <= ? AND b.alive AND a.type <> 'issuer' GROUP BY a.type",
            one.book, one.first, one.last,
        ):  # fmt: skip
            own[str(sort)] = own.get(str(sort), (0, 0))[0] + int(count), one.scale
    return {
        project: {sort: tell_tonnes(count, scale) for sort, (count, scale) in sorted(own.items())}
        for project, own in counts.items()
        if own
    }


def list_held_accounts(rows: LedgerRows, book: OpenedBook, holder: str) -> tuple[HeldAccount, ...]:
    """Accounts of somebody in a book of credits: whose they are decides, not how they are called.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : OpenedBook
        The book.
    holder : str
        Whose accounts.

    Returns
    -------
    tuple of HeldAccount
        In the order of their opening.
    """
    listed = rows.query(
        "SELECT name, holder, state FROM ledger_account WHERE book = ? AND type IN ('operator', 'organisation') ORDER BY no",
        book.no,
    )
    whose = fold_person(holder)
    return tuple(HeldAccount(str(name), str(state)) for name, one, state in listed if fold_person(str(one)) == whose)


def list_free(rows: LedgerRows, account: str, project: str, issued: Sequence[Issued], *, day: str) -> list[Span]:
    """Serial numbers of a project that an account holds free of claims.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : str
        Name of the account.
    project : str
        Id of the project.
    issued : sequence of Issued
        From `list_issued`, of the book of the account.
    day : str
        Effective day on which they are given; what came later is left out.

    Returns
    -------
    list of Span
        The oldest vintage first and in it the lowest number.
    """
    found = rows.query(
        "SELECT b.first, b.last FROM ledger_block b JOIN ledger_account a ON a.no = b.account"
        " WHERE a.name = ? AND b.project = ? AND b.alive AND b.claim = '' AND NOT EXISTS (SELECT 1 FROM ledger_move m"
        " JOIN ledger_event e ON e.seq = m.seq WHERE m.book = b.book AND m.first <= b.last AND m.last >= b.first"
        " AND e.taker = a.no AND e.effective > ?) ORDER BY b.vintage, b.first",
        account, project, _read_ordinal(day),
    )  # fmt: skip
    return [Span(int(first), int(last)) for first, last in found if is_issued(issued, int(first))]


def _read_ordinal(day: str) -> int:
    """A day as an ordinal; the last there is where it is none, which the order says itself. [d]"""
    try:
        return parse_day(day).toordinal()
    except ValueError:
        return date.max.toordinal()


def is_issued(issued: Sequence[Issued], number: int) -> bool:
    """Whether a serial number is one that the register issued.

    Parameters
    ----------
    issued : sequence of Issued
        Of one book.
    number : int
        The number.

    Returns
    -------
    bool
        True where it lies in one of them.
    """
    return any(one.first <= number <= one.last for one in issued)
