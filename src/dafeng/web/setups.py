"""The one-time address at which the first administrator of a city is set up.

Invariant: it is known only in the memory of the running server and on the terminal that started it; it is good for an hour, and
not at all once the city has an account; nothing is written until it is used. A server that is started again gives another one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hmac import compare_digest

from starlette.requests import Request

from dafeng.web.patience import is_loopback

LASTING = 3600.0
"""How long the address is good. [s]"""


class SetUp:
    """Token of the set-up of one city.

    Parameters
    ----------
    clock : callable
        Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = clock() + LASTING
        self.token = secrets.token_urlsafe(32)

    def fits(self, token: str) -> bool:
        """Whether a token is the one that was printed.

        Parameters
        ----------
        token : str
            From the address.

        Returns
        -------
        bool
            False after an hour.
        """
        return compare_digest(token.encode(), self.token.encode()) and self._clock() < self._until


def is_private(request: Request) -> bool:
    """Whether nobody on the way can read what is typed.

    Parameters
    ----------
    request : Request
        The request.

    Returns
    -------
    bool
        True from this machine, and under https.
    """
    return request.url.scheme == "https" or (request.client is not None and is_loopback(request.client.host))
