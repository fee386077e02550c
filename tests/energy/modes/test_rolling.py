"""Rolling horizon: the same windows as PyPSA's, the whole as one window, failures that name their hours."""

import logging
import warnings

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError, SolveError
from dafeng.core.labels import Label
from dafeng.energy.modes.certified import solve_certified
from dafeng.energy.modes.rolling import solve_rolling
from dafeng.energy.network.design import design_of, fixed
from dafeng.energy.network.policy import Policy, Term, with_policies
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import make_table
from dafeng.energy.windows.window import spans
from tests.energy.modes.toys import random_city


def _given(seed, steps=48, **more):
    network = random_city(seed, steps, **more)
    return fixed(network, design_of(solve_network(network)))


@pytest.mark.parametrize("seed", range(4))
def test_one_window_is_the_whole(seed):
    network = _given(seed)
    assert solve_rolling(network, horizon=48).cost == pytest.approx(solve_network(network).system_cost, rel=1e-9)


def test_windows_follow_each_other():
    assert list(spans(10, 4, 1)) == [(0, 4), (3, 7), (6, 10), (9, 10)]


@pytest.mark.parametrize("seed", range(3))
def test_less_foresight_is_never_cheaper_without_a_cap(seed):
    network = _given(seed, cap=False)
    unit, store = network.table("storage_unit"), network.table("store")
    network = network.put(unit.setting({"cyclic_state_of_charge": False}), store.setting({"e_cyclic": False}))
    optimum = solve_network(network).system_cost
    rolled = solve_rolling(network, horizon=12, overlap=4)
    assert rolled.cost >= optimum * (1 - 1e-9)
    assert all(window.certificate.passed for window in rolled.windows)


def test_a_bad_window_ends_the_run_and_is_named():
    network = _given(1, cap=False)
    loads = network.table("load")
    high = {**loads.series["p_set"], "town": np.where(np.arange(48) == 30, 1e6, loads.series["p_set"]["town"])}
    network = network.put(type(loads)(loads.component, loads.names, loads.columns, {"p_set": high}))
    with pytest.raises(SolveError, match="from 24 to 35"):
        solve_rolling(network, horizon=12)


def test_capacities_to_decide_and_long_overlaps_are_refused():
    with pytest.raises(DefinitionError):
        solve_rolling(random_city(0, 12), horizon=6)
    with pytest.raises(DefinitionError):
        solve_rolling(_given(0, 12), horizon=6, overlap=6)


def _peer(seed, theme):
    """A PyPSA network with what windows hand on: levels with losses, ramps, a limit, cycles, status."""
    pypsa, pandas = pytest.importorskip("pypsa"), pytest.importorskip("pandas")
    rng = np.random.default_rng(seed)
    network = pypsa.Network(snapshots=pandas.date_range("2030-01-01", periods=14, freq="h"))
    network.add("Carrier", ["AC", "coal"], co2_emissions=[0.0, 0.9])
    network.add("Bus", ["a", "b"], carrier="AC")
    network.add("Load", "town", bus="a", p_set=rng.uniform(60, 140, 14))
    network.add("Generator", "wind", bus="b", p_nom=150.0, p_max_pu=rng.random(14), marginal_cost=1.0)
    on = {"committable": True, "p_min_pu": 0.4, "start_up_cost": 900.0, "min_up_time": 3} if theme == "status" else {}
    ramp = {"ramp_limit_up": 0.25, "ramp_limit_down": 0.3}
    network.add("Generator", "coal", bus="a", carrier="coal", p_nom=110.0, marginal_cost=31.7, **ramp, **on)
    network.add("Generator", "gas", bus="a", p_nom=90.0, marginal_cost=77.1)
    network.add("Generator", "unserved", bus="a", p_nom=1e4, marginal_cost=3000.0)
    network.add("Link", "line", bus0="b", bus1="a", efficiency=0.97, p_nom=120.0, marginal_cost=0.3)
    cyclic = theme == "cycles"
    network.add(
        "StorageUnit",
        "battery",
        bus="a",
        p_nom=30.0,
        max_hours=4.0,
        efficiency_store=0.93,
        efficiency_dispatch=0.91,
        standing_loss=0.02,
        marginal_cost=0.7,
        cyclic_state_of_charge=cyclic,
        state_of_charge_initial=55.0,
    )
    network.add("Store", "tank", bus="b", e_nom=80.0, standing_loss=0.05, e_cyclic=cyclic, e_initial=20.0)
    if theme == "limit":
        network.add(
            "GlobalConstraint", "co2", type="primary_energy", carrier_attribute="co2_emissions", sense="<=", constant=250.0
        )
    return network


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["levels", "cycles", "limit", "status"])
@pytest.mark.parametrize("seed", range(1))
def test_the_same_windows_give_what_pypsa_gives(seed, theme):
    from dafeng.energy.interop.pypsa_objects import read_object

    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = _peer(seed, theme)
    ours = solve_rolling(read_object(peer), horizon=6, overlap=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer.optimize.optimize_with_rolling_horizon(
            horizon=6,
            overlap=2,
            solver_name="highs",
            io_api="direct",
            include_objective_constant=False,
            output_flag=False,
            threads=1,
        )
    logging.disable(logging.NOTSET)
    total = float((peer.generators_t.p @ peer.generators.marginal_cost).sum())
    total += float((peer.links_t.p0 @ peer.links.marginal_cost).sum())
    total += float((peer.storage_units_t.p_dispatch @ peer.storage_units.marginal_cost).sum())
    if theme == "status":
        total += 900.0 * float(ours.value("generator", "start_up").sum())
    assert ours.cost == pytest.approx(total, rel=1e-8)
    level = ours.value("storage_unit", "state_of_charge")
    assert level == pytest.approx(peer.storage_units_t.state_of_charge.to_numpy(), abs=1e-4)


def test_a_policy_of_each_step_holds_in_every_window():
    network = _given(3, 24, cap=False)
    terms = (Term("generator", name="plant"), Term("load", "p_set", name="town", factor=-0.05))
    network = with_policies(network, Policy("least", Label("最低出力", "least output"), terms, ">=", each_step=True))
    rolled = solve_rolling(network, horizon=8, overlap=2)
    output = rolled.value("generator", "p")[:, network.table("generator").names.index("plant")]
    assert (output >= 0.05 * network.table("load").series["p_set"]["town"] - 1e-6).all()
    assert solve_certified(network, segments=12).bound <= solve_network(network).system_cost * (1 + 1e-9)


def test_the_table_of_levels_is_complete():
    """Every kind of component with a level is handed on."""
    network = _given(2, 12).put(make_table("carrier", {"coal": {"co2_emissions": 0.9}}))
    rolled = solve_rolling(network, horizon=6)
    assert rolled.value("store", "e").shape == (12, 1)
    assert rolled.value("storage_unit", "state_of_charge").shape == (12, 1)
