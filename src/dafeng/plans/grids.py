"""Tables of a document as grids of cells whose characters keep their places.

Invariant: a grid's script holds its cells in the order of the document, each exactly once; merged cells cover places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dafeng.core.documents import Document, Paragraph
from dafeng.plans.script import Script, clean

MOST_CELLS = 20_000
"""Most cells of one table that are read. [cells]"""
LONGEST_CELL = 5_000
"""Most characters of one cell; a table with more is a layout. [characters]"""
SENTENCE = 30
"""Fewest characters of a cell that is read as text where the table itself is not. [characters]"""


@dataclass(frozen=True)
class Entry:
    """A cell of a grid.

    Parameters
    ----------
    row, column : int
        Upper left place, from 0.
    rows, columns : int
        Extent, at least 1.
    start, end : int
        Its range in the script of the grid. [characters]
    """

    row: int
    column: int
    rows: int
    columns: int
    start: int
    end: int


@dataclass(frozen=True)
class Grid:
    """A table.

    Parameters
    ----------
    script : Script
        Cleaned text of all cells, one after the other.
    entries : tuple of Entry
        Its cells, in the order of the document.
    paragraph : int
        Number of its first paragraph.
    """

    script: Script
    entries: tuple[Entry, ...]
    paragraph: int

    @cached_property
    def height(self) -> int:
        """How many rows it has. [rows]"""
        return max((entry.row + entry.rows for entry in self.entries), default=0)

    @cached_property
    def width(self) -> int:
        """How many columns it has. [columns]"""
        return max((entry.column + entry.columns for entry in self.entries), default=0)

    @cached_property
    def places(self) -> Mapping[tuple[int, int], Entry]:
        """Cell at each place, merged cells at all of theirs."""
        return {
            (row, column): entry
            for entry in self.entries
            for row in range(entry.row, entry.row + entry.rows)
            for column in range(entry.column, entry.column + entry.columns)
        }

    @cached_property
    def filled(self) -> Mapping[int, tuple[Entry, ...]]:
        """Cells with text that begin in each row."""
        rows: dict[int, list[Entry]] = {}
        for entry in self.entries:
            if entry.end > entry.start:
                rows.setdefault(entry.row, []).append(entry)
        return {row: tuple(entries) for row, entries in rows.items()}

    def text(self, row: int, column: int) -> str:
        """Cleaned text at a place.

        Parameters
        ----------
        row, column : int
            The place, from 0.

        Returns
        -------
        str
            Empty where no cell is.
        """
        entry = self.places.get((row, column))
        return self.script.text[entry.start : entry.end] if entry is not None else ""

    def part(self, start: int, end: int) -> Script:
        """A stretch as a script of its own.

        Parameters
        ----------
        start, end : int
            Range in the script of the grid. [characters]

        Returns
        -------
        Script
            The stretch.
        """
        own = self.script
        return Script(own.text[start:end], own.origin[start:end], own.paragraph, own.mended)


def make_grid(cells: Iterable[tuple[tuple[int, int, int, int], Sequence[Script]]], paragraph: int) -> Grid:
    """Grid of cells in the order of the document.

    Parameters
    ----------
    cells : iterable of tuple
        Place (row, column, rows, columns) and scripts of each.
    paragraph : int
        Number of the first paragraph.

    Returns
    -------
    Grid
        The table.
    """
    texts: list[str] = []
    origin: list[int] = []
    entries: list[Entry] = []
    mended = False
    for (row, column, rows, columns), scripts in cells:
        start = len(origin)
        for script in scripts:
            texts.append(script.text)
            origin += script.origin
            mended = mended or script.mended
        entries.append(Entry(row, column, rows, columns, start, len(origin)))
    return Grid(Script("".join(texts), tuple(origin), paragraph, mended), tuple(entries), paragraph)


def gather_grids(document: Document) -> tuple[Grid, ...]:
    """Tables of a document whose cells are known.

    Parameters
    ----------
    document : Document
        The document.

    Returns
    -------
    tuple of Grid
        Those with at least two rows and two columns; a table that only frames running text is none.
    """
    tables: dict[int, list[Paragraph]] = {}
    for paragraph in document.paragraphs:
        if paragraph.cell is not None:
            tables.setdefault(paragraph.cell.table, []).append(paragraph)
    return tuple(_grid(paragraphs) for paragraphs in tables.values() if _is_table(paragraphs))


def _is_table(paragraphs: Sequence[Paragraph]) -> bool:
    places = {(p.cell.row, p.cell.column) for p in paragraphs if p.cell is not None}
    wide = len({column for _, column in places}) > 1 and len({row for row, _ in places}) > 1
    sizes: dict[tuple[int, int], int] = {}
    for one in paragraphs:
        if one.cell is not None:
            place = (one.cell.row, one.cell.column)
            sizes[place] = sizes.get(place, 0) + len(one.text)
    extent = max((p.cell.rows * p.cell.columns for p in paragraphs if p.cell is not None), default=1)
    return wide and len(places) <= MOST_CELLS and extent <= MOST_CELLS and max(sizes.values()) <= LONGEST_CELL


def _grid(paragraphs: Sequence[Paragraph]) -> Grid:
    cells: dict[tuple[int, int, int, int], list[Script]] = {}
    for paragraph in paragraphs:
        cell = paragraph.cell
        if cell is not None:
            cells.setdefault((cell.row, cell.column, cell.rows, cell.columns), []).append(clean(paragraph))
    return make_grid(cells.items(), paragraphs[0].number)


def keeps_text(paragraph: Paragraph) -> bool:
    """Whether a cell of a table that is not understood is read as text.

    Parameters
    ----------
    paragraph : Paragraph
        Paragraph of a cell.

    Returns
    -------
    bool
        True for sentences; numbers and names without their columns say nothing.
    """
    return len(paragraph.text) >= SENTENCE or paragraph.text.rstrip().endswith(("。", "；"))
