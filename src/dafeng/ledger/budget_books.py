"""What a ledger holds of a budget: its accounts, what moved between them, and what is frozen.

Invariant: what is read belongs to one instant; movements come from the log and balances from the accounts, so that one can be
held against the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.ledger.book_opening import find_opened, find_own, plan_free_book
from dafeng.ledger.budgets import Budget
from dafeng.ledger.ledger import Ledger
from dafeng.store.ledger_rows import LedgerRows

Pair = tuple[str, str]
"""Giver and taker of movements."""


@dataclass(frozen=True, slots=True)
class BookedAccount:
    """An account of a budget as the ledger keeps it.

    Parameters
    ----------
    name, type : str
        Name and type.
    limit, balance, held : int
        Most that an issuer may issue, what it holds, and what is frozen of that. [minimal units]
    """

    name: str
    type: str
    limit: int
    balance: int
    held: int

    @property
    def free(self) -> int:
        """What may leave it. [minimal units]"""
        return self.balance - self.held


@dataclass(frozen=True, slots=True)
class BookedTransfer:
    """A movement.

    Parameters
    ----------
    id : str
        Its id.
    giver, taker : str
        Accounts.
    quantity : int
        How much. [minimal units]
    reversed : bool
        Whether another one took it back.
    kind : str
        Kind of the transfer.
    """

    id: str
    giver: str
    taker: str
    quantity: int
    reversed: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class BookedHold:
    """A freeze or pledge.

    Parameters
    ----------
    id, account : str
        Its id and its account.
    left : int
        What it holds. [minimal units]
    over : bool
        Whether it has ended.
    """

    id: str
    account: str
    left: int
    over: bool


@dataclass(frozen=True)
class BudgetBooks:
    """All that a ledger holds of a budget.

    Parameters
    ----------
    state : str
        State of the book, empty where there is none yet.
    accounts : mapping of str to BookedAccount
        By name.
    transfers : tuple of BookedTransfer
        In the order of booking.
    holds : tuple of BookedHold
        In the order of booking.
    own : mapping of str to str
        Name of the ``book``, and of the accounts that belong to no node: ``issuer``, ``returned`` and ``lapsed``.
    form : tuple of (str, int)
        Unit and scale of the book.
    """

    state: str
    accounts: Mapping[str, BookedAccount]
    transfers: tuple[BookedTransfer, ...]
    holds: tuple[BookedHold, ...]
    own: Mapping[str, str]
    form: tuple[str, int]

    @cached_property
    def flows(self) -> Mapping[Pair, int]:
        """What moved from account to account: giver and taker → sum of quantities, both ways apart. [minimal units]"""
        found: dict[Pair, int] = {}
        for one in self.transfers:
            pair = (one.giver, one.taker)
            found[pair] = found.get(pair, 0) + one.quantity
        return found

    @cached_property
    def counts(self) -> Mapping[Pair, int]:
        """How often something moved between two accounts, whichever gave, by their names in order."""
        found: dict[Pair, int] = {}
        for one in self.transfers:
            pair = sort_pair(one.giver, one.taker)
            found[pair] = found.get(pair, 0) + 1
        return found

    @cached_property
    def standing(self) -> Mapping[Pair, tuple[BookedTransfer, ...]]:
        """Movements that nobody took back, by giver and taker, in the order of booking."""
        found: dict[Pair, list[BookedTransfer]] = {}
        for one in self.transfers:
            if not one.reversed:
                found.setdefault((one.giver, one.taker), []).append(one)
        return {pair: tuple(listed) for pair, listed in found.items()}


def sort_pair(one: str, other: str) -> Pair:
    """Two names in the order of the alphabet.

    Parameters
    ----------
    one, other : str
        Names of accounts.

    Returns
    -------
    (str, str)
        The smaller one first.
    """
    return (one, other) if one < other else (other, one)


def read_books(ledger: Ledger, budget: Budget) -> BudgetBooks:
    """Read what a ledger holds of a budget.

    Parameters
    ----------
    ledger : Ledger
        The ledger.
    budget : Budget
        The budget.

    Returns
    -------
    BudgetBooks
        Empty where there is no such book yet.

    Raises
    ------
    DefinitionError
        If the book is that of another budget.
    """
    rows = ledger.rows
    rows.begin()
    try:
        own, form = _find_own(rows, budget)
        found = rows.query("SELECT no, state FROM ledger_book WHERE name = ?", own["book"])
        if not found:
            return BudgetBooks("", {}, (), (), own, form)
        book, state = found[0]
        accounts = rows.query("SELECT no, name, type, lim, balance, held FROM ledger_account WHERE book = ? ORDER BY no", book)
        moved = rows.query(
            "SELECT e.id, e.giver, e.taker, e.quantity, r.by_id, e.kind FROM ledger_posting p"
            " JOIN ledger_event e ON e.seq = p.seq"
            " LEFT JOIN ledger_reversed r ON r.id = e.id"
            " WHERE p.account IN (SELECT no FROM ledger_account WHERE book = ?) AND p.amount < 0 ORDER BY e.seq",
            book,
        )
        holds = rows.query(
            "SELECT id, account, held, ended FROM ledger_claim"
            " WHERE account IN (SELECT no FROM ledger_account WHERE book = ?) ORDER BY seq",
            book,
        )
    finally:
        rows.rollback()
    names = {row[0]: row[1] for row in accounts}
    foreign = [row[1] for row in accounts if row[2] == "budget" and not row[1].startswith(f"{budget.id}/")]
    if foreign:
        raise _taken(own["book"], foreign[0], budget)
    return BudgetBooks(
        state,
        {row[1]: BookedAccount(*row[1:]) for row in accounts},
        tuple(BookedTransfer(row[0], names[row[1]], names[row[2]], row[3], row[4] is not None, row[5]) for row in moved),
        tuple(BookedHold(row[0], names[row[1]], row[2], bool(row[3])) for row in holds),
        own,
        form,
    )


def _find_own(rows: LedgerRows, budget: Budget) -> tuple[Mapping[str, str], tuple[str, int]]:
    """Book of a budget and the accounts in it that belong to no node, as they stand or would be opened, with its form."""
    given = (budget.unit, budget.scale)
    former = {"book": budget.id, **{role: f"{budget.id}:{role}" for role in ("issuer", "returned", "lapsed")}}
    if budget.book is None:
        return former, given
    plan, period, _ = budget.book
    booked = rows.query("SELECT instrument FROM ledger_book WHERE name = ?", budget.id)
    if booked and booked[0][0] in plan.formerly:
        return former, given
    book = find_opened(rows, plan, period) or plan_free_book(rows, plan, period)
    issuer, lapsed = (find_own(rows, book, sort) for sort in ("issuer", "cancelled"))
    own = {"book": book.name, "issuer": issuer, "returned": f"{budget.id}:returned", "lapsed": lapsed}
    return own, (book.unit, book.scale)


def _taken(book: str, account: str, budget: Budget) -> DefinitionError:
    other = account.partition("/")[0]
    return DefinitionError(
        Label(f"账簿“{book}”是预算“{other}”的账簿", f"the book '{book}' is that of the budget '{other}'"),
        where=budget.id,
        expected=Label("同一种预算每年一棵树", "one tree for each kind of budget and year"),
        remedy=Label(f"将“{budget.id}”并入“{other}”的文件", f"put '{budget.id}' into the file of '{other}'"),
    )
