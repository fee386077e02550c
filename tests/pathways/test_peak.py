"""Peak years over draws, and what noisy histories allow to say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from dafeng.pathways.peak import find_peak, read_history

YEARS = np.arange(2025, 2036)


def test_peak_year_is_where_the_path_is_highest() -> None:
    path = 50 - np.abs(YEARS - 2029).astype(float)
    assert find_peak(YEARS, path[None, :]).year_p50 == 2029


def test_a_path_still_rising_at_the_end_has_no_peak() -> None:
    assert find_peak(YEARS, np.arange(11.0)[None, :]).probability_no_peak == 1.0


def test_2030_itself_is_not_before_2030() -> None:
    path = 50 - np.abs(YEARS - 2030).astype(float)
    peak = find_peak(YEARS, path[None, :])
    assert (peak.probability_before_2030, peak.probability_by_2030) == (0.0, 1.0)


def test_shares_of_draws_add_to_one() -> None:
    paths = np.random.default_rng(1).random((500, 11))
    assert sum(find_peak(YEARS, paths).shares) == pytest.approx(1.0)


def test_too_short_a_history_is_refused() -> None:
    with pytest.raises(ValueError, match="five points"):
        read_history(((2019, 1.0), (2020, 2.0)))


def series(shared: Path, name: str) -> tuple[tuple[int, float], ...]:
    read = json.loads((shared / "data/oracles/peak_series.json").read_text(encoding="utf-8"))
    return tuple((year, value) for year, value in read["series"][name])


def test_yantai_is_not_said_to_have_peaked_in_its_last_year(shared: Path) -> None:
    assert read_history(series(shared, "烟台")).shape == "plateau"


def test_yantai_gap_is_named(shared: Path) -> None:
    assert read_history(series(shared, "烟台")).gaps == (2004,)


def test_qingdao_plateau_around_2010_is_seen(shared: Path) -> None:
    assert {2010, 2012} <= set(read_history(series(shared, "青岛")).plateau)


def test_shandong_statistical_break_of_2013_is_seen(shared: Path) -> None:
    assert 2013 in read_history(series(shared, "山东")).breaks


def test_a_path_that_never_falls_has_no_peak() -> None:
    flat = find_peak(YEARS, np.full((3, 11), 7.0))
    assert (flat.year_p50, flat.probability_before_2030, flat.probability_no_peak) == (2035, 0.0, 1.0)


def test_of_a_plateau_the_last_year_counts() -> None:
    path = np.array([1, 2, 3, 3, 3, 2, 1, 1, 1, 1, 1.0])
    assert find_peak(YEARS, path[None, :]).year_p50 == 2029


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        (np.empty((0, 11)), "needs draws"),
        (np.ones(11), "needs draws"),
        (np.ones((2, 10)), "needs draws"),
        (np.r_[np.ones((1, 11)), np.r_[np.ones(4), np.nan, np.ones(6)][None, :]], "draw 1 has no finite value in 2029"),
        (np.full((1, 11), np.inf), "draw 0 has no finite value in 2025"),
    ],
)
def test_paths_that_have_no_peak_year_are_refused(paths: np.ndarray, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        find_peak(YEARS, paths)


def test_years_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        find_peak(YEARS[::-1], np.ones((1, 11)))


@given(some.integers(0, 2**32 - 1), some.floats(0.1, 1e9))
def test_shares_and_quantiles_hold_for_any_paths_and_unit(seed: int, factor: float) -> None:
    paths = np.random.default_rng(seed).random((40, 11))
    one, other = find_peak(YEARS, paths), find_peak(YEARS, paths[::-1] * factor)
    assert one.shares == other.shares
    assert one.year_p10 <= one.year_p50 <= one.year_p90
    assert 0 <= one.probability_before_2030 <= one.probability_by_2030 <= 1
    assert one.probability_no_peak == one.shares[-1]


@given(some.integers(5, 40), some.floats(0.01, 100), some.floats(-50, 500), some.booleans())
def test_a_straight_line_is_read_by_its_slope(points: int, slope: float, start: float, up: bool) -> None:
    sign = 1 if up else -1
    found = read_history(tuple((2000 + at, start + sign * slope * at) for at in range(points)))
    assert (found.shape, found.highest) == (("rising", 1999 + points) if up else ("falling", 2000))


@given(some.permutations([(2000 + at, 50 + at % 3 + 0.2 * at) for at in range(15)]), some.integers(1, 13))
def test_order_is_no_matter_and_an_unknown_value_is_a_gap(series: list[tuple[int, float]], unknown: int) -> None:
    kept = tuple(sorted(one for one in series if one[0] != 2000 + unknown))
    gone = tuple((year, float("nan") if year == 2000 + unknown else value) for year, value in series)
    assert read_history(gone) == read_history(kept)
    assert 2000 + unknown in read_history(gone).gaps


@pytest.mark.parametrize(
    ("spoiled", "says"), [((2003, float("inf")), "infinite"), ((2002, 5.0), "2002 twice"), ((2003, float("nan")), "got 4")]
)
def test_a_spoiled_history_is_refused(spoiled: tuple[int, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_history(((2000, 1.0), (2001, 2.0), (2002, 3.0), spoiled, (2004, 4.0)))


def noisy(trend: np.ndarray, seed: int) -> str:
    values = trend + 2 * np.random.default_rng(seed).standard_normal(len(trend))
    return read_history(tuple((2000 + at, float(value)) for at, value in enumerate(values))).shape


@pytest.mark.parametrize(
    ("trend", "shape"),
    [(np.linspace(50, 80, 20), "rising"), (np.linspace(80, 50, 20), "falling"), (np.full(20, 60.0), "plateau"),
     (np.r_[np.linspace(40, 80, 12), np.full(7, 80)], "plateau")],
)  # fmt: skip
def test_noise_seldom_hides_a_trend_and_seldom_makes_one(trend: np.ndarray, shape: str) -> None:
    assert sum(noisy(trend, seed) == shape for seed in range(200)) >= 170


def test_a_province_that_rises_since_its_break_is_said_to_rise(shared: Path) -> None:
    assert read_history(series(shared, "山东")).shape == "rising"
