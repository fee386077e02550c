"""A schedule as a document for machines: what the pages, the drawings and ``--json`` show.

Invariant: whose word a time or a link is stands beside it; the rest of a task is in the task list under the same id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dafeng.core.labels import Label
from dafeng.plans.scheduled import Moment, Need, Schedule, ScheduledTask
from dafeng.plans.task_rules import read_task_rules

Row = dict[str, Any]


def schedule_document(schedule: Schedule) -> Row:
    """The schedule as data.

    Parameters
    ----------
    schedule : Schedule
        The schedule.

    Returns
    -------
    dict
        Keys ``day``, ``places``, ``tasks``, ``links``, ``circles``, ``chain``, ``warnings``, ``findings``.
    """
    return {
        "day": schedule.day.isoformat(),
        "places": list_places(),
        "tasks": [_task(one) for one in schedule.tasks],
        "links": [_link(need) for need in schedule.needs],
        "circles": [list(circle) for circle in schedule.circles],
        "chain": {"tasks": list(schedule.chain), "slack": schedule.slack},
        "warnings": [
            {"task": one.task, "by": one.by, "way": list(one.way), "troubles": list(one.troubles)} for one in schedule.warnings
        ],
        "findings": [{**asdict(one), "says": _label(one.says), "remedy": _label(one.remedy)} for one in schedule.findings],
    }


def tell_link(kind: str) -> Label:
    """A kind of link in words.

    Parameters
    ----------
    kind : str
        Key of ``TaskRules.links`` or of ``TaskRules.derived``.

    Returns
    -------
    Label
        Its name.
    """
    rules = read_task_rules()
    known: Mapping[str, Any] = {**rules.links, **rules.derived}
    label: Label = known[kind].label
    return label


def list_places() -> list[Row]:
    """Columns of the board: what may be reported, then what stands without a report.

    Returns
    -------
    list of dict
        ``id``, ``label`` and ``reported``.
    """
    rules = read_task_rules()
    said = [{"id": name, "label": _label(label), "reported": True} for name, label in rules.states.items()]
    return said + [{"id": name, "label": _label(label), "reported": False} for name, (label, _) in rules.silent.items()]


def _task(one: ScheduledTask) -> Row:
    report = one.report
    return {
        "id": one.listed.task.id,
        "begins": _moment(one.begins),
        "ends": _moment(one.ends),
        "marks": [{**asdict(mark), "says": _label(mark.says)} for mark in one.marks],
        "verdict": one.verdict,
        "place": one.place,
        "layer": one.layer,
        "lacking": list(one.lacking),
        "report": None
        if report is None
        else {"state": report.state, "date": report.date, "note": report.note, "source": report.source, "at": report.at},
    }


def _moment(moment: Moment | None) -> Row | None:
    return None if moment is None else {"said": moment.said, "origin": moment.origin}


def _link(need: Need) -> Row:
    return {
        "first": need.first,
        "second": need.second,
        "kind": need.kind,
        "label": _label(tell_link(need.kind)),
        "origin": need.origin,
        "ordered": need.ordered,
        "why": _label(need.why),
        "source": need.source,
        "grounds": list(need.grounds),
        "lag": need.lag,
        "slack": need.slack,
        "bound": need.bound,
    }


def _label(label: Label) -> Row:
    return {"zh": label.zh, "en": label.en}
