"""How a plan stands to another one: ``contrasts.yaml`` is the table, laws hold for any two plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.library.strict import load_yaml
from dafeng.plans.alignment import align, find_obstacles, plain_name, scope_parts, unit_ratio
from dafeng.plans.contrast import STANDINGS, Contrast, contrast, is_extensive
from dafeng.plans.plan import Plan, Target
from tests.plans.made import catalogue, goal, plan, target

CASES = load_yaml(Path(__file__).parent / "contrasts.yaml")["cases"]
TURNED = {"stricter": "looser", "looser": "stricter", "missing": "added", "added": "missing"}


def sides(case: Mapping[str, Any]) -> tuple[Plan, Plan]:
    """The two plans of a case."""
    made = []
    for side in ("left", "right"):
        line = str(case[side])
        targets = (target(line),) if line else ()
        goals = (goal(case["delegates"]),) if not line and "delegates" in case else ()
        made.append(plan(*targets, goals=goals))
    return made[0], made[1]


def judge(case: Mapping[str, Any], *, turned: bool = False) -> Contrast:
    one, other = sides(case)
    first, second = (other, one) if turned else (one, other)
    relation = case.get("relation", "level")
    return contrast(first, second, catalogue(), relation=relation, straight=case.get("straight", False))[0]


IDS = [f"{case['group']}-{number}" for number, case in enumerate(CASES)]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_case_is_judged_as_the_table_says(case: Mapping[str, Any]) -> None:
    found = judge(case)
    said = (found.standing, " ".join(found.obstacles), " ".join(one.aspect for one in found.differences))
    assert said == (case["standing"], case.get("because", ""), case.get("also", ""))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_case_turned_round_is_judged_the_other_way(case: Mapping[str, Any]) -> None:
    wanted = TURNED.get(case["standing"], case["standing"])
    assert judge(case, turned=True).standing == wanted


def test_the_table_shows_every_standing_and_every_reason() -> None:
    reasons = {case["because"] for case in CASES if "because" in case}
    wanted = {"unit", "base", "direction", "counting", "scope", "period", "year", "extensive", "side", "range"}
    assert ({case["standing"] for case in CASES}, reasons) == (set(STANDINGS), wanted)


@pytest.mark.parametrize("case", [one for one in CASES if "share" in one], ids=lambda one: one["group"])
def test_a_total_is_shown_as_a_share_of_the_other(case: Mapping[str, Any]) -> None:
    assert judge(case).share == Decimal(str(case["share"]))


def test_the_gap_is_the_first_figure_less_the_second_in_its_unit() -> None:
    one, other = (plan(target(line)) for line in ("2030 | 风电装机容量 | >= 25 GW", "2030 | 风电装机容量 | >= 2400 万千瓦"))
    found = contrast(one, other, catalogue(), relation="version")[0]
    assert (found.converted, found.gap) == (Decimal(24), Decimal(1))


def test_a_year_on_the_line_is_told() -> None:
    # the line from 12 % in 2025 to 20 % in 2030 passes 15.2 % in 2027
    line = plan(target("2025 | 非化石能源消费比重 | ~ 12 %", 1), target("2030 | 非化石能源消费比重 | ~ 20 %", 2))
    city = plan(target("2027 | 非化石能源消费比重 | ~ 15.2 %"))
    found = contrast(city, line, catalogue(), relation="level", straight=True)[0]
    assert (found.standing, found.line_year, found.converted) == ("equal", 2027, Decimal("15.2"))


def test_figures_of_two_years_are_paired_year_by_year() -> None:
    lines = ("2025 | 非化石能源消费比重 | ~ 15 %", "2030 | 非化石能源消费比重 | ~ 25 %")
    one = plan(*(target(line, at) for at, line in enumerate(lines, 1)))
    other = plan(*(target(line, at) for at, line in enumerate(reversed(lines), 1)))
    assert [found.standing for found in contrast(one, other, catalogue(), relation="level")] == ["equal", "equal"]


def test_a_delegated_year_is_not_paired_with_another_year() -> None:
    city = plan(target("2030 | 森林覆盖率 | >= 36 %"), goals=(goal("2025 | 森林覆盖率"),))
    above = plan(target("2025 | 森林覆盖率 | >= 24.1 %"))
    assert [one.standing for one in contrast(city, above, catalogue(), relation="level")] == ["added", "delegated"]


def test_a_missing_target_tells_where_it_is_named_without_a_figure() -> None:
    city = plan(goals=(goal("2025 | 全市森林覆盖率保持稳定", "trackable"),))
    found = contrast(city, plan(target("2025 | 森林覆盖率 | >= 24.1 %")), catalogue(), relation="level")[0]
    assert (found.standing, found.goal is not None) == ("missing", True)


def test_another_indicator_is_no_counterpart() -> None:
    one, other = plan(target("2030 | 海上风电装机容量 | >= 300 万千瓦")), plan(target("2030 | 风电装机容量 | >= 3 万千瓦"))
    assert [row.standing for row in contrast(one, other, catalogue(), relation="version")] == ["added", "missing"]


NAMES = ("非化石能源消费比重", "风电装机容量", "再生水利用率", "煤电机组平均供电煤耗", "公共充电桩")
UNITS = {"风电装机容量": "万千瓦", "煤电机组平均供电煤耗": "克标准煤/千瓦时", "公共充电桩": "个"}


@st.composite
def targets(draw: st.DrawFn) -> tuple[Target, ...]:
    """Targets of an invented plan."""
    made = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        name = draw(st.sampled_from(NAMES))
        line = f"{draw(st.sampled_from((2025, 2030)))} | {name} | {draw(st.sampled_from(('>=', '~', '<=')))}"
        line += f" {draw(st.integers(1, 60))} {UNITS.get(name, '%')}"
        more = draw(
            st.sampled_from(({}, {"scope": "城区"}, {"strength": "strive"}, {"base_year": 2020, "direction": "decrease"}))
        )
        made.append(replace(target(line, number), **more))
    return tuple(made)


@given(targets())
def test_a_plan_is_equal_to_itself(listed: tuple[Target, ...]) -> None:
    found = contrast(plan(*listed), plan(*listed), catalogue(), relation="version")
    assert {one.standing for one in found} <= {"equal"}


@given(targets(), targets(), st.sampled_from(("version", "level", "peer")), st.booleans())
def test_turning_two_plans_round_turns_every_judgement_round(
    one: tuple[Target, ...], other: tuple[Target, ...], relation: Any, straight: bool
) -> None:
    there = contrast(plan(*one), plan(*other), catalogue(), relation=relation, straight=straight)
    back = contrast(plan(*other), plan(*one), catalogue(), relation=relation, straight=straight)
    assert Counter(TURNED.get(row.standing, row.standing) for row in there) == Counter(row.standing for row in back)


@given(targets(), targets())
def test_every_target_stands_in_exactly_one_pair(one: tuple[Target, ...], other: tuple[Target, ...]) -> None:
    pairs = align(one, other)
    left = sorted(pair.left.id for pair in pairs if pair.left is not None)
    right = sorted(pair.right.id for pair in pairs if pair.right is not None)
    assert (left, right) == (sorted(item.id for item in one), sorted(item.id for item in other))


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_the_unit_a_figure_is_written_in_does_not_count(one: int, other: int) -> None:
    def stand(value: str, unit: str) -> str:
        left = plan(target(f"2030 | 风电装机容量 | >= {value} {unit}"))
        right = plan(target(f"2030 | 风电装机容量 | >= {other} 万千瓦"))
        return contrast(left, right, catalogue(), relation="version")[0].standing

    assert stand(str(one), "万千瓦") == stand(str(Decimal(one) / 10000), "亿千瓦") == stand(str(Decimal(one) / 100), "GW")


@given(targets(), targets())
def test_nothing_is_judged_that_has_an_obstacle(one: tuple[Target, ...], other: tuple[Target, ...]) -> None:
    found = contrast(plan(*one), plan(*other), catalogue(), relation="level")
    judged = [row for row in found if row.standing in ("stricter", "looser", "equal") and row.left and row.right]
    assert [row for row in judged if find_obstacles(row.left, row.right) or is_extensive(row.left, row.indicator)] == []


@pytest.mark.parametrize(
    ("unit", "extensive"),
    [
        ("万千瓦", True),
        ("万吨/年", True),
        ("个", True),
        ("亿元", True),
        ("%", False),
        ("吨/万元", False),
        ("小时", False),
        ("", False),
    ],
)
def test_a_unit_tells_whether_places_add_up(unit: str, extensive: bool) -> None:
    assert is_extensive(replace(target("2030 | 某项指标 | >= 5 个"), unit=unit), None) is extensive


def test_names_and_scopes_are_compared_without_what_says_nothing() -> None:
    assert (plain_name("全市非化石能源消费占比"), scope_parts("全市；城区"), scope_parts("全省")) == (
        plain_name("非化石能源消费比重"),
        frozenset({"城区"}),
        frozenset(),
    )


def test_an_unknown_unit_goes_with_itself_only() -> None:
    assert (unit_ratio("炉", "炉"), unit_ratio("炉", "台")) == (1, None)
