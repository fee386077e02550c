"""Numbers with units as plans write them; expected values by hand."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.units import unit
from dafeng.plans.amounts import amount_pattern, read_amount, sort_unit
from dafeng.plans.lexicon import lexicon


@pytest.mark.parametrize(
    ("text", "value", "spelled"),
    [
        ("58%", "58", "%"),
        ("1300万千瓦", "1300", "万千瓦"),
        ("295克标准煤/千瓦时", "295", "克标准煤/千瓦时"),
        ("13.5个百分点", "13.5", "百分点"),
        ("900亿度", "900", "亿千瓦时"),
        ("220万标箱", "220", "万标准箱"),
        ("1,280万吨", "1280", "万吨"),
        ("百分之三十五", "35", "%"),
        ("百分之12.5", "12.5", "%"),
        ("三成", "30", "%"),
        ("两千万千瓦", "2000", "万千瓦"),
        ("一百二十万吨", "120", "万吨"),
        ("2.20吨", "2.2", "吨"),
    ],
)
def test_amounts_are_read_exactly(text, value, spelled):
    quantity = read_amount(re.fullmatch(amount_pattern(), text).group())
    assert (quantity.value, quantity.unit) == (Decimal(value), spelled)


@pytest.mark.parametrize("text", ["35%—40%", "35-40%", "35～40%"])
def test_ranges_have_two_ends(text):
    quantity = read_amount(re.fullmatch(amount_pattern(), text).group())
    assert (quantity.value, quantity.upper, quantity.unit) == (35, 40, "%")


@pytest.mark.parametrize("text", ["3千吨级", "千万千瓦级", "PM2.5", "3个月", "3方面", "三元锂电池", "第3个", "2个多月"])
def test_what_is_part_of_a_name_is_no_amount(text):
    assert re.match(amount_pattern(), text) is None


@given(st.decimals(0, 99999, places=2), st.sampled_from(["万千瓦", "亿千瓦时", "万吨", "%", "家", "万平方米", "微克/立方米"]))
def test_an_amount_is_read_back(value, spelled):
    quantity = read_amount(f"{value}{spelled}")
    assert (quantity.value, quantity.unit) == (value, spelled)


@pytest.mark.parametrize(
    ("spelled", "kind"), [("%", "share"), ("百分点", "share"), ("万家", "count"), ("万千瓦", "measure"), ("", "bare")]
)
def test_units_have_kinds(spelled, kind):
    assert sort_unit(spelled) == kind


UNKNOWN = frozenset(
    [
        "件",
        "倍",
        "分贝",
        "口",
        "台套",
        "对",
        "幢",
        "张",
        "微克",
        "户次",
        "所",
        "批次",
        "支",
        "栋",
        "桩",
        "次",
        "片",
        "种",
        "站",
        "米水柱",
        "部",
        "间",
    ]
)  # counters and scales that no indicator is measured in


@pytest.mark.parametrize("spelled", sorted(set(lexicon().units.values()) - UNKNOWN))
def test_the_house_knows_the_units_of_plans(spelled):
    assert str(unit(spelled))


@pytest.mark.parametrize("text", ["百分之十四五", "百分之百千", "二万万亿千吨"])
def test_malformed_numerals_are_no_amount(text):
    assert read_amount(text) is None
