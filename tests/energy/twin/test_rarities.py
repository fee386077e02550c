"""A rare feature of PyPSA gives PyPSA's cost or is refused; none is dropped unseen."""

from __future__ import annotations

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.energy.interop.pypsa_objects import read_object
from dafeng.energy.network.solve import solve_network
from tests.energy.twin.peer import optimise, quiet
from tests.energy.twin.rarities import FEATURES, plain

REFUSED = {"maintenance"}
"""Features that the model does not have."""


def network_with(feature):
    """The small network with one feature."""
    network = plain()
    quiet(FEATURES[feature])(network)
    return network


@pytest.mark.slow
@pytest.mark.parametrize("feature", sorted(FEATURES.keys() - REFUSED))
def test_a_rare_feature_costs_the_same_in_pypsa(feature):
    network = network_with(feature)
    theirs = optimise(network).cost
    assert solve_network(quiet(read_object)(network)).system_cost == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("feature", sorted(REFUSED))
def test_a_feature_that_is_not_modelled_is_refused(feature):
    network = network_with(feature)
    with pytest.raises(DefinitionError):
        quiet(read_object)(network)
