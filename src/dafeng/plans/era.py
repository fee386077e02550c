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

ISSUED = re.compile(
    rf"[〔\[（(]((?:19|20)\d\d)[〕\]）)]\d*号|(?<![到至])({YEAR})年\d{{1,2}}月(?:\d{{1,2}}日)?(?!起|开始|底前|前|之前|以前)"
)
RISING = tuple("降升高加增大低少长")
PERIOD = re.compile(FIVE)


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
    ahead: list[int] = []
    for text in texts:
        issued += [int(found.group(1) or found.group(2)) for found in ISSUED.finditer(text)]
        for time in _times(text):
            issued += [time.year] if time.kind == "past" else []
            ahead += [time.year] if time.kind == "until" else []
    now = max(issued, default=None)
    later = [year for year in ahead if now is None or year >= now]
    return Era(now, min(later, default=None), _title_period(title))


def _times(text: str) -> Iterator[Time]:
    """Times of a paragraph, but not the years that a value has risen or fallen to (下降到2020年的…)."""
    for found in _time().finditer(text):
        level = text[max(found.start() - 1, 0) : found.start()] in RISING and text[found.end() : found.end() + 1] == "的"
        yield from () if level else read_times(found.group())


def _title_period(title: str) -> Time | None:
    found = PERIOD.search(title)
    if found:
        end = FIVE_ENDS[found.group(1)]
        return Time(end, "span", end - 4)
    years = [int(year) for year in re.findall(YEAR, title)]
    return Time(years[-1], "span", years[0]) if len(years) == 2 and years[0] < years[1] else None


@cache
def _time() -> re.Pattern[str]:
    return re.compile(TIME)
