"""What charts are told: findings as titles, gaps as gaps, one unit on an axis."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dafeng.web.charts import axis, draw_fan, draw_history, draw_peak, draw_quantities, draw_trajectory, share_text, spread
from dafeng.web.labels import Words
from tests.web.sample import view

ZH, EN = Words("zh"), Words("en")
VIEW = view()


def test_a_missing_year_is_a_gap() -> None:
    chart = draw_history(VIEW, ZH) or {}
    assert [year for year, value in zip(chart["years"], chart["values"], strict=True) if value is None] == [2013, 2014, 2018]


@given(st.dictionaries(st.integers(1990, 2060), st.floats(-100, 100), min_size=1))
def test_points_keep_their_years(points: dict[int, float]) -> None:
    years = axis(list(points))
    shown = dict(zip(years, spread(list(points.items()), years), strict=True))
    assert {year: value for year, value in shown.items() if value is not None} == points


def test_history_and_pathway_share_the_unit_of_the_axis() -> None:
    chart = draw_fan(VIEW, ZH) or {}
    last = VIEW["emissions"]["history"][-1][1]
    assert (chart["unit"], chart["history"][chart["years"].index(2025)]) == ("万吨CO₂", round(last * 100, 1))


def test_a_history_in_another_kind_of_unit_is_left_out() -> None:
    other = VIEW | {"emissions": VIEW["emissions"] | {"unit": "亿千瓦时"}}
    assert (draw_fan(other, ZH) or {})["history"] is None


def test_the_title_of_a_pathway_is_its_finding() -> None:
    assert (draw_fan(VIEW, EN) or {})["title"] == "Plan: peak around 2029 at about 66\u00a0Mt CO₂"


def test_the_shares_of_the_peak_years_are_percent() -> None:
    assert abs(sum((draw_peak(VIEW, ZH) or {})["values"]) - 100) < 0.5


def test_probabilities_are_never_certain() -> None:
    assert [share_text(share, ZH) for share in (0.0, 0.63, 1.0, None)] == ["< 1%", "63%", "> 99%", "未知"]


def test_a_trajectory_shows_goal_actual_and_projection() -> None:
    chart = draw_trajectory(VIEW["verdicts"][0], ZH) or {}
    said = "2030 年目标 ≈ 30%，2025 年实际 17.4%，预计 2030 年 26.2%"
    assert (chart["title"], chart["goal"]) == (said, [2030, 30.0, None, "≈"])


def test_a_target_with_nothing_but_a_goal_has_no_chart() -> None:
    assert draw_trajectory(VIEW["verdicts"][7], ZH) is None


def test_every_quantity_has_its_chart() -> None:
    assert [chart["title"] for chart in draw_quantities(VIEW, EN)] == ["Total energy use", "GDP", "Non-fossil share"]


def test_an_empty_view_has_no_charts() -> None:
    assert (draw_history({}, ZH), draw_fan({}, ZH), draw_peak({}, ZH), draw_quantities({}, ZH)) == (None, None, None, [])
