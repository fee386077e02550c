"""Bulk accounting: activity rows × the shipped factor library → sums by sector, gas and year, with counts of provenance.

Ours reads the library, resolves the factors of the keys that occur, sums in DECIMAL and says which rows have no factor.
The peers are handed the composed factors ready to join and sum in binary numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.activity_rows import write_factors, write_folders, write_rows
from benchmarks.harness import BenchmarkError, Peer, case

PROVINCE = 10_000_000
SAMPLE = 2_000_000
HUNDRED = 100_000_000
SEED = 20260101
LITTLE_MB = 256
"""Memory of the engine for the rows from disk. [MB]"""
KEY = ["place", "year", "category", "carrier", "unit"]


def prepare_province(folder: Path) -> None:
    """Write ten million rows and the composed factors."""
    write_rows(folder / "rows.parquet", PROVINCE, SEED)
    write_factors(folder / "factors.parquet")


def prepare_sample(folder: Path) -> None:
    """Write two million rows and the composed factors."""
    write_rows(folder / "rows.parquet", SAMPLE, SEED)
    write_factors(folder / "factors.parquet")


def prepare_hundred(folder: Path) -> None:
    """Write a hundred million rows into folders by region and year."""
    write_folders(folder / "rows", HUNDRED, SEED)


def told(found: Any) -> dict[str, list[float]]:
    """Return sum, rows, sources and rows that match exactly by quantity, sector and year."""
    return {
        f"{row['quantity']}/{row['key']}/{row['year']}": [float(row["value"]), row["rows"], row["sources"], row["exact"]]
        for row in found.results.to_pylist()
    }


def by_pandas(folder: Path) -> dict[str, list[float]]:
    """Merge and group with pandas: keys as categories, amounts as binary numbers."""
    import pandas as pd
    import pyarrow.parquet as pq

    words = [name for name in (*KEY, "source") if name != "year"]
    frame = pq.read_table(folder / "rows.parquet", read_dictionary=words)
    frame = frame.set_column(frame.schema.get_field_index("amount"), "amount", frame["amount"].cast("float64"))
    rows = frame.to_pandas()
    factors = pd.read_parquet(folder / "factors.parquet")
    for name in KEY:
        if name != "year":
            factors[name] = pd.Categorical(factors[name], categories=rows[name].cat.categories)
    for name in ("quantity", "sector"):
        factors[name] = factors[name].astype("category")
    factors["exact"] = factors.pop("grade") == "exact"
    joined = rows.merge(factors, on=KEY, how="inner")
    joined["value"] = joined["amount"] * joined["factor"]
    groups = joined.groupby(["quantity", "sector", "year"], observed=True)
    sums = groups.agg(value=("value", "sum"), rows=("value", "size"), sources=("source", "nunique"), exact=("exact", "sum"))
    return {
        "/".join(map(str, at)): [float(row[0]), *map(int, row[1:])]
        for at, row in zip(sums.index, sums.values.tolist(), strict=True)
    }


def by_record(folder: Path) -> dict[str, list[float]]:
    """Go through the records one by one: find the factor, multiply, add to the totals of the city."""
    import pyarrow.parquet as pq

    factors: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in pq.read_table(folder / "factors.parquet").to_pylist():
        factors.setdefault(tuple(row[name] for name in KEY), []).append(row)
    totals: dict[str, dict[str, Any]] = {}
    for batch in pq.ParquetFile(folder / "rows.parquet").iter_batches():
        for record in batch.to_pylist():
            for factor in factors.get(tuple(record[name] for name in KEY), []):
                at = f"{factor['quantity']}/{factor['sector']}/{record['year']}"
                total = totals.setdefault(at, {"value": 0.0, "rows": 0, "sources": set(), "exact": 0})
                total["value"] += float(record["amount"]) * factor["factor"]
                total["rows"] += 1
                total["sources"].add(record["source"])
                total["exact"] += factor["grade"] == "exact"
    return {at: [one["value"], one["rows"], len(one["sources"]), one["exact"]] for at, one in totals.items()}


@case(
    prepare=prepare_province,
    peer=Peer(
        by_pandas, "pandas 3", "keys as categories, float64, one merge and one groupby; composed factors handed to it ready"
    ),
    tolerance=1e-9,
)
def accounting_rows(folder: Path) -> dict[str, list[float]]:
    """Account for ten million rows from Parquet, look-up of the factors included."""
    import dafeng as df

    return told(df.aggregate(folder / "rows.parquet"))


@case(
    prepare=prepare_sample,
    peer=Peer(
        by_record,
        "records one by one",
        "our own writing of what inventory platforms do: records, a dict of composed factors, float; no database, no network",
    ),
    tolerance=1e-9,
)
def accounting_records(folder: Path) -> dict[str, list[float]]:
    """Account for two million rows, a fifth of a province."""
    import dafeng as df

    return told(df.aggregate(folder / "rows.parquet"))


@case(prepare=prepare_hundred, repeats=1)
def accounting_hundred(folder: Path) -> dict[str, list[float]]:
    """Account for a hundred million rows from disk with little memory."""
    import dafeng as df

    return told(df.aggregate(folder / "rows", memory_mb=LITTLE_MB))


@case(prepare=prepare_province, repeats=1, tolerance=1.0)
def accounting_exact(folder: Path) -> dict[str, int]:
    """Sum the same rows six times with two threads: how many different answers DECIMAL and DOUBLE give."""
    from dafeng.store.engine import LocalEngine

    file = folder / "rows.parquet"
    exact = f"SELECT SUM(CAST(r.amount AS DECIMAL(19, 6))) AS total FROM read_parquet('{file}') AS r"
    binary = f"SELECT SUM(CAST(r.amount AS DOUBLE) * 2.0715) AS total FROM read_parquet('{file}') AS r"
    with LocalEngine(folders=[folder]) as engine:
        answers = {
            name: {engine.scan(sql).column("total")[0].as_py() for _ in range(6)}
            for name, sql in (("decimal", exact), ("double", binary))
        }
    if len(answers["decimal"]) != 1:
        raise BenchmarkError(f"sums of DECIMAL differ: {answers['decimal']}")
    return {name: len(sums) for name, sums in answers.items()}
