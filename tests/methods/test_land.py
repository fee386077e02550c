"""Agriculture, forests and waste: every factor counts, sinks stay, decay and stock changes keep their identities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.factors import FactorLibrary
from dafeng.library.factors import library as make_library
from dafeng.library.overlay import shipped
from dafeng.methods.account import Accounting, account
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import Example, Method
from dafeng.methods.examples import run_example
from dafeng.methods.views import totals
from tests.methods.conftest import definitions, facts

SECTORS = ("agriculture", "forest", "waste")
LAND = [m for m in definitions().values() if m.categories[0].id.split(".")[0] in ("agriculture", "land", "waste")]
EXAMPLES = [(m.id, number) for m in LAND for number, example in enumerate(m.examples) if example.result]
FILES = sorted((shipped() / "methods" / f"{m.id}.yaml") for m in LAND)


def run(
    library: FactorLibrary, *rows: Mapping[str, Any], year: int = 2025, place: str = "370600", **options: Any
) -> Accounting:
    """Accounting of all methods of agriculture, forests and waste."""
    filled = [{"place": place, "period": str(year), **row} for row in rows]
    found = {m.id: m for m in LAND}
    return account(facts(*filled), library=library, methods=found, place=place, year=year, **options)


def results(found: Accounting) -> dict[str, Decimal]:
    return {row["result"]: row["value"] for row in found.results.to_pylist()}


def rules(found: Accounting) -> list[str]:
    return [f.rule for f in found.findings if f.rule != "account.no_facts"]


def herd(carrier: str, value: str, **more: str) -> dict[str, str]:
    return {"indicator": "livestock_herd", "carrier": carrier, "value": value, "unit": "万头", **more}


def alone(methods: Mapping[str, Method], name: str, number: int) -> tuple[Method, Example]:
    """A method without the edition that would stand in, and one of its examples."""
    method = methods[name]
    editions = {key: replace(edition, otherwise=None, fallback=()) for key, edition in method.editions.items()}
    return replace(method, editions=editions), method.examples[number]


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_no_default_stands_in_for_a_factor(
    methods: Mapping[str, Method], library: FactorLibrary, name: str, number: int
) -> None:
    usual, example = methods[name], methods[name].examples[number]
    whole = run_example(usual, example, library)
    if {cell.edition for cell in whole.cells} != {example.edition}:
        return
    method, _ = alone(methods, name, number)
    used = {match.factor.id: match.factor for cell in whole.cells for match in cell.matches.values()}
    for factor in used.values():
        without = {f.id: f for f in library.factors.values() if f.parameter != factor.parameter}
        bare = make_library(without, library.names, library.substitutes)
        given = tuple(one for one in example.given if method.factors[one[0]].parameter != factor.parameter)
        found = run_example(method, replace(example, given=given), bare)
        assert not found.cells, factor.id
        assert found.missing, factor.id
        assert {f.severity for f in found.findings if f.rule == "account.factor_missing"} == {"error"}


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_a_true_zero_of_a_factor_is_kept(methods: Mapping[str, Method], library: FactorLibrary, name: str, number: int) -> None:
    method, example = methods[name], methods[name].examples[number]
    before = run_example(method, example, library)
    used = {match.factor.id: match.factor for cell in before.cells for match in cell.matches.values()}
    for factor in used.values():
        zeros = {f.id: replace(f, value=Decimal(0)) if f.id == factor.id else f for f in library.factors.values()}
        given = tuple((n, Decimal(0) if method.factors[n].parameter == factor.parameter else v, u) for n, v, u in example.given)
        found = run_example(method, replace(example, given=given), make_library(zeros, library.names, library.substitutes))
        values = {match.value for cell in found.cells for match in cell.matches.values() if match.factor.id == factor.id}
        assert values == {Decimal(0)}, factor.id
        total = sum(results(found).values())
        assert total == 0 or total != sum(results(before).values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_wrong_unit_or_sign_is_refused(tmp_path: Path, path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(f"id: {path.stem}\n", "id: own_method\n")
    method = definitions()[path.stem]
    other = {"tCO2": "tCH4", "tCH4": "tN2O", "tN2O": "tCO2"}[method.unit]
    (tmp_path / "methods").mkdir()
    for broken in (text.replace(f"\nunit: {method.unit}\n", f"\nunit: {other}\n"), _turned(text, method)):
        assert broken != text
        (tmp_path / "methods" / "own.yaml").write_text(broken, encoding="utf-8")
        with pytest.raises(DefinitionError):
            read_methods(tmp_path)


def _turned(text: str, method: Method) -> str:
    old = next(line for line in text.splitlines() if line.startswith("  ") and line.split(":")[0].strip() in method.equations)
    head, body = old.split(": ", 1)
    return text.replace(old, f"{head}: {body[1:] if body.startswith('-') else '-' + body}")


def test_a_sink_is_negative_and_a_true_zero_is_a_result(library: FactorLibrary) -> None:
    sink = {"indicator": "forest_area", "carrier": "forest.poplar", "unit": "公顷"}
    found = run(library, {**sink, "value": "2855.313", "period": "2020"}, {**sink, "value": "5710.626"}, herd("pig", "0"))
    total = totals(found.cells, library, quantity="co2", by="all")[0].value
    assert total.quantize(Decimal("1")) == -12000
    assert results(found)["agriculture.enteric.pig.ch4.2025"] == 0
    assert rules(found) == ["account.parent_place"] * 3


def test_animals_slaughtered_never_stand_in_for_the_herd(library: FactorLibrary) -> None:
    found = run(library, {**herd("pig", "120"), "indicator": "livestock_slaughtered"})
    assert not found.cells
    assert [f.says.en for f in found.findings if f.rule == "account.left_out"] == [
        "left out pigs 120 10^4 head: animals slaughtered are not the mean herd and cannot stand in; deliver the herd"
    ] * 2


def test_a_whole_beside_its_parts_counts_once(library: FactorLibrary) -> None:
    parts = (herd("dairy.young", "1"), herd("dairy.adult", "2"), herd("dairy.breeding", "3"))
    found = run(library, herd("dairy", "6"), *parts)
    assert results(found) == results(run(library, *parts))
    assert "account.sum" not in rules(found)
    short = run(library, herd("dairy", "7"), *parts)
    assert [f.says.en for f in short.findings if f.rule == "account.sum"] == [
        "dairy cattle: the parts less their total are -1 10^4 head; the parts were used"
    ]


def test_a_herd_by_manure_system_counts_once_for_the_animals_too(library: FactorLibrary) -> None:
    systems = (herd("pig", "4", flow="manure.lagoon.14"), herd("pig", "6", flow="manure.solid.14"))
    found = results(run(library, herd("pig", "10"), *systems))
    assert found["agriculture.enteric.pig.ch4.2025"] == 150
    assert found["agriculture.manure.pig.manure.lagoon.14.ch4.2025"] == Decimal("621.25482")
    assert "agriculture.manure.pig.ch4.2025" not in found


def test_a_total_that_names_no_kind_is_left_out_and_said(library: FactorLibrary) -> None:
    found = run(library, {"indicator": "livestock_herd", "value": "300", "unit": "万头"})
    assert not found.cells
    assert set(rules(found)) == {"account.kind"}


def test_an_animal_that_nobody_knows_is_said(library: FactorLibrary) -> None:
    found = run(library, herd("camel", "1"))
    assert not found.cells
    assert set(rules(found)) == {"account.carrier_unknown", "account.factor_missing"}


@pytest.mark.parametrize(("place", "pig"), [("370600", 5080), ("130100", 3120), ("210100", 1120), ("440100", 5850)])
def test_regions_of_manure_are_those_of_its_own_tables(library: FactorLibrary, place: str, pig: int) -> None:
    found = run(library, herd("pig", "100"), place=place)
    assert results(found)["agriculture.manure.pig.ch4.2025"] == pig


def test_stored_factors_of_incineration_are_not_used(library: FactorLibrary) -> None:
    burnt = {"indicator": "waste_incinerated", "unit": "t", "value": "1"}
    found = run(library, {**burnt, "carrier": "municipal_waste"}, {**burnt, "carrier": "hazardous_waste"})
    values = {cell.activity.carrier: cell.composed for cell in found.cells if cell.method.id == "incineration"}
    assert values == {"municipal_waste": Decimal("0.557333333"), "hazardous_waste": Decimal("1.641750000")}
    assert not {Decimal("0.304"), Decimal("0.8955")} & {factor.value for factor in library.factors.values()}


def test_biogenic_carbon_is_no_part_of_the_total(library: FactorLibrary) -> None:
    burnt = {"indicator": "waste_incinerated", "unit": "t", "value": "1", "carrier": "municipal_waste"}
    found = run(library, burnt)
    assert totals(found.cells, library, quantity="co2", by="all")[0].value == Decimal("0.557333333")
    assert totals(found.cells, library, quantity="co2_biogenic", by="all")[0].value == Decimal("0.836")


def test_weak_evidence_counts_only_if_asked_for_and_is_marked(library: FactorLibrary) -> None:
    rice = {"indicator": "rice_sown_area", "carrier": "rice.single", "unit": "公顷", "value": "10"}
    refused = run(library, rice)
    assert not refused.cells
    assert [f.severity for f in refused.findings if f.rule == "account.factor_missing"] == ["error"]
    asked = run(library, rice, provisional=True)
    assert [row["match"] for row in asked.results.to_pylist()] == ["provisional"]
    assert "account.provisional" in rules(asked)


def dumped(year: int, value: str = "1", kind: str = "municipal_waste.food", site: str = "landfill.managed") -> dict[str, str]:
    return {
        "indicator": "waste_landfilled", "carrier": kind, "flow": site, "period": str(year), "value": value, "unit": "万吨",
    }  # fmt: skip


def test_all_years_of_decay_are_the_commitment_of_what_was_laid_down(library: FactorLibrary) -> None:
    years = [sum(results(run(library, dumped(2000), year=at, provisional=True)).values()) for at in range(2001, 2041)]
    with localcontext() as context:
        context.prec = 40
        commitment = 10000 * Decimal("0.15") * Decimal("0.5") * Decimal("0.5") * 16 / 12 * Decimal("0.9")
        left = (-Decimal("0.06") * 40).exp()
    assert abs(sum(years) - commitment * (1 - left)) < Decimal("1e-6")
    assert commitment == 450


def test_a_constant_deposit_comes_to_a_steady_state(library: FactorLibrary) -> None:
    found = run(library, *(dumped(year) for year in range(1725, 2025)), provisional=True)
    assert abs(sum(results(found).values()) - 450) < Decimal("1e-4")


def test_waste_of_the_year_itself_gives_nothing_yet(library: FactorLibrary) -> None:
    assert results(run(library, dumped(2025), provisional=True)) == {}


def test_mass_balance_counts_the_year_and_no_other(library: FactorLibrary) -> None:
    row = next(f for f in library.factors.values() if f.parameter == "degradable_carbon" and f.standard == "prov2011")
    factors = {**library.factors, row.id: replace(row, value=Decimal("0.14"))}
    known = make_library(factors, library.names, library.substitutes)
    rows = [dumped(2024, "9", "municipal_waste"), dumped(2025, "1", "municipal_waste")]
    found = run(known, *rows, provisional=True, editions={"landfill_methane": "prov2011"})
    assert results(found) == {"waste.landfill.balance.municipal_waste.landfill.managed.ch4.2025": Decimal("420")}


def test_what_lacks_for_every_year_of_waste_is_said_once(library: FactorLibrary) -> None:
    found = run(library, *(dumped(year) for year in range(2010, 2025)))
    assert len(found.missing) == 15
    assert rules(found) == ["account.factor_missing"]


def test_gas_recovered_is_taken_off_what_is_not_oxidised(library: FactorLibrary) -> None:
    gas = {"indicator": "landfill_methane_recovered", "flow": "landfill.managed", "value": "10", "unit": "吨CH4"}
    found = run(library, dumped(2024), gas, provisional=True)
    with localcontext() as context:
        context.prec = 40
        made = 450 * (1 - (-Decimal("0.06")).exp())
    total = totals(found.cells, library, quantity="ch4", by="sector")[0]
    assert (total.key, abs(total.value - (made - 9)) < Decimal("1e-6")) == ("waste.landfill", True)


def test_nothing_is_subtracted_from_what_could_not_be_computed(library: FactorLibrary) -> None:
    gas = {"indicator": "landfill_methane_recovered", "flow": "landfill.managed", "value": "10", "unit": "吨CH4"}
    held = run(library, dumped(2024), gas)
    assert not held.cells
    assert {m.activity.category.id for m in held.missing} == {"waste.landfill", "waste.landfill.recovery"}
    assert "account.deduction" in rules(held)
    lone = run(library, gas)
    assert list(results(lone).values()) == [-9]
    assert "account.deduction" in rules(lone)


POPLAR = {"carrier": "forest.poplar", "place": "370000"}


def poplar(year: int, area: str, density: str) -> list[dict[str, str]]:
    """Area [10^4 ha] and, by V = (2 C / A - b) / a, growing stock of the published carbon density [MgC/ha]."""
    volume = (2 * Decimal(density) - Decimal("11.462")) / Decimal("0.6251") * Decimal(area)
    return [
        {**POPLAR, "indicator": "forest_area", "period": str(year), "value": area, "unit": "万公顷"},
        {**POPLAR, "indicator": "forest_stock", "period": str(year), "value": f"{volume:.6f}", "unit": "万立方米"},
    ]


def test_poplar_of_shandong_takes_up_what_was_published(library: FactorLibrary) -> None:
    rows = [*poplar(2008, "89.33", "21.65"), *poplar(2013, "91.52", "28.14")]
    found = run(library, *rows, year=2013, place="370000")
    carbon = totals(found.cells, library, quantity="co2", by="all")[0].value * 12 / 44 / 10**6
    assert carbon.quantize(Decimal("0.01")) == Decimal("-1.28")
    assert set(rules(found)) == set()


def test_the_published_density_of_poplar_inverts_to_its_stock() -> None:
    volume = (2 * Decimal("28.14") - Decimal("11.462")) / Decimal("0.6251")
    assert volume.quantize(Decimal("0.01")) == Decimal("71.70")


def test_the_published_stocks_of_shandong_give_the_published_sink() -> None:
    sink = {"all": ("34.75", "43.98", "1.85"), "planted": ("33.22", "42.21", "1.80"), "natural": ("1.53", "1.77", "0.05")}
    for before, now, said in sink.values():
        assert abs((Decimal(now) - Decimal(before)) / 5 - Decimal(said)) <= Decimal("0.005")
    assert Decimal("33.22") + Decimal("1.53") == Decimal("34.75")
    assert Decimal("42.21") + Decimal("1.77") == Decimal("43.98")


def test_no_change_is_computed_in_a_year_without_survey(library: FactorLibrary) -> None:
    rows = [*poplar(2008, "89.33", "21.65"), *poplar(2013, "91.52", "28.14")]
    found = run(library, *rows, year=2015, place="370000")
    assert not found.cells
    assert [f.says.en for f in found.findings if f.rule == "account.survey"] == [
        "carbon stock change of forests, by area: there is no survey of 2015, so the change is not known",
        "carbon stock change of forests, by growing stock: there is no survey of 2015, so the change is not known",
    ]


def test_orchards_have_no_values_and_are_said(library: FactorLibrary) -> None:
    area = {"indicator": "forest_area", "carrier": "forest.orchard", "unit": "公顷", "value": "10"}
    found = run(library, {**area, "period": "2020"}, area)
    assert not found.cells
    assert set(rules(found)) == {"account.factor_missing"}


def test_provisional_values_are_known_as_such(library: FactorLibrary) -> None:
    weak = {f.grade for f in library.factors.values() if f.standard == "prov2011" and f.purpose in SECTORS}
    assert weak == {"provisional"}
    assert all(f.note for f in library.factors.values() if f.purpose in SECTORS and f.grade == "provisional")
