"""Cells without a number in a network file: read as the attribute's default, as PyPSA reads them, and told.

Invariant: every number or flag that a file leaves out in a column it has is named in a finding, with what was taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.interop.frames import LISTS, Sheet, declared_kind, is_missing
from dafeng.energy.network.attribute import attribute_of

SHOWN = 3
"""Names that a finding tells; the others are counted."""


def list_absent(sheets: Mapping[str, Sheet]) -> tuple[Finding, ...]:
    """Findings about cells that were read as their default.

    Parameters
    ----------
    sheets : mapping of str to Sheet
        Lists by PyPSA's name.

    Returns
    -------
    tuple of Finding
        One for each column in which cells are empty and the default is a value; an empty limit is no limit and no finding.
    """
    return tuple(found for kind, sheet in sheets.items() if kind in LISTS for found in _of_list(kind, sheet))


def _of_list(kind: str, sheet: Sheet) -> Iterator[Finding]:
    for name, values in sheet.columns.items():
        if declared_kind(kind, name) not in ("number", "flag"):
            continue
        default = attribute_of(LISTS[kind], name).default
        given = sheet.series.get(name, {})
        empty = [one for one, value in zip(sheet.names, values, strict=True) if is_missing(value) and one not in given]
        if empty and not (isinstance(default, float) and np.isnan(default)):
            yield _finding(kind, name, empty, default)


def _finding(kind: str, name: str, empty: Sequence[str], default: object) -> Finding:
    told = ", ".join(empty[:SHOWN]) + (" …" if len(empty) > SHOWN else "")
    return Finding(
        rule="energy.network.absent",
        at=f"{kind}.{name}",
        severity="warning",
        says=Label(
            f"{kind} 的 {name} 有 {len(empty)} 处没有数值（{told}），按默认值 {default} 读入（PyPSA 读文件亦如此）",
            f"{len(empty)} values of {name} in {kind} are absent ({told}) and read as the default {default}, as PyPSA does",
        ),
        remedy=Label("若默认值不对，填上数值", "fill in the values where the default is not meant"),
    )
