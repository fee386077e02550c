"""Industrial processes and other gases: the traps of the domain, deductions, units, and sums (hand calculations)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.factors import FactorLibrary
from dafeng.library.indicators import read_indicators
from dafeng.library.overlay import shipped
from dafeng.methods.account import Accounting, account
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import BALANCE, BESIDE, Method
from dafeng.methods.packages import methods_of, read_packages
from dafeng.methods.views import totals
from tests.methods.conftest import facts


def run(
    library: FactorLibrary, methods: Mapping[str, Method], *rows: Mapping[str, Any], provisional: bool = False, **editions: str
) -> Accounting:
    return account(
        facts(*rows), library=library, methods=methods, place="370600", year=2025, editions=editions, provisional=provisional
    )


def only(methods: Mapping[str, Method], *names: str) -> dict[str, Method]:
    return {name: methods[name] for name in names}


def values(found: Accounting) -> dict[str, Decimal]:
    return {cell.id: cell.value for cell in found.cells}


def test_clinker_less_all_thirty_alternative_materials(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    materials = methods["cement_alternatives"].carriers
    assert len(materials) == len(set(materials)) == 30
    rows = [{"indicator": "cement_alternative_materials", "carrier": name, "value": 100, "unit": "t"} for name in materials]
    clinker = {"indicator": "clinker_output", "value": 10000, "unit": "t"}
    found = run(library, only(methods, "cement_process", "cement_alternatives"), clinker, *rows)
    assert not found.missing
    factors = ["2*0.6", "2*0.48", "3*0.375", "4*0.305", "7*0.245", "2*0.215", "3*0.135", "7*0.055"]
    avoided = sum(Decimal(n) * Decimal(f) for n, f in (part.split("*") for part in factors)) * 100
    assert totals(found.cells, library, quantity="co2", by="all")[0].value == 5350 - avoided
    assert totals(found.cells, library, quantity="co2", by="sector")[0].key == "process.cement"


def test_bicarbonate_gives_half_when_calcined(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    rows = [
        {"indicator": "carbonate_chemicals", "carrier": name, "value": 1000, "unit": "t"}
        for name in ("sodium_bicarbonate", "calcined_sodium_bicarbonate")
    ]
    found = run(library, only(methods, "carbonate_use"), *rows)
    acid, calcined = found.cells[1].value, found.cells[0].value
    assert (acid, calcined) == (Decimal("523.7"), Decimal("261.85"))
    assert "half of 0.5237" in found.cells[0].matches["emission_factor"].factor.note


def test_the_density_of_the_guideline_is_no_ideal_gas(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    found = run(
        library,
        only(methods, "carbon_dioxide_volume", "methane_volume"),
        {"indicator": "co2_vented", "value": 1, "unit": "亿立方米"},
        {"indicator": "mine_gas_vented", "value": 1, "unit": "亿立方米"},
    )
    assert sorted(values(found).values()) == [Decimal(71700), Decimal(197000)]
    assert Decimal(44) / Decimal("22.4") * 10 < Decimal("19.65") < Decimal("19.7")


@pytest.mark.parametrize("carrier", ["steel_scrap", "crude_steel"])
def test_the_figure_in_conflict_is_used_only_when_asked_for(
    library: FactorLibrary, methods: Mapping[str, Method], carrier: str
) -> None:
    chosen = only(methods, "carbon_bearing_materials")
    row = {"indicator": "steel_carbon_input", "carrier": carrier, "value": 1000, "unit": "t"}
    found = run(library, chosen, row)
    assert (found.results.num_rows, len(found.missing)) == (0, 1)
    assert "only weak evidence" in found.findings[0].says.en
    asked = run(library, chosen, row, provisional=True)
    assert [(cell.value, cell.matches["emission_factor"].grade) for cell in asked.cells] == [(Decimal(37), "provisional")]


@pytest.mark.parametrize(
    ("indicator", "said"),
    [("lime_output", "value unknown in ['prov2025.lime.emission_factor']"), ("ferroalloy_output", "value unknown")],
)
def test_a_figure_nobody_has_seen_is_missing_with_its_reason(
    library: FactorLibrary, methods: Mapping[str, Method], indicator: str, said: str
) -> None:
    found = run(library, only(methods, "product_output"), {"indicator": indicator, "value": 5, "unit": "万吨"})
    assert found.results.num_rows == 0
    assert [f.rule for f in found.findings] == ["account.factor_missing"]
    assert said in found.findings[0].says.en


def test_anodes_count_once_where_both_anodes_and_aluminium_are_known(
    library: FactorLibrary, methods: Mapping[str, Method]
) -> None:
    metal = {"indicator": "aluminium_output", "value": 1000, "unit": "t"}
    anodes = {"indicator": "anode_consumption", "value": 480, "unit": "t"}
    chosen = only(methods, "anode_carbon")
    assert list(values(run(library, chosen, metal))) == ["process.aluminium.output.aluminium.2025"]
    assert list(values(run(library, chosen, metal, anodes))) == ["process.aluminium.anode.2025"]


def test_gases_of_aluminium_are_gases_of_their_own(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    row = {"indicator": "aluminium_output", "carrier": "aluminium", "value": 100, "unit": "万吨"}
    found = run(library, only(methods, "product_cf4", "product_c2f6", "product_sf6", "product_hfc_23"), row)
    assert {cell.method.quantity: (cell.value, cell.method.unit) for cell in found.cells} == {
        "cf4": (Decimal(20), "tCF4"),
        "c2f6": (Decimal("1.1"), "tC2F6"),
    }
    assert not [f for f in found.findings if f.severity != "info"]


def test_methanol_from_coal_is_carbon_in_less_carbon_out(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    rows = (
        {"indicator": "chemical_carbon_input", "carrier": "anthracite", "value": 1500, "unit": "t"},
        {"indicator": "chemical_carbon_output", "carrier": "methanol", "value": 1000, "unit": "t"},
    )
    found = run(library, only(methods, "carbon_balance"), *rows)
    carbon = Decimal(1500) * Decimal("24.515") * Decimal("27.49") / 1000
    assert abs(sum(values(found).values()) - (carbon - 375) * 44 / 12) < Decimal("0.001")
    assert {cell.activity.carrier: cell.edition for cell in found.cells} == {"anthracite": "heat", "methanol": "ind24"}


def test_hfc_23_is_made_less_destroyed_and_leaves_its_carbon(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    rows = (
        {"indicator": "hcfc22_output", "value": 10000, "unit": "t"},
        {"indicator": "hfc23_destroyed", "value": 140, "unit": "t"},
    )
    found = run(library, only(methods, "product_hfc_23", "balance_hfc_23", "destroyed_gas"), *rows)
    sums = {quantity: totals(found.cells, library, quantity=quantity, by="all")[0].value for quantity in ("hfc_23", "co2")}
    assert sums["hfc_23"] == 10  # 10 000 x 0.015 - 140
    assert abs(sums["co2"] - 88) < Decimal("1e-6")  # 140 x 44/70


def test_acid_without_a_word_on_abatement_is_unabated(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    row = {"indicator": "nitric_acid_output", "carrier": "nitric_acid_low_pressure", "value": 1000, "unit": "t"}
    plain = run(library, only(methods, "acid_n2o"), row)
    assert [cell.value for cell in plain.cells] == [5]
    assert "counted as unabated" in plain.cells[0].matches["removal_rate"].factor.note
    abated = run(library, only(methods, "acid_n2o"), {**row, "flow": "nscr"})
    assert abated.results.num_rows == 0  # how long it ran is not known
    assert "usage_rate" in abated.findings[0].says.en


def test_supplier_and_own_grid_have_their_own_factors(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    rows = (
        {"indicator": "electricity_received", "flow": "140000", "carrier": "electricity", "value": 100, "unit": "亿千瓦时"},
        {"indicator": "electricity_received", "flow": "150000", "carrier": "electricity", "value": 50, "unit": "亿千瓦时"},
        {"indicator": "electricity_sent", "carrier": "electricity", "value": 10, "unit": "亿千瓦时"},
    )
    found = run(library, only(methods, "electricity_received", "electricity_sent"), *rows)
    expected = 10**7 * Decimal("0.6634") + 5 * 10**6 * Decimal("0.6479") - 10**6 * Decimal("0.6191")
    (total,) = totals(found.cells, library, quantity="co2_traded", by="all")
    assert total.value == expected
    assert {f.rule for f in found.findings} == {"account.earlier_year", "account.parent_place"}


def test_green_and_sold_power_are_deducted_before_the_factor(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    amounts = {"electricity_purchased": 1000, "electricity_sold": 200, "green_electricity_direct": 300}
    rows = [{"indicator": name, "value": value, "unit": "万千瓦时"} for name, value in amounts.items()]
    found = run(library, only(methods, "enterprise_electricity"), *rows)
    assert sum(values(found).values()) == 5000 * Decimal("0.6191")


def test_biogenic_carbon_dioxide_is_a_quantity_of_its_own(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    row = {"indicator": "household_biomass_use", "carrier": "firewood", "value": 1000, "unit": "t"}
    chosen = only(methods, "biomass_co2", "combustion_ch4", "fuel_combustion")
    assert run(library, chosen, row).results.num_rows == 0
    found = run(library, chosen, row, provisional=True)
    assert {cell.method.quantity for cell in found.cells} == {"co2_biogenic", "ch4"}
    assert totals(found.cells, library, quantity="co2", by="all") == ()


def test_defaults_from_memory_are_no_part_of_the_guidelines(methods: Mapping[str, Method]) -> None:
    packages = read_packages(methods)
    for name in ("prov2011", "prov2025"):
        assert not {"combustion_ch4", "biomass_co2"} & set(methods_of(packages[name], packages, methods))
        assert any(gap.category == "energy" for gap in packages[name].unknown)
    assert "comprehensive_energy" in methods_of(packages["prov2025"], packages, methods)


def test_nothing_weak_is_a_default(library: FactorLibrary) -> None:
    memory = [f for f in library.factors.values() if "memory" in f.source or "from memory" in f.note.split(";")[0]]
    listed = [f for f in memory if f.grade != "provisional" and f.value is not None and "(from memory)" not in f.note]
    assert memory
    assert listed == []


@pytest.mark.parametrize(
    "units", [("万吨", "t", "kg"), ("亿立方米", "万立方米", "m3"), ("亿车公里", "万车公里", "vkm")], ids=lambda units: units[0]
)
def test_units_of_one_kind_give_the_same_digits(
    library: FactorLibrary, methods: Mapping[str, Method], units: tuple[str, str, str]
) -> None:
    scale = {"万吨": ("1", "10000", "10000000"), "亿立方米": ("0.01", "100", "1000000"), "亿车公里": ("0.01", "100", "1000000")}
    cases = {
        "万吨": ("carbonate_glass", "calcium_carbonate"),
        "亿立方米": ("mine_gas_vented", "ch4"),
        "亿车公里": ("vehicle_mileage", "light_gasoline_china_3"),
    }
    indicator, carrier = cases[units[0]]
    chosen = only(methods, "carbonate_use", "methane_volume", "vehicle_n2o")
    found = [
        run(library, chosen, {"indicator": indicator, "carrier": carrier, "value": value, "unit": unit})
        for unit, value in zip(units, scale[units[0]], strict=True)
    ]
    assert len({sum(values(one).values()) for one in found}) == 1
    assert all(one.results.num_rows == 1 for one in found)


def test_gas_in_tonnes_does_not_fit_a_density(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    found = run(library, only(methods, "methane_volume"), {"indicator": "mine_gas_vented", "value": 1, "unit": "t"})
    assert [f.rule for f in found.findings] == ["account.unit"]


def test_every_total_is_the_fold_of_its_cells(library: FactorLibrary, methods: Mapping[str, Method]) -> None:
    rows = [
        {"indicator": c.indicator, "carrier": c.carrier or m.carriers[0], "value": 10 + n, "unit": _unit(m)}
        for n, m in enumerate(methods.values())
        for c in m.categories
        if c.indicator != BALANCE and c.years == "this" and (c.carrier or m.carriers)
    ]
    found = run(library, methods, *{(r["indicator"], r["carrier"]): r for r in rows}.values(), provisional=True)
    assert len(found.cells) > 40
    for quantity in {cell.method.quantity for cell in found.cells}:
        cells = sum((cell.value for cell in found.cells if cell.method.quantity == quantity), Decimal(0))
        for by in ("all", "sector", "category", "carrier"):
            assert sum((t.value for t in totals(found.cells, library, quantity=quantity, by=by)), Decimal(0)) == cells  # type: ignore[arg-type]


def _unit(method: Method) -> str:
    return method.variants[0][method.activity.name]


def test_every_activity_can_be_delivered_by_its_chinese_name(methods: Mapping[str, Method]) -> None:
    catalogue = read_indicators()
    asked = {c.indicator for m in methods.values() for c in m.categories} - {BALANCE}
    assert asked <= set(catalogue.indicators)
    for name in asked:
        indicator = catalogue.indicators[name]
        match = catalogue.match(indicator.label.zh, indicator.unit)
        assert match is not None
        assert match.indicator.id == name


def test_all_definitions_read_well_in_both_languages(methods: Mapping[str, Method], library: FactorLibrary) -> None:
    for method in methods.values():
        for label in (method.title, method.summary, method.activity.label, *(c.label for c in method.categories)):
            assert "<" not in label.zh + label.en
        for need in method.factors.values():
            assert library.names["parameter", need.parameter][1], need.parameter
        for quantity in {method.quantity}:
            assert library.label("quantity", quantity).en != quantity


def test_a_definition_for_several_gases_is_refused_where_a_word_lacks(tmp_path: Path) -> None:
    text = (shipped() / "methods" / "vehicle_gases.yaml").read_text(encoding="utf-8")
    (tmp_path / "methods").mkdir()
    (tmp_path / "methods" / "own.yaml").write_text(text.replace("unit: t<species>", "unit: t<spezies>"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="spezies"):
        read_methods(tmp_path)


def test_quantities_that_stand_beside_are_never_direct(methods: Mapping[str, Method]) -> None:
    known = {method.quantity for method in methods.values()}
    assert known >= BESIDE
    assert {
        m.id for m in methods.values() if m.quantity == "co2" and m.categories[0].id.split(".")[0] in ("purchased", "traded")
    } == set()
