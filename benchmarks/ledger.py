"""The ledger: durable transfers a second through the queue, on both databases, beside what one would take instead.

Every side's sums are looked at afterwards: postings add up to 0 and every balance is that of a dictionary.
"""

from __future__ import annotations

import json
import random
import resource
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.harness import OPTIONS, Peer, Told, case
from benchmarks.ledger_load import ACCOUNTS, CLIENTS, OPEN, Meter, ask, fill, fresh, moves, served, wrong
from benchmarks.ledger_peers import SAMPLE, hordak, map_postgres, map_sqlite

if TYPE_CHECKING:
    from dafeng.ledger.ledger import Ledger

TRANSFERS = 200_000
POSTINGS = 1_000_000
EVENTS = 1_000_000
PERSONS = 100_000
"""Accounts of the long run, a tenth of a city of a million."""
BATCH = 4000
MAPPER = "SQLAlchemy ORM, row by row"
SCALED = f"{SAMPLE} transfers among 1 000 accounts, seconds times {TRANSFERS // SAMPLE}"


def nothing(folder: Path) -> None:
    """Nothing is prepared: a ledger is filled before the clock runs."""


def transfer(ledger: Ledger, home: Path | None = None) -> Told:
    """Plain transfers, single requests of many clients."""
    from dafeng.ledger.requests import Transfer

    fill(ledger, ACCOUNTS)
    listed = list(moves(TRANSFERS, ACCOUNTS))
    groups = [
        [Transfer(name, "transfer", f"a{giver}", f"a{taker}", quantity, "2026-02-01")]
        for name, giver, taker, quantity in listed
    ]
    meter = Meter(home)
    booked = ask(ledger, groups)
    parts = meter.read(booked) | {"clients": CLIENTS, "open_requests_per_client": OPEN, "accounts": ACCOUNTS}
    meter = Meter(home)
    few = [[group[0]._replace(id=f"b{group[0].id}")] for group in groups[:10_000]]
    parts["waiting_clients_per_wall_s"] = meter.read(ask(ledger, few, clients=64, opened=1))["transfers_per_wall_s"]
    return Told(wrong(ledger, listed + listed[:10_000], ACCOUNTS), parts, parts["part_cpu_s"])


@case(
    name="ledger_sqlite",
    prepare=nothing,
    repeats=1,
    peer=Peer(map_sqlite(TRANSFERS), MAPPER, f"SQLite, WAL, synchronous=FULL, one thread; {SCALED}"),
)
def on_sqlite(folder: Path) -> Told:
    """Our side on SQLite: WAL, synchronous=FULL."""
    from dafeng.ledger.ledger import open_ledger

    with open_ledger(fresh(folder)) as ledger:
        return transfer(ledger)


def on_postgres(folder: Path) -> Told:
    """Our side on PostgreSQL: synchronous_commit=on, fsync=on."""
    from dafeng.ledger.ledger import open_ledger

    with served(folder) as (address, home), open_ledger(address) as ledger:
        return transfer(ledger, home=home)


case(
    name="ledger_postgres",
    prepare=nothing,
    repeats=1,
    peer=Peer(map_postgres(TRANSFERS), MAPPER, f"PostgreSQL, SELECT … FOR UPDATE, eight threads; {SCALED}"),
)(on_postgres)
HORDAK = Peer(hordak(TRANSFERS), "django-hordak 2.0", f"the same PostgreSQL, Account.transfer_to, eight threads; {SCALED}")
LEFT_OUT = "" if find_spec("hordak") and find_spec("dj_database_url") else (
    "django-hordak or dj-database-url is not installed, so the peer was left out and there is no ratio;"
    " `make bench-peers` installs both in the versions of requirements-benchmarks.lock"
)  # fmt: skip


@case(name="ledger_postgres_hordak", prepare=nothing, repeats=1, peer=None if LEFT_OUT else HORDAK, left_out=LEFT_OUT)
def beside_hordak(folder: Path) -> Told:
    """Our side on PostgreSQL once more; the peer is measured where django-hordak and dj-database-url are installed."""
    return on_postgres(folder)


@case(name="ledger_mixed", prepare=nothing, repeats=1)
def with_claims(folder: Path) -> Told:
    """A book with serial numbers: seven of ten requests are transfers, two freeze and release, one waits for its post."""
    from dafeng.ledger.ledger import open_ledger
    from dafeng.ledger.requests import Hold, Post, Release, Transfer

    with open_ledger(fresh(folder)) as ledger:
        fill(ledger, ACCOUNTS, serials=True)
        groups: list[Any] = []
        done = []
        for at, (name, giver, taker, quantity) in enumerate(moves(TRANSFERS // 4, ACCOUNTS)):
            moved = Transfer(name, "transfer", f"a{giver}", f"a{taker}", quantity, "2026-02-01")
            if at % 10 < 7:
                groups.append([moved])
                done.append((name, giver, taker, quantity))
            elif at % 10 < 9:
                groups.append([Hold(name, f"a{giver}", "freeze", quantity, "order"), Release(f"r{name}", name)])
            else:
                groups.append([moved._replace(until=2**60), Post(f"p{name}", name)])
                done.append((name, giver, taker, quantity))
        meter = Meter()
        parts = meter.read(ask(ledger, groups))
        parts["requests"] = sum(map(len, groups))
        parts["blocks"] = ledger.rows.query("SELECT count(*) FROM ledger_block WHERE alive")[0][0]
        return Told(wrong(ledger, done, ACCOUNTS), parts, parts["part_cpu_s"])


def read_pages(address: str) -> dict[str, Any]:
    """Milliseconds of a page of 50 lines: the newest, from somewhere in the middle, and from a day on; and of a balance."""
    from datetime import UTC, date, datetime, timedelta

    from dafeng.ledger.ledger import open_ledger
    from dafeng.ledger.moments import read_balance
    from dafeng.ledger.reading import open_reading
    from dafeng.ledger.requests import Transfer
    from dafeng.ledger.statement import read_statement

    instant = [1_767_225_600_000_000]

    def tick() -> int:
        instant[0] += 31_000_000 * BATCH
        return instant[0]

    with open_ledger(address, clock=tick) as ledger:
        fill(ledger, 1000)
        for first in range(0, POSTINGS, BATCH):
            pairs = (
                (at, *((f"a{1 + at % 999}", "a0") if at % 2 else ("a0", f"a{1 + at % 999}")))
                for at in range(first, first + BATCH)
            )
            ledger.submit(
                [[Transfer(f"t{at}", "transfer", giver, taker, 1, f"2026-{1 + at % 12:02}-01")] for at, giver, taker in pairs]
            )
        last = ledger.rows.query("SELECT max(seq) FROM ledger_event")[0][0]
    chance = random.Random(1)
    days = [datetime.fromtimestamp(1_767_225_600, UTC).date() + timedelta(days=chance.randrange(350)) for _ in range(40)]
    with open_reading(address) as rows:
        asked = {
            "newest": [lambda: read_statement(rows, "a0")] * 40,
            "anywhere": [lambda seq=seq: read_statement(rows, "a0", after=seq) for seq in chance.sample(range(3000, last), 40)],
            "from_a_day": [lambda day=day: read_statement(rows, "a0", since=day, order="oldest") for day in days],
            "balance_known_then": [lambda: read_balance(rows, "a0", known_at=instant[0] // 2 + 10**15)] * 40,
            "balance_of_a_legal_day": [lambda: read_balance(rows, "a0", effective=date(2026, 6, 1))] * 5,
        }
        return {name: spread(calls) for name, calls in asked.items()}


def spread(calls: list[Any]) -> dict[str, float]:
    """Median, 95th percentile and largest wall time of some calls. [ms]"""
    taken = []
    for call in calls:
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    picked = {"p50": taken[len(taken) // 2], "p95": taken[int(len(taken) * 0.95) - 1], "max": taken[-1]}
    return {name: round(value, 2) for name, value in picked.items()}


@case(name="ledger_statement", prepare=nothing, repeats=1)
def statement(folder: Path) -> Told:
    """An account with a million postings, on both databases; the value is the account's number of postings."""
    told = {"sqlite": read_pages(fresh(folder))}
    with served(folder) as (address, _):
        told["postgresql"] = read_pages(address)
    return Told(POSTINGS, told)


@case(name="ledger_year", prepare=nothing, repeats=1)
def year(folder: Path) -> Told:
    """A long run of people who earn and redeem points: speed and memory of each tenth, then replay of all hashes; SQLite."""
    from dafeng.ledger.ledger import open_ledger
    from dafeng.ledger.requests import OpenAccount, OpenBook, Transfer

    wanted = (
        json.loads((folder / OPTIONS).read_text(encoding="utf-8")).get("events", EVENTS)
        if (folder / OPTIONS).exists()
        else EVENTS
    )
    chance = random.Random(7)
    with open_ledger(fresh(folder)) as ledger:
        ledger.submit(
            [
                [OpenBook("b", "points", "POINTS", "point")],
                [OpenAccount("i", "issuer", "points", "issuer", ("gov",), limit=2**60)],
                [OpenAccount("u", "used", "points", "used", ("gov",))],
            ]
        )
        for first in range(0, PERSONS, BATCH):
            ledger.submit(
                [
                    [OpenAccount(f"o{at}", f"p{at}", "points", "person", (f"h{at}",))]
                    for at in range(first, min(PERSONS, first + BATCH))
                ]
            )
        tenths: list[dict[str, Any]] = []
        whole = Meter()
        for tenth in range(10):
            meter = Meter()
            for first in range(tenth * wanted // 10, (tenth + 1) * wanted // 10, BATCH):
                groups = []
                for at in range(first, min(first + BATCH, (tenth + 1) * wanted // 10)):
                    person = f"p{chance.randrange(PERSONS)}"
                    if at % 20:
                        groups.append(
                            [
                                Transfer(
                                    f"{chance.getrandbits(128):032x}",
                                    "earn",
                                    "issuer",
                                    person,
                                    chance.randrange(1, 50),
                                    "2026-03-01",
                                )
                            ]
                        )
                    else:
                        groups.append([Transfer(f"{chance.getrandbits(128):032x}", "redeem", person, "used", 1, "2026-03-01")])
                ledger.submit(groups)
            read = meter.read(wanted // 10)
            tenths.append(
                {name: read[name] for name in ("transfers_per_wall_s", "cpu_us_per_transfer")} | {"memory_mb": resident()}
            )
        parts = whole.read(wanted) | {
            "tenths": tenths,
            "file_mb": sum(one.stat().st_size for one in folder.glob("ledger.sqlite*")) // 10**6,
        }
        parts["replay"] = replay(ledger)
        total = ledger.rows.query("SELECT sum(amount) FROM ledger_posting")[0][0]
    return Told({"sum": total}, parts, parts["part_cpu_s"])


def replay(ledger: Ledger) -> dict[str, Any]:
    """Every hash made anew from the content, every balance from the postings."""
    from dafeng.ledger.roots import check_root, list_roots

    meter = Meter()
    roots = list(list_roots(ledger.rows))
    checked = [check_root(ledger.rows, one) for one in roots]
    sums = ledger.rows.query(
        "SELECT count(*) FROM ledger_account a WHERE balance <>"
        " (SELECT coalesce(sum(amount), 0) FROM ledger_posting p WHERE p.account = a.no)"
    )[0][0]
    read = meter.read(1)
    return {
        "wall_s": read["part_wall_s"],
        "cpu_s": read["part_cpu_s"],
        "sound": all(one.same and not one.broken for one in checked),
        "wrong_balances": sums,
        "memory_mb": resident(),
    }


def resident() -> float:
    """Resident memory of this process now. [MB]"""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 1e6, 1)
