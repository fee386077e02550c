"""Data of the charts on past emissions and targets, as the page's scripts take it, and what all charts share.

Invariant: a chart's title is its finding, its values are those of the view document in one unit, a missing year is a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dafeng.core.labels import Language
from dafeng.web.figures import COMPARATORS, Scale, scale_series, show
from dafeng.web.labels import Words

Chart = dict[str, Any]
"""A chart: ``kind``, ``title``, ``subtitle``, ``unit`` and what its kind needs."""


def spread(points: Sequence[Sequence[Any]], years: Sequence[int]) -> list[float | None]:
    """Points on an axis of years, with gaps.

    Parameters
    ----------
    points : sequence of (year, value, ...)
        Known values.
    years : sequence of int
        The axis.

    Returns
    -------
    list of float or None
        One value per year, ``None`` where none is known.
    """
    known = {int(point[0]): point[1] for point in points}
    return [known.get(year) for year in years]


def axis(*groups: Sequence[int]) -> list[int]:
    """Axis of all years between the first and the last.

    Parameters
    ----------
    *groups : sequence of int
        Years of the series.

    Returns
    -------
    list of int
        Every year once, without gaps.
    """
    every = [year for group in groups for year in group]
    return list(range(min(every), max(every) + 1)) if every else []


def scale_column(numbers: Iterable[Mapping[str, Any] | None], language: Language) -> Scale | None:
    """One unit for the figures of a column of a table.

    Parameters
    ----------
    numbers : iterable of mapping or None
        Figures of the view document; those without a value count for nothing.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    Scale or None
        ``None`` where no figure is known.
    """
    known = [one for one in numbers if one and one["value"] is not None]
    return scale_series([[one["value"] for one in known]], known[0]["unit"], language) if known else None


def draw_history(view: Mapping[str, Any], words: Words) -> Chart | None:
    """Emissions of the past years.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``history``; ``None`` where no year is known.
    """
    emissions = view.get("emissions") or {}
    points = emissions.get("history") or []
    if not points:
        return None
    years = axis([p[0] for p in points], emissions.get("gaps") or [])
    raw = spread(points, years)
    scale = scale_series([raw], emissions["unit"], words.language)
    first, last = points[0], points[-1]
    said = {
        "first": first[0],
        "last": last[0],
        "value": show(last[1], emissions["unit"], words.language, basis="estimated"),
        "from": show(first[1], emissions["unit"], words.language, basis="estimated"),
    }
    return {
        "kind": "history",
        "title": words.say("chart.history" if len(points) > 1 else "chart.history_one", values=said),
        "subtitle": f"{words.read(emissions.get('label'))} · {scale.text}",
        "name": words.read(emissions.get("label")),
        "unit": scale.text,
        "years": years,
        "values": scale.spread(raw),
        "addresses": {str(p[0]): p[2] for p in points},
        "breaks": [[b["year"], words.read(b["says"])] for b in emissions.get("breaks") or []],
    }


def draw_waterfall(view: Mapping[str, Any], words: Words) -> Chart | None:
    """What changed the emissions: start, effects and end of each period.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``waterfall`` of the table ``decomposition``; ``None`` where there is none.
    """
    tables = (view.get("emissions") or {}).get("tables") or ()
    table = next((one for one in tables if one["id"] == "decomposition" and len(one["rows"]) > 2), None)
    if table is None:
        return None
    columns = [
        [cell and cell["value"] for cell in column] for column in zip(*(row["cells"] for row in table["rows"]), strict=True)
    ]
    scale = scale_series(columns, table["unit"], words.language)
    period, first = words.read(table["columns"][0]), table["rows"]
    ends = [first[at]["cells"][0] for at in (0, -1)]
    said = [show(cell["value"], cell["unit"], words.language, basis="projected", vague=True) if cell else "?" for cell in ends]
    return {
        "kind": "waterfall",
        "title": words.say("chart.waterfall", values={"period": period, "from": said[0], "to": said[1]}),
        "subtitle": f"{words.read(table['label'])} · {scale.text}",
        "unit": scale.text,
        "names": [words.read(row["label"]) for row in table["rows"]],
        "periods": [words.read(column) for column in table["columns"]],
        "values": [scale.spread(values) for values in columns],
        "addresses": [[cell and cell["address"] for cell in row["cells"]] for row in table["rows"]],
    }


def draw_trajectory(verdict: Mapping[str, Any], words: Words) -> Chart | None:
    """One target: actual values, required trajectory, projection and the goal.

    Parameters
    ----------
    verdict : mapping
        Row of the view document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``trajectory``; ``None`` where nothing but the goal is known.
    """
    actuals = verdict.get("actuals") or []
    required = verdict.get("required") or {"years": [], "values": []}
    projection = verdict.get("projection") or {"years": [], "p10": [], "p50": [], "p90": []}
    due = verdict.get("year") or (verdict.get("value") or {}).get("year")
    if not actuals and not projection["years"]:
        return None
    target = verdict["value"]
    years = axis([p[0] for p in actuals], required["years"], projection["years"], [due] if due else [])
    known: list[list[float | None]] = [
        spread(actuals, years),
        spread(list(zip(required["years"], required["values"], strict=False)), years),
        *(spread(list(zip(projection["years"], projection.get(q) or [], strict=False)), years) for q in ("p10", "p50", "p90")),
        [target["value"], verdict.get("upper")],
    ]
    scale = scale_series(known, target["unit"], words.language)
    past, demanded, low, middle, high, goal = (scale.spread(values) for values in known)
    return {
        "kind": "trajectory",
        "title": tell_standing(verdict, words),
        "subtitle": f"{words.read(verdict['indicator'])} · {scale.text or words.say('chart.count')}",
        "unit": scale.text,
        "years": years,
        "actual": past,
        "required": demanded,
        "step": required.get("kind") == "step",
        "band": [low, middle, high],
        "goal": [due, goal[0], goal[1], COMPARATORS.get(verdict.get("comparator") or "", "")],
        "addresses": {str(p[0]): p[2] for p in actuals if len(p) > 2},
        "address": verdict["address"],
    }


def draw_months(verdict: Mapping[str, Any], words: Words) -> Chart | None:
    """Monthly figures of one indicator.

    Parameters
    ----------
    verdict : mapping
        Row of the view document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``months``; ``None`` where no month is known.
    """
    months = verdict.get("months")
    if not months:
        return None
    unit, known = verdict["value"]["unit"], [value for value in months["values"] if value is not None]
    scale = scale_series([known], unit, words.language)
    said = {"n": len(known), "low": show(min(known), unit, words.language), "high": show(max(known), unit, words.language)}
    return {
        "kind": "months",
        "title": words.say("chart.months", values=said),
        "subtitle": f"{words.read(verdict['indicator'])} · {scale.text or words.say('chart.count')}",
        "unit": scale.text,
        "name": words.read(verdict["indicator"]),
        "first": months["first"],
        "values": scale.spread(months["values"]),
        "addresses": [address and address.rpartition("facts/")[2] for address in months["addresses"]],
    }


def tell_standing(verdict: Mapping[str, Any], words: Words) -> str:
    """Goal, actual value and projection of a target in one line.

    Parameters
    ----------
    verdict : mapping
        Row of ``verdicts``.
    words : Words
        Language of the line.

    Returns
    -------
    str
        The line.
    """
    target, actual, projected = verdict["value"], verdict.get("actual"), verdict.get("projected")
    sign = COMPARATORS.get(verdict.get("comparator") or "", "")
    goal = {**target, "year": verdict.get("year")}
    parts = [] if target["value"] is None else [_part("chart.goal", goal, words, sign=sign + " ")]
    parts += [_part("chart.actual", actual, words)] if actual else []
    parts += [_part("chart.projected", projected, words)] if projected else []
    return words.say("chart.comma").join(parts)


def _part(key: str, number: Mapping[str, Any], words: Words, *, sign: str = "") -> str:
    shown = show(number["value"], number["unit"], words.language, basis=number["basis"])
    return words.say(key, values={"year": number.get("year") or "", "value": f"{sign}{shown}"})
