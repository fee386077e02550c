"""A ledger in a world where everything goes wrong, by a seed: ``python -m tests.ledger.simulator --seeds 10000``.

The clock is virtual; between any two statements the disk may be full, fail, or the process die, before or after the statement,
the commit among them; answers get lost and are asked for again; batches come twice and out of order. Whatever the ledger
committed the model books too, so that both must answer the same ever after; at the end the audit must find nothing.
"""

from __future__ import annotations

import argparse
import copy
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from dafeng.core.errors import StoreError
from dafeng.ledger.audit import verify
from dafeng.ledger.ledger import Ledger, open_ledger
from tests.ledger.compared import compare, plain
from tests.ledger.model import Model
from tests.ledger.requested import Choices, draw_batch, from_seed, world

STATEMENTS = ("begin", "query", "find", "write", "commit")
ERRORS = ("database or disk is full", "disk I/O error", "database is locked")
STEPS = 12
START = 1000


class Crash(BaseException):
    """The process is gone."""


class Flaky:
    """The rows of a ledger, one of whose next statements goes wrong."""

    def __init__(self, rows: Any) -> None:
        self.rows, self.left, self.how, self.only, self.committed, self.dead = rows, -1, "", "", False, False

    def arm(self, choices: Choices) -> None:
        """Let the n-th statement from here on go wrong, in one of four ways."""
        self.committed = False
        self.left = choices.whole(0, 22)
        self.only = choices.one(("", "", "", "commit"))
        if self.only:
            self.left = 0
        self.how = choices.one(("error before", "error after", "crash before", "crash after"))
        self.says = choices.one(ERRORS)

    def __getattr__(self, name: str) -> Any:
        """The statement, perhaps with an accident before or after it."""
        if name == "rollback" and self.dead:
            return lambda: None
        real = getattr(self.rows, name)
        return partial(self._run, name, real) if name in STATEMENTS else real

    def _run(self, name: str, real: Any, *given: Any, **options: Any) -> Any:
        counts = not self.only or name == self.only
        self.left -= counts
        now = counts and self.left == -1
        if now and self.how.endswith("before"):
            self._fail()
        result = real(*given, **options)
        self.committed = self.committed or name == "commit"
        if now and self.how.endswith("after"):
            self._fail()
        return result

    def _fail(self) -> None:
        if self.how.startswith("crash"):
            self.dead = True
            raise Crash
        raise sqlite3.OperationalError(self.says)


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

    def __init__(self, seed: int, folder: Path) -> None:
        self.choices, self.at, self.path = from_seed(f"world {seed}"), START, folder / f"{seed}.sqlite"
        image, model = beginning()
        self.path.write_bytes(image)
        self.model: Model = copy.deepcopy(model)
        self.told: Counter[str] = Counter()
        self.waiting: list[Any] = []
        self.ledger = self.opened()

    def opened(self) -> Ledger:
        """A new process opens the ledger."""
        ledger = open_ledger(str(self.path), clock=lambda: self.at)
        ledger.rows._run("PRAGMA synchronous=OFF")  # a killed process loses nothing that it wrote; power cuts are tested apart
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


def simulate(seed: int) -> Counter[str]:
    """Run one seed; a failure says how to run it again."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shm if shm.is_dir() else None))
    try:
        return World(seed, folder).run()
    except Exception as cause:
        cause.add_note(f"seed {seed}; again with: python -m tests.ledger.simulator --first {seed} --seeds 1")
        raise
    finally:
        shutil.rmtree(folder)


def main(arguments: list[str]) -> int:
    """Run many seeds on several processors and say what happened in them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args(arguments)
    began, told = time.perf_counter(), Counter[str]()
    seeds = range(given.first, given.first + given.seeds)
    if given.seeds == 1:
        told = simulate(given.first)
    else:
        with ProcessPoolExecutor(given.jobs) as pool:
            for counted in pool.map(simulate, seeds, chunksize=20):
                told += counted
    print(f"{given.seeds} seeds from {given.first} in {time.perf_counter() - began:.0f} s, no difference")
    for name, count in sorted(told.items()):
        print(f"  {count:8} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
