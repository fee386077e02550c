"""Shares of capacities: slack, reach and price in points of the share and in what must be built, derived on paper.

Three rows: clean capacity is at least 1800, other capacity at most 1041, and clean over all is at most 59 %.
Clean over all is at least 1800 / 2841 = 63.357 %, so that the share alone must give way by 4.357 points; other capacity would
have to be 1800 × 0.41 / 0.59 = 1250.85, so that 209.85 must be built; clean would have to be 1041 × 0.59 / 0.41 = 1498.02, so
that 301.98 must be left out. The row 1800 - 0.59 × 2841 = 123.81 is none of the three.
"""

from __future__ import annotations

import pytest

from dafeng.pathways.consistency import Row
from dafeng.work.target_answers import answer_system
from dafeng.work.target_system import Ratio, TargetSystem

SHARE = 1800 / 2841


def capacities(most: float = 0.59, other: float = 1041.0, *, cost: float = 0.0) -> TargetSystem:
    rows = (
        Row("sum", {"all": 1.0, "clean": -1.0, "other": -1.0}, "=", 0.0, "万千瓦", "rules/sum", hard=True),
        Row("clean", {"clean": 1.0}, ">=", 1800.0, "万千瓦", "targets/clean"),
        Row("known", {"other": 1.0}, "<=", other, "万千瓦", "scores/other"),
        Row("share", {"clean": 1.0, "all": -most}, "<=", 0.0, "1", "targets/share"),
    )
    costs = {"other": cost, "clean": 10 * cost}
    ratios = {"share": Ratio("clean", "all", most)}
    return TargetSystem(rows, costs=costs, sizes={"share": 2841.0}, targets=frozenset({"clean", "share"}), ratios=ratios)


def test_a_share_gives_way_in_its_own_points_and_capacities_in_what_must_be_built() -> None:
    found = answer_system(capacities(), priced=False).sets
    assert [set(one.rows) for one in found] == [{"clean", "known", "share"}]
    assert found[0].ways["share"] == pytest.approx(SHARE - 0.59, abs=1e-7)
    assert found[0].ways["known"] == pytest.approx(1800 * 0.41 / 0.59 - 1041, rel=1e-6)
    assert found[0].ways["clean"] == pytest.approx(1800 - 1041 * 0.59 / 0.41, rel=1e-6)


@pytest.mark.parametrize("row", ["share", "known", "clean"])
def test_giving_way_by_the_slack_makes_the_rows_hold(row: str) -> None:
    system = capacities()
    slack = answer_system(system, priced=False).sets[0].ways[row]
    sign = 1.0 if row != "clean" else -1.0
    assert not answer_system(system.moved(row, sign * 0.999 * slack), priced=False).feasible
    assert answer_system(system.moved(row, sign * 1.001 * slack), priced=False).feasible


def test_a_share_reaches_as_far_as_the_others_let_it() -> None:
    """Of at most 70 % where 1041 of other capacity may run: down to 1800 / 2841."""
    found = answer_system(capacities(0.70, cost=1.0))
    assert found.feasible
    assert found.reach["share"] == pytest.approx(SHARE, abs=1e-7)


def test_the_price_of_a_share_is_what_its_capacity_costs() -> None:
    """Other capacity costs 1 a unit and is 1800 (1 - s) / s: one part less of s costs 1800 / s² more. At 65 %: 4260.36."""
    price = answer_system(capacities(0.65, cost=1.0)).prices["share"]
    assert price.dual == pytest.approx(1800 / 0.65**2, rel=1e-6)
    assert price.agrees
