"""What changed between two texts of one plan beside its figures: tasks, who is responsible for them, dated goals.

Invariant: each task and each goal stands in exactly one change; exchanging the texts exchanges added and missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from dafeng.library.naming import normal
from dafeng.plans.contrast import Difference
from dafeng.plans.plan import Goal, Plan, Target, Task

Change = Literal["equal", "changed", "added", "missing"]
"""``added`` stands in the first text only, ``missing`` in the second only."""
SAME = 0.5
"""Least share of common pairs of characters at which two titles are taken for one, reworded. A choice of this project."""
Part = TypeVar("Part", Task, Goal)


@dataclass(frozen=True, slots=True)
class TaskChange:
    """A task in two texts of a plan.

    Parameters
    ----------
    left, right : Task or None
        The task in the first and in the second text.
    change : Change
        What happened to it.
    differences : tuple of Difference
        What is different.
    """

    left: Task | None
    right: Task | None
    change: Change
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalChange:
    """A dated goal without a figure in two texts of a plan.

    Parameters
    ----------
    left, right : Goal or None
        The goal in the first and in the second text.
    change : Change
        What happened to it.
    differences : tuple of Difference
        What is different.
    """

    left: Goal | None
    right: Goal | None
    change: Change
    differences: tuple[Difference, ...] = ()


def change_tasks(left: Plan, right: Plan) -> tuple[TaskChange, ...]:
    """Tasks of two texts of a plan, side by side.

    Parameters
    ----------
    left, right : Plan
        The two texts.

    Returns
    -------
    tuple of TaskChange
        Tasks of the first text in its order, then those that only the second has.
    """
    pairs = _pair(left.tasks, right.tasks, lambda task: task.title)
    return tuple(TaskChange(one, other, *_weigh(one, other, _compare_tasks)) for one, other in pairs)


def change_goals(left: Plan, right: Plan) -> tuple[GoalChange, ...]:
    """Dated goals of two texts of a plan, side by side.

    Parameters
    ----------
    left, right : Plan
        The two texts.

    Returns
    -------
    tuple of GoalChange
        Goals of the first text in its order, then those that only the second has.
    """
    pairs = _pair(left.goals, right.goals, lambda goal: goal.text)
    return tuple(GoalChange(one, other, *_weigh(one, other, _compare_goals)) for one, other in pairs)


def find_move(left: Target, right: Target, one: Plan, other: Plan) -> tuple[Difference, ...]:
    """Whether a target moved to another clause, and who answers for it now.

    Parameters
    ----------
    left, right : Target
        The same target in the first and in the second text.
    one, other : Plan
        The two texts.

    Returns
    -------
    tuple of Difference
        ``clause`` and ``organisations``, where they differ.
    """
    said = (_clause(left, one), _clause(right, other))
    listed = ("、".join(left.organisations), "、".join(right.organisations))
    found = []
    if said[0] != said[1]:
        found.append(Difference("clause", *said))
    if set(left.organisations) != set(right.organisations):
        found.append(Difference("organisations", *listed))
    return tuple(found)


def _clause(target: Target, plan: Plan) -> str:
    task = next((task for task in plan.tasks if task.id == target.task), None)
    return "" if task is None else " ".join(part for part in (task.chapter, task.section, task.number) if part)


def _weigh(
    one: Part | None, other: Part | None, compare: Callable[[Part, Part], Iterator[Difference]]
) -> tuple[Change, tuple[Difference, ...]]:
    if one is None:
        return "missing", ()
    if other is None:
        return "added", ()
    differences = tuple(compare(one, other))
    return ("changed" if differences else "equal"), differences


def _compare_tasks(left: Task, right: Task) -> Iterator[Difference]:
    if normal(left.title) != normal(right.title):
        yield Difference("title", left.title, right.title)
    places = [" ".join(part for part in (task.chapter, task.section, task.number) if part) for task in (left, right)]
    if places[0] != places[1]:
        yield Difference("number", places[0], places[1])
    gone = [name for name in right.organisations if name not in left.organisations]
    come = [name for name in left.organisations if name not in right.organisations]
    if gone or come:
        yield Difference("organisations", "、".join(come), "、".join(gone))
    roles = [{item.organisation: item.role for item in task.responsible} for task in (left, right)]
    moved = [name for name in roles[0] if name in roles[1] and roles[0][name] != roles[1][name]]
    if moved:
        yield Difference("roles", *(_list_roles(role, moved) for role in roles))


def _list_roles(roles: Mapping[str, str], names: Sequence[str]) -> str:
    return "、".join(f"{name}（{roles[name]}）" for name in names)


def _compare_goals(left: Goal, right: Goal) -> Iterator[Difference]:
    if normal(left.text) != normal(right.text):
        yield Difference("title", left.text, right.text)
    if left.year != right.year:
        yield Difference("year", str(left.year or ""), str(right.year or ""))


def _pair(
    left: Sequence[Part], right: Sequence[Part], name: Callable[[Part], str]
) -> Iterator[tuple[Part | None, Part | None]]:
    bags = [[_bag(name(part)) for part in parts] for parts in (left, right)]
    chosen: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(_likely(*bags), key=lambda one: (-one[0], abs(one[1] - one[2]), min(one[1:]), max(one[1:]))):
        if i not in chosen and j not in taken:
            chosen[i] = j
            taken.add(j)
    yield from ((part, right[chosen[i]] if i in chosen else None) for i, part in enumerate(left))
    yield from ((None, part) for j, part in enumerate(right) if j not in taken)


def _bag(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters of a text in normal form."""
    plain = normal(text.rstrip("…"))
    return frozenset(plain[at : at + 2] for at in range(max(len(plain) - 1, 1)))


def _likely(left: Sequence[frozenset[str]], right: Sequence[frozenset[str]]) -> Iterator[tuple[float, int, int]]:
    """Likeness of all texts that have enough in common: twice the common pairs over all pairs (Dice)."""
    holders: dict[str, list[int]] = {}
    for j, bag in enumerate(right):
        for pair in bag:
            holders.setdefault(pair, []).append(j)
    for i, bag in enumerate(left):
        common = Counter(j for pair in bag for j in holders.get(pair, ()))
        for j, count in common.items():
            likeness = 2 * count / (len(bag) + len(right[j]))
            if likeness >= SAME:
                yield likeness, i, j
