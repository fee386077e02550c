"""Sobol's indices against a function whose indices are known on paper."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from dafeng.pathways.sensitivity import Array, sobol, split_variance, swings


def _ranks(seed: int, draws: int = 40_000) -> dict[str, Array]:
    random = np.random.default_rng(seed)
    return {name: random.random(draws) for name in ("a", "b", "c")}


def _ishigami(ranks: Mapping[str, Array]) -> Array:
    a, b, c = (np.pi * (2 * ranks[name] - 1) for name in ("a", "b", "c"))
    return np.asarray(np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))


def test_the_indices_of_ishigamis_function() -> None:
    """Published: first order 0.3139, 0.4424, 0; total order 0.5576, 0.4424, 0.2437; variance 13.8446."""
    found = sobol(_ishigami, _ranks(1), _ranks(2))
    shares = {item.driver: (item.alone, item.together) for item in found.influences}
    assert shares["a"] == pytest.approx((0.3139, 0.5576), abs=0.02)
    assert shares["b"] == pytest.approx((0.4424, 0.4424), abs=0.02)
    assert shares["c"] == pytest.approx((0.0, 0.2437), abs=0.02)
    assert found.variance == pytest.approx(13.8446, rel=0.02)
    assert [item.driver for item in found.influences] == ["a", "b", "c"]


def test_a_driver_that_does_nothing_has_no_share() -> None:
    found = sobol(lambda ranks: ranks["a"] * 3, _ranks(1), _ranks(2))
    assert {item.driver: item.together for item in found.influences if item.driver != "a"} == {"b": 0.0, "c": 0.0}


def test_an_answer_that_never_changes_has_no_sensitivity() -> None:
    found = sobol(lambda ranks: np.full(len(ranks["a"]), 2030.0), _ranks(1), _ranks(2))
    assert {item.together for item in found.influences} == {0.0}


def test_the_error_tells_how_far_the_share_may_be_off() -> None:
    found = sobol(_ishigami, _ranks(3, 2000), _ranks(4, 2000))
    share = next(item for item in found.influences if item.driver == "a")
    assert abs(share.together - 0.5576) < 4 * share.error + 0.03


def test_shares_of_a_linear_sum_are_those_on_paper() -> None:
    """``3a + b`` of uniform ranks: variances 9/12 and 1/12, so that the shares are 0.9 and 0.1."""
    ranks = _ranks(5)
    found = {one.driver: one.alone for one in swings(ranks, 3 * ranks["a"] + ranks["b"])}
    assert found == pytest.approx({"a": 0.9, "b": 0.1, "c": 0.0}, abs=0.01)


def test_a_swing_goes_from_the_lowest_to_the_highest_tenth() -> None:
    """Mean rank of the lowest tenth 0.05, of the highest 0.95: ``3a`` moves by 2.7."""
    ranks = _ranks(6)
    one = next(item for item in swings(ranks, 3 * ranks["a"] + ranks["b"]) if item.driver == "a")
    assert one.high - one.low == pytest.approx(2.7, abs=0.02)


def test_a_large_level_spoils_no_share() -> None:
    """Peak years are numbers near 2030: the first order must not depend on that."""
    found = sobol(lambda ranks: 2030 + ranks["a"], _ranks(1, 500), _ranks(2, 500))
    assert found.influences[0].alone == pytest.approx(1.0, abs=0.15)


def test_a_sum_and_a_product_split_as_on_paper() -> None:
    """x + y with variances 1 and 4: shares 0.2 and 0.8. x·y of zero means: all of it together."""
    random = np.random.default_rng(3)
    one, other = random.standard_normal(40_000), 2 * random.standard_normal(40_000)
    summed = split_variance(one + other, one + np.roll(other, 1))
    assert (summed.one, summed.other, summed.together) == pytest.approx((0.2, 0.8, 0.0), abs=0.02)
    crossed = split_variance(one * other, one * np.roll(other, 1))
    assert (crossed.one, crossed.other, crossed.together) == pytest.approx((0.0, 0.0, 1.0), abs=0.03)
    assert split_variance(np.ones(4), np.ones(4)).together == 0.0
