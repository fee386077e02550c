"""Periods begin where they say and end just before their end date."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import SettingError
from dafeng.core.periods import period, plan_period, year, years


@pytest.mark.parametrize(
    ("text", "start", "end", "iso"),
    [
        ("2025", date(2025, 1, 1), date(2026, 1, 1), "2025"),
        ("2025-03", date(2025, 3, 1), date(2025, 4, 1), "2025-03"),
        ("2025-12", date(2025, 12, 1), date(2026, 1, 1), "2025-12"),
        ("2024-02-29", date(2024, 2, 29), date(2024, 3, 1), "2024-02-29"),
        ("2021/2025", date(2021, 1, 1), date(2026, 1, 1), "2021/2025"),
        ("2025-01/2025-06", date(2025, 1, 1), date(2025, 7, 1), "2025-01/2025-06"),
        ("2025年", date(2025, 1, 1), date(2026, 1, 1), "2025"),
        ("2025年3月", date(2025, 3, 1), date(2025, 4, 1), "2025-03"),
        ("2021—2025年", date(2021, 1, 1), date(2026, 1, 1), "2021/2025"),
    ],
)
def test_a_period_reads_from_its_text(text, start, end, iso):
    found = period(text)
    assert (found.start, found.end, found.text) == (start, end, iso)


@pytest.mark.parametrize(
    "text", ["", "25", "2025-13", "2025-00", "2025-02-30", "2025/2021", "2025/2025-03", "1899", "2025Q1", "last year", "2021/"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(SettingError):
        period(text)


@pytest.mark.parametrize(("text", "found"), [("2025", 2025), ("2025-03", 2025), ("2021/2025", None)])
def test_only_a_period_within_a_year_has_a_year(text, found):
    assert period(text).year == found


def test_years_of_a_plan():
    assert list(years(plan_period(14))) == [2021, 2022, 2023, 2024, 2025]


def test_plans_before_the_sixth_were_not_regular():
    with pytest.raises(SettingError):
        plan_period(5)


def test_a_leap_year_has_366_days():
    assert year(2024).days == 366


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_lies_in_its_month_and_its_month_in_its_year(day):
    inside = period(f"{day:%Y-%m-%d}"), period(f"{day:%Y-%m}"), year(day.year)
    assert inside[1].contains(inside[0])
    assert inside[2].contains(inside[1])


@given(st.integers(1900, 2200), st.integers(0, 50))
def test_the_text_reads_back(first, length):
    text = f"{first}/{min(first + length, 2200)}"
    assert period(period(text).text) == period(text)
