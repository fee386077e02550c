"""Serving the cockpit on this machine.

Invariant: it listens on the loopback address unless told otherwise, and stops cleanly on a signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, gethostname, socket
from sys import setswitchinterval

import uvicorn

from dafeng.core.errors import DafengError, SettingError
from dafeng.core.labels import Label
from dafeng.web.app import create_app, open_offices
from dafeng.web.cities import Material
from dafeng.web.offices import Office
from dafeng.web.patience import PatientProtocol, is_loopback
from dafeng.web.public_app import create_public_app
from dafeng.work.city import City
from dafeng.work.frozen import city_view
from dafeng.work.right_register import publishes_books

TURN = 0.001
"""How long a page that is being made may hold the interpreter while a kept one waits to be sent. [s]"""
KEPT_ALIVE = 15
"""How long a connection may lie idle between requests. [s]"""
LARGEST_HEAD = 32_768
"""Most bytes of the head of a request. [bytes]"""
MOST_AT_ONCE = 500
"""Most connections at a time."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who may come in.

    Parameters
    ----------
    public : bool
        Whether only the public side is served.
    closed : bool
        Whether the internal pages need a login.
    names : tuple of str
        Further host names of this server.
    """

    public: bool = False
    closed: bool = False
    names: tuple[str, ...] = ()


def read_views(cities: Sequence[City]) -> tuple[list[Material], list[DafengError]]:
    """What there is to show of some cities, and why there is nothing of the others.

    Parameters
    ----------
    cities : sequence of City
        Open cities.

    Returns
    -------
    (list of Material, list of DafengError)
        The newest run of each city that has one; for each other one what is missing and how to mend it. A city without a run
        whose plan may be reviewed, or whose registry is public, misses nothing.

    Raises
    ------
    DafengError
        If there is nothing to serve at all.
    """
    found: list[Material] = []
    lacking: list[DafengError] = []
    opened = 0
    for city in cities:
        reviewed = Office(city).is_open() or publishes_books(city)
        try:
            if not reviewed or next(city.runs.newest(), None):
                found.append(city_view(city))
        except DafengError as cause:
            lacking.append(cause)
        opened += reviewed
    if lacking and not found and not opened:
        raise lacking[0]
    return found, lacking


def serve(
    cities: Sequence[Material],
    port: int,
    *,
    host: str = "127.0.0.1",
    offices: Sequence[City] = (),
    entrance: Entrance = Entrance(),
) -> None:
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
    entrance : Entrance, optional
        Who may come in; by default everybody who reaches the address reads.

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
    names = (*entrance.names, *((host,) if host.startswith("127.") else (host, gethostname())))
    opened = open_offices(offices)
    if entrance.public:
        app = create_public_app(cities, hosts=names, offices=offices)
    else:
        app = create_app(cities, hosts=names, offices=opened, closed=entrance.closed)
    setswitchinterval(TURN)
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    lines = [
        f"驾驶舱 {address} · cockpit at {address}（Ctrl-C 停止 · stops it）",
        *_warn(host),
        *(() if entrance.public else _tell_set_ups(opened, address)),
    ]
    print("\n".join(lines), flush=True)  # noqa: T201 - what a person waits for
    uvicorn.run(
        app, host=host, port=port, log_level="warning", server_header=False, date_header=True, timeout_keep_alive=KEPT_ALIVE,
        h11_max_incomplete_event_size=LARGEST_HEAD, limit_concurrency=MOST_AT_ONCE, http=PatientProtocol, ws="none",
    )  # fmt: skip


def _warn(host: str) -> list[str]:
    """What listening on a network means."""
    if is_loopback(host):
        return []
    return [
        "注意：其他机器能打开这些页面，而连接没有加密；请在前面放一个 https 代理（见 docs/security.md）。",
        "Note: other machines can open these pages, and the connection is not encrypted; put an https proxy in front.",
    ]


def _tell_set_ups(offices: Sequence[Office], address: str) -> list[str]:
    """The one-time address of each city without accounts; it stands here and nowhere else."""
    return [
        f"设立“{one.city.label.zh}”的管理员（一小时内有效，只能在本机打开）· set up the administrator of {one.city.label.en} "
        f"(good for an hour, on this machine):\n  {address}/{one.slug}/setup/{one.set_up.token}"
        for one in offices
        if not one.is_open()
    ]


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
