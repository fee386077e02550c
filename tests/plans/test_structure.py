"""Chapters, sections, items and the tasks among them; the texts are invented."""

from __future__ import annotations

import time

import pytest

from dafeng.core.documents import Paragraph
from dafeng.plans.headings import ordinal, read_mark
from dafeng.plans.lines import clean_lines, mend_lines
from dafeng.plans.read import read_plan_text
from dafeng.plans.script import clean
from dafeng.plans.structure import outline
from dafeng.plans.tasks import is_free
from tests.plans.conftest import document_of

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


@pytest.mark.parametrize(
    ("line", "kind", "rank", "number"),
    [
        ("第一部分 总论", "numbered", 0, "第一部分"),
        ("第十二章 保障", "numbered", 1, "第十二章"),
        ("第三节 工业", "numbered", 2, "第三节"),
        ("第五条 本办法", "numbered", 2.5, "第五条"),
        ("十一、任务", "numbered", 3, "十一、"),
        ("（十）任务", "numbered", 4, "（十）"),
        ("12.任务", "numbered", 5, "12."),
        ("１．任务", "numbered", 5, "1."),
        ("3、任务", "numbered", 5, "3、"),
        ("（3）任务", "numbered", 6, "（3）"),
        ("3）任务", "numbered", 6, "3）"),
        ("③任务", "numbered", 7, "③"),
        ("专栏3 重点工程", "box", 0, "专栏3"),
        ("附件2：清单", "appendix", 0, "附件2"),
        ("注：按当量值计算", "note", 0, "注"),
        ("抄送：市委各部门。", "footer", 0, ""),
        ("云政发〔2022〕8号", "head", 0, ""),
        ("2022年11月3日", "head", 0, ""),
        ("3.5万吨标准煤", "text", 0, ""),
        ("二、三产业协同发展", "text", 0, ""),
        ("第二章程", "text", 0, ""),
        ("附件1中的项目应当按期开工。", "text", 0, ""),
    ],
)
def test_a_line_announces_what_it_begins(line, kind, rank, number):
    mark = read_mark(clean(Paragraph(0, 0, len(line), line)).text)
    assert (mark.kind, mark.rank, mark.number) == (kind, rank, number)


@pytest.mark.parametrize(
    ("number", "value"), [("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("一百零二", 102), ("⑦", 7)]
)
def test_chinese_numbers_are_read(number, value):
    assert ordinal(number) == value


@pytest.mark.parametrize("title", ["总体要求", "主要目标", "工作原则", "发展基础", "面临形势", "附则", "总体要求和主要目标"])
def test_these_headings_order_nothing(title):
    assert is_free(title)


@pytest.mark.parametrize(
    "title", ["强化目标责任", "推进基础设施绿色升级", "夯实数据基础", "主要目标和重点任务", "完善目标评价考核"]
)
def test_these_headings_order_something(title):
    assert not is_free(title)


def test_styles_of_headings_are_followed_where_numbers_lack():
    lines = [
        ("云溪市方案", 1),
        ("总体目标", 2),
        ("到2030年达峰。", 0),
        ("主要任务", 2),
        ("优化能源", 3),
        ("发展风电。", 0),
        ("节约用能", 3),
    ]
    document = document_of("\n".join(text for text, _ in lines))
    levels = {number: level for number, (_, level) in enumerate(lines) if level}
    parts = outline(mend_lines(document, clean_lines(document)[0]), levels=levels)
    assert [(part.level, part.title) for part in parts[1:]] == [
        ("chapter", "总体目标"), ("chapter", "主要任务"), ("section", "优化能源"), ("section", "节约用能")
    ]  # fmt: skip


def test_a_first_sentence_with_a_figure_is_title_and_text(read_text):
    plan = read_text("一、任务\n1.到2025年，建成区绿地率达到40%。")
    assert [(task.title, len(task.targets)) for task in plan.tasks] == [("到2025年", 1)]


@pytest.mark.parametrize(
    "line",
    ["专栏1 工程\n", "注：1.说明\n", "附件1\n", "（一）做事。\n", "1.1做事\n",
     "能源转型行动\n建设风电场，推进屋顶光伏，提升能效，加强管理，落实责任。\n",
     "指标 单位 2020年 2025年\n", "指标\n单位\n2025年\n"],
)  # fmt: skip
def test_time_grows_with_the_length_and_no_faster(line):
    small, large = (min(seconds(line * count) for _ in range(2)) for count in (150, 1200))
    assert large < 24 * small + 0.5


@pytest.mark.parametrize("mark", ["1", "（", "1.", "…", "一、", "①", "#", "——", "“", "甲 ", "〔1〕", "1、"])
def test_long_lines_of_marks_are_read_in_time(mark):
    assert seconds(mark * 20_000) < 5


def seconds(text: str) -> float:
    """Processor time that a text takes to be read. [s]"""
    document = document_of(text)
    start = time.process_time()
    read_plan_text(document)
    return time.process_time() - start
