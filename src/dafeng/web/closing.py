"""Closed cities: whoever is not logged in reads none of their internal pages, data, files or explanations.

Invariant: one place decides, before any page is made; what is below ``/public/`` and the way to the login stay open, and an
answer of a closed city is kept by no browser and no proxy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dafeng.web.logins import send_to_login
from dafeng.web.offices import Office

OPEN = re.compile(
    r"/(?:static|public)(?:/.*)?|/api/v1/openapi\.json|/favicon\.ico|/[^/]+/(?:login(?:/provider|/callback)?|logout|(?:setup|welcome|owner)/[^/]+)"
    r"|/api/v1/cities/[^/]+/inclusion/messages"
)
"""Addresses that say nothing of a run, those that lead in, and those with a key of their own: a link, a signature."""
_SHARED = ("", "/", "/api/v1", "/api/v1/", "/api/v1/cities")
_API = re.compile(r"/api/v1/cities/([^/]+)")
Reader = Callable[[Request, str], bool]
"""Says whether a request comes from somebody who may read the city of a name."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The door before the internal pages of closed cities.

    Parameters
    ----------
    app : ASGI application
        The pages.
    offices : mapping of str to Office
        Slug → writing side of the city, which knows its visitors.
    closed : collection of str
        Slugs of the closed cities.
    refuse : callable
        Makes the answer for a refused request from the request and a status code.
    may_read : callable
        Says whether a request comes from somebody who may read the city of a name.
    may_list : callable
        Says whether there is any city that whoever asks may read; the lists show those and no other.
    """

    app: ASGIApp
    offices: Mapping[str, Office]
    closed: Collection[str]
    refuse: Callable[[Request, int], Response]
    may_read: Reader
    may_list: Callable[[Request], bool]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Parameters
        ----------
        scope, receive, send : ASGI
            As the server hands them over.
        """
        if scope["type"] != "http" or not self.closed:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        answer = self.judge(request)
        if answer is not None:
            await answer(scope, receive, _private(send))
            return
        await self.app(scope, receive, _private(send) if self._slug(scope["path"]) in self.closed else send)

    def judge(self, request: Request) -> Response | None:
        """Whether a request is sent away.

        Parameters
        ----------
        request : Request
            The request.

        Returns
        -------
        Response or None
            The way to the login or a refusal; ``None`` to let it pass.
        """
        path = request.url.path
        if OPEN.fullmatch(path):
            return None
        if path in _SHARED:
            if self.may_list(request):
                return None
            return self._refuse_data() if path.startswith("/api") else RedirectResponse("/public/", status_code=303)
        slug = self._slug(path)
        if self.may_read(request, slug):
            return None
        office = self.offices.get(slug)
        if path.startswith("/api/") or path.endswith(".json") or "fragment" in request.query_params:
            return self._refuse_data()
        return send_to_login(request, slug) if office is not None and office.is_open() else self.refuse(request, 403)

    def _slug(self, path: str) -> str:
        """City that an address belongs to."""
        found = _API.match(path)
        return found[1] if found else path.split("/")[1]

    def _refuse_data(self) -> Response:
        said = {"zh": "本市的内部数据须登录后读取", "en": "the internal data of this city are read after a login"}
        return JSONResponse({"error": 401, "says": said}, status_code=401, headers={"WWW-Authenticate": "Bearer"})


def _private(send: Send) -> Send:
    """Sender whose answers nobody keeps."""

    async def strict(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "private, no-store"
        await send(message)

    return strict


def closed_cities(offices: Mapping[str, Office], slugs: Collection[str], *, everything: bool) -> frozenset[str]:
    """Which of the cities served are closed.

    Parameters
    ----------
    offices : mapping of str to Office
        Slug → writing side, which knows the city's settings.
    slugs : collection of str
        Cities served.
    everything : bool
        Whether all are closed by the one who serves them.

    Returns
    -------
    frozenset of str
        Those, and every city with ``options: {closed: true}`` in its ``city.yaml``.
    """
    chosen = {slug for slug, office in offices.items() if office.city.options.get("closed") is True}
    return frozenset({*slugs, *offices} if everything else chosen)
