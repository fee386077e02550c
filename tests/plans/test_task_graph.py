"""The order of tasks: circles, layers and the chain with the least spare time, against slow and plain definitions."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.plans.task_graph import Pair, arrange, find_chain, find_circles, is_before, layer

NODES = tuple("abcdef")
PAIRS = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda pair: pair[0] != pair[1]), max_size=12)


def reached(pairs: list[Pair], start: str) -> set[str]:
    """What can be reached in one step or more."""
    found: set[str] = set()
    left = [start]
    while left:
        left = [second for first, second in pairs if first in left and second not in found]
        found.update(left)
    return found


@given(PAIRS)
def test_a_circle_is_found_where_there_is_one_and_goes_along_links(pairs: list[Pair]) -> None:
    circles = find_circles(NODES, pairs)
    on_one = {node for node in NODES if node in reached(pairs, node)}
    assert bool(circles) == bool(on_one)
    for circle in circles:
        assert len(set(circle)) == len(circle)
        assert set(pairwise((*circle, circle[0]))) <= set(pairs)
    assert all(
        any(node in reached(pairs, circle[0]) and circle[0] in reached(pairs, node) for circle in circles) for node in on_one
    )


@given(PAIRS)
def test_a_layer_is_the_length_of_the_longest_way_to_a_task(pairs: list[Pair]) -> None:
    layers = layer(NODES, pairs)
    for first, second in pairs:
        together = second in reached(pairs, first) and first in reached(pairs, second)
        assert layers[first] == layers[second] if together else layers[first] < layers[second]
    assert all(
        layers[node] == 0 or any(second == node for _, second in pairs) or node in reached(pairs, node) for node in NODES
    )


@given(PAIRS.flatmap(lambda pairs: st.tuples(st.just(pairs), st.permutations(pairs))))
def test_the_order_of_the_links_does_not_matter(both: tuple[list[Pair], list[Pair]]) -> None:
    pairs, turned = both
    layers = layer(NODES, pairs)
    assert (find_circles(NODES, pairs), layers) == (find_circles(NODES, turned), layer(NODES, turned))
    assert arrange(NODES, layers, pairs) == arrange(NODES, layers, turned)


@given(PAIRS)
def test_arranging_keeps_every_task_in_its_layer(pairs: list[Pair]) -> None:
    layers = layer(NODES, pairs)
    rows = arrange(NODES, layers, pairs)
    assert sorted(node for row in rows for node in row) == sorted(NODES)
    assert all(layers[node] == at for at, row in enumerate(rows) for node in row)


@given(st.dictionaries(st.sampled_from([(a, b) for a in NODES for b in NODES if a < b]), st.integers(-3, 5), max_size=9))
def test_the_chain_has_the_least_spare_time_of_all_whole_chains(slacks: dict[Pair, int]) -> None:
    found = find_chain({pair: float(slack) for pair, slack in slacks.items()})
    first, second = {a for a, _ in slacks}, {b for _, b in slacks}
    whole = [
        way
        for size in range(2, len(NODES) + 1)
        for way in permutations(NODES, size)
        if set(pairwise(way)) <= set(slacks) and way[0] not in second and way[-1] not in first
    ]
    if not whole:
        assert found is None
        return
    assert found is not None
    least = min((sum(slacks[pair] for pair in pairwise(way)), -len(way), way) for way in whole)
    assert found == (least[2], least[0])


def test_a_chain_that_goes_round_is_none() -> None:
    assert find_chain({("a", "b"): 0.0, ("b", "a"): 1.0}) is None


@pytest.mark.parametrize(
    ("first", "second", "found"), [("a", "c", True), ("c", "a", False), ("a", "a", True), ("x", "y", False)]
)
def test_a_way_leads_from_task_to_task(first: str, second: str, *, found: bool) -> None:
    assert is_before([("a", "b"), ("b", "c")], first, second) is found


def test_a_circle_is_told_from_its_first_member_in_its_order() -> None:
    assert find_circles("abcd", [("c", "a"), ("a", "b"), ("b", "c"), ("d", "a")]) == (("a", "b", "c"),)
