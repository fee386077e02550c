"""Facts: an exact sum of activity times factor over two million rows, as the accounts of a city need it.

The peer is what one takes without an analytical engine: SQLite with whole numbers, which is exact too.
"""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal
from pathlib import Path

from benchmarks.harness import Peer, case

ROWS = 2_000_000
PLACES = [f"{code:06d}" for code in range(370600, 370616)]
CARRIERS = [f"carrier_{number:02d}" for number in range(24)]
YEARS = list(range(2015, 2025))

SQL = """
SELECT facts.place AS place, SUM(CAST(facts.value AS DECIMAL(19, 6)) * CAST(factors.value AS DECIMAL(18, 9))) AS emission
FROM read_parquet('{facts}') AS facts
JOIN read_parquet('{factors}') AS factors ON factors.carrier = facts.carrier AND factors.year = facts.year
GROUP BY facts.place
ORDER BY place
"""


def micro(number: int) -> int:
    """Return the quantity of a row in millionths: whole numbers spread over 0 to 100 000."""
    return (number * 48_271 + 11) % 99_999_999_977


def factor(carrier: int, year: int) -> Decimal:
    """Return the factor of a carrier in a year, with nine digits."""
    return Decimal((carrier * 1_000_003 + year * 7_919) % 3_000_000_019) / Decimal(1_000_000_000)


def rows() -> list[tuple[str, str, int, int]]:
    """Return the activity rows: place, carrier, year, millionths."""
    return [
        (PLACES[number % 16], CARRIERS[number // 16 % 24], YEARS[number // 384 % 10], micro(number)) for number in range(ROWS)
    ]


def write_both(folder: Path) -> None:
    """Write the same rows as Parquet for us and as a SQLite file for the peer."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    listed = rows()
    place, carrier, year, quantity = (list(column) for column in zip(*listed, strict=True))
    exact = pa.array([Decimal(number).scaleb(-6) for number in quantity], pa.decimal128(19, 6))
    facts = pa.table({"place": place, "carrier": carrier, "year": pa.array(year, pa.int32()), "value": exact})
    pq.write_table(facts, folder / "facts.parquet")
    keys = [(one, when) for one in range(24) for when in YEARS]
    factors = {
        "carrier": [CARRIERS[one] for one, _ in keys],
        "year": pa.array([when for _, when in keys], pa.int32()),
        "value": pa.array([factor(*key) for key in keys], pa.decimal128(18, 9)),
    }
    pq.write_table(pa.table(factors), folder / "factors.parquet")
    (folder / "factors.json").write_text(json.dumps([[CARRIERS[one], when, str(factor(one, when))] for one, when in keys]))
    with sqlite3.connect(folder / "facts.sqlite") as connection:
        connection.execute("CREATE TABLE facts (place TEXT, carrier TEXT, year INTEGER, micro INTEGER)")
        connection.executemany("INSERT INTO facts VALUES (?, ?, ?, ?)", listed)
    connection.close()


def sum_in_sqlite(folder: Path) -> dict[str, str]:
    """Sum whole numbers per place, carrier and year in SQLite, multiply exactly in Python."""
    connection = sqlite3.connect(f"file:{folder / 'facts.sqlite'}?mode=ro", uri=True)
    connection.execute("PRAGMA mmap_size = 1000000000")
    sums = connection.execute("SELECT place, carrier, year, SUM(micro) FROM facts GROUP BY place, carrier, year").fetchall()
    connection.close()
    listed = json.loads((folder / "factors.json").read_text())
    factors = {(carrier, year): Decimal(value) for carrier, year, value in listed}
    totals = dict.fromkeys(PLACES, Decimal(0))
    for place, carrier, year, quantity in sums:
        totals[place] += Decimal(quantity).scaleb(-6) * factors[carrier, year]
    return {place: f"{total:.15f}" for place, total in totals.items()}


@case(
    prepare=write_both,
    peer=Peer(
        sum_in_sqlite,
        name=f"SQLite {sqlite3.sqlite_version}",
        settings="whole numbers, one GROUP BY, memory-mapped, product in decimal",
    ),
    repeats=5,
)
def fact_sum(folder: Path) -> dict[str, str]:
    """Sum activity times factor per place with the engine of the store, in DECIMAL."""
    from dafeng.store.engine import LocalEngine

    with LocalEngine(folders=[folder]) as engine:
        answer = engine.scan(SQL.format(facts=folder / "facts.parquet", factors=folder / "factors.parquet"))
    return {row["place"]: f"{row['emission']:.15f}" for row in answer.to_pylist()}
