"""Data of the charts on the hourly power balance, on storage and on measures.

Invariant: hourly series are handed on as they are, only in a readable unit; nothing is averaged or left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.web.charts import Chart, scale_column
from dafeng.web.figures import Scale, scale_series, show
from dafeng.web.labels import Words


def draw_weeks(view: Mapping[str, Any], words: Words) -> Chart | None:
    """Generation and load hour by hour in chosen weeks.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``weeks``; ``None`` where no power balance was computed.
    """
    power = view.get("power") or {}
    weeks = power.get("weeks") or []
    if not weeks:
        return None
    # one scale for all weeks, so that they can be compared
    scale = scale_series([series["values"] for week in weeks for series in week["series"]], "MW", words.language)
    return {
        "kind": "weeks",
        "title": words.say("chart.weeks", values={"year": power["year"]}),
        "subtitle": words.say("chart.weeks_sub", values={"unit": scale.text}),
        "unit": scale.text,
        "year": power["year"],
        "weeks": [_week(week, scale, words) for week in weeks],
    }


def _week(week: Mapping[str, Any], scale: Scale, words: Words) -> dict[str, Any]:
    series = [
        {"carrier": s["carrier"], "name": words.read(s["label"]), "values": scale.spread(s["values"])} for s in week["series"]
    ]
    load = scale.spread(week.get("load") or [])
    return {"id": week["id"], "name": words.read(week["label"]), "start": week["start_hour"], "series": series, "load": load}


def draw_storage(view: Mapping[str, Any], words: Words) -> Chart | None:
    """What more storage does to curtailment, and what it costs.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``storage``; ``None`` where it was not computed.
    """
    storage = (view.get("power") or {}).get("storage") or {}
    if len(storage.get("capacity") or []) < 2:
        return None
    size = scale_series([storage["capacity"]], "GW", words.language)
    money = scale_series([storage.get("cost") or []], "亿元/年", words.language)
    ends: Sequence[int] = (0, -1)
    sizes = [show(storage["capacity"][i], "GW", words.language) for i in ends]
    shares = [show(storage["curtailed_share"][i], "%", words.language, basis="projected") for i in ends]
    said = {"from": sizes[0], "to": sizes[1], "high": shares[0], "low": shares[1]}
    return {
        "kind": "storage",
        "title": words.say("chart.storage", values=said),
        "subtitle": words.read(storage.get("label")),
        "unit": size.text,
        "money": money.text,
        "capacity": size.spread(storage["capacity"]),
        "share": storage["curtailed_share"],
        "cost": money.spread(storage.get("cost") or []),
    }


def draw_measures(view: Mapping[str, Any], words: Words) -> Chart | None:
    """Measures by what they do per yuan, in the order of the view document: best first.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``measures``; ``None`` where no measure was assessed.
    """
    every = (view.get("pathway") or {}).get("measures") or []
    rows = [row for row in every if row.get("per_cost")]
    if not rows:
        return None
    values = [row["per_cost"]["value"] for row in rows]
    scale = scale_series([values], rows[0]["per_cost"]["unit"], words.language)
    joint = "、" if words.language == "zh" else ", "
    groups = [row.get("group") or at for at, row in enumerate(rows, 1)]
    leading = [row for row, group in zip(rows, groups, strict=True) if group <= groups[min(2, len(rows) - 1)]]
    key = "chart.measures_tied" if len(set(groups[: len(leading)])) < len(leading) else "chart.measures"
    return {
        "kind": "measures",
        "title": words.say(key, values={"names": joint.join(words.read(row["label"]) for row in leading)}),
        "subtitle": words.say("chart.measures_sub", values={"unit": scale.text}),
        "unit": scale.text,
        "names": [words.read(row["label"]) for row in rows],
        "values": scale.spread(values),
        "addresses": [row.get("address") for row in rows],
    }


def scale_measures(view: Mapping[str, Any], words: Words) -> dict[str, Scale | None]:
    """One unit for each column of the table of measures.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict of str to Scale or None
        ``effect`` and ``cost``; ``None`` where no measure has such a figure.
    """
    rows = (view.get("pathway") or {}).get("measures") or []
    return {name: scale_column([row.get(name) for row in rows], words.language) for name in ("effect", "cost")}


def list_cases(view: Mapping[str, Any]) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """The cases of the power system side by side.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    list of (label, cells)
        One per figure; a cell is the label of its case and the figure, ``None`` where that case has none.
    """
    cases = (view.get("power") or {}).get("cases") or []
    labels = {figure["label"]["zh"]: figure["label"] for case in cases for figure in case["figures"]}
    held = [(case["label"], {figure["label"]["zh"]: figure for figure in case["figures"]}) for case in cases]
    return [(label, [(case, figures.get(name)) for case, figures in held]) for name, label in labels.items()]
