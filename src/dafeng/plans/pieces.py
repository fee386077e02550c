"""The smallest parts a sentence is cut into: times, bases, amounts and words, each with its place.

Invariant: pieces are in the order of the text, do not overlap, and cover all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

TimeKind = Literal["until", "plain", "from", "span", "past"]
"""``until`` 到2030年, 2025年底前; ``plain`` 2025年; ``from`` 2022年起; ``span`` “十四五”期间; ``past`` 截至2023年底."""


@dataclass(frozen=True, slots=True)
class Time:
    """A year or period that a sentence names.

    Parameters
    ----------
    year : int
        The year; of a span the last, of an open period the first.
    kind : TimeKind
        How it is named.
    first : int or None
        First year of a span.
    """

    year: int
    kind: TimeKind
    first: int | None = None

    @property
    def period(self) -> str | None:
        """ISO text of a period, ``None`` for a single year."""
        if self.kind == "from":
            return f"{self.year}/.."
        return f"{self.first}/{self.year}" if self.first is not None and self.first < self.year else None


@dataclass(frozen=True, slots=True)
class Base:
    """What a change is measured against.

    Parameters
    ----------
    year : int or None
        Base year, where the text names one.
    text : str
        The words.
    """

    year: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit.

    Parameters
    ----------
    value : Decimal
        Value, or lower end of a range. [`unit`]
    upper : Decimal or None
        Upper end of a range. [`unit`]
    unit : str
        Unit as written out; empty for a coefficient.
    kind : {"share", "count", "measure", "bare"}
        Per cent, pieces, physical or money unit, no unit.
    """

    value: Decimal
    upper: Decimal | None
    unit: str
    kind: Literal["share", "count", "measure", "bare"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a cleaned sentence with its role in the grammar.

    Parameters
    ----------
    kind : str
        Terminal of the grammar: ``TIME``, ``WORDS``, ``VALUE`` …
    text : str
        Characters.
    start, end : int
        Half-open range in the cleaned paragraph. [characters]
    times : tuple of Time
        For ``TIME``.
    base : Base or None
        For ``BASE`` and ``FROM``.
    quantity : Quantity or None
        For ``VALUE``.
    """

    kind: str
    text: str
    start: int
    end: int
    times: tuple[Time, ...] = ()
    base: Base | None = None
    quantity: Quantity | None = None

    @property
    def quantity_kind(self) -> str:
        """Kind of the quantity, empty where the piece has none."""
        return self.quantity.kind if self.quantity is not None else ""
