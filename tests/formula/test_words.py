"""The sentence says what the expression says, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given

from dafeng.core.labels import Label
from dafeng.formula import parse, words
from tests.formula.trees import NAMES, expressions

LABELS = {
    "burned": Label("燃烧量", "fuel burned"),
    "ncv": Label("低位发热量", "net calorific value"),
    "decay": Label("衰减", "decay"),
}


def test_numbers_are_filled_in():
    said = words(
        parse("burned * ncv"),
        LABELS,
        values={"burned": "1 200 t", "ncv": "26.7 GJ/t"},
        subject=Label("热量", "heat"),
        result="32 040 GJ",
    )
    assert said == Label(
        "热量 = 燃烧量（1 200 t） × 低位发热量（26.7 GJ/t） = 32 040 GJ",
        "heat = fuel burned (1 200 t) × net calorific value (26.7 GJ/t) = 32 040 GJ",
    )


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("burned", "燃烧量", "fuel burned"),
        ("(burned + ncv) / 2", "（燃烧量 + 低位发热量） ÷ 2", "(fuel burned + net calorific value) ÷ 2"),
        ("-burned ** -2", "−燃烧量⁻²", "−fuel burned⁻²"),
        ("burned - -ncv", "燃烧量 − （−低位发热量）", "fuel burned − (−net calorific value)"),
        ("min(burned, x, 3)", "（燃烧量、x、3 中的最小者）", "(the least of fuel burned, x and 3)"),
        ("max(burned, 0)", "（燃烧量、0 中的最大者）", "(the greatest of fuel burned and 0)"),
        ("where(x >= 1, burned, 0)", "（若 x 不小于 1，取 燃烧量，否则取 0）", "(fuel burned if x is at least 1, otherwise 0)"),
        ("decay(burned, 2)", "衰减（燃烧量，2）", "decay(fuel burned, 2)"),
    ],
)
def test_an_expression_reads_as_a_sentence(text, zh, en):
    assert words(parse(text, kernels={"decay"}), LABELS) == Label(zh, en)


@given(expressions)
def test_every_quantity_is_named_in_both_languages(expression):
    labels = {name: Label(f"量{name}", f"quantity-{name}") for name in NAMES}
    said = words(expression, labels)
    assert [n for n in expression.names if f"量{n}" not in said.zh or f"quantity-{n}" not in said.en] == []
