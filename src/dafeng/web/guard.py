"""What stands between the network and the pages: host names, methods, and the headers that keep a browser strict.

Invariant: every answer of the server carries these headers, also an error page; nothing but reading passes, except what
the application says may be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dafeng.web.limits import Paces
from dafeng.web.patience import Patience

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content security policy: own files only, no inline script or style."""
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer."""
LOOPBACK = ("localhost", "testserver")
"""Names that are always answered; numeric addresses always are, since no foreign name can point a browser at them."""
METHODS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Guard:
    """The outermost layer around the pages.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    hosts : sequence of str
        Host names that are answered besides numeric addresses.
    refuse : callable
        Makes the answer for a refused request from the request and a status code.
    writes : callable, optional
        Says of a POST with which status code it is refused, ``None`` to let it pass; without it all are refused.
    loosen : callable, optional
        Says of a request which headers differ from the strict ones (``None``: left out); without it none do.
    paces : Paces, optional
        How much one address may ask for.
    """

    app: ASGIApp
    hosts: Sequence[str]
    refuse: Callable[[Request, int], Response]
    writes: Callable[[Scope], int | None] | None = None
    loosen: Callable[[Scope], Mapping[str, str | None]] | None = None
    paces: Paces | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Parameters
        ----------
        scope, receive, send : ASGI
            As the server hands them over.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        other = self.loosen(scope) if self.loosen else {}
        strict = harden(send, bare=scope["method"] == "HEAD", kept=_is_named(scope), other=other)
        wait = self.paces.wait(scope) if self.paces is not None else 0
        if wait:
            late = self.refuse(Request(scope), 429)
            late.headers["Retry-After"] = str(wait)
            await late(scope, receive, strict)
            return
        code = self.judge(scope)
        if code is not None:
            await self.refuse(Request(scope), code)(scope, receive, strict)
            return
        method = "POST" if scope["method"] == "POST" else "GET"
        await self.app({**scope, "method": method}, Patience(receive) if method == "POST" else receive, strict)

    def judge(self, scope: Scope) -> int | None:
        """Whether a request is refused.

        Parameters
        ----------
        scope : ASGI scope
            The request.

        Returns
        -------
        int or None
            Status code of the refusal.
        """
        if not welcome(Headers(scope=scope).get("host", ""), self.hosts):
            return 421
        if scope["method"] == "POST" and self.writes is not None:
            return self.writes(scope)
        return None if scope["method"] in METHODS else 405


def welcome(host: str, hosts: Sequence[str]) -> bool:
    """Whether a host name is answered; this keeps foreign names from being pointed at a server on this machine.

    Parameters
    ----------
    host : str
        Header, with or without a port.
    hosts : sequence of str
        Names that are answered.

    Returns
    -------
    bool
        True for a listed name and for any numeric address.
    """
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    plain = name.strip("[]").lower()
    if plain in hosts:
        return True
    try:
        ip_address(plain)
    except ValueError:
        return False
    return True


def _is_named(scope: Scope) -> bool:
    """Whether the address names the content, so that what it stands for never changes."""
    return bool(scope["path"].startswith("/static/") and scope["query_string"].startswith(b"v="))


def harden(send: Send, *, bare: bool, kept: bool, other: Mapping[str, str | None] = HEADERS) -> Send:
    """Sender that adds the headers.

    Parameters
    ----------
    send : ASGI send
        The server's sender.
    bare : bool
        Whether the body is left out (HEAD).
    kept : bool
        Whether the address carries the stamp of a file, so that browsers may keep the answer.
    other : mapping of str to (str or None), optional
        Headers that differ, and those that are left out.

    Returns
    -------
    ASGI send
        The sender for the application.
    """

    async def strict(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update({key: value for key, value in {**HEADERS, **other}.items() if value is not None})
            good = message["status"] == 200
            headers.setdefault("Cache-Control", "public, max-age=31536000, immutable" if kept and good else "no-cache")
        elif bare and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return strict
