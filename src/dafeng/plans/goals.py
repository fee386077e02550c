"""Dated goals without a figure: handed down, a peak, an indicator that is to stay, or words.

Invariant: a goal has a year of its own sentence; it never becomes a target with an invented figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dafeng.plans.clause import enter, sort_words
from dafeng.plans.context import Context
from dafeng.plans.grammar import Element, Figure, Remark, Separator
from dafeng.plans.lexicon import lexicon
from dafeng.plans.naming import has_measure, normalise
from dafeng.plans.pieces import Time
from dafeng.plans.plan import GoalKind

LONGEST = 16
"""Most characters kept of a goal's words: enough to recognise it, not its sentence."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A goal as found in a sentence.

    Parameters
    ----------
    kind : GoalKind
        Why it has no figure.
    text : str
        Its words, cut short.
    time : Time
        Its year.
    """

    kind: GoalKind
    text: str
    time: Time


def find_goals(elements: Sequence[Element], context: Context) -> Iterator[Wish]:
    """Goals of a sentence.

    Parameters
    ----------
    elements : sequence of Element
        The parsed sentence.
    context : Context
        What it inherits.

    Yields
    ------
    Wish
        In the order of the text.
    """
    subject = ""
    for element in elements:
        if isinstance(element, Separator):
            context = context.after(element.kind)
        elif isinstance(element, Remark | Figure):
            clause = sort_words(element.before)
            context = enter(clause, context)
            if isinstance(element, Remark):
                times = clause.own or (context.times if context.year_from == "sentence" else ())
                words = clause.subject if clause.doing == "" or clause.subject.startswith(clause.doing) else clause.text
                yield from _wish(words, clause.text, times, context, subject)
            subject = normalise(clause.subject).text or subject


def _wish(words: str, text: str, times: tuple[Time, ...], context: Context, subject: str) -> Iterator[Wish]:
    if not words or not times or context.past or context.era.is_past(times[0]):
        return
    kind = _kind(words, text)
    if kind is not None:
        name = words if kind != "delegated" or has_measure(normalise(words).text) or len(words) > 8 else subject + words
        yield Wish(kind, name if len(name) <= LONGEST else name[:LONGEST] + "…", times[0])


def _kind(words: str, text: str) -> GoalKind | None:
    known = lexicon().words
    if any(word in text for word in known["delegated"]) and any(word in text for word in ("任务", "目标", "指标", "要求")):
        return "delegated"
    if any(word in words for word in known["timing"]) and ("前" in text or "实现" in text):
        return "timing"
    if any(words.endswith(word) for word in known["keep_level"]):
        return "trackable"
    return "qualitative" if any(word in words for word in known["trend"]) and len(words) > 4 else None
