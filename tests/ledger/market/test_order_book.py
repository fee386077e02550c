"""The order book beside one written the slow way, and its laws."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.ledger.market.order_book import LimitOrder, OrderBook
from tests.ledger.market.naive import match_naively

ROWS = st.tuples(st.sampled_from("abcd"), st.sampled_from(["buy", "sell"]), st.integers(1, 20), st.integers(95, 105))
ORDERS = st.lists(ROWS, max_size=40).map(lambda rows: [LimitOrder(f"o{at}", *row) for at, row in enumerate(rows)])
POLICIES = st.sampled_from(["cancel_incoming", "cancel_resting"])


def run(orders, policy="cancel_incoming"):
    book = OrderBook(self_trade=policy)
    return book, [book.place(order) for order in orders]


@settings(max_examples=300)
@given(ORDERS, POLICIES)
def test_matches_are_those_of_a_matcher_written_the_slow_way(orders, policy):
    book, placed = run(orders, policy)
    matches, resting, removed = match_naively(orders, self_trade=policy)
    assert [tuple(match) for one in placed for match in one.matches] == matches
    assert [pair for one in placed for pair in one.removed] == removed
    assert {order.id: book.left(order.id) for order in orders if book.left(order.id)} == resting


@given(ORDERS, POLICIES)
def test_the_book_is_never_crossed(orders, policy):
    book = OrderBook(self_trade=policy)
    for order in orders:
        book.place(order)
        buys, sells = book.depth("buy"), book.depth("sell")
        assert not buys or not sells or buys[0][0] < sells[0][0]


@given(ORDERS, POLICIES)
def test_every_unit_is_traded_taken_out_or_resting(orders, policy):
    book, placed = run(orders, policy)
    used = dict.fromkeys((order.id for order in orders), 0)
    for one in placed:
        for match in one.matches:
            used[match.buy] += match.quantity
            used[match.sell] += match.quantity
        for name, left in one.removed:
            used[name] += left
    assert all(used[order.id] + book.left(order.id) == order.quantity for order in orders)


@given(ORDERS, POLICIES)
def test_nobody_trades_with_itself_nor_beyond_its_price(orders, policy):
    known = {order.id: order for order in orders}
    for one in run(orders, policy)[1]:
        for match in one.matches:
            buy, sell = known[match.buy], known[match.sell]
            assert buy.owner != sell.owner
            assert sell.price <= match.price <= buy.price


@given(ORDERS, st.data())
def test_what_is_cancelled_was_left_and_never_trades_again(orders, data):
    book = OrderBook()
    gone: dict[str, int] = {}
    for order in orders:
        assert not {name for match in book.place(order).matches for name in match[:2]} & gone.keys()
        if data.draw(st.booleans()):
            name = data.draw(st.sampled_from([one.id for one in orders]))
            left = book.left(name)
            assert book.cancel(name) == left
            gone |= {name: left} if left else {}
            assert book.cancel(name) == 0


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 20), st.integers(90, 99)), max_size=10), st.randoms())
def test_orders_that_do_not_meet_give_the_same_depth_in_any_order(rows, random):
    orders = [LimitOrder(f"o{at}", who, "buy", size, price) for at, (who, size, price) in enumerate(rows)]
    mixed = list(orders)
    random.shuffle(mixed)
    assert run(orders)[0].depth("buy") == run(mixed)[0].depth("buy")


def test_at_one_price_the_earlier_order_is_served_first_and_the_better_price_before_it():
    book, _ = run([
        LimitOrder("late_price", "a", "sell", 5, 101), LimitOrder("first", "b", "sell", 5, 100),
        LimitOrder("second", "c", "sell", 5, 100),
    ])  # fmt: skip
    matches = book.place(LimitOrder("buyer", "d", "buy", 12, 101)).matches
    assert [(match.sell, match.quantity, match.price) for match in matches] == [
        ("first", 5, 100), ("second", 5, 100), ("late_price", 2, 101),
    ]  # fmt: skip


def test_the_trade_is_at_the_price_of_the_order_that_rested():
    book, _ = run([LimitOrder("buy", "a", "buy", 5, 103)])
    assert book.place(LimitOrder("sell", "b", "sell", 5, 99)).matches[0].price == 103


@pytest.mark.parametrize(
    ("policy", "removed", "left"), [("cancel_incoming", "new", ("old", 5)), ("cancel_resting", "old", ("new", 3))]
)
def test_of_an_owners_two_orders_that_meet_one_is_taken_out(policy, removed, left):
    book, placed = run([LimitOrder("old", "a", "buy", 5, 100), LimitOrder("new", "a", "sell", 3, 100)], policy)
    assert placed[1].matches == ()
    assert [name for name, _ in placed[1].removed] == [removed]
    assert book.left(left[0]) == left[1]


def test_closing_takes_all_out_in_the_order_they_came():
    book, _ = run([LimitOrder(f"o{at}", "a", "buy", at + 1, 100 - at % 2) for at in range(4)])
    closed = book.close()
    assert closed == [("o0", 1), ("o1", 2), ("o2", 3), ("o3", 4)]
    assert book.depth("buy") == []
