"""The kept sizes of units are exactly those that pint works out, and are used for no other definitions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dafeng.core.errors import UnitError
from dafeng.core.ratios import FIELDS, find_ratios, read_ratios, work_out_ratios, write_ratios

DEFINED = (("gram", "[mass]"), ("year", "[time]"), ("mu", "2000/3 * gram"), ("flow", "1.5e3 * mu / year ** 2"))
MADE = {
    "gram": (Fraction(1), (("mass", 1),)),
    "year": (Fraction(1), (("time", 1),)),
    "mu": (Fraction(2000, 3), (("mass", 1),)),
    "flow": (Fraction(10**6), (("mass", 1), ("time", -2))),
}
"""By hand: 1500 x 2000 / 3 is a million."""


def table():
    return "\n".join(",".join(row) for row in (FIELDS, *write_ratios(DEFINED)))


def test_sizes_are_worked_out_exactly():
    assert work_out_ratios(DEFINED) == MADE


def test_a_kept_table_says_what_was_worked_out():
    assert read_ratios(table(), DEFINED) == MADE


@pytest.mark.parametrize("other", [DEFINED[:3], (*DEFINED[:3], ("flow", "1.5e3 * mu / year")), ()])
def test_a_table_of_other_definitions_is_not_used(other):
    assert read_ratios(table(), other) is None


def test_definitions_that_are_not_kept_are_worked_out():
    assert find_ratios(DEFINED) == MADE


def test_a_definition_that_cannot_be_read_is_refused():
    with pytest.raises(UnitError):
        find_ratios((("gram", "[mass]"), ("mu", "2000 * nothing")))
