"""Every expected value is worked out by hand from a network of one to three buses."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError, SolveError
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock


def network(steps, hours=1.0, **kinds):
    tables = {component: make_table(component, rows) for component, rows in kinds.items()}
    return Network("toy", plain_clock(steps, hours=hours), tables)


def solved(steps, hours=1.0, **kinds) -> Outcome:
    return solve_network(network(steps, hours, **kinds))


ONE = {"b": {}}


def test_the_cheapest_generator_comes_first_and_the_last_sets_the_price():
    found = solved(
        2,
        bus=ONE,
        generator={
            "coal": {"bus": "b", "p_nom": 100, "marginal_cost": 300},
            "wind": {"bus": "b", "p_nom": 100, "p_max_pu": np.array([0.8, 0.1])},
        },
        load={"l": {"bus": "b", "p_set": 50}},
    )
    assert found.value("generator", "p") == pytest.approx(np.array([[0, 50], [40, 10]]))
    assert found.price()[:, 0] == pytest.approx([0, 300])
    assert found.system_cost == pytest.approx(12_000)
    assert found.dual("generator.p.upper")[1] == pytest.approx([0, -300])


def test_capacity_is_built_up_to_what_it_saves():
    # 1 MW of wind costs 100 and saves 300 · 0.5 in the only step; 100 MW cover the load.
    found = solved(
        1,
        bus=ONE,
        generator={
            "coal": {"bus": "b", "p_nom": 100, "marginal_cost": 300},
            "wind": {"bus": "b", "p_nom_extendable": True, "p_nom": 20, "capital_cost": 100, "p_max_pu": 0.5},
        },
        load={"l": {"bus": "b", "p_set": 50}},
    )
    assert found.capacity("generator") == pytest.approx([100, 100])
    assert (found.system_cost, found.objective_constant) == pytest.approx((10_000, 2_000))
    assert found.objective == pytest.approx(8_000)


def test_overnight_cost_becomes_an_annuity_over_the_time_of_the_steps():
    generator = {
        "bus": "b",
        "p_nom_extendable": True,
        "overnight_cost": 1000,
        "lifetime": 10,
        "discount_rate": 0.0,
        "fom_cost": 5,
    }
    found = solved(8760, bus=ONE, generator={"g": generator}, load={"l": {"bus": "b", "p_set": 10}})
    assert found.system_cost == pytest.approx(10 * (100 + 5))


def test_a_ramp_holds_back_a_rise():
    coal = {"bus": "b", "p_nom": 100, "marginal_cost": 1, "ramp_limit_up": 0.2}
    other = {"bus": "b", "p_nom": 100, "marginal_cost": 10}
    load = {"l": {"bus": "b", "p_set": np.array([10.0, 60.0])}}
    found = solved(2, bus=ONE, generator={"coal": coal, "other": other}, load=load)
    assert found.value("generator", "p")[:, 0] == pytest.approx([10, 30])
    known = solved(2, bus=ONE, generator={"coal": coal | {"p_init": 0.0}, "other": other}, load=load)
    assert known.value("generator", "p")[:, 0] == pytest.approx([10, 30])


def test_a_link_serves_several_ports():
    # 100 MW of gas give 40 MW of power and 50 MW of heat.
    found = solved(
        1,
        bus={"gas": {}, "power": {}, "heat": {}},
        generator={"well": {"bus": "gas", "p_nom": 1000, "marginal_cost": 10}},
        link={"chp": {"bus0": "gas", "bus1": "power", "bus2": "heat", "efficiency": 0.4, "efficiency2": 0.5, "p_nom": 500}},
        load={"l": {"bus": "power", "p_set": 40}, "h": {"bus": "heat", "p_set": 50}},
    )
    assert found.value("link", "p") == pytest.approx(100)
    assert found.system_cost == pytest.approx(1000)


@pytest.mark.parametrize(("cyclic", "sent"), [(False, [5, 5, 0]), (True, [5, 5, 5])])
def test_a_delayed_link_delivers_later(cyclic, sent):
    link = {"bus0": "a", "bus1": "b", "p_nom": 10, "delay": 1, "cyclic_delay": cyclic}
    late = {"l": {"bus": "b", "p_set": np.array([5.0 if cyclic else 0.0, 5.0, 5.0])}}
    source = {"g": {"bus": "a", "p_nom": 10, "marginal_cost": 1}}
    assert solved(3, bus={"a": {}, "b": {}}, generator=source, link={"k": link}, load=late).value("link", "p")[
        :, 0
    ] == pytest.approx(sent)


def test_a_process_takes_and_gives_by_its_rates():
    found = solved(
        1,
        bus={"power": {}, "water": {}, "steam": {}},
        generator={
            "grid": {"bus": "power", "p_nom": 100, "marginal_cost": 7},
            "boiler": {"bus": "steam", "p_nom": 100, "marginal_cost": 2},
        },
        process={
            "plant": {
                "bus0": "power",
                "bus1": "water",
                "bus2": "steam",
                "rate0": -2.0,
                "rate1": 1.0,
                "rate2": -3.0,
                "p_nom": 50,
            }
        },
        load={"l": {"bus": "water", "p_set": 10}},
    )
    assert found.system_cost == pytest.approx(20 * 7 + 30 * 2)


def test_a_store_loses_and_begins_with_what_it_held():
    # 8 MWh at the start, of which nothing is lost in the first step; half is lost in the second.
    store = {"bus": "b", "e_nom": 20, "e_initial": 8, "standing_loss": 0.5}
    load = {"l": {"bus": "b", "p_set": np.array([2.0, 3.0])}}
    spare = {"g": {"bus": "b", "p_nom": 10, "marginal_cost": 5}}
    found = solved(2, bus=ONE, generator=spare, store={"s": store}, load=load)
    assert found.value("store", "p")[:, 0] == pytest.approx([2, 3])
    assert found.value("store", "e")[:, 0] == pytest.approx([6, 0])


def test_a_storage_unit_takes_inflow_and_spills_what_does_not_fit():
    unit = {"bus": "b", "p_nom": 5, "max_hours": 2, "inflow": np.array([20.0, 0.0]), "spill_cost": 1.0}
    found = solved(
        2,
        bus=ONE,
        generator={"g": {"bus": "b", "p_nom": 100, "marginal_cost": 50}},
        storage_unit={"s": unit},
        load={"l": {"bus": "b", "p_set": 5}},
    )
    assert found.value("storage_unit", "p_dispatch")[:, 0] == pytest.approx([5, 5])
    assert found.value("storage_unit", "spill")[0, 0] == pytest.approx(5)


def test_a_cyclic_storage_ends_where_it_began():
    unit = {"bus": "b", "p_nom": 10, "max_hours": 1, "cyclic_state_of_charge": True, "efficiency_store": 0.8}
    wind = {"bus": "b", "p_nom": 20, "p_max_pu": np.array([1.0, 0.0])}
    coal = {"bus": "b", "p_nom": 100, "marginal_cost": 10}
    load = {"l": {"bus": "b", "p_set": np.array([10.0, 10.0])}}
    found = solved(2, bus=ONE, generator={"wind": wind, "coal": coal}, storage_unit={"s": unit}, load=load)
    assert found.value("storage_unit", "p_dispatch")[:, 0] == pytest.approx([0, 8])
    assert found.system_cost == pytest.approx(20)


def test_longer_steps_fill_a_store_faster():
    store = {"bus": "b", "e_nom": 100, "e_initial": 30}
    load = {"l": {"bus": "b", "p_set": 5}}
    found = solved(2, hours=3.0, bus=ONE, store={"s": store}, load=load)
    assert found.value("store", "e")[:, 0] == pytest.approx([15, 0])


def test_parallel_paths_share_by_impedance():
    # Triangle a-b-c: 30 MW from a to c; the direct line has reactance 1, the way round 2, so 20 and 10 MW.
    lines = {
        "ab": {"bus0": "a", "bus1": "b", "x": 1, "s_nom": 100},
        "bc": {"bus0": "b", "bus1": "c", "x": 1, "s_nom": 100},
        "ac": {"bus0": "a", "bus1": "c", "x": 1, "s_nom": 100},
    }
    source = {"g": {"bus": "a", "p_nom": 100, "marginal_cost": 1}}
    load = {"l": {"bus": "c", "p_set": 30}}
    found = solved(1, bus={"a": {}, "b": {}, "c": {}}, generator=source, line=lines, load=load)
    assert found.value("line", "s")[0] == pytest.approx([10, 10, 20])


def test_cogeneration_stays_in_its_region():
    # 30 MW of heat need at least 15 MW of power; fuel is (15 + 0.2·30) / 0.4.
    unit = {
        "bus": "power",
        "heat_bus": "heat",
        "fuel_bus": "fuel",
        "p_nom": 100,
        "efficiency": 0.4,
        "power_loss": 0.2,
        "back_pressure": 0.5,
    }
    found = solved(
        1,
        bus={"power": {}, "heat": {}, "fuel": {}},
        generator={"coal": {"bus": "fuel", "p_nom": 1000, "marginal_cost": 10}, "wind": {"bus": "power", "p_nom": 100}},
        cogeneration={"unit": unit},
        load={"l": {"bus": "power", "p_set": 50}, "h": {"bus": "heat", "p_set": 30}},
    )
    assert found.value("cogeneration", "p") == pytest.approx(15)
    assert found.system_cost == pytest.approx(10 * (15 + 6) / 0.4)


def test_a_load_without_supply_is_infeasible():
    with pytest.raises(SolveError):
        solved(1, bus={"a": {}, "b": {}}, generator={"g": {"bus": "a", "p_nom": 1}}, load={"l": {"bus": "b", "p_set": 1}})


def test_unknown_names_are_refused_with_what_is_known():
    with pytest.raises(DefinitionError, match="p_nomm"):
        make_table("generator", {"g": {"bus": "b", "p_nomm": 1}})
    with pytest.raises(DefinitionError, match="reactor"):
        make_table("reactor", {"g": {}})
    with pytest.raises(DefinitionError, match="nowhere"):
        solved(1, bus=ONE, generator={"g": {"bus": "nowhere"}})
