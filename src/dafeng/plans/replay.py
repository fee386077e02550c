"""A machine's reading and the edits of people → the plan as people left it.

Invariant: pure; without an edit that counts it is the reading itself, and what nobody touched is as the machine read it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Anchor
from dafeng.plans.corrections import amend
from dafeng.plans.edits import Edit, Place, choose_standing
from dafeng.plans.fields import Record
from dafeng.plans.plan import Goal, Organisation, OtherFigure, Plan, PlanDocument, Responsible, Target, Task

State = Literal["unseen", "accepted", "corrected", "added", "split", "taken", "rejected"]
"""How far people are with a record; ``split`` is replaced by its parts, ``taken`` is a figure that was made a target."""
GONE: frozenset[State] = frozenset({"split", "taken", "rejected"})
"""States of records that are not in the plan."""
SURE = Decimal(1)
"""Certainty of what a person has looked at."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A plan with everything that was ever a record of it.

    Parameters
    ----------
    plan : Plan
        The plan as people left it.
    records : mapping of str to Record
        By id, in the order of the document; rejected and split ones too.
    states : mapping of str to State
        By id.
    """

    plan: Plan
    records: Mapping[str, Record]
    states: Mapping[str, State]


def name_record(record: Record) -> str:
    """Id of a record in a review.

    Parameters
    ----------
    record : Record
        Of the machine's reading.

    Returns
    -------
    str
        Its id; ``organisation/`` and its name for an organisation.
    """
    return f"organisation/{record.name}" if isinstance(record, Organisation) else record.id


def replay(reading: Plan, edits: Iterable[Edit], *, labels: Mapping[str, Label] | None = None) -> Reviewed:
    """Apply edits to a reading.

    Parameters
    ----------
    reading : Plan
        The machine's.
    edits : iterable of Edit
        In order, those taken back included.
    labels : mapping of str to Label, optional
        Labels of the indicators.

    Returns
    -------
    Reviewed
        The plan, all records, their states.
    """
    standing = choose_standing(edits)
    table = _Table(reading, labels or {})
    for edit in standing:
        table.apply(edit)
    records = _with_names(table)
    plan = _build(reading, table, records) if standing else reading
    return Reviewed(plan, records, {name: table.states[name] for name in records})


def apply_edits(reading: Plan, edits: Iterable[Edit], *, labels: Mapping[str, Label] | None = None) -> Plan:
    """The plan as people left it.

    Parameters
    ----------
    reading : Plan
        The machine's.
    edits : iterable of Edit
        In order.
    labels : mapping of str to Label, optional
        Labels of the indicators.

    Returns
    -------
    Plan
        A new plan; the reading is not changed.
    """
    return replay(reading, edits, labels=labels).plan


class _Table:
    """Records and states while edits are applied one after the other."""

    def __init__(self, reading: Plan, labels: Mapping[str, Label]) -> None:
        listed: tuple[Record, ...] = (*reading.targets, *reading.tasks, *reading.organisations, *reading.goals, *reading.others)
        self.machine: Mapping[str, Record] = {name_record(record): record for record in listed}
        self.records: dict[str, Record] = dict(self.machine)
        self.states: dict[str, State] = dict.fromkeys(self.records, "unseen")
        self.origins: dict[str, str] = {}
        self.document = reading.document
        self.labels = labels

    def apply(self, edit: Edit) -> None:
        match edit.action:
            case "accept":
                if self.states[edit.record] not in ("corrected", "added"):
                    self.states[edit.record] = "accepted"
            case "reject":
                self.states[edit.record] = "rejected"
            case "correct":
                self._correct(edit.record, edit.after[0].fields)
            case "split":
                self._split(edit)
            case "add":
                self._add(edit)
            case "restore":
                self._restore(edit.record)

    def ordered(self) -> list[str]:
        """Names of the records; those that were made stand behind what they were made of, or at their place."""
        names = [name for name in self.records if name in self.machine]
        for name in self.records:
            if name not in self.machine:
                names.insert(self._spot(name, names), name)
        return names

    def _spot(self, name: str, names: Sequence[str]) -> int:
        origin = self.origins.get(name)
        if isinstance(self.records.get(origin or ""), Target):
            family = (at for at, other in enumerate(names) if other == origin or self.origins.get(other) == origin)
            return max(family) + 1
        figure = _figure(self.records[name])
        targets = [at for at, other in enumerate(names) if isinstance(self.records[other], Target)]
        later = (at for at in targets if _figure(self.records[names[at]]) > figure)
        return next(later, targets[-1] + 1 if targets else 0)

    def _correct(self, name: str, fields: Mapping[str, str]) -> None:
        before = self.records[name]
        after = amend(before, fields, labels=self.labels)
        self.records[name] = after
        self.states[name] = "corrected" if name in self.machine else "added"
        if isinstance(before, Task) and isinstance(after, Task):
            self._follow(before, after)

    def _follow(self, before: Task, after: Task) -> None:
        """Targets of a task have its organisations, unless somebody gave them others."""
        for name, record in self.records.items():
            if isinstance(record, Target) and record.task == after.id and record.organisations == before.organisations:
                self.records[name] = replace(record, organisations=after.organisations)

    def _split(self, edit: Edit) -> None:
        whole = self.records[edit.record]
        self.states[edit.record] = "split"
        for entry in edit.after:
            part = amend(whole, entry.fields, labels=self.labels)
            if isinstance(part, Target):
                self._make(replace(part, id=entry.record), edit.record)

    def _add(self, edit: Edit) -> None:
        entry, figure = edit.after[0], self.records.get(edit.source or "")
        if isinstance(figure, OtherFigure):
            self.states[figure.id] = "taken"
            blank = replace(_empty(entry.record, figure.anchor, figure.figure), task=figure.task)
        else:
            blank = _placed(entry.record, edit.place or Place(0, 0, (0, 0), 0), self.document)
        self._make(amend(blank, entry.fields, labels=self.labels), edit.source)

    def _make(self, record: Target, origin: str | None) -> None:
        self.records[record.id], self.states[record.id] = record, "added"
        if origin is not None:
            self.origins[record.id] = origin

    def _restore(self, name: str) -> None:
        for part in [part for part, whole in self.origins.items() if whole == name]:
            self._forget(part)
        if name in self.machine:
            self.records[name], self.states[name] = self.machine[name], "unseen"
        else:
            self.states[name] = "added"

    def _forget(self, name: str) -> None:
        for part in [part for part, whole in self.origins.items() if whole == name]:
            self._forget(part)
        for kept in (self.records, self.states, self.origins):
            kept.pop(name, None)


def _figure(record: Record) -> int:
    return record.figure[0] if isinstance(record, Target | OtherFigure) else 0


def _placed(name: str, place: Place, document: PlanDocument) -> Target:
    anchor = Anchor(place.start, place.end, place.paragraph, document.sha256, document.title or document.name)
    return _empty(name, anchor, place.figure)


def _empty(name: str, anchor: Anchor, figure: tuple[int, int]) -> Target:
    return Target(
        id=name, indicator="", indicator_id=None, label=None, year=None, period=None, value=None, upper=None, unit="",
        comparator=">=", strength=None, base_year=None, base=None, direction=None, scope=None, counting=None, part_of=None,
        implied=False, organisations=(), task=None, anchor=anchor, figure=figure, also=(), certainty=SURE, reason="",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Names:
    """What people made of the organisations: new names, and whether they stand for many; none for a misread one."""

    kept: Mapping[str, Organisation | None]

    def read(self, names: Iterable[str]) -> tuple[str, ...]:
        found = (self.kept.get(name, name) for name in names)
        return tuple(dict.fromkeys(one.name if isinstance(one, Organisation) else one for one in found if one is not None))

    def amend(self, record: Record) -> Record:
        if isinstance(record, Target):
            return replace(record, organisations=self.read(record.organisations))
        return self._task(record) if isinstance(record, Task) else record

    def _task(self, task: Task) -> Task:
        listed: dict[str, Responsible] = {}
        for one in task.responsible:
            for name in self.read([one.organisation]):
                listed.setdefault(name, replace(one, organisation=name))
        many = {one.name: one.collective for one in self.kept.values() if one is not None}
        old = self.read(task.collectives)
        collectives = tuple(name for name in listed if many.get(name, name in old))
        return replace(task, responsible=tuple(listed.values()), collectives=collectives)


def _with_names(table: _Table) -> dict[str, Record]:
    """Records in order, with the organisations as people named them."""
    ordered = {name: table.records[name] for name in table.ordered()}
    changed: dict[str, Organisation | None] = {}
    for name, was in table.machine.items():
        now = table.records[name]
        if isinstance(was, Organisation) and isinstance(now, Organisation):
            if table.states[name] == "rejected":
                changed[was.name] = None
            elif now != was:
                changed[was.name] = now
    names = _Names(changed)
    return {name: names.amend(record) for name, record in ordered.items()} if changed else ordered


def _build(reading: Plan, table: _Table, records: Mapping[str, Record]) -> Plan:
    kept = {name: record for name, record in records.items() if table.states[name] not in GONE}
    tasks = [record for record in kept.values() if isinstance(record, Task)]
    known = {task.id for task in tasks}
    targets = [_target(record, table, kept, known) for record in kept.values() if isinstance(record, Target)]
    tasks = [replace(task, targets=tuple(t.id for t in targets if t.task == task.id)) for task in tasks]
    return Plan(
        document=reading.document,
        place=reading.place,
        targets=tuple(targets),
        tasks=tuple(tasks),
        organisations=_organisations(tasks),
        goals=tuple(
            replace(one, task=one.task if one.task in known else None) for one in kept.values() if isinstance(one, Goal)
        ),
        findings=_findings(reading, table, records),
        others=tuple(
            replace(one, task=one.task if one.task in known else None) for one in kept.values() if isinstance(one, OtherFigure)
        ),
    )


def _target(target: Target, table: _Table, kept: Mapping[str, Record], tasks: Collection[str]) -> Target:
    """A target as it enters the plan: sure where a person saw it, and pointing only to what is in the plan."""
    whole = target.part_of
    if whole is not None and whole not in kept:
        whole = next((part for part, origin in table.origins.items() if origin == whole and part in kept), None)
    linked = replace(target, part_of=whole, task=target.task if target.task in tasks else None)
    return linked if table.states[target.id] == "unseen" else replace(linked, certainty=SURE, reason="")


def _findings(reading: Plan, table: _Table, records: Mapping[str, Record]) -> tuple[Finding, ...]:
    """Findings but those that asked for what people have done now."""
    seen = {
        f"{reading.document.name}:{record.figure[0]}-{record.figure[1]}"
        for name, record in records.items()
        if isinstance(record, Target | OtherFigure) and table.states[name] != "unseen"
    }
    asked = ("plan.review", "plan.doubtful_figure")
    return tuple(finding for finding in reading.findings if finding.rule not in asked or finding.at not in seen)


def _organisations(tasks: Iterable[Task]) -> tuple[Organisation, ...]:
    """Those that the tasks name, in the order of first mention; other spellings are aliases."""
    found: dict[str, list[str]] = {}
    collective: set[str] = set()
    for task in tasks:
        collective |= set(task.collectives)
        for one in task.responsible:
            found.setdefault(one.organisation, []).append(one.written)
    return tuple(
        Organisation(name, tuple(dict.fromkeys(w for w in written if w != name)), name in collective, len(written))
        for name, written in found.items()
    )
