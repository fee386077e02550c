"""Draws of the model's own error: mirrored, stratified, the same for whoever asks."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.pathways.model_error import ModelError, draw_error
from dafeng.pathways.peak import find_peak
from dafeng.work.error_draws import TIMES, draw_normal, draw_peak_errors
from dafeng.work.past_misses import read_misses

YEARS = np.arange(2020, 2061)


@pytest.fixture(scope="module")
def error():
    """As large as that of a city, with the misses of the package."""
    known = read_misses()
    return ModelError(0.037, known.memory, known.of("co2"), {})


@pytest.mark.parametrize("draws", [1, 2, 7, 100])
def test_half_of_the_numbers_mirror_the_other_half(draws) -> None:
    found, half = draw_normal("model", draws, 5), (draws + 1) // 2
    assert found.shape == (draws, 5)
    assert np.array_equal(found[half:], -found[: draws - half])


def test_one_number_lies_in_each_stratum_of_either_half() -> None:
    """Of 200 numbers, 100 and their mirror images: below 0 lie 100, below the quartile 50, give or take the strata it cuts."""
    found = draw_normal("model", 200, 5)
    assert (found < 0).sum(axis=0).tolist() == [100] * 5
    assert np.all(np.abs((found < -0.67449).sum(axis=0) - 50) <= 2)
    assert found.std(axis=0) == pytest.approx(np.ones(5), abs=0.02)


def test_more_times_begin_with_fewer_and_each_is_another_sample() -> None:
    once, often = draw_normal("model", 40, 3), draw_normal("model", 40, 3, times=3)
    assert np.array_equal(often[:40], once)
    assert not np.array_equal(often[40:80], once)


def test_numbers_belong_to_their_name() -> None:
    assert not np.array_equal(draw_normal("model", 40, 3), draw_normal("residual", 40, 3))


def test_the_first_error_of_each_draw_is_that_of_the_views(error) -> None:
    drawn = draw_peak_errors(error, 50, 41)
    assert drawn.factors.shape == (50 * TIMES, 41)
    assert np.array_equal(drawn.factors[:50], draw_error(error, draw_normal("model", 50, 41)))


def test_the_chance_lies_between_errors_that_last_a_year_and_for_good(error) -> None:
    """A path that falls from the start, which errors alone let rise."""
    alone, drawn = np.tile(np.linspace(60.0, 30.0, 41), (50, 1)), draw_peak_errors(error, 50, 41)
    peak = find_peak(YEARS, drawn.apply(alone))
    least, most = drawn.range_chances(YEARS, alone, peak)
    assert least <= peak.probability_before_2030 <= most
    assert least < most
