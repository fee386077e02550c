"""A text document as paragraphs with stable character positions.

Invariant: ``document.text[p.start:p.end] == p.text`` for every paragraph, and the positions never change
for the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass


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
    """

    number: int
    start: int
    end: int
    text: str
    style: str = ""


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
        All characters.
    paragraphs : tuple of Paragraph
        The text cut at its line or paragraph ends.
    encoding : str
        Encoding the bytes were decoded with; ``docx`` for that format.
    """

    name: str
    sha256: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    encoding: str
