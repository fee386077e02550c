"""A client that speaks to an application in this process: no socket, no thread of its own."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser
from typing import Any

import httpx


class Client:
    """Asks an application and remembers its cookies."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}

    def request(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, follow: bool = True, **body: Any
    ) -> httpx.Response:
        """Answer to one request; a failure inside the application is an answer too."""

        async def ask() -> httpx.Response:
            way = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=way, base_url="http://testserver", cookies=self.cookies) as client:
                return await client.request(method, path, headers=headers, follow_redirects=follow, **body)

        answer = asyncio.run(ask())
        self.cookies |= dict(answer.cookies)
        return answer

    def get(self, path: str, *, headers: dict[str, str] | None = None, follow: bool = True) -> httpx.Response:
        """Answer to a GET."""
        return self.request("GET", path, headers=headers, follow=follow)

    def post(self, path: str, *, headers: dict[str, str] | None = None, follow: bool = True, **body: Any) -> httpx.Response:
        """Answer to a POST."""
        return self.request("POST", path, headers=headers, follow=follow, **body)


def unknown_choices(text: str) -> list[str]:
    """What a page says of choices of its address that there are not."""
    return re.findall(r"<p>(.*?)</p>", "".join(re.findall(r'<div class="note unknown-choice"[^>]*>(.*?)</div>', text, re.S)))


class Page(HTMLParser):
    """What a browser would be told to do."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def values(self, name: str, *tags: str) -> list[str]:
        """Values of an attribute, of some elements or of all."""
        return [str(attrs[name]) for tag, attrs in self.tags if attrs.get(name) and (not tags or tag in tags)]

    def inline(self) -> list[tuple[str, dict[str, str | None]]]:
        """Scripts, styles and handlers that stand in the page itself."""
        return [(tag, attrs) for tag, attrs in self.tags if _inline(tag, attrs)]


def _inline(tag: str, attrs: dict[str, str | None]) -> bool:
    script = tag == "script" and not attrs.get("src") and attrs.get("type") != "application/json"
    return script or tag == "style" or "style" in attrs or any(name.startswith("on") for name in attrs)
