"""Measures of the sample city: one that earns, one that costs, one of unknown cost, one that raises emissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SCOPES = ("local", "consumed", "grid")
TOLD = {"year": 2030, "basis": "projected"}


def measures(
    label: Callable[[str, str], dict[str, str]], number: Callable[..., dict[str, Any]], address: str
) -> dict[str, Any]:
    """Part ``abatement`` of the view document."""

    def mt(value: float) -> dict[str, Any]:
        return number(value, "Mt CO2", address, low=value - 0.1, high=value + 0.1, **TOLD)

    def money(value: float) -> dict[str, Any]:
        return number(value, "亿元", address, low=value - 1, high=value + 1, **TOLD)

    def share(name: str, avoided: float, cost: float | None) -> dict[str, Any]:
        price = (
            None
            if cost is None or avoided <= 0
            else number(cost / avoided * 100, "元/tCO2", address, low=-90.0, high=900.0, **TOLD)
        )
        known = cost is not None
        return {
            "id": name,
            "avoided": dict.fromkeys(SCOPES, mt(avoided)),
            "error": dict.fromkeys(SCOPES, 0.01),
            "alone": mt(avoided + 0.1),
            "last": mt(avoided - 0.1),
            "saving": money(-2.0),
            "outlay": money(cost + 2.0) if cost is not None else None,
            "cost": money(cost) if cost is not None else None,
            "price": dict.fromkeys(SCOPES, price),
            "paid": {payer: money((cost or 0) / 3) for payer in ("city", "enterprise", "household")} if known else {},
        }

    def curve(year: int | None) -> dict[str, Any]:
        steps = [("wind", 1.2, -1.0), ("heat", 0.5, 3.0), ("motors", 0.3, None), ("hydrogen", -0.2, None)]
        orders = [
            {
                "id": name,
                "avoided": mt(avoided),
                "cost": None if cost is None else money(cost),
                "price": None if cost is None else number(cost / avoided * 100, "元/tCO2", address, **TOLD),
            }
            for name, avoided, cost in steps
        ]
        return {
            "year": year,
            "shares": [share(name, avoided, cost) for name, avoided, cost in steps],
            "together": dict.fromkeys(SCOPES, mt(1.8)),
            "groups": {scope: {name: mt(0.5) for name in ("gaining", "costing", "unpriced", "raising")} for scope in SCOPES},
            "paid": {
                name: money(1.0) for name in ("outlay", "saving", "cost", "paid_city", "paid_enterprise", "paid_household")
            },
            "orders": {} if year is None else {"local": orders, "consumed": orders},
        }

    shift = {"years": -0.1, "error": 0.02, "probability": 1.5, "level": mt(-0.4)}
    named = {
        "wind": ("新增陆上风电", "More onshore wind", "power"),
        "heat": ("核能供热", "Nuclear heating", "heat"),
        "motors": ("电机系统节能", "Motor systems", "industry"),
        "hydrogen": ("绿氢", "Green hydrogen", "industry"),
    }
    return {
        "scopes": {"local": label("属地", "local"), "consumed": label("消费", "consumed"), "grid": label("电网", "grid")},
        "payers": {
            "city": label("财政", "city"),
            "enterprise": label("企业", "enterprises"),
            "household": label("居民", "households"),
        },
        "fields": {"power": label("电力", "power"), "heat": label("供热", "heat"), "industry": label("工业", "industry")},
        "groups": {
            "gaining": label("省钱的措施", "measures that save money"),
            "costing": label("要花钱的措施", "measures that cost money"),
            "unpriced": label("成本未知的措施", "measures of unknown cost"),
            "raising": label("反而增加排放的措施", "measures that raise emissions"),
        },
        "draws": 200,
        "peak_draws": 10_000,
        "measures": [
            {"id": name, "label": label(zh, en), "field": field, "first": 2026, "full": 2030, "priced": field != "industry",
             "peak": shift}
            for name, (zh, en, field) in named.items()
        ],
        "curves": [curve(2030), curve(None)],
        "assumptions": [
            {"id": "rate", "label": label("实际利率", "real rate"), "low": 0.04, "mid": 0.06, "high": 0.08, "unit": "1",
             "source": "plan", "grade": "assumption", "address": shift["level"]["address"], "note": None}
        ],
        "peak": {"year": 2029, "probability": 60.0, "level": 66.0},
        "together": shift,
    }  # fmt: skip
