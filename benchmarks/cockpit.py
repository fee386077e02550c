"""The cockpit under load: 50 people, 200 tasks, 2 000 indicators with ten years of months.

The server is a process of its own, reached over the loopback address; the people are one other process. Both share the
processors, so the seconds of each are told apart. Two ways: with a pause of a second before each page, and without any.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookiejar import CookieJar
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

from benchmarks.harness import Peer, case
from benchmarks.harness import Told as Side

if TYPE_CHECKING:
    from dafeng.work.city import City

PAUSE = 1.0
NAME, PASSWORD = "reader", "read only 2026"
PATIENCE = 120.0
TARGET_MS = 100.0
TICKS = os.sysconf("SC_CLK_TCK")


def prepare_city(folder: Path) -> None:
    """The made city, stored as a run."""
    from benchmarks.cockpit_city import make_city

    let_log_in(make_city(folder / "city"))


def let_log_in(city: City) -> None:
    """One account that may read, for the people who log in."""
    from dafeng.store.accounts import set_account
    from dafeng.store.records import open_records

    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor="benchmark", at=at) as session:
        set_account(session, NAME, "reader", PASSWORD, at=at)


def log_in(port: int) -> str:
    """Cookies of one who logged in, as a browser sends them; empty where nobody can."""
    home = f"http://127.0.0.1:{port}/yangli/login"
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    try:
        with browser.open(home) as page:
            found = re.search(r'name="token" value="([^"]+)"', page.read().decode("utf-8"))
        said = urllib.parse.urlencode({"token": found[1] if found else "", "name": NAME, "password": PASSWORD})
        browser.open(home, said.encode("ascii")).close()
    except HTTPError as cause:
        if cause.code != HTTPStatus.NOT_FOUND:
            raise
    return "; ".join(f"{one.name}={one.value}" for one in jar if one.name != "lang")


@contextmanager
def running(command: list[str]) -> Iterator[tuple[int, int]]:
    """A server on a free port while the block runs: its process and its port."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL)
    try:
        _wait(server, port)
        yield server.pid, port
    finally:
        server.terminate()
        server.wait(10)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/static/css/tokens.css", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


def spent_by(process: int) -> float:
    """CPU seconds of a process until now. [s]"""
    parts = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / TICKS


def memory_of(process: int) -> float:
    """Highest resident memory of a process. [MB]"""
    said = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(said.split("VmHWM:")[1].split()[0]) / 1e3


def load(command: list[str]) -> Side:
    """Send the people twice, with pauses and without, and tell what they met."""
    from benchmarks.cockpit_users import Told, send_people

    parts: dict[str, Any] = {}
    wrong: list[str] = []
    total = answers = 0.0
    with running(command) as (process, port):
        visit = log_in(port)
        parts["logged_in"] = bool(visit)
        parts["started_cpu_s"] = spent_by(process)
        for name, pause in (("paced", PAUSE), ("pressed", 0.0)):
            told, cpu, own, start = Told(), spent_by(process), time.process_time(), time.perf_counter()
            asyncio.run(send_people(port, pause, told, visit))
            used, wall, count = spent_by(process) - cpu, time.perf_counter() - start, sum(map(len, told.seconds.values()))
            parts |= {f"{name}_{kind}": row for kind, row in told.percentiles().items()}
            parts[f"{name}_requests_s"] = count / wall
            parts[f"{name}_server_ms"] = used / count * 1e3
            parts[f"{name}_people_ms"] = (time.process_time() - own) / count * 1e3
            parts[f"{name}_mb_carried"] = told.carried / 1e6
            wrong, total, answers = [*wrong, *told.wrong], total + used, answers + count
        parts["server_mb"] = memory_of(process)
    parts["p95_target_ms"] = TARGET_MS
    parts["p95_met"] = parts["paced_pages"]["p95_ms"] <= TARGET_MS
    parts["server_cpu_s"] = total
    return Side({"answers": int(answers), "errors": len(wrong), "first": sorted(set(wrong))[:3]}, parts, total)


def serve_plain(folder: Path) -> Side:
    """The same people at plain pages."""
    return load([sys.executable, "-m", "benchmarks.cockpit_plain", str(folder / "city")])


@case(
    prepare=prepare_city,
    peer=Peer(
        serve_plain, "FastAPI and Jinja2", "the same view in memory, pages of 50 rows, made anew for each request, gzip 9"
    ),
    repeats=1,
)
def cockpit_load(folder: Path) -> Side:
    """Fifty people at the cockpit."""
    return load([sys.executable, "-m", "dafeng.cli.main", "serve", str(folder / "city"), "--port"])
