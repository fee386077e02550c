"""A task list as a document for machines: what the writers, the pages and ``--json`` show.

Invariant: each organisation says whose word it is; numbers stand as the plan prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Anchor
from dafeng.plans.candidates import Candidate, Ground
from dafeng.plans.duties import read_settings
from dafeng.plans.measures import Measure
from dafeng.plans.plan import Target
from dafeng.plans.tasklist import ListedTask, TaskList

Row = dict[str, Any]
SIGNS: Mapping[str, str] = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "~": "≈"}
"""Comparator → sign."""


def task_document(listed: TaskList, *, texts: bool = True) -> Row:
    """The task list as ``dafeng list-tasks --json`` prints it.

    Parameters
    ----------
    listed : TaskList
        The list.
    texts : bool
        Whether the sentences of the plan stand in it; without them a measure is known by its characters only.

    Returns
    -------
    dict
        Keys ``document``, ``place``, ``duties``, ``counts``, ``tasks``, ``findings``.
    """
    states = [one.state for one in listed.tasks]
    document = listed.document
    return {
        "document": {"name": document.name, "sha256": document.sha256, "title": document.title},
        "place": listed.place,
        "duties": {"sha256": listed.duties.sha256, "rows": len(listed.duties.clauses)},
        "counts": {state: states.count(state) for state in ("stated", "proposed", "none")},
        "tasks": [_task(one, texts=texts) for one in listed.tasks],
        "findings": [_finding(finding) for finding in listed.findings],
    }


def _task(one: ListedTask, *, texts: bool) -> Row:
    task = one.task
    stated: list[Row] = [
        {"name": own.organisation, "role": own.role, "state": "stated", "known": True, "score": None, "grounds": []}
        for own in task.responsible
    ]
    return {
        "id": task.id,
        "number": task.number,
        "title": task.title,
        "chapter": task.chapter,
        "section": task.section,
        "field": {"id": one.field, "label": _label(read_settings().fields[one.field])},
        "measures": [_measure(measure, texts=texts) for measure in one.measures],
        "targets": [{"id": target.id, "says": _label(tell_target(target))} for target in one.targets],
        "years": list(one.years),
        "state": one.state,
        "organisations": stated or [_candidate(candidate) for candidate in one.candidates],
        "open_list": task.open_list,
        "reason": None if one.reason is None else _label(one.reason),
        "anchor": _anchor(task.anchor),
    }


def tell_target(target: Target) -> Label:
    """A target in one line.

    Parameters
    ----------
    target : Target
        The target.

    Returns
    -------
    Label
        Name, sign, figure in the plan's unit, and year; the unit stays as the plan prints it.
    """
    upper = f"–{_number(target.upper)}" if target.upper is not None else ""
    figure = f"{SIGNS[target.comparator]} {_number(target.value)}{upper} {target.unit}".rstrip()
    begins, _, ends = (target.period or "").partition("/")
    year = f"{begins}–{ends}" if begins and ends != ".." else begins or str(target.year or "")
    zh, en = (f"（{year}年）", f" ({year})") if year else ("", "")
    if ends == "..":
        zh, en = f"（{year}年起）", f" (from {year})"
    told = (target.scope or "").strip("（）")
    scope = f"（{told}）" if told else ""
    name = target.label.en if target.label is not None else target.indicator
    falls = target.direction == "decrease" and target.comparator in (">=", ">", "~")
    down = ("下降 ", "fall ") if falls and target.unit in ("%", "‰", "百分点") else ("", "")
    return Label(f"{target.indicator}{scope} {down[0]}{figure}{zh}", f"{name} {down[1]}{figure}{en}")


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _measure(measure: Measure, *, texts: bool) -> Row:
    shown = measure.text if texts or measure.titled else None
    return {"text": shown, "titled": measure.titled, "anchor": _anchor(measure.anchor)}


def _candidate(candidate: Candidate) -> Row:
    return {
        "name": candidate.organisation,
        "role": candidate.role,
        "state": "proposed",
        "known": candidate.known,
        "score": float(candidate.score),
        "grounds": [_ground(ground) for ground in candidate.grounds],
    }


def _ground(ground: Ground) -> Row:
    clause = ground.clause
    return {
        "duty": clause.id,
        "says": _label(clause.label),
        "role": clause.role,
        "words": list(ground.words),
        "places": list(ground.places),
        "grade": clause.grade,
        "sources": list(clause.sources),
        "clause": clause.clause,
    }


def _finding(finding: Finding) -> Row:
    return {
        "rule": finding.rule,
        "at": finding.at,
        "severity": finding.severity,
        "says": _label(finding.says),
        "remedy": _label(finding.remedy),
    }


def _anchor(anchor: Anchor) -> Row:
    return {
        "start": anchor.start,
        "end": anchor.end,
        "paragraph": anchor.paragraph,
        "sha256": anchor.sha256,
        "document": anchor.document,
    }


def _label(label: Label) -> Row:
    return {"zh": label.zh, "en": label.en}
