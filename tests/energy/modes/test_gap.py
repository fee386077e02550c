"""The gap asked for is reached or said to be missed, proofs name the network's blocks, and every mode can be cancelled."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.energy.modes import certified
from dafeng.energy.modes.certified import solve_certified
from dafeng.energy.modes.mode import read_mode
from dafeng.energy.modes.running import Wishes, run_mode
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock
from dafeng.energy.solution import CancelledError, InfeasibleError, UnboundedError
from tests.energy.modes.toys import pathway_city, random_city


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("gap", [0.01, 1e-5])
def test_a_small_network_always_reaches_the_gap(seed, gap):
    network = random_city(seed, 48)
    found = solve_certified(network, gap=gap)
    optimum = solve_network(network).system_cost
    assert found.reached
    assert found.gap <= gap
    assert found.bound <= optimum * (1 + 1e-7)
    assert found.cost >= optimum * (1 - 1e-7)
    assert found.violation <= 1e-6


def test_a_gap_out_of_reach_is_said_to_be_missed(monkeypatch):
    monkeypatch.setattr(certified, "WHOLE", 0)
    found = solve_certified(random_city(0, 48), gap=1e-9)
    assert not found.reached
    assert found.gap > 1e-9
    assert "not reached" in found.statement.en
    assert "未达到" in found.statement.zh


def tied(marginal: float, most: float) -> Network:
    hours = np.arange(24)
    return Network("tied", plain_clock(24), {}).put(
        make_table("bus", {"power": {}}),
        make_table("load", {"town": {"bus": "power", "p_set": 100.0 + hours}}),
        make_table(
            "generator",
            {
                "plant": {
                    "bus": "power",
                    "marginal_cost": 50.0,
                    "capital_cost": 10.0,
                    "p_nom_extendable": True,
                    "p_nom_max": most,
                },
                "sink": {
                    "bus": "power",
                    "p_nom_extendable": True,
                    "p_min_pu": -1.0,
                    "capital_cost": 0.0,
                    "marginal_cost": marginal,
                },
            },
        ),
    )


def test_an_unbounded_network_is_named_by_its_blocks():
    with pytest.raises(UnboundedError) as caught:
        run_mode(tied(80.0, np.inf), read_mode("certified"))
    assert any(name.startswith("generator") for name in caught.value.proof.blocks)
    assert "generator" in str(caught.value)


def test_an_infeasible_network_is_named_by_its_blocks():
    network = tied(0.0, 5.0)
    network = network.put(network.table("generator").setting({"p_nom_max": np.array([5.0, 3.0])}))
    with pytest.raises(InfeasibleError) as caught:
        run_mode(network, read_mode("certified"))
    assert "nodal_balance" in caught.value.proof.blocks


@pytest.mark.parametrize("mode", ["dispatch", "expand", "rolling", "segments=8", "certified", "near-optimal", "path", "myopic"])
@pytest.mark.parametrize("after", [0, 2])
def test_every_mode_tells_its_progress_and_can_be_cancelled(mode, after):
    network = pathway_city(0) if mode in ("path", "myopic") else random_city(0, 48)
    if mode == "rolling":
        table = network.table("generator")
        kinds = [network.table(kind) for kind in ("generator", "link", "store", "storage_unit") if len(network.table(kind))]
        network = network.put(
            *(one.setting({f"{'e' if one.component == 'store' else 'p'}_nom_extendable": False}) for one in kinds)
        )
        assert len(table)
    told = []
    with pytest.raises(CancelledError):
        run_mode(network, read_mode(mode), wishes=Wishes(progress=lambda now: told.append(now) or len(told) > after))
    assert len(told) == after + 1
