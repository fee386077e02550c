"""An open ledger writes durably, and a database of another version is brought up to date or refused in words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from dafeng.core.errors import StoreError
from dafeng.ledger.audit import verify
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import OpenAccount, OpenBook, Transfer
from dafeng.store.ledger_rows import VERSION, open_rows

OPENING = [
    OpenBook("o1", "b", "POINTS", "1"),
    OpenAccount("o2", "i", "b", "issuer", ("city",), limit=100),
    OpenAccount("o3", "p", "b", "person", ("x",)),
]


def test_what_was_answered_is_on_the_disk_before_the_answer(address: str) -> None:
    """The settings that make a commit durable, of the very connection that writes: losing one loses no test otherwise."""
    with open_ledger(address) as ledger:
        ledger.submit([OPENING])
        if "://" in address:
            assert ledger.rows.query("SELECT current_setting('synchronous_commit')")[0][0] in ("on", "remote_apply")
        else:
            assert ledger.rows.query("PRAGMA synchronous") == [(2,)]  # FULL: the log is synced at every commit
            assert ledger.rows.query("PRAGMA journal_mode") == [("wal",)]
        ledger.submit([[Transfer("t", "issue", "i", "p", 1, "2026-01-01")]])
        assert not ledger.rows._is_within()


def _age(address: str, version: int) -> None:
    """Give a database the form of another version."""
    rows = open_rows(address)
    if "://" in address:
        told = f"'dafeng ledger {version}'" if version else "NULL"
        rows._run(f"COMMENT ON TABLE ledger_event IS {told}")
    else:
        rows._run(f"PRAGMA user_version={version}")
    if not version:
        rows._run("DROP INDEX ledger_event_0")
    rows.close()


def test_an_older_database_opens_and_gets_what_it_lacks(address: str) -> None:
    with open_ledger(address) as ledger:
        ledger.submit([OPENING])
    _age(address, 0)
    with open_rows(address, reads=True) as rows:
        assert rows.query("SELECT count(*) FROM ledger_event")[0][0] == 3
    with open_ledger(address) as ledger:
        assert ledger.submit([[Transfer("t", "issue", "i", "p", 1, "2026-01-01")]])[0][0].seq == 4
        assert verify(ledger) == []
        with pytest.raises(Exception, match="ledger_event_0"):  # it is there again
            ledger.rows._run("CREATE INDEX ledger_event_0 ON ledger_event (kind)")


@pytest.mark.parametrize("reads", [False, True])
def test_a_newer_database_is_refused_in_words(address: str, reads: bool) -> None:
    with open_ledger(address) as ledger:
        ledger.submit([OPENING])
    _age(address, VERSION + 1)
    with pytest.raises(StoreError, match=f"{VERSION + 1}.*{VERSION}"):
        open_rows(address, reads=reads)


def test_a_database_of_the_first_form_from_a_file_opens(tmp_path: Path) -> None:
    """Written by hand as the first form was: without a number and without the index of openings."""
    path = tmp_path / "ledger.sqlite"
    with open_ledger(str(path)) as ledger:
        ledger.submit([OPENING])
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version=0")
        database.execute("DROP INDEX ledger_event_0")
        database.execute("DROP TABLE ledger_link")
    with open_ledger(str(path)) as ledger:
        assert ledger.rows.query("PRAGMA user_version") == [(VERSION,)]
        assert verify(ledger) == []
