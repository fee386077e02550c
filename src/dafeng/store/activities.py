# ruff: noqa: S608 - the texts are made of declared names, spelled paths and quoted literals
"""Files of activity rows: Parquet in the declared types is read where it lies, anything else is brought into them once.

Invariant: an amount is never guessed. What is no number, too large or finer than six places is counted by kind; a binary
number is taken by its shortest decimal spelling, always by the same engine, so that all engines see the same digits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from dafeng.core.errors import FileRefused, FormulaError
from dafeng.core.labels import Label
from dafeng.core.tables import ACTIVITIES
from dafeng.store.engine import Engine, LocalEngine, spell_path
from dafeng.store.views import quote, read_files

REQUIRED = ("place", "year", "category", "carrier", "amount", "unit")
"""Columns without which rows mean nothing."""
DEFECTS = ("blank", "number", "large", "fine")
"""Kinds of amounts that cannot be taken as they are: none, no number, 10 ** 13 or more, more than six places."""
STAGED = "activities.parquet"
_TABLE = "delivered"
_SUFFIXES = (".parquet", ".csv")


@dataclass(frozen=True, slots=True)
class Intake:
    """What an engine was given to sum.

    Parameters
    ----------
    files : tuple of Path
        Files that were delivered; empty for a table in memory.
    columns : frozenset of str
        Columns of ``ACTIVITIES`` that the rows have.
    staged : bool
        Whether the rows were brought into the declared types first.
    defects : mapping of str to int
        Rows by kind of defect (``DEFECTS``); only where they were staged. [rows]
    """

    files: tuple[Path, ...]
    columns: frozenset[str]
    staged: bool = False
    defects: Mapping[str, int] = field(default_factory=dict)


def take_in(
    engine: Engine,
    rows: pa.Table | Sequence[Path],
    *,
    scratch: Path,
    spellings: Mapping[str, str],
    memory_mb: int = 512,
    threads: int = 2,
) -> Intake:
    """Make activity rows known to an engine as ``activities``.

    Parameters
    ----------
    engine : Engine
        Which will sum them.
    rows : pyarrow.Table or sequence of Path
        Rows, or Parquet or CSV files and folders of Parquet.
    scratch : Path
        Empty folder for rows that are brought into the declared types; the engine must see it.
    spellings : mapping of str to str
        Column by heading, in lower case.
    memory_mb, threads : int
        What the conversion may take. [MB, threads]

    Returns
    -------
    Intake
        What was taken in.

    Raises
    ------
    FileRefused
        If there is no file, a file cannot be read, or a required column is missing.
    """
    if isinstance(rows, pa.Table):
        if _is_declared(rows.schema, ()):
            engine.register("activities", rows)
            return Intake((), frozenset(rows.schema.names))
        with LocalEngine(memory_mb=memory_mb, threads=threads, folders=[scratch]) as converter:
            converter.register(_TABLE, rows)
            return _staged(engine, converter, scratch, spellings, (), None)
    files, root = list_files(rows)
    parted = _partitions(files[0], root)
    if all(path.suffix == ".parquet" and _is_declared(_read_schema(path), parted) for path in files):
        columns = frozenset((*_read_schema(files[0]).names, *parted))
        engine.open_files("activities", files, root=root if parted else None, repeated=_repeated(columns))
        return Intake(files, columns)
    folders = [scratch, *{path.parent for path in files}]
    with LocalEngine(memory_mb=memory_mb, threads=threads, folders=folders) as converter:
        _define(converter, files, hive=bool(parted))
        return _staged(engine, converter, scratch, spellings, files, files[0] if len(files) == 1 else None)


def list_files(paths: Sequence[Path]) -> tuple[tuple[Path, ...], Path | None]:
    """Files of a delivery.

    Parameters
    ----------
    paths : sequence of Path
        Parquet or CSV files of one kind, or one folder of Parquet, also with sub-folders ``column=value``.

    Returns
    -------
    tuple of Path, Path or None
        The files, sorted, and the folder if there is one.

    Raises
    ------
    FileRefused
        If there is none, a path does not exist, or kinds are mixed.
    """
    for path in paths:
        if not path.exists():
            raise _refusal(path, Label("不存在", "does not exist"), Label("检查路径", "check the path"))
    found = [file for path in paths for file in (sorted(path.rglob("*.parquet")) if path.is_dir() else [path])]
    kinds = {path.suffix for path in found}
    folders = [path for path in paths if path.is_dir()]
    if len(kinds) != 1 or not kinds.issubset(_SUFFIXES) or (folders and len(paths) > 1):
        raise _refusal(
            paths[0] if paths else Path(),
            Label(f"{len(found)} 个文件，类型 {sorted(kinds)}", f"{len(found)} files of the kinds {sorted(kinds)}"),
            Label(
                "给出若干 Parquet 文件、若干 CSV 文件，或一个 Parquet 文件夹", "give Parquet files, CSV files, or one folder"
            ),
        )
    return tuple(path.resolve() for path in found), folders[0].resolve() if folders else None


def _partitions(file: Path, root: Path | None) -> tuple[str, ...]:
    """Columns that the folders between root and file name."""
    parts = file.relative_to(root).parts[:-1] if root else ()
    return tuple(part.split("=", 1)[0] for part in parts if "=" in part)


def _is_declared(schema: pa.Schema, parted: Collection[str]) -> bool:
    """Whether every engine can take the rows as they are."""
    kinds = {name: schema.field(name).type for name in schema.names}
    wanted = [column for column in ACTIVITIES.columns if column.name in kinds and column.name not in parted]
    if not {*REQUIRED, "source"} <= {*kinds, *parted} or "amount" in parted:
        return False
    return all(_fits(kinds[column.name], column.kind) for column in wanted)


def _fits(kind: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_decimal(wanted):
        return bool(pa.types.is_decimal128(kind) and kind.scale <= wanted.scale)
    if pa.types.is_integer(wanted):
        return bool(pa.types.is_integer(kind))
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _read_schema(path: Path) -> pa.Schema:
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException) as cause:
        raise _refusal(path, Label(f"{cause}", f"{cause}"), Label("重新导出为 Parquet", "export it to Parquet anew")) from cause


def _define(converter: LocalEngine, files: Sequence[Path], *, hive: bool) -> None:
    listed = ", ".join(quote(spell_path(path)) for path in files)
    if files[0].suffix == ".csv":
        sql = f"SELECT * FROM read_csv([{listed}], all_varchar = true, header = true, union_by_name = true, filename = true)"
    else:
        given = f"hive_partitioning = {str(hive).lower()}, union_by_name = true, filename = true"
        sql = f"SELECT * FROM read_parquet([{listed}], {given})"
    try:
        converter.define(_TABLE, sql)
    except FormulaError as cause:
        remedy = Label("存为 UTF-8 编码的 CSV 或 Parquet，首行为列名", "save as CSV in UTF-8 with headings, or as Parquet")
        raise _refusal(files[0], cause.what, remedy) from cause


def _staged(
    engine: Engine,
    converter: LocalEngine,
    scratch: Path,
    spellings: Mapping[str, str],
    files: tuple[Path, ...],
    single: Path | None,
) -> Intake:
    """Bring rows into the declared types, and count what could not be brought."""
    at = single or (files[0].parent if files else Path("rows"))
    names = converter.scan(f"SELECT * FROM {_TABLE} LIMIT 0").schema.names
    columns = _recognised(names, spellings, at)
    target = scratch / STAGED
    try:
        converter.write(_conversion(columns), target)
        counts = converter.scan(f"SELECT s.defect, COUNT(*) AS row_count FROM {read_files([target])} AS s GROUP BY s.defect")
    except FormulaError as cause:
        remedy = Label("存为 UTF-8 编码的 CSV 或 Parquet，首行为列名", "save as CSV in UTF-8 with headings, or as Parquet")
        raise _refusal(at, cause.what, remedy) from cause
    defects = {row["defect"]: row["row_count"] for row in counts.to_pylist() if row["defect"] is not None}
    delivered = frozenset((*columns, "source"))
    engine.open_files("activities", [target], repeated=_repeated(delivered))
    return Intake(files, delivered, staged=True, defects=defects)


def _repeated(columns: Collection[str]) -> tuple[str, ...]:
    """Columns whose texts stand in many rows."""
    return tuple(name for name in ("place", "category", "carrier", "flow", "unit", "source") if name in columns)


def _recognised(names: Sequence[str], spellings: Mapping[str, str], at: Path) -> dict[str, str]:
    """Heading by column; the first heading that means a column is taken."""
    found: dict[str, str] = {}
    for name in names:
        column = spellings.get(name.strip().lower())
        if column is not None:
            found.setdefault(column, name)
    lacking = [column for column in REQUIRED if column not in found]
    if lacking:
        raise _refusal(
            at,
            Label(
                f"缺少列 {'、'.join(lacking)}（现有 {'、'.join(names)}）",
                f"lacks {', '.join(lacking)} among {', '.join(names)}",
            ),
            Label("补上这些列", "add these columns"),
        )
    if "source" not in found and "filename" in names:
        found["source"] = "filename"
    return found


def _conversion(columns: Mapping[str, str]) -> str:
    """SQL of the rows in the declared types with the kind of defect of their amount."""
    spelled = {column: '"' + name.replace('"', '""') + '"' for column, name in columns.items()}
    texts = [f"NULLIF(TRIM(CAST(d.{name} AS VARCHAR)), '') AS {column}" for column, name in spelled.items()]
    kept = [column for column in columns if column not in ("year", "amount", "source")]
    source = "regexp_replace(t.source, '^.*/', '')" if columns.get("source") == "filename" else "t.source"
    exact = "TRY_CAST(t.amount AS DECIMAL(38, 18))"
    return f"""
SELECT {", ".join(f"t.{column} AS {column}" for column in kept)},
  TRY_CAST(regexp_extract(t.year, '^([0-9]{{4}})([^0-9]|$)', 1) AS INTEGER) AS year,
  {source if "source" in columns else "''"} AS source, TRY_CAST({exact} AS DECIMAL(19, 6)) AS amount,
  CASE WHEN t.amount IS NULL THEN 'blank' WHEN {exact} IS NULL THEN 'number'
    WHEN TRY_CAST({exact} AS DECIMAL(19, 6)) IS NULL THEN 'large'
    WHEN {exact} <> CAST(TRY_CAST({exact} AS DECIMAL(19, 6)) AS DECIMAL(38, 18)) THEN 'fine' END AS defect
FROM (SELECT {", ".join(texts)} FROM {_TABLE} AS d) AS t"""


def _refusal(path: Path, says: Label, remedy: Label) -> FileRefused:
    return FileRefused(
        says,
        where=path.name,
        expected=Label(
            "列 place、year、category、carrier、amount、unit、source", "place, year, category, carrier, amount, unit, source"
        ),
        remedy=remedy,
    )
