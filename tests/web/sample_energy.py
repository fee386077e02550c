# ruff: noqa: E501 - a table of invented figures reads best with one row per line
"""The energy part of the invented city: one balance with a broken sum, views known and unknown, flows. All made up."""

from __future__ import annotations

from typing import Any


def energy(label: Any, number: Any, at: str) -> dict[str, Any]:
    """The part ``energy`` of the sample; every figure leads to the one trace ``at``."""

    def n(value: float | None, unit: str = "万吨标准煤") -> dict[str, Any]:
        return number(value, unit, at, year=2025)

    def view(
        name: str,
        kind: str,
        zh: str,
        en: str,
        value: float | None,
        unit: str = "万吨标准煤",
        low: float | None = None,
        high: float | None = None,
        lacks: bool = False,
    ) -> dict[str, Any]:
        rules = (
            [
                {"id": "none", "label": label("不计", "none of it"), "value": n(low, unit)},
                {"id": "whole", "label": label("全部计入", "all of it"), "value": n(high, unit)},
            ]
            if low is not None
            else []
        )
        return {"id": name, "kind": kind, "label": label(zh, en), "value": n(value, unit), "low": low, "high": high, "rules": rules,
                "lacking": [label("原料用能", "feedstock")] if lacks else [], "provisional": low is not None, "note": None}  # fmt: skip

    columns = [
        {"id": "raw_coal", "label": label("原煤", "raw coal"), "unit": "万吨"},
        {"id": "electricity", "label": label("电力", "electricity"), "unit": "亿千瓦时"},
    ]
    year = {
        "year": 2025, "base": 2020, "unit": "万吨标准煤",
        "rows": [{"id": "final", "label": label("终端消费量", "final consumption"), "level": 0, "role": "total"}, {"id": "final.industry", "label": label("工业", "industry"), "level": 1, "role": "part"}],
        "physical": {"columns": columns, "cells": [[n(100, "万吨"), n(50, "亿千瓦时")], [n(90.123456, "万吨"), None]]},
        "standard": {"columns": [{**one, "unit": "万吨标准煤"} for one in columns], "cells": [[n(71.43), n(61.45)], [n(0.0042), None]]},
        "breaks": [{"row": "final", "column": "raw_coal", "rule": "balance.final", "says": label("原煤终端消费量印为100，应为90.12", "raw coal is printed 100, must be 90.12")},
                   {"row": "final.industry", "column": None, "rule": "balance.efficiency", "says": label("效率不合理", "implausible")}],
        "views": [view("total_calorific", "total", "能源消费总量（当量法）", "total by heat content", 132.88), view("total_equivalent", "total", "能源消费总量（等价法）", "total, coal-equivalent method", 221.43),
                  view("without_feedstock", "control", "扣除原料用能", "without feedstock", None, lacks=True), view("non_fossil_share", "non_fossil", "非化石占比", "non-fossil share", 17.4, "%", 17.4, 19.1)],
        "fields": [{"id": "industry", "label": label("工业", "industry"), "calorific": n(100.1), "equivalent": n(160.2)}, {"id": "transport", "label": label("交通", "transport"), "calorific": n(32.78), "equivalent": n(61.23)}],
        "conversions": [{"id": "transformation.thermal_power", "label": label("火力发电", "thermal power"), "efficiency": n(40.5, "%")}],
        "sankey": {"year": 2025, "unit": "万吨标准煤", "circulating": 1.5,
                   "nodes": [{"id": i, "label": label(zh, en)} for i, zh, en in (("available.production", "生产", "production"), ("carrier.raw_coal", "原煤", "raw coal"), ("final.industry", "工业", "industry"))],
                   "links": [{"source": "available.production", "target": "carrier.raw_coal", "value": 71.43, "address": n(0)["address"]}, {"source": "carrier.raw_coal", "target": "final.industry", "value": 71.43, "address": n(0)["address"]}]},
    }  # fmt: skip
    published = [
        {
            "indicator": "energy_consumption",
            "label": label("能源消费总量", "energy use"),
            "value": number(v, "万吨标准煤", at, year=y),
            "view": w,
            "gap": g,
        }
        for v, y, w, g in (
            (210.0, 2020, None, None),
            (220.0, 2025, label("能源消费总量（等价法）", "total, coal-equivalent method"), 0.65),
        )
    ]
    finding = {
        "rule": "balance.final",
        "at": "facts/1",
        "severity": "warning",
        "says": label("不闭合", "does not close"),
        "remedy": label("核对", "check"),
    }
    return {
        "rule": "none",
        "rules": [{"id": "none", "label": label("不计", "none of it")}],
        "years": [{**year, "year": 2020, "breaks": []}, year],
        "published": published,
        "findings": [finding],
    }
