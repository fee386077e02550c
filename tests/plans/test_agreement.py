"""Proposals against a plan that names its organisations, counted by hand."""

from __future__ import annotations

from pathlib import Path

from dafeng.core.labels import Label
from dafeng.plans.agreement import check_agreement
from dafeng.plans.duties import Body, DutyClause, DutyTable, read_duties
from dafeng.plans.read import read_plan_text
from dafeng.plans.storage import load_plan
from tests.plans.conftest import document_of

CITIES = Path(__file__).parents[2] / "cities"
TEXT = (
    "测试市方案\n一、重点任务\n（一）建设港口岸电。（责任单位：市交通运输局、市财政局）\n"
    "（二）推广绿色建筑。（责任单位：市住房城乡建设局、市教育局、各区政府）\n（三）做好后勤。（责任单位：各区政府、市各部门）\n"
)


def row(name: str, body: str, word: str, grade: str, *tasks: str) -> DutyClause:
    """A duty that one word speaks of."""
    return DutyClause(name, body, "transport", Label("职责", "duty"), (word,), "lead", "", grade, (), "", tasks)


TABLE = DutyTable(
    (
        row("a", "交通运输局", "港口岸电", "provisional"),
        row("b", "住房城乡建设局", "绿色建筑", "derived", "990100-A02"),
        row("c", "商务局", "绿色建筑", "derived", "990100-A01", "990100-A02"),
    ),
    {name: Body(name, "市", ()) for name in ("交通运输局", "住房城乡建设局", "商务局")},
    "0" * 64,
)


def test_counts_are_those_of_a_hand_count():
    # named: 交通 + 财政, 住建 + 教育 (各区政府 and 各部门 are collectives); proposed: 交通; 住建 and 商务
    whole, left_out, without = check_agreement(read_plan_text(document_of(TEXT), place="990100"), TABLE)
    told = [
        (one.tasks, one.stated, one.known, one.proposed, one.hits, one.leads, one.leads_named)
        for one in (whole, left_out, without)
    ]
    assert told == [(2, 4, 2, 3, 2, 2, 2), (2, 4, 2, 2, 1, 2, 1), (2, 4, 2, 1, 1, 1, 1)]


def test_shares_are_those_of_the_counts():
    whole = check_agreement(read_plan_text(document_of(TEXT), place="990100"), TABLE)[0]
    assert (whole.precision, whole.recall) == (2 / 3, 0.5)


def test_a_plan_that_names_nobody_has_no_shares():
    whole = check_agreement(load_plan(CITIES / "qingdao/plans/plan.yaml"), read_duties())[0]
    assert (whole.tasks, whole.precision, whole.recall) == (0, None, None)


def test_proposals_for_yantai_agree_as_the_document_says():
    # docs/verbs/list_tasks.md; titles, headings and targets only, each task without the rows that only it shows
    left_out = check_agreement(load_plan(CITIES / "yantai/plans/plan.yaml"), read_duties())[1]
    assert (left_out.precision or 0) > 0.8
    assert (left_out.recall or 0) > 0.55
