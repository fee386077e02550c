"""Values that solve but are hardly meant are told, and nothing else is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dafeng.energy.interop.odd import list_odd
from tests.energy.network.test_components import ONE, network

LOAD = {"l": {"bus": "b", "p_set": 20}}
UNIT = {"a": {"bus": "b", "p_nom": 50}}


def of(**more):
    """A small network with something more."""
    return network(2, bus=ONE, generator=UNIT, load=LOAD, **more)


def test_a_usual_network_has_none():
    assert list_odd(of(storage_unit={"s": {"bus": "b", "p_nom": 1}})) == ()


@pytest.mark.parametrize(("weights", "said"), [([-1.0, 1.0], "of 1 steps is negative"), ([0.0, 0.0], "is zero")])
def test_weights_that_count_backwards_or_not_at_all_are_told(weights, said):
    given = of()
    given = dataclasses.replace(given, clock=dataclasses.replace(given.clock, objective=np.array(weights)))
    (finding,) = list_odd(given)
    assert finding.at == "snapshots.objective"
    assert said in finding.says.en


def test_a_storage_that_loses_all_is_told():
    (finding,) = list_odd(of(storage_unit={"s": {"bus": "b", "p_nom": 1, "efficiency_store": 0.0}}))
    assert finding.at == "storage_unit.s.efficiency_store"
