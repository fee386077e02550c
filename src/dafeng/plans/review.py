"""A review: a machine's reading of a document, and what people did with it so far.

Invariant: the reading is never changed; a change that cannot be is refused before it becomes an edit, and one that was
made on an older state of the record is a conflict, never an overwriting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import get_args

from dafeng.core.documents import Document
from dafeng.core.errors import ConflictError, LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.plans.corrections import spell_record
from dafeng.plans.edits import DONE, Action, Change, Edit, Entry, find_last, last_serial
from dafeng.plans.fields import FIELDS, Known, Record, RecordKind, find_field, kind_of
from dafeng.plans.identity import make_id
from dafeng.plans.magnitude import LIMITS, is_believable
from dafeng.plans.plan import OtherFigure, Plan, Target, Task
from dafeng.plans.replay import Reviewed, State, replay
from dafeng.plans.typed import is_same, tidy

DOUBTFUL = Decimal("0.75")
"""Certainty below which a record stands among those to be looked at first, as ``plan.review`` has it. [0..1]"""
LONGEST_REMARK = 500
FEWEST_PARTS, MOST_PARTS = 2, 20
ALLOWED: Mapping[RecordKind, frozenset[Action]] = {
    "target": frozenset({"accept", "correct", "split", "reject", "restore", "undo"}),
    "task": frozenset({"accept", "correct", "reject", "restore", "undo"}),
    "organisation": frozenset({"accept", "correct", "reject", "restore", "undo"}),
    "goal": frozenset({"accept", "correct", "reject", "restore", "undo"}),
    "other": frozenset({"accept", "add", "restore", "undo"}),
}
"""What may be done with a record of each kind."""


@dataclass(frozen=True)
class Review:
    """A document under review.

    Parameters
    ----------
    id : str
        Id in the city's records.
    document : Document
        The document with its text.
    reading : Plan
        What the machine read.
    edits : tuple of Edit
        What people did, in order.
    indicators : mapping of str to Label
        Indicators of the city's catalogue.
    """

    id: str
    document: Document
    reading: Plan
    edits: tuple[Edit, ...]
    indicators: Mapping[str, Label]

    @cached_property
    def reviewed(self) -> Reviewed:
        """Plan, records and states as they are now."""
        return replay(self.reading, self.edits, labels=self.indicators)

    @property
    def plan(self) -> Plan:
        """The plan as people left it."""
        return self.reviewed.plan

    @property
    def known(self) -> Known:
        """What corrections may refer to."""
        tasks = {one.id: one.title for one in self.reviewed.records.values() if isinstance(one, Task)}
        return Known(self.indicators, tasks)

    def record(self, name: str) -> Record:
        """Record under an id.

        Parameters
        ----------
        name : str
            Its id.

        Returns
        -------
        Record
            As it is now.

        Raises
        ------
        LookupFailure
            If there is none.
        """
        found = self.reviewed.records.get(name)
        if found is None:
            raise _unknown(name)
        return found

    def state(self, name: str) -> State:
        """How far people are with a record.

        Parameters
        ----------
        name : str
            Its id.

        Returns
        -------
        State
            Its state.
        """
        return self.reviewed.states[name]

    def seen(self, name: str) -> int:
        """Serial of the last edit that touched a record.

        Parameters
        ----------
        name : str
            Its id.

        Returns
        -------
        int
            0 where nobody touched it.
        """
        return last_serial(self.edits, name)

    def progress(self) -> tuple[int, int]:
        """How many of the targets, tasks and goals a person has looked at.

        Returns
        -------
        tuple of int
            Looked at, and all of them. Parts and added ones count with what they stand for.
        """
        counted = [
            state
            for name, state in self.reviewed.states.items()
            if kind_of(self.reviewed.records[name]) in ("target", "task", "goal") and state not in ("split",)
        ]
        return sum(state != "unseen" for state in counted), len(counted)

    def is_first(self, name: str) -> bool:
        """Whether a record should be looked at first.

        Parameters
        ----------
        name : str
            Its id.

        Returns
        -------
        bool
            True for an unseen one that was read with little certainty, and for an unseen target that matches no indicator.
        """
        record = self.reviewed.records[name]
        if self.reviewed.states[name] != "unseen":
            return False
        if isinstance(record, Target):
            return record.certainty < DOUBTFUL or record.indicator_id is None
        return isinstance(record, OtherFigure) and record.kind == "target"


def make_edit(review: Review, change: Change, *, who: str, at: datetime) -> Edit | None:
    """Turn what a person asks for into the next edit.

    Parameters
    ----------
    review : Review
        As it is now.
    change : Change
        What is asked for.
    who : str
        Who asks.
    at : datetime
        Now, in UTC.

    Returns
    -------
    Edit or None
        ``None`` where it was done already: the same request twice, or a correction to what is there.

    Raises
    ------
    LookupFailure
        If there is no such record or field.
    SettingError
        If a text cannot be used, or the action is not possible.
    ConflictError
        If somebody else has changed the record since it was looked at.
    """
    if change.action not in get_args(Action):
        raise _impossible(change, Label("、".join(get_args(Action)), ", ".join(get_args(Action))))
    blank = Edit(len(review.edits) + 1, change.record, change.action, who, at, remark=_remark(change.remark))
    if change.action == "add" and not change.record:
        return _add(review, change, blank)
    record = review.record(change.record)
    last = review.seen(change.record)
    if change.seen is not None and change.seen != last:
        _check_repeated(review, change, blank, last)
        return None
    return _make(review, change, blank, record)


def _make(review: Review, change: Change, blank: Edit, record: Record) -> Edit | None:
    kind, state = kind_of(record), review.state(change.record)
    closed = state in ("split", "taken") and change.action not in ("restore", "undo")
    if change.action not in ALLOWED[kind] or closed:
        listed = sorted({"restore", "undo"} if closed else ALLOWED[kind])
        raise _impossible(change, Label("、".join(listed), ", ".join(listed)))
    match change.action:
        case "accept":
            return blank if state in ("unseen", "rejected") else None
        case "reject":
            return blank if state != "rejected" else None
        case "restore":
            return blank if state != "unseen" else None
        case "undo":
            return _undo(review, change, blank)
        case "correct":
            return _correct(review, change, blank, record)
        case "split":
            return _split(review, change, blank, record)
        case _:
            return _add(review, change, replace(blank, source=change.record))


def _correct(review: Review, change: Change, blank: Edit, record: Record) -> Edit | None:
    typed = _tidy(kind_of(record), _single(change), review)
    now = spell_record(record)
    kind = kind_of(record)
    after = {name: text for name, text in typed.items() if not is_same(find_field(kind, name), text, now[name])}
    if not after:
        return None
    if isinstance(record, Target):
        _check_whole({**now, **after}, after)
    before = {name: now[name] for name in after}
    return replace(blank, before=before, after=(Entry(blank.record, after),))


def _split(review: Review, change: Change, blank: Edit, record: Record) -> Edit:
    if not FEWEST_PARTS <= len(change.fields) <= MOST_PARTS:
        limits = Label(f"{FEWEST_PARTS} 至 {MOST_PARTS} 个部分", f"{FEWEST_PARTS} to {MOST_PARTS} parts")
        raise _impossible(change, limits)
    now = spell_record(record)
    parts = [{**now, **_tidy("target", fields, review)} for fields in change.fields]
    if len({tuple(sorted(part.items())) for part in parts}) < len(parts):
        raise _impossible(change, Label("各部分至少有一个字段不同", "parts that differ in at least one field"))
    for part in parts:
        _check_whole(part, part)
    taken = {name for edit in review.edits for name in edit.touched}
    free = (f"{blank.record}-{number}" for number in range(1, len(taken) + MOST_PARTS + 2))
    names = [name for name in free if name not in taken][: len(parts)]
    entries = [
        Entry(name, {key: text for key, text in part.items() if text != now[key]})
        for name, part in zip(names, parts, strict=True)
    ]
    return replace(blank, after=tuple(entries))


def _add(review: Review, change: Change, blank: Edit) -> Edit:
    record = review.reviewed.records.get(change.record)
    if not isinstance(record, OtherFigure) and change.place is None:
        raise _impossible(
            change, Label("文件中的位置，或一个非目标数字", "a place in the document, or a figure that is no target")
        )
    if change.place is not None:
        _check_place(review, change)
    given = {field.name: "" for field in FIELDS["target"]}
    typed = {**given, "comparator": ">=", "implied": "0", **_tidy("target", _single(change), review)}
    _check_whole(typed, typed)
    used = sum(edit.action == "add" for edit in review.edits)
    name = make_id(review.reading.place, "R", used + 1)
    return replace(blank, record=name, after=(Entry(name, typed),), place=change.place)


def _undo(review: Review, change: Change, blank: Edit) -> Edit:
    last = find_last(review.edits, change.record)
    if last is None:
        expected = Label("可撤销的一步；先撤销其后的步骤", "a step that can be undone; undo the later ones first")
        raise _impossible(change, expected)
    return replace(blank, undoes=last.serial)


def _check_repeated(review: Review, change: Change, blank: Edit, last: int) -> None:
    """The same request by the same person once more is no conflict; anything else is."""
    if not last:
        raise _impossible(change, Label("未改动过的记录（0）", "a record that nobody touched (0)"))
    done = review.edits[last - 1]
    before = replace(review, edits=review.edits[: last - 1])
    asked = replace(change, seen=None)
    if done.who == blank.who and done.action == change.action and change.record in before.reviewed.records:
        again = make_edit(before, asked, who=blank.who, at=done.at)
        if again is not None and (again.after, again.undoes) == (done.after, done.undoes):
            return
    raise _conflict(change, done)


def _single(change: Change) -> Mapping[str, str]:
    if len(change.fields) != 1:
        raise _impossible(change, Label("一组字段", "one set of fields"))
    return change.fields[0]


def _tidy(kind: RecordKind, fields: Mapping[str, str], review: Review) -> dict[str, str]:
    known = review.known
    return {name: tidy(find_field(kind, name), text, known=known) for name, text in fields.items()}


def _check_whole(texts: Mapping[str, str], changed: Mapping[str, str]) -> None:
    """What must hold between the fields of a target."""
    value, upper = texts["value"], texts["upper"]
    for name, words in (("value", Label("一个数", "a number")), ("indicator", Label("指标名称", "the name of an indicator"))):
        if name in changed and not texts[name]:
            raise _unfit(name, "", words)
    if upper and (not value or Decimal(upper) <= Decimal(value)):
        raise _unfit("upper", upper, Label("大于数值", "more than the value"))
    if ("value" in changed or "unit" in changed) and value and not is_believable(Decimal(value), texts["unit"]):
        raise _unfit("unit", texts["unit"], LIMITS)
    year, base = texts["year"], texts["base_year"]
    if year and base and base >= year:
        raise _unfit("base_year", base, Label(f"早于 {year}", f"before {year}"))


def _check_place(review: Review, change: Change) -> None:
    place, most = change.place, len(review.document.text)
    if (
        place is None
        or not 0 <= place.start < place.end <= most
        or not place.start <= place.figure[0] <= place.figure[1] <= place.end
    ):
        raise _impossible(change, Label(f"0 至 {most} 之间的一段文字", f"a stretch of text between 0 and {most}"))


def _remark(text: str) -> str:
    return " ".join(text.split())[:LONGEST_REMARK]


def _unfit(name: str, text: str, expected: Label) -> SettingError:
    field = find_field("target", name)
    return SettingError(
        Label(f"{field.label.zh}“{text}”与其他字段不合", f"{field.label.en} '{text}' does not fit the other fields"),
        where=name,
        expected=expected,
        remedy=Label("改正后再提交；原有内容未变", "correct it and hand it in again; nothing was changed"),
    )


def _unknown(name: str) -> LookupFailure:
    return LookupFailure(
        Label(f"没有记录“{name}”", f"there is no record '{name}'"),
        where=name or "record",
        expected=Label("核对页上的编号", "an id of the review"),
        remedy=Label("刷新页面或用 dafeng review list 查看编号", "reload the page, or look it up with dafeng review list"),
    )


def _impossible(change: Change, expected: Label) -> SettingError:
    return SettingError(
        Label(f"不能对“{change.record}”做“{change.action}”", f"'{change.action}' is not possible for '{change.record}'"),
        where=change.record or change.action,
        expected=expected,
        remedy=Label("换一种操作；原有内容未变", "choose another action; nothing was changed"),
    )


def _conflict(change: Change, done: Edit) -> ConflictError:
    at = done.at.isoformat(sep=" ", timespec="minutes")
    return ConflictError(
        Label(
            f"{done.who} 在 {at} 已改动此记录（{DONE[done.action].zh}），您的改动没有写入",
            f"{done.who} changed this record at {at} ({DONE[done.action].en}); your change was not written",
        ),
        where=change.record,
        expected=Label("在最新内容上所作的改动", "a change made on the present state"),
        remedy=Label("看过最新内容后再提交", "look at the present state and hand it in again"),
    )


def count_states(review: Review, *, kinds: Sequence[RecordKind] = ("target", "task", "goal")) -> dict[State, int]:
    """Number of records per state.

    Parameters
    ----------
    review : Review
        The review.
    kinds : sequence of RecordKind
        Kinds that count.

    Returns
    -------
    dict of State to int
        Every state, also those without a record.
    """
    counts: dict[State, int] = dict.fromkeys(get_args(State), 0)
    for name, state in review.reviewed.states.items():
        if kind_of(review.reviewed.records[name]) in kinds:
            counts[state] += 1
    return counts
