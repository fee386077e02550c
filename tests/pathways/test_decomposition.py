"""Decomposition against the published examples and its laws."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.pathways.decomposition import chained, effects, hierarchical_levels, log_mean, parallel_levels, ratios

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


STEPS = ([[1, 10, 2], [4, 5, 3]], [[4, 5, 3], [5, 6, 4]], [[8, 2, 4], [5, 7, 5]], [[10, 1, 5], [6, 8, 6]])
"""Two sub-sectors, three factors, 1971 to 1974: the example of the R package LMDIR (create_simple_LMDI) after Ang 2005."""
ADDED = (
    [69.79006598, -9.455125793, 39.66505981],
    [42.96021467, -34.31902656, 50.3588119],
    [54.01064234, -9.021284671, 54.01064234],
)
TIMES = (
    [1.761117821, 0.926191306, 1.379410116],
    [1.229284572, 0.847970248, 1.273773912],
    [1.208140223, 0.968911503, 1.208140223],
)
BUILDINGS = {
    "China": (
        [1390.08, 59.04367375, 0.51892765, 0.002876626, 3.004500526, 2.07],
        [1395.38, 64.52073987, 0.521570193, 0.002743568, 3.053397862, 2.02],
        [2.9613642210015874, 69.03218170760294, 3.9527028782313187, -36.85387876903687, 12.56275828546528, -19.027454417484062],
    ),
    "United States": (
        [324.985538, 60.0622225, 0.771978857, 0.005817767, 7.352421075, 1.344564777],
        [326.687501, 62.99647129, 0.768904032, 0.005676565, 7.392394794, 1.333927521],
        [4.57658515212638, 41.79142296623856, -3.4968060635231923, -21.52777560608568, 4.7506875144955165, -6.959238039110095],
    ),
}
"""Commercial buildings 2017 to 2018, six factors: the inputs of the examples of PyLMDI, effects by its formula."""


def test_published_example_is_reproduced() -> None:
    pairs = pairwise(STEPS)
    found = [effects(np.array(before).T, np.array(after).T).sum(1) for before, after in pairs]
    assert np.allclose(found, ADDED, rtol=0, atol=1e-8)


def test_published_ratios_are_reproduced() -> None:
    found = [ratios(np.array(before).T, np.array(after).T) for before, after in pairwise(STEPS)]
    assert np.allclose(found, TIMES, rtol=0, atol=1e-8)


@pytest.mark.parametrize("country", BUILDINGS)
def test_examples_of_six_factors_are_reproduced(country: str) -> None:
    before, after, published = BUILDINGS[country]
    found = effects(np.array([before]).T, np.array([after]).T).sum(1)
    assert np.allclose(found, published, rtol=0, atol=1e-8)


@given(sizes, st.lists(st.floats(0.1, 10), min_size=4, max_size=4))
def test_the_second_method_adds_up_and_multiplies_up(before: list[list[float]], growth: list[float]) -> None:
    x0 = np.array(before)
    x1 = x0 * np.array(growth)
    t0, t1 = x0.prod(0).sum(), x1.prod(0).sum()
    assert np.isclose(effects(x0, x1, method="II").sum(), t1 - t0, rtol=1e-9, atol=1e-9 * t1)
    assert np.isclose(ratios(x0, x1, method="II").prod(), t1 / t0, rtol=1e-9)


def test_both_methods_agree_on_a_single_cell() -> None:
    x0, x1 = [[3.0], [2.0]], [[5.0], [1.5]]
    assert np.allclose(effects(x0, x1), effects(x0, x1, method="II"), rtol=1e-14)


def test_the_second_method_by_hand() -> None:
    """Cells 4·1 + 2·3 = 10 → 6·1 + 2·2 = 10: shares 0.4, 0.6 → 0.6, 0.4; total unchanged, effects as below."""
    x0, x1 = np.array([[4.0, 2], [1, 3]]), np.array([[6.0, 2], [1, 2]])
    weight = 0.2 / np.log(1.5)  # logarithmic mean of 0.6 and 0.4, the same in both cells: weights one half each
    assert weight / (2 * weight) == 0.5
    assert np.allclose(effects(x0, x1, method="II").sum(1), [10 * 0.5 * np.log(1.5), 10 * 0.5 * np.log(2 / 3)], rtol=1e-12)


@pytest.mark.parametrize(("before", "after", "expected"), ZEROS)
def test_zero_cases_hold_in_the_second_method(before: list[float], after: list[float], expected: float) -> None:
    x0, x1 = [[before[0], 2.0], [before[1], 1.0]], [[after[0], 2.0], [after[1], 1.0]]
    made = effects(x0, x1, method="II")
    assert np.isfinite(made).all()
    assert np.isclose(made.sum(), after[0] * after[1] - before[0] * before[1], atol=1e-12)
    assert (made[0, 0] != 0) == (expected != 0)


def test_steps_of_a_series_add_up_to_the_whole_change() -> None:
    series = np.random.default_rng(1).uniform(0.5, 2, (6, 3, 4))
    assert np.isclose(chained(series).sum(), series[-1].prod(0).sum() - series[0].prod(0).sum(), rtol=1e-12)


def _trees() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    random = np.random.default_rng(4)
    return tuple((random.uniform(1, 9, (2, 3, 2)), random.uniform(1, 9, (2, 3, 2))) for _ in range(2))  # type: ignore[return-value]


@pytest.mark.parametrize("model", [parallel_levels, hierarchical_levels])
def test_levels_add_up(model: type) -> None:
    before, after = _trees()
    made = model(before, after)
    parts = made.activity + sum(part.sum() for part in made.structure) + made.intensity.sum()
    assert np.isclose(parts, after[1].sum() - before[1].sum(), rtol=1e-12)
    assert [part.shape for part in made.structure] == [(2,), (2, 3), (2, 3, 2)]


def test_upper_levels_of_the_hierarchical_model_ignore_how_the_lower_are_cut() -> None:
    before, after = _trees()
    coarse = hierarchical_levels((before[0].sum(2), before[1].sum(2)), (after[0].sum(2), after[1].sum(2)))
    fine = hierarchical_levels(before, after)
    assert np.isclose(fine.activity, coarse.activity, rtol=1e-12)
    assert all(np.allclose(one, other, rtol=1e-12) for one, other in zip(fine.structure, coarse.structure, strict=False))
    assert np.allclose(fine.structure[2].sum(2) + fine.intensity.sum(2), coarse.intensity, rtol=1e-9)


def test_one_level_is_the_plain_decomposition_in_both_models() -> None:
    before, after = (np.array([4.0, 6]), np.array([8.0, 3])), (np.array([9.0, 3]), np.array([9.0, 2]))
    one, other = parallel_levels(before, after), hierarchical_levels(before, after)
    assert np.allclose([one.activity, *one.structure[0]], [other.activity, *other.structure[0]], rtol=1e-14)


def test_factors_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        effects([[-1.0], [2.0]], [[1.0], [2.0]])
    with pytest.raises(ValueError, match="each group"):
        hierarchical_levels((np.zeros((1, 2)), np.zeros((1, 2))), (np.ones((1, 2)), np.ones((1, 2))))
