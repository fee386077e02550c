"""Chapters, sections, items and the tasks among them; the texts are invented."""

from __future__ import annotations

import pytest

TEXT = """云溪市碳达峰实施方案
一、总体要求
（一）指导思想。坚持系统观念。
二、主要目标
到2030年，森林覆盖率达到40%。
三、重点任务
（一）优化能源
1.发展风电。建设海上风电。（责任单位：市发改委）
2.发展光伏。建设屋顶光伏。
（二）节约用能。推进节能。
四、保障措施
加强领导。"""


def test_tasks_are_the_parts_without_parts_of_their_own(read_text):
    tasks = read_text(TEXT).tasks
    assert [(t.number, t.title, t.section) for t in tasks] == [
        ("1.", "发展风电", "（一）优化能源"),
        ("2.", "发展光伏", "（一）优化能源"),
        ("（二）", "节约用能", ""),
    ]


def test_a_title_is_the_first_line(read_text):
    assert read_text(TEXT).document.title == "云溪市碳达峰实施方案"


def test_tasks_carry_their_chapter(read_text):
    assert {task.chapter for task in read_text(TEXT).tasks} == {"三、重点任务"}


def test_the_anchor_of_a_task_shows_its_text(read_text):
    anchor = read_text(TEXT).tasks[0].anchor
    assert TEXT[anchor.start : anchor.end].startswith("1.发展风电")


def test_a_decimal_number_is_no_item(read_text):
    assert read_text("3.5万吨标准煤是去年的数。").tasks == ()


@pytest.mark.parametrize("number", ["（1）", "①"])
def test_measures_belong_to_their_task(read_text, number):
    text = f"一、任务\n（一）节能\n1.改造。\n{number}推进锅炉改造。（责任单位：市工信局）\n2.监察。"
    assert [task.organisations for task in read_text(text).tasks] == [("市工业和信息化局",), ()]
