"""Private tables of carbon inclusion beside the ledger, each file of its own: events and their evidence; identities.

Invariant: what a transaction returned from is on the disk; what was deleted is overwritten.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label

Row = tuple[Any, ...]
BUSY_S = 30.0
"""How long a writer waits for another one. [s]"""
EVENTS = (
    "CREATE TABLE IF NOT EXISTS event (no INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, scene TEXT NOT NULL,"
    " person TEXT NOT NULL, day INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL, amount TEXT NOT NULL,"
    " edition TEXT NOT NULL, grams INTEGER NOT NULL, points INTEGER NOT NULL, bundle TEXT NOT NULL DEFAULT '')",
    "CREATE INDEX IF NOT EXISTS event_person ON event (person, day)",
    "CREATE TABLE IF NOT EXISTS chunk (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, done INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS chunk_open ON chunk (first) WHERE NOT done",
    "CREATE TABLE IF NOT EXISTS bundle (name TEXT PRIMARY KEY, before INTEGER NOT NULL, root TEXT NOT NULL,"
    " events INTEGER NOT NULL, grams INTEGER NOT NULL, units INTEGER NOT NULL, day INTEGER NOT NULL,"
    " policy TEXT NOT NULL, done INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS event_bundle ON event (bundle) WHERE bundle <> ''",
    "CREATE TABLE IF NOT EXISTS double_claim (no INTEGER PRIMARY KEY, key TEXT NOT NULL, scene TEXT NOT NULL,"
    " rule TEXT NOT NULL, day INTEGER NOT NULL, at INTEGER NOT NULL, UNIQUE (key, scene, rule))",
    "CREATE TABLE IF NOT EXISTS operator_key (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, operator TEXT NOT NULL,"
    ' scenes TEXT NOT NULL, salt TEXT NOT NULL, begin INTEGER NOT NULL, "end" INTEGER NOT NULL, made_by TEXT NOT NULL,'
    " made_at INTEGER NOT NULL, ended_by TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE IF NOT EXISTS message (no INTEGER PRIMARY KEY, signature TEXT NOT NULL UNIQUE, key TEXT NOT NULL,"
    " at INTEGER NOT NULL, taken INTEGER NOT NULL, again INTEGER NOT NULL, refused INTEGER NOT NULL, answer TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS policy (hash TEXT PRIMARY KEY, content TEXT NOT NULL, since INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS chunk_policy (first INTEGER PRIMARY KEY, policy TEXT NOT NULL)",
)
"""Events that were taken, the chunks they were taken in, and the bundles they were certified in; what was claimed twice; keys
of operators and the messages signed with them; policies, and which of them decided a chunk."""
IDENTITIES = (
    "CREATE TABLE IF NOT EXISTS person (person TEXT PRIMARY KEY, kind TEXT NOT NULL, salt TEXT NOT NULL,"
    " joined INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS identity (key TEXT PRIMARY KEY, person TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS identity_person ON identity (person)",
    "CREATE TABLE IF NOT EXISTS consent (person TEXT NOT NULL, purpose TEXT NOT NULL, version TEXT NOT NULL,"
    " given INTEGER NOT NULL, withdrawn INTEGER, PRIMARY KEY (person, purpose, given))",
)
"""Who stands behind a pseudonym, and what they consented to."""


class InclusionRows:
    """A private file of tables; close it after use.

    Parameters
    ----------
    path : Path
        Its file; made if it is not there.
    schema : sequence of str
        Statements that make its tables.
    reading : bool, optional
        Whether only to read: then nothing is made, and it never waits for who writes.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """

    def __init__(self, path: Path, schema: Sequence[str], *, reading: bool = False) -> None:
        try:
            if reading:
                self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", timeout=BUSY_S, isolation_level=None, uri=True)
                self._db.execute("PRAGMA query_only=ON")
                return
            path.touch(mode=0o600, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            for text in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "cache_size=-65536"):
                self._db.execute(f"PRAGMA {text}")
            with self.transaction():
                for text in schema:
                    self._db.execute(text)
        except (sqlite3.Error, OSError) as cause:
            raise StoreError(
                Label(f"碳普惠数据库无法使用（{cause}）", f"the database of carbon inclusion cannot be used ({cause})"),
                where=str(path),
                expected=Label("可读写的 SQLite 文件", "a SQLite file that can be written"),
                remedy=Label("检查路径、权限和磁盘空间", "check path, rights and disk space"),
            ) from cause

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Be the only writer; all of what is written stays, or nothing of it.

        Yields
        ------
        None
            Within it, write.
        """
        self._db.execute("BEGIN IMMEDIATE")
        whole = False
        try:
            yield
            self._db.execute("COMMIT")
            whole = True
        finally:
            if not whole and self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def run(self, text: str, *values: Any) -> int:
        """Send a statement.

        Parameters
        ----------
        text : str
            With ``?`` for values.
        *values : object
            The values.

        Returns
        -------
        int
            How many rows it changed.
        """
        return self._db.execute(text, values).rowcount

    def add(self, text: str, rows: Iterable[Row]) -> None:
        """Send a statement for each of many rows.

        Parameters
        ----------
        text : str
            With ``?`` for values.
        rows : iterable of tuple
            The values.
        """
        self._db.executemany(text, rows)

    def query(self, text: str, *values: Any) -> list[Row]:
        """Rows of a SELECT.

        Parameters
        ----------
        text : str
            With ``?`` for values.
        *values : object
            The values; a list stands for a JSON array, to be opened with ``json_each``.

        Returns
        -------
        list of tuple
            In its order.
        """
        given = [json.dumps(value) if isinstance(value, list) else value for value in values]
        return self._db.execute(text, given).fetchall()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one and the same state within the block, whoever writes meanwhile.

        Yields
        ------
        None
            Within it, read.
        """
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK")

    def scan(self, text: str, *values: Any) -> Iterator[Row]:
        """Rows of a SELECT one by one, for what does not fit into memory.

        Parameters
        ----------
        text : str
            With ``?`` for values.
        *values : object
            The values.

        Yields
        ------
        tuple
            In its order.
        """
        yield from self._db.execute(text, values)

    def damage(self) -> list[str]:
        """What SQLite itself finds wrong with the file and its indexes.

        Returns
        -------
        list of str
            Empty if nothing.
        """
        return [row[0] for row in self.query("PRAGMA integrity_check(20)") if row[0] != "ok"]

    def scrub(self) -> None:
        """Leave no trace of what was deleted: the log of the database is emptied."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
