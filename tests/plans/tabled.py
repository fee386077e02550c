"""Documents with tables for the tests: running text and rows of cells, written down as they look."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from dafeng.core.documents import Cell, Document, Paragraph

LEFT, UP = "<", "^"
"""A cell that is one with the cell to its left, or with the one above."""


def document_with(*blocks: str | Sequence[Sequence[str]], style: str = "") -> Document:
    """A document of lines and tables; a table is a list of rows, a cell may hold several lines."""
    text: list[str] = []
    paragraphs: list[Paragraph] = []
    at = tables = 0
    for block in blocks:
        cells = [(line, None) for line in block.split("\n")] if isinstance(block, str) else [*placed(block, tables)]
        tables += not isinstance(block, str)
        for line, cell in cells:
            if line:
                paragraphs.append(Paragraph(len(paragraphs), at, at + len(line), line, style, cell))
            text.append(line)
            at += len(line) + 1
    whole = "\n".join(text)
    return Document("plan.docx", hashlib.sha256(whole.encode()).hexdigest(), whole, tuple(paragraphs), "docx")


def placed(rows: Sequence[Sequence[str]], table: int):
    """Lines of the cells of a table with their places."""
    for row, cells in enumerate(rows):
        for column, written in enumerate(cells):
            if written not in (LEFT, UP):
                cell = Cell(table, row, column, extent_down(rows, row, column), extent_right(cells, column))
                yield from ((line, cell) for line in written.split("\n"))


def extent_right(cells: Sequence[str], column: int) -> int:
    """How many columns a cell takes."""
    return next((at - column for at in range(column + 1, len(cells)) if cells[at] != LEFT), len(cells) - column)


def extent_down(rows: Sequence[Sequence[str]], row: int, column: int) -> int:
    """How many rows a cell takes."""
    return next((at - row for at in range(row + 1, len(rows)) if rows[at][column] != UP), len(rows) - row)
