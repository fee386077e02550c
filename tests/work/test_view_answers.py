"""Answers, clashes and measures as the view shows them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dafeng.core.labels import Label
from dafeng.work.answers import answer
from dafeng.work.clashes import Member, Side
from dafeng.work.tracing import TraceBook
from dafeng.work.views import build_view


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


SIDES = {
    "short": Side(False, ("a",), Label("非化石比重按生产计", "non-fossil share by production")),
    "over": Side(True, ("b",), Label("任何口径", "every counting rule")),
}


@pytest.mark.parametrize(
    ("sides", "zh", "en"),
    [
        (
            ("short",),
            "2025年：光伏发电装机容量没有已知做法能达到（非化石比重按生产计）",
            "2025: solar PV capacity is out of reach (non-fossil share by production)",
        ),
        (
            ("over",),
            "2025年：光伏发电装机容量无论怎么做都超过“左右”的上限（任何口径）",
            "2025: solar PV capacity overshoots 'about' whatever is done (every counting rule)",
        ),
        (
            ("short", "over"),
            "2025年：光伏发电装机容量没有已知做法能达到（非化石比重按生产计）；无论怎么做都超过“左右”的上限（任何口径）",
            "2025: solar PV capacity is out of reach (non-fossil share by production); overshoots 'about' whatever is done"
            " (every counting rule)",
        ),
    ],
)
def test_the_title_of_a_lone_target_tells_the_side_and_the_rules(assessment, sides, zh, en):
    clash = assessment.reconciliation.clashes[0]
    alone = replace(clash, members=clash.members[:1], ways=clash.ways[:1], sides=tuple(SIDES[name] for name in sides))
    told = replace(assessment, reconciliation=replace(assessment.reconciliation, clashes=(alone,)))
    assert build_view(told)["clashes"][0]["title"] == {"zh": zh, "en": en}


@pytest.mark.parametrize(
    ("side", "zh"),
    [("short", "甲（非化石比重按生产计），差 0.75 个百分点"), ("over", "甲，超出 0.75 个百分点")],
)
def test_the_answer_tells_the_rule_and_the_side_of_the_closest_set(assessment, side, zh):
    member = Member("targets/T2", Label("甲", "A"), "T2")
    clash = replace(assessment.reconciliation.clashes[0], members=(member,), slack=0.0075, unit="1", sides=(SIDES[side],))
    found = replace(assessment.reconciliation, clashes=(clash,))
    said = answer(assessment.verdicts, found, (), (), TraceBook())
    assert next(one for one in said if one.id == "clash").answer.zh.endswith(f"其中：{zh}")
