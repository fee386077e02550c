"""Retrofits that the optimiser chooses, against hand calculations: 100 MW of coal beside 60 MW of wind, two hours."""

from __future__ import annotations

import pytest

from dafeng.core.errors import LookupFailure
from dafeng.energy.city import Plant
from dafeng.energy.retrofit import compare_retrofits
from dafeng.energy.retrofit_choice import choose_retrofit, retrofit_cost, stated_costs
from tests.energy.toys import coal, hours, series, system, wind

YEAR = hours(series("load", 1.0, 1.0), series("wind", 0.6, 0.0), series("heating", 1.0, 1.0))
OLD = coal(efficiency=0.35, must_run_share=0.5)
CITY = [*system(load=80, parts=[OLD, wind()])[:-1], Plant("coal_supply", {"price": 100, "co2_intensity": 0.3})]
FREE = {"capex": 0.0, "life": 10.0}


def test_what_nobody_gives_cannot_be_chosen():
    assert all(value is None for figures in stated_costs().values() for value in figures.values())
    found = choose_retrofit(CITY, "coal", YEAR)
    assert found.sizes == {"none": pytest.approx(100)}
    assert (found.saved, [one.at for one in found.findings if one.rule == "energy.retrofit"]) == (
        pytest.approx(0, abs=1e-6), ["retrofit.efficiency", "retrofit.heat", "retrofit.flexibility"]
    )  # fmt: skip


def test_a_free_retrofit_that_saves_is_chosen_for_every_unit():
    found = choose_retrofit(CITY, "coal", YEAR, costs={"efficiency": FREE})
    assert found.sizes == {"none": pytest.approx(0), "efficiency": pytest.approx(100)}
    every, _ = compare_retrofits(CITY, "coal", {"efficiency": 0}, YEAR)
    assert found.cost == pytest.approx(every[0].cost)


def test_only_as_much_is_retrofitted_as_pays():
    # 50 MW must run; flexibility to zero for x MW frees 0.5 x MW for wind, useful up to 30 MW: x = 60
    cheap = {"flexibility": {"capex": 0.001, "life": 10.0}}
    found = choose_retrofit(CITY, "coal", YEAR, costs=cheap, given={"must_run_share": 0.0})
    assert found.sizes == {"none": pytest.approx(40), "flexibility": pytest.approx(60)}
    assert found.saved > 0


def test_units_are_retrofitted_whole():
    cheap = {"flexibility": {"capex": 0.001, "life": 10.0}}
    found = choose_retrofit(CITY, "coal", YEAR, costs=cheap, given={"must_run_share": 0.0}, unit=25.0)
    assert found.sizes == {"none": pytest.approx(25), "flexibility": pytest.approx(75)}
    with pytest.raises(LookupFailure, match="30"):
        choose_retrofit(CITY, "coal", YEAR, unit=30.0)


def test_the_cost_of_a_retrofit_is_its_annuity():
    # 100 yuan/kW over ten years at 6 %: 13.587 % a year
    assert retrofit_cost("efficiency", given={"capex": 100.0, "life": 10.0}) == pytest.approx(13586.8, rel=1e-4)
    with pytest.raises(LookupFailure, match="capex"):
        retrofit_cost("efficiency", given={"life": 10.0})
