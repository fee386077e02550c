"""What was acknowledged survives the death of the process, and a power cut leaves a prefix of history."""

from __future__ import annotations

import os
import random
import shutil
import signal
import struct
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import StoreError
from dafeng.ledger.audit import verify
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import SetLimit, Transfer
from dafeng.store.ledger_rows import select
from dafeng.store.ledger_tables import EVENT
from tests.ledger.conftest import emptied
from tests.ledger.model import Model
from tests.ledger.requested import draw_batch, from_seed, world

KILLS = {"sqlite": 60, "postgresql": 10}


def batch(life: int, number: int) -> list[list[Any]]:
    """Three groups that always can be booked, one of them of two requests."""
    moves = [Transfer(f"{life}.{number}.{n}", "earn", "piss", "pa", 1, "2026-01-01") for n in range(4)]
    return [[moves[0]], [moves[1], moves[2]], [moves[3]]]


def write_until_killed(path: str, life: int, pipe: int) -> None:
    """Book batches and say of each, after the answer, that it was acknowledged."""
    with open_ledger(path) as ledger:
        for number in count():
            ledger.submit(batch(life, number))
            os.write(pipe, b"%d\n" % number)


def one_life(path: str, life: int, rng: random.Random) -> int:
    """Fork a writer, kill it at some moment; how many batches it had acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            write_until_killed(path, life, writing)
        finally:
            os._exit(1)
    os.close(writing)
    told = b""
    wanted = rng.randrange(12)
    with os.fdopen(reading, "rb", buffering=0) as file:
        while told.count(b"\n") < wanted and (more := file.read(64)):
            told += more
        for _ in range(rng.randrange(20_000)):
            pass
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := file.read(64):
            told += more
    return told.count(b"\n")


@pytest.mark.slow
@pytest.mark.parametrize("store", list(KILLS))
def test_no_acknowledged_batch_of_a_killed_process_is_lost(store: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path, rng, kills = str(tmp_path / "ledger.sqlite"), random.Random(3), KILLS[store]
    if store == "postgresql":
        path = emptied(request.getfixturevalue("server").get_uri())
    with open_ledger(path) as ledger:
        ledger.submit(world())
        ledger.submit([[SetLimit("limit", "piss", 10**9, "r")]])
    acknowledged = unacknowledged = lost = 0
    for life in range(kills):
        known = one_life(path, life, rng)
        acknowledged += known
        with open_ledger(path) as ledger:
            for number in range(known + 1):
                answers = [one for group in ledger.submit(batch(life, number)) for one in group]
                again = {type(one) is Booked and one.again for one in answers}
                assert len(again) == 1, "half a batch was kept"
                if number < known:
                    lost += again != {True}
                else:
                    unacknowledged += again == {True}
            if life % 10 == 0:
                assert verify(ledger) == []
    with open_ledger(path) as ledger:
        assert verify(ledger) == []
        assert ledger.rows.query("SELECT count(*) FROM ledger_event WHERE kind = 'earn'")[0][0] == 4 * (acknowledged + kills)
    print(
        f"{store}: {kills} kills, {acknowledged} batches acknowledged, {lost} lost, {unacknowledged} committed without answer"
    )
    assert lost == 0
    assert acknowledged > kills


def history(path: Path) -> list[Any]:
    """All events of a database."""
    with open_ledger(str(path)) as ledger:
        return ledger.rows.query(f"{select(EVENT)} ORDER BY seq")


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any], set[int]]:
    """A database whose latest batches are in its WAL only; its whole history; the events with which its batches ended."""
    folder = tmp_path_factory.mktemp("power")
    path, whole = folder / "live.sqlite", folder / "whole.sqlite"
    model, choices = Model(), from_seed("power")
    with open_ledger(str(path), clock=lambda: 1000 + model.seq) as ledger:
        ledger.submit(world())
        model.submit(world(), 1000)
        ledger.rows._run("PRAGMA wal_checkpoint(TRUNCATE)")
        ends = {model.seq}
        for number in range(40):
            wanted = draw_batch(choices, model, number)
            at = 1000 + model.seq
            ledger.submit(wanted)
            model.submit(wanted, at)
            ends.add(model.seq)
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", f"{whole}{suffix}")
    for suffix in ("", "-wal"):
        shutil.copy(f"{whole}{suffix}", f"{folder / 'read.sqlite'}{suffix}")
    return whole, history(folder / "read.sqlite"), ends


def after_the_cut(cut: tuple[Path, list[Any], set[int]], path: Path, wal: bytes, database: bytes | None = None) -> int:
    """Open what a cut left: a prefix of history, whole batches only, and nothing for the audit to find; its length."""
    whole, events, ends = cut
    path.write_bytes(whole.read_bytes() if database is None else database)
    Path(f"{path}-wal").write_bytes(wal)
    kept = history(path)
    assert kept == events[: len(kept)]
    assert len(kept) in ends
    with open_ledger(str(path)) as ledger:
        assert verify(ledger) == []
    return len(kept)


def test_power_cut_at_any_byte_of_the_log_leaves_a_prefix(cut: Any, tmp_path: Path) -> None:
    wal, rng = Path(f"{cut[0]}-wal").read_bytes(), random.Random(5)
    places = sorted(rng.randrange(len(wal) + 1) for _ in range(60))
    lengths = [after_the_cut(cut, tmp_path / f"{at}.sqlite", wal[:at]) for at in (0, *places, len(wal))]
    assert lengths == sorted(lengths)
    assert lengths[0] == min(cut[2])
    assert lengths[-1] == len(cut[1])
    assert len(set(lengths)) > 10


def test_torn_page_of_the_log_leaves_a_prefix(cut: Any, tmp_path: Path) -> None:
    wal, rng = Path(f"{cut[0]}-wal").read_bytes(), random.Random(6)
    for n in range(30):
        at = rng.randrange(32, len(wal) - 64)
        torn = wal[:at] + bytes(rng.randrange(256) for _ in range(64)) + wal[at + 64 :]
        assert after_the_cut(cut, tmp_path / f"{n}.sqlite", torn) < len(cut[1])


def test_power_cut_while_the_log_is_put_into_the_database_loses_nothing(cut: Any, tmp_path: Path) -> None:
    wal, base, rng = Path(f"{cut[0]}-wal").read_bytes(), cut[0].read_bytes(), random.Random(7)
    size = struct.unpack(">I", wal[8:12])[0]
    pages = {}
    for at in range(32, len(wal) - size, size + 24):
        pages[struct.unpack(">I", wal[at : at + 4])[0]] = wal[at + 24 : at + 24 + size]
    for n in range(30):
        database = bytearray(base)
        for page, content in pages.items():
            if rng.randrange(2):
                written = rng.choice((size, rng.randrange(size)))  # whole or torn
                start = (page - 1) * size
                database.extend(bytes(max(0, start + size - len(database))))
                database[start : start + written] = content[:written]
        assert after_the_cut(cut, tmp_path / f"{n}.sqlite", wal, bytes(database)) == len(cut[1])


def test_database_cut_short_is_found(cut: Any, tmp_path: Path) -> None:
    base, rng = cut[0].read_bytes(), random.Random(8)
    whole, found = history(_copied(base, tmp_path / "whole.sqlite")), 0
    for n in range(30):
        path = _copied(base[: rng.randrange(1, len(base))], tmp_path / f"{n}.sqlite")
        try:
            with open_ledger(str(path)) as ledger:
                told = bool(verify(ledger))
            assert told or history(path) == whole
            found += told
        except StoreError:
            found += 1
    assert found > 20


def _copied(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path
