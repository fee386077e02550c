"""The factor browser: rows, filters, disagreements, and the way from an explanation to the library."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.freeze import write_site
from dafeng.web.render import choose_side, name_unit
from tests.web.client import Client, Page
from tests.web.sample import city, traces, view


@pytest.fixture
def client() -> Client:
    return Client(create_app([city()]))


def listed(text: str) -> list[str]:
    """Ids of the rows of a page."""
    return re.findall(r'<tr id="factor-([^"]+)"', text)


def row(text: str, name: str) -> str:
    """What the page says of one factor."""
    return text.split(f'id="factor-{name}"', 1)[1].split("</tr>", 1)[0]


def test_a_factor_stands_with_value_key_range_source_and_use(client: Client) -> None:
    said = row(client.get("/yangli/factors").text, "coal.raw.carbon")
    wanted = (
        "26.37",
        "tC/TJ",
        "25.1 – 27.6",
        "燃料燃烧核算",
        "甲标准",
        "样例市统计公报 2025",
        "表1",
        "一手",
        "燃料燃烧（2020版）",
        "来源不一",
    )
    assert [word for word in wanted if word not in said] == []


def test_a_value_nobody_knows_is_a_dash_never_a_zero(client: Client) -> None:
    said = row(client.get("/yangli/factors").text, "grid.fossil")
    assert ("数值未知" in said, ">0<" in said) == (True, False)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("purpose=average", ["grid.average"]),
        ("standard=second", ["coal.raw.other"]),
        ("place=370000", ["grid.average", "grid.fossil"]),
        ("year=2023", ["grid.average"]),
        ("grade=provisional", ["coal.raw.other"]),
        ("q=原煤", ["coal.raw.carbon", "coal.raw.other"]),
        ("q=RAW second", ["coal.raw.other"]),
        ("purpose=nonsense", ["coal.raw.carbon", "grid.average", "coal.raw.other", "grid.fossil"]),  # told, and left aside
        ("from=nonsense&year=2023", ["grid.average"]),
        ("from=9", []),
    ],
)
def test_filters_choose_rows(client: Client, query: str, ids: list[str]) -> None:
    assert listed(client.get(f"/yangli/factors?{query}").text) == ids


def test_page_and_json_choose_the_same_rows(client: Client) -> None:
    rows = client.get("/yangli/factors.json?purpose=combustion").json()["library"]["factors"]
    assert [one["id"] for one in rows] == listed(client.get("/yangli/factors?purpose=combustion").text)


def test_disagreements_stand_side_by_side(client: Client) -> None:
    text = client.get("/yangli/factors?tab=conflicts&lang=en").text
    wanted = (
        "×1.0506",
        "Δ 1.27 tC/TJ",
        "26.37",
        "25.1",
        "First standard",
        "Second standard",
        "the two are 5 % apart",
        "2.071509",
    )
    assert [word for word in wanted if word not in text] == []


def test_no_disagreement_has_two_purposes(client: Client) -> None:
    library = client.get("/yangli/factors.json").json()["library"]
    purposes = {one["id"]: one["purpose"] for one in library["factors"]}
    assert all({purposes[side["id"]] for side in one["values"]} == {one["purpose"]} for one in library["conflicts"])


def test_what_sources_say_is_only_text(client: Client) -> None:
    text = client.get("/yangli/factors").text + client.get("/yangli/factors?tab=conflicts").text
    assert "<script>alert" not in text


def test_an_older_assessment_without_a_library_says_so() -> None:
    old = {name: part for name, part in view().items() if name != "library"}
    text = Client(create_app([CityView(old, traces())])).get("/yangli/factors").text
    assert "没有存下因子库" in text


def test_the_drawer_of_a_factor_leads_to_its_row() -> None:
    book = {
        **traces(),
        "factors/coal.raw.carbon.2020.parent_place": {**next(iter(traces().values())), "kind": "factor", "inputs": []},
    }
    client = Client(create_app([CityView(view(), book)]))
    text = client.get("/yangli/explain/factors/coal.raw.carbon.2020.parent_place").text
    links = [one for one in Page(text).values("href", "a") if "#factor-" in one]
    assert links == ["/yangli/factors?q=coal.raw.carbon#factor-coal.raw.carbon"]
    assert listed(client.get(links[0]).text) == ["coal.raw.carbon"]


def test_the_frozen_page_has_every_factor_and_every_disagreement(tmp_path: Path) -> None:
    site = write_site(view(), traces(), tmp_path).parent
    for name in ("factors.html", "en/factors.html"):
        text = (site / name).read_text(encoding="utf-8")
        assert sorted(listed(text)) == ["coal.raw.carbon", "coal.raw.other", "grid.average", "grid.fossil"]
        assert "×1.0506" in text


def test_rows_go_on_where_the_page_ends() -> None:
    many = view()
    one = many["library"]["factors"][0]
    many["library"]["factors"] = [{**one, "id": f"made.{number:03}"} for number in range(250)]
    client = Client(create_app([CityView(many, traces())]))
    found, address = [], "/yangli/factors"
    while address:
        text = client.get(address).text
        found += listed(text)
        address = next((one for one in Page(text).values("href", "a") if f"from={len(found)}" in one), "")
    assert sorted(found) == [f"made.{number:03}" for number in range(250)]


@pytest.mark.parametrize(
    ("note", "zh", "en"),
    [
        ("湿基 · of wet waste", "湿基", "of wet waste"),
        ("只有中文", "只有中文", "只有中文"),
        ("甲 · 乙", "甲 · 乙", "甲 · 乙"),
    ],
)
def test_a_note_in_both_languages_is_shown_in_one(note: str, zh: str, en: str) -> None:
    assert (choose_side(note, "zh"), choose_side(note, "en")) == (zh, en)


def test_a_unit_that_mixes_languages_is_written_in_the_readers() -> None:
    assert (name_unit("kgCH4/(头*a)", "zh"), name_unit("kgCH4/(头*a)", "en")) == ("千克CH4/(头·年)", "kgCH4/(head·yr)")
