"""Matching of orders by price and time: our book beside one that compares every order with every other that waits.

The peer is what one writes first: a list of waiting orders, searched from its beginning. It keeps the same rules and gives
the same trades; only its time grows with the square of the orders.
"""

from __future__ import annotations

import json
import random
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.harness import Peer, Target, Told, case

ORDERS = 6_000
"""Orders of a day."""
OWNERS = 200
"""Who places them."""
ROWS = "orders.json"


def prepare(folder: Path) -> None:
    """Orders around a slowly moving price, from a fixed seed."""
    chance = random.Random(8)
    price, rows = 9_749, []
    for at in range(ORDERS):
        price += chance.choice((-1, 0, 1))
        side = chance.choice(("buy", "sell"))
        away = chance.randint(-40, 8)
        rows.append([
            f"o{at}", f"w{chance.randrange(OWNERS)}", side, chance.randint(1, 500), price + (away if side == "buy" else -away)
        ])  # fmt: skip
    (folder / ROWS).write_text(json.dumps(rows), encoding="utf-8")


def read(folder: Path) -> list[list[Any]]:
    """Orders as lists: id, owner, side, quantity, price."""
    rows: list[list[Any]] = json.loads((folder / ROWS).read_text(encoding="utf-8"))
    return rows


def digest(trades: list[tuple[str, str, int, int]]) -> dict[str, Any]:
    """Number of trades, units, and a hash of all."""
    text = json.dumps([list(one) for one in trades])
    return {"trades": len(trades), "units": sum(one[2] for one in trades), "hash": sha256(text.encode()).hexdigest()[:16]}


def naive(folder: Path) -> dict[str, Any]:
    """Search all waiting orders for the best one."""
    waiting: list[list[Any]] = []
    trades: list[tuple[str, str, int, int]] = []
    for name, owner, side, quantity, price in read(folder):
        left = quantity
        while left:
            best: list[Any] | None = None
            for other in waiting:
                if other[2] == side or (other[4] > price if side == "buy" else other[4] < price):
                    continue
                if best is None or (other[4] < best[4] if side == "buy" else other[4] > best[4]):
                    best = other
            if best is None:
                break
            if best[1] == owner:
                left = 0
                continue
            size = min(left, best[3])
            left -= size
            best[3] -= size
            trades.append((name, best[0], size, best[4]) if side == "buy" else (best[0], name, size, best[4]))
            if not best[3]:
                waiting.remove(best)
        if left:
            waiting.append([name, owner, side, left, price])
    return digest(trades)


@case(
    prepare=prepare,
    peer=Peer(naive, "a list searched from its beginning", "the same rules, written the slow way"),
    target=Target(cpu=5.0),
)
def market(folder: Path) -> dict[str, Any]:
    """Match 6 000 orders by price and time."""
    from dafeng.ledger.market.order_book import LimitOrder, OrderBook

    book = OrderBook()
    return digest([tuple(match) for row in read(folder) for match in book.place(LimitOrder(*row)).matches])


@case(prepare=prepare, name="market_exchange", repeats=1)
def exchange(folder: Path) -> Told:
    """Match and settle the same orders on a SQLite ledger, held, delivered against payment and durable, 500 at a time."""
    from time import process_time, time

    from dafeng.ledger.ledger import open_ledger
    from dafeng.ledger.market.asked import OpenDay, OpenMarket, Order, Register
    from dafeng.ledger.market.exchange import open_exchange
    from dafeng.ledger.requests import OpenAccount, OpenBook, Request, Transfer

    address = str(folder / "ledger.sqlite")
    Path(address).unlink(missing_ok=True)
    owners = [f"w{at}" for at in range(OWNERS)]
    made: list[Request] = [
        OpenBook("cea", "cea", "CEA", "t"),
        OpenBook("yuan", "yuan", "yuan", "yuan", 2),
        OpenAccount("ci", "cea.issuer", "cea", "issuer", ("city",), limit=10**12),
        OpenAccount("yi", "yuan.issuer", "yuan", "issuer", ("bank",), limit=10**15),
    ]
    for name in owners:
        for book, amount in (("cea", 10**6), ("yuan", 10**11)):
            made += [
                OpenAccount(f"{name}.{book}", f"{name}.{book}", book, "person", (name,), primary=("p",), secondary=("q",)),
                Transfer(f"{name}.{book}.first", "issue", f"{book}.issuer", f"{name}.{book}", amount, "2026-01-01"),
            ]
    with open_ledger(address) as ledger:
        ledger.submit([[one] for one in made])
    with open_exchange(address) as market:
        market.submit([OpenMarket("m", "cea", "cea", "yuan", "plain")])
        market.submit([Register(f"{name}.member", "cea", name, f"{name}.cea", f"{name}.yuan") for name in owners])
        market.submit([OpenDay("day", "cea", 9_749)])
        orders = [Order(name, "cea", owner, side, size, price) for name, owner, side, size, price in read(folder)]
        start, cpu = time(), process_time()
        for at in range(0, len(orders), 500):
            market.submit(orders[at : at + 500])
        wall, cpu = time() - start, process_time() - cpu
        rows = market.rows.query("SELECT buy, sell, quantity, price FROM market_trade ORDER BY seq, id")
    told = {"trades": len(rows), "units": sum(row[2] for row in rows)}
    return Told(told, {"orders_per_s": round(len(orders) / wall), "wall_s": round(wall, 2)}, cpu_s=cpu)
