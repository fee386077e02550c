"""Estimates: a stated rule over stated inputs, or a finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.library.indicators import read_indicators
from dafeng.work.estimates import Operand, estimate
from dafeng.work.tracing import TraceBook

SAYS = {"zh": "推算", "en": "estimated"}
KNOWN = {
    "clean_capacity": Operand(
        2000.0, 2000.0, 2000.0, "万千瓦", "scores/clean_capacity.2025", "secondary", Label("清洁", "clean")
    ),
    "total_capacity": Operand(2366.0, 2366.0, 2366.0, "万千瓦", "scores/total_capacity.2023", "derived", Label("总", "total")),
}
CATALOGUE = read_indicators()


def find(item: Mapping[str, Any]) -> Operand | None:
    return KNOWN.get(item.get("indicator", ""))


def rule(expression: str, **inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": "r",
        "indicator": "clean_capacity_share",
        "year": 2025,
        "basis": "estimated",
        "expression": expression,
        "inputs": inputs,
        "says": SAYS,
    }


CLEAN = {"indicator": "clean_capacity", "year": 2025}
TOTAL = {"indicator": "total_capacity", "year": 2023}
OTHER = {
    "value": 1041,
    "low": 1000,
    "high": 1200,
    "unit": "万千瓦",
    "source": "dafeng-scenarios",
    "grade": "assumption",
    "label": {"zh": "其他", "en": "other"},
}


def test_the_value_is_the_expression_of_the_inputs() -> None:
    made, _ = estimate([rule("clean / total", clean=CLEAN, total=TOTAL)], find, CATALOGUE, TraceBook())
    assert made[0].score.value == pytest.approx(2000 / 2366)


def test_the_interval_comes_from_the_corners_of_the_inputs() -> None:
    made, _ = estimate([rule("clean / (clean + other)", clean=CLEAN, other=OTHER)], find, CATALOGUE, TraceBook())
    assert (made[0].score.low, made[0].score.high) == pytest.approx((2000 / 3200, 2000 / 3000))


def test_the_worst_grade_of_the_inputs_is_kept() -> None:
    made, _ = estimate([rule("clean / (clean + other)", clean=CLEAN, other=OTHER)], find, CATALOGUE, TraceBook())
    assert made[0].score.grade == "assumption"


def test_a_missing_input_makes_a_finding_and_no_value() -> None:
    made, findings = estimate(
        [rule("clean / gone", clean=CLEAN, gone={"indicator": "gone", "year": 1})], find, CATALOGUE, TraceBook()
    )
    assert (made, findings[0].rule) == ((), "estimate.input_missing")


def test_units_that_do_not_fit_are_refused() -> None:
    with pytest.raises(FormulaError):
        estimate([rule("clean * total", clean=CLEAN, total=TOTAL)], find, CATALOGUE, TraceBook())


def test_every_input_is_reachable_from_the_trace() -> None:
    traces = TraceBook()
    made, _ = estimate([rule("clean / (clean + other)", clean=CLEAN, other=OTHER)], find, CATALOGUE, traces)
    assert traces.get(made[0].score.address).inputs == ("scores/clean_capacity.2025", "assumptions/r.other")


def test_a_later_rule_can_use_an_earlier_one() -> None:
    first = rule("clean / total", clean=CLEAN, total=TOTAL)
    second = {**rule("1 - share", share={"estimate": "r"}), "id": "s"}
    made, _ = estimate([first, second], find, CATALOGUE, TraceBook())
    assert made[1].score.value == pytest.approx(1 - 2000 / 2366)
