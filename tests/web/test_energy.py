"""The energy page: its headline, its tables in fixed units, its charts."""

from __future__ import annotations

from typing import Any

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.energy import build_energy, digits, draw_fields, draw_flows, list_published, name_unit, tell_total
from dafeng.web.labels import Words
from tests.web.client import Client
from tests.web.sample import traces, view

ZH, EN = Words("zh"), Words("en")
ENERGY = view()["energy"]
BARE = {"years": [], "published": ENERGY["published"]}


def test_the_headline_names_both_views_and_the_range_of_the_share() -> None:
    told = tell_total(ENERGY, ZH)
    assert ("221.4" in told, "132.9" in told, "17.4–19.1%" in told) == (True, True, True)


def test_without_a_balance_the_headline_says_so() -> None:
    assert tell_total(BARE, EN) == "No energy balance: the official figures cannot be computed"


def test_an_unknown_share_is_said_to_be_unknown() -> None:
    year = ENERGY["years"][-1]
    views = [{**row, "value": {**row["value"], "value": None}, "low": None} for row in year["views"]]
    assert "unknown" in tell_total({"years": [{**year, "views": views}]}, EN)


def test_the_newest_year_comes_first() -> None:
    assert [year["year"] for year in build_energy(view(), ZH)["years"]] == [2025, 2020]


def test_the_broken_cell_is_marked_and_only_it() -> None:
    sheet = build_energy(view(), ZH)["years"][0]["sheets"][0]
    assert [[bool(cell and cell["broken"]) for cell in row["cells"]] for row in sheet["rows"]] == [
        [True, False],
        [False, False],
    ]


def test_a_whole_row_can_be_marked() -> None:
    assert build_energy(view(), EN)["years"][0]["sheets"][0]["rows"][1]["broken"] == "implausible"


def test_small_figures_are_never_shown_as_zero() -> None:
    assert [digits(value) for value in (90.123456, 0.0042, 0.0, -12.5, 12345.678)] == [
        "90.12",
        "0.0042",
        "0",
        "−12.5",
        "12,345.68",
    ]


def test_a_column_keeps_its_unit_in_both_languages() -> None:
    assert (name_unit("万吨", ZH), name_unit("万吨", EN), name_unit("odd unit", EN)) == ("万吨", "10⁴ t", "odd unit")


def test_flows_keep_their_addresses() -> None:
    chart = draw_flows(ENERGY["years"][-1], ZH) or {}
    assert (chart["links"][0][:3], chart["names"]["carrier.raw_coal"]) == (
        ["available.production", "carrier.raw_coal", 71.43],
        "原煤",
    )


def test_no_flows_no_chart() -> None:
    assert draw_flows({**ENERGY["years"][-1], "sankey": {"links": [], "nodes": [], "unit": "万吨标准煤"}}, ZH) is None


def test_the_fields_are_headed_by_the_largest() -> None:
    assert draw_fields(ENERGY["years"][-1], EN)["title"] == "industry used most energy in 2025"


def test_published_figures_are_of_the_years_with_a_balance_else_the_newest() -> None:
    assert [[row["value"]["year"] for row in list_published(part)] for part in (ENERGY, BARE)] == [[2025, 2020], [2025]]


def page(**energy: Any) -> str:
    """The energy page of a city whose part ``energy`` is this."""
    return (
        Client(create_app([CityView({**view(), "energy": {**ENERGY, "years": [], **energy}}, traces())]))
        .get("/yangli/energy")
        .text
    )


def test_without_any_figure_the_page_leads_to_those_that_need_no_balance() -> None:
    told = page(published=[])
    assert ("下面三页" in told, 'href="/yangli/hours"' in told, "已公布的单项数据" in told) == (True, True, False)


def test_published_figures_without_a_balance_are_shown_as_such() -> None:
    assert "下面是已公布的单项数据" in page()


def test_what_the_empty_state_says_is_not_said_again_as_a_finding() -> None:
    one = {"rule": "balance.none", "at": "data", "severity": "info", "says": {"zh": "再说一遍", "en": "again"}}
    kept = {**one, "rule": "balance.other", "says": {"zh": "另一条", "en": "another"}}
    told = page(published=[], findings=[{**row, "remedy": row["says"]} for row in (one, kept)])
    assert ("再说一遍" in told, "另一条" in told) == (False, True)
