"""Laws of a system of targets, held on random cities on paper."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dafeng.energy import rows as energy_rows
from dafeng.pathways.consistency import Row
from dafeng.pathways.picture import Gauge
from dafeng.work.target_answers import answer_system
from dafeng.work.target_choices import relax
from dafeng.work.target_system import KEPT, TargetSystem
from tests.work.toy_city import emissions, share, toy_system, wind

Asked = tuple[Row, Gauge | None]
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
SHARES = st.sampled_from((0.2, 0.3, 0.42, 0.48, 0.54, 0.6, 0.7)).map(share)
LATER = st.sampled_from((0.2, 0.3, 0.4, 0.5)).map(lambda bound: share(bound, year=2035))
CAPS = st.sampled_from((35.0, 41.0, 50.0, 70.0, 110.0)).map(emissions)
LAND = st.sampled_from((2.0, 10.0, 22.0, 40.0)).map(wind)
PLACES = st.lists(st.sampled_from(range(4)), min_size=2, max_size=4, unique=True).map(sorted)
PLANS = st.tuples(st.tuples(SHARES, LATER, CAPS, LAND), PLACES).map(lambda made: [made[0][place] for place in made[1]])


def _holds(system: TargetSystem) -> bool:
    return not any(relax(system)[1].values())


def _moved(asked: Asked, slack: float) -> Asked:
    row, gauge = asked
    give = slack * (1 + 1e-4) + 2 * KEPT
    bound = row.bound + (give if row.sense == "<=" else -give)
    return Row(row.name, row.coefficients, row.sense, bound, row.unit, row.address), gauge


@QUICK
@given(PLANS)
def test_another_target_never_makes_room(asked: list[Asked]) -> None:
    assert _holds(toy_system(*asked[:-1])) or not _holds(toy_system(*asked))


@QUICK
@given(PLANS)
def test_what_gives_way_as_told_can_hold(asked: list[Asked]) -> None:
    slack = relax(toy_system(*asked))[1]
    assert _holds(toy_system(*(_moved(one, slack[one[0].name]) for one in asked)))


@QUICK
@given(PLANS)
def test_each_set_fails_and_all_of_its_parts_hold(asked: list[Asked]) -> None:
    by_name = {row.name: (row, gauge) for row, gauge in asked}
    for found in answer_system(toy_system(*asked), priced=False).sets:
        assert not _holds(toy_system(*(by_name[name] for name in found.rows)))
        for left_out in found.rows:
            rest = [by_name[name] for name in found.rows if name != left_out]
            assert not rest or _holds(toy_system(*rest))


@QUICK
@given(PLANS)
def test_the_fewest_targets_given_up_let_the_rest_hold(asked: list[Asked]) -> None:
    system = toy_system(*asked)
    found = answer_system(system, priced=False)
    assert _holds(system.without(found.given_up))


@QUICK
@given(PLANS, st.randoms(use_true_random=False))
def test_the_order_of_targets_changes_nothing(asked: list[Asked], random: object) -> None:
    other = list(asked)
    random.shuffle(other)  # type: ignore[attr-defined]
    first, second = (answer_system(toy_system(*rows), priced=False) for rows in (asked, other))
    assert {frozenset(one.rows) for one in first.sets} == {frozenset(one.rows) for one in second.sets}
    assert first.given_up == second.given_up


@QUICK
@given(PLANS)
def test_a_target_asked_again_is_implied(asked: list[Asked]) -> None:
    row, gauge = asked[0]
    again = (Row(f"{row.name}.again", row.coefficients, row.sense, row.bound, row.unit, row.address), gauge)
    system = toy_system(*asked, again)
    views = dict(system.views) | ({again[0].name: gauge.name} if gauge is not None else {})
    doubled = TargetSystem(system.rows, views, system.bench, targets=system.targets)
    assert _holds(doubled) == _holds(toy_system(*asked))


def test_a_later_dated_same_target_of_what_stays_is_implied() -> None:
    """What runs stays: capacity of 2035 >= that of 2030, so 10 MW by 2035 adds nothing to 10 MW by 2030."""
    stays = Row("stays", {"wind@2035": 1.0, "wind@2030": -1.0}, ">=", 0.0, "MW", "rules/stays", hard=True)
    first = Row("first", {"wind@2030": 1.0}, ">=", 10.0, "MW", "targets/first")
    second = Row("second", {"wind@2035": 1.0}, ">=", 10.0, "MW", "targets/second")
    table = TargetSystem((stays, first)).table(None)
    assert energy_rows.range_of(table, {"wind@2035": 1.0})[0] == 10.0
    assert _holds(TargetSystem((stays, first, second), targets=frozenset({"first", "second"})))
