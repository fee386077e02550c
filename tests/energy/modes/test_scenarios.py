"""Stochastic scenarios: capacity once, operation in each; the same optimum as PyPSA's scenarios."""

import logging
import warnings

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.energy.network.build import build_scenarios
from dafeng.energy.network.solve import solve_network
from dafeng.energy.solution import solve_program
from tests.energy.modes.toys import random_city

STEPS = 10


def _peer(wind, load):
    pypsa, pandas = pytest.importorskip("pypsa"), pytest.importorskip("pandas")
    network = pypsa.Network(snapshots=pandas.date_range("2030-01-01", periods=STEPS, freq="h"))
    network.add("Carrier", ["AC", "gas"], co2_emissions=[0.0, 0.4])
    network.add("Bus", "a", carrier="AC")
    network.add("Load", "town", bus="a", p_set=load)
    network.add(
        "Generator",
        "wind",
        bus="a",
        p_nom_extendable=True,
        p_nom_max=500.0,
        capital_cost=310.0,
        p_max_pu=wind,
        marginal_cost=0.9,
    )
    network.add("Generator", "gas", bus="a", carrier="gas", p_nom_extendable=True, capital_cost=145.0, marginal_cost=63.7)
    network.add(
        "StorageUnit",
        "battery",
        bus="a",
        p_nom_extendable=True,
        capital_cost=88.0,
        max_hours=3.0,
        efficiency_store=0.9,
        cyclic_state_of_charge=True,
    )
    return network


@pytest.mark.slow
def test_the_optimum_is_that_of_pypsas_scenarios():
    from dafeng.energy.interop.pypsa_objects import read_object

    rng = np.random.default_rng(4)
    winds, load = rng.random((2, STEPS)), rng.uniform(50, 120, STEPS)
    shares = (0.65, 0.35)
    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        futures = [(share, read_object(_peer(wind, load))) for share, wind in zip(shares, winds, strict=True)]
        peer = _peer(winds[0], load)
        peer.set_scenarios(dict(zip(("calm", "windy"), shares, strict=True)))
        peer.generators_t.p_max_pu[("windy", "wind")] = winds[1]
        status = peer.optimize(
            solver_name="highs", io_api="direct", include_objective_constant=False, output_flag=False, threads=1
        )
    logging.disable(logging.NOTSET)
    assert status == ("ok", "optimal")
    ours = solve_program(build_scenarios(futures)[0].program).certificate.objective
    assert ours == pytest.approx(float(peer.objective), rel=1e-8)


def test_equal_futures_are_one():
    network = random_city(3, 24)
    twice = build_scenarios([(0.5, network), (0.5, network)])
    assert solve_program(twice[0].program).certificate.objective == pytest.approx(solve_network(network).system_cost, rel=1e-8)


def test_deciding_once_for_all_futures_is_never_cheaper_than_knowing_each():
    network = random_city(1, 24, cap=False)
    loads = network.table("load")
    more = {**loads.series["p_set"], "town": 1.4 * loads.series["p_set"]["town"][::-1]}
    other = network.put(type(loads)(loads.component, loads.names, loads.columns, {"p_set": more}))
    joint = solve_program(build_scenarios([(0.5, network), (0.5, other)])[0].program).certificate.objective
    assert joint >= 0.5 * (solve_network(network).system_cost + solve_network(other).system_cost) * (1 - 1e-9)


def test_probabilities_sum_to_one():
    network = random_city(3, 6)
    with pytest.raises(DefinitionError):
        build_scenarios([(0.5, network), (0.4, network)])
