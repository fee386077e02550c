"""Markets on a real ledger: what is held, delivered, paid and freed; hours, limits, ids; and any sequence of requests."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import AccessError
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.market.asked import (
    Bid,
    Cancel,
    CloseAuction,
    CloseDay,
    Offer,
    OpenAuction,
    OpenDay,
    OpenMarket,
    Order,
    Register,
    Take,
)
from dafeng.ledger.market.bodies import Desk
from dafeng.ledger.market.exchange import Exchange, open_exchange
from dafeng.ledger.market.reading import list_auctions, list_requests, list_trades, show_market
from dafeng.ledger.market.reasons import market_reasons
from dafeng.ledger.market.terms import read_bodies, read_terms, restore_terms, spell_terms
from dafeng.ledger.refusals import Booked, Refused
from dafeng.ledger.requests import Hold, OpenAccount, OpenBook, Release, SetState, Transfer
from tests.ledger.market.made import DAY, MONEY, UNITS, Clock, balances, make_exchange, make_ledger, openings, totals, trades


@pytest.fixture
def exchange(tmp_path: Path):
    with make_exchange(tmp_path) as made:
        yield made


def code(exchange: Exchange, *asked) -> str:
    """Code of the last answer; empty where it was taken."""
    said = exchange.submit(asked)[-1]
    return said.code if isinstance(said, Refused) else ""


def sell(name: str, who: str = "ann", size: int = 100, price: int = 100) -> Order:
    return Order(name, "cea", who, "sell", size, price)


def buy(name: str, who: str = "bob", size: int = 100, price: int = 100) -> Order:
    return Order(name, "cea", who, "buy", size, price)


def test_an_order_holds_what_it_may_need_and_a_cancel_frees_exactly_that(exchange):
    exchange.submit([sell("s", size=70), buy("b", size=50, price=90)])
    assert balances(exchange)["ann.cea"] == (UNITS, 70)
    assert balances(exchange)["bob.yuan"] == (MONEY, 50 * 90)
    exchange.submit([Cancel("c1", "cea", "s"), Cancel("c2", "cea", "b")])
    assert balances(exchange)["ann.cea"] == (UNITS, 0)
    assert balances(exchange)["bob.yuan"] == (MONEY, 0)


def test_a_trade_delivers_against_payment_and_frees_the_surplus_of_a_better_price(exchange):
    exchange.submit([sell("s", size=30, price=95), buy("b", size=50, price=97)])
    found = balances(exchange)
    assert found["ann.cea"] == (UNITS - 30, 0)
    assert found["bob.cea"] == (UNITS + 30, 0)
    assert found["ann.yuan"] == (MONEY + 30 * 95, 0)
    assert found["bob.yuan"] == (MONEY - 30 * 95, 20 * 97)


def test_both_sides_of_a_trade_stand_in_one_linked_group(exchange):
    exchange.submit([sell("s", size=30, price=95), buy("b", size=50, price=97)])
    groups = exchange.rows.query("SELECT DISTINCT grp FROM ledger_event WHERE id LIKE 'market/trade/%'")
    kinds = exchange.rows.query("SELECT kind FROM ledger_event WHERE id LIKE 'market/trade/%' ORDER BY seq")
    assert len(groups) == 1
    assert kinds == [("trade",), ("trade",), ("release",)]


def test_the_same_request_again_gets_the_same_answer_and_nothing_is_doubled(exchange):
    first = exchange.submit([sell("s"), buy("b")])
    before = balances(exchange)
    again = exchange.submit([sell("s"), buy("b")])
    assert again == [one._replace(again=True) for one in first]
    assert balances(exchange) == before


def test_another_content_under_a_used_id_is_a_conflict(exchange):
    exchange.submit([sell("s")])
    assert exchange.submit([sell("s", size=99)]) == [Refused("conflict", "s")]


def test_an_order_without_cover_is_refused_and_counts_once_it_is_covered(exchange):
    big = buy("b", size=UNITS, price=MONEY)
    assert code(exchange, big) == "not_held"
    assert show_market(exchange, "cea")["buy"] == []
    with open_ledger(exchange.rows.query("PRAGMA database_list")[0][2]) as ledger:
        ledger.submit([[Transfer("more", "issue", "yuan.issuer", "bob.yuan", UNITS * MONEY, "2026-01-01")]])
    assert code(exchange, big) == ""
    assert show_market(exchange, "cea")["buy"] == [{"price": MONEY, "quantity": UNITS}]


def test_the_close_of_the_day_ends_orders_and_offers_and_frees_what_they_held(exchange):
    exchange.submit([sell("s"), Offer("o", "cea", "bob", "buy", 5, 7), CloseDay("c", "cea")])
    assert all(held == 0 for _, held in balances(exchange).values())
    assert code(exchange, sell("s2")) == "day_closed"


def test_a_day_that_is_over_by_the_clock_is_closed_by_the_next_request(tmp_path):
    clock = Clock()
    with make_exchange(tmp_path, clock=clock) as exchange:
        exchange.submit([sell("s")])
        clock.now += DAY
        assert code(exchange, buy("b")) == "day_closed"
        assert balances(exchange)["ann.cea"] == (UNITS, 0)
        assert code(exchange, OpenDay("d2", "cea")) == ""
        assert exchange.refresh().halls["cea"].reference == 100  # no trade: the former one


def test_the_next_reference_is_the_mean_price_of_the_last_day_rounded_half_up(tmp_path):
    clock = Clock()
    with make_exchange(tmp_path, clock=clock) as exchange:
        exchange.submit([sell("s", size=3, price=90), sell("s2", size=3, price=91), buy("b", size=6, price=95)])
        clock.now += DAY
        exchange.submit([OpenDay("d2", "cea")])
        assert exchange.refresh().halls["cea"].reference == 91  # 90.5


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (sell("x", price=110), ""),
        (sell("x", price=111), "price_outside"),
        (buy("x", price=89), "price_outside"),
        (sell("x", size=100_001), "order_large"),
        (Offer("x", "cea", "ann", "sell", 1, 130), ""),
        (Offer("x", "cea", "ann", "sell", 1, 131), "price_outside"),
        (OpenAuction("x", "cea", "a", "city", 1, 900), ""),
    ],
)
def test_prices_stay_within_the_limits_of_the_day(tmp_path, asked, said):
    with make_exchange(tmp_path, terms="allowance") as exchange:
        assert code(exchange, asked) == said


@pytest.mark.parametrize(("hours_later", "said"), [(0, ""), (1.4, ""), (1.5, "hours_closed"), (3, ""), (5, "hours_closed")])
def test_orders_are_taken_within_the_hours(tmp_path, hours_later, said):
    clock = Clock()  # 10:00 in China
    with make_exchange(tmp_path, terms="allowance", clock=clock) as exchange:
        clock.now += int(hours_later * DAY / 24)
        assert code(exchange, sell("s")) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Order("x", "cea", "ann", "sell", 0, 1), "malformed"),
        (Order("x", "cea", "ann", "lend", 1, 1), "malformed"),
        (Order("x/y", "cea", "ann", "sell", 1, 1), "malformed"),
        (Order("x", "cea", "ann", "sell", 1.5, 1), "malformed"),
        (Order("x", "cea", "ann", "buy", 2**61, 2**61), "quantity_bad"),
        (Order("x", "coal", "ann", "sell", 1, 1), "market_unknown"),
        (Order("x", "cea", "eve", "sell", 1, 1), "member_unknown"),
        (Offer("x", "cea", "ann", "sell", 1, 1, "eve"), "member_unknown"),
        (Offer("x", "cea", "ann", "sell", 1, 1, "ann"), "self_trade"),
        (Take("x", "cea", "ann", "none"), "offer_over"),
        (Cancel("x", "cea", "none"), "target_unknown"),
        (Bid("x", "cea", "none", "ann", 1, 1), "auction_closed"),
        (CloseAuction("x", "cea", "none"), "auction_closed"),
        (OpenMarket("x", "cea", "cea", "yuan", "plain"), "market_exists"),
        (OpenMarket("x", "two", "cea", "gold", "plain"), "book_unknown"),
        (OpenMarket("x", "two", "cea", "cea", "plain"), "book_same"),
        (OpenMarket("x", "two", "cea", "yuan", "none"), "terms_unknown"),
        (Register("x", "cea", "ann", "ann.cea", "ann.yuan"), "member_exists"),
        (Register("x", "cea", "mix", "ann.cea", "bob.yuan"), "account_unfit"),
        (Register("x", "cea", "mix", "ann.yuan", "ann.cea"), "account_unfit"),
        (Register("x", "cea", "mix", "cea.issuer", "city.yuan"), "account_unfit"),
        (OpenDay("x", "cea", 100), "day_open"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused_with_its_code(exchange, asked, said):
    assert code(exchange, asked) == said
    assert said in market_reasons()


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([CloseDay("c1", "cea"), OpenDay("x", "cea", 100)], "day_over"),
        ([CloseDay("c1", "cea"), CloseDay("x", "cea")], "day_closed"),
        ([sell("s"), buy("b"), Cancel("x", "cea", "s")], "target_over"),
        ([Offer("o", "cea", "ann", "sell", 1, 1), Take("x", "cea", "ann", "o")], "self_trade"),
        ([Offer("o", "cea", "ann", "sell", 1, 1, "bob"), Take("x", "cea", "cai", "o")], "offer_private"),
        ([OpenAuction("a1", "cea", "a", "city", 9), OpenAuction("x", "cea", "a", "city", 9)], "auction_exists"),
        ([OpenAuction("a1", "cea", "a", "city", 9, 5), Bid("x", "cea", "a", "ann", 1, 4)], "price_below"),
        ([OpenAuction("a1", "cea", "a", "city", 9, 0, 3), Bid("x", "cea", "a", "ann", 4, 4)], "bid_large"),
        ([OpenAuction("a1", "cea", "a", "city", 9), Bid("x", "cea", "a", "city", 4, 4)], "self_trade"),
        ([OpenAuction("a1", "cea", "a", "city", 9), CloseAuction("c", "cea", "a"), Bid("x", "cea", "a", "ann", 4, 4)],
         "auction_closed"),
    ],
)  # fmt: skip
def test_a_request_that_comes_too_late_or_from_the_wrong_side_is_refused(exchange, steps, said):
    said_now = [code(exchange, step) for step in steps][-1]
    assert said_now == said
    assert said in market_reasons()


def test_an_agreement_is_delivered_against_payment_to_the_one_it_was_made_to(exchange):
    exchange.submit([Offer("o", "cea", "bob", "buy", 40, 80, "ann"), Take("t", "cea", "ann", "o")])
    found = balances(exchange)
    assert (found["bob.cea"], found["bob.yuan"]) == ((UNITS + 40, 0), (MONEY - 3200, 0))
    assert (found["ann.cea"], found["ann.yuan"]) == ((UNITS - 40, 0), (MONEY + 3200, 0))
    assert list_trades(exchange, "cea")[0]["way"] == "agreement"


def test_of_two_takers_of_one_offer_the_second_gets_back_what_was_held(exchange):
    exchange.submit([Offer("o", "cea", "ann", "sell", 40, 80)])
    exchange.submit([Take("t1", "cea", "bob", "o"), Take("t2", "cea", "cai", "o")])
    assert trades(exchange) == [("bob", "ann", 40, 80)]
    assert balances(exchange)["cai.yuan"] == (MONEY, 0)


def test_an_auction_settles_at_one_price_and_returns_the_rest(exchange):
    exchange.submit([OpenAuction("a", "cea", "one", "city", 100, 50), Bid("x", "cea", "one", "ann", 60, 70)])
    exchange.submit([Bid("y", "cea", "one", "bob", 60, 60), Bid("z", "cea", "one", "cai", 60, 55)])
    assert balances(exchange)["city.cea"] == (UNITS, 100)
    exchange.submit([CloseAuction("c", "cea", "one")])
    found = balances(exchange)
    assert found["ann.yuan"] == (MONEY - 60 * 60, 0)
    assert found["bob.yuan"] == (MONEY - 40 * 60, 0)
    assert found["cai.yuan"] == (MONEY, 0)
    assert found["city.cea"] == (UNITS - 100, 0)
    assert found["city.yuan"] == (100 * 60, 0)
    assert list_auctions(exchange, "cea")[0]["price"] == 60


def test_what_an_auction_does_not_sell_returns_to_the_seller(exchange):
    exchange.submit([OpenAuction("a", "cea", "one", "city", 100, 50), Bid("x", "cea", "one", "ann", 30, 70)])
    exchange.submit([CloseAuction("c", "cea", "one")])
    assert balances(exchange)["city.cea"] == (UNITS - 30, 0)


def test_nothing_of_a_bid_is_shown_before_the_close_except_to_its_member(exchange):
    exchange.submit([OpenAuction("a", "cea", "one", "city", 100, 50), Bid("secret", "cea", "one", "ann", 33, 77)])
    assert {"secret", "33", "77", "ann'"}.isdisjoint(str(list_auctions(exchange, "cea")).split())
    shown = str(show_market(exchange, "cea")["auctions"])
    assert "secret" not in shown
    assert "77" not in shown
    assert list_requests(exchange, "cea", "bob") == []
    assert list_requests(exchange, "cea", "ann")[0]["price"] == 77


def test_the_hold_of_a_bid_names_no_price(exchange):
    exchange.submit([OpenAuction("a", "cea", "one", "city", 100, 50), Bid("secret", "cea", "one", "ann", 33, 77)])
    content = exchange.rows.query("SELECT content FROM ledger_event WHERE id = 'market/hold/secret'")[0][0]
    assert content == '["hold","ann.yuan","freeze",2541,"market"]'


def test_a_delivery_that_the_ledger_refuses_stays_due_whole_and_is_booked_when_it_can_be(tmp_path):
    with make_exchange(tmp_path) as exchange:
        exchange.submit([sell("s")])
        with open_ledger(str(tmp_path / "ledger.sqlite")) as ledger:
            ledger.submit([[SetState("bl", "ann.cea", "blocked", "court")]])
            exchange.submit([buy("b")])
            assert list_trades(exchange, "cea")[0]["code"] == "account_blocked"
            assert balances(exchange)["bob.yuan"] == (MONEY, 10_000)  # nothing moved: neither units nor money
            ledger.submit([[SetState("op", "ann.cea", "open", "court")]])
        exchange.settle()
        assert list_trades(exchange, "cea")[0]["state"] == "done"
        assert balances(exchange)["bob.yuan"] == (MONEY - 10_000, 0)


def test_numbered_units_keep_their_numbers_in_a_trade(tmp_path):
    with make_exchange(tmp_path, serials=True) as exchange:
        exchange.submit([sell("s", size=30), buy("b", size=20)])
        found = exchange.rows.query(
            "SELECT first, last FROM ledger_block b JOIN ledger_account a ON a.no = b.account"
            " WHERE alive AND a.name = 'bob.cea' ORDER BY first"
        )
        assert sum(last - first + 1 for first, last in found) == UNITS + 20
        assert found[0] == (UNITS + 1, UNITS + 20)  # the first of ann's, who was served after the city


def test_an_account_with_restricted_units_cannot_sell(tmp_path):
    clock = Clock()
    with make_exchange(tmp_path, serials=True, clock=clock) as exchange:
        with open_ledger(str(tmp_path / "ledger.sqlite")) as ledger:
            ledger.submit([[Transfer("r", "issue", "cea.issuer", "ann.cea", 5, "2026-01-01", restricted=True)]])
        assert code(exchange, sell("s")) == "restricted"


def test_a_market_keeps_the_rules_it_was_opened_with(tmp_path):
    with make_exchange(tmp_path, terms="allowance") as exchange:
        pinned = exchange.refresh().halls["cea"].terms
        assert restore_terms(spell_terms(pinned)) == pinned == read_terms()["allowance"]
    with open_exchange(str(tmp_path / "ledger.sqlite"), clock=Clock()) as again:
        assert again.refresh().halls["cea"].terms == pinned


@pytest.mark.parametrize(
    ("body", "request_", "may"),
    [
        ("registration", Hold("h", "ann.cea", "freeze", 1, "x"), True),
        ("registration", Transfer("t", "trade", "ann.cea", "bob.cea", 1, "2026-01-01"), False),
        ("registration", Release("r", "h"), False),
        ("trading", Hold("h", "ann.cea", "freeze", 1, "x"), False),
        ("trading", Transfer("t", "trade", "ann.cea", "bob.cea", 1, "2026-01-01"), False),
        ("settlement", Transfer("t", "trade", "ann.cea", "bob.cea", 1, "2026-01-01"), True),
        ("settlement", Transfer("t", "issue", "cea.issuer", "bob.cea", 1, "2026-01-01"), False),
        ("settlement", Hold("h", "ann.cea", "freeze", 1, "x"), False),
        ("settlement", OpenAccount("o", "x", "cea", "person", ("x",)), False),
    ],
)
def test_each_of_the_three_bodies_may_ask_only_what_is_its_own(exchange, body, request_, may):
    desk = Desk(exchange.ledger, read_bodies()[body])
    if may:
        assert isinstance(desk.submit([[request_]])[0][0], Booked)
    else:
        with pytest.raises(AccessError):
            desk.submit([[request_]])


def test_assumed_rules_say_so_and_none_is_called_official():
    assert {terms.grade for terms in read_terms().values()} == {"assumed"}


def test_two_exchanges_on_one_ledger_see_each_others_orders(tmp_path):
    with make_exchange(tmp_path) as one, open_exchange(str(tmp_path / "ledger.sqlite"), clock=Clock()) as two:
        one.submit([sell("s")])
        two.submit([buy("b", size=40)])
        one.submit([buy("b2", who="cai", size=60)])
        assert trades(two) == [("bob", "ann", 40, 100), ("cai", "ann", 60, 100)]
        assert totals(one) == [(1, 0), (2, 0)]


def test_what_was_held_while_another_one_closed_the_day_is_freed(tmp_path):
    with make_exchange(tmp_path) as one, open_exchange(str(tmp_path / "ledger.sqlite"), clock=Clock()) as two:
        hold = one._registration.set_aside

        def late(needs):
            two.submit([CloseDay("c", "cea")])
            return hold(needs)

        one._registration.set_aside = late
        assert one.submit([sell("s")]) == [Refused("session_over", "s")]
        assert balances(one)["ann.cea"] == (UNITS, 0)


def test_a_postgresql_ledger_gives_the_same_trades_and_balances(server, tmp_path):
    import psycopg

    address = server.get_uri()
    with psycopg.connect(address, autocommit=True) as db:
        db.execute("DROP SCHEMA public CASCADE")
        db.execute("CREATE SCHEMA public")
    found = []
    for where in (address, str(tmp_path / "ledger.sqlite")):
        clock = Clock()
        make_ledger(where, clock=clock)
        with open_exchange(where, clock=clock) as exchange:
            exchange.submit(openings("allowance"))
            exchange.submit([sell("s", price=99), buy("b", size=120, price=101), buy("b3", size=10**6)])
            exchange.submit([OpenAuction("a", "cea", "one", "city", 50), Bid("x", "cea", "one", "cai", 60, 5)])
            exchange.submit([CloseAuction("c", "cea", "one"), Cancel("cc", "cea", "b")])
            clock.now += DAY
            exchange.submit([OpenDay("d2", "cea")])
            found.append(
                (
                    trades(exchange),
                    balances(exchange),
                    list_auctions(exchange, "cea"),
                    exchange.refresh().halls["cea"].reference,
                )
            )
        with open_exchange(where, clock=clock) as again:
            assert balances(again) == found[-1][1]
    assert found[0] == found[1]
    assert found[0][3] == 99


WHO = st.sampled_from(["ann", "bob", "cai", "dan"])
SIDE, SIZE, PRICE = st.sampled_from(["buy", "sell"]), st.integers(1, 400), st.integers(98, 102)
ORDER = st.tuples(st.just("order"), WHO, SIDE, SIZE, PRICE)
STEPS = st.lists(
    st.one_of(
        ORDER,
        ORDER,
        ORDER,
        st.tuples(st.just("order"), WHO, SIDE, SIZE, st.integers(90, 9000)),  # some without cover
        st.tuples(st.just("offer"), WHO, SIDE, SIZE, PRICE),
        st.tuples(st.just("take"), WHO, st.integers(1, 6)),
        st.tuples(st.just("cancel"), st.integers(1, 12)),
        st.tuples(st.just("auction"), SIZE, st.none() | SIZE),
        st.tuples(st.just("bid"), WHO, st.integers(1, 6), SIZE, PRICE),
        st.tuples(st.just("close"), st.integers(1, 12)),
        st.just(("cut",)),
    ),
    min_size=6,
    max_size=40,
)


def batches(steps) -> list[list]:
    """Requests in batches; ``cut`` ends one; a number says how many steps ago something was asked."""
    made: list[list] = [[]]
    for at, (what, *rest) in enumerate(steps):
        name = f"r{at}"
        match what:
            case "order":
                made[-1].append(Order(name, "cea", *rest))
            case "offer":
                made[-1].append(Offer(name, "cea", *rest))
            case "take":
                made[-1].append(Take(name, "cea", rest[0], f"r{at - rest[1]}"))
            case "cancel":
                made[-1].append(Cancel(name, "cea", f"r{at - rest[0]}"))
            case "auction":
                made[-1].append(OpenAuction(name, "cea", name, "city", rest[0], 95, rest[1]))
            case "bid":
                made[-1].append(Bid(name, "cea", f"r{at - rest[1]}", rest[0], *rest[2:]))
            case "close":
                made[-1].append(CloseAuction(name, "cea", f"r{at - rest[0]}"))
            case "cut":
                made.append([])
    return made


def needed(exchange: Exchange) -> dict[str, int]:
    """What all open requests together may still come to, by account."""
    hall = exchange.refresh().halls["cea"]
    found: dict[str, int] = {}
    for thing in hall.things.values():
        if thing.state == "open":
            quantity = thing.need.quantity
            if isinstance(thing.asked, Order):
                left = hall.orders.left(thing.asked.id)
                quantity = left if thing.asked.side == "sell" else left * thing.asked.price
            found[thing.need.account] = found.get(thing.need.account, 0) + quantity
    return found


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_any_sequence_conserves_both_books_and_holds_exactly_what_is_open(steps):
    with TemporaryDirectory() as folder, make_exchange(Path(folder)) as exchange:
        for batch in batches(steps):
            exchange.submit(batch)
            assert totals(exchange) == [(1, 0), (2, 0)]
            held = {name: held for name, (_, held) in balances(exchange).items() if held}
            assert held == needed(exchange)
        for auction in exchange.refresh().halls["cea"].auctions:
            exchange.submit([CloseAuction(f"end.{auction}", "cea", auction)])
        exchange.submit([CloseDay("end", "cea")])
        assert all(held == 0 for _, held in balances(exchange).values())
        assert exchange.rows.query("SELECT id FROM ledger_claim WHERE NOT ended") == []
        check_flows(exchange)


def check_flows(exchange: Exchange) -> None:
    """Every balance is what its holder began with and what the trades moved; nobody traded with itself."""
    units = dict.fromkeys(("ann", "bob", "cai", "dan", "city"), UNITS)
    money = {**dict.fromkeys(units, MONEY), "city": 0}
    for buyer, seller, quantity, price in trades(exchange):
        assert buyer != seller
        units[buyer] += quantity
        units[seller] -= quantity
        money[buyer] -= quantity * price
        money[seller] += quantity * price
    found = balances(exchange)
    assert {name: found[f"{name}.cea"][0] for name in units} == units
    assert {name: found[f"{name}.yuan"][0] for name in money} == money


@settings(max_examples=15, deadline=None)
@given(STEPS)
def test_an_exchange_that_is_opened_anew_before_every_batch_does_the_same(steps):
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        with make_exchange(Path(one)) as exchange:
            kept = [exchange.submit(batch) for batch in batches(steps)]
            expected = trades(exchange), balances(exchange)
        make_exchange(Path(two)).close()
        answers = []
        for batch in batches(steps):
            with open_exchange(str(Path(two) / "ledger.sqlite"), clock=Clock()) as fresh:
                answers.append(fresh.submit(batch))
                found = trades(fresh), balances(fresh)
        assert answers == kept
        assert found == expected


def test_only_books_of_rights_that_are_traded_have_a_market(exchange):
    opened = [
        OpenBook("x1", "cea-2025.owed", "CEA owed", "t", 0, False, "2025"),
        OpenBook("x2", "energy_budget-2025", "ENERGY-BUDGET", "tce", 0, False, "2025"),
        OpenBook("x3", "old", "carbon_budget", "tCO2"), OpenBook("x4", "points", "POINTS", "1"),
        OpenBook("x5", "puhui.points", "carbon inclusion points", "1"),
        OpenBook("x6", "puhui.grams", "carbon inclusion reduction", "gCO2"), OpenBook("x7", "puhui.voucher.tea", "tea", "1"),
        OpenBook("x8", "ccer", "CCER", "t", 0, True, "", True),
    ]  # fmt: skip
    assert all(isinstance(one[0], Booked) for one in exchange.ledger.submit([[one] for one in opened]))
    refused = {one.book: code(exchange, OpenMarket("n", "new", one.book, "yuan", "plain")) for one in opened}
    assert refused == {**dict.fromkeys(refused, "book_untraded"), "ccer": ""}
    assert code(exchange, OpenMarket("m2", "paid", "ccer", "puhui.grams", "plain")) == "book_untraded"
