"""What a giver had on the legal day of a movement: refused where it had not, on either store."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.ledger.definitions import account_types
from dafeng.ledger.effective_days import check_held
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.moments import read_balances
from dafeng.ledger.refusals import Answer, Booked, Refusal
from dafeng.ledger.requests import Post, Reverse, Span, Transfer
from tests.ledger.model import Model
from tests.ledger.requested import BOOK_OF, DAYS, TYPE_OF, draw_batch, from_seed, world

FLOORED = {name for name, sort in TYPE_OF.items() if account_types()[sort].floor == "zero"}


def ask(ledger: Ledger, *group: Any) -> list[Answer]:
    """Book a group that people date."""

    def make() -> list[list[Any]]:
        check_held(ledger.rows, group)
        return [list(group)]

    return ledger.book(make)[0]


def refused(ledger: Ledger, *group: Any) -> str:
    with pytest.raises(Refusal) as told:
        ask(ledger, *group)
    assert told.value.code == "not_held_then"
    return told.value.about


def move(name: str, giver: str, taker: str, quantity: int, day: str, **more: Any) -> Transfer:
    kind = {"iss": "issue", "piss": "issue"}.get(giver, "retire" if taker == "ret" else "transfer")
    return Transfer(name, kind, giver, taker, quantity, day, beneficiary="x" if kind == "retire" else "", **more)


def begun(address: str) -> Ledger:
    ledger = open_ledger(address, clock=lambda: 1000)
    ledger.submit(world())
    ask(ledger, move("i", "iss", "tr", 10, "2026-02-03"), move("j", "piss", "pa", 10, "2026-02-03"))
    return ledger


def test_nothing_is_given_before_it_came(address: str) -> None:
    with begun(address) as ledger:
        assert refused(ledger, move("m", "pa", "pb", 1, "2026-02-02")) == "pa 2026-02-02"
        assert refused(ledger, move("r", "tr", "ret", 1, "2026-01-01")) == "tr 2026-01-01"
        assert type(ask(ledger, move("m", "pa", "pb", 1, "2026-02-03"))[0]) is Booked


def test_what_was_given_later_lacks_nothing(address: str) -> None:
    with begun(address) as ledger:
        ask(ledger, move("k", "pa", "pb", 8, "2026-03-01"))
        ask(ledger, move("l", "pb", "pa", 8, "2026-03-31"))
        assert refused(ledger, move("m", "pa", "pb", 3, "2026-02-20")) == "pa 2026-03-01"
        assert type(ask(ledger, move("m", "pa", "pb", 2, "2026-02-20"))[0]) is Booked
        assert refused(ledger, move("n", "pa", "per", 1, "2026-02-20")) == "pa 2026-03-01"


def test_a_group_counts_together_and_the_same_again_is_answered(address: str) -> None:
    with begun(address) as ledger:
        through = (move("m", "pa", "pb", 4, "2026-03-01"), move("n", "pb", "per", 4, "2026-03-01"))
        first = ask(ledger, *through)
        assert [type(one) for one in first] == [Booked, Booked]
        ask(ledger, move("o", "pa", "per", 6, "2026-03-01"))
        assert [one.seq for one in ask(ledger, *through)] == [one.seq for one in first]  # type: ignore[union-attr]
        early = (move("p", "per", "pb", 1, "2026-02-28"), move("q", "pb", "pa", 1, "2026-02-28"))
        assert refused(ledger, *early) == "per 2026-02-28"


def test_a_reversal_and_what_is_posted_are_looked_at_too(address: str) -> None:
    with begun(address) as ledger:
        assert refused(ledger, Reverse("v", "j", "2026-02-02", "wrong")) == "pa 2026-02-02"
        ledger.submit([[move("w", "pa", "pb", 1, "2026-01-01", until=5000)]])  # as an earlier version set it aside
        assert refused(ledger, Post("p", "w")) == "pa 2026-01-01"
        assert refused(ledger, move("w2", "pa", "pb", 1, "2026-01-01", until=5000)) == "pa 2026-01-01"
        assert type(ask(ledger, Reverse("v", "j", "2026-02-03", "wrong"))[0]) is not Booked  # the ledger's own: one is held


def test_serial_numbers_that_came_later_are_not_given_before(address: str) -> None:
    with begun(address) as ledger:
        ask(ledger, move("k", "iss", "tr", 10, "2026-03-01"))
        assert refused(ledger, move("r", "tr", "ret", 5, "2026-02-10", spans=(Span(11, 15),))) == "tr 11-20"
        assert type(ask(ledger, move("r", "tr", "ret", 5, "2026-02-10", spans=(Span(1, 5),)))[0]) is Booked


def test_what_is_not_held_at_all_and_issuers_are_left_to_the_ledger(address: str) -> None:
    with begun(address) as ledger:
        assert ask(ledger, move("m", "pa", "pb", 11, "2026-01-01"))[0].code == "not_held"  # type: ignore[union-attr]
        assert type(ask(ledger, move("n", "iss", "op1", 5, "2025-12-31"))[0]) is Booked
        assert ask(ledger, move("o", "pa", "pb", 1, "2026-13-01"))[0].code == "malformed"  # type: ignore[union-attr]


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15)
def test_invariant_7_no_balance_is_below_zero_on_a_legal_day(seed: int) -> None:
    model, choices, at = Model(), from_seed(seed), [1000]
    with open_ledger(":memory:", clock=lambda: at[0]) as ledger:
        ledger.submit(world())
        model.submit(world(), 1000)
        for number in range(1, 40):
            for group in draw_batch(choices, model, number):
                at[0] += 1
                try:
                    ask(ledger, *group)
                except Refusal:
                    continue
                model.submit([group], at[0])
        for day in (*DAYS, "2026-12-31"):
            expected = dict.fromkeys(model.accounts, 0)
            for one in model.moved.values():
                if one["day"] <= day:
                    expected[one["giver"]] -= one["quantity"]
                    expected[one["taker"]] += one["quantity"]
            told = {
                name: held for book in set(BOOK_OF.values())
                for name, held in read_balances(ledger.rows, book, effective=date.fromisoformat(day))
            }  # fmt: skip
            assert told == {name: held for name, held in expected.items() if held}
            assert all(expected[name] >= 0 for name in FLOORED)
