"""Uncertainty and quality in the view: the analysis of the run and the log of recalculations.

Invariant: the page shows the document that ``dafeng uncertainty --json`` prints, with addresses of the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.methods.recalculation import REASONS, Recalculation
from dafeng.store.recalculations import read_log
from dafeng.work.assessment import Assessment
from dafeng.work.city import City
from dafeng.work.tracing import TraceBook
from dafeng.work.uncertainty_document import quality_document
from dafeng.work.view_number import Frame, plain, write_label

Row = dict[str, Any]


def trace_quality(assessment: Assessment, traces: TraceBook) -> None:
    """Add the traces of the analysis and of the log.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    traces : TraceBook
        Traces of the run; a second call changes nothing.
    """
    if assessment.quality is not None:
        traces.extend(assessment.quality.traces)
    traces.extend(_trace(number, line) for number, line in _logged(assessment.city))


def write_quality(assessment: Assessment, frame: Frame) -> Row | None:
    """The part ``quality`` of the view.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict or None
        As ``quality_document``, and ``recalculations``; ``None`` where nothing was accounted.
    """
    if assessment.quality is None:
        return None
    told = quality_document(assessment.quality, locate=frame.locate)
    labels = {one.id: one.label for method in assessment.account.methods.values() for one in method.categories}
    logged = [_row(number, line, labels, frame) for number, line in _logged(assessment.city)]
    return {**told, "recalculations": logged}


def _logged(city: City) -> Iterator[tuple[int, Mapping[str, str]]]:
    yield from enumerate(read_log(city.folder), start=1)


def _read(line: Mapping[str, str]) -> Recalculation:
    causes = {reason: Decimal(line[reason]) for reason in REASONS if line[reason]}
    return Recalculation(
        int(line["year"]),
        line["category"],
        line["quantity"],
        line["unit"],
        _number(line["before"]),
        _number(line["after"]),
        causes,
    )


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _trace(number: int, line: Mapping[str, str]) -> Trace:
    row, who = _read(line), line["who"]
    return Trace(
        f"recalculations/{number}",
        "result",
        Label(
            f"{row.year}年 {row.category}（{row.quantity}）的重算，与 {line['since']} 相比",
            f"recalculation of {row.category}, {row.quantity}, {row.year}, since {line['since']}",
        ),
        f"{row.change.normalize():f}",
        row.unit,
        row.year,
        "after - before",
        grade="derived",
        note=Label(f"{row.says.zh}。{who} 于 {line['at']} 记入", f"{row.says.en}. Logged by {who} at {line['at']}"),
    )


def _row(number: int, line: Mapping[str, str], labels: Mapping[str, Label], frame: Frame) -> Row:
    row = _read(line)
    return {
        "at": line["at"],
        "who": line["who"],
        "since": line["since"],
        "year": row.year,
        "category": row.category,
        "label": write_label(labels.get(row.category, Label(row.category, row.category))),
        "quantity": row.quantity,
        "unit": row.unit,
        "before": plain(row.before),
        "after": plain(row.after),
        "change": plain(row.change),
        "says": write_label(row.says),
        "address": frame.locate(f"recalculations/{number}"),
    }
