"""Plans of the nation and of provinces as data, to compare other plans with.

Invariant: every figure quotes a registered source with its clause and grade; a position that nobody knows stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast, get_args

from dafeng.core.labels import Label
from dafeng.core.sources import Grade, Source
from dafeng.core.traces import Anchor
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml
from dafeng.plans.plan import Counting, Goal, GoalKind, Nature, Plan, PlanDocument, Strength, Target
from dafeng.plans.statements import Comparator, Direction

_HEAD = frozenset({"id", "place", "label", "title", "targets", "goals"})
_BACKED = frozenset({"id", "year", "source", "clause", "grade"})
_TARGET = _BACKED | {
    "indicator", "indicator_id", "period", "value", "upper", "unit", "comparator", "strength", "base_year", "base", "direction",
    "scope", "counting", "implied", "nature", "base_value",
}  # fmt: skip
_GOAL = _BACKED | {"kind", "text"}


@dataclass(frozen=True, slots=True)
class Backing:
    """What a figure of a reference rests on.

    Parameters
    ----------
    source : str
        Source id.
    clause : str
        Clause in the words of the source.
    grade : Grade
        How good the evidence is.
    """

    source: str
    clause: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Reference:
    """A plan that other plans are compared with.

    Parameters
    ----------
    id : str
        Name under which it is asked for: ``nation``, ``shandong``.
    label : Label
        Name in words.
    plan : Plan
        Its targets and delegated goals; no anchor has a position, and the document has no hash.
    backing : mapping of str to Backing
        What each target and goal rests on.
    """

    id: str
    label: Label
    plan: Plan
    backing: Mapping[str, Backing]


def read_references(*folders: Path) -> Mapping[str, Reference]:
    """References of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a city; their ``plans/references/*.yaml`` add references, never edit them.

    Returns
    -------
    mapping of str to Reference
        Reference by its name.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, quotes an unknown source, or a name or id comes twice.
    """
    return merged(_files(definition_files(layers(*folders), "plans/references/*.yaml"), read_sources(*folders)))


def has_position(anchor: Anchor) -> bool:
    """Whether an anchor leads to characters of a document.

    Parameters
    ----------
    anchor : Anchor
        Anchor of a target, task or goal.

    Returns
    -------
    bool
        False for a reference, whose document nobody has at hand.
    """
    return bool(anchor.sha256)


def _files(paths: Iterator[Path], known: Mapping[str, Source]) -> Iterator[tuple[str, str, Reference]]:
    for path in paths:
        root = Record(read_yaml(path), ()).allow(_HEAD)
        yield root.text("id"), root.marked.at("id"), _reference(root, known)


def _reference(root: Record, known: Mapping[str, Source]) -> Reference:
    title = root.text("title")
    targets, goals = root.children("targets"), root.children("goals")
    backing = merged(
        (record.text("id"), record.marked.at(*record.path), _backing(record, known)) for record in (*targets, *goals)
    )
    plan = Plan(
        document=PlanDocument(title, "", title),
        place=root.text("place"),
        targets=tuple(_target(record.allow(_TARGET), title) for record in targets),
        tasks=(),
        organisations=(),
        goals=tuple(_goal(record.allow(_GOAL), title) for record in goals),
        findings=(),
    )
    return Reference(root.text("id"), root.label("label"), plan, backing)


def _backing(record: Record, known: Mapping[str, Source]) -> Backing:
    source = check_source(record.text("source"), known, record.marked.at(*record.path))
    return Backing(source, record.text("clause"), cast(Grade, record.text("grade", among=get_args(Grade))))


def _target(record: Record, title: str) -> Target:
    return Target(
        id=record.text("id"),
        indicator=record.text("indicator"),
        indicator_id=record.text_or_none("indicator_id"),
        label=None,
        year=record.year("year"),
        period=record.text_or_none("period"),
        value=record.decimal("value"),
        upper=record.decimal("upper"),
        unit=record.text_or_none("unit") or "",
        comparator=cast(Comparator, record.text("comparator", among=get_args(Comparator))),
        strength=cast("Strength | None", record.text_or_none("strength", among=get_args(Strength))),
        base_year=record.year("base_year"),
        base=record.text_or_none("base"),
        direction=cast("Direction | None", record.text_or_none("direction", among=get_args(Direction))),
        scope=record.text_or_none("scope"),
        counting=cast("Counting | None", record.text_or_none("counting", among=get_args(Counting))),
        part_of=None,
        implied=record.value("implied") is True,
        organisations=(),
        task=None,
        anchor=Anchor(0, 0, 0, "", title),
        figure=(0, 0),
        also=(),
        certainty=Decimal(1),
        reason="",
        nature=cast("Nature | None", record.text_or_none("nature", among=get_args(Nature))),
        base_value=record.decimal("base_value"),
    )


def _goal(record: Record, title: str) -> Goal:
    kind = cast(GoalKind, record.text("kind", among=get_args(GoalKind)))
    return Goal(record.text("id"), kind, record.text("text"), record.year("year"), None, Anchor(0, 0, 0, "", title))
