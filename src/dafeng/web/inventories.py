"""The inventory page: its headline, its tables by layout, its charts.

Invariant: a figure of the table is the stored one in one unit, rounded once for reading; what is negative is a sink and
never part of a treemap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.web.charts import Chart
from dafeng.web.figures import scale_series, show
from dafeng.web.labels import Words

Row = dict[str, Any]
FILTERS = ("year",)
"""What the address of the page may choose."""


def build_inventory(view: Mapping[str, Any], words: Words, query: Mapping[str, str]) -> Row:
    """What the template of the inventory page gets.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.
    query : mapping of str to str
        ``year``; the newest where it names none that exists.

    Returns
    -------
    dict
        ``title, years, chosen, sheets, treemap, series``; without an inventory ``chosen`` is ``None``.
    """
    inventory = view.get("inventory") or {}
    years = [row["year"] for row in inventory.get("years") or ()]
    wanted = [year for year in years if str(year) == query.get("year")] or years[:1]
    if not wanted:
        return {"title": words.say("inventory.title_none"), "years": [], "chosen": None}
    row = next(row for row in inventory["years"] if row["year"] == wanted[0])
    sheets = sorted(row["sheets"], key=lambda sheet: sheet["layout"] != inventory["main"])
    return {
        "title": tell_total(inventory, row, words),
        "years": years,
        "chosen": wanted[0],
        "sheets": [_sheet(sheet, inventory, words) for sheet in sheets],
        "treemap": draw_treemap(inventory, row, words),
        "series": draw_series(inventory, words),
    }


def tell_total(inventory: Mapping[str, Any], row: Mapping[str, Any], words: Words) -> str:
    """Headline: the total of the city's own layout, and its largest line.

    Parameters
    ----------
    inventory : mapping
        Part ``inventory`` of the view document.
    row : mapping
        One of its years.
    words : Words
        Language of the page.

    Returns
    -------
    str
        One sentence.
    """
    lines = _main_lines(inventory, row)
    total = next((line for line in lines if line["total"] and line["value"]), None)
    tops = [line for line in lines if not line["level"] and not line["total"] and line["value"]]
    if total is None or not tops:
        return words.say("inventory.title_none")
    first = max(tops, key=lambda line: line["value"]["value"])
    whole = total["value"]["value"]
    share = show(100 * first["value"]["value"] / whole, "%", words.language, basis="estimated") if whole > 0 else "—"
    said = {
        "year": row["year"],
        "value": show(whole, inventory["unit"], words.language, basis="estimated"),
        "line": words.read(first["label"]),
        "share": share,
    }
    return words.say("inventory.title", values=said)


def _main_lines(inventory: Mapping[str, Any], row: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = next(s["lines"] for s in row["sheets"] if s["layout"] == inventory["main"])
    return found


def _sheet(sheet: Mapping[str, Any], inventory: Mapping[str, Any], words: Words) -> Row:
    """One layout: gases that occur in it, lines, totals."""
    lines = sheet["lines"]
    used = [at for at, _ in enumerate(inventory["gases"]) if any(line["gases"][at] is not None for line in lines)]
    label = next(one["label"] for one in inventory["layouts"] if one["id"] == sheet["layout"])
    keys = {one["id"]: words.read(one["label"]) for one in inventory["keys"]}
    return {
        "layout": sheet["layout"],
        "label": words.read(label),
        "gases": [words.read(inventory["gases"][at]["label"]) for at in used],
        "scoped": any(line["scope"] for line in lines),
        "lines": [{**line, "gases": [line["gases"][at] for at in used], "meaning": keys.get(line["key"])} for line in lines],
    }


def draw_treemap(inventory: Mapping[str, Any], row: Mapping[str, Any], words: Words) -> Chart | None:
    """Sources of one year by size; sinks stand in the table only.

    Parameters
    ----------
    inventory : mapping
        Part ``inventory`` of the view document.
    row : mapping
        One of its years.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``treemap``; ``None`` where there is no source.
    """
    lines = _main_lines(inventory, row)
    inside = [line for line in lines if not line["total"] and line["scope"] != 2]
    leaves = [line for line in inside if _positive(line) and not _parts(line, inside)]
    if not leaves:
        return None
    scale = scale_series([[leaf["value"]["value"] for leaf in leaves]], inventory["unit"], words.language)
    groups = {line["code"]: words.read(line["label"]) for line in inside if not line["level"]}
    first = max(leaves, key=lambda line: line["value"]["value"])
    return {
        "kind": "treemap",
        "title": words.say("inventory.treemap", values={"line": words.read(first["label"]), "year": row["year"]}),
        "subtitle": words.say("inventory.treemap_sub", values={"unit": scale.text}),
        "unit": scale.text,
        "names": [words.read(leaf["label"]) for leaf in leaves],
        "groups": [groups[leaf["code"].split(".")[0]] for leaf in leaves],
        "values": scale.spread([leaf["value"]["value"] for leaf in leaves]),
        "addresses": [leaf["value"]["address"] for leaf in leaves],
    }


def _positive(line: Mapping[str, Any]) -> bool:
    return bool(line["value"] and line["value"]["value"] > 0)


def _parts(line: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> bool:
    return any(other["code"].startswith(f"{line['code']}.") and other["value"] for other in lines)


def draw_series(inventory: Mapping[str, Any], words: Words) -> Chart | None:
    """Top lines year by year.

    Parameters
    ----------
    inventory : mapping
        Part ``inventory`` of the view document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``stack``; ``None`` where there are fewer than two years.
    """
    series = next((one for one in inventory["series"] if one["layout"] == inventory["main"]), None)
    if series is None or len(series["years"]) < 2:
        return None
    aside = {line["code"] for line in _main_lines(inventory, inventory["years"][0]) if line["scope"] == 2}
    rows = [row for row in series["rows"] if row["code"] not in aside]
    scale = scale_series([row["values"] for row in rows], inventory["unit"], words.language)
    gaps = any(value is None for row in rows for value in row["values"])
    return {
        "kind": "stack",
        "title": words.say("inventory.series", values={"first": series["years"][0], "last": series["years"][-1]}),
        "subtitle": words.say("inventory.series_gaps", values={"unit": scale.text}) if gaps else scale.text,
        "unit": scale.text,
        "years": series["years"],
        "names": [words.read(row["label"]) for row in rows],
        "values": [scale.spread(row["values"]) for row in rows],
        "addresses": [row["addresses"] for row in rows],
    }
