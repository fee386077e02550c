"""How a projection looks in a terminal: peak years, the plan's targets as constraints, retrofits.

Invariant: table and JSON show the same figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dafeng as df
from dafeng.cli.listing import describe_finding
from dafeng.cli.printing import console, grid, print_findings, print_json, read_label, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.work.plan_orders import OrderCase


def show_projection(found: df.Projection, language: Language, *, as_json: bool) -> None:
    """Print peak years by scenario.

    Parameters
    ----------
    found : Projection
        Result of ``project``.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    if as_json:
        print_json(
            {
                "main": found.main,
                "scenarios": {name: _peaks(path) for name, path in found.paths.items()},
                "views": {name: _views(path) for name, path in found.paths.items()},
                "influences": _influences(found),
                "orders": _orders(found),
                "retrofits": _retrofits(found),
                "findings": [describe_finding(f) for f in found.findings],
            }
        )
        return
    _show_peaks(found, language)
    _show_views(found, language)
    _show_influences(found, language)
    for case in found.ordered.cases if found.ordered else ():
        _show_orders(case, language)
    for one in found.retrofits:
        sizes = ", ".join(f"{name} {size:,.0f} MW" for name, size in one.chosen.sizes.items())
        console().print(say(language, f"煤电改造（{one.plant}）：{sizes}", f"retrofits of {one.plant}: {sizes}"))
    print_findings(found.findings, language)


def _show_peaks(found: df.Projection, language: Language) -> None:
    from dafeng.work.wording import odds

    heads = say(
        language, "情景 达峰年（P10–P90） 2030年前概率 只计驱动因素 峰值Mt 公布序列2030年前",
        "scenario peak-year(P10–P90) before-2030 drivers-alone level-Mt as-published",
    ).split()  # fmt: skip
    cells = []
    for path in found.paths.values():
        peak, seen, (least, most) = path.peak, path.observed, path.chances
        cells.append(
            [
                read_label(path.scenario.label, language),
                f"{peak.year_p50} ({peak.year_p10}–{peak.year_p90})",
                f"{odds(peak.probability_before_2030)} ({odds(least)}–{odds(most)})",
                odds(path.drivers_peak.probability_before_2030),
                f"{peak.level_mt_p50:,.1f}",
                f"{odds(seen.probability_before_2030)} ({seen.year_p10}–{seen.year_p90})" if seen else "-",
            ]
        )
    console().print(grid(say(language, "达峰年份", "peak year"), heads, cells, right=(1, 2, 3, 4, 5)))
    _show_split(found, language)


def _show_split(found: df.Projection, language: Language) -> None:
    """How much of the uncertainty is the model's own."""
    if found.influences is None:
        return
    split = found.influences.split["peak"]
    zh, en = (
        "概率含模型自身误差，括号内为误差持续一年至一直持续",
        "chances hold the model's error; in brackets, if it lasts a year … for good",
    )
    console().print(say(language, zh, en))
    zh = f"达峰年份的不确定性：模型自身误差 {split.other:.0%}，驱动因素 {split.one:.0%}，两者共同 {split.together:.0%}"
    en = f"uncertainty of the peak year: model error {split.other:.0%}, drivers {split.one:.0%}, both {split.together:.0%}"
    console().print(say(language, zh, en))


def _show_views(found: df.Projection, language: Language) -> None:
    path = found.paths.get(found.main)
    if path is None:
        return
    at = [year - int(path.years[0]) for year in YEARS]
    cells = [
        [drawn.view.label.read(language), *(f"{drawn.band[1, one]:,.4g}" for one in at), drawn.view.unit]
        for drawn in path.views.values()
    ]
    title = say(
        language, f"{path.scenario.label.zh}：官方口径（中位数）", f"{path.scenario.label.en}: official views (medians)"
    )
    heads = [say(language, "口径", "view"), *(str(year) for year in YEARS), say(language, "单位", "unit")]
    console().print(grid(title, heads, cells, right=tuple(range(1, len(YEARS) + 1))))


def _show_influences(found: df.Projection, language: Language) -> None:
    if found.influences is None:
        return
    heads = say(
        language, f"因素 达峰年移动 {found.influences.year}年排放Mt 单独份额 等级",
        f"driver peak-moves-by CO2-{found.influences.year}-Mt share-alone grade",
    ).split()  # fmt: skip
    cells = [
        [one.label.read(language), f"{one.years:+.1f}", f"{one.emitted:+.1f}", f"{one.alone or 0:.0%}", one.grade]
        for one in found.influences.drivers[:STRONGEST]
    ]
    console().print(grid(say(language, "什么在决定结果", "what decides"), heads, cells, right=(1, 2, 3)))


def _peaks(path: df.Future) -> dict[str, Any]:
    seen = path.observed
    return {name: getattr(path.peak, name) for name in PEAK} | {
        "drivers_peak": {name: getattr(path.drivers_peak, name) for name in PEAK},
        "chances": list(path.chances),
        "observed": None if seen is None else {name: getattr(seen, name) for name in PEAK},
    }


def _views(path: df.Future) -> dict[str, Any]:
    at = [year - int(path.years[0]) for year in YEARS]
    return {
        name: {
            "unit": drawn.view.unit,
            **{str(year): [float(f"{v:.6g}") for v in drawn.band[:, one]] for year, one in zip(YEARS, at, strict=True)},
        }
        for name, drawn in path.views.items()
    }


def _influences(found: df.Projection) -> list[dict[str, Any]]:
    if found.influences is None:
        return []
    return [
        {"driver": one.address, "label": {"zh": one.label.zh, "en": one.label.en}, "grade": one.grade, "alone": one.alone,
         "years": one.years, "emitted": one.emitted}
        for one in (*found.influences.drivers, *found.influences.fixed)
    ]  # fmt: skip


YEARS = (2020, 2025, 2030, 2035, 2045, 2060)
"""Years of the table of official views."""
STRONGEST = 8
"""Drivers that the terminal lists."""
PEAK = ("year_p10", "year_p50", "year_p90", "probability_before_2030", "level_mt_p50")
"""Fields of a peak that are printed as JSON."""


def _show_orders(case: OrderCase, language: Language) -> None:
    built = case.result.found
    state = (
        say(language, "可同时成立", "hold together")
        if case.result.feasible
        else say(language, "不能同时成立", "cannot hold together")
    )
    cost = say(language, f"年费用 {built.cost / 1e8:,.1f} 亿元", f"{built.cost / 1e8:,.1f} 亿元 a year")
    steps = say(
        language,
        f"{len(built.edges) - 1} 个时段，误差 {built.error:+.1%}",
        f"{len(built.edges) - 1} segments, error {built.error:+.1%}",
    )
    heads = say(language, "目标 要求 结果 价格 地址", "target asked result price address").split()
    title = f"{case.label.read(language)} · {state} · {cost} · {steps}"
    console().print(grid(title, heads, list(_order_cells(case, language)), right=(1, 2, 3)))


def _order_cells(case: OrderCase, language: Language) -> Iterator[list[str]]:
    for one in case.rows:
        level, price = case.level(one), case.price(one)
        share = one.unit == "1"
        told = [f"{value:.1%}" if share else f"{value:,.1f} {one.unit}" for value in (one.asked, level) if value is not None]
        paid = say(language, "未能满足", "not met") if price is None else f"{price:,.2f} {one.priced}"
        yield [one.policy.label.read(language), told[0], told[1] if level is not None else "-", paid, one.address]


def _orders(found: df.Projection) -> list[dict[str, Any]]:
    return [
        {
            "id": case.id,
            "label": {"zh": case.label.zh, "en": case.label.en},
            "feasible": case.result.feasible,
            "cost": case.result.found.cost,
            "claimed_cost": case.result.found.claimed,
            "error": case.result.found.error,
            "segments": len(case.result.found.edges) - 1,
            "clashes": [[group.clause for group in clash.groups] for clash in case.result.clashes],
            "rows": [
                {"target": one.target, "address": one.address, "asked": one.asked, "unit": one.unit, "level": case.level(one),
                 "price": case.price(one), "price_unit": one.priced, "met": case.price(one) is not None}
                for one in case.rows
            ],
        }
        for case in (found.ordered.cases if found.ordered else ())
    ]  # fmt: skip


def _retrofits(found: df.Projection) -> list[dict[str, Any]]:
    return [
        {"plant": one.plant, "unit": "MW", "sizes": dict(one.chosen.sizes), "saved": one.chosen.saved}
        for one in found.retrofits
    ]
