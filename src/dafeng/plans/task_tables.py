"""What a city delivers about its tasks: which needs which, and how far each has come.

Invariant: a row about an unknown task is a finding and is left out; a row that cannot be read refuses the table with its line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv
from dafeng.library.strict import refusal
from dafeng.plans.plan import Plan
from dafeng.plans.task_rules import read_task_rules

LINKS = "task_links.csv"
"""Table of needs in the ``data`` folder of a city."""
PROGRESS = "task_progress.csv"
"""Table of reports in the ``data`` folder of a city."""
_LINKS: Mapping[str, Kind] = {
    "task": "text", "needs": "text", "kind": "text", "lag": "integer?", "why": "text?", "source": "text",
}  # fmt: skip
_PROGRESS: Mapping[str, Kind] = {
    "task": "text", "state": "text?", "begins": "text?", "ends": "text?", "date": "text?", "note": "text?", "source": "text?",
}  # fmt: skip
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")
Row = TypeVar("Row", "TaskLink", "TaskReport")


@dataclass(frozen=True, slots=True)
class TaskLink:
    """One task needs another, as the city delivered it.

    Parameters
    ----------
    task : str
        The task that needs.
    needs : str
        The task that is needed.
    kind : str
        Key of ``TaskRules.links``.
    lag : int
        Years that must lie between. [a]
    why : str
        Reason in the city's words.
    source : str
        Who says so.
    at : str
        Place ``file:line``.
    """

    task: str
    needs: str
    kind: str
    lag: int
    why: str
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class TaskReport:
    """What an office reported of a task.

    Parameters
    ----------
    task : str
        The task.
    state : str or None
        Key of ``TaskRules.states``; ``None`` where only times were delivered.
    begins, ends : str or None
        Year, month or day: ``2024``, ``2024-06``, ``2024-06-30``.
    date : str or None
        Day of the report.
    note : str
        In the office's words.
    source : str
        Who says so.
    at : str
        Place ``file:line``.
    """

    task: str
    state: str | None
    begins: str | None
    ends: str | None
    date: str | None
    note: str
    source: str
    at: str


def read_task_links(folder: Path | None, tasks: Collection[str]) -> tuple[tuple[TaskLink, ...], tuple[Finding, ...]]:
    """The city's table of needs.

    Parameters
    ----------
    folder : Path or None
        The city's ``data`` folder.
    tasks : collection of str
        Ids of the plan's tasks.

    Returns
    -------
    (tuple of TaskLink, tuple of Finding)
        Rows about tasks of the plan; and which rows name others. Both empty where there is no table.

    Raises
    ------
    DefinitionError
        If the table breaks its columns, names a kind that does not exist, or a task that needs itself.
    """
    rows = _rows(folder, LINKS, _LINKS, ("task", "needs", "kind"))
    return _known([_link(row) for row in rows], tasks, lambda one: (one.task, one.needs))


def read_task_reports(folder: Path | None, tasks: Collection[str]) -> tuple[tuple[TaskReport, ...], tuple[Finding, ...]]:
    """The city's table of reports.

    Parameters
    ----------
    folder : Path or None
        The city's ``data`` folder.
    tasks : collection of str
        Ids of the plan's tasks.

    Returns
    -------
    (tuple of TaskReport, tuple of Finding)
        Rows with a state or a time; and which rows name other tasks.

    Raises
    ------
    DefinitionError
        If the table breaks its columns, a state does not exist, a date is none, or a task ends before it begins.
    """
    reports = [_report(row) for row in _rows(folder, PROGRESS, _PROGRESS, ("task",))]
    return _known([one for one in reports if one.state or one.begins or one.ends], tasks, lambda one: (one.task,))


def make_task_tables(plan: Plan) -> dict[str, str]:
    """Empty tables for an office to fill in.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    dict of str to str
        File name → text: a heading line for needs, and one row per task without a state for reports. Notes stand above.
    """
    rules = read_task_rules()
    kinds = "; ".join(f"{name} = {rule.label.zh} ({rule.label.en})" for name, rule in rules.links.items())
    states = "; ".join(f"{name} = {label.zh} ({label.en})" for name, label in rules.states.items())
    rows = "".join(f"{task.id},,,,,,\n" for task in plan.tasks)
    names = "".join(f"# {task.id} {' '.join(task.title.split())}\n" for task in plan.tasks)
    return {
        LINKS: f"# 任务依赖：task 需要 needs · task needs the other task. kind: {kinds}\n# lag: 年 years\n{names}"
        f"{','.join(_LINKS)}\n",
        PROGRESS: f"# 任务进展：空白表示未报告 · blank means not reported. state: {states}\n"
        f"# begins, ends, date: 2024, 2024-06, 2024-06-30\n{names}{','.join(_PROGRESS)}\n{rows}",
    }


def _rows(folder: Path | None, name: str, columns: Mapping[str, Kind], key: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    path = None if folder is None else folder / name
    return load_csv(path, columns, key=key) if path is not None and path.is_file() else ()


def _link(row: Mapping[str, Any]) -> TaskLink:
    at, kinds = row["at"], read_task_rules().links
    if row["kind"] not in kinds:
        raise refusal(f"{at}:3", f"没有“{row['kind']}”这种依赖", f"no kind of link '{row['kind']}'", expected=_listed(kinds))
    if row["task"] == row["needs"]:
        raise refusal(f"{at}:2", f"任务“{row['task']}”需要它自己", f"task '{row['task']}' needs itself")
    return TaskLink(row["task"], row["needs"], row["kind"], row["lag"] or 0, row["why"] or "", row["source"], at)


def _report(row: Mapping[str, Any]) -> TaskReport:
    at, states = row["at"], read_task_rules().states
    if row["state"] is not None and row["state"] not in states:
        raise refusal(f"{at}:2", f"没有状态“{row['state']}”", f"no state '{row['state']}'", expected=_listed(states))
    for column, place in (("begins", 3), ("ends", 4), ("date", 5)):
        if row[column] is not None and not _DATE.fullmatch(row[column]):
            expected = Label("2024、2024-06 或 2024-06-30", "2024, 2024-06 or 2024-06-30")
            raise refusal(f"{at}:{place}", f"“{row[column]}”不是时间", f"'{row[column]}' is no date", expected=expected)
    begins, ends = row["begins"], row["ends"]
    if begins and ends and ends[: len(begins)] < begins[: len(ends)]:
        raise refusal(f"{at}:4", f"“{ends}”早于开始“{begins}”", f"'{ends}' lies before the begin '{begins}'")
    if row["state"] and not row["source"]:
        raise refusal(f"{at}:7", "有状态而没有来源", "a state without its source")
    return TaskReport(row["task"], row["state"], begins, ends, row["date"], row["note"] or "", row["source"] or "", at)


def _listed(known: Iterable[str]) -> Label:
    return Label("、".join(known), ", ".join(known))


def _known(rows: list[Row], tasks: Collection[str], names: Any) -> tuple[tuple[Row, ...], tuple[Finding, ...]]:
    strange = [(row, [name for name in names(row) if name not in tasks]) for row in rows]
    kept = tuple(row for row, missing in strange if not missing)
    return kept, tuple(_unknown(row.at, missing) for row, missing in strange if missing)


def _unknown(at: str, missing: list[str]) -> Finding:
    says = Label(
        f"方案中没有任务 {'、'.join(missing)}，这一行不用", f"the plan has no task {', '.join(missing)}: the row is left out"
    )
    remedy = Label("用 dafeng list-tasks 查任务编号", "look up the ids with dafeng list-tasks")
    return Finding("tasks.unknown_id", at, "warning", says, remedy)
