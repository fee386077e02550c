"""A running cockpit and a browser that may reach nothing else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from playwright.sync_api import Page, Route, expect, sync_playwright

PATIENCE = 15_000
"""How long a window waits for anything: two busy cores are slow, not wrong. [ms]"""
ARGUMENTS = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-gpu", "--disable-quic", "--disable-default-apps", "--disable-extensions", "--disable-domain-reliability",
)  # fmt: skip


@contextmanager
def served(app: Any) -> Iterator[str]:
    """An application on a free port of this machine, stopped at the end."""
    place = socket.socket()
    place.bind(("127.0.0.1", 0))
    place.listen()  # a browser that is faster than the server waits instead of being refused
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [place]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        place.close()


@contextmanager
def launched(executable: str) -> Iterator[Any]:
    """Chromium."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One reader's window: what it asked of the outside and what went wrong in it."""

    def __init__(self, browser: Any, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.outside: list[str] = []
        self.faults: list[str] = []
        self.context.set_default_timeout(PATIENCE)
        self.context.route("**/*", self._watch)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda cause: self.faults.append(str(cause)))

    def _watch(self, route: Route) -> None:
        place = urlsplit(route.request.url)
        if place.scheme in ("file", "data", "blob") or place.hostname == "127.0.0.1":
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def scroll(self) -> None:
        """Go down the page once, so that everything on it is drawn."""
        height = self.page.evaluate("document.documentElement.scrollHeight")
        for top in range(0, height, 400):
            self.page.evaluate(f"window.scrollTo(0, {top})")
            self.page.wait_for_function("new Promise(done => requestAnimationFrame(() => done(true)))")

    def clean(self) -> tuple[list[str], list[str]]:
        """What it asked of the outside, and its faults: both should be empty."""
        return self.outside, self.faults
