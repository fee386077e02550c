"""What a whole document says about time: what is past for it, how far it looks, the period in its title.

Invariant: only dates, document numbers and words like “as of” make a year past; a target never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from dafeng.plans.pieces import Time
from dafeng.plans.statements import Era
from dafeng.plans.times import FIVE, FIVE_ENDS, TIME, YEAR, read_times

NUMBERED = re.compile(r"[〔\[（(]((?:19|20)\d\d)[〕\]）)]\d*号")
REPORTED = re.compile(rf"({YEAR})年[^，。；：《》“”\d]{{0,20}}(?:公报|年报|白皮书|成绩单)")
DATED = re.compile(
    rf"(?:(?:发布|印发|成文|发文|公开|生成|更新|来源)[^，。\d]{{0,12}}|^[^，。；：\d]{{0,24}})({YEAR})[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?[^，。；]{{0,40}}$"
)
"""A line that holds a date and hardly anything else, or says when the text was issued."""
TOLD = re.compile(
    rf"(?<![到至])({YEAR})年\d{{1,2}}月(?:\d{{1,2}}日)?(?!起|开始|底前|底|前|之前|以前|施行|实施)(?=[^\s。；）|])"
)
"""A date inside a sentence; it tells of the past unless it is a time limit."""
LIMIT = re.compile(r"(?:时限|期限|有效期|于|在|力争|确保|截止)[^，。；]{0,6}$")
OPENING = 400
"""Characters at the beginning in which the plan that a text is about is named. [characters]"""
PLANNED = re.compile(
    r"《(?P<name>[^《》]{4,60}(?:规划|方案|计划|纲要)[^《》]{0,12})》|(?P<bare>[“「]十[一二三四五六七]五[”」])[^，。《》]{0,16}(?:规划|方案)的通知"
)
SPANNED = re.compile(rf"({YEAR})年?[-—–~～至到]+({YEAR})")
ANNUAL = re.compile(rf"{YEAR}年度?[^，。前底]{{0,30}}(?:要点|计划|方案|安排|任务|清单|工作)")
"""A title that makes a text the plan of one year."""
RISING = tuple("降升高加增大低少长")
PERIOD = re.compile(FIVE)
WRITTEN = re.compile(r"第十([一二三四五六七])个五年")


def find_era(texts: Iterable[str], title: str) -> Era:
    """Time frame of a document.

    Parameters
    ----------
    texts : iterable of str
        Cleaned paragraphs.
    title : str
        Title.

    Returns
    -------
    Era
        Latest past year, first year ahead, period in the title.
    """
    issued: list[int] = []
    told: list[int] = []
    ahead: list[int] = []
    opening = ""
    for text in texts:
        opening += text if len(opening) < OPENING else ""
        issued += [int(found.group(1)) for pattern in (NUMBERED, REPORTED, DATED) for found in pattern.finditer(text)]
        told += [
            int(found.group(1))
            for found in TOLD.finditer(text)
            if not LIMIT.search(text[max(found.start() - 12, 0) : found.start()])
        ]
        for time in _times(text):
            issued += [time.year] if time.kind == "past" else []
            ahead += [time.year] if time.kind == "until" else []
    now = max(issued or told, default=None)
    later = [year for year in ahead if now is None or year >= now]
    return Era(now, min(later, default=None), _title_period(title) or _named_period(opening))


def _times(text: str) -> Iterator[Time]:
    """Times of a paragraph, but not the years that a value has risen or fallen to (下降到2020年的…)."""
    for found in _time().finditer(text):
        level = text[max(found.start() - 1, 0) : found.start()] in RISING and text[found.end() : found.end() + 1] == "的"
        yield from () if level else read_times(found.group())


def _title_period(title: str) -> Time | None:
    found = PERIOD.search(title) or WRITTEN.search(title)
    if found:
        end = FIVE_ENDS[found.group(1)]
        return Time(end, "span", end - 4)
    years = [int(year) for year in re.findall(YEAR, title)]
    if len(years) == 1 and ANNUAL.search(title):
        return Time(years[0], "plain", years[0])
    span = SPANNED.search(title)
    return Time(int(span[2]), "span", int(span[1])) if span is not None and span[1] < span[2] else None


def _named_period(opening: str) -> Time | None:
    """Period of the plan that a text about a plan names first: 印发《临溪市“十四五”节能规划》."""
    found = PLANNED.search(opening[:OPENING])
    return _title_period(found["name"] or found["bare"]) if found else None


@cache
def _time() -> re.Pattern[str]:
    return re.compile(TIME)
