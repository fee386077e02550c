"""The audit finds every change that somebody made to what was booked, and nothing where nobody did."""

from __future__ import annotations

import random
import shutil
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import StoreError
from dafeng.ledger import audit
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import Transfer
from dafeng.store.ledger_rows import failures, select
from dafeng.store.ledger_tables import CORE, EVENT, MOVE, POSTING, Table
from tests.ledger.audited import verify
from tests.ledger.model import Model
from tests.ledger.requested import draw_batch, from_seed, world

PLACES = [(table, column) for table in CORE for column in table.columns]


def filled(address: str, *, seed: int = 4, batches: int = 60) -> Ledger:
    """A ledger in which much has happened, without its triggers."""
    model, choices, at = Model(), from_seed(seed), [1000]
    ledger = open_ledger(address, clock=lambda: at[0])
    for number in range(batches):
        at[0] += choices.whole(0, 8)
        batch = draw_batch(choices, model, number) if number else world()
        ledger.submit(batch)
        model.submit(batch, at[0])
    return disarmed(ledger, postgresql=address.startswith("postgres"))


def disarmed(ledger: Ledger, *, postgresql: bool = False) -> Ledger:
    """It without its triggers, as an intruder would have it; opening it puts them back."""
    for table in (EVENT, POSTING, MOVE):
        for name in ("kept",) if postgresql else ("update", "delete"):
            ledger.rows._run(f"DROP TRIGGER {table.name}_{name}" + (f" ON {table.name}" if postgresql else ""))
    return ledger


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database without a log of its own beside it."""
    path = tmp_path_factory.mktemp("audit") / "ledger.sqlite"
    filled(str(path)).close()
    return path


@pytest.fixture(scope="module")
def ledger(source: Path) -> Iterator[Ledger]:
    """It opened; whoever changes it changes it back."""
    path = source.with_name("worked.sqlite")
    shutil.copy(source, path)
    with open_ledger(str(path)) as opened:
        yield disarmed(opened)


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, str):
        return f"{value}x"
    return 7 if value is None else value + 1 if isinstance(value, int) and value not in (0, 1) else 1 - value


def changes(ledger: Ledger, table: Table) -> list[tuple[Any, ...]]:
    """Some rows of a table, the first and last among them."""
    rows = ledger.rows.query(select(table) + f" ORDER BY {', '.join(table.key)}")
    assert rows, f"nothing in {table.name}: the test would show nothing"
    return [rows[0], rows[len(rows) // 2], rows[-1]]


def test_audit_finds_nothing_where_nothing_was_changed(address: str) -> None:
    with filled(address) as ledger:
        assert verify(ledger) == []


def test_audit_of_an_empty_ledger_finds_nothing(address: str) -> None:
    with open_ledger(address) as ledger:
        assert verify(ledger) == []


@pytest.mark.parametrize(("table", "column"), PLACES, ids=[f"{table.name}.{column}" for table, column in PLACES])
def test_audit_finds_a_changed_value(ledger: Ledger, table: Table, column: str) -> None:
    at = list(table.columns).index(column)
    for row in changes(ledger, table):
        where = " AND ".join(f"{name} IS ?" for name in table.columns)
        changed = (*row[:at], other(row[at]), *row[at + 1 :])
        ledger.rows._run("BEGIN")
        try:
            ledger.rows._run(f"UPDATE {table.name} SET {column} = ? WHERE {where}", (changed[at], *row))
        except failures():  # the key of another row: the database says no
            ledger.rows.rollback()
            continue
        ledger.rows._run("COMMIT")
        found = verify(ledger)
        ledger.rows._run(f"UPDATE {table.name} SET {column} = ? WHERE {where}", (row[at], *changed))
        assert found, f"{table.name}.{column}: {row[at]!r} → {changed[at]!r}"
        assert {one.severity for one in found} == {"error"}


@pytest.mark.parametrize("table", CORE, ids=[table.name for table in CORE])
def test_audit_finds_a_row_taken_away_and_a_row_put_in(ledger: Ledger, table: Table) -> None:
    marks = ", ".join("?" for _ in table.columns)
    where = " AND ".join(f"{name} IS ?" for name in table.columns)
    for row in changes(ledger, table):
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


def test_finding_names_table_and_row(ledger: Ledger) -> None:
    ledger.rows._run("UPDATE ledger_posting SET balance = balance + 1 WHERE seq = (SELECT max(seq) FROM ledger_posting)")
    found = verify(ledger)
    ledger.rows._run("UPDATE ledger_posting SET balance = balance - 1 WHERE seq = (SELECT max(seq) FROM ledger_posting)")
    assert found[0].at.startswith("ledger_posting/")
    assert "balance" in found[0].says.en


def test_audit_stops_at_a_hundred_findings(ledger: Ledger) -> None:
    ledger.rows._run("UPDATE ledger_event SET known_at = known_at + 1")
    found = verify(ledger)
    ledger.rows._run("UPDATE ledger_event SET known_at = known_at - 1")
    assert 0 < len(found) <= 100


def contents(ledger: Ledger) -> list[Any]:
    """All rows of all tables."""
    return [ledger.rows.query(select(table) + f" ORDER BY {', '.join(table.key)}") for table in CORE]


def test_audit_finds_any_changed_byte_that_changes_a_row(source: Path, tmp_path: Path) -> None:
    whole = source.read_bytes()
    with open_ledger(str(source)) as ledger:
        before = contents(ledger)
    rng, told = random.Random(11), {"found": 0, "no row changed": 0}
    for n in range(160):
        path = tmp_path / f"{n}.sqlite"
        at = rng.randrange(100, len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8))]) + whole[at + 1 :])
        try:
            with open_ledger(str(path)) as ledger:
                if not verify(ledger):
                    assert contents(ledger) == before, f"byte {at}"
                    told["no row changed"] += 1
                    continue
        except StoreError:
            pass
        told["found"] += 1
    assert told["found"] > 10


def test_audit_on_postgresql_finds_changes(server: Any) -> None:
    from tests.ledger.conftest import emptied

    with filled(emptied(server.get_uri())) as ledger:
        for table, column in (("account", "balance"), ("posting", "amount"), ("event", "known_at"), ("claim", "held")):
            ledger.rows._run(f"UPDATE ledger_{table} SET {column} = {column} + 1")
            assert verify(ledger), table
            ledger.rows._run(f"UPDATE ledger_{table} SET {column} = {column} - 1")
        assert verify(ledger) == []


def test_memory_of_the_audit_does_not_grow_with_the_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "CHUNK", 200)
    peaks = []
    with open_ledger(str(tmp_path / "long.sqlite")) as ledger:
        ledger.submit(world())
        ledger.submit([[Transfer("supply", "earn", "piss", "pa", 50, "2026-01-01")]])
        for part in (range(1000), range(1000, 4000)):
            sides = (("pa", "pb"), ("pb", "pa"))
            answers = ledger.submit([[Transfer(str(n), "transfer", *sides[n % 2], 1, "2026-01-01")] for n in part])
            assert all(type(one) is Booked for group in answers for one in group)
            tracemalloc.start()
            assert verify(ledger) == []
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0], peaks
