"""Rules and scores of a forecast from a past year; expected values by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.library.overlay import shipped
from dafeng.library.sources import read_sources
from dafeng.pathways.hindcast import (
    FACTORS,
    Record,
    bridge,
    continue_record,
    join_accounts,
    mirror_misses,
    read_record,
    score_draws,
)


def record(*, years: int = 11, growth: float = 0.1, energy: float = 1.05, co2: float = 1.05) -> Record:
    """A record in which all grows evenly."""
    span = range(2000, 2000 + years)
    series = {
        "growth": dict.fromkeys(span, growth),
        "energy": {year: 100 * energy ** (year - 2000) for year in span},
        "co2": {year: 50 * co2 ** (year - 2000) for year in span},
    }
    return Record(series, {"energy": (), "co2": (), "growth": ()}, {})


def test_a_gap_is_bridged_by_even_growth() -> None:
    assert bridge({2000: 100.0, 2002: 121.0}) == {2000: 100.0, 2001: pytest.approx(110.0), 2002: 121.0}


def test_rates_are_those_of_the_three_factors() -> None:
    rates = record().rates()
    assert (rates["growth"][-1], rates["intensity_change"][-1]) == (pytest.approx(0.1), pytest.approx(1.05 / 1.1 - 1))
    assert rates["carbon_change"] == pytest.approx(np.zeros(10), abs=1e-12)


def test_a_rule_sees_nothing_after_its_origin() -> None:
    long, short = record(years=20), record(years=11)
    assert continue_record(long.until(2010), 9) == continue_record(short, 9)
    assert max(max(series) for series in long.until(2010).series.values()) == 2010


def test_a_steady_record_continues_without_doubt() -> None:
    rows = {row.quantity: row for row in continue_record(record(), 9)}
    assert [rows[name].mid for name in FACTORS] == [
        pytest.approx(0.1),
        pytest.approx(1.05 / 1.1 - 1),
        pytest.approx(0, abs=1e-12),
    ]
    assert rows["growth"].high - rows["growth"].low == pytest.approx(0, abs=1e-12)


def test_the_interval_of_a_record_is_that_of_a_mean_of_more_years() -> None:
    # ten rates 0.10 ± 0.01: s = 0.010541; t(0.95, 9) = 1.833113; half of the 90 % interval 1.833113 s (1/10 + 1/5)^0.5
    made = record()
    made = Record(
        {**made.series, "growth": {2000 + at: 0.1 + (0.01 if at % 2 else -0.01) for at in range(11)}}, made.breaks, {}
    )
    row = next(row for row in continue_record(made, 5) if row.quantity == "growth")
    half = 1.833113 * 0.010540926 * (1 / 10 + 1 / 5) ** 0.5
    assert (row.high - row.low) / 2 == pytest.approx(half / (1 - 0.1**0.5), rel=1e-6)


def test_a_plan_may_err_as_far_as_plans_have_erred_to_both_sides() -> None:
    # growth 10 %, stated 7 %: 3 points to each side; carbon steady at 0, stated -1 %: 1 point
    rows = {
        row.quantity: row for row in mirror_misses({"growth": 0.07, "intensity_change": 0.0, "carbon_change": -0.01}, record())
    }
    assert (rows["growth"].low, rows["growth"].mid, rows["growth"].high) == (pytest.approx(0.04), 0.07, pytest.approx(0.10))
    assert (rows["carbon_change"].low, rows["carbon_change"].high) == (pytest.approx(-0.02), pytest.approx(0.0, abs=1e-12))


@pytest.mark.parametrize(
    ("draws", "outcome", "score"),
    [([3.0], 5.0, 2.0), ([0.0, 2.0], 1.0, 0.5), ([1.0, 1.0], 1.0, 0.0), ([0.0, 1.0, 2.0], 5.0, 4 - 4 / 9)],
)
def test_the_score_is_that_of_hand(draws, outcome: float, score: float) -> None:
    # mean |x - y| - mean |x - x'| / 2: for (0, 2) and 1: 1 - 1/2; for (0, 1, 2) and 5: 4 - (8/9)/2
    assert score_draws(draws, outcome) == pytest.approx(score)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20), st.floats(-100, 100), st.floats(-50, 50))
def test_the_score_is_never_negative_and_moves_with_both(draws, outcome: float, shift: float) -> None:
    score = score_draws(draws, outcome)
    assert score >= -1e-9
    assert score_draws([one + shift for one in draws], outcome + shift) == pytest.approx(score, abs=1e-8)


def test_broken_accounts_go_on_at_the_growth_around_the_break() -> None:
    # 100, 110, | 99, 108.9, 119.79: growth 10 % before and after, so that unbroken accounts stand at 146.41
    series = dict(zip(range(2010, 2015), (100.0, 110.0, 99.0, 108.9, 119.79), strict=True))
    made = Record({"energy": series, "co2": series, "growth": {}}, {"energy": (2012,), "co2": (), "growth": ()}, {})
    assert (join_accounts(made, "energy", 2014), join_accounts(made, "co2", 2014)) == (pytest.approx(146.41), 119.79)


def test_the_shipped_record_has_a_source_for_every_figure() -> None:
    made = read_record(shipped() / "hindcast" / "shandong.csv", sources=read_sources())
    assert set(made.sources) == {(name, year) for name, series in made.series.items() for year in series}
    assert (made.series["energy"][2010], made.series["co2"][2019]) == (pytest.approx(348_078_000), pytest.approx(937_117_000))
