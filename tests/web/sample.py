# ruff: noqa: E501 - a table of invented figures reads best with one row per line
"""An invented city, complete in every part of the view document. Every figure here is made up.

Invariant: the same call gives the same document; every address in the view has a trace, down to a clause or a cell.
"""

from __future__ import annotations

import math
from hashlib import sha256
from typing import Any

from dafeng.web.cities import CityView
from tests.reports.forms import form, form_addresses
from tests.web.quality import quality, quality_addresses
from tests.web.sample_districts import districts, trace_districts
from tests.web.sample_energy import energy
from tests.web.sample_inventory import inventory
from tests.web.sample_measures import measures
from tests.web.sample_methods import definitions
from tests.web.sample_schedule import schedule

TEXT = (
    "样例市碳达峰实施方案（虚构）\n"
    "[bookmark: _Toc1]一、目标\n"
    "到2030年，全市非化石能源消费比重达到30%左右，海上风电建成及在建装机达到500万千瓦。\n"
    "二、任务\n（一）能源\n1.建设海上风电基地。到2030年，光伏发电装机达到800万千瓦。（市发展改革委、市能源局等，各区政府）\n"
)
HASH = sha256(TEXT.encode()).hexdigest()
RUN = "20260115T080000Z-ab12cd"
EVIL = "<script>alert('x')</script>"


def label(zh: str, en: str) -> dict[str, str]:
    """A label."""
    return {"zh": zh, "en": en}


def anchor(words: str) -> dict[str, Any]:
    """Position of some words in the invented plan."""
    start = TEXT.index(words)
    return {
        "start": start,
        "end": start + len(words),
        "paragraph": TEXT[:start].count("\n"),
        "sha256": HASH,
        "document": "样例市碳达峰实施方案",
    }


def number(value: float | None, unit: str, address: str | None, **more: Any) -> dict[str, Any]:
    """A number of the view document."""
    base = {"year": None, "basis": "actual", "low": None, "high": None, "grade": None, "source": None}
    return {"value": value, "unit": unit, **base, "address": f"{RUN}/{address}" if address else None, **more}


def trace(address: str, kind: str, says: dict[str, str], **more: Any) -> dict[str, Any]:
    """A trace with its empty places."""
    empty = dict.fromkeys(
        ("value", "unit", "year", "expression", "typeset", "source", "grade", "match", "anchor", "cell", "note"), None
    )
    return {"address": address, "kind": kind, "says": says, **empty, "inputs": (), **more}


#      id, indicator, field, year, comparator, value, unit, verdict, actual, projected, organisations
ROWS = [
    ("T01", ("非化石能源消费比重", "Non-fossil share of energy use"), "energy", 2030, "~", 30, "%", "behind", 17.4, 26.2),
    ("T02", ("海上风电装机容量", "Offshore wind capacity"), "energy", 2030, ">=", 500, "万千瓦", "on_course", 210, 540),
    ("T03", ("光伏发电装机容量", "Solar capacity"), "energy", 2030, ">=", 800, "万千瓦", "met", 815, None),
    ("T04", ("核电装机容量", "Nuclear capacity"), "energy", 2030, ">=", 600, "万千瓦", "off_course", 250, 375),
    ("T05", ("储能设施装机容量", "Storage capacity"), "energy", 2030, ">=", 80, "万千瓦", "behind", 22, 61),
    ("T06", ("煤电机组平均供电煤耗", "Coal use of coal power"), "energy", 2025, "<=", 295, "克标准煤/千瓦时", "met", 293.4, None),
    ("T07", ("省级及以上绿色工厂", "Green factories"), "industry", 2025, ">=", 50, "家", "met", 63, None),
    ("T08", ("单位地区生产总值能源消耗下降率", "Fall of energy intensity"), "industry", 2025, "~", 12, "%", "not_measurable", None, None),
    ("T09", ("星级绿色建筑面积占比", "Share of star-rated green buildings"), "buildings", 2030, ">=", 50, "%", "not_due", 31, 52),
    ("T10", ("城镇建筑可再生能源替代率", "Renewables in town buildings"), "buildings", 2030, ">=", 10, "%", "not_measurable", None, None),
    ("T11", ("专业化泊位向船供应岸电能力覆盖率（集装箱、客滚、邮轮、三千吨级以上客运和五万吨级以上干散货泊位）", "Shore power coverage of specialised berths"), "transport", 2025, ">=", 90, "%", "met", 94, None),
    ("T12", ("绿色出行比例", "Share of green trips"), "transport", 2025, ">", 70, "%", "not_measurable", None, None),
    ("T13", ("森林覆盖率", "Forest cover"), "forestry", 2030, ">=", 36.5, "%", "on_course", 35.9, 36.6),
    ("T14", ("二氧化碳排放总量", "Total CO2 emissions"), "city", 2030, "<=", 62, "Mt CO2", "off_course", 64.8, 66.1),
]  # fmt: skip
ORGANISATIONS = ("市发展改革委", "市能源局", "市生态环境局", "市工业和信息化局", "市住房城乡建设局", "市交通运输局")
REASONS = {
    "met": label("实际值已达到目标。", "The actual value has reached the goal."),
    "on_course": label("预计到期达到目标，余量大于百分之五。", "By projection the goal is reached with room to spare."),
    "behind": label("低于当年要求的进度，预计到期仍有缺口。", "Below the required trajectory; a gap remains by projection."),
    "off_course": label("预计到期差距超过目标的十分之一。", "By projection the gap exceeds a tenth of the goal."),
    "not_due": label("目标未到期，进度符合要求。", "Not due; the trajectory is kept."),
    "not_measurable": label("缺少判断所需的数据，不计作完成。", "The data needed are lacking; it does not count as met."),
}


def verdict(row: tuple[Any, ...], at: int) -> dict[str, Any]:
    """A row of the verdicts."""
    target, names, field, year, comparator, value, unit, judged, actual, projected = row
    has = actual is not None
    years = list(range(2025, year + 1))
    start = actual if has else 0.0
    required = [start * 0.9 + (value - start * 0.9) * i / max(1, len(years) - 1) for i in range(len(years))]
    band = projected is not None
    curve = [start + ((projected or 0) - start) * i / max(1, len(years) - 1) for i in range(len(years))]
    return {
        "target": target,
        "indicator": label(*names),
        "indicator_id": None if judged == "not_measurable" else f"indicator_{target.lower()}",
        "field": field,
        "year": year,
        "period": None,
        "comparator": comparator,
        # one target is handed down from above and has no figure of its own
        "value": number(None if target == "T12" else value, unit, f"targets/{target}", year=year, basis="target", grade="primary", source="plan"),
        "upper": 38 if target == "T13" else None,
        "strength": "strive" if target in ("T09", "T10") else None,
        "counting": "built_and_under_construction" if target in ("T02", "T03") else None,
        "scope": "全市" if at % 2 else None,
        "implied": target == "T14",
        "verdict": judged,
        "reason": REASONS[judged],
        "actual": number(actual, unit, f"facts/{target}.2025", year=2025, grade="secondary", source="gazette") if has else None,
        "projected": number(projected, unit, f"projection/{target}", year=year, basis="projected", low=projected * 0.93,
                            high=projected * 1.06) if band else None,
        "projected_verdict": judged if band and judged != "not_due" else None,
        "lacking": [label("2025 年实际值", "Actual value of 2025"), label("统计口径", "Counting rule")] if not has else [],
        "organisations": list(ORGANISATIONS[at % 3 : at % 3 + 1 + at % 4]),
        "task": f"K{at % 5 + 1}",
        "anchor": anchor("海上风电建成及在建装机达到500万千瓦"),
        "address": f"{RUN}/verdicts/{target}",
        "required": {"years": years, "values": required, "kind": "linear"} if has else None,
        "actuals": [[2020, start * 0.6, f"{RUN}/facts/{target}.2020"], [2023, start * 0.85, f"{RUN}/facts/{target}.2023"],
                    [2025, start, f"{RUN}/facts/{target}.2025"]] if has else [],
        "months": {"first": "2025-01", "values": [round(start * (0.9 + 0.009 * i), 3) if i != 4 else None for i in range(12)],
                   "addresses": [f"{RUN}/facts/{target}.2025" if i != 4 else None for i in range(12)]} if target == "T02" else None,
        "projection": {"years": years, "p10": [v * (1 - 0.012 * i) for i, v in enumerate(curve)], "p50": curve,
                       "p90": [v * (1 + 0.012 * i) for i, v in enumerate(curve)]} if band else None,
    }  # fmt: skip


def decided(label: Any, number: Any) -> dict[str, Any]:
    """Views, parts and drivers of the pathway."""
    years, scenarios, at = [2025, 2030], ("plan", "slow", "fast"), "assumptions/growth"
    values = {
        name: [number(64.8, "Mt CO2", at, basis="projected"), number(60.1, "Mt CO2", at, basis="projected")]
        for name in scenarios
    }
    driver = {
        "id": "growth.all", "label": label("经济增速", "Economic growth"), "grade": "assumption", "sources": ["plan"], "guessed": True,
        "alone": 0.6, "emitted_alone": 0.5, "years": 1.2, "emitted": number(4.2, "Mt CO2", at, basis="projected"),
        "bands": [[2025, 4.0, 5.0, 5.5, "%", f"{RUN}/{at}"], [2030, 3.0, 4.0, 5.0, "%", f"{RUN}/{at}"]],
    }  # fmt: skip
    index = {"id": "growth", "label": label("经济增速", "Economic growth"), "alone": 0.6, "together": 0.7, "error": 0.02}
    return {
        "views": {"years": years, "rows": [{"id": "co2", "label": label("二氧化碳排放", "CO2 emissions"), "scenarios": values}]},
        "parts": [
            {"id": "industry", "label": label("工业", "industry"), "scenarios": {name: [40.0] * 36 for name in scenarios}},
            {"id": "power", "label": label("电力", "power"), "scenarios": {name: [20.0] * 36 for name in scenarios}},
        ],
        "residual": {"size": number(5.1, "%", at, basis="estimated"), "memory": 0.3, "error": 0.2, "steps": 12},
        "errors": [{"id": "co2", "label": label("二氧化碳排放", "CO2 emissions"), "size": number(0.037, "1/a", at, basis="estimated"),
                    "memory": 0.819, "later": 0.27, "misses": 7}],
        "hourly": {"year": 2030, "changes": [{"label": label("方案情景", "Plan"), "change": number(-0.4, "Mt CO2", at, basis="projected")}]},
        "influences": {"year": 2030, "drivers": [driver], "fixed": [{**driver, "alone": None, "emitted_alone": None}],
                       "split": {key: {part: number(value, "%", at, basis="projected") for part, value in
                                       (("drivers", 20.0), ("error", 45.0), ("together", 35.0))} for key in ("peak", "emitted")},
                       "exchanged": {"peak": [index], "emitted": [index]}},
    }  # fmt: skip


SHOWN = {
    "year": ("", "达峰年份", "Peak year", "2029", "年"),
    "before": (".before", "2030年前达峰概率", "Probability of a peak before 2030", "0.63", "1"),
    "level": (".level", "峰值排放", "Emissions at the peak", "66", "Mt CO2"),
}


def places(name: str, part: str) -> dict[str, Any]:
    """Addresses of what is shown of a peak."""
    return {key: {"address": f"{RUN}/pathway/{name}.{part}{at}"} for key, (at, *_) in SHOWN.items()}


def peaks(name: str) -> dict[str, Any]:
    """Traces of what is shown of a peak, of the path and of a published series."""
    return {
        f"pathway/{name}.{part}{at}": trace(
            f"pathway/{name}.{part}{at}", "projection", label(zh, en), value=value, unit=unit, inputs=(f"pathway/{name}",)
        )
        for part in ("peak", "drivers_peak", "observed")
        for at, zh, en, value, unit in SHOWN.values()
    }


def scenario(name: str, zh: str, en: str, peak: int, depth: float) -> dict[str, Any]:
    """A scenario of the pathway."""
    years = list(range(2025, 2061))
    middle = [
        64.8 + 1.2 * (1 - ((y - peak) / max(1, peak - 2025)) ** 2) if y <= peak else 66 - depth * (y - peak) ** 1.18
        for y in years
    ]
    middle = [max(4.0, v) for v in middle]
    spread = [0.4 + 0.18 * (y - 2025) for y in years]
    shares = [math.exp(-(((y - peak) / 2.2) ** 2)) for y in range(2024, 2039)]
    return {
        "id": name,
        "label": label(zh, en),
        "says": label(zh + "的说明", f"what '{en}' assumes"),
        "p10": [round(max(1.0, m - s), 3) for m, s in zip(middle, spread, strict=True)],
        "p50": [round(m, 3) for m in middle],
        "p90": [round(m + s, 3) for m, s in zip(middle, spread, strict=True)],
        "peak": {"year_p10": peak - 2, "year_p50": peak, "year_p90": peak + 3,
                 "probability_before_2030": round(sum(shares[:6]) / sum(shares), 3), "level_mt_p10": 63.0, "level_mt_p50": 66.0, "level_mt_p90": 69.5,
                 "years": list(range(2024, 2039)), "shares": [round(s / sum(shares), 4) for s in shares], "told": places(name, "peak")},
        "drivers_peak": {"year_p10": peak - 1, "year_p50": peak, "year_p90": peak + 1, "probability_before_2030": 0.9,
                         "level_mt_p10": 64.0, "level_mt_p50": 66.0, "level_mt_p90": 68.0, "years": list(range(2024, 2039)),
                         "shares": [round(s / sum(shares), 4) for s in shares], "told": places(name, "drivers_peak")},
        "chances": [number(value, "%", f"pathway/{name}.peak", year=2030, basis="projected") for value in (55.0, 70.0)],
        "observed": {"year_p10": peak - 3, "year_p50": peak, "year_p90": peak + 5, "probability_before_2030": 0.4, "level_mt_p10": 64.0,
                     "level_mt_p50": 68.0, "level_mt_p90": 73.0, "years": list(range(2024, 2039)), "shares": [round(1 / 15, 4)] * 15, "told": places(name, "observed")},
        "address": f"{RUN}/pathway/{name}.peak",
    }  # fmt: skip


def week(name: str, zh: str, en: str, start: int, sun: float, wind: float) -> dict[str, Any]:
    """A week of the power balance. [MW]"""
    hours = range(168)
    solar = [max(0.0, math.sin((h % 24 - 6) / 12 * math.pi)) * 6200 * sun for h in hours]
    blow = [(0.5 + 0.4 * math.sin(h / 19) + 0.1 * math.sin(h / 5)) * 4800 * wind for h in hours]
    load = [7600 + 1500 * math.sin((h % 24 - 8) / 24 * 2 * math.pi) for h in hours]
    store = [
        round(max(-900.0, min(900.0, (need - s - b - 3000) * 0.3)), 1) for need, s, b in zip(load, solar, blow, strict=True)
    ]
    coal = [max(300.0, need - s - b - 2400 - x) for need, s, b, x in zip(load, solar, blow, store, strict=True)]
    export = [min(0.0, need - 2400 - c - s - b - x) for need, c, s, b, x in zip(load, coal, solar, blow, store, strict=True)]
    rows = [("nuclear", "核电", "Nuclear", [2400.0] * 168), ("coal", "煤电", "Coal", coal), ("offshore_wind", "海上风电", "Offshore wind", blow),
            ("solar", "光伏", "Solar", solar), ("storage", "储能", "Storage", store), ("export", "外送", "Export", export)]  # fmt: skip
    return {
        "id": name,
        "label": label(zh, en),
        "start_hour": start,
        "series": [{"carrier": c, "label": label(z, e), "values": [round(v, 1) for v in values]} for c, z, e, values in rows],
        "load": [round(v, 1) for v in load],
    }


def consistency() -> dict[str, Any]:
    """All targets at once: one way of counting, in which the share cannot be reached and wind has a price."""
    told: dict[str, Any] = {"year": 2030, "basis": "projected"}
    share = {
        "row": "T01:low", "target": "T01", "above": False, "label": label("非化石能源消费比重 ≈ 30%", "Non-fossil share ≈ 30%"),
        "address": f"{RUN}/targets/T01", "kept": False, "reach": number(28, "%", "consistency/reach", **told),
        "spare": number(-1, "百分点", "consistency/spare", **told), "part": -3.3, "price": None, "words": None, "left": None,
        "right": None, "agrees": None, "hourly": [],
        "years": [{"year": year, "value": number(value, "%", "consistency/year", **told), "line": value + 0.4, "kept": False}
                  for year, value in ((2029, 26.9), (2030, 28.0))],
    }  # fmt: skip
    wind = {
        "row": "T02", "target": "T02", "above": False, "label": label("海上风电 ≥ 700 万千瓦", "Offshore wind ≥ 7 GW"),
        "address": f"{RUN}/targets/T02", "kept": True, "reach": None, "spare": None, "part": 0.0,
        "price": number(139.1, "元/kW", "consistency/price", **told),
        "words": label("每多1千瓦，每年多花 139.1 元", "one more kW costs 139.1 yuan a year"),
        "left": 139.1, "right": None, "agrees": True,
        "hourly": [{"case": label("可建", "may be built"), "feasible": True, "level": None, "price": number(868.3, "元/kW", "orders/free.T02", **told)}], "years": [],
    }  # fmt: skip
    return {
        "placed": {"own": {"rows": 2, "of": 3}, "above": {"rows": 0, "of": 1}},
        "reasons": [{"kind": "subject", "label": label("不是能源或排放的量", "no quantity of energy or emissions"), "own": 1, "above": 0}],
        "lacking": [{"label": label("绿色出行比例", "Green travel"), "kind": "subject", "why": label("出行次数的比例", "a share of trips"), "above": False, "address": f"{RUN}/targets/T03", "hourly": []}],
        "systems": [{
            "id": "operating.least.averaged", "counting": "operating", "reading": "least", "rule": "averaged",
            "label": label("在运口径", "operating"), "feasible": False, "all_feasible": False, "clashes": ["1"],
            "cost": number(-3.2, "亿元", "consistency/cost", year=None, basis="projected"), "given_up": [label("非化石能源消费比重", "Non-fossil share")],
            "relaxed": [{"label": label("非化石能源消费比重", "Non-fossil share"), **number(1, "%", "consistency/slack", **told)}],
            "does": [{"label": label("光伏", "solar PV"), **number(900, "万千瓦", "consistency/does", **told)}],
            "unpriced": [], "error": 1e-9, "targets": [share, wind],
        }],
        "price_models": {
            "models": [{"id": "annual", "label": label("年度模型", "annual model")}, {"id": "hourly", "label": label("逐时模型", "hourly model")}],
            "rows": [{"label": label("时间", "time"), "annual": label("全年", "a year"), "hourly": label("逐时", "hours")}],
            "why": label("含的内容不同", "They contain different things."),
            "prices": [{"label": wind["label"], "annual": [{"counting": label("在运口径", "operating"), "price": wind["price"]}],
                        "hourly": [{"case": each["case"], "price": each["price"]} for each in wind["hourly"]]}],
        },
    }  # fmt: skip


def orders() -> dict[str, Any]:
    """Targets as constraints: one case holds, in the other nuclear power clashes with what is known."""
    told = {"year": 2030, "basis": "projected"}
    wind = {
        "target": "T02", "label": label("海上风电", "offshore wind"), "asked": number(700, "万千瓦", "targets/T02", year=2030, basis="target"),
        "level": number(700, "万千瓦", "orders/free.T02", **told), "price": number(868.3, "元/kW", "orders/free.T02", **told),
        "dropped": False, "fact": False,
    }  # fmt: skip
    nuclear = {**wind, "label": label("核电", "nuclear power"), "level": None, "price": None, "dropped": True}
    shown = {"steps": 730, "of": 8760, "error": -0.024, "cost": number(313.9, "亿元", "orders/free.cost", **told)}
    clash = [label("核电 ≥ 1300 万千瓦", "nuclear power ≥ 13 GW"), label("核电不超过已知机组", "at most the units known")]
    return {
        "year": 2030,
        "cases": [
            {"id": "free", "label": label("可建", "may be built"), "feasible": True, "clashes": [], "rows": [wind], **shown},
            {
                "id": "known",
                "label": label("已知", "known"),
                "feasible": False,
                "clashes": [clash],
                "rows": [wind, nuclear],
                **shown,
            },
        ],
    }


def retrofit() -> dict[str, Any]:
    """Half of the coal is made more efficient."""
    size = number(500, "万千瓦", "retrofits/coal.efficiency", year=2030, basis="projected")
    saved = number(1.2, "亿元", "retrofits/coal.efficiency", year=2030, basis="projected")
    return {"plant": "coal", "saved": saved, "choices": [{"label": label("节能降碳改造", "efficiency"), "capacity": size}]}


def power() -> dict[str, Any]:
    """The power balance."""
    figures = [
        ("弃电率", "Curtailed share", 4.7, "%"),
        ("外送电量", "Exports", 38.2, "亿千瓦时"),
        ("储能循环", "Storage cycles", 212, "1"),
    ]
    return {
        "year": 2030,
        "unit": "MW",
        "cases": [
            {"id": c, "label": label(zh, en), "figures": [{"label": label(z, e), **number(v * f, u, f"power/{c}", year=2030, basis="projected")} for z, e, v, u in figures]}
            for c, zh, en, f in (("plan", "按方案装机", "The plan's capacities", 1.0), ("double", "储能加倍", "Twice the storage", 0.7))
        ],
        "weeks": [week("winter", "冬季大风周", "Windy winter week", 24 * 17, 0.6, 1.0), week("summer", "夏季高峰周", "Summer peak week", 24 * 203, 1.0, 0.35)],
        "storage": {"label": label("储能规模与弃电、年成本", "Storage size, curtailment and yearly cost"), "capacity": [0.4, 0.8, 1.6, 2.4, 3.2],
                    "curtailed_share": [6.9, 4.7, 2.6, 1.7, 1.3], "cost": [2.1, 4.0, 7.7, 11.3, 14.9]},
        "certificate": {
            "case": "written", "solver": "clarabel", "passed": True, "objective": 2.3e9, "bound": 2.3e9, "gap": 2.8,
            "relative_gap": 1.2e-9, "primal_violation": 3.1e-8, "dual_violation": 0.0,
        },
        "assumptions": [],
    }  # fmt: skip


def headline(name: str, zh: str, en: str, said: tuple[str, str]) -> dict[str, Any]:
    """A headline question."""
    return {
        "id": name,
        "question": label(zh, en),
        "answer": label(*said),
        "numbers": [{"label": label("缺口", "Gap"), **number(12.4, "亿千瓦时", f"headlines/{name}", basis="projected", year=2030)},
                    {"label": label("非化石比重", "Non-fossil share"), **number(26.2, "%", f"headlines/{name}", basis="projected", year=2030, low=24.1, high=28.0)}],
        "targets": ["T01", "T04"],
        "address": f"{RUN}/headlines/{name}",
    }  # fmt: skip


def tasklist(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    """The task list of the invented plan: the last task names nobody, so that it has proposals."""
    ground = {
        "duty": "xx-building", "says": label("建筑节能", "Saving in buildings"), "role": "lead", "words": ["绿色建筑"],
        "places": ["title"], "grade": "provisional", "sources": ["duties-general"], "clause": "",
    }  # fmt: skip
    proposed = [
        {"name": "市住房城乡建设局", "role": "lead", "state": "proposed", "known": True, "score": 0.63, "grounds": [ground]},
        {
            "name": "市园林局",
            "role": "support",
            "state": "proposed",
            "known": False,
            "score": 0.3,
            "grounds": [{**ground, "words": ["<b>绿地</b>"]}],
        },
    ]
    rows = [
        {
            "id": task["id"], "number": task["number"], "title": task["title"], "chapter": task["chapter"], "section": task["section"],
            "field": {"id": "energy", "label": label("能源", "energy")} if at < 4 else {"id": "buildings", "label": label("城乡建设", "buildings")},
            "measures": [{"text": None, "titled": False, "anchor": anchor("建设海上风电基地")}], "targets": [{"id": "T02", "says": label("海上风电装机容量 ≥ 500 万千瓦（2030年）", "offshore wind ≥ 500 万千瓦 (2030)")}],
            "years": [2030], "state": "stated" if task["organisations"] else "proposed", "open_list": task["open_list"], "reason": None, "anchor": task["anchor"],
            "organisations": [{"name": name, "role": "responsible", "state": "stated", "known": True, "score": None, "grounds": []} for name in task["organisations"]] or proposed,
        }
        for at, task in enumerate(tasks)
    ]  # fmt: skip
    return {
        "document": {"name": "plan.txt", "sha256": HASH, "title": "样例市碳达峰实施方案"}, "place": "990100", "duties": {"sha256": "d" * 64, "rows": 76},
        "counts": {"stated": 4, "proposed": 1, "none": 0}, "tasks": rows,
        "findings": [{"rule": "tasks.unconfirmed_names", "at": "plan.txt", "severity": "info", "says": label("名称待核实：市园林局", "to be confirmed: 市园林局"), "remedy": label("核实", "confirm")}],
    }  # fmt: skip


def figure(target: str, value: float, year: int, comparator: str, address: str, *, grade: str, source: str) -> dict[str, Any]:
    """A target of the comparison, the city's own or another plan's."""
    own = source == "plan"
    return {
        "target": target, "name": "样例指标", "value": number(value, "%", address, year=year, basis="target", grade=grade, source=source),
        "upper": None, "period": None, "comparator": comparator, "strength": None, "nature": None, "scope": None, "counting": None,
        "base_year": None, "base": None, "task": None, "clause": None if own else "主要目标",
        "anchor": anchor("非化石能源消费比重达到30%左右") if own else None,
    }  # fmt: skip


def beside(party: str, line: str, standing: str, other: dict[str, Any] | None, zh: str, en: str) -> dict[str, Any]:
    """How the city stands to one other plan."""
    return {
        "party": party, "standing": standing, "reason": label(zh, en), "obstacles": ["year"] if standing == "not_comparable" else [],
        "differences": [{"aspect": "strength", "left": "", "right": "strive", "says": label("力度：未写 / 力争", "strength: nothing / strive")}] if standing == "equal" else [],
        "other": other, "converted": None, "gap": None, "share": None, "line_year": None, "firm": other is None or other["value"]["grade"] != "memory",
        "goal": None, "address": f"{RUN}/comparison/{party}.{line}",
    }  # fmt: skip


def comparison() -> dict[str, Any]:
    """The plan beside an invented province and nation."""
    names = ("stricter", "looser", "equal", "not_comparable", "missing", "added", "delegated")
    rows = []
    for at, (target, names_, field, year, comparator, value, *_) in enumerate(ROWS[:3]):
        mine = figure(target, float(value), year, comparator, f"targets/{target}", grade="primary", source="plan")
        said = (("looser", "stricter"), ("equal", "not_comparable"), ("added", "added"))[at]
        cells = [beside(party, target, one, None if one == "added" else figure(f"{party}-{at}", 28.0, year, "~", f"references/{party}.{at}", grade=("secondary", "memory")[at], source="gazette"), "理由写在这里", "the reason stands here")
                 for party, one in zip(("province", "nation"), said, strict=True)]  # fmt: skip
        rows.append(
            {
                "id": target,
                "indicator": label(*names_),
                "indicator_id": None,
                "field": field,
                "year": year,
                "mine": mine,
                "cells": cells,
            }
        )
    for name, standing in (("4", "missing"), ("5", "delegated")):
        other = figure(f"province-{name}", 18.0, 2025, ">=", f"references/province.{name}", grade="secondary", source="gazette")
        cell = beside(
            "province", f"province.{name}", standing, other, "省里有，本市没有", "the province has it, the city has not"
        )
        rows.append({"id": f"province.{name}", "indicator": label("碳强度下降率", "Fall of CO2 per GDP"), "indicator_id": None, "field": "city", "year": 2025, "mine": None, "cells": [cell]})  # fmt: skip
    parties = [
        ("yangli", "样例市", "Sample City", "city", None),
        ("province", "样例省", "Sample Province", "reference", "level"),
        ("nation", "样例国", "Sample Nation", "reference", "level"),
    ]
    counts = {
        party: {
            name: sum(c["standing"] == name and c["firm"] for r in rows for c in r["cells"] if c["party"] == party)
            for name in names
        }
        for party in ("province", "nation")
    }
    return {
        "parties": [{"id": i, "label": label(zh, en), "kind": kind, "relation": relation, "place": None, "document": "样例方案", "sha256": None, "targets": 5} for i, zh, en, kind, relation in parties],
        "counts": counts, "recalled": {party: sum(not c["firm"] for r in rows for c in r["cells"] if c["party"] == party) for party in counts},
        "headline": label("样例市：与样例省比，更宽1项", "Sample City: beside Sample Province: 1 looser"), "rows": rows, "tasks": [], "goals": [], "findings": [],
    }  # fmt: skip


def view() -> dict[str, Any]:
    """The view document of the invented city."""
    verdicts = [verdict(row, at) for at, row in enumerate(ROWS)]
    names = ("met", "on_course", "behind", "off_course", "not_due", "not_measurable")
    fields = [("energy", "能源", "Energy"), ("industry", "工业", "Industry"), ("buildings", "建筑", "Buildings"), ("transport", "交通", "Transport"),
              ("forestry", "林业", "Forestry"), ("agriculture", "农业", "Agriculture"), ("city", "全市", "Whole city")]  # fmt: skip
    tasks = [
        {"id": f"K{i + 1}", "title": title, "chapter": chapter, "section": section, "number": f"{i + 1}.", "organisations": [] if i == 4 else list(ORGANISATIONS[i % 4 : i % 4 + 3]),
         "collectives": ["各区政府"] if i % 2 else [], "open_list": i % 3 == 0, "targets": [v["target"] for v in verdicts if v["task"] == f"K{i + 1}"],
         "anchor": anchor("建设海上风电基地"), "address": f"{RUN}/tasks/K{i + 1}"}
        for i, (title, chapter, section) in enumerate([("建设海上风电基地", "二、任务", "（一）能源绿色转型"), ("建设千万千瓦级光伏基地", "二、任务", "（一）能源绿色转型"),
            ("推进煤电清洁高效转型", "二、任务", "（一）能源绿色转型"), ("推动工业体系向绿", "二、任务", "（二）产业绿色发展"), ("推广绿色建筑", "三、保障", "（一）政策")])
    ]  # fmt: skip
    return {
        "schema": 1,
        "tasklist": tasklist(tasks),
        "schedule": schedule(tasks, verdicts),
        "city": {"code": "990100", "slug": "yangli", "label": label("样例市", "Sample City")},
        "year": 2025,
        "run": {"id": RUN, "at": "2026-01-15T08:00:00+00:00", "versions": {"dafeng": "9.9.9"}, "inputs": [{"name": "figures.csv", "sha256": "c" * 64}]},
        "answers": [
            {"id": "peak", "question": label("能否达峰？", "Will it peak?"), "answer": label("预计 2029 年达峰，2030 年前达峰的把握约六成。", "Peak expected in 2029; about six in ten to peak before 2030."),
             "figures": [number(2029, "年", "pathway/plan", basis="projected", low=2027, high=2032), number(58, "%", "pathway/plan", basis="projected")], "address": f"{RUN}/pathway/plan"},
            {"id": "plan", "question": label("计划能否兑现？", "Is the plan kept?"), "answer": label("14 项目标中 4 项已完成，2 项滞后，2 项偏离，3 项无法判断。", "Of 14 targets 4 are met, 2 behind, 2 off course; 3 cannot be judged."),
             "figures": [number(4, "项", "headlines/plan")], "address": f"{RUN}/headlines/plan"},
            {"id": "clash", "question": label("哪里冲突？", "Where does it clash?"), "answer": label("装机目标与 30% 的比重不能同时成立，差 3.8 个百分点。", "The capacity targets and the 30% share cannot both hold: 3.8 points apart."),
             "figures": [number(3.8, "百分点", "clashes/1", basis="projected")], "address": f"{RUN}/clashes/1"},
            {"id": "first", "question": label("先做什么？", "What first?"), "answer": label("先做工业余热利用、煤电灵活性改造和屋顶光伏。", "First: industrial waste heat, flexible coal plants, rooftop solar."),
             "figures": [number(-1.4, "年", "measures/heat", basis="projected")], "address": f"{RUN}/measures/heat"},
        ],
        "fields": [{"id": i, "label": label(zh, en), "verdicts": [v["target"] for v in verdicts if v["field"] == i],
                    "counts": {n: sum(v["field"] == i and v["verdict"] == n for v in verdicts) for n in names}} for i, zh, en in fields],
        "counts": {n: sum(v["verdict"] == n for v in verdicts) for n in names},
        "verdicts": verdicts,
        "tasks": tasks,
        "organisations": [{"name": n, "aliases": ["市发改委"] if n == "市发展改革委" else [], "collective": n == "各区政府",
                           "tasks": [t["id"] for t in tasks if n in (*t["organisations"], *t["collectives"])], "targets": [v["target"] for v in verdicts if n in v["organisations"]]}
                          for n in (*ORGANISATIONS, "各区政府")],
        "goals": [{"id": "G1", "text": label("基本建成多元互补的新型能源体系", "A diverse new energy system largely built"), "year": 2025, "kind": "state", "anchor": anchor("目标")}],
        "districts": districts(RUN, label, number, anchor),
        "emissions": {
            "unit": "Mt CO2", "label": label("能源活动二氧化碳", "CO2 from energy"),
            "history": [[y, round(50 + 0.9 * (y - 2010) + math.sin(y) * 0.8, 2), f"{RUN}/results/co2.{y}"] for y in range(2010, 2026) if y not in (2013, 2014, 2018)],
            "gaps": [2013, 2014, 2018], "breaks": [{"year": 2015, "says": label("口径改为终端与加工转换合并", "From here final use and transformation are counted together")}],
            "tables": [{"id": "field", "label": label("分领域排放，2025 年", "By field, 2025"), "unit": "Mt CO2", "columns": [label("直接", "Direct"), label("电力", "Electricity")],
                        "rows": [{"label": label("工业", "Industry"), "cells": [number(28.1, "Mt CO2", "results/co2.2025", year=2025), number(9.3, "Mt CO2", "results/co2.2025", year=2025)]},
                                 {"label": label("交通", "Transport"), "cells": [number(6.2, "Mt CO2", "results/co2.2025", year=2025), None]}]},
                       {"id": "decomposition", "label": label("排放变化的分解", "Decomposition of the change"), "unit": "Mt CO2", "columns": [label("2020–2025 年", "2020–2025")],
                        "rows": [{"label": label(zh, en), "cells": [number(value, "Mt CO2", "results/co2.2025", basis="estimated")]}
                                 for zh, en, value in (("期初", "Start", 59.0), ("经济增长", "Growth", 9.2), ("能耗强度", "Intensity", -4.9), ("期末", "End", 63.3))]}],
            "findings": [],
        },
        "inventory": inventory(label, number, "results/co2.2025"),
        "energy": energy(label, number, "results/co2.2025"),
        "pathway": {
            "years": list(range(2025, 2061)), "unit": "Mt CO2",
            "scenarios": [scenario("plan", "方案情景（按方案目标）", "Plan", 2029, 0.55), scenario("slow", "放缓情景", "Slow", 2033, 0.42), scenario("fast", "加快情景", "Fast", 2027, 0.75)],
            "main": "plan",
            "quantities": [{"id": q, "label": label(zh, en), "unit": u, "scenarios": {s: {"p10": [a * f * 0.95 * g ** i for i in range(36)], "p50": [a * f * g ** i for i in range(36)], "p90": [a * f * 1.05 * g ** i for i in range(36)]} for s, f in (("plan", 1.0), ("slow", 1.1), ("fast", 0.9))}}
                           for q, zh, en, u, a, g in (("energy", "能源消费总量", "Total energy use", "万吨标准煤", 2600.0, 0.996), ("gdp", "地区生产总值", "GDP", "亿元", 7000.0, 1.035), ("share", "非化石比重", "Non-fossil share", "%", 17.4, 1.04))],
            **decided(label, number),
            "assumptions": [{"id": "growth", "label": label("经济增速", "Economic growth"), "low": 4.0, "mid": 5.0, "high": 5.5, "unit": "%", "source": "plan", "grade": "assumption", "address": f"{RUN}/assumptions/growth", "note": label("十五五前三年", "first three years of the period")},
                            {"id": "load", "label": label("用电量", "Electricity use"), "low": 900, "mid": 980, "high": None, "unit": "亿千瓦时", "source": "gazette", "grade": "estimated", "address": f"{RUN}/assumptions/growth", "note": None}],
            "measures": [{"id": m, "address": f"{RUN}/measures/{m}",
                    "label": label(zh, en), "cost": number(c, "亿元", f"measures/{m}", basis="projected"), "effect": number(e, "Mt CO2", f"measures/{m}", basis="projected"),
                          "per_cost": number(e * 100 / c, "万吨CO2/亿元", f"measures/{m}", basis="projected"), "years": number(y, "年", f"measures/{m}", basis="projected"),
                          "group": g}
                         for g, m, zh, en, c, e, y in ((1, "heat", "工业余热利用", "Industrial waste heat", 6.0, 1.1, -0.6), (2, "flex", "煤电灵活性改造", "Flexible coal plants", 11.0, 1.4, -0.5), (3, "roof", "屋顶光伏", "Rooftop solar", 30.0, 1.9, -0.7), (4, "truck", "电动重卡", "Electric trucks", 42.0, 1.2, -0.3))],
        },
        "power": power(),
        "abatement": measures(label, number, "measures/heat"),
        "orders": orders(),
        "retrofits": [retrofit()],
        "quality": quality(RUN),
        "clashes": [{"id": "1", "title": label("装机目标撑不起 30% 的比重", "The capacities do not carry the 30% share"), "explanation": label("按电热当量和发电煤耗两种口径，四项装机目标到期发电量折算的非化石比重最高 28.0%。", "By either conversion the capacity targets give a non-fossil share of at most 28.0%."),
                     "targets": ["T01", "T02", "T03"], "members": [{"label": label("非化石能源消费比重 ≈ 30%", "Non-fossil share ≈ 30%"), "address": f"{RUN}/targets/T01", "anchor": anchor("非化石能源消费比重达到30%左右"), "target": "T01", "above": False},
                         {"label": label("海上风电 ≥ 500 万千瓦", "Offshore wind ≥ 5 GW"), "address": f"{RUN}/targets/T02", "anchor": anchor("海上风电建成及在建装机达到500万千瓦"), "target": "T02", "above": False},
                         {"label": label("用电量增速 4–5.5%", "Electricity growth 4–5.5%"), "address": f"{RUN}/assumptions/growth", "anchor": None, "target": None, "above": False}],
                     "minimal": True, "above": False, "found_in": ["operating.least.averaged"], "slack": 3.8, "unit": "百分点", "relax": [{"label": label("海上风电再加", "More offshore wind"), **number(180, "万千瓦", "clashes/1", basis="projected")}, {"label": label("或用能少", "Or less energy use"), **number(210, "万吨标准煤", "clashes/1", basis="projected")}], "address": f"{RUN}/clashes/1"}],
        "consistency": consistency(),
        "comparison": comparison(),
        "headlines": [headline("q1", "2030 年 30% 的非化石比重做得到吗？", "Is the 30% non-fossil share of 2030 reachable?", ("按方案装机做不到：最高 28.0%，中位 26.2%。", "Not with the plan's capacities: 26.2% in the median, 28.0% at most.")),
                      headline("q2", "80 万千瓦储能够不够？", "Is 0.8 GW of storage enough?", ("够供电，但弃电 4.7%；加倍后降到 2.6%。", "Supply holds, with 4.7% curtailed; twice the storage takes it to 2.6%."))],
        "sources": [{"id": "plan", "title": "样例市碳达峰实施方案", "publisher": "样例市人民政府", "date": "2023-06-01", "url": "", "seen": "official text", "grade": "primary", "used": 14},
                    {"id": "gazette", "title": "样例市统计公报 2025", "publisher": "样例市统计局", "date": "2026-01-02", "url": "https://example.org/gazette", "seen": "transcription", "grade": "secondary", "used": 31}],
        "factors": [{"id": "coal.raw.carbon", "label": label("原煤单位热值含碳量", "Carbon content of raw coal"), "value": "26.37", "unit": "tC/TJ", "purpose": "inventory", "standard": "样例标准", "year": 2020, "place": "990000", "source": "gazette", "grade": "primary", "match": "parent_place"}],
        "definitions": definitions(),
        "inventory_form": form(),
        "methods": [{"id": "combustion", "edition": "2020", "title": label("燃料燃烧", "Fuel combustion"), "source": "gazette",
                     "equations": [{"id": "co2", "typeset": MATH, "words": label("排放 = 消费量 × 热值 × 含碳量 × 氧化率 × 44/12", "Emissions = consumption × heating value × carbon content × oxidation × 44/12")}]}],
        "findings": [{"rule": "figure.source", "at": "figures.csv!B7", "severity": "warning", "says": label(f"数值没有来源 {EVIL}", f"The figure has no source {EVIL}"), "remedy": label("补充来源后重新收入", "Add the source and ingest again")}],
        "library": library(),
        "documents": [{"name": "plan.txt", "title": "样例市碳达峰实施方案", "sha256": HASH, "present": True}],
    }  # fmt: skip


def factor(name: str, standard: str, value: str | None, **more: Any) -> dict[str, Any]:
    """A row of the factor library."""
    plain = {
        "substance": "raw_coal",
        "parameter": "carbon_content",
        "purpose": "combustion",
        "place": None,
        "year": None,
        "sector": None,
    }
    tail = {
        "lower": None,
        "upper": None,
        "unit": "tC/TJ",
        "source": "gazette",
        "clause": "表1",
        "grade": "primary",
        "note": "",
        "used_by": [],
        "disputed": True,
    }
    return {"id": name, "standard": standard, "value": value, **plain, **tail, **more}


def library() -> dict[str, Any]:
    """Factor library with two standards that disagree, a third purpose apart and one value that nobody knows."""
    return {
        "names": {
            "substance": {"raw_coal": label("原煤", "raw coal"), "electricity": label("电力", "electricity")},
            "parameter": {"carbon_content": label("单位热值含碳量", "carbon content per heat"), "emission_factor": label("排放因子", "emission factor")},
            "purpose": {"combustion": label("燃料燃烧核算", "fuel combustion"), "average": label("平均排放因子", "grid average"), "fossil": label("化石电力", "fossil power")},
            "standard": {"first": label("甲标准", "First standard"), "second": label("乙标准", "Second standard"), "grid": label("公告", "Announcement")},
            "place": {"370000": label("山东省", "Shandong")},
            "use": {"combustion:2020": label("燃料燃烧（2020版）", "Fuel combustion (2020)")},
        },
        "titles": {"gazette": f"样例市统计公报 2025 {EVIL}"},
        "notes": [{"substance": "raw_coal", "parameter": "carbon_content", "purpose": "combustion", "says": label("两标准相差5%", "the two are 5 % apart"), "source": "gazette"}],
        "factors": [
            factor("coal.raw.carbon", "first", "26.37", lower="25.1", upper="27.6", used_by=["combustion:2020"]),
            factor("coal.raw.other", "second", "25.1", grade="provisional", note=f"second note {EVIL}"),
            factor("grid.average", "grid", "0.6191", substance="electricity", parameter="emission_factor", purpose="average", unit="kgCO2/kWh", place="370000", year=2023, disputed=False),
            factor("grid.fossil", "grid", None, substance="electricity", parameter="emission_factor", purpose="fossil", unit="kgCO2/kWh", place="370000", year=2022, disputed=False, note="not seen"),
        ],
        "conflicts": [{"substance": "raw_coal", "parameter": "carbon_content", "purpose": "combustion", "place": None, "year": None, "unit": "tC/TJ", "spread": "1.27", "ratio": "1.0506",
                       "values": [{"id": "coal.raw.carbon", "value": "26.37", "share": 1.0}, {"id": "coal.raw.other", "value": "25.1", "share": 0.9518}],
                       "notes": [{"says": label("两标准相差5%", "the two are 5 % apart"), "source": "gazette"}]}],
        "composed": [{"method": "combustion", "substance": "raw_coal", "name": label("原煤", "raw coal"), "unit": "tCO2/t",
                      "values": [{"edition": "first", "value": "2.071509"}, {"edition": "second", "value": "1.741750"}]}],
    }  # fmt: skip


MATH = (
    '<math display="block"><mrow><mi>E</mi><mo>=</mo><mi>A</mi><mo>·</mo><mi>H</mi><mo>·</mo><mi>C</mi><mo>·</mo>'
    "<mfrac><mn>44</mn><mn>12</mn></mfrac></mrow></math>"
)


def traces() -> dict[str, dict[str, Any]]:
    """Traces under every address of the view document."""
    made: dict[str, dict[str, Any]] = {}

    def add(address: str, kind: str, zh: str, en: str, **more: Any) -> None:
        made[address] = trace(address, kind, label(zh, en), **more)

    trace_districts(districts(RUN, label, number, anchor), add, RUN)
    cell = {"file": "figures.csv", "sheet": "", "cell": "B7", "sha256": "c" * 64}
    for target, names, _, year, _, value, unit, judged, actual, projected in ROWS:
        add(f"verdicts/{target}", "verdict", f"{names[0]}：{REASONS[judged]['zh']}", f"{names[1]}: {REASONS[judged]['en']}", year=year,
            inputs=tuple(a for a in (f"targets/{target}", f"facts/{target}.2025" if actual is not None else "", f"projection/{target}" if projected else "") if a))  # fmt: skip
        add(f"targets/{target}", "target", f"{year} 年{names[0]}的目标", f"Goal for {names[1]} in {year}", value=None if target == "T12" else str(value), unit=unit, year=year, inputs=(f"clauses/{target}",), source="plan", grade="primary")  # fmt: skip
        add(f"clauses/{target}", "clause", "方案中的一句", "A sentence of the plan", anchor=anchor("海上风电建成及在建装机达到500万千瓦"), source="plan", grade="primary")  # fmt: skip
        for at, share in ((2020, 0.6), (2023, 0.85), (2025, 1.0)):
            add(f"facts/{target}.{at}", "fact", f"{at} 年{names[0]}", f"{names[1]} in {at}", value=str(round((actual or 0) * share, 4)), unit=unit, year=at, source="gazette", grade="secondary", cell=cell)  # fmt: skip
        add(f"projection/{target}", "projection", f"{names[0]}到 {year} 年的预测", f"Projection of {names[1]} to {year}", value=str(projected or 0), unit=unit, year=year, inputs=("assumptions/growth", f"facts/{target}.2025"),
            expression="actual * growth ** years", typeset="<math><mi>a</mi><mo>·</mo><msup><mi>g</mi><mi>n</mi></msup></math>")  # fmt: skip
    add(
        "assumptions/growth",
        "assumption",
        "经济增速",
        "Economic growth",
        value="5.0",
        unit="%",
        source="plan",
        grade="assumption",
        note=label("只用于情景", "For scenarios only"),
    )
    add(
        "factors/coal",
        "factor",
        "原煤含碳量",
        "Carbon content of raw coal",
        value="26.37",
        unit="tC/TJ",
        source="gazette",
        grade="primary",
        match="parent_place",
    )
    for name in ("plan", "slow", "fast"):
        add(
            f"pathway/{name}",
            "projection",
            "达峰年份的分布",
            "Distribution of the peak year",
            value="2029",
            unit="年",
            inputs=("assumptions/growth", "results/co2.2025"),
        )
        made |= peaks(name)
    for year in range(2010, 2026):
        add(f"results/co2.{year}", "result", f"{year} 年能源活动排放", f"Emissions from energy in {year}", value="61234567.891", unit="tCO2", year=year, expression="burned * heat * carbon * 44 / 12", typeset=MATH, inputs=("factors/coal", "facts/T01.2025", "facts/gone"))  # fmt: skip
    for name in ("plan", "double"):
        add(
            f"power/{name}",
            "result",
            "全年逐时电力平衡",
            "Hourly power balance of the year",
            value="4.7",
            unit="%",
            inputs=("targets/T02",),
        )
    for name, value, unit in (("free.T02", "868.3", "元/kW"), ("free.cost", "313.9", "亿元")):
        add(
            f"orders/{name}",
            "result",
            "目标作为约束",
            "Targets as constraints",
            value=value,
            unit=unit,
            inputs=("targets/T02",),
        )
    add(
        "retrofits/coal.efficiency",
        "result",
        "煤电改造",
        "Retrofit of coal",
        value="500",
        unit="万千瓦",
        inputs=("targets/T02",),
    )
    for name in ("heat", "flex", "roof", "truck"):
        add(
            f"measures/{name}",
            "projection",
            "措施的效果",
            "Effect of a measure",
            value="1.1",
            unit="Mt CO2",
            inputs=("assumptions/growth",),
        )
    for task in range(1, 6):
        add(f"tasks/K{task}", "clause", "方案中的任务", "A task of the plan", anchor=anchor("建设海上风电基地"))
    add(
        "clashes/1",
        "clash",
        "三项说法不能同时成立",
        "Three statements cannot hold together",
        value="3.8",
        unit="百分点",
        inputs=("targets/T01", "targets/T02", "assumptions/growth"),
    )
    made |= beside_traces()
    for name in (*quality_addresses(), *sorted(form_addresses())):
        add(
            name,
            "result",
            "由结果与不确定性得出",
            "From results and their uncertainty",
            value="9.6",
            unit="%",
            inputs=("factors/coal",),
        )
    for name in ("q1", "q2", "plan"):
        add(
            f"headlines/{name}",
            "headline",
            "由目标与电力平衡得出",
            "From targets and power balance",
            value="12.4",
            unit="亿千瓦时",
            inputs=("power/plan", "targets/T01"),
        )
    return made


def beside_traces() -> dict[str, dict[str, Any]]:
    """Traces of the comparison (each judgement leads to both figures) and of all targets at once."""
    made: dict[str, dict[str, Any]] = {}
    said = label("全部目标一起求解", "All targets solved at once")
    for name in ("reach", "spare", "price", "cost", "slack", "does", "year"):
        made[f"consistency/{name}"] = trace(f"consistency/{name}", "result", said, value="1", unit="1", inputs=("targets/T02",))
    for row in comparison()["rows"]:
        own = () if row["mine"] is None else (f"targets/{row['mine']['target']}",)
        for cell in row["cells"]:
            seen = () if cell["other"] is None else (cell["other"]["value"]["address"].removeprefix(f"{RUN}/"),)
            says = label("上级方案的数值", "A figure from above")
            made |= {one: trace(one, "target", says, value="28", unit="%", source="gazette") for one in seen}
            address = f"comparison/{cell['party']}.{row['id']}"
            made[address] = trace(address, "verdict", cell["reason"], inputs=(*own, *seen))
    return made


def city() -> CityView:
    """The invented city with its plan at hand."""
    return CityView(view(), traces(), {HASH: TEXT})
