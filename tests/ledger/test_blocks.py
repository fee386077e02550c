"""Blocks are chosen as a plain sort of all of them would choose, whatever the account went through, and few are looked at."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.ledger import blocks as held
from dafeng.ledger.definitions import account_types
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import Span
from dafeng.ledger.state import PLACE, Account, Block, Book, State

VINTAGES = ("", "2023", "2024")
CLAIMS = ("", "c1", "c2")


def fragments(sizes: list[tuple[int, int, int, bool]]) -> tuple[State, Account, Account]:
    """A state with an account of as many blocks, each with its size, vintage, claim and class, and another account."""
    state, book = State(), Book(1, "b", "cea", "t", 0, True, "", False)
    one, two = (Account(n, name, book, account_types()["trading"], "h", "", "") for n, name in enumerate("AB", 1))
    for size, vintage, claim, restricted in sizes:
        state.blocks_made += 1
        first, book.next = book.next, book.next + size
        block = Block(state.blocks_made, book, first, first + size - 1, (VINTAGES[vintage], "", restricted), one, 0)
        block.claim = CLAIMS[claim]
        state.put(block)
    return state, one, two


def sorted_choice(
    all_: list[Block], quantity: int, spans: list[Span], vintage: str, claim: str, restricted: bool
) -> list[int] | str:
    """Serial numbers by a plain sort of all units, or the code of the refusal."""
    units = sorted(
        (block.vintage, number, block.restricted)
        for block in all_
        for number in range(block.first, block.last + 1)
        if block.claim == claim and vintage in ("", block.vintage)
    )
    if not spans:
        fit = [number for _, number, bound in units if restricted or not bound]
        if len(fit) >= quantity:
            return fit[:quantity]
        return "restricted" if len(units) >= quantity else "not_held"
    classes, chosen = {number: bound for _, number, bound in units}, []
    if sum(one.last - one.first + 1 for one in spans) != quantity or any(one.first > one.last for one in spans):
        return "quantity_bad"
    for number in (number for one in spans for number in range(one.first, one.last + 1)):
        if number not in classes or number in chosen:
            return "not_held"
        if classes[number] and not restricted:
            return "restricted"
        chosen.append(number)
    return chosen


def seen(account: Account) -> list[tuple[Any, ...]]:
    """All that stands in an account, in the order in which it stands there."""
    return [(one.no, one.first, one.last, one.claim, one.account.name, one.alive) for one in account.blocks]


SIZES = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 2), st.integers(0, 2), st.booleans()), min_size=1, max_size=14)
SPANS = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 6)).map(lambda one: Span(one[0], sum(one))), max_size=3)
ASKED = st.tuples(
    st.integers(1, 20), SPANS, st.sampled_from(VINTAGES), st.sampled_from(CLAIMS), st.booleans(),
    st.sampled_from(("move", "mark", "undo")),
)  # fmt: skip


@given(sizes=SIZES, asked=st.lists(ASKED, min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_the_choice_is_that_of_a_plain_sort(sizes: list[Any], asked: list[Any]) -> None:
    state, one, two = fragments(sizes)
    for quantity, spans, vintage, claim, restricted, then in asked:
        wanted = sum(span.last - span.first + 1 for span in spans) if spans and quantity < 15 else quantity
        expected = sorted_choice(one.blocks, wanted, spans, vintage, claim, restricted)
        before = seen(one), seen(two), state.blocks_made
        state.begin()
        try:
            chosen = held.choose_blocks(state, one, wanted, spans=spans, vintage=vintage, claim=claim, restricted=restricted)
        except Refusal as refusal:
            answer: Any = refusal.code
        else:
            answer = [n for block in chosen for n in range(block.first, block.last + 1)]
            for block in chosen:
                if then == "move":
                    held.move_block(state, block, two)
                else:
                    held.mark_block(state, block, "c2" if claim == "" else "")
        assert answer == expected
        if then == "undo" or type(answer) is str:
            state.fail()
            assert (seen(one), seen(two), state.blocks_made) == before
        else:
            state.succeed()
        for account in (one, two):
            assert list(map(PLACE, account.blocks)) == sorted(map(PLACE, account.blocks))
            assert all(block.account is account and block.alive for block in account.blocks)


@pytest.mark.parametrize("spans", [(), (Span(2001, 2001),)])
@pytest.mark.parametrize("then", ["move", "mark"])
def test_of_many_blocks_few_are_looked_at(then: str, spans: tuple[Span, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    state, one, two = fragments([(1, n % 3, n % 2, n % 7 == 0) for n in range(4096)])
    reads: set[int] = set()

    def read(block: Block, name: str) -> Any:
        reads.add(id(block))
        return object.__getattribute__(block, name)

    monkeypatch.setattr(Block, "__getattribute__", read)
    state.begin()
    (chosen,) = held.choose_blocks(state, one, 1, spans=spans, restricted=False)
    if then == "move":
        held.move_block(state, chosen, two)
    else:
        held.mark_block(state, chosen, "c1")
    state.fail()
    assert 0 < len(reads) < 200
