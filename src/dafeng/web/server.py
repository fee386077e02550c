"""Serving the cockpit on this machine.

Invariant: it listens on the loopback address unless told otherwise, and stops cleanly on a signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, gethostname, socket

import uvicorn

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.web.app import create_app
from dafeng.web.cities import Material
from dafeng.work.city import City


def serve(cities: Sequence[Material], port: int, *, host: str = "127.0.0.1", offices: Sequence[City] = ()) -> None:
    """Serve the cockpit until interrupted.

    Parameters
    ----------
    cities : sequence of Material
        Cities to show.
    port : int
        Port to listen on. [1..65535]
    host : str
        Address to listen on; anything but the loopback address lets other machines read the pages.
    offices : sequence of City, optional
        Cities whose plans may be reviewed by those who have an account in them.

    Raises
    ------
    SettingError
        If the port is out of range or taken, or the address is not this machine's.
    """
    if not 1 <= port <= 65535:
        raise SettingError(
            Label(f"端口 {port} 不可用", f"port {port} cannot be used"),
            where="--port",
            expected=Label("1 到 65535 之间的整数", "an integer from 1 to 65535"),
            remedy=Label("换一个端口，例如 8600", "choose another one, e.g. 8600"),
        )
    _check_free(host, port)
    names = (host,) if host.startswith("127.") else (host, gethostname())
    app = create_app(cities, hosts=names, offices=offices)
    address = f"http://{host}:{port}"
    print(f"驾驶舱 {address} · cockpit at {address}（Ctrl-C 停止 · stops it）", flush=True)  # noqa: T201 - the one line a person waits for
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False, date_header=True)


def _check_free(host: str, port: int) -> None:
    with socket(AF_INET6 if ":" in host else AF_INET, SOCK_STREAM) as probe:
        probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as cause:
            raise SettingError(
                Label(f"{host}:{port} 不能监听（{cause.strerror}）", f"{host}:{port} cannot be listened on ({cause.strerror})"),
                where="--port",
                expected=Label("空闲的端口和本机地址", "a free port on an address of this machine"),
                remedy=Label("换一个端口，例如 --port 8601", "choose another one, e.g. --port 8601"),
            ) from cause
