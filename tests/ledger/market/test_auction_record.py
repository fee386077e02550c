"""What is told of an auction after its close: the same awards as the exchange made, each with the rule that decided."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dafeng.ledger.market.asked import Bid, CloseAuction, OpenAuction
from dafeng.ledger.market.auction_record import AuctionRecord, read_auction
from dafeng.ledger.market.exchange import Exchange
from dafeng.ledger.market.reading import find_hall, list_auctions
from tests.ledger.market.made import UNITS, make_exchange

BIDS = st.lists(st.tuples(st.sampled_from(["ann", "bob", "cai"]), st.integers(1, 300), st.integers(1, 60)), max_size=8)


def held(exchange: Exchange, bids: list[tuple[str, int, int]], offered: int, reserve: int, most: int | None) -> AuctionRecord:
    """An auction with these bids, closed."""
    exchange.submit([OpenAuction("lot", "cea", "a", "city", offered, reserve, most)])
    exchange.submit([Bid(f"b{at}", "cea", "a", who, size, price) for at, (who, size, price) in enumerate(bids)])
    sealed = read_auction(exchange, find_hall(exchange, "cea"), "a")
    assert sealed is not None
    assert (sealed.bids, sealed.price, sealed.closed_at) == ((), None, None)
    exchange.submit([CloseAuction("end", "cea", "a")])
    found = read_auction(exchange, find_hall(exchange, "cea"), "a")
    assert found is not None
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(bids=BIDS, offered=st.integers(1, UNITS), reserve=st.integers(0, 40), most=st.none() | st.integers(50, 400))
def test_the_record_clears_as_the_exchange_did(
    tmp_path_factory, bids: list[tuple[str, int, int]], offered: int, reserve: int, most: int | None
) -> None:
    path: Path = tmp_path_factory.mktemp("auction")
    with make_exchange(path) as exchange:
        found = held(exchange, bids, offered, reserve, most)
        told = list_auctions(exchange, "cea")[0]
    awards: dict[str, int] = {}
    for one in found.bids:
        awards[one.member] = awards.get(one.member, 0) + one.got
    paid: dict[str, int] = {}
    for award in told["awards"]:
        paid[award["buyer"]] = paid.get(award["buyer"], 0) + award["quantity"]
    assert (found.price, found.sold, {name: size for name, size in awards.items() if size}) == (
        told["price"],
        told["sold"],
        paid,
    )
    assert found.sold <= offered
    for one in found.bids:
        assert one.got == (one.counted if one.why in ("served", "cut") else one.got if one.why == "shared" else 0)
        assert one.got <= one.counted <= one.quantity
        assert (one.price < reserve) == (one.why == "below_reserve")
