"""Reading a plan never fails, whatever the text; and a plan made of random targets is read back to them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.plans.lines import LONGEST
from dafeng.plans.read import read_plan_text
from tests.plans.conftest import document_of

PARTS = [
    "到2030年", "2025年底前", "“十四五”期间", "，", "、", "；", "。", "：", "（", "）", "分别", "其中", "达到",
    "下降", "降至", "不低于", "约", "以上", "左右", "50%", "300万千瓦", "2.5倍", "20家", "15个百分点",
    "非化石能源消费比重", "光伏装机", "单位地区生产总值能耗", "和", "的", "全部", "全覆盖", "比2020年", "累计",
    "建成", "力争", "截至", "不得超过", "责任单位：市发展改革委", "一、", "（一）", "1.", "应", "均", "\n",
]  # fmt: skip
NAMES = ["非化石能源消费比重", "森林覆盖率", "再生水利用率", "绿色出行比例", "电炉钢产量占比", "城市污水处理率", "湿地保护率"]
VERBS = {">=": "达到{}%", ">": "超过{}%", "<=": "不超过{}%", "~": "达到{}%左右"}


@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
@settings(max_examples=400)
def test_no_sequence_of_plan_words_breaks_the_reader(text):
    plan = read_plan_text(document_of(text))
    assert all(text[slice(*target.figure)] for target in plan.targets)


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_no_text_breaks_the_reader(text):
    assert read_plan_text(document_of(text)).document.name == "plan.txt"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.sampled_from([2025, 2030, 2035, 2060]),
            st.sampled_from(list(VERBS)),
            st.decimals(1, 99, places=1),
        ),
        min_size=1,
        max_size=7,
        unique_by=lambda target: target[0],
    )
)
def test_a_plan_made_of_targets_is_read_back_to_them(targets):
    text = "。".join(f"到{year}年，{name}{VERBS[side].format(value)}" for name, year, side, value in targets)
    read = [(t.indicator, t.year, t.comparator, t.value) for t in read_plan_text(document_of(text)).targets]
    assert read == targets


def test_an_empty_document_is_a_finding(read_text):
    assert [finding.rule for finding in read_text("").findings] == ["plan.empty"]


def test_a_text_without_targets_is_a_finding(read_text):
    assert "plan.no_targets" in [finding.rule for finding in read_text("从前有座山。").findings]


def test_what_lies_beyond_the_limit_is_told(read_text):
    line = "到2030年，森林覆盖率达到40%。\n"
    plan = read_text("字\n" * 20_000 + line)
    assert (plan.targets, plan.findings[0].rule) == ((), "plan.too_long")


def test_a_long_line_is_read_up_to_the_limit(read_text):
    plan = read_text("到2030年，森林覆盖率达到40%。" + "天" * LONGEST)
    assert [target.indicator for target in plan.targets] == ["森林覆盖率"]
    assert plan.findings[0].rule == "plan.too_long"


def test_a_dated_figure_without_a_name_is_told(read_text):
    plan = read_text("到2030年，达到40%。")
    assert (plan.targets, plan.findings[0].rule) == ((), "plan.doubtful_figure")


def test_a_letter_in_a_number_is_told(read_text):
    assert read_text("到2O30年，森林覆盖率达到40%。").findings[0].rule == "plan.lookalike"


@pytest.mark.parametrize("place", [None, "990100"])
def test_ids_begin_with_the_place(read_text, place):
    target = read_text("到2030年，森林覆盖率达到40%。", place=place).targets[0]
    assert target.id == f"{place or 'plan'}-T01"


def test_a_repeated_target_is_one_with_two_places(read_text):
    targets = read_text("到2030年，森林覆盖率达到40%。\n（一）绿化。到2030年，森林覆盖率达到40%。").targets
    assert [len(target.also) for target in targets] == [1]


def test_the_scope_of_a_listed_group_keeps_its_last_member(read_text) -> None:
    text = "到2027年，全市重点园区85%以上的食品、纺织、2万平方米以上化工、3万平方米以上冶金标准厂房，具备分户计量的能力。"
    (target,) = read_text(text, place="370600").targets
    assert "食品、纺织、2万平方米以上化工、3万平方米以上冶金标准厂房" in (target.scope or "").split("；")
