"""Hourly series of a solved city: they balance, add up to its cost, and flow without circles."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.energy.flows import list_flows
from dafeng.energy.hourly import Column, Hourly, gather_hours, start_hours
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock
from dafeng.energy.stacks import list_stacks
from dafeng.energy.streams import Streams, list_streams
from dafeng.energy.summaries import daily_levels, look_at, means
from tests.energy.reference_city import solved

YEARS = (2030, 2040)


@pytest.fixture(scope="module", params=[(24 * 14, ()), (24 * 8, YEARS)], ids=["year", "periods"])
def outcome(request: pytest.FixtureRequest) -> Outcome:
    return solved(*request.param)


@pytest.fixture(scope="module")
def hourly(outcome: Outcome) -> Hourly:
    return gather_hours(outcome)


def test_every_bus_balances_in_every_step(hourly: Hourly) -> None:
    sums = [np.abs(sum(hourly.at("flow", bus=bus).values())).max() for bus in hourly.carriers]
    assert max(sums) < 1e-6


def test_technologies_are_those_of_the_network(hourly: Hourly) -> None:
    roles = {one.technology: one.role for one in hourly.columns if one.kind == "flow"}
    chosen = {name: roles[name] for name in ("solar_utility", "battery", "grid", "load", "coal_plant", "unserved")}
    assert chosen == {
        "solar_utility": "renewable", "battery": "storage", "grid": "trade", "load": "demand", "coal_plant": "plant",
        "unserved": "unserved",
    }  # fmt: skip


def test_what_is_curtailed_is_what_was_offered_and_not_taken(outcome: Outcome, hourly: Hourly) -> None:
    lost = hourly.at("curtailed")[Column("curtailed", "south", "solar_utility", "renewable")]
    offer = 900.0 * outcome.network.table("generator").series["p_max_pu"]["sun"]
    assert np.allclose(lost + hourly.at("flow")[Column("flow", "south", "solar_utility", "renewable")], offer)


def test_levels_and_prices_are_there(hourly: Hourly) -> None:
    assert ({one.technology for one in hourly.at("level")}, {one.bus for one in hourly.at("price")}) == (
        {"battery", "heat_storage", "hydrogen_storage"},
        set(hourly.carriers),
    )


def test_costs_add_up_to_the_certified_cost(outcome: Outcome) -> None:
    clock = outcome.network.clock
    total = sum((one.investment + one.operation) * clock.period_objective[one.period] for one in list_stacks(outcome))
    assert total == pytest.approx(outcome.system_cost, rel=1e-9)


def test_the_capacity_of_a_link_is_told_at_its_output(outcome: Outcome) -> None:
    (pump,) = [one for one in list_stacks(outcome) if one.technology == "heat_pump" and one.period == 0] or [None]
    assert pump is None or (pump.carrier, pump.capacity) == ("heat", pytest.approx(180.0))


def node_sums(found: Streams) -> dict[tuple[str, str], float]:
    sums: dict[tuple[str, str], float] = {}
    for one in found.links:
        sums[one.source] = sums.get(one.source, 0.0) - one.energy
        sums[one.target] = sums.get(one.target, 0.0) + one.energy
    return sums


def test_streams_are_conserved_at_every_node(outcome: Outcome, hourly: Hourly) -> None:
    found = list_streams(hourly)
    ends = {one.source for one in found.links} ^ {one.target for one in found.links}
    largest = max(one.energy for one in found.links)
    left = {node: total for node, total in node_sums(found).items() if node not in ends and abs(total) > 1e-5 * largest}
    assert left == {}
    assert outcome.solution.certificate.passed


def test_streams_have_no_circle(hourly: Hourly) -> None:
    found = list_streams(hourly)
    rank = {node for one in found.links for node in (one.source, one.target)}
    links = {(one.source, one.target) for one in found.links}
    while free := {node for node in rank if not any(target == node for _, target in links)}:
        rank -= free
        links = {(source, target) for source, target in links if source not in free}
    assert (rank, links, found.circulating > 0) == (set(), set(), True)


def test_sums_are_those_of_the_flows(outcome: Outcome, hourly: Hourly) -> None:
    side, table = look_at(hourly, carrier="electricity"), outcome.network.table("load")
    first = outcome.network.clock.period == 0
    wanted = sum(table.series["p_set"][name][first].sum() for name in ("south", "north"))
    assert side.total(side.load) == pytest.approx(wanted)
    assert sum(value * 168 for value in side.weekly(side.load)[:1]) == pytest.approx(side.load[:168].sum())


def test_a_duration_curve_falls_from_the_highest_to_the_lowest(hourly: Hourly) -> None:
    side = look_at(hourly, carrier="electricity", bus="south")
    curve = side.curve(side.load)
    assert (curve[0], curve[-1], curve == sorted(curve, reverse=True)) == (side.load.max(), side.load.min(), True)


def test_one_level_for_every_day(hourly: Hourly) -> None:
    days = round(start_hours(hourly.clock).max() + 1) // 24
    assert {len(values) for values in daily_levels(hourly, 0).values()} == {days}


def test_a_long_step_counts_for_all_its_days() -> None:
    assert means(np.array([1.0, 5.0]), np.array([60.0, 12.0]), np.array([0, 2])) == [1.0, 1.0, 5.0]


def test_a_delayed_link_and_a_sleeping_load_balance_too() -> None:
    network = Network("delay", plain_clock(6), {}).put(
        make_table("bus", {"a": {}, "b": {}}),
        make_table("generator", {
            "g": {"bus": "a", "p_nom": 100.0, "marginal_cost": 1.0},
            "h": {"bus": "b", "p_nom": 9.0, "marginal_cost": 90.0},
        }),
        make_table("link", {
            "l": {"bus0": "a", "bus1": "b", "p_nom": 20.0, "efficiency": 0.9, "delay": 2.0, "cyclic_delay": False},
        }),
        make_table("load", {"on": {"bus": "b", "p_set": np.arange(6.0)}, "off": {"bus": "b", "p_set": 50.0, "active": False}}),
    )  # fmt: skip
    flows = list_flows(solve_network(network))
    sums = [np.abs(sum(flow for (_, _, at), flow in flows.items() if at == bus)).max() for bus in ("a", "b")]
    assert max(sums) < 1e-9
