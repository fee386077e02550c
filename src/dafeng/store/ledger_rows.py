"""Rows of a ledger in SQLite or PostgreSQL: found by key, written in one transaction, never read by meaning.

Invariant: one writer at a time; what `LedgerRows.commit` returned from is on the disk (SQLite: WAL with synchronous=FULL).
"""

from __future__ import annotations

import json
import sqlite3
import sys
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import count
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.store.ledger_schema import Dialect, spell_schema
from dafeng.store.ledger_tables import ACCOUNT, BOOK, EVENT, TABLES, Table

Row = tuple[Any, ...]
VERSION = 2
"""Form of the tables that this programme writes; those without a number are the first. Older ones get what they lack when they
are opened to write, newer ones are refused."""
LOCK = 8611
"""Key of the advisory lock that a PostgreSQL writer holds for the length of its transaction."""
BUSY_S = 30.0
"""How long a writer waits for another one. [s]"""
_COPIED: Mapping[str, str] = {"bigint": "int8", "integer": "int4"}
CHUNK = 2000
"""Rows that are read at once where all of a table are read."""


class LedgerRows(ABC):
    """An open database with the tables of a ledger; from `open_rows`."""

    dialect: Dialect

    def __init__(self) -> None:
        self._view = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one and the same state within the block, whoever writes meanwhile; within another one it is that one.

        Yields
        ------
        None
            One thread at a time has the connection.
        """
        with self._view:
            if self._is_within():
                yield
                return
            self._run(self._opening)
            try:
                yield
            finally:
                self.rollback()

    _opening = "BEGIN"

    @abstractmethod
    def _is_within(self) -> bool:
        """Whether a transaction was begun."""

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
    def scan(self, text: str, *values: Any) -> Generator[Row, None, None]:
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

    def damage(self) -> list[str]:
        """What the database itself finds wrong with its file and indexes.

        Returns
        -------
        list of str
            Empty if nothing, or where the database offers no such check.
        """
        return []

    @abstractmethod
    def version(self) -> int:
        """Form of the tables.

        Returns
        -------
        int
            `VERSION`, or the number of an older form; 0 where it has none.
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
    dialect = "sqlite"

    def __init__(self, path: str, reads: bool) -> None:
        super().__init__()
        self._upserts = {table.name: _upsert(table) for table in TABLES}
        try:
            if reads:
                self._db = sqlite3.connect(
                    f"{Path(path).absolute().as_uri()}?mode=rw", BUSY_S, 0, None, check_same_thread=False, uri=True
                )
                self._db.execute("PRAGMA query_only=ON")
                self._check_version(path)
                self._db.execute(select(EVENT) + " LIMIT 1")
                return
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            for text in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "wal_autocheckpoint=16000"):
                self._db.execute(f"PRAGMA {text}")
            self.begin()
            version = self._check_version(path)
            for text in spell_schema("sqlite"):
                self._db.execute(text)
            if version != VERSION:
                self._db.execute(f"PRAGMA user_version={VERSION}")
            self.commit()
        except StoreError:
            self.close()
            raise
        except (sqlite3.Error, UnicodeDecodeError) as cause:
            if hasattr(self, "_db"):
                self.close()
            raise _unusable(path, cause) from cause

    def version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _check_version(self, path: str) -> int:
        version = self.version()
        if version > VERSION:
            raise _newer(path, version)
        return version

    def begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _is_within(self) -> bool:
        return self._db.in_transaction

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

    def scan(self, text: str, *values: Any) -> Generator[Row, None, None]:
        yield from self._db.execute(text, values)

    def damage(self) -> list[str]:
        return [row[0] for row in self.query("PRAGMA integrity_check(20)") if row[0] != "ok"]

    def _run(self, text: str, values: Sequence[Any] = ()) -> Any:
        return self._db.execute(text, values)


class _Postgres(LedgerRows):
    dialect = "postgresql"
    _opening = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    def __init__(self, address: str, reads: bool) -> None:
        import psycopg

        self._names = count()
        super().__init__()
        self._upserts = {table.name: _unnest(table) for table in TABLES}
        try:
            self._db = psycopg.connect(address, autocommit=True)
            self._run(
                "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
            )
            self._run("SET jit = off")  # every statement here is short; compiling one takes longer than running it
            version = self._check_version(address)
            if reads:
                self._run("SET default_transaction_read_only = on")
                self._run(select(EVENT) + " LIMIT 1")
                return
            with self._db.transaction():
                self._run("SELECT pg_advisory_xact_lock(?)", (LOCK,))
                for text in spell_schema("postgresql"):
                    self._run(text)
                if version != VERSION:
                    self._run(f"COMMENT ON TABLE {EVENT.name} IS 'dafeng ledger {VERSION}'")
        except StoreError:
            self.close()
            raise
        except psycopg.Error as cause:
            if hasattr(self, "_db"):
                self.close()
            raise _unusable(address.rpartition("@")[2], cause) from cause

    def version(self) -> int:
        found = self.query(f"SELECT obj_description(to_regclass('{EVENT.name}'), 'pg_class')")[0][0] or ""
        return int(found.rpartition(" ")[2]) if found.startswith("dafeng ledger ") else 0

    def _check_version(self, address: str) -> int:
        version = self.version()
        if version > VERSION:
            raise _newer(address.rpartition("@")[2], version)
        return version

    def _is_within(self) -> bool:
        return bool(self._db.info.transaction_status)

    def begin(self) -> None:
        self._run("BEGIN ISOLATION LEVEL READ COMMITTED")  # what is read after the lock is what the last holder left
        self._run("SELECT pg_advisory_xact_lock(?)", (LOCK,))

    def rollback(self) -> None:
        if not self._db.closed and not self._db.broken and self._db.info.transaction_status:
            self._run("ROLLBACK")

    def close(self) -> None:
        self._db.close()

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        if not rows:
            return
        if table.changing:
            columns = zip(table.columns.items(), zip(*rows, strict=True), strict=True)
            values = {name: _array(kind, column) for (name, kind), column in columns}
            if table in (ACCOUNT, BOOK):  # nearly always all are there, and an UPDATE takes half the time
                changed = [values[name] for name in (*table.key, *table.changing)]
                if self._run(_update(table), changed).rowcount == len(rows):
                    return
            self._run(self._upserts[table.name], list(values.values()))
            return
        copied = f"COPY {table.name} ({', '.join(table.columns)}) FROM STDIN (FORMAT BINARY)"
        with self._db.cursor() as cursor, cursor.copy(copied.encode()) as copy:
            copy.set_types([_COPIED.get(kind, kind) for kind in table.columns.values()])
            for row in rows:
                copy.write_row(row)

    def find(self, table: Table, column: str, keys: Iterable[Any], *, also: str = "") -> list[Row]:
        wanted = list(keys)
        if not wanted:
            return []
        more = f" AND {also}" if also else ""
        return self.query(f"{select(table)} WHERE {column} = ANY(?::{table.columns[column]}[]){more}", wanted)

    def scan(self, text: str, *values: Any) -> Generator[Row, None, None]:
        within = nullcontext() if self._db.info.transaction_status else self._db.transaction()
        with within, self._db.cursor(name=f"dafeng_{next(self._names)}") as cursor:
            cursor.itersize = CHUNK
            cursor.execute(text.replace("?", "%s").encode(), values)
            yield from cursor

    def _run(self, text: str, values: Sequence[Any] = ()) -> Any:
        return self._db.execute(text.replace("?", "%s").encode(), values)


def open_rows(address: str, *, reads: bool = False) -> LedgerRows:
    """Open the tables of a ledger, making them if they are not there.

    Parameters
    ----------
    address : str
        Path of a SQLite file, or ``postgresql://…``.
    reads : bool, optional
        Only for reading: nothing is made, and the database refuses to write through it.

    Returns
    -------
    LedgerRows
        Close it after use, or use it in a ``with`` block.

    Raises
    ------
    StoreError
        If it cannot be opened, or is to be read and is not there.
    """
    if address.startswith(("postgresql://", "postgres://")):
        return _Postgres(address, reads)
    return _Sqlite(address.removeprefix("sqlite:///"), reads)


def failures() -> tuple[type[Exception], ...]:
    """What the databases in use may raise.

    Returns
    -------
    tuple of type
        Classes of exceptions; those of psycopg once it was needed.
    """
    psycopg = sys.modules.get("psycopg")
    mine = (sqlite3.Error, UnicodeDecodeError)  # a damaged page may hold what is no text
    return mine if psycopg is None else (*mine, psycopg.Error)


def interrupted(cause: Exception) -> StoreError:
    """What to say when a database failed on the way: nothing is known to be booked, and asking again is safe.

    Parameters
    ----------
    cause : Exception
        One of `failures`.

    Returns
    -------
    StoreError
        To be raised.
    """
    return StoreError(
        Label(f"账簿数据库中断（{cause}）", f"the database of the ledger failed ({cause})"),
        where="ledger",
        expected=Label("数据库可写、磁盘有余量", "a database that can be written and room on the disk"),
        remedy=Label(
            "排除故障后用相同编号重新提交：已入账的不会再记一次",
            "mend it and hand in the same ids again: nothing is booked twice",
        ),
    )


def _unusable(where: str, cause: Exception) -> StoreError:
    return StoreError(
        Label(f"账簿数据库无法使用（{cause}）", f"the database of the ledger cannot be used ({cause})"),
        where=where,
        expected=Label("可读写的 SQLite 文件或 PostgreSQL 数据库", "a SQLite file or PostgreSQL database that can be written"),
        remedy=Label("检查路径、权限、磁盘空间或数据库服务", "check path, rights, disk space or the database server"),
    )


def _newer(where: str, version: int) -> StoreError:
    return StoreError(
        Label(
            f"账簿数据库是更新版本的程序写的（结构 {version}，本程序 {VERSION}）",
            f"the database of the ledger was written by a newer version (form {version}, this programme {VERSION})",
        ),
        where=where,
        expected=Label(f"结构 {VERSION} 或更早", f"form {VERSION} or older"),
        remedy=Label("升级 dafeng 后再打开；没有改动", "install a newer dafeng and open it again; nothing was changed"),
    )


def _upsert(table: Table) -> str:
    marks = ", ".join("?" for _ in table.columns)
    return f"INSERT INTO {table.name} VALUES ({marks})" + _replace(table)  # noqa: S608 - our own names


def _unnest(table: Table) -> str:
    arrays = ", ".join(f"?::{kind}[]" for kind in table.columns.values())
    return f"INSERT INTO {table.name} SELECT * FROM unnest({arrays})" + _replace(table)  # noqa: S608 - our own names


def _array(kind: str, values: Sequence[Any]) -> str:
    """A PostgreSQL array as text, much faster than element by element; no value of a text column is None."""
    if kind == "text":
        joined = "\n".join(values)
        if '"' in joined or "\\" in joined:
            values = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
        return '{"' + '","'.join(values) + '"}'
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _update(table: Table) -> str:
    names = (*table.key, *table.changing)
    arrays = ", ".join(f"?::{table.columns[name]}[]" for name in names)
    sets = ", ".join(f"{name} = v.{name}" for name in table.changing)
    same = " AND ".join(f"t.{name} = v.{name}" for name in table.key)
    return f"UPDATE {table.name} t SET {sets} FROM unnest({arrays}) AS v({', '.join(names)}) WHERE {same}"  # noqa: S608 - our own names


def _replace(table: Table) -> str:
    if not table.changing:
        return ""
    sets = ", ".join(f"{name} = excluded.{name}" for name in table.changing)
    return f" ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {sets}"
