"""The bulk account: the sums of ``account``, nothing dropped in silence, little memory, files with their hashes."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dafeng as df
from benchmarks.activity_rows import write_folders
from dafeng.core.errors import FileRefused, LookupFailure, SettingError
from dafeng.library.factors import read_factors
from dafeng.methods.account import account
from dafeng.methods.catalogue import read_methods
from dafeng.store.files import hash_file, unseal
from tests.bulk import answers, draw, reference
from tests.methods.conftest import facts

HEAD = "place,year,category,carrier,amount,unit,source\n"
FINAL = {"energy.transport": "final.transport", "energy.trade": "final.trade", "energy.households": "final.households"}


def rules(found):
    return {finding.rule for finding in found.findings}


def read(text, folder, **options):
    (folder / "rows.csv").write_text(HEAD + text, encoding="utf-8")
    return df.aggregate(folder / "rows.csv", **options)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_sums_are_those_of_one_row_after_the_other(threads):
    rows = draw(30_000, seed=11)
    shuffled = rows.take(pa.array([(number * 7919) % 30_000 for number in range(30_000)]))
    found = df.aggregate(shuffled, threads=threads)
    assert answers(found.results) == reference(rows)


@pytest.mark.parametrize("words", [4, 65_536])
def test_texts_held_as_numbers_give_the_same_sums(words, monkeypatch, tmp_path):
    monkeypatch.setattr("dafeng.store.engine.WORDS", words)  # 4: only the unit of the rows is held as a number
    rows = draw(30_000, seed=11)
    pq.write_table(rows, tmp_path / "rows.parquet")
    assert answers(df.aggregate(tmp_path / "rows.parquet").results) == reference(rows)


def test_the_sums_are_those_of_the_account_of_the_same_figures(tmp_path):
    cells = [(cat, carrier, f"{n}.{n:03d}") for cat in FINAL for n, carrier in enumerate(["diesel", "raw_coal", "lpg"], 3)]
    table = facts(*({"flow": FINAL[c], "carrier": k, "value": v, "unit": "t", "period": "2023"} for c, k, v in cells))
    whole = account(table, library=read_factors(), methods=read_methods(), place="370600", year=2023)
    expected: dict[str, Decimal] = {}
    for cell in whole.cells:
        if cell.method.id == "fuel_combustion":
            expected[cell.activity.category.id] = expected.get(cell.activity.category.id, Decimal(0)) + cell.value
    found = read("".join(f"370600,2023,{c},{k},{v},t,a\n" for c, k, v in cells), tmp_path, by="category")
    sums = {row["key"]: row["value"] for row in found.results.to_pylist() if row["quantity"] == "co2"}
    assert sums == expected


@pytest.mark.parametrize("by", ["sector", "category", "carrier", "place"])
def test_every_grouping_has_the_same_total(by):
    rows = draw(5_000, seed=2)
    totals = [
        sum(row["value"] for row in df.aggregate(rows, by=one).results.to_pylist() if row["quantity"] == "co2")
        for one in (by, "sector")
    ]
    assert totals[0] == totals[1]


def test_every_row_has_a_fate_and_every_fate_a_finding(tmp_path):
    found = read(
        "370600,2023,energy.transport,diesel,2,t,a\n"  # 2 t x 3.095910126 by the method's worked example
        "370600,2023,energy.transport,diesel,,t,a\n"
        "370600,2023,energy.transport,diesel,NaN,t,a\n"
        "370600,2023,energy.transport,unobtainium,5,t,b\n"
        "370600,2016,location.electricity,electricity,7,MWh,b\n"
        "3706,2023,energy.transport,diesel,1,t,b\n"
        "370600,2023,energy.transport,diesel,-1,t,b\n",
        tmp_path,
    )
    fate = found.rows
    assert (fate.delivered, fate.accounted, fate.unaccounted, fate.empty, fate.negative) == (7, 2, 3, 2, 1)
    assert {"aggregate.amount_missing", "aggregate.amount_number", "aggregate.carrier", "aggregate.factor"} <= rules(found)
    assert {"aggregate.place", "aggregate.negative"} <= rules(found)
    assert {(row["reason"], row["amount"]) for row in found.unaccounted.to_pylist()} == {
        ("carrier", Decimal(5)),
        ("factor", Decimal(7)),
        ("place", Decimal(1)),
    }


def test_a_stand_in_is_counted_and_found(tmp_path):
    found = read("370600,2023,energy.industry,raw_coal,2,t,a\n", tmp_path)
    (row,) = found.results.to_pylist()
    assert (row["exact"], row["substitute"]) == (0, 1)
    assert "aggregate.substitute" in rules(found)


def test_the_year_is_chosen_and_the_package_too(tmp_path):
    text = "370600,2022,energy.transport,diesel,2,t,a\n370600,2023,energy.transport,diesel,2,t,a\n"
    newer, older = (read(text, tmp_path, year=2023, package=package) for package in (None, "prov2011"))
    assert [row["year"] for row in newer.results.to_pylist()] == [2023]
    assert newer.results.column("value") != older.results.column("value")


@pytest.mark.parametrize(
    ("options", "error"),
    [({"by": "colour"}, SettingError), ({"edition": "1999"}, LookupFailure), ({"package": "1999"}, LookupFailure)],
)
def test_an_option_that_does_not_exist_is_refused(options, error, tmp_path):
    with pytest.raises(error):
        read("370600,2022,energy.transport,diesel,2,t,a\n", tmp_path, **options)


def test_nothing_to_read_is_refused(tmp_path):
    with pytest.raises(FileRefused):
        df.aggregate(tmp_path)


def test_the_files_carry_their_hashes_and_no_folder_of_the_machine(tmp_path):
    pq.write_table(draw(1_000, seed=4), tmp_path / "rows.parquet")
    found = df.aggregate(tmp_path / "rows.parquet")
    *tables, manifest = df.save_aggregate(found, tmp_path / "sums.parquet")
    body = unseal(manifest)
    assert body["inputs"] == {"rows.parquet": hash_file(tmp_path / "rows.parquet")}
    assert body["outputs"] == {path.name: hash_file(path) for path in tables}
    assert pq.read_table(tmp_path / "sums.parquet").equals(found.results)
    assert str(tmp_path) not in manifest.read_text(encoding="utf-8")
    again = df.save_aggregate(df.aggregate(tmp_path / "rows.parquet"), tmp_path / "again.parquet")
    assert [hash_file(path) for path in again[:3]] == [hash_file(path) for path in tables]


def test_the_command_prints_exact_sums(tmp_path):
    (tmp_path / "rows.csv").write_text(HEAD + "370600,2023,process.cement,clinker,100,万吨,a\n", encoding="utf-8")
    command = [sys.executable, "-m", "dafeng.cli.main", "aggregate", str(tmp_path / "rows.csv"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (row,) = json.loads(done.stdout)["results"]
    # 1e6 t x 0.535 tCO2/t: worked example of cement_process
    assert (row["key"], row["value"], row["unit"]) == ("process.cement", "535000.000000000000000", "tCO2")


PEAK = """
import sys, pathlib, dafeng as df
found = df.aggregate(pathlib.Path(sys.argv[1]), memory_mb=96)
status = pathlib.Path("/proc/self/status").read_text()
print(found.rows.delivered, next(int(line.split()[1]) // 1000 for line in status.splitlines() if line.startswith("VmHWM")))
"""
"""Asks the kernel for this program's own peak: ``ru_maxrss`` of a child counts what its parent held before."""


def peak(rows, folder):
    """Highest resident memory of a process that sums so many rows with 96 MB for the engine. [MB]"""
    write_folders(folder, rows, seed=6)
    done = subprocess.run([sys.executable, "-c", PEAK, str(folder)], capture_output=True, text=True, check=True)
    delivered, megabytes = map(int, done.stdout.split())
    assert delivered == rows
    return megabytes


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from Linux")
def test_memory_does_not_grow_with_the_rows(tmp_path):
    # 2 000 000 rows of 7 columns are more than 200 MB in memory; Python and the definitions are in both figures
    assert peak(2_000_000, tmp_path / "many") - peak(20_000, tmp_path / "few") < 150
