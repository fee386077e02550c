"""What the review page shows of each record, and the forms in which it is corrected.

Invariant: words and values come from the review; nothing is computed here but which of them stand where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.core.labels import Language
from dafeng.plans.corrections import spell_record
from dafeng.plans.edits import Edit, choose_standing, find_last, list_history
from dafeng.plans.fields import FIELDS, Field, Record, RecordKind, find_field, kind_of
from dafeng.plans.plan import Organisation, OtherFigure, Target, Task
from dafeng.plans.replay import State
from dafeng.plans.review import DOUBTFUL, Review, count_states
from dafeng.plans.vocabulary import certainty_of, group_of, headline, read_vocabulary, say_figure, say_reasons, say_word
from dafeng.work.review_sheet import quote

Context = dict[str, Any]
SHOWS = ("first", "unseen", "all", "accepted", "rejected", "organisation", "other")
"""Filters of the records; all but the last two show targets, tasks and goals."""
MAIN = ("indicator", "comparator", "value", "upper", "unit", "year", "period", "strength", "indicator_id")
"""Fields of a target that always stand in its form; the others open on demand."""
PARTS = ("indicator", "comparator", "value", "unit", "year", "scope")
"""Fields in which the parts of a split target usually differ."""
ACCEPTED: frozenset[State] = frozenset({"accepted", "corrected", "added"})
QUOTED = 160
"""Characters of the document that stand in a card. [characters]"""
NEWEST = 5
"""Edits that stand in a card."""


def build_card(review: Review, name: str, language: Language) -> Context:
    """What the card of a record shows.

    Parameters
    ----------
    review : Review
        The review.
    name : str
        Id of the record.
    language : {"zh", "en"}
        Language of the page.

    Returns
    -------
    dict
        For the template ``_record.html``.
    """
    record, state = review.record(name), review.state(name)
    certainty = certainty_of(record)
    history = tuple(list_history(review.edits, name))
    return {
        "id": name,
        "kind": kind_of(record),
        "state": state,
        "shows": list_shows(review, name),
        "headline": headline(record, language),
        "figure": say_figure(record, language),
        "why": say_word("figure_kind", record.kind, language) if isinstance(record, OtherFigure) else "",
        "due": _due(record),
        "certainty": None if certainty is None else float(certainty),
        "level": _level(record, state),
        "reasons": say_reasons(record, language),
        "notes": list(_notes(record, language)),
        "chips": _chips(record),
        "quote": quote(review, record)[:QUOTED],
        "seen": review.seen(name),
        "can_undo": find_last(review.edits, name) is not None,
        "is_closed": state in ("split", "taken"),
        "history": [say_edit(edit, review, language) for edit in history[-NEWEST:]],
    }


def list_shows(review: Review, name: str) -> tuple[str, ...]:
    """Filters that a record passes.

    Parameters
    ----------
    review : Review
        The review.
    name : str
        Its id.

    Returns
    -------
    tuple of str
        Of `SHOWS`.
    """
    state, kind = review.state(name), kind_of(review.record(name))
    main = kind in ("target", "task", "goal")
    passed = {
        "first": review.is_first(name),
        "unseen": main and state == "unseen",
        "all": main,
        "accepted": main and state in ACCEPTED,
        "rejected": main and state in ("rejected", "split"),
        "organisation": kind == "organisation",
        "other": kind == "other",
    }
    return tuple(show for show in SHOWS if passed[show])


def order_records(review: Review) -> tuple[str, ...]:
    """Ids in the order of the document: a task before its targets, organisations at the end.

    Parameters
    ----------
    review : Review
        The review.

    Returns
    -------
    tuple of str
        All records.
    """
    records = review.reviewed.records
    kinds = ("task", "goal", "target", "other", "organisation")

    def place(name: str) -> tuple[int, int]:
        record, kind = records[name], kind_of(records[name])
        if isinstance(record, Organisation):
            return len(review.document.text) + 1, 0
        start = record.figure[0] if isinstance(record, Target | OtherFigure) else record.anchor.start
        return start, kinds.index(kind)

    return tuple(sorted(records, key=place))


def count_shows(review: Review) -> Mapping[str, int]:
    """Number of records that pass each filter.

    Parameters
    ----------
    review : Review
        The review.

    Returns
    -------
    mapping of str to int
        By filter.
    """
    passed = [list_shows(review, name) for name in review.reviewed.records]
    return {show: sum(show in one for one in passed) for show in SHOWS}


def build_progress(review: Review, language: Language) -> Context:
    """How far the review is.

    Parameters
    ----------
    review : Review
        The review.
    language : {"zh", "en"}
        Language of the page.

    Returns
    -------
    dict
        For the template ``_progress.html``.
    """
    done, total = review.progress()
    counts = count_states(review)
    states = [
        (state, say_word("state", state, language), count) for state, count in counts.items() if count and state != "split"
    ]
    return {"done": done, "total": total, "states": states, "shows": count_shows(review)}


def say_edit(edit: Edit, review: Review, language: Language) -> Context:
    """An edit in words.

    Parameters
    ----------
    edit : Edit
        The edit.
    review : Review
        The review it belongs to.
    language : {"zh", "en"}
        Language of the page.

    Returns
    -------
    dict
        Who, when, what, and the fields before and after.
    """
    standing = {one.serial for one in choose_standing(review.edits)}
    found = review.reviewed.records.get(edit.record)
    kind: RecordKind = (
        kind_of(found) if found is not None else "target"
    )  # only targets are made by edits, and may be gone again
    fields = [
        (find_field(kind, name).label.read(language), _word(kind, name, edit.before.get(name, ""), language),
         _word(kind, name, text, language))
        for entry in edit.after
        for name, text in entry.fields.items()
        if edit.action == "correct"
    ]  # fmt: skip
    return {
        "who": edit.who,
        "at": edit.at,
        "action": say_word("action", edit.action, language),
        "fields": fields,
        "made": [entry.record for entry in edit.after] if edit.action in ("split", "add") else [],
        "remark": edit.remark,
        "gone": edit.action != "undo" and edit.serial not in standing,
    }


def build_form(review: Review, kind: RecordKind, texts: Mapping[str, str], language: Language) -> Context:
    """Fields of the form in which a record is corrected or added.

    Parameters
    ----------
    review : Review
        The review.
    kind : RecordKind
        Kind of record.
    texts : mapping of str to str
        Values to begin with.
    language : {"zh", "en"}
        Language of the page.

    Returns
    -------
    dict
        ``main`` and ``more`` fields, as the template ``_form.html`` takes them.
    """
    inputs = [build_input(review, kind, field, texts.get(field.name, ""), language) for field in FIELDS[kind]]
    if kind != "target":
        return {"main": inputs, "more": []}
    by_name = {one["name"]: one for one in inputs}
    return {"main": [by_name[name] for name in MAIN], "more": [one for one in inputs if one["name"] not in MAIN]}


def build_parts(review: Review, record: Record, language: Language, count: int) -> list[list[Context]]:
    """Fields of the parts into which a target is split.

    Parameters
    ----------
    review : Review
        The review.
    record : Record
        The target.
    language : {"zh", "en"}
        Language of the page.
    count : int
        Number of parts.

    Returns
    -------
    list of list of dict
        One list of fields per part.
    """
    values = spell_record(record)
    kind = kind_of(record)
    return [[build_input(review, kind, find_field(kind, name), values[name], language) for name in PARTS] for _ in range(count)]


def build_input(review: Review, kind: RecordKind, field: Field, value: str, language: Language) -> Context:
    """One field of a form.

    Parameters
    ----------
    review : Review
        The review.
    kind : RecordKind
        Kind of record.
    field : Field
        The field.
    value : str
        Its text.
    language : {"zh", "en"}
        Language of the page.

    Returns
    -------
    dict
        Name, label, form, value, and what may be chosen.
    """
    choices: Sequence[tuple[str, str]] = ()
    if field.form in ("word", "flag"):
        words = read_vocabulary()[group_of(kind, field)]
        choices = [(name, label.read(language)) for name, label in words.items()]
    elif field.form == "indicator":
        choices = [(name, label.read(language)) for name, label in review.indicators.items()]
    elif field.form == "task":
        choices = [(name, f"{name} {title}") for name, title in review.known.tasks.items()]
    optional = field.form in ("indicator", "task") or (field.form == "word" and field.name not in ("comparator", "kind"))
    return {
        "name": field.name,
        "label": field.label.read(language),
        "form": field.form,
        "value": value,
        "choices": [("", "—"), *choices] if optional else list(choices),
    }


def _word(kind: RecordKind, name: str, text: str, language: Language) -> str:
    field = find_field(kind, name)
    return say_word(group_of(kind, field), text, language) if field.form in ("word", "flag") and text else text


def _due(record: Record) -> str:
    if isinstance(record, Target) and record.period:
        return record.period
    year = getattr(record, "year", None)
    return str(year) if year else ""


def _level(record: Record, state: State) -> str:
    """How sure the reading is, in three steps; a person's is always sure."""
    certainty = certainty_of(record)
    if certainty is None or state != "unseen":
        return ""
    return "low" if certainty < DOUBTFUL else "high" if certainty == 1 else "mid"


def _notes(record: Record, language: Language) -> Sequence[str]:
    """What else a target says, in words."""
    if not isinstance(record, Target):
        return ()
    groups = ("strength", "nature", "counting", "direction")
    said = [say_word(group, value, language) for group in groups if (value := getattr(record, group))]
    base = str(record.base_year) if record.base_year else record.base
    marks = [f"{find_field('target', 'base_year').label.read(language)} {base}"] if base else []
    return (*said, *marks, *([record.scope] if record.scope else []))


def _chips(record: Record) -> Sequence[str]:
    return record.organisations if isinstance(record, Target | Task) else ()
