"""A sealed auction at one price: laws for any bids, and outcomes worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.ledger.market.auction import TIES, Award, SealedBid, clear, share_by_remainder

BIDS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 40), st.integers(1, 6)), max_size=12).map(
    lambda rows: [SealedBid(f"b{at}", who, size, price, at) for at, (who, size, price) in enumerate(rows)]
)
OFFERED = st.integers(1, 120)
RULES = st.fixed_dictionaries({
    "reserve": st.integers(0, 4), "lot": st.sampled_from([1, 3]), "most": st.none() | st.integers(1, 60),
    "tie": st.sampled_from(sorted(TIES)),
})  # fmt: skip


def given_to(found, bid: str) -> int:
    return sum(award.quantity for award in found.awards if award.bid == bid)


@given(BIDS, OFFERED, RULES)
def test_awarded_and_unsold_are_what_was_offered(bids, offered, rules):
    found = clear(bids, offered, **rules)
    assert sum(award.quantity for award in found.awards) + found.unsold == offered
    assert found.unsold >= 0


@given(BIDS, OFFERED, RULES)
def test_the_price_is_the_lowest_accepted_bid(bids, offered, rules):
    found = clear(bids, offered, **rules)
    accepted = [bid.price for bid in bids if given_to(found, bid.id)]
    assert found.price == min(accepted, default=None)


@given(BIDS, OFFERED, RULES)
def test_nobody_pays_above_the_bid_or_below_the_reserve(bids, offered, rules):
    found = clear(bids, offered, **rules)
    assert all(rules["reserve"] <= found.price <= bid.price for bid in bids if given_to(found, bid.id))


@given(BIDS, OFFERED, RULES)
def test_nobody_gets_more_than_was_bid_or_than_a_bidder_may_have(bids, offered, rules):
    found = clear(bids, offered, **rules)
    assert all(given_to(found, bid.id) <= bid.quantity for bid in bids)
    for who in "abcd":
        got = sum(award.quantity for award in found.awards if award.bidder == who)
        assert rules["most"] is None or got <= rules["most"]


@given(BIDS, OFFERED, RULES)
def test_a_higher_bid_is_served_in_full_before_a_lower_one_gets_anything(bids, offered, rules):
    found = clear(bids, offered, **{**rules, "most": None})
    for bid in bids:
        if found.price is not None and bid.price > found.price:
            assert given_to(found, bid.id) == bid.quantity - bid.quantity % rules["lot"]


@given(BIDS, OFFERED, RULES)
def test_nothing_is_left_while_somebody_who_counts_wants_more(bids, offered, rules):
    found = clear(bids, offered, **{**rules, "most": None})
    wanting = any(
        bid.price >= rules["reserve"] and bid.quantity - given_to(found, bid.id) >= rules["lot"] for bid in bids
    )  # fmt: skip
    assert not wanting or found.unsold < rules["lot"]


@given(BIDS, OFFERED, RULES, st.randoms())
def test_the_order_in_which_bids_are_read_does_not_matter(bids, offered, rules, random):
    mixed = list(bids)
    random.shuffle(mixed)
    assert clear(mixed, offered, **rules) == clear(bids, offered, **rules)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.data())
def test_shares_are_within_one_lot_of_the_exact_proportion(wanted, data):
    rest = data.draw(st.integers(0, sum(wanted)))
    shares = share_by_remainder(wanted, rest)
    assert sum(shares) == rest
    assert all(abs(share - Fraction(size * rest, sum(wanted))) < 1 for size, share in zip(wanted, shares, strict=True))


def test_the_margin_is_shared_pro_rata_and_the_rest_goes_to_the_earlier_of_equal_remainders():
    bids = [SealedBid("x", "x", 60, 70, 0), SealedBid("y", "y", 60, 60, 1), SealedBid("z", "z", 60, 60, 2)]
    found = clear(bids, 101, reserve=50)  # 41 left for two who want 60: 20.5 each
    assert found.price == 60
    assert found.awards == (Award("x", "x", 60), Award("y", "y", 21), Award("z", "z", 20))


def test_the_rest_goes_to_the_largest_remainder_even_if_later():
    assert share_by_remainder([10, 20], 10) == [3, 7]  # 3.33 and 6.67


def test_in_order_of_time_the_earlier_is_served_in_full():
    bids = [SealedBid("y", "y", 60, 60, 1), SealedBid("x", "x", 60, 60, 0)]
    assert clear(bids, 70, tie="earlier").awards == (Award("x", "x", 60), Award("y", "y", 10))


def test_a_price_at_which_nothing_is_left_does_not_set_the_price():
    bids = [SealedBid("x", "x", 100, 70, 0), SealedBid("y", "y", 10, 60, 1)]
    assert clear(bids, 100).price == 70


def test_too_low_bids_leave_all_unsold():
    assert clear([SealedBid("x", "x", 10, 49, 0)], 10, reserve=50) == (None, (), 10)


@pytest.mark.parametrize(("most", "sold"), [(30, 30), (None, 80)])
def test_a_bidder_gets_no_more_than_the_limit_over_all_bids_best_price_first(most, sold):
    bids = [SealedBid("x1", "x", 40, 60, 0), SealedBid("x2", "x", 40, 70, 1)]
    found = clear(bids, 100, most=most)
    assert sum(award.quantity for award in found.awards) == sold
    assert found.awards[0].bid == "x2"
