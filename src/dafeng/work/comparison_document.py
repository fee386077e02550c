"""A comparison of plans as a document: the same for ``--json``, the workbook and the cockpit.

Invariant: every figure stands with its anchor, or with the source, clause and grade that stand in for an unknown position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Literal

from dafeng.core.labels import Label
from dafeng.core.traces import Anchor
from dafeng.plans.contrast import STANDINGS, Contrast, Difference
from dafeng.plans.plan import Goal, Target, Task
from dafeng.plans.references import has_position
from dafeng.work.compare_plans import Line, PlanComparison, Revision
from dafeng.work.comparison_words import STANDING_WORDS, explain_cell, explain_difference
from dafeng.work.parties import Party
from dafeng.work.view_number import plain, write_label

Row = dict[str, Any]
Locate = Callable[[Literal["target", "row"], Party, str], str | None]
"""Address of a target of a party, or of a row beside a party, by its id; ``None`` where there is no run."""


def comparison_document(comparison: PlanComparison, *, locate: Locate | None = None) -> Row:
    """The comparison as ``dafeng compare-plans --json`` prints it.

    Parameters
    ----------
    comparison : PlanComparison
        The comparison.
    locate : callable, optional
        Gives the addresses that figures and rows have in a run.

    Returns
    -------
    dict
        ``parties, counts, recalled, headline, rows, tasks, goals, findings``; unknown positions are ``None``.
    """
    find = locate or (lambda kind, party, name: None)
    first, others = comparison.parties[0], comparison.others
    return {
        "parties": [_party(party) for party in comparison.parties],
        "counts": {party.id: dict(comparison.counts(party)) for party in others},
        "recalled": {party.id: comparison.recalled(party) for party in others},
        "headline": write_label(say_headline(comparison)),
        "rows": [_row(line, first, others, find) for line in comparison.lines],
        "tasks": [row for name, found in comparison.revisions.items() for row in _tasks(name, found)],
        "goals": [row for name, found in comparison.revisions.items() for row in _goals(name, found)],
        "findings": [
            {"rule": f.rule, "at": f.at, "severity": f.severity, "says": write_label(f.says), "remedy": write_label(f.remedy)}
            for f in comparison.findings
        ],
    }


def say_headline(comparison: PlanComparison) -> Label:
    """How many targets are stricter, looser, missing … than those of each other plan.

    Parameters
    ----------
    comparison : PlanComparison
        The comparison.

    Returns
    -------
    Label
        One clause for each of the other plans.
    """
    said = [_count_words(comparison, party) for party in comparison.others]
    mine = comparison.parties[0].label
    return Label(f"{mine.zh}：" + "；".join(one.zh for one in said), f"{mine.en}: " + "; ".join(one.en for one in said))


def _count_words(comparison: PlanComparison, party: Party) -> Label:
    counts = comparison.counts(party)
    shown = [name for name in STANDINGS if name != "added"]
    zh = "、".join(f"{STANDING_WORDS[name].zh}{counts[name]}项" for name in shown)
    en = ", ".join(f"{counts[name]} {STANDING_WORDS[name].en}" for name in shown)
    left = comparison.recalled(party)
    return Label(
        f"与{party.label.zh}比，{zh}" + (f"（另有{left}项对照值未见原文，不计入）" if left else ""),
        f"beside {party.label.en}: {en}" + (f" ({left} more rest on figures not seen and are not counted)" if left else ""),
    )


def _party(party: Party) -> Row:
    return {
        "id": party.id,
        "label": write_label(party.label),
        "kind": party.kind,
        "relation": party.relation,
        "place": party.plan.place,
        "document": party.plan.document.title or party.plan.document.name,
        "sha256": party.plan.document.sha256 or None,
        "targets": len(party.plan.targets),
    }


def _row(line: Line, first: Party, others: Iterable[Party], locate: Locate) -> Row:
    shown = line.target or next(cell.right for cell in line.cells.values() if cell.right is not None)
    name = line.indicator.label if line.indicator is not None else shown.label or Label(shown.indicator, shown.indicator)
    return {
        "id": line.id,
        "indicator": write_label(name),
        "indicator_id": line.indicator.id if line.indicator is not None else shown.indicator_id,
        "field": line.indicator.field if line.indicator is not None else "city",
        "year": shown.year,
        "mine": _figure(line.target, first, locate),
        "cells": [_cell(line, line.cells[party.id], first, party, locate) for party in others if party.id in line.cells],
    }


def _cell(line: Line, cell: Contrast, first: Party, party: Party, locate: Locate) -> Row:
    return {
        "party": party.id,
        "standing": cell.standing,
        "reason": write_label(explain_cell(cell, first, party)),
        "obstacles": list(cell.obstacles),
        "differences": [_difference(one) for one in cell.differences],
        "other": _figure(cell.right, party, locate),
        "converted": _plain(cell.converted),
        "gap": _plain(cell.gap),
        "share": _plain(cell.share),
        "line_year": cell.line_year,
        "firm": party.is_firm(cell.right),
        "goal": _goal(cell.goal, first if cell.left is None else party),
        "address": locate("row", party, line.id),
    }


def _figure(target: Target | None, party: Party, locate: Locate) -> Row | None:
    if target is None:
        return None
    backing = party.backing.get(target.id)
    grade, source = (backing.grade, backing.source) if backing is not None else ("primary", "plan")
    return {
        "target": target.id,
        "name": target.indicator,
        "value": {
            "value": _plain(target.value),
            "unit": target.unit,
            "year": target.year,
            "basis": "target",
            "low": None,
            "high": None,
            "grade": grade,
            "source": source,
            "address": locate("target", party, target.id),
        },
        **{
            key: getattr(target, key)
            for key in ("period", "comparator", "strength", "nature", "scope", "counting", "base_year")
        },
        "upper": _plain(target.upper),
        "base": target.base,
        "task": target.task,
        "clause": backing.clause if backing is not None else None,
        "anchor": _anchor(target.anchor),
    }


def _tasks(party: str, revision: Revision) -> Iterable[Row]:
    for one in revision.tasks:
        yield {
            "party": party,
            "change": one.change,
            "left": _task(one.left),
            "right": _task(one.right),
            "differences": [_difference(difference) for difference in one.differences],
        }


def _goals(party: str, revision: Revision) -> Iterable[Row]:
    for one in revision.goals:
        yield {
            "party": party,
            "change": one.change,
            "left": _goal(one.left, None),
            "right": _goal(one.right, None),
            "differences": [_difference(difference) for difference in one.differences],
        }


def _task(task: Task | None) -> Row | None:
    if task is None:
        return None
    return {
        "id": task.id,
        "title": task.title,
        "chapter": task.chapter,
        "section": task.section,
        "number": task.number,
        "organisations": list(task.organisations),
        "anchor": _anchor(task.anchor),
    }


def _goal(goal: Goal | None, party: Party | None) -> Row | None:
    if goal is None:
        return None
    backing = party.backing.get(goal.id) if party is not None else None
    return {
        "id": goal.id,
        "kind": goal.kind,
        "text": goal.text,
        "year": goal.year,
        "clause": backing.clause if backing is not None else None,
        "source": backing.source if backing is not None else "plan",
        "anchor": _anchor(goal.anchor),
    }


def _difference(one: Difference) -> Row:
    return {"aspect": one.aspect, "left": one.left, "right": one.right, "says": write_label(explain_difference(one))}


def _anchor(anchor: Anchor) -> Row | None:
    """Position in the document; ``None`` for a reference, whose positions nobody knows."""
    if not has_position(anchor):
        return None
    return {name: getattr(anchor, name) for name in ("start", "end", "paragraph", "sha256", "document")}


def _plain(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else plain(value)
