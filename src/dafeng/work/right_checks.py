"""Whether the rows about a movement say what was asked when it was booked, as the hashed contents of the log tell it.

Invariant: nothing is taken from a column that its content does not confirm; what differs is a finding and never shown as true.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from dafeng.core.errors import StoreError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.ledger import reading
from dafeng.ledger.chain import START, link
from dafeng.ledger.definitions import account_types
from dafeng.ledger.requests import OpenAccount, OpenBook, Post, Request, Transfer, decode
from dafeng.store.ledger_rows import LedgerRows

_OPENINGS = "SELECT seq FROM ledger_event WHERE giver = 0 AND kind = ? ORDER BY seq LIMIT 1 OFFSET ?"
"""Books and accounts are numbered in the order they were opened, so the n-th opening is that of number n."""


def check_movement(rows: LedgerRows, seq: int) -> tuple[Finding, ...]:
    """Compare all that is shown of a movement with the contents that the hashes cover.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    seq : int
        Number of the event.

    Returns
    -------
    tuple of Finding
        What differs: link, kind, accounts, quantity, day, postings, serial numbers, origins, book; empty if nothing does.
    """
    event = reading.find_event(rows, seq=seq)
    if event is None:
        return (_finding(seq, "event", "none", "none"),)
    return tuple(_finding(seq, *one) for one in _check(rows, event))


def refuse_forged(findings: tuple[Finding, ...]) -> None:
    """Raise where something differs.

    Parameters
    ----------
    findings : tuple of Finding
        `check_movement`.

    Raises
    ------
    StoreError
        If there is a finding.
    """
    if findings:
        said = findings[0]
        raise StoreError(
            said.says,
            where=said.at,
            expected=Label("与入账时的内容一致的记录", "rows that say what was booked"),
            remedy=said.remedy,
        )


_Difference = tuple[str, object, object]
_Spans = list[tuple[int, int]]


def _check(rows: LedgerRows, event: reading.EventRow) -> Iterator[_Difference]:
    """What differs: name, what stands, what was booked."""
    request, after = _read(rows, event), reading.find_event(rows, seq=event.seq + 1)
    if request is None or (after is not None and not _is_linked(rows, after)):
        yield "link", "broken", "whole"
        return
    asked: Request | None = request
    if isinstance(request, Post):
        pending = reading.find_event(rows, id=request.pending)
        asked = _read(rows, pending) if pending is not None else None
    if not isinstance(asked, Transfer) or event.effective is None:
        yield "content", event.kind, "transfer"
        return
    part = request.quantity if isinstance(request, Post) else None
    quantity, day = part or asked.quantity, event.effective
    yield from _differ(
        ("kind", event.kind, asked.kind), ("giver", event.giver, asked.giver), ("taker", event.taker, asked.taker),
        ("quantity", event.quantity, quantity), ("effective", day.isoformat(), asked.effective),
    )  # fmt: skip
    postings = rows.query("SELECT account, amount, effective FROM ledger_posting WHERE seq = ? ORDER BY amount", event.seq)
    made = [(event.giver_no, -quantity, day.toordinal()), (event.taker_no, quantity, day.toordinal())]
    yield from _differ(("postings", [tuple(row) for row in postings], made))
    yield from _check_account(rows, event.giver_no)
    yield from _check_account(rows, event.taker_no)
    spans = asked.spans if request is asked else ()
    yield from _check_serials(rows, event, [(one.first, one.last) for one in spans], quantity)


def _check_account(rows: LedgerRows, number: int) -> Iterator[_Difference]:
    found = rows.query("SELECT name, type, holder, title, book FROM ledger_account WHERE no = ?", number)
    opened = _opening(rows, "open_account", number)
    if not found or not isinstance(opened, OpenAccount):
        yield "account", number, "opened"
        return
    told = (opened.account, opened.type, opened.holders[0], opened.name or opened.account)
    yield from _differ(("account", found[0][:4], told))
    stands = rows.query("SELECT name, instrument, unit, scale, serials, period FROM ledger_book WHERE no = ?", found[0][4])
    made = _opening(rows, "open_book", found[0][4])
    if not stands or not isinstance(made, OpenBook):
        yield "book", found[0][4], opened.book
        return
    stood = (*stands[0][:4], bool(stands[0][4]), stands[0][5])
    yield from _differ(("book", stood, (opened.book, made.instrument, made.unit, made.scale, made.serials, made.period)))


def _check_serials(rows: LedgerRows, event: reading.EventRow, asked: _Spans, quantity: int) -> Iterator[_Difference]:
    """Numbers are as many as units, those that were asked for, and of the project and vintage that their issue named."""
    book, numbered, sort = rows.query(
        "SELECT b.no, b.serials, a.type FROM ledger_account a JOIN ledger_book b ON b.no = a.book WHERE a.no = ?",
        event.taker_no,
    )[0]
    moves = rows.query("SELECT book, first, last FROM ledger_move WHERE seq = ? ORDER BY first", event.seq)
    spans: _Spans = [(first, last) for _, first, last in moves]
    yield from _differ(
        ("serials", sum(last - first + 1 for first, last in spans), quantity if numbered else 0),
        ("serials", {row[0] for row in moves} - {book}, set()),
    )
    if asked:
        yield from _differ(("serials", _join(spans), _join(asked)))
    stays = {event.taker_no} if not account_types()[sort].gives else None
    for first, last in spans:
        yield from _check_origin(rows, book, (first, last), stays)


def _check_origin(rows: LedgerRows, book: int, span: tuple[int, int], stays: set[int] | None) -> Iterator[_Difference]:
    """Numbers lie where they were moved for good, and are of the project and vintage of the event that made them."""
    first, last = span
    blocks = rows.query(
        "SELECT vintage, project, account FROM ledger_block WHERE book = ? AND alive AND first <= ? AND last >= ?",
        book, last, first,
    )  # fmt: skip
    if stays is not None:
        yield from _differ(("holder", {row[2] for row in blocks}, stays))
    made_by = rows.query(
        "SELECT seq FROM ledger_move WHERE book = ? AND first <= ? AND last >= ? ORDER BY seq LIMIT 1", book, first, last
    )
    event = reading.find_event(rows, seq=made_by[0][0]) if made_by else None
    issue = _read(rows, event) if event is not None else None
    origin = {(issue.vintage, issue.project)} if isinstance(issue, Transfer) else set()
    yield from _differ(("origin", {row[:2] for row in blocks}, origin))


def _opening(rows: LedgerRows, kind: str, number: int) -> Request | None:
    found = rows.query(_OPENINGS, kind, number - 1)
    event = reading.find_event(rows, seq=found[0][0]) if found else None
    return _read(rows, event) if event is not None else None


def _read(rows: LedgerRows, event: reading.EventRow) -> Request | None:
    """The request of an event, if its link holds."""
    if _is_linked(rows, event):
        with suppress(ValueError, KeyError, TypeError):
            return decode(event.id, event.content)
    return None


def _is_linked(rows: LedgerRows, event: reading.EventRow) -> bool:
    before = reading.find_event(rows, seq=event.seq - 1)
    start = bytes.fromhex(before.hash) if before is not None else START
    if before is None and event.seq != 1:
        return False
    return link(start, event.seq, event.group, event.known_at, event.id, event.content).hex() == event.hash


def _differ(*pairs: _Difference) -> Iterator[_Difference]:
    return (one for one in pairs if one[1] != one[2])


def _join(spans: _Spans) -> _Spans:
    """Spans in order, neighbours made one."""
    joined: _Spans = []
    for first, last in sorted(spans):
        if joined and first == joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _finding(seq: int, name: str, stands: object, booked: object) -> Finding:
    return Finding(
        "certificate.forged",
        f"ledger_event/{seq}",
        "error",
        Label(
            f"事件 {seq} 的 {name} 与入账内容不符：记录为 {stands}，入账为 {booked}",
            f"{name} of event {seq} is not what was booked: the rows say {stands}, the log says {booked}",
        ),
        Label(
            "用 dafeng ledger audit 审核全部账簿，并从备份恢复",
            "audit the books with dafeng ledger audit and restore the backup",
        ),
    )
