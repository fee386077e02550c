"""What charts are told: findings as titles, gaps as gaps, one unit on an axis."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dafeng.web.charts import axis, draw_history, draw_trajectory, draw_waterfall, spread
from dafeng.web.labels import Words
from tests.web.sample import view

ZH = Words("zh")
VIEW = view()


def test_a_missing_year_is_a_gap() -> None:
    chart = draw_history(VIEW, ZH) or {}
    assert [year for year, value in zip(chart["years"], chart["values"], strict=True) if value is None] == [2013, 2014, 2018]


@given(st.dictionaries(st.integers(1990, 2060), st.floats(-100, 100), min_size=1))
def test_points_keep_their_years(points: dict[int, float]) -> None:
    years = axis(list(points))
    shown = dict(zip(years, spread(list(points.items()), years), strict=True))
    assert {year: value for year, value in shown.items() if value is not None} == points


def test_a_waterfall_carries_every_effect_and_its_address() -> None:
    chart = draw_waterfall(VIEW, ZH) or {}
    assert (chart["values"], len(chart["addresses"])) == ([[5900.0, 920.0, -490.0, 6330.0]], 4)


def test_a_trajectory_shows_goal_actual_and_projection() -> None:
    chart = draw_trajectory(VIEW["verdicts"][0], ZH) or {}
    said = "2030 年目标 ≈ 30%，2025 年现状 17.4%，预计 2030 年 26.2%"
    assert (chart["title"], chart["goal"]) == (said, [2030, 30.0, None, "≈"])


def test_a_target_with_nothing_but_a_goal_has_no_chart() -> None:
    assert draw_trajectory(VIEW["verdicts"][7], ZH) is None


def test_an_empty_view_has_no_charts() -> None:
    assert (draw_history({}, ZH), draw_waterfall({}, ZH)) == (None, None)
