"""How long the server waits for a client that is slow, so that slow ones cannot use it up.

Invariant: a connection that has not told its request within the time is closed; one that is answered is not touched.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_TIME = 20.0
"""How long the head of a first request may take. [s]"""
BODY_TIME = 60.0
"""How long the body of a request may take. [s]"""


class PatientProtocol(H11Protocol):
    """HTTP that closes a connection whose first request does not come; afterwards uvicorn's own time for idle ones holds."""

    def connection_made(self, transport: Any) -> None:
        """Start to wait.

        Parameters
        ----------
        transport : asyncio.Transport
            The connection.
        """
        super().connection_made(transport)
        self.loop.call_later(HEAD_TIME, self._stop_waiting)

    def _stop_waiting(self) -> None:
        waits: RequestResponseCycle | None = self.cycle
        if waits is None and not self.transport.is_closing():
            self.transport.close()


class Patience:
    """Receiver of a body that has to arrive within a time.

    Parameters
    ----------
    receive : ASGI receive
        The server's receiver.
    seconds : float
        Time for the whole body. [s]
    """

    def __init__(self, receive: Receive, seconds: float = BODY_TIME) -> None:
        self._receive = receive
        self._seconds = seconds
        self._end: float | None = None
        self._done = False

    async def __call__(self) -> Message:
        """Next message.

        Returns
        -------
        ASGI message
            As the server gave it.

        Raises
        ------
        HTTPException
            408 when the time is over before the body is whole.
        """
        if self._done:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        self._end = now + self._seconds if self._end is None else self._end
        try:
            message = await asyncio.wait_for(self._receive(), max(self._end - now, 0.0))
        except TimeoutError as cause:
            raise HTTPException(408) from cause
        self._done = not message.get("more_body", False)
        return message


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only.

    Parameters
    ----------
    host : str
        Numeric address, or ``localhost``.

    Returns
    -------
    bool
        False for every other name.
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
