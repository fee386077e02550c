"""The audit finds every change of what markets and credit projects wrote down, and nothing where nobody changed anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dafeng.ledger.chain import link
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.logs import LOGS, extend_chain
from dafeng.ledger.market.asked import Bid, Cancel, CloseAuction, CloseDay, Offer, OpenAuction, OpenDay, Order, Register, Take
from dafeng.ledger.market.exchange import Exchange, open_exchange
from dafeng.ledger.requests import Hold, SetState, Transfer
from dafeng.store.ledger_rows import failures, select
from dafeng.store.ledger_tables import BESIDE, CREDIT, LINK, MARKET_EVENT, MARKET_TRADE, Table
from tests.ledger.audited import verify
from tests.ledger.market.made import DAY, Clock, make_ledger, openings
from tests.ledger.market.test_crash import WORK
from tests.ledger.test_audit import other

PLACES = [(table, column) for table in BESIDE for column in table.columns]


def worked(address: str) -> Exchange:
    """Two days of trading, with a trade that the ledger refuses, orders that rest, an open auction, and a stray hold."""
    clock = Clock()
    make_ledger(address, clock=clock)
    exchange = open_exchange(address, clock=clock)
    exchange.submit(openings())
    for batch in WORK:
        exchange.submit(batch)
    clock.now += DAY
    exchange.submit([OpenDay("day2", "cea", 100), Order("s3", "cea", "cai", "sell", 40, 100)])
    exchange.ledger.submit([[SetState("court", "dan.yuan", "blocked", "court")]])
    exchange.submit([Order("b3", "cea", "dan", "buy", 10, 101), Offer("o3", "cea", "bob", "sell", 9, 80)])
    exchange.submit([OpenAuction("a3", "cea", "late", "city", 50, 50), Bid("x9", "cea", "late", "bob", 20, 60)])
    never_counted(exchange)
    return exchange


def never_counted(exchange: Exchange) -> None:
    """A bid whose auction closed between its hold and its note, as when two processes trade at once."""
    held = exchange._registration.set_aside
    rival = [CloseAuction("ax", "cea", "brief")]

    def late(needs: Any) -> Any:
        answers = held(needs)
        exchange._registration.set_aside = held
        with exchange._noting() as trading:
            for one in rival:
                exchange._take(trading, one, {})
        return answers

    exchange.submit([OpenAuction("ab", "cea", "brief", "city", 3, 50)])
    exchange._registration.set_aside = late
    exchange.submit([Bid("x8", "cea", "brief", "bob", 2, 60)])


def with_credits(ledger: Ledger) -> None:
    """Four steps of a project, as `take_step` writes them."""
    from dafeng.ledger.credit_log import encode_step
    from dafeng.ledger.projects import Step

    before, rows = bytes(32), []
    year = {"start": "2023-01-01", "end": "2023-12-31"}
    steps = [("enter", {}), ("verify", {**year, "quantity": 30}), ("issue", year), ("book", year)]
    for seq, (name, values) in enumerate(steps, 1):
        step = Step(f"c{seq}", "p", name, "owner", "2024-01-01", values)
        before = link(before, seq, seq, seq, step.id, encode_step(step))
        rows.append((seq, step.id, "p", name, seq, encode_step(step), before))
    ledger.submit([[Transfer("credit:p:2023-01-01/2023-12-31", "issue", "cea.issuer", "city.cea", 30, "2026-01-01")]])
    ledger.rows.begin()
    ledger.rows.write(CREDIT, rows)
    extend_chain(ledger.rows, LOGS["credit"])
    ledger.rows.commit()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("audit") / "ledger.sqlite"
    with worked(str(path)) as exchange:
        with_credits(exchange.ledger)
    return path


@pytest.fixture(scope="module")
def ledger(source: Path) -> Iterator[Ledger]:
    """It opened without its triggers; whoever changes it changes it back."""
    path = source.with_name("worked.sqlite")
    shutil.copy(source, path)
    with open_ledger(str(path)) as opened:
        for table in (CREDIT, MARKET_EVENT, MARKET_TRADE, LINK):
            for act in ("update", "delete"):
                opened.rows._run(f"DROP TRIGGER {table.name}_{act}")
        yield opened


def some(ledger: Ledger, table: Table) -> list[tuple[Any, ...]]:
    rows = ledger.rows.query(select(table) + f" ORDER BY {', '.join(table.key)}")
    assert len(rows) > 3, f"too little in {table.name}"
    return [rows[0], rows[len(rows) // 2], rows[-1]]


def test_what_happened_holds_all_that_can_happen(ledger: Ledger) -> None:
    states = dict(ledger.rows.query("SELECT state, count(*) FROM market_due GROUP BY state"))
    assert states["done"] > 5
    assert states["due"] == 1
    assert ledger.rows.query("SELECT code FROM market_due WHERE state = 'due'") == [("account_blocked",)]
    assert ledger.rows.query("SELECT id FROM market_due WHERE id = 'market/free/x8'") == [("market/free/x8",)]


def test_the_audit_finds_nothing_where_nothing_was_changed(ledger: Ledger) -> None:
    assert verify(ledger) == []


def test_the_audit_of_markets_on_postgresql_finds_nothing_and_a_changed_price(server: Any) -> None:
    from tests.ledger.conftest import emptied

    with worked(emptied(server.get_uri())) as exchange:
        assert verify(exchange.ledger) == []
        exchange.rows._run("DROP TRIGGER market_trade_kept ON market_trade")
        exchange.rows._run("UPDATE market_trade SET price = price + 1")
        assert verify(exchange.ledger)


@pytest.mark.parametrize(("table", "column"), PLACES, ids=[f"{table.name}.{column}" for table, column in PLACES])
def test_the_audit_finds_a_changed_value(ledger: Ledger, table: Table, column: str) -> None:
    at = list(table.columns).index(column)
    where = " AND ".join(f"{name} IS ?" for name in table.columns)
    for row in some(ledger, table):
        changed = (*row[:at], other(row[at]), *row[at + 1 :])
        try:
            ledger.rows._run(f"UPDATE {table.name} SET {column} = ? WHERE {where}", (changed[at], *row))
        except failures():  # the key of another row: the database says no
            continue
        found = verify(ledger)
        ledger.rows._run(f"UPDATE {table.name} SET {column} = ? WHERE {where}", (row[at], *changed))
        assert found, f"{table.name}.{column}: {row[at]!r} → {changed[at]!r}"
        assert {one.severity for one in found} == {"error"}


@pytest.mark.parametrize("table", BESIDE, ids=[table.name for table in BESIDE])
def test_the_audit_finds_a_row_taken_away_and_a_row_put_in(ledger: Ledger, table: Table) -> None:
    marks = ", ".join("?" for _ in table.columns)
    where = " AND ".join(f"{name} IS ?" for name in table.columns)
    for row in some(ledger, table):
        ledger.rows._run(f"DELETE FROM {table.name} WHERE {where}", row)
        found = verify(ledger)
        ledger.rows._run(f"INSERT INTO {table.name} VALUES ({marks})", row)
        assert found, f"{table.name} without {row}"
        names = {*table.key, *table.unique}
        more = tuple(_far(value) if name in names else value for name, value in zip(table.columns, row, strict=True))
        ledger.rows._run(f"INSERT INTO {table.name} VALUES ({marks})", more)
        found = verify(ledger)
        ledger.rows._run(f"DELETE FROM {table.name} WHERE {where}", more)
        assert found, f"{table.name} with {more}"
    assert verify(ledger) == []


def _far(value: Any) -> Any:
    return value + 10_000 if isinstance(value, int) else f"{value} more"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("UPDATE market_due SET state = 'done', code = '' WHERE state = 'due'", "settlement"),
        ("UPDATE market_due SET state = 'due' WHERE id = (SELECT min(id) FROM market_due WHERE state = 'done')", "settlement"),
        ("UPDATE ledger_claim SET held = held - 1 WHERE id = 'market/hold/s3'", "held"),
    ],
)
def test_a_market_at_odds_with_the_ledger_is_found(source: Path, tmp_path: Path, text: str, rule: str) -> None:
    path = tmp_path / "odd.sqlite"
    shutil.copy(source, path)
    with open_ledger(str(path)) as opened:
        opened.rows._run(text)
        assert f"ledger.{rule}" in {one.rule for one in verify(opened)}


@pytest.mark.parametrize("prefix", ["market/hold/", "market/free/"])
def test_what_stands_in_the_ledger_under_a_name_of_the_market_was_asked_by_it(
    source: Path, tmp_path: Path, prefix: str
) -> None:
    path = tmp_path / "squat.sqlite"
    shutil.copy(source, path)
    with open_ledger(str(path)) as opened:
        opened.submit([[Hold(f"{prefix}nobody", "ann.cea", "freeze", 1, "squat")]])
        assert "ledger.count" in {one.rule for one in verify(opened)}


def test_notes_of_a_time_before_the_chain_are_linked_with_the_next_one(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    shutil.copy(source, path)
    with open_ledger(str(path)) as opened:
        for act in ("update", "delete"):
            opened.rows._run(f"DROP TRIGGER {LINK.name}_{act}")
        opened.rows._run("DELETE FROM ledger_link WHERE log = 'market'")
        assert {one.rule for one in verify(opened)} == {"ledger.chain", "ledger.count"}
    with open_exchange(str(path), clock=Clock()) as exchange:
        exchange.submit([Register("late", "cea", "eva", "ann.cea", "ann.yuan")])
        assert verify(exchange.ledger) == []


def test_a_clock_put_back_changes_no_order(tmp_path: Path) -> None:
    clock = Clock()
    address = str(tmp_path / "ledger.sqlite")
    make_ledger(address, clock=clock)
    with open_exchange(address, clock=clock) as exchange:
        exchange.submit(openings())
        clock.now -= DAY // 2
        exchange.submit([Order("s", "cea", "ann", "sell", 5, 100), Order("b", "cea", "bob", "buy", 5, 100)])
        exchange.submit([Take("t", "cea", "cai", "none"), Cancel("c", "cea", "s"), CloseDay("end", "cea")])
        instants = [row[0] for row in exchange.rows.query("SELECT known_at FROM market_event ORDER BY seq")]
        assert instants == sorted(instants)
        assert verify(exchange.ledger) == []
