"""The audit of facts: sums, units, signs, copies, contradictions, gaps, evidence.

Invariant: the audit changes nothing; each finding names the cell, the figures it compared and what to do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.periods import period as read_period
from dafeng.library.indicators import Catalogue, Indicator
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped
from dafeng.library.rules import RuleBook
from dafeng.readers import remarks
from dafeng.readers.delivery import place_in
from dafeng.readers.identities import find_breaks
from dafeng.readers.remarks import explain_break
from dafeng.readers.series import SUBJECT, Point, Row, choose, group, in_unit, yearly
from dafeng.readers.wording import flows

BALANCE = "balance"
SIGNED_FLOWS = ("transformation", "difference", "available.stock_change", "available")
"""Balance rows that may be printed with either sign."""
SIGNED_WORDS = ("growth", "change", "net", "decline")
"""Words in an indicator's id that allow a negative figure."""
WHOLE_COLUMNS: Mapping[str, Kind] = {
    "whole": "text",
    "parts": "text",
    "complete": "boolean",
    "tolerance": "decimal",
    "note": "text?",
}

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]+")
"""What can be the id of an indicator."""


def audit_facts(
    facts: pa.Table, *, catalogue: Catalogue, rules: RuleBook, today: date, year: int | None = None
) -> tuple[Finding, ...]:
    """Everything the audit finds in facts.

    Parameters
    ----------
    facts : pyarrow.Table
        Facts, or the rows of a delivery.
    catalogue : Catalogue
        Indicators.
    rules : RuleBook
        Limits (``audit.…``).
    today : date
        Day of the audit.
    year : int, optional
        Only findings at facts of this year, though compared with all; by default all findings.

    Returns
    -------
    tuple of Finding
        Evidence first, then signs, sums, slips, copies, contradictions, gaps.
    """
    rows = facts.to_pylist()
    found = (
        *find_bad_evidence(rows, today=today),
        *find_bad_signs(rows, catalogue),
        *find_bad_sums(rows),
        *find_broken_balances(rows, tolerance=rules.value("audit.balance_tolerance")),
        *find_slips(rows, distance=rules.value("audit.slip_distance"), least=rules.value("audit.slip_least")),
        *find_copies(rows, digits=int(rules.value("audit.copied_digits"))),
        *find_disagreements(rows, allowed=rules.value("audit.disagreement")),
        *find_gaps(rows),
    )
    spoken = {place_in(row) for row in rows if year is None or str(row["period"]).startswith(str(year))}
    return tuple(_in_words(finding, catalogue) for finding in found if year is None or finding.at in spoken)


def _in_words(finding: Finding, catalogue: Catalogue) -> Finding:
    """The finding with the names of indicators instead of their ids."""
    texts = {"zh": finding.says.zh, "en": finding.says.en}
    for name in set(IDENTIFIER.findall(finding.says.zh)) & set(catalogue.indicators):
        label, whole = catalogue.indicators[name].label, rf"(?<![\w.]){name}(?![\w.])"
        texts = {"zh": re.sub(whole, label.zh, texts["zh"]), "en": re.sub(whole, label.en, texts["en"])}
    return replace(finding, says=Label(**texts))


def find_bad_evidence(rows: Iterable[Row], *, today: date) -> Iterator[Finding]:
    """Figures from memory, and measured values of periods that are not over.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    today : date
        Day of the audit.

    Yields
    ------
    Finding
        Rules ``audit.memory`` and ``audit.future``.
    """
    for row in rows:
        if row["grade"] == "memory":
            yield remarks.memory(row)
        if row["grade"] != "assumption" and read_period(row["period"]).end > today:
            yield remarks.future(row, today)


def find_bad_signs(rows: Iterable[Row], catalogue: Catalogue) -> Iterator[Finding]:
    """Negative figures where there can be none, and shares outside 0..1.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    catalogue : Catalogue
        Indicators.

    Yields
    ------
    Finding
        Rules ``audit.negative`` and ``audit.share``.
    """
    for row in rows:
        indicator = catalogue.indicators.get(row["indicator"])
        if row["value"] < 0 and (_unsigned_flow(row) if row["indicator"] == BALANCE else _unsigned(indicator)):
            yield remarks.negative(row)
        share = in_unit(row, "1") if indicator and _is_share(indicator) else None
        if share is not None and not 0 <= share <= 1 and row["value"] >= 0:
            yield remarks.share(row)


def find_bad_sums(rows: Iterable[Row]) -> Iterator[Finding]:
    """Wholes that differ from their parts (``data/classes/wholes.csv``).

    Parameters
    ----------
    rows : iterable of mapping
        Facts.

    Yields
    ------
    Finding
        Rule ``audit.parts``.
    """
    wholes = load_csv(shipped() / "classes" / "wholes.csv", WHOLE_COLUMNS)
    plain = [row for row in rows if row["indicator"] != BALANCE and not row.get("flow") and not row.get("organisation")]
    for listed in group(plain, ("place", "period")).values():
        best = {name: choose(same) for (name,), same in group(listed, ("indicator",)).items()}
        for whole in wholes:
            finding = _compare(whole, best)
            if finding:
                yield finding


def find_broken_balances(rows: Iterable[Row], *, tolerance: Decimal) -> Iterator[Finding]:
    """Identities of energy balances that do not hold.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    tolerance : Decimal
        Difference that is let pass. [printed unit]

    Yields
    ------
    Finding
        Rules ``audit.balance``.
    """
    cells = [row for row in rows if row["indicator"] == BALANCE]
    for listed in group(cells, ("place", "period", "source", "organisation")).values():
        known = {(row["flow"], row["carrier"]): row for row in listed if row["flow"] in flows()}
        for found in find_breaks({key: row["value"] for key, row in known.items()}, tolerance=tolerance):
            yield explain_break(found, place_in(known[found.flow, found.carrier]), rule="audit.balance")


def find_slips(rows: Iterable[Row], *, distance: Decimal, least: Decimal) -> Iterator[Finding]:
    """Figures about a power of ten away from the year before: a unit slip such as 万吨 for 吨.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    distance : Decimal
        How near the decadic logarithm of the ratio must be to a whole number. [1]
    least : Decimal
        Smallest power of ten that is reported. [1]

    Yields
    ------
    Finding
        Rule ``audit.slip``; both figures stay.
    """
    for listed in group(rows, SUBJECT).values():
        for before, after in pairwise(p for p in yearly(listed) if p.value):
            power = _power(before, after, float(distance))
            if abs(power) >= least:
                yield remarks.slip(before.row, after.row, power)


def find_copies(rows: Iterable[Row], *, digits: int) -> Iterator[Finding]:
    """Figures equal to those of the year before, to the last of many digits.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    digits : int
        Significant digits from which on equality is no chance.

    Yields
    ------
    Finding
        Rule ``audit.copied``.
    """
    for listed in group(rows, SUBJECT).values():
        for before, after in pairwise(yearly(listed)):
            if after.year == before.year + 1 and after.value == before.value and _digits(after.value) >= digits:
                yield remarks.copied(before.row, after.row)


def find_disagreements(rows: Iterable[Row], *, allowed: Decimal) -> Iterator[Finding]:
    """Figures for the same thing and time that sources state differently.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    allowed : Decimal
        Relative difference that is let pass. [1]

    Yields
    ------
    Finding
        Rule ``audit.disagreement`` with every value and its source.
    """
    for listed in group(rows, (*SUBJECT, "period")).values():
        values = [value for row in listed if (value := in_unit(row, listed[0]["unit"])) is not None]
        widest = max(values, default=Decimal(0)) - min(values, default=Decimal(0))
        if widest > allowed * max((abs(value) for value in values), default=Decimal(0)):
            yield remarks.disagreement(listed)


def find_gaps(rows: Iterable[Row]) -> Iterator[Finding]:
    """Years without a figure between the first and the last.

    Parameters
    ----------
    rows : iterable of mapping
        Facts; all cells of a place's balances count as one subject.

    Yields
    ------
    Finding
        Rule ``audit.gap``.
    """
    subjects = group(rows, ("indicator", "place", "organisation"))
    for listed in subjects.values():
        years = {int(row["period"]) for row in listed if str(row["period"]).isdecimal()}
        missing = [year for year in range(min(years, default=0), max(years, default=0)) if year not in years]
        if missing:
            yield remarks.gap(listed[0], missing)


def _unsigned_flow(row: Row) -> bool:
    flow = flows().get(str(row["flow"]))
    if flow is None or flow.sign == "negative" or flow.id in SIGNED_FLOWS:
        return False
    return flow.parent != "transformation"


def _unsigned(indicator: Indicator | None) -> bool:
    if indicator is None or set(SIGNED_WORDS) & set(indicator.id.split("_")):
        return False
    return indicator.kind in ("stock", "count", "coverage", "flow") or _is_share(indicator)


def _is_share(indicator: Indicator) -> bool:
    return indicator.kind == "coverage" or indicator.id.endswith("_share")


def _compare(whole: Mapping[str, Any], best: Mapping[str, Row]) -> Finding | None:
    names = whole["parts"].split("|")
    parts = [best[name] for name in names if name in best]
    total = best.get(whole["whole"])
    if not parts or (whole["complete"] and len(parts) < len(names)) or (total is None and whole["whole"] != "1"):
        return None
    unit = total["unit"] if total else "1"
    values = [in_unit(row, unit) for row in parts]
    if None in values:
        return None
    expected = sum((value for value in values if value is not None), Decimal(0))
    printed = total["value"] if total else Decimal(1)
    gap = expected - printed
    over = abs(gap) if whole["complete"] else gap
    return (
        remarks.parts(total or parts[0], printed, parts, expected, unit) if over > whole["tolerance"] * abs(printed) else None
    )


def _power(before: Point, after: Point, distance: float) -> int:
    """Power of ten between two figures; 0 if their ratio is not near one."""
    if before.value == 0 or after.value == 0 or (before.value < 0) != (after.value < 0):
        return 0
    logarithm = math.log10(abs(after.value / before.value))
    nearest = round(logarithm)
    return nearest if abs(logarithm - nearest) <= distance else 0


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)
