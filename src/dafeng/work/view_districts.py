"""The districts in the view: tiles, quantities by district and year, what the plan places in them.

Invariant: every figure has an address; a district without one is ``None``, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.traces import Anchor
from dafeng.library.sources import read_sources
from dafeng.work.assessment import Assessment
from dafeng.work.districts import COUNTS, CityTotal, Districts, Quantity, collect_districts
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.view_number import Frame, write_anchor, write_label, write_wording

Row = dict[str, Any]
SOURCE, GRADE = "nbs-division-codes", "secondary"
"""Where the list of districts comes from (``classes/places.csv``), and how good that is."""


def find_districts(assessment: Assessment, traces: TraceBook) -> Districts | None:
    """What is known of the districts of an assessed city; the traces are added.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    traces : TraceBook
        Gets a trace for every figure.

    Returns
    -------
    Districts or None
        ``None`` where nobody has drawn tiles for the city.
    """
    recorded = assessment.projection.recorded
    totals = [CityTotal(row.year, Decimal(number_text(row.value)), row.unit, row.address) for row in recorded]
    return collect_districts(assessment.city, assessment.plan, traces, totals=totals)


def write_districts(found: Districts | None, frame: Frame) -> Row | None:
    """The districts as the view shows them.

    Parameters
    ----------
    found : Districts or None
        What is known.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict or None
        ``tiles, quantities, located, duties, lacking, source, outline``; the outline is laid in by whoever shows the view.
    """
    if found is None:
        return None
    return {
        "tiles": [
            {
                "place": tile.place,
                "label": write_label(tile.label),
                "full": write_label(tile.full),
                "column": tile.column,
                "row": tile.row,
                "zone": tile.zone,
            }
            for tile in found.tiles
        ],
        "quantities": [_quantity(one, found, frame) for one in found.quantities],
        "located": [
            {
                "place": row.place,
                "kind": row.kind,
                "field": row.field,
                "label": write_label(row.label),
                "anchor": write_anchor(_anchor(row, found)),
                "address": frame.locate(f"located/{row.id}"),
            }
            for row in found.located
        ],
        "duties": [
            {"place": place, "tasks": [frame.locate(one) for one in tasks]} for place, tasks in found.duties.items() if tasks
        ],
        "lacking": [write_label(one) for one in found.lacking],
        "source": {"id": SOURCE, "title": write_wording(read_sources()[SOURCE].title), "grade": GRADE},
        "outline": None,
    }


def _anchor(row: Any, found: Districts) -> Anchor:
    document = found.document
    return Anchor(row.start, row.end, row.paragraph, document.sha256, document.title or document.name)


def _quantity(one: Quantity, found: Districts, frame: Frame) -> Row:
    years = sorted({value.year for value in one.values}, key=lambda year: year or 0)
    known = {(value.place, value.year): value for value in one.values}
    return {
        "id": one.id,
        "label": write_label(one.label),
        "says": write_label(one.says),
        "unit": one.unit,
        "basis": one.basis,
        "years": years,
        "rows": [
            {"place": tile.place, "values": [_number(known, one, tile.place, year, frame) for year in years]}
            for tile in found.tiles
        ],
    }


def _number(known: Mapping[Any, Any], one: Quantity, place: str, year: int | None, frame: Frame) -> Row | None:
    value = known.get((place, year))
    if value is None:
        return None
    exact = int(value.value) if value.value == value.value.to_integral() else value.value
    return frame.number(exact, one.unit, year=year, basis=one.basis, address=value.address, share=one.id not in COUNTS)
