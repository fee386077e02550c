"""Moves between nodes of one parent: sums hold after any of them, and the files take none back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError
from dafeng.ledger.budget_books import read_books
from dafeng.ledger.budget_requests import ask_allotment, ask_move
from dafeng.ledger.budget_table import check_lines, list_lines
from dafeng.ledger.budgets import allot
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.refusals import Refused
from dafeng.ledger.requests import Reverse
from tests.ledger.test_budgets import DAY, apply, book, city

MOVES = st.lists(st.tuples(st.sampled_from([("d1", "d2"), ("d2", "d1")]), st.integers(1, 80), st.booleans()), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(moves=MOVES)
def test_after_any_moves_every_sum_holds_and_the_files_ask_for_nothing(moves: list) -> None:
    budget = city(100, 60, 30)
    with open_ledger(":memory:") as ledger:
        apply(ledger, budget)
        for at, ((giver, taker), quantity, back) in enumerate(moves):
            move = ask_move(budget, giver, taker, quantity, id=f"m{at}", effective=DAY, reason="r")
            if not isinstance(ledger.submit([[move]])[0][0], Refused) and back:
                book(ledger, [Reverse(f"r{at}", f"m{at}", DAY, "wrong")])
        books = read_books(ledger, budget)
        lines = list_lines(budget, books)
        checks = check_lines(budget, lines, books)
        assert ask_allotment(budget, allot(budget), books) == []
    assert [one for one in checks if not one.holds] == []
    assert sum(line.moved for line in lines) == 0
    assert all(line.allotted + line.moved == sum(line.below.values()) for line in lines)
    assert all(line.free >= 0 for line in lines)


@pytest.mark.parametrize(("giver", "taker"), [("d1", "d1"), ("c", "d1"), ("d1", "e"), ("d1", "nobody"), ("c", "c")])
def test_only_nodes_of_one_parent_move(giver: str, taker: str) -> None:
    with pytest.raises(DefinitionError):
        ask_move(city(100, 60, 30, leaf=20), giver, taker, 1, id="m", effective=DAY, reason="r")
