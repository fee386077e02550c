"""Sentences that order an action are measures; statements and dated results are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.plans.lines import read_lines
from dafeng.plans.measures import find_measures, order_verbs
from dafeng.plans.read import read_plan_text
from tests.plans.conftest import document_of

TEXT = (
    "测试市碳达峰方案\n一、重点任务\n（一）改造老旧锅炉。全面摸清锅炉底数。大力推进锅炉改造，推广余热利用；对小锅炉实行清零。"
    "锅炉是用能大户。到2030年，完成改造200台。（责任单位：市工业和信息化局）\n1.另行印发目录。\n"
)


def measures(text: str) -> list[str]:
    """Measures of the first task of a text."""
    document = document_of(text)
    plan = read_plan_text(document, place="990100")
    found = find_measures(plan.tasks[0], scripts=read_lines(document)[0], place="990100")
    assert all(document.text[one.anchor.start : one.anchor.end] == one.text for one in found if not one.titled)
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("sentence", "verbs"),
    [
        ("大力推进锅炉改造，推广余热利用", ("推进", "推广")),
        ("因地制宜、稳步发展地热", ("发展",)),
        ("对小锅炉实施清单管理", ("实施",)),
        ("一是完善价格机制", ("完善",)),
        ("锅炉是用能大户", ()),
        ("到2030年，完成改造200台", ()),
        ("到2030年，推广热泵200台", ("推广",)),
        ("“十五五”期间，形成新的产业格局", ()),
        ("", ()),
    ],
)
def test_verbs_that_order_are_found(sentence, verbs):
    assert order_verbs(sentence) == verbs


def test_a_measure_is_a_sentence_that_orders_and_knows_its_characters():
    text = TEXT.replace("1.另行印发目录。\n", "")
    assert measures(text) == ["全面摸清锅炉底数", "大力推进锅炉改造，推广余热利用", "对小锅炉实行清零"]


def test_a_task_that_orders_nothing_in_a_sentence_has_its_title():
    assert measures("测试市方案\n一、重点任务\n（一）改造锅炉。锅炉是用能大户。\n") == ["改造锅炉"]


def test_without_the_document_the_title_is_the_measure():
    task = read_plan_text(document_of(TEXT)).tasks[0]
    (only,) = find_measures(task)
    assert (only.text, only.titled, only.anchor) == (task.title, True, task.anchor)


def test_organisations_in_brackets_are_no_part_of_a_measure():
    text = "测试市方案\n一、重点任务\n（一）改造锅炉。推进锅炉改造（市工业和信息化局、市生态环境局负责）。\n"
    assert measures(text) == ["推进锅炉改造"]


@given(st.text(alphabet="推进建设完善，。；：到2030年（）市局一是对“”、 ", max_size=40))
def test_no_sentence_breaks_the_search(sentence):
    assert all(verb in sentence for verb in order_verbs(sentence))
