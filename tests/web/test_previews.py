"""Kept previews: one computation for those who look at once, a new one where anything changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from dafeng.web import previews
from dafeng.web.previews import KEPT, Previews
from dafeng.work.city import init
from dafeng.work.deliver import map_upload, take_upload
from dafeng.work.upload_preview import preview_upload
from dafeng.work.uploads import keep_upload

TABLE = "指标,年份,数值,单位\n能源消费总量,{year},551,万吨标准煤\n"


@pytest.fixture
def counted(tmp_path, monkeypatch):
    city, asked = init(tmp_path / "qinglan", place="990200"), []

    def count(one, upload):
        asked.append(upload.id)
        return preview_upload(one, upload)

    monkeypatch.setattr(previews, "preview_upload", count)
    now = [0.0]
    return city, Previews(city, clock=lambda: now[0]), asked, now


def hand_in(city, year=2024):
    return keep_upload(city, TABLE.format(year=year).encode(), name="a.csv", who="张三")


def test_those_who_look_at_once_wait_for_one_computation(counted):
    city, kept, asked, _ = counted
    upload = hand_in(city)
    with ThreadPoolExecutor(8) as pool:
        shown = list(pool.map(lambda _: kept.show(upload), range(8)))
    assert len(asked) == 1
    assert all(one is shown[0] for one in shown)
    assert shown[0] == preview_upload(city, upload)


def test_other_names_new_facts_and_time_make_it_anew(counted):
    city, kept, asked, now = counted
    upload = hand_in(city)
    kept.show(upload)
    named = map_upload(city, upload, {"数值": "value"})
    kept.show(named)
    assert len(asked) == 2
    take_upload(city, hand_in(city, 2023), who="李四")
    kept.show(named)
    assert len(asked) == 3
    now[0] = previews.FRESH_S + 1
    kept.show(named)
    assert len(asked) == 4


def test_the_oldest_are_dropped(counted):
    city, kept, asked, _ = counted
    uploads = [hand_in(city, year) for year in range(2000, 2001 + KEPT)]
    for one in uploads:
        kept.show(one)
    kept.show(uploads[-1])
    assert len(asked) == KEPT + 1
    kept.show(uploads[0])
    assert len(asked) == KEPT + 2
