"""Numbers of the view: exact percent, nothing that JSON cannot hold."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.labels import Label
from dafeng.core.traces import Anchor, Trace
from dafeng.work.tracing import TraceBook
from dafeng.work.view_number import Frame, curve, plain, write_anchor, write_label

FRAME = Frame(
    "0001-abcdef01",
    TraceBook([Trace("scores/a.2025", "indicator", Label("甲", "a"), "0.071", "1", source="s", grade="derived")]),
)


def number(value, unit, **more):
    return FRAME.number(value, unit, year=2025, basis="actual", address="scores/a.2025", **more)


def test_a_share_becomes_percent_without_noise():
    # 0.071 * 100 is 7.1000000000000005 in binary
    assert (number(0.071, "1", share=True)["value"], number(0.071, "1", share=True)["unit"]) == (7.1, "%")


def test_an_index_of_unit_one_stays():
    assert (number(1.25, "1")["value"], number(1.25, "1")["unit"]) == (1.25, "1")


def test_a_capacity_is_not_scaled():
    assert (number(500.0, "万千瓦", share=True)["value"], number(500.0, "万千瓦", share=True)["unit"]) == (500.0, "万千瓦")


def test_the_interval_is_scaled_with_the_value():
    found = number(0.2, "1", share=True, low=0.1, high=0.3)
    assert (found["low"], found["high"]) == (10.0, 30.0)


def test_grade_and_source_come_from_the_trace():
    assert (number(1.0, "1")["grade"], number(1.0, "1")["source"], number(1.0, "1")["address"]) == (
        "derived",
        "s",
        "0001-abcdef01/scores/a.2025",
    )


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), np.float64("-inf"), Decimal("NaN")])
def test_what_is_no_number_is_absent(value):
    assert plain(value) is None


@pytest.mark.parametrize(("value", "shown"), [(np.float64(1.5), 1.5), (Decimal("2.25"), 2.25), (3, 3), (np.int64(4), 4.0)])
def test_numbers_of_other_libraries_become_plain(value, shown):
    assert (plain(value), type(plain(value)) in (int, float)) == (shown, True)


@given(st.decimals(min_value=-10, max_value=10, places=9))
def test_percent_is_the_exact_hundredfold(value):
    assert plain(value, percent=True) == float(value * 100)


def test_a_curve_keeps_six_digits_and_gaps():
    assert curve([1234567.8, 0.123456789, float("nan")]) == [1234570.0, 0.123457, None]


def test_a_curve_of_shares_is_percent():
    assert curve([0.0714285714], percent=True) == [7.14286]


def test_a_missing_label_or_anchor_stays_missing():
    assert (write_label(None), write_anchor(None)) == (None, None)


def test_an_anchor_keeps_its_document():
    assert write_anchor(Anchor(1, 2, 0, "a", "方案")) == {
        "start": 1,
        "end": 2,
        "paragraph": 0,
        "sha256": "a",
        "document": "方案",
    }
