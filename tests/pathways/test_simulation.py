"""Paths: the product holds in every draw, and the same seed gives the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.core.labels import Label
from dafeng.pathways.drivers import Band, Driver, Scenario
from dafeng.pathways.simulation import Base, quantiles, ranks, simulate

NAME = Label("名", "name")
BASE = Base(2020, 50.0, 0.05, 2020, (2000.0, 2100.0, 2300.0))


def rate(name: str, low: float, mid: float, high: float, kind: str = "rate") -> Driver:
    bands = [Band(2060, low, mid, high, "dafeng", "assumption")]
    return Driver(name, NAME, kind, "1", tuple(bands))


def scenario(growth: float = 0.05, decline: float = 0.02) -> Scenario:
    share = Driver(
        "non_fossil_share", NAME, "level", "1", (Band(2020, 0.1, 0.1, 0.1, "d", "a"), Band(2060, 0.7, 0.8, 0.9, "d", "a"))
    )
    rows = (rate("growth", growth - 0.01, growth, growth + 0.01), rate("intensity_decline", decline, decline, decline), share)
    return Scenario("s", NAME, {d.id: d for d in (*rows, rate("carbon_decline", 0.0, 0.002, 0.004))})


RANK = ranks(500, 7)


def test_the_product_of_the_drivers_is_the_path() -> None:
    path = simulate(scenario(), BASE, last_year=2060, rank=RANK)
    share = (1 - path.non_fossil_share) / (1 - path.non_fossil_share[:, :1])
    product = path.co2[:, :1] * path.activity * path.intensity * path.carbon * share
    assert np.allclose(path.co2, product, rtol=1e-12)


def test_the_same_seed_gives_the_same_bits() -> None:
    one, two = (simulate(scenario(), BASE, last_year=2060, rank=ranks(500, 7)).co2 for _ in range(2))
    assert (one == two).all()


def test_without_change_the_path_is_flat() -> None:
    flat = {n: rate(n, 0, 0, 0) for n in ("growth", "intensity_decline", "carbon_decline")}
    flat["non_fossil_share"] = rate("non_fossil_share", 0.1, 0.1, 0.1, "level")
    path = simulate(Scenario("f", NAME, flat), BASE, last_year=2060, rank=RANK)
    assert np.allclose(path.co2, path.co2[:, :1])


def test_more_growth_means_more_emissions_in_every_draw() -> None:
    slow, fast = (simulate(scenario(g), BASE, last_year=2060, rank=RANK).co2[:, -1] for g in (0.04, 0.05))
    assert (fast > slow).all()


def test_energy_keeps_its_interval_in_its_own_year() -> None:
    path = simulate(scenario(), BASE, last_year=2060, rank=RANK)
    assert ((path.energy[:, 0] >= 2000.0) & (path.energy[:, 0] <= 2300.0)).all()


def test_ranks_are_stratified() -> None:
    assert [int(v) for v in np.sort(np.floor(RANK[0] * 500))] == list(range(500))


def test_quantiles_are_in_order() -> None:
    low, mid, high = quantiles(simulate(scenario(), BASE, last_year=2060, rank=RANK).co2)
    assert ((low <= mid) & (mid <= high)).all()


def test_the_median_level_is_the_base() -> None:
    path = simulate(scenario(), BASE, last_year=2060, rank=RANK)
    assert np.median(path.co2[:, 0]) == pytest.approx(50.0, rel=1e-3)
