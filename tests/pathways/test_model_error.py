"""The error of a model: its size from misses by hand, its variance, what the drivers spread already."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.pathways.hindcast import Record
from dafeng.pathways.model_error import Miss, draw_error, list_misses, size_error, sum_variance

RECORD = Record({"energy": {2010: 100.0, 2015: 121.0}, "co2": {2010: 50.0, 2015: 55.0}}, {}, {("co2", 2015): "ceads"})
STATED = {2010: {"growth": 0.10, "intensity_change": -0.05, "carbon_change": 0.0}}


def test_a_miss_is_the_published_over_the_stated_total() -> None:
    energy, co2 = list_misses(RECORD, STATED, [(2010, 2015)])
    assert energy.size == pytest.approx(np.log(1.21 / (1.10 * 0.95) ** 5))
    assert co2.size == pytest.approx(np.log(1.10 / (1.10 * 0.95) ** 5))
    assert (co2.ahead, co2.source) == (5, "ceads")


def test_an_origin_without_statements_has_no_miss() -> None:
    assert list_misses(RECORD, {}, [(2010, 2015)]) == ()


@pytest.mark.parametrize(("memory", "variance"), [(0.0, 3.0), (1.0, 9.0), (0.5, 3 + 2 * (2 * 0.5 + 0.25))])
def test_the_variance_of_a_sum_is_that_of_paper(memory, variance) -> None:
    assert sum_variance(memory, 3) == pytest.approx(variance)


def test_without_memory_the_size_is_the_mean_square_per_year() -> None:
    misses = (Miss("co2", 2005, 2009, 0.2), Miss("co2", 2010, 2019, 0.3))
    assert size_error(misses, {}, 0.0).size == pytest.approx(np.sqrt((0.04 / 4 + 0.09 / 9) / 2))


def test_what_the_drivers_spread_already_is_taken_off() -> None:
    misses = (Miss("co2", 2010, 2014, 0.2),)
    assert size_error(misses, {4: 0.03}, 0.0).size == pytest.approx(np.sqrt(0.01 / 4))
    assert size_error(misses, {4: 0.05}, 0.0).size == 0.0


@given(st.floats(0, 1), st.floats(0.001, 0.5), st.integers(1, 20))
def test_the_size_gives_back_the_miss_it_was_made_from(memory, missed, ahead) -> None:
    error = size_error((Miss("co2", 2000, 2000 + ahead, missed),), {}, memory)
    assert error.deviation(ahead) == pytest.approx(missed)


def test_drawn_factors_spread_as_told_and_start_at_one() -> None:
    error = size_error((Miss("co2", 2010, 2019, 0.25),), {}, 0.8)
    factors = draw_error(error, np.random.default_rng(1).standard_normal((20_000, 12)))
    assert np.array_equal(factors[:, 0], np.ones(20_000))
    assert float(np.log(factors[:, 9]).std()) == pytest.approx(0.25, rel=0.02)
    assert float(np.median(factors[:, 9])) == pytest.approx(1.0, abs=0.01)
