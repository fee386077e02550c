"""Hard line ends are mended and marks of pages left out; positions stay. The texts are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.plans.lines import clean_lines, mend_lines
from tests.plans.conftest import document_of

SENTENCE = "坚持系统观念统筹推进能源工业建筑交通等重点领域绿色低碳转型并加快形成节约资源和保护环境的空间格局"


def mended(text):
    document = document_of(text)
    return mend_lines(document, clean_lines(document)[0])


def texts(text):
    return [script.text for script in mended(text)]


def wrapped(text, width):
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


@pytest.mark.parametrize("width", [24, 30, 34, 38, 45])
def test_a_paragraph_set_to_a_width_is_one_again(width):
    whole = SENTENCE * 5 + "。"
    assert texts("云溪市方案\n" + wrapped(whole, width) + "\n（一）绿化。") == ["云溪市方案", whole, "（一）绿化。"]


def test_two_widths_stand_in_one_text():
    text = wrapped(SENTENCE * 8 + "。", 30) + "\n" + wrapped(SENTENCE * 8 + "。", 44)
    assert texts(text) == [SENTENCE * 8 + "。"] * 2


def test_a_wrap_inside_a_number_and_a_word_is_mended():
    text = "到2025年森林覆盖率达到4\n0.5%，新型储能装机规模20\n30年达到三百万千瓦。"
    assert texts(text) == ["到2025年森林覆盖率达到40.5%，新型储能装机规模2030年达到三百万千瓦。"]


def test_positions_stay_where_lines_are_mended():
    text = "云溪市方案\n" + wrapped(SENTENCE * 4 + "。", 30)
    assert all(text[place] == mark for script in mended(text) for mark, place in zip(script.text, script.origin, strict=True))


def test_wrapped_and_unwrapped_paragraphs_stand_in_one_text():
    long = SENTENCE * 3 + "。"
    text = wrapped(long, 32) + "\n" + "\n".join([long] * 3) + "\n" + wrapped(long, 40)
    assert texts(text) == [long] * 5


def test_indents_tell_paragraphs_apart_where_no_mark_does():
    first, second = "　　" + SENTENCE * 2 + "甲乙丙丁", "　　" + SENTENCE * 2 + "。"
    text = wrapped(first, 30) + "\n" + wrapped(second, 30)
    assert texts(text) == [first.strip(), second.strip()]


@pytest.mark.parametrize(
    "heading",
    ["（二）节约用能", "2.节约用能", "附件1", "专栏2 节能工程", "注：按当量值计算", "（责任单位：市能源局）", "——节约用能"],
)
def test_headings_and_points_are_not_glued(heading):
    assert heading.replace(" ", "") in texts(wrapped(SENTENCE * 4, 30)[:-3] + "\n" + heading)


def test_lists_of_short_lines_are_not_glued():
    lines = ["非化石能源消费比重", "煤炭消费总量", "森林覆盖率", "绿色建筑占比", "新能源汽车保有量", "再生水利用率"]
    assert texts("\n".join(lines)) == lines


@pytest.mark.parametrize("mark", ["— 1 —", "- 1 -", "1", "第1页", "第 1 页 共 9 页", "1/9"])
def test_numbers_of_pages_are_left_out_inside_a_sentence(mark):
    first, second = wrapped(SENTENCE * 2, 30), wrapped(SENTENCE * 2 + "。", 30)
    assert mark.replace(" ", "") not in "\n".join(texts(f"{first}\n{mark}\n{second}")).split("\n")


def test_what_is_printed_on_every_page_is_kept_once():
    page = wrapped(SENTENCE * 2, 30)
    text = "\n".join(f"云溪市碳达峰方案\n{page}\n— {number} —" for number in range(1, 5))
    assert sum("云溪市碳达峰方案" in line for line in texts(text)) == 1


def test_a_cell_that_comes_back_is_no_header_of_pages():
    assert texts("约束性\n甲指标占比\n约束性\n乙指标占比\n约束性") == ["约束性", "甲指标占比", "约束性", "乙指标占比", "约束性"]


@given(st.integers(22, 48), st.integers(2, 6))
def test_any_width_gives_the_paragraph_back(width, times):
    whole = SENTENCE * times * 2 + "。"
    assert texts(wrapped(whole, width)) == [whole]
