"""Verdicts: never better than the evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.labels import Label
from dafeng.plans.trajectory import draw
from dafeng.plans.verdict import Aim, Judgement, Outlook, Reading, Rules, judge, satisfies

RULES = Rules(behind_from=0.8, stale_after=2)
NEEDS = (Label("装机容量", "capacity"),)
AIM = Aim(year=2030, value=100.0, comparator=">=", tolerance=0.0, rising=True, stock=False)


def said(
    aim: Aim,
    *readings: tuple[int, float],
    year: int = 2025,
    outlook: Outlook | None = None,
    baseline: tuple[int, float] | None = None,
) -> Judgement:
    rows = [Reading(at, value, "actual", f"scores/x.{at}") for at, value in readings]
    return judge(aim, year=year, readings=rows, outlook=outlook, baseline=baseline, needs=NEEDS, rules=RULES)


def test_without_any_value_a_target_cannot_be_judged() -> None:
    assert said(AIM).verdict == "not_measurable"


def test_what_is_lacking_is_listed() -> None:
    assert said(AIM).lacking == NEEDS


def test_a_delegated_target_without_number_cannot_be_judged() -> None:
    assert said(replace(AIM, value=None), (2025, 99.0)).verdict == "not_measurable"


def test_halfway_on_a_straight_line_is_on_course() -> None:
    assert said(AIM, (2025, 50.0), baseline=(2020, 0.0)).verdict == "on_course"


def test_four_fifths_of_the_schedule_is_behind() -> None:
    assert said(AIM, (2025, 40.0), baseline=(2020, 0.0)).verdict == "behind"


def test_less_than_four_fifths_is_off_course() -> None:
    assert said(AIM, (2025, 39.0), baseline=(2020, 0.0)).verdict == "off_course"


def test_worse_than_the_baseline_is_off_course_not_unknown() -> None:
    assert said(AIM, (2025, -5.0), baseline=(2020, 0.0)).verdict == "off_course"


def test_a_goal_of_staying_level_is_missed_when_the_value_falls() -> None:
    stable = replace(AIM, value=36.0)
    assert said(stable, (2025, 35.0), baseline=(2020, 36.0)).verdict == "off_course"


def test_without_a_baseline_progress_is_not_invented() -> None:
    assert said(AIM, (2025, 50.0)).verdict == "not_due"


def test_the_first_recorded_value_is_no_baseline() -> None:
    assert said(AIM, (2020, 0.0), (2025, 90.0)).required is None


def test_due_with_an_old_value_is_overdue() -> None:
    assert said(replace(AIM, year=2025), (2024, 99.0), year=2027).verdict == "not_measurable"


def test_due_and_short_is_off_course() -> None:
    assert said(replace(AIM, year=2025), (2025, 99.0)).verdict == "off_course"


def test_a_stock_reached_early_stays_met() -> None:
    assert said(replace(AIM, year=2025, stock=True), (2021, 100.0)).verdict == "met"


def test_a_share_reached_early_does_not_stay_met() -> None:
    assert said(replace(AIM, year=2025), (2021, 100.0)).verdict == "not_measurable"


def test_a_stale_value_gives_way_to_the_projection() -> None:
    found = said(AIM, (2018, 25.0), outlook=Outlook(2030, 50.0, 50.0, 50.0, "pathway/x"), baseline=(2020, 25.0))
    assert (found.verdict, found.projected_verdict) == ("off_course", "off_course")


def test_a_projection_that_only_its_best_draws_keep_is_behind() -> None:
    assert said(AIM, outlook=Outlook(2030, 80.0, 95.0, 101.0, "pathway/x")).verdict == "behind"


def test_a_projection_made_of_assumptions_decides_nothing() -> None:
    found = said(AIM, outlook=Outlook(2030, 80.0, 90.0, 95.0, "pathway/x", firm=False))
    assert (found.verdict, found.projected_verdict) == ("not_measurable", "off_course")


def test_a_present_value_at_the_target_is_on_course() -> None:
    assert said(AIM, (2025, 101.0)).verdict == "on_course"


def test_values_after_the_assessment_year_are_left_out() -> None:
    assert said(AIM, (2026, 100.0), baseline=(2020, 0.0)).actual is None


ABOUT = [(0.24, True), (0.2399, False), (0.30, True)]


@pytest.mark.parametrize(("value", "kept"), ABOUT)
def test_about_allows_the_tolerance_below_where_more_is_better(value: float, kept: bool) -> None:
    assert satisfies(Aim(2030, 0.25, "~", 0.01, True, False), value) is kept


@given(st.floats(-100, 100), st.floats(-100, 100), st.integers(2000, 2020), st.integers(1, 40))
def test_a_trajectory_ends_at_its_target(base: float, goal: float, year: int, span: int) -> None:
    course = draw((year, base), (year + span, goal))
    assert (course.expect(year), course.expect(year + span)) == (base, goal)


def test_a_trajectory_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="after the baseline"):
        draw((2030, 0.0), (2030, 1.0))
