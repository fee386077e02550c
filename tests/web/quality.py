# ruff: noqa: E501 - a table of invented figures reads best with one row per line
"""Uncertainty and quality of the invented city. Every figure here is made up."""

from __future__ import annotations

from typing import Any

GASES = {"co2": {"zh": "二氧化碳", "en": "carbon dioxide"}, "ch4": {"zh": "甲烷", "en": "methane"}}
#       category, gas, zh, en, value, base, activity, factor, combined, variance, trend
ROWS = (
    ("energy.industry", "co2", "工业", "industry", 4.1e7, 4.4e7, 5.0, 8.0, 9.4, 71.0, 60.0),
    ("waste.landfill", "ch4", "填埋", "landfill", 2.2e6, 1.9e6, 20.0, 80.0, 82.5, 28.0, 39.0),
    ("land.forest", "co2", "森林", "forest", -1.5e6, None, 10.0, None, 10.0, 1.0, 1.0),
)


def say(zh: str, en: str) -> dict[str, str]:
    """A label."""
    return {"zh": zh, "en": en}


def quality(run: str) -> dict[str, Any]:
    """The part ``quality`` of the view document."""
    ends = {"mean": 4.2e7, "median": 4.17e7, "low": 3.8e7, "high": 4.6e7}
    total = {"value": 4.17e7, "exact": "41700000", "gross": 4.47e7, "half": 4.0e6, "relative": 9.6, **ends}
    keys = [
        {"category": c, "quantity": q, "label": say(zh, en), "gas": GASES[q], "removal": v < 0, "value": v, "base": b,
         "shares": {"level": abs(v) / 4.47e5, "uncertain_level": variance}, "key": ["level"] if v > 1e7 else [], "address": f"{run}/uncertainty/key.{c}.{q}.2025"}
        for c, q, zh, en, v, b, _, __, ___, variance, ____ in ROWS
    ]  # fmt: skip
    return {
        "city": "yangli", "year": 2025, "base": 2020, "unit": "tCO2e", "standard": "ar5", "seed": 1, "draws": 10000,
        "total": {"year": 2025, **total, "address": f"{run}/uncertainty/total.2025"},
        "before": {"year": 2020, **total, "address": f"{run}/uncertainty/total.2020"},
        "trend": {"base": 2020, "change": -5.1, "half": 4.0, "low": -9.0, "high": -1.2, "address": f"{run}/uncertainty/trend"},
        "rows": [
            {"category": c, "quantity": q, "label": say(zh, en), "gas": GASES[q], "value": v, "results": [], "activity": activity, "base": {"value": b, "address": f"{run}/uncertainty/{c}.{q}.2020"} if b else None,
             "factor": factor, "combined": both, "variance_share": variance, "trend_share": trend, "covered": 100.0, "low": v * 0.9, "high": v * 1.1,
             "address": f"{run}/uncertainty/{c}.{q}.2025"}
            for c, q, zh, en, v, b, activity, factor, both, variance, trend in ROWS
        ],
        "inputs": [{"subject": "factor", "label": say("降解率", "decay rate"), "share": 28.0, "deviation": 40.0, "source": "gazette", "grade": "assumption", "address": f"{run}/uncertainty/input.1"},
                   {"subject": "pedigree", "label": say("代表性", "fit"), "share": 5.0, "deviation": 9.0, "source": None, "grade": None, "address": f"{run}/uncertainty/input.1"}],
        "uncovered": {"activity": 0, "factor": 3.4}, "assumed": 28.0,
        "key_categories": {"net": keys, "gross": keys, "without": keys[:2]},
        "scores": [{"subject": "activity", "label": say("原煤", "raw coal"), "count": 3, "widened": 1.2, "address": f"{run}/uncertainty/input.1",
                    "scores": [{"dimension": d, "score": n + 1, "label": say("评分", "score")} for n, d in enumerate(("reliability", "completeness", "time", "place", "technology"))]}],
        "checks": [{"id": "sums", "label": say("分项之和等于合计", "parts add up"), "seen": 40, "state": "passed", "found": 0},
                   {"id": "missing", "label": say("有活动水平即有结果", "facts have results"), "seen": 40, "state": "found", "found": 2},
                   {"id": "zeros", "label": say("零值有原因", "zeros have a reason"), "seen": 0, "state": "nothing", "found": 0}],
        "findings": [{"rule": "uncertainty.unknown", "at": "factor/2025", "severity": "warning", "says": say("有因子未说明", "a factor is unstated"), "remedy": say("补充一行", "add a row")}],
        "recalculations": [{"at": "2026-01-10T08:00:00+00:00", "who": "王", "since": "0001-0a1b2c3d", "year": 2025, "category": "energy.industry", "label": say("工业", "industry"), "quantity": "co2",
                            "unit": "tCO2", "before": 4.0e7, "after": 4.1e7, "change": 1.0e6, "says": say("因子 +1000000 tCO2", "factors +1000000 tCO2"), "address": f"{run}/recalculations/1"}],
    }  # fmt: skip


def quality_addresses() -> list[str]:
    """Addresses under which the part has traces."""
    rows = [f"{c}.{q}" for c, q, *_ in ROWS]
    kept = [*(f"{row}.{year}" for row in rows for year in (2020, 2025)), *(f"key.{row}.2025" for row in rows)]
    return [*(f"uncertainty/{name}" for name in (*kept, "total.2025", "total.2020", "trend", "input.1")), "recalculations/1"]
