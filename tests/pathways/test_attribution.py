"""Attribution among measures: cases on paper, and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.pathways import attribution
from dafeng.pathways.attribution import Array, attribute, greedy_order


def _left(cuts: dict[str, float], chosen: frozenset[str]) -> Array:
    """Reduction of 100 t by measures that each cut a share of what is left."""
    left = 100.0
    for name in chosen:
        left *= 1 - cuts[name]
    return np.array(100.0 - left)


def test_two_measures_of_sixty_percent_on_one_activity() -> None:
    """Together 84 t, not 120; by symmetry 42 each; alone 60, last 24."""
    cuts = {"heat_pump": 0.6, "insulation": 0.6}
    found = attribute(cuts, lambda chosen: _left(cuts, chosen))
    assert {name: float(value) for name, value in found.contributions.items()} == {"heat_pump": 42.0, "insulation": 42.0}
    assert float(found.together) == 84.0
    assert float(found.alone["insulation"]) == 60.0
    assert float(found.last["insulation"]) == 24.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_contributions_add_up_and_lie_between_last_and_alone(shares: list[float]) -> None:
    cuts = {f"m{n}": share for n, share in enumerate(shares)}
    found = attribute(cuts, lambda chosen: _left(cuts, chosen))
    assert np.isclose(sum(found.contributions.values()), found.together, atol=1e-9)
    for name in cuts:
        assert found.last[name] - 1e-9 <= found.contributions[name] <= found.alone[name] + 1e-9


def test_the_order_of_the_list_changes_nothing() -> None:
    cuts = {"a": 0.3, "b": 0.5, "c": 0.1}
    one = attribute(["a", "b", "c"], lambda chosen: _left(cuts, chosen))
    other = attribute(["c", "a", "b"], lambda chosen: _left(cuts, chosen))
    assert one.contributions == other.contributions


def test_sampled_orders_agree_with_all_subsets_within_their_error(monkeypatch: pytest.MonkeyPatch) -> None:
    cuts = {f"m{n}": 0.1 * n for n in range(6)}
    exact = attribute(cuts, lambda chosen: _left(cuts, chosen))
    monkeypatch.setattr(attribution, "MOST_EXACT", 3)
    sampled = attribute(cuts, lambda chosen: _left(cuts, chosen))
    for name in cuts:
        assert abs(sampled.contributions[name] - exact.contributions[name]) <= 4 * sampled.errors[name] + 1e-9
    assert np.isclose(sum(sampled.contributions.values()), sampled.together)


def test_effects_over_years_are_attributed_year_by_year() -> None:
    cuts = {"a": 0.5, "b": 0.5}
    found = attribute(cuts, lambda chosen: _left(cuts, chosen) * np.array([0.0, 1.0, 2.0]))
    assert found.contributions["a"].tolist() == [0.0, 37.5, 75.0]


def test_the_greedy_order_takes_the_cheapest_next_ton() -> None:
    """Alone b is cheapest (20 per 50 t); then a costs 30 for the 30 t that are left to it."""
    cuts = {"a": 0.6, "b": 0.5}
    steps = greedy_order({"a": 30.0, "b": 20.0}, lambda chosen: float(_left(cuts, chosen)))
    assert [(step.measure, round(step.added, 9), round(step.price, 9)) for step in steps] == [
        ("b", 50.0, 0.4),
        ("a", 30.0, 1.0),
    ]


def test_a_measure_that_adds_nothing_comes_last_without_a_price() -> None:
    steps = greedy_order({"a": 1.0, "b": 5.0}, lambda chosen: 10.0 if "b" in chosen else 0.0)
    assert [(step.measure, step.price) for step in steps] == [("b", 0.5), ("a", float("inf"))]
