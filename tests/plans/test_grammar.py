"""Pieces and grammar: what stands before, at and after a figure."""

from __future__ import annotations

import pytest

from dafeng.plans.grammar import LONGEST, Figure, Nested, Remark, Separator, parse
from dafeng.plans.lexer import cut


def kinds(text):
    return [piece.kind for piece in cut(text)]


def test_pieces_cover_the_sentence():
    text = "到2030年，甲、乙占比分别达到10%以上和20%（其中丙5%），全部完成改造"
    assert "".join(piece.text for piece in cut(text)) == text


@pytest.mark.parametrize("text", ["达到国内先进水平", "较大幅度提高", "下降通道", "不低于人", "分工明确"])
def test_verbs_are_words_where_no_figure_follows(text):
    assert set(kinds(text)) == {"WORDS"}


@pytest.mark.parametrize(
    "text", ["加快3个基地建设", "容量6000千瓦及以上电厂", "5万吨级码头", "《2030年方案》", "500千伏线路", "2×66万千瓦机组"]
)
def test_figures_inside_names_are_words(text):
    assert "VALUE" not in kinds(text)


def test_a_figure_has_its_parts():
    figure = parse(cut("到2030年核电装机力争达到130万千瓦左右"))[0]
    assert isinstance(figure, Figure)
    assert [piece.kind for piece in figure.before] == ["TIME", "WORDS", "STRENGTH"]
    assert (figure.verb.text, figure.amounts[0].qualifiers[0].text) == ("达到", "左右")


def test_brackets_with_a_figure_are_nested():
    assert [type(element) for element in parse(cut("装机90万千瓦（其中海上40万千瓦）"))] == [Figure, Nested]


def test_brackets_without_a_figure_are_words():
    assert [type(element) for element in parse(cut("各区（市）推进改造，落实责任"))] == [Remark, Separator, Remark]


def test_distributed_amounts_are_one_figure():
    assert len(parse(cut("甲、乙分别达到10%、20%"))[0].amounts) == 2


def test_a_sentence_that_is_too_long_is_not_parsed():
    assert parse(cut("，".join(["占比5%"] * LONGEST))) is None
