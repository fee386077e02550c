"""Corrected figures beside what is delivered later: a correction is not undone by the wrong figure coming again.

Invariant: a delivered row that repeats what was said before a correction stays out with a finding; one that says something
new is taken in and replaces the correction, and that is said too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from dafeng.core.findings import Finding
from dafeng.readers.delivery import Delivery, build_rows, name_row, place_in, remark
from dafeng.readers.numbers import plain
from dafeng.readers.series import in_unit
from dafeng.work.city import City

KIND = "correction"
"""What the item of a lot is that brings a corrected figure."""
Row = Mapping[str, Any]


def keep_corrections(city: City, deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Deliveries without the rows that repeat a figure which was corrected.

    Parameters
    ----------
    city : City
        The city.
    deliveries : iterable of Delivery
        What was read.

    Returns
    -------
    list of Delivery
        With findings for the rows left out and for corrections that a new figure replaces.
    """
    chains = corrected_chains(city)
    return [_kept(delivery, chains) if chains else delivery for delivery in deliveries]


def corrected_chains(city: City) -> dict[tuple[Any, ...], list[Row]]:
    """Corrected figures in force, each with all that was said before it.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    dict of tuple to list
        By key of the figure, its facts from the first reported to the one in force.
    """
    lots = [lot.id for lot in city.facts.lots() if any(item.kind == KIND for item in lot.items)]
    if not lots:
        return {}
    asked = {"asked": pa.table({"lot": lots})}
    found = city.facts.query("SELECT f.fact AS fact FROM facts AS f JOIN asked AS a ON a.lot = f.lot", tables=asked)
    held = found.column("fact").to_pylist()
    rows = {row["fact"]: row for row in city.facts.history(held).to_pylist()}
    return {key_of(rows[fact]): _chain(rows, fact) for fact in held}


def key_of(row: Row) -> tuple[Any, ...]:
    """What a row speaks of and who says it.

    Parameters
    ----------
    row : mapping
        A fact or a delivered row.

    Returns
    -------
    tuple
        Indicator, flow, carrier, place, organisation, period, source.
    """
    return tuple(row[name] for name in ("indicator", "flow", "carrier", "place", "organisation", "period", "source"))


def _chain(rows: Mapping[str, Row], fact: str) -> list[Row]:
    found: list[Row] = []
    while fact in rows and rows[fact] not in found:
        found.insert(0, rows[fact])
        fact = rows[fact]["supersedes"]
    return found


def _kept(delivery: Delivery, chains: Mapping[tuple[Any, ...], Sequence[Row]]) -> Delivery:
    rows: list[Row] = []
    findings: list[Finding] = []
    for row in delivery.rows.to_pylist():
        chain = chains.get(key_of(row), ())
        repeats = any(in_unit(row, before["unit"]) == before["value"] for before in chain)
        rows.extend([] if repeats else [row])
        if chain:
            findings.append(_stays(row, chain[-1]) if repeats else _goes(row, chain[-1]))
    if not findings:
        return delivery
    return replace(delivery, rows=build_rows(rows), findings=(*delivery.findings, *findings))


def _stays(row: Row, held: Row) -> Finding:
    said = (
        f"{name_row(row)} = {plain(row['value'])} {row['unit']} 已更正为 {plain(held['value'])} {held['unit']}，仍用更正值",
        f"{name_row(row)} = {plain(row['value'])} {row['unit']} was corrected to {plain(held['value'])} {held['unit']}; "
        "the corrected value stays",
    )
    remedy = ("如更正有误，用 dafeng correct 再更正", "correct it again with dafeng correct if the correction is wrong")
    return remark("ingest.corrected", place_in(row), "info", *said, remedy=remedy)


def _goes(row: Row, held: Row) -> Finding:
    said = (
        f"{name_row(row)} 的更正值 {plain(held['value'])} {held['unit']} 被新报的 {plain(row['value'])} {row['unit']} 取代",
        f"the corrected value {plain(held['value'])} {held['unit']} of {name_row(row)} is replaced by the newly delivered "
        f"{plain(row['value'])} {row['unit']}",
    )
    remedy = ("核对新报的数", "check the figure that came")
    return remark("ingest.replaced", place_in(row), "warning", *said, remedy=remedy)
