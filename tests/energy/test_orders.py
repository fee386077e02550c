"""Orders of a plan as rows, against hand calculations: 100 MW of demand over two flat hours."""

from __future__ import annotations

import pytest

from dafeng.core.labels import Label
from dafeng.energy import city_policies as rows
from dafeng.energy.city import Plant, build_city
from dafeng.energy.orders import solve_orders
from tests.energy.toys import coal, hours, line, series, system

FLAT = hours(series("load", 1.0, 1.0), series("wind", 1.0, 1.0))
WIND = Plant(
    "onshore_wind",
    {"capacity": 0, "available_share": 0.5, "variable_cost": 0, "annual_cost": 1e6 * 8760},
    name="wind",
    most=900,
)


def made():
    return build_city(system(load=100, parts=[coal(), line("import", capacity=100, price=900, co2_intensity=0.1), WIND]), FLAT)


def least(city, megawatts, name="wind"):
    return rows.capacity_least(city, ["onshore_wind"], megawatts, name=name, label=Label("风电", "wind"), clause="第一条")


def most(city, megawatts):
    return rows.capacity_most(city, ["onshore_wind"], megawatts, name="known", label=Label("已知", "known"))


def test_an_order_costs_its_dual():
    # a MW of wind costs 2e6 yuan for two hours and saves one MWh of coal at 1 MWh output: 0.5 MW in each of two hours
    city = made()
    found = solve_orders(city, [least(city, 60)], segments=2)
    cheaper, dearer = (solve_orders(city, [least(city, size)], segments=2).found.cost for size in (60, 61))
    assert found.feasible
    assert found.spare["wind"] == pytest.approx(0, abs=1e-6)
    assert found.prices["wind"] == pytest.approx(dearer - cheaper)


def test_one_more_unit_is_priced_by_what_it_takes():
    # ten megawatts more of wind cost ten times the dual of a megawatt
    city = made()
    found = solve_orders(city, [least(city, 60)], more={"wind": least(city, 70)}, segments=2)
    single = solve_orders(city, [least(city, 60)], segments=2)
    assert found.prices["wind"] == pytest.approx(10 * single.prices["wind"])


def test_an_order_that_holds_anyway_costs_nothing():
    city = made()
    found = solve_orders(city, [least(city, 0.0)], segments=1)
    assert found.prices["wind"] == pytest.approx(0)


def test_clashing_orders_are_named_with_their_clause_and_the_nearest_gives_way():
    city = made()
    orders = [least(city, 300), rows.reserve_margin(city, 0.0)]
    found = solve_orders(city, orders, facts=[most(city, 100)], segments=2)
    (clash,) = found.clashes
    assert {(group.name, group.clause) for group in clash.groups} == {("wind", "第一条"), ("known", "")}
    assert clash.shortfall["wind"] == pytest.approx(200)
    assert (found.feasible, found.dropped) == (False, ("wind",))
    assert "reserve_margin" in found.prices


def test_non_fossil_energy_counts_at_the_coal_of_power_stations():
    # 60 MW of wind give 30 MWh an hour: 60 MWh of two hours at 0.3 kgce/kWh are 18 tce
    city = made()
    found = solve_orders(city, [rows.non_fossil_supply(city, 18, coal_rate=0.3)], segments=2)
    assert found.found.design.sizes["generator"][city.network.table("generator").names.index("wind")] == pytest.approx(60)


def test_the_reserve_counts_what_can_be_relied_on():
    # 100 MW of coal available at 100 %: exactly the peak; one per cent more cannot be had
    city = made()
    policy = rows.reserve_margin(city, 0.0)
    assert policy.amount == pytest.approx(100)
    assert solve_orders(city, [policy], segments=2).feasible
    assert not solve_orders(city, [rows.reserve_margin(city, 0.01)], segments=2).feasible
