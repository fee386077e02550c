"""What a city remembers of headings: by file, followed where all agree, asked again where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

import dafeng as df
from dafeng.core.errors import FileRefused
from dafeng.readers.sheets import read_sheets
from dafeng.store.files import seal
from dafeng.work.deliver import map_upload
from dafeng.work.mappings import FOLDER, keep_mapping, recall_mapping
from dafeng.work.read_file import read_file
from dafeng.work.upload_preview import preview_upload
from dafeng.work.uploads import keep_upload

HEADS = "名头,年份,甲,乙,单位\n"
FIRST = {"名头": "indicator", "甲": "value", "乙": ""}
OTHER = {"名头": "indicator", "甲": "", "乙": "value"}


def table(year: int) -> bytes:
    return f"{HEADS}能源消费总量,{year},551,12,万吨标准煤\n".encode()


@pytest.fixture
def city(tmp_path: Path) -> df.City:
    return df.init(tmp_path / "qinglan", place="990200")


def say(city: df.City, year: int, mapping: dict[str, str], *, only: bool = False) -> None:
    keep_mapping(city, read_sheets(table(year), name=f"{year}.csv"), mapping, only=only)


def value(city: df.City, year: int, mapping: dict[str, str] | None = None) -> int:
    return int(read_file(city, table(year), name=f"{year}.csv", mapping=mapping).rows.to_pylist()[0]["value"])


def test_a_file_headed_like_those_that_agree_is_read_like_them(city: df.City) -> None:
    say(city, 2020, FIRST)
    say(city, 2021, FIRST)
    assert value(city, 2022) == 551


def test_a_file_is_read_as_was_said_of_it_whatever_was_said_of_others(city: df.City) -> None:
    say(city, 2020, FIRST)
    say(city, 2021, OTHER)
    assert (value(city, 2020), value(city, 2021)) == (551, 12)


def test_where_others_differ_nobody_is_followed_and_it_is_asked_again(city: df.City) -> None:
    say(city, 2020, FIRST)
    say(city, 2021, OTHER)
    assert recall_mapping(city, read_sheets(table(2022), name="2022.csv")) == {}
    with pytest.raises(FileRefused) as refusal:
        value(city, 2022)
    assert ("甲→value" in refusal.value.what.zh, "甲→—" in refusal.value.what.zh) == (True, True)
    upload = keep_upload(city, table(2022), name="2022.csv", who="张三")
    preview = preview_upload(city, upload)
    assert (preview.refusal is not None, preview.rows, len(preview.samples[0].columns)) == (True, (), 5)
    assert len(preview_upload(city, map_upload(city, upload, OTHER, who="张三")).rows) == 1
    assert value(city, 2023, FIRST) == 551


def test_who_was_wrong_before_lets_the_others_be_forgotten(city: df.City) -> None:
    say(city, 2020, FIRST)
    say(city, 2021, OTHER, only=True)
    assert value(city, 2022) == 12


def test_an_older_folder_is_read_as_before_until_somebody_differs(city: df.City) -> None:
    say(city, 2020, FIRST)
    (path,) = (city.folder / FOLDER).glob("*.json")
    path.write_bytes(seal({"headings": HEADS.strip().split(","), "columns": FIRST}))
    assert value(city, 2021) == 551
    say(city, 2022, OTHER)
    with pytest.raises(FileRefused):
        value(city, 2023)
