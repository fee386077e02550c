"""What people did with the records of a plan: one edit after the other, none ever changed or removed.

Invariant: an edit that was taken back stays in the list; it only no longer counts. With nothing left that counts, the plan
is the machine's reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from dafeng.core.labels import Label

Action = Literal["accept", "correct", "split", "add", "reject", "restore", "undo"]
"""``restore`` gives a record back to the machine's reading, ``undo`` takes back the last edit of a record."""
DONE: Mapping[Action, Label] = {
    "accept": Label("采纳", "accepted"),
    "correct": Label("更正", "corrected"),
    "split": Label("拆分", "split"),
    "add": Label("补充", "added"),
    "reject": Label("否定", "rejected"),
    "restore": Label("恢复机器读取", "given back to the machine's reading"),
    "undo": Label("撤销", "last edit taken back"),
}
"""Actions in words, as done."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Fields of one record as texts.

    Parameters
    ----------
    record : str
        Id of the record.
    fields : mapping of str to str
        Field → canonical text (`dafeng.plans.typed`).
    """

    record: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an added record stands in the document.

    Parameters
    ----------
    start, end : int
        The sentence. [characters]
    figure : tuple of int
        The figure itself. [characters]
    paragraph : int
        Number of the paragraph.
    """

    start: int
    end: int
    figure: tuple[int, int]
    paragraph: int


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that one person did with one record.

    Parameters
    ----------
    serial : int
        Position in the review, from 1.
    record : str
        Id of the record it speaks of; of the new one for ``add``.
    action : Action
        What was done.
    who : str
        Who did it.
    at : datetime
        When, in UTC.
    before : mapping of str to str
        Fields that were corrected, as they were.
    after : tuple of Entry
        ``correct`` and ``add``: the record; ``split``: each of its parts.
    place : Place or None
        Where an added record stands.
    source : str or None
        Figure (``…-N03``) that an added target was made of.
    undoes : int or None
        Edit that is taken back.
    remark : str
        Why, in the person's words.
    """

    serial: int
    record: str
    action: Action
    who: str
    at: datetime
    before: Mapping[str, str] = field(default_factory=dict)
    after: tuple[Entry, ...] = ()
    place: Place | None = None
    source: str | None = None
    undoes: int | None = None
    remark: str = ""

    @property
    def touched(self) -> frozenset[str]:
        """Ids of all records that it speaks of."""
        made = {entry.record for entry in self.after}
        return frozenset({self.record, *made, *([self.source] if self.source else [])})


@dataclass(frozen=True, slots=True)
class Change:
    """What a person asks for.

    Parameters
    ----------
    record : str
        Id of the record; empty for one to be added by a place.
    action : Action
        What shall be done.
    fields : tuple of mapping of str to str
        Field → text as typed: one mapping for ``correct`` and ``add``, one per part for ``split``.
    place : Place or None
        Where a record to be added stands.
    seen : int or None
        Serial of the record's last edit when the person looked at it, 0 for none; ``None`` asks for no check.
    remark : str
        Why.
    """

    record: str
    action: Action
    fields: tuple[Mapping[str, str], ...] = ()
    place: Place | None = None
    seen: int | None = None
    remark: str = ""


def choose_standing(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Edits that count: all but those that were taken back, and but the taking back.

    Parameters
    ----------
    edits : iterable of Edit
        In order.

    Returns
    -------
    tuple of Edit
        In order.
    """
    listed = tuple(edits)
    gone = {edit.undoes for edit in listed}
    return tuple(edit for edit in listed if edit.action != "undo" and edit.serial not in gone)


def find_last(edits: Sequence[Edit], record: str) -> Edit | None:
    """Last edit that still counts for a record and can be taken back.

    Parameters
    ----------
    edits : sequence of Edit
        In order.
    record : str
        Id of the record.

    Returns
    -------
    Edit or None
        ``None`` where nothing was done, or where a later edit of a record that it made stands in the way.
    """
    standing = choose_standing(edits)
    at = next((n for n in reversed(range(len(standing))) if record in standing[n].touched), None)
    if at is None:
        return None
    return standing[at] if not _needed(standing[at], standing[at + 1 :]) else None


def last_serial(edits: Iterable[Edit], record: str) -> int:
    """Serial of the last edit that touched a record, taken back or not.

    Parameters
    ----------
    edits : iterable of Edit
        In order.
    record : str
        Id of the record.

    Returns
    -------
    int
        0 where nobody touched it.
    """
    return max((edit.serial for edit in edits if record in edit.touched), default=0)


def _needed(edit: Edit, later: Iterable[Edit]) -> bool:
    return any(edit.touched & other.touched for other in later)


def list_history(edits: Iterable[Edit], record: str) -> Iterator[Edit]:
    """What was done with a record.

    Parameters
    ----------
    edits : iterable of Edit
        In order.
    record : str
        Id of the record.

    Yields
    ------
    Edit
        In order, taken back or not.
    """
    yield from (edit for edit in edits if record in edit.touched)
