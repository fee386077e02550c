"""Columns of a network file that take no part: a name that was mistyped is told and not passed over.

Invariant: a column is an attribute of the model, refused, known to mean nothing here, or named in a finding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

import numpy as np

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.interop.frames import LISTS, Sheet, declared_kind, unsupported
from dafeng.energy.network.attribute import FOLDER, component_attributes
from dafeng.library.listing import Kind, load_csv

COLUMNS: Mapping[str, Kind] = {"attribute": "text", "use": "text"}
"""Columns of ``idle.csv``: attributes of PyPSA 1.4 that its optimisation does not read, and what they are for."""
NUMBERED = re.compile(r"p\d+|mu_\w+")
"""Results whose names are made of others': flows at ports, prices of limits."""
ALIKE = 0.8
"""Likeness (0 to 1) from which a name is taken for a slip of another one."""
SHOWN = 8
"""Names that a finding tells; the others are counted."""


def list_unused(sheets: Mapping[str, Sheet]) -> tuple[Finding, ...]:
    """Findings about columns that the model does not read.

    Parameters
    ----------
    sheets : mapping of str to Sheet
        Lists by PyPSA's name.

    Returns
    -------
    tuple of Finding
        One for each list that has any; a name that is nearly an attribute's is told with it.
    """
    found = ((kind, _unused(kind, sheet)) for kind, sheet in sheets.items() if kind in LISTS and sheet.names)
    return tuple(_finding(kind, names) for kind, names in found if names)


@cache
def _idle() -> frozenset[str]:
    return frozenset(row["attribute"] for row in load_csv(FOLDER / "idle.csv", COLUMNS, key=("attribute",)))


def _unused(kind: str, sheet: Sheet) -> list[str]:
    refused = {row["attribute"] for row in unsupported() if row["list"] == kind}
    # a number of a carrier may be what a limit counts
    counted = [name for name, values in sheet.columns.items() if kind == "carriers" and np.asarray(values).dtype.kind in "fiu"]
    known = {*_idle(), *refused, *counted}
    given = dict.fromkeys((*sheet.columns, *sheet.series))
    return [name for name in given if name not in known and not NUMBERED.fullmatch(name) and declared_kind(kind, name) is None]


def _finding(kind: str, names: list[str]) -> Finding:
    told = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    known = tuple(component_attributes()[LISTS[kind]])
    meant = {name: alike[0] for name in names if (alike := get_close_matches(name, known, 1, ALIKE))}
    slips = ", ".join(f"{name} → {other}?" for name, other in meant.items())
    return Finding(
        rule="energy.network.unused",
        at=f"{kind}.{next(iter(meant), names[0])}",
        severity="warning" if meant else "info",
        says=Label(
            f"{kind} 有 {len(names)} 列不参与优化：{told}" + (f"；疑为笔误：{slips}" if slips else ""),
            f"{len(names)} columns of {kind} take no part: {told}" + (f"; mistyped? {slips}" if slips else ""),
        ),
        remedy=Label("若应参与，改正列名", "correct the name where it is meant to take part"),
    )
