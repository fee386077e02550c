"""What a sentence says with each of its figures: one statement per figure, with its kind and how it was read.

Invariant: every figure of a parsed sentence gives a statement; whether it is a target is its ``kind``, and why stands in
its ``remarks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from dafeng.plans.pieces import Base, Quantity, Time

Kind = Literal["target", "achieved", "threshold", "quota", "project", "slogan", "undated", "unnamed", "number", "note", "goal"]
Comparator = Literal[">=", ">", "<=", "<", "~", "="]
Direction = Literal["increase", "decrease"]
YearFrom = Literal["own", "sentence", "paragraph", "heading", "title", "none"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One figure and what is said of it.

    Parameters
    ----------
    kind : Kind
        ``target``, or why it is none.
    name : str
        Normalised name of the indicator; empty where none was found.
    quantity : Quantity
        Value and unit.
    comparator : Comparator
        Which side of the value is meant.
    start, end : int
        Range of the figure in the cleaned paragraph. [characters]
    time : Time or None
        Year or period.
    year_from : YearFrom
        Where the year stands.
    strength : str or None
        ``strive``, ``ensure`` or ``expect``.
    base : Base or None
        What a change is measured against.
    direction : Direction or None
        Of a change.
    scope : tuple of str
        Where, among what, under which conditions.
    counting : str or None
        ``cumulative``, ``new``, ``operating`` or ``built_and_under_construction``.
    part_of : int or None
        Position of the statement about the whole, in the same paragraph.
    implied : bool
        Whether the figure is 100 % because all are meant.
    remarks : tuple of str
        Keys of the certainty rules that apply.
    nature : {"binding", "expected"} or None
        What a table calls it.
    base_value : Decimal or None
        Value of the base year that a table prints beside it. [unit of the quantity]
    organisations : tuple of str
        Canonical names that its row of a table makes responsible.
    """

    kind: Kind
    name: str
    quantity: Quantity
    comparator: Comparator
    start: int
    end: int
    time: Time | None = None
    year_from: YearFrom = "none"
    strength: str | None = None
    base: Base | None = None
    direction: Direction | None = None
    scope: tuple[str, ...] = ()
    counting: str | None = None
    part_of: int | None = None
    implied: bool = False
    remarks: tuple[str, ...] = ()
    nature: Literal["binding", "expected"] | None = None
    base_value: Decimal | None = None
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Era:
    """What the whole document says about time.

    Parameters
    ----------
    now : int or None
        Latest year that the document shows to be past.
    horizon : int or None
        First year that it looks forward to.
    title : Time or None
        Period in the title.
    """

    now: int | None = None
    horizon: int | None = None
    title: Time | None = None

    def is_past(self, time: Time) -> bool:
        """Whether a year lies behind the document.

        Parameters
        ----------
        time : Time
            A year or period.

        Returns
        -------
        bool
            True for “as of” times, for years up to ``now``, and for plainly named years before the horizon.
        """
        if time.kind == "past":
            return True
        first = self.title.first if self.title is not None else None
        if self.title is not None and first is not None and first >= FIRST_MILESTONE - 4:
            if time.year < first:
                return True
            if self.now is None or self.title.year == first == time.year:
                return False
        if self.now is not None and time.kind in ("until", "from"):
            return time.year < self.now
        if self.now is not None:
            return time.year <= self.now
        if time.kind != "plain":
            return time.kind == "span" and time.year < FIRST_MILESTONE and (self.horizon is None or self.horizon > time.year)
        return time.year < self.horizon if self.horizon is not None else not self.is_milestone(time)

    def is_milestone(self, time: Time) -> bool:
        """Whether a plainly named year can be ahead of a document that says nothing else about time.

        Parameters
        ----------
        time : Time
            A year.

        Returns
        -------
        bool
            True from 2025 on.
        """
        return self.now is None and self.horizon is None and time.year >= FIRST_MILESTONE


FIRST_MILESTONE = 2025
"""Last year of the plan period in which carbon targets became usual."""
ALL_OF_IT = Quantity(Decimal(100), None, "%", "share")
"""The value of “all of them”."""
