"""Activity from facts: which delivered figures make the activity of a category, and with which sign.

Invariant: a figure is counted once; two different figures for one cell are an error, and what is left out is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import convert, unit
from dafeng.library.balances import is_standard
from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import BALANCE, Category, Exclusion, Method
from dafeng.methods.history import no_survey, short_history
from dafeng.methods.wholes import LANGUAGES as LANGUAGES
from dafeng.methods.wholes import Cells, Row, without_wholes

_YEAR = 4
"""Digits of a calendar year."""


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
        Activity; negative where the category is deducted. [unit]
    unit : str
        Unit of the facts.
    facts : tuple of mapping
        Rows of the facts that were used.
    flow : str or None
        How it was used or treated, where factors are found by it.
    year : int or None
        Year of the facts where it is not that of the result.
    times : mapping of str to Decimal
        Times that the equation asks for. [a]
    """

    category: Category
    carrier: str
    amount: Decimal
    unit: str
    facts: tuple[Row, ...]
    flow: str | None = None
    year: int | None = None
    times: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactIndex:
    """Yearly facts of one place by year and indicator, read once for all methods.

    Parameters
    ----------
    rows : mapping of (year, indicator) to tuple of mapping
        Rows of the facts, in the order of the table.
    """

    rows: Mapping[tuple[int, str], tuple[Row, ...]]

    def years(self, indicators: Iterable[str]) -> tuple[int, ...]:
        """Years that have facts of some indicators.

        Parameters
        ----------
        indicators : iterable of str
            Indicators.

        Returns
        -------
        tuple of int
            Years, ascending.
        """
        wanted = set(indicators)
        return tuple(sorted({year for year, indicator in self.rows if indicator in wanted}))


def index_facts(facts: pa.Table, *, place: str) -> FactIndex:
    """Yearly facts of one place, ordered for look-up.

    Parameters
    ----------
    facts : pyarrow.Table
        Facts as ``core.tables.FACTS``; rows of other places and of periods that are no calendar year are passed over.
    place : str
        Administrative code.

    Returns
    -------
    FactIndex
        The index.
    """
    found: dict[tuple[int, str], list[Row]] = {}
    for row in facts.filter(pc.equal(facts["place"], place)).to_pylist():
        period = str(row["period"])
        if len(period) == _YEAR and period.isdigit():
            found.setdefault((int(period), str(row["indicator"])), []).append(row)
    return FactIndex({key: tuple(_physical(rows)) for key, rows in found.items()})


def _physical(rows: list[Row]) -> Iterator[Row]:
    """Rows without those of a standard-quantity table whose cell is known in physical units too: one cell, not two."""
    known = {(row["flow"], row["carrier"]) for row in rows if not is_standard(str(row["carrier"]), str(row["unit"]))}
    for row in rows:
        if not is_standard(str(row["carrier"]), str(row["unit"])) or (row["flow"], row["carrier"]) not in known:
            yield row


def gather(
    index: FactIndex, method: Method, library: FactorLibrary, *, year: int
) -> tuple[tuple[Activity, ...], tuple[Finding, ...]]:
    """Activities of a method.

    Parameters
    ----------
    index : FactIndex
        Facts of the place.
    method : Method
        Method.
    library : FactorLibrary
        Names of carriers.
    year : int
        Year.

    Returns
    -------
    tuple of Activity, tuple of Finding
        One activity per category, carrier and, where it matters, flow and year of the facts; and what was noticed.
    """
    findings: list[Finding] = []
    cells = {at: _cells(index, method, library, at, findings) for at in _years(index, method, year)}
    found = [
        activity
        for category in method.categories
        for at in _counted(category, cells, year)
        for carrier, flow in _kinds(cells[at], category, method)
        if (activity := _activity(cells[at], category, carrier, flow, findings))
        and (activity := _timed(activity, method, library, cells, year, at, findings))
    ]
    known = [activity for activity in found if not method.carriers or activity.carrier in method.carriers]
    findings += _unknown(found, method)
    kept, left_out = _excluded(known, method, library)
    findings += left_out
    if year in cells:
        findings += _unclosed(cells[year], method, library)
    findings += short_history(tuple(cells), method, year)
    return tuple(kept), tuple(dict.fromkeys(findings))


def _years(index: FactIndex, method: Method, year: int) -> tuple[int, ...]:
    past = any(category.years != "this" for category in method.categories) or _asks(method, "interval")
    return tuple(at for at in index.years(c.indicator for c in method.categories) if at == year or (past and at < year))


def _asks(method: Method, time: str) -> bool:
    return any(time in expression.names for expression in method.equations.values())


def _cells(index: FactIndex, method: Method, library: FactorLibrary, year: int, findings: list[Finding]) -> Cells:
    groups: dict[tuple[str, str | None, str | None], dict[str | None, list[Row]]] = {}
    for indicator in dict.fromkeys(category.indicator for category in method.categories):
        for row in index.rows.get((year, indicator), ()):
            key = (indicator, row["flow"], row["carrier"])
            groups.setdefault(key, {}).setdefault(row["organisation"], []).append(row)
    cells = {key: tuple(_once(list(rows.values()), findings)) for key, rows in groups.items()}
    return without_wholes(cells, method, library, findings)


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


def _counted(category: Category, cells: Mapping[int, Cells], year: int) -> tuple[int, ...]:
    """Years of the facts that a category counts for a year."""
    if category.years == "this":
        return (year,) if year in cells else ()
    earlier = tuple(at for at in cells if at < year and any(key[0] == category.indicator for key in cells[at]))
    return earlier if category.years == "earlier" else earlier[-1:]


def _kinds(cells: Cells, category: Category, method: Method) -> tuple[tuple[str, str | None], ...]:
    rows = (*category.plus, *category.minus) if category.indicator == BALANCE else ()
    by_flow = any(need.by == "flow" for need in method.factors.values())
    found = {
        (carrier or category.carrier or "", flow if by_flow else None)
        for indicator, flow, carrier in cells
        if indicator == category.indicator and (not rows or flow in rows)
    }
    return tuple(sorted((kind for kind in found if kind[0]), key=str))


def _activity(cells: Cells, category: Category, carrier: str, flow: str | None, findings: list[Finding]) -> Activity | None:
    if any(cells.get((BALANCE, row, carrier)) for row in category.instead_of):
        return None
    signed = _signed(cells, category, carrier, flow)
    if not signed:
        return None
    printed = str(signed[0][0]["unit"])
    try:
        amount = sum((sign * convert(row["value"], row["unit"], printed) for row, sign in signed), Decimal(0))
    except UnitError as cause:
        findings.append(_mixed(signed[0][0], category, carrier, cause))
        return None
    amount = -amount if category.deduct else amount
    return Activity(category, carrier, amount, printed, tuple(row for row, _ in signed), flow)


def _signed(cells: Cells, category: Category, carrier: str, flow: str | None) -> list[tuple[Row, int]]:
    if category.indicator == BALANCE:
        signs = [(name, 1) for name in category.plus] + [(name, -1) for name in category.minus]
        return [(row, sign) for name, sign in signs for row in cells.get((BALANCE, name, carrier), ())]
    return [
        (row, 1)
        for (indicator, at, named), rows in cells.items()
        if indicator == category.indicator and (named or category.carrier) == carrier and flow in (None, at)
        for row in rows
    ]


def _timed(
    activity: Activity,
    method: Method,
    library: FactorLibrary,
    cells: Mapping[int, Cells],
    year: int,
    at: int,
    findings: list[Finding],
) -> Activity | None:
    """The activity with the times that its equation asks for; nothing where there was no survey before."""
    times: dict[str, Decimal] = {}
    if _asks(method, "age"):
        times["age"] = Decimal(year - at)
    if _asks(method, "interval"):
        same = {category.indicator for category in method.categories}
        surveys = [a for a in cells if a <= year and any(k[0] in same and k[2] == activity.carrier for k in cells[a])]
        if surveys[-1:] != [year] or len(surveys) == 1:
            findings.append(no_survey(activity, method, library, year))
            return None
        if activity.category.years == "previous" and at != surveys[-2]:
            return None
        times["interval"] = Decimal(year - surveys[-2])
    return replace(activity, times=times, year=None if at == year else at)


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
    named = not exclusion.carriers or activity.carrier in exclusion.carriers
    return named and (not exclusion.categories or activity.category.id in exclusion.categories)


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
        Label(
            "如确应计入，在方法定义的 exclusions 中删去", "where it should count, take it out of the exclusions of the method"
        ),
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
