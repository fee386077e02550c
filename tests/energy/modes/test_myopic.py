"""Pathways: what a period builds stands later, lifetimes end, limits and build limits hold, foresight is never dearer."""

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.energy.modes.myopic import solve_myopic
from dafeng.energy.network.build import with_capacities
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import make_table
from tests.energy.modes.toys import pathway_city, random_city


@pytest.mark.parametrize("seed", range(4))
def test_lack_of_foresight_is_never_cheaper(seed):
    found = solve_myopic(pathway_city(seed), compare=True)
    assert found.gap >= -1e-9
    assert found.cost >= found.bound * (1 - 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_cost_of_a_myopic_pathway_is_that_of_its_capacities_in_the_whole_network(seed):
    network = pathway_city(seed)
    myopic = solve_myopic(network)
    whole = solve_network(with_capacities(network, myopic.design.sizes))
    assert myopic.cost == pytest.approx(myopic.design.cost + whole.system_cost, rel=1e-7)


def test_what_was_built_stands_until_the_end_of_its_life():
    network = pathway_city(1)
    myopic = solve_myopic(network)
    names = network.table("generator").names
    last = myopic.stages[-1].outcome
    size = myopic.design.sizes["generator"][names.index("sun 2025")]
    assert last.capacity("generator")[names.index("sun 2025")] == pytest.approx(size)
    assert not last.value("generator", "p")[:, names.index("gas 2025")].any()
    assert not last.value("generator", "p")[:, names.index("plant")].any()


def test_build_limits_hold_in_each_period():
    network = pathway_city(2)
    tight = network.put(
        make_table("carrier", {"coal": {"co2_emissions": 0.9}, "gas": {"co2_emissions": 0.4}, "sun": {"max_growth": 20.0}})
    )
    sizes = solve_myopic(tight).design.sizes["generator"]
    suns = [size for name, size in zip(network.table("generator").names, sizes, strict=True) if name.startswith("sun")]
    assert max(suns) <= 20.0 * (1 + 1e-9)


def test_a_limit_of_capacity_counts_what_stands():
    network = pathway_city(3)
    names = network.table("generator").names
    before = [size for name, size in zip(names, solve_myopic(network).design.sizes["generator"], strict=True) if "sun" in name]
    limit = {"type": "tech_capacity_expansion_limit", "carrier_attribute": "sun", "sense": "<=", "investment_period": 2040}
    limit["constant"] = sum(before[:2]) + 10.0
    tight = network.put(make_table("global_constraint", {"most": limit}))
    sizes = solve_myopic(tight).design.sizes["generator"]
    after = [size for name, size in zip(names, sizes, strict=True) if "sun" in name]
    assert sum(after) <= limit["constant"] * (1 + 1e-9)
    assert sum(before) > limit["constant"]


def test_relative_growth_counts_what_the_period_before_built():
    network = pathway_city(0)
    carriers = {"coal": {}, "gas": {}, "sun": {"max_growth": 15.0, "max_relative_growth": 0.5}}
    sizes = solve_myopic(network.put(make_table("carrier", carriers))).design.sizes["generator"]
    suns = [size for name, size in zip(network.table("generator").names, sizes, strict=True) if name.startswith("sun")]
    assert all(now <= 15.0 + 0.5 * before + 1e-6 for before, now in zip([0.0, *suns], suns, strict=False))


def test_networks_without_periods_and_limits_over_all_of_them_are_refused():
    with pytest.raises(DefinitionError):
        solve_myopic(random_city(0, 24))
    network = pathway_city(0)
    with pytest.raises(DefinitionError):
        solve_myopic(network.put(make_table("global_constraint", {"co2": {"sense": "<=", "constant": 1e9}})))


def test_one_period_is_decided_alike():
    network = pathway_city(5, years=(2030,))
    found = solve_myopic(network, compare=True)
    assert found.gap == pytest.approx(0.0, abs=1e-9)
    assert np.isfinite(found.cost)
