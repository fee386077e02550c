"""Hashes: every event carries that of the event before, and a day of events has one root.

Invariant: who knows one hash knows all content before it; the root is the Merkle tree hash of RFC 6962, section 2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

START = bytes(32)
"""Hash before the first event."""


def link(before: bytes, seq: int, group: int, known_at: int, id: str, content: str) -> bytes:
    """Hash of an event.

    Parameters
    ----------
    before : bytes
        Hash of the event before, `START` for the first one.
    seq, group : int
        Number of the event, and of the first one of its group.
    known_at : int
        Instant of booking. [µs]
    id, content : str
        Id and spelling of the request.

    Returns
    -------
    bytes
        32 bytes.
    """
    return sha256(before + f"{seq}\n{group}\n{known_at}\n{len(id)}\n{id}\n{content}".encode()).digest()


def find_root(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree hash of a list.

    Parameters
    ----------
    leaves : sequence of bytes
        Hashes of the events of a day, in order.

    Returns
    -------
    bytes
        32 bytes; that of nothing is the hash of no bytes.
    """
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + find_root(leaves[:split]) + find_root(leaves[split:])).digest()


def find_path(leaves: Sequence[bytes], at: int) -> list[bytes]:
    """Hashes that lead from one event to the root (audit path of RFC 6962).

    Parameters
    ----------
    leaves : sequence of bytes
        Hashes of the events of a day.
    at : int
        Place of the event among them.

    Returns
    -------
    list of bytes
        From the event upward.
    """
    if len(leaves) <= 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if at < split:
        return [*find_path(leaves[:split], at), find_root(leaves[split:])]
    return [*find_path(leaves[split:], at - split), find_root(leaves[:split])]


def follow_path(leaf: bytes, at: int, size: int, path: Sequence[bytes]) -> bytes:
    """Root that a path leads to.

    Parameters
    ----------
    leaf : bytes
        Hash of the event.
    at, size : int
        Place of the event and number of events of the day.
    path : sequence of bytes
        From `find_path`.

    Returns
    -------
    bytes
        The published root, if nothing was changed.
    """
    if size <= 1:
        return sha256(b"\x00" + leaf).digest()
    split = 1 << (size - 1).bit_length() - 1
    if at < split:
        return sha256(b"\x01" + follow_path(leaf, at, split, path[:-1]) + path[-1]).digest()
    return sha256(b"\x01" + path[-1] + follow_path(leaf, at - split, size - split, path[:-1])).digest()
