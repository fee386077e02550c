"""What users of PyPSA do every day: options of ``optimize``, scenarios, set flows, costs that vary; the same results."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pypsa
import pytest

import dafeng as df
from dafeng.core.errors import DafengError, SettingError
from tests.energy.twin.peer import optimise, quiet
from tests.energy.twin.rarities import plain

YEARS = (2025, 2030, 2040)


def same(make, *, flows=True, **how):
    """Assert that both sides find the same cost and prices, and put them in the same places; return both networks."""
    theirs, ours = make(), make()
    answer = optimise(theirs, **how)
    assert quiet(df.solve)(ours, include_objective_constant=True, **how) == ("ok", "optimal")
    assert ours.objective == pytest.approx(theirs.objective, rel=1e-6)
    assert ours.objective_constant == pytest.approx(theirs.objective_constant, rel=1e-9)
    if flows:
        np.testing.assert_allclose(ours.buses_t.p, theirs.buses_t.p, atol=1e-5)
        np.testing.assert_allclose(ours.buses_t.marginal_price, answer.prices, atol=1e-5)
    return theirs, ours


def set_flow():
    """A line whose flow is given in some hours."""
    network = plain()
    network.c.lines.dynamic["s_set"] = pd.DataFrame({"one": [10, 12, np.nan, 8, np.nan, 20.0]}, network.snapshots)
    return network


def varying_starts():
    """Units whose starts and stops cost more in some hours than in others."""
    network = plain()
    network.add(
        "Generator",
        "unit",
        bus="b",
        p_nom=30,
        committable=True,
        p_min_pu=0.5,
        marginal_cost=12,
        start_up_cost=[900, 10, 900, 900, 5, 900.0],
        shut_down_cost=[50, 400, 0, 0, 400, 0.0],
        up_time_before=0,
        down_time_before=1,
    )
    return network


@quiet
def uncertain(*, differing=False):
    """Two futures of wind, load and cost; capacity is decided once."""
    network = plain()
    network.add(
        "Generator", "new", bus="b", p_nom_extendable=True, capital_cost=12, p_nom=3, p_max_pu=[0.9, 0.2, 0.5, 1, 0.1, 0.4]
    )
    network.set_scenarios({"calm": 0.3, "windy": 0.7})
    network.generators_t.p_max_pu[("windy", "new")] = [1, 0.7, 0.8, 1, 0.6, 0.5]
    network.loads_t.p_set[("windy", "load")] = [50.7, 104.9, 90.3, 31.1, 115.9, 62.3]
    network.generators.loc[("windy", "dear"), "marginal_cost"] = 58.0
    network.generators.loc[("calm", "cheap"), "p_nom"] = 61.7
    network.loads_t.p_set[("calm", "load")] = [61.3, 96.1, 83.7, 41.9, 112.3, 71.1]
    if differing:
        network.generators.loc[("windy", "new"), "capital_cost"] = 19.0
        network.generators.loc[("calm", "new"), "p_nom_max"] = 40.0
    return network


@quiet
def periods():
    """Three periods; what stands in which is said by build years."""
    network = plain()
    stamps = network.snapshots
    network.set_snapshots(pd.MultiIndex.from_product([YEARS, stamps]))
    load = network.loads_t.p_set["load"].to_numpy()
    network.loads_t.p_set["load"] = load if len(load) == len(network.snapshots) else np.tile(load, len(YEARS))
    network.loads_t.p_set = pd.DataFrame({"load": np.tile([60.0, 95, 80, 40, 110, 70], 3)}, network.snapshots)
    network.remove("StorageUnit", "battery")
    network.generators.loc["dear", ["build_year", "lifetime"]] = [2030, 40]
    network.add("Generator", "old", bus="b", p_nom=90, marginal_cost=44, build_year=2000, lifetime=31, ramp_limit_up=0.3)
    network.add(
        "Generator", "new", bus="b", p_nom_extendable=True, capital_cost=60, marginal_cost=20, build_year=2030, lifetime=9
    )
    network.add("Generator", "none", bus="b", p_nom=500, marginal_cost=900)
    return network


@pytest.mark.parametrize("make", [set_flow, varying_starts])
def test_what_varies_is_never_dropped(make):
    same(quiet(make), flows=make is set_flow)


def test_snapshots_may_be_given_by_position_and_highs_by_its_name():
    one, other = plain(), plain()
    options = {
        "solver_name": "highs",
        "solver_options": {"threads": 1, "solver": "ipx"},
        "log_to_console": False,
        "io_api": "direct",
    }
    assert quiet(df.solve)(one, one.snapshots, False, **options) == ("ok", "optimal")
    quiet(df.solve)(other)
    assert one.objective == pytest.approx(other.objective, rel=1e-7)


@pytest.mark.parametrize("option", [{"time_limit": 3}, {"solver_options": {"solver": "magic"}}, {"piecewise_options": [1]}])
def test_an_option_that_could_change_the_result_is_refused_by_name(option):
    name = "solver" if "solver_options" in option else next(iter(option))
    with pytest.raises(DafengError, match=name):
        df.solve(plain(), **option)


@pytest.mark.slow
@pytest.mark.parametrize("differing", [False, True])
def test_scenarios_are_solved_together(differing):
    theirs, ours = same(lambda: uncertain(differing=differing), flows=False)
    np.testing.assert_allclose(ours.buses_t.marginal_price, theirs.buses_t.marginal_price, atol=1e-5)
    np.testing.assert_allclose(ours.generators.p_nom_opt, theirs.generators.p_nom_opt, atol=1e-6)
    assert ours.generators_t.p.columns.equals(theirs.generators_t.p.columns)
    assert quiet(ours.statistics)().shape == quiet(theirs.statistics)().shape


def test_scenarios_in_a_file_have_the_cost_of_those_in_memory(tmp_path):
    network = uncertain(differing=True)
    quiet(network.export_to_netcdf)(tmp_path / "two.nc")
    quiet(df.solve)(network)
    found = df.solved_document(df.solve_energy(tmp_path / "two.nc"))
    assert found["objective"] == pytest.approx(network.objective, rel=1e-8)
    assert found["sizes"]["scenarios"] == 2
    with pytest.raises(SettingError, match="scenarios"):
        df.solve_energy(tmp_path / "two.nc", out=tmp_path / "out.nc")


def test_a_decision_that_differs_between_scenarios_is_refused():
    network = uncertain()
    network.generators.loc[("windy", "new"), "lifetime"] = 9.0
    with pytest.raises(DafengError, match="lifetime"):
        quiet(df.solve)(network)


def test_a_preference_for_risk_is_refused():
    network = uncertain()
    network.set_risk_preference(alpha=0.9, omega=0.5)
    with pytest.raises(DafengError, match="risk"):
        quiet(df.solve)(network)


@pytest.mark.slow
@pytest.mark.parametrize("invested", [False, True])
def test_periods_say_what_stands_even_where_they_are_not_paid_one_by_one(invested):
    logging.disable(logging.WARNING)
    theirs, ours = periods(), periods()
    options = {"multi_investment_periods": invested, "include_objective_constant": True}
    quiet(theirs.optimize)(log_to_console=False, **options)
    assert quiet(df.solve)(ours, **options) == ("ok", "optimal")
    assert ours.objective == pytest.approx(theirs.objective, rel=1e-6)
    logging.disable(logging.NOTSET)


def test_a_line_that_comes_later_needs_periods_that_count():
    network = periods()
    network.lines.loc["two", "build_year"] = 2030
    with pytest.raises(DafengError, match="two"):
        quiet(df.solve)(network)


@quiet
def many_units(seed=5, steps=24):
    """Six units in two places with minimum times, ramps and costs of starting."""
    draw = np.random.default_rng(seed)
    network = pypsa.Network(snapshots=pd.date_range("2025-01-01", periods=steps, freq="h"))
    network.add("Bus", ["b", "c"])
    network.add("Link", "bc", bus0="b", bus1="c", p_nom=300, p_min_pu=-1)
    hours = np.arange(steps)
    network.add("Load", "l", bus="b", p_set=600 + 200 * np.sin(hours / 24 * 6.28) + draw.uniform(-50, 50, steps))
    network.add("Load", "m", bus="c", p_set=300 + 100 * np.sin(hours / 12 * 6.28) + draw.uniform(-50, 50, steps))
    for number in range(6):
        network.add(
            "Generator",
            f"g{number}",
            bus="b" if number % 2 else "c",
            p_nom=draw.integers(100, 400),
            committable=True,
            p_min_pu=draw.choice([0.2, 0.4, 0.5]),
            marginal_cost=draw.uniform(10, 70),
            start_up_cost=draw.uniform(0, 5000),
            shut_down_cost=draw.uniform(0, 500) * (number % 3 == 0),
            stand_by_cost=draw.uniform(0, 200) * (number % 2),
            min_up_time=int(draw.integers(0, 7)),
            min_down_time=int(draw.integers(0, 6)),
            up_time_before=int(draw.integers(0, 5)),
            ramp_limit_up=draw.choice([np.nan, 0.3, 0.5]),
            ramp_limit_down=draw.choice([np.nan, 0.3, 0.6]),
            ramp_limit_start_up=draw.choice([np.nan, 0.6, 1.0]),
            ramp_limit_shut_down=draw.choice([np.nan, 0.7, 1.0]),
        )
    network.generators.loc["g1", ["up_time_before", "down_time_before"]] = [0, 2]
    network.add("Generator", ["shed b", "shed c"], bus=["b", "c"], p_nom=5000, marginal_cost=3000.0)
    return network


@pytest.mark.slow
def test_presolve_cannot_call_a_sound_commitment_infeasible():
    network, twin = many_units(), many_units()
    assert quiet(df.solve)(network) == ("ok", "optimal")
    assert quiet(twin.optimize)(log_to_console=False, presolve="off", mip_rel_gap=0.0) == ("ok", "optimal")
    assert network.objective == pytest.approx(twin.objective, rel=1e-6)


@pytest.mark.parametrize("solver", ["simplex", "clarabel", "ipx", "pdlp", "highs"])
@pytest.mark.parametrize(("name", "cost"), [("ac-dc-meshed", 18441021.47773), ("storage-hvdc", 15881838.60584)])
def test_every_solver_passes_on_the_published_networks(name, cost, solver, shared):
    # The first-order method ends at 4e-7 in some row at its finest setting; its cost is as exact as the others'.
    tolerance = 1e-6 if solver == "pdlp" else 1e-7
    found = df.solve_energy(shared / "data" / "energy" / "pypsa_examples" / name, solver=solver, tolerance=tolerance)
    assert found.outcome.system_cost == pytest.approx(cost, rel=1e-7)


def test_what_takes_no_part_has_results_of_zero():
    network = plain()
    network.links["active"] = False
    quiet(df.solve)(network)
    assert (network.links_t.p0 == 0).all(axis=None)
    assert network.links_t.p1.shape == (len(network.snapshots), 1)


def test_a_series_of_what_cannot_vary_is_refused():
    network = plain()
    network.c.generators.dynamic["capital_cost"] = pd.DataFrame({"dear": np.arange(6.0)}, network.snapshots)
    with pytest.raises(DafengError, match="capital_cost"):
        quiet(df.solve)(network)
