"""The invented city with all headline figures that a brief speaks of.

Invariant: every figure here is made up; addresses are those of a real run.
"""

from __future__ import annotations

from typing import Any

from tests.web.sample import label, number, view


def told(value: float, unit: str, address: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    """A figure of an answer."""
    return {"label": label(zh, en), **number(value, unit, address, **more)}


def headline(name: str, *numbers: dict[str, Any]) -> dict[str, Any]:
    """A headline question with its figures."""
    return {"id": name, "question": label("问", "question"), "answer": label("答", "answer"), "numbers": list(numbers)}


def answers() -> list[dict[str, Any]]:
    """Figures of the first screen."""
    counts = {"met": 3, "on_course": 2, "behind": 2, "off_course": 2, "not_measurable": 3}
    plan = [told(value, "个", f"answers/plan.{name}", name, name, year=2025) for name, value in counts.items()]
    trend = told(41.0, "%", "answers/peak.trend", "按趋势概率", "probability on the trend", year=2030)
    clash = told(2, "个", "answers/clash.count", "冲突组数", "clashing sets")
    return [{"id": "all", "question": label("问", "q"), "answer": label("答", "a"), "figures": [trend, clash, *plan]}]


def headlines() -> list[dict[str, Any]]:
    """Peak, capacity and non-fossil share."""
    peak = told(2028, "年", "pathway/plan.peak", "达峰年份", "peak year", low=2025, high=2033)
    chance = told(82.4, "%", "headlines/peak.probability", "概率", "probability", year=2030)
    again = told(47.0, "%", "headlines/peak.again", "再次超过", "passed again")
    asked = told(600, "万千瓦", "targets/T04", "目标：核电", "target: nuclear", year=2030)
    known = told(375, "万千瓦", "scores/nuclear.2030", "已知项目", "known projects", year=2030)
    gap = told(225, "万千瓦", "headlines/capacity.T04.gap", "缺口", "gap", year=2030)
    goal = told(30, "%", "targets/T01", "目标：非化石", "target: non-fossil", year=2030)
    rules = [
        told(value, "%", f"scores/share.{name}", f"口径{name}", f"rule {name}", year=2030, low=value - 5, high=value + 9)
        for name, value in (("甲", 41.0), ("乙", 26.2))
    ]
    return [
        headline("peak", peak, chance, again),
        headline("capacity.T04", asked, known, gap),
        headline("non_fossil.T01", goal, *rules),
    ]


def rich_view() -> dict[str, Any]:
    """View document of the invented city with these figures."""
    return {**view(), "answers": answers(), "headlines": headlines()}
