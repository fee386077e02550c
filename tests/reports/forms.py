# ruff: noqa: E501 - a table of invented figures reads best with one row per line
"""An invented inventory as the form that its files are written from. Every figure here is made up."""

from __future__ import annotations

from typing import Any

EVIL = '=HYPERLINK("http://example.org","x")'


def label(zh: str, en: str) -> dict[str, str]:
    """A label."""
    return {"zh": zh, "en": en}


def line(code: str, zh: str, en: str, co2: str | None, ch4: str | None, co2e: str | None, **more: Any) -> dict[str, Any]:
    """A line; without an amount it is not estimated."""
    return {
        "code": code, "label": label(zh, en), "level": code.count("."), "scope": 1, "total": False,
        "gases": {"co2": co2, "ch4": ch4, "hfcs": None}, "co2e": co2e, "biogenic": None, "key": None if co2e else "NE",
        "key_says": None if co2e else label("未估算", "not estimated"), "says": None, "missing": 0,
        **({"address": f"inventories/city.{code}.2025"} if co2e else {}), **more,
    }  # fmt: skip


LINES = [
    line("1", "能源活动", "energy activities", "123.4567890123", None, "123.4567890123"),
    line("1.1", "工业", "industry", "123.4567890123", None, "123.4567890123"),
    line("1.2", "逃逸排放", "fugitive emissions", None, None, None),
    line("3", "农业", "agriculture", None, "0.0051", "0.1428"),
    line("5", "废弃物处理", "waste", None, None, None, says=label("没有填埋场", "no landfill")),
    line("6", "信息项", "information item", "2.5", None, "2.5", scope=2),
    line("net", "直接排放（含林业）", "direct, with forestry", "123.4567890123", "0.0051", "123.5995890123", total=True, scope=None),
    line("gross", "直接排放（不含林业）", "direct, without forestry", "123.4567890123", "0.0051", "123.5995890123", total=True, scope=None),
]  # fmt: skip
CELL = {
    "address": "results/energy.industry.raw_coal.2025", "line": "1.1", "category": label("工业", "industry"),
    "carrier": label("原煤", "raw coal"), "flow": label(EVIL, EVIL), "year": 2025, "amount": "60", "amount_unit": "万吨", "composed": "20576.1315",
    "composed_unit": "tCO2/万吨", "value": "1234567.890123", "value_unit": "tCO2", "gas": label("二氧化碳", "CO2"),
    "co2e": "123.4567890123", "method": {"id": "fuel_combustion", "title": label("燃料燃烧", "fuel combustion")},
    "edition": label("样例版", "sample edition"), "match": "substitute",
    "facts": [{"address": "facts/ab12", "source": "yearbook", "grade": "reported", "at": "balance.csv B9"}],
}  # fmt: skip
FACTOR = {
    "address": "factors/sample.2025", "substance": label("烟煤", "bituminous coal"), "parameter": label("排放因子", "emission factor"),
    "value": "20576.1315", "value_unit": "tCO2/万吨", "standard": label("样例", "sample"), "place": None, "year": None,
    "source": "样例指南", "clause": "表1", "grade": "primary", "match": "substitute", "steps": label("以烟煤代替", "stands in"), "cells": 1,
}  # fmt: skip


def form(**changed: Any) -> dict[str, Any]:
    """The invented form."""
    total = {"value": "123.5995890123", "address": "inventories/city.net.2025"}
    return {
        "place": {"code": "990100", "label": label("样例市", "Sampleton"), "invented": True},
        "year": 2025,
        "years": [{"year": 2025, "totals": {"net": total, "gross": total, "all": None}, "complete": False}],
        "guide": {"id": "sample", "label": label("样例指南", "sample guideline"), "source": "样例指南"},
        "warming": {"id": "ar5", "says": label("样例约定", "choice of the sample")},
        "unit": label("万吨", "10^4 t"),
        "gases": [
            {"id": "co2", "label": label("CO2", "CO2"), "by_mass": True},
            {"id": "ch4", "label": label("CH4", "CH4"), "by_mass": True},
            {"id": "hfcs", "label": label("HFCs", "HFCs"), "by_mass": False},
        ],
        "potentials": [{"gas": "ch4", "label": label("甲烷", "methane"), "value": "28", "address": "factors/ar5.ch4.2025"}],
        "methods": [{"id": "fuel_combustion", "title": label("燃料燃烧", "fuel combustion"), "edition": label("样例版", "sample"), "source": "样例指南", "clause": ""}],
        "unknown": [{"category": "agriculture", "says": label("农业表未见", "the tables of agriculture were not seen")}],
        "layouts": [
            {"id": "city", "label": label("省市清单口径", "city layout"), "lines": [dict(one) for one in LINES]},
            {"id": "gpc", "label": label("GPC", "GPC"), "lines": [dict(LINES[-1], code="basic", address="inventories/gpc.basic.2025")]},
        ],
        "by_field": [{"code": "1", "label": label("能源活动", "energy activities"), "co2e": "123.4567890123", "share": "99.9", "address": "inventories/city.1.2025"}],
        "by_gas": [{"id": "co2", "label": label("CO2", "CO2"), "co2e": "123.4567890123", "share": "99.9", "address": "inventories/city.gross.2025"}],
        "fuels": {"columns": [{"code": "1.1", "label": label("工业", "industry")}], "rows": [{"id": "raw_coal", "label": label("原煤", "raw coal"), "values": {"1.1": "123.4567890123"}, "total": "123.4567890123"}], "totals": {"1.1": "123.4567890123"}, "total": "123.4567890123"},
        "cells": [dict(CELL)],
        "factors": [dict(FACTOR)],
        "evidence": [{"grade": "reported", "count": 1, "share": "100.0"}],
        "uncertainty": None,
        "missing": [],
        "checks": [{"layout": "city", "code": "net", "label": label("直接排放", "direct"), "stated": "123.5995890123", "parts": "123.5995890123", "holds": True}],
        "findings": [{"rule": "account.missing", "at": "x", "severity": "error", "says": label("缺因子", "lacks a factor"), "remedy": label("补充因子", "add it")}],
        **changed,
    }  # fmt: skip


def form_addresses(part: Any = None) -> set[str]:
    """Every address that the invented form quotes."""
    content = form() if part is None else part
    inner = list(content.values()) if isinstance(content, dict) else content if isinstance(content, list) else []
    own = {content["address"]} if isinstance(content, dict) and "address" in content else set()
    return own.union(*(form_addresses(one) for one in inner if one is not None))
