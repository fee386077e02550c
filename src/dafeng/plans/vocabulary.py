"""The words of a review in both languages: states, actions, choices, and why a reading is unsure.

Invariant: one file of words for the page, the spreadsheet and the command line; a word nobody listed is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files

from dafeng.core.labels import Label, Language
from dafeng.library.strict import load_yaml
from dafeng.plans.fields import Field, Record, RecordKind
from dafeng.plans.plan import Goal, OtherFigure, Target, Task


@cache
def read_vocabulary() -> Mapping[str, Mapping[str, Label]]:
    """All words.

    Returns
    -------
    mapping of str to mapping of str to Label
        Group → word → label.
    """
    text = files("dafeng").joinpath("data/plans/review.yaml").read_text(encoding="utf-8")
    return {
        group: {str(name): Label(said["zh"], said["en"]) for name, said in words.items()}
        for group, words in load_yaml(text).items()
    }


def say_word(group: str, name: str, language: Language) -> str:
    """A word.

    Parameters
    ----------
    group : str
        Closed list it belongs to.
    name : str
        The word's key.
    language : {"zh", "en"}
        Language wanted.

    Returns
    -------
    str
        The word, or the key where the list has none.
    """
    label = read_vocabulary().get(group, {}).get(name)
    return label.read(language) if label is not None else name


def group_of(kind: RecordKind, field: Field) -> str:
    """Closed list that a field chooses from.

    Parameters
    ----------
    kind : RecordKind
        Kind of record.
    field : Field
        The field.

    Returns
    -------
    str
        Its group of words.
    """
    if field.form == "flag":
        return "flag"
    return "goal_kind" if (kind, field.name) == ("goal", "kind") else field.name


def say_reasons(record: Record, language: Language) -> tuple[str, ...]:
    """Why a reading is unsure.

    Parameters
    ----------
    record : Record
        The record.
    language : {"zh", "en"}
        Language wanted.

    Returns
    -------
    tuple of str
        Empty where nothing lowered its certainty.
    """
    reason = record.reason if isinstance(record, Target | OtherFigure) else ""
    return tuple(say_word("reason", one, language) for one in reason.split("；") if one)


def certainty_of(record: Record) -> Decimal | None:
    """How sure the reading is.

    Parameters
    ----------
    record : Record
        The record.

    Returns
    -------
    Decimal or None
        ``None`` for records that are not rated. [0..1]
    """
    return record.certainty if isinstance(record, Target | OtherFigure) else None


def headline(record: Record, language: Language) -> str:
    """A record in one line, without its figure.

    Parameters
    ----------
    record : Record
        The record.
    language : {"zh", "en"}
        Language wanted.

    Returns
    -------
    str
        Name, title or text.
    """
    if isinstance(record, Task):
        return f"{record.number} {record.title}".strip()
    if isinstance(record, Goal):
        return record.text
    if isinstance(record, Target | OtherFigure):
        return record.indicator or say_word("figure_kind", "unnamed", language)
    return record.name


def say_figure(record: Record, language: Language) -> str:
    """The figure of a target as one expression.

    Parameters
    ----------
    record : Record
        The record.
    language : {"zh", "en"}
        Language wanted.

    Returns
    -------
    str
        ``不低于 200 万千瓦``; empty for records without a figure.
    """
    if not isinstance(record, Target | OtherFigure) or record.value is None:
        return ""
    value = format(record.value, "f") + (f"–{format(record.upper, 'f')}" if record.upper is not None else "")
    joint = "" if record.unit in ("%", "‰") else " "
    figure = f"{value}{joint}{record.unit}".strip()
    side = say_word("comparator", record.comparator, language)
    return f"{figure}{side}" if record.comparator == "~" and language == "zh" else f"{side} {figure}"
