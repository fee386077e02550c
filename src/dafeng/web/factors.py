"""Data of the page of factors: rows with the names they point at, pages of rows, disagreements and what may be chosen.

Invariant: rows of different purposes never stand in one comparison; a page of rows leaves out none of those that pass
the filters, it only says where the next ones are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.web import filters
from dafeng.web.cities import CityView

Row = Mapping[str, Any]
SIZE = 100
"""Rows on one page; the frozen copy has all on one."""


def told(city: CityView) -> Mapping[str, str]:
    """What is looked through for the factors of a city, gathered once.

    Parameters
    ----------
    city : CityView
        The city.

    Returns
    -------
    mapping of str to str
        From `filters.tell_factors`.
    """
    return city.derive("words of factors", lambda: filters.tell_factors(city.view))


def build_page(city: CityView, query: Mapping[str, str]) -> dict[str, Any]:
    """What the template of the page gets.

    Parameters
    ----------
    city : CityView
        The city.
    query : mapping of str to str
        Filters.

    Returns
    -------
    dict
        ``rows`` with their names, ``start``, ``following`` and ``previous``, ``conflicts``, ``composed``, ``choices``.
    """
    view = city.view
    library = view.get("library") or {}
    chosen = filters.keep(query, filters.FACTOR_FILTERS)
    rows = sorted(filters.choose_factors(view, chosen, told(city)), key=_order)
    start = min(int(chosen["from"]), len(rows)) if chosen.get("from", "").isascii() and chosen.get("from", "").isdigit() else 0
    by_id = {row["id"]: row for row in library.get("factors") or ()}
    conflicts = filters.choose_conflicts(view, rows)
    return {
        "library": library,
        "chosen": {name: value for name, value in chosen.items() if name not in ("tab", "from")},
        "tab": chosen.get("tab", ""),
        "rows": rows,
        "start": start,
        "size": SIZE,
        "by_id": by_id,
        "conflicts": conflicts,
        "composed": _composed(library, {row["substance"] for row in rows}),
        "notes": _notes(library),
        "choices": city.derive("choices of factors page", lambda: _choices(library)),
    }


def _order(row: Row) -> tuple[bool, str, str, str, str, str, int]:
    """What methods use first, then by purpose and what it is about, younger figures before older ones."""
    topic = (row["purpose"], row["substance"], row["parameter"], row["standard"])
    return (not row["used_by"], *topic, row["place"] or "", -(row["year"] or 0))


def _composed(library: Row, substances: set[str]) -> list[Row]:
    """Emission per unit by edition, with the editions as columns."""
    return [
        {**row, "by_edition": {one["edition"]: one["value"] for one in row["values"]}}
        for row in library.get("composed") or ()
        if row["substance"] in substances
    ]


def _notes(library: Row) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for note in library.get("notes") or ():
        found.setdefault((note["substance"], note["parameter"], note["purpose"]), []).append(note)
    return found


def _choices(library: Row) -> dict[str, list[str]]:
    """Values that a filter can take, in order."""
    rows = library.get("factors") or ()
    names = filters.FACTOR_FILTERS[2:9]
    return {name: sorted({str(row[name]) for row in rows if row.get(name) not in (None, "")}) for name in names}
