"""Commitment, whole units, limits, periods, scenarios and joined vintages on networks that can be worked out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.energy.network import vintages
from dafeng.energy.network.branch import cycles
from dafeng.energy.network.build import build_network, build_scenarios, with_capacities
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock
from dafeng.energy.solution import solve_program
from tests.energy.network.test_components import ONE, network, solved


def dispatched(**more):
    coal = {"bus": "b", "carrier": "coal", "p_nom": 100, "marginal_cost": 10, "efficiency": 0.4}
    gas = {"bus": "b", "carrier": "gas", "p_nom": 100, "marginal_cost": 30, "efficiency": 0.5}
    carriers = {"coal": {"co2_emissions": 0.34}, "gas": {"co2_emissions": 0.2}}
    return solved(
        1, bus=ONE, carrier=carriers, generator={"coal": coal, "gas": gas}, load={"l": {"bus": "b", "p_set": 100}}, **more
    )


def test_a_cap_on_emissions_has_a_price():
    # Coal emits 0.85 t/MWh, gas 0.4: each tonne less moves 1/0.45 MWh from 10 to 30 yuan.
    cap = {"co2": {"carrier_attribute": "co2_emissions", "sense": "<=", "constant": 62.5}}
    found = dispatched(global_constraint=cap)
    assert found.value("generator", "p")[0] == pytest.approx([50, 50])
    assert found.dual("limit.co2") == pytest.approx(-20 / 0.45)


def test_a_limit_of_operation_counts_what_is_generated():
    limit = {"least": {"type": "operational_limit", "carrier_attribute": "gas", "sense": ">=", "constant": 30}}
    assert dispatched(global_constraint=limit).value("generator", "p")[0] == pytest.approx([70, 30])


@pytest.mark.parametrize("wrong", [{"type": "unheard"}, {"sense": "<"}])
def test_an_unknown_limit_is_refused(wrong):
    with pytest.raises(DefinitionError, match="cap"):
        dispatched(global_constraint={"cap": {"sense": "<=", "constant": 1} | wrong})


def relaxed_and_whole(**unit):
    steps = {"bus": ONE, "load": {"l": {"bus": "b", "p_set": np.array([10.0, 50.0, 10.0])}}}
    coal = {"bus": "b", "p_nom": 100, "p_min_pu": 0.4, "marginal_cost": 1, "committable": True} | unit
    return network(3, generator={"coal": coal, "gas": {"bus": "b", "p_nom": 100, "marginal_cost": 9}}, **steps)


def test_whole_units_come_in_whole_numbers():
    generator = {"g": {"bus": "b", "p_nom_extendable": True, "p_nom_mod": 30, "capital_cost": 1}}
    built = build_network(network(1, bus=ONE, generator=generator, load={"l": {"bus": "b", "p_set": 50}}))
    assert built.program.integer is not None
    assert built.program.integer.sum() == 1


def test_commitment_has_three_whole_decisions_per_step():
    built = build_network(relaxed_and_whole())
    assert built.program.integer is not None
    assert built.program.integer.sum() == 9
    assert build_network(relaxed_and_whole(), relaxed=True).program.integer is None


def test_a_relaxed_unit_pays_for_the_share_that_starts():
    # Off before; at best it runs in the middle step only, with a status of 50/100.
    unit = {"up_time_before": 0, "start_up_cost": 100, "shut_down_cost": 100}
    found = solve_network(relaxed_and_whole(**unit), relaxed=True)
    assert found.value("generator", "status")[:, 0].max() <= 1
    assert found.system_cost == pytest.approx(found.solution.certificate.bound)


def test_a_capacity_that_is_no_multiple_of_its_unit_is_refused():
    with pytest.raises(DefinitionError, match="coal"):
        build_network(relaxed_and_whole(p_nom_mod=30))


def periods(generator):
    clock = dataclasses.replace(
        plain_clock(4),
        period=np.array([0, 0, 1, 1]),
        periods=(2025, 2030),
        period_objective=np.array([5.0, 10.0]),
        period_years=np.array([5.0, 10.0]),
    )
    load = {"l": {"bus": "b", "p_set": np.array([10.0, 10.0, 20.0, 20.0])}}
    spare = {"spare": {"bus": "b", "p_nom": 100, "marginal_cost": 1000}}
    tables = [make_table("bus", ONE), make_table("generator", generator | spare), make_table("load", load)]
    return Network("periods", clock, {table.component: table for table in tables})


def test_capacity_is_paid_and_used_in_the_periods_of_its_life():
    old = {"bus": "b", "p_nom_extendable": True, "capital_cost": 10, "build_year": 2020, "lifetime": 10}
    new = {"bus": "b", "p_nom_extendable": True, "capital_cost": 10, "build_year": 2030, "lifetime": 10}
    found = solve_network(periods({"old": old, "new": new}))
    assert found.capacity("generator") == pytest.approx([10, 20, 100])
    assert found.value("generator", "p")[:, 0] == pytest.approx([10, 10, 0, 0])
    assert found.system_cost == pytest.approx(10 * 10 * 5 + 20 * 10 * 10)


def vintage(year, **more):
    return {"bus": "b", "p_nom_extendable": True, "capital_cost": 10 + year % 7, "build_year": year, "lifetime": 30} | more


def test_joined_vintages_have_the_same_optimum(monkeypatch):
    generator = {"a": vintage(2020, p_nom_max=6), "b": vintage(2025, p_nom_max=6), "c": vintage(2030)}
    joined = solve_network(periods(generator))
    assert len(joined.built.frames["generator"].table) == 2
    monkeypatch.setattr(vintages, "_alone", lambda table, clock: np.ones(len(table), dtype=bool))
    apart = solve_network(periods(generator))
    assert len(apart.built.frames["generator"].table) == 4
    assert joined.system_cost == pytest.approx(apart.system_cost)
    assert joined.value("generator", "p").sum(axis=1) == pytest.approx([10, 10, 20, 20])
    assert (joined.value("generator", "p") <= joined.capacity("generator")[None, :] + 1e-9).all()


@pytest.mark.parametrize("own", [{"p_set": 3.0}, {"e_sum_max": 5.0}, {"committable": True}, {"marginal_cost_quadratic": 0.1}])
def test_what_has_a_value_of_its_own_stays_alone(own):
    table = make_table("generator", {"a": vintage(2020) | own, "b": vintage(2025) | own})
    assert list(vintages.group_alike(table, plain_clock(2))) == [0, 1]


def test_scenarios_share_capacity_and_weigh_operation():
    def future(share):
        wind = {"bus": "b", "p_nom_extendable": True, "capital_cost": 30, "p_max_pu": np.array([share])}
        coal = {"bus": "b", "p_nom": 100, "marginal_cost": 100}
        return network(1, bus=ONE, generator={"wind": wind, "coal": coal}, load={"l": {"bus": "b", "p_set": 50}})

    calm, windy = build_scenarios([(0.5, future(0.2)), (0.5, future(1.0))])
    assert calm.program is windy.program
    # 50 MW of wind: 1 500 for the capacity, coal makes 40 MWh in the calm half; more would save only 10 yuan for 30.
    found = solve_program(calm.program)
    assert found.certificate.objective == pytest.approx(1500 + 0.5 * 40 * 100)


def test_probabilities_must_sum_to_one():
    one = network(1, bus=ONE, generator={"g": {"bus": "b", "p_nom": 1}})
    with pytest.raises(DefinitionError, match=r"0\.9"):
        build_scenarios([(0.5, one), (0.4, one)])


def test_fixed_capacities_cost_what_was_decided():
    generator = {"g": {"bus": "b", "p_nom_extendable": True, "capital_cost": 3, "marginal_cost": 2}}
    free = network(2, bus=ONE, generator=generator, load={"l": {"bus": "b", "p_set": 5}})
    found = solve_network(free)
    again = solve_network(with_capacities(free, {"generator": found.capacity("generator")}))
    assert again.system_cost == pytest.approx(found.system_cost - 15)


def test_cycles_span_the_graph():
    edges = [(0, 1), (1, 2), (2, 0), (0, 1), (3, 4)]
    found = cycles(edges)
    assert len(found) == 2
    for cycle in found:
        balance = np.zeros(5)
        for edge, sign in cycle:
            balance[edges[edge][0]] += sign
            balance[edges[edge][1]] -= sign
        assert not balance.any()
