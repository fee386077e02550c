"""Official duties of the bodies of a city: the table that proposals come from.

Invariant: a duty never binds anybody; a row that holds in one place only is used in that place only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast, get_args

from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv
from dafeng.library.strict import load_yaml, refusal

Part = Literal["lead", "support"]
"""What a body does in a task: 牵头 or 配合."""
TABLE = "duties.csv"
"""Name of the table, in the package and in the ``data`` folder of a city."""
_DUTIES: Mapping[str, Kind] = {
    "id": "text", "body": "text", "field": "text", "zh": "text", "en": "text", "words": "text", "role": "text",
    "place": "text?", "grade": "text", "source": "text", "clause": "text?", "tasks": "text?",
}  # fmt: skip
_BODIES: Mapping[str, Kind] = {"body": "text", "level": "text?", "also": "text?", "note": "text?"}


@dataclass(frozen=True, slots=True)
class DutyClause:
    """One duty of one body.

    Parameters
    ----------
    id : str
        Key of the row.
    body : str
        Name without level.
    field : str
        Field of work, a key of ``TaskSettings.fields``.
    label : Label
        The duty in words.
    words : tuple of str
        Words that speak of it.
    role : Part
        What the body does where the words stand.
    place : str
        Administrative code; empty where it holds everywhere.
    grade : str
        Evidence grade.
    sources : tuple of str
        Source ids.
    clause : str
        Clause of the source.
    tasks : tuple of str
        Tasks of plans that show it.
    """

    id: str
    body: str
    field: str
    label: Label
    words: tuple[str, ...]
    role: Part
    place: str
    grade: str
    sources: tuple[str, ...]
    clause: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A body as the table names it.

    Parameters
    ----------
    name : str
        Name without level.
    level : str
        ``市``, or empty where it is no part of the city government.
    also : tuple of str
        Names that the same body has in some places.
    """

    name: str
    level: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutyTable:
    """Duties and the bodies that have them.

    Parameters
    ----------
    clauses : tuple of DutyClause
        In the order of the table.
    bodies : mapping of str to Body
        By name.
    sha256 : str
        Hash of the files it was read from: the version that a task list quotes.
    """

    clauses: tuple[DutyClause, ...]
    bodies: Mapping[str, Body]
    sha256: str

    def hold(self, place: str) -> tuple[DutyClause, ...]:
        """Clauses that hold in a place.

        Parameters
        ----------
        place : str
            Administrative code.

        Returns
        -------
        tuple of DutyClause
            Those for everywhere and those for the place.
        """
        return tuple(clause for clause in self.clauses if clause.place in ("", place))


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """How a task list is made.

    Parameters
    ----------
    fields : mapping of str to Label
        Fields of work in order.
    places : mapping of str to Decimal
        Weight of a word by where it stands. [1]
    lengths : mapping of int to Decimal
        Weight of a word by its length, the longest for all longer ones. [1]
    roles : mapping of str to Decimal
        Weight of a duty by its role. [1]
    limits : mapping of str to Decimal
        ``least``, ``share``, ``most``, ``lead``, ``tie``, ``leads``: which candidates are proposed, and which of them lead.
    orders, adverbs, openers, results : tuple of str
        Verbs that order, what may stand before them, what opens a clause with its object, verbs that in a dated sentence tell
        a result; longest first.
    """

    fields: Mapping[str, Label]
    places: Mapping[str, Decimal]
    lengths: Mapping[int, Decimal]
    roles: Mapping[str, Decimal]
    limits: Mapping[str, Decimal]
    orders: tuple[str, ...]
    adverbs: tuple[str, ...]
    openers: tuple[str, ...]
    results: tuple[str, ...]


@cache
def read_settings() -> TaskSettings:
    """Settings of the package.

    Returns
    -------
    TaskSettings
        As ``data/plans/tasks.yaml`` says.
    """
    read = load_yaml(_shipped("tasks.yaml"))
    fields = {name: Label(said["zh"], said["en"]) for name, said in read["fields"].items()}
    places, lengths, roles = ({k: Decimal(v) for k, v in read[name].items()} for name in ("places", "lengths", "roles"))
    limits = {name: Decimal(read[name]) for name in ("least", "share", "most", "lead", "tie", "leads")}
    words = {
        name: tuple(sorted(set(read[name].split()), key=len, reverse=True))
        for name in ("orders", "adverbs", "openers", "results")
    }
    return TaskSettings(fields, places, lengths, roles, limits, **words)


def read_duties(*overlays: Path) -> DutyTable:
    """The table of duties of the package and of some cities.

    Parameters
    ----------
    *overlays : Path
        Folders that may hold a ``duties.csv`` of their own.

    Returns
    -------
    DutyTable
        Rows of the package first.

    Raises
    ------
    DefinitionError
        If a table breaks its columns, an id comes twice, a field or role is unknown.
    """
    own = [path for folder in overlays if (path := folder / TABLE).is_file()]
    texts = [(TABLE, _shipped(TABLE)), *((path.name, path.read_text(encoding="utf-8")) for path in own)]
    bodies = {body.name: body for body in _bodies()}
    clauses: dict[str, DutyClause] = {}
    for name, text in texts:
        for clause, at in _clauses(text, name):
            if clause.id in clauses:
                raise refusal(f"{at}:1", f"编号“{clause.id}”重复", f"id '{clause.id}' comes twice")
            clauses[clause.id] = clause
            bodies.setdefault(clause.body, Body(clause.body, "市", ()))
    parts = (*(text for _, text in texts), _shipped("bodies.csv"), _shipped("tasks.yaml"))
    return DutyTable(tuple(clauses.values()), bodies, hashlib.sha256("\0".join(parts).encode()).hexdigest())


def _bodies() -> Iterator[Body]:
    for row in load_csv(_shipped("bodies.csv"), _BODIES, key=("body",), name="bodies.csv"):
        yield Body(row["body"], row["level"] or "", _split(row["also"]))


def _clauses(text: str, name: str) -> Iterator[tuple[DutyClause, str]]:
    for row in load_csv(text, _DUTIES, key=("id",), name=name):
        yield _clause(row), row["at"]


def _clause(row: Mapping[str, Any]) -> DutyClause:
    if row["field"] not in read_settings().fields:
        known = "、".join(read_settings().fields)
        raise refusal(f"{row['at']}:3", f"没有领域“{row['field']}”", f"no field '{row['field']}'", expected=Label(known, known))
    if row["role"] not in get_args(Part):
        expected = Label("lead 或 support", "lead or support")
        raise refusal(f"{row['at']}:7", f"没有角色“{row['role']}”", f"no role '{row['role']}'", expected=expected)
    return DutyClause(
        id=row["id"],
        body=row["body"],
        field=row["field"],
        label=Label(row["zh"], row["en"]),
        words=_split(row["words"]),
        role=cast("Part", row["role"]),
        place=row["place"] or "",
        grade=row["grade"],
        sources=_split(row["source"]),
        clause=row["clause"] or "",
        tasks=tuple((row["tasks"] or "").split()),
    )


def _split(cell: str | None) -> tuple[str, ...]:
    return tuple(part for part in (cell or "").split("|") if part)


def _shipped(name: str) -> str:
    return files("dafeng").joinpath(f"data/plans/{name}").read_text(encoding="utf-8")
