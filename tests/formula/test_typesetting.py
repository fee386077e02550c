"""The typeset form is well-formed MathML whatever goes in, and shows the same tree."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.formula import parse, typeset
from dafeng.web.mathml import ELEMENTS
from tests.formula.trees import expressions

MATH = "{http://www.w3.org/1998/Math/MathML}"


def shown(markup):
    """Characters of the markup in reading order."""
    return "".join(ET.fromstring(markup).itertext())


def elements(markup):
    """Names of the elements in the markup."""
    return {element.tag.removeprefix(MATH) for element in ET.fromstring(markup).iter()}


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("a * b", "a×b"),
        ("(a + b) * c", "(a+b)×c"),
        ("a - -b", "a−(−b)"),
        ("a / (b + c)", "ab+c"),
        ("(a / b) ** 2", "(ab)2"),
        ("a ** -2", "a−2"),
        ("raw_coal * 3e-3", "rawcoal×3×10−3"),
        ("min(a, b)", "min(a,b)"),
        ("where(a <= b, a, 0)", "{aa≤b0否则 / otherwise"),
    ],
)
def test_the_characters_stand_in_reading_order(text, characters):
    assert shown(typeset(parse(text), {})) == characters


def test_symbols_have_subscripts():
    assert "<msub>" in typeset(parse("fuel * b"), {"fuel": "FC_i"})


def test_values_stand_in_place_of_symbols():
    markup = typeset(parse("a * b"), {"a": "A"}, values={"a": "1 200 t", "b": "26.7 GJ/t"}, subject="E", result="3.2e4")
    assert shown(markup) == "E=1 200t×26.7GJ/t=3.2e4"


def test_a_division_is_a_fraction():
    assert elements(typeset(parse("a / b"), {})) == {"math", "mrow", "mfrac", "mi"}


@given(expressions)
def test_the_page_keeps_every_element(expression):
    assert elements(typeset(expression, {})) <= ELEMENTS


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_symbol_and_value_is_well_formed(symbol, value, result):
    assert shown(typeset(parse("a / b"), {"a": symbol}, values={"b": value}, subject=symbol, result=result)) is not None


def test_markup_in_a_symbol_is_text():
    assert "<script" not in typeset(parse("a"), {"a": "<script>alert(1)</script>"})


def test_a_browser_draws_a_fraction_higher_than_a_letter(chromium):
    from playwright.sync_api import sync_playwright

    page_text = f"<!doctype html><body>{typeset(parse('a'), {})}{typeset(parse('a / b'), {})}"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(page_text)
        heights = page.eval_on_selector_all("math", "all => all.map(m => m.getBoundingClientRect().height)")
        browser.close()
    assert heights[1] > 1.5 * heights[0]
