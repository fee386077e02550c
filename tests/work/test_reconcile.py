"""Targets against one another: all minimal clashes, and what the two readings and counting rules change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml
from dafeng.plans.plan import Plan, PlanDocument, Target
from dafeng.work.city import City, init
from dafeng.work.clashes import Clash, keep_clash, tell_sides
from dafeng.work.project import Projection
from dafeng.work.reconcile import Reconciliation, reconcile
from dafeng.work.reconcile_words import WayNames
from dafeng.work.scores import Score, Scores
from dafeng.work.target_answers import ClashSet
from dafeng.work.target_table import READINGS, Told, Way
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


@pytest.fixture(scope="module")
def names() -> WayNames:
    return WayNames(*(load_yaml(shipped() / "consistency" / f"{name}.yaml") for name in ("power", "views")), about=0.01)


COUNTINGS = ("built_and_under_construction", "operating")
WAYS = [Way(c, reading, rule) for c in COUNTINGS for reading in READINGS for rule in ("averaged", "produced", "consumed")]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("", "every counting rule"),
        ("band", "every counting rule"),
        ("produced", "non-fossil share by production"),
        ("band.produced", "non-fossil share by production"),
        ("operating", "operating"),
        ("operating.band.consumed", "operating, non-fossil share by consumption"),
    ],
)
def test_the_rules_that_a_set_stands_by_are_named(names: WayNames, found: str, said: str) -> None:
    assert names.part([way for way in WAYS if found in way.id], WAYS).en == said


def test_rules_that_no_name_tells_apart_are_some(names: WayNames) -> None:
    one, other = (Way(c, "least", rule) for c, rule in zip(COUNTINGS, ("produced", "consumed"), strict=True))
    assert names.part([one, other], WAYS).zh == "某些口径"


def test_the_width_of_about_is_told_in_percentage_points(names: WayNames) -> None:
    said = [names.label(Way("operating", reading, "produced")) for reading in READINGS]
    assert [(one.zh.split("，")[-1], one.en.split(", ")[-1]) for one in said] == [
        ("“左右”按不低于−1 个百分点理解", "'about' read as at least −1 percentage point"),
        ("“左右”按±1 个百分点理解", "'about' read as ±1 percentage point"),
    ]


def found_in(names: WayNames, *found: tuple[str, Way]) -> Clash:
    """The one clash of a share that stands alone, found in rows of several ways of counting."""
    clashes: dict[tuple[str, ...], Clash] = {}
    for row, way in found:
        told = {row: Told(Label("占比", "share"), "targets/S", "S", "1", 2030)}
        keep_clash(ClashSet((row,), {row: 0.01}, (), (), 0.0, {row: 0.25}), told, way, names, clashes)
    (clash,) = clashes.values()
    return replace(clash, sides=tell_sides(clash, {way.id: way for way in WAYS}, names))


def test_a_share_missed_by_some_rules_and_exceeded_by_others_has_two_sides(names: WayNames) -> None:
    missed = [("S:low", way) for way in WAYS if way.rule == "produced"]
    clash = found_in(names, *missed, *(("S:high", way) for way in WAYS if way.id.endswith("band.consumed")))
    assert [(side.beyond, side.by.en, len(side.ways)) for side in clash.sides] == [
        (False, "non-fossil share by production", 4),
        (True, "non-fossil share by consumption", 2),
    ]


def test_a_share_above_about_in_all_six_readings_as_a_band_is_exceeded_by_every_rule(names: WayNames) -> None:
    clash = found_in(names, *(("S:high", way) for way in WAYS if way.reading == "band"))
    assert [(side.beyond, side.by.zh) for side in clash.sides] == [(True, "任何口径")]
