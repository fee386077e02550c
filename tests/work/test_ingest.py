"""Ingest: taken in once, refused whole, and never between under a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dafeng.core.errors import FileRefused, SettingError
from dafeng.store.files import hash_file
from dafeng.work.city import City, init, open_city
from dafeng.work.ingest import ingest
from tests.readers.balances import SMALL, as_csv

HEAD = "indicator,place,period,value,unit,source,grade,note\n"
ROWS = 400


@pytest.fixture
def city(tmp_path: Path) -> City:
    """A new, empty city."""
    return init(tmp_path / "city", place="370600")


def figures(folder: Path, name: str, value: str = "7816.42", *, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes((HEAD + f"gdp,370600,2020,{value},亿元,dafeng,reported,\n").encode(encoding))
    return path


def test_a_figure_becomes_a_fact(city: City, tmp_path: Path) -> None:
    ingest(city, [figures(tmp_path, "a.csv")])
    assert [str(row["value"]) for row in city.facts.read().to_pylist()] == ["7816.420000"]


def test_the_same_file_twice_is_taken_once(city: City, tmp_path: Path) -> None:
    path = figures(tmp_path, "a.csv")
    ingest(city, [path])
    assert (ingest(city, [path]).lot, city.facts.read().num_rows) == (None, 1)


def test_codes_that_are_no_place_are_left_out_and_others_told(city: City, tmp_path: Path) -> None:
    codes = ("999999", "370699", "110000", "370600", "370602", "370672", "370000", "100000")
    path = tmp_path / "places.csv"
    path.write_text(HEAD + "".join(f"gdp,{code},2020,100,亿元,dafeng,reported,\n" for code in codes))
    taken = ingest(city, [path])
    assert sorted(row["place"] for row in city.facts.read().to_pylist()) == sorted(codes[2:])
    assert [(one.rule, one.severity, one.at) for one in taken.findings] == [
        ("figure.place_unknown", "error", "places.csv!D2"),
        ("figure.place_unknown", "error", "places.csv!D3"),
        ("figure.place_foreign", "warning", "places.csv!D4"),
    ]


def test_a_gbk_file_is_read(city: City, tmp_path: Path) -> None:
    ingest(city, [figures(tmp_path, "a.csv", encoding="gb18030")])
    assert city.facts.read().to_pylist()[0]["unit"] == "亿元"


def test_a_single_bad_file_is_refused_and_nothing_kept(city: City, tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"\x00\x01 no workbook")
    with pytest.raises(FileRefused):
        ingest(city, [tmp_path / "bad.xlsx"])
    assert city.facts.lots() == ()


def test_a_bad_file_does_not_stop_the_good_one_beside_it(city: City, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(b"")
    taken = ingest(city, [tmp_path / "bad.csv", figures(tmp_path, "good.csv")])
    assert (taken.refused, city.facts.read().num_rows) == (("bad.csv",), 1)


def test_a_corrected_figure_supersedes_the_old_one(city: City, tmp_path: Path) -> None:
    ingest(city, [figures(tmp_path, "a.csv", "78.16")])
    ingest(city, [figures(tmp_path, "b.csv", "7816.42")])
    assert [str(row["value"]) for row in city.facts.read().to_pylist()] == ["7816.420000"]


def test_two_files_of_one_name_are_told_apart(city: City, tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder, value in zip(folders, ("1.5", "2.5"), strict=True):
        folder.mkdir()
        figures(folder, "same.csv", value)
    taken = ingest(city, folders)
    assert taken.lot is not None
    hashes = {item.file: item.sha256 for item in taken.lot.items}
    assert hashes == {"same.csv": hash_file(folders[0] / "same.csv"), "b/same.csv": hash_file(folders[1] / "same.csv")}


@pytest.mark.slow
def test_a_kill_leaves_the_city_before_or_after(city: City, tmp_path: Path) -> None:
    many = tmp_path / "many.csv"
    lines = [f"gdp,370600,{1990 + n // 12}-{n % 12 + 1:02d},{n}.5,亿元,dafeng,reported,\n" for n in range(ROWS)]
    many.write_text(HEAD + "".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "dafeng.cli.main", "ingest", str(city.folder), str(many)]
    started = time.monotonic()
    subprocess.run([*command[:3], "ingest", "--help"], check=True, capture_output=True)
    span = time.monotonic() - started
    seen = []
    for step in range(5):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=span * (0.7 + 0.35 * step))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        seen.append(open_city(city.folder).facts.read().num_rows)
    ingest(city, [many])
    assert set(seen) <= {0, ROWS}
    assert city.facts.read().num_rows == ROWS


def balance(folder: Path, gas: str = "亿立方米") -> Path:
    """A balance without a year, with natural gas under a heading of any unit."""
    path = folder / "balance.csv"
    path.write_bytes(as_csv([[*line, cell] for line, cell in zip(SMALL, ["天然气", gas, *["1"] * 18], strict=True)]))
    return path


def carriers_of(city: City) -> set[tuple[str, str]]:
    return {(row["carrier"], row["period"]) for row in city.facts.read().to_pylist()}


def test_a_year_is_stated_where_the_balance_has_none(city: City, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="--year"):
        ingest(city, [balance(tmp_path)])
    ingest(city, [balance(tmp_path)], year=2007)
    assert ("natural_gas", "2007") in carriers_of(city)


def test_a_file_is_read_again_with_a_stated_unit(city: City, tmp_path: Path) -> None:
    path = balance(tmp_path, "万吨")
    ingest(city, [path], year=2007)
    before = carriers_of(city)
    taken = ingest(city, [path], year=2007, units={"natural_gas": "亿立方米"})
    assert carriers_of(city) - before == {("natural_gas", "2007")}
    assert (taken.lot is not None, len(city.facts.withdrawals())) == (True, 1)


def test_a_file_stated_for_another_year_leaves_the_first_year(city: City, tmp_path: Path) -> None:
    ingest(city, [balance(tmp_path)], year=2007)
    ingest(city, [balance(tmp_path)], year=2008)
    assert {period for _, period in carriers_of(city)} == {"2008"}


def test_a_file_of_a_larger_delivery_is_not_taken_out_of_it(city: City, tmp_path: Path) -> None:
    ingest(city, [balance(tmp_path), figures(tmp_path, "a.csv")], year=2007)
    with pytest.raises(SettingError, match="together with others"):
        ingest(city, [tmp_path / "balance.csv"], year=2008)
    assert ("natural_gas", "2007") in carriers_of(city)


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ({"naturalgas": "亿立方米"}, "unknown carrier 'naturalgas'. Expected: natural_gas"),
        ({"natural_gas": "万吨"}, "no unit of"),
    ],
)
def test_a_stated_unit_that_cannot_be_is_refused(city: City, tmp_path: Path, units: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        ingest(city, [balance(tmp_path)], year=2007, units=units)
