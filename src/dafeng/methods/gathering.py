"""Activity from facts: which delivered figures make the activity of a category, and with which sign.

Invariant: a figure is counted once; two different figures for one cell are an error, and what is left out is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label, Language
from dafeng.core.units import convert, unit
from dafeng.library.factors import FactorLibrary
from dafeng.methods.catalogue import BALANCE
from dafeng.methods.definition import Category, Exclusion, Method

LANGUAGES: tuple[Language, ...] = ("zh", "en")
"""Languages in which everything is said."""
Row = Mapping[str, Any]
Cells = Mapping[tuple[str, str | None, str | None], tuple[Row, ...]]
"""Facts by indicator, flow and carrier."""


@dataclass(frozen=True, slots=True)
class Activity:
    """The activity of one category and carrier.

    Parameters
    ----------
    category : Category
        Category.
    carrier : str
        Carrier or product.
    amount : Decimal
        Activity. [unit]
    unit : str
        Unit of the facts.
    facts : tuple of mapping
        Rows of the facts that were used.
    """

    category: Category
    carrier: str
    amount: Decimal
    unit: str
    facts: tuple[Row, ...]


def gather(
    facts: pa.Table, method: Method, library: FactorLibrary, *, place: str, year: int
) -> tuple[tuple[Activity, ...], tuple[Finding, ...]]:
    """Activities of a method.

    Parameters
    ----------
    facts : pyarrow.Table
        Facts as ``core.tables.FACTS``; rows of other places and periods are passed over.
    method : Method
        Method.
    library : FactorLibrary
        Names of carriers.
    place : str
        Administrative code.
    year : int
        Year.

    Returns
    -------
    tuple of Activity, tuple of Finding
        One activity per category and carrier that has facts, and what was noticed.
    """
    findings: list[Finding] = []
    cells = _cells(facts, method, place, year, findings)
    found = [
        activity
        for category in method.categories
        for carrier in _carriers(cells, category)
        if (activity := _activity(cells, category, carrier, findings))
    ]
    known = [activity for activity in found if not method.carriers or activity.carrier in method.carriers]
    findings += _unknown(found, method)
    kept, left_out = _excluded(known, method, library)
    findings += left_out
    findings += _unclosed(cells, method, library)
    return tuple(kept), tuple(findings)


def _cells(facts: pa.Table, method: Method, place: str, year: int, findings: list[Finding]) -> Cells:
    wanted = {category.indicator for category in method.categories}
    groups: dict[tuple[str, str | None, str | None], dict[str | None, list[Row]]] = {}
    for row in facts.to_pylist():
        if row["place"] == place and row["period"] == str(year) and row["indicator"] in wanted:
            key = (row["indicator"], row["flow"], row["carrier"])
            groups.setdefault(key, {}).setdefault(row["organisation"], []).append(row)
    return {key: tuple(_once(list(rows.values()), findings)) for key, rows in groups.items()}


def _once(groups: Iterable[list[Row]], findings: list[Finding]) -> Iterator[Row]:
    """Rows of different organisations add up; the rows of one organisation say the same thing, so they count once."""
    for rows in groups:
        values = {(row["value"], row["unit"]) for row in rows}
        if len(values) > 1:
            findings.append(_contradiction(rows))
            continue
        if len(rows) > 1:
            findings.append(_repetition(rows))
        yield rows[0]


def _carriers(cells: Cells, category: Category) -> tuple[str, ...]:
    rows = (*category.plus, *category.minus) if category.indicator == BALANCE else ()
    found = {
        carrier or category.carrier or ""
        for indicator, flow, carrier in cells
        if indicator == category.indicator and (not rows or flow in rows)
    }
    return tuple(sorted(carrier for carrier in found if carrier))


def _activity(cells: Cells, category: Category, carrier: str, findings: list[Finding]) -> Activity | None:
    if any(cells.get((BALANCE, flow, carrier)) for flow in category.instead_of):
        return None
    if category.indicator == BALANCE:
        signed = [(row, 1) for flow in category.plus for row in cells.get((BALANCE, flow, carrier), ())]
        signed += [(row, -1) for flow in category.minus for row in cells.get((BALANCE, flow, carrier), ())]
    else:
        same = [
            rows
            for (indicator, _, named), rows in cells.items()
            if indicator == category.indicator and named in (carrier, None)
        ]
        signed = [(row, 1) for rows in same for row in rows]
    if not signed:
        return None
    printed = str(signed[0][0]["unit"])
    try:
        amount = sum((sign * convert(row["value"], row["unit"], printed) for row, sign in signed), Decimal(0))
    except UnitError as cause:
        findings.append(_mixed(signed[0][0], category, carrier, cause))
        return None
    return Activity(category, carrier, amount, printed, tuple(row for row, _ in signed))


def _unknown(found: Iterable[Activity], method: Method) -> Iterator[Finding]:
    if not method.carriers:
        return
    names = {a.carrier for a in found if a.carrier not in (*method.carriers, *method.elsewhere) and a.amount}
    for name in sorted(names):
        yield Finding(
            "account.carrier_unknown",
            f"{method.id}/{name}",
            "warning",
            Label(
                f"方法“{method.title.zh}”不认识品种“{name}”，未计入",
                f"'{method.title.en}' does not know '{name}'; it is left out",
            ),
            Label("在方法定义的 carriers 或 elsewhere 中列出", "list it under carriers or elsewhere in the definition"),
        )


def _excluded(found: Iterable[Activity], method: Method, library: FactorLibrary) -> tuple[list[Activity], list[Finding]]:
    kept: list[Activity] = []
    left: dict[tuple[Exclusion, str], list[Activity]] = {}
    for activity in found:
        reason = next((e for e in method.exclusions if _applies(e, activity)), None)
        if reason is None:
            kept.append(activity)
        elif activity.amount:
            left.setdefault((reason, activity.carrier), []).append(activity)
    return kept, [_left_out(method, reason, library.label("substance", name), group) for (reason, name), group in left.items()]


def _applies(exclusion: Exclusion, activity: Activity) -> bool:
    return activity.carrier in exclusion.carriers and (not exclusion.categories or activity.category.id in exclusion.categories)


def _unclosed(cells: Cells, method: Method, library: FactorLibrary) -> Iterator[Finding]:
    for closing in method.closings:
        for indicator, flow, carrier in sorted(cells, key=str):
            if indicator != BALANCE or flow != closing.total or carrier in method.elsewhere:
                continue
            total = cells[indicator, flow, carrier]
            parts = [row for part in closing.parts for row in cells.get((BALANCE, part, carrier), ())]
            gap = sum((r["value"] for r in parts), Decimal(0)) - sum((r["value"] for r in total), Decimal(0))
            if parts and abs(gap) > closing.tolerance:
                yield _gap(str(flow), library.label("substance", str(carrier)), gap, total[0])


def _left_out(method: Method, exclusion: Exclusion, carrier: Label, group: list[Activity]) -> Finding:
    amount, printed = sum((activity.amount for activity in group), Decimal(0)), unit(group[0].unit)
    zh, en = (f"{amount.normalize():f} {printed.read(language)}" for language in LANGUAGES)
    return Finding(
        "account.left_out",
        f"{method.id}/{group[0].carrier}",
        "info",
        Label(f"未计入{carrier.zh} {zh}：{exclusion.says.zh}", f"left out {carrier.en} {en}: {exclusion.says.en}"),
        Label("如确有燃烧，在方法定义的 exclusions 中删去", "where it is burnt, take it out of the exclusions of the method"),
    )


def _gap(flow: str, carrier: Label, gap: Decimal, row: Row) -> Finding:
    zh, en = (f"{gap.normalize():f} {unit(row['unit']).read(language)}" for language in LANGUAGES)
    return Finding(
        "account.sum",
        f"facts/{row['fact']}",
        "warning",
        Label(
            f"{carrier.zh}：{flow} 的分项之和减合计为 {zh}；按分项核算",
            f"{carrier.en}: the parts of {flow} less their total are {en}; the parts were used",
        ),
        Label("核对该列各行", "check the rows of that column"),
    )


def _contradiction(rows: list[Row]) -> Finding:
    said = "; ".join(f"{row['value']} {row['unit']} ({row['file']}!{row['cell']})" for row in rows)
    return Finding(
        "account.contradiction",
        f"facts/{rows[0]['fact']}",
        "error",
        Label(f"同一项有不同数值，未计入：{said}", f"one cell has different values and was left out: {said}"),
        Label("保留一个，更正或撤回其余", "keep one; correct or withdraw the others"),
    )


def _repetition(rows: list[Row]) -> Finding:
    return Finding(
        "account.repetition",
        f"facts/{rows[0]['fact']}",
        "info",
        Label(f"同一数值出现 {len(rows)} 次，只计一次", f"the same figure comes {len(rows)} times and is counted once"),
        Label("删去重复的行", "remove the repeated rows"),
    )


def _mixed(row: Row, category: Category, carrier: str, cause: UnitError) -> Finding:
    return Finding(
        "account.unit",
        f"facts/{row['fact']}",
        "error",
        Label(
            f"{category.label.zh} {carrier} 的单位不一致：{cause.what.zh}",
            f"units of {category.label.en}, {carrier}, disagree: {cause.what.en}",
        ),
        cause.remedy,
    )
