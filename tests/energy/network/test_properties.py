"""Laws of every component, on random parks of all of them: nothing is lost, more of anything never costs, prices are slopes.

Balances are added up here from what components take and give, with no part of the model but its results.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.energy.network.build import build_network
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import Network, Table, make_table, plain_clock

STEPS = 6
SEEDS = st.integers(0, 10**6)
BUSES = ("north", "south", "west", "heat", "gas", "water")


def park(seed: int, hours: float = 1.0) -> Network:
    """Return a network with every component; unserved demand has a price everywhere, too much is thrown away."""
    rng = np.random.default_rng(seed)
    draw = lambda low, high: float(rng.uniform(low, high))  # noqa: E731
    wave = lambda low, high: rng.uniform(low, high, STEPS)  # noqa: E731
    generators = {
        "wind": {"bus": "north", "p_nom": draw(20, 80), "p_max_pu": wave(0, 1), "marginal_cost": 1.0},
        "coal": {"bus": "south", "p_nom": draw(20, 80), "marginal_cost": wave(200, 400), "carrier": "coal",
                 "ramp_limit_up": draw(0.2, 0.9), "ramp_limit_down": draw(0.2, 0.9)},
        "well": {"bus": "gas", "p_nom": 300.0, "marginal_cost": draw(80, 200), "carrier": "gas"},
        **{f"shed {bus}": {"bus": bus, "p_nom": 1e3, "marginal_cost": draw(5e3, 9e3)} for bus in BUSES},
        **{f"dump {bus}": {"bus": bus, "p_nom": 1e3, "p_min_pu": -1.0, "p_max_pu": 0.0} for bus in BUSES},
    }  # fmt: skip
    lines = {
        one: {"bus0": a, "bus1": b, "x": draw(0.5, 2), "s_nom": draw(5, 40)}
        for one, a, b in (("ns", "north", "south"), ("nw", "north", "west"), ("sw", "south", "west"))
    }
    hydro = {"bus": "west", "p_nom": draw(5, 20), "max_hours": 5.0, "efficiency_store": 0.9, "efficiency_dispatch": 0.85,
             "standing_loss": 0.01, "inflow": wave(0, 12), "state_of_charge_initial": draw(0, 25),
             "spill_cost": 0.5}  # fmt: skip
    return Network("park", plain_clock(STEPS, hours=hours), {}).put(
        make_table("bus", {bus: {} for bus in BUSES}),
        make_table("carrier", {"coal": {"co2_emissions": 0.34}, "gas": {"co2_emissions": 0.2}}),
        make_table("load", {bus: {"bus": bus, "p_set": wave(5, 40)} for bus in BUSES}),
        make_table("generator", generators),
        make_table("line", lines),
        make_table("transformer", {"trafo": {"bus0": "south", "bus1": "west", "x": 1.0, "s_nom": draw(5, 30)}}),
        make_table("link", {
            "chp": {"bus0": "gas", "bus1": "south", "bus2": "heat", "efficiency": draw(0.3, 0.5), "efficiency2": draw(0.2, 0.5),
                    "p_nom": draw(20, 90), "marginal_cost": 2.0},
            "pump": {"bus0": "north", "bus1": "heat", "efficiency": wave(2, 4), "p_nom": draw(2, 12)},
        }),
        make_table("process", {"plant": {"bus0": "south", "bus1": "water", "bus2": "heat", "rate0": -2.0, "rate1": 1.0,
                                         "rate2": -0.3, "p_nom": draw(2, 20)}}),
        make_table("store", {"tank": {"bus": "heat", "e_nom": draw(10, 60), "standing_loss": 0.02, "e_cyclic": True}}),
        make_table("storage_unit", {"hydro": hydro}),
        make_table("cogeneration", {"unit": {"bus": "west", "heat_bus": "heat", "fuel_bus": "gas", "p_nom": draw(10, 60),
                                             "efficiency": 0.4, "power_loss": 0.18, "back_pressure": 0.5}}),
    )  # fmt: skip


def given_of(network: Network, component: str, attribute: str) -> np.ndarray:
    return np.broadcast_to(network.table(component).varying(attribute, STEPS), (STEPS, len(network.table(component))))


def balance_of(found: Outcome) -> np.ndarray:
    """Return what comes into each bus less what leaves it: (steps, buses)."""
    network, total = found.network, np.zeros((STEPS, len(BUSES)))

    def put(component: str, column: str, flow: np.ndarray) -> None:
        for place, bus in enumerate(network.table(component).text(column)):
            if bus:
                total[:, BUSES.index(bus)] += flow[:, place]

    put("load", "bus", -given_of(network, "load", "p_set"))
    put("generator", "bus", found.value("generator", "p"))
    put("store", "bus", found.value("store", "p"))
    put("storage_unit", "bus", found.value("storage_unit", "p_dispatch") - found.value("storage_unit", "p_store"))
    for kind in ("line", "transformer"):
        flow = found.value(kind, "s")
        put(kind, "bus0", -flow)
        put(kind, "bus1", flow)
    into = found.value("link", "p")
    put("link", "bus0", -into)
    put("link", "bus1", into * given_of(network, "link", "efficiency"))
    put("link", "bus2", into * given_of(network, "link", "efficiency2"))
    for port, rate in (("0", -2.0), ("1", 1.0), ("2", -0.3)):
        put("process", f"bus{port}", rate * found.value("process", "p"))
    power, heat = found.value("cogeneration", "p"), found.value("cogeneration", "q")
    put("cogeneration", "bus", power)
    put("cogeneration", "heat_bus", heat)
    put("cogeneration", "fuel_bus", -(power + 0.18 * heat) / 0.4)
    return total


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, hours=st.sampled_from([1.0, 3.0]))
def test_nothing_is_made_or_lost_at_any_bus(seed, hours):
    assert balance_of(solve_network(park(seed, hours))) == pytest.approx(0.0, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, hours=st.sampled_from([1.0, 3.0]))
def test_a_level_changes_by_what_goes_in_and_out(seed, hours):
    found = solve_network(park(seed, hours))
    level, power = (found.value("store", name)[:, 0] for name in ("e", "p"))
    assert level == pytest.approx(0.98**hours * np.roll(level, 1) - hours * power, abs=1e-6)
    names = ("state_of_charge", "p_store", "p_dispatch", "spill")
    full, charge, out, spill = (found.value("storage_unit", name)[:, 0] for name in names)
    start = found.network.table("storage_unit").number("state_of_charge_initial")
    before = np.append(start, 0.99**hours * full[:-1])
    inflow = given_of(found.network, "storage_unit", "inflow")[:, 0]
    assert full == pytest.approx(before + hours * (0.9 * charge - out / 0.85 + inflow - spill), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_flows_obey_impedance_around_every_circle(seed):
    found = solve_network(park(seed))
    x, flow = found.network.table("line").number("x"), found.value("line", "s")
    assert flow @ (x * np.array([1.0, -1.0, 1.0])) == pytest.approx(0.0, abs=1e-5)
    assert found.value("transformer", "s")[:, 0] * 1.0 / found.network.table("transformer").number("s_nom") == pytest.approx(
        flow[:, 2] * x[2], abs=1e-5
    )


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_cogeneration_and_ramps_stay_in_their_regions(seed):
    found = solve_network(park(seed))
    power, heat = (found.value("cogeneration", name)[:, 0] for name in ("p", "q"))
    size = found.network.table("cogeneration").number("p_nom")
    assert (power >= 0.5 * heat - 1e-6).all()
    assert (power + 0.18 * heat <= size + 1e-6).all()
    coal, table = found.value("generator", "p")[:, 1], found.network.table("generator")
    up, down = (given_of(found.network, "generator", f"ramp_limit_{way}")[0, 1] for way in ("up", "down"))
    assert (np.diff(coal) <= up * table.number("p_nom")[1] + 1e-6).all()
    assert (np.diff(coal) >= -down * table.number("p_nom")[1] - 1e-6).all()


def changed(network: Network, component: str, attribute: str, change: object) -> Network:
    """Return the network with another value of an attribute for all components of a kind; series replace columns."""
    table = network.table(component)
    series = {name: by for name, by in table.series.items() if name != attribute}
    old = np.broadcast_to(table.varying(attribute, STEPS), (STEPS, len(table)))
    new = change(old)  # type: ignore[operator]
    if (new == new[0]).all():
        return network.put(Table(component, table.names, {**table.columns, attribute: new[0]}, series))
    by = {name: new[:, place].copy() for place, name in enumerate(table.names)}
    return network.put(Table(component, table.names, table.columns, {**series, attribute: by}))


MORE = [
    ("generator", "p_nom"), ("link", "p_nom"), ("process", "p_nom"), ("store", "e_nom"), ("storage_unit", "max_hours"),
    ("storage_unit", "inflow"), ("line", "s_nom"), ("link", "efficiency"), ("cogeneration", "efficiency"),
]  # fmt: skip
"""What never costs where there is more of it. (A larger transformer or storage unit has other impedance or tied limits.)"""


@pytest.mark.parametrize(("component", "attribute"), MORE)
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, more=st.floats(1.01, 2.0))
def test_more_of_it_never_costs(component, attribute, seed, more):
    base = park(seed)
    cost = solve_network(base).system_cost
    assert solve_network(changed(base, component, attribute, lambda old: more * old)).system_cost <= cost * (1 + 1e-7)


LESS = [("load", "p_set", 1.2), ("generator", "marginal_cost", 1.2), ("store", "standing_loss", 2.0)]
"""What never pays where there is more of it."""


@pytest.mark.parametrize(("component", "attribute", "more"), LESS)
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_more_of_it_never_pays(component, attribute, more, seed):
    base = park(seed)
    cost = solve_network(base).system_cost
    assert solve_network(changed(base, component, attribute, lambda old: more * old)).system_cost >= cost * (1 - 1e-7)


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, share=st.floats(0.5, 0.99))
def test_a_tighter_cap_never_pays_and_its_price_says_so(seed, share):
    base = park(seed)
    size = 0.34 * solve_network(base).value("generator", "p")[:, 1].sum() + 1.0

    def capped(amount: float) -> Outcome:
        row = {"co2": {"type": "primary_energy", "sense": "<=", "constant": amount}}
        return solve_network(base.put(make_table("global_constraint", row)))

    loose, tight = capped(size), capped(share * size)
    assert tight.system_cost >= loose.system_cost * (1 - 1e-7)
    step = (share - 1.0) * size
    assert tight.system_cost >= loose.system_cost + loose.dual("limit.co2")[0] * step - 1e-6 * abs(loose.system_cost)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, size=st.floats(-3.0, 3.0), hours=st.sampled_from([1.0, 3.0]))
def test_prices_are_slopes_of_the_cost(seed, size, hours):
    # the least cost is convex in demand, so the tangent that the prices make lies below it everywhere
    base = park(seed, hours)
    found, other = solve_network(base), size * np.random.default_rng(seed + 1).random((STEPS, len(BUSES)))
    moved = solve_network(changed(base, "load", "p_set", lambda old: old + other)).system_cost
    assert moved >= found.system_cost + float((found.price() * other).sum()) - 1e-6 * abs(found.system_cost)


def committed(seed: int) -> Network:
    """Return a unit with least times up and down beside a dear one."""
    rng = np.random.default_rng(seed)
    unit = {"bus": "b", "p_nom": 50.0, "p_min_pu": 0.4, "marginal_cost": 100.0, "committable": True, "start_up_cost": 900.0,
            "min_up_time": 2, "min_down_time": 2, "up_time_before": 0, "down_time_before": 2}  # fmt: skip
    return Network("units", plain_clock(STEPS), {}).put(
        make_table("bus", {"b": {}}),
        make_table("load", {"l": {"bus": "b", "p_set": rng.uniform(5, 70, STEPS)}}),
        make_table("generator", {"unit": unit, "dear": {"bus": "b", "p_nom": 99.0, "marginal_cost": 300.0}}),
    )


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_commitment_keeps_its_times_and_relaxing_it_never_costs(seed):
    network = committed(seed)
    found = solve_network(network)
    status, power = (found.value("generator", name)[:, 0] for name in ("status", "p"))
    assert np.isin(np.round(status, 6), (0.0, 1.0)).all()
    assert (power <= 50 * status + 1e-6).all()
    assert (power >= 20 * status - 1e-6).all()
    runs = np.split(np.round(status), np.flatnonzero(np.diff(np.round(status))) + 1)
    assert all(len(run) >= 2 for run in runs[1:-1])
    assert solve_network(network, relaxed=True).system_cost <= found.system_cost * (1 + 1e-7)


def test_the_park_holds_every_component_that_flows():
    assert {"generator", "link", "process", "store", "storage_unit", "line", "transformer", "cogeneration"} <= set(
        build_network(park(0)).frames
    )
