"""A city's markets: opened when first asked for, kept, opened anew after a failure; and who acts for which member.

Invariant: looking makes nothing on disk; whoever is named on an account acts for it, and where nobody is named any editor does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from types import TracebackType
from typing import Self

from dafeng.core.errors import DafengError, LookupFailure
from dafeng.core.labels import Label
from dafeng.ledger.ledger import Clock, read_clock
from dafeng.ledger.market.exchange import Exchange, open_exchange
from dafeng.ledger.market.hall import Hall
from dafeng.ledger.requests import OpenAccount, decode
from dafeng.work.city import City
from dafeng.work.city_ledger import check_kept, is_there


class Markets:
    """The markets of a city; use it in a ``with`` block or close it.

    Parameters
    ----------
    city : City
        The city.
    clock : callable, optional
        Instant of requests. [µs]
    """

    def __init__(self, city: City, *, clock: Clock = read_clock) -> None:
        self.city, self.clock = city, clock
        self._lock = RLock()
        self._exchange: Exchange | None = None
        self._named: dict[str, frozenset[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._exchange is not None:
                self._exchange.close()
            self._exchange = None

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
        if not there or self._exchange is None:
            check_kept(self.city)
        return there

    @contextmanager
    def opened(self) -> Iterator[Exchange]:
        """The exchange, for one caller at a time.

        Yields
        ------
        Exchange
            All markets of the ledger.

        Raises
        ------
        LookupFailure
            If the city has no ledger yet.
        StoreError
            If it cannot be opened.
        """
        if not self.has_ledger():
            raise LookupFailure(
                Label("本市还没有账簿，因此没有市场", "the city has no books yet and so no market"),
                where=self.city.slug,
                expected=Label("已开立的权益账簿和资金账簿", "a book of rights and a book of money"),
                remedy=Label("先开立账簿", "open the books first"),
            )
        with self._lock:
            if self._exchange is None:
                self._exchange = open_exchange(self.city.ledger, clock=self.clock, folders=(self.city.overlay,))
            kept = False
            try:
                yield self._exchange
                kept = True
            except DafengError:
                kept = True
                raise
            finally:
                if not kept:  # a lost connection must not stay
                    self.close()

    def find_named(self, exchange: Exchange, hall: Hall, member: str) -> frozenset[str]:
        """Who is named on the accounts of a member: holder and representatives.

        Parameters
        ----------
        exchange : Exchange
            The exchange.
        hall : Hall
            The market.
        member : str
            Id of the member.

        Returns
        -------
        frozenset of str
            Login names; without any representative only the holder's own name.
        """
        found = hall.members.get(member)
        if found is None:
            return frozenset()
        accounts = (found.account, found.purse)
        for name in accounts:
            if name not in self._named:
                self._named[name] = _read_named(exchange, name)
        return frozenset({found.holder}).union(*(self._named[name] for name in accounts))

    def may_act(self, exchange: Exchange, hall: Hall, member: str, who: str) -> bool:
        """Whether somebody who may edit acts for a member.

        Parameters
        ----------
        exchange : Exchange
            The exchange.
        hall : Hall
            The market.
        member : str
            Id of the member.
        who : str
            Login name.

        Returns
        -------
        bool
            True for whoever is named on its accounts; where they name no representative, for everybody.
        """
        found = hall.members.get(member)
        if found is None:
            return False
        named = self.find_named(exchange, hall, member)
        return who in named or not named - {found.holder}


def _read_named(exchange: Exchange, account: str) -> frozenset[str]:
    """Representatives that an account was opened with; an opening is never changed, so this is read once."""
    head = json.dumps(["open_account", account], ensure_ascii=False, separators=(",", ":"))[:-1] + ","
    found = exchange.rows.query(
        "SELECT id, content FROM ledger_event WHERE kind = 'open_account' AND substr(content, 1, ?) = ? ORDER BY seq",
        len(head), head,
    )  # fmt: skip
    if not found:
        return frozenset()
    opened = decode(*found[0])
    return frozenset((*opened.primary, *opened.secondary)) if isinstance(opened, OpenAccount) else frozenset()
