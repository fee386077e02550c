"""Fractions become decimals without losing a digit that was given."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.numbers import KEPT_DIGITS, plain, to_decimal

GIVEN = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15)
FACTORS = st.fractions(min_value=Fraction(1, 10**6), max_value=10**9, max_denominator=10**7).filter(bool)


def test_a_finite_decimal_form_is_exact():
    assert to_decimal(Fraction(1, 8)) == Decimal("0.125")


def test_a_third_keeps_sixty_digits():
    assert to_decimal(Fraction(1, 3)) == Decimal("0." + "3" * KEPT_DIGITS)


def test_whole_numbers_have_no_exponent_in_their_text():
    assert str(plain(Decimal("1E+4"))) == "10000"


def test_trailing_zeros_after_the_point_go():
    assert str(plain(Decimal("1.2300"))) == "1.23"


@given(GIVEN, FACTORS)
def test_there_and_back_gives_the_same_number(value, factor):
    there = to_decimal(Fraction(value) * factor)
    assert to_decimal(Fraction(there) / factor) == value


@given(GIVEN)
def test_plain_text_keeps_the_number(value):
    assert plain(value) == value
