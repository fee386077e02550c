"""The text of a part of the plan → statements and goals with their places.

Invariant: a sentence is read once; what cannot be read is told, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from dafeng.plans.context import Context
from dafeng.plans.goals import Wish, find_goals
from dafeng.plans.grammar import parse
from dafeng.plans.lexer import cut
from dafeng.plans.lexicon import either, lexicon
from dafeng.plans.organisations import Duty
from dafeng.plans.pieces import Time
from dafeng.plans.reading import read_sentence
from dafeng.plans.script import Script
from dafeng.plans.statements import Era, Statement, YearFrom
from dafeng.plans.structure import Part, is_listed
from dafeng.plans.times import TIME, YEAR, read_times

CHINESE = re.compile(r"[\u4e00-\u9fff]")
END = re.compile(r"[。！？]")
FIGURE = re.compile(r"\d(?:%|[十百千万亿]*[\u4e00-\u9fff]{1,6}(?:以上|左右|以内|以下|。|，|、|$))|百分之")
"""What makes a title a sentence that is read: a number with a unit at the end of a clause."""
STATE = re.compile(
    r"现状|发展基础|工作基础|基础条件|现实基础|面临.{0,6}(?:形势|挑战|机遇)|形势(?:分析)?$|存在.{0,4}问题|主要问题|回顾|(?:主要|工作|取得的?)(?:成效|成就|进展)|编制背景"
)
"""Headings of parts that tell how things stand."""
ARTICLE = re.compile(r"第[一二三四五六七八九十百零〇\d]{1,6}条[、，]?")
"""Number of an article of a law or rule."""
QUESTION = "？"
"""Mark of a sentence that orders nothing and gives no year to the next."""
MOST = 60_000
"""Most sentences with a figure that are read. [sentences]"""
LONGEST = 1500
"""Most characters of a sentence that are read in one go; longer ones are cut at a mark. [characters]"""


@dataclass(frozen=True, slots=True)
class Passage:
    """What one sentence says.

    Parameters
    ----------
    script : Script
        Paragraph it stands in.
    start, end : int
        Range of the sentence in the cleaned paragraph. [characters]
    statements : tuple of Statement
        Its figures.
    wishes : tuple of Wish
        Its dated goals without a figure.
    readable : bool
        Whether the grammar could read it.
    part : int
        Position of the part of the document it stands in.
    """

    script: Script
    start: int
    end: int
    statements: tuple[Statement, ...]
    wishes: tuple[Wish, ...]
    readable: bool
    part: int


def read_parts(parts: Sequence[Part], duties: Sequence[Sequence[Duty]], era: Era) -> Iterator[Passage]:
    """Read all parts of a plan.

    Parameters
    ----------
    parts : sequence of Part
        Outline.
    duties : sequence of sequence of Duty
        Organisations of each paragraph of each part, whose brackets are left out.
    era : Era
        What the document says about time.

    Yields
    ------
    Passage
        One per sentence with a figure or a date.
    """
    for number, (part, found) in enumerate(zip(parts, duties, strict=True)):
        entry = _entry(part, era)
        carried = entry
        listing = hanging = False
        for at, (script, duty) in enumerate(zip(part.scripts, found, strict=True)):
            start = _begin(part, script.text) if at == 0 else 0
            listing = listing or (at > 0 and _leads_in(part.scripts[at - 1].text))
            context = carried if at == 0 or is_listed(script.text) or listing or hanging else entry
            context = replace(context, names=carried.names)
            text = _without_brackets(script.text, duty)
            carried, hanging = context, False
            for passage, after in _read_paragraph(script, text, start, context, number):
                carried = after
                hanging = _hangs(passage, text) and (entry.aimed or part.level == "title")
                yield passage


def _read_paragraph(script: Script, text: str, start: int, context: Context, part: int) -> Iterator[tuple[Passage, Context]]:
    first = 0
    for begin, end in split_sentences(text, start):
        asked = text.startswith(QUESTION, end)
        if asked or not (_worth().search(text, begin, end) and CHINESE.search(text, begin, end)):
            continue
        elements = parse(cut(text, start=begin, end=end))
        if elements is None:
            yield Passage(script, begin, end, (), (), readable=False, part=part), context
            continue
        wishes = tuple(find_goals(elements, context))
        statements, after = read_sentence(elements, context, first)
        first += len(statements)
        context = after.next_sentence()
        yield Passage(script, begin, end, tuple(statements), wishes, readable=True, part=part), context


def split_sentences(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Ranges of the sentences of a paragraph.

    Parameters
    ----------
    text : str
        Cleaned paragraph.
    start : int
        Where to begin. [characters]

    Yields
    ------
    tuple of int
        Range without the final mark; very long sentences are cut at a mark inside. [characters]
    """
    begin = start
    ends = [found.start() for found in END.finditer(text, start)]
    for end in (*ends, len(text)):
        while end - begin > LONGEST:
            stop = max(text.rfind("；", begin, begin + LONGEST), text.rfind("，", begin, begin + LONGEST))
            stop = stop if stop > begin else begin + LONGEST
            yield begin, stop
            begin = stop
        if end > begin:
            yield begin, end
        begin = end + 1


def _entry(part: Part, era: Era) -> Context:
    """Context at the beginning of a part: the year in its heading, and whether the heading announces goals."""
    aimed = any(word in part.title + part.chapter + part.section for word in lexicon().words["goal_headings"])
    if any(STATE.search(heading) for heading in (part.title, part.section, part.chapter)) and not aimed:
        return replace(Context(era), past=True, telling=True, stated=True)
    times: tuple[Time, ...] = ()
    for heading in (part.section, part.sentence or part.title):
        found = _time().search(heading)
        times = read_times(found.group()) if found and re.search(YEAR, found.group()) else times
    if ARTICLE.fullmatch(part.number):
        return replace(Context(era), lawful=True)
    if not times and part.due is not None:
        times = (Time(part.due, "until"),)
    if part.level == "title" or not times:
        return Context(era, aimed=aimed)
    told: YearFrom = "sentence" if part.due is not None else "heading"
    return replace(Context(era, aimed=aimed).with_times(times), year_from=told)


def _begin(part: Part, text: str) -> int:
    """Where the text of a part begins: behind its title, or behind its number where the title is a sentence with a figure."""
    title = text[: part.body]
    return len(part.number) if FIGURE.search(title) and part.level != "title" else part.body


def _hangs(passage: Passage, text: str) -> bool:
    """Whether the last sentence of a paragraph names a year and no figure, so that the next paragraph goes on with it."""
    last = passage.end >= len(text.rstrip("。，"))
    return last and not passage.statements and _time().search(text, passage.start, passage.end) is not None


def _leads_in(text: str) -> bool:
    return text.endswith(("：", "如下"))


def _without_brackets(text: str, duty: Duty) -> str:
    """The text with the brackets of organisations turned into pauses, so that positions stay."""
    for start, end in duty.spans:
        text = text[:start] + "，" * (end - start) + text[end:]
    return text


@cache
def _time() -> re.Pattern[str]:
    return re.compile(TIME)


@cache
def _worth() -> re.Pattern[str]:
    words = lexicon()
    return re.compile(
        rf"\d|百分之|成以上|成左右|{either([*words.listed('all'), *words.listed('cover')])}|[“]?十[一二三四五六七]五"
    )
