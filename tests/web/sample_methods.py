# ruff: noqa: E501 - a table of invented definitions reads best with one row per line
"""Invented definitions of accounting for the sample view: one method, one guideline."""

from __future__ import annotations

from typing import Any

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow><mi>A</mi><mo>×</mo><mi mathvariant="normal">EF</mi></mrow></math>'


def label(zh: str, en: str) -> dict[str, str]:
    """A label."""
    return {"zh": zh, "en": en}


def definitions() -> dict[str, Any]:
    """One method with two examples, of which one does not hold."""
    example = {
        "edition": "2020", "category": "energy.sample", "carrier": label("原煤", "raw coal"), "place": "990100", "year": 2025, "value": "2", "unit": "t", "flow": None,
        "provisional": False, "earlier": [{"year": 2024, "value": "1"}], "given": [{"name": "factor", "value": "1.9", "unit": "tCO2/t"}],
        "cells": [{"year": 2025, "typeset": {"zh": MATH, "en": MATH}, "composed": "1.9", "value": "3.8", "factors": ["f1"]}],
        "expected": "3.8", "result": "3.8", "difference": "0", "tolerance": "0", "holds": True, "by": {"id": None, "says": "hand: 2 x 1.9"}, "says": [],
    }  # fmt: skip
    factor = {
        "id": "f1", "substance": {"id": "raw_coal", "label": label("原煤", "raw coal")}, "standard": "gb", "place": None, "year": None, "value": None, "unit": "tCO2/t",
        "grade": "primary", "source": "gazette", "clause": "",
    }  # fmt: skip
    method = {
        "id": "fuel_burnt", "field": "energy", "title": label("燃料燃烧", "Fuel burnt"), "summary": label("样例方法<script>", "a sample method"), "quantity": "co2",
        "gas": label("二氧化碳", "CO2"), "unit": "tCO2", "guides": ["sample"], "effect": "emission", "history": 0,
        "source": {"id": "gazette", "title": "样例公报", "publisher": "样例局", "date": "2020", "url": "https://example.org/gazette", "clause": "第三条"},
        "equations": [{"id": "direct", "expression": "fired * factor", "words": label("燃料 × 因子", "fuel × factor"), "typeset": MATH, "editions": ["2020"]}],
        "symbols": [
            {"name": "fired", "symbol": "A", "label": label("燃料", "fuel"), "kind": "activity", "units": ["t"], "value": None, "parameter": None, "purpose": None, "substance": None, "by": None},
            {"name": "factor", "symbol": "EF", "label": label("因子", "factor"), "kind": "factor", "units": ["tCO2/t"], "value": None, "parameter": "emission_factor", "purpose": "combustion", "substance": None, "by": "carrier"},
        ],
        "editions": [{"id": "2020", "label": label("2020版", "edition 2020"), "equation": "direct", "standards": [{"id": "gb", "label": label("国标", "national")}], "otherwise": None, "guides": ["sample"]}],
        "categories": [{"id": "energy.sample", "label": label("工业", "industry"), "indicator": "balance", "plus": ["final.industry"], "minus": ["final.industry.feedstock"], "instead_of": [], "carrier": None, "years": "this", "deduct": False, "editions": []}],
        "carriers": [{"id": "raw_coal", "label": label("原煤", "raw coal")}],
        "exclusions": [{"carriers": [], "categories": [], "says": label("原料不计", "feedstock is left out")}],
        "closings": [{"total": "final", "parts": ["final.industry"], "tolerance": "0.02"}],
        "unknown": [{"guide": "sample", "category": "energy", "says": label("缺省值未见", "defaults were not seen")}],
        "answers": [{"name": "factor", "label": label("排放因子", "emission factor"), "parameter": "emission_factor", "purpose": "combustion", "total": 9, "unknown": 1, "factors": [factor]}],
        "examples": [example, {**example, "expected": "4", "holds": False, "difference": "-0.05"}],
    }  # fmt: skip
    guide = {
        "id": "sample", "label": label("样例指南", "Sample guideline"), "source": {"id": "gazette", "title": "样例公报", "publisher": "", "date": "", "url": ""}, "since": 2020, "replaced_by": None,
        "warming": "ar5", "warming_says": label("样例约定", "choice of the sample"), "potentials": [{"gas": "ch4", "label": label("甲烷", "methane"), "value": "28"}],
        "methods": [{"id": "fuel_burnt", "title": label("燃料燃烧", "Fuel burnt"), "edition": "2020", "label": label("2020版", "edition 2020")}], "unknown": [{"category": "energy", "says": label("缺省值未见", "defaults were not seen")}],
    }  # fmt: skip
    return {
        "fields": [{"id": "energy", "label": label("能源活动", "energy")}, {"id": "waste", "label": label("废弃物", "waste")}],
        "methods": [method],
        "guides": [guide],
    }
