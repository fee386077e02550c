"""The invariants of the specification that speak of what happens: 5, 7, 11 and 12.

The others are checked after every step of the model (``invariants.STANDING``), and 9 where bids are known.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.ledger import definitions, encumbrances, movements, reversals, rules
from dafeng.ledger.audit import verify
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.moments import read_balances
from dafeng.ledger.refusals import Booked, Refused
from dafeng.ledger.requests import SetBook, SetLimit, Transfer, decode, encode
from dafeng.ledger.rules import apply
from dafeng.ledger.state import State
from tests.ledger.invariants import POSTINGS
from tests.ledger.model import Model
from tests.ledger.requested import DAYS, draw_batch, draw_transfer, from_seed, world


def lived(seed: int, batches: int = 25, address: str = ":memory:") -> tuple[Ledger, Model]:
    """A ledger in memory, or at an address, in which something happened, and its model."""
    model, choices, at = Model(), from_seed(seed), [1000]
    ledger = open_ledger(address, clock=lambda: at[0])
    for number in range(batches):
        at[0] += choices.whole(0, 9)
        batch = draw_batch(choices, model, number) if number else world()
        ledger.submit(batch)
        model.submit(batch, at[0])
    return ledger, model


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15)
def test_invariant_5_same_content_same_answer_other_content_conflict(seed: int) -> None:
    ledger, model = lived(seed)
    with ledger:
        head = ledger.rows.query("SELECT max(seq) FROM ledger_event")
        for name, (seq, (_, request)) in model.log.items():
            assert ledger.submit([[request]]) == [[Booked(seq, again=True)]]
            other = draw_transfer(from_seed(name))._replace(id=name, reason="other", until=None, hold="")
            assert ledger.submit([[other]]) == [[Refused("conflict", name)]]
        assert ledger.rows.query("SELECT max(seq) FROM ledger_event") == head


@given(seed=st.integers(0, 10**6), day=st.sampled_from(DAYS), share=st.floats(0, 1))
@settings(max_examples=15)
def test_invariant_7_state_as_of_is_the_replay_to_there(seed: int, day: str, share: float) -> None:
    ledger, model = lived(seed)
    with ledger:
        known_at = 1000 + int((model.known_at - 1000) * share)
        asked = [
            one for book in model.books
            for one in read_balances(ledger.rows, book, effective=date.fromisoformat(day), known_at=known_at)
        ]  # fmt: skip
        expected = dict.fromkeys(model.accounts, 0)
        for one in model.moved.values():
            if one["day"] <= day and one["known_at"] <= known_at:
                expected[one["giver"]] -= one["quantity"]
                expected[one["taker"]] += one["quantity"]
        assert {**dict.fromkeys(expected, 0), **dict(asked)} == expected
        replayed = State()
        for at in sorted({row[0] for row in ledger.rows.query("SELECT grp FROM ledger_event WHERE known_at <= ?", known_at)}):
            rows = ledger.rows.query("SELECT id, content, known_at FROM ledger_event WHERE grp = ? ORDER BY seq", at)
            apply(replayed, [[decode(name, content) for name, content, _ in rows]], rows[0][2])
        last = {row[0]: row[4] for row in ledger.rows.query(POSTINGS) if row[1] <= replayed.seq}
        assert {no: one.balance for no, one in replayed.by_number.items() if one.balance} == {
            no: b for no, b in last.items() if b
        }


def ends_of(order: Iterable[int], address: str) -> list[Any]:
    """Balances, holds and states that twelve independent transfers leave in an order."""
    rng = random.Random(2)
    sides = [("pa", "pb"), ("pb", "per"), ("per", "pa"), ("tr", "pool"), ("pool", "op1"), ("tr", "op2")]
    moves = [
        Transfer(f"m{n}", "transfer", *sides[n % 6], rng.randrange(1, 8), DAYS[1], reason="r" * (n % 2)) for n in range(12)
    ]
    supply = [Transfer(f"s{name}", "issue", issuer, name, 30, DAYS[0]) for issuer, name in
              (("piss", "pa"), ("piss", "pb"), ("piss", "per"), ("iss", "tr"), ("iss", "pool"))]  # fmt: skip
    with open_ledger(address, clock=lambda: 1000) as ledger:
        ledger.submit([*world(), [SetLimit("l", "piss", 500, "r"), SetLimit("k", "iss", 500, "r")], *[[one] for one in supply]])
        answers = ledger.submit([[moves[n]] for n in order])
        assert all(type(one) is Booked for group in answers for one in group)
        return ledger.rows.query("SELECT name, balance, held, state FROM ledger_account ORDER BY name")


@given(order=st.permutations(range(12)))
@settings(max_examples=25)
def test_invariant_11_order_of_independent_transfers_does_not_matter(order: list[int]) -> None:
    assert ends_of(order, ":memory:") == ends_of(range(12), ":memory:")


@pytest.mark.parametrize("seed", [1, 2])
def test_invariant_11_on_either_store_order_does_not_matter(seed: int, address: str) -> None:
    order = random.Random(seed).sample(range(12), 12)
    assert ends_of(order, address) == ends_of(range(12), ":memory:")


@pytest.mark.parametrize("change", ["table", "limit", "lock"])
def test_invariant_12_a_change_of_policy_never_alters_past_postings(
    change: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, _ = lived(9, address=address)
    with ledger:
        before = ledger.rows.query(POSTINGS)
        assert before
        if change == "table":
            stricter = MappingProxyType(
                {name: dataclasses.replace(kind, final=True) for name, kind in definitions.kinds().items()}
            )
            for module in (rules, movements, encumbrances, reversals):
                monkeypatch.setattr(module, "kinds", lambda: stricter, raising=False)
        else:
            request: Any = SetLimit("x", "iss", 10**6, "r") if change == "limit" else SetBook("x", "cea", before="2030-01-01")
            assert type(ledger.submit([[request]])[0][0]) is Booked
        ledger.submit([[Transfer("y", "issue", "iss", "tr", 5, "2030-01-02")]])
        assert ledger.rows.query(POSTINGS)[: len(before)] == before


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15)
def test_a_request_is_its_spelling(seed: int) -> None:
    _, model = lived(seed, 10)
    for name, (_, (kind, request)) in model.log.items():
        again = decode(name, encode(request))
        assert (type(again), again) == (kind, request)


def test_what_was_booked_cannot_be_changed_even_by_hand(address: str) -> None:
    from dafeng.store.ledger_rows import failures

    with open_ledger(address) as ledger:
        ledger.submit(world())
        ledger.submit([[Transfer("i", "issue", "iss", "tr", 5, DAYS[0])]])
        for table in ("event", "posting", "move"):
            for text in (f"UPDATE ledger_{table} SET seq = seq + 1", f"DELETE FROM ledger_{table}"):
                with pytest.raises(failures(), match="append-only"):
                    ledger.rows._run(text)
                ledger.rows.rollback()
        assert verify(ledger) == []
