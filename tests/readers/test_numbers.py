"""Numbers are read exactly or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.readers.numbers import MISSING, of_float, plain, read_number


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("12.5", "12.5"),
        ("１２．５", "12.5"),
        ("1,234,567.80", "1234567.80"),
        ("1，234", "1234"),
        ("1 234 567", "1234567"),
        ("−3.5", "-3.5"),
        ("－3.5", "-3.5"),
        ("+7", "7"),
        (".5", "0.5"),
        ("274.", "274"),
        ("\u30009\u00a0", "9"),
        ("1.2E+03", "1.2E+3"),
        ("0", "0"),
        ("-0", "0"),
    ],
)
def test_a_printed_number_keeps_its_digits(printed: str, value: str) -> None:
    assert read_number(printed).value == Decimal(value)


@pytest.mark.parametrize(
    "printed", ["12,34", "1,23,456", "1.2.3", "1/2", "12万", "0x1F", "1_000", "--5", "1e999", "９９年", "Ⅻ月"]
)
def test_what_is_no_plain_number_is_not_guessed(printed: str) -> None:
    reading = read_number(printed)
    assert (reading.value, reading.missing) == (None, False)


@pytest.mark.parametrize("notation", ["", " ", "—", "——", "…", "……", "#", "-", "－", "／", "N/A", "不详", "\u3000", "..."])
def test_a_notation_of_missing_is_absent_and_not_zero(notation: str) -> None:
    reading = read_number(notation)
    assert (reading.value, reading.missing) == (None, True)


@pytest.mark.parametrize("printed", ["56%", "56％", "56 %"])
def test_a_percent_sign_is_noted_and_the_value_stays_as_printed(printed: str) -> None:
    reading = read_number(printed)
    assert (reading.value, reading.percent) == (Decimal(56), True)


@pytest.mark.parametrize(("printed", "said"), [("约2000", "about"), ("超过60%", "over"), ("≥90", "at least"), ("＜5", "under")])
def test_a_qualifier_is_kept_beside_the_number(printed: str, said: str) -> None:
    reading = read_number(printed)
    assert reading.qualifier == said
    assert reading.value is not None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**13), max_value=10**13))
def test_every_decimal_reads_back_from_its_plain_text(value: Decimal) -> None:
    assert read_number(plain(value)).value == value


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_thousands_separators_change_nothing(number: int) -> None:
    assert read_number(f"{number:,}").value == Decimal(number)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_stored_binary_number_reads_back_as_itself(number: float) -> None:
    assert float(of_float(number)) == number


@given(st.text(max_size=40))
def test_any_text_gives_a_reading(text: str) -> None:
    reading = read_number(text)
    assert not (reading.missing and reading.value is not None)


def test_no_notation_of_missing_holds_a_digit() -> None:
    assert not [word for word in MISSING if any(mark.isdigit() for mark in word)]
