"""Beside answering, the server lets waiting jobs be worked off, each in a process of its own.

Invariant: nothing here computes; one process at a time for each city, and stopping the server stops none of them.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from dafeng.core.errors import DafengError
from dafeng.web.offices import Office
from dafeng.work.city import City
from dafeng.work.job_lock import is_busy, launch
from dafeng.work.jobs import has_work

PERIOD = 1.0
"""How often it looks for work. [s]"""
GAP = 3.0
"""Least time between two processes for one city. [s]"""


class Foreman:
    """Looks after the jobs of the served cities, in a thread of its own.

    Parameters
    ----------
    offices : mapping of str to Office
        Writing sides by slug.
    """

    def __init__(self, offices: Mapping[str, Office]) -> None:
        self._offices = offices
        self._begun: dict[str, tuple[float, subprocess.Popen[bytes]]] = {}
        self._ended = threading.Event()

    def watch(self) -> None:
        """Look again and again until `end` is called."""
        while not self._ended.wait(PERIOD):
            for office in self._offices.values():
                with suppress(DafengError, OSError):  # a city that cannot be read now is looked at again
                    self.look(office)

    def end(self) -> None:
        """Stop looking; a process that works goes on to its end."""
        self._ended.set()

    def look(self, office: Office) -> None:
        """Look after one city.

        Parameters
        ----------
        office : Office
            Its writing side.

        Raises
        ------
        DafengError
            If its records cannot be read.
        """
        if office.has_records() and has_work(office.records) and not is_busy(office.city):
            self._launch(office.city)

    def _launch(self, city: City) -> None:
        begun, process = self._begun.get(city.slug, (0.0, None))
        if process is not None and (process.poll() is None or time.monotonic() - begun < GAP):
            return
        self._begun[city.slug] = (time.monotonic(), launch(city))


@contextmanager
def overseen(offices: Mapping[str, Office]) -> Iterator[None]:
    """Have waiting jobs worked off within a block.

    Parameters
    ----------
    offices : mapping of str to Office
        Writing sides by slug.

    Yields
    ------
    None
        Once.
    """
    foreman = Foreman(offices)
    threading.Thread(target=foreman.watch, name="foreman", daemon=True).start()
    try:
        yield
    finally:
        foreman.end()
