"""What goes on beside answering, as long as the server runs: pages are made before they are asked for, waiting jobs are begun.

Invariant: nothing here computes a figure or changes an answer; a server without it would answer the same, later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import product

from fastapi import FastAPI

from dafeng.web.desk import Desk
from dafeng.web.foreman import overseen
from dafeng.web.shelf import warm

LOG = logging.getLogger("uvicorn.error")
LOOK = 1.0
"""Seconds between two looks for new runs. [s]"""


def watching(desk: Desk) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The life of the application.

    Before the server listens the first pages are made, the others beside it; a new run is found without being asked for.

    Parameters
    ----------
    desk : Desk
        The cities.

    Returns
    -------
    callable
        As FastAPI takes it.
    """

    async def make(app: FastAPI, pages: Sequence[str], pause: float) -> None:
        for path, language in product(pages, ("zh", "en")):
            (failed,) = await asyncio.gather(warm(app, path, language), return_exceptions=True)
            if failed:  # the server serves what it can; who asks for this page is told
                LOG.error("%s could not be made beforehand", path, exc_info=failed)
            await asyncio.sleep(pause)

    async def watch(app: FastAPI, known: str) -> None:
        await make(app, desk.main_pages()[1], LOOK / 10)
        while True:
            await asyncio.sleep(LOOK)
            if desk.state != known:
                known = desk.state
                for pages in desk.main_pages():
                    await make(app, pages, LOOK / 10)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        await make(app, desk.main_pages()[0], 0)
        watcher = asyncio.create_task(watch(app, desk.state))
        with overseen(desk.offices):
            yield
        watcher.cancel()

    return running
