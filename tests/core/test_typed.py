"""Numbers and days as people type them: read exactly or refused in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError, SettingError
from dafeng.core.typed import read_typed_day, read_units, read_whole
from dafeng.ledger.market.amounts import read_amount
from dafeng.library.strict import number
from dafeng.work.right_books import read_quantity

READERS = (
    lambda text: read_units(text, 2, where="x", least=1),
    lambda text: read_amount(text, 2, where="x"),
    lambda text: read_quantity(text, 2),
)
AMBIGUOUS = (
    "1e3", "1E3", "1e2000000000", "1e3000000", "1_0", "1,5", "1,50", "1,0000", "10,00", ",100", "100,", "1,,000", "0,100",
    "+1", "05", ".5", "5.", "1.2.3", "1.000,5", "٣", "３", "１０", "1 000", "1\u2009000", "−1", "0x10", "½", "²", "NaN", "inf",
    "", " ", "1.005", "1.0000000000000000000000000000000001", "9" * 61, "9" * 100_000, "1\n2",
)  # fmt: skip


@pytest.mark.parametrize("text", AMBIGUOUS)
@pytest.mark.parametrize("read", READERS)
def test_what_can_be_misread_is_refused(read: object, text: str) -> None:
    with pytest.raises(SettingError):
        read(text)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "units"), [("1", 100), (" 1.5 ", 150), ("1,234.50", 123450), ("12，345", 1234500), ("0.01", 1), ("1.500", 150)]
)
@pytest.mark.parametrize("read", READERS)
def test_plain_numbers_are_read(read: object, text: str, units: int) -> None:
    assert read(text) == units  # type: ignore[operator]


@given(st.integers(1, 2**62), st.integers(0, 6))
def test_what_is_written_with_or_without_commas_is_read_again(units: int, scale: int) -> None:
    for form in (",f", "f"):
        assert read_units(format(Decimal(units).scaleb(-scale), form), scale, where="x", least=1) == units


def test_bounds_hold() -> None:
    assert read_units("-1", 0, where="x", least=-5) == -1
    for text, least in (("-1", 0), ("0", 1), (str(2**62 + 1), 0)):
        with pytest.raises(SettingError):
            read_units(text, 0, where="x", least=least)


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("0", 0), ("٣", None), ("²", None), ("9" * 19, None), ("a", None)])
def test_a_number_that_may_be_an_id(text: str, value: int | None) -> None:
    assert read_whole(text) == value


def test_days_are_read_within_bounds() -> None:
    bounds = {"first": date(2025, 1, 1), "last": date(2025, 12, 31)}
    assert read_typed_day("2025-12-31", where="x", **bounds) == date(2025, 12, 31)
    for text in ("2024-12-31", "2026-01-01", "20250101", "2025-W01-1", "2025-02-30", "٢٠٢٥-01-01", ""):
        with pytest.raises(SettingError):
            read_typed_day(text, where="x", **bounds)


def test_a_number_in_a_file_has_a_longest() -> None:
    with pytest.raises(DefinitionError):
        number("9" * 5000, "x")


@pytest.mark.parametrize(("text", "scale", "most"), [
    ("99999999999999999999", 0, "4,611,686,018,427,387,904"), ("4611686018427387904.1", 1, "461,168,601,842,738,790.4"),
    ("9" * 61, 0, "4,611,686,018,427,387,904"),
])  # fmt: skip
def test_a_number_that_is_too_large_is_told_the_largest(text: str, scale: int, most: str) -> None:
    with pytest.raises(SettingError) as told:
        read_units(text, scale, where="quantity", least=1)
    assert ("too large" in told.value.what.en, told.value.expected.en) == (True, f"at most {most}")
