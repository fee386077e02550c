"""A companion: a second process that does what needs no answer yet, while the first goes on.

Invariant: an answer is the same with a companion and without one; where it cannot help, the first process does the work itself,
and no companion outlives the block that called it.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, Any, TypeVar, TypeVarTuple, Unpack, cast

_Given = TypeVarTuple("_Given")
_Answer = TypeVar("_Answer")
_COMPANION: ContextVar[_Companion | None] = ContextVar("companion", default=None)
_LENGTH = struct.Struct("!Q")


@contextmanager
def accompanied(*, processors: int | None = None) -> Iterator[None]:
    """Have a companion within a block, where there is a second processor for it.

    Parameters
    ----------
    processors : int, optional
        Processors that may be used; by default those this process may run on. With one, there is no companion.

    Returns
    -------
    context manager
        Leaving it ends the companion and whatever it was still doing; within the block of another one that companion stays.
    """
    if _COMPANION.get() is not None or (processors or _processors()) < 2 or not sys.executable:
        yield
        return
    companion = _Companion()
    token = _COMPANION.set(companion)
    try:
        yield
    finally:
        _COMPANION.reset(token)
        companion.end()


def begin(function: Callable[[Unpack[_Given]], _Answer], *given: *_Given) -> Callable[[], _Answer]:
    """Begin what is needed later.

    Parameters
    ----------
    function : callable
        A function of a module.
    *given
        What it takes; has to survive pickling.

    Returns
    -------
    callable
        Waits for the answer; gives back what the function returns, or raises what it raises. Without a companion, or where it
        is still busy with something else when the answer is asked for, the function runs here and then.
    """
    companion = _COMPANION.get()
    if companion is None:
        return lambda: function(*given)
    waiting = companion.begin(lambda: function(*given), (function, given))
    return lambda: function(*given) if companion.leave(waiting) else waiting.result()


class _Companion:
    """One child process and one thread that hands it work, in the order in which it was begun."""

    def __init__(self) -> None:
        self._hand = ThreadPoolExecutor(max_workers=1)
        self._ended = False
        self._queue: list[Future[Any]] = []
        self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def begin(self, here: Callable[[], _Answer], task: object) -> Future[_Answer]:
        """Hand over a task, with the way to do it here."""
        waiting = self._hand.submit(self._answer, here, task)
        self._queue.append(waiting)
        return waiting

    def leave(self, waiting: Future[Any]) -> bool:
        """Take a task back that stands behind an unfinished one; whether it is now to be done here."""
        self._queue = [one for one in self._queue if not one.done()]
        return bool(self._queue) and self._queue[0] is not waiting and waiting.cancel()

    def end(self) -> None:
        """Stop at once: nobody waits for what is not done yet."""
        self._ended = True
        self._dismiss()
        self._hand.shutdown(wait=True, cancel_futures=True)

    def _answer(self, here: Callable[[], _Answer], task: object) -> _Answer:
        process = self._process
        if process is not None and process.stdin is not None and process.stdout is not None:
            try:
                _send(process.stdin, task)
                return cast(_Answer, _receive(process.stdout))
            except (OSError, EOFError, pickle.PickleError, AttributeError, TypeError):
                self._dismiss()  # it stumbled; what it stumbled over is found here
        if self._ended:
            raise CancelledError
        return here()

    def _dismiss(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _send(pipe: IO[bytes], content: object) -> None:
    message = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> object:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    return pickle.loads(pipe.read(_LENGTH.unpack(head)[0]))  # noqa: S301 - from the process at the other end


def _serve() -> None:
    """Answer until nobody asks any more; an error ends the companion, and the one who asked meets it himself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while True:
        try:
            function, given = cast(tuple[Any, tuple[Any, ...]], _receive(sys.stdin.buffer))
        except EOFError:
            return
        _send(answers, function(*given))


if __name__ == "__main__":
    _serve()
