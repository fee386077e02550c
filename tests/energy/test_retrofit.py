"""Retrofits against hand calculations: 100 MW of coal beside 60 MW of wind, 80 MW of demand, two hours."""

from __future__ import annotations

import pytest

from dafeng.core.errors import LookupFailure
from dafeng.energy.city import Plant
from dafeng.energy.retrofit import compare_retrofits, read_retrofits, retrofit
from tests.energy.toys import coal, hours, line, series, system, wind

YEAR = hours(series("load", 1.0, 1.0), series("wind", 0.6, 0.0), series("heating", 1.0, 1.0))
OLD = coal(efficiency=0.35, must_run_share=0.5)
CITY = [*system(load=80, parts=[OLD, wind()])[:-1], Plant("coal_supply", {"price": 100, "co2_intensity": 0.3})]


def test_efficiency_saves_coal():
    # 0.35 to 122.9 / 295 = 0.4166: the same 50 + 80 MWh from 312.05 instead of 371.43 MWh of coal
    found, _ = compare_retrofits(CITY, "coal", {"efficiency": 0}, YEAR)
    fuel = {one.retrofits: one.fuel_mwh for one in found}
    assert fuel == {(): pytest.approx(130 / 0.35), ("efficiency",): pytest.approx(130 / 0.4166)}
    assert found[0].retrofits == ("efficiency",)


def test_flexibility_makes_room_for_wind():
    # with 20 MW of least output coal leaves all 60 MW to the wind in the first hour; with 50 MW only 30
    found, _ = compare_retrofits(CITY, "coal", {"flexibility": 0}, YEAR, given={"must_run_share": 0.2})
    assert {one.retrofits: one.curtailed_mwh for one in found} == {(): pytest.approx(30), ("flexibility",): pytest.approx(0)}


def test_heat_makes_a_cogeneration_unit():
    free = coal(efficiency=0.35, must_run_share=0)
    heated = [free if one is OLD else one for one in CITY] + [Plant("heat", {"peak": 20})]
    found, _ = compare_retrofits(heated, "coal", {"heat": 0}, YEAR)
    assert {one.retrofits: one.heat_mwh for one in found} == {(): 0.0, ("heat",): pytest.approx(40)}


def test_a_retrofit_that_costs_more_than_it_saves_comes_last():
    # it saves 59.4 MWh of coal in two hours: 5 939 yuan; 100 MW × 8760 h / 2 h × that would be dearer by one yuan per MW
    saved = 100 * (130 / 0.35 - 130 / 0.4166)
    dear, _ = compare_retrofits(CITY, "coal", {"efficiency": (saved + 1) * 8760 / 2 / 100}, YEAR)
    assert [one.retrofits for one in dear] == [(), ("efficiency",)]
    assert dear[1].cost - dear[0].cost == pytest.approx(1, abs=0.01)


def test_a_figure_that_nobody_gives_leaves_the_alternative_out():
    found, findings = compare_retrofits(CITY, "coal", {"flexibility": 0}, YEAR)
    assert ([one.retrofits for one in found], [one.rule for one in findings]) == ([()], ["energy.retrofit"])


def test_all_combinations_are_operated():
    costs = dict.fromkeys(read_retrofits(), 0.0)
    found, _ = compare_retrofits([*CITY, Plant("heat", {"peak": 5})], "coal", costs, YEAR, given={"must_run_share": 0.2})
    assert len({one.retrofits for one in found}) == 8
    assert [one.cost for one in found] == sorted(one.cost for one in found)


def test_only_coal_is_retrofitted():
    with pytest.raises(LookupFailure, match="efficiency"):
        retrofit(line("import"), ("efficiency",), {})
    with pytest.raises(LookupFailure, match="oil"):
        compare_retrofits(CITY, "oil", {}, YEAR)
