"""The printed form means the same tree."""

from __future__ import annotations

import pytest
from hypothesis import given

from dafeng.formula import parse
from dafeng.formula.expression import Apply, Expression, Name, fold, needs_brackets, rank, walk, write
from tests.formula.trees import expressions


@given(expressions)
def test_parsing_the_printed_form_gives_the_same_tree(expression):
    assert parse(str(expression)) == expression


@given(expressions)
def test_printing_twice_gives_the_same_text(expression):
    assert str(parse(str(expression))) == str(expression)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a+(b*c)", "a + b * c"),
        ("(a+b)*c", "(a + b) * c"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("a/(b*c)", "a / (b * c)"),
        ("(-a)**2", "(-a) ** 2"),
        ("-(a**2)", "-a ** 2"),
        ("a--b", "a - (-b)"),
        ("(a**2)**3", "(a ** 2) ** 3"),
        ("a**-2", "a ** -2"),
        ("where(a>(b),min(a,b),-(a+b))", "where(a > b, min(a, b), -(a + b))"),
    ],
)
def test_no_bracket_is_kept_that_is_not_needed(text, printed):
    assert str(parse(text)) == printed


def test_names_stand_once_in_the_order_they_appear():
    assert parse("b * a + b - c").names == ("b", "a", "c")


def test_kernels_are_listed():
    assert parse("decay(a) + min(a, b)", kernels={"decay"}).kernels == ("decay",)


def test_spelling_does_not_count_for_equality():
    assert parse("a  *b") == parse("(a * b)")


def test_a_node_knows_where_it_stands():
    node = parse("a + b * c").root.operands[1]
    assert (node.start, node.end) == (4, 9)


def test_walk_gives_operands_before_what_is_applied():
    assert [write(node) for node in walk(parse("a + b * c").root)] == ["a", "b", "c", "b * c", "a + b * c"]


def test_fold_counts_the_leaves():
    assert fold(parse("min(a, b + c, 3)").root, lambda node, parts: sum(parts) or 1) == 4


def test_a_comparison_binds_weakest():
    assert rank(parse("a < b").root) < rank(parse("a + b").root)


def test_a_difference_on_the_right_needs_brackets():
    inner = Apply("-", (Name("b"), Name("c")))
    assert needs_brackets(Apply("-", (Name("a"), inner)), 1)


def test_a_tree_prints_without_having_been_parsed():
    assert str(Expression(Apply("*", (Name("a"), Name("b"))))) == "a * b"
