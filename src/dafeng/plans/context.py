"""What a sentence inherits and hands on: year, name, base and whole.

Invariant: a context is never changed; each statement gives the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dafeng.plans.naming import normalise
from dafeng.plans.pieces import Base, Piece, Quantity, Time
from dafeng.plans.statements import Era, YearFrom


@dataclass(frozen=True, slots=True)
class Context:
    """State of reading inside a paragraph.

    Parameters
    ----------
    era : Era
        What the document says about time.
    times : tuple of Time
        Years in force.
    year_from : YearFrom
        Where they stand.
    past : bool
        Whether what follows has already happened.
    subject : str
        Words of the last name.
    bases : tuple of Base
        Last base of a change, if any.
    whole : int or None
        Position of the last statement that parts can belong to.
    whole_name : str
        Its name.
    whole_counting : str or None
        How it is counted.
    whole_quantity : Quantity or None
        Its value.
    last : str
        Name of the last statement.
    parting : bool
        Whether the statements that follow are parts.
    doing : str
        Deed that a list goes on with (累计完成 A、B).
    cumulative : bool
        Whether the list counts cumulatively.
    strength : str
        Strength word that stands before the clause.
    aimed : bool
        Whether heading or lead-in announce goals.
    held : bool
        Whether the last figure of the sentence is a target; a list that goes on needs no verb of its own.
    telling : bool
        Whether the words tell how things stand or what somebody foretells, so that even a later year is only expected.
    stated : bool
        Whether the whole part does.
    lawful : bool
        Whether the part is an article of a rule, where a figure is a limit unless a year to reach it stands beside it.
    names : tuple of str
        Names of the last figures of the part, which “the above” refers to.
    thing : str
        What the deed of the clause before was done to: 打造绿色工厂，累计达到60家.
    project : bool
        Whether the sentence describes one project.
    """

    era: Era
    times: tuple[Time, ...] = ()
    year_from: YearFrom = "none"
    past: bool = False
    subject: str = ""
    bases: tuple[Base, ...] = ()
    whole: int | None = None
    whole_name: str = ""
    whole_counting: str | None = None
    whole_quantity: Quantity | None = None
    last: str = ""
    parting: bool = False
    doing: str = ""
    cumulative: bool = False
    strength: str = ""
    aimed: bool = False
    held: bool = False
    telling: bool = False
    stated: bool = False
    lawful: bool = False
    names: tuple[str, ...] = ()
    thing: str = ""
    project: bool = False

    def with_times(self, times: tuple[Time, ...]) -> Context:
        """Context after a time that stands before a clause.

        Parameters
        ----------
        times : tuple of Time
            The times.

        Returns
        -------
        Context
            With the times in force, and the past switched on or off.
        """
        return replace(
            self, times=times, year_from="sentence", past=self.telling or all(self.era.is_past(time) for time in times)
        )

    def after(self, separator: str) -> Context:
        """Context behind a mark.

        Parameters
        ----------
        separator : str
            ``COMMA``, ``SEMI``, ``COLON`` or ``DUN``.

        Returns
        -------
        Context
            A pause mark goes on with the deed; the others end it.
        """
        if separator == "DUN":
            return self
        return replace(self, doing="", cumulative=False, parting=self.parting and separator == "COMMA")

    def next_sentence(self) -> Context:
        """Context of the next sentence of the paragraph.

        Returns
        -------
        Context
            The year stays in force as one carried over; name, base and whole do not.
        """
        carried: YearFrom = "paragraph" if self.year_from in ("sentence", "own") else self.year_from
        return Context(
            self.era,
            times=self.times,
            year_from=carried,
            past=self.past,
            aimed=self.aimed,
            telling=self.stated,
            stated=self.stated,
            lawful=self.lawful,
            names=self.names,
        )


Place = Literal["before", "inside"]


def place_of_time(pieces: tuple[Piece, ...], at: int) -> Place:
    """Whether a time stands before its clause or inside it.

    Parameters
    ----------
    pieces : tuple of Piece
        Pieces of the clause.
    at : int
        Position of the time among them.

    Returns
    -------
    {"before", "inside"}
        ``inside`` where words stand before it.
    """
    return "inside" if any(_names(piece) for piece in pieces[:at]) else "before"


def _names(piece: Piece) -> bool:
    """Whether a piece can be part of a name: not 全市, 计划 and the like."""
    return piece.kind in ("DO", "DUN") or (piece.kind == "WORDS" and normalise(piece.text).text != "")
