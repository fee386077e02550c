"""Drivers: ranks stay, knots hold, nothing leaves its band."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.pathways.drivers import Band, Driver, Scenario, check_driver, overlay, sample

YEARS = np.arange(2020, 2041)
NAME = Label("名", "name")


def driver(kind: str, *corners: tuple[int, float, float, float]) -> Driver:
    return Driver("x", NAME, kind, "1", tuple(Band(y, low, mid, high, "dafeng", "assumption") for y, low, mid, high in corners))


def test_the_middle_rank_of_a_symmetric_band_is_its_middle() -> None:
    found = sample(driver("rate", (2040, 0.0, 0.5, 1.0)), YEARS, np.array([0.5]))
    assert found[0] == pytest.approx(0.5)


def test_a_level_runs_through_its_knots() -> None:
    knots = driver("level", (2020, 0.1, 0.1, 0.1), (2030, 0.3, 0.3, 0.3), (2040, 0.4, 0.4, 0.4))
    assert sample(knots, YEARS, np.array([0.2]))[0, [0, 10, 20]] == pytest.approx([0.1, 0.3, 0.4])


def test_a_rate_holds_in_the_middle_of_its_band() -> None:
    bands = driver("rate", (2030, 0.02, 0.02, 0.02), (2040, 0.04, 0.04, 0.04))
    assert sample(bands, YEARS, np.array([0.7]))[0, [5, 10, 15]] == pytest.approx([0.02, 0.03, 0.04])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0, 0.4), st.floats(0.4, 0.6), st.floats(0.6, 1))
def test_draws_stay_inside_the_band(ranks: list[float], low: float, mid: float, high: float) -> None:
    found = sample(driver("rate", (2040, low, mid, high)), YEARS, np.array(ranks))
    assert ((found >= low - 1e-12) & (found <= high + 1e-12)).all()


@given(st.floats(0, 0.98))
def test_a_higher_rank_never_gives_a_lower_value(rank: float) -> None:
    knots = driver("level", (2020, 0.0, 0.1, 0.2), (2040, 0.2, 0.4, 0.8))
    found = sample(knots, YEARS, np.array([rank, rank + 0.02]))
    assert (found[1] >= found[0] - 1e-12).all()


def test_bands_out_of_order_are_refused() -> None:
    with pytest.raises(DefinitionError):
        check_driver(driver("rate", (2040, 0, 0, 0), (2030, 0, 0, 0)))


def test_corners_out_of_order_are_refused() -> None:
    with pytest.raises(DefinitionError):
        check_driver(driver("rate", (2040, 0.2, 0.1, 0.3)))


def test_an_overlay_replaces_one_driver_and_leaves_the_others() -> None:
    base = Scenario("s", NAME, {"a": driver("rate", (2040, 0, 0, 0)), "x": driver("rate", (2040, 0, 0, 0))})
    laid = overlay(base, driver("rate", (2040, 1, 1, 1)))
    assert (laid.drivers["x"].bands[0].mid, laid.drivers["a"]) == (1, base.drivers["a"])
