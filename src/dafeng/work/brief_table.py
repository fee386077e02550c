"""The tables and the chart of a brief: targets that can be compared, measures, the fan of the main pathway.

Invariant: rows and curves are those of the view document, none added; targets with the worst verdict come first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.work.brief_index import MEASURED, list_shares

Row = Mapping[str, Any]
ORDER = ("off_course", "behind", "on_course", "not_due", "met", "not_measurable")
"""Verdicts, the worst first."""
MOST = 6
"""Most rows of a table."""
COMPARED = ("asked", "known", "expected")
"""Numbers of a target."""


def list_targets(view: Row) -> list[dict[str, Any]]:
    """Targets with a known or expected value.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    list of dict
        ``name, year, verdict, who`` and the numbers of ``COMPARED`` as in the view.
    """
    known = [row for row in view.get("verdicts") or () if row["actual"] or row["projected"]]
    ranked = sorted(known, key=lambda row: ORDER.index(row["verdict"]))
    return [
        {
            "name": row["indicator"],
            "year": row["year"],
            "verdict": row["verdict"],
            "who": row["organisations"][0] if row["organisations"] else None,
            "asked": row["value"],
            "known": row["actual"],
            "expected": row["projected"],
        }
        for row in ranked[:MOST]
    ]


def list_measures(view: Row) -> list[dict[str, Any]]:
    """Measures with what they cost and do.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    list of dict
        ``name`` and the numbers of ``MEASURED`` as in the view, the first first; what is avoided is the mean over all orders,
        so that it adds up to the total.
    """
    listed = (view.get("pathway") or {}).get("measures") or ()
    shared = {share["id"]: share["avoided"]["local"] for share in list_shares(view)}
    return [
        {"name": row["label"], **{name: row.get(key) for name, key in MEASURED.items()}, "avoided": shared.get(row["id"])}
        for row in listed[:MOST]
    ]


def write_chart(view: Row) -> dict[str, Any] | None:
    """Fan of the main pathway with what was recorded before it.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    dict or None
        ``unit, years, p10, p50, p90, label, peak, recorded, address``; ``None`` where there is no pathway.
    """
    pathway = view.get("pathway")
    if pathway is None:
        return None
    main = next(row for row in pathway["scenarios"] if row["id"] == pathway["main"])
    recorded = (view.get("emissions") or {}).get("history") or []
    return {
        "unit": pathway["unit"],
        "years": pathway["years"],
        "label": main["label"],
        **{name: main[name] for name in ("p10", "p50", "p90")},
        "peak": {name: main["peak"][name] for name in ("year_p10", "year_p50", "year_p90")},
        "recorded": [[year, float(value)] for year, value, _ in recorded],
        "address": main["address"],
    }
