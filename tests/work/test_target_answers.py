"""A city on paper (see ``toy_city``): peak year, clashes, slack, prices and least cost, each derived by hand."""

from __future__ import annotations

import pytest

from dafeng.work.target_answers import answer_system
from tests.work.toy_city import SAVING, WIND, emissions, highest_year, share, toy_bench, toy_system, wind


def test_nothing_done_the_last_year_is_the_highest() -> None:
    assert highest_year(toy_bench(emissions(0.0)[1])) == 2035


def test_all_that_can_be_done_does_not_end_the_rise() -> None:
    """2030: 120 * 0.75 - 50 = 40; 2035: 140 * 0.75 - 50 = 55 kt."""
    bench = toy_bench(emissions(0.0)[1])
    assert bench.series({"wind": 30.0, "saving": 0.25}, "co2")[2035] == pytest.approx(55e3)


def test_the_cheaper_measure_is_taken_first() -> None:
    """share(2030) >= 1/2 asks w + 60 s >= 40. Wind costs 10 per unit of that row, saving 1200 / 60 = 20.

    So all 30 MW first, then s = 1/6: 30 * 10 + 1200 / 6 = 500 yuan a year.
    """
    found = answer_system(toy_system(share(0.5)))
    assert found.feasible
    assert found.levels["wind"] == pytest.approx(30.0)
    assert found.levels["saving"] == pytest.approx(1 / 6)
    assert found.cost == pytest.approx(500.0)


def test_the_price_of_a_target_is_the_slope_of_the_cost() -> None:
    """With all wind, s = 1 - 50 / (120 v) at share v: ds/dv = 50 / (120 v^2) = 5/3 at 1/2, times 1200: 2000 yuan per 1."""
    price = answer_system(toy_system(share(0.5))).prices["share2030"]
    assert price.dual == pytest.approx(2000.0, rel=1e-4)
    assert price.left == pytest.approx(2000.0, rel=1e-3)
    assert price.right == pytest.approx(2000.0, rel=1e-3)
    assert price.agrees


def test_at_a_breakpoint_the_price_jumps() -> None:
    """At v = 50 / 120 all wind is just built: below 120 MW per 1 at 10 yuan, above 1200 * 50 / (120 v^2) = 2880."""
    price = answer_system(toy_system(share(5 / 12))).prices["share2030"]
    assert price.left == pytest.approx(1200.0, rel=1e-3)
    assert price.right == pytest.approx(2880.0, rel=1e-3)
    assert 1200.0 * 0.999 <= price.dual <= 2880.0 * 1.001


def test_a_target_that_does_not_bind_has_no_price() -> None:
    """The share of 1/2 costs CO2 of 100 - 50 = 50 kt, so a cap of 60 kt is slack."""
    found = answer_system(toy_system(share(0.5), emissions(60.0)))
    assert found.prices["co22030"].dual == pytest.approx(0.0, abs=1e-6)
    assert found.gauges["co22030"] == pytest.approx(50.0)


def test_a_share_and_a_limit_of_land_clash() -> None:
    """w <= 20 and s <= 1/4 leave share 40 / 90: 1/18 less than 1/2; the share needs w = 40 - 15 = 25: 5 MW more."""
    found = answer_system(toy_system(share(0.5), wind(20.0)))
    assert not found.feasible
    assert [one.rows for one in found.sets] == [("share2030", "land")]
    assert found.sets[0].ways == pytest.approx({"share2030": 1 / 18, "land": 5.0})


def test_the_cheapest_relaxation_is_the_smaller_part() -> None:
    """1/18 of 1/2 is 11 %, 5 of 20 MW are 25 %: the share gives way."""
    found = answer_system(toy_system(share(0.5), wind(20.0)))
    assert found.slack == pytest.approx({"share2030": 1 / 18, "land": 0.0})
    assert found.given_up == ("share2030",)


def test_how_far_a_target_could_go_is_told_either_way() -> None:
    """Best share 50 / 90 without, 40 / 90 with the limit of land."""
    assert answer_system(toy_system(share(0.5))).reach["share2030"] == pytest.approx(5 / 9)
    assert answer_system(toy_system(share(0.5), wind(20.0))).reach["share2030"] == pytest.approx(4 / 9)


def test_all_minimal_sets_are_listed() -> None:
    """With w <= 20 the best are share 4/9 and 90 - 40 = 50 kt: share 1/2 and cap 45 kt clash with it, each on its own."""
    found = answer_system(toy_system(share(0.5), emissions(45.0), wind(20.0)))
    assert {frozenset(one.rows) for one in found.sets} == {frozenset({"share2030", "land"}), frozenset({"co22030", "land"})}
    assert found.given_up == ("land",)


def test_a_target_beyond_every_measure_clashes_with_nothing_but_physics() -> None:
    """Best share is 5/9 when all is done: 0.6 fails alone, at the end of both measures."""
    found = answer_system(toy_system(share(0.6)))
    assert [one.rows for one in found.sets] == [("share2030",)]
    assert set(found.sets[0].bounds) == {"wind", "saving"}
    assert found.sets[0].ways["share2030"] == pytest.approx(0.6 - 5 / 9)


def test_what_no_measure_moves_is_kept_or_missed_as_it_is() -> None:
    """Without any measure the share of 2030 is 1/6."""
    found = answer_system(toy_system(share(0.2), actions=()))
    assert found.sets[0].ways["share2030"] == pytest.approx(0.2 - 1 / 6)


def test_the_actions_are_those_of_the_toy() -> None:
    assert (WIND.cost, WIND.high, SAVING.cost, SAVING.high) == (10.0, 30.0, 1200.0, 0.25)
