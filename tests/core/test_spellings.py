"""One form of writing for what people write in many."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label
from dafeng.core.spellings import Named, index, scale_number, scale_text, tidy


def entry(symbol, *spellings):
    """A unit with spellings."""
    return Named(symbol, "base", Fraction(1), Label(symbol, symbol), symbol, spellings)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [("10⁴ t", "10^4t"), ("㎡", "m2"), ("t ／ ａ", "t/a"), ("kg·m⁻²", "kg*m^-2"), ("t**2", "t^2"), ("°C", "℃"), ("５％", "5%")],
)
def test_writing_is_brought_to_one_form(text, tidied):
    assert tidy(text) == tidied


@pytest.mark.parametrize(("scale", "word"), [(10**4, "万"), (10**8, "亿"), (10**10, "百亿"), (10**3, ""), (5, "")])
def test_chinese_has_a_word_for_the_scale(scale, word):
    assert scale_text(Fraction(scale)) == word


@pytest.mark.parametrize(
    ("scale", "text"), [(Fraction(10**4), "10^4"), (Fraction(5), "5"), (Fraction(1, 1000), "10^-3"), (Fraction(5, 2), "2.5")]
)
def test_figures_for_the_scale(scale, text):
    assert scale_number(scale) == text


def test_two_units_cannot_share_a_spelling():
    with pytest.raises(UnitError, match="'b'"):
        index([entry("a", "x"), entry("b", "x")])


def test_a_symbol_is_defined_once():
    with pytest.raises(UnitError):
        index([entry("a"), entry("a")])
