"""Whether a giver had the units on the legal day of a movement, and has what it gave later still: asked of what people date.

Invariant: what passes leaves the balance of no account that cannot owe below zero on any legal day, unless it was so before. It
is no rule of booking: events are booked again by the audit as they were, and earlier ones were not asked this.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from dafeng.core.days import parse_day
from dafeng.ledger.definitions import account_types
from dafeng.ledger.positions import Position
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import Post, Request, Reverse, Span, Transfer, decode
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_sums import join_sum, split_sum
from dafeng.store.ledger_tables import ACCOUNT, CLAIM, EVENT

_LATER = (
    f"SELECT effective, {split_sum('amount')} FROM ledger_posting WHERE account = ? AND effective > ?"  # noqa: S608 - our own
    " GROUP BY effective ORDER BY effective"
)
_ARRIVED = (
    "SELECT m.first, m.last FROM ledger_move m JOIN ledger_event e ON e.seq = m.seq WHERE m.book = ? AND m.first <= ?"
    " AND m.last >= ? AND e.taker = ? AND e.effective > ? LIMIT 1"
)


class _Moving(NamedTuple):
    giver: str
    taker: str
    quantity: int
    day: int
    spans: tuple[Span, ...] = ()


def check_held(rows: LedgerRows, group: Iterable[Request]) -> None:
    """Whether every giver of a group had what it gives from the legal day of the movement on.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    group : iterable of Request
        What is booked together; only movements that were not booked yet are looked at.

    Raises
    ------
    Refusal
        ``not_held_then`` with account and day, where it has the units now and a balance would be below zero on a day, or where
        serial numbers that are named came to it later. What it does not hold now is left to the ledger to refuse.
    """
    moving = list(_list_moving(rows, group))
    if not moving:
        return
    changes: dict[str, Counter[int]] = defaultdict(Counter)
    for one in moving:
        changes[one.giver][one.day] -= one.quantity
        changes[one.taker][one.day] += one.quantity
    found = {row[1]: row for row in rows.find(ACCOUNT, "name", {one.giver for one in moving})}
    for name, (number, _, book, sort, *_, balance, _) in found.items():
        if account_types()[sort].floor != "zero":
            continue
        own = [one for one in moving if one.giver == name]
        later = {int(day): join_sum(high, low) for day, high, low in rows.query(_LATER, number, min(one.day for one in own))}
        _check_days(name, balance, later, changes[name])
        for one in own:
            if one.spans and any(day > one.day for day in later):
                _check_arrival(rows, one, number, book)


def bound_to_day(rows: LedgerRows, giver: Position, day: str) -> Position:
    """A giver of several accounts with the least that each of them holds from a day on.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    giver : Position
        Who gives.
    day : str
        Effective day.

    Returns
    -------
    Position
        The same where it is one account, or the day is none.
    """
    begin = _read_day(day)
    if not giver.parts or not begin:
        return giver
    return replace(giver, parts=tuple(replace(one, lasting=_find_least(rows, one, begin)) for one in giver.parts))


def _find_least(rows: LedgerRows, one: Position, begin: int) -> int:
    held = least = one.balance
    later = [join_sum(high, low) for _, high, low in rows.query(_LATER, one.number, begin)]
    for change in reversed(later):
        held -= change
        least = min(least, held)
    return least


def _check_days(name: str, balance: int, later: dict[int, int], change: Counter[int]) -> None:
    """Walk from the first day of the group to the last of all."""
    if balance + change.total() < 0:
        return  # the ledger says that it is not held
    held, given = balance - sum(later.values()), 0
    for day in sorted(later.keys() | change.keys()):
        held += later.get(day, 0)
        given += change[day]
        if given < 0 and held + given < 0:
            raise Refusal("not_held_then", f"{name} {date.fromordinal(day).isoformat()}")


def _check_arrival(rows: LedgerRows, one: _Moving, number: int, book: int) -> None:
    for span in one.spans:
        if found := rows.query(_ARRIVED, book, span.last, span.first, number, one.day):
            raise Refusal("not_held_then", f"{one.giver} {found[0][0]}-{found[0][1]}")


def _list_moving(rows: LedgerRows, group: Iterable[Request]) -> Iterator[_Moving]:
    wanted = [one for one in group if isinstance(one, Transfer | Post | Reverse)]
    known = {row[1] for row in rows.find(EVENT, "id", [one.id for one in wanted])}
    for one in wanted:
        if one.id in known:
            continue
        if isinstance(one, Reverse):
            yield from _turn_back(rows, one)
            continue
        asked, quantity = (one, one.quantity) if isinstance(one, Transfer) else _find_pending(rows, one)
        day = _read_day(asked.effective) if asked is not None else 0
        if asked is not None and day:
            yield _Moving(asked.giver, asked.taker, quantity, day, asked.spans)


def _turn_back(rows: LedgerRows, one: Reverse) -> Iterator[_Moving]:
    day = _read_day(one.effective)
    for event in rows.find(EVENT, "id", [one.transfer]):
        named = {row[0]: row[1] for row in rows.find(ACCOUNT, "no", event[7:9])}
        if day and event[9] and len(named) == 2:
            yield _Moving(named[event[8]], named[event[7]], event[9], day)


def _find_pending(rows: LedgerRows, one: Post) -> tuple[Transfer | None, int]:
    for row in rows.find(CLAIM, "id", [one.pending]):
        asked = decode(row[0], row[10]) if row[10] else None
        if isinstance(asked, Transfer):
            return asked, row[4] if one.quantity is None else one.quantity
    return None, 0


def _read_day(text: str) -> int:
    """A day as an ordinal; 0 where it is none, which the ledger says itself. [d]"""
    try:
        return parse_day(text).toordinal()
    except ValueError:
        return 0
