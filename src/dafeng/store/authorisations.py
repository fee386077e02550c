"""The log of authorisations of a city: who allowed whom to see what, what was withdrawn, handed out and refused.

Invariant: rows are added and never changed; each carries the hash of the one before, so that an edited row is found.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from dafeng.store.files import damaged, hash_bytes, lock, write_whole

FOLDER = "authorisations"
"""Private folder of a city."""
FILE = "log.csv"
COLUMNS = (
    "seq", "at", "event", "id", "owner", "recipient", "purpose", "fields", "until", "who", "evidence", "detail", "previous",
    "hash",
)  # fmt: skip
"""Columns of the log; ``fields`` and ``detail`` are JSON."""
ORIGIN = "0" * 64
"""Hash before the first row."""

Row = Mapping[str, str]


def read_authorisations(folder: Path) -> tuple[Row, ...]:
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
        If a row was edited, inserted or removed.
    """
    path = folder / FOLDER / FILE
    if not path.is_file():
        return ()
    try:
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as cause:
        raise damaged(path, str(cause)) from cause
    if not rows or tuple(rows[0]) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise damaged(path, "columns")
    told = tuple(dict(zip(COLUMNS, row, strict=True)) for row in rows[1:])
    before = ORIGIN
    for number, row in enumerate(told, 1):
        if row["seq"] != str(number) or row["previous"] != before or row["hash"] != hash_row(row):
            raise damaged(path, f"row {number}")
        before = row["hash"]
    return told


def hash_row(row: Row) -> str:
    """Hash of a row.

    Parameters
    ----------
    row : mapping
        Text by column.

    Returns
    -------
    str
        64 hexadecimal digits over all columns before it.
    """
    return hash_bytes(json.dumps([row[name] for name in COLUMNS[:-1]], ensure_ascii=False).encode())


@contextmanager
def hold_authorisations(folder: Path) -> Iterator[AuthorisationLog]:
    """Hold the log of a city as its only writer.

    Parameters
    ----------
    folder : Path
        City folder.

    Yields
    ------
    AuthorisationLog
        The log as it is now.

    Raises
    ------
    StoreError
        If a row was edited, or another writer holds it too long.
    """
    with lock(folder / FOLDER):
        yield AuthorisationLog(folder)


class AuthorisationLog:
    """The log; write to it only while it is held, see `hold_authorisations`.

    Parameters
    ----------
    folder : Path
        City folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = list(read_authorisations(folder))

    def add(self, row: Row) -> Row:
        """Add a row; it is on the disk when this returns.

        Parameters
        ----------
        row : mapping
            Text by column, without ``seq``, ``previous`` and ``hash``; what it lacks is empty.

        Returns
        -------
        mapping
            The row as it was written.
        """
        told = {name: row.get(name, "") for name in COLUMNS}
        told["seq"] = str(len(self.rows) + 1)
        told["previous"] = self.rows[-1]["hash"] if self.rows else ORIGIN
        told["hash"] = hash_row(told)
        self.rows.append(told)
        write_whole(self.folder / FOLDER / FILE, _lines(self.rows))
        return told


def _lines(rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([row[name] for name in COLUMNS] for row in rows)
    return text.getvalue().encode("utf-8")
