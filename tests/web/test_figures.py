"""Numbers as readers see them. Expected texts follow from the exact ratios of units (1 GW = 100 万千瓦, 1 Mt = 100 万吨)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.web.figures import between, choose_scale, goal, is_number, largest, show, span, spell, write

UNITS = ["万千瓦", "亿千瓦时", "万吨标准煤", "Mt CO2", "亿元", "家", "%"]
FIGURES = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=4)


@pytest.mark.parametrize(
    ("value", "unit", "basis", "zh", "en"),
    [
        (1300, "万千瓦", "target", "1300\u202f万千瓦", "13\u00a0GW"),
        (50, "家", "target", "50\u202f家", "50"),
        (78.3123, "Mt CO2", "projected", "7831\u202f万吨CO₂", "78.31\u00a0Mt CO₂"),
        (26.249, "%", "projected", "26.2%", "26.2%"),
        (25, "%", "target", "25%", "25%"),
        (-3.84, "百分点", "projected", "−3.84\u202f个百分点", "−3.84\u00a0pp"),
        (2029, "年", "projected", "2029\u202f年", "2029"),
        (12345, "foo", "actual", "12,345\u00a0foo", "12,345\u00a0foo"),
        (0.055, "1/年", "assumption", "5.5%/年", "5.5%/yr"),
        (0, "万千瓦", "actual", "0\u202f万千瓦", "0\u00a0MW"),
    ],
)
def test_a_figure_reads_in_both_languages(value: float, unit: str, basis: str, zh: str, en: str) -> None:
    assert (str(show(value, unit, "zh", basis=basis)), str(show(value, unit, "en", basis=basis))) == (zh, en)


@given(FIGURES, st.sampled_from(UNITS), st.sampled_from(["zh", "en"]))
def test_a_shown_figure_is_the_stored_one_within_its_rounding(value: Decimal, unit: str, language: str) -> None:
    scale = choose_scale(value, unit, language)
    shown = Decimal(show(value, unit, language).text.replace("−", "-").replace(",", ""))
    assert abs(shown / scale.factor - value) <= abs(value) * Decimal("0.000005")


@given(FIGURES)
def test_no_figure_has_a_hyphen_for_a_minus(value: Decimal) -> None:
    assert "-" not in write(value)


@given(st.decimals(min_value=Decimal("0.001"), max_value=10**9, places=3), st.sampled_from(["zh", "en"]), st.booleans())
def test_digits_follow_the_uncertainty(value: Decimal, language: str, vague: bool) -> None:
    text = show(value, "万吨标准煤", language, basis="projected", vague=vague).text
    assert len(text.replace(",", "").replace(".", "").strip("0")) <= 4 - vague


def test_a_goal_carries_its_comparator_and_its_range() -> None:
    said = (goal(">=", 1300, None, "万千瓦", "zh"), goal("~", 15, 18, "%", "en"))
    assert said == ("≥\u202f1300\u202f万千瓦", "≈\u202f15–18%")


def test_a_range_stays_in_one_unit() -> None:
    assert span(60, 120, "万千瓦", "en", basis="actual") == "0.6–1.2\u00a0GW"


def test_a_scale_follows_only_what_measures_the_same() -> None:
    scale = choose_scale(Decimal(78), "Mt CO2", "zh")
    assert (scale.follow("亿千瓦时"), scale.follow("tCO2").factor) == (None, Decimal("0.0001"))


def test_a_gap_stays_a_gap_on_a_scale() -> None:
    assert choose_scale(largest([[1.5, None]]), "GW", "zh").spread([1.5, None]) == [150.0, None]


def test_units_are_set_as_in_print() -> None:
    plain = ("t CO2", "10^6 m3", "10^8 CNY", "item", "1")
    assert [spell(unit, "en") for unit in plain] == ["t CO₂", "million m³", "100 million CNY", "", ""]


def test_words_and_infinities_are_no_numbers() -> None:
    assert [is_number(text) for text in ("12.5", "-3", "Infinity", "约十", None)] == [True, True, False, False, False]


def test_a_share_that_a_model_puts_near_all_is_not_called_certain():
    assert (show(99.96, "%", "zh", basis="projected").text, show(100, "%", "zh", basis="actual").text) == ("> 99", "100")


def test_an_interval_is_written_in_the_unit_of_its_figure() -> None:
    output = {"value": 10100.0, "low": 9650.0, "high": 10300.0, "unit": "亿元", "basis": "projected"}
    saved = {"value": -0.95, "low": -1.6, "high": 0.27, "unit": "亿元", "basis": "projected"}
    share = {"value": 96.0, "low": 88.1, "high": 99.9, "unit": "%", "basis": "projected"}
    assert between(output, "zh") == "0.965–1.03"
    assert (between(saved, "zh"), between(saved, "en")) == ("−16,000 至 2700", "−160 to 27")
    assert between(share, "zh") == "88.1–99.9"


def test_people_are_counted_in_english() -> None:
    shown = [show(value, unit, "en").unit for value, unit in ((7_100_000, "人"), (12, "人"), (3_000_000, "户"))]
    assert shown == ["million people", "people", "million households"]
