"""One queue before a ledger: many submit, one thread books what has arrived in one transaction, then each gets its answer.

Invariant: an answer is given after the commit that made it durable; a request that breaks the ledger breaks only its own group.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Self

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.refusals import Answer
from dafeng.ledger.requests import Groups, Request

WAIT_S = 0.005
"""Longest time that the first request of a batch waits for others. [s]"""
MOST = 4000
"""Requests that make a batch full; one submission is never split."""


class Ticket:
    """What is given for groups that were handed in: a place to wait for their answers."""

    __slots__ = ("_at", "_done", "_told", "groups")

    def __init__(self, groups: Groups, done: Event) -> None:
        self.groups, self._done = groups, done
        self._told: Future[list[list[Answer]]] | None = None
        self._at = 0

    def wait(self) -> list[list[Answer]]:
        """Wait until the groups are booked.

        Returns
        -------
        list of list of Answer
            As `Ledger.submit` gives them, once they are durable; whatever it throws for these groups is thrown here.
        """
        while self._told is None:
            self._done.wait()
        return self._told.result()[self._at : self._at + len(self.groups)]

    def settle(self, told: Future[list[list[Answer]]], at: int) -> None:
        """Say what became of the groups.

        Parameters
        ----------
        told : Future
            What the ledger said of a batch.
        at : int
            Place of the first group in it.
        """
        self._at, self._told = at, told


class _Batch:
    """What is booked in one transaction; all who wait for it wait for one event."""

    __slots__ = ("done", "size", "tickets")

    def __init__(self) -> None:
        self.done = Event()
        self.size = 0
        self.tickets: list[Ticket] = []


class Writer:
    """The queue before an open ledger; use it in a ``with`` block or close it. It does not close the ledger.

    Parameters
    ----------
    ledger : Ledger
        Nobody else needs to write through it, though anybody may.
    wait_s : float, optional
        Longest wait for others; nobody waits where as many have come as last time. [s]
    most : int, optional
        Requests that make a batch full.
    """

    def __init__(self, ledger: Ledger, *, wait_s: float = WAIT_S, most: int = MOST) -> None:
        self._ledger = ledger
        self._wait_s = wait_s
        self._most = most
        self._full: deque[_Batch] = deque()
        self._open = _Batch()
        self._expected = 1
        self._goal = 0
        self._closed = False
        self._changed = Condition()
        self._worker = ThreadPoolExecutor(1, "dafeng-ledger-book")
        self._thread = Thread(target=self._work, name="dafeng-ledger-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def submit(self, group: Sequence[Request]) -> list[Answer]:
        """Book one group and wait until it is durable.

        Parameters
        ----------
        group : sequence of Request
            Booked whole or not at all.

        Returns
        -------
        list of Answer
            One per request.

        Raises
        ------
        StoreError
            If the queue is closed.
        """
        return self.offer([group]).wait()[0]

    def offer(self, groups: Groups) -> Ticket:
        """Hand groups in without waiting.

        Parameters
        ----------
        groups : sequence of sequence of Request
            Each group is booked whole or not at all; all of them in one transaction, with what else has arrived.

        Returns
        -------
        Ticket
            Where to wait for the answers.

        Raises
        ------
        StoreError
            If the queue is closed.
        """
        size = sum(map(len, groups)) or 1
        with self._changed:
            if self._closed:
                raise _closed()
            batch = self._open
            if batch.size and batch.size + size > self._most:
                self._full.append(batch)
                batch = self._open = _Batch()
            ticket = Ticket(groups, batch.done)
            batch.tickets.append(ticket)
            batch.size += size
            if self._goal and self._ready(self._goal):
                self._goal = 0
                self._changed.notify()
        return ticket

    def close(self) -> None:
        """Take no more, book what has arrived, and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        self._worker.shutdown()

    def _work(self) -> None:
        while batch := self._gather():
            self._book(batch)

    def _gather(self) -> _Batch | None:
        """The next batch: at once if as much has come as last time, else within the time to wait; None at the end."""
        with self._changed:
            while not self._ready(1):
                self._sleep(1, None)
            end = time.monotonic() + self._wait_s
            while not self._ready(self._expected) and (left := end - time.monotonic()) > 0:
                self._sleep(self._expected, left)
            if not self._full and not self._open.tickets:
                return None
            if self._full:
                batch = self._full.popleft()
            else:
                batch, self._open = self._open, _Batch()
            self._expected = min(batch.size, self._most)
            return batch

    def _ready(self, goal: int) -> bool:
        return bool(self._full) or self._closed or self._open.size >= goal

    def _sleep(self, goal: int, seconds: float | None) -> None:
        self._goal = goal
        self._changed.wait(seconds)
        self._goal = 0

    def _book(self, batch: _Batch) -> None:
        tickets = batch.tickets
        told = self._try([group for ticket in tickets for group in ticket.groups])
        if told.exception() is None or len(tickets) == 1:
            at = 0
            for ticket in tickets:
                ticket.settle(told, at)
                at += len(ticket.groups)
        else:  # nothing of it was booked: one after the other, so that each fails for itself alone
            for ticket in tickets:
                ticket.settle(self._try(ticket.groups), 0)
        batch.done.set()

    def _try(self, groups: Groups) -> Future[list[list[Answer]]]:
        told = self._worker.submit(self._ledger.submit, groups)
        wait([told])
        return told


def _closed() -> StoreError:
    return StoreError(
        Label("账簿的写入队列已关闭", "the queue before the ledger is closed"),
        where="ledger",
        expected=Label("一个打开的队列", "an open queue"),
        remedy=Label(
            "重新打开账簿后再提交；同一编号可放心重复提交", "open the ledger again; the same id may be handed in again"
        ),
    )
