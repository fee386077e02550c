"""Each reader sees the unit of his statistics, and the quantity stays the same."""

from __future__ import annotations

import csv
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.display import display
from dafeng.core.units import convert, family, known_units, unit

ROWS = list(csv.DictReader((files("dafeng") / "data/classes/units_display.csv").read_text("utf-8").splitlines()))


@pytest.mark.parametrize(
    ("value", "stored", "language", "shown", "text"),
    [
        ("2486.4", "万千瓦", "zh", "2486.4", "万千瓦"),
        ("2486.4", "万千瓦", "en", "24.864", "GW"),
        ("681.2", "亿千瓦时", "en", "68.12", "TWh"),
        ("71.3", "Mt CO2", "zh", "7130", "万吨CO2"),
        ("0.3366", "Mt CO2", "en", "336.6", "kt CO2"),
        ("12000", "亿元", "zh", "1.2", "万亿元"),
        ("300", "gce/kWh", "zh", "300", "克标准煤/千瓦时"),
        ("25", "%", "en", "25", "%"),
        ("-5", "万千瓦", "en", "-50", "MW"),
        ("0", "万吨", "en", "0", "kt"),
        ("0.4", "kW", "zh", "0.4", "千瓦"),
    ],
)
def test_the_reader_sees_his_unit(value, stored, language, shown, text):
    amount = display(Decimal(value), stored, language)
    assert (amount.value, amount.text) == (Decimal(shown), text)


def test_a_float_is_its_shortest_text():
    assert display(0.1, "GW", "en").value == 100


@given(
    st.decimals(-(10**9), 10**9, places=3), st.sampled_from([*known_units(), "万千瓦", "亿元"]), st.sampled_from(["zh", "en"])
)
def test_only_the_unit_changes(value, stored, language):
    amount = display(value, stored, language)
    assert convert(amount.value, amount.unit, stored) == value


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['language']}-{row['unit']}")
def test_each_rule_stays_within_its_dimension(row):
    assert unit(row["unit"]).dimensions == unit(row["family"]).dimensions


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['language']}-{row['family']}")
def test_each_rule_belongs_to_a_family(row):
    assert family(row["family"]) == row["family"]


def test_both_languages_have_rules_for_the_same_families():
    assert {r["family"] for r in ROWS if r["language"] == "zh"} == {r["family"] for r in ROWS if r["language"] == "en"}
