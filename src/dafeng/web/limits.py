"""How much one address or one account may ask for: a bucket of tokens for each, kept in memory.

Invariant: whoever stays below the rate never waits; what is remembered is bounded.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from starlette.types import Scope

MOST_REMEMBERED = 20_000
"""Buckets that are kept; the one that was not used for longest is dropped first."""
READS, READS_A_SECOND = 600, 60.0
"""Requests of one address at once, and how many it regains in a second: some twenty readers behind one address."""
WRITES, WRITES_A_SECOND = 240, 4.0
"""The same for what is handed in."""
OWN = ("127.0.0.1", "::1", "")
"""Addresses of this machine, which may read as fast as they can."""


@dataclass(slots=True)
class Pace:
    """Buckets that are emptied by requests and refill with time.

    Parameters
    ----------
    burst : float
        Requests that a full bucket holds.
    rate : float
        Requests that flow in. [1/s]
    clock : callable
        Seconds that only go forward.
    """

    burst: float
    rate: float
    clock: Callable[[], float]
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, key: str) -> int:
        """Take one request out of a bucket.

        Parameters
        ----------
        key : str
            Address or account.

        Returns
        -------
        int
            0 where it may pass, else after how many whole seconds it may be asked again. [s]
        """
        with self._lock:
            now = self.clock()
            held, since = self._buckets.pop(key, (self.burst, now))
            held = min(self.burst, held + (now - since) * self.rate)
            passes = held >= 1
            self._buckets[key] = (held - 1 if passes else held, now)
            if len(self._buckets) > MOST_REMEMBERED:
                self._buckets.popitem(last=False)
            return 0 if passes else math.ceil((1 - held) / self.rate)


@dataclass(frozen=True, slots=True)
class Paces:
    """How much one address may ask for.

    Parameters
    ----------
    reads, writes : Pace
        Buckets of what is read and of what is handed in.
    """

    reads: Pace
    writes: Pace

    def wait(self, scope: Scope) -> int:
        """How long a request has to wait.

        Parameters
        ----------
        scope : ASGI scope
            The request.

        Returns
        -------
        int
            0 where it may pass. [s]
        """
        client = scope.get("client")
        place = str(client[0]) if client else ""
        if scope["method"] == "POST":
            return self.writes.wait(place)
        return 0 if place in OWN else self.reads.wait(place)


def usual_paces(clock: Callable[[], float]) -> Paces:
    """Paces of a served cockpit.

    Parameters
    ----------
    clock : callable
        Seconds that only go forward.

    Returns
    -------
    Paces
        With full buckets.
    """
    return Paces(Pace(READS, READS_A_SECOND, clock), Pace(WRITES, WRITES_A_SECOND, clock))
