"""Engines beside DuckDB: Apache Spark and Sail, on this machine or a cluster, by the same portable SQL.

Invariant: a text is translated by `dialects.translate` and changed in no other way; a server that is started here
listens on the loopback address only and ends with its engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.store.dialects import translate
from dafeng.store.engine import LocalEngine, refused

ENGINES = ("duckdb", "spark", "sail")
"""Engines that `open_engine` knows."""
LOOPBACK = "127.0.0.1"
"""The only address that a server started here listens on."""
PIECES = 8
"""Pieces into which Spark divides rows on one machine."""
_FAILURES: Mapping[str, str] = {"pyspark.errors": "PySparkException", "py4j.protocol": "Py4JError", "grpc": "RpcError"}


class SparkEngine:
    """Apache Spark 4; use it in a ``with`` block or close it.

    Parameters
    ----------
    url : str, optional
        ``spark://host:port`` of a cluster, ``sc://host:port`` of a Spark Connect server; without it Spark runs in this
        process.
    threads : int, optional
        Threads where Spark runs in this process.
    memory_mb : int, optional
        Memory of its Java where Spark runs in this process; the first engine of a process decides. [MB]

    Raises
    ------
    SettingError
        If Spark or Java is not installed, or the address is not understood or does not answer.
    """

    def __init__(self, url: str | None = None, *, threads: int = 2, memory_mb: int = 1024) -> None:
        _check_installed("spark")
        if url is not None and not url.startswith(("spark://", "sc://")):
            raise _no_address(url, "spark://host:port, sc://host:port")
        self._kept: list[Any] = []
        self._borrowed = _is_running() and not (url or "").startswith("sc://")
        self._session = _connect(url) if url else _start_spark(f"local[{threads}]", memory_mb)
        _prepare(self._session)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give back what was kept, and end the session unless it ran before."""
        while self._kept:
            self._kept.pop().unpersist()
        if not self._borrowed:
            self._session.stop()

    def register(self, name: str, table: pa.Table) -> None:
        """Make a table known under a name.

        Parameters
        ----------
        name : str
            Name used in SQL.
        table : pyarrow.Table
            The rows; they travel through this process.
        """
        empty = table.num_rows == 0
        rows = pa.table([pa.nulls(1, field.type) for field in table.schema], names=table.schema.names) if empty else table
        frame = self._session.createDataFrame(rows)
        (frame.limit(0) if empty else frame).createOrReplaceTempView(name)

    def query(self, sql: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """Answer of one portable SELECT.

        Parameters
        ----------
        sql : str
            The SELECT, in DuckDB's spelling.
        tables : mapping of str to pyarrow.Table
            Tables known for this question only, besides the registered ones.

        Returns
        -------
        pyarrow.Table
            The answer; its rows are in a fixed order only where the SELECT orders them.

        Raises
        ------
        FormulaError
            If the text is not portable or names an unknown table or column, or the engine fails.
        """
        return self._answer(translate(sql, "spark"), tables)

    def explain(self, sql: str, tables: Mapping[str, pa.Table]) -> str:
        """How the engine would answer.

        Parameters
        ----------
        sql : str
            The SELECT.
        tables : mapping of str to pyarrow.Table
            Tables known for this question only, besides the registered ones.

        Returns
        -------
        str
            The engine's plan, as text.

        Raises
        ------
        FormulaError
            As for `query`.
        """
        answer = self._answer(f"EXPLAIN {translate(sql, 'spark')}", tables)
        return "\n".join(answer.column("plan").to_pylist())

    def open_files(self, name: str, files: Sequence[Path], *, root: Path | None = None, repeated: Sequence[str] = ()) -> None:
        """Make the rows of Parquet files known under a name, without holding them.

        Parameters
        ----------
        name : str
            Name used in SQL.
        files : sequence of Path
            The files, where the engine sees them under the same path; all have the same columns.
        root : Path, optional
            Folder whose sub-folders ``column=value`` are columns too; all its Parquet files are read.
        repeated : sequence of str
            Columns whose texts repeat; Spark finds out itself.

        Raises
        ------
        FormulaError
            If a file cannot be read.
        """
        paths = [str(path) for path in files] if root is None else [str(root)]
        try:
            self._session.read.parquet(*paths).createOrReplaceTempView(name)
        except _failures() as cause:
            raise refused(f"read {', '.join(paths[:3])}", cause) from cause

    def materialise(self, name: str, sql: str) -> None:
        """Answer a portable SELECT once and keep the answer under a name, where it was computed.

        Parameters
        ----------
        name : str
            Name used in SQL.
        sql : str
            The SELECT.

        Raises
        ------
        FormulaError
            As for `query`; also later, since Spark computes the answer when it is first asked for.
        """
        try:
            frame = self._session.sql(translate(sql, "spark")).cache()
            self._kept.append(frame)
            frame.createOrReplaceTempView(name)
        except _failures() as cause:
            raise refused(sql, cause) from cause

    def _answer(self, spelled: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        for name, table in tables.items():
            self.register(name, table)
        try:
            return self._session.sql(spelled).toArrow()
        except _failures() as cause:
            raise refused(spelled, cause) from cause
        finally:
            for name in tables:
                self._session.catalog.dropTempView(name)


class SailEngine(SparkEngine):
    """Sail, which speaks Spark's protocol without Java; use it in a ``with`` block or close it, one at a time in a process.

    Its sums of DECIMAL wrap around silently beyond 38 digits (Sail 0.7.2, measured): a question must bound them itself,
    as `dafeng.store.accounting` does.

    Parameters
    ----------
    url : str, optional
        ``sc://host:port`` of a server; without it one is started in this process.

    Raises
    ------
    SettingError
        If Sail is not installed, or the address is not understood or does not answer.
    """

    def __init__(self, url: str | None = None) -> None:
        _check_installed("sail")
        if url is not None and not url.startswith("sc://"):
            raise _no_address(url, "sc://host:port")
        self._kept, self._borrowed = [], False
        self._server: Any = None if url else _start_sail()
        self._session = _connect(url or _address(self._server))
        _prepare(self._session)

    def close(self) -> None:
        """End the session, and the server that was started for it."""
        super().close()
        if self._server is not None:
            self._server.stop()

    def materialise(self, name: str, sql: str) -> None:
        """Answer a portable SELECT once and keep the answer under a name; it travels through this process.

        Parameters
        ----------
        name : str
            Name used in SQL.
        sql : str
            The SELECT.

        Raises
        ------
        FormulaError
            As for `query`.
        """
        self.register(name, self.query(sql, {}))


def open_engine(
    name: str, *, url: str | None = None, memory_mb: int = 1024, threads: int = 2, folders: Iterable[Path] = ()
) -> LocalEngine | SparkEngine:
    """Engine of a name.

    Parameters
    ----------
    name : {"duckdb", "spark", "sail"}
        Which one.
    url : str, optional
        Address of a running Spark or Sail.
    memory_mb : int, optional
        Memory that DuckDB, or Spark on this machine, may take. [MB]
    threads : int, optional
        Threads on this machine.
    folders : iterable of Path, optional
        Folders that DuckDB may read.

    Returns
    -------
    LocalEngine or SparkEngine
        Open; close it.

    Raises
    ------
    SettingError
        If there is no such engine, it is not installed, or the address does not fit.
    """
    if name == "duckdb" and url is None:
        return LocalEngine(memory_mb=memory_mb, threads=threads, folders=tuple(folders))
    if name == "spark":
        return SparkEngine(url, threads=threads, memory_mb=memory_mb)
    if name == "sail":
        return SailEngine(url)
    raise SettingError(
        Label(f"没有引擎“{name}”，或它不接受地址", f"there is no engine '{name}', or it takes no address"),
        where="engine",
        expected=Label("、".join(ENGINES), ", ".join(ENGINES)),
        remedy=Label("选用其中之一；duckdb 不带地址", "choose one of them; duckdb has no address"),
    )


def _start_spark(master: str, memory_mb: int) -> Any:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", LOOPBACK)
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": LOOPBACK,
        "spark.driver.host": LOOPBACK,
        "spark.driver.memory": f"{memory_mb}m",
        "spark.sql.shuffle.partitions": str(PIECES),
        "spark.log.level": "ERROR",
    }
    try:
        return SparkSession.builder.master(master).config(map=settings).getOrCreate()
    except PySparkException as cause:
        raise SettingError(
            Label(f"Spark 无法启动：{cause}", f"Spark does not start: {cause}"),
            where="spark",
            expected=Label("Java 17 或更高版本（环境变量 JAVA_HOME 或 PATH）", "Java 17 or newer, by JAVA_HOME or PATH"),
            remedy=Label("安装 Java，或改用 duckdb、sail", "install Java, or take duckdb or sail"),
        ) from cause


def _is_running() -> bool:
    """Whether this process has a Spark that somebody else started."""
    from pyspark.sql import SparkSession

    return find_spec("py4j") is not None and SparkSession.getActiveSession() is not None


def _start_sail() -> Any:
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer(ip=LOOPBACK, port=0)
    server.start(background=True)
    return server


def _address(server: Any) -> str:
    return f"sc://{LOOPBACK}:{server.listening_address[1]}"


def _connect(url: str) -> Any:
    from pyspark.sql import SparkSession

    if url.startswith("spark://"):
        return SparkSession.builder.master(url).getOrCreate()
    try:
        session = SparkSession.builder.remote(url).getOrCreate()
        session.version  # noqa: B018 - asks the server
    except _failures() as cause:
        raise _no_address(url, "sc://host:port") from cause
    return session


def _prepare(session: Any) -> None:
    """Overflow is an error, and instants are in UTC."""
    session.conf.set("spark.sql.ansi.enabled", "true")
    session.conf.set("spark.sql.session.timeZone", "UTC")


def _failures() -> tuple[type[Exception], ...]:
    """What a session may raise: Python's, Java's and the network's errors, as far as they are installed."""
    found = [(name, error) for name, error in _FAILURES.items() if find_spec(name.split(".")[0])]
    return tuple(getattr(import_module(name), error) for name, error in found)


def _check_installed(name: str) -> None:
    needed = ("pyspark", "pysail") if name == "sail" else ("pyspark",)
    lacking = [module for module in needed if find_spec(module) is None]
    if lacking:
        raise SettingError(
            Label(f"没有安装 {'、'.join(lacking)}", f"{', '.join(lacking)} is not installed"),
            where=name,
            expected=Label(f"附加组件 {name}", f"the extra '{name}'"),
            remedy=Label(
                f"另建环境并安装 dafeng[{name}]（spark 与 sail 不能同装）",
                f"install dafeng[{name}] in an environment of its own (spark and sail exclude each other)",
            ),
        )


def _no_address(url: str, expected: str) -> SettingError:
    return SettingError(
        Label(f"地址“{url}”不能用，或没有应答", f"the address '{url}' cannot be used or does not answer"),
        where="url",
        expected=Label(expected, expected),
        remedy=Label("检查地址和服务，或不给地址以在本机运行", "check address and server, or leave it out to run here"),
    )
