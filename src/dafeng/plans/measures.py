"""The measures of a task: its sentences that order an action, each with its place in the document.

Invariant: a measure is a stretch of the document as it stands there; without the document only the title is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dafeng.core.traces import Anchor
from dafeng.plans.duties import read_settings
from dafeng.plans.organisations import find_duty
from dafeng.plans.plan import Task
from dafeng.plans.script import Script

SENTENCE = re.compile(r"[^。；！？\n]+")
DATED = re.compile(r"(?:到|至|力争|力争到)?(?:20\d\d年|“?十[四五六]五”?)")
ORDINAL = re.compile(r"^(?:[一二三四五六七八九十]是|[（(]\d{1,2}[）)]|\d{1,2}[.、]|[①-⑳]|[•●—–-]+|(?:同时|并且|此外|要|并))，?")


@dataclass(frozen=True, slots=True)
class Measure:
    """One action that a task orders.

    Parameters
    ----------
    text : str
        The sentence without its full stop, or the task's title.
    verbs : tuple of str
        Verbs that order, in the order of the text.
    titled : bool
        Whether it is only the title, since the document is not at hand or orders nothing in a sentence.
    anchor : Anchor
        Its characters; the whole task's for a title.
    """

    text: str
    verbs: tuple[str, ...]
    titled: bool
    anchor: Anchor


def find_measures(task: Task, *, scripts: Sequence[Script] = (), place: str = "") -> tuple[Measure, ...]:
    """Measures of a task.

    Parameters
    ----------
    task : Task
        The task.
    scripts : sequence of Script, optional
        Cleaned paragraphs of the document.
    place : str
        Administrative code, for the names in brackets.

    Returns
    -------
    tuple of Measure
        At least one: the title where no sentence orders an action.
    """
    own = [script for script in scripts if task.anchor.start <= script.origin[0] and script.origin[-1] < task.anchor.end]
    found = tuple(measure for at, script in enumerate(own) for measure in _read(task, script, place, first=at == 0))
    return found or (Measure(task.title, order_verbs(task.title), True, task.anchor),)


def order_verbs(sentence: str) -> tuple[str, ...]:
    """Verbs by which a sentence orders an action.

    Parameters
    ----------
    sentence : str
        A sentence of a plan.

    Returns
    -------
    tuple of str
        One per clause that begins with such a verb, adverbs and an object before it left aside; empty for a statement.
    """
    verbs = tuple(verb for clause in re.split("[，：]", sentence) if (verb := _verb(clause)))
    return tuple(verb for verb in verbs if verb not in read_settings().results) if DATED.match(sentence) else verbs


def _verb(clause: str) -> str:
    text = ORDINAL.sub("", clause.strip("“”、 "))
    begun = _begin().match(text)
    if begun:
        return begun["verb"]
    opened = _open().match(text)
    return opened["verb"] if opened else ""


@cache
def _begin() -> re.Pattern[str]:
    settings = read_settings()
    return re.compile(rf"(?:(?:{'|'.join(settings.adverbs)})[、地]?){{0,4}}(?P<verb>{'|'.join(settings.orders)})")


@cache
def _open() -> re.Pattern[str]:
    settings = read_settings()
    return re.compile(rf"(?:{'|'.join(settings.openers)}).{{1,60}}?(?P<verb>{'|'.join(settings.orders)})")


def _read(task: Task, script: Script, place: str, *, first: bool) -> Iterator[Measure]:
    begin = _body(task, script.text) if first else 0
    hidden = find_duty(script.text, place=place).spans
    for found in SENTENCE.finditer(script.text, begin):
        start, end = _trim(script.text, found.start(), found.end(), hidden)
        verbs = order_verbs(script.text[start:end]) if end > start else ()
        if verbs:
            left, right = script.span(start, end)
            anchor = Anchor(left, right, script.paragraph, task.anchor.sha256, task.anchor.document)
            yield Measure(script.text[start:end], verbs, False, anchor)


def _body(task: Task, text: str) -> int:
    """Where the text behind the heading begins; a heading without a full stop may be the task's first order."""
    at = text.find(task.title)
    if at < 0 or at > len(task.number) + 2:
        return 0
    end = at + len(task.title)
    return end + 1 if text[end : end + 1] in ("。", "：") else end if end == len(text) else at


def _trim(text: str, start: int, end: int, hidden: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """A sentence without the brackets of organisations at its ends."""
    for left, right in hidden:
        if left <= start < right:
            start = min(right, end)
        elif start < left < end:
            end = left
    while start < end and text[start] in "，。 （(":
        start += 1
    return start, end
