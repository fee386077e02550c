"""What an equation measures is known before a number is put in (failures F02, F06)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.dimensions import ONE
from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.core.units import unit
from dafeng.formula import Kernel, check_unit, parse, unit_of

UNITS = {
    name: unit(text)
    for name, text in {
        "burned": "t", "ncv": "GJ/t", "carbon": "tC/GJ", "oxidised": "1", "ratio": "tCO2/tC", "power": "MWh",
        "grid": "tCO2/MWh", "small": "kg", "methane": "tCH4", "gwp": "tCO2e/tCH4", "volume": "m3", "share": "%",
    }.items()
}  # fmt: skip
TEXTS = st.sampled_from(["t", "kg", "tCO2", "GJ/t", "%", "1", "万元", "m3"])


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("burned * ncv * carbon * oxidised * ratio", "tCO2"),
        ("power * grid", "tCO2"),
        ("burned * ncv + 0", "GJ"),
        ("max(0, burned)", "t"),
        ("where(burned > 0, burned, 0)", "t"),
        ("where(burned > 0, 0, 0)", "1"),
        ("burned ** 2 / burned", "t"),
        ("burned ** -1", "1/t"),
        ("-burned", "t"),
        ("burned > 0", "1"),
        ("1 - oxidised", "1"),
        ("methane * gwp", "tCO2e"),
    ],
)
def test_an_expression_has_the_unit_of_its_value(text, measured):
    assert unit_of(parse(text), UNITS) == unit(measured)


@pytest.mark.parametrize(
    "text",
    [
        "burned + power", "burned + small", "burned + 1", "1 - share", "min(burned, ncv)", "where(burned > ncv, 1, 2)",
        "where(burned > 0, burned, ncv)", "burned > 5", "power * grid + methane", "burned + volume", "unknown * 2",
    ],
)  # fmt: skip
def test_quantities_of_different_units_do_not_mix(text):
    with pytest.raises(FormulaError):
        unit_of(parse(text), UNITS, where="method.equation")


def test_a_wrong_unit_says_what_to_multiply_by():
    with pytest.raises(FormulaError) as caught:
        check_unit(parse("burned * carbon"), UNITS, unit("tC"), where="combustion.heat")
    assert str(caught.value).startswith("combustion.heat: 'burned * carbon' has unit t·tC/GJ, declared tC. ")
    assert str(caught.value).endswith("Multiply by 'ncv' first.")


def test_a_wrong_unit_says_what_to_divide_by():
    with pytest.raises(FormulaError, match="Divide by 'grid' first"):
        check_unit(parse("power * grid * grid"), {"power": UNITS["power"], "grid": UNITS["grid"]}, unit("tCO2"))


def test_without_a_fitting_quantity_the_expression_is_to_be_corrected():
    with pytest.raises(FormulaError, match="correct the expression"):
        check_unit(parse("burned"), {"burned": unit("t")}, unit("m3"))


def test_adding_tonnes_to_kilograms_says_the_factor():
    with pytest.raises(FormulaError, match="1 t = 1000 kg"):
        unit_of(parse("burned + small"), UNITS)


def test_both_languages_name_the_place():
    with pytest.raises(FormulaError) as caught:
        check_unit(parse("burned"), UNITS, unit("tC"), where="x.y")
    assert caught.value.read("zh").startswith("x.y: “burned”的单位是 t，声明为 tC")


def test_carbon_is_no_carbon_dioxide_without_the_ratio():
    with pytest.raises(FormulaError, match="ratio"):
        check_unit(parse("burned * ncv * carbon"), UNITS, unit("tCO2"))


def test_the_factor_to_the_declared_unit_is_exact():
    assert check_unit(parse("burned * ncv"), UNITS, unit("万吨标准煤")) == Fraction(10**4, 29_3076) / 10**4


def test_a_kernel_is_checked_by_its_own_rule():
    kernel = Kernel(Label("和", "sum"), 2, lambda units: units[0] * units[1], lambda a, b: a * b)
    assert unit_of(parse("both(burned, ncv)", kernels={"both"}), UNITS, kernels={"both": kernel}) == unit("GJ")


def test_a_kernel_takes_the_operands_it_declares():
    kernel = Kernel(Label("和", "sum"), 2, lambda units: units[0], lambda a, b: a * b)
    with pytest.raises(FormulaError, match="2 operands"):
        unit_of(parse("both(burned)", kernels={"both"}), UNITS, kernels={"both": kernel})


@given(TEXTS, TEXTS)
def test_a_product_has_the_product_of_the_units(a, b):
    assert unit_of(parse("a * b"), {"a": unit(a), "b": unit(b)}) == unit(a) * unit(b)


@given(TEXTS)
def test_a_quantity_over_itself_is_a_pure_number(a):
    assert unit_of(parse("a / a"), {"a": unit(a)}) == ONE


@given(TEXTS, st.integers(1, 4))
def test_a_power_is_that_of_the_unit(a, power):
    assert unit_of(parse(f"a ** {power}"), {"a": unit(a)}) == unit(a) ** power
