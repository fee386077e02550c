"""How a number came about: one node of the explanation graph.

Invariant: every number that a face shows has an address, and under that address stands one ``Trace``
whose ``inputs`` are addresses of other traces, down to a clause of a document or a delivered cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dafeng.core.labels import Label

TraceKind = Literal[
    "clause",
    "cell",
    "fact",
    "factor",
    "assumption",
    "result",
    "indicator",
    "target",
    "verdict",
    "projection",
    "clash",
    "headline",
    "finding",
]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A stretch of characters in a document.

    Parameters
    ----------
    start, end : int
        Half-open range of character positions in the document's text. [characters]
    paragraph : int
        Number of the paragraph, from 0.
    sha256 : str
        Hash of the document's bytes.
    document : str
        Title or file name of the document.
    """

    start: int
    end: int
    paragraph: int
    sha256: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a delivered file.

    Parameters
    ----------
    file : str
        Name of the file as delivered.
    sheet : str
        Sheet, empty for CSV.
    cell : str
        Cell in A1 notation; for CSV the same, row 1 being the first line.
    sha256 : str
        Hash of the file's bytes.
    """

    file: str
    sheet: str
    cell: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Trace:
    """One node of the explanation graph.

    Parameters
    ----------
    address : str
        ``table/row`` inside a run; faces prefix the run id: ``run/table/row``.
    kind : TraceKind
        What sort of thing the node is.
    says : Label
        One sentence in words.
    value : str or None
        The number as decimal text, exactly as stored; ``None`` where there is no number.
    unit : str or None
        Unit of ``value``.
    year : int or None
        The year it speaks of.
    expression : str or None
        The expression that was evaluated, in the formula language.
    typeset : str or None
        The same expression as MathML.
    inputs : tuple of str
        Addresses of the nodes it was made from.
    source : str or None
        Source id.
    grade : str or None
        Evidence grade of the source row.
    match : str or None
        For factors: how the key matched.
    anchor : Anchor or None
        For clauses: the characters in the document.
    cell : Cell or None
        For facts: the delivered cell.
    note : Label or None
        Reservations a reader must know.
    """

    address: str
    kind: TraceKind
    says: Label
    value: str | None = None
    unit: str | None = None
    year: int | None = None
    expression: str | None = None
    typeset: str | None = None
    inputs: tuple[str, ...] = ()
    source: str | None = None
    grade: str | None = None
    match: str | None = None
    anchor: Anchor | None = None
    cell: Cell | None = None
    note: Label | None = field(default=None)
