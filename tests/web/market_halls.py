"""A city with a market that has traded in all three ways, an open auction, and a budget tree that was booked."""

from __future__ import annotations

from shutil import copytree

from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.market.asked import (
    Asked,
    Bid,
    CloseAuction,
    Offer,
    OpenAuction,
    OpenDay,
    OpenMarket,
    Order,
    Register,
    Take,
)
from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import OpenAccount, OpenBook, Transfer
from dafeng.store.records import open_records
from dafeng.work.budgets import book_budget
from dafeng.work.city import City
from dafeng.work.market_orders import place_asked
from dafeng.work.markets import Markets
from tests.conftest import ROOT

BUDGET = "energy-2025"
NAMED = {"steel": ("张三", "赵六"), "paper": ("李四", "周七"), "glass": (), "pool": ()}
"""Member → representatives on its account; every editor acts for one without any."""


def fill_market(city: City) -> None:
    """A market ``cea`` with four members: trades of each way, resting orders, two offers, one closed and one open auction."""
    with open_ledger(city.ledger) as ledger:
        answers = ledger.submit([_openings()])[0]
    assert all(isinstance(one, Booked) for one in answers), answers
    with Markets(city) as markets, open_records(city.records) as records:
        *first, last = _requests()
        with markets.opened() as exchange:
            taken = exchange.submit(first)
        assert all(isinstance(one, Booked) for one in taken), taken
        assert place_asked(markets, last, who="周七", records=records).state == "booked"
    deliver_budget(city)
    book_budget(city, BUDGET)


def deliver_budget(city: City) -> None:
    """The invented energy budget of Yunting in the folder of a city."""
    copytree(ROOT / "cities/yunting/data/budgets", city.overlay / "budgets")
    (city.overlay / "budgets/carbon-2025.yaml").unlink()  # it is fed by enterprise accounts that this city lacks


def _openings() -> list:
    made: list = [
        OpenBook("mb.1", "cea-m", "CEA", "t"),
        OpenBook("mb.2", "yuan", "CNY", "元", 2),
        OpenAccount("mi.1", "cea-m.issuer", "cea-m", "issuer", ("city",), limit=10**9),
        OpenAccount("mi.2", "yuan.issuer", "yuan", "issuer", ("bank",), limit=10**15),
    ]
    for name, people in NAMED.items():
        kind = "trading" if people else "organisation"
        named = {"primary": people[:1], "secondary": people[1:]} if people else {}
        made += [
            OpenAccount(f"m.{name}.1", f"{name}.cea", "cea-m", kind, (f"{name} co",), f"{name} 配额", **named),
            OpenAccount(f"m.{name}.2", f"{name}.yuan", "yuan", "organisation", (f"{name} co",), f"{name} 资金"),
            Transfer(f"m.{name}.3", "issue", "cea-m.issuer", f"{name}.cea", 20_000, "2026-01-01"),
            Transfer(f"m.{name}.4", "issue", "yuan.issuer", f"{name}.yuan", 200_000_000, "2026-01-01"),
        ]
    return made


def _requests() -> list[Asked]:
    members = [Register(f"r.{name}", "cea", name, f"{name}.cea", f"{name}.yuan") for name in NAMED]
    return [
        OpenMarket("open", "cea", "cea-m", "yuan", "plain"), *members, OpenDay("day", "cea", 9_749),
        OpenAuction("lot.1", "cea", "spring", "pool", 1_500, 8_000, 1_000),
        Bid("bid.1", "cea", "spring", "steel", 700, 9_200), Bid("bid.2", "cea", "spring", "paper", 600, 9_000),
        Bid("bid.3", "cea", "spring", "glass", 500, 9_000), Bid("bid.4", "cea", "spring", "glass", 300, 8_500),
        CloseAuction("close.1", "cea", "spring"),
        Order("o.1", "cea", "steel", "sell", 400, 9_680), Order("o.2", "cea", "paper", "buy", 300, 9_700),
        Order("o.3", "cea", "steel", "sell", 250, 9_720), Order("o.4", "cea", "glass", "buy", 200, 9_650),
        Order("o.5", "cea", "paper", "buy", 120, 9_630), Order("o.6", "cea", "glass", "buy", 60, 9_680),
        Offer("f.1", "cea", "glass", "sell", 200, 9_500, "paper"), Take("t.1", "cea", "paper", "f.1"),
        Offer("f.2", "cea", "glass", "sell", 150, 9_600, "paper"), Offer("f.3", "cea", "steel", "buy", 90, 9_550),
        OpenAuction("lot.2", "cea", "summer", "pool", 2_000, 8_500), Bid("bid.5", "cea", "summer", "paper", 321, 9_111),
    ]  # fmt: skip
