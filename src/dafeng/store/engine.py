"""The engine that answers SQL over tables: DuckDB inside this process.

Invariant: the engine reads only what was registered and the folders it was given, never the network; it downloads
no extension; sums of DECIMAL are the same for every number of threads and every order of rows.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import pyarrow as pa

from dafeng.core.errors import FormulaError, SettingError
from dafeng.core.labels import Label
from dafeng.store.dialects import check_portable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_MB = 512
"""Memory an engine may take before it spills to disk. [MB]"""
THREADS = 2
"""Threads an engine may use."""

WORDS = 65_536
"""Different texts that two bytes tell apart."""
SAMPLE = 100_000
"""Rows from which it is seen whether neighbours differ."""

BATCH = 65_536
"""Rows that leave the engine at a time, so that a large answer is not held twice."""


class Engine(Protocol):
    """What every engine can do, in this process or on a cluster."""

    def register(self, name: str, table: pa.Table) -> None:
        """Make a table known under a name.

        Parameters
        ----------
        name : str
            Name used in SQL.
        table : pyarrow.Table
            The rows.
        """

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
        """

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
        """

    def open_files(self, name: str, files: Sequence[Path], *, root: Path | None = None, repeated: Sequence[str] = ()) -> None:
        """Make the rows of Parquet files known under a name, without holding them.

        Parameters
        ----------
        name : str
            Name used in SQL.
        files : sequence of Path
            The files; all have the same columns.
        root : Path, optional
            Folder whose sub-folders ``column=value`` are columns too.
        repeated : sequence of str
            Columns whose texts repeat; an engine may hold them as it likes, the answers are the same.
        """

    def materialise(self, name: str, sql: str) -> None:
        """Answer a portable SELECT once and keep the answer under a name.

        Parameters
        ----------
        name : str
            Name used in SQL.
        sql : str
            The SELECT, in DuckDB's spelling.
        """


class LocalEngine:
    """DuckDB in this process; use it in a ``with`` block or close it.

    Parameters
    ----------
    memory_mb : int, optional
        Memory before it spills to a temporary folder. [MB]
    threads : int, optional
        Threads.
    folders : sequence of Path, optional
        Folders whose files internal questions may read; none by default.

    Raises
    ------
    SettingError
        If memory or threads are not positive.
    """

    def __init__(self, *, memory_mb: int = MEMORY_MB, threads: int = THREADS, folders: Sequence[Path] = ()) -> None:
        import duckdb

        _check_positive("memory_mb", memory_mb)
        _check_positive("threads", threads)
        self._connection: DuckDBPyConnection = duckdb.connect(":memory:", config=_settings(memory_mb, threads))
        allowed = [spelled + os.sep for folder in folders for spelled in _spellings(folder)]
        for statement, value in (
            ("SET TimeZone = 'UTC'", None),
            ("SET python_enable_replacements = false", None),
            ("SET enable_progress_bar = false", None),
            ("SET allowed_directories = ?", [allowed]),
            ("SET enable_external_access = false", None),
            ("SET lock_configuration = true", None),
        ):
            self._connection.execute(statement, value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give back memory and temporary files."""
        self._connection.close()

    def register(self, name: str, table: pa.Table) -> None:
        """Make a table known under a name.

        Parameters
        ----------
        name : str
            Name used in SQL.
        table : pyarrow.Table
            The rows.
        """
        self._connection.register(name, table)

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
            If the text is not portable, names an unknown table or column, or a sum overflows.
        """
        return self._with_tables(check_portable(sql), tables)

    def explain(self, sql: str, tables: Mapping[str, pa.Table]) -> str:
        """How DuckDB would answer.

        Parameters
        ----------
        sql : str
            The SELECT.
        tables : mapping of str to pyarrow.Table
            Tables known for this question only, besides the registered ones.

        Returns
        -------
        str
            DuckDB's plan, drawn as text.

        Raises
        ------
        FormulaError
            As for `query`.
        """
        answer = self._with_tables(f"EXPLAIN {check_portable(sql)}", tables)
        return "\n".join(answer.column("explain_value").to_pylist())

    def open_files(self, name: str, files: Sequence[Path], *, root: Path | None = None, repeated: Sequence[str] = ()) -> None:
        """Make the rows of Parquet files known under a name, without holding them.

        Parameters
        ----------
        name : str
            Name used in SQL.
        files : sequence of Path
            The files, in the folders that the engine was given; all have the same columns.
        root : Path, optional
            Folder whose sub-folders ``column=value`` are columns too.
        repeated : sequence of str
            Columns of texts. Where neighbouring rows differ in them, those with at most ``WORDS`` different texts are held as
            numbers of two bytes, which group in two thirds of the time.

        Raises
        ------
        FormulaError
            If a file cannot be read.
        """
        listed = ", ".join("'" + spell_path(path).replace("'", "''") + "'" for path in files)
        hive = "true" if root is not None else "false"
        rows = f"SELECT * FROM read_parquet([{listed}], hive_partitioning = {hive}, hive_types_autocast = false)"  # noqa: S608
        self.define(name, rows)
        mixed = bool(repeated) and self._is_mixed(name, repeated)
        numbered = [column for column in repeated if mixed and self._number(name, column)]
        if numbered:
            columns = ", ".join(f"TRY_CAST({column} AS {name}_{column}) AS {column}" for column in numbered)
            self.define(name, f"SELECT * REPLACE ({columns}) FROM ({rows})")  # noqa: S608

    def materialise(self, name: str, sql: str) -> None:
        """Answer a portable SELECT once and keep the answer under a name, on disk where memory is short.

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
        self._execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {check_portable(sql)}", ())

    def write(self, sql: str, file: Path) -> None:
        """Write the answer of a question as Parquet, without holding it in memory; for the store's own modules.

        Parameters
        ----------
        sql : str
            Any SELECT in DuckDB's SQL.
        file : Path
            File to write, in a folder that the engine was given.

        Raises
        ------
        FormulaError
            If DuckDB refuses the text or cannot read or write a file.
        """
        target = str(file).replace("'", "''")
        self._execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)", ())

    def define(self, name: str, sql: str) -> None:
        """Make the answer of a question known under a name, for the store's own modules.

        Parameters
        ----------
        name : str
            Name used in SQL.
        sql : str
            Any SELECT in DuckDB's SQL.

        Raises
        ------
        FormulaError
            If DuckDB refuses the text.
        """
        self._execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}", ())

    def let(self, name: str, value: object) -> None:
        """Give a value a name, read in SQL by ``getvariable``; for the store's own modules.

        Parameters
        ----------
        name : str
            Name of the variable.
        value : object
            Text, number or instant.
        """
        self._execute(f"SET VARIABLE {name} = ?", (value,))

    def scan(self, sql: str) -> pa.Table:
        """Answer of a question in DuckDB's own SQL, for the store's own modules.

        Parameters
        ----------
        sql : str
            Any SELECT, also one that reads files of the allowed folders.

        Returns
        -------
        pyarrow.Table
            The answer.

        Raises
        ------
        FormulaError
            If DuckDB refuses the text or cannot read a file.
        """
        import duckdb

        try:
            return self._connection.sql(sql).to_arrow_reader(BATCH).read_all()
        except (duckdb.Error, pa.ArrowException) as cause:
            raise refused(sql, cause) from cause

    def _is_mixed(self, name: str, columns: Sequence[str]) -> bool:
        """Whether the first rows differ so often that their groups would not stay in the processor's cache."""
        listed = ", ".join(columns)
        first = f"SELECT {listed} FROM {name} LIMIT {SAMPLE}"  # noqa: S608
        return self._count(f"SELECT DISTINCT {listed} FROM ({first})") > SAMPLE // 10  # noqa: S608

    def _number(self, name: str, column: str) -> bool:
        """Make a type of the sorted texts of a column, unless they are too many, so that TRY_CAST loses none of them."""
        words, kind = f"words_{name}_{column}", f"{name}_{column}"
        found = f"SELECT DISTINCT {column} AS word FROM {name} WHERE {column} IS NOT NULL LIMIT {WORDS + 1}"  # noqa: S608
        self._execute(f"CREATE OR REPLACE TEMP TABLE {words} AS {found}", ())
        few = 0 < self._count(f"FROM {words}") <= WORDS
        if few:
            self._execute(f"CREATE OR REPLACE TYPE {kind} AS ENUM (SELECT word FROM {words} ORDER BY word)", ())  # noqa: S608
        self._execute(f"DROP TABLE {words}", ())
        return few

    def _count(self, sql: str) -> int:
        return int(self.scan(f"SELECT COUNT(*) AS count FROM ({sql})").column("count")[0].as_py())  # noqa: S608

    def _execute(self, sql: str, values: Sequence[object]) -> None:
        import duckdb

        try:
            self._connection.execute(sql, list(values))
        except duckdb.Error as cause:
            raise refused(sql, cause) from cause

    def _with_tables(self, sql: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        for name, table in tables.items():
            self.register(name, table)
        try:
            return self.scan(sql)
        finally:
            for name in tables:
                self._connection.unregister(name)


def _spellings(folder: Path) -> set[str]:
    """A folder as its files are asked for and as they are opened: with wildcards in brackets, and plain."""
    return {str(folder), str(folder.resolve()), spell_path(folder), spell_path(folder.resolve())}


def spell_path(path: Path) -> str:
    """A path as DuckDB takes it literally: its wildcards in brackets.

    Parameters
    ----------
    path : Path
        Any path.

    Returns
    -------
    str
        The spelled path.
    """
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def _settings(memory_mb: int, threads: int) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": f"{memory_mb}MB",
        "threads": threads,
        "temp_directory": str(Path(tempfile.gettempdir()) / f"dafeng-spill-{os.getpid()}"),
    }


def _check_positive(name: str, value: int) -> None:
    if value < 1:
        raise SettingError(
            Label(f"{name} = {value} 不是正数", f"{name} = {value} is not positive"),
            where=name,
            expected=Label("正整数", "a positive whole number"),
            remedy=Label("改为正整数，或不设置以用默认值", "give a positive number, or leave it out"),
        )


def refused(sql: str, cause: Exception) -> FormulaError:
    """Error for a text that an engine refuses.

    Parameters
    ----------
    sql : str
        The text.
    cause : Exception
        What the engine said.

    Returns
    -------
    FormulaError
        To be raised by the caller.
    """
    return FormulaError(
        Label(f"引擎拒绝了这条 SQL：{cause}", f"the engine refused this SQL: {cause}"),
        where=" ".join(sql.split())[:120],
        expected=Label("只引用已登记的表和列的 SELECT", "a SELECT over registered tables and columns"),
        remedy=Label("检查表名、列名和数值范围", "check the names of tables and columns and the size of the numbers"),
    )
