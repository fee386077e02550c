"""Where parts are worked on: processes of this machine, or a Dask cluster by its address.

Invariant: an executor hands back each part's answer as soon as it is there, in any order, and leaves no process behind.
"""

from __future__ import annotations

import multiprocessing
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label

Work = Callable[[Any], bytes]
"""What is done with a part; a function of a module, so that other processes find it."""


class Executor(Protocol):
    """Anything that works on parts."""

    def work(self, function: Work, parts: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
        """Work on parts.

        Parameters
        ----------
        function : callable
            What is done with each.
        parts : sequence
            The parts.

        Returns
        -------
        iterator of (position, answer)
            As they are finished.
        """
        ...


class _Worker(ABC):
    """An executor whose answers come from ``_answers``."""

    __slots__ = ()

    def work(self, function: Work, parts: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
        """Work on parts as ``Executor.work``."""
        yield from self._answers(function, parts)

    @abstractmethod
    def _answers(self, function: Work, parts: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
        """Answers as they are finished."""


@dataclass(frozen=True, slots=True)
class LocalExecutor(_Worker):
    """Processes of this machine; what is not begun is given up when the caller stops.

    Parameters
    ----------
    workers : int
        How many fresh processes; with one the work is done here.
    """

    workers: int = 2

    def _answers(self, function: Work, parts: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
        if self.workers == 1:
            yield from ((place, function(part)) for place, part in enumerate(parts))
            return
        pool = ProcessPoolExecutor(self.workers, mp_context=multiprocessing.get_context("spawn"))
        try:
            places = {pool.submit(function, part): place for place, part in enumerate(parts)}
            for future in as_completed(places):
                yield places[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class DaskExecutor(_Worker):
    """A Dask cluster; what is not finished is cancelled when the caller stops.

    An error says if the extra is missing or nobody answers at the address.

    Parameters
    ----------
    address : str
        Address of its scheduler, e.g. ``tcp://host:8786``.
    """

    address: str

    def _answers(self, function: Work, parts: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
        distributed = _distributed()
        try:
            client = distributed.Client(self.address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise _unreachable(self.address) from error
        with closing(client):
            places = {}
            for place, part in enumerate(parts):
                places[client.submit(function, part, key=f"dafeng-{part.name}", pure=False)] = place
            try:
                for future in distributed.as_completed(list(places), loop=client.loop):
                    yield places[future], future.result()
            finally:
                client.cancel([future for future in places if not future.done()])


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise DefinitionError(
            Label("没有安装 distributed", "distributed is not installed"),
            where="energy.ensembles",
            expected=Label("附加包 dafeng[dask]", "the extra dafeng[dask]"),
            remedy=Label("安装 dafeng[dask]，或用本机进程", "install dafeng[dask], or use local processes"),
        ) from error
    return distributed


def _unreachable(address: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{address}”没有应答", f"nobody answers at '{address}'"),
        where="energy.ensembles",
        expected=Label("Dask 调度器的地址", "the address of a Dask scheduler"),
        remedy=Label("启动调度器，或改正地址", "start the scheduler, or correct the address"),
    )
