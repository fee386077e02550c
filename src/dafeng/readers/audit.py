"""The audit of facts: sums, units, signs, copies, contradictions, gaps, evidence.

Invariant: the audit changes nothing; each finding names the cell, the figures it compared and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pyarrow as pa

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.periods import period as read_period
from dafeng.library.factors import FactorLibrary
from dafeng.library.indicators import Catalogue, Indicator
from dafeng.library.rules import RuleBook
from dafeng.readers import remarks
from dafeng.readers.audit_balances import BALANCE, find_broken_balances
from dafeng.readers.audit_copies import find_copied_rows, find_copied_years, find_copies, find_round_figures
from dafeng.readers.audit_factors import find_strange_figures
from dafeng.readers.audit_parts import find_bad_shares, find_bad_sums, find_bad_years
from dafeng.readers.audit_peers import find_strange_places
from dafeng.readers.audit_series import find_jumps, find_progressions, find_slips, find_zeros, read_limits
from dafeng.readers.audit_swaps import find_swaps
from dafeng.readers.delivery import place_in
from dafeng.readers.series import SUBJECT, Row, group, in_unit
from dafeng.readers.suggestions import AuditFinding
from dafeng.readers.wording import flows

SIGNED_FLOWS = ("transformation", "difference", "available.stock_change", "available")
"""Balance rows that may be printed with either sign."""
SIGNED_WORDS = ("growth", "change", "net", "decline", "sink", "removal")
"""Words in an indicator's id that allow a negative figure."""
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]+")
"""What can be the id of an indicator."""
SURER = ("audit.slip", "audit.sign", "audit.digits", "audit.swap", "audit.balance")
"""Rules that say more of a cell than that it jumps."""


def audit_facts(
    facts: pa.Table,
    *,
    catalogue: Catalogue,
    rules: RuleBook,
    today: date,
    year: int | None = None,
    library: FactorLibrary | None = None,
    peers: pa.Table | None = None,
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
    library : FactorLibrary, optional
        Published tables, for the plausibility of delivered heat values and carbon contents.
    peers : pyarrow.Table, optional
        Facts of other places, for figures per head.

    Returns
    -------
    tuple of Finding
        Evidence first, then signs, sums, series, copies, plausibility, contradictions, gaps; of several findings that
        doubt one cell, the surest.
    """
    rows = facts.to_pylist()
    found = (
        *find_bad_evidence(rows, today=today),
        *find_bad_signs(rows, catalogue, rounding=rules.value("audit.balance_tolerance")),
        *_sums(rows, catalogue, rules),
        *_series(rows, rules),
        *_copies(rows, rules),
        *(find_strange_figures(rows, library, margin=rules.value("audit.factor_margin")) if library else ()),
        *(_places(rows, peers, catalogue, rules) if peers is not None else ()),
        *find_disagreements(rows, allowed=rules.value("audit.disagreement")),
        *find_gaps(rows),
    )
    spoken = {place_in(row) for row in rows if year is None or str(row["period"]).startswith(str(year))}
    kept = [finding for finding in _surest(found) if year is None or finding.at in spoken]
    return tuple(_in_words(finding, catalogue) for finding in kept)


def _sums(rows: Sequence[Row], catalogue: Catalogue, rules: RuleBook) -> Iterator[Finding]:
    share = rules.value("audit.sum_tolerance")
    yield from find_bad_sums(rows)
    yield from find_bad_years(rows, catalogue, tolerance=share)
    yield from find_bad_shares(rows, side="organisation", tolerance=share)
    yield from find_bad_shares(rows, side="carrier", tolerance=share)
    tolerance, kept = rules.value("audit.balance_tolerance"), rules.value("audit.kept_share")
    yield from find_broken_balances(rows, tolerance=tolerance, kept=kept)


def _series(rows: Sequence[Row], rules: RuleBook) -> Iterator[Finding]:
    limits = read_limits(rules)
    distance, least = rules.value("audit.slip_distance"), rules.value("audit.slip_least")
    yield from find_slips(rows, distance=distance, least=least, share=rules.value("audit.jump_share"))
    yield from find_swaps(rows, step=float(rules.value("audit.swap_step")), fit=float(rules.value("audit.swap_fit")))
    yield from find_jumps(rows, limits=limits)
    yield from find_zeros(rows, points=limits.points)
    digits = int(rules.value("audit.copied_digits"))
    yield from find_progressions(rows, length=int(rules.value("audit.progression")), digits=digits)


def _copies(rows: Sequence[Row], rules: RuleBook) -> Iterator[Finding]:
    digits, cells = int(rules.value("audit.compared_digits")), int(rules.value("audit.copied_cells"))
    blocks = list(find_copied_years(rows, digits=digits, cells=cells, share=float(rules.value("audit.copied_share"))))
    yield from blocks
    yield from find_copied_rows(rows, digits=digits, cells=cells)
    yield from find_round_figures(
        rows, cells=int(rules.value("audit.round_cells")), share=float(rules.value("audit.round_share"))
    )
    sheets = {finding.at.rpartition("!")[0] for finding in blocks}
    for finding in find_copies(rows, digits=int(rules.value("audit.copied_digits"))):
        if finding.at.rpartition("!")[0] not in sheets:
            yield finding


def _places(rows: Sequence[Row], peers: pa.Table, catalogue: Catalogue, rules: RuleBook) -> Iterator[Finding]:
    distance, least = rules.value("audit.peer_distance"), int(rules.value("audit.peer_least"))
    return find_strange_places(rows, peers.to_pylist(), catalogue, distance=distance, least=least)


def _surest(found: Sequence[Finding]) -> list[Finding]:
    """Findings without a jump or a peer's doubt of a cell that a surer rule explains."""
    explained = {one.at for one in found if one.rule in SURER or (isinstance(one, AuditFinding) and one.suggestion)}
    explained |= {at for one in found if isinstance(one, AuditFinding) for at in one.covers}
    twice: set[tuple[str, str]] = set()
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda one: not (isinstance(one, AuditFinding) and one.suggestion)):
        same = (finding.rule, finding.at)
        weaker = finding.rule in ("audit.jump", "audit.peer") and finding.at in explained
        if not weaker and not (finding.rule == "audit.slip" and same in twice):
            kept.append(finding)
        twice.add(same)
    order = {id(finding): number for number, finding in enumerate(found)}
    return sorted(kept, key=lambda one: order[id(one)])


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


def find_bad_signs(rows: Iterable[Row], catalogue: Catalogue, *, rounding: Decimal = Decimal(0)) -> Iterator[Finding]:
    """Negative figures where there can be none, and shares outside 0..1.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    catalogue : Catalogue
        Indicators.
    rounding : Decimal, optional
        How far below zero rounding may take a cell of a balance. [printed unit]

    Yields
    ------
    Finding
        Rules ``audit.negative`` and ``audit.share``.
    """
    for row in rows:
        indicator = catalogue.indicators.get(row["indicator"])
        balance = row["indicator"] == BALANCE
        if row["value"] < (-rounding if balance else 0) and (_unsigned_flow(row) if balance else _unsigned(indicator)):
            yield remarks.negative(row)
        share = in_unit(row, "1") if indicator and _is_share(indicator) else None
        if share is not None and not 0 <= share <= 1 and row["value"] >= 0:
            yield remarks.share(row)


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
