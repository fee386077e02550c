"""What a template of the assessment report may ask for: words, figures by their address, rows of the tables.

Invariant: a figure is written as the report writes it; nothing stands here that the view document does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dafeng.core.labels import Language
from dafeng.plans.verdict import WORDS
from dafeng.reports.assessment_measures import SCOPE, order_shares
from dafeng.reports.assessment_report import write_report
from dafeng.reports.blocks import Figure, Part
from dafeng.reports.teller import COMPARATORS, Teller
from dafeng.reports.voice import Row
from dafeng.work.brief_index import index_view, strip

Value = str | float
"""What a template is given."""
Write = Callable[[Row | None], Value]


def list_words(view: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Words, figures and rows for a template.

    Parameters
    ----------
    view : mapping
        View document of a run.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    dict
        ``title, subtitle, city, year, date, run, document`` are texts, ``figure`` gives a text by address, ``rows`` holds
        ``targets, clashes, measures``, each a list of rows of texts.
    """
    teller, report = Teller(view, language), write_report(view, language)
    return {
        "title": report.title,
        "subtitle": report.subtitle,
        "city": teller.city,
        "year": str(view["year"]),
        "date": view["run"]["at"][:10],
        "run": teller.run,
        "document": teller.join([row["title"] for row in view.get("documents") or () if row["title"]]),
        "figure": {address: _text(teller.number(row)) for address, row in list_numbers(view).items()},
        "rows": list_rows(view, language),
    }


def list_numbers(view: Mapping[str, Any]) -> dict[str, Row]:
    """Numbers of a view document by their addresses.

    Parameters
    ----------
    view : mapping
        View document of a run.

    Returns
    -------
    dict of str to mapping
        Address without the run → number with a value; places that are no address are left out.
    """
    numbers = index_view(view).numbers
    return {
        address: row
        for address, row in numbers.items()
        if row["value"] is not None and row.get("address") and strip(row["address"]) == address
    }


def list_rows(view: Mapping[str, Any], language: Language, *, numbers: bool = False) -> dict[str, list[dict[str, Value]]]:
    """Rows of the tables that a template may lay out itself.

    Parameters
    ----------
    view : mapping
        View document of a run.
    language : {"zh", "en"}
        Language.
    numbers : bool
        Whether figures are numbers in their stored unit, for formulas, and not texts with their unit.

    Returns
    -------
    dict of str to list
        Targets in the order of the plan, contradictions in theirs, measures with a price cheapest first.
    """
    teller = Teller(view, language)

    def write(row: Row | None) -> Value:
        if not numbers:
            return _text(teller.number(row))
        return "" if row is None or row["value"] is None else float(row["value"])

    return {
        "targets": [_target(teller, row, write, numbers=numbers) for row in view.get("verdicts") or ()],
        "clashes": [_clash(teller, row, write) for row in view.get("clashes") or ()],
        "measures": _measures(teller, write),
    }


def _text(part: Part) -> str:
    return part.text if isinstance(part, Figure) else part


def _target(teller: Teller, row: Row, write: Write, *, numbers: bool) -> dict[str, Value]:
    paragraph = (row.get("anchor") or {}).get("paragraph")
    return {
        "name": teller.read(row["indicator"]),
        "year": int(row["year"]) if numbers else str(row["year"]),
        "comparator": COMPARATORS.get(row["comparator"] or "", "").strip(),
        "asked": write(row["value"]) if numbers else _text(teller.goal(row)),
        "known": write(row["actual"]),
        "expected": write(row["projected"]),
        "unit": teller.unit(row["value"]["unit"]),
        "verdict": WORDS[row["verdict"]].read(teller.language),
        "reason": teller.read(row["reason"]),
        "lacking": teller.join([teller.read(one) for one in row["lacking"]]),
        "who": teller.join(list(row["organisations"])),
        "clause": teller.text(f"第{paragraph}段", f"para. {paragraph}") if paragraph is not None else "",
        "address": strip(row["address"]),
    }


def _clash(teller: Teller, row: Row, write: Write) -> dict[str, Value]:
    least = (row.get("relax") or (None,))[0]
    return {
        "number": str(row["id"]),
        "title": teller.read(row["title"]),
        "members": teller.text("；", "; ").join(teller.read(member["label"]) for member in row["members"]),
        "least": teller.read(least["label"]) if least else "",
        "by": write(least),
        "unit": teller.unit(least["unit"]) if least else "",
        "address": strip(row["address"]),
    }


def _measures(teller: Teller, write: Write) -> list[dict[str, Value]]:
    found = teller.form.get("abatement")
    if not found or not found["curves"]:
        return []
    named = {one["id"]: one for one in found["measures"]}
    return [
        {
            "name": teller.read(named[one["id"]]["label"]),
            "field": teller.read(found["fields"][named[one["id"]]["field"]]),
            "avoided": write(one["avoided"][SCOPE]),
            "cost": write(one["cost"]),
            "price": write(one["price"][SCOPE]),
            "unit": " | ".join(str(row["unit"]) for row in (one["avoided"][SCOPE], one["cost"], one["price"][SCOPE]) if row),
            "address": strip(one["price"][SCOPE]["address"]),
        }
        for one in order_shares(found["curves"][0])[0]
    ]
