"""Splicing techniques beside hand calculations; what they make is always marked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import SettingError
from dafeng.methods.splicing import (
    Series,
    splice_extrapolation,
    splice_interpolation,
    splice_overlap,
    splice_surrogate,
)


def series(**values: str) -> Series:
    return {int(year[1:]): Decimal(value) for year, value in values.items()}


def test_an_overlap_scales_by_the_mean_ratio() -> None:
    """By hand: ratios 12/10 and 14/10, mean 1.3; 5 * 1.3 = 6.5."""
    made = splice_overlap(series(y2020="12", y2021="14"), series(y2015="5", y2020="10", y2021="10"))
    assert [(one.year, one.value, one.years, one.grade) for one in made] == [(2015, Decimal("6.5"), (2020, 2021), "estimated")]


def test_a_surrogate_follows_the_related_quantity_from_the_nearest_year() -> None:
    """By hand: 100 * 30 / 20 = 150 from 2020, not from 2010."""
    made = splice_surrogate(series(y2010="10", y2020="100"), series(y2010="10", y2018="30", y2020="20"))
    assert [(one.year, one.value, one.years) for one in made] == [(2018, Decimal(150), (2020,))]


def test_interpolation_lies_on_the_line_between_neighbours() -> None:
    made = splice_interpolation(series(y2020="10", y2022="20", y2025="50"))
    assert [(one.year, one.value) for one in made] == [(2021, 15), (2023, 30), (2024, 40)]


def test_extrapolation_goes_on_by_the_mean_yearly_change() -> None:
    made = splice_extrapolation(series(y2020="10", y2022="20"), (2019, 2021, 2024))
    assert [(one.year, one.value) for one in made] == [(2019, 5), (2024, 30)]


def test_every_value_says_how_it_was_made() -> None:
    one = splice_interpolation(series(y2020="10", y2022="20"))[0]
    assert (one.technique, one.says.en) == ("interpolation", "interpolation: on the line between the neighbours (2020, 2022)")


@pytest.mark.parametrize(
    "call",
    [
        lambda: splice_overlap({2020: Decimal(1)}, {2019: Decimal(1)}),
        lambda: splice_surrogate({2020: Decimal(1)}, {2020: Decimal(0)}),
        lambda: splice_interpolation({2020: Decimal(1)}),
        lambda: splice_extrapolation({}, (2020,)),
    ],
)
def test_too_little_to_go_by_is_refused(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SettingError):
        call()


@given(st.dictionaries(st.integers(2000, 2030), st.decimals(-1000, 1000, places=3), min_size=2))
def test_no_known_year_is_ever_made_anew(known: dict[int, Decimal]) -> None:
    made = [*splice_interpolation(known), *splice_extrapolation(known, range(1990, 2040))]
    assert not {one.year for one in made} & set(known)
    assert {one.grade for one in made} == {"estimated"}
