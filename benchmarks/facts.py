"""Facts: take one million figures into a durable store that counts none twice, then sum them exactly.

The peer gives the same promises with SQLite: a hash over key and value as the id, ignored when it is there already,
whole numbers, a write-ahead log that is on disk at the commit.
"""

from __future__ import annotations

import csv
import sqlite3
import tempfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from benchmarks.harness import Peer, case

ROWS = 1_000_000
RECEIVED = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("indicator", "place", "organisation", "period", "micro", "cell")
SQL = "SELECT f.indicator AS indicator, SUM(f.value) AS total FROM facts AS f GROUP BY f.indicator ORDER BY indicator"


def figure(number: int) -> tuple[str, str, str, str, int, str]:
    """Return one delivered figure, its value in millionths."""
    key = f"indicator_{number % 48:02d}", f"3706{number // 48 % 14:02d}", f"organisation_{number // 672 % 60}"
    return (*key, str(2001 + number // 40_320 % 25), (number * 48_271 + 11) % 99_999_999_977, f"B{number}")


def write_both(folder: Path) -> None:
    """Write the same figures as Parquet for us and as CSV for the peer."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from dafeng.store.identity import GIVEN

    listed = [figure(number) for number in range(ROWS)]
    with (folder / "figures.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(listed)
    columns = dict(zip(NAMES, (list(column) for column in zip(*listed, strict=True)), strict=True))
    micro = pa.array(columns.pop("micro"), pa.int64()).cast(pa.decimal128(19, 0))
    value = pc.multiply(micro, pa.scalar("0.000001").cast(pa.decimal128(7, 6))).cast(pa.decimal128(19, 6))
    same = {"unit": "tce", "source": "survey", "grade": "reported", "file": "figures.csv"}
    given = columns | {"value": value} | {name: [text] * ROWS for name, text in same.items()}
    table = pa.table(
        {name: pa.array(given.get(name, [None] * ROWS), GIVEN.arrow().field(name).type) for name in GIVEN.arrow().names}
    )
    pq.write_table(table, folder / "figures.parquet")


def take_in_sqlite(folder: Path) -> dict[str, str]:
    """Insert the figures under the hash of what they say, in one transaction, and sum them."""
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        connection = sqlite3.connect(Path(fresh) / "facts.sqlite", isolation_level=None)
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -200000;")
        connection.execute(
            "CREATE TABLE facts (id BLOB PRIMARY KEY, indicator, place, organisation, period, micro, cell) WITHOUT ROWID"
        )
        connection.execute("BEGIN IMMEDIATE")
        with (folder / "figures.csv").open(newline="", encoding="utf-8") as file:
            rows = (
                (sha256("|".join(row[:5]).encode()).digest()[:10], *row[:4], int(row[4]), row[5]) for row in csv.reader(file)
            )
            connection.executemany("INSERT OR IGNORE INTO facts VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
        sums = connection.execute("SELECT indicator, SUM(micro) FROM facts GROUP BY indicator ORDER BY indicator").fetchall()
        connection.close()
    return {indicator: f"{total // 1_000_000}.{total % 1_000_000:06d}" for indicator, total in sums}


@case(
    prepare=write_both,
    peer=Peer(
        take_in_sqlite,
        name=f"SQLite {sqlite3.sqlite_version}",
        settings="one transaction, WAL, synchronous FULL, 200 MB cache, keyed by 80 bits of SHA-256, WITHOUT ROWID",
    ),
)
def fact_intake(folder: Path) -> dict[str, str]:
    """Deliver the figures as one lot and sum them, both through the store of facts."""
    import pyarrow.parquet as pq

    from dafeng.store.facts import FactStore
    from dafeng.store.lots import Item

    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        store = FactStore(Path(fresh))
        store.deliver(
            [(Item("figures.csv", "0" * 64, "figures"), pq.read_table(folder / "figures.parquet"))], received=RECEIVED
        )
        return {row["indicator"]: f"{row['total']:.6f}" for row in store.query(SQL).to_pylist()}
