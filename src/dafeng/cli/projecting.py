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
    from dafeng.work.wording import odds

    peaks = {name: path.peak for name, path in found.paths.items()}
    if as_json:
        told = {n: {k: getattr(p, k) for k in PEAK} for n, p in peaks.items()}
        print_json(
            {
                "main": found.main,
                "scenarios": told,
                "orders": _orders(found),
                "retrofits": _retrofits(found),
                "findings": [describe_finding(f) for f in found.findings],
            }
        )
        return
    heads = say(language, "情景 P10 中位 P90 2030年前概率 峰值Mt", "scenario P10 median P90 before-2030 level-Mt").split()
    cells = [
        [
            read_label(found.paths[n].scenario.label, language),
            str(p.year_p10),
            str(p.year_p50),
            str(p.year_p90),
            odds(p.probability_before_2030),
            f"{p.level_mt_p50:,.1f}",
        ]
        for n, p in peaks.items()
    ]
    console().print(grid(say(language, "达峰年份", "peak year"), heads, cells, right=(1, 2, 3, 4, 5)))
    for case in found.ordered.cases if found.ordered else ():
        _show_orders(case, language)
    for one in found.retrofits:
        sizes = ", ".join(f"{name} {size:,.0f} MW" for name, size in one.chosen.sizes.items())
        console().print(say(language, f"煤电改造（{one.plant}）：{sizes}", f"retrofits of {one.plant}: {sizes}"), markup=False)
    print_findings(found.findings, language)


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
