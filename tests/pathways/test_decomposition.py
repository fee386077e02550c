"""Decomposition against the published examples and its laws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.pathways.decomposition import effects, log_mean, ratios

sizes = st.lists(st.lists(st.floats(0.01, 1e3), min_size=4, max_size=4), min_size=2, max_size=5)


def test_log_mean_of_equal_values_is_the_value() -> None:
    assert log_mean(np.array(7.0), np.array(7.0)) == 7.0


def test_log_mean_with_zero_is_zero() -> None:
    assert log_mean(np.array(7.0), np.array(0.0)) == 0.0


@given(sizes, st.lists(st.floats(0.1, 10), min_size=4, max_size=4))
def test_effects_add_up(before: list[list[float]], growth: list[float]) -> None:
    x0 = np.array(before)
    x1 = x0 * np.array(growth)
    change = x1.prod(0) - x0.prod(0)
    assert np.allclose(effects(x0, x1).sum(0), change, rtol=1e-9, atol=1e-9 * np.abs(x1.prod(0)).max())


@given(sizes, st.lists(st.floats(0.1, 10), min_size=4, max_size=4))
def test_ratios_multiply_up(before: list[list[float]], growth: list[float]) -> None:
    x0 = np.array(before)
    x1 = x0 * np.array(growth)
    assert np.isclose(ratios(x0, x1).prod(), x1.prod(0).sum() / x0.prod(0).sum(), rtol=1e-9)


# Ang (1998), table 2: the eight cases of zeros, here for the first of two factors; c = 12.
ZEROS = [
    ([0, 3], [4, 3], 12.0),
    ([4, 3], [0, 3], -12.0),
    ([4, 0], [4, 3], 0.0),
    ([4, 3], [4, 0], 0.0),
    ([4, 0], [5, 0], 0.0),
    ([0, 3], [0, 5], 0.0),
    ([4, 0], [0, 0], 0.0),
    ([0, 0], [4, 0], 0.0),
]


@pytest.mark.parametrize(("before", "after", "expected"), ZEROS)
def test_zero_cases_take_the_limit(before: list[float], after: list[float], expected: float) -> None:
    assert effects([[before[0]], [before[1]]], [[after[0]], [after[1]]])[0, 0] == expected


def test_two_factors_switching_on_share_the_change() -> None:
    assert effects([[0], [0]], [[2], [5]])[:, 0].tolist() == [5.0, 5.0]


def test_published_example_is_reproduced(shared: Path) -> None:
    example = json.loads((shared / "data/oracles/lmdi_examples.json").read_text(encoding="utf-8"))["lmdir_simple"]
    found = [effects(np.array(p["X0"]).T, np.array(p["XT"]).T).sum(1) for p in example["periods"]]
    published = [p["published"]["add"] for p in example["periods"]]
    assert np.allclose(found, published, atol=1e-7)


def test_published_ratios_are_reproduced(shared: Path) -> None:
    example = json.loads((shared / "data/oracles/lmdi_examples.json").read_text(encoding="utf-8"))["lmdir_simple"]
    found = [ratios(np.array(p["X0"]).T, np.array(p["XT"]).T) for p in example["periods"]]
    published = [p["published"]["mul"] for p in example["periods"]]
    assert np.allclose(found, published, atol=1e-8)
