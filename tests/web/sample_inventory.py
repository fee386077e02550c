"""The inventory part of the invented city: two years, a sink, a line without results. All made up."""

from __future__ import annotations

from typing import Any


def inventory(label: Any, number: Any, at: str) -> dict[str, Any]:
    """The part ``inventory`` of the sample; every figure leads to the one trace ``at``."""

    def line(code: str, zh: str, en: str, value: float | None, methane: float | None = None, **more: Any) -> dict[str, Any]:
        shown = None if value is None else number(value, "tCO2e", at, year=2025)
        carbon = None if value is None else value - 28 * (methane or 0)
        usual = {
            "level": code.count("."),
            "scope": 1,
            "total": False,
            "biogenic": None,
            "says": None,
            "results": 1,
            "missing": 0,
        }
        key = None if shown else "NE"
        return {
            "code": code, "label": label(zh, en), "value": shown, "gases": [carbon, methane], "key": key, **usual, **more,
        }  # fmt: skip

    lines = [
        line("1", "能源活动", "energy", 52_000_000.0),
        line("1.1", "能源工业", "power", 40_000_000.0),
        line("1.2", "交通运输", "transport", 12_000_000.0, missing=1, says=label("偏低", "too low")),
        line("4", "林业", "forestry", -600_000.0),
        line("5", "废弃物", "waste", 1_400_000.0, 50_000.0, biogenic=30_000.0),
        line("5.1", "填埋", "landfill", 1_400_000.0, 50_000.0),
        line("5.2", "废水", "wastewater", None),
        line("net", "直接排放（含林业）", "direct, with forestry", 52_800_000.0, 50_000.0, total=True, scope=None),
    ]
    rows = [("1", "能源活动", "energy", [None, 52_000_000.0]), ("5", "废弃物", "waste", [1_500_000.0, 1_400_000.0])]
    return {
        "guide": {"id": "prov2025", "label": label("省级指南", "provincial guideline"), "source": "S1"},
        "warming": {"id": "ar5", "label": label("第五次评估报告", "AR5")}, "main": "city", "unit": "tCO2e",
        "keys": [{"id": "NE", "label": label("未估算", "not estimated")}],
        "layouts": [{"id": "city", "label": label("省市清单", "city form")}, {"id": "gpc", "label": label("GPC", "GPC")}],
        "gases": [{"id": "co2", "label": label("二氧化碳", "CO2")}, {"id": "ch4", "label": label("甲烷", "CH4")}],
        "years": [
            {"year": 2025, "sheets": [{"layout": "city", "lines": lines}, {"layout": "gpc", "lines": lines[:1]}]},
            {"year": 2020, "sheets": [{"layout": "city", "lines": lines[4:]}, {"layout": "gpc", "lines": lines[4:5]}]},
        ],
        "series": [{
            "layout": "city", "years": [2020, 2025],
            "rows": [{"code": c, "label": label(z, e), "values": v, "addresses": [x and at for x in v]} for c, z, e, v in rows],
        }],
        "findings": [],
    }  # fmt: skip
