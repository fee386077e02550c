"""A plan as data: what it orders, of whom, until when, and where it says so.

Invariant: a target's figure is exact, in the text's own unit, and its anchor leads to the sentence in the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Anchor
from dafeng.plans.organisations import Role
from dafeng.plans.statements import Comparator, Direction, Kind

Strength = Literal["strive", "ensure", "expect"]
Counting = Literal["operating", "built_and_under_construction", "cumulative", "new"]
Nature = Literal["binding", "expected"]
"""``binding`` 约束性, ``expected`` 预期性."""
ProvisionalKind = Literal["ratio", "count"]
GoalKind = Literal["delegated", "timing", "trackable", "qualitative"]
"""``delegated`` set by the level above, ``timing`` when something peaks or is neutral, ``trackable`` an indicator that is
to stay or to go on without a figure, ``qualitative`` any other dated goal."""


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """The document a plan was read from.

    Parameters
    ----------
    name : str
        File name.
    sha256 : str
        Hash of the file's bytes.
    title : str
        Title as printed.
    """

    name: str
    sha256: str
    title: str


@dataclass(frozen=True, slots=True)
class Target:
    """One dated figure that the plan orders.

    Parameters
    ----------
    id : str
        ``370600-T01`` …, in the order of the document.
    indicator : str
        Name in the text's own words, without place and adverbs.
    indicator_id : str or None
        Indicator of the catalogue, where one answers.
    label : Label or None
        Its label.
    year : int or None
        Year it is due; the first year of an open period.
    period : str or None
        ISO period where the text names one: ``2021/2025``, ``2022/..``.
    value : Decimal or None
        The figure. [`unit`]
    upper : Decimal or None
        Upper end of a range. [`unit`]
    unit : str
        Unit as in the text, canonically spelled; empty for a coefficient.
    comparator : Comparator
        Side of the figure that is meant.
    strength : Strength or None
        力争, 确保 or 预计.
    base_year : int or None
        Year a change is measured against.
    base : str or None
        The base in words, where it is no year.
    direction : Direction or None
        Of a change.
    scope : str or None
        Where, among what, under which conditions.
    counting : Counting or None
        What a capacity or a number counts.
    part_of : str or None
        Target of which it is a part.
    implied : bool
        Whether the figure is 100 % because all are meant.
    organisations : tuple of str
        Canonical names of those responsible for its task.
    task : str or None
        Task it stands in.
    anchor : Anchor
        Sentence in the document.
    figure : tuple of int
        Range of the figure itself in the document. [characters]
    also : tuple of Anchor
        Other sentences that say the same.
    certainty : Decimal
        How sure the reading is. [0..1]
    reason : str
        Keys of the rules that lowered it, empty where none did.
    nature : Nature or None
        Whether a table of targets calls it binding or expected.
    base_value : Decimal or None
        Value of the base year that the plan prints beside the target. [`unit`]
    """

    id: str
    indicator: str
    indicator_id: str | None
    label: Label | None
    year: int | None
    period: str | None
    value: Decimal | None
    upper: Decimal | None
    unit: str
    comparator: Comparator
    strength: Strength | None
    base_year: int | None
    base: str | None
    direction: Direction | None
    scope: str | None
    counting: Counting | None
    part_of: str | None
    implied: bool
    organisations: tuple[str, ...]
    task: str | None
    anchor: Anchor
    figure: tuple[int, int]
    also: tuple[Anchor, ...]
    certainty: Decimal
    reason: str
    nature: Nature | None = None
    base_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OtherFigure:
    """A figure of the plan that is no target, kept so that a person can object.

    Parameters
    ----------
    id : str
        ``370600-N01`` …, in the order of the document.
    kind : Kind
        Why it is none: ``achieved``, ``threshold``, ``quota`` …; ``target`` where the reading is too uncertain.
    indicator : str
        Name in the text's own words; empty where none was found.
    year : int or None
        Year it speaks of.
    value : Decimal
        The figure. [`unit`]
    upper : Decimal or None
        Upper end of a range. [`unit`]
    unit : str
        Unit as in the text.
    comparator : Comparator
        Side of the figure that is meant.
    task : str or None
        Task it stands in.
    anchor : Anchor
        Sentence in the document.
    figure : tuple of int
        Range of the figure itself in the document. [characters]
    certainty : Decimal
        How sure the reading is. [0..1]
    reason : str
        Keys of the rules that lowered it.
    """

    id: str
    kind: Kind
    indicator: str
    year: int | None
    value: Decimal
    upper: Decimal | None
    unit: str
    comparator: Comparator
    task: str | None
    anchor: Anchor
    figure: tuple[int, int]
    certainty: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class ProvisionalIndicator:
    """A name of the plan that no indicator of the catalogue answers to.

    Parameters
    ----------
    id : str
        ``provisional_`` and eight hexadecimal digits, made from the name in its one spelling and the dimension of the unit.
    label : Label
        The text's own name with what the sentence adds (新增, 下降率), in both languages.
    unit : str
        Unit as in the text.
    kind : ProvisionalKind or None
        What the unit alone tells.
    targets : tuple of str
        Targets that speak of it.
    nearest : tuple of str
        Indicators of the catalogue that come near and were not taken, the nearest first.
    """

    id: str
    label: Label
    unit: str
    kind: ProvisionalKind | None
    targets: tuple[str, ...]
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """A dated goal without a figure.

    Parameters
    ----------
    id : str
        ``370600-G01`` …
    kind : GoalKind
        Why it has no figure.
    text : str
        What it is about, in at most 16 characters of the text.
    year : int or None
        Year it is due.
    task : str or None
        Task it stands in.
    anchor : Anchor
        Sentence in the document.
    """

    id: str
    kind: GoalKind
    text: str
    year: int | None
    task: str | None
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Responsible:
    """An organisation at a task.

    Parameters
    ----------
    organisation : str
        Canonical name.
    role : Role
        ``lead``, ``support`` or ``responsible``.
    written : str
        Name as written.
    """

    organisation: str
    role: Role
    written: str


@dataclass(frozen=True, slots=True)
class Task:
    """One numbered duty.

    Parameters
    ----------
    id : str
        ``370600-A01`` …, in the order of the document.
    title : str
        Heading up to the first full stop.
    chapter, section : str
        Headings above it, with their numbers.
    number : str
        Its own number as printed.
    responsible : tuple of Responsible
        Organisations with their roles, collectives included.
    collectives : tuple of str
        Those among them that stand for many.
    open_list : bool
        Whether the list ends with “and others”.
    targets : tuple of str
        Targets that stand in it.
    anchor : Anchor
        Its whole text in the document.
    due : int or None
        Year until which a table of tasks wants it done.
    """

    id: str
    title: str
    chapter: str
    section: str
    number: str
    responsible: tuple[Responsible, ...]
    collectives: tuple[str, ...]
    open_list: bool
    targets: tuple[str, ...]
    anchor: Anchor
    due: int | None = None

    @property
    def organisations(self) -> tuple[str, ...]:
        """Canonical names of all responsible organisations."""
        return tuple(one.organisation for one in self.responsible)

    @property
    def leads(self) -> tuple[str, ...]:
        """Those that lead."""
        return tuple(one.organisation for one in self.responsible if one.role == "lead")

    @property
    def supports(self) -> tuple[str, ...]:
        """Those that support."""
        return tuple(one.organisation for one in self.responsible if one.role == "support")


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation that the plan makes responsible.

    Parameters
    ----------
    name : str
        Canonical name.
    aliases : tuple of str
        Other spellings that the plan uses.
    collective : bool
        Whether it stands for many.
    mentions : int
        How many tasks name it.
    """

    name: str
    aliases: tuple[str, ...]
    collective: bool
    mentions: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan document as data.

    Parameters
    ----------
    document : PlanDocument
        Where it was read.
    place : str or None
        Administrative code.
    targets : tuple of Target
        In the order of the document.
    tasks : tuple of Task
        In the order of the document.
    organisations : tuple of Organisation
        Each once, in the order of first mention.
    goals : tuple of Goal
        Dated goals without a figure.
    findings : tuple of Finding
        What could not be read, or not surely.
    others : tuple of OtherFigure
        Figures that are no targets, with the reason.
    provisional : tuple of ProvisionalIndicator
        Indicators of the plan that the catalogue does not know; their targets have no ``indicator_id``.
    """

    document: PlanDocument
    place: str | None
    targets: tuple[Target, ...]
    tasks: tuple[Task, ...]
    organisations: tuple[Organisation, ...]
    goals: tuple[Goal, ...]
    findings: tuple[Finding, ...]
    others: tuple[OtherFigure, ...] = ()
    provisional: tuple[ProvisionalIndicator, ...] = ()
