"""Carbon inclusion: a stream of trips of many people, checked, decided and booked, with memory that does not grow.

The peer is what a web application does for each trip: look it up, check it, change the balances, commit; without hash chain,
identities and linked groups. `inclusion` is our side alone at scale, its rate and memory told by tenths of the stream.
"""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.harness import Peer, Told, case

if TYPE_CHECKING:
    from dafeng.ledger.inclusion.events import Event
    from dafeng.ledger.inclusion.programme import Programme

START = 1_772_294_400
"""2026-03-01 in China. [s]"""
DAYS = 10
MANY = (1_000_000, 1_000_000)
"""People and trips at scale."""
SCALED = (100_000, 10_000_000)
"""People and trips of the run from which a year is reckoned."""
AUDITED = (100_000, 1_000_000)
"""People and trips of the audit."""
FEW = (2_000, 20_000)
"""People and trips of the comparison."""
PLACE = "370600"
SAVED = 515
"""What a metro trip saves, which is also its points here. [g CO2]"""


def trips(size: tuple[int, int]) -> Iterator[tuple[int, int, int]]:
    """Person, number and beginning of each trip; each hundredth is handed in twice."""
    people, count = size
    for number in range(count):
        yield number * 7_919 % people, number, START + number * DAYS * 86_400 // count
        if number % 100 == 0:
            yield number * 7_919 % people, number, START + number * DAYS * 86_400 // count


@contextmanager
def opened(folder: Path) -> Iterator[Programme]:
    """Open a programme whose clock stands after the last trip."""
    from dafeng.ledger.inclusion.claims import read_overlaps
    from dafeng.ledger.inclusion.identities import Identities
    from dafeng.ledger.inclusion.policy import read_policy
    from dafeng.ledger.inclusion.programme import Programme
    from dafeng.ledger.inclusion.scenes import read_scenes
    from dafeng.ledger.ledger import open_ledger
    from dafeng.store.inclusion_rows import EVENTS, IDENTITIES, InclusionRows

    scenes = read_scenes()
    rows, people = InclusionRows(folder / "events.sqlite", EVENTS), InclusionRows(folder / "people.sqlite", IDENTITIES)
    with open_ledger(str(folder / "ledger.sqlite")) as ledger:
        yield Programme(
            ledger, rows, Identities(people, "0" * 64), scenes, read_policy("trial", scenes), read_overlaps(scenes), (), PLACE,
            "0" * 64, lambda: START + (DAYS + 1) * 86_400,
        )  # fmt: skip
    rows.close()
    people.close()


def joined(programme: Programme, people: int) -> None:
    """Take everybody in, with consent."""
    for first in range(0, people, 20_000):
        names = (f"person-{number}" for number in range(first, min(first + 20_000, people)))
        made = programme.identities.join_many(
            names, kind="person", purpose=programme.policy.purpose, version="1", now=START - 86_400
        )
        programme.open_members((one, "person") for one in made)


def events(size: tuple[int, int]) -> Iterator[Event]:
    """Metro trips of twenty minutes."""
    from dafeng.ledger.inclusion.events import Event

    for person, number, begin in trips(size):
        yield Event(str(number), "metro", f"person-{person}", f"ticket-{number}", begin, begin + 1200, Decimal(1), PLACE)


def taken(folder: Path, size: tuple[int, int]) -> Told:
    """Take all trips; the value is what was booked."""
    from dafeng.ledger.inclusion.intake import Tally, take_batches

    tally, count, tenths = Tally(), 0, []
    with opened(folder) as programme:
        before = time.perf_counter()
        joined(programme, size[0])
        began = since = time.perf_counter()
        used = time.process_time()
        for said in take_batches(programme, events(size)):
            tally.add(said)
            count += len(said)
            if count * 10 >= size[1] * (len(tenths) + 1):
                now = time.perf_counter()
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                tenths.append({"events": count, "seconds": round(now - since, 1), "peak_mb": peak})
                since = now
        used = time.process_time() - used
        wall = time.perf_counter() - began
        sums = programme.ledger.rows.query("SELECT name, balance FROM ledger_account WHERE type = 'issuer' ORDER BY name")
    sizes = {path.name: path.stat().st_size // 2**20 for path in folder.glob("*.sqlite")}
    parts: dict[str, Any] = {"people": size[0], "events_per_s": round(count / wall), "join_s": round(began - before, 1)}
    value = {"taken": tally.taken, "again": tally.again, "grams": tally.grams, "points": tally.points}
    parts |= {"tenths": tenths, "mb": sizes, "issued": dict(tuple(row) for row in sums)}
    return Told(value, parts, cpu_s=used)


def audited(folder: Path, size: tuple[int, int]) -> Told:
    """Audit the trips beside their ledger, which is not booked again; the value is what was found, which is nothing."""
    from dafeng.ledger.audit_findings import AuditFindings
    from dafeng.ledger.inclusion.audit import check_inclusion

    with opened(folder) as programme:
        said, used, began = AuditFindings(), time.process_time(), time.perf_counter()
        with programme.ledger.standing() as rows:
            check_inclusion(
                rows,
                said,
                own=programme.rows,
                scenes=programme.scenes,
                overlaps=programme.overlaps,
                plans=programme.plans,
            )
        used, wall = time.process_time() - used, time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        events = programme.rows.query("SELECT count(*) FROM event")[0][0]
    return Told(
        {"found": len(said.found)}, {"people": size[0], "events": events, "wall_s": round(wall, 1), "peak_mb": peak}, cpu_s=used
    )


def bundled(folder: Path) -> None:
    """Take the trips and certify those of the first days."""
    from dafeng.ledger.inclusion.bundles import aggregate_reductions

    taken(folder, AUDITED)
    with opened(folder) as programme:
        aggregate_reductions(programme, "first", before="2026-03-06")


def nothing(folder: Path) -> None:
    """Prepare nothing: each run begins with empty files of its own."""


def fresh(folder: Path, name: str) -> Path:
    """Make an empty folder for one run."""
    own = folder / f"{name}-{time.time_ns()}"
    own.mkdir()
    return own


def row_by_row(folder: Path) -> Told:
    """Take the trips one by one, each in a transaction of its own."""
    db = sqlite3.connect(fresh(folder, "peer") / "peer.sqlite", isolation_level=None)
    for text in (
        "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
        "CREATE TABLE person (name TEXT PRIMARY KEY, grams INTEGER NOT NULL, points INTEGER NOT NULL)",
        "CREATE TABLE trip (evidence TEXT PRIMARY KEY, name TEXT, day INTEGER, began INTEGER, ended INTEGER, points INTEGER)",
        "CREATE INDEX trip_name ON trip (name, day)",
        "CREATE TABLE entry (no INTEGER PRIMARY KEY, evidence TEXT, account TEXT, amount INTEGER, balance INTEGER)",
    ):  # fmt: skip
        db.execute(text)
    db.execute("BEGIN")
    db.executemany("INSERT INTO person VALUES (?, 0, 0)", [(f"person-{number}",) for number in range(FEW[0])])
    db.execute("COMMIT")
    made = {"taken": 0, "again": 0, "grams": 0, "points": 0}
    used = time.process_time()
    began = time.perf_counter()
    for person, number, begin in trips(FEW):
        points = _take_one(db, f"person-{person}", f"ticket-{number}", begin)
        made["again" if points is None else "taken"] += 1
        made["grams"] += 0 if points is None else SAVED
        made["points"] += points or 0
    used, wall = time.process_time() - used, time.perf_counter() - began
    db.close()
    return Told(made, {"events_per_s": round(sum(made[name] for name in ("taken", "again")) / wall)}, cpu_s=used)


def _take_one(db: sqlite3.Connection, name: str, evidence: str, begin: int) -> int | None:
    day = begin // 86_400
    db.execute("BEGIN IMMEDIATE")
    if db.execute("SELECT 1 FROM trip WHERE evidence = ?", (evidence,)).fetchone():
        db.execute("COMMIT")
        return None
    rest = db.execute("SELECT began, ended, points FROM trip WHERE name = ? AND day = ?", (name, day)).fetchall()
    if any(one[0] < begin + 1200 and begin < one[1] for one in rest):
        db.execute("COMMIT")
        return None
    points = max(min(SAVED, 2000 - sum(one[2] for one in rest)), 0)
    db.execute("INSERT INTO trip VALUES (?, ?, ?, ?, ?, ?)", (evidence, name, day, begin, begin + 1200, points))
    db.execute("UPDATE person SET grams = grams + ?, points = points + ? WHERE name = ?", (SAVED, points, name))
    grams, held = db.execute("SELECT grams, points FROM person WHERE name = ?", (name,)).fetchone()
    for account, amount, balance in (("grams", SAVED, grams), ("points", points, held)):
        db.execute("INSERT INTO entry VALUES (NULL, ?, ?, ?, ?)", (evidence, f"{name}/{account}", amount, balance))
        db.execute("INSERT INTO entry VALUES (NULL, ?, ?, ?, NULL)", (evidence, f"issuer/{account}", -amount))
    db.execute("COMMIT")
    return points


@case(
    prepare=nothing,
    peer=Peer(
        row_by_row,
        name=f"SQLite {sqlite3.sqlite_version} row by row",
        settings="WAL, synchronous=FULL, a transaction per trip; no hash chain, no pseudonyms",
    ),
    repeats=3,
)
def inclusion_rows(folder: Path) -> Told:
    """Take few trips in batches, beside the row-by-row way."""
    return taken(fresh(folder, "ours"), FEW)


@case(prepare=nothing, repeats=1)
def inclusion(folder: Path) -> Told:
    """Take many trips of many people."""
    return taken(fresh(folder, "ours"), MANY)


@case(prepare=nothing, repeats=1)
def inclusion_scaled(folder: Path) -> Told:
    """Take ten times as many, from which a year is reckoned: an hour of one processor and some 5 GB of disk."""
    return taken(fresh(folder, "ours"), SCALED)


@case(prepare=bundled, repeats=1)
def inclusion_audit(folder: Path) -> Told:
    """Audit many trips of many people, about half of them certified."""
    return audited(folder, AUDITED)
