"""Several processes trade on one ledger at once: nothing is lost, doubled, or held for nothing."""

from __future__ import annotations

import os
import random
from pathlib import Path

from dafeng.ledger.market.asked import Cancel, CloseDay, Order
from dafeng.ledger.market.exchange import open_exchange
from dafeng.ledger.refusals import Booked
from tests.ledger.market.made import TRADERS, Clock, balances, make_exchange, totals, trades
from tests.ledger.market.test_exchange import check_flows, needed

ROUNDS = 12


def work(folder: Path, at: int) -> None:
    chance = random.Random(at)
    with open_exchange(str(folder / "ledger.sqlite"), clock=Clock()) as exchange:
        for turn in range(ROUNDS):
            orders = [
                Order(f"p{at}.{turn}.{n}", "cea", TRADERS[at], chance.choice(("buy", "sell")), 5, chance.randint(98, 102))
                for n in range(3)
            ]
            assert all(isinstance(one, Booked) for one in exchange.submit(orders))
            exchange.submit([Cancel(f"c{at}.{turn}", "cea", orders[0].id)])


def test_four_processes_at_once_keep_every_law(tmp_path):
    make_exchange(tmp_path).close()
    children = []
    for at in range(4):
        child = os.fork()
        if child == 0:
            status = 3
            try:
                work(tmp_path, at)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    with open_exchange(str(tmp_path / "ledger.sqlite"), clock=Clock()) as exchange:
        assert exchange.rows.query("SELECT count(*) FROM market_event WHERE content LIKE '[\"order\"%'") == [(4 * ROUNDS * 3,)]
        assert exchange.rows.query("SELECT count(*) FROM market_event WHERE id LIKE '%/accept'") == [(4 * ROUNDS * 3,)]
        assert {name: held for name, (_, held) in balances(exchange).items() if held} == needed(exchange)
        assert totals(exchange) == [(1, 0), (2, 0)]
        assert trades(exchange)
        exchange.submit([CloseDay("end", "cea")])
        assert all(held == 0 for _, held in balances(exchange).values())
        check_flows(exchange)
