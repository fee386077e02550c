"""A text document as paragraphs with stable character positions.

Invariant: ``document.text[p.start:p.end] == p.text`` for every paragraph, and the positions never change
for the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """Place of a paragraph in a table of the document.

    Parameters
    ----------
    table : int
        Number of the table in the document, from 0.
    row, column : int
        Upper left place of the cell, from 0.
    rows, columns : int
        Extent of a merged cell, at least 1.
    """

    table: int
    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a document.

    Parameters
    ----------
    number : int
        Position in the document, from 0.
    start, end : int
        Half-open range in ``Document.text``. [characters]
    text : str
        The characters themselves.
    style : str
        Style name where the format has one (``Heading 1``), else empty.
    cell : Cell or None
        Place in a table, ``None`` in running text. Paragraphs of one cell share it.
    page : int or None
        Page it begins on, from 1; ``None`` where the format has no pages.
    """

    number: int
    start: int
    end: int
    text: str
    style: str = ""
    cell: Cell | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read.

    Parameters
    ----------
    name : str
        File name.
    sha256 : str
        Hash of the file's bytes.
    text : str
        All characters: the decoded file itself for plain text; for other formats its paragraphs, one a line.
    paragraphs : tuple of Paragraph
        The text cut at its line or paragraph ends, and into the cells of tables.
    encoding : str
        Encoding the bytes were decoded with; ``docx``, ``pdf``, ``html`` for those formats.
    """

    name: str
    sha256: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    encoding: str
