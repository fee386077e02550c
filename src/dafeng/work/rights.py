"""A city's books of rights: opened when first asked for, read beside the writer, opened anew after a failure.

Invariant: reading makes nothing on disk; what one thread reads never is what another one has not committed yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from types import TracebackType
from typing import Self

from dafeng.core.errors import DafengError, LookupFailure
from dafeng.core.labels import Label
from dafeng.ledger.act import Act
from dafeng.ledger.book_plans import BookPlans, read_book_plans
from dafeng.ledger.handed import Handed
from dafeng.ledger.ledger import Clock, Ledger, open_ledger, read_clock
from dafeng.ledger.refusals import Answer, Refusal
from dafeng.ledger.requests import Groups
from dafeng.store.ledger_rows import LedgerRows, open_rows
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.city_ledger import check_kept, is_there
from dafeng.work.hand_act import carry_out
from dafeng.work.right_rows import AccountRow, BookRow, find_account_row, read_books

_PLANNED = "SELECT b.name, b.instrument FROM ledger_book b JOIN ledger_event e ON e.id = 'open.' || b.name ORDER BY b.no"
"""Books that were opened by their definition, by the id of the event."""


class Rights:
    """The books of a city; use it in a ``with`` block or close it.

    Parameters
    ----------
    city : City
        The city.
    clock : callable, optional
        Instant of booking. [µs]
    """

    def __init__(self, city: City, *, clock: Clock = read_clock) -> None:
        self.city = city
        self._clock = clock
        self._lock = RLock()
        self._rows: LedgerRows | None = None
        self._ledger: Ledger | None = None
        self._kept = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            for one in (self._rows, self._ledger):
                if one is not None:
                    one.close()
            self._rows = self._ledger = None

    def has_ledger(self) -> bool:
        """Whether the city has a ledger; nothing is made by asking.

        Returns
        -------
        bool
            True where there is a database.

        Raises
        ------
        StoreError
            If there is none, or another one, though the records name what was booked in it.
        """
        there = is_there(self.city)
        if not there or not self._kept:
            check_kept(self.city)
            self._kept = there
        return there

    def check_kept(self, records: Records) -> None:
        """Whether the ledger has what the records say was booked; asked before anything is booked.

        Parameters
        ----------
        records : Records
            Open records of the city.

        Raises
        ------
        StoreError
            If it has not.
        """
        with self._lock:
            check_kept(self.city, records=records, rows=self._rows)
            self._kept = True

    @contextmanager
    def reading(self) -> Iterator[LedgerRows]:
        """The tables, for reading.

        Yields
        ------
        LedgerRows
            Beside the one that writes.

        Raises
        ------
        LookupFailure
            If the city has no ledger yet.
        StoreError
            If it cannot be opened.
        """
        if not self.has_ledger():
            raise _no_ledger(self.city)
        with self._lock:
            if self._rows is None:
                self._rows = open_rows(self.city.ledger)
            kept = False
            try:
                yield self._rows
                kept = True
            except DafengError:
                kept = True
                raise
            finally:
                if not kept:  # a lost connection must not stay
                    self._rows.close()
                    self._rows = None

    def carry_out(self, act: Act) -> Handed:
        """Carry out an act of compliance.

        Parameters
        ----------
        act : Act
            The act.

        Returns
        -------
        Handed
            What came of it, durable; the same act again has the same answer.
        """
        with self._lock, open_ledger(self.city.ledger, clock=self._clock) as ledger:
            return carry_out(ledger, self.city, act)

    def submit(self, groups: Groups, *, check: Callable[[LedgerRows], None] | None = None) -> list[list[Answer]]:
        """Book what the rules allow.

        Parameters
        ----------
        groups : sequence of sequence of Request
            Each group is booked whole or not at all.
        check : callable, optional
            Looks at the ledger while nobody else writes; what it throws leaves the ledger as it was.

        Returns
        -------
        list of list of Answer
            One per request; what they say is durable.
        """
        with self._lock:
            if self._ledger is None:
                self._ledger = open_ledger(self.city.ledger, clock=self._clock)
            kept = False
            try:
                answers = self._submit(self._ledger, groups, check)
                kept = True
            except Refusal:
                kept = True
                raise
            finally:
                if not kept:
                    self._ledger.close()
                    self._ledger = None
            return answers

    @staticmethod
    def _submit(ledger: Ledger, groups: Groups, check: Callable[[LedgerRows], None] | None) -> list[list[Answer]]:
        if check is None:
            return ledger.submit(groups)

        def make() -> Groups:
            check(ledger.rows)
            return groups

        return ledger.book(make)

    def plans(self) -> BookPlans:
        """Books that the city may open.

        Returns
        -------
        BookPlans
            Of the package and of the city.

        Raises
        ------
        DefinitionError
            If a file of the city does not keep its form, or gives an open book another instrument.
        """
        plans = read_book_plans(self.city.overlay)
        if is_there(self.city):
            with self.reading() as rows:
                plans.check_instruments(rows.query(_PLANNED))
        return plans

    def books(self) -> list[BookRow]:
        """Books that are open or were.

        Returns
        -------
        list of BookRow
            In the order of opening; empty where the city has no ledger.
        """
        if not self.has_ledger():
            return []
        with self.reading() as rows:
            return read_books(rows)

    def find_book(self, name: str) -> BookRow:
        """A book.

        Parameters
        ----------
        name : str
            Its id, or its number.

        Returns
        -------
        BookRow
            The book.

        Raises
        ------
        LookupFailure
            If there is none.
        """
        books = self.books()
        found = next((one for one in books if name in (one.name, str(one.no))), None)
        if found is None:
            raise _no_book(name, books)
        return found

    def find_account(self, name: str, *, number: int = 0) -> tuple[AccountRow, BookRow]:
        """An account with its book.

        Parameters
        ----------
        name : str
            Its id; empty where the number is given.
        number : int, optional
            Its number.

        Returns
        -------
        (AccountRow, BookRow)
            Both.

        Raises
        ------
        LookupFailure
            If there is none.
        """
        with self.reading() as rows:
            found = find_account_row(rows, name=name, number=number)
            books = {one.no: one for one in read_books(rows)}
        if found is None:
            raise _no_account(name or str(number))
        return found, books[found.book]


def _no_ledger(city: City) -> LookupFailure:
    return LookupFailure(
        Label("本市还没有账簿", "the city has no books yet"),
        where=city.slug,
        expected=Label("已开立的账簿", "a book that was opened"),
        remedy=Label(f"用 dafeng ledger open {city.folder} 开立", f"open one with dafeng ledger open {city.folder}"),
    )


def _no_book(name: str, books: list[BookRow]) -> LookupFailure:
    known = [one.name for one in books]
    return LookupFailure(
        Label(f"没有账簿“{name[:60]}”", f"there is no book '{name[:60]}'"),
        where="book",
        expected=Label("、".join(known) or "（无）", ", ".join(known) or "none"),
        remedy=Label("核对账簿编号，或先开立", "check the id, or open it first"),
    )


def _no_account(name: str) -> LookupFailure:
    return LookupFailure(
        Label(f"没有账户“{name[:60]}”", f"there is no account '{name[:60]}'"),
        where="account",
        expected=Label("已开立的账户", "an account that was opened"),
        remedy=Label("用 dafeng ledger accounts 查看", "dafeng ledger accounts lists them"),
    )
