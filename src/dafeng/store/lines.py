"""Long lists of JSON-able rows of which a window is read at a time: in memory, or as a file of lines.

Invariant: reading a window reads that window only; a file of lines is written whole before anything names it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dafeng.store.files import damaged, write_whole

Row = dict[str, Any]
EVERY = 50
"""Rows from one noted place of a file to the next."""


class Lines(Protocol):
    """Rows of which a window can be read."""

    @property
    def count(self) -> int:
        """Number of rows."""

    def window(self, first: int, most: int) -> list[Row]:
        """Some rows, one after another.

        Parameters
        ----------
        first : int
            The first one, from 0.
        most : int
            How many at most.

        Returns
        -------
        list of dict
            Fewer where the rows end before.
        """


@dataclass(frozen=True, slots=True)
class KeptLines:
    """Rows in memory.

    Parameters
    ----------
    rows : sequence of dict
        The rows.
    """

    rows: Sequence[Row]

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def window(self, first: int, most: int) -> list[Row]:
        """As `Lines.window`.

        Parameters
        ----------
        first, most : int
            Where to begin, from 0, and how many.

        Returns
        -------
        list of dict
            The rows.
        """
        return list(self.rows[first : first + most])


@dataclass(frozen=True, slots=True)
class FiledLines:
    """Rows in a file, one a line.

    Parameters
    ----------
    path : Path
        The file.
    count : int
        Number of rows.
    places : tuple of int
        Where every fiftieth row begins. [bytes]
    """

    path: Path
    count: int
    places: tuple[int, ...]

    def window(self, first: int, most: int) -> list[Row]:
        """As `Lines.window`.

        Parameters
        ----------
        first, most : int
            Where to begin, from 0, and how many.

        Returns
        -------
        list of dict
            The rows.

        Raises
        ------
        StoreError
            If the file is not what was written.
        """
        wanted = max(0, min(most, self.count - first))
        if wanted == 0:
            return []
        try:
            with self.path.open("rb") as stream:
                stream.seek(self.places[first // EVERY])
                for _ in range(first % EVERY):
                    stream.readline()
                return [dict(json.loads(stream.readline())) for _ in range(wanted)]
        except (OSError, ValueError, TypeError) as cause:
            raise damaged(self.path, f"{type(cause).__name__}: {cause}") from cause


def write_lines(path: Path, rows: Iterable[Row]) -> FiledLines:
    """Keep rows in a file.

    Parameters
    ----------
    path : Path
        Where to; nothing may name it yet.
    rows : iterable of dict
        JSON-able rows.

    Returns
    -------
    FiledLines
        The rows as they are read again.
    """
    content, places, count = bytearray(), [], 0
    for row in rows:
        if count % EVERY == 0:
            places.append(len(content))
        content += json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        count += 1
    write_whole(path, bytes(content))
    return FiledLines(path, count, tuple(places))
