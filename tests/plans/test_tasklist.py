"""Every task once, what the plan says untouched, what is proposed marked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.plans.candidates import find_grounds, find_names, propose
from dafeng.plans.duties import read_duties
from dafeng.plans.read import read_plan_text
from dafeng.plans.storage import load_plan
from dafeng.plans.tasklist import is_city, make_task_list
from dafeng.plans.tasklist_document import task_document
from tests.plans.conftest import document_of

CITIES = Path(__file__).parents[2] / "cities"
TITLES = ["推广绿色建筑", "建设岸电设施", "发展海上风电", "完善碳市场", "加强垃圾分类", "开展文明创建", "做好后勤服务"]
OWN = ["", "（责任单位：市科技局、市教育局）", "（牵头单位：市水务局；配合单位：市财政局）", "（各区政府）"]
HEAD = "测试市碳达峰方案\n一、重点任务\n"
TEXT = (
    HEAD + "（一）推广绿色建筑。大力发展超低能耗建筑。到2030年，绿色建筑占比达到90%。\n"
    "（二）建设岸电设施。（责任单位：市科技局，市教育局）\n（三）做好后勤服务。按时开饭。\n"
)


def listed(text: str, *, place: str | None = "990100", whole: bool = True):
    """Task list of a text."""
    document = document_of(text)
    return make_task_list(read_plan_text(document, place=place), read_duties(), document=document if whole else None)


def test_a_task_without_organisations_gets_proposals_with_grounds():
    first = listed(TEXT).tasks[0]
    lead = first.candidates[0]
    assert (first.state, lead.organisation, lead.role, lead.grounds[0].clause.id) == (
        "proposed",
        "市住房城乡建设局",
        "lead",
        "hu-building",
    )


def test_organisations_of_the_plan_stay_and_nothing_is_added():
    second = listed(TEXT).tasks[1]
    assert (second.state, second.candidates, [own.organisation for own in second.task.responsible]) == (
        "stated",
        (),
        ["市科技局", "市教育局"],
    )


def test_weak_evidence_gives_no_proposal_and_says_so():
    found = listed(TEXT)
    third = found.tasks[2]
    rules = [finding.rule for finding in found.findings]
    assert (third.state, third.candidates, third.reason is not None, "tasks.no_organisation" in rules) == (
        "none",
        (),
        True,
        True,
    )


def test_years_come_from_targets():
    assert [one.years for one in listed(TEXT).tasks] == [(2030,), (), ()]


def test_a_period_is_due_in_its_last_year():
    text = HEAD + "（一）推广绿色建筑。“十四五”期间，绿色建筑占比达到90%。\n"
    assert listed(text).tasks[0].years == (2025,)


@pytest.mark.parametrize(
    ("place", "city"),
    [("370200", True), ("310000", True), (None, True), ("370000", False), ("100000", False), ("370203", False)],
)
def test_only_cities_get_proposals(place, city):
    states = {one.state for one in listed(TEXT, place=place).tasks}
    assert (is_city(place), "proposed" in states) == (city, city)


def test_another_document_is_told_and_not_used():
    plan = read_plan_text(document_of(TEXT), place="990100")
    found = make_task_list(plan, read_duties(), document=document_of(TEXT + "（四）其他。\n"))
    assert (found.findings[0].rule, all(m.titled for one in found.tasks for m in one.measures)) == ("tasks.no_document", True)


def test_the_name_that_the_plan_uses_is_taken():
    text = TEXT + "（四）发展海洋牧场。（责任单位：市海洋发展和渔业局、市统计局）\n（五）恢复海洋碳汇。\n"
    assert listed(text).tasks[4].candidates[0].organisation == "市海洋发展和渔业局"


def test_the_name_of_the_gazetteer_is_taken_in_its_place_and_a_general_one_elsewhere():
    table = read_duties()
    names = [find_names(table, (), place=place)["海洋发展局"] for place in ("370600", "370200", "990100")]
    assert names == [("市海洋发展和渔业局", True), ("市海洋发展局", True), ("市海洋发展局", False)]


def test_a_general_name_is_told_to_be_confirmed():
    assert "tasks.unconfirmed_names" in [finding.rule for finding in listed(TEXT).findings]


def test_the_document_for_machines_marks_whose_word_it_is():
    rows = task_document(listed(TEXT), texts=False)["tasks"]
    assert [{own["state"] for own in row["organisations"]} for row in rows] == [{"proposed"}, {"stated"}, set()]


def test_without_texts_no_sentence_stands_in_the_document():
    assert "超低能耗" not in str([row["measures"] for row in task_document(listed(TEXT), texts=False)["tasks"]])


def test_all_fourteen_tasks_of_qingdao_get_proposals():
    found = make_task_list(load_plan(CITIES / "qingdao/plans/plan.yaml"), read_duties(CITIES / "qingdao/data"))
    assert ([one.state for one in found.tasks], all(one.candidates[0].role == "lead" for one in found.tasks)) == (
        ["proposed"] * 14,
        True,
    )


def test_the_organisations_that_yantai_states_are_unchanged():
    plan = load_plan(CITIES / "yantai/plans/plan.yaml")
    found = make_task_list(plan, read_duties(CITIES / "yantai/data"))
    assert ([one.task for one in found.tasks], {one.state for one in found.tasks}) == (list(plan.tasks), {"stated"})


def test_no_two_leads_outnumber_the_limit_and_leads_stand_first():
    for one in listed(HEAD + "".join(f"（{n}）{title}。\n" for n, title in zip("一二三四五六七", TITLES, strict=True))).tasks:
        roles = [candidate.role for candidate in one.candidates]
        assert (roles == sorted(roles), roles.count("lead") <= 2) == (True, True)


@given(st.lists(st.tuples(st.sampled_from(TITLES), st.sampled_from(OWN)), min_size=1, max_size=9))
@settings(max_examples=60, deadline=None)
def test_every_task_appears_once_and_stated_organisations_are_never_replaced(parts):
    text = HEAD + "".join(f"（{'一二三四五六七八九'[at]}）{title}。{own}\n" for at, (title, own) in enumerate(parts))
    document = document_of(text)
    plan = read_plan_text(document, place="990100")
    found = make_task_list(plan, read_duties(), document=document)
    assert [one.task for one in found.tasks] == list(plan.tasks)
    assert [one.state == "stated" for one in found.tasks] == [bool(task.responsible) for task in plan.tasks]
    assert all(not one.candidates for one in found.tasks if one.state == "stated")


@given(st.sampled_from(TITLES), st.sampled_from(TITLES))
@settings(deadline=None)
def test_more_text_never_lowers_what_speaks_for_a_duty(title, more):
    rows = read_duties().clauses
    less = {g.clause.id: g.points for g in find_grounds({"title": (title,)}, rows)}
    all_of_it = {g.clause.id: g.points for g in find_grounds({"title": (title,), "measure": (more,)}, rows)}
    assert all(all_of_it[name] >= points for name, points in less.items())


def test_a_word_inside_a_longer_one_counts_once():
    (ground,) = [g for g in find_grounds({"title": ("推广新能源",)}, read_duties().clauses) if g.clause.id == "dr-energy"]
    assert ground.words == ("新能源",)


def test_points_and_score_follow_the_stated_weights():
    # 岸电 in the title: place 1.0 × two characters 0.5 × lead 1.0 = 0.5; score 1 - exp(-0.5) = 0.39
    grounds = find_grounds({"title": ("岸电",)}, read_duties().clauses)
    (found,) = propose(grounds, find_names(read_duties(), (), place=""))
    assert ([float(g.points) for g in grounds], str(found.score), found.role) == ([0.5], "0.39", "lead")


def test_a_support_alone_leads_nothing():
    rows = [replace(row, role="support") for row in read_duties().clauses]
    grounds = find_grounds({"title": ("建设港口岸电设施",)}, rows)
    assert {one.role for one in propose(grounds, find_names(read_duties(), (), place=""))} == {"support"}
