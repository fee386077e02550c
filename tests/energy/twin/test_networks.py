"""Our optimum is PyPSA's: cost, feasibility and every price that is unique, on random networks full of odd values."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.core.errors import SolveError
from dafeng.energy.interop.pypsa_objects import read_object
from dafeng.energy.network.solve import solve_network
from tests.energy.twin.networks import THEMES, network_of
from tests.energy.twin.peer import Answer, optimise, quiet, unique_prices

EASY = {"commitment", "quadratic"}
"""Themes whose prices are not those of a linear programme; only their cost is compared."""


def ours(network):
    """What we find for the same network, with prices of one hour as PyPSA states them."""
    given = quiet(read_object)(network)
    try:
        outcome = solve_network(given)
    except SolveError:
        return Answer(None)
    return Answer(outcome.system_cost, outcome.price() / given.clock.cost_weight[:, None])


def same(network, *, prices):
    """Assert that both sides find the same."""
    theirs, found = optimise(network), ours(network)
    assert (found.cost is None) == (theirs.cost is None)
    if theirs.cost is None:
        return
    assert found.cost == pytest.approx(theirs.cost, rel=1e-6, abs=1e-4)
    if prices:
        unique = unique_prices(network)
        assert unique.any()
        np.testing.assert_allclose(found.prices[unique], theirs.prices[unique], rtol=1e-6, atol=2e-3)


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_a_random_network_has_the_cost_and_the_prices_of_pypsa(theme):
    same(network_of(theme, 0), prices=theme not in EASY)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
@pytest.mark.parametrize("theme", sorted(THEMES))
def test_more_random_networks_have_the_cost_and_the_prices_of_pypsa(theme, seed):
    same(network_of(theme, seed), prices=theme not in EASY)


def test_both_sides_find_that_demand_cannot_be_served():
    network = network_of("shortage", 1)
    network.loads_t.p_set *= 10
    assert optimise(network).cost is None
    assert ours(network).cost is None
