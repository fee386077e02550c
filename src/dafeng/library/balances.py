"""Energy balances as definitions: their rows and their columns.

Invariant: rows and columns come from ``data/classes``; another edition's wording is a cell in a file and not code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from dafeng.core.labels import Label
from dafeng.core.units import same_dimension
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped

COAL_EQUIVALENT = "tce"
"""Unit of coal equivalents."""
Role = Literal["total", "part", "memo"]
"""``part`` adds to its parent, ``memo`` is an “of which” that does not."""
MADE = frozenset({"electricity", "heat", "all_energy", "other_energy"})
"""Carriers that come out of power plants and boilers, or hold what comes out of them."""
FLOW_COLUMNS: Mapping[str, Kind] = {
    "flow": "text", "parent": "text?", "role": "text", "sign": "text?", "zh": "text", "en": "text", "spellings": "text?",
    "note": "text?",
}  # fmt: skip
CARRIER_COLUMNS: Mapping[str, Kind] = {
    "carrier": "text", "parent": "text?", "kind": "text", "unit": "text", "closing": "text", "zh": "text", "en": "text",
    "spellings": "text?", "note": "text?",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flow:
    """One row of an energy balance.

    Parameters
    ----------
    id : str
        Id, e.g. ``final.industry``.
    parent : str
        Id of the total it belongs to, empty for a section.
    role : Role
        Whether it adds to its parent.
    sign : str
        ``negative`` if official tables print it negative, ``input`` if they do so for all that is burnt in it, else
        empty.
    label : Label
        Name.
    """

    id: str
    parent: str
    role: Role
    sign: str
    label: Label


@dataclass(frozen=True, slots=True)
class Carrier:
    """One column of an energy balance.

    Parameters
    ----------
    id : str
        Id, e.g. ``raw_coal``.
    parent : str
        Id of the total it belongs to, empty if none.
    kind : str
        ``primary``, ``secondary`` or ``total``.
    unit : str
        Unit of the physical table.
    closing : {"inputs", "net", "final"}
        What closes to the total besides final use and losses: the inputs to transformation, its net result
        (totals), or nothing (heat).
    label : Label
        Name.
    """

    id: str
    parent: str
    kind: str
    unit: str
    closing: str
    label: Label

    @property
    def made(self) -> bool:
        """Whether power plants and boilers make it rather than burn it."""
        return self.id in MADE


@cache
def flows() -> Mapping[str, Flow]:
    """Balance rows by id, in the order of the table.

    Returns
    -------
    mapping of str to Flow
        All known rows.
    """
    rows = load_csv(shipped() / "classes" / "flows.csv", FLOW_COLUMNS, key=("flow",))
    return {row["flow"]: Flow(row["flow"], row["parent"] or "", row["role"], row["sign"] or "", _label(row)) for row in rows}


@cache
def carriers() -> Mapping[str, Carrier]:
    """Balance columns by id, in the order of the table.

    Returns
    -------
    mapping of str to Carrier
        All known columns.
    """
    rows = load_csv(shipped() / "classes" / "carriers.csv", CARRIER_COLUMNS, key=("carrier",))
    return {
        row["carrier"]: Carrier(row["carrier"], row["parent"] or "", row["kind"], row["unit"], row["closing"], _label(row))
        for row in rows
    }


def is_standard(carrier: str, text: str) -> bool:
    """Whether a figure is of a standard-quantity table.

    Parameters
    ----------
    carrier : str
        Column.
    text : str
        Unit of the figure.

    Returns
    -------
    bool
        True for coal equivalents in a column that is measured in something else, or that adds up other columns.
    """
    known = carriers().get(carrier)
    if known is None or not same_dimension(text, COAL_EQUIVALENT):
        return False
    return known.kind == "total" or not same_dimension(known.unit, COAL_EQUIVALENT)


def parts_of(flow: str) -> tuple[str, ...]:
    """Rows that add up to a row.

    Parameters
    ----------
    flow : str
        A total.

    Returns
    -------
    tuple of str
        Ids in the order of the table; none for a row without parts.
    """
    return tuple(row.id for row in flows().values() if row.parent == flow and row.role == "part")


def _label(row: Mapping[str, str]) -> Label:
    return Label(row["zh"], row["en"])
