"""What a reader hands on: fact rows, findings and the file they came from.

Invariant: every row has a place in the file, a unit, a source and a grade, and its value is exact to the six
decimals that facts hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Literal, get_args

import pyarrow as pa

from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label
from dafeng.core.sources import Grade
from dafeng.core.tables import FACTS, Schema

LEFT_TO_STORE = frozenset({"fact", "lot", "known_at", "supersedes"})
ROWS = Schema("delivery", tuple(column for column in FACTS.columns if column.name not in LEFT_TO_STORE))
"""Columns of a delivery: facts without what the store adds."""
GRADES: tuple[str, ...] = get_args(Grade)
KEY = ("indicator", "flow", "carrier", "place", "organisation", "period", "source")
"""What a row speaks of and who says it."""
STEP = Decimal("0.000001")
LARGEST = Decimal(10) ** 13
ROUNDING_LIMIT = Decimal("0.000001")
"""Largest relative change by rounding to six decimals that is only reported. [1]"""

LISTED = 6
"""Cells that one finding names at most."""

DeliveryKind = Literal["balance", "figures", "template"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file that was read.

    Parameters
    ----------
    kind : {"balance", "figures", "template"}
        What it was read as.
    rows : pyarrow.Table
        Rows with the columns of `ROWS`.
    findings : tuple of Finding
        What was wrong or doubtful; rows with an ``error`` are not among the rows.
    file : str
        File name.
    sha256 : str
        Hash of its bytes.
    """

    kind: DeliveryKind
    rows: pa.Table
    findings: tuple[Finding, ...]
    file: str
    sha256: str


def build_rows(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table.

    Parameters
    ----------
    rows : iterable of mapping
        One mapping per figure.

    Returns
    -------
    pyarrow.Table
        With the columns of `ROWS`.

    Raises
    ------
    TableError
        If a row lacks a column.
    """
    return ROWS.build(rows)


def remark(rule: str, at: str, severity: Severity, zh: str, en: str, *, remedy: tuple[str, str]) -> Finding:
    """Finding in both languages.

    Parameters
    ----------
    rule, at : str
        Rule id and place.
    severity : {"info", "warning", "error"}
        Weight.
    zh, en : str
        What is wrong.
    remedy : tuple of str
        What to do, in Chinese and English.

    Returns
    -------
    Finding
        The finding.
    """
    return Finding(rule, at, severity, Label(zh, en), Label(*remedy))


def fit(value: Decimal, at: str, *, absolute: bool = False) -> tuple[Decimal | None, Finding | None]:
    """Value in the form of stored facts.

    Parameters
    ----------
    value : Decimal
        The value as read.
    at : str
        Its place.
    absolute : bool, optional
        Whether the sixth decimal is fine enough however small the value is, as in a balance, whose sums close to 0.02.

    Returns
    -------
    tuple of (Decimal or None, Finding or None)
        The value with at most six decimals, and a finding if digits were lost; no value if it does not fit.
    """
    if abs(value) >= LARGEST:
        return None, _unfit(value, at, "整数部分超过13位", "has more than 13 digits before the point")
    kept = value.quantize(STEP, rounding=ROUND_HALF_EVEN) if value.as_tuple().exponent < -6 else value  # type: ignore[operator]
    if kept == value:
        return value, None
    if not absolute and abs(kept - value) > ROUNDING_LIMIT * abs(value):
        return None, _unfit(value, at, "六位小数放不下", "does not fit into six decimals")
    says = (f"{value} 四舍五入为 {kept}", f"{value} was rounded to {kept}")
    return kept, remark(
        "figure.rounded", at, "info", *says, remedy=("需要更多位数时换用较小的单位", "use a smaller unit if the digits matter")
    )


def _unfit(value: Decimal, at: str, zh: str, en: str) -> Finding:
    remedy = ("换一个合适的单位再交", "deliver it in a fitting unit")
    return remark("figure.size", at, "error", f"{value} {zh}", f"{value} {en}", remedy=remedy)


def refuse_doubles(
    rows: Iterable[dict[str, Any]], *, name: Callable[[Mapping[str, Any]], Label] | None = None
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Rows without those that one file says twice.

    Parameters
    ----------
    rows : iterable of dict
        Rows in the order of the file.
    name : callable, optional
        What a row speaks of in words; by default its ids.

    Returns
    -------
    tuple of (list of dict, list of Finding)
        Equal rows once, contradicting rows not at all, and a finding for each.
    """
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(name) for name in KEY), []).append(row)
    kept: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for group in groups.values():
        same = len({(row["value"], row["unit"]) for row in group}) == 1
        kept.extend(group[:1] if same else [])
        if len(group) > 1:
            said = name(group[0]) if name else Label(name_row(group[0]), name_row(group[0]))
            findings.append(_repeated(group, said) if same else _contradicting(group, said))
    return kept, findings


def place_in(row: Mapping[str, Any]) -> str:
    """Place of a row in its file.

    Parameters
    ----------
    row : mapping
        A row with ``file``, ``sheet`` and ``cell``.

    Returns
    -------
    str
        ``file!sheet!cell``.
    """
    return "!".join(str(row[name]) for name in ("file", "sheet", "cell") if row.get(name))


def name_row(row: Mapping[str, Any]) -> str:
    """What a row speaks of, in a word for messages.

    Parameters
    ----------
    row : mapping
        A row.

    Returns
    -------
    str
        Indicator, flow and carrier, period.
    """
    return " ".join(str(row[name]) for name in ("indicator", "flow", "carrier", "period") if row.get(name))


def _repeated(group: list[dict[str, Any]], name: Label) -> Finding:
    cells = ", ".join(str(row.get("cell")) for row in group[:LISTED])
    return remark(
        "figure.repeated",
        place_in(group[1]),
        "warning",
        f"{name.zh} 在 {cells} 重复，只计一次",
        f"{name.en} stands in {cells}; it was counted once",
        remedy=("删去重复的行", "delete the repeated rows"),
    )


def _contradicting(group: list[dict[str, Any]], name: Label) -> Finding:
    said = ", ".join(f"{row.get('cell')} = {row['value']} {row['unit']}" for row in group[:LISTED])
    return remark(
        "figure.contradiction",
        place_in(group[1]),
        "error",
        f"{name.zh} 的数值互相矛盾，均未采用：{said}",
        f"{name.en} has contradicting values, none was used: {said}",
        remedy=("核对后只保留一个", "check and keep one"),
    )
