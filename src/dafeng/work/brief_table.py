"""The table and the chart of a brief: targets that can be compared, and the fan of the main pathway.

Invariant: rows and curves are those of the view document, worst verdict first, none added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
ORDER = ("off_course", "behind", "on_course", "not_due", "met", "not_measurable")
"""Verdicts, the worst first."""
MOST = 6
"""Most rows of the table."""


def list_rows(view: Row) -> list[dict[str, Any]]:
    """Targets with a known or expected value.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    list of dict
        ``name, year, verdict, asked, known, expected, who``; numbers as in the view.
    """
    known = [row for row in view["verdicts"] if row["actual"] or row["projected"]]
    ranked = sorted(known, key=lambda row: ORDER.index(row["verdict"]))
    return [
        {
            "name": row["indicator"],
            "year": row["year"],
            "verdict": row["verdict"],
            "asked": row["value"],
            "known": row["actual"],
            "expected": row["projected"],
            "who": row["organisations"][0] if row["organisations"] else None,
        }
        for row in ranked[:MOST]
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
    pathway = view["pathway"]
    if pathway is None:
        return None
    main = next(row for row in pathway["scenarios"] if row["id"] == pathway["main"])
    recorded = view["emissions"]["history"] if view["emissions"] else []
    return {
        "unit": pathway["unit"],
        "years": pathway["years"],
        "label": main["label"],
        **{name: main[name] for name in ("p10", "p50", "p90")},
        "peak": {name: main["peak"][name] for name in ("year_p10", "year_p50", "year_p90")},
        "recorded": [[year, float(value)] for year, value, _ in recorded],
        "address": main["address"],
    }
