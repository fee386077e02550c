"""Serving the cockpit on this machine.

Invariant: it listens on the loopback address unless told otherwise, and stops cleanly on a signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from socket import gethostname

import uvicorn

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.web.app import create_app
from dafeng.web.cities import Material


def serve(cities: Sequence[Material], port: int, *, host: str = "127.0.0.1") -> None:
    """Serve the cockpit until interrupted.

    Parameters
    ----------
    cities : sequence of Material
        Cities to show.
    port : int
        Port to listen on. [1..65535]
    host : str
        Address to listen on; anything but the loopback address lets other machines read the pages.

    Raises
    ------
    SettingError
        If the port is out of range.
    """
    if not 1 <= port <= 65535:
        raise SettingError(
            Label(f"端口 {port} 不可用", f"port {port} cannot be used"),
            where="--port",
            expected=Label("1 到 65535 之间的整数", "an integer from 1 to 65535"),
            remedy=Label("换一个端口，例如 8600", "choose another one, e.g. 8600"),
        )
    names = (host,) if host.startswith("127.") else (host, gethostname())
    app = create_app(cities, hosts=names)
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False, date_header=True)
