"""What a unit measures is said in both languages, and algebra cancels only what is the same."""

from __future__ import annotations

import pytest

from dafeng.core.dimensions import ONE, measured
from dafeng.core.units import unit


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("tCO2", "CO2的质量", "mass of CO2"),
        ("m3", "长度^3", "length^3"),
        ("tce/万元", "能量/人民币", "energy/Chinese yuan"),
        ("%", "1", "1"),
    ],
)
def test_dimensions_have_names(text, zh, en):
    found = measured(unit(text).dimensions)
    assert (found.zh, found.en) == (zh, en)


def test_tonnes_of_fuel_cancel_but_not_tonnes_of_gas():
    assert str(unit("t") * unit("tCO2/t")) == "tCO2"


def test_a_unit_by_itself_is_a_pure_number():
    assert unit("tCO2") / unit("tCO2") == ONE


def test_what_does_not_cancel_stays_in_the_text():
    assert str(unit("t") * unit("tC/GJ")) == "t·tC/GJ"


def test_kilowatts_times_hours_are_kilowatt_hours():
    assert unit("kW") * unit("h") == unit("kWh")
