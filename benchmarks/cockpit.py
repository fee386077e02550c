"""The cockpit under load: 50 people, 200 tasks, 2 000 indicators with ten years of months, all that an assessment finds.

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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookiejar import CookieJar
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

from benchmarks.cockpit_kinds import FEW, KINDS, Kind
from benchmarks.harness import Peer, case
from benchmarks.harness import Told as Side

if TYPE_CHECKING:
    from dafeng.work.city import City

PAUSE = 1.0
ACCOUNTS = {"reader": "read only 2026", "administrator": "may do all 2026"}
"""Who logs in: a name, which is the role too, with a password."""
PATIENCE = 120.0
TARGET_MS, FIRST_MS = 100.0, 200.0
FEW_VIEWS, ALL_VIEWS = 14, 40
TICKS = os.sysconf("SC_CLK_TCK")


def prepare_city(folder: Path) -> None:
    """The made city, stored as a run, with rights that were booked."""
    from benchmarks.cockpit_city import make_city

    city = make_city(folder / "city")
    let_log_in(city)
    book_rights(city)


def let_log_in(city: City) -> None:
    """Accounts for the people who log in."""
    from dafeng.store.accounts import set_account
    from dafeng.store.records import open_records

    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor="benchmark", at=at) as session:
        for name, password in ACCOUNTS.items():
            set_account(session, name, name, password, at=at)


def book_rights(city: City) -> None:
    """Books, orders, a market, a budget, a compliance period, credit projects, carbon inclusion and enterprise accounts."""
    from tests.web.inclusions import fill_enterprises, fill_inclusion
    from tests.web.ledgers import fill_ledger
    from tests.web.market_halls import fill_market
    from tests.web.settling import fill_compliance

    fill_ledger(city)
    fill_compliance(city)
    fill_inclusion(city)
    fill_enterprises(city)
    fill_market(city)


def log_in(port: int, name: str) -> str:
    """Cookies of one who logged in, as a browser sends them; empty where nobody can."""
    home = f"http://127.0.0.1:{port}/yangli/login"
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    try:
        with browser.open(home) as page:
            found = re.search(r'name="token" value="([^"]+)"', page.read().decode("utf-8"))
        said = urllib.parse.urlencode({"token": found[1] if found else "", "name": name, "password": ACCOUNTS[name]})
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


def load(command: list[str], kinds: Mapping[str, Kind], views: int, *, first: bool = False, closed: bool = False) -> Side:
    """Send the people twice, with pauses and without, and tell what they met."""
    from benchmarks.cockpit_users import Told, Visit, Way, open_first, send_people

    parts: dict[str, Any] = {}
    wrong: list[str] = []
    total = answers = 0.0
    with running(command) as (process, port):
        parts["started_cpu_s"] = spent_by(process)
        visits = [Visit(name, log_in(port, name)) for name in ACCOUNTS]
        if first:
            opened = asyncio.run(open_first(port, kinds, visits[1]))
            parts["first_ms"] = {name: round(seconds[0] * 1e3, 1) for name, seconds in opened.seconds.items()}
            wrong += opened.wrong
        brought = visits if closed else [visits[0], Visit(), visits[1], Visit(), Visit(), Visit()]
        for name, pause in (("paced", PAUSE), ("pressed", 0.0)):
            told, cpu, own, start = Told(), spent_by(process), time.process_time(), time.perf_counter()
            asyncio.run(send_people(port, Way(kinds, pause, views), told, brought))
            used, wall, count = spent_by(process) - cpu, time.perf_counter() - start, sum(map(len, told.seconds.values()))
            parts |= {f"{name}_{kind}": row for kind, row in told.percentiles().items()}
            parts[f"{name}_requests_s"] = count / wall
            parts[f"{name}_server_ms"] = used / count * 1e3
            parts[f"{name}_people_ms"] = (time.process_time() - own) / count * 1e3
            parts[f"{name}_mb_carried"] = told.carried / 1e6
            wrong, total, answers = [*wrong, *told.wrong], total + used, answers + count
        parts["server_mb"] = memory_of(process)
    parts |= {"logged_in": all(one.cookies for one in visits), "server_cpu_s": total, **judge(parts, kinds)}
    return Side({"answers": int(answers), "errors": len(wrong), "first": sorted(set(wrong))[:3]}, parts, total)


def judge(parts: Mapping[str, Any], kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Whether every kind of page, the files apart, is answered in time with pauses; which ones are not."""
    late = {name: row["p95_ms"] for name in kinds if (row := parts.get(f"paced_{name}")) and row["p95_ms"] > TARGET_MS}
    worst = max((name for name in kinds if f"paced_{name}" in parts), key=lambda name: parts[f"paced_{name}"]["p95_ms"])
    told = {"p95_target_ms": TARGET_MS, "p95_met": not late, "p95_late": late}
    told |= {"p95_worst": {worst: parts[f"paced_{worst}"]["p95_ms"]}}
    if opened := parts.get("first_ms"):
        slow = {name: one for name, one in opened.items() if one > FIRST_MS}
        told |= {"first_target_ms": FIRST_MS, "first_met": not slow, "first_late": slow}
    return told


def serve_plain(folder: Path) -> Side:
    """The same people at plain pages."""
    return load([sys.executable, "-m", "benchmarks.cockpit_plain", str(folder / "city")], FEW, FEW_VIEWS)


def cockpit(folder: Path) -> list[str]:
    """The command that serves the made city, but for the port."""
    return [sys.executable, "-m", "dafeng.cli.main", "serve", str(folder / "city"), "--port"]


@case(
    prepare=prepare_city,
    peer=Peer(
        serve_plain, "FastAPI and Jinja2", "the same view in memory, pages of 50 rows, made anew for each request, gzip 9"
    ),
    repeats=1,
)
def cockpit_load(folder: Path) -> Side:
    """Fifty people at the pages of the cockpit that plain pages have too."""
    return load(cockpit(folder), FEW, FEW_VIEWS)


@case(prepare=prepare_city, repeats=1)
def cockpit_pages(folder: Path) -> Side:
    """Fifty people at every kind of page, after one who opens each for the first time."""
    return load(cockpit(folder), KINDS, ALL_VIEWS, first=True)


def prepare_closed(folder: Path) -> None:
    """The made city, closed; its records are made by our side, on PostgreSQL."""
    from benchmarks.cockpit_city import make_city

    make_city(folder / "city")


@case(prepare=prepare_closed, repeats=1)
def cockpit_closed(folder: Path) -> Side:
    """The same at a closed city with its records in PostgreSQL: everybody is logged in."""
    from benchmarks.ledger_load import served
    from dafeng.work.city import open_city

    described = folder / "city" / "city.yaml"
    with served(folder) as (address, _):
        chosen = f'options: {{closed: true, records: "{address}"}}'
        described.write_text(described.read_text("utf-8").replace("options: {}", chosen), encoding="utf-8")
        let_log_in(city := open_city(folder / "city"))
        book_rights(city)
        return load(cockpit(folder), KINDS, ALL_VIEWS, first=True, closed=True)
