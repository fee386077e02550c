"""Targets against one another: all minimal clashes, and what the two readings and counting rules change."""

from __future__ import annotations

import pytest

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.plans.plan import Plan, PlanDocument, Target
from dafeng.work.city import City, init
from dafeng.work.project import Projection
from dafeng.work.reconcile import Reconciliation, reconcile
from dafeng.work.scores import Score, Scores
from dafeng.work.tracing import TraceBook
from tests.work.made import target


@pytest.fixture
def city(tmp_path) -> City:  # type: ignore[no-untyped-def]
    """A new city; its folder holds no figures."""
    return init(tmp_path / "city", place="370600")


def score(indicator: str, year: int, value: float, basis: str = "actual") -> Score:
    return Score(indicator, year, value, "万千瓦", basis, "primary", f"scores/{indicator}.{year}", ())


def held(city: City, targets: tuple[Target, ...], *scores: Score) -> Reconciliation:
    traces = TraceBook(Trace(s.address, "indicator", Label(s.indicator, s.indicator)) for s in scores)
    table = Scores("370600", scores, traces)
    projection = Projection(city, table, None, None, (), "plan", None, traces)
    plan = Plan(PlanDocument("p", "0" * 64, "方案"), "370600", targets, (), (), (), ())
    return reconcile(plan, projection)


SHARE = target("S", "清洁能源装机容量占比", "%", "58", comparator="~")
NUCLEAR = target("N", "核电装机容量", "万千瓦", "1300")
WIND = target("W", "海上风电装机容量", "万千瓦", "700", counting="built_and_under_construction")
SUN = target("P", "光伏发电装机容量", "万千瓦", "1800", counting="built_and_under_construction")


def test_a_capacity_beyond_the_known_units_clashes_with_them(city: City) -> None:
    found = held(city, (NUCLEAR,), score("nuclear_capacity", 2030, 500.6, "projected"))
    assert [sorted(m.address for m in c.members) for c in found.clashes] == [["scores/nuclear_capacity.2030", "targets/N"]]


def test_the_slack_of_that_clash_is_what_is_missing(city: City) -> None:
    found = held(city, (NUCLEAR,), score("nuclear_capacity", 2030, 500.6, "projected"))
    assert found.clashes[0].slack == pytest.approx(1300 - 500.6)


def test_capacities_and_share_clash_only_if_about_is_a_band(city: City) -> None:
    found = held(city, (SHARE, NUCLEAR, WIND, SUN), score("other_capacity", 2023, 1041.0))
    readings = {name.split(".", 2)[1:][1]: bool(c) for name, c in found.combinations.items() if "built" in name}
    assert readings == {"least": False, "band": True}


def test_capacities_under_construction_do_not_bind_what_runs(city: City) -> None:
    found = held(city, (SHARE, WIND, SUN), score("other_capacity", 2023, 1041.0))
    assert found.combinations["2030.operating.band"] == ()


def test_every_clash_is_minimal(city: City) -> None:
    found = held(city, (SHARE, NUCLEAR, WIND, SUN), score("other_capacity", 2023, 1041.0))
    sets = [frozenset(m.address for m in c.members) for c in found.clashes]
    assert not any(one < other for one in sets for other in sets)


def test_targets_without_rows_are_named_in_a_finding(city: City) -> None:
    found = held(city, (target("G", "绿色出行比例", "%", "74"),))
    assert found.findings[0].rule == "reconcile.not_in_rows"
