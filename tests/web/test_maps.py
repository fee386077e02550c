"""The page of districts: classes, titles, hatching, choice in the address."""

from __future__ import annotations

import json

import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.labels import Words
from dafeng.web.maps import build_map, choose_quantities, classify, draw_map
from dafeng.web.wall import build_wall, draw_peak
from tests.web.client import Client, Page
from tests.web.sample import HASH, TEXT, city, traces, view
from tests.web.sample_districts import outline


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(create_app([city()]))


def outlined() -> CityView:
    """The invented city with a boundary of its own."""
    shown = view()
    shown["districts"] = {**shown["districts"], "outline": outline()}
    return CityView(shown, traces(), {HASH: TEXT})


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        ([], []),
        ([0, 0], [(0, 0, 2, 0)]),
        ([5], [(5, 5, 1, 3)]),
        ([1, 1, 2, 9, 10], [(1, 1, 2, 1), (2, 2, 1, 2), (9, 9, 1, 3), (10, 10, 1, 4)]),
        ([0, 1, 2, 3, 4, 5, 6, 7, 8], [(0, 0, 1, 0), (1, 2, 2, 1), (3, 4, 2, 2), (5, 6, 2, 3), (7, 8, 2, 4)]),
        ([-3, 4], [(-3, -3, 1, 2), (4, 4, 1, 4)]),
    ],
)
def test_classes_say_their_bounds_and_hold_every_value_once(
    values: list[float], bounds: list[tuple[float, float, int, int]]
) -> None:
    found = classify(values)
    assert [(one["low"], one["high"], one["count"], one["shade"]) for one in found] == bounds
    assert sum(one["count"] for one in found) == len(values)


def test_an_unknown_district_is_hatched_counted_and_never_zero() -> None:
    districts = view()["districts"]
    made = draw_map(districts, districts["quantities"][1], Words("zh"))
    assert (made["year"], made["unknown"]) == (2025, 2)
    assert [(one["shade"], one["text"]) for one in made["shapes"]] == [(4, "52"), ("none", "—"), (2, "29"), ("none", "—")]
    assert made["title"] == "2025 年常住人口：杨东最多，52\u202f万人；2 个没有数据"


def test_an_estimate_is_marked_and_a_count_of_none_is_zero() -> None:
    districts = view()["districts"]
    estimate = draw_map(districts, districts["quantities"][2], Words("en"))
    assert [one["text"] for one in estimate["shapes"]] == ["≈6.4", "≈4.1", "≈3.9", "—"]
    assert "2 districts have none" in draw_map(districts, districts["quantities"][0], Words("en"))["title"]


def test_quantity_and_year_stand_in_the_address(client: Client) -> None:
    text = client.get("/yangli/map?quantity=population&year=2020").text
    assert "2020 年常住人口：杨东最多，50.5" in text
    asked = client.get("/yangli/map.json?quantity=population&year=2020").json()["districts"]["quantities"]
    assert [
        (one["id"], one["years"], [row["values"][0] and row["values"][0]["value"] for row in one["rows"]]) for one in asked
    ] == [("population", [2020], [50.5, None, 30.1, None])]
    assert client.get("/yangli/map?quantity=none&year=x").status_code == 200
    assert client.get("/yangli/map.json?quantity=none").json()["districts"]["quantities"] == []


def test_every_figure_of_the_map_opens_its_explanation(client: Client) -> None:
    page = Page(client.get("/yangli/map?quantity=population").text)
    named = [attrs["data-explain"] for tag, attrs in page.tags if tag == "a" and attrs.get("class", "").startswith("district ")]
    assert len(named) == 2
    assert all(client.get(f"/yangli/explain/{address}").status_code == 200 for address in named)


def test_the_approval_number_stands_under_an_imported_map() -> None:
    client = Client(create_app([outlined()]))
    for name in ("map", "wall"):
        text = client.get(f"/yangli/{name}").text
        assert "审图号：GS(2019)1822号" in text
        assert "M0 0l100 0 0 100 -100 0z" in text
    assert "最大偏移 60 米" in client.get("/yangli/map").text


def test_a_run_without_districts_says_how_to_get_them() -> None:
    old = {key: value for key, value in view().items() if key != "districts"}
    client = Client(create_app([CityView(old, traces())]))
    assert "重新评估即可" in client.get("/yangli/map").text
    assert client.get("/yangli/map.json").json()["districts"] is None
    assert client.get("/yangli/wall").status_code == 200
    assert build_map(old, Words("zh"), {})["chosen"] is None


def test_a_choice_keeps_everything_else() -> None:
    districts = view()["districts"]
    assert choose_quantities(districts, {}) == districts
    assert json.dumps(districts, ensure_ascii=False) == json.dumps(view()["districts"], ensure_ascii=False)


def test_the_wall_shows_figures_of_the_view_and_nothing_inline(client: Client) -> None:
    text = client.get("/yangli/wall").text
    page = Page(text)
    assert page.inline() == []
    addresses = set(page.values("data-explain"))
    assert addresses <= set(traces())
    assert {one["address"].partition("/")[2] for one in view()["answers"]} <= addresses


def test_the_wall_answers_with_its_run(client: Client) -> None:
    assert client.get("/yangli/wall/run.json").json() == {"run": view()["run"]["id"]}
    parts = {"run", "city", "year", "answers", "counts", "clashes", "districts", "peak", "measures"}
    assert set(client.get("/yangli/wall.json").json()) == parts
    assert client.get("/nowhere/wall").status_code == 404


def test_the_bars_of_the_peak_add_up_with_what_lies_beyond() -> None:
    peak = draw_peak(view())
    assert peak is not None
    main = next(one for one in view()["pathway"]["scenarios"] if one["id"] == view()["pathway"]["main"])["peak"]
    shown = sum(bar["share"] for bar in peak["bars"]) + peak["later"]
    assert shown == pytest.approx(sum(main["shares"]) + main.get("probability_no_peak", 0), abs=0.02)
    assert draw_peak({}) is None


def test_a_city_that_knows_little_still_has_a_wall() -> None:
    bare = CityView({**view(), "pathway": None, "answers": [], "clashes": [], "districts": None}, traces())
    assert build_wall(bare, Words("zh"))["maps"] == []
    assert Client(create_app([bare])).get("/yangli/wall?lang=en").status_code == 200
