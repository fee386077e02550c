"""What a batch touches, brought from the database into a state.

Invariant: after `load` the rules find every book, account, claim, block, id and earlier movement that the requests name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.ledger.chain import START, link
from dafeng.ledger.definitions import account_types
from dafeng.ledger.flaws import find_flaw
from dafeng.ledger.opening import unique_keys
from dafeng.ledger.requests import (
    VERBS,
    Groups,
    Hold,
    OpenAccount,
    Post,
    Release,
    Request,
    Reverse,
    SetLimit,
    SetState,
    Transfer,
    Void,
    decode,
)
from dafeng.ledger.state import Account, Block, Book, Claim, Original, State
from dafeng.store.ledger_rows import LedgerRows, select
from dafeng.store.ledger_tables import ACCOUNT, BLOCK, BOOK, CLAIM, EVENT, MOVE, REVERSED, TAKEN

MOST_KEPT = 200_000
"""Accounts that stay in memory between batches."""
WINDOW = 16
"""Events of a group that are looked up at once."""
_PLACE = itemgetter(9, 4, 6, 2)
"""`state.PLACE` of a row of the table of blocks."""
_SORTS = frozenset(VERBS.values())


def read_head(rows: LedgerRows) -> tuple[int, int, bytes]:
    """Number, instant and hash of the last event.

    Parameters
    ----------
    rows : LedgerRows
        The database.

    Returns
    -------
    (int, int, bytes)
        Zeros before the first event. [-, µs, -]
    """
    found = rows.query("SELECT seq, known_at, hash FROM ledger_event ORDER BY seq DESC LIMIT 1")
    return (found[0][0], found[0][1], bytes(found[0][2])) if found else (0, 0, START)


def read_state(rows: LedgerRows) -> State:
    """A state that holds the books and nothing else yet.

    Parameters
    ----------
    rows : LedgerRows
        The database.

    Returns
    -------
    State
        At the last event.

    Raises
    ------
    StoreError
        If the last event does not fit its hash: nothing is booked after it.
    """
    _check_head(rows)
    numbers = rows.query(
        "SELECT (SELECT coalesce(max(no), 0) FROM ledger_book), (SELECT coalesce(max(no), 0) FROM ledger_account),"
        " (SELECT coalesce(max(no), 0) FROM ledger_block)"
    )[0]
    state = State(*read_head(rows), (numbers[0], numbers[1], numbers[2]))
    for row in rows.query(select(BOOK)):
        no, name, instrument, unit, scale, serials, period, project, told, locked, following = row
        book = Book(no, name, instrument, unit, scale, bool(serials), period, bool(project))
        book.state, book.locked, book.next = told, locked, following
        state.books[name] = book
    return state


def _check_head(rows: LedgerRows) -> None:
    """The last event fits its hash; of those before it the audit tells, for all of them cannot be read at each opening."""
    last = rows.query("SELECT seq, grp, known_at, id, content, hash FROM ledger_event ORDER BY seq DESC LIMIT 2")
    if not last:
        return
    seq, group, known_at, name, content, digest = last[0]
    before = bytes(last[1][5]) if len(last) > 1 else START
    if link(before, seq, group, known_at, name, content) != bytes(digest):
        raise StoreError(
            Label(f"账簿末笔（事件 {seq}）与其散列值不符", f"the last event of the ledger ({seq}) does not fit its hash"),
            where=f"ledger_event/{seq}",
            expected=Label("未被改动的账簿", "a ledger that nobody changed"),
            remedy=Label(
                "用 dafeng ledger audit 审核，并从备份恢复；没有记账",
                "audit with dafeng ledger audit and restore the backup; nothing was booked",
            ),
        )


def load(state: State, rows: LedgerRows, groups: Groups) -> None:
    """Bring what the requests name.

    Parameters
    ----------
    state : State
        At the last event of the database.
    rows : LedgerRows
        The database.
    groups : sequence of sequence of Request
        What is about to be booked.
    """
    requests = [request for group in groups for request in group if type(request) in _SORTS]
    if len(state.accounts) > MOST_KEPT:
        _clear(state.accounts, state.by_number, state.claims)
    _clear(state.done, state.originals, state.reversed, state.taken)
    for name, seq, content in find_booked(rows, _readable(request.id for request in requests)):
        state.done[name] = (seq, content)
    names = _named(requests)
    numbers: set[int] = set()
    numbers |= _load_originals(state, rows, requests)
    wanted = _claimed(requests)
    for claim in wanted & state.claims.keys():  # in memory through its giver; its taker need not be
        names |= _sides(claim, state.claims[claim].content)
    claims = rows.find(CLAIM, "id", wanted - state.claims.keys())
    for row in claims:
        numbers.add(row[1])
        names |= _sides(row[0], row[10])
    _load_accounts(state, rows, names, numbers)
    for row in claims:
        if row[0] not in state.claims:
            _add_claim(state, row)
    _load_taken(state, rows, requests)


def _readable(values: Iterable[Any]) -> set[str]:
    """What may be a key; the rest is refused by the rules and must not reach the database."""
    return {value for value in values if type(value) is str and value.isprintable()}


def _sides(name: str, content: str) -> set[str]:
    pending = decode(name, content) if content else None
    return {pending.giver, pending.taker} if isinstance(pending, Transfer) else set()


def _clear(*tables: dict[Any, Any]) -> None:
    for table in tables:
        table.clear()


def find_booked(rows: LedgerRows, ids: Iterable[str]) -> list[tuple[str, int, str]]:
    """Which ids were booked before.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    ids : iterable of str
        Ids of requests.

    Returns
    -------
    list of (id, seq, content)
        Those that were.
    """
    return [(row[1], row[0], row[5]) for row in rows.find(EVENT, "id", ids)]


def _named(requests: Sequence[Request]) -> set[str]:
    names: list[str] = []
    for request in requests:
        if type(request) is Transfer:
            names += request[2:4]
        elif isinstance(request, OpenAccount | SetState | SetLimit | Hold):
            names.append(request.account)
    return _readable(names)


def _claimed(requests: Sequence[Request]) -> set[str]:
    wanted: list[str] = []
    for request in requests:
        if type(request) is Transfer or isinstance(request, Release):
            wanted.append(request.hold)
        elif isinstance(request, Post | Void):
            wanted.append(request.pending)
    return _readable(wanted) - {""}


def _load_originals(state: State, rows: LedgerRows, requests: Sequence[Request]) -> set[int]:
    """Movements that are to be reversed; the numbers of their accounts."""
    wanted = _readable(request.transfer for request in requests if isinstance(request, Reverse))
    if not wanted:
        return set()
    events = [row for row in rows.find(EVENT, "id", wanted) if row[9]]
    moves = rows.find(MOVE, "seq", [row[0] for row in events])
    numbers = {number for row in events for number in row[7:9]}
    named = {row[0]: row[1] for row in rows.find(ACCOUNT, "no", numbers)}
    mates = find_mates(rows, {row[2] for row in events})
    for row in events:
        spans = tuple(sorted((move[2], move[3]) for move in moves if move[0] == row[0]))
        own = tuple(name for name in sorted(mates[row[2]]) if name != row[1])
        state.originals[row[1]] = Original(row[0], row[6], named[row[7]], named[row[8]], row[9], spans, own)
    linked = {name for names in mates.values() for name in names}
    state.reversed.update((row[0], row[1]) for row in rows.find(REVERSED, "id", wanted | linked))
    return numbers


def find_mates(rows: LedgerRows, groups: set[int]) -> dict[int, dict[str, int]]:
    """Movements that were booked together; the events of a group follow each other in the log.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    groups : set of int
        Numbers of the first events of the groups.

    Returns
    -------
    dict of int to dict of str to int
        By group, the ids of its movements with the numbers of their events.
    """
    found: dict[int, dict[str, int]] = {group: {} for group in groups}
    following = set(groups)
    while following:
        events = rows.find(EVENT, "seq", {seq + step for seq in following for step in range(WINDOW)})
        own = [row for row in events if row[2] in groups]
        for row in own:
            if row[9]:
                found[row[2]][row[1]] = row[0]
        seen = {row[0]: row[2] for row in own}
        following = {seq + WINDOW for seq in following if seen.get(seq) == seen.get(seq + WINDOW - 1) is not None}
    return found


def _load_accounts(state: State, rows: LedgerRows, names: set[str], numbers: set[int]) -> None:
    found = rows.find(ACCOUNT, "name", names - state.accounts.keys())
    found += rows.find(ACCOUNT, "no", numbers - state.by_number.keys() - {row[0] for row in found})
    books = {book.no: book for book in state.books.values()}
    types = account_types()
    fresh: list[Account] = []
    for no, name, book, sort, holder, title, registry, told, limit, balance, held in found:
        account = Account(no, name, books[book], types[sort], holder, title, registry)
        account.state, account.limit, account.balance, account.held = told, limit, balance, held
        state.accounts[name] = state.by_number[no] = account
        fresh.append(account)
    for row in rows.find(CLAIM, "account", [account.no for account in fresh if account.type.floor == "zero"], also="NOT ended"):
        _add_claim(state, row)
    blocks = rows.find(BLOCK, "account", [account.no for account in fresh if account.book.serials], also="alive")
    for row in sorted(blocks, key=_PLACE):
        no, book, first, last, vintage, project, restricted, number, parent, claim, _ = row
        owner = state.by_number[number]
        block = Block(no, books[book], first, last, (vintage, project, bool(restricted)), owner, parent)
        block.claim = claim
        owner.blocks.append(block)


def _add_claim(state: State, row: Sequence[Any]) -> None:
    name, owner, kind, asked, held, rank, seq, until, waits, ended, content = row
    account = state.by_number[owner]
    claim = Claim(name, account, kind, asked, rank, seq, until)
    claim.left, claim.waits, claim.over, claim.content = held, bool(waits), bool(ended), content
    state.claims[name] = claim
    if not claim.over:
        account.claims.append(claim)
        account.claims.sort(key=lambda one: one.seq)
        if until is not None:
            account.due = until if account.due is None else min(account.due, until)


def _sound(requests: Sequence[Request]) -> list[OpenAccount]:
    return [request for request in requests if isinstance(request, OpenAccount) and not find_flaw(request)]


def _load_taken(state: State, rows: LedgerRows, requests: Sequence[Request]) -> None:
    keys = {key for request in _sound(requests) for _, key in unique_keys(request)}
    state.taken.update((row[0], row[1]) for row in rows.find(TAKEN, "key", keys))
