"""Answers that are kept: a page that depends on the runs only is made once and then answered from memory.

Invariant: what is kept is the same for all who may read the same cities. An answer is kept only if its maker marked it with an
ETag, which says so and names the runs; a request with a token or for a part is neither answered from here nor kept here. With
the first request after a new run everything of the runs before is gone.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROOM = 64_000_000
"""Bytes that kept answers may take."""
LARGEST = 8
"""What would take more than this part of the room is not kept."""
AGAIN = (b"etag", b"vary", b"cache-control")
"""Headers of an answer that a 304 repeats."""
FRESH = "/public/"
"""Addresses whose answers depend on rules that may change at any time; they are always made anew."""
INSIDER = "dafeng.insider"
"""Place of a request that this process makes for itself: the closed city for whose readers a page is made."""
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was sent.

    Parameters
    ----------
    headers : tuple of (bytes, bytes)
        Its headers.
    body : bytes
        Its content, packed where the request took packed content.
    """

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def mark(self) -> str:
        """Its ETag, empty where its maker gave none."""
        return next((value.decode("latin-1") for name, value in self.headers if name.lower() == b"etag"), "")

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


@dataclass(slots=True)
class Shelf:
    """Kept answers in bounded memory; those that were not asked for longest go first.

    Parameters
    ----------
    room : int
        Bytes that they may take.
    """

    room: int = ROOM
    _filled: int = 0
    _state: str = ""
    _kept: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)

    @property
    def filled(self) -> int:
        """Bytes that are taken now."""
        return self._filled

    def find(self, state: str, key: Key) -> Kept | None:
        """What is kept under a key.

        Parameters
        ----------
        state : str
            What all pages depend on now; another one than before empties the shelf.
        key : tuple of str
            Address, language and form.

        Returns
        -------
        Kept or None
            ``None`` where nothing is.
        """
        if state != self._state:
            self._kept.clear()
            self._state, self._filled = state, 0
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, state: str, key: Key, kept: Kept) -> None:
        """Keep an answer.

        Parameters
        ----------
        state : str
            What it was made from; where that has passed it is not kept.
        key : tuple of str
            Address, language and form.
        kept : Kept
            The answer.
        """
        if state != self._state or kept.size > self.room / LARGEST:
            return
        self._filled += kept.size - (self._kept[key].size if key in self._kept else 0)
        self._kept[key] = kept
        while self._filled > self.room:
            self._filled -= self._kept.popitem(last=False)[1].size


@dataclass(slots=True)
class Keeper:
    """The layer that answers from the shelf.

    Parameters
    ----------
    app : ASGI application
        What makes the answers, packing included.
    state : callable
        Names what all pages depend on: the runs that are shown.
    who : callable, optional
        Names what a request may read that not all may; by default nothing.
    shelf : Shelf
        Kept answers.
    """

    app: ASGIApp
    state: Callable[[], str]
    who: Callable[[Scope], str] = lambda _: ""
    shelf: Shelf = field(default_factory=Shelf)
    _making: dict[Key, asyncio.Future[None]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Parameters
        ----------
        scope, receive, send : ASGI
            As the server hands them over.
        """
        if scope["type"] != "http" or not _is_plain(scope):
            await self.app(scope, receive, send)
            return
        state, key = self.state(), (*name_key(scope), self.who(scope))
        kept, waited = self.shelf.find(state, key), self._making.get(key)
        if kept is None and waited is not None:
            await asyncio.wait([waited])
            kept = self.shelf.find(state, key)
        if kept is not None:
            await _answer(kept, Headers(scope=scope), send)
        elif waited is not None:  # what they waited for may not be kept: each has its own made
            await self.app(scope, receive, send)
        else:
            await self._make(state, key, scope, receive, send)

    async def _make(self, state: str, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Have an answer made while others who ask for the same wait, and keep it if it may be kept."""
        taken: list[Message] = []

        async def watch(message: Message) -> None:
            if not taken or _may_keep(taken[0]):
                taken.append(message)
            await send(message)

        made = self._making[key] = asyncio.get_running_loop().create_future()
        try:
            await self.app(scope, receive, watch)
        finally:
            del self._making[key]  # whoever comes while it stands there waits, so that nobody else has put it there
            made.set_result(None)
        if taken and _may_keep(taken[0]) and not taken[-1].get("more_body"):
            body = b"".join(part.get("body", b"") for part in taken[1:])
            self.shelf.put(state, key, Kept(tuple(taken[0]["headers"]), body))


CLOSED = b"private, no-store"
"""How the answers of a closed city are marked; they are kept apart by what a request may read."""


async def warm(app: ASGIApp, path: str, language: str, *, reader: str = "") -> None:
    """Have an answer made before anybody asks for it.

    The answer goes nowhere but on the shelf; only this process can make such a request, since what comes over a connection
    brings no such place.

    Parameters
    ----------
    app : ASGI application
        The application with its keeper.
    path : str
        Address, with its query.
    language : str
        Language of the page.
    reader : str
        Closed city for whose readers it is made; empty for everybody.
    """
    headers = [(b"host", b"localhost"), (b"accept-encoding", b"gzip"), (b"cookie", f"lang={language}".encode())]
    place, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": place,
        "raw_path": place.encode(), "root_path": "", "query_string": query.encode(), "headers": headers,
        "client": ("127.0.0.1", 0), "server": ("localhost", 80), INSIDER: reader,
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def forget(_: Message) -> None:
        return

    await app(scope, receive, forget)


def is_plain(headers: Headers) -> bool:
    """Whether a request may be answered with what others got.

    Parameters
    ----------
    headers : Headers
        Headers of the request.

    Returns
    -------
    bool
        False where it carries a token or asks for a part.
    """
    return "authorization" not in headers and "range" not in headers


def name_key(scope: Scope) -> Key:
    """What an answer of a run depends on: address, language and whether it is packed.

    Parameters
    ----------
    scope : ASGI scope
        The request.

    Returns
    -------
    tuple of str
        The key.
    """
    headers = Headers(scope=scope)
    packed = "gzip" if "gzip" in headers.get("accept-encoding", "") else ""
    language = "en" if cookie_parser(headers.get("cookie", "")).get("lang") == "en" else "zh"
    return (scope["path"], scope["query_string"].decode("latin-1"), language, packed)


def is_known(mark: str, headers: Mapping[str, str]) -> bool:
    """Whether whoever asks has the answer already.

    Parameters
    ----------
    mark : str
        ETag of the answer.
    headers : mapping of str to str
        Headers of the request.

    Returns
    -------
    bool
        True where ``If-None-Match`` names it, with or without the sign of a weak comparison.
    """
    said = [one.strip().removeprefix("W/") for one in headers.get("if-none-match", "").split(",")]
    return bool(mark) and (mark.removeprefix("W/") in said or said == ["*"])


def _is_plain(scope: Scope) -> bool:
    """Whether a request only reads what is the same for everybody."""
    fresh = scope["path"].startswith(FRESH)
    return scope["method"] == "GET" and not fresh and is_plain(Headers(scope=scope))


def _may_keep(start: Message) -> bool:
    if start["type"] != "http.response.start" or start["status"] != 200:
        return False
    told = {name.lower(): value for name, value in start["headers"]}
    own = b"private" in told.get(b"cache-control", b"") and told[b"cache-control"] != CLOSED
    return b"etag" in told and b"set-cookie" not in told and not own


async def _answer(kept: Kept, asked: Headers, send: Send) -> None:
    """Send what is kept, or that it is known."""
    if is_known(kept.mark, asked):
        await _send(send, 304, tuple(one for one in kept.headers if one[0].lower() in AGAIN), b"")
    else:
        await _send(send, 200, kept.headers, kept.body)


async def _send(send: Send, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})
