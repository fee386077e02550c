"""Choosing rows by what stands in the address."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dafeng.web.filters import (
    COMPARISON_FILTERS,
    STANDINGS,
    TARGET_FILTERS,
    VERDICTS,
    choose_contrasts,
    choose_targets,
    choose_tasks,
    keep,
    search,
)
from tests.web.sample import view

VIEW = view()


def test_blank_and_unknown_filters_are_not_kept() -> None:
    assert keep({"verdict": " met ", "q": "  ", "page": "2"}, TARGET_FILTERS) == {"verdict": "met"}


def test_what_needs_attention_comes_first() -> None:
    ranks = [VERDICTS.index(row["verdict"]) for row in choose_targets(VIEW, {})]
    assert ranks == sorted(ranks)


def test_filters_work_together() -> None:
    rows = choose_targets(VIEW, {"field": "energy", "verdict": "met", "q": "光伏"})
    assert [row["target"] for row in rows] == ["T03"]


def test_an_unknown_value_gives_no_rows() -> None:
    assert choose_targets(VIEW, {"verdict": "splendid"}) == []


@given(st.dictionaries(st.sampled_from(TARGET_FILTERS), st.text(max_size=6), max_size=4))
def test_a_filter_only_leaves_rows_out(chosen: dict[str, str]) -> None:
    every = {row["target"] for row in VIEW["verdicts"]}
    assert {row["target"] for row in choose_targets(VIEW, chosen)} <= every


def test_collectives_count_as_responsible() -> None:
    assert [row["id"] for row in choose_tasks(VIEW, {"organisation": "各区政府"})] == ["K2", "K4"]


def test_search_finds_by_either_language_and_by_alias() -> None:
    found = (search(VIEW, "OFFSHORE")["targets"], search(VIEW, "市发改委")["organisations"])
    assert [[row.get("target") or row["name"] for row in rows] for rows in found] == [["T02"], ["市发展改革委"]]


def test_search_for_nothing_finds_nothing() -> None:
    assert search(VIEW, "") == {"targets": [], "tasks": [], "organisations": [], "sources": []}


def test_what_differs_from_other_plans_comes_first() -> None:
    rows = choose_contrasts(VIEW, {})
    ranks = [min(STANDINGS.index(cell["standing"]) for cell in row["cells"]) for row in rows]
    assert (len(rows), ranks) == (5, sorted(ranks))


def test_a_standing_is_looked_for_in_the_plan_that_is_chosen() -> None:
    found = [
        [row["id"] for row in choose_contrasts(VIEW, {"standing": "stricter", **more})] for more in ({}, {"party": "province"})
    ]
    assert found == [["T01"], []]


def test_the_order_of_the_plan_can_be_kept() -> None:
    assert [row["id"] for row in choose_contrasts(VIEW, {"sort": "plan"})][:3] == ["T01", "T02", "T03"]


@given(st.dictionaries(st.sampled_from(COMPARISON_FILTERS), st.text(max_size=6), max_size=4))
def test_a_filter_only_leaves_rows_of_the_comparison_out(chosen: dict[str, str]) -> None:
    assert {row["id"] for row in choose_contrasts(VIEW, chosen)} <= {row["id"] for row in VIEW["comparison"]["rows"]}


def test_a_city_without_other_plans_has_no_rows() -> None:
    assert choose_contrasts({**VIEW, "comparison": None}, {}) == []
