"""A record of a plan with some of its fields corrected.

Invariant: ``amend(record, spell_record(record))`` is the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from dafeng.core.labels import Label
from dafeng.plans.fields import FIELDS, Field, Record, find_field, kind_of
from dafeng.plans.plan import Responsible, Target, Task
from dafeng.plans.rosters import is_collective
from dafeng.plans.typed import NO, YES, split_names

Same = TypeVar("Same", bound=Record)


def spell_record(record: Record) -> dict[str, str]:
    """All fields of a record as texts.

    Parameters
    ----------
    record : Record
        The record.

    Returns
    -------
    dict of str to str
        Field → text; an absent value is an empty text.
    """
    return {field.name: _spell(_value(record, field.name)) for field in FIELDS[kind_of(record)]}


def amend(record: Same, texts: Mapping[str, str], *, labels: Mapping[str, Label] | None = None) -> Same:
    """A record with some fields corrected.

    Parameters
    ----------
    record : Record
        The record.
    texts : mapping of str to str
        Field → canonical text, from `tidy`.
    labels : mapping of str to Label, optional
        Labels of the indicators.

    Returns
    -------
    Record
        The same kind of record; what was not named is unchanged.

    Raises
    ------
    LookupFailure
        If there is no such field.
    """
    kind = kind_of(record)
    values = {name: _read(find_field(kind, name), text) for name, text in texts.items()}
    if isinstance(record, Task):
        return _amend_task(record, values)  # type: ignore[return-value]
    if isinstance(record, Target) and "indicator_id" in values:
        values["label"] = (labels or {}).get(values["indicator_id"] or "")
    return replace(record, **values)


def _value(record: Record, name: str) -> Any:
    if isinstance(record, Task) and name == "responsible":
        return tuple(one.organisation for one in record.responsible if one.role == "responsible")
    return getattr(record, name)


def _spell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, tuple):
        return "、".join(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _read(field: Field, text: str) -> Any:
    if field.form == "flag":
        return text == YES
    if field.form == "names":
        return split_names(text)
    if field.form in ("text", "name") and field.name == "unit":
        return text
    if not text:
        return None
    return {"year": int, "number": Decimal}.get(field.form, str)(text)


def _amend_task(task: Task, values: Mapping[str, Any]) -> Task:
    """Names per role; a name that stays keeps how it was written."""
    written = {one.organisation: one.written for one in task.responsible}
    roles = {"leads": "lead", "supports": "support", "responsible": "responsible"}
    plain = {name: value for name, value in values.items() if name not in roles}
    changed = {roles[name]: value for name, value in values.items() if name in roles}
    if not changed:
        return replace(task, **plain)
    kept = [one for one in task.responsible if one.role not in changed or one.organisation in changed[one.role]]
    here = {(one.organisation, one.role) for one in kept}
    new = [
        Responsible(name, role, written.get(name, name))  # type: ignore[arg-type]
        for role, names in changed.items()
        for name in names
        if (name, role) not in here
    ]
    listed = _once((*kept, *new), changed)
    present = {one.organisation for one in listed}
    added = [one.organisation for one in new if is_collective(one.organisation) and one.organisation not in task.collectives]
    collectives = (*(name for name in task.collectives if name in present), *added)
    return replace(task, responsible=listed, collectives=collectives, **plain)


def _once(listed: tuple[Responsible, ...], changed: Mapping[str, tuple[str, ...]]) -> tuple[Responsible, ...]:
    """Each organisation once; the role that was named in the correction wins, then the earlier one."""
    chosen: dict[str, Responsible] = {}
    for one in listed:
        before = chosen.get(one.organisation)
        if before is None or (one.role in changed and before.role not in changed):
            chosen[one.organisation] = one
    return tuple(chosen.values())
