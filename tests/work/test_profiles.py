from __future__ import annotations

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

import dafeng as df
from dafeng.core.errors import SettingError
from dafeng.energy.coast import coastal_year

YANTAI = "370600"


@pytest.fixture(scope="module")
def found():
    return df.profiles(YANTAI, names=("offshore_wind", "heat_load"))


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "farm.csv"
    rows = "\n".join(f"{hour},0.25,0.5" for hour in range(8760))
    path.write_text(f"hour,farm [1],mast [1]\n{rows}\n", encoding="utf-8")
    return df.import_profiles(path, origin="measured", names={"farm": "offshore_wind"}, source="a mast")


def test_one_year_is_the_coastal_year(found):
    assert np.array_equal(found.series["offshore_wind"][0], coastal_year(YANTAI).series("offshore_wind"))


def test_brought_series_take_the_place_of_made_ones(own):
    found = df.profiles(YANTAI, names=("offshore_wind", "pv"), imports=[own])
    listed = found.listed
    assert (listed["offshore_wind"].origin, listed["offshore_wind"].source) == ("measured", "a mast")
    assert listed["pv"].origin == "synthetic"
    assert [one.profile for one in found.calibrations] == ["pv"]
    assert [one.rule for one in found.findings] == ["series.left"]


def test_the_document_shows_each_change(found):
    document = df.profiles_document(found)
    (made,) = document["calibrations"]
    assert made["stated"]["value"] == 3418
    assert made["after"] == pytest.approx(3418, abs=0.01)
    assert made["before"] != made["after"]
    assert {one["origin"] for one in document["profiles"]} == {"synthetic"}
    assert {row["grade"] for row in document["weather"]} == {"assumption", "derived"}


def test_a_csv_of_ours_is_read_back_to_the_same_values(found, tmp_path):
    path = df.save_profiles(found, tmp_path / "year.csv")
    again = df.import_profiles(path, origin="derived")
    assert again.findings == ()
    for name, values in found.series.items():
        assert again.profiles.series(name).tobytes() == values[0].tobytes()


def test_parquet_says_what_each_column_is(tmp_path):
    found = df.profiles(YANTAI, years=3, names=("pv", "temperature"))
    table = pq.read_table(df.save_profiles(found, tmp_path / "years.parquet"))
    assert table.column_names == ["year", "hour", "pv", "temperature"]
    assert table.num_rows == 3 * 8760
    assert table.schema.field("pv").metadata[b"origin"] == b"synthetic"
    assert np.array_equal(table["pv"].to_numpy()[8760 : 2 * 8760], found.series["pv"][1])


def test_json_holds_document_and_values(found, tmp_path):
    kept = json.loads(df.save_profiles(found, tmp_path / "year.json").read_text(encoding="utf-8"))
    assert kept["series"]["heat_load"][0][:3] == found.series["heat_load"][0][:3].tolist()
    assert kept["zone"] == "UTC+08:00"


def test_a_year_goes_into_the_energy_model():
    found = df.profiles(YANTAI, years=3, names=("pv",))
    assert np.array_equal(found.year(2).series("pv"), found.series["pv"][2])
    with pytest.raises(SettingError, match="weather year 3"):
        found.year(3)


@pytest.mark.parametrize("years", [0, -1, 10**6])
def test_a_number_of_years_out_of_range_is_refused(years):
    with pytest.raises(SettingError, match="weather years cannot be had"):
        df.profiles(YANTAI, years=years)


def test_brought_series_belong_to_one_year(own):
    with pytest.raises(SettingError, match="1 with series of your own"):
        df.profiles(YANTAI, years=2, imports=[own])


@pytest.mark.parametrize("name", ["year.xlsx", "year"])
def test_a_file_of_another_ending_is_refused(found, tmp_path, name):
    with pytest.raises(SettingError, match=name):
        df.save_profiles(found, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
