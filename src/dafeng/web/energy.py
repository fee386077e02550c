"""The energy page: what its headline says, its table in fixed units, and the data of its charts.

Invariant: a figure of the table is the stored one in the unit of its column, rounded once for reading; the exact one stands
behind its link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.units import unit
from dafeng.web.charts import Chart
from dafeng.web.figures import show, span, spell, write
from dafeng.web.labels import Words

Row = dict[str, Any]
MEASURES = ("physical", "standard")
"""The two tables of a year."""
DECIMALS = Decimal("0.01")


def build_energy(view: Mapping[str, Any], words: Words) -> Row:
    """What the template of the energy page gets.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        ``title``; newest first, ``years`` with tables, views by kind and charts; ``published``.
    """
    energy = view.get("energy") or {}
    years = [_year(year, words) for year in reversed(energy.get("years") or ())]
    return {"title": tell_total(energy, words), "years": years, "published": list_published(energy)}


def tell_total(energy: Mapping[str, Any], words: Words) -> str:
    """Headline: the total by its two names, and the range of the non-fossil share.

    Parameters
    ----------
    energy : mapping
        Part ``energy`` of the view document.
    words : Words
        Language of the page.

    Returns
    -------
    str
        One sentence; without a balance it says what is missing.
    """
    years = energy.get("years") or ()
    if not years:
        return words.say("energy.title_none")
    views = {row["id"]: row for row in years[-1]["views"]}
    said = {
        "year": years[-1]["year"],
        **{name: _figure(views[name], words) for name in ("total_equivalent", "total_calorific")},
    }
    share = views["non_fossil_share"]
    if share["value"]["value"] is None:
        return words.say("energy.title", values={**said, "share": words.say("energy.unknown")})
    return words.say("energy.title", values={**said, "share": _figure(share, words)})


def list_published(energy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Published figures worth showing: those of years with a balance, else the newest of each indicator.

    Parameters
    ----------
    energy : mapping
        Part ``energy`` of the view document.

    Returns
    -------
    list of mapping
        Newest year first.
    """
    every, years = energy.get("published") or [], {year["year"] for year in energy.get("years") or ()}
    newest = {row["indicator"]: row["value"]["year"] for row in every}
    chosen = [row for row in every if row["value"]["year"] in (years or (newest[row["indicator"]],))]
    return sorted(chosen, key=lambda row: -row["value"]["year"])


def draw_flows(year: Mapping[str, Any], words: Words) -> Chart | None:
    """Energy flows of a year.

    Parameters
    ----------
    year : mapping
        Year of the view document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``sankey``; ``None`` where nothing flows.
    """
    flows = year["sankey"]
    if not flows["links"]:
        return None
    names = {node["id"]: words.read(node["label"]) for node in flows["nodes"]}
    return {
        "kind": "sankey",
        "title": words.say("energy.sankey", values={"year": year["year"]}),
        "subtitle": words.say("energy.sankey_sub", values={"unit": name_unit(flows["unit"], words)}),
        "unit": name_unit(flows["unit"], words),
        "names": names,
        "links": [[link["source"], link["target"], link["value"], link["address"]] for link in flows["links"]],
    }


def draw_fields(year: Mapping[str, Any], words: Words) -> Chart:
    """End use by field, by both conventions for electricity.

    Parameters
    ----------
    year : mapping
        Year of the view document.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        Chart ``fields``.
    """
    rows = year["fields"]
    known = [row for row in rows if row["equivalent"]["value"] is not None] or rows
    side = "equivalent" if known[0]["equivalent"]["value"] is not None else "calorific"
    most = max(known, key=lambda row: row[side]["value"] or 0)
    return {
        "kind": "fields",
        "title": words.say("energy.fields", values={"year": year["year"], "field": words.read(most["label"])}),
        "subtitle": words.say("energy.fields_sub", values={"unit": name_unit(year["unit"], words)}),
        "unit": name_unit(year["unit"], words),
        "names": [words.read(row["label"]) for row in rows],
        "sides": [words.say("energy.calorific"), words.say("energy.equivalent")],
        "values": [[row[side]["value"] for row in rows] for side in ("calorific", "equivalent")],
        "addresses": [[row[side]["address"] for row in rows] for side in ("calorific", "equivalent")],
    }


def name_unit(text: str, words: Words) -> str:
    """A unit in the reader's words.

    Parameters
    ----------
    text : str
        Unit as stored.
    words : Words
        Language of the page.

    Returns
    -------
    str
        Never converted.
    """
    try:
        return spell(unit(text).read(words.language), words.language)
    except UnitError:
        return text


def _figure(row: Mapping[str, Any], words: Words) -> str:
    number = row["value"]
    if number["value"] is None:
        return words.say("energy.unknown")
    if row["low"] is not None:
        return span(row["low"], row["high"], number["unit"], words.language, basis="estimated")
    return str(show(number["value"], number["unit"], words.language, basis="estimated"))


def _year(year: Mapping[str, Any], words: Words) -> Row:
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for view in year["views"]:
        kinds.setdefault(view["kind"], []).append(view)
    return {
        "year": year["year"],
        "base": year["base"],
        "sheets": [_sheet(year, measure, words) for measure in MEASURES],
        "kinds": kinds,
        "breaks": len(year["breaks"]),
        "conversions": year["conversions"],
        "fields": draw_fields(year, words),
        "flows": draw_flows(year, words),
        "circulating": year["sankey"]["circulating"],
    }


def _sheet(year: Mapping[str, Any], measure: str, words: Words) -> Row:
    """One table: heads with their units, and cells of digits with what they break."""
    table, columns = year[measure], year[measure]["columns"]
    broken = {(b["row"], b["column"]): words.read(b["says"]) for b in year["breaks"]}
    rows = [
        {
            "label": words.read(row["label"]),
            "level": row["level"],
            "memo": row["role"] == "memo",
            "broken": broken.get((row["id"], None)),
            "cells": _cells(table["cells"][at], columns, broken if measure == "physical" else {}, row["id"]),
        }
        for at, row in enumerate(year["rows"])
    ]
    heads = [{"label": words.read(one["label"]), "unit": name_unit(one["unit"], words)} for one in columns]
    return {"measure": measure, "columns": heads, "rows": rows}


def _cells(
    cells: Sequence[Mapping[str, Any] | None], columns: Sequence[Mapping[str, Any]], broken: Mapping[Any, str], row: str
) -> list[Row | None]:
    return [
        None
        if cell is None or cell["value"] is None
        else {
            "text": digits(cell["value"]),
            "address": cell["address"],
            "broken": broken.get((row, column["id"])),
            "basis": cell["basis"],
        }
        for cell, column in zip(cells, columns, strict=True)
    ]


def digits(value: float) -> str:
    """Digits of a table cell.

    Parameters
    ----------
    value : float
        Figure in the unit of its column.

    Returns
    -------
    str
        Two decimals; two significant digits below 0.01, so that a small figure is never shown as zero.
    """
    number = Decimal(repr(value))
    least = DECIMALS if abs(number) >= DECIMALS or not number else Decimal(1).scaleb(number.adjusted() - 1)
    return write(number.quantize(least))
