"""The bulk account on Spark and Sail: every published digit and every count as one row after the other gives them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dafeng as df
from benchmarks.activity_rows import write_folders
from tests.bulk import answers, draw, reference

ROWS = 1_000_000


@pytest.fixture(scope="module")
def rows():
    return draw(ROWS, seed=8)


@pytest.fixture(scope="module")
def expected(rows):
    return reference(rows)


@pytest.mark.parametrize("name", ["duckdb", "cluster"])
def test_a_million_rows_give_the_sums_of_one_row_after_the_other(rows, expected, name, cluster, tmp_path):
    pq.write_table(rows, tmp_path / "rows.parquet")
    found = df.aggregate(tmp_path / "rows.parquet", engine=cluster if name == "cluster" else name)
    assert answers(found.results) == expected
    assert found.rows.accounted + found.rows.unaccounted == found.rows.delivered == ROWS


def test_shuffled_rows_in_many_files_give_the_same_tables(cluster, tmp_path):
    write_folders(tmp_path / "rows", 40_000, seed=3)
    ours, local = (df.aggregate(tmp_path / "rows", engine=engine, by="category") for engine in (cluster, "duckdb"))
    assert ours.results.equals(local.results)
    assert ours.unaccounted.equals(local.unaccounted)
    assert ours.findings == local.findings


def test_records_and_missing_amounts_are_treated_alike(cluster, tmp_path):
    drawn = draw(4_000, seed=5)
    numbers = [f"r{number % 3_500}" for number in range(4_000)]
    amounts = pa.array(
        [None if n % 97 == 0 else one for n, one in enumerate(drawn["amount"].to_pylist())], pa.decimal128(18, 3)
    )
    table = drawn.set_column(4, "amount", amounts).append_column("record", pa.array(numbers))
    # rows with the same number and key: say the same of the first 200, something else of the next
    twice = pa.concat_tables(
        [table, table.slice(0, 200), table.slice(200, 100).set_column(4, "amount", amounts.slice(300, 100))]
    )
    pq.write_table(twice, tmp_path / "rows.parquet")
    ours, local = (df.aggregate(tmp_path / "rows.parquet", engine=engine) for engine in (cluster, "duckdb"))
    assert ours.results.equals(local.results)
    assert ours.rows == local.rows
    assert min(ours.rows.repeated, ours.rows.contradictory, ours.rows.empty) > 0


def test_text_and_binary_amounts_are_read_alike(cluster, tmp_path):
    (tmp_path / "rows.csv").write_text(
        "place,year,category,carrier,amount,unit,source\n"
        "370600,2023,energy.transport,diesel,1234.5,t,a\n370600,2023,energy.transport,diesel,NaN,t,a\n"
    )
    ours, local = (df.aggregate(tmp_path / "rows.csv", engine=engine) for engine in (cluster, "duckdb"))
    assert ours.results.equals(local.results)
    assert ours.findings == local.findings


def test_a_year_is_chosen_before_the_rows_are_summed(cluster, rows, tmp_path):
    pq.write_table(rows.slice(0, 50_000), tmp_path / "rows.parquet")
    found = df.aggregate(tmp_path / "rows.parquet", engine=cluster, year=2022)
    assert {row["year"] for row in found.results.to_pylist()} == {2022}
