"""Calls a watch from inside a solver, which would swallow what it raises.

Invariant: once the watch returned true or raised, every further call stops the solver, and ``stopped`` raises what the
watch raised.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType

from dafeng.energy.solving.answer import Progress, Watch

_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


@dataclass(slots=True, eq=False)
class Guard:
    """A watch with what it said.

    Parameters
    ----------
    watch : callable or None
        Told where the solver stands; true cancels.
    cancelled : bool
        Whether it cancelled.
    error : BaseException or None
        What it raised.
    """

    watch: Watch | None
    cancelled: bool = False
    error: BaseException | None = None

    def tell(self, now: Progress) -> bool:
        """Tell the watch.

        Parameters
        ----------
        now : Progress
            Where the solver stands.

        Returns
        -------
        bool
            Whether the solver is to stop.
        """
        if self.watch is not None and not self.cancelled and self.error is None:
            with self:
                self.cancelled = bool(self.watch(now))
        return self.cancelled or self.error is not None

    def stopped(self) -> bool:
        """Whether the watch cancelled.

        Returns
        -------
        bool
            Whether it did.

        Raises
        ------
        BaseException
            What the watch raised.
        """
        if self.error is not None:
            raise self.error
        return self.cancelled

    def __enter__(self) -> Guard:
        """Begin to keep what is raised."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        """Keep what was raised for ``stopped``."""
        self.error = error
        return True


@contextmanager
def hear_interrupt(guard: Guard) -> Iterator[None]:
    """While a solver runs that swallows what is raised, keep Ctrl-C for ``stopped``: the solver ends at its next iteration.

    Parameters
    ----------
    guard : Guard
        Told; outside the main thread nothing is heard, since signals come there only.

    Yields
    ------
    None
        Once, while Ctrl-C is heard.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def keep(*_: object) -> None:
        guard.error = KeyboardInterrupt()

    before = signal.signal(signal.SIGINT, keep)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def watched(watch: Watch | None) -> Iterator[None]:
    """Have every programme that is solved inside told to one watch, however many a mode solves on its way.

    Parameters
    ----------
    watch : callable or None
        Told where the solver stands; true cancels.

    Yields
    ------
    None
        Once, while the watch is told.
    """
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)


def present_watch() -> Watch | None:
    """The watch that is told at present, outside any ``watched`` none.

    Returns
    -------
    callable or None
        Told where a solver stands; true cancels.
    """
    return _WATCH.get()
