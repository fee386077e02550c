"""Intake of activity rows: what is in the declared types is read where it lies; no amount is guessed or dropped."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dafeng.core.errors import FileRefused
from dafeng.store.activities import take_in
from dafeng.store.engine import LocalEngine
from tests.bulk import draw

SPELLINGS = {
    **{name: name for name in ("place", "year", "category", "carrier", "flow", "amount", "unit", "source", "record")},
    "地区": "place",
    "年份": "year",
    "period": "year",
    "部门": "category",
    "品种": "carrier",
    "消费量": "amount",
    "单位": "unit",
}
HEAD = "place,year,category,carrier,amount,unit,source\n"
ROW = "370600,2023,energy.transport,diesel,{},t,a\n"


def intake(rows, folder):
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    with LocalEngine(folders=[folder, scratch]) as engine:
        found = take_in(engine, rows, scratch=scratch, spellings=SPELLINGS)
        return found, engine.scan("SELECT * FROM activities").to_pylist()


def amounts(texts, folder):
    (folder / "rows.csv").write_text(HEAD + "".join(ROW.format(text) for text in texts), encoding="utf-8")
    found, rows = intake([folder / "rows.csv"], folder)
    return found, [row["amount"] for row in rows]


@pytest.mark.parametrize(
    ("text", "amount", "defect"),
    [
        ("1234.5", Decimal("1234.5"), None),
        (" 7 ", Decimal(7), None),
        ("0", Decimal(0), None),
        ("-3.25", Decimal("-3.25"), None),
        ("1e3", Decimal(1000), None),
        ("", None, "blank"),
        ("NaN", None, "number"),
        ("inf", None, "number"),
        ("12,34", None, "number"),
        ("约2000", None, "number"),
        ("10000000000000", None, "large"),
        ("0.0000005", Decimal("0.000001"), "fine"),
        ("1.0000004", Decimal(1), "fine"),
    ],
)
def test_an_amount_is_a_number_or_a_counted_defect(text, amount, defect, tmp_path):
    found, (read,) = amounts([f'"{text}"'], tmp_path)
    assert read == amount
    assert found.defects == ({defect: 1} if defect else {})


def test_declared_parquet_is_read_where_it_lies(tmp_path):
    pq.write_table(draw(100, seed=1), tmp_path / "rows.parquet")
    found, rows = intake([tmp_path / "rows.parquet"], tmp_path)
    assert (found.staged, len(rows)) == (False, 100)
    assert not list((tmp_path / "scratch").iterdir())


def test_folders_of_a_dataset_are_columns(tmp_path):
    for year in (2022, 2023):
        (tmp_path / "rows" / f"year={year}").mkdir(parents=True)
        table = draw(50, seed=year).drop_columns(["year"])
        pq.write_table(table, tmp_path / "rows" / f"year={year}" / "part.parquet")
    found, rows = intake([tmp_path / "rows"], tmp_path)
    assert not found.staged
    assert sorted({int(row["year"]) for row in rows}) == [2022, 2023]


def test_binary_amounts_are_taken_by_their_shortest_spelling(tmp_path):
    drawn = draw(4, seed=1)
    binary = drawn.set_column(4, "amount", pa.array([0.1, 1.005, float("nan"), 0.1 + 0.2]))
    pq.write_table(binary, tmp_path / "rows.parquet")
    found, rows = intake([tmp_path / "rows.parquet"], tmp_path)
    assert [row["amount"] for row in rows] == [Decimal("0.1"), Decimal("1.005"), None, Decimal("0.3")]
    assert found.defects == {"number": 1, "fine": 1}


def test_a_table_in_memory_is_taken_too(tmp_path):
    found, rows = intake(draw(10, seed=1), tmp_path)
    assert (found.files, len(rows)) == ((), 10)


def test_chinese_headings_a_period_and_no_source_are_understood(tmp_path):
    (tmp_path / "台账.csv").write_text(
        "地区,period,部门,品种,消费量,单位\n370600,2023-05,energy.transport,diesel,2,t\n", encoding="utf-8"
    )
    _, (row,) = intake([tmp_path / "台账.csv"], tmp_path)
    assert (row["year"], row["amount"], row["source"]) == (2023, Decimal(2), "台账.csv")


@pytest.mark.parametrize(
    ("text", "year"), [("2023", 2023), ("2023-05", 2023), ("2023.0", 2023), ("20231", None), ("今年", None)]
)
def test_a_year_has_four_digits(text, year, tmp_path):
    (tmp_path / "rows.csv").write_text(HEAD + f"370600,{text},energy.transport,diesel,1,t,a\n", encoding="utf-8")
    _, (row,) = intake([tmp_path / "rows.csv"], tmp_path)
    assert row["year"] == year


def test_a_missing_column_is_named(tmp_path):
    (tmp_path / "rows.csv").write_text("place,year,carrier,amount,unit\n370600,2023,diesel,1,t\n")
    with pytest.raises(FileRefused, match="category"):
        intake([tmp_path / "rows.csv"], tmp_path)


@pytest.mark.parametrize("name", ["none.parquet", "rows.txt"])
def test_no_file_or_another_kind_is_refused(name, tmp_path):
    (tmp_path / "rows.txt").write_text("x")
    with pytest.raises(FileRefused):
        intake([tmp_path / name], tmp_path)


@pytest.mark.parametrize("content", [b"no Parquet", b""])
def test_a_broken_file_is_refused(content, tmp_path):
    (tmp_path / "rows.parquet").write_bytes(content)
    with pytest.raises(FileRefused, match=r"rows\.parquet"):
        intake([tmp_path / "rows.parquet"], tmp_path)


def test_text_that_is_no_utf8_is_refused(tmp_path):
    (tmp_path / "rows.csv").write_bytes("地区,年份,部门,品种,消费量,单位\n山东,2023,工业,原煤,1,t\n".encode("gbk"))
    with pytest.raises(FileRefused):
        intake([tmp_path / "rows.csv"], tmp_path)
