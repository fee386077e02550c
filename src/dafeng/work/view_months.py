"""Monthly figures in the view: for every indicator the months that are known, as one compact row of values.

Invariant: of several facts of one month the best graded and latest known is shown, a month without one is a gap, and every
month shown has the trace of its fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.units import convert
from dafeng.library.indicators import Catalogue
from dafeng.work.city import City
from dafeng.work.facts import fact_trace, file_hashes
from dafeng.work.measure import GRADES
from dafeng.work.tracing import TraceBook
from dafeng.work.view_number import SHARE, Frame, plain

Months = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Indicator → month → fact."""
TEXT = len("2025-07")
"""Characters of a month as a period."""


def gather_months(city: City, catalogue: Catalogue) -> Months:
    """Monthly facts of the city itself, one for each indicator and month.

    Parameters
    ----------
    city : City
        The city.
    catalogue : Catalogue
        Its indicators.

    Returns
    -------
    mapping of str to mapping of str to mapping
        Indicator → month → row of the table ``FACTS``.
    """
    best: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in city.facts.read(places=(city.code,)).to_pylist():
        whole = not (row["flow"] or row["carrier"] or row["organisation"])
        if whole and len(row["period"]) == TEXT and row["grade"] in GRADES and row["indicator"] in catalogue.indicators:
            months = best.setdefault(row["indicator"], {})
            if row["period"] not in months or _rank(row) > _rank(months[row["period"]]):
                months[row["period"]] = row
    return best


def _rank(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (-GRADES.index(row["grade"]), row["known_at"], row["fact"])


def trace_months(city: City, traces: TraceBook) -> None:
    """Give every month that is shown the trace of its fact.

    Parameters
    ----------
    city : City
        The city.
    traces : TraceBook
        Gets one fact per month; what it has already stays.
    """
    catalogue, hashes = city.catalogue(), file_hashes(city.facts)
    for name, months in gather_months(city, catalogue).items():
        for row in months.values():
            if f"facts/{row['fact']}" not in traces:
                traces.add(fact_trace(row, catalogue.indicators[name].label, hashes))


def write_months(facts: Mapping[str, Mapping[str, Any]], unit: str, frame: Frame) -> dict[str, Any] | None:
    """Months of one indicator from the first known to the last.

    Parameters
    ----------
    facts : mapping of str to mapping
        Month → row of the table ``FACTS``.
    unit : str
        Unit of the indicator.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict or None
        ``first`` month, ``values`` [unit, a share in %] and ``addresses``, one for each month, ``None`` for a gap.
    """
    known = {month: (value, row) for month, row in facts.items() if (value := _convert(row, unit)) is not None}
    if not known:
        return None
    listed = [known.get(month) for month in _span(min(known), max(known))]
    return {
        "first": min(known),
        "values": [one and plain(one[0], percent=unit == SHARE) for one in listed],
        "addresses": [one and frame.locate(f"facts/{one[1]['fact']}") for one in listed],
    }


def _convert(row: Mapping[str, Any], unit: str) -> Decimal | None:
    """Value in the indicator's unit; what has another dimension was told as a finding when it was measured."""
    try:
        return convert(row["value"], row["unit"], unit)
    except UnitError:
        return None


def _span(first: str, last: str) -> list[str]:
    """All months between two."""
    start, end = (int(one[:4]) * 12 + int(one[5:]) - 1 for one in (first, last))
    return [f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(start, end + 1)]
