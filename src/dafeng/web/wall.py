"""The wall: one screen without scrolling that answers the four questions and shows where, for a room and from afar.

Invariant: every figure on it is one of the view document and keeps its address; the answers stand before everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dafeng.web import maps, pathway
from dafeng.web.cities import CityView
from dafeng.web.desk import Desk, read_language
from dafeng.web.labels import Words

Row = dict[str, Any]
CLASHES = MEASURES = 3
"""How many clashes and measures are shown."""
AROUND = 2
"""Years of the peak that are drawn beyond the likely ones."""
LIKELY = 0.005
"""Least share of a year that is drawn. [1]"""
LATEST = 2040
"""Last year that is drawn on its own; what lies beyond is told."""
VERDICTS = ("met", "on_course", "behind", "off_course", "not_due", "not_measurable")
"""Verdicts in the order of the strip."""


def add_wall(app: FastAPI, desk: Desk) -> None:
    """Address of the wall and of what stands behind it.

    Parameters
    ----------
    app : FastAPI
        Gets them.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/wall", include_in_schema=False)
    def show_wall(request: Request, slug: str) -> Response:
        city = desk.city(slug)
        light = request.query_params.get("theme") == "light"
        context = build_wall(city, Words(read_language(request)))
        return desk.page(request, "wall.html", city=city, name="wall", context={**context, "light": light})

    @app.get("/{slug}/wall.json", include_in_schema=False)
    def tell_wall(slug: str) -> Response:
        return JSONResponse(wall_document(desk.city(slug).view))

    @app.get("/{slug}/wall/run.json", include_in_schema=False)
    def tell_run(slug: str) -> Response:
        return JSONResponse({"run": desk.city(slug).run})


def wall_document(view: Mapping[str, Any]) -> dict[str, Any]:
    """What stands on the wall as data.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    dict
        ``run``, the parts ``city``, ``year``, ``answers``, ``counts``, ``clashes`` and ``districts``, the bars of the ``peak``
        and the ``measures`` to do first.
    """
    parts = {name: view.get(name) for name in ("run", "city", "year", "answers", "counts", "clashes", "districts")}
    return {**parts, "peak": draw_peak(view), "measures": list(list_measures(view))}


def build_wall(city: CityView, words: Words) -> Row:
    """What the template of the wall gets.

    Parameters
    ----------
    city : CityView
        The city.
    words : Words
        Language of the wall.

    Returns
    -------
    dict
        ``verdicts`` (name and number), ``peak`` (bars), ``clashes``, ``measures``, ``maps`` (one quantity each).
    """
    view = city.view
    counts = view.get("counts") or {}
    return {
        "verdicts": [(name, counts[name]) for name in VERDICTS if counts.get(name)],
        "peak": draw_peak(view),
        "clashes": (view.get("clashes") or [])[:CLASHES],
        "measures": list_measures(view),
        "maps": list_maps(view, words),
    }


def draw_peak(view: Mapping[str, Any]) -> Row | None:
    """Shares of the peak years of the main scenario as bars.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    dict or None
        ``bars`` (``year, share, height`` of 100, ``x``), ``width``, ``later`` (share beyond the last bar), ``address``;
        ``None`` without a pathway.
    """
    main = pathway.main_scenario(view)
    peak = (main or {}).get("peak") or {}
    shares = dict(zip(peak.get("years") or (), peak.get("shares") or (), strict=True))
    likely = [year for year, share in shares.items() if share >= LIKELY and year <= LATEST]
    if not main or not likely:
        return None
    years = [year for year in shares if min(likely) - AROUND <= year <= max(likely) + AROUND and year <= LATEST]
    most = max(shares[year] for year in years)
    bars = [
        {"year": year, "share": shares[year], "height": round(100 * shares[year] / most, 2), "x": at}
        for at, year in enumerate(years)
    ]
    later = sum(share for year, share in shares.items() if year > years[-1]) + (peak.get("probability_no_peak") or 0.0)
    return {
        "bars": bars,
        "width": len(bars),
        "later": later,
        "due": 2030,
        "middle": peak.get("year_p50"),
        "address": main["address"],
    }


def list_measures(view: Mapping[str, Any]) -> Sequence[Row]:
    """The measures to do first, those that are ranked by what they gain for their cost.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    sequence of dict
        Three rows of the pathway's measures.
    """
    rows = (view.get("pathway") or {}).get("measures") or []
    ranked = [row for row in rows if (row.get("per_cost") or {}).get("value") is not None]
    return (ranked or rows)[:MEASURES]


def list_maps(view: Mapping[str, Any], words: Words) -> list[Row]:
    """Maps that the wall shows one after the other: quantities of which more than one district is known.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the wall.

    Returns
    -------
    list of dict
        As `dafeng.web.maps.draw_map`.
    """
    districts = view.get("districts") or {}
    made = [maps.draw_map(districts, one, words) for one in districts.get("quantities") or ()]
    return [one for one in made if sum(value is not None for value in one["numbers"].values()) > 1]
