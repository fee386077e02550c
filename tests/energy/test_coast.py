from __future__ import annotations

import numpy as np
import pytest

from dafeng.core.errors import LookupFailure, TableError
from dafeng.energy.coast import coastal_year, full_load_hours
from dafeng.energy.profiles import collect
from tests.energy.toys import series

YANTAI = "370600"
CAPACITY = ("onshore_wind", "offshore_wind", "pv", "rooftop_pv", "sea_pv")


@pytest.fixture(scope="module")
def year():
    return coastal_year(YANTAI)


def test_the_same_place_gives_the_same_bits(year):
    again = coastal_year(YANTAI)
    assert {n: p.values.tobytes() for n, p in again.listed.items()} == {n: p.values.tobytes() for n, p in year.listed.items()}


def test_two_places_differ(year):
    assert not np.array_equal(coastal_year("370200").series("pv"), year.series("pv"))


@pytest.mark.parametrize("name", ["onshore_wind", "offshore_wind", "pv"])
def test_full_load_hours_are_the_stated_ones(year, name):
    assert year.listed[name].full_hours == pytest.approx(full_load_hours(YANTAI)[name].value, abs=0.01)


@pytest.mark.parametrize("name", [*CAPACITY, "heating", "vehicles_plugged"])
def test_shares_stay_between_nothing_and_everything(year, name):
    values = year.series(name)
    assert values.min() >= 0
    assert values.max() <= 1


@pytest.mark.parametrize("name", ["electricity_load", "price", "heat_load", "cooling_load", "vehicles_driving"])
def test_shapes_have_mean_one(year, name):
    assert year.series(name).mean() == pytest.approx(1.0, abs=1e-8)


def test_the_sun_does_not_shine_at_midnight(year):
    assert year.series("pv")[::24].max() == 0.0


def test_the_sun_is_highest_near_local_noon(year):
    # At 121.4° E local noon is 5.6 minutes before 12:00 Beijing time, the equation of time averages out.
    assert year.series("pv").reshape(365, 24).mean(axis=0).argmax() == 11


def test_heating_rests_in_summer(year):
    # Season from 15 November to 20 March: day 180 lies outside.
    assert year.series("heating")[180 * 24 : 181 * 24].max() == 0.0


def test_every_profile_says_that_it_is_synthetic(year):
    assert {one.origin for one in year.listed.values()} == {"synthetic"}
    assert all("synthetic" in one.note.en and "合成" in one.note.zh for one in year.listed.values())


def test_an_unknown_place_is_refused():
    with pytest.raises(LookupFailure, match="110000"):
        coastal_year("110000")


def test_an_unknown_profile_is_refused(year):
    with pytest.raises(LookupFailure, match="tide"):
        year.series("tide")


def test_profiles_have_one_length():
    with pytest.raises(TableError):
        collect([series("a", 1, 2), series("b", 1)])


def test_profiles_have_no_gaps():
    with pytest.raises(TableError):
        collect([series("a", 1, float("nan"))])


def test_profiles_cannot_be_changed(year):
    with pytest.raises(ValueError, match="read-only"):
        year.series("pv")[0] = 1.0
