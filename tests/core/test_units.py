"""Units: spellings, values against published tables, species, exact conversion (failures F01 to F04, F06)."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.dimensions import ONE
from dafeng.core.errors import UnitError
from dafeng.core.units import (
    conversion,
    convert,
    convert_array,
    family,
    known_units,
    ratio,
    read_units,
    same_dimension,
    share,
    unit,
)

SYMBOLS = tuple(known_units())
HEAD = "name,symbol,definition,zh,en,spellings,prefixes\n"
NO_SPECIES = "symbol,zh,en,spellings\n"
UNITS = st.sampled_from([*SYMBOLS, "万千瓦", "亿千瓦时", "gce/kWh", "tCO2/t", "万元/人", "kg/(m2*a)", "1", "%"]).map(unit)


def compatible(symbols):
    """Pairs of units that measure the same thing."""
    return [(a, b) for a, b in permutations(symbols, 2) if same_dimension(a, b)]


@pytest.mark.parametrize(
    ("text", "target", "factor"),
    [
        ("万千瓦", "MW", "10"),
        ("GW", "万千瓦", "100"),
        ("亿千瓦时", "GWh", "100"),
        ("亿度", "kWh", "100000000"),
        ("万吨标准煤", "tce", "10000"),
        ("吨标准煤", "GJ", "29.3076"),
        ("克标准煤/千瓦时", "gce/kWh", "1"),
        ("kgce", "kcal", "7000"),
        ("百亿千焦", "TJ", "10"),
        ("亿立方米", "万立方米", "10000"),
        ("1e4Nm3", "万立方米", "1"),
        ("亿m³", "亿立方米", "1"),
        ("万m^3", "m3", "10000"),
        ("tCO2/万Nm³", "tCO2/万立方米", "1"),
        ("万km²", "km2", "10000"),
        ("万标准箱", "万标箱", "1"),
        ("万标箱", "TEU", "10000"),
        ("亿元", "万元", "10000"),
        ("yuan", "元", "1"),
        ("家", "个", "1"),
        ("%", "1", "0.01"),
        ("百分点", "%", "1"),
        ("万平方米", "公顷", "1"),
        ("公斤/亩", "kg/ha", "15"),
        ("万人", "人", "10000"),
        ("万吨CO2", "Mt CO2", "0.01"),
        ("10^4 t CO2", "万吨二氧化碳", "1"),
        ("10⁴ kW", "MW", "10"),
        ("㎡", "m^2", "1"),
        ("tC/GJ", "tC/TJ", "1000"),
        ("Tg C/yr", "Mt C/年", "1"),
        ("吨标准煤/万元", "kgce/元", "0.1"),
        ("MWh", "GJ", "3.6"),
        ("d", "h", "24"),
        ("年", "月", "12"),
    ],
)
def test_spellings_have_the_value_they_say(text, target, factor):
    assert conversion(text, target) == Decimal(factor)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("万kW", "万千瓦"),
        ("10^4 kW", "万千瓦"),
        ("吉瓦", "GW"),
        ("亿kWh", "亿千瓦时"),
        ("万吨标煤", "万吨标准煤"),
        ("吨标准煤", "tce"),
        ("克标准煤/千瓦时", "gce/kWh"),
        ("吨二氧化碳当量", "tCO2e"),
        ("MtCO2", "Mt CO2"),
        ("10^10 kJ", "百亿千焦"),
        ("万标箱", "万标准箱"),
        ("CNY", "元"),
        ("m^3", "m3"),
        ("kgCH4/(head*a)", "kgCH4/(头·a)"),
        ("1", "1"),
    ],
)
def test_a_unit_has_one_text(text, canonical):
    assert str(unit(text)) == canonical


PUBLISHED = {
    "kg": "kilogram", "t": "metric_ton", "lb": "pound", "short_ton": "short_ton", "long_ton": "long_ton", "km": "kilometer",
    "nmi": "nautical_mile", "m2": "meter**2", "km2": "kilometer**2", "ha": "hectare", "m3": "meter**3", "cm3": "centimeter**3",
    "L": "liter", "bbl": "oil_barrel", "min": "minute", "h": "hour", "d": "day", "kJ": "kilojoule", "GJ": "gigajoule",
    "kWh": "kilowatt_hour", "TWh": "terawatt_hour", "cal": "cal_it", "MW": "megawatt",
    "toe": "tonne_of_oil_equivalent", "Btu": "international_british_thermal_unit", "ppm": "ppm",
}  # fmt: skip
REFERENCE = {
    **dict.fromkeys(("kg", "t", "lb", "short_ton", "long_ton"), ("kg", "kilogram")),
    **dict.fromkeys(("km", "nmi"), ("m", "meter")),
    **dict.fromkeys(("m2", "km2", "ha"), ("m2", "meter**2")),
    **dict.fromkeys(("m3", "cm3", "L", "bbl"), ("m3", "meter**3")),
    **dict.fromkeys(("min", "h", "d"), ("s", "second")),
    **dict.fromkeys(("kJ", "GJ", "kWh", "TWh", "cal", "toe", "Btu"), ("J", "joule")),
    "MW": ("W", "watt"),
    "ppm": ("1", "dimensionless"),
}


@pytest.fixture(scope="module")
def published():
    """The table that comes with pint, which quotes CODATA and NIST SP 811."""
    return pint.UnitRegistry(cache_folder=None)


@pytest.mark.parametrize("symbol", PUBLISHED)
def test_units_agree_with_a_published_table(symbol, published):
    ours, theirs = REFERENCE[symbol]
    wanted = published.Quantity(1, PUBLISHED[symbol]).to(theirs).magnitude
    assert float(ratio(symbol, ours)) == pytest.approx(wanted, rel=1e-9)


def test_a_mu_is_a_fifteenth_of_a_hectare():
    assert ratio("ha", "亩") == 15


def test_every_pair_of_units_converts_there_and_back_exactly():
    value = Decimal("1234567.890123")
    wrong = [(a, b) for a, b in compatible(SYMBOLS) if convert(convert(value, a, b), b, a) != value]
    assert wrong == []


def test_every_unit_has_a_text_that_reads_back():
    assert [s for s in SYMBOLS if unit(str(unit(s))) != unit(s) or str(unit(s)) != s] == []


def test_every_unit_reads_back_from_its_words_in_both_languages():
    wrong = [(s, w) for s in SYMBOLS for w in ("zh", "en") if unit(unit(s).read(w)) != unit(s)]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("t", "m3"), ("kg", "L"), ("tCO2", "t"), ("tCO2", "tCO2e"), ("tCO2e", "t"), ("tC", "tCO2"), ("tCH4", "tCO2e"),
        ("tN2O", "tN2O-N"), ("tCF4", "tC2F6"), ("tce", "t"), ("kW", "kWh"), ("kVA", "kW"), ("a", "h"), ("元", "USD"),
        ("人", "个"), ("℃", "K"), ("万吨/年", "万吨"), ("人", "人次"), ("头", "个"),
    ],
)  # fmt: skip
def test_another_dimension_or_species_is_refused(source, target):
    with pytest.raises(UnitError, match=r"does not convert"):
        convert(Decimal(1), source, target)


def test_mass_to_volume_asks_for_a_density():
    with pytest.raises(UnitError, match="density"):
        convert(Decimal(5000), "kg", "m3")


def test_mass_to_volume_converts_with_a_density_of_the_fuel():
    volume = unit("kg") / unit("kg/m3")
    assert volume == unit("m3")


def test_a_thousand_sources_of_400_grams_are_400_kg():
    assert sum(convert(Decimal("0.4"), "kg", "kg") for _ in range(1000)) == 400


def test_grams_survive_the_way_through_tonnes():
    assert convert(convert(Decimal("0.000000001"), "kg", "Mt"), "Mt", "kg") == Decimal("0.000000001")


@pytest.mark.parametrize("text", ["", "  ", "foo", "t//h", "t/", "(t", "t)", "t^0", "t^99", "2^3 t", "0 t", "万", "t" * 101])
def test_what_is_no_unit_is_refused(text):
    with pytest.raises(UnitError):
        unit(text)


@given(st.text(max_size=120))
def test_any_text_is_a_unit_or_refused(text):
    try:
        found = str(unit(text))
    except UnitError as error:
        found = error.read("zh")
    assert found


def test_a_misspelling_names_its_neighbours():
    with pytest.raises(UnitError, match="tCO2"):
        unit("tCO3")


@pytest.mark.parametrize(
    "row",
    ["short,t,2 * gram,吨,x,,", "tonne,zz,2 * gram,zz,zz,,", "other,zz,2 * gram,zz,zz,吨,", "other,g,2 * gram,zz,zz,,"],
)
def test_a_unit_is_never_redefined(row):
    with pytest.raises(UnitError):
        read_units(HEAD + "gram,g,[mass],克,g,,\ntonne,t,1000000 * gram,吨,t,,\n" + row, NO_SPECIES)


@pytest.mark.parametrize("definition", ["2 * nothing", "1 /", "", "import os"])
def test_a_definition_that_cannot_be_read_is_refused(definition):
    with pytest.raises(UnitError, match="cannot be used"):
        read_units(HEAD + f"odd,odd,{definition},奇,odd,,", NO_SPECIES)


def test_an_own_table_reads_like_the_house_table():
    table = read_units(HEAD + "gram,g,[mass],克,g,,k\n", NO_SPECIES)
    assert table.unit("kg/g").ratio == 1000


@pytest.mark.parametrize(
    ("value", "text", "part"), [("25", "%", "0.25"), ("0.25", "1", "0.25"), ("100", "%", "1"), ("3", "‰", "0.003")]
)
def test_a_share_lies_between_0_and_1(value, text, part):
    assert share(Decimal(value), text) == Decimal(part)


@pytest.mark.parametrize(("value", "text"), [("120", "%"), ("-1", "%"), ("25", "1"), ("0.2", "t")])
def test_what_is_no_share_is_refused(value, text):
    with pytest.raises(UnitError):
        share(Decimal(value), text)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+999"])
def test_what_is_no_finite_number_is_never_converted(value):
    with pytest.raises(UnitError):
        convert(Decimal(value), "t", "kg")


def test_arrays_convert_and_keep_what_is_missing():
    made = convert_array([1.0, np.nan, -2.5], "万千瓦", "GW")
    np.testing.assert_array_equal(made, [0.01, np.nan, -0.025])


@given(st.lists(st.floats(-1e12, 1e12), max_size=5), st.sampled_from(compatible(SYMBOLS)))
def test_arrays_agree_with_exact_conversion(values, pair):
    exact = [float(Fraction(value) * ratio(*pair)) for value in values]
    np.testing.assert_allclose(convert_array(values, *pair), exact, rtol=1e-15)


@given(UNITS, UNITS, UNITS)
def test_multiplication_is_associative(a, b, c):
    assert (a * b) * c == a * (b * c)


@given(UNITS, UNITS)
def test_multiplication_commutes(a, b):
    assert a * b == b * a


@given(UNITS, UNITS)
def test_division_undoes_multiplication(a, b):
    assert a * b / b == a


@given(UNITS, st.integers(1, 4))
def test_a_power_is_repeated_multiplication(a, power):
    product = ONE
    for _ in range(power):
        product = product * a
    assert a**power == product


@given(UNITS, UNITS)
def test_a_composed_unit_reads_back(a, b):
    made = a / b
    assert unit(str(made)) == made


def test_equal_units_are_one_key():
    assert {unit("10 MW"): "found"}[unit("万千瓦")] == "found"


@pytest.mark.parametrize(
    ("text", "base"), [("万千瓦", "W"), ("Mt CO2", "gCO2"), ("亿千瓦时", "Wh"), ("gce/kWh", ""), ("m^2", "m2")]
)
def test_family_is_the_unprefixed_unit(text, base):
    assert family(text) == base


def test_threads_read_the_same_units():
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: unit(text).ratio, ["亿千瓦时", "GWh"] * 50))
    assert found == [Fraction(36 * 10**13), Fraction(36 * 10**11)] * 50


def test_importing_units_does_not_load_pint():
    code = "import sys, dafeng.core.units; print('pint' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert said.stdout.strip() == "False"
