"""Years that begin from the prices of others, points moved onto their rows, steps that differ from hour to hour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Network, make_table, plain_clock
from dafeng.energy.years import dispatching
from dafeng.energy.years.batch import Batch, batch_of
from dafeng.energy.years.chain import chain_of
from dafeng.energy.years.dispatching import dispatch_years
from dafeng.energy.years.elimination import Pattern, pattern_of
from dafeng.energy.years.mending import limit_of, mended
from dafeng.energy.years.series import Series, changes_of, network_of_year
from dafeng.energy.years.stage import stage_of
from dafeng.energy.years.walk import BACK, _lengths

STEPS, YEARS, GUIDES = 120, 6, 2


def _town(seed: int) -> tuple[Network, Series]:
    """A random town: wind, up to three plants with and without ramps, an electrolyser, a battery, a hydrogen store."""
    random = np.random.Generator(np.random.PCG64(seed))
    plants = {
        f"plant {number}": {
            "bus": "power",
            "p_nom": 20 + 40 * random.random(),
            "marginal_cost": 100 + 500 * random.random(),
            **({"ramp_limit_up": 0.2, "ramp_limit_down": 0.3} if random.random() < 0.5 else {}),
        }
        for number in range(random.integers(1, 4))
    }
    generators = {
        "wind": {"bus": "power", "p_nom": 60 * random.random()},
        **plants,
        "shed": {"bus": "power", "p_nom": 1000.0, "marginal_cost": 9000.0},
        "dry": {"bus": "gas", "p_nom": 1000.0, "marginal_cost": 4000.0},
    }
    battery = {
        "bus": "power",
        "p_nom": 15 * random.random(),
        "max_hours": 1 + 5 * random.random(),
        "cyclic_state_of_charge": True,
    }
    tables = (
        make_table("bus", {"power": {}, "gas": {}}),
        make_table("generator", generators),
        make_table("link", {"splitter": {"bus0": "power", "bus1": "gas", "efficiency": 0.6, "p_nom": 20.0}}),
        make_table("storage_unit", {"battery": {**battery, "efficiency_store": 0.9, "standing_loss": 0.01}}),
        make_table("store", {"cavern": {"bus": "gas", "e_nom": 100 * random.random(), "e_cyclic": True}}),
        make_table("load", {"town": {"bus": "power", "p_set": 50.0}, "plant": {"bus": "gas", "p_set": 4.0}}),
    )
    load = 45 + 12 * np.sin(np.arange(STEPS) * 2 * np.pi / 24) + 6 * random.random((YEARS, STEPS))
    series = {("generator", "p_max_pu", "wind"): random.random((YEARS, STEPS)), ("load", "p_set", "town"): load}
    return Network("town", plain_clock(STEPS), {table.component: table for table in tables}), series


@pytest.fixture
def by_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """Year after year, all but two of them guided."""
    monkeypatch.setattr(dispatching, "TOGETHER", STEPS)
    monkeypatch.setattr(dispatching, "GUIDES", GUIDES)


@pytest.mark.usefixtures("by_year")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("gap", [5e-3, 1e-5])
def test_bound_optimum_and_cost_of_guided_years_stand_in_order(seed: int, gap: float) -> None:
    network, series = _town(seed)
    found = dispatch_years(network, series, gap=gap, unserved=("shed", "dry"))
    least = np.array([solve_network(network_of_year(network, series, year)).system_cost for year in range(YEARS)])
    assert (found.reason, found.alone) == ("", ())
    assert (found.bound <= least * (1 + 1e-7)).all()
    assert (least <= found.cost * (1 + 1e-7)).all()
    assert (found.proven_gap <= gap).all()
    assert (found.violation < 1e-6).all()


@pytest.mark.usefixtures("by_year")
def test_unserved_energy_below_the_resolution_is_worth_less_than_the_gap() -> None:
    network, series = _town(1)
    found = dispatch_years(network, series, unserved=("shed", "dry"))
    assert found.resolution * 4000.0 == pytest.approx(found.cost - found.bound)


def _batch(seed: int) -> tuple[Batch, Pattern]:
    from dafeng.energy.network.build import build_network

    network, series = _town(seed)
    built = build_network(network)
    chain = chain_of(built)
    stage = stage_of(chain, changes_of(built, chain, series))
    return batch_of(stage, np.arange(YEARS)), pattern_of(stage)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), size=st.sampled_from([1e-3, 1e-2]))
def test_a_shaken_point_comes_back_to_its_rows_within_its_bounds(seed: int, size: float) -> None:
    batch, pattern = _batch(seed)
    random = np.random.Generator(np.random.PCG64(seed))
    inside = batch.low + (0.2 + 0.6 * random.random(batch.low.shape)) * (batch.high - batch.low)
    right = batch.times(inside)
    batch = replace(batch, right=right)
    shaken = inside + size * (random.random(inside.shape) - 0.5) * (batch.high - batch.low)
    point, lack = mended(batch, pattern, shaken)
    assert (lack <= limit_of(batch)).all()
    assert np.abs(batch.right - batch.times(point)).max() <= limit_of(batch).max()
    assert (point >= batch.low).all()
    assert (point <= batch.high).all()


@given(seed=st.integers(0, 1000), radius=st.integers(0, 80))
def test_no_hour_goes_further_than_its_own_variables_may(seed: int, radius: int) -> None:
    far = np.maximum(BACK, np.random.Generator(np.random.PCG64(seed)).exponential(1.0, (2, 3, STEPS)))
    assert (_lengths(far, BACK, radius) <= BACK / far + 1e-12).all()
