"""Tasks in time: from when to when, what each waits for, which are pressed by one before them.

Invariant: a time is the plan's or the city's own, never a guess; spare time is told only where both times are known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.plans.plan import Goal
from dafeng.plans.scheduled import (
    Judged,
    Mark,
    Moment,
    Need,
    Pressure,
    Schedule,
    ScheduledTask,
    Trouble,
    read_moment,
    tell_day,
)
from dafeng.plans.task_graph import Pair, find_chain, find_circles, is_before, layer
from dafeng.plans.task_rules import Side, read_task_rules
from dafeng.plans.task_tables import TaskLink, TaskReport
from dafeng.plans.tasklist import ListedTask, TaskList, tell_year
from dafeng.plans.tasklist_document import SIGNS, tell_target


def make_schedule(
    listed: TaskList,
    *,
    day: date,
    links: Sequence[TaskLink] = (),
    reports: Sequence[TaskReport] = (),
    derived: Sequence[Need] = (),
    verdicts: Mapping[str, Judged] | None = None,
    goals: Sequence[Goal] = (),
    findings: Sequence[Finding] = (),
) -> Schedule:
    """Put the tasks of a plan into time.

    Parameters
    ----------
    listed : TaskList
        The tasks.
    day : date
        Day that it speaks of.
    links : sequence of TaskLink
        What the city delivered about needs.
    reports : sequence of TaskReport
        What the city delivered about progress.
    derived : sequence of Need
        What was concluded.
    verdicts : mapping of str to (str or None, str or None), optional
        Target → present and projected verdict; without it nothing was assessed.
    goals : sequence of Goal
        Dated goals without a figure.
    findings : sequence of Finding
        What was wrong with the tables.

    Returns
    -------
    Schedule
        Every task once.
    """
    order = [one.task.id for one in listed.tasks]
    needs = [_delivered(link) for link in links]
    circles = find_circles(order, [(need.first, need.second) for need in needs])
    needs += _fit(derived, needs)
    layers = layer(order, [(need.first, need.second) for need in needs if need.ordered])
    found, judged = {one.task: one for one in reports}, verdicts or {}
    tasks = tuple(
        _scheduled(one, found.get(one.task.id), layers[one.task.id], _marks(one, judged, goals), judged) for one in listed.tasks
    )
    timed = tuple(_timed(need, {one.listed.task.id: one for one in tasks}) for need in needs)
    chain, slack = _chain(timed, circles)
    told = (*findings, *map(_round, circles))
    return Schedule(listed, day, tasks, timed, circles, chain, slack, _warn(tasks, timed, day), told)


def _fit(derived: Iterable[Need], needs: Sequence[Need]) -> list[Need]:
    """Conclusions never close a circle: one that would is kept without an order."""
    pairs = [(need.first, need.second) for need in needs]
    kept: list[Need] = []
    for need in derived:
        ordered = need.ordered and not is_before(pairs, need.second, need.first)
        kept.append(replace(need, ordered=ordered))
        pairs += [(need.first, need.second)] if ordered else []
    return kept


def _marks(one: ListedTask, verdicts: Mapping[str, Judged], goals: Iterable[Goal]) -> tuple[Mark, ...]:
    found = [
        Mark(target.id, year, SIGNS[target.comparator], tell_target(target), *verdicts.get(target.id, (None, None)))
        for target in one.targets
        if (year := tell_year(target)) is not None
    ]
    own = [goal for goal in goals if goal.task == one.task.id and goal.year is not None]
    found += [Mark(goal.id, goal.year or 0, "", Label(goal.text, goal.text), None, None) for goal in own]
    return tuple(sorted(found, key=lambda mark: (mark.year, mark.id)))


def _scheduled(
    one: ListedTask, report: TaskReport | None, at: int, marks: tuple[Mark, ...], verdicts: Mapping[str, Judged]
) -> ScheduledTask:
    rules = read_task_rules()
    worst = rules.worst(verdict for target in one.targets for verdict in verdicts.get(target.id, ()))
    begins, ends = _begin(one, report), _end(one, report)
    silent = "bare" if not one.targets else rules.place(worst or "not_measurable")
    place = report.state if report is not None and report.state else silent
    return ScheduledTask(one, begins, ends, marks, report, worst, place, at, _lacking(one, report, ends, worst))


def _begin(one: ListedTask, report: TaskReport | None) -> Moment | None:
    """Only a period has a begin; a base year is what is compared with."""
    if report is not None and report.begins:
        return Moment(report.begins, "delivered")
    stated = [years[0] for target in one.targets if len(years := (target.period or "").split("/")) == 2]
    known = [year for year in stated if year.isdigit()]
    return Moment(min(known), "stated") if known else None


def _end(one: ListedTask, report: TaskReport | None) -> Moment | None:
    if report is not None and report.ends:
        return Moment(report.ends, "delivered")
    years = (*one.years, *(() if one.task.due is None else (one.task.due,)))
    return Moment(str(max(years)), "stated") if years else None


def _lacking(one: ListedTask, report: TaskReport | None, ends: Moment | None, worst: str | None) -> tuple[str, ...]:
    absent = {
        "owner": one.state != "stated",
        "year": ends is None,
        "target": not one.targets,
        "evidence": worst == "not_measurable",
        "report": report is None or report.state is None,
    }
    return tuple(name for name, is_absent in absent.items() if is_absent)


def _delivered(link: TaskLink) -> Need:
    said = link.why or read_task_rules().links[link.kind].label.zh
    why = Label(said, said) if link.why else read_task_rules().links[link.kind].label
    return Need(link.needs, link.task, link.kind, "delivered", True, why, link.source, (), link.lag)


def _timed(need: Need, tasks: Mapping[str, ScheduledTask]) -> Need:
    """The link with its spare time; a concluded one brings its own."""
    if need.origin == "derived":
        return need
    rule = read_task_rules().links[need.kind]
    before = _side(tasks[need.first], rule.origin)
    after, bound = _side(tasks[need.second], rule.goal), False
    if after is None and rule.goal == "begins":
        after, bound = _side(tasks[need.second], "ends"), True
    if before is None or after is None:
        return need
    slack = round(after - before - need.lag, 4)
    return replace(need, slack=slack, bound=bound)


def _side(one: ScheduledTask, side: Side) -> float | None:
    moment = one.begins if side == "begins" else one.ends
    return None if moment is None else read_moment(moment.said, side)


def _chain(needs: Iterable[Need], circles: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], float | None]:
    """Tasks that go round have no chain; the others keep theirs."""
    round_about = {task for circle in circles for task in circle}
    slacks: dict[Pair, float] = {}
    for need in needs:
        if need.ordered and need.slack is not None and not {need.first, need.second} & round_about:
            pair = (need.first, need.second)
            slacks[pair] = min(need.slack, slacks.get(pair, need.slack))
    found = find_chain(slacks)
    return ((), None) if found is None else found


def _warn(tasks: Sequence[ScheduledTask], needs: Sequence[Need], day: date) -> tuple[Pressure, ...]:
    known = {one.listed.task.id: one for one in tasks}
    after: dict[str, list[Need]] = {}
    for need in needs:
        if need.ordered:
            after.setdefault(need.first, []).append(need)
    return tuple(warning for one in tasks for warning in _pressed(one, after, known, day))


def _pressed(
    one: ScheduledTask, after: Mapping[str, Sequence[Need]], known: Mapping[str, ScheduledTask], day: date
) -> Iterable[Pressure]:
    """What a task in trouble does to all that wait for it; a link without time presses the next one only."""
    start, own = one.listed.task.id, _troubles(one, day)
    left: deque[tuple[str, ...]] = deque([(start,)])
    seen = {start}
    while left:
        way = left.popleft()
        for need in after.get(way[-1], ()):
            is_short = len(way) == 1 and need.slack is not None and need.slack < 0
            troubles: tuple[Trouble, ...] = ("short", *own) if is_short else own
            if need.second in seen or not troubles or known[need.second].place == "done":
                continue
            seen.add(need.second)
            yield Pressure(need.second, start, (*way, need.second), troubles)
            if own:
                left.append((*way, need.second))


def _troubles(one: ScheduledTask, day: date) -> tuple[Trouble, ...]:
    found: list[Trouble] = []
    if one.place == "late":
        found.append("late")
    if one.place != "done" and one.ends is not None and read_moment(one.ends.said, "ends") <= tell_day(day):
        found.append("overdue")
    if one.place != "done" and one.verdict in read_task_rules().silent["risk"][1]:
        found.append("risk")
    return tuple(found)


def _round(circle: tuple[str, ...]) -> Finding:
    zh, en = " → ".join((*circle, circle[0])), " → ".join((*circle, circle[0]))
    says = Label(f"任务互相等待，成环：{zh}", f"tasks wait for one another in a circle: {en}")
    remedy = Label(
        "核对其中哪一条依赖不成立，在 task_links.csv 中删去",
        "find the link that does not hold and take it out of task_links.csv",
    )
    return Finding("tasks.circle", "task_links.csv", "error", says, remedy)
