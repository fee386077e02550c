"""Events of a ledger: what was asked, what it moved, and what came into an account.

Invariant: an event is what its row says; the transfer behind a posting is that which was set aside.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from dafeng.ledger import reading
from dafeng.ledger.requests import Request, Transfer, decode
from dafeng.store.ledger_rows import LedgerRows
from dafeng.work.right_rows import find_account_row, tell_instant


class EventRow(NamedTuple):
    """A row of the log with the request that made it."""

    seq: int
    id: str
    group: int
    known_at: int
    effective: date | None
    content: str
    kind: str
    giver: int
    taker: int
    quantity: int
    hash: bytes

    @property
    def at(self) -> datetime:
        """When it was booked."""
        return tell_instant(self.known_at)

    @property
    def request(self) -> Request:
        """What was asked."""
        return decode(self.id, self.content)


def read_event(rows: LedgerRows, *, id: str = "", seq: int = 0) -> EventRow | None:
    """An event by its id or number.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    id : str, optional
        Id of the request.
    seq : int, optional
        Number of the event, where no id is given.

    Returns
    -------
    EventRow or None
        ``None`` if there is none.
    """
    found = reading.find_event(rows, id=id, seq=seq)
    return _event(found) if found is not None else None


def read_moves(rows: LedgerRows, seq: int) -> list[tuple[int, int]]:
    """Serial numbers that an event moved.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    seq : int
        The event.

    Returns
    -------
    list of (first, last)
        By number.
    """
    return [(row[0], row[1]) for row in rows.query("SELECT first, last FROM ledger_move WHERE seq = ? ORDER BY first", seq)]


def find_origin(rows: LedgerRows, book: int, first: int, last: int) -> list[tuple[str, str]]:
    """Project and vintage of serial numbers.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : int
        Number of the book.
    first, last : int
        Serial numbers.

    Returns
    -------
    list of (project, vintage)
        Sorted, without doubles.
    """
    found = rows.query(
        "SELECT DISTINCT project, vintage FROM ledger_block WHERE book = ? AND alive AND first <= ? AND last >= ?"
        " ORDER BY 1, 2",
        book, last, first,
    )  # fmt: skip
    return [(row[0], row[1]) for row in found]


def read_taken(rows: LedgerRows, account: int, *, before: int = 0, limit: int = 50) -> list[EventRow]:
    """Movements into an account, the newest first.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : int
        Its number.
    before : int, optional
        Only events before this one.
    limit : int, optional
        At most so many.

    Returns
    -------
    list of EventRow
        By event, falling.
    """
    return [_event(one) for one in reading.list_taken(rows, account, before=before or 2**62, limit=limit)]


def find_transfer(event: EventRow, rows: LedgerRows) -> Transfer | None:
    """The transfer that an event booked, also where it booked one that had been set aside.

    Parameters
    ----------
    event : EventRow
        The event.
    rows : LedgerRows
        The database.

    Returns
    -------
    Transfer or None
        ``None`` where it booked no transfer.
    """
    request = event.request
    pending = getattr(request, "pending", "")
    if pending:
        before = read_event(rows, id=pending)
        request = before.request if before is not None else request
    return request if isinstance(request, Transfer) else None


def event_document(rows: LedgerRows, seq: int) -> dict[str, Any] | None:
    """An event as plain data.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    seq : int
        Number of the event.

    Returns
    -------
    dict or None
        Quantity in minimal units, accounts by name, serial numbers as pairs, the request as it was written, its hash and the
        one before; ``None`` if there is none.
    """
    event, former = read_event(rows, seq=seq), read_event(rows, seq=seq - 1)
    if event is None:
        return None
    giver, taker = (find_account_row(rows, number=one) if one else None for one in (event.giver, event.taker))
    transfer = find_transfer(event, rows)
    return {
        "event": event.seq, "id": event.id, "kind": event.kind, "booked_at": event.at.isoformat(),
        "effective": event.effective.isoformat() if event.effective else None,
        "giver": giver.name if giver else None, "taker": taker.name if taker else None, "quantity": event.quantity,
        "serials": [list(one) for one in read_moves(rows, seq)], "reason": transfer.reason if transfer else "",
        "beneficiary": transfer.beneficiary if transfer else "", "content": event.content,
        "former": former.hash.hex() if former is not None else "0" * 64, "hash": event.hash.hex(),
    }  # fmt: skip


def _event(row: reading.EventRow) -> EventRow:
    return EventRow(
        row.seq, row.id, row.group, row.known_at, row.effective, row.content, row.kind, row.giver_no, row.taker_no,
        row.quantity, bytes.fromhex(row.hash),
    )  # fmt: skip
