"""A ledger in a database: batches in, answers out, each batch durable before it is answered.

Invariant: what is in memory is what the last committed event left; whatever fails in between is forgotten and read anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from types import TracebackType
from typing import Self

from dafeng.ledger.loading import load, read_head, read_state
from dafeng.ledger.refusals import Answer
from dafeng.ledger.requests import Groups
from dafeng.ledger.rules import apply
from dafeng.ledger.state import State, account_row, block_row, book_row, claim_row
from dafeng.store.ledger_rows import LedgerRows, failures, interrupted, open_rows
from dafeng.store.ledger_tables import ACCOUNT, BLOCK, BOOK, CLAIM, EVENT, MOVE, POSTING, REVERSED, TAKEN

Clock = Callable[[], int]
"""Microseconds since 1970 in UTC."""


def read_clock() -> int:
    """The machine's clock.

    Returns
    -------
    int
        Instant. [µs]
    """
    return time.time_ns() // 1000


class Ledger:
    """An open ledger; use it in a ``with`` block or close it.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    clock : callable
        Instant of booking. [µs]
    """

    def __init__(self, rows: LedgerRows, clock: Clock) -> None:
        self.rows = rows
        self._clock = clock
        self._state: State | None = None
        self._lock = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self.rows.close()

    def submit(self, groups: Groups) -> list[list[Answer]]:
        """Book what the rules allow, in one transaction.

        Parameters
        ----------
        groups : sequence of sequence of Request
            Each group is booked whole or not at all.

        Returns
        -------
        list of list of Answer
            One per request; what they say is durable.

        Raises
        ------
        StoreError
            If the database fails; what was handed in may be booked or not, and can be handed in again.
        """
        return self.book(lambda: groups)

    def book(self, make: Callable[[], Groups]) -> list[list[Answer]]:
        """Book what follows from the ledger as it stands, in one transaction that keeps all other writers out.

        Parameters
        ----------
        make : callable
            Reads this ledger and says what is asked; what it throws leaves the ledger as it was.

        Returns
        -------
        list of list of Answer
            One per request; what they say is durable.

        Raises
        ------
        StoreError
            If the database fails; what was handed in may be booked or not, and can be handed in again.
        """
        with self._lock:
            try:
                answers, state = self._book(make)
            except failures() as cause:
                raise interrupted(cause) from cause
            state.forget()
            self._state = state
            return answers

    @contextmanager
    def standing(self) -> Iterator[LedgerRows]:
        """Keep all writers out within the block.

        Yields
        ------
        LedgerRows
            The database, at its last event.

        Raises
        ------
        StoreError
            If the database fails.
        """
        with self._lock:
            try:
                self.rows.begin()
            except failures() as cause:
                raise interrupted(cause) from cause
            try:
                yield self.rows
            finally:
                self.rows.rollback()

    def _book(self, make: Callable[[], Groups]) -> tuple[list[list[Answer]], State]:
        kept = False
        try:
            self.rows.begin()
            groups = make()
            state = self._fresh()
            load(state, self.rows, groups)
            answers = apply(state, groups, self._clock())
            self._write(state)
            self.rows.commit()
            kept = True
            return answers, state
        finally:
            if not kept:  # whatever failed: nothing in memory outlives it
                self._state = None
                self.rows.rollback()

    def _fresh(self) -> State:
        """The state in memory if nobody else has written since, else a new one."""
        state = self._state
        self._state = None
        if state is not None and (state.seq, state.hash) == read_head(self.rows)[::2]:
            return state
        return read_state(self.rows)

    def _write(self, state: State) -> None:
        write = self.rows.write
        write(EVENT, state.events)
        write(POSTING, state.postings)
        write(MOVE, state.moves)
        write(REVERSED, state.newly_reversed)
        write(TAKEN, state.newly_taken)
        write(BOOK, [book_row(one) for one in state.changed_books])
        write(ACCOUNT, [account_row(one) for one in state.changed_accounts])
        write(CLAIM, [claim_row(one) for one in state.changed_claims])
        write(BLOCK, [block_row(one) for one in state.changed_blocks.values()])


def open_ledger(address: str, *, clock: Clock = read_clock) -> Ledger:
    """Open a ledger, making it if it is not there.

    Parameters
    ----------
    address : str
        Path of a SQLite file, or ``postgresql://…``.
    clock : callable, optional
        Instant of booking. [µs]

    Returns
    -------
    Ledger
        Close it after use.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """
    return Ledger(open_rows(address), clock)
