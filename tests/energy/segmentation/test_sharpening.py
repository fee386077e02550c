"""Sharpened prices prove more and never too much; where one window holds everything they prove the optimum."""

import numpy as np
import pytest

from dafeng.core.errors import SolveError
from dafeng.core.labels import Label
from dafeng.energy.duality import proven_bound
from dafeng.energy.network.build import build_network, build_scenarios
from dafeng.energy.network.solve import solve_network
from dafeng.energy.segmentation import sharpening
from dafeng.energy.segmentation.merging import merge_steps, scaled_series
from dafeng.energy.segmentation.relaxation import relax
from dafeng.energy.segmentation.sharpening import sharpen
from dafeng.energy.solution import solve_program
from dafeng.energy.windows.timing import stretches, time_program
from tests.energy.modes.toys import pathway_city, random_city


def coarse(timed, network, count):
    """Return prices that segments prove."""
    series = np.tile(scaled_series(network), (len(timed.built), 1))
    small = relax(timed, merge_steps(series, count, begins=[start for start, _ in stretches(timed)]))
    return small.rows.T @ solve_program(small.program).prices


@pytest.mark.parametrize("seed", range(3))
def test_one_window_without_limits_proves_the_optimum_from_no_prices_at_all(seed):
    network = random_city(seed, 48, cap=False)
    timed = time_program([build_network(network)])
    optimum = solve_network(network).system_cost
    prices = sharpen(timed, np.zeros(len(timed.row_step)))
    assert proven_bound(timed.program, prices, ceiling=2 * optimum) == pytest.approx(optimum, rel=1e-6)


@pytest.mark.parametrize("span", [5, 12, 72])
@pytest.mark.parametrize("seed", range(3))
def test_windows_raise_the_bound_and_never_above_the_optimum(seed, span, monkeypatch):
    monkeypatch.setattr(sharpening, "SPAN", span)
    network = random_city(seed, 96)
    timed = time_program([build_network(network)])
    optimum = solve_network(network).system_cost
    prices = coarse(timed, network, 24)
    before, after = (proven_bound(timed.program, one, ceiling=optimum) for one in (prices, sharpen(timed, prices)))
    assert before * (1 - 1e-7) <= after <= optimum * (1 + 1e-9)


def test_it_sharpens_futures_of_a_pathway():
    city = pathway_city(4, 24)
    timed = time_program(build_scenarios([(0.5, city), (0.5, city)]))
    optimum = solve_program(timed.program).certificate.objective
    prices = coarse(timed, city, 18)
    before, after = (proven_bound(timed.program, one, ceiling=optimum) for one in (prices, sharpen(timed, prices)))
    assert before < after <= optimum * (1 + 1e-9)


def test_a_window_that_no_solver_proves_keeps_its_prices(monkeypatch):
    def refuse(*_, **__):
        raise SolveError(Label("无", "none"), where="test", expected=Label("证明", "a proof"), remedy=Label("无", "none"))

    monkeypatch.setattr(sharpening, "solve_program", refuse)
    network = random_city(1, 24)
    timed = time_program([build_network(network)])
    prices = coarse(timed, network, 6)
    np.testing.assert_array_equal(sharpen(timed, prices), prices)
