"""Data of the charts on emission pathways: scenarios with their bands, peak years, drivers.

Invariant: a band is drawn from the quantiles of the view document; history joins it only in a unit that measures the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.web.charts import Chart, axis, spread
from dafeng.web.figures import Scale, Shown, choose_scale, largest, show
from dafeng.web.labels import Words

SPECK = 0.0005
"""Share of draws below which a year at either end of the distribution is not drawn."""


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
        "title": words.say(_fan_title(main, pathway["years"]), values=tell_peak(main, pathway["unit"], words)),
        "subtitle": words.say("chart.fan_sub", values={"unit": chart["unit"]}),
        "main": main["id"],
        "history": past.spread(spread(history, years)) if past and history else None,
        "start": pathway["years"][0],
    }


def _fan_title(main: Mapping[str, Any], years: Sequence[int]) -> str:
    return "chart.fan_first" if main["peak"].get("year_p50") == years[0] else "chart.fan"


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
    if main is None or not any(share >= SPECK for share in main["peak"].get("shares") or ()):
        return None
    peak = main["peak"]
    held = [at for at, share in enumerate(peak["shares"]) if share >= SPECK]
    kept = slice(max(held[0] - 1, 0), held[-1] + 2)
    return {
        "kind": "peak",
        "title": words.say("chart.peak", values=tell_peak(main, view["pathway"]["unit"], words)),
        "subtitle": words.say("chart.peak_sub", values={"scenario": words.read(main["label"])}),
        "unit": "%",
        "years": peak["years"][kept],
        "values": [float(f"{share * 100:.3g}") for share in peak["shares"][kept]],
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
    first, last = (_end(main["p50"], at, quantity["unit"], words) for at in (0, -1))
    return chart | {
        "title": words.read(quantity["label"]),
        "subtitle": f"{years[0]} {first.text} → {years[-1]} {last}" if first and last else chart["unit"],
        "main": pathway.get("main"),
        "history": None,
        "start": years[0],
        "small": True,
    }


def _end(values: Sequence[float | None], at: int, unit: str, words: Words) -> Shown | None:
    """Value at one end of a series, in the unit that suits the largest of it."""
    value = values[at] if values else None
    scale = choose_scale(largest([values]), unit, words.language)
    return None if value is None else show(value, unit, words.language, basis="projected", scale=scale, vague=True)


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
        "level": "?" if level is None else show(level, unit, words.language, basis="projected", vague=True),
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
