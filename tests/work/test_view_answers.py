"""Answers, clashes and measures as the view shows them."""

from __future__ import annotations


def test_a_probability_is_percent_and_a_year_an_integer(view):
    chance, when = view["answers"][0]["figures"]
    assert (chance["value"], chance["unit"], chance["low"], when["value"], type(when["value"])) == (12.5, "%", 10.0, 2029, int)


def test_a_clash_names_clauses_with_their_place_and_facts_without(view):
    members = view["clashes"][0]["members"]
    assert [(one["target"], one["anchor"] is None) for one in members] == [("T2", False), (None, True)]


def test_the_title_of_a_clash_names_what_clashes(view):
    assert view["clashes"][0]["title"]["zh"] == "2025年：光伏发电装机容量与 1 项已知数据或假设不能同时成立"


def test_the_ways_out_of_a_clash_begin_with_the_cheapest(view):
    clash = view["clashes"][0]
    assert (clash["slack"], clash["unit"], [(way["label"]["zh"], way["value"]) for way in clash["relax"]]) == (
        12.5,
        "万千瓦",
        [("一", 12.5), ("二", 20.0)],
    )


def test_a_way_out_leads_to_the_member_that_gives(view, assessment):
    trace = assessment.traces.get(view["clashes"][0]["relax"][0]["address"].split("/", 1)[1])
    assert trace.inputs == ("clashes/1", "scores/pv_capacity.2025")


def test_a_measure_without_a_sourced_cost_has_none(view):
    found = view["pathway"]["measures"][0]
    assert (found["cost"], found["per_cost"], found["effect"]["value"], found["years"]["value"]) == (None, None, 1.2, -0.4)


def test_a_measure_leads_to_its_figures(view, assessment):
    address = view["pathway"]["measures"][0]["address"].split("/", 1)[1]
    assert assessment.traces.get(address).inputs == ("measures/pv.avoided", "measures/pv.years", "measures/pv.probability")
