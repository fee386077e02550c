"""Prices of limits: dearer while missed, between what missed and what held, nothing for a limit that does not bind."""

import numpy as np
import pytest
from scipy import sparse

from dafeng.energy.modes.certified import solve_certified
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import make_table
from dafeng.energy.program import Program
from dafeng.energy.windows.limit_prices import begin_search, next_prices, room_worth
from tests.energy.modes.toys import random_city


def limit(low, high):
    """Return one limit over one variable."""
    free = np.array([np.inf])
    return Program(sparse.csr_matrix([[1.0]]), np.array([low]), np.array([high]), -free, free, np.zeros(1), {}, {})


def tried(program, price, *activities):
    """Return the search after operations that stand where they are said to stand."""
    search = begin_search(np.array([price]))
    for activity in activities:
        search = next_prices(program, search, np.array([activity]), 1000.0, np.array([10.0]))
    return search


CAP = limit(-np.inf, 100.0)


def test_a_missed_cap_becomes_dearer_and_keeps_its_sign():
    assert tried(CAP, -10.0, 120.0).price == pytest.approx([-15.0])


def test_a_missed_cap_without_price_begins_with_a_share_of_the_cost():
    assert tried(CAP, 0.0, 120.0).price == pytest.approx([-0.01 * 1000 / 10])


def test_between_a_price_that_missed_and_one_that_held_lies_the_next():
    # by hand: missed by 20 at 10, held with 20 to spare at 15: halfway and a tenth on, 10 + 0.6 * 5
    assert tried(CAP, -10.0, 120.0, 80.0).price == pytest.approx([-13.0])


def test_a_price_that_leaves_room_falls():
    assert tried(CAP, -10.0, 90.0).price == pytest.approx([-8.0])


def test_a_limit_that_does_not_bind_has_no_price():
    assert tried(CAP, 0.0, 50.0).price == pytest.approx([0.0])


def test_a_floor_has_a_positive_price():
    assert tried(limit(100.0, np.inf), 10.0, 80.0).price == pytest.approx([15.0])


def test_room_is_worth_its_price():
    assert room_worth(CAP, begin_search(np.array([-10.0])), np.array([80.0])) == pytest.approx(200.0)
    assert room_worth(CAP, begin_search(np.array([-10.0])), np.array([120.0])) == 0.0


def test_a_cap_that_binds_costs_little_more_than_the_optimum():
    city = random_city(2, 144)
    free = solve_network(city)
    burned = 0.9 * free.value("generator", "p")[:, city.table("generator").names.index("plant")].sum()
    cap = {"co2": {"type": "primary_energy", "sense": "<=", "constant": 0.6 * burned}}
    tight = city.put(make_table("global_constraint", cap))
    optimum = solve_network(tight).system_cost
    found = solve_certified(tight, segments=48, gap=0.02)
    assert free.system_cost < optimum
    assert found.bound <= optimum * (1 + 1e-7) <= found.cost * (1 + 2e-7)
    assert found.regret(optimum) < 0.03
