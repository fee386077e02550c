"""Cell addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.readers.cells import address, locate, place_of


@pytest.mark.parametrize(
    ("row", "column", "cell"), [(0, 0, "A1"), (1, 25, "Z2"), (9, 26, "AA10"), (0, 701, "ZZ1"), (0, 702, "AAA1")]
)
def test_addresses_follow_the_spreadsheet(row: int, column: int, cell: str) -> None:
    assert address(row, column) == cell


@given(st.integers(0, 1_048_575), st.integers(0, 16_383))
def test_an_address_leads_back_to_its_cell(row: int, column: int) -> None:
    assert locate(address(row, column)) == (row, column)


@pytest.mark.parametrize("text", ["", "1A", "A0", "a1", "A1:B2"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no cell address"):
        locate(text)


def test_a_csv_has_no_sheet_in_the_place_of_a_cell() -> None:
    assert place_of("数据.csv", "", "B3") == "数据.csv!B3"
