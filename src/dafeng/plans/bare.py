"""Headings without a number: short lines between paragraphs, and decimal numbers, which only the lines around can tell.

Invariant: one pass over the lines; in doubt a line is text, because a heading that is none would hide what follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dafeng.plans.headings import DECIMAL, DEEPER, HEAD, ITEM, MINOR, PLAIN, SALUTATION, TEXT, Mark
from dafeng.plans.lexicon import lexicon
from dafeng.plans.wording import wording

LONGEST = 30
"""Longest line that can be a heading without a number. [characters]"""
LEAST_TEXT = 30
"""Fewest characters of a line that a heading can stand above. [characters]"""
LEAST_SENTENCE = 7
"""Fewest characters of a closed sentence that a heading can stand above. [characters]"""
MOST_IN_ROW = 3
"""Most such lines in a row: more are a list or the cells of a table. [lines]"""
BARE = re.compile(r"(?=.*[\u4e00-\u9fff])(?:[^\d。；，：！？:;,.…|（(《/%]|“\d{1,4}”){2,30}")
BODIES = (
    "局",
    "厅",
    "委",
    "办",
    "政府",
    "公司",
    "集团",
    "单位",
    "部门",
    "办公室",
    "委员会",
    "党组",
    "中心",
    "约束性",
    "预期性",
)
TITLE = re.compile(r".{4,}(?:方案|规划|计划|纲要|行动|意见|办法|细则|措施|条例|清单)(?:（[^（）]{1,12}）)?")
ASIDE = re.compile(r"（[^（）]{1,20}）")
CLOSED = ("。", "；", "！", "？", "”", "）", "》", "：")
NEAR = 0.4
"""How far a heading without a number stands above the numbers below it, or below the one above it."""


def mark_decimals(texts: Sequence[str], marks: Sequence[Mark]) -> list[Mark]:
    """Marks with decimal numbers (1.1, 1.1.1) and the plain numbers above them.

    Parameters
    ----------
    texts : sequence of str
        Cleaned lines.
    marks : sequence of Mark
        What each line announces by itself.

    Returns
    -------
    list of Mark
        Decimals count only in a sequence that begins with 1.
    """
    found = [DECIMAL.match(text) if mark.kind == "text" else None for text, mark in zip(texts, marks, strict=True)]
    numbers = {_key(one["number"]) for one in found if one is not None}
    seen: set[tuple[int, ...]] = set()
    marked = list(marks)
    for at, one in enumerate(found):
        if one is None:
            continue
        key = _key(one["number"])
        begins = key[-1] == 1 and ((*key[:-1], 2) in numbers or (*key[:-2], key[-2] - 1, 1) in seen)
        if begins or (*key[:-1], key[-1] - 1) in seen:
            seen.add(key)
            marked[at] = Mark("numbered", ITEM + DEEPER * (len(key) - 1), one["number"], key[-1], one.end())
    return _mark_plain(texts, marked) if seen else marked


def _mark_plain(texts: Sequence[str], marks: list[Mark]) -> list[Mark]:
    last = 0
    for at, (text, mark) in enumerate(zip(texts, marks, strict=True)):
        found = PLAIN.match(text) if mark.kind == "text" and len(text) <= LONGEST else None
        if found is not None and int(found["number"]) == last + 1 and not text.endswith(CLOSED):
            last += 1
            marks[at] = Mark("numbered", ITEM, found["number"], last, found.end())
    return marks


def _key(number: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.split("[.．]", number))


def mark_bare(texts: Sequence[str], marks: Sequence[Mark], loose: Sequence[bool]) -> list[Mark]:
    """Marks with the headings that have no number.

    Parameters
    ----------
    texts : sequence of str
        Cleaned lines.
    marks : sequence of Mark
        What each line announces.
    loose : sequence of bool
        Lines that are no headings whatever they look like.

    Returns
    -------
    list of Mark
        With marks of kind ``bare``, ranked among the numbers around them.
    """
    begun = _first_text(texts, marks)
    forms = [
        at >= begun and mark.kind == "text" and not free and _is_form(text)
        for at, (text, mark, free) in enumerate(zip(texts, marks, loose, strict=True))
    ]
    forms = _without_lists(forms)
    marked = list(marks)
    for at in reversed(range(len(texts))):
        if forms[at] and _follows(texts, marked, at) and _leads(texts, marked, at):
            marked[at] = Mark("bare")
    return _ranked(texts, marked)


def _first_text(texts: Sequence[str], marks: Sequence[Mark]) -> int:
    """Where headings can begin: behind the title."""
    title = next((at for at, mark in enumerate(marks) if mark.kind == "text" and not SALUTATION.match(texts[at])), 0)
    return title + 1


def _is_form(text: str) -> bool:
    return len(text) <= LONGEST and BARE.fullmatch(text) is not None and not text.endswith(BODIES)


def _without_lists(forms: list[bool]) -> list[bool]:
    """Short lines that stand in long rows are no headings."""
    kept = list(forms)
    start = 0
    while start < len(forms):
        stop = start
        while stop < len(forms) and forms[stop]:
            stop += 1
        if stop - start > MOST_IN_ROW:
            kept[start:stop] = [False] * (stop - start)
        start = stop + 1
    return kept


def _follows(texts: Sequence[str], marks: Sequence[Mark], at: int) -> bool:
    """Whether the line before is finished."""
    before, mark = texts[at - 1], marks[at - 1]
    told = wording().label.match(before) is not None  # 责任部门：… stands without a full stop
    return mark.kind != "text" or told or before.endswith(CLOSED) or len(before) <= LONGEST


def _leads(texts: Sequence[str], marks: Sequence[Mark], at: int) -> bool:
    """Whether something stands below the line: a paragraph, a number or another heading."""
    if at + 1 >= len(texts):
        return False
    after, mark = texts[at + 1], marks[at + 1]
    if mark.kind in ("numbered", "styled", "bare", "box"):
        return True
    closed = after.endswith(("。", "。）", "）")) and "。" in after and len(after) >= LEAST_SENTENCE
    told = len(after) >= LEAST_TEXT and any(sign in after for sign in "。；，")
    return mark.kind == "text" and not HEAD.match(after) and (told or closed)


def _ranked(texts: Sequence[str], marks: list[Mark]) -> list[Mark]:
    """Ranks of bare headings: above the numbers that begin below them, below those that go on around them."""
    top = lexicon().words["chapter_titles"]
    above, continued = _rising(marks)
    usual = min((one for one in above.values() if one is not None), default=None)
    under = 0.0
    for at, mark in enumerate(marks):
        if mark.kind == "numbered":
            under = mark.rank
        elif mark.kind == "bare":
            own = usual if usual is not None else under + NEAR
            own = min(own, MINOR - NEAR) - NEAR / 2 if texts[at] in top else own
            marks[at] = replace(mark, rank=max(own, continued[at]))
    return marks


def _rising(marks: Sequence[Mark]) -> tuple[dict[int, float | None], dict[int, float]]:
    """For each bare heading: the rank just above the numbers that begin below it, and the rank it must stay below."""
    above: dict[int, float | None] = {}
    continued: dict[int, float] = {}
    following: dict[float, int] = {}
    first: Mark = TEXT
    adjacent = False
    for at in reversed(range(len(marks))):
        mark = marks[at]
        if mark.kind == "numbered":
            following[mark.rank] = mark.value
            first, adjacent = mark, True
        elif mark.kind == "bare":
            begins = first.kind == "numbered" and (first.value == 1 or adjacent)
            above[at] = first.rank - NEAR if begins else None
            going = [rank for rank, value in following.items() if value > 1 and not (adjacent and rank >= first.rank)]
            continued[at] = max(going, default=-1.0) + NEAR / 2
            first = first if adjacent else TEXT
        else:
            adjacent = False
    return above, continued


def mark_titles(texts: Sequence[str], marks: Sequence[Mark]) -> list[Mark]:
    """Marks with the titles of documents that begin behind another one: a plan below the notice that brings it.

    Parameters
    ----------
    texts : sequence of str
        Cleaned lines.
    marks : sequence of Mark
        What each line announces.

    Returns
    -------
    list of Mark
        With marks of kind ``appendix`` without number.
    """
    marked = list(marks)
    spoken = False
    for at, (text, mark) in enumerate(zip(texts, marks, strict=True)):
        titled = mark.kind == "text" and len(text) <= 2 * LONGEST and TITLE.fullmatch(text) is not None
        before = at - 2 if at > 1 and ASIDE.fullmatch(texts[at - 1]) else at - 1
        if spoken and titled and marks[before].kind in ("head", "footer"):
            marked[at] = Mark("appendix")
        spoken = spoken or (mark.kind == "text" and text.endswith("。"))
    return marked
