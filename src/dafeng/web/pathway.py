"""Data of the charts on emission pathways: scenarios with their bands, peak years, drivers.

Invariant: a band is drawn from the quantiles of the view document; history joins it only in a unit that measures the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.web.charts import Chart, axis, spread
from dafeng.web.figures import Scale, Shown, choose_scale, largest, scale_series, show
from dafeng.web.labels import Words

SPECK = 0.0005
"""Share of draws below which a year at either end of the distribution is not drawn."""
MINOR = 0.01
"""Share of the variance below which a driver is not drawn."""


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
    scenarios = view["pathway"]["scenarios"]
    shown = [one["peak"] for one in scenarios] + [one["observed"] for one in scenarios if one.get("observed")]
    held = [at for peak in shown for at, share in enumerate(peak["shares"]) if share >= SPECK]
    kept = slice(max(min(held) - 1, 0), max(held) + 2)
    return {
        "kind": "peak",
        "title": words.say("chart.peak", values=tell_peak(main, view["pathway"]["unit"], words)),
        "subtitle": words.say("chart.peak_sub"),
        "unit": "%",
        "years": main["peak"]["years"][kept],
        "names": [words.say("chart.underlying"), words.say("chart.observed")],
        "scenarios": [_histogram(one, kept, words) for one in scenarios],
        "main": main["id"],
    }


def _histogram(scenario: Mapping[str, Any], kept: slice, words: Words) -> dict[str, Any]:
    peak, observed = scenario["peak"], scenario.get("observed")
    return {
        "id": scenario["id"],
        "name": words.read(scenario["label"]),
        "values": _percents(peak["shares"][kept]),
        "observed": _percents(observed["shares"][kept]) if observed else None,
        "middle": peak["year_p50"],
        "address": scenario.get("address"),
    }


def _percents(shares: Sequence[float]) -> list[float]:
    return [float(f"{share * 100:.3g}") for share in shares]


def draw_parts(view: Mapping[str, Any], words: Words) -> Chart | None:
    """Emissions by group of sectors, power and heat, one scenario at a time.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``layers``; ``None`` where there is no pathway.
    """
    pathway = view.get("pathway") or {}
    parts, main = pathway.get("parts") or [], main_scenario(view)
    if main is None or not parts:
        return None
    raw = {one["id"]: [part["scenarios"].get(one["id"]) or [] for part in parts] for one in pathway["scenarios"]}
    scale = choose_scale(
        largest([[sum(year) for year in zip(*lists, strict=True)] for lists in raw.values()]), pathway["unit"], words.language
    )
    return {
        "kind": "layers",
        "title": words.say("chart.layers", values=_largest_parts(parts, main["id"], words)),
        "subtitle": words.say("chart.layers_sub", values={"unit": scale.text}),
        "unit": scale.text,
        "years": list(pathway["years"]),
        "names": [words.read(part["label"]) for part in parts],
        "scenarios": [
            {"id": one["id"], "name": words.read(one["label"]), "values": [scale.spread(values) for values in raw[one["id"]]]}
            for one in pathway["scenarios"]
        ],
        "main": main["id"],
    }


def _largest_parts(parts: Sequence[Mapping[str, Any]], scenario: str, words: Words) -> dict[str, str]:
    """Largest part in the first and in the last year."""
    lists = [(words.read(part["label"]), part["scenarios"].get(scenario) or [0.0]) for part in parts]
    return {
        "first": max((values[0], name) for name, values in lists)[1],
        "last": max((values[-1], name) for name, values in lists)[1],
    }


def draw_decisive(view: Mapping[str, Any], words: Words) -> Chart | None:
    """Which drivers decide the peak year and the emissions: Sobol's indices.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``decisive``; ``None`` where they were not computed.
    """
    found = (view.get("pathway") or {}).get("influences")
    if not found or not any(found["exchanged"].values()):
        return None
    year = str(found["year"])
    named = {"peak": words.say("chart.decisive_peak"), "emitted": words.say("chart.decisive_emitted", values={"year": year})}
    rows = {key: [row for row in found["exchanged"][key] if row["together"] >= MINOR] for key in named}
    first = next((row for row in rows["peak"] if row["id"] != "rest"), None)
    return {
        "kind": "decisive",
        "title": words.say(
            "chart.decisive" if first else "chart.decisive_none", values={"driver": words.read(first["label"]) if first else ""}
        ),
        "subtitle": words.say("chart.decisive_sub"),
        "unit": "%",
        "parts": [words.say("chart.alone"), words.say("chart.together")],
        "answers": [
            {
                "id": key,
                "name": name,
                "names": [words.read(row["label"]) for row in rows[key]],
                "alone": [_share_of(row["alone"]) for row in rows[key]],
                "together": [_share_of(row["together"]) for row in rows[key]],
                "error": [_share_of(row["error"]) for row in rows[key]],
            }
            for key, name in named.items()
        ],
    }


def _share_of(value: float) -> float:
    return float(f"{max(value, 0.0) * 100:.3g}")


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
    scale = scale_series([values], unit, words.language)
    return None if value is None else show(value, unit, words.language, basis="projected", scale=scale, vague=True)


def _bands(
    rows: Sequence[Mapping[str, Any]], given: Sequence[int], years: Sequence[int], unit: str, words: Words
) -> tuple[Chart, Scale]:
    """Quantiles of several scenarios on one axis, and the scale of that axis."""
    raw = [[spread(list(zip(given, row.get(q) or [], strict=False)), years) for q in ("p10", "p50", "p90")] for row in rows]
    scale = scale_series([values for bands in raw for values in bands], unit, words.language)
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
