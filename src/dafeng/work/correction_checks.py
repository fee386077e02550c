"""Corrected figures before the checks that find errors: what these say of a value is told before it is kept.

Invariant: a corrected value that sign, size or series doubt is kept only by somebody who says that it is sure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.factors import read_factors
from dafeng.readers.audit import audit_facts
from dafeng.readers.delivery import LISTED, place_in
from dafeng.work.city import City

DOUBTS = frozenset(
    f"audit.{rule}" for rule in ("negative", "share", "slip", "sign", "digits", "jump", "zero", "factor", "peer")
)
"""Rules that judge a value by its sign, size or series; sums and copies wait for the audit, since others may be to blame."""
CONFIRMED = "（已核实）"
"""What is added to the reason of a correction that was doubted and confirmed."""
Row = Mapping[str, Any]


def find_doubts(before: Iterable[Finding], after: Iterable[Finding], cells: Collection[str]) -> tuple[Finding, ...]:
    """What the checks say of corrected values.

    Parameters
    ----------
    before, after : iterable of Finding
        The audit without the corrections and with them.
    cells : collection of str
        Corrected cells.

    Returns
    -------
    tuple of Finding
        Those at the corrected cells, and those that the corrections bring to others.
    """
    known = {(one.rule, one.at) for one in before}
    doubting = (one for one in after if one.rule in DOUBTS and one.severity != "info")
    return tuple(one for one in doubting if one.at in cells or (one.rule, one.at) not in known)


def doubt_correction(city: City, row: Row, value: Decimal, unit: str) -> tuple[Finding, ...]:
    """What the checks say of a value that a fact shall get, beside the others of its indicator and place.

    Parameters
    ----------
    city : City
        The city.
    row : mapping
        The fact in force.
    value : Decimal
        The value. [unit]
    unit : str
        Its unit.

    Returns
    -------
    tuple of Finding
        Empty where nothing is said against it.
    """
    held = city.facts.read(places=(row["place"],))
    rows = [one for one in held.to_pylist() if one["indicator"] == row["indicator"]]
    with_it = [{**one, "value": value, "unit": unit} if one["fact"] == row["fact"] else one for one in rows]
    before, after = (_audit(city, pa.Table.from_pylist(listed, schema=held.schema), row) for listed in (rows, with_it))
    return find_doubts(before, after, (place_in(row),))


def check_sure(doubts: Sequence[Finding], *, remedy: Label) -> None:
    """Refuse corrected values that the checks doubt.

    Parameters
    ----------
    doubts : sequence of Finding
        What they say, without what somebody is sure of.
    remedy : Label
        How to keep the value all the same.

    Raises
    ------
    SettingError
        With the findings and their cells.
    """
    if not doubts:
        return
    listed, more = doubts[:LISTED], " …" if len(doubts) > LISTED else ""
    zh = "；".join(f"{one.at}：{one.says.zh}" for one in listed) + more
    en = "; ".join(f"{one.at}: {one.says.en}" for one in listed) + more
    raise SettingError(
        Label(f"更正后的数仍有 {len(doubts)} 处疑问：{zh}", f"the corrected value raises {len(doubts)} doubts: {en}"),
        where=doubts[0].at,
        expected=Label(
            "符号、量级、变化说得通的数，或确认属实", "a value of plausible sign, size and step, or that it is sure"
        ),
        remedy=remedy,
    )


def _audit(city: City, facts: pa.Table, row: Row) -> tuple[Finding, ...]:
    peers = city.facts.read(places=city.context) if city.context and row["place"] == city.code else None
    return audit_facts(
        facts,
        catalogue=city.catalogue(),
        rules=city.rules(),
        today=datetime.now(UTC).date(),
        library=read_factors(city.overlay),
        peers=peers,
    )
