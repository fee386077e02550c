"""``publish``: change what the public pages may show, with who and when.

Invariant: a change is logged, with the hash of the file it makes, before the file is there; cut short in between, whoever reads
the rules next finishes it. Whoever decided on an older state is told, and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from dafeng.core.errors import ConflictError, SettingError
from dafeng.core.labels import Label
from dafeng.store.files import hash_bytes, lock
from dafeng.store.records import Records
from dafeng.store.visibility import add_change, list_changes
from dafeng.work.city import City
from dafeng.work.publish_pending import FOLDER, begin_change, finish_held
from dafeng.work.publish_rules import (
    NAME,
    STATES,
    State,
    Visibility,
    list_kinds,
    parse_visibility,
    read_rules,
    spell_visibility,
)
from dafeng.work.review import using

LONGEST = 400
"""Longest id of an object. [characters]"""
Wish = Literal["public", "internal", "unset"]
"""State wanted; ``unset`` removes the rule."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of a rule.

    Parameters
    ----------
    kind : str
        Kind of objects.
    name : str
        Id of the object; empty for the whole kind.
    state : {"public", "internal", "unset"}
        What holds from now on.
    """

    kind: str
    name: str
    state: Wish


@dataclass(frozen=True, slots=True)
class Decided:
    """A change that was made.

    Parameters
    ----------
    decision : Decision
        What was decided.
    who : str
        By whom.
    at : datetime
        When, in UTC.
    file : str
        Hash of the rule file it made.
    """

    decision: Decision
    who: str
    at: datetime
    file: str


def change_visibility(
    city: City, decisions: Sequence[Decision], *, who: str, seen: str | None = None, records: Records | None = None
) -> Visibility:
    """Change what the public pages may show.

    Parameters
    ----------
    city : City
        The city.
    decisions : sequence of Decision
        What shall hold; the last one on an object counts.
    who : str
        Who decides.
    seen : str, optional
        Hash of the rule file that the decision was made on; without it the present one is taken.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Visibility
        The rules from now on.

    Raises
    ------
    SettingError
        If nobody decides, or a kind or state is unknown or can never be public.
    ConflictError
        If somebody else changed the rules since they were seen.
    StoreError
        If the records cannot be written; then the rules stay as they were.
    """
    _check(decisions, who)
    at = datetime.now(UTC)
    with using(city, records) as opened, lock(city.folder / FOLDER):
        finish_held(city, opened)
        rules = read_rules(city)
        if seen is not None and seen != rules.sha256:
            raise _outdated(city.overlay / NAME)
        text = spell_visibility(_decide(rules, decisions))
        file = hash_bytes(text.encode())
        if file == rules.sha256:
            return rules
        begin_change(city, text, base=rules.sha256, at=at)
        try:
            with opened.write(actor=who, at=at) as session:
                for one in decisions:
                    add_change(session, kind=one.kind, name=one.name, state=one.state, file=file)
        finally:
            finish_held(city, opened)
    return parse_visibility(text)


def list_decisions(city: City, *, records: Records | None = None) -> tuple[Decided, ...]:
    """All changes that were made through the programme.

    Parameters
    ----------
    city : City
        The city.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    tuple of Decided
        The newest first; none where the city has no records yet.

    Raises
    ------
    StoreError
        If the records cannot be read.
    """
    if records is None and isinstance(city.records, Path) and not city.records.is_file():
        return ()
    with using(city, records) as opened, opened.read() as session:
        rows = list_changes(session)
        return tuple(Decided(Decision(row.kind, row.name, cast("Wish", row.state)), row.who, row.at, row.file) for row in rows)


def _decide(rules: Visibility, decisions: Sequence[Decision]) -> Visibility:
    kinds: dict[str, State] = dict(rules.kinds)
    objects: dict[str, dict[str, State]] = {kind: dict(rows) for kind, rows in rules.objects.items()}
    for one in decisions:
        rows: dict[str, State] = objects.setdefault(one.kind, {}) if one.name else kinds
        if one.state == "unset":
            rows.pop(one.name or one.kind, None)
        else:
            rows[one.name or one.kind] = one.state
    return replace(rules, kinds=kinds, objects=_kept(objects))


def _kept(objects: Mapping[str, Mapping[str, State]]) -> dict[str, Mapping[str, State]]:
    return {kind: rows for kind, rows in objects.items() if rows}


def _check(decisions: Sequence[Decision], who: str) -> None:
    kinds = list_kinds()
    listed = Label("、".join(kinds), ", ".join(kinds))
    if not who.strip():
        raise _refused(Label("没有说明是谁决定的", "nobody is named who decides"), "--by", Label("一个名字", "a name"))
    for one in decisions:
        at = f"{one.kind}/{one.name}" if one.name else one.kind
        if one.kind not in kinds:
            raise _refused(Label(f"没有“{one.kind}”这种内容", f"there is no kind '{one.kind}'"), at, listed)
        if one.state not in (*STATES, "unset") or not one.name.isprintable() or len(one.name) > LONGEST:
            raise _refused(
                Label("状态或编号不可用", "the state or the id cannot be used"),
                at,
                Label("public、internal、unset", "public, internal, unset"),
            )
        if one.state == "public" and kinds[one.kind].never:
            raise _refused(
                Label(f"{kinds[one.kind].label.zh}永不公开", f"{one.kind} can never be public"),
                at,
                Label("internal", "internal"),
            )


def _refused(what: Label, where: str, expected: Label) -> SettingError:
    return SettingError(
        what,
        where=where,
        expected=expected,
        remedy=Label("改正后重试；规则没有改动", "correct it and try again; no rule was changed"),
    )


def _outdated(path: Path) -> ConflictError:
    return ConflictError(
        Label("别人刚改过公开规则", "somebody else has changed the rules of visibility"),
        where=path.name,
        expected=Label("在最新的规则上决定", "a decision on the present rules"),
        remedy=Label(
            "刷新页面，看过新的规则后再决定；没有写入任何改动",
            "reload, look at the present rules and decide again; nothing was written",
        ),
    )
