"""Records in SQL: SQLite by default, PostgreSQL by address, the same tables and rules on both.

Invariant: one writer at a time; each transaction carries its audit entries or does not happen; a database of an
earlier form is brought up to date in one transaction when it is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from weakref import finalize

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session

from dafeng.core.errors import SettingError, StoreError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.store.audit import log_changes, read_head, verify_log
from dafeng.store.migrations import HEAD
from dafeng.store.refusals import check_instant

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MS = 30_000
"""How long a SQLite writer waits for another one. [ms]"""
WRITER_LOCK = 8600
"""Key of the advisory lock that a PostgreSQL writer holds for the length of its transaction."""
WRITES = "dafeng_writes"


class Records:
    """An open database of records; use it in a ``with`` block or close it.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        From `open_records`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        finalize(self, engine.dispose)  # whoever forgets to close leaves no connection open

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def write(self, *, actor: str, at: datetime) -> Iterator[Session]:
        """One transaction of changes, with its audit entries.

        Parameters
        ----------
        actor : str
            Who changes.
        at : datetime
            Now, with time zone.

        Yields
        ------
        sqlalchemy.orm.Session
            Add, change and delete rows in it; it is committed at the end of the block, undone on an error.

        Raises
        ------
        StoreError
            If the database refuses the changes, is locked for too long or cannot be reached; nothing was changed.
        """
        info = {"actor": actor, "at": check_instant(at, "at")}
        with self._session(writes=True, info=info) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One unchanging view of the records.

        Yields
        ------
        sqlalchemy.orm.Session
            Changes made in it are refused.

        Raises
        ------
        StoreError
            If the database cannot be read.
        """
        with self._session(writes=False, info={}) as session:
            yield session

    def head(self) -> tuple[int, str]:
        """Serial and hash of the newest audit entry, to be kept where the database is not.

        Returns
        -------
        tuple of (int, str)
            Serial 0 for an empty log.

        Raises
        ------
        StoreError
            If the database cannot be read.
        """
        with self.read() as session:
            return read_head(session)

    def verify(self) -> tuple[Finding, ...]:
        """Compare the audit log with itself and the records with the log.

        Returns
        -------
        tuple of Finding
            What was edited behind the programme's back; empty if nothing was.

        Raises
        ------
        StoreError
            If the database cannot be read.
        """
        with self.read() as session:
            return verify_log(session)

    @contextmanager
    def _session(self, *, writes: bool, info: dict[str, Any]) -> Iterator[Session]:
        engine = self._engine.execution_options(**{WRITES: writes})
        try:
            with Session(engine, info=info, expire_on_commit=False) as session:
                _watch(session)
                yield session
        except SQLAlchemyError as cause:
            raise _failure(self._engine.url, cause) from cause


def open_records(address: str | Path) -> Records:
    """Open a database of records; make it or bring it up to date where needed.

    Parameters
    ----------
    address : str or Path
        File of a SQLite database, or a URL: ``sqlite:///…``, ``postgresql://user@host/name``.

    Returns
    -------
    Records
        Ready to read and write.

    Raises
    ------
    SettingError
        If the address is of no known kind.
    StoreError
        If the database cannot be reached, is damaged, or was written by a newer version of the programme.
    """
    url = parse_address(address)
    try:
        engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000} if url.get_backend_name() == "sqlite" else {})
    except ImportError as cause:
        raise _failure(
            url, cause, Label("安装数据库驱动：pip install 'dafeng[postgres]'", "pip install 'dafeng[postgres]'")
        ) from cause
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    try:
        _upgrade(engine)
    except (SQLAlchemyError, StoreError) as cause:
        engine.dispose()
        raise cause if isinstance(cause, StoreError) else _failure(url, cause) from cause
    return Records(engine)


def parse_address(address: str | Path) -> URL:
    """URL of a database of records.

    Parameters
    ----------
    address : str or Path
        As for `open_records`.

    Returns
    -------
    sqlalchemy.engine.URL
        With the driver this programme uses.

    Raises
    ------
    SettingError
        If the address is of no known kind.
    """
    if isinstance(address, Path) or "://" not in address:
        return URL.create("sqlite", database=str(address))
    drivers = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    try:
        url = make_url(address)
        return url.set(drivername=drivers[url.drivername.split("+")[0]])
    except (ArgumentError, NoSuchModuleError, KeyError, ValueError) as cause:
        raise SettingError(
            Label(f"不支持的数据库地址（{type(cause).__name__}）", f"unsupported database address ({type(cause).__name__})"),
            where=address.split("://")[0],
            expected=Label("文件路径、sqlite:/// 或 postgresql://", "a file, sqlite:/// or postgresql://"),
            remedy=Label("改正地址", "correct the address"),
        ) from cause


def _prepare_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:  # noqa: ARG001 - the event's form
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"busy_timeout = {BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Start a transaction; a writing one waits here until it is the only one."""
    writes = connection.get_execution_options().get(WRITES, True)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _watch(session: Session) -> None:
    """Let every flush write its audit entries, and nothing pass by it."""
    event.listen(
        session, "after_flush", lambda flushed, context: log_changes(flushed, flushed.info["actor"], flushed.info["at"])
    )
    event.listen(session, "before_flush", lambda flushed, context, rows: _check_writes(flushed))
    event.listen(session, "do_orm_execute", _check_statement)


def _check_writes(session: Session) -> None:
    if "actor" not in session.info:
        raise _bypass("a change in a reading session")


def _check_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        raise _bypass(str(state.statement))


def _bypass(said: str) -> StoreError:
    return StoreError(
        Label(f"这一改动绕过了审计日志：{said}", f"this change would pass by the audit log: {said}"),
        where="records",
        expected=Label("在 write() 会话中增、改、删对象", "objects added, changed or deleted in a session of write()"),
        remedy=Label("改用 records.write(actor=…, at=…)", "use records.write(actor=…, at=…)"),
    )


def _upgrade(engine: Engine) -> None:
    """Bring the tables to their newest form, in one transaction that only one process has at a time."""
    with engine.connect().execution_options(**{WRITES: False}) as connection:
        if _step(connection) == HEAD:
            return
    with engine.begin() as connection:
        if _step(connection) != HEAD:
            from dafeng.store.migrations.steps import run_steps

            run_steps(connection)


def _step(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _failure(url: URL, cause: Exception, remedy: Label | None = None) -> StoreError:
    said = cause.orig if isinstance(cause, DBAPIError) else cause
    return StoreError(
        Label(f"记录数据库拒绝了操作：{said}", f"the database of records refused: {said}"),
        where=url.render_as_string(hide_password=True),
        expected=Label("可访问、完好的数据库和符合约束的记录", "a reachable, sound database and rows that keep its rules"),
        remedy=remedy
        or Label("检查地址、权限和记录内容；未作任何改动", "check address, permissions and rows; nothing was changed"),
    )
