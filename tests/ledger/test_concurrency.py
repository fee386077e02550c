"""Many write at once, and everything answered is as if they had written one after the other, in the order of the log."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dafeng.ledger.audit import verify
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.loading import read_head
from dafeng.ledger.refusals import Booked, Refused
from dafeng.ledger.requests import Hold, Release, Reverse, Transfer
from tests.ledger.compared import compare, plain
from tests.ledger.conftest import emptied
from tests.ledger.model import Model
from tests.ledger.requested import world

WRITERS = 16
BATCHES = 8
DAY = "2026-01-01"
SUPPLY = [
    [Transfer("s1", "issue", "piss", "pa", 60, DAY), Transfer("s2", "issue", "piss", "pb", 50, DAY)],
    [Transfer("s3", "issue", "iss", "tr", 100, DAY)],
]


def contested(writer: int, number: int, rng: random.Random) -> list[list[Any]]:
    """A group that is always booked and so gives the batch its place, then some that hang on what the others did."""
    name = f"{writer}.{number}"
    sides = [("pa", "pb"), ("pb", "pa"), ("pa", "per"), ("tr", "pool"), ("pool", "tr")]
    return [
        [Transfer(f"{name}.place", "receive", "ext", "op1", 1, DAY)],
        *[
            [Transfer(f"{name}.{n}", "transfer", *rng.choice(sides), rng.randrange(1, 60), DAY)]
            for n in range(rng.randrange(1, 4))
        ],
        [
            Hold(f"{name}.hold", rng.choice(("pa", "tr")), "freeze", rng.randrange(1, 30), "r"),
            Release(f"{name}.free", f"{name}.hold"),
        ],
        [Reverse(f"{name}.back", f"{rng.randrange(WRITERS)}.{rng.randrange(BATCHES)}.0", DAY, "r")],
    ]  # fmt: skip


def write(address: str, writer: int) -> list[tuple[Any, Any]]:
    """One writer's batches and the answers it got."""
    rng = random.Random(writer)
    with open_ledger(address, clock=lambda: 1000) as ledger:
        return [(batch, plain(ledger.submit(batch))) for batch in (contested(writer, n, rng) for n in range(BATCHES))]


def answer(pipe: Connection, address: str, writer: int) -> None:
    """The same in a process of its own."""
    pipe.send(write(address, writer))
    pipe.close()


def by_processes(address: str) -> list[tuple[Any, Any]]:
    """Sixteen processes at once."""
    context, told = get_context("fork"), []
    pipes = [context.Pipe(duplex=False) for _ in range(WRITERS)]
    started = [context.Process(target=answer, args=(pipe[1], address, n)) for n, pipe in enumerate(pipes)]
    for one in started:
        one.start()
    for (reading, writing), one in zip(pipes, started, strict=True):
        told += reading.recv()
        one.join()
        reading.close()
        writing.close()
        one.close()
    return told


def by_threads(address: str) -> list[tuple[Any, Any]]:
    """Sixteen threads at once, each with its own connection."""
    with ThreadPoolExecutor(WRITERS) as pool:
        return [one for told in pool.map(lambda writer: write(address, writer), range(WRITERS)) for one in told]


def check_serial(address: str, writing: Callable[[str], list[tuple[Any, Any]]]) -> None:
    """Replayed in the order of the log, the model gives every answer that anybody got, and ends in the same state."""
    model = Model()
    with open_ledger(address, clock=lambda: 1000) as ledger:
        ledger.submit(world())
        ledger.submit(SUPPLY)
        model.submit(world(), 1000)
        model.submit(SUPPLY, 1000)
    told = writing(address)
    assert len(told) == WRITERS * BATCHES
    for batch, answers in sorted(told, key=lambda one: one[1][0][0][1]):
        assert model.submit(batch, 1000) == answers
    assert {one[1] for _, answers in told for group in answers for one in group if one[0] == "refused"} >= {"not_held"}
    with open_ledger(address, clock=lambda: 1000) as ledger:
        compare(ledger, model)
        assert verify(ledger) == []


def test_sixteen_processes_on_either_store_are_serial(address: str) -> None:
    check_serial(address, by_processes)


def test_sixteen_threads_on_either_store_are_serial(address: str) -> None:
    check_serial(address, by_threads)


def test_sixteen_threads_open_a_new_ledger_at_once(address: str) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        for ledger in pool.map(lambda _: open_ledger(address), range(WRITERS)):
            ledger.close()


def at_once(address: str, requests: list[Any]) -> list[Any]:
    """Each request by a thread of its own, all let go together; their answers."""
    gate = threading.Barrier(len(requests))

    def ask(request: Any) -> Any:
        with open_ledger(address) as ledger:
            gate.wait()
            return ledger.submit([[request]])[0][0]

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(ask, requests))


def test_of_concurrent_reversals_exactly_one_succeeds(address: str) -> None:
    with open_ledger(address) as ledger:
        ledger.submit(world())
        ledger.submit(SUPPLY)
        ledger.submit([[Transfer("wrong", "transfer", "pa", "pb", 10, DAY)]])
    told = at_once(address, [Reverse(f"r{n}", "wrong", DAY, "r") for n in range(8)])
    assert sum(type(one) is Booked for one in told) == 1
    assert [one for one in told if type(one) is not Booked] == [Refused("reversed_before", "wrong")] * 7


def test_of_concurrent_equal_requests_one_is_booked_and_all_get_its_number(address: str) -> None:
    with open_ledger(address) as ledger:
        ledger.submit(world())
        ledger.submit(SUPPLY)
    told = at_once(address, [Transfer("same", "transfer", "pa", "pb", 10, DAY)] * 8)
    assert len({one.seq for one in told}) == 1
    assert sorted(one.again for one in told) == [False] + [True] * 7


def under_load(address: str, save: Callable[[], None]) -> tuple[int, int]:
    """Save while somebody writes; the numbers of the last event before and after."""
    done = threading.Event()

    def load() -> None:
        with open_ledger(address, clock=lambda: 1000) as ledger:
            ledger.submit(world())
            number = 0
            while not done.is_set() or number < 5:
                number += 1
                ledger.submit([[Transfer(f"{number}.{n}", "receive", "ext", "tr", 3, DAY)] for n in range(5)])
                started.set()

    started = threading.Event()
    writer = threading.Thread(target=load)
    writer.start()
    try:
        started.wait(20)
        with open_ledger(address) as ledger:
            before = read_head(ledger.rows)[0]
        save()
    finally:
        done.set()
        writer.join()
    with open_ledger(address) as ledger:
        return before, read_head(ledger.rows)[0]


def check_backup(address: str, copy: str, bounds: tuple[int, int]) -> None:
    """The head of a backup is one that the ledger had, and all before it is sound."""
    with open_ledger(copy) as saved, open_ledger(address) as ledger:
        seq, _, hashed = read_head(saved.rows)
        assert bounds[0] <= seq <= bounds[1]
        assert ledger.rows.query("SELECT hash FROM ledger_event WHERE seq = ?", seq)[0][0] == hashed
        assert verify(saved) == []


def test_backup_of_sqlite_under_load_has_a_valid_head(tmp_path: Path) -> None:
    path, copy = str(tmp_path / "ledger.sqlite"), str(tmp_path / "copy.sqlite")

    def save() -> None:
        with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(copy)) as saved:
            live.backup(saved)

    check_backup(path, copy, under_load(path, save))


def test_backup_of_postgresql_under_load_has_a_valid_head(server: Any) -> None:
    import psycopg

    address = emptied(server.get_uri())
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS saved")
        connection.execute("CREATE DATABASE saved")
    copy = address.replace("/postgres?", "/saved?")
    dumped: list[bytes] = []
    bounds = under_load(
        address,
        lambda: dumped.append(subprocess.run([server.bin_path / "pg_dump", address], capture_output=True, check=True).stdout),
    )
    subprocess.run(
        [server.bin_path / "psql", "-q", "-v", "ON_ERROR_STOP=1", copy], input=dumped[0], check=True, capture_output=True
    )
    check_backup(address, copy, bounds)
