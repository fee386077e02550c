"""A look-up explains itself or fails; purposes never mix; a later year never stands in (failures F06, F10, F22)."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError, LookupFailure, PurposeError
from dafeng.library.factor import Key, check_purpose, surrounding, worst
from dafeng.library.factors import FactorLibrary, read_factors

HEAD = "id,substance,parameter,purpose,standard,place,year,sector,value,lower,upper,unit,source,clause,grade,note\n"
GRID = ("electricity", "emission_factor", "average", "grid_announcement")


@pytest.fixture(scope="module")
def library() -> FactorLibrary:
    return read_factors()


def overlay(folder: Path, row: str) -> Path:
    (folder / "factors").mkdir()
    (folder / "factors" / "own.csv").write_text(HEAD + row + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(("year", "value"), [(2021, "0.6838"), (2022, "0.641"), (2023, "0.6191")])
def test_the_shandong_grid_series_is_as_published(library: FactorLibrary, year: int, value: str) -> None:
    found = library.look_up(*GRID, "370000", year)
    assert (str(found.value), found.grade, found.factor.unit) == (value, "exact", "kgCO2/kWh")


def test_a_city_takes_the_factor_of_its_province_and_says_so(library: FactorLibrary) -> None:
    assert library.look_up(*GRID, "370602", 2023).grade == "parent_place"


def test_an_earlier_year_stands_in_and_says_so(library: FactorLibrary) -> None:
    found = library.look_up(*GRID, "370000", 2025)
    assert (found.factor.year, found.grade, found.steps[0].en) == (2023, "earlier_year", "of the earlier year 2023")


def test_a_later_year_never_stands_in(library: FactorLibrary) -> None:
    with pytest.raises(LookupFailure, match=r"only later years \[2021, 2022, 2023\]"):
        library.look_up(*GRID, "370000", 2020)


def test_the_national_factors_of_different_purposes_stay_apart(library: FactorLibrary) -> None:
    purposes = {"average": "0.5306", "residual": "0.6096", "fossil": "0.8273"}
    found = {p: str(library.look_up(*GRID[:2], p, GRID[3], "100000", 2023).value) for p in purposes}
    assert found == purposes


def test_a_purpose_that_does_not_exist_is_refused_not_replaced(library: FactorLibrary) -> None:
    with pytest.raises(PurposeError, match="average, build_margin, ets_reporting, footprint, fossil, operating_margin"):
        library.look_up("electricity", "emission_factor", "combustion", "grid_announcement", "370000", 2023)


def test_factors_of_two_purposes_are_refused_together(library: FactorLibrary) -> None:
    with pytest.raises(PurposeError, match="serve different purposes"):
        check_purpose([library.factors["grid.average.100000.2023"], library.factors["grid.fossil.100000.2023"]])


def test_weak_evidence_is_not_chosen_silently(library: FactorLibrary) -> None:
    with pytest.raises(LookupFailure, match="only weak evidence"):
        library.look_up("electricity", "emission_factor", "ets_reporting", "ets_notice", "370000", 2022)


def test_weak_evidence_is_marked_where_asked_for(library: FactorLibrary) -> None:
    found = library.look_up("electricity", "emission_factor", "ets_reporting", "ets_notice", "100000", 2022, provisional=True)
    assert (str(found.value), found.grade) == ("0.5703", "provisional")


def test_another_edition_stands_in_only_where_named(library: FactorLibrary) -> None:
    with pytest.raises(LookupFailure):
        library.look_up("kerosene", "heating_value", "combustion", "prov2025", "370000", 2025)
    found = library.look_up("kerosene", "heating_value", "combustion", "prov2025", "370000", 2025, fallback=("gbt32151_22",))
    assert (str(found.value), found.grade) == ("43.07", "other_edition")


def test_raw_coal_is_counted_as_bituminous_with_the_reason(library: FactorLibrary) -> None:
    found = library.look_up("raw_coal", "heating_value", "combustion", "gbt32151_22", "370000", 2025)
    assert (found.factor.substance, found.grade) == ("bituminous_coal", "substitute")
    assert "bituminous coal stands in" in found.steps[0].en


def test_an_unknown_value_is_no_value(library: FactorLibrary) -> None:
    with pytest.raises(LookupFailure, match="value unknown in"):
        library.look_up("natural_gas", "coal_equivalent", "calorific", "yearbook2023", "370000", 2023)


def test_a_true_zero_is_kept(library: FactorLibrary) -> None:
    zero = replace(library.factors["heat.ind24"], id="own.zero", standard="user", value=Decimal(0))
    found = library.add([zero]).look_up("heat", "emission_factor", "purchased", "user", "370600", 2025, fallback=("ind24",))
    assert (found.value, found.factor.id) == (Decimal(0), "own.zero")


def test_a_factor_of_the_sector_is_preferred(library: FactorLibrary) -> None:
    own = replace(library.factors["heat.ind24"], id="own.sector", sector="energy.households", value=Decimal("0.05"))
    more = library.add([own])
    sectors = {s: str(more.look_up("heat", "emission_factor", "purchased", "ind24", "370600", 2025, sector=s).value)
               for s in ("energy.households.urban", "energy.industry", "energy.householdsx")}  # fmt: skip
    assert sectors == {"energy.households.urban": "0.05", "energy.industry": "0.11", "energy.householdsx": "0.11"}


def test_distinct_keys_are_resolved_once(library: FactorLibrary) -> None:
    key = Key(*GRID, "370600", 2025)
    assert list(library.resolve([key, key, key])) == [key]


def test_failures_are_resolved_to_themselves(library: FactorLibrary) -> None:
    key = Key(*GRID, "370600", 2007)
    assert isinstance(library.resolve([key])[key], LookupFailure)


@pytest.mark.parametrize(("report", "ch4", "n2o"), [("sar", "21", "310"), ("ar4", "25", "298"), ("ar5", "28", "265")])
def test_each_assessment_has_its_own_potentials(library: FactorLibrary, report: str, ch4: str, n2o: str) -> None:
    found = [library.look_up(gas, "warming_potential", "warming", report, "100000", 2025) for gas in ("ch4", "n2o")]
    assert [(str(m.value), m.factor.unit) for m in found] == [(ch4, "tCO2e/tCH4"), (n2o, "tCO2e/tN2O")]


def test_a_missing_potential_names_the_gas(library: FactorLibrary) -> None:
    with pytest.raises(LookupFailure, match="nf3/warming_potential"):
        library.look_up("nf3", "warming_potential", "warming", "sar", "100000", 2025)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("heat.ind24,heat,emission_factor,purchased,user,,,,0.2,,,tCO2/GJ,ind24,,primary,", "already defined"),
        ("own,heat,emission_factor,purchased,ind24,,,,0.2,,,tCO2/GJ,ind24,,primary,", "same key"),
        ("own,heat,emission_factor,purchased,user,,,,0.2,,,tCO2/GJ,nowhere,,primary,", "unknown source"),
        ("own,heat,emission_factor,purchased,user,,,,,,,tCO2/GJ,ind24,,primary,", "needs a note"),
        ("own,heat,emission_factor,purchased,user,,,,1e6,,,tCO2/GJ,ind24,,primary,", "no unambiguous number"),
        ("own,heat,emission_factor,bought,user,,,,0.2,,,tCO2/GJ,ind24,,primary,", "'bought' is not in names.csv"),
        ("own,heat,emission_factor,purchased,user,,,,0.2,0.3,0.1,tCO2/GJ,ind24,,primary,", "lower bound exceeds"),
        ("own,heat,emission_factor,purchased,user,,,,0.2,,,tCO2/GJ,ind24,,good,", "unknown evidence grade"),
    ],
)
def test_a_row_that_breaks_the_schema_is_refused(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        read_factors(overlay(tmp_path, row))


def test_a_city_adds_its_own_dated_factor(tmp_path: Path) -> None:
    row = "own,electricity,emission_factor,average,grid_announcement,370600,2023,,0.5,,,kgCO2/kWh,dafeng,,reported,"
    found = read_factors(overlay(tmp_path, row)).look_up(*GRID, "370600", 2024)
    assert (found.factor.id, found.grade) == ("own", "earlier_year")


def test_no_factor_with_weak_evidence_is_graded_as_sound(shared: Path, library: FactorLibrary) -> None:
    text = (shared / "data/accounting/grid_electricity.yaml").read_text(encoding="utf-8")
    weak = [
        line for line in text.splitlines() if "level: national" in line and ("evidence: C" in line or "evidence: M" in line)
    ]
    assert len(weak) == 8
    assert sum(f.standard == "ets_notice" and f.grade == "provisional" for f in library.factors.values()) == 3


def test_all_shipped_values_are_those_of_the_material(shared: Path, root: Path) -> None:
    with (root / "src/dafeng/data/factors/fuels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    text = (shared / "data/accounting/fuels.yaml").read_text(encoding="utf-8")
    assert all(f": {row['value']}" in text for row in rows)
    assert len(rows) == 276


def test_surrounding_places_go_outwards() -> None:
    assert surrounding("370602") == ("370602", "370600", "370000", "100000")


@given(st.lists(st.sampled_from(["exact", "earlier_year", "parent_place", "other_edition", "substitute", "provisional"])))
def test_the_worst_grade_never_improves_with_more(grades: list[str]) -> None:
    order = ["exact", "earlier_year", "parent_place", "other_edition", "substitute", "provisional"]
    assert worst(grades) == max(grades, key=order.index, default="exact")  # type: ignore[arg-type]


@given(st.integers(min_value=2015, max_value=2060))
def test_no_factor_is_younger_than_the_activity(year: int) -> None:
    found = read_factors().resolve([Key(*GRID, "370600", year)])
    assert all(isinstance(m, LookupFailure) or (m.factor.year or 0) <= year for m in found.values())
