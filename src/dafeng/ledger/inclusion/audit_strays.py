"""Bookings of carbon inclusion behind which nothing stands: no event, no bundle.

Invariant: where as many were booked as events and bundles stand behind, the bookings are counted and not read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from dafeng.ledger.audit_findings import AuditFindings
from dafeng.ledger.inclusion.programme import BUNDLED, GRAMS, ISSUER, Shelf, account_of
from dafeng.ledger.logs import beyond
from dafeng.store.inclusion_rows import InclusionRows
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import ACCOUNT

AT_ONCE = 1000
"""Bookings that are looked up at once."""
PROJECTS = "credit:"
"""Begin of the ids of what is issued for credit projects, which may be in the same book and which their own audit looks at."""
_KNOWN: Mapping[str, str] = {
    "earn": "SELECT 'puhui:' || e.key || p.value FROM json_each(?) w JOIN event e ON e.key = substr(w.value, 7, 32)"
    " JOIN json_each('[\":g\", \":p\"]') p WHERE CASE p.value WHEN ':g' THEN e.grams ELSE e.points END > 0",
    "reverse": "SELECT 'puhui:reverse:' || e.key || p.value FROM json_each(?) w JOIN event e ON e.key = substr(w.value, 15, 32)"
    " JOIN json_each('[\":g\", \":p\"]') p WHERE e.bundle = 'reversed'",
    "convert": "SELECT w.value FROM json_each(?) w JOIN bundle b ON substr(w.value, 1, length(b.name) + 14) ="
    " 'puhui:bundle:' || b.name || ':' WHERE EXISTS (SELECT 1 FROM event e WHERE e.bundle = b.name"
    " AND e.person = substr(w.value, length(b.name) + 15))",
    "issue": "SELECT 'puhui:bundle:' || name FROM bundle WHERE 'puhui:bundle:' || name IN (SELECT value FROM json_each(?))",
}
"""By kind, which of many ids an event or a bundle stands behind."""


def check_strays(rows: LedgerRows, said: AuditFindings, own: InclusionRows | None, matched: Counter[str], shelf: Shelf) -> None:
    """Name what was booked of carbon inclusion without an event or bundle.

    Parameters
    ----------
    rows : LedgerRows
        The ledger's database.
    said : AuditFindings
        Gets what is wrong.
    own : InclusionRows or None
        Events and bundles; ``None`` where the file is not there.
    matched : Counter
        Bookings that events and bundles stand behind, by kind.
    shelf : Shelf
        Books of the programme.
    """
    sides = _sides(shelf)
    wanted = [name for _, names in sides.values() for name in names]
    numbers = {row[1]: row[0] for row in rows.find(ACCOUNT, "name", sorted(set(wanted)))}
    for kind, (side, names) in sides.items():
        accounts = [numbers[name] for name in names if name in numbers]
        if not accounts:
            continue
        where = f"kind = '{kind}' AND {side} IN ({', '.join('?' for _ in accounts)}) AND NOT (id >= ? AND id < ?)"
        accounts = [*accounts, PROJECTS, beyond(PROJECTS)]
        stands = rows.query(f"SELECT count(*) FROM ledger_event WHERE {where}", *accounts)[0][0]  # noqa: S608 - our own names
        if own is None and stands:
            said.say(
                "inclusion_missing", "inclusion", f"账簿入账 {stands} 笔（{kind}），事件库不在",
                f"the ledger booked {stands} of kind {kind}, and the file of events is not there",
            )  # fmt: skip
        elif own is not None and stands != matched[kind]:
            _name(rows, said, own, kind, where, accounts)


def _sides(shelf: Shelf) -> dict[str, tuple[str, tuple[str, ...]]]:
    """By kind, the side of a movement that is an account of the programme, and which."""
    issuers = account_of(GRAMS, ISSUER), shelf.earns
    return {
        "earn": ("giver", issuers),
        "reverse": ("taker", issuers),
        "convert": ("taker", (account_of(GRAMS, BUNDLED),)),
        "issue": ("giver", (shelf.issuer,)),
    }


def _name(rows: LedgerRows, said: AuditFindings, own: InclusionRows, kind: str, where: str, accounts: Sequence[object]) -> None:
    booked = rows.scan(f"SELECT seq, id FROM ledger_event WHERE {where} ORDER BY seq", *accounts)  # noqa: S608 - our own names
    while some := list(islice(booked, AT_ONCE)):
        known: set[Any] = {row[0] for row in own.query(_KNOWN[kind], [row[1] for row in some])}
        for seq, name in some:
            if name not in known:
                said.say(
                    "inclusion_missing", f"ledger_event/{seq}", f"{name} 已入账，没有相应的事件或核证批次",
                    f"{name} was booked, and no event or bundle stands behind it",
                )  # fmt: skip
