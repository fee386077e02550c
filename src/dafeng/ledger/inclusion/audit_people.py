"""Persons of carbon inclusion looked at again: what left their accounts for bundles, what is left, earned, and where they were.

Invariant: events are read once, person by person; memory grows with the events of a person that last at the same time, not with
events or persons.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from dafeng.core.labels import Label
from dafeng.ledger.audit_findings import AuditFindings
from dafeng.ledger.inclusion.audit_points import DayPoints
from dafeng.ledger.inclusion.bundles import ERASED, REVERSED, Bundle, spell_share
from dafeng.ledger.inclusion.claims import Overlap
from dafeng.ledger.inclusion.kept_policies import Decided
from dafeng.ledger.inclusion.programme import GRAMS, account_of
from dafeng.ledger.requests import encode
from dafeng.store.inclusion_rows import InclusionRows
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import ACCOUNT, EVENT

PERSONS = 500
"""Persons who are looked up in the ledger at once."""
AGAIN = Label(
    "注销若中断，再注销一次；否则从备份恢复后比对", "erase again if an erasure was cut short; else restore a backup and compare"
)  # fmt: skip
_EVENTS = "SELECT person, no, scene, started, ended, grams, bundle, day, points FROM event ORDER BY person, day, started"
_LAST_DAY = date.max.toordinal()
_STATE, _BALANCE = (list(ACCOUNT.columns).index(name) for name in ("state", "balance"))


def check_people(
    rows: LedgerRows,
    said: AuditFindings,
    own: InclusionRows,
    points: str,
    bundles: Mapping[str, Bundle],
    undone: Sequence[tuple[int, int]],
    overlaps: Mapping[str, Overlap],
    matched: Counter[str],
    decided: Decided,
) -> None:
    """Audit what persons have and where they were.

    Parameters
    ----------
    rows : LedgerRows
        The ledger's database.
    said : AuditFindings
        Gets what is wrong.
    own : InclusionRows
        Events.
    points : str
        Book of points.
    bundles : mapping of str to Bundle
        Bundles by name.
    undone : sequence of (int, int)
        First and last event of chunks that are not booked to their end, in order.
    overlaps : mapping of str to Overlap
        What may be claimed once.
    matched : Counter
        Gets the number of bookings that events stand behind, by kind.
    decided : Decided
        Policies by event.
    """
    people = (
        _Person(person, events, bundles, undone, overlaps, said, DayPoints(account_of(points, person), decided, said))
        for person, events in groupby(own.scan(_EVENTS), key=itemgetter(0))
        if type(person) is str
    )
    while some := list(islice(people, PERSONS)):
        _check_some(rows, said, some, (GRAMS, points), bundles, matched)


class _Person:
    """What the events of a person make: grams that are free, grams by bundle, and whether more is still to be booked."""

    def __init__(
        self, name: str, events: Iterator[tuple[Any, ...]], bundles: Mapping[str, Bundle], undone: Sequence[tuple[int, int]],
        overlaps: Mapping[str, Overlap], said: AuditFindings, earned: DayPoints,
    ) -> None:  # fmt: skip
        self.name, self.free, self.erased, self.unclear = name, 0, 0, False
        self.shares: Counter[str] = Counter()
        spans: dict[str, list[tuple[int, int]]] = {}
        for _, no, scene, started, ended, grams, bundle, day, points in events:
            if any(type(one) is not int for one in (started, ended, grams, day, points)) or not 0 < day <= _LAST_DAY:
                self.unclear = True
                continue
            earned.add(no, day, scene, points)
            group = overlaps.get(scene)
            if group is not None and group.interval and _meets(spans.setdefault(group.group, []), started, ended):
                said.say(
                    "inclusion_overlap", f"inclusion.event/{no}", "同一人同一时间已有另一出行",
                    "the same person was on another trip at that time",
                )  # fmt: skip
            if bundle in bundles:
                self.shares[bundle] += grams
                self.unclear |= bundles[bundle].done != 1
            elif not bundle:
                self.free += grams
            elif bundle == ERASED:
                self.erased = self.erased or no
            self.unclear |= bundle not in ("", ERASED, REVERSED, *self.shares) or _is_within(undone, no)
        earned.close()


def _meets(spans: list[tuple[int, int]], started: int, ended: int) -> bool:
    """Whether a trip lies beside one that began before it; forgets those that are over."""
    spans[:] = [one for one in spans if one[1] > started or one == (started, ended)]
    met = any((a < ended and started < b) or (a, b) == (started, ended) for a, b in spans)
    spans.append((started, ended))
    return met


def _is_within(spans: Sequence[tuple[int, int]], no: int) -> bool:
    at = bisect_right(spans, no, key=itemgetter(0)) - 1
    return at >= 0 and no <= spans[at][1]


def _check_some(
    rows: LedgerRows, said: AuditFindings, some: Sequence[_Person], books: tuple[str, str], bundles: Mapping[str, Bundle],
    matched: Counter[str],
) -> None:  # fmt: skip
    named = [account_of(book, one.name) for one in some for book in books]
    accounts = {row[1]: row for row in rows.find(ACCOUNT, "name", named)}
    asked = {}
    for one in some:
        for name, grams in one.shares.items():
            if grams:
                request = spell_share(name, one.name, grams, date.fromordinal(bundles[name].day).isoformat())
                asked[request.id] = (encode(request), name)
    booked = {row[1]: row[5] for row in rows.find(EVENT, "id", list(asked))}
    for wanted, (content, name) in asked.items():
        found = booked.get(wanted)
        matched["convert"] += found is not None
        if (found is not None or bundles[name].done == 1) and found != content:
            said.say(
                "inclusion_bundle", f"inclusion.bundle/{name}", f"账簿转出 {found or '无'}，事件应为 {content}",
                f"the ledger took {found or 'nothing'} for it, its events make {content}",
            )  # fmt: skip
    for one in some:
        _check_account(said, one, [accounts.get(account_of(book, one.name)) for book in books])


def _check_account(said: AuditFindings, one: _Person, accounts: Sequence[tuple[Any, ...] | None]) -> None:
    if one.erased and any(account is None or account[_STATE] != "closed" for account in accounts):
        said.say(
            "inclusion_erased", f"inclusion.event/{one.erased}", "标为已注销，账户仍未关闭",
            "marked as erased, and the accounts are open", remedy=AGAIN,
        )  # fmt: skip
        return
    balance = accounts[0][_BALANCE] if accounts[0] is not None else 0
    if not one.unclear and balance != one.free:
        name = account_of(GRAMS, one.name)
        said.say(
            "inclusion_balance", name, f"余额 {balance} 克，未核证的事件合计 {one.free} 克",
            f"the balance is {balance} g, the events that are not certified make {one.free} g",
        )  # fmt: skip
