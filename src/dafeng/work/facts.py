"""Traces of delivered facts.

Invariant: a fact's trace names the delivered cell it stands in, with the file's hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.periods import period
from dafeng.core.traces import Cell, Trace
from dafeng.library.balances import carriers, flows
from dafeng.store.facts import FactStore
from dafeng.work.tracing import number_text

CORRECTED = "corrections/"
"""What the file of a corrected figure begins with; the rest is the id of the correction."""
Hashes = Mapping[tuple[str, str], str]
"""Hash of each delivered file by lot and name."""


def file_hashes(store: FactStore) -> Hashes:
    """Hashes of all delivered files.

    Parameters
    ----------
    store : FactStore
        Store of facts.

    Returns
    -------
    mapping of (lot, file) to str
        SHA-256 of the bytes.
    """
    return {(lot.id, item.file): item.sha256 for lot in store.lots() for item in lot.items}


def earlier_traces(rows: Iterable[Mapping[str, Any]], label: Label, store: FactStore) -> list[Trace]:
    """Traces of what some facts replaced: the figure as reported, and each correction before the last.

    Parameters
    ----------
    rows : iterable of mapping
        Rows of the table ``FACTS`` about one thing.
    label : Label
        What they measure.
    store : FactStore
        Store of facts.

    Returns
    -------
    list of Trace
        One for each fact that is no longer in force.
    """
    replacing = {row["fact"] for row in rows if row["supersedes"]}
    if not replacing:
        return []
    hashes = file_hashes(store)
    chain = store.history(replacing).to_pylist()
    return [fact_trace(row, label, hashes) for row in chain if row["fact"] not in replacing]


def fact_trace(row: Mapping[str, Any], label: Label, hashes: Hashes) -> Trace:
    """Trace of a fact; one that replaced another has the other's trace as its input.

    Parameters
    ----------
    row : mapping
        Row of the table ``FACTS``.
    label : Label
        What the fact measures.
    hashes : mapping of (lot, file) to str
        Hashes of the delivered files.

    Returns
    -------
    Trace
        With the delivered cell.
    """
    return Trace(
        address=f"facts/{row['fact']}",
        kind="fact",
        says=Label(f"{label.zh}（{row['period']}）", f"{label.en} ({row['period']})"),
        value=number_text(row["value"].normalize()),
        unit=row["unit"],
        year=year_of(row["period"]),
        source=row["source"],
        grade=row["grade"],
        cell=Cell(row["file"], row["sheet"] or "", row["cell"], hashes.get((row["lot"], row["file"]), ""))
        if row["cell"]
        else None,
        note=noted(row),
        inputs=(f"facts/{row['supersedes']}",) if row["supersedes"] else (),
    )


def name_cell(row: Mapping[str, Any]) -> Label:
    """Name of a cell of an energy balance.

    Parameters
    ----------
    row : mapping
        Row of the table ``FACTS`` with flow and carrier.

    Returns
    -------
    Label
        Row and column in words; the ids of what the classes do not know.
    """
    flow, carrier = flows().get(row["flow"]), carriers().get(row["carrier"] or "")
    zh = (flow.label.zh if flow else row["flow"], carrier.label.zh if carrier else row["carrier"] or "")
    en = (flow.label.en if flow else row["flow"], carrier.label.en if carrier else row["carrier"] or "")
    return Label(f"能源平衡表 {zh[0]} · {zh[1]}", f"energy balance, {en[0]} · {en[1]}")


def noted(row: Mapping[str, Any]) -> Label | None:
    """Reservation of the source, if it made one.

    Parameters
    ----------
    row : mapping
        Row of the table ``FACTS``.

    Returns
    -------
    Label or None
        The note.
    """
    if row["file"].startswith(CORRECTED):
        return Label(f"更正：{row['note']}", f"corrected: {row['note']}")
    return Label(f"来源附注：{row['note']}", f"note of the source: {row['note']}") if row["note"] else None


def year_of(text: str) -> int:
    """Year that a period speaks of: its last one.

    Parameters
    ----------
    text : str
        ISO period: ``2025``, ``2025-03``, ``2021/2025``.

    Returns
    -------
    int
        Calendar year of the last day.
    """
    return (period(text).end - timedelta(days=1)).year
