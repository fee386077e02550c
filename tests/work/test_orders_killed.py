"""The process dies before any statement of an order, in the records or in the ledger: nothing is lost or booked twice.

Only statements that begin, write or end are counted: what dies before it reads leaves what dies before the write after that.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pytest
from sqlalchemy import Engine, event

from dafeng.ledger.audit import verify
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import Transfer
from dafeng.store import ledger_rows
from dafeng.store.records import open_records
from dafeng.work.city import City, init, open_city
from dafeng.work.noted_orders import Order, read_orders
from dafeng.work.right_orders import decide_order, place_order, settle_orders
from dafeng.work.rights import Rights
from tests.web.ledgers import DAY, fill_ledger

STATEMENTS = ("begin", "write", "commit", "rollback")


def place(city: City) -> Order:
    """One person asks for what is booked at once."""
    with Rights(city) as rights, open_records(city.records) as records:
        return place_order(
            rights, Transfer("small-1", "transfer", "A-1", "B-1", 10, DAY, reason="r"), who="张三", records=records
        )


def decide(city: City) -> Order:
    """A second person accepts what waits."""
    with Rights(city) as rights, open_records(city.records) as records:
        return decide_order(rights, "large-1", accept=True, who="李四", records=records)


WORKS: dict[str, Callable[[City], Order]] = {"small-1": place, "large-1": decide}


def die_at(wanted: int | None, seen: Iterator[int]) -> None:
    """From here on this process dies before its n-th statement, in whichever database."""

    def step(*given: Any) -> None:
        reads = len(given) > 2 and given[2].startswith(("SELECT", "PRAGMA"))
        if not reads and next(seen) == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepped(real: Any, *given: Any, **options: Any) -> Any:
        step()
        return real(*given, **options)

    for name in ("before_cursor_execute", "commit", "rollback"):
        event.listen(Engine, name, step)
    for name in STATEMENTS:
        real = getattr(ledger_rows._Sqlite, name)
        setattr(
            ledger_rows._Sqlite, name, lambda self, *given, _real=real, **more: stepped(partial(_real, self), *given, **more)
        )


def work(city: City, id: str, wanted: int | None) -> int | None:
    """Do it in a process of its own; how many statements it had, or None if it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            seen = count()
            die_at(wanted, seen)
            WORKS[id](city)
            os.write(writing, b"%d" % next(seen))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        told = file.read()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) == (not told)
    return int(told) if told else None


def booked(city: City, id: str) -> list[Any]:
    """Events of an order, after an audit that found nothing."""
    with open_ledger(city.ledger) as ledger:
        assert verify(ledger) == []
        return ledger.rows.query("SELECT seq FROM ledger_event WHERE id = ?", id)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a city that is copied for each death."""
    made = init(tmp_path_factory.mktemp("filled") / "x", place="990200")
    fill_ledger(made)
    return made.folder


@pytest.mark.slow
@pytest.mark.parametrize("id", list(WORKS))
def test_an_order_is_booked_once_wherever_the_process_dies(id: str, filled: Path, tmp_path: Path) -> None:
    copytree(filled, tmp_path / "whole")
    steps = work(open_city(tmp_path / "whole"), id, None)
    assert steps is not None
    ends = set()
    for at in range(steps):
        city = open_city(copytree(filled, tmp_path / "x"))
        assert work(city, id, at) is None
        done = booked(city, id)
        with Rights(city) as rights, open_records(city.records) as records:
            states = {one.id: one.state for one in read_orders(rights, records=records)}
            ends.add((states.get(id, "unknown"), len(done)))
            settle_orders(rights, records=records)
            settled = {one.id: one for one in read_orders(rights, records=records)}
        if states.get(id) in ("handed", "booked"):
            assert settled[id].state == "booked"
        if id not in settled or settled[id].state == "waiting":
            assert WORKS[id](city).state == "booked"
        assert len(booked(city, id)) == 1
        with open_records(city.records) as records:
            assert records.verify() == ()
        rmtree(tmp_path / "x")
    before = "waiting" if id == "large-1" else "unknown"
    assert ends == {(before, 0), ("handed", 0), ("handed", 1)}  # after the last statement there is none to die before
