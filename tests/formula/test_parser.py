"""Whatever the input: an expression, or an error that names the character. Never a hang."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import FormulaError
from dafeng.formula import parse

FORBIDDEN = [
    "", " ", "a.b", "a[0]", "a()", "f(a)", "__import__('os')", "lambda: 1", "a if b else c", "a and b", "not a", "[a]", "{a}",
    "a := 1", "a = b", "a // b", "a % b", "a @ b", "a ^ b", "a | b", "~a", "+a", "a < b < c", "(a < b) + 1", "-(a < b)",
    "min(a < b, c)", "where(a, b, c)", "where(a < b, c)", "where(min(a, b), a, b)", "min(a)", "min(*a)", "max(a, key=b)",
    "min", "where + 1", "a ** b", "a ** 2.0", "a ** 0", "a ** 10", "a ** -x", "a ** (1 + 1)", "2 ** 3 ** 2", "1_000", "0x10",
    "1j", "1e999", "007", "1e5x", "'a'", "True", "None", "a; b", "a\\", "a # b", "é", "碳 * 2", "a b", "(a", "a)", "a +", "* a",
    "a,", "1 2", "min(a, b,, c)", "...", "a..b", "1.2.3", "a!b", "a <> b", "a is b", "import os", "1" * 40,
]  # fmt: skip


@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_is_no_equation_is_refused(text):
    with pytest.raises(FormulaError, match="character"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "a" + ")" * 5000,
        "(" * 300 + "a" + ")" * 300,
        "-" * 3000 + "a",
        "a" + "+a" * 1900,
        "a" + "*(a" * 150 + ")" * 150,
        "min(" * 90 + "a" + ", a)" * 90 + " + 1" * 400,
        "a" * 5000,
        "((((a ** 9) ** 9) ** 9) ** 9) ** 9",
        "*".join(["(a ** 9) ** 9"] * 10),
    ],
)
def test_long_deep_or_exploding_input_is_refused(text):
    with pytest.raises(FormulaError):
        parse(text)


@pytest.mark.parametrize(
    "text", ["a" + " + a" * 90, "(" * 90 + "a" + ")" * 90, "a\n  + b", ".5 * a", "5. * a", "1e-3 * a", "max(a, b, c, 1)"]
)
def test_what_an_equation_needs_is_let_through(text):
    assert "a" in parse(text).names


@pytest.mark.parametrize(
    ("text", "character"), [("a + b $ c", 7), ("a + lambda", 5), ("ab * f(x)", 6), ("a * (b < c)", 6), ("x ** y", 6)]
)
def test_the_error_names_the_character(text, character):
    with pytest.raises(FormulaError) as caught:
        parse(text, where="combustion.heat")
    assert caught.value.where == f"combustion.heat, character {character}"


@pytest.mark.parametrize(
    ("text", "hint"), [("a^2", r"\*\*"), ("a × b", r"write \*"), ("a = b", "right-hand side"), ("a.b", "no dot")]
)
def test_frequent_slips_get_a_hint(text, hint):
    with pytest.raises(FormulaError, match=hint):
        parse(text)


def test_kernels_are_let_through_by_name():
    assert parse("decay(a, 0.5)", kernels={"decay"}).kernels == ("decay",)


def test_the_digits_of_a_number_are_kept():
    assert str(parse("a * 0.10")) == "a * 0.10"


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_refused(text):
    try:
        found = str(parse(text))
    except FormulaError as error:
        found = error.read("zh")
    assert found


@given(st.text(alphabet="ab12.+-*/()<>=, e_minwhr", max_size=60))
def test_any_text_of_the_alphabet_is_an_expression_or_refused(text):
    try:
        found = str(parse(text))
    except FormulaError as error:
        found = error.read("en")
    assert found
