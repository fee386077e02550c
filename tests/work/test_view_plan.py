"""The plan in the view: one row per target, percent for shares, the printed figure where no indicator answers."""

from __future__ import annotations

from dataclasses import replace

from dafeng.work.city import PlanFile
from dafeng.work.view_plan import list_documents
from tests.work import made


def row(view, target):
    return next(one for one in view["verdicts"] if one["target"] == target)


def test_every_target_has_one_row_in_the_order_of_the_plan(view):
    assert [one["target"] for one in view["verdicts"]] == ["T1", "T2", "T3", "T4"]


def test_a_share_is_asked_and_shown_in_percent(view):
    found = row(view, "T1")
    assert [(n["value"], n["unit"]) for n in (found["value"], found["actual"], found["projected"])] == [
        (30.0, "%"),
        (12.0, "%"),
        (24.0, "%"),
    ]


def test_the_actual_brings_year_basis_and_grade(view):
    found = row(view, "T1")["actual"]
    assert (found["year"], found["basis"], found["grade"]) == (2024, "actual", "secondary")


def test_the_required_course_runs_from_the_baseline_to_the_goal(view):
    # 2020: 7.1 %, 2030: 30 %, a straight line between
    required = row(view, "T1")["required"]
    assert (required["years"][0], required["values"][0], required["years"][-1], required["values"][-1]) == (
        2020,
        7.1,
        2030,
        30.0,
    )


def test_the_recorded_values_stand_with_their_addresses(view, assessment):
    assert row(view, "T1")["actuals"] == [
        [2020, 7.1, f"{assessment.run.id}/scores/non_fossil_share.2020"],
        [2024, 12.0, f"{assessment.run.id}/scores/non_fossil_share.2024"],
    ]


def test_the_projection_is_that_of_the_indicator(view):
    assert row(view, "T1")["projection"] == {"years": [2030], "p10": [20.0], "p50": [24.0], "p90": [28.0]}


def test_the_upper_end_of_a_range_stays_in_its_unit(view):
    assert (row(view, "T2")["value"]["value"], row(view, "T2")["upper"], row(view, "T2")["value"]["unit"]) == (
        500.0,
        600.0,
        "万千瓦",
    )


def test_a_target_without_a_figure_has_no_value_and_says_what_is_lacking(view):
    found = row(view, "T3")
    assert (found["value"]["value"], found["verdict"], found["lacking"][0]["en"]) == (
        None,
        "not_measurable",
        "the figure handed down from above",
    )


def test_an_unknown_indicator_keeps_its_own_name_and_figure(view):
    found = row(view, "T4")
    assert (
        found["indicator"]["zh"],
        found["indicator_id"],
        found["field"],
        found["value"]["value"],
        found["value"]["unit"],
    ) == (
        "零碳村庄",
        None,
        "city",
        12.0,
        "个",
    )


def test_the_fields_hold_every_target_once(view):
    assert sorted(target for field in view["fields"] for target in field["verdicts"]) == ["T1", "T2", "T3", "T4"]


def test_the_counts_of_the_fields_add_up_to_those_of_the_plan(view):
    assert {kind: sum(field["counts"][kind] for field in view["fields"]) for kind in view["counts"]} == view["counts"]


def test_a_task_leads_to_its_characters(view, assessment):
    task = view["tasks"][0]
    trace = assessment.traces.get("tasks/A1")
    assert (task["leads"], task["targets"], (trace.anchor.start, trace.anchor.end)) == (["发展改革委"], ["T2"], (23, 37))


def test_an_organisation_knows_its_tasks_and_targets(view):
    assert view["organisations"] == [
        {
            "name": "发展改革委",
            "aliases": ["市发改委"],
            "collective": False,
            "tasks": ["A1"],
            "targets": ["T1", "T2", "T3", "T4"],
        }
    ]


def test_a_document_is_present_when_its_very_bytes_are(view):
    assert view["documents"] == [{"name": "plan.txt", "title": "样例市碳达峰方案", "sha256": made.SHA256, "present": True}]


def test_a_document_with_other_bytes_is_not_present(assessment):
    city = replace(assessment.city, documents=(PlanFile("plan", "别的方案", "f" * 64, "plans/plan.yaml"),))
    assert [one["present"] for one in list_documents(city, assessment.plan)] == [False, True]
