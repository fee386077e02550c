"""Which objects of a run could be published, which are, and why: the table people decide by.

Invariant: a rule that names an object the run does not have is a finding, never silently kept or dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.work.publish import HISTORY
from dafeng.work.publish_rules import NAME, State, Visibility, list_kinds

REGISTRY = "registry"
"""Kind whose objects are books, which no run has."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An object with its visibility.

    Parameters
    ----------
    kind, id : str
        Kind and id.
    label : Label
        Its name.
    state : {"public", "internal"}
        Whether visitors see it.
    because : {"object", "kind", "default", "never"}
        Which rule says so.
    """

    kind: str
    id: str
    label: Label
    state: State
    because: Literal["object", "kind", "default", "never"]


def list_objects(view: Mapping[str, Any], rules: Visibility) -> tuple[Listed, ...]:
    """All objects of a run that could be published.

    Parameters
    ----------
    view : mapping
        View document.
    rules : Visibility
        Rules of the city.

    Returns
    -------
    tuple of Listed
        By kind, in the order of the view document.
    """
    return tuple(
        Listed(kind, name, label, rules.state(kind, name), rules.because(kind, name))
        for kind in list_kinds()
        for name, label in _objects(view, kind)
    )


def check_objects(view: Mapping[str, Any], rules: Visibility) -> tuple[Finding, ...]:
    """Rules that name nothing of a run.

    Parameters
    ----------
    view : mapping
        View document.
    rules : Visibility
        Rules of the city.

    Returns
    -------
    tuple of Finding
        One per unknown id.
    """
    known = {kind: {name for name, _ in _objects(view, kind)} for kind in list_kinds() if kind in rules.objects}
    return tuple(
        Finding(
            rule="visibility.unknown",
            at=f"{NAME}: objects.{kind}.{name}",
            severity="warning",
            says=Label(
                f"本次运行没有“{name}”（{list_kinds()[kind].label.zh}）",
                f"this run has no '{name}' ({list_kinds()[kind].label.en})",
            ),
            remedy=Label("改正编号或删去这一行；它不公开任何内容", "correct the id or remove the line; it publishes nothing"),
        )
        for kind, rows in rules.objects.items()
        for name in rows
        if name not in known[kind] and kind != REGISTRY
    )


def _objects(view: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Label]]:
    """Ids and names; what has no name of its own is called by its id."""
    for name, said in _rows(view, kind):
        words = said if isinstance(said, Mapping) else {"zh": str(said or name), "en": str(said or name)}
        yield name, Label(words["zh"], words["en"])


def _rows(view: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Any]]:
    pathway = view.get("pathway") or {}
    if kind == "targets":
        for row in view.get("verdicts") or ():
            year = row.get("year") or row.get("period") or ""
            yield row["target"], {lang: f"{text} {year}".strip() for lang, text in row["indicator"].items()}
    elif kind == "tasks":
        yield from ((row["id"], row["title"]) for row in view.get("tasks") or ())
    elif kind == "emissions" and (view.get("emissions") or {}).get("history"):
        yield HISTORY, view["emissions"]["label"]
    elif kind == "energy":
        yield from ((str(row["year"]), str(row["year"])) for row in (view.get("energy") or {}).get("years") or ())
    elif kind == "pathway":
        yield from ((row["id"], row["label"]) for row in pathway.get("scenarios") or () if row["id"] == pathway["main"])
    elif kind == "clashes":
        yield from ((row["id"], row["title"]) for row in view.get("clashes") or ())
    elif kind == "measures":
        yield from ((row["id"], row["label"]) for row in pathway.get("measures") or ())
    elif kind == "hours":
        yield from ((row["id"], row["label"]) for row in (view.get("power") or {}).get("cases") or ())
    elif kind == "organisations":
        yield from ((row["name"], row["name"]) for row in view.get("organisations") or ())
    elif kind == "sources":
        yield from ((row["id"], row["title"]) for row in view.get("sources") or ())
