"""Uncertainty and quality as a document: the same for ``--json``, the API and the cockpit.

Invariant: every number stands with the address of its explanation; relative numbers are in percent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dafeng.library.pedigree import DIMENSIONS
from dafeng.methods.key_categories import TESTS, KeyCategory
from dafeng.methods.simulation import Interval
from dafeng.methods.uncertain import Input
from dafeng.methods.uncertainty import Row as Line
from dafeng.methods.uncertainty import Total, Trend
from dafeng.work.recalculate import Recalculations
from dafeng.work.uncertainty import Quality
from dafeng.work.uncertainty_traces import SCORED, UNIT, input_address, key_address, number_inputs, row_address, total_address
from dafeng.work.view_data import write_findings
from dafeng.work.view_number import plain, write_label

Row = dict[str, Any]
Locate = Callable[[str], str]
"""Address as a face quotes it, from an address inside the run."""
LISTED = 20
"""Inputs that are listed, the largest contribution first."""
_DIGITS = 9


def quality_document(quality: Quality, *, locate: Locate | None = None) -> Row:
    """An analysis of uncertainty and quality as ``dafeng uncertainty --json`` prints it.

    Parameters
    ----------
    quality : Quality
        The analysis.
    locate : callable, optional
        Gives the addresses that numbers have in a run.

    Returns
    -------
    dict
        ``city, year, base, standard, seed, draws, total, before, trend, rows, inputs, uncovered, assumed, key_categories,
        scores, checks, findings``. Sums in tCO2e, shares and relative intervals in percent.
    """
    find = locate or (lambda address: address)
    found, numbers = quality.uncertainty, number_inputs(quality.model)
    return {
        "city": quality.city,
        "year": quality.year,
        "base": quality.base,
        "unit": UNIT,
        "standard": found.standard,
        "seed": found.seed,
        "draws": found.draws,
        "total": _total(found.total, find),
        "before": None if found.before is None else _total(found.before, find),
        "trend": None if found.trend is None else _trend(found.trend, find),
        "rows": [_row(row, quality, find) for row in found.rows],
        "inputs": [_input(one, share, numbers, find) for one, share in found.inputs[:LISTED]],
        "uncovered": {sort: _percent(share) for sort, share in found.uncovered.items()},
        "assumed": _percent(found.assumed),
        "key_categories": {
            side: [_key(row, quality.year, find) for row in rows] for side, rows in quality.key_categories.items()
        },
        "scores": _scores(quality, numbers, find),
        "checks": [
            {"id": one.id, "label": write_label(one.label), "seen": one.seen, "state": one.state, "found": len(one.findings)}
            for one in quality.checks
        ],
        "findings": write_findings(quality.findings),
    }


def recalculation_document(found: Recalculations) -> Row:
    """Recalculations as ``dafeng recalculate --json`` prints them.

    Parameters
    ----------
    found : Recalculations
        The changes.

    Returns
    -------
    dict
        ``since, who, at, rows``; amounts are decimal texts.
    """
    return {
        "since": found.since,
        "who": found.who or None,
        "at": found.at.isoformat(timespec="seconds") if found.at else None,
        "rows": [
            {
                "year": row.year,
                "category": row.category,
                "quantity": row.quantity,
                "unit": row.unit,
                "before": None if row.before is None else f"{row.before:f}",
                "after": None if row.after is None else f"{row.after:f}",
                "causes": {reason: f"{amount:f}" for reason, amount in row.causes.items()},
                "says": write_label(row.says),
            }
            for row in found.rows
        ],
    }


def _short(value: float | None) -> float | None:
    """Nine digits: what a simulation gives on every machine alike."""
    return None if value is None else float(f"{value:.{_DIGITS}g}")


def _percent(value: float | None) -> float | int | None:
    return plain(_short(value), percent=True)


def _ends(found: Interval) -> Row:
    return {name: _short(getattr(found, name)) for name in ("mean", "median", "low", "high")}


def _total(total: Total, find: Locate) -> Row:
    return {
        "year": total.year,
        "value": plain(total.value),
        "exact": f"{total.value:f}",
        "gross": plain(total.gross),
        "half": _short(total.half),
        "relative": _percent(total.relative),
        **_ends(total.simulated),
        "address": find(total_address(total.year)),
    }


def _trend(trend: Trend, find: Locate) -> Row:
    drawn = trend.simulated
    return {
        "base": trend.base,
        "change": _percent(trend.change),
        "half": _percent(trend.half),
        "low": _percent(drawn.low),
        "high": _percent(drawn.high),
        "address": find("uncertainty/trend"),
    }


def _row(row: Line, quality: Quality, find: Locate) -> Row:
    shares = ("activity", "factor", "combined", "variance_share", "trend_share", "covered")
    return {
        "category": row.category,
        "quantity": row.quantity,
        "label": write_label(row.label),
        "gas": write_label(row.gas),
        "value": plain(row.value),
        "base": _base(row, quality, find),
        **{name: _percent(getattr(row, name)) for name in shares},
        "low": _short(row.simulated.low),
        "high": _short(row.simulated.high),
        "results": [find(f"results/{name}") for name in row.cells],
        "address": find(row_address(row.category, row.quantity, quality.year)),
    }


def _base(row: Line, quality: Quality, find: Locate) -> Row | None:
    if quality.base is None or row.base is None:
        return None
    return {"value": plain(row.base), "address": find(row_address(row.category, row.quantity, quality.base))}


def _input(one: Input, share: float, numbers: dict[str, int], find: Locate) -> Row:
    return {
        "subject": one.subject,
        "label": write_label(one.label),
        "share": _percent(share),
        "deviation": _percent(one.deviation),
        "source": one.stated.source if one.stated else SCORED if one.subject == "pedigree" else None,
        "grade": one.evidence or ("assumption" if one.subject == "pedigree" else None),
        "address": find(input_address(one, numbers)),
    }


def _key(row: KeyCategory, year: int, find: Locate) -> Row:
    return {
        "category": row.category,
        "quantity": row.quantity,
        "label": write_label(row.label),
        "gas": write_label(row.gas),
        "removal": row.removal,
        "value": plain(row.value),
        "base": plain(row.base),
        "shares": {test: plain(row.shares[test], percent=True) for test in TESTS if test in row.shares},
        "key": list(row.key),
        "address": find(key_address(row, year)),
    }


def _scores(quality: Quality, numbers: dict[str, int], find: Locate) -> list[Row]:
    """Quality of the inputs of the year, the worst first."""
    terms = [term for term in quality.model.terms if term.cell.year == quality.year]
    keys = dict.fromkeys(key for term in terms for key in (*(name for name, _ in term.parts), term.pedigree))
    scored = [quality.model.inputs[key] for key in keys]
    alike: dict[tuple[object, ...], list[Input]] = {}
    for one in scored:
        alike.setdefault((one.subject, one.scores), []).append(one)
    rows = [_score(group, quality, numbers, find) for group in alike.values()]
    return sorted(rows, key=lambda row: (-row["widened"], row["subject"]))


def _score(group: Iterable[Input], quality: Quality, numbers: dict[str, int], find: Locate) -> Row:
    listed = tuple(group)
    scores = listed[0].scores or (1, 1, 1, 1, 1)
    first = listed[0].label
    zh, en = (
        (f"{first.zh} 等 {len(listed)} 项", f"{first.en} and others, {len(listed)} in all")
        if len(listed) > 1
        else (first.zh, first.en)
    )
    named: Mapping[str, int] = dict(zip(DIMENSIONS, scores, strict=True))
    return {
        "subject": listed[0].subject,
        "label": {"zh": zh, "en": en},
        "count": len(listed),
        "scores": [
            {"dimension": name, "score": score, "label": write_label(quality.pedigree.labels.get((name, score)))}
            for name, score in named.items()
        ],
        "widened": _short(quality.pedigree.widen(scores)),
        "address": find(input_address(listed[0], numbers)),
    }
