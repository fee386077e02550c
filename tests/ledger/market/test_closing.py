"""An account that is closed for good: its member trades no more, and a trade that needs it is given back to both sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.ledger.audit import verify
from dafeng.ledger.market.asked import Bid, CloseAuction, CloseDay, Offer, OpenAuction, Order, Register, Take
from dafeng.ledger.market.closing import find_open_requests
from dafeng.ledger.market.exchange import Exchange, open_exchange
from dafeng.ledger.market.reading import list_trades
from dafeng.ledger.refusals import Booked, Refused
from dafeng.ledger.requests import OpenAccount, SetState, Transfer
from dafeng.store.ledger_tables import MARKET_DUE
from tests.ledger.market.made import MONEY, UNITS, balances, make_exchange, totals


@pytest.fixture
def exchange(tmp_path: Path):
    """A market with a further member, ``eve``, whose account of units is empty."""
    with make_exchange(tmp_path) as made:
        answers = made.ledger.submit([
            [OpenAccount("e1", "eve.cea", "cea", "organisation", ("eve",))],
            [OpenAccount("e2", "eve.yuan", "yuan", "organisation", ("eve",))],
            [Transfer("e3", "issue", "yuan.issuer", "eve.yuan", MONEY, "2026-01-01")],
        ])  # fmt: skip
        assert all(isinstance(one[0], Booked) for one in answers)
        assert isinstance(made.submit([Register("m.eve", "cea", "eve", "eve.cea", "eve.yuan")])[0], Booked)
        yield made


def close(exchange: Exchange, account: str = "eve.cea", state: str = "closed") -> None:
    assert isinstance(exchange.ledger.submit([[SetState(f"{state} {account}", account, state, "x")]])[0][0], Booked)


def audit(exchange: Exchange) -> list[str]:
    return [f"{one.rule} {one.at} {one.says.en}" for one in verify(exchange.ledger)]


def states(exchange: Exchange) -> list[tuple[str, str]]:
    return [(one["state"], one["code"]) for one in list_trades(exchange, "cea")]


def test_a_trade_whose_account_is_closed_is_given_back_to_both_sides(exchange: Exchange) -> None:
    exchange.submit([Order("b", "cea", "eve", "buy", 60, 110)])
    close(exchange)
    assert isinstance(exchange.submit([Order("s", "cea", "ann", "sell", 100, 100)])[0], Booked)
    assert states(exchange) == [("back", "taker_unknown")]
    assert (balances(exchange)["ann.cea"], balances(exchange)["eve.yuan"]) == ((UNITS, 40), (MONEY, 0))
    assert audit(exchange) == []
    exchange.submit([CloseDay("over", "cea")])
    assert balances(exchange)["ann.cea"] == (UNITS, 0)
    assert [one for one in exchange.settle() if one.code] == []
    assert audit(exchange) == []
    assert all(one[1] == 0 for one in totals(exchange))


def test_a_trade_that_is_due_since_an_earlier_version_is_given_back_when_it_is_settled(exchange: Exchange) -> None:
    close(exchange, state="blocked")  # what is blocked may receive; what is due stays due until it is known to be closed
    close(exchange, "eve.yuan", "blocked")
    exchange.submit([Order("s", "cea", "ann", "sell", 60, 100), Order("b", "cea", "eve", "buy", 60, 110)])
    assert states(exchange) == [("due", "account_blocked")]
    assert balances(exchange)["eve.yuan"] == (MONEY, 6600)
    close(exchange)
    assert exchange.settle()
    assert states(exchange)[0][0] == "back"
    assert (balances(exchange)["ann.cea"], balances(exchange)["eve.yuan"]) == ((UNITS, 0), (MONEY, 0))
    assert audit(exchange) == []


def test_what_was_given_back_half_way_is_finished_by_the_next(exchange: Exchange, tmp_path: Path) -> None:
    exchange.submit([Order("b", "cea", "eve", "buy", 60, 110)])
    close(exchange)
    book, calls = exchange._settlement.book, []

    def killed(due):
        calls.append(due)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return book(due)

    exchange._settlement.book = killed
    with pytest.raises(KeyboardInterrupt):
        exchange.submit([Order("s", "cea", "ann", "sell", 60, 100)])
    with open_exchange(str(tmp_path / "ledger.sqlite"), clock=exchange._clock) as again:
        assert balances(again)["eve.yuan"] == (MONEY, 0)
        assert states(again) == [("back", "taker_unknown")]
        assert audit(again) == []


@pytest.mark.parametrize("way", ["agreement", "auction"])
def test_agreements_and_auctions_are_given_back_too(exchange: Exchange, way: str) -> None:
    if way == "agreement":
        exchange.submit([Offer("o", "cea", "eve", "buy", 50, 120)])
        close(exchange)
        exchange.submit([Take("t", "cea", "ann", "o")])
    else:
        exchange.submit([OpenAuction("a", "cea", "one", "ann", 50, 90), Bid("x", "cea", "one", "eve", 50, 120)])
        close(exchange)
        exchange.submit([CloseAuction("c", "cea", "one")])
    assert states(exchange) == [("back", "taker_unknown")]
    assert {one[1] for one in balances(exchange).values()} == {0}
    assert audit(exchange) == []


def test_a_member_with_a_closed_account_asks_for_nothing(exchange: Exchange) -> None:
    close(exchange)
    exchange.submit([OpenAuction("a", "cea", "one", "ann", 50, 90), Offer("o", "cea", "ann", "sell", 5, 100)])
    asked = [Order("b", "cea", "eve", "buy", 60, 110), Bid("x", "cea", "one", "eve", 5, 100), Take("t", "cea", "eve", "o")]
    said = exchange.submit(asked)
    assert [one.code for one in said if isinstance(one, Refused)] == ["account_closed"] * 3
    assert balances(exchange)["eve.yuan"] == (MONEY, 0)


def test_an_account_is_in_use_while_a_request_or_trade_of_its_member_is_open(exchange: Exchange) -> None:
    assert find_open_requests(exchange.rows, "eve.cea") == ()
    exchange.submit([Order("b", "cea", "eve", "buy", 60, 110), Order("c", "cea", "bob", "buy", 10, 90)])
    assert find_open_requests(exchange.rows, "eve.cea") == find_open_requests(exchange.rows, "eve.yuan") == ("b",)
    assert find_open_requests(exchange.rows, "ann.cea") == ()
    exchange.submit([CloseDay("over", "cea")])
    assert find_open_requests(exchange.rows, "eve.cea") == ()


def test_the_audit_finds_what_was_given_back_without_need(exchange: Exchange) -> None:
    exchange.submit([Order("b", "cea", "eve", "buy", 60, 110)])
    close(exchange)
    exchange.submit([Order("s", "cea", "ann", "sell", 60, 100)])
    trade = exchange.rows.query("SELECT id, seq, content, state, code FROM market_due WHERE state = 'back'")[0]
    back = exchange.rows.query("SELECT id, seq, content, state, code FROM market_due WHERE id LIKE 'market/back/%'")[0]
    for row, part in (((*trade[:3], "due", trade[4]), "market/back/"), ((*back[:3], "due", ""), "market/back/"),
                      ((*trade[:4], ""), "without a reason")):  # fmt: skip
        exchange.rows.begin()
        exchange.rows.write(MARKET_DUE, [row])
        exchange.rows.commit()
        assert any(part in one or "count" in one for one in audit(exchange)), row
        exchange.rows.begin()
        exchange.rows.write(MARKET_DUE, [trade, back])
        exchange.rows.commit()
    assert audit(exchange) == []
