"""The city's plan beside those of its province and of the nation, as a part of the view.

Invariant: every figure of another plan has a trace with its source and grade; every judgement has one that leads to both.
"""

from __future__ import annotations

from typing import Any, Literal

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.plans.plan import Target
from dafeng.work.compare_plans import Line, PlanComparison
from dafeng.work.comparison_document import comparison_document
from dafeng.work.comparison_words import explain_cell
from dafeng.work.parties import Party
from dafeng.work.targets import COMPARATORS
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.view_number import Frame

UNPLACED = Label(
    "见转载文本或报道，未存原文件，原文位置未知",
    "read in a transcription or report; the file is not kept and the position is unknown",
)
UNSEEN = Label(
    "凭记忆录入，未见原文，不计入统计；原文位置未知", "from memory, seen in no text and not counted; the position is unknown"
)


def trace_comparison(comparison: PlanComparison | None, traces: TraceBook) -> None:
    """Give the figures of the other plans, and every judgement, a trace.

    Parameters
    ----------
    comparison : PlanComparison or None
        The comparison.
    traces : TraceBook
        Gets the traces; those of the city's own targets are there already.
    """
    if comparison is None:
        return
    for line in comparison.lines:
        for party in comparison.others:
            if party.id in line.cells:
                _trace_cell(line, comparison.parties[0], party, traces)


def write_comparison(comparison: PlanComparison | None, frame: Frame) -> dict[str, Any] | None:
    """The comparison with addresses of this run.

    Parameters
    ----------
    comparison : PlanComparison or None
        The comparison.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict or None
        As ``dafeng compare-plans --json`` prints it; ``None`` where there is none.
    """
    if comparison is None:
        return None
    first = comparison.parties[0]

    def locate(kind: Literal["target", "row"], party: Party, name: str) -> str:
        if kind == "row":
            return frame.locate(f"comparison/{party.id}.{name}")
        return frame.locate(f"targets/{name}" if party.id == first.id else f"references/{party.id}.{name}")

    return comparison_document(comparison, locate=locate)


def _trace_cell(line: Line, first: Party, party: Party, traces: TraceBook) -> None:
    cell = line.cells[party.id]
    inputs = [f"targets/{cell.left.id}"] if cell.left is not None else []
    if cell.right is not None:
        inputs.append(_trace_figure(cell.right, party, traces))
    if cell.standing == "delegated" and cell.goal is not None and cell.left is None:
        inputs.append(f"targets/{cell.goal.id}")
    backing = party.backing.get(cell.right.id) if cell.right is not None else None
    traces.add(
        Trace(
            address=f"comparison/{party.id}.{line.id}",
            kind="verdict",
            says=explain_cell(cell, first, party),
            year=cell.line_year or next((one.year for one in (cell.left, cell.right) if one is not None), None),
            inputs=tuple(inputs),
            grade=backing.grade if backing is not None else None,
        )
    )


def _trace_figure(target: Target, party: Party, traces: TraceBook) -> str:
    backing = party.backing.get(target.id)
    mark = COMPARATORS.get(target.comparator, target.comparator)
    value = number_text(target.value) if target.value is not None else "—"
    when, asked = target.year or "—", f"{value} {target.unit}".strip()
    clause = backing.clause if backing is not None else target.anchor.document
    return traces.add(
        Trace(
            address=f"references/{party.id}.{target.id}",
            kind="target",
            says=Label(
                f"{party.label.zh}：{when}年{target.indicator} {mark} {asked}（{clause}）",
                f"{party.label.en}: {target.indicator} {mark} {asked} in {when} ({clause})",
            ),
            value=None if target.value is None else value,
            unit=target.unit,
            year=target.year,
            source=backing.source if backing is not None else None,
            grade=backing.grade if backing is not None else None,
            note=UNSEEN if not party.is_firm(target) else UNPLACED,
        )
    )
