"""The Parquet files of a store of facts: written whole, named by their content, checked when opened.

Invariant: a part's name is the hash of its bytes, so a part is never overwritten by another content.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dafeng.store.files import TEMPORARY, damaged, hash_bytes, sync_folder, write_durably
from dafeng.store.lots import Part

ROWS = 262_144
"""Facts in one part at most."""
GROUP_ROWS = 65_536
"""Facts in one row group at most: what a question about one indicator has to read."""
BOUNDED = ("indicator", "place", "period")


def write_table(table: pa.Table) -> bytes:
    """A table as the bytes of a Parquet file; the same table gives the same bytes.

    Parameters
    ----------
    table : pyarrow.Table
        The table.

    Returns
    -------
    bytes
        The file.
    """
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", row_group_size=GROUP_ROWS)
    return bytes(sink.getvalue())


def write_parts(
    folder: Path, table: pa.Table, order: pa.ChunkedArray, *, repeats: bool = False, earlier: bool = False
) -> tuple[Part, ...]:
    """Write facts as parts that are on disk when this returns.

    Parameters
    ----------
    folder : Path
        The store.
    table : pyarrow.Table
        FACTS.
    order : pyarrow.ChunkedArray
        Which rows to write, in this order.
    repeats, earlier : bool, optional
        What the parts say of themselves, see `dafeng.store.lots.Part`.

    Returns
    -------
    tuple of Part
        What was written; nobody sees it before it stands in the manifest.
    """
    pieces = (table.take(order.slice(start, ROWS)) for start in range(0, len(order), ROWS))
    parts = tuple(replace(_write_part(folder, piece), repeats=repeats, earlier=earlier) for piece in pieces)
    if parts:
        sync_folder(folder)
    return parts


def _write_part(folder: Path, table: pa.Table) -> Part:
    content = write_table(table)
    part = _describe(content, table)
    temporary = folder / f".{part.name}{TEMPORARY}"
    write_durably(temporary, content)
    temporary.replace(folder / part.name)
    return part


def _describe(content: bytes, table: pa.Table) -> Part:
    ends = {name: pc.min_max(table.column(name)).as_py() for name in BOUNDED}
    return Part(
        sha256=hash_bytes(content),
        size=len(content),
        rows=table.num_rows,
        superseding=table.num_rows - table.column("supersedes").null_count,
        known_from=pc.min(table.column("known_at")).as_py().astimezone(UTC),
        lowest={name: end["min"] for name, end in ends.items()},
        highest={name: end["max"] for name, end in ends.items()},
    )


def read_table(path: Path) -> pa.Table:
    """A table from a Parquet file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    pyarrow.Table
        As it was written.

    Raises
    ------
    StoreError
        If the file is missing or is no Parquet file.
    """
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return file.read()
    except (OSError, pa.ArrowInvalid) as cause:
        raise damaged(path, str(cause)) from cause


def is_part(path: Path) -> bool:
    """Whether a file can only have been written by a store: a part, or one half written.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    bool
        By its name.
    """
    stem = path.name.removesuffix(".parquet")
    named = len(stem) == 64 and not set(stem) - set("0123456789abcdef")
    return named or path.name.endswith(TEMPORARY)


def sweep_parts(folder: Path, keep: Collection[str]) -> None:
    """Remove what killed writers left; hold the lock.

    Parameters
    ----------
    folder : Path
        The store.
    keep : collection of str
        Names that stand in the manifest.
    """
    for path in sorted(folder.iterdir()):
        if is_part(path) and path.name not in keep:
            path.unlink()
