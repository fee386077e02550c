"""Years, periods and base years as plan texts write them.

Invariant: a pattern matches whole expressions only; what a year is without its context (target, base, past) is told by
the words around it, never by its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from dafeng.plans.pieces import Base, Time

YEAR = r"(?:19|20)\d\d(?!\d)"
FIVE = r"[“\"「『‘]?十([一二三四五六七])五[”\"」』’]?"
FIVE_ENDS: Mapping[str, int] = {"一": 2010, "二": 2015, "三": 2020, "四": 2025, "五": 2030, "六": 2035, "七": 2040}
JOINT = r"(?:、|和|与|及|以及)"
TAIL = r"(?:末期|末|底|年底|年末|初)?(?:之前|以前|前)?"

_LISTED = rf"(?:到|至)?{YEAR}年?(?:{JOINT}(?:到|至)?{YEAR}年?)*{JOINT}(?:到|至)?{YEAR}年{TAIL}"
_UNTIL = rf"(?:到|至){YEAR}年?{TAIL}|(?:在|于)?{YEAR}年(?:\d+月)?(?:底|末)?(?:之前|以前|前)(?![后景瞻沿])"
_PAST = rf"(?:截至|截止|截止到|截至到){YEAR}年(?:\d+月)?(?:\d+日)?{TAIL}|(?:自|从)?{YEAR}年(?:\d+月)?以来"
_FROM = rf"(?:自|从)?{YEAR}年(?:\d+月)?(?:\d+日)?(?:起|开始)"
_SPAN = rf"(?:从|在|于)?{YEAR}年?[-—–~～至到]+{YEAR}年(?:期间|间)?"
_FIVE = (
    rf"(?:到|至|在)?{FIVE}(?:规划)?(?:期间|时期|期内|末期|期末|末年|末|收官之年|五年|时)|(?:到|至){FIVE}"
    rf"|{FIVE}(?=(?:新增|累计|年均|新建|全[市省区县国]|我[市省国]))"
)
_FIVES = rf"(?:在|到)?{FIVE}(?:期间|时期)?(?:{JOINT}?{FIVE}(?:规划)?(?:期间|时期|期末|末)?)+"
_PLAIN = rf"(?:在|于)?{YEAR}年(?!度?\d|\d*月)(?:底|末|度)?"

TIME = "|".join((_PAST, _SPAN, _FROM, _LISTED, _UNTIL, _FIVES, _FIVE, _PLAIN))
"""Any time expression; the first alternative that matches is the one meant."""

_POINT = (
    rf"(?:{YEAR}年?(?:底|末|度)?|{FIVE}(?:规划)?(?:末期|期末|末年|末|时期|期间)?"
    r"|上一?年|去年|峰值年?|达峰年|基准年|基期|现状|目前|现有|同期)"
)
_LEVEL = r"(?:的)?(?:同期)?(?:水平|实际|基数)?(?:的)?(?:基础上)?(?:相比)?"
BASE = (
    rf"(?:相比于?|相较于?|对比|(?<![占同环对])比|较|与|同){_POINT}{_LEVEL}，?(?!重)"
    rf"|(?:在|以){_POINT}{_LEVEL}(?:基础上|为基数|为基准年?|为基期|为基年|为参照)，?"
    r"|在(?:现有|现状|现行|目前)[^，。；、\d]{0,8}(?:基础|水平)上，?"
)
"""Any expression of a base that a change is measured against."""


def read_times(text: str) -> tuple[Time, ...]:
    """Years or period of a time expression.

    Parameters
    ----------
    text : str
        What ``TIME`` matched.

    Returns
    -------
    tuple of Time
        One per year named; a span is one.
    """
    years = [int(found) for found in re.findall(YEAR, text)]
    if not years:
        return tuple(_fives(text))
    if _whole(_PAST).fullmatch(text):
        return (Time(years[-1], "past"),)
    if _whole(_SPAN).fullmatch(text) and years[0] < years[-1]:
        return (Time(years[-1], "span", years[0]),)
    if _whole(_FROM).fullmatch(text):
        return (Time(years[0], "from"),)
    until = text[0] in "到至" or text.endswith("前")
    return tuple(Time(year, "until" if until else "plain") for year in years)


def read_base(text: str) -> Base:
    """Base year of a base expression.

    Parameters
    ----------
    text : str
        What ``BASE`` matched.

    Returns
    -------
    Base
        Year where the text names one: a five-year plan stands for its last year.
    """
    found = re.search(YEAR, text)
    if found:
        return Base(int(found.group()), text.strip("，"))
    five = re.search(FIVE, text)
    return Base(FIVE_ENDS[five.group(1)] if five else None, text.strip("，"))


def _fives(text: str) -> Iterator[Time]:
    at_end = text[0] in "到至" or re.search(r"末|收官", text)
    for number in re.findall(FIVE, text):
        end = FIVE_ENDS[number]
        yield Time(end, "until") if at_end else Time(end, "span", end - 4)


@cache
def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
