"""Keys get the factor that a fact would get, and a key without factor says why."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dafeng.core.errors import LookupFailure
from dafeng.library.factor import worst
from dafeng.library.factors import read_factors
from dafeng.methods.account import account
from dafeng.methods.catalogue import read_methods
from dafeng.methods.keys import ActivityKey, Composed, Lack, compose_keys
from tests.methods.conftest import facts

GRID = (("370600", 2023), ("320100", 2023), ("370600", 2016))
LIBRARY, METHODS = read_factors(), read_methods()


def composed(*keys, **options):
    return compose_keys(keys, library=LIBRARY, methods=METHODS, **options)


def key(category="energy.transport", carrier="diesel", unit="t", place="370600", year=2023, flow=""):
    return ActivityKey(place, year, category, carrier, flow, unit)


def only(found):
    ((one,),) = found.values()
    return one


def test_a_factor_is_composed_as_for_a_fact():
    # 3.095910 tCO2/t of diesel: provincial guideline 2025, worked example of the method
    one = only(composed(key()))
    assert isinstance(one, Composed)
    assert round(one.factor, 6) == Decimal("3.095910")


@pytest.mark.parametrize("carrier", ["raw_coal", "cleaned_coal", "gasoline", "natural_gas", "blast_furnace_gas"])
@pytest.mark.parametrize("year", [2007, 2023])
def test_every_carrier_gets_the_factor_and_grade_of_the_account(carrier, year):
    unit = "亿立方米" if carrier.endswith("gas") else "万吨"
    row = {"flow": "final.transport", "carrier": carrier, "value": "1", "unit": unit, "period": str(year), "place": "370000"}
    table = facts(row)
    (cell,) = [
        cell
        for cell in account(table, library=LIBRARY, methods=METHODS, place="370000", year=year).cells
        if cell.method.id == "fuel_combustion"
    ]
    one = only(composed(key(carrier=carrier, unit=unit, place="370000", year=year)))
    assert (one.factor, one.edition) == (cell.composed, cell.edition)
    assert one.grade == worst(match.grade for match in cell.matches.values())


def test_places_and_years_are_told_apart_where_factors_are():
    shandong, jiangsu, before = (key("location.electricity", "electricity", "MWh", place, year) for place, year in GRID)
    found = composed(shandong, jiangsu, before)
    assert found[shandong][0].factor != found[jiangsu][0].factor
    assert found[shandong][0].grade == "parent_place"
    assert found[before][0].reason == "factor"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"category": "energy.space"}, "category"),
        ({"carrier": "unobtainium"}, "carrier"),
        ({"carrier": "bitumen"}, "excluded"),
        ({"carrier": "coal_gangue"}, "factor"),
        ({"unit": "m3"}, "unit"),
        ({"unit": "furlong"}, "unit"),
        ({"unit": ""}, "unit"),
        ({"place": "3706"}, "place"),
        ({"place": ""}, "place"),
        ({"year": 0}, "year"),
        ({"year": 20231}, "year"),
    ],
)
def test_a_key_without_factor_says_why(given, reason):
    one = only(composed(key(**given)))
    assert isinstance(one, Lack)
    assert one.reason == reason


def test_weak_evidence_is_used_only_when_asked_for():
    plain, weak = (composed(key(carrier="coal_gangue"), provisional=ask) for ask in (False, True))
    assert isinstance(only(plain), Lack)
    assert isinstance(only(weak), Lack) or only(weak).grade == "provisional"


def test_a_factor_that_loses_its_digits_is_marked():
    # diesel in milligrams: 3.1e-9 tCO2/mg is 0.000000003 to nine places
    assert only(composed(key(unit="mg"))).coarse
    assert not only(composed(key(unit="kg"))).coarse


def test_an_edition_that_does_not_exist_is_refused():
    with pytest.raises(LookupFailure, match="1999"):
        composed(key(), editions={"fuel_combustion": "1999"})
