"""Near-optimal alternatives: within the budget, certified, never beaten by the optimum in what they aim at."""

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.energy.modes.alternatives import extremes, random_wishes, solve_alternatives
from tests.energy.modes.toys import random_city

GROUPS = {"sun": [("generator", "sun")], "storage": [("storage_unit", "battery"), ("store", "tank")]}


@pytest.mark.parametrize("seed", range(3))
def test_alternatives_cost_no_more_than_the_budget_and_go_further_than_the_optimum(seed):
    network = random_city(seed, 36)
    found = solve_alternatives(network, extremes(GROUPS), slack=0.05)
    for one in found.alternatives:
        assert one.certificate.passed
        assert one.cost <= found.outcome.system_cost * 1.05 * (1 + 1e-7)
        reached = sum(
            w * found.outcome.capacity(kind)[network.table(kind).names.index(name)] for (kind, name), w in one.weights.items()
        )
        assert one.aim <= reached + 1e-6
        own = sum(w * one.sizes[kind][network.table(kind).names.index(name)] for (kind, name), w in one.weights.items())
        assert own == pytest.approx(one.aim, abs=1e-6)


def test_more_slack_reaches_further():
    network = random_city(4, 36)
    aims = [solve_alternatives(network, extremes(GROUPS), slack=slack).alternatives[1].aim for slack in (0.0, 0.02, 0.1)]
    assert aims[0] >= aims[1] >= aims[2]
    assert aims[2] < aims[0]


def test_random_wishes_are_reproducible_and_of_length_one():
    network = random_city(5, 12)
    one, again = random_wishes(network, 3, seed=7), random_wishes(network, 3, seed=7)
    assert one == again
    assert all(np.linalg.norm(list(wish.values())) == pytest.approx(1.0) for wish in one)
    assert one != random_wishes(network, 3, seed=8)


@pytest.mark.parametrize(
    ("wish", "slack"), [({("generator", "import"): 1.0}, 0.1), ({("generator", "nobody"): 1.0}, 0.1), ({}, -0.1)]
)
def test_what_cannot_be_extended_and_negative_slack_are_refused(wish, slack):
    with pytest.raises(DefinitionError):
        solve_alternatives(random_city(6, 12), [wish], slack=slack)
