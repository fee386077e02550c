"""Data of the charts on emissions, targets and pathways, as the page's scripts take it.

Invariant: a chart's title is its finding, its values are those of the view document in one unit, a missing year is a gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.web.figures import COMPARATORS, Scale, choose_scale, largest, show
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
    scale = choose_scale(largest([raw]), emissions["unit"], words.language)
    first, last = points[0], points[-1]
    said = {
        "first": first[0],
        "last": last[0],
        "value": show(last[1], emissions["unit"], words.language),
        "from": show(first[1], emissions["unit"], words.language),
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


def draw_fan(view: Mapping[str, Any], words: Words) -> Chart | None:
    """Emission pathways of all scenarios with the history before them.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``fan``; ``None`` where there is no pathway.
    """
    pathway = view.get("pathway") or {}
    scenarios = pathway.get("scenarios") or []
    if not scenarios:
        return None
    emissions = view.get("emissions") or {}
    history = emissions.get("history") or []
    years = axis(pathway["years"], [p[0] for p in history])
    chart, scale = _bands(scenarios, pathway["years"], years, pathway["unit"], words)
    past = scale.follow(emissions.get("unit") or "")
    main = main_scenario(view) or scenarios[0]
    return chart | {
        "title": words.say("chart.fan", values=tell_peak(main, pathway["unit"], words)),
        "subtitle": words.say("chart.fan_sub", values={"unit": chart["unit"]}),
        "main": main["id"],
        "history": past.spread(spread(history, years)) if past and history else None,
        "start": pathway["years"][0],
    }


def main_scenario(view: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Scenario that the answers speak of.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    mapping or None
        The main scenario; ``None`` where there is no pathway.
    """
    pathway = view.get("pathway") or {}
    scenarios = pathway.get("scenarios") or []
    return next((s for s in scenarios if s["id"] == pathway.get("main")), scenarios[0] if scenarios else None)


def draw_peak(view: Mapping[str, Any], words: Words) -> Chart | None:
    """Distribution of the peak year in the main scenario.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``peak``; ``None`` where no distribution is known.
    """
    main = main_scenario(view)
    if main is None or not main["peak"].get("years"):
        return None
    peak = main["peak"]
    return {
        "kind": "peak",
        "title": words.say("chart.peak", values=tell_peak(main, view["pathway"]["unit"], words)),
        "subtitle": words.say("chart.peak_sub", values={"scenario": words.read(main["label"])}),
        "unit": "%",
        "years": peak["years"],
        "values": [float(f"{share * 100:.3g}") for share in peak["shares"]],
        "middle": peak["year_p50"],
        "address": main.get("address"),
    }


def draw_quantities(view: Mapping[str, Any], words: Words) -> list[Chart]:
    """One small chart per quantity of the pathway.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    list of dict
        Charts ``fan``.
    """
    pathway = view.get("pathway") or {}
    return [_quantity(q, view, words) for q in pathway.get("quantities") or []]


def _quantity(quantity: Mapping[str, Any], view: Mapping[str, Any], words: Words) -> Chart:
    pathway = view["pathway"]
    named = {s["id"]: s["label"] for s in pathway["scenarios"]}
    rows = [{"id": key, "label": named.get(key, key), **bands} for key, bands in quantity["scenarios"].items()]
    years = pathway["years"]
    chart, _ = _bands(rows, years, years, quantity["unit"], words)
    main = quantity["scenarios"].get(pathway.get("main")) or rows[0]
    ends = [(year, main["p50"][years.index(year)]) for year in (years[0], years[-1])]
    said = [f"{year} {show(v, quantity['unit'], words.language, basis='projected')}" for year, v in ends if v is not None]
    return chart | {
        "title": words.read(quantity["label"]),
        "subtitle": " → ".join(said),
        "main": pathway.get("main"),
        "history": None,
        "start": years[0],
        "small": True,
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
    scale = choose_scale(largest(known), target["unit"], words.language)
    past, demanded, low, middle, high, goal = (scale.spread(values) for values in known)
    return {
        "kind": "trajectory",
        "title": _standing(verdict, words),
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


def _standing(verdict: Mapping[str, Any], words: Words) -> str:
    """Goal, actual value and projection of a target in one line."""
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


def _bands(
    rows: Sequence[Mapping[str, Any]], given: Sequence[int], years: Sequence[int], unit: str, words: Words
) -> tuple[Chart, Scale]:
    """Quantiles of several scenarios on one axis, and the scale of that axis."""
    raw = [[spread(list(zip(given, row.get(q) or [], strict=False)), years) for q in ("p10", "p50", "p90")] for row in rows]
    scale = choose_scale(largest([values for bands in raw for values in bands]), unit, words.language)
    scenarios = [
        {
            "id": row["id"],
            "name": words.read(row["label"]),
            "band": [scale.spread(values) for values in bands],
            "address": row.get("address"),
        }
        for row, bands in zip(rows, raw, strict=True)
    ]
    return {"kind": "fan", "unit": scale.text, "years": list(years), "scenarios": scenarios}, scale


def tell_peak(scenario: Mapping[str, Any], unit: str, words: Words) -> dict[str, Any]:
    """What titles say about a peak.

    Parameters
    ----------
    scenario : mapping
        Scenario of the view document.
    unit : str
        Unit of the pathway.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        ``scenario``, ``year``, ``low``, ``high``, ``share``, ``level`` in words.
    """
    peak = scenario["peak"]
    level = peak.get("level_mt_p50")
    return {
        "scenario": words.read(scenario["label"]),
        "year": peak.get("year_p50"),
        "low": peak.get("year_p10"),
        "high": peak.get("year_p90"),
        "share": share_text(peak.get("probability_before_2030"), words),
        "level": "?" if level is None else show(level, unit, words.language, basis="projected"),
    }


def share_text(share: float | None, words: Words) -> str:
    """A probability in words of the page.

    Parameters
    ----------
    share : float or None
        Probability. [0..1]
    words : Words
        Language of the page.

    Returns
    -------
    str
        Whole percent; the ends are said as ``< 1%`` and ``> 99%``, since a model is never certain.
    """
    if share is None:
        return words.say("chart.unknown")
    percent = round(share * 100)
    return "< 1%" if percent < 1 else "> 99%" if percent > 99 else f"{percent}%"
