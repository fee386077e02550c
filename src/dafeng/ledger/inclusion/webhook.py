"""Signed messages of operators: HMAC-SHA256 over the instant and the body, checked before anything of it is read.

Invariant: a message is accepted only if a key that is valid now signed this very body, and its instant lies in the window; a
copy that comes within the window changes nothing, because evidence counts once.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dafeng.core.errors import AccessError, FileRefused
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.typed import read_pairs
from dafeng.ledger.inclusion.events import Event, make_event

WINDOW_S = 300
"""How far the instant of a message may be from now, either way. [s]"""
LARGEST = 4 * 1024 * 1024
"""Largest body. [bytes]"""
MOST = 10_000
"""Most events of a message."""
SHORTEST = 32
"""Fewest characters of a secret."""


@dataclass(frozen=True, slots=True)
class Key:
    """A secret that an operator signs with; two may be valid at a time, so that one can take over from the other.

    Parameters
    ----------
    id : str
        Its name in signatures.
    secret : str
        The secret.
    begin, end : int or None
        First instant and the one after the last; ``None`` for no end. [s]
    """

    id: str
    secret: str
    begin: int = 0
    end: int | None = None

    def valid(self, now: int) -> bool:
        """Whether it may be used.

        Parameters
        ----------
        now : int
            Instant. [s]

        Returns
        -------
        bool
            True within its time, if it is long enough.
        """
        return self.begin <= now and (self.end is None or now < self.end) and len(self.secret) >= SHORTEST


def sign(body: bytes, key: Key, instant: int) -> str:
    """Signature of a message, as it stands in its header.

    Parameters
    ----------
    body : bytes
        The body.
    key : Key
        Who signs.
    instant : int
        When. [s]

    Returns
    -------
    str
        ``t=…,k=…,s=…``.
    """
    return f"t={instant},k={key.id},s={_digest(body, key, instant)}"


def _digest(body: bytes, key: Key, instant: int) -> str:
    return hmac.digest(key.secret.encode(), f"{instant}.".encode() + body, "sha256").hex()


def verify(body: bytes, header: str, keys: Iterable[Key], *, now: int) -> str:
    """Check the signature of a message.

    Parameters
    ----------
    body : bytes
        The body as it came.
    header : str
        The signature.
    keys : iterable of Key
        Keys of the city's operators.
    now : int
        Instant. [s]

    Returns
    -------
    str
        Id of the key.

    Raises
    ------
    AccessError
        If the signature is malformed, too old or new, or by no valid key; which of these is not told.
    """
    fields = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    instant = fields.get("t", "")
    given = fields.get("s", "")
    sound = instant.isascii() and instant.isdigit() and len(instant) <= 12 and len(body) <= LARGEST
    at = int(instant) if sound else 0
    matched = ""
    for key in keys:
        expected = _digest(body, key, at)
        same = hmac.compare_digest(expected.encode(), given.encode())
        if same and key.id == fields.get("k") and key.valid(now):
            matched = key.id
    if not sound or not matched or abs(now - at) > WINDOW_S:
        raise AccessError(
            Label("签名无效或已过期", "the signature is not valid, or not any more"),
            where="signature",
            expected=Label("t=时刻,k=密钥编号,s=HMAC-SHA256", "t=instant,k=key id,s=HMAC-SHA256 of instant, point and body"),
            remedy=Label("核对密钥、时钟和请求内容", "check the key, the clock and the body"),
        )
    return matched


def read_message(body: bytes, *, where: str = "message") -> list[Event | Finding]:
    """Events of a message whose signature was checked.

    Parameters
    ----------
    body : bytes
        JSON: ``{"events": [{…}]}`` with the fields of a row of a file.
    where : str, optional
        What to call it in findings.

    Returns
    -------
    list of Event or Finding
        One per event.

    Raises
    ------
    FileRefused
        If it is something else.
    SettingError
        If a key stands twice.
    """
    try:
        content: Any = json.loads(body, parse_float=str, parse_int=str, object_pairs_hook=read_pairs)
    except (ValueError, RecursionError):
        content = None
    listed = content.get("events") if isinstance(content, dict) else None
    if not isinstance(listed, list) or len(listed) > MOST or not all(isinstance(one, dict) for one in listed):
        raise FileRefused(
            Label("消息不是事件列表", "the message is no list of events"),
            where=where,
            expected=Label(f'JSON：{{"events": [...]}}，至多 {MOST} 个', f'JSON {{"events": [...]}} with at most {MOST}'),
            remedy=Label("改正后重新发送", "correct it and send it again"),
        )
    return [make_event(one, f"{where}!{number}") for number, one in enumerate(listed, 1)]
