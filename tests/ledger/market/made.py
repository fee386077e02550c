"""A made city's ledger with markets, a clock that is told, and what its books add up to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.market.asked import OpenDay, OpenMarket, Register
from dafeng.ledger.market.exchange import Exchange, open_exchange
from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import OpenAccount, OpenBook, Transfer

START = 1_767_232_800_000_000
"""2026-01-01 10:00 in China. [µs]"""
DAY = 86_400_000_000
TRADERS = ("ann", "bob", "cai", "dan")
UNITS, MONEY = 1_000, 1_000_000


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += 1
        return self.now


def make_ledger(address: str, *, clock: Callable[[], int], serials: bool = False, traders=TRADERS) -> None:
    """Books CEA and yuan; each trader has units and money; the city has a pool."""
    people = {"primary": ("p",), "secondary": ("q",)}
    with open_ledger(address, clock=clock) as ledger:
        made = [
            OpenBook("b1", "cea", "CEA", "t", 0, serials),
            OpenBook("b2", "yuan", "yuan", "yuan", 2),
            OpenAccount("i1", "cea.issuer", "cea", "issuer", ("city",), limit=10**9),
            OpenAccount("i2", "yuan.issuer", "yuan", "issuer", ("bank",), limit=10**15),
            OpenAccount("c1", "city.cea", "cea", "pool", ("city",)),
            OpenAccount("c2", "city.yuan", "yuan", "organisation", ("city",)),
            Transfer("f1", "issue", "cea.issuer", "city.cea", UNITS, "2026-01-01"),
        ]
        for name in traders:
            made += [
                OpenAccount(f"{name}1", f"{name}.cea", "cea", "trading", (name,), **people),
                OpenAccount(f"{name}2", f"{name}.yuan", "yuan", "organisation", (name,)),
                Transfer(f"{name}3", "issue", "cea.issuer", f"{name}.cea", UNITS, "2026-01-01"),
                Transfer(f"{name}4", "issue", "yuan.issuer", f"{name}.yuan", MONEY, "2026-01-01"),
            ]
        answers = ledger.submit([made])[0]
    assert all(isinstance(one, Booked) for one in answers), answers


def openings(terms: str = "plain", *, reference: int | None = 100, traders=TRADERS) -> list:
    """Requests that open a market with all traders and a day."""
    members = [Register(f"m.{name}", "cea", name, f"{name}.cea", f"{name}.yuan") for name in (*traders, "city")]
    return [OpenMarket("m", "cea", "cea", "yuan", terms), *members, OpenDay("day1", "cea", reference)]


def make_exchange(path: Path, *, terms: str = "plain", clock: Clock | None = None, serials: bool = False) -> Exchange:
    """An exchange on a fresh SQLite file with an open day."""
    clock = clock or Clock()
    address = str(path / "ledger.sqlite")
    make_ledger(address, clock=clock, serials=serials)
    exchange = open_exchange(address, clock=clock)
    answers = exchange.submit(openings(terms))
    assert all(isinstance(one, Booked) for one in answers), answers
    return exchange


def balances(exchange: Exchange) -> dict[str, tuple[int, int]]:
    """Balance and what is held of it, by account."""
    return {row[0]: row[1:] for row in exchange.rows.query("SELECT name, balance, held FROM ledger_account")}


def totals(exchange: Exchange) -> list[tuple[int, int]]:
    """Sum of all balances by book: zero, whatever happened."""
    return exchange.rows.query("SELECT book, sum(balance) FROM ledger_account GROUP BY book ORDER BY book")


def trades(exchange: Exchange) -> list[tuple]:
    """Trades as buyer, seller, quantity, price."""
    return exchange.rows.query("SELECT buyer, seller, quantity, price FROM market_trade ORDER BY seq, id")
