"""The plan in the view: verdicts by target, fields, tasks, organisations, goals and documents.

Invariant: every target of the plan has one row, in the order of the document, and every task has a trace that leads
to its characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import convert
from dafeng.plans.plan import Plan, Target
from dafeng.plans.verdict import KINDS, Outlook, Reading
from dafeng.store.files import hash_file
from dafeng.work.assessment import Assessment
from dafeng.work.city import City
from dafeng.work.judge import Verdict
from dafeng.work.scores import Score, Scores
from dafeng.work.tracing import TraceBook
from dafeng.work.view_months import Months, gather_months, write_months
from dafeng.work.view_number import SHARE, Frame, Number, curve, plain, write_anchor, write_label

Row = dict[str, Any]

FIELDS: Mapping[str, Label] = {
    "industry": Label("工业", "industry"),
    "energy": Label("能源", "energy"),
    "buildings": Label("建筑", "buildings"),
    "transport": Label("交通", "transport"),
    "forestry": Label("林业碳汇", "forestry"),
    "agriculture": Label("农业", "agriculture"),
    "city": Label("全市", "whole city"),
}
"""Fields of work in the order of the cockpit."""
DOCUMENTS = frozenset((".txt", ".docx", ".pdf", ".html", ".htm"))
WHOLE = "city"
"""Field of a target whose indicator the catalogue does not know."""


def trace_tasks(plan: Plan, traces: TraceBook) -> None:
    """Give every task a trace.

    Parameters
    ----------
    plan : Plan
        The plan.
    traces : TraceBook
        Gets one clause per task.
    """
    for task in plan.tasks:
        says = Label(f"任务{task.number}：{task.title}", f"task {task.number}: {task.title}")
        traces.add(Trace(f"tasks/{task.id}", "clause", says, anchor=task.anchor, source="plan", grade="primary"))


def list_verdicts(assessment: Assessment, frame: Frame) -> list[Row]:
    """Verdicts on all targets.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    frame : Frame
        Run and traces.

    Returns
    -------
    list of dict
        One row per target.
    """
    known = {row.address: row for row in assessment.scores.rows}
    months = gather_months(assessment.city, assessment.city.catalogue())
    return [
        {**_verdict(row, known, assessment.scores, frame), "months": _months(row, months, frame)}
        for row in assessment.verdicts.rows
    ]


def _months(row: Verdict, months: Months, frame: Frame) -> Row | None:
    return None if row.indicator is None else write_months(months.get(row.indicator.id, {}), row.indicator.unit, frame)


def _verdict(row: Verdict, known: Mapping[str, Score], scores: Scores, frame: Frame) -> Row:
    target, indicator, said = row.target, row.indicator, row.judgement
    shown = indicator.unit if indicator is not None else target.unit
    name = indicator.label if indicator is not None else Label(target.indicator, target.indicator)
    percent = shown == SHARE
    return {
        "target": target.id,
        "indicator": write_label(name),
        "indicator_id": indicator.id if indicator is not None else None,
        "field": indicator.field if indicator is not None else WHOLE,
        "year": target.year,
        "period": target.period,
        "comparator": target.comparator,
        "value": _asked(row, frame),
        "upper": _upper(target, shown),
        "strength": target.strength,
        "counting": target.counting,
        "scope": target.scope,
        "implied": target.implied,
        "base_year": target.base_year,
        "verdict": said.verdict,
        "reason": write_label(said.reason),
        "actual": _actual(said.actual, shown, known, frame),
        "projected": _projected(said.projected, shown, frame),
        "projected_verdict": said.projected_verdict,
        "lacking": [write_label(item) for item in said.lacking],
        "organisations": list(target.organisations),
        "task": target.task,
        "anchor": write_anchor(target.anchor),
        "address": frame.locate(row.address),
        "required": None
        if said.required is None
        else {
            "years": list(said.required.years),
            "values": [plain(value, percent=percent) for value in said.required.values],
            "kind": said.required.kind,
        },
        "actuals": [[r.year, plain(r.value, percent=percent), frame.locate(r.address)] for r in row.readings],
        "projection": None if indicator is None else _course(scores.of(indicator.id), percent=percent),
    }


def _asked(row: Verdict, frame: Frame) -> Number:
    target, indicator = row.target, row.indicator
    printed = row.value is None and target.value is not None
    value = target.value if printed else row.value
    unit = target.unit if printed or indicator is None else indicator.unit
    address = f"targets/{target.id}"
    return frame.number(value, unit, year=target.year, basis="target", address=address, share=not printed)


def _upper(target: Target, shown: str) -> float | int | None:
    if target.upper is None:
        return None
    try:
        return plain(convert(target.upper, target.unit, shown), percent=shown == SHARE)
    except UnitError:
        return plain(target.upper)


def _actual(found: Reading | None, unit: str, known: Mapping[str, Score], frame: Frame) -> Number | None:
    if found is None:
        return None
    score = known.get(found.address)
    low, high = (score.low, score.high) if score is not None else (None, None)
    made = frame.number(
        found.value, unit, year=found.year, basis=found.basis, address=found.address, low=low, high=high, share=True
    )
    return {**made, "grade": score.grade} if score is not None else made


def _projected(found: Outlook | None, unit: str, frame: Frame) -> Number | None:
    if found is None:
        return None
    return frame.number(
        found.middle,
        unit,
        year=found.year,
        basis="projected",
        address=found.address,
        low=found.low,
        high=found.high,
        share=True,
    )


def _course(rows: Iterable[Score], *, percent: bool) -> Row | None:
    ahead: dict[int, Score] = {}
    for row in sorted((r for r in rows if r.basis == "projected"), key=lambda r: r.outlook):
        ahead[row.year] = row
    if not ahead:
        return None
    chosen = [ahead[year] for year in sorted(ahead)]
    return {
        "years": [row.year for row in chosen],
        "p10": curve([row.value if row.low is None else row.low for row in chosen], percent=percent),
        "p50": curve([row.value for row in chosen], percent=percent),
        "p90": curve([row.value if row.high is None else row.high for row in chosen], percent=percent),
    }


def list_fields(verdicts: Iterable[Row]) -> list[Row]:
    """Fields of work with their verdicts.

    Parameters
    ----------
    verdicts : iterable of dict
        Rows of ``list_verdicts``.

    Returns
    -------
    list of dict
        The seven fields, also those without a target.
    """
    rows = list(verdicts)
    return [
        {
            "id": name,
            "label": write_label(label),
            "verdicts": [row["target"] for row in rows if row["field"] == name],
            "counts": {kind: sum(row["field"] == name and row["verdict"] == kind for row in rows) for kind in KINDS},
        }
        for name, label in FIELDS.items()
    ]


def list_tasks(plan: Plan, frame: Frame) -> list[Row]:
    """Tasks of the plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    frame : Frame
        Run and traces.

    Returns
    -------
    list of dict
        In the order of the document.
    """
    return [
        {
            "id": task.id,
            "title": task.title,
            "chapter": task.chapter,
            "section": task.section,
            "number": task.number,
            "organisations": list(task.organisations),
            "leads": list(task.leads),
            "collectives": list(task.collectives),
            "open_list": task.open_list,
            "targets": list(task.targets),
            "anchor": write_anchor(task.anchor),
            "address": frame.locate(f"tasks/{task.id}"),
        }
        for task in plan.tasks
    ]


def list_organisations(plan: Plan) -> list[Row]:
    """Organisations with what they answer for.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    list of dict
        In the order of their first mention.
    """
    return [
        {
            "name": one.name,
            "aliases": list(one.aliases),
            "collective": one.collective,
            "tasks": [task.id for task in plan.tasks if one.name in task.organisations],
            "targets": [target.id for target in plan.targets if one.name in target.organisations],
        }
        for one in plan.organisations
    ]


def list_goals(plan: Plan) -> list[Row]:
    """Dated goals without a figure.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    list of dict
        In the order of the document; the text is the plan's own, in Chinese in both languages.
    """
    return [
        {
            "id": goal.id,
            "text": {"zh": goal.text, "en": goal.text},
            "year": goal.year,
            "kind": goal.kind,
            "anchor": write_anchor(goal.anchor),
        }
        for goal in plan.goals
    ]


def list_documents(city: City, plan: Plan) -> list[Row]:
    """Documents that the clauses stand in.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan
        The plan that was judged.

    Returns
    -------
    list of dict
        ``name, title, sha256, present``; ``present`` tells whether the very file lies in the city's ``plans`` folder.
    """
    known = {file.sha256: (file.id, file.title) for file in city.documents if file.sha256}
    if plan.document.sha256:
        known[plan.document.sha256] = (plan.document.name, plan.document.title)
    kept = find_texts(city)
    return [
        {"name": name, "title": title, "sha256": sha256, "present": sha256 in kept} for sha256, (name, title) in known.items()
    ]


def find_texts(city: City) -> Mapping[str, Path]:
    """Files that may hold the text of a plan.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    mapping of str to Path
        Documents of the ``plans`` folder by the hash of their bytes.
    """
    folder = city.folder / "plans"
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return {hash_file(path): path for path in found if path.is_file() and path.suffix.lower() in DOCUMENTS}
