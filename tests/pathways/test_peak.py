"""Peak years over draws, and what noisy histories allow to say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

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
