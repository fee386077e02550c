"""A name that the catalogue does not know stays itself, is told, and can be defined with the lines of the finding."""

from __future__ import annotations

import pytest

from dafeng.library.indicators import read_indicators
from dafeng.plans.matching import find_change, own_name
from dafeng.plans.storage import load_plan, plan_document, write_plan

CATALOGUE = read_indicators()
TEXT = """云汀市碳达峰实施方案
一、主要目标
到2030年，氨能装机规模达到20万千瓦，绿氨储罐达到12座。
二、任务
1.发展氨能。到2030年，全市氨能装机容量达到25万千瓦，森林覆盖率达到35%。"""


@pytest.fixture
def plan(read_text):
    return read_text(TEXT, place="990100", catalogue=CATALOGUE)


def test_names_that_say_the_same_are_one_provisional_indicator(plan):
    assert [(one.label.zh, one.unit, one.kind, one.targets) for one in plan.provisional] == [
        ("氨能装机规模", "万千瓦", None, ("990100-T01", "990100-T03")),
        ("绿氨储罐", "座", "count", ("990100-T02",)),
    ]


def test_targets_of_unknown_names_have_no_indicator(plan):
    assert [target.indicator_id for target in plan.targets] == [None, None, None, "forest_cover"]


def test_the_id_is_the_same_in_another_document(plan, read_text):
    other = read_text("别处方案\n到2035年，氨能装机容量达到9000万千瓦。", place="990200", catalogue=CATALOGUE)
    assert other.provisional[0].id == plan.provisional[0].id


def test_each_unknown_target_is_told_with_its_place_and_lines(plan):
    told = [f for f in plan.findings if f.rule == "plan.unknown_indicator"]
    assert [(f.severity, TEXT[slice(*map(int, f.at.rpartition(":")[2].split("-")))]) for f in told] == [
        ("info", "20万千瓦"), ("info", "12座"), ("info", "25万千瓦"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sentence",
    [
        "氨能装机规模达到20万千瓦",
        "绿氨储罐达到12座",
        "煤炭消费比重比2020年下降4个百分点",
        "森林覆盖率比2020年提高2%",
        "建成及在建的氨能装机容量达到30万千瓦",
    ],
)
def test_the_lines_of_a_finding_make_its_name_known(read_text, tmp_path, sentence):
    text = f"云汀市方案\n到2030年，{sentence}。"
    told = next(f for f in read_text(text, catalogue=CATALOGUE).findings if f.rule == "plan.unknown_indicator")
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators" / "own.yaml").write_text(told.remedy.en.partition("\n")[2], encoding="utf-8")
    again = read_text(text, catalogue=read_indicators(tmp_path))
    assert ([one.indicator_id[:12] for one in again.targets], again.provisional) == (["provisional_"], ())


def test_a_unit_outside_the_table_gets_no_lines(read_text):
    told = [
        f
        for f in read_text("方案\n到2030年，绿色项目储备规模达到3倍。", catalogue=CATALOGUE).findings
        if "unknown_ind" in f.rule
    ]
    assert [f.remedy.en for f in told] == ["the unit '倍' is unknown: check the reading"]


def test_without_a_catalogue_nothing_is_provisional(read_text):
    assert read_text(TEXT).provisional == ()


def test_provisional_indicators_are_kept_and_printed(plan):
    assert load_plan(write_plan(plan)).provisional == plan.provisional
    assert [one["kind"] for one in plan_document(plan)["provisional"]] == [None, "count"]


def test_a_file_without_provisional_indicators_is_read(plan):
    text = write_plan(plan)
    start, end = text.index("provisional:"), text.index("findings:")
    assert load_plan(text[:start] + text[end:]).provisional == ()


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        ("煤炭消费比重比2020年下降4个百分点", "decrease"),
        ("单位地区生产总值能源消耗比2020年下降13%", "decrease"),
        ("单位地区生产总值能源消耗下降13%以上", "decrease"),
        ("绿色出行比例年均提高1%", "yearly"),
        ("煤炭消费比重降至50%以下", None),
        ("非化石能源消费比重提高到20%", None),
        ("供电煤耗降至295克标准煤/千瓦时", None),
    ],
)
def test_a_change_is_told_from_a_level(read_text, sentence, change):
    assert [find_change(target) for target in read_text(f"方案\n到2025年，{sentence}。").targets] == [change]


def test_the_name_of_the_own_place_says_nothing_new(read_text):
    target = read_text("方案\n到2030年，烟台市绿色出行比例达到80%。").targets[0]
    assert [own_name(target, place) for place in ("370600", "370200", None)] == [
        "绿色出行比例", "烟台市绿色出行比例", "烟台市绿色出行比例",
    ]  # fmt: skip
