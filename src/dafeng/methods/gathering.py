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
from dafeng.core.units import convert
from dafeng.library.balances import is_standard
from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import BALANCE, Category, Exclusion, Method
from dafeng.methods.history import no_survey, short_history
from dafeng.methods.notices import (
    burnt,
    contradiction,
    left_out,
    mixed_units,
    negative,
    not_twice,
    open_sum,
    repetition,
    unknown_carrier,
)
from dafeng.methods.wholes import Cells, Row, without_wholes

SMALLEST = Decimal("0.00001")
"""Smallest rest of a total that counts: what is less is rounding of the figures. [unit of the facts]"""
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
    index: FactIndex, method: Method, library: FactorLibrary, *, year: int, supplied: str | None = None
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
    supplied : str, optional
        Standard of factors brought along for this run: a fuel that has one is burnt, whatever the method leaves out.

    Returns
    -------
    tuple of Activity, tuple of Finding
        One activity per category, carrier and, where it matters, flow and year of the facts; and what was noticed.
    """
    findings: list[Finding] = []
    cells = {at: _cells(index, method, library, at, findings) for at in _years(index, method, year)}
    found = [
        activity
        for category in _first(method.categories, index, year, findings)
        for at in _counted(category, cells, year)
        for carrier, flow in _kinds(cells[at], category, method)
        if (activity := _activity(cells[at], category, carrier, flow, method, findings))
        and (activity := _timed(activity, method, library, cells, year, at, findings))
    ]
    known = [activity for activity in found if not method.carriers or activity.carrier in method.carriers]
    findings += _unknown(found, method)
    kept, said = _excluded(known, method, library, supplied)
    findings += said
    findings += _negative(kept, library)
    if year in cells:
        findings += _unclosed(cells[year], method, library, [one for one in found if one.category.rest])
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
            findings.append(contradiction(rows))
            continue
        if len(rows) > 1:
            findings.append(repetition(rows))
        yield rows[0]


def _counted(category: Category, cells: Mapping[int, Cells], year: int) -> tuple[int, ...]:
    """Years of the facts that a category counts for a year."""
    if category.years == "this":
        return (year,) if year in cells else ()
    earlier = tuple(at for at in cells if at < year and any(key[0] == category.indicator for key in cells[at]))
    return earlier if category.years == "earlier" else earlier[-1:]


def _kinds(cells: Cells, category: Category, method: Method) -> tuple[tuple[str, str | None], ...]:
    rows = (*category.plus, *category.minus) if category.indicator == BALANCE else ()
    by_flow = any(need.by_flow for need in method.factors.values())
    found = {
        (carrier or category.carrier or "", flow if by_flow else None)
        for indicator, flow, carrier in cells
        if indicator == category.indicator and (not rows or flow in rows)
    }
    return tuple(sorted((kind for kind in found if kind[0]), key=str))


def _activity(
    cells: Cells, category: Category, carrier: str, flow: str | None, method: Method, findings: list[Finding]
) -> Activity | None:
    if any(cells.get((BALANCE, row, carrier)) for row in category.instead_of):
        return None
    signed = _signed(cells, category, carrier, flow)
    signed += [(row, -1) for row in _parts(cells, category.plus, carrier, method)] if category.rest else []
    if not signed or (category.rest and not _is_short(cells, category, signed, method)):
        return None
    printed = str(signed[0][0]["unit"])
    try:
        amount = sum((sign * convert(row["value"], row["unit"], printed) for row, sign in signed), Decimal(0))
    except UnitError as cause:
        findings.append(mixed_units(signed[0][0], category, carrier, cause))
        return None
    amount = -amount if category.deduct else amount
    if category.rest and abs(amount) < SMALLEST:
        return None
    return Activity(category, carrier, amount, printed, tuple(row for row, _ in signed), flow)


def _signed(cells: Cells, category: Category, carrier: str, flow: str | None) -> list[tuple[Row, int]]:
    if category.indicator == BALANCE:
        signs = [(name, 1) for name in category.plus] + [(name, -1) for name in category.minus]
        return [
            (row, 1 if category.absolute and sign < 0 and row["value"] > 0 else sign)
            for name, sign in signs
            for row in cells.get((BALANCE, name, carrier), ())
        ]
    return [
        (row, 1)
        for (indicator, at, named), rows in cells.items()
        if indicator == category.indicator and (named or category.carrier) == carrier and flow in (None, at)
        for row in rows
    ]


def _parts(cells: Cells, totals: Iterable[str], carrier: str | None, method: Method) -> list[Row]:
    """Parts of a total as far as they are there; a part that is itself a total may be there by its own parts."""
    closings = {closing.total: closing.parts for closing in method.closings}
    found: list[Row] = []
    for part in (part for total in totals for part in closings[total]):
        inner = [row for name in closings.get(part, ()) for row in cells.get((BALANCE, name, carrier), ())]
        found += cells.get((BALANCE, part, carrier)) or inner
    return found


def _is_short(cells: Cells, category: Category, signed: list[tuple[Row, int]], method: Method) -> bool:
    """Whether the facts lack a part of the total altogether, or all parts for this carrier."""
    closings = {closing.total: closing.parts for closing in method.closings}
    there = {flow for indicator, flow, _ in cells if indicator == BALANCE}
    parts = [part for total in category.plus for part in closings[total]]
    lacking = [part for part in parts if there.isdisjoint((part, *closings.get(part, ())))]
    return any(sign > 0 for _, sign in signed) and (bool(lacking) or all(sign > 0 for _, sign in signed))


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
        yield unknown_carrier(method, name)


def _first(categories: Iterable[Category], index: FactIndex, year: int, findings: list[Finding]) -> Iterator[Category]:
    """Categories but for those whose place is taken by other indicators."""
    for category in categories:
        taken = [name for name in category.instead_of if category.indicator != BALANCE and index.rows.get((year, name))]
        if not taken:
            yield category
        elif rows := index.rows.get((year, category.indicator)):
            findings.append(not_twice(category, rows[0], taken))


def _excluded(
    found: Iterable[Activity], method: Method, library: FactorLibrary, supplied: str | None
) -> tuple[list[Activity], list[Finding]]:
    kept: list[Activity] = []
    apart: dict[tuple[Exclusion, str, bool], list[Activity]] = {}
    for activity in found:
        reason = next((e for e in method.exclusions if is_excluded(e, activity.category, activity.carrier)), None)
        stated = reason is not None and has_factor(library, activity, supplied)
        if reason is None or stated:
            kept.append(activity)
        if reason is not None and activity.amount:
            apart.setdefault((reason, activity.carrier, stated), []).append(activity)
    return kept, [_apart(method, library, *key, group) for key, group in apart.items()]


def _apart(
    method: Method, library: FactorLibrary, reason: Exclusion, name: str, stated: bool, group: list[Activity]
) -> Finding:
    printed, carrier = group[0].unit, (name, library.label("substance", name))
    amount = sum((convert(activity.amount, activity.unit, printed) for activity in group), Decimal(0))
    return burnt(method, carrier, amount, printed) if stated else left_out(method, reason, carrier, amount, printed)


def _negative(kept: Iterable[Activity], library: FactorLibrary) -> Iterator[Finding]:
    """Activities that deduct more than they have, but for those that are deductions by their nature."""
    for activity in kept:
        category = activity.category
        if activity.amount < 0 and category.plus and category.minus and not category.deduct:
            label = library.label("substance", activity.carrier)
            yield negative(category, label, activity.amount, activity.unit)


def has_factor(library: FactorLibrary, activity: Activity, standard: str | None) -> bool:
    """Whether a standard, such as the supplied one, has any factor of an activity's carrier.

    Parameters
    ----------
    library : FactorLibrary
        Factors.
    activity : Activity
        Activity.
    standard : str or None
        Standard; ``None`` has none.

    Returns
    -------
    bool
        True if it has one for the category.
    """
    key = f"{activity.category.id}."
    return standard is not None and any(
        factor.standard == standard and factor.substance == activity.carrier and key.startswith(f"{factor.sector or key[:-1]}.")
        for factor in library.factors.values()
    )


def is_excluded(exclusion: Exclusion, category: Category, carrier: str) -> bool:
    """Whether an exclusion takes a carrier out of a category.

    Parameters
    ----------
    exclusion : Exclusion
        Exclusion of a method.
    category : Category
        Category.
    carrier : str
        Carrier.

    Returns
    -------
    bool
        True if it is left out.
    """
    named = not exclusion.carriers or carrier in exclusion.carriers
    return named and (not exclusion.categories or category.id in exclusion.categories)


def _unclosed(cells: Cells, method: Method, library: FactorLibrary, rests: Iterable[Activity]) -> Iterator[Finding]:
    counted = {(row["flow"], activity.carrier) for activity in rests for row in activity.facts}
    for closing in method.closings:
        for indicator, flow, carrier in sorted(cells, key=str):
            if indicator != BALANCE or flow != closing.total or carrier in method.elsewhere:
                continue
            total = cells[indicator, flow, carrier]
            parts = _parts(cells, (closing.total,), carrier, method)
            gap = sum((r["value"] for r in parts), Decimal(0)) - sum((r["value"] for r in total), Decimal(0))
            rest = (flow, carrier) in counted
            if rest or (parts and abs(gap) > closing.tolerance):
                yield open_sum(str(flow), library.label("substance", str(carrier)), gap, total[0], rest=rest)
