"""The page of measures."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from dafeng.web.labels import Words
from dafeng.web.measures import build_measures
from tests.web.sample import view


@pytest.fixture
def shown() -> dict[str, Any]:
    return build_measures(view(), Words("zh"), {})


def test_bars_stand_side_by_side_and_a_gain_comes_first(shown: dict[str, Any]) -> None:
    bars = shown["macc"]["orders"][0]["bars"]
    assert [bar["id"] for bar in bars] == ["wind", "heat", "motors"]
    for bar, following in pairwise(bars):
        assert following["begin"] == pytest.approx(bar["begin"] + bar["width"])
    assert bars[0]["price"] < 0 < bars[1]["price"]


def test_a_measure_without_cost_has_a_bar_without_height(shown: dict[str, Any]) -> None:
    bars = {bar["id"]: bar for bar in shown["macc"]["orders"][0]["bars"]}
    assert bars["motors"]["price"] is None
    assert (bars["motors"]["width"], shown["macc"]["unit"]) == (pytest.approx(30.0), "万吨CO₂")


def test_what_raises_emissions_has_no_bar(shown: dict[str, Any]) -> None:
    assert all(bar["id"] != "hydrogen" for order in shown["macc"]["orders"] for bar in order["bars"])


def test_both_orders_can_be_chosen_and_all_years_have_one(shown: dict[str, Any]) -> None:
    assert [order["id"] for order in shown["macc"]["orders"]] == ["mean", "next"]
    whole = build_measures(view(), Words("en"), {"year": "all", "scope": "grid"})
    assert [order["id"] for order in whole["macc"]["orders"]] == ["mean"]
    assert whole["scope"] == "grid"


def test_an_unknown_choice_shows_the_first_year(shown: dict[str, Any]) -> None:
    assert build_measures(view(), Words("zh"), {"year": "1850", "scope": "moon"})["column"] == shown["column"] == "2030"


def test_a_city_without_measures_says_so() -> None:
    assert build_measures({"abatement": None}, Words("zh"), {})["curve"] is None
