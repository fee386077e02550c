"""Candidates for a task: bodies whose official duties speak of what the task says, each with the grounds.

Invariant: a candidate is a proposal with a score and grounds; weak evidence gives no candidate.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dafeng.plans.duties import Body, DutyClause, DutyTable, Part, TaskSettings, read_settings
from dafeng.plans.gazetteer import list_local
from dafeng.plans.organisations import canonical

Evidence = Mapping[str, Sequence[str]]
"""Texts of a task by where they stand: ``title``, ``target``, ``measure``, ``section``, ``chapter``."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A duty that speaks of a task.

    Parameters
    ----------
    clause : DutyClause
        Row of the table.
    words : tuple of str
        Its words that the task holds.
    places : tuple of str
        Where the best of them stand.
    points : Decimal
        Weight of it all. [1]
    """

    clause: DutyClause
    words: tuple[str, ...]
    places: tuple[str, ...]
    points: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """A body proposed for a task.

    Parameters
    ----------
    organisation : str
        Name to print.
    body : str
        Name in the table.
    role : Part
        ``lead`` or ``support``.
    score : Decimal
        How much speaks for it. [0..1]
    known : bool
        Whether the place is known to use this name.
    grounds : tuple of Ground
        The weightiest first.
    """

    organisation: str
    body: str
    role: Part
    score: Decimal
    known: bool
    grounds: tuple[Ground, ...]


def find_grounds(evidence: Evidence, clauses: Iterable[DutyClause]) -> tuple[Ground, ...]:
    """Duties that speak of a task.

    Parameters
    ----------
    evidence : mapping of str to sequence of str
        Texts of the task by place.
    clauses : iterable of DutyClause
        Duties to look at.

    Returns
    -------
    tuple of Ground
        In the order of the table.
    """
    settings = read_settings()
    order = sorted(settings.places, key=lambda place: -settings.places[place])
    texts = {place: "\n".join(evidence.get(place, ())) for place in order}
    found = (_ground(clause, texts, settings) for clause in clauses)
    return tuple(ground for ground in found if ground is not None)


def propose(grounds: Sequence[Ground], names: Mapping[str, tuple[str, bool]]) -> tuple[Candidate, ...]:
    """Bodies that a task may be given to.

    Parameters
    ----------
    grounds : sequence of Ground
        Duties that speak of the task.
    names : mapping of str to (str, bool)
        By body: name to print and whether the place is known to use it.

    Returns
    -------
    tuple of Candidate
        Leads first, then by score; empty where the evidence is weak.
    """
    limits, groups = read_settings().limits, _grouped(grounds)
    scores = {body: _score(own) for body, own in groups.items()}
    best = max(scores.values(), default=Decimal(0))
    chosen = [body for body, score in scores.items() if score >= limits["least"] and score >= limits["share"] * best]
    leads = _leads(groups, chosen)
    supports = sorted((body for body in chosen if body not in leads), key=lambda body: -scores[body])
    ranked = (*leads, *supports)[: int(limits["most"])]
    return tuple(_candidate(body, groups[body], scores[body], lead=body in leads, name=names[body]) for body in ranked)


def find_names(table: DutyTable, used: Iterable[str], *, place: str) -> dict[str, tuple[str, bool]]:
    """Names to print for the bodies of the table.

    Parameters
    ----------
    table : DutyTable
        The table.
    used : iterable of str
        Organisations that the plan itself names.
    place : str
        Administrative code.

    Returns
    -------
    dict of str to (str, bool)
        The name that the plan, the gazetteer or the city's own table has for the body, with ``True``; else the table's own
        name, with ``False``.
    """
    spoken = {canonical(name, place=place): name for name in used}
    own = {clause.body for clause in table.clauses if clause.place == place and place}
    local = list_local(place)
    return {name: _name(body, spoken, own, local) for name, body in table.bodies.items()}


def _ground(clause: DutyClause, texts: Mapping[str, str], settings: TaskSettings) -> Ground | None:
    at = {word: place for word in clause.words if (place := next((p for p, text in texts.items() if word in text), ""))}
    words = [word for word in at if not any(word != other and word in other for other in at)]
    if not words:
        return None
    points = sum((_weight(word, at[word], settings) for word in words), Decimal(0)) * settings.roles[clause.role]
    return Ground(clause, tuple(words), tuple(dict.fromkeys(at[word] for word in words)), points)


def _weight(word: str, place: str, settings: TaskSettings) -> Decimal:
    return settings.places[place] * settings.lengths[min(max(len(word), min(settings.lengths)), max(settings.lengths))]


def _grouped(grounds: Iterable[Ground]) -> dict[str, tuple[Ground, ...]]:
    groups: dict[str, list[Ground]] = {}
    for ground in grounds:
        groups.setdefault(ground.clause.body, []).append(ground)
    return {body: tuple(sorted(own, key=lambda one: -one.points)) for body, own in groups.items()}


def _score(grounds: Iterable[Ground]) -> Decimal:
    points = sum((ground.points for ground in grounds), Decimal(0))
    return Decimal(1 - math.exp(-float(points))).quantize(Decimal("0.01"))


def _leads(groups: Mapping[str, tuple[Ground, ...]], chosen: Iterable[str]) -> tuple[str, ...]:
    """Those with a leading duty that speaks most of the task; a task without such evidence has none."""
    limits = read_settings().limits
    points = {body: max((g.points for g in groups[body] if g.clause.role == "lead"), default=Decimal(0)) for body in chosen}
    best = max(points.values(), default=Decimal(0))
    strong = [body for body, own in points.items() if own >= limits["lead"] and own >= limits["tie"] * best]
    return tuple(sorted(strong, key=lambda body: -points[body])[: int(limits["leads"])])


def _candidate(body: str, grounds: tuple[Ground, ...], score: Decimal, *, lead: bool, name: tuple[str, bool]) -> Candidate:
    return Candidate(name[0], body, "lead" if lead else "support", score, name[1], grounds)


def _name(body: Body, spoken: Mapping[str, str], own: set[str], local: frozenset[str]) -> tuple[str, bool]:
    stems = (body.name, *body.also)
    for name in spoken:
        stem = re.sub(r"^[市省县区州]", "", name)
        if stem in stems or (not body.level and any(one in name for one in stems)):
            return name, True
    here = next((stem for stem in stems if stem in local), None)
    if here is not None or body.name in own:
        return body.level + (here or body.name), True
    return (body.level + body.name, False) if body.level else (f"{body.name}（驻本市机构）", False)
