"""Published figures that the factor library must reproduce (accounting material, section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import compose
from dafeng.methods.definition import Method

PRINTED = {
    "gasoline": "2.925056", "diesel": "3.095910", "bituminous_coal": "1.741750", "lignite": "1.172864",
    "coke": "2.860419", "petroleum_coke": "3.211542", "crude_oil": "3.020202", "fuel_oil": "3.170461",
    "lng": "2.831257", "lpg": "3.101330",
}  # fmt: skip
PRINTED_GAS = {
    "natural_gas": "21.621888", "blast_furnace_gas": "8.481132", "converter_gas": "15.124032", "coke_oven_gas": "8.863806",
}  # fmt: skip


def factor(library: FactorLibrary, methods: Mapping[str, Method], fuel: str, edition: str, unit: str) -> Decimal:
    method = methods["fuel_combustion"]
    names = ("heating_value", "carbon_content", "oxidation_rate")
    matches = {name: library.look_up(fuel, name, "combustion", edition, "370000", 2025) for name in names}
    return compose(method, method.editions[edition], unit, matches)


@pytest.mark.parametrize("fuel", PRINTED)
def test_factors_by_mass_follow_from_their_parameters(library: FactorLibrary, methods: Mapping[str, Method], fuel: str) -> None:
    assert float(factor(library, methods, fuel, "prov2025", "t")) == pytest.approx(float(PRINTED[fuel]), rel=1e-4)


@pytest.mark.parametrize("fuel", PRINTED_GAS)
def test_factors_by_volume_follow_from_their_parameters(
    library: FactorLibrary, methods: Mapping[str, Method], fuel: str
) -> None:
    assert float(factor(library, methods, fuel, "prov2025", "万m3")) == pytest.approx(float(PRINTED_GAS[fuel]), rel=1e-4)


@pytest.mark.parametrize(
    ("fuel", "unit", "trial", "later"),
    [("bituminous_coal", "t", 2.0715, 1.7417), ("lignite", "t", 1.4241, 1.1729), ("natural_gas", "万m3", 21.6219, 21.6219)],
)
def test_swapping_the_set_shows_the_known_differences(
    library: FactorLibrary, methods: Mapping[str, Method], fuel: str, unit: str, trial: float, later: float
) -> None:
    found = [float(factor(library, methods, fuel, edition, unit)) for edition in ("ind24", "gbt32151_22")]
    assert found == pytest.approx([trial, later], abs=1e-4)


@pytest.mark.parametrize(
    ("fuel", "value", "unit"),
    [
        ("crude_oil", "1.4286", "kgce/kg"), ("gasoline", "1.4714", "kgce/kg"), ("diesel", "1.4571", "kgce/kg"),
        ("coke", "0.9714", "kgce/kg"), ("lpg", "1.7143", "kgce/kg"), ("raw_coal", "0.7143", "kgce/kg"),
        ("cleaned_coal", "0.9", "kgce/kg"), ("fuel_oil", "1.4286", "kgce/kg"), ("refinery_gas", "1.5714", "kgce/kg"),
        ("kerosene", "1.4714", "kgce/kg"), ("electricity", "0.1229", "kgce/kWh"), ("heat", "0.03412", "kgce/MJ"),
    ],
)  # fmt: skip
def test_coal_equivalents_are_the_printed_ones(library: FactorLibrary, fuel: str, value: str, unit: str) -> None:
    found = library.look_up(fuel, "coal_equivalent", "calorific", "yearbook2023", "370000", 2023)
    assert (str(found.value), found.factor.unit) == (value, unit)


@pytest.mark.parametrize("fuel", ["crude_oil", "gasoline", "diesel", "fuel_oil", "coke", "lpg", "refinery_gas"])
def test_coal_equivalents_reproduce_with_the_heat_content_of_the_yearbook(library: FactorLibrary, fuel: str) -> None:
    # accounting material, trap 8: NCV / 29.271 MJ/kgce, within 1e-4, with the parameters of GB/T 32151.22
    content = library.look_up(fuel, "heating_value", "combustion", "gbt32151_22", "370000", 2023).value / Decimal("29.271")
    printed = library.look_up(fuel, "coal_equivalent", "calorific", "yearbook2023", "370000", 2023).value
    assert abs(content - printed) <= Decimal("0.0001")


def test_only_the_trial_heating_value_reproduces_cleaned_coal(library: FactorLibrary) -> None:
    values = [
        library.look_up("cleaned_coal", "heating_value", "combustion", standard, "370000", 2023).value
        for standard in ("ind24", "gbt32151_22")
    ]
    assert [round(value / Decimal("29.271"), 4) for value in values] == [Decimal("0.9000"), Decimal("0.8997")]


def test_national_grid_factors_keep_their_order(library: FactorLibrary) -> None:
    found = [
        library.look_up("electricity", "emission_factor", purpose, "grid_announcement", "100000", 2023).value
        for purpose in ("fossil", "residual", "average")
    ]
    assert found == [Decimal("0.8273"), Decimal("0.6096"), Decimal("0.5306")]
