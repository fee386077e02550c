"""The audit tells what stands in the database of a ledger beside the tables and triggers that the ledger makes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from dafeng.core.findings import Finding
from dafeng.ledger.audit import verify
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.requests import Transfer
from dafeng.store.ledger_rows import open_rows
from dafeng.store.schema_flaws import SchemaFlaw, find_flaws
from dafeng.work.city import init
from dafeng.work.right_proof import audit_books, is_whole
from dafeng.work.rights import Rights
from tests.ledger.test_durable import OPENING


def schema(found: Sequence[Finding]) -> list[str]:
    """Where the schema is not as it is made."""
    return [one.at for one in found if one.rule == "ledger.schema"]


def run(ledger: Ledger, *texts: str) -> None:
    for text in texts:
        ledger.rows._run(text)


THIEF = """CREATE TRIGGER thief AFTER INSERT ON ledger_posting WHEN NEW.amount > 0
 BEGIN UPDATE ledger_book SET scale = scale + 1; END"""
ON_SQLITE = {
    "trigger": ([THIEF], "ledger_posting/thief", "foreign"),
    "trigger beside": (
        [
            "CREATE TABLE note (x)",
            "CREATE TRIGGER quiet AFTER INSERT ON note BEGIN DELETE FROM ledger_claim; END",
        ],
        "note/quiet",
        "foreign",
    ),
    "view": (["CREATE VIEW rich AS SELECT * FROM ledger_account"], "rich/rich", "foreign"),
    "index": (["CREATE UNIQUE INDEX once ON ledger_account (holder)"], "ledger_account/once", "foreign"),
    "column": (["ALTER TABLE ledger_book ADD COLUMN fee INTEGER"], "ledger_book/ledger_book", "changed"),
    "taken away": (["DROP TRIGGER ledger_event_update"], "ledger_event/ledger_event_update", "missing"),
    "disarmed": (
        [
            "DROP TRIGGER ledger_event_update",
            "CREATE TRIGGER ledger_event_update BEFORE UPDATE ON ledger_event WHEN 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
        ],
        "ledger_event/ledger_event_update",
        "changed",
    ),
    "index taken away": (["DROP INDEX ledger_event_0"], "ledger_event/ledger_event_0", "missing"),
}
THIEVES = """CREATE FUNCTION thief() RETURNS trigger LANGUAGE plpgsql AS
 $$ BEGIN UPDATE ledger_book SET scale = scale + 1; RETURN NEW; END $$"""
ON_POSTGRESQL = {
    "trigger": (
        [THIEVES, "CREATE TRIGGER thief AFTER INSERT ON ledger_posting FOR EACH ROW EXECUTE FUNCTION thief()"],
        "ledger_posting/thief",
        "foreign",
    ),
    "namesake": (
        [THIEVES, "CREATE TRIGGER ledger_event_kept AFTER INSERT ON ledger_posting FOR EACH ROW EXECUTE FUNCTION thief()"],
        "ledger_posting/ledger_event_kept",
        "foreign",
    ),
    "rule": (["CREATE RULE lost AS ON INSERT TO ledger_claim DO INSTEAD NOTHING"], "ledger_claim/lost", "foreign"),
    "view": (["CREATE VIEW rich AS SELECT * FROM ledger_account"], "ledger_account/rich", "foreign"),
    "index": (["CREATE UNIQUE INDEX once ON ledger_account (holder)"], "ledger_account/once", "foreign"),
    "column": (["ALTER TABLE ledger_book ADD COLUMN fee integer"], "ledger_book/ledger_book", "changed"),
    "value of a column": (["ALTER TABLE ledger_book ALTER scale SET DEFAULT 3"], "ledger_book/ledger_book", "changed"),
    "empty column": (["ALTER TABLE ledger_book ALTER unit DROP NOT NULL"], "ledger_book/ledger_book", "changed"),
    "type": (["ALTER TABLE ledger_book ALTER scale TYPE smallint"], "ledger_book/ledger_book", "changed"),
    "constraint": (["ALTER TABLE ledger_account ADD CONSTRAINT most CHECK (balance < 5000)"], "ledger_account/most", "foreign"),
    "row security": (["ALTER TABLE ledger_account ENABLE ROW LEVEL SECURITY"], "ledger_account/ledger_account", "foreign"),
    "policy": (["CREATE POLICY part ON ledger_account USING (no > 1)"], "ledger_account/part", "foreign"),
    "child": (["CREATE TABLE more () INHERITS (ledger_book)"], "ledger_book/more", "foreign"),
    "taken away": (["DROP TRIGGER ledger_event_kept ON ledger_event"], "ledger_event/ledger_event_kept", "missing"),
    "switched off": (
        ["ALTER TABLE ledger_event DISABLE TRIGGER ledger_event_kept"],
        "ledger_event/ledger_event_kept",
        "changed",
    ),
    "disarmed": (
        ["CREATE OR REPLACE FUNCTION refuse_ledger_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"],
        "ledger_event/ledger_event_kept",
        "changed",
    ),
    "index taken away": (["DROP INDEX ledger_event_0"], "ledger_event/ledger_event_0", "missing"),
    "another index": (
        ["DROP INDEX ledger_event_0", "CREATE INDEX ledger_event_0 ON ledger_event (kind, seq) WHERE giver = 1"],
        "ledger_event/ledger_event_0",
        "changed",
    ),
}


def test_a_ledger_as_it_is_made_has_no_flaw(address: str) -> None:
    for _ in range(2):
        with open_ledger(address) as ledger:
            assert (find_flaws(ledger.rows), verify(ledger)) == ([], [])


@pytest.mark.parametrize("case", ON_SQLITE)
def test_what_hangs_on_the_tables_in_sqlite_is_named(tmp_path: Path, case: str) -> None:
    texts, at, how = ON_SQLITE[case]
    with open_ledger(str(tmp_path / "ledger.sqlite")) as ledger:
        ledger.submit([OPENING])
        run(ledger, *texts)
        found = verify(ledger)
        assert (schema(found), {one.severity for one in found}) == ([at], {"error"})
        assert [one.how for one in find_flaws(ledger.rows)] == [how]
        assert at.split("/")[1] in found[0].says.zh


@pytest.fixture(scope="module")
def base(server):
    """A ledger on PostgreSQL."""
    from tests.ledger.conftest import emptied

    with open_ledger(emptied(server.get_uri())) as ledger:
        ledger.submit([OPENING])
        yield ledger


@pytest.mark.parametrize("case", ON_POSTGRESQL)
def test_what_hangs_on_the_tables_in_postgresql_is_named(base: Ledger, case: str) -> None:
    texts, at, how = ON_POSTGRESQL[case]
    base.rows.begin()
    try:
        run(base, *texts)
        found = find_flaws(base.rows)
    finally:
        base.rows.rollback()
    assert [(f"{one.table}/{one.name}", one.how) for one in found] == [(at, how)]
    assert find_flaws(base.rows) == []


def test_a_trigger_that_changes_rows_is_told_with_what_it_changed(address: str) -> None:
    with open_ledger(address) as ledger:
        ledger.submit([OPENING])
        run(ledger, *(ON_POSTGRESQL if "://" in address else ON_SQLITE)["trigger"][0])
        ledger.submit([[Transfer("t", "issue", "i", "p", 1, "2026-01-01")]])
    with open_ledger(address) as ledger:
        assert {"ledger.schema", "ledger.changed"} <= {one.rule for one in verify(ledger)}


def test_tables_of_others_in_the_same_database_are_no_flaw(address: str) -> None:
    with open_ledger(address) as ledger:
        run(ledger, "CREATE TABLE report (day integer)", "CREATE INDEX report_day ON report (day)")
        run(ledger, "CREATE VIEW days AS SELECT day FROM report", "ANALYZE")
        assert verify(ledger) == []


def test_an_older_form_lacks_nothing(address: str) -> None:
    from tests.ledger.test_durable import _age

    with open_ledger(address) as ledger:
        ledger.submit([OPENING])
    _age(address, 0)
    with open_rows(address, reads=True) as rows:
        assert find_flaws(rows) == []


def test_the_audit_of_a_city_looks_before_opening_puts_back_what_is_missing(tmp_path: Path) -> None:
    city = init(tmp_path / "city", place="370600")
    with open_ledger(city.ledger) as ledger:
        ledger.submit([OPENING])
    with sqlite3.connect(city.ledger) as database:
        database.execute("DROP TRIGGER ledger_posting_delete")
    with Rights(city) as rights:
        found = audit_books(rights)
        assert (schema(found), is_whole(found)) == (["ledger_posting/ledger_posting_delete"], False)
        assert found[0].says.en == "trigger ledger_posting_delete (ledger_posting): missing"
        assert found[0].says.zh == "触发器 ledger_posting_delete (ledger_posting)：缺失"
        assert schema(audit_books(rights)) == []  # opening the ledger has put it back


def test_a_flaw_is_told_once() -> None:
    with open_ledger(":memory:") as ledger:
        run(ledger, THIEF)
        flaw = SchemaFlaw("trigger", "thief", "ledger_posting", "foreign")
        assert schema(verify(ledger, flaws=[flaw])) == ["ledger_posting/thief"]
