"""Daily roots: one hash that stands for all events of a day, to be published; and proofs that an event is among them.

Invariant: a proof is checked with the published root alone; a day is that of the instant of booking, in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from dafeng.ledger.chain import START, find_path, find_root, follow_path, link
from dafeng.ledger.logs import LOGS, Log, link_row
from dafeng.ledger.moments import find_seq, unknown
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import EVENT

FORMAT = "dafeng ledger roots 1"
"""What an export says it is."""
LEDGER = "ledger"
"""Name of the ledger's own log; the others are in `dafeng.ledger.logs.LOGS`."""
_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1)


class DayRoot(NamedTuple):
    """Root of the events ``first`` to ``last`` of a day of a log, and the chain's hash after them; in hexadecimal digits.

    ``log`` is ``ledger``, ``market`` or ``credit``.
    """

    day: date
    first: int
    last: int
    root: str
    head: str
    log: str = LEDGER


class Proof(NamedTuple):
    """All that shows that an event is in the root of its day: its content, the hash before it, its place, and the path."""

    day: date
    seq: int
    group: int
    known_at: int
    id: str
    content: str
    before: str
    at: int
    size: int
    path: tuple[str, ...]


class Compared(NamedTuple):
    """Whether a published root still holds, and the events whose content does not give their hash."""

    same: bool
    broken: tuple[int, ...]


class HashProof(NamedTuple):
    """What shows that a hash is in the root of a day, and nothing of what it stands for."""

    day: date
    seq: int
    hash: str
    at: int
    size: int
    path: tuple[str, ...]
    root: str


def read_root(rows: LedgerRows, day: date, *, log: str = LEDGER) -> DayRoot:
    """Root of a day; final once the day is over.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    day : date
        In UTC.
    log : str, optional
        Which log.

    Returns
    -------
    DayRoot
        Memory does not grow with the number of events.

    Raises
    ------
    LookupFailure
        If nothing was booked on that day.
    """
    with rows.snapshot():
        first, last = _span(rows, day, log)
        leaves = rows.scan(_hashes(log), first, last)
        return _root(day, first, last, (bytes(row[0]) for row in leaves), log)


def list_roots(
    rows: LedgerRows, *, since: date | None = None, before: date | None = None, log: str = LEDGER
) -> Iterator[DayRoot]:
    """Roots of all days on which something was booked.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    since : date, optional
        First day, in UTC.
    before : date, optional
        Day after the last one; give today for days that are over.
    log : str, optional
        Which log.

    Yields
    ------
    DayRoot
        Oldest first.
    """
    table = _table(log)
    seq = 0 if since is None else find_seq(rows, _start(since) - 1, log=table)
    while following := rows.query(f"SELECT known_at FROM {table} WHERE seq = ?", seq + 1):  # noqa: S608 - our own names
        day = _day(following[0][0])
        if before is not None and day >= before:
            return
        made = read_root(rows, day, log=log)
        yield made
        seq = made.last


def prove_event(rows: LedgerRows, id: str) -> Proof:
    """Proof that a request was booked.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    id : str
        Id of the request.

    Returns
    -------
    Proof
        For `check_proof`; valid for the root of its day once that is over.

    Raises
    ------
    LookupFailure
        If no such request was booked.
    """
    with rows.snapshot():
        found = rows.query("SELECT seq, grp, known_at, content FROM ledger_event WHERE id = ?", id)
        if not found:
            raise unknown("event", id)
        seq, group, known_at, content = found[0]
        day = _day(known_at)
        leaves, first = _leaves(rows, day)
        path = tuple(one.hex() for one in find_path(leaves, seq - first))
        before = _hash_before(rows, seq).hex()
    return Proof(day, seq, group, known_at, id, content, before, seq - first, len(leaves), path)


def prove_hash(rows: LedgerRows, seq: int) -> HashProof:
    """Proof that the hash of an event is in the root of its day, without its content.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    seq : int
        Number of the event.

    Returns
    -------
    HashProof
        For `check_hash`; valid for the root of its day once that is over.

    Raises
    ------
    LookupFailure
        If there is no such event.
    """
    with rows.snapshot():
        found = rows.query("SELECT known_at, hash FROM ledger_event WHERE seq = ?", seq)
        if not found:
            raise unknown("event", str(seq))
        day = _day(found[0][0])
        leaves, first = _leaves(rows, day)
    path = tuple(one.hex() for one in find_path(leaves, seq - first))
    return HashProof(day, seq, bytes(found[0][1]).hex(), seq - first, len(leaves), path, find_root(leaves).hex())


def check_hash(proof: HashProof) -> bool:
    """Whether the path of a proof leads from its hash to its root; needs no ledger.

    Parameters
    ----------
    proof : HashProof
        From `prove_hash`; compare its root with the published one.

    Returns
    -------
    bool
        False if hash, place, size or path do not lead there.
    """
    if not 0 <= proof.at < proof.size or len(proof.path) != _length(proof.at, proof.size):
        return False
    path = [bytes.fromhex(one) for one in proof.path]
    return follow_path(bytes.fromhex(proof.hash), proof.at, proof.size, path).hex() == proof.root


def check_proof(proof: Proof, published: DayRoot) -> bool:
    """Whether a proof leads to a published root; needs no ledger.

    Parameters
    ----------
    proof : Proof
        From `prove_event`.
    published : DayRoot
        The published root of the day.

    Returns
    -------
    bool
        False if anything of the event, its place or the path is not what was published.
    """
    first, last = published.first, published.last
    if (LEDGER, proof.day, proof.size, proof.seq) != (
        published.log,
        published.day,
        last - first + 1,
        first + proof.at,
    ) or not first <= proof.seq <= last:
        return False
    if len(proof.path) != _length(proof.at, proof.size) or _day(proof.known_at) != proof.day:
        return False
    leaf = link(bytes.fromhex(proof.before), proof.seq, proof.group, proof.known_at, proof.id, proof.content)
    return follow_path(leaf, proof.at, proof.size, [bytes.fromhex(one) for one in proof.path]).hex() == published.root


def check_root(rows: LedgerRows, published: DayRoot) -> Compared:
    """Whether the events of a day are still those whose root was published; each hash is made anew from the content.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    published : DayRoot
        As it was published.

    Returns
    -------
    Compared
        Memory does not grow with the number of events.
    """
    broken: list[int] = []
    first, last = published.first, published.last

    def leaves() -> Iterator[bytes]:
        before = _hash_before(rows, first, published.log)
        for seq, known_at, make, kept in _contents(rows, published.log, first, last):
            made = make(before)
            if made != bytes(kept) or _day(known_at) != published.day:
                broken.append(seq)
            before = bytes(kept)
            yield made

    with rows.snapshot():
        made = _root(published.day, first, last, leaves(), published.log)
    return Compared(made == published, tuple(broken))


def spell_roots(roots: Iterable[DayRoot]) -> str:
    """Roots as JSON, to be published.

    Parameters
    ----------
    roots : iterable of DayRoot
        From `list_roots`.

    Returns
    -------
    str
        One object; read it with `parse_roots`.
    """
    told = [one._replace(day=one.day.isoformat())._asdict() for one in roots]  # type: ignore[arg-type]
    said = "SHA-256, Merkle tree hash of RFC 6962 section 2.1 over the hashes of the events of a day in UTC"
    return json.dumps({"format": FORMAT, "hash": said, "roots": told}, indent=1)


def parse_roots(text: str) -> tuple[DayRoot, ...]:
    """Roots from JSON.

    Parameters
    ----------
    text : str
        From `spell_roots`.

    Returns
    -------
    tuple of DayRoot
        In the order of the text.
    """
    return tuple(DayRoot(**one | {"day": date.fromisoformat(one["day"])}) for one in json.loads(text)["roots"])


def spell_proof(proof: Proof) -> str:
    """A proof as JSON, to be handed to who asked.

    Parameters
    ----------
    proof : Proof
        From `prove_event`.

    Returns
    -------
    str
        One object; read it with `parse_proof`.
    """
    return json.dumps(proof._asdict() | {"day": proof.day.isoformat()}, ensure_ascii=False, indent=1)


def parse_proof(text: str) -> Proof:
    """A proof from JSON.

    Parameters
    ----------
    text : str
        From `spell_proof`.

    Returns
    -------
    Proof
        For `check_proof`.
    """
    told: dict[str, Any] = json.loads(text)
    return Proof(**told | {"day": date.fromisoformat(told["day"]), "path": tuple(told["path"])})


def _root(day: date, first: int, last: int, leaves: Iterable[bytes], log: str = LEDGER) -> DayRoot:
    """The root, made of whole subtrees: never more than one of each size."""
    trees: list[tuple[int, bytes]] = []
    head = START
    for head in leaves:
        size, made = 1, sha256(b"\x00" + head).digest()
        while trees and trees[-1][0] == size:
            size, made = size * 2, sha256(b"\x01" + trees.pop()[1] + made).digest()
        trees.append((size, made))
    root = trees.pop()[1] if trees else sha256(b"").digest()
    while trees:
        root = sha256(b"\x01" + trees.pop()[1] + root).digest()
    return DayRoot(day, first, last, root.hex(), head.hex(), log)


def _leaves(rows: LedgerRows, day: date) -> tuple[list[bytes], int]:
    """Hashes of a day of the ledger, and its first event."""
    first, last = _span(rows, day, LEDGER)
    return [bytes(row[0]) for row in rows.query(_hashes(LEDGER), first, last)], first


def _table(log: str) -> str:
    return EVENT.name if log == LEDGER else LOGS[log].table.name


def _hashes(log: str) -> str:
    """SELECT of the hashes of a log between two numbers."""
    if log == LEDGER:
        return "SELECT hash FROM ledger_event WHERE seq >= ? AND seq <= ? ORDER BY seq"
    return f"SELECT hash FROM ledger_link WHERE log = '{LOGS[log].name}' AND seq >= ? AND seq <= ? ORDER BY seq"  # noqa: S608 - our own names


def _contents(rows: LedgerRows, log: str, first: int, last: int) -> Iterator[tuple[int, int, Callable[[bytes], bytes], bytes]]:
    """Number, instant, hash as the content gives it after another one, and hash as it stands."""
    if log == LEDGER:
        text = "SELECT seq, grp, known_at, id, content, hash FROM ledger_event WHERE seq >= ? AND seq <= ? ORDER BY seq"
        for *told, kept in rows.scan(text, first, last):
            yield told[0], told[2], partial(_link, told), kept
        return
    meant = LOGS[log]
    columns = ", ".join(f"n.{name}" for name in meant.table.columns)
    text = (
        f"SELECT {columns}, k.hash FROM {meant.table.name} n LEFT JOIN ledger_link k ON k.log = '{log}' AND k.seq = n.seq"  # noqa: S608 - our own names
        " WHERE n.seq >= ? AND n.seq <= ? ORDER BY n.seq"
    )
    for row in rows.scan(text, first, last):
        yield row[0], row[meant.instant], partial(_link_row, meant, row), row[-1] or b""


def _link(told: Sequence[Any], before: bytes) -> bytes:
    return link(before, *told)


def _link_row(log: Log, row: Sequence[Any], before: bytes) -> bytes:
    return link_row(log, before, tuple(row))


def _span(rows: LedgerRows, day: date, log: str) -> tuple[int, int]:
    """First and last event of a day."""
    table = _table(log)
    first = find_seq(rows, _start(day) - 1, log=table) + 1
    last = find_seq(rows, _start(day + timedelta(days=1)) - 1, log=table)
    if first > last:
        raise unknown("day", day.isoformat())
    return first, last


def _hash_before(rows: LedgerRows, seq: int, log: str = LEDGER) -> bytes:
    found = rows.query(_hashes(log), seq - 1, seq - 1)
    return bytes(found[0][0]) if found else START


def _length(at: int, size: int) -> int:
    """Hashes of the path of a place in a tree."""
    if size <= 1:
        return 0
    split = 1 << (size - 1).bit_length() - 1
    return 1 + (_length(at, split) if at < split else _length(at - split, size - split))


def _start(day: date) -> int:
    return (day - _EPOCH).days * _DAY


def _day(known_at: int) -> date:
    return datetime.fromtimestamp(known_at // 1_000_000, UTC).date()
