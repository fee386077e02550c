"""A ledger in a world where everything goes wrong, by a seed: ``python -m tests.ledger.simulator --seeds 10000``.

The clock is virtual; between any two statements the disk may be full, fail, or the process die, before or after the statement,
the commit among them, or between two rows of a write; answers get lost and are asked for again; batches come twice and out of
order. Whatever the ledger committed the model books too, so that both must answer the same ever after; at the end the audit
must find nothing. A process dies here by losing its connection; that it is killed is tested apart.
"""

from __future__ import annotations

import argparse
import copy
import json
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from dafeng.core.errors import StoreError
from dafeng.ledger.audit import verify
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.store.ledger_rows import VERSION, failures
from tests.ledger.compared import compare, plain
from tests.ledger.conftest import emptied
from tests.ledger.model import Model
from tests.ledger.requested import Choices, draw_batch, from_seed, world

STATEMENTS = ("begin", "query", "find", "write", "commit")
WRITES = 9
"""Tables that a booking writes one after the other, each called on though there may be no rows for it."""
MANY = 4
"""Writes of more than one row among which the one is drawn that fails between two rows."""
LONGEST = 28
"""Statements of the longest booking; `World.deliver` holds it to that."""
ERRORS = ("database or disk is full", "disk I/O error", "database is locked")
STEPS = 12
START = 1000


class Crash(BaseException):
    """The process is gone."""


class Flaky:
    """The rows of a ledger, one of whose next statements goes wrong."""

    def __init__(self, rows: Any) -> None:
        self.rows, self.left, self.how, self.only, self.hit, self.committed, self.dead = rows, -1, "", "", "", False, False
        self.ran = 0

    def arm(self, choices: Choices) -> None:
        """Let one statement from here on go wrong: any, one of the writes, one of many rows between two of them, the commit."""
        self.committed, self.hit, self.ran = False, "", 0
        self.only, last = choices.one((("", LONGEST - 1), ("write", WRITES - 1), ("rows", MANY - 1), ("commit", 0)))
        self.left = choices.whole(0, last)
        self.how = f"{choices.one(('error', 'crash'))} {'amid' if self.only == 'rows' else choices.one(('before', 'after'))}"
        self.share = choices.whole(0, 99)
        self.says = choices.one(ERRORS)

    def __getattr__(self, name: str) -> Any:
        """The statement, perhaps with an accident before, amid or after it."""
        if name == "rollback" and self.dead:
            return lambda: None
        real = getattr(self.rows, name)
        return partial(self._run, name, real) if name in STATEMENTS else real

    def _run(self, name: str, real: Any, *given: Any, **options: Any) -> Any:
        self.ran += 1
        rows = given[1] if name == "write" else ()
        counts = self.only in ("", name) or (self.only == "rows" and len(rows) > 1)
        self.left -= counts
        now = counts and self.left == -1
        if now:
            self.hit = " ".join((name, *(one.name for one in given[:1] if name == "write"), self.how.split()[1]))
            if self.how.endswith("amid"):
                real(given[0], rows[: 1 + self.share * (len(rows) - 1) // 100])
            if not self.how.endswith("after"):
                self._fail()
        result = real(*given, **options)
        self.committed = self.committed or name == "commit"
        if now:
            self._fail()
        return result

    def _fail(self) -> None:
        if self.how.startswith("crash"):
            self.dead = True
            raise Crash
        raise failures()[-1](self.says) if self.rows.dialect == "postgresql" else sqlite3.OperationalError(self.says)


@lru_cache(maxsize=1)
def beginning() -> tuple[bytes, Model]:
    """A ledger with the small world in it, and its model."""
    with tempfile.TemporaryDirectory() as folder:
        path, model = Path(folder) / "ledger.sqlite", Model()
        with open_ledger(str(path), clock=lambda: START) as ledger:
            ledger.submit(world())
        model.submit(world(), START)
        return path.read_bytes(), model


class World:
    """One run: a ledger on a disk that fails, a model, a network that repeats and reorders."""

    def __init__(self, seed: int, address: str) -> None:
        self.choices, self.at, self.address = from_seed(f"world {seed}"), START, address
        image, model = beginning()
        if "://" in address:
            with open_ledger(emptied(address), clock=lambda: START) as ledger:
                ledger.submit(world())
        else:
            Path(address).write_bytes(image)
        self.model: Model = copy.deepcopy(model)
        self.told: Counter[str] = Counter()
        self.hits: Counter[str] = Counter()
        self.waiting: list[Any] = []
        self.ledger = self.opened()

    def opened(self) -> Ledger:
        """A new process opens the ledger."""
        ledger = open_ledger(self.address, clock=lambda: self.at)
        swift = "SET synchronous_commit = off" if "://" in self.address else "PRAGMA synchronous=OFF"
        ledger.rows._run(swift)  # a killed process loses nothing that it wrote; power cuts are tested apart
        ledger.rows = Flaky(ledger.rows)  # type: ignore[assignment]
        return ledger

    def deliver(self, batch: Any, *, safely: bool) -> None:
        """Hand in a batch once; what became of it the wrapper knows, and the client only if it gets an answer."""
        flaky: Any = self.ledger.rows
        flaky.arm(self.choices)
        if safely:
            flaky.left = -1
        answers, ended = None, "answered"
        try:
            answers = self.ledger.submit(batch)
        except StoreError:
            ended = "error"
        except Crash:
            ended = "crash"
        assert flaky.ran <= LONGEST, "a booking has more statements than accidents are drawn for"
        self.hits[flaky.hit] += 1
        expected = self.model.submit(batch, self.at) if flaky.committed else None
        self.told[f"{ended}, {'committed' if flaky.committed else 'not committed'}"] += 1
        if answers is not None:
            assert plain(answers) == expected
        if ended == "crash":
            flaky.rows.close()
            self.ledger = self.opened()
        if answers is None or self.choices.often(2):  # not acknowledged, or the acknowledgement was lost
            self.waiting.append(batch)

    def run(self) -> Counter[str]:
        """Deliver, then deliver once more what still waits, then compare everything."""
        c = self.choices
        for number in range(STEPS):
            self.at += c.whole(-4, 12)
            self.waiting.append(draw_batch(c, self.model, number))
            for _ in range(c.whole(1, 3)):
                if self.waiting:
                    batch = self.waiting.pop(c.whole(0, len(self.waiting) - 1))
                    self.deliver(batch, safely=c.often(3))
                    if c.often(1):
                        self.waiting.append(batch)
            if c.often(2):
                self.same()
        for batch in list(self.waiting):
            self.deliver(batch, safely=True)
        self.same()
        found = verify(self.ledger)
        assert not found, found[0].says.en
        self.ledger.rows.close()
        return self.told

    def same(self) -> None:
        """The ledger is what the model is."""
        self.ledger.rows.left = -1  # type: ignore[attr-defined]
        compare(self.ledger, self.model)


def simulate(seed: int, address: str = "", hits: Counter[str] | None = None) -> Counter[str]:
    """Run one seed, in a file or at the address of a PostgreSQL; a failure says how to run it again."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shm if shm.is_dir() else None))
    try:
        run = World(seed, address or str(folder / f"{seed}.sqlite"))
        told = run.run()
        if hits is not None:
            hits += run.hits
        return told
    except Exception as cause:
        cause.add_note(f"seed {seed}; again with: python -m tests.ledger.simulator --first {seed} --seeds 1")
        raise
    finally:
        shutil.rmtree(folder)


def tried(seed: int) -> tuple[Counter[str], str]:
    """What happened in one seed, and what was wrong if anything was."""
    try:
        return simulate(seed), ""
    except Exception as cause:  # noqa: BLE001 - whatever it is, the night goes on and the log names the seed
        return Counter(), "".join(traceback.format_exception_only(cause)).strip()


def tell_versions() -> dict[str, Any]:
    """With what it ran: seed and commit reproduce it."""
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return {
        "commit": asked.stdout.strip() or None,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "ledger": VERSION,
    }


def main(arguments: list[str]) -> int:
    """Run many seeds on several processors, say what happened in them, and add a line to a log if one is named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--log", type=Path, help="file of JSON lines to which this run is added")
    given = parser.parse_args(arguments)
    at, began, told, found = datetime.now(UTC), time.perf_counter(), Counter[str](), {}
    seeds = range(given.first, given.first + given.seeds)
    with ProcessPoolExecutor(given.jobs) as pool:
        tries = map(tried, seeds) if given.jobs == 1 else pool.map(tried, seeds, chunksize=20)
        for seed, (counted, problem) in zip(seeds, tries, strict=True):
            told += counted
            if problem:
                found[seed] = problem
    seconds = round(time.perf_counter() - began, 1)
    if given.log:
        line = {
            "at": at.isoformat(timespec="seconds"),
            "first": given.first,
            "seeds": given.seeds,
            "jobs": given.jobs,
            "seconds": seconds,
            "found": found,
            "told": dict(sorted(told.items())),
            "versions": tell_versions(),
        }
        given.log.parent.mkdir(parents=True, exist_ok=True)
        with given.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"{given.seeds} seeds from {given.first} in {seconds:.0f} s, {len(found)} of them with a difference")
    for name, count in sorted(told.items()):
        print(f"  {count:8} {name}")
    for problem in found.values():
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
