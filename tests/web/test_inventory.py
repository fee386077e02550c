"""The inventory page: headline, tables by layout, charts without sinks, keys instead of zeros."""

from __future__ import annotations

from dafeng.web.app import create_app
from dafeng.web.inventories import build_inventory, draw_series, draw_treemap
from dafeng.web.labels import Words
from tests.web.client import Client
from tests.web.sample import city, view

ZH, EN = Words("zh"), Words("en")
INVENTORY = view()["inventory"]


def test_the_headline_names_total_and_largest_line() -> None:
    told = build_inventory(view(), EN, {})["title"]
    assert ("52.8" in told, "energy" in told, "98" in told) == (True, True, True)


def test_a_year_of_the_address_is_shown_and_an_unknown_one_is_not() -> None:
    assert [build_inventory(view(), ZH, {"year": year})["chosen"] for year in ("2020", "1999", "")] == [2020, 2025, 2025]


def test_without_an_inventory_the_page_says_so() -> None:
    built = build_inventory({"inventory": {"years": []}}, ZH, {})
    assert (built["chosen"], built["title"]) == (None, "还没有温室气体清单")


def test_the_treemap_has_sources_only_and_no_part_twice() -> None:
    chart = draw_treemap(INVENTORY, INVENTORY["years"][0], EN) or {}
    assert chart["names"] == ["power", "transport", "landfill"]
    assert chart["groups"] == ["energy", "energy", "waste"]


def test_a_year_without_a_line_is_a_gap_and_said() -> None:
    chart = draw_series(INVENTORY, EN) or {}
    assert chart["values"][0][0] is None
    assert "not zero" in chart["subtitle"]
    assert draw_series({**INVENTORY, "series": [{**INVENTORY["series"][0], "years": [2025]}]}, EN) is None


def test_the_page_writes_keys_and_gases() -> None:
    text = Client(create_app([city()])).get("/yangli/inventory").text
    assert '<abbr title="未估算">NE</abbr>' in text
    assert "甲烷" in text
    assert "1 项缺因子" in text
