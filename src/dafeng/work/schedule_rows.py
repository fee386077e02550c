"""Rows of the time line: the task list and the schedule side by side, by group, and as a table.

Invariant: a row says only what the two documents say; a group holds every chosen task, and one with several organisations
stands with each of them.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dafeng.core.labels import Label, Language
from dafeng.plans.scheduled import read_moment
from dafeng.plans.verdict import WORDS

Row = dict[str, Any]
GROUPS = ("chapter", "field", "organisation", "place")
"""What tasks can be grouped by."""
HEADS: Mapping[str, Label] = {
    "id": Label("编号", "id"),
    "title": Label("任务", "task"),
    "field": Label("领域", "field"),
    "organisations": Label("责任单位", "organisations"),
    "begins": Label("开始", "begins"),
    "begins_by": Label("开始出自", "begin said by"),
    "ends": Label("完成", "ends"),
    "ends_by": Label("完成出自", "end said by"),
    "place": Label("状态", "state"),
    "verdict": Label("目标判断（最差）", "worst verdict on its targets"),
    "needs": Label("前置任务（已交付）", "needs (delivered)"),
    "derived": Label("关联任务（系统推出）", "hangs together with (derived)"),
    "pressed": Label("受前置任务影响", "pressed by"),
    "lacking": Label("缺少", "lacking"),
}
"""Columns of the table."""
SILENT = Label("未报告", "not reported")
"""State of a task of which nobody reported."""
LACKING: Mapping[str, Label] = {
    "owner": Label("责任单位", "organisation"),
    "year": Label("完成年份", "year"),
    "target": Label("定量目标", "target"),
    "evidence": Label("判断目标的数据", "data on its targets"),
    "report": Label("进展报告", "report"),
}
"""What a task may lack."""


def chart_rows(listed: Mapping[str, Any], schedule: Mapping[str, Any]) -> list[Row]:
    """One row per task for boards and drawings.

    Parameters
    ----------
    listed : mapping
        The task list as a document.
    schedule : mapping
        The schedule as a document.

    Returns
    -------
    list of dict
        The task's own keys with those of the schedule; ``start`` and ``stop`` in years or ``None`` [a]; ``owners``,
        ``pressed`` (tasks that press it), ``before``, ``after``, ``beside`` (links) and ``critical``.
    """
    timed = {row["id"]: row for row in schedule["tasks"]}
    places = {row["id"]: row for row in schedule["places"]}
    chain = set(schedule["chain"]["tasks"])
    linked, pressed = defaultdict(list), defaultdict(list)
    for link in schedule["links"]:
        for name in {link["first"], link["second"]}:
            linked[name].append(link)
    for one in schedule["warnings"]:
        pressed[one["task"]].append(one)
    rows = []
    for task in listed["tasks"]:
        own = timed[task["id"]]
        near = linked[task["id"]]
        rows.append(
            {
                **task,
                **own,
                "start": None if own["begins"] is None else read_moment(own["begins"]["said"], "begins"),
                "stop": None if own["ends"] is None else read_moment(own["ends"]["said"], "ends"),
                "where": places[own["place"]],
                "owners": [one["name"] for one in _owners(task)],
                "pressed": pressed[task["id"]],
                "before": [link for link in near if link["ordered"] and link["second"] == task["id"]],
                "after": [link for link in near if link["ordered"] and link["first"] == task["id"]],
                "beside": [link for link in near if not link["ordered"]],
                "critical": task["id"] in chain,
            }
        )
    return rows


def group_rows(rows: Iterable[Row], by: str) -> list[tuple[Any, list[Row]]]:
    """Rows under what they are grouped by.

    Parameters
    ----------
    rows : iterable of dict
        Rows of `chart_rows`.
    by : {"chapter", "field", "organisation", "place"}
        What to group by.

    Returns
    -------
    list of (name or label, rows)
        In the order of the first row; organisations with most tasks first, ``None`` for tasks without one.
    """
    found: dict[str, tuple[Any, list[Row]]] = {}
    for row in rows:
        for key, name in _names(row, by):
            found.setdefault(key, (name, []))[1].append(row)
    groups = list(found.values())
    return sorted(groups, key=lambda group: (group[0] is None, -len(group[1]))) if by == "organisation" else groups


def write_rows(rows: Sequence[Row], schedule: Mapping[str, Any], language: Language) -> str:
    """The table behind the time line.

    Parameters
    ----------
    rows : sequence of dict
        Rows of `chart_rows`.
    schedule : mapping
        The schedule as a document.
    language : {"zh", "en"}
        Language of the heads.

    Returns
    -------
    str
        CSV; a cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([label.read(language) for label in HEADS.values()])
    writer.writerows([_safe(cell) for cell in _cells(row, language)] for row in rows)
    writer.writerow([])
    day = Label(f"截至 {schedule['day']}", f"as of {schedule['day']}")
    writer.writerow([day.read(language)])
    return text.getvalue()


def tell_place(place: Mapping[str, Any], language: Language) -> str:
    """Where a task stands, in words.

    Parameters
    ----------
    place : mapping
        One of ``places`` of the schedule.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The reported state, or that nobody reported and what is known instead.
    """
    said = str(place["label"][language])
    return said if place["reported"] else f"{SILENT.read(language)}{'·' if language == 'zh' else ': '}{said}"


def tell_lacking(names: Iterable[str], language: Language) -> str:
    """What a task lacks, in words.

    Parameters
    ----------
    names : iterable of str
        As in the schedule.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Empty where nothing is lacking.
    """
    return ("、" if language == "zh" else ", ").join(LACKING[name].read(language) for name in names)


def _cells(row: Row, language: Language) -> list[str]:
    joint = "、" if language == "zh" else ", "
    sides = [
        cell for side in ("begins", "ends") for cell in ((row[side]["said"], row[side]["origin"]) if row[side] else ("", ""))
    ]
    verdict = WORDS[row["verdict"]].read(language) if row["verdict"] else ""
    delivered = [link["first"] for link in row["before"] if link["origin"] == "delivered"]
    derived = [
        _other(link, row["id"]) for key in ("before", "after", "beside") for link in row[key] if link["origin"] == "derived"
    ]
    return [
        row["id"], row["title"], row["field"]["label"][language], joint.join(row["owners"]), *sides,
        tell_place(row["where"], language), verdict, joint.join(delivered), joint.join(dict.fromkeys(derived)),
        joint.join(one["by"] for one in row["pressed"]), tell_lacking(row["lacking"], language),
    ]  # fmt: skip


def _other(link: Row, task: str) -> str:
    return str(link["second"] if link["first"] == task else link["first"])


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _owners(task: Mapping[str, Any]) -> list[Row]:
    """Those who lead, or all of an undivided list."""
    leading = [one for one in task["organisations"] if one["role"] == "lead"]
    return leading or list(task["organisations"])


def _names(row: Row, by: str) -> list[tuple[str, Any]]:
    if by == "field":
        return [(row["field"]["id"], row["field"]["label"])]
    if by == "organisation":
        return [(name, name) for name in row["owners"]] or [("", None)]
    if by == "place":
        return [(row["place"], row["where"]["label"])]
    return [(row["chapter"], row["chapter"] or None)]
