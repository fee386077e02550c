"""What changed between two texts of one plan, in invented tasks and goals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.traces import Anchor
from dafeng.plans.plan import Goal, Responsible, Task
from dafeng.plans.revision import change_goals, change_tasks, find_move
from tests.plans.made import HASH, goal, plan, target

TURNED = {"missing": "added", "added": "missing"}


def task(number: int, title: str, *organisations: str, lead: str = "") -> Task:
    roles: Any = [Responsible(name, "lead" if name == lead else "responsible", name) for name in organisations]
    anchor = Anchor(number * 10, number * 10 + 9, number, HASH, "样例方案")
    return Task(f"A{number:02d}", title, "二、任务", "（一）能源", f"{number}.", tuple(roles), (), False, (), anchor)


WIND = task(1, "建设海上风电基地", "市发展改革委", "市能源局", lead="市发展改革委")
SOLAR = task(2, "推进光伏规模化发展", "市能源局")


def test_an_untouched_task_is_equal() -> None:
    found = change_tasks(plan(tasks=(WIND, SOLAR)), plan(tasks=(WIND, SOLAR)))
    assert [one.change for one in found] == ["equal", "equal"]


def test_a_reworded_title_is_the_same_task_changed() -> None:
    new = replace(WIND, title="加快建设海上风电基地")
    found = change_tasks(plan(tasks=(new,)), plan(tasks=(WIND,)))[0]
    assert (found.change, [one.aspect for one in found.differences]) == ("changed", ["title"])


def test_organisations_that_came_and_went_are_named() -> None:
    new = task(1, "建设海上风电基地", "市发展改革委", "市海洋发展局", lead="市发展改革委")
    found = change_tasks(plan(tasks=(new,)), plan(tasks=(WIND,)))[0].differences[0]
    assert (found.aspect, found.left, found.right) == ("organisations", "市海洋发展局", "市能源局")


def test_a_new_lead_is_told() -> None:
    new = task(1, "建设海上风电基地", "市发展改革委", "市能源局", lead="市能源局")
    found = change_tasks(plan(tasks=(new,)), plan(tasks=(WIND,)))[0]
    assert [one.aspect for one in found.differences] == ["roles"]


def test_a_task_that_moved_is_told() -> None:
    moved = replace(WIND, number="7.")
    found = change_tasks(plan(tasks=(moved,)), plan(tasks=(WIND,)))[0].differences[0]
    assert (found.aspect, found.left, found.right) == ("number", "二、任务 （一）能源 7.", "二、任务 （一）能源 1.")


def test_new_and_deleted_tasks_stand_alone() -> None:
    found = change_tasks(plan(tasks=(SOLAR,)), plan(tasks=(task(3, "开展农村垃圾治理", "市农业农村局"),)))
    assert [one.change for one in found] == ["added", "missing"]


def test_goals_change_their_year() -> None:
    old = goal("2025 | 产业层次明显提升", "qualitative")
    found = change_goals(plan(goals=(replace(old, year=2027),)), plan(goals=(old,)))[0]
    assert (found.change, [(d.aspect, d.left, d.right) for d in found.differences]) == ("changed", [("year", "2027", "2025")])


def test_a_target_that_moved_tells_both_clauses_and_who_answers_now() -> None:
    one = plan(tasks=(WIND, SOLAR))
    new = target("2030 | 风电装机容量 | >= 300 万千瓦", task="A02", organisations=("市能源局",))
    old = target("2030 | 风电装机容量 | >= 300 万千瓦", task="A01", organisations=("市发展改革委",))
    assert [found.aspect for found in find_move(new, old, one, one)] == ["clause", "organisations"]
    assert find_move(new, new, one, one) == ()


TITLES = st.lists(st.text("建设风电光伏储能基地推进", min_size=2, max_size=8), max_size=5)


@given(TITLES, TITLES)
def test_turning_the_texts_round_turns_added_and_missing_round(one: list[str], other: list[str]) -> None:
    left = plan(tasks=tuple(task(at, title) for at, title in enumerate(one, 1)))
    right = plan(tasks=tuple(task(at, title) for at, title in enumerate(other, 1)))
    there = sorted(TURNED.get(found.change, found.change) for found in change_tasks(left, right))
    assert there == sorted(found.change for found in change_tasks(right, left))


@given(TITLES)
def test_a_text_is_unchanged_against_itself(titles: list[str]) -> None:
    goals: tuple[Goal, ...] = tuple(goal(f"2030 | {title}", "qualitative") for title in titles)
    same = plan(goals=goals, tasks=tuple(task(at, title) for at, title in enumerate(titles, 1)))
    changes = {*(one.change for one in change_tasks(same, same)), *(one.change for one in change_goals(same, same))}
    assert changes <= {"equal"}
