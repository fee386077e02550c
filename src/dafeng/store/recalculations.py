"""The log of recalculations of a city: one CSV file to which rows are added and from which none is taken.

Invariant: the file is there whole or as it was; what stands in it stays, byte for byte.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.store.files import write_whole

FILE = "recalculations.csv"
"""Name of the log in the city folder."""
COLUMNS = (
    *("at", "who", "since", "year", "category", "quantity", "unit", "before", "after"),
    *("activity", "factor", "method", "boundary"),
)
"""Columns of the log; amounts are decimal text, empty where there is none."""


def read_log(folder: Path) -> tuple[Mapping[str, str], ...]:
    """Rows of the log in the order they were written.

    Parameters
    ----------
    folder : Path
        City folder.

    Returns
    -------
    tuple of mapping
        Text by column; none where the city has no log.

    Raises
    ------
    StoreError
        If the file is no log.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as cause:
        raise _damaged(path, str(cause)) from cause
    if not rows or tuple(rows[0]) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise _damaged(path, "columns")
    return tuple(dict(zip(COLUMNS, row, strict=True)) for row in rows[1:])


def append_log(folder: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Add rows to the log.

    Parameters
    ----------
    folder : Path
        City folder.
    rows : iterable of mapping
        Text by column.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    StoreError
        If the file that is there is no log.
    """
    path = folder / FILE
    read_log(folder)
    kept = path.read_bytes() if path.is_file() else _lines([dict(zip(COLUMNS, COLUMNS, strict=True))])
    write_whole(path, kept + _lines(rows))
    return path


def _lines(rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([row[column] for column in COLUMNS] for row in rows)
    return text.getvalue().encode("utf-8")


def _damaged(path: Path, said: str) -> StoreError:
    listed = ",".join(COLUMNS)
    return StoreError(
        Label(f"重算日志无法读取：{said}", f"the log of recalculations cannot be read: {said}"),
        where=str(path),
        expected=Label(f"表头 {listed}", f"the header {listed}"),
        remedy=Label("从备份恢复该文件，不要手工修改", "restore the file from a backup; do not edit it by hand"),
    )
