"""A bulk account as a document and as files.

Invariant: numbers are written as exact decimal texts; the files appear whole or not at all, and the manifest names the
hashes of what went in and what came out.
"""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.store.accounting import KEYS_SQL, LACKING_SQL, TOTALS_SQL, cells_sql
from dafeng.store.files import hash_bytes, hash_file, seal, write_whole
from dafeng.store.parts import write_table
from dafeng.work.aggregate import Aggregate

FORMAT = 1
"""Form of the manifest."""
_PACKAGES = ("duckdb", "pyspark", "pysail", "sqlglot", "pyarrow")


def aggregate_document(found: Aggregate) -> dict[str, Any]:
    """A bulk account as JSON-able data.

    Parameters
    ----------
    found : Aggregate
        The account.

    Returns
    -------
    dict
        ``rows``, ``results``, ``unaccounted``, ``findings`` and how it was computed; amounts as exact texts.
    """
    return {
        "engine": found.engine,
        "package": found.package,
        "edition": found.edition,
        "by": found.by,
        "rows": asdict(found.rows),
        "results": _rows(found.results),
        "unaccounted": _rows(found.unaccounted),
        "findings": [asdict(finding) for finding in found.findings],
    }


def save_aggregate(found: Aggregate, file: Path) -> tuple[Path, ...]:
    """Write a bulk account as Parquet files with a manifest.

    Parameters
    ----------
    found : Aggregate
        The account.
    file : Path
        ``NAME.parquet``; what has no result goes to ``NAME.unaccounted.parquet``, the composed factors of all keys to
        ``NAME.factors.parquet``, hashes, versions and options to ``NAME.manifest.json``.

    Returns
    -------
    tuple of Path
        The files written; the manifest comes last, so that it never names a file that is not there.

    Raises
    ------
    SettingError
        If the name does not end in ``.parquet``.
    """
    if file.suffix != ".parquet":
        raise SettingError(
            Label(f"“{file.name}”不是 Parquet 文件名", f"'{file.name}' is no name of a Parquet file"),
            where="out",
            expected=Label("以 .parquet 结尾的文件名", "a name that ends in .parquet"),
            remedy=Label("改正该选项", "correct the option"),
        )
    tables = {"": found.results, ".unaccounted": found.unaccounted, ".factors": found.factors}
    contents = {file.with_suffix(f"{part}.parquet"): write_table(table) for part, table in tables.items()}
    for path, content in contents.items():
        write_whole(path, content)
    manifest = file.with_suffix(".manifest.json")
    write_whole(manifest, seal(_manifest(found, {path.name: hash_bytes(content) for path, content in contents.items()})))
    return (*contents, manifest)


def _manifest(found: Aggregate, written: dict[str, str]) -> dict[str, Any]:
    kernels = (cells_sql(found.intake.columns, year=found.year), KEYS_SQL, TOTALS_SQL, LACKING_SQL)
    inputs = {
        path.name if path.parent == _top(found) else str(path.relative_to(_top(found))): path for path in found.intake.files
    }
    return {
        "format": FORMAT,
        "inputs": {name: hash_file(path) for name, path in inputs.items()},
        "outputs": written,
        "kernels": hash_bytes("".join(kernels).encode()),
        "options": {
            "engine": found.engine,
            "package": found.package,
            "edition": found.edition,
            "by": found.by,
            "year": found.year,
        },
        "versions": {name: version(name) for name in ("dafeng", *_PACKAGES) if name == "dafeng" or find_spec(name)},
        "rows": asdict(found.rows),
    }


def _top(found: Aggregate) -> Path:
    """Folder that holds all files that were read, so that the manifest names no folder of this machine."""
    parents = [set(path.parents) for path in found.intake.files]
    return max(set.intersection(*parents), key=lambda path: len(path.parts)) if parents else Path()


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    return [
        {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in row.items()}
        for row in table.to_pylist()
    ]
