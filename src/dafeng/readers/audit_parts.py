"""The audit of wholes and parts: listed wholes, months of a year, organisations and carriers of a whole.

Invariant: parts that may be incomplete are only held against their whole where they exceed it, or where they made it up in
other periods.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.findings import Finding
from dafeng.library.indicators import Catalogue
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped
from dafeng.readers import remarks
from dafeng.readers.audit_balances import BALANCE, explain_repair
from dafeng.readers.delivery import name_row, place_in
from dafeng.readers.numbers import plain
from dafeng.readers.series import Row, choose, group, in_unit
from dafeng.readers.suggestions import AuditFinding, find, suggest
from dafeng.readers.sums import Sum, Term, find_breaches

WHOLE_COLUMNS: Mapping[str, Kind] = {
    "whole": "text",
    "parts": "text",
    "complete": "boolean",
    "tolerance": "decimal",
    "note": "text?",
}
MONTHS = 12
LINES = ("indicator", "flow", "carrier", "place", "organisation", "source")
SIDES: Mapping[str, tuple[str, str]] = {"organisation": ("各单位", "organisations"), "carrier": ("各品种", "carriers")}
"""What parts can differ in, with their names."""


def find_bad_sums(rows: Iterable[Row]) -> Iterator[Finding]:
    """Wholes that differ from their parts (``data/classes/wholes.csv``).

    Parameters
    ----------
    rows : iterable of mapping
        Facts.

    Yields
    ------
    Finding
        Rule ``audit.parts``, at the one figure that would mend it where there is one.
    """
    wholes = load_csv(shipped() / "classes" / "wholes.csv", WHOLE_COLUMNS)
    plain_rows = [row for row in rows if row["indicator"] != BALANCE and not any(row.get(n) for n in ("flow", *SIDES))]
    for listed in group(plain_rows, ("place", "period")).values():
        best = {name: choose(same) for (name,), same in group(listed, ("indicator",)).items()}
        for whole in wholes:
            finding = _compare(whole, best)
            if finding:
                yield finding


def find_bad_years(rows: Iterable[Row], catalogue: Catalogue, *, tolerance: Decimal) -> Iterator[Finding]:
    """Years that differ from the sum of their twelve months.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    catalogue : Catalogue
        Indicators; only those that add up over a year are compared.
    tolerance : Decimal
        Difference that is let pass, as a share of the year. [0..1]

    Yields
    ------
    Finding
        Rule ``audit.months``, at the one figure that would mend it where there is one.
    """
    for listed in group(rows, LINES).values():
        indicator = catalogue.indicators.get(str(listed[0]["indicator"]))
        if indicator is None or indicator.kind != "flow":
            continue
        periods = {str(row["period"]): row for row in listed}
        for year, whole in periods.items():
            months = [periods.get(f"{year}-{number:02d}") for number in range(1, MONTHS + 1)]
            parts = [row for row in months if row is not None]
            if year.isdecimal() and len(parts) == MONTHS:
                yield from _hold("audit.months", whole, parts, tolerance, ("各月之和", "the months"))


def find_bad_shares(rows: Iterable[Row], *, side: str, tolerance: Decimal) -> Iterator[Finding]:
    """Wholes that their organisations or carriers exceed, or no longer make up.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    side : {"organisation", "carrier"}
        What the parts differ in.
    tolerance : Decimal
        Difference that is let pass, as a share of the whole. [0..1]

    Yields
    ------
    Finding
        Rules ``audit.organisations`` and ``audit.carriers``, at the one figure that would mend it where there is one.
    """
    others = [name for name in ("indicator", "flow", "carrier", "place", "organisation") if name != side]
    usable = [row for row in rows if row["indicator"] != BALANCE]
    for listed in group(usable, others).values():
        periods = {period: _split(same, side) for (period,), same in group(listed, ("period",)).items()}
        complete = [pair for pair in periods.values() if pair is not None]
        kept = sum(1 for whole, parts in complete if _gap(whole, parts, tolerance) == 0)
        for whole, parts in complete:
            gap = _gap(whole, parts, tolerance)
            if gap > 0 or (gap < 0 and kept >= max(1, len(complete) - 2)):
                yield from _hold(f"audit.{side}s", whole, parts, tolerance, SIDES[side])


def _split(rows: Iterable[Row], side: str) -> tuple[Row, list[Row]] | None:
    """The whole and its parts, of one period."""
    named = {name: choose(same) for (name,), same in group(rows, (side,)).items()}
    whole = named.pop(None, None)
    return (whole, list(named.values())) if whole is not None and len(named) > 1 else None


def _gap(whole: Row, parts: Iterable[Row], tolerance: Decimal) -> int:
    """1 where the parts exceed the whole, -1 where they fall short, 0 where they make it up."""
    values = [in_unit(row, str(whole["unit"])) for row in parts]
    if None in values:
        return 0
    gap = sum((value for value in values if value is not None), Decimal(0)) - whole["value"]
    return 0 if abs(gap) <= tolerance * abs(whole["value"]) else 1 if gap > 0 else -1


def _hold(rule: str, whole: Row, parts: list[Row], tolerance: Decimal, noun: tuple[str, str]) -> Iterator[AuditFinding]:
    """Compare a whole with its parts, and name the one figure that would make them agree."""
    values = {number: in_unit(row, str(whole["unit"])) for number, row in enumerate((whole, *parts))}
    known = {number: value for number, value in values.items() if value is not None}
    if len(known) < len(values):
        return
    terms = tuple(Term(1, number) for number in range(1, len(values)))
    one = Sum(rule, 0, terms, tolerance * abs(whole["value"]))
    for breach in find_breaches([one], known):
        says = (
            f"{name_row(whole)} = {plain(known[0])} {whole['unit']}，{noun[0]} {plain(one.expected(known))}",
            f"{name_row(whole)} = {plain(known[0])} {whole['unit']}, {noun[1]} give {plain(one.expected(known))}",
        )
        yield _with_repair(rule, (whole, *parts), breach.repair, known, says)


def _with_repair(
    rule: str, rows: tuple[Row, ...], repair: Any, known: Mapping[int, Decimal], says: tuple[str, str]
) -> AuditFinding:
    remedy = ("核对合计与分项", "check the whole and the parts")
    if repair is None or repair.how not in ("power", "sign", "digits"):
        return find(rule, rows[0], "warning", says, remedy)
    number, value = next(iter(repair.values.items()))
    row = rows[number]
    own = row["value"] * value / known[number]
    told = (f"（{place_in(rows[0])}）", f" ({place_in(rows[0])})") if number else ("", "")
    says = (says[0] + told[0], says[1] + told[1])
    return find(rule, row, "warning", says, remedy, made=suggest(row, own, explain_repair(repair)))


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
    if over <= whole["tolerance"] * abs(printed):
        return None
    told = remarks.parts(total or parts[0], printed, parts, expected, unit)
    if total is None or not whole["complete"]:
        return told
    one = Sum("audit.parts", 0, tuple(Term(1, n) for n in range(1, len(names) + 1)), whole["tolerance"] * abs(printed))
    known = {0: printed, **{n: value for n, value in enumerate(values, 1) if value is not None}}
    repair = find_breaches([one], known)[0].repair
    return _with_repair("audit.parts", (total, *parts), repair, known, (told.says.zh, told.says.en))
