"""The registration body: who is a member with which accounts, and what is set aside for a request.

Invariant: it sets units and money aside and neither moves nor frees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dafeng.ledger.book_plans import BookPlans
from dafeng.ledger.definitions import account_types
from dafeng.ledger.loading import find_booked
from dafeng.ledger.logs import beyond
from dafeng.ledger.market.asked import OpenMarket, Register
from dafeng.ledger.market.bodies import Desk
from dafeng.ledger.market.hall import Hall, Need
from dafeng.ledger.refusals import Answer
from dafeng.ledger.requests import Hold
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import ACCOUNT, BLOCK, BOOK

HOLD = "market/hold/"
"""How the ids of holds begin; the id of the request follows."""


class Registration:
    """The registration body.

    Parameters
    ----------
    desk : Desk
        With its rights.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def find_books(self, rows: LedgerRows, asked: OpenMarket, plans: BookPlans) -> str:
        """Why a market cannot be opened for its books.

        Parameters
        ----------
        rows : LedgerRows
            The database.
        asked : OpenMarket
            The request.
        plans : BookPlans
            Books that the city may open; claims, grams and vouchers are none of them.

        Returns
        -------
        str
            Code of the refusal; empty where it can.
        """
        if asked.book == asked.money:
            return "book_same"
        known = {row[1]: plans.find(row[2], book=row[1]) for row in rows.find(BOOK, "name", [asked.book, asked.money])}
        if known.keys() != {asked.book, asked.money}:
            return "book_unknown"
        return "" if all(plan is not None and plan.traded for plan in known.values()) else "book_untraded"

    def find_holder(self, rows: LedgerRows, hall: Hall, asked: Register) -> str:
        """Holder of both accounts of a member.

        Parameters
        ----------
        rows : LedgerRows
            The database.
        hall : Hall
            The market.
        asked : Register
            The request.

        Returns
        -------
        str
            Empty where the accounts do not fit: another book, two holders, closed, or of a type that cannot trade.
        """
        books = {row[0]: row[1] for row in rows.find(BOOK, "name", [hall.book, hall.money])}
        found = {row[1]: row for row in rows.find(ACCOUNT, "name", [asked.account, asked.purse])}
        holders = set()
        for name, book in ((asked.account, hall.book), (asked.purse, hall.money)):
            row = found.get(name)
            sort = account_types().get(row[3]) if row else None
            fits = row is not None and sort is not None and sort.gives and sort.floor == "zero" and row[7] != "closed"
            if row is None or not fits or books.get(row[2]) != book:
                return ""
            holders.add(row[4])
        return str(holders.pop()) if len(holders) == 1 else ""

    def has_serials(self, rows: LedgerRows, book: str) -> bool:
        """Whether the units of a book have numbers.

        Parameters
        ----------
        rows : LedgerRows
            The database.
        book : str
            The book.

        Returns
        -------
        bool
            False also where there is no such book.
        """
        return any(row[5] for row in rows.find(BOOK, "name", [book]))

    def has_restricted(self, rows: LedgerRows, account: str) -> bool:
        """Whether an account holds restricted units, which could be set aside but never delivered.

        Parameters
        ----------
        rows : LedgerRows
            The database.
        account : str
            The account.

        Returns
        -------
        bool
            False for books without serial numbers.
        """
        numbers = [row[0] for row in rows.find(ACCOUNT, "name", [account])]
        return bool(rows.find(BLOCK, "account", numbers, also="alive AND restricted"))

    def set_aside(self, needs: Sequence[Need]) -> list[Answer]:
        """Hold what requests need, each on its own.

        Parameters
        ----------
        needs : sequence of Need
            What they need.

        Returns
        -------
        list of Answer
            The ledger's answers.
        """
        groups = [[Hold(HOLD + one.target, one.account, "freeze", one.quantity, "market")] for one in needs]
        return [answers[0] for answers in self._desk.submit(groups)]

    def find_held(self, rows: LedgerRows, targets: Iterable[str]) -> list[str]:
        """For which requests something was set aside.

        Parameters
        ----------
        rows : LedgerRows
            The database.
        targets : iterable of str
            Ids of requests.

        Returns
        -------
        list of str
            Those ids, in the order in which the ledger booked them.
        """
        found = find_booked(rows, [HOLD + one for one in targets])
        return [name.removeprefix(HOLD) for name, _, _ in sorted(found, key=lambda row: row[1])]

    def find_live(self, rows: LedgerRows) -> list[str]:
        """For which requests something is set aside now.

        Parameters
        ----------
        rows : LedgerRows
            The database.

        Returns
        -------
        list of str
            Their ids, in the order in which the ledger booked them.
        """
        found = rows.query(
            "SELECT id FROM ledger_claim WHERE NOT ended AND kind = 'freeze' AND id >= ? AND id < ? ORDER BY seq",
            HOLD,
            beyond(HOLD),
        )
        return [row[0].removeprefix(HOLD) for row in found]
