"""Activity rows of an invented province, drawn with a seed: what the accounting cases and the cluster tests sum.

Every key has a category, carrier and unit of the shipped methods; electricity before 2021 has no grid factor, so that
each side has to say what it leaves out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

PLACES = tuple(f"37{number:02d}00" for number in range(1, 17))
YEARS = tuple(range(2015, 2025))
SECTORS = (
    "thermal_power",
    "heat_supply",
    "agriculture",
    "industry",
    "construction",
    "transport",
    "trade",
    "households",
    "other",
)
FUELS = {
    "raw_coal": "t", "cleaned_coal": "t", "coke": "t", "coke_oven_gas": "万立方米", "crude_oil": "t", "gasoline": "t",
    "kerosene": "t", "diesel": "t", "fuel_oil": "t", "lpg": "t", "natural_gas": "万立方米", "refinery_gas": "t",
}  # fmt: skip
KINDS = (
    *((f"energy.{sector}", fuel, unit) for sector in SECTORS for fuel, unit in FUELS.items()),
    *(("location.electricity", "electricity", "MWh"), ("process.cement", "clinker", "t")),
)
"""Category, carrier and unit of the rows: 110 kinds in 16 cities and 10 years are 17 600 keys."""
LOTS = 4
"""Deliveries of a city in a year."""
PIECE = 1_000_000
"""Rows drawn at a time."""


def draw(rows: int, seed: int, *, places: tuple[str, ...] = PLACES, years: tuple[int, ...] = YEARS) -> Any:
    """Return a table of activity rows as ``core.tables.ACTIVITIES`` without the columns that need not be there."""
    import numpy as np
    import pyarrow as pa

    chance = np.random.default_rng(seed)
    place, year, kind, lot = (chance.integers(0, size, rows) for size in (len(places), len(years), len(KINDS), LOTS))
    lots = [f"lot-{one}-{at}-{number}" for one in places for at in years for number in range(1, LOTS + 1)]
    category, carrier, unit = (list(column) for column in zip(*KINDS, strict=True))
    words = np.stack([chance.integers(1, 5_000_000, rows), np.zeros(rows, "int64")], axis=1)
    return pa.table(
        {
            "place": pa.array(list(places)).take(pa.array(place)),
            "year": pa.array(np.asarray(years, "int32")[year]),
            "category": pa.array(category).take(pa.array(kind)),
            "carrier": pa.array(carrier).take(pa.array(kind)),
            "amount": pa.Array.from_buffers(pa.decimal128(18, 3), rows, [None, pa.py_buffer(words.tobytes())]),
            "unit": pa.array(unit).take(pa.array(kind)),
            "source": pa.array(lots).take(pa.array((place * len(years) + year) * LOTS + lot)),
        }
    )


def write_rows(file: Path, rows: int, seed: int) -> None:
    """Write so many rows as one Parquet file, drawn piece by piece."""
    import pyarrow.parquet as pq

    sizes = [PIECE] * (rows // PIECE) + ([rows % PIECE] if rows % PIECE else [])
    with pq.ParquetWriter(file, draw(0, seed).schema, compression="zstd") as writer:
        for number, size in enumerate(sizes):
            writer.write_table(draw(size, seed + number), row_group_size=262_144)


def write_folders(folder: Path, rows: int, seed: int) -> None:
    """Write so many rows as Parquet in folders ``region=…/year=…``, one file each, drawn one after the other."""
    import pyarrow.parquet as pq

    parts = [(region, year) for region in PLACES for year in YEARS]
    for number, (region, year) in enumerate(parts):
        size = rows // len(parts) + (number < rows % len(parts))
        target = folder / f"region={region}" / f"year={year}"
        target.mkdir(parents=True)
        table = draw(size, seed + number, places=(region,), years=(year,)).drop_columns(["year"])
        pq.write_table(table, target / "rows.parquet", compression="zstd")


def write_factors(file: Path) -> None:
    """Write the composed factors of all keys as a table, ready to be joined: what a user of pandas would be handed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from dafeng.library.factors import read_factors
    from dafeng.methods.catalogue import read_methods
    from dafeng.methods.keys import ActivityKey, Composed, compose_keys

    keys = [
        ActivityKey(place, year, category, carrier, "", unit)
        for place in PLACES
        for year in YEARS
        for category, carrier, unit in KINDS
    ]
    found = compose_keys(keys, library=read_factors(), methods=read_methods())
    rows = [(key, one) for key, listed in found.items() for one in listed if isinstance(one, Composed)]
    names = ("place", "year", "category", "carrier", "unit")
    columns: dict[str, Any] = {name: [getattr(key, name) for key, _ in rows] for name in names}
    columns["year"] = pa.array(columns["year"], pa.int32())
    columns |= {"quantity": [one.method.quantity for _, one in rows], "grade": [one.grade for _, one in rows]}
    columns |= {"sector": [".".join(key.category.split(".")[:2]) for key, _ in rows]}
    columns |= {"factor": [float(one.factor) for _, one in rows]}
    pq.write_table(pa.table(columns), file)
