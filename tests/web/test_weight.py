"""What pages weigh on the wire, apart from the chart library, and that long tables come in windows."""

from __future__ import annotations

import gzip
import random
from typing import Any
from urllib.parse import quote

import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.filters import ROWS, choose_window
from dafeng.web.links import STATIC
from dafeng.web.navigation import read_pages
from tests.web.client import Client, Page
from tests.web.sample import city, traces, view

MOST = 300_000
"""Bytes of a first page. [bytes]"""
LIBRARY = "vendor/echarts.min.js"
CLIENT = Client(create_app([city()]))


def many(count: int) -> CityView:
    """The sample with so many targets that no two of them pack well."""
    chance, rows = random.Random(3), view()["verdicts"]
    made: list[dict[str, Any]] = []
    for at in range(count):
        row, figure = rows[at % len(rows)], round(chance.uniform(1, 9000), 2)
        name = {"zh": f"指标{chance.random()}", "en": f"indicator {chance.random()}"}
        made.append({**row, "target": f"M{at:04d}", "indicator": name, "value": {**row["value"], "value": figure}})
    return CityView({**view(), "verdicts": made}, traces())


LARGE = Client(create_app([many(2000)]))


def weigh(client: Client, path: str) -> int:
    """Bytes that a first visit of a page brings, packed, the chart library left out."""
    page = Page(client.get(path).text)
    files = {*page.values("src", "script", "img"), *page.values("href", "link")}
    own = {one.partition("?")[0].removeprefix("/static/") for one in files if one.startswith("/static/")}
    return sum(
        len(gzip.compress(content, 6)) for content in (client.get(path).content, *((STATIC / one).read_bytes() for one in own))
    )


@pytest.mark.parametrize("page", [one.id for one in read_pages()])
def test_a_first_page_is_light(page: str) -> None:
    assert weigh(CLIENT, f"/yangli/{'' if page == 'overview' else page}") < MOST / 2


@pytest.mark.parametrize("page", ["", "targets", "fields", "fields/energy"])
def test_a_first_page_stays_light_with_two_thousand_targets(page: str) -> None:
    assert weigh(LARGE, f"/yangli/{page}") < MOST


@pytest.mark.parametrize("page", ["", "pathway", "targets", "targets/T01"])
def test_the_chart_library_is_not_part_of_a_page(page: str) -> None:
    files = Page(CLIENT.get(f"/yangli/{page}").text).values("src", "script")
    assert not any(LIBRARY in one for one in files)


def test_a_page_with_charts_says_where_the_library_is() -> None:
    assert [LIBRARY in one for one in Page(CLIENT.get("/yangli/pathway").text).values("data-library")] == [True]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, (0, 50, None, 50)),
        ({"offset": "100"}, (100, 150, 50, 150)),
        ({"offset": "200"}, (200, 250, 150, None)),
        ({"offset": "250"}, (0, 50, None, 50)),
        ({"offset": "-5"}, (0, 50, None, 50)),
        ({"offset": "x"}, (0, 50, None, 50)),
        ({"rows": "all"}, (0, 250, None, None)),
    ],
)
def test_a_window_stays_inside_its_list(query: dict[str, str], found: tuple[int, int, int | None, int | None]) -> None:
    window = choose_window(250, query)
    assert (window.start, window.end, window.before, window.after) == found


def targets(path: str) -> list[str]:
    """Targets in the rows of a page, in order."""
    links = Page(LARGE.get(path).text).values("href", "a")
    return list(dict.fromkeys(one.rpartition("/")[2] for one in links if one.startswith("/yangli/targets/M")))


@pytest.mark.parametrize("query", ["", "verdict=met", "sort=year", "q=M01&sort=indicator"])
def test_windows_together_are_the_whole_table_in_its_order(query: str) -> None:
    whole = [row["target"] for row in LARGE.get(f"/yangli/targets.json?{query}").json()["verdicts"]]
    shown = [one for start in range(0, len(whole), ROWS) for one in targets(f"/yangli/targets?{query}&offset={start}")]
    assert shown == whole


def test_the_number_of_rows_is_that_of_all_that_pass_the_filter() -> None:
    whole = LARGE.get("/yangli/targets.json?verdict=met").json()["verdicts"]
    assert f"显示 {len(whole)} / 2000 项" in LARGE.get("/yangli/targets?verdict=met").text


def test_the_way_to_the_next_window_keeps_the_filter() -> None:
    assert "/yangli/targets?verdict=met&offset=50" in Page(LARGE.get("/yangli/targets?verdict=met").text).values("href", "a")


def test_a_field_and_an_organisation_show_the_first_targets_and_lead_to_all() -> None:
    own = [row for row in many(2000).view["verdicts"] if row["field"] == "energy"]
    assert len(own) > ROWS
    page = LARGE.get("/yangli/fields/energy")
    assert len([one for one in Page(page.text).values("href", "a") if one.startswith("/yangli/targets/M")]) == ROWS
    assert "/yangli/targets?field=energy" in Page(page.text).values("href", "a")
    assert len(LARGE.get("/yangli/fields/energy.json").json()["rows"]) == len(own)
    name = own[0]["organisations"][0]
    shown = Page(LARGE.get(f"/yangli/organisations/{name}").text).values("href", "a")
    assert f"/yangli/targets?organisation={quote(name)}" in shown
