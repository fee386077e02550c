"""Complementary suppression: nothing that follows from sums by adding and subtracting is about few persons."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.work import withholding
from dafeng.work.inclusion_reading import SMALLEST_GROUP
from dafeng.work.withholding import Part, choose_hidden

FEW, MANY = frozenset("a"), frozenset("abcde")
PEOPLE = st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=SMALLEST_GROUP)


def rank(sums: list[frozenset[int]], cells: list[int]) -> int:
    """How many independent things sums tell of some cells."""
    matrix = np.array([[float(cell in one) for cell in cells] for one in sums])
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


def inside(sums: list[frozenset[int]], few: set[int], size: int) -> int:
    """How many independent things follow from sums about nothing but a few cells."""
    return rank(sums, list(range(size))) - rank(sums, [cell for cell in range(size) if cell not in few])


@settings(max_examples=300)
@given(st.data())
def test_nothing_about_few_follows(data: st.DataObject) -> None:
    persons = data.draw(st.lists(PEOPLE, min_size=1, max_size=9))
    owner = data.draw(st.lists(st.integers(0, 4), min_size=len(persons), max_size=len(persons)))
    parts = [
        Part(frozenset(cell for cell, of in enumerate(owner) if of == one), data.draw(st.integers(1, 9))) for one in set(owner)
    ]
    every = frozenset(range(len(persons)))
    totals = [every, *data.draw(st.lists(st.frozensets(st.sampled_from(sorted(every)), min_size=1), max_size=4))]
    hidden = choose_hidden(parts, totals, persons)
    shown = [part.cells for number, part in enumerate(parts) if number not in hidden]
    for some in combinations("abcdefgh", SMALLEST_GROUP - 1):
        few = {cell for cell, behind in enumerate(persons) if behind <= set(some)}
        assert inside([*totals, *shown], few, len(persons)) == inside(totals, few, len(persons)), some
    assert not any(0 < len(frozenset().union(*(persons[cell] for cell in one))) < SMALLEST_GROUP for one in shown)


def chain(length: int) -> tuple[list[Part], list[frozenset[int]], list[frozenset[str]]]:
    """Months and bundles that overlap like the links of a chain, with one person's event at its end."""
    parts = [Part(frozenset({2 * one, 2 * one + 1}), 10 + one) for one in range(length)]
    totals = [frozenset({2 * one + 1, 2 * one + 2}) for one in range(length)]
    return parts, totals, [*([MANY] * (2 * length)), FEW]


def test_a_chain_of_sums_is_followed_to_its_end() -> None:
    parts, totals, persons = chain(6)
    totals.append(frozenset({0}))
    assert choose_hidden(parts, totals, persons) == {0}, "first less first month, plus next bundle, and so on, is the last cell"
    assert choose_hidden(parts, totals[:-1], persons) == set(), "without its beginning nothing follows"


def test_what_follows_from_totals_alone_hides_nothing() -> None:
    parts = [Part(frozenset({0}), 7), Part(frozenset({1}), 1)]
    assert choose_hidden(parts, [frozenset({0, 1}), frozenset({0})], [MANY, FEW]) == {1}


def test_a_total_that_tells_of_few_is_not_held_to_be_told() -> None:
    parts = [Part(frozenset({0, 1}), 8)]
    persons = [MANY, FEW]
    assert choose_hidden(parts, [frozenset({0})], persons, possible=[frozenset({0, 1})]) == {0}, (
        "what is told would be that total"
    )


def test_more_groups_than_are_tried_count_as_few(monkeypatch: pytest.MonkeyPatch) -> None:
    persons = [*(frozenset(one) for one in "abcdef"), MANY, MANY]
    parts = [Part(frozenset(range(6)), 6)]
    totals = [frozenset({0, 1, 2, 6}), frozenset({0, 1, 2, 7})]
    assert choose_hidden(parts, totals, persons) == set(), "two groups of three, which are never told apart"
    monkeypatch.setattr(withholding, "MOST_CIRCLES", 1)
    assert choose_hidden(parts, totals, persons) == {0}, "not known to be a sum of many"
