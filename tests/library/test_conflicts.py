"""Disagreements are found within one purpose only, in one unit, and none of the published ones is missing."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from dafeng.core.errors import PurposeError
from dafeng.library.conflicts import Conflict, find_conflicts, read_notes
from dafeng.library.factor import Factor, check_purpose
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.warming_standards import read_warming_standards


@pytest.fixture(scope="module")
def library() -> FactorLibrary:
    return read_factors()


def of(found: tuple[Conflict, ...], substance: str, parameter: str) -> Conflict:
    """The one disagreement on a substance and parameter in combustion."""
    (one,) = [c for c in found if (c.substance, c.parameter, c.purpose) == (substance, parameter, "combustion")]
    return one


def test_bituminous_coal_has_the_published_heating_values(library: FactorLibrary) -> None:
    one = of(find_conflicts(library.factors.values()), "bituminous_coal", "heating_value")
    values = {side.factor.standard: str(side.value) for side in one.entries}
    assert values == {"ind24": "23.204", "gbt32151_22": "19.57", "prov2025": "19.57", "ets_guides": "23.076"}
    assert (str(one.spread), str(one.ratio), one.unit) == ("3.634", "1.1857", "GJ/t")


def test_values_in_other_units_are_compared_as_amounts(library: FactorLibrary) -> None:
    found = find_conflicts(library.factors.values(), agreeing=True)
    one = of(found, "natural_gas", "heating_value")
    assert one.agrees
    assert {side.factor.unit for side in one.entries} == {"GJ/Nm3", "GJ/万Nm3"}


def test_agreeing_sources_are_no_conflict(library: FactorLibrary) -> None:
    plain = find_conflicts(library.factors.values())
    assert not any(one.agrees for one in plain)
    assert not [one for one in plain if (one.substance, one.parameter) == ("natural_gas", "heating_value")]


def test_no_group_has_factors_of_two_purposes(library: FactorLibrary) -> None:
    for one in find_conflicts(library.factors.values(), agreeing=True):
        assert {side.factor.purpose for side in one.entries} == {one.purpose}


def test_the_national_grid_factors_of_four_purposes_are_no_conflict(library: FactorLibrary) -> None:
    found = find_conflicts([one for one in library.factors.values() if one.substance == "electricity"], agreeing=True)
    assert [one for one in found if one.parameter == "emission_factor"] == []


def test_comparing_across_purposes_is_refused(library: FactorLibrary) -> None:
    with pytest.raises(PurposeError):
        check_purpose([library.factors["grid.average.100000.2023"], library.factors["grid.footprint.100000.2023"]])


def test_the_order_of_the_rows_does_not_matter(library: FactorLibrary) -> None:
    rows = list(library.factors.values())
    random.Random(7).shuffle(rows)
    assert find_conflicts(rows) == find_conflicts(library.factors.values())


def test_a_unit_of_another_dimension_stands_in_a_group_of_its_own(library: FactorLibrary) -> None:
    heat = library.factors["heat.ind24"]
    more = [
        replace(heat, id=f"own.{name}", standard=name, unit="tCO2/t", value=Decimal(n)) for n, name in ((1, "user"), (2, "sar"))
    ]
    found = find_conflicts([*library.factors.values(), *more])
    assert sorted(one.unit for one in found if one.substance == "heat") == ["tCO2/GJ", "tCO2/t"]


def test_an_unknown_value_is_listed_and_not_compared(library: FactorLibrary) -> None:
    one = of(find_conflicts(library.factors.values()), "bituminous_coal", "carbon_content")
    blank = [side.factor.id for side in one.entries if side.value is None]
    assert (blank, str(one.lower), str(one.upper)) == (["ets_guides.bituminous_coal.carbon_content"], "26.1", "26.18")


def test_every_note_belongs_to_a_factor(library: FactorLibrary) -> None:
    topics = {(one.substance, one.parameter, one.purpose) for one in library.factors.values()}
    assert [topic for topic in read_notes() if topic not in topics] == []


def test_notes_stand_with_their_conflict(library: FactorLibrary) -> None:
    one = of(find_conflicts(library.factors.values(), notes=read_notes()), "cleaned_coal", "heating_value")
    assert ["26.344/29.271" in note.says.en for note in one.notes] == [True]


def test_a_standard_that_contradicts_itself_has_no_assessment() -> None:
    found = {name: one.assessment for name, one in read_warming_standards().items()}
    assert (found["land_transport"], found["electronics"], found["aluminium_2024"], found["chemicals"]) == (
        None,
        None,
        "ar5",
        "sar",
    )


def test_figures_of_reporting_standards_are_those_of_their_assessment(library: FactorLibrary) -> None:
    symbols = {"CH4": "ch4", "N2O": "n2o", "SF6": "sf6", "CF4": "cf4", "C2F6": "c2f6", "HFC-23": "hfc_23"}
    for one in read_warming_standards().values():
        for gas, value in (seen.split(" ", 1) for seen in one.gases if one.assessment):
            match = library.look_up(symbols[gas], "warming_potential", "warming", str(one.assessment), "100000", 2025)
            assert str(match.value) == value


def known(value: Factor) -> bool:
    """Whether a factor has a value."""
    return value.value is not None


def test_the_library_knows_what_it_does_not_know(library: FactorLibrary) -> None:
    assert all(one.note for one in library.factors.values() if not known(one))
