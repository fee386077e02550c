"""Which tasks hang together by what was assessed: clashes, verdicts that read one another, goals in a row.

Invariant: every conclusion names the addresses that it stands on; nothing is concluded from words alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

from dafeng.core.labels import Label
from dafeng.plans.plan import Plan, Target
from dafeng.plans.scheduled import Need
from dafeng.plans.task_rules import read_task_rules
from dafeng.plans.tasklist import tell_year

Row = Mapping[str, Any]
Inputs = Callable[[str], Sequence[str]]
"""Address → addresses of the direct inputs, both without the run."""
DEEPEST = 40
"""How many steps a verdict is followed down. [steps]"""


def derive_links(
    plan: Plan, *, clashes: Iterable[Row] = (), verdicts: Iterable[Row] = (), inputs: Inputs | None = None
) -> list[Need]:
    """Links between tasks that follow from the plan and from what was assessed.

    Parameters
    ----------
    plan : Plan
        The plan.
    clashes : iterable of mapping
        Minimal sets as in the view document: ``targets`` and ``address``, this without the run.
    verdicts : iterable of mapping
        Verdicts as in the view document: ``target`` and ``indicator_id``.
    inputs : callable, optional
        Inputs of a trace; without it no verdict is followed.

    Returns
    -------
    list of Need
        Goals in a row, then verdicts, then clashes; one link per pair of tasks and kind.
    """
    order = {task.id: at for at, task in enumerate(plan.tasks)}
    found = [*_milestones(plan), *(_reads(plan, list(verdicts), inputs) if inputs else ()), *_clashes(plan, clashes)]
    kept: dict[tuple[str, str, str], Need] = {}
    for need in found:
        key = (need.first, need.second, need.kind)
        kept[key] = _joined(kept[key], need) if key in kept else need
    return sorted(kept.values(), key=lambda need: (_kinds().index(need.kind), order[need.first], order[need.second]))


def _kinds() -> list[str]:
    return list(read_task_rules().derived)


def _joined(one: Need, other: Need) -> Need:
    grounds = tuple(dict.fromkeys((*one.grounds, *other.grounds)))
    slacks = [slack for slack in (one.slack, other.slack) if slack is not None]
    return _need(one.first, one.second, one.kind, grounds, min(slacks, default=None))


def _need(first: str, second: str, kind: str, grounds: tuple[str, ...], slack: float | None = None) -> Need:
    rule = read_task_rules().derived[kind]
    why = Label(rule.why.zh, rule.why.en)
    return Need(first, second, kind, "derived", rule.ordered, why, "dafeng", grounds, 0, slack)


def _milestones(plan: Plan) -> Iterator[Need]:
    """The same indicator with the same scope and counting, in two tasks and two years."""
    rows: dict[tuple[str | None, ...], list[tuple[int, Target]]] = {}
    for target in plan.targets:
        year = tell_year(target)
        if target.task is not None and year is not None:
            rows.setdefault((target.indicator, target.scope, target.counting, target.unit), []).append((year, target))
    for dated in rows.values():
        for (early, one), (later, other) in pairwise(sorted(dated, key=lambda pair: (pair[0], pair[1].id))):
            if early < later and one.task and other.task and one.task != other.task:
                grounds = (f"targets/{one.id}", f"targets/{other.id}")
                yield _need(one.task, other.task, "milestone", grounds, float(later - early))


def _clashes(plan: Plan, clashes: Iterable[Row]) -> Iterator[Need]:
    own = {target.id: target.task for target in plan.targets}
    order = [task.id for task in plan.tasks]
    for clash in clashes:
        held = {own.get(target) for target in clash["targets"]}
        for first, second in combinations([task for task in order if task in held], 2):
            yield _need(first, second, "clash", (clash["address"],))


def _reads(plan: Plan, verdicts: Sequence[Row], inputs: Inputs) -> Iterator[Need]:
    """A verdict whose trace goes through a score of an indicator that another task has a target on."""
    own = {target.id: target.task for target in plan.targets}
    holders: dict[str, list[str]] = {}
    for row in verdicts:
        task = own.get(row["target"])
        if row["indicator_id"] and task:
            holders.setdefault(row["indicator_id"], []).append(task)
    for row in verdicts:
        task = own.get(row["target"])
        for name in _scores(f"verdicts/{row['target']}", inputs) if task else ():
            indicator = name.removeprefix("scores/").split(".")[0]
            for other in holders.get(indicator, ()) if indicator != row["indicator_id"] else ():
                if other != task and task:
                    yield _need(other, task, "reads", (f"verdicts/{row['target']}", name))


def _scores(start: str, inputs: Inputs) -> Iterator[str]:
    """Scores that a verdict stands on, the nearest first."""
    seen, left = {start}, [start]
    for _ in range(DEEPEST):
        left = [one for one in dict.fromkeys(one for address in left for one in inputs(address)) if one not in seen]
        seen.update(left)
        yield from (one for one in left if one.startswith("scores/"))
        if not left:
            return
