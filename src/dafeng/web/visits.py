"""Logins in the browser: signed cookies, tokens against forged requests, and patience with wrong passwords.

Invariant: a cookie or a form that this server did not sign is as good as none; what is signed for one purpose serves no other.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from itsdangerous import BadData, URLSafeTimedSerializer

LASTING = 8 * 3600
"""How long a visit and the forms of its pages last. [s]"""
WINDOW = 900.0
"""Time in which failed logins are counted. [s]"""
MOST_FAILURES = 5
"""Failed logins of one name from one place until it has to wait."""
MOST_OF_PLACE = 20
"""Failed logins from one place, whatever the name."""
MOST_OF_NAME = 50
"""Failed logins of one name, whatever the place."""
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and reads what a browser keeps for a city.

    Parameters
    ----------
    key : str
        Secret of the city.
    """

    key: str

    def seal(self, purpose: str, value: str) -> str:
        """Signed text; never the same twice, so that its place in a compressed page tells nothing.

        Parameters
        ----------
        purpose : str
            What it is good for.
        value : str
            What it says.

        Returns
        -------
        str
            Letters that stand in addresses and cookies.
        """
        return self._serializer(purpose).dumps([secrets.token_hex(8), value])

    def unseal(self, purpose: str, text: str, *, lasting: int = LASTING) -> str | None:
        """What a signed text says.

        Parameters
        ----------
        purpose : str
            What it should be good for.
        text : str
            From the browser.
        lasting : int
            How old it may be. [s]

        Returns
        -------
        str or None
            ``None`` where it is not ours, too old, or for another purpose.
        """
        try:
            _, value = self._serializer(purpose).loads(text[:2000], max_age=lasting)
        except (BadData, ValueError, TypeError):
            return None
        return value if isinstance(value, str) else None

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt=f"dafeng.{purpose}")


@dataclass(slots=True)
class Throttle:
    """Counts failed logins and says when one has to wait.

    Parameters
    ----------
    clock : callable
        Seconds that only go forward.
    """

    clock: Callable[[], float]
    _failures: dict[tuple[str, str], deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def waits(self, name: str, place: str) -> bool:
        """Whether a login has to wait.

        Parameters
        ----------
        name : str
            Login name.
        place : str
            Where the request comes from.

        Returns
        -------
        bool
            True after too many failures within the last quarter of an hour.
        """
        with self._lock:
            return any(self._count(key) >= most for key, most in _keys(name, place))

    def fail(self, name: str, place: str) -> None:
        """Remember a failed login.

        Parameters
        ----------
        name : str
            Login name.
        place : str
            Where the request comes from.
        """
        with self._lock:
            if len(self._failures) > MOST_REMEMBERED:
                for key in list(self._failures):
                    self._count(key)
            for key, most in _keys(name, place):
                self._failures.setdefault(key, deque(maxlen=most)).append(self.clock())

    def forget(self, name: str, place: str) -> None:
        """A login succeeded: its own failures no longer count.

        Parameters
        ----------
        name : str
            Login name.
        place : str
            Where the request comes from.
        """
        with self._lock:
            self._failures.pop((name, place), None)

    def _count(self, key: tuple[str, str]) -> int:
        times = self._failures.get(key)
        if times is None:
            return 0
        while times and times[0] <= self.clock() - WINDOW:
            times.popleft()
        if not times:
            del self._failures[key]
        return len(times)


def _keys(name: str, place: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return ((name, place), MOST_FAILURES), (("", place), MOST_OF_PLACE), ((name, ""), MOST_OF_NAME)
