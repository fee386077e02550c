"""What goes on beside answering, as long as the server runs: pages are made before they are asked for, waiting jobs are begun.

Invariant: nothing here computes a figure or changes an answer; a server without it would answer the same, later.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import product

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from dafeng.web.desk import Desk
from dafeng.web.foreman import overseen
from dafeng.web.render import environment
from dafeng.web.shelf import warm

LOG = logging.getLogger("uvicorn.error")
LOOK = 1.0
"""Seconds between two looks for new runs. [s]"""


def watching(desk: Desk) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The life of the application.

    Before the server listens the description of the API and the first pages are made, the others beside it; a new run is
    found without being asked for.

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
            reader = path.split("/")[1]
            (failed,) = await asyncio.gather(warm(app, path, language, reader=reader), return_exceptions=True)
            if failed:  # the server serves what it can; who asks for this page is told
                LOG.error("%s could not be made beforehand", path, exc_info=failed)
            await asyncio.sleep(pause)

    async def watch(app: FastAPI, known: str) -> None:
        await make(app, desk.main_pages()[1], LOOK / 10)
        await _read_templates(LOOK / 10)
        while True:
            await asyncio.sleep(LOOK)
            if desk.state != known:
                known = desk.state
                settle()
                for pages in desk.main_pages():
                    await make(app, pages, LOOK / 10)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(app.openapi)
        await make(app, desk.main_pages()[0], 0)
        settle()
        watcher = asyncio.create_task(watch(app, desk.state))
        with overseen(desk.offices):
            yield
        watcher.cancel()

    return running


async def _read_templates(pause: float) -> None:
    """Have every template read, so that the first page of a kind does not wait for it."""
    for name in environment().list_templates(extensions=("html",)):
        await run_in_threadpool(environment().get_template, name)
        await asyncio.sleep(pause)


def settle() -> None:
    """Take what was read and stays, the views with their thousands of rows, out of what is looked through for garbage.

    Each such look would hold all pages for a tenth of a second; what is let go without a circle is freed as before.
    """
    gc.collect()
    gc.freeze()
