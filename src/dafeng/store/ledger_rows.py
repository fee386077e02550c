"""Rows of a ledger in SQLite or PostgreSQL: found by key, written in one transaction, never read by meaning.

Invariant: one writer at a time; what `LedgerRows.commit` returned from is on the disk (SQLite: WAL with synchronous=FULL).
"""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.store.ledger_tables import EVENT, MARKET_EVENT, MARKET_TRADE, MOVE, POSTING, REVERSED, TABLES, TAKEN, Table

Row = tuple[Any, ...]
LOCK = 8611
"""Key of the advisory lock that a PostgreSQL writer holds for the length of its transaction."""
BUSY_S = 30.0
"""How long a writer waits for another one. [s]"""
CHUNK = 2000
"""Rows that are read at once where all of a table are read."""


class LedgerRows(ABC):
    """An open database with the tables of a ledger; from `open_rows`."""

    @abstractmethod
    def begin(self) -> None:
        """Become the only writer."""

    def commit(self) -> None:
        """Make durable what was written."""
        self._run("COMMIT")

    @abstractmethod
    def rollback(self) -> None:
        """Forget what was written, if anything was begun."""

    @abstractmethod
    def close(self) -> None:
        """Give the connection back."""

    @abstractmethod
    def write(self, table: Table, rows: Sequence[Row]) -> None:
        """Add rows; where a table has changing columns, a row replaces those of the one with its key.

        Parameters
        ----------
        table : Table
            The table.
        rows : sequence of tuple
            In the order of its columns.
        """

    @abstractmethod
    def find(self, table: Table, column: str, keys: Iterable[Any], *, also: str = "") -> list[Row]:
        """Rows by key.

        Parameters
        ----------
        table : Table
            The table.
        column : str
            The column that holds the key.
        keys : iterable
            Texts or whole numbers.
        also : str, optional
            Further condition in SQL.

        Returns
        -------
        list of tuple
            In no order.
        """

    def query(self, text: str, *values: Any) -> list[Row]:
        """Rows of a SELECT.

        Parameters
        ----------
        text : str
            With ``?`` for values.
        *values : object
            The values.

        Returns
        -------
        list of tuple
            In its order.
        """
        rows: list[Row] = self._run(text, values).fetchall()
        return rows

    @abstractmethod
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

    @abstractmethod
    def _run(self, text: str, values: Sequence[Any] = ()) -> Any:
        """Send a statement."""


def select(table: Table) -> str:
    """SELECT of all columns of a table in their order.

    Parameters
    ----------
    table : Table
        The table.

    Returns
    -------
    str
        Without condition.
    """
    return f"SELECT {', '.join(table.columns)} FROM {table.name}"  # noqa: S608 - names of our own tables


class _Sqlite(LedgerRows):
    def __init__(self, path: str) -> None:
        try:
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            for text in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "wal_autocheckpoint=16000"):
                self._db.execute(f"PRAGMA {text}")
            self.begin()
            for text in _schema("sqlite"):
                self._db.execute(text)
            self.commit()
        except sqlite3.Error as cause:
            raise _unusable(path, cause) from cause
        self._upserts = {table.name: _upsert(table) for table in TABLES}

    def begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        self._db.close()

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            self._db.executemany(self._upserts[table.name], rows)

    def find(self, table: Table, column: str, keys: Iterable[Any], *, also: str = "") -> list[Row]:
        wanted = list(keys)
        if not wanted:
            return []
        more = f" AND {also}" if also else ""
        text = f"{select(table)} WHERE {column} IN (SELECT value FROM json_each(?)){more}"  # noqa: S608 - our own names
        return self._db.execute(text, (json.dumps(wanted),)).fetchall()

    def scan(self, text: str, *values: Any) -> Iterator[Row]:
        yield from self._db.execute(text, values)

    def _run(self, text: str, values: Sequence[Any] = ()) -> Any:
        return self._db.execute(text, values)


class _Postgres(LedgerRows):
    def __init__(self, address: str) -> None:
        import psycopg

        try:
            self._db = psycopg.connect(address, autocommit=True)
            with self._db.transaction():
                self._run("SELECT pg_advisory_xact_lock(?)", (LOCK,))
                for text in _schema("postgresql"):
                    self._run(text)
        except psycopg.Error as cause:
            raise _unusable(address.rpartition("@")[2], cause) from cause
        self._upserts = {table.name: _unnest(table) for table in TABLES}

    def begin(self) -> None:
        self._run("BEGIN")
        self._run("SELECT pg_advisory_xact_lock(?)", (LOCK,))

    def rollback(self) -> None:
        if not self._db.closed and self._db.info.transaction_status:
            self._run("ROLLBACK")

    def close(self) -> None:
        self._db.close()

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            self._run(self._upserts[table.name], [list(column) for column in zip(*rows, strict=True)])

    def find(self, table: Table, column: str, keys: Iterable[Any], *, also: str = "") -> list[Row]:
        wanted = list(keys)
        if not wanted:
            return []
        more = f" AND {also}" if also else ""
        return self.query(f"{select(table)} WHERE {column} = ANY(?::{table.columns[column]}[]){more}", wanted)

    def scan(self, text: str, *values: Any) -> Iterator[Row]:
        with self._db.transaction(), self._db.cursor(name="dafeng_scan") as cursor:
            cursor.itersize = CHUNK
            cursor.execute(text.replace("?", "%s").encode(), values)
            yield from cursor

    def _run(self, text: str, values: Sequence[Any] = ()) -> Any:
        return self._db.execute(text.replace("?", "%s").encode(), values)


def open_rows(address: str) -> LedgerRows:
    """Open the tables of a ledger, making them if they are not there.

    Parameters
    ----------
    address : str
        Path of a SQLite file, or ``postgresql://…``.

    Returns
    -------
    LedgerRows
        Close it after use.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """
    if address.startswith(("postgresql://", "postgres://")):
        return _Postgres(address)
    return _Sqlite(address.removeprefix("sqlite:///"))


def _unusable(where: str, cause: Exception) -> StoreError:
    return StoreError(
        Label(f"账簿数据库无法使用（{cause}）", f"the database of the ledger cannot be used ({cause})"),
        where=where,
        expected=Label("可读写的 SQLite 文件或 PostgreSQL 数据库", "a SQLite file or PostgreSQL database that can be written"),
        remedy=Label("检查路径、权限、磁盘空间或数据库服务", "check path, rights, disk space or the database server"),
    )


def _upsert(table: Table) -> str:
    marks = ", ".join("?" for _ in table.columns)
    return f"INSERT INTO {table.name} VALUES ({marks})" + _replace(table)  # noqa: S608 - our own names


def _unnest(table: Table) -> str:
    arrays = ", ".join(f"?::{kind}[]" for kind in table.columns.values())
    return f"INSERT INTO {table.name} SELECT * FROM unnest({arrays})" + _replace(table)  # noqa: S608 - our own names


def _replace(table: Table) -> str:
    if not table.changing:
        return ""
    sets = ", ".join(f"{name} = excluded.{name}" for name in table.changing)
    return f" ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {sets}"


def _schema(dialect: str) -> Iterator[str]:
    for table in TABLES:
        columns = ", ".join(f"{name} {_type(kind, dialect)}" + _required(name) for name, kind in table.columns.items())
        unique = "".join(f", UNIQUE ({name})" for name in table.unique)
        clustered = " WITHOUT ROWID" if dialect == "sqlite" and table in (POSTING, MOVE, TAKEN, REVERSED) else ""
        yield f"CREATE TABLE IF NOT EXISTS {table.name} ({columns}, PRIMARY KEY ({', '.join(table.key)}){unique}){clustered}"
        for at, index in enumerate(table.indexes):
            yield f"CREATE INDEX IF NOT EXISTS {table.name}_{at} ON {table.name} {index}"
    for table in (EVENT, POSTING, MOVE, MARKET_EVENT, MARKET_TRADE):
        yield from _added_only(table.name, dialect)


def _required(name: str) -> str:
    return "" if name == "until" else " NOT NULL"


def _type(kind: str, dialect: str) -> str:
    if dialect == "postgresql":
        return kind
    return {"bigint": "INTEGER", "integer": "INTEGER", "boolean": "INTEGER", "bytea": "BLOB"}.get(kind, "TEXT")


def _added_only(name: str, dialect: str) -> Iterator[str]:
    """What makes a database refuse to change or remove rows."""
    said = f"{name} is append-only"
    if dialect == "sqlite":
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {name}_{event.lower()} BEFORE {event} ON {name}"
                f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
        return
    yield (
        f"CREATE OR REPLACE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{said}'; END $$"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER {name}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {name}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION refuse_{name}()"
    )
