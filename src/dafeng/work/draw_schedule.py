"""The time line of tasks as a drawing: lanes for the pages, and a whole sheet that stands alone.

Invariant: an end that nobody states is drawn open and dashed; a sign stands for a verdict by its shape, never by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from dafeng.core.labels import Label, Language
from dafeng.plans.scheduled import tell_day
from dafeng.work.schedule_rows import group_rows
from dafeng.work.wrap_text import wrap_text

Row = Mapping[str, Any]
HEIGHT = 36
"""Height of a lane. [px]"""
MOST = 3
"""Marks of one year that are drawn; the others are counted."""
STEP = 32
"""From one mark to the next. [px]"""
LABELS = 380
"""Width of the names on a sheet. [px]"""
SIGNS: Mapping[str, str] = {
    "met": '<circle cx="8" cy="8" r="6"/>',
    "on_course": '<path d="M8 1.8l6.6 11.8H1.4z"/>',
    "behind": '<path d="M8 1l7 7-7 7-7-7z"/>',
    "off_course": '<path d="M2.2 2.2h11.6v11.6H2.2z"/>',
    "not_due": '<path class="hollow" d="M8 2.2L13.8 8 8 13.8 2.2 8z"/>',
    "not_measurable": '<circle class="hollow" cx="8" cy="8" r="5.3"/>',
    "goal": '<path class="hollow" d="M4 14V2.5h8.500l-2.300 3 2.300 3H4"/>',
}
"""Verdict → shape in a field of 16 × 16, the same as on every page."""
WORDS: Mapping[str, Label] = {
    "title": Label("任务时间线", "tasks in time"),
    "day": Label("评估日", "assessed"),
    "none": Label("未分组", "without a group"),
    "unsaid": Label("未写明", "not stated"),
    "open": Label("虚线、开口：方案没有写明这一端的时间", "dashed and open: the plan does not say when"),
    "silent": Label("空心：没有进展报告", "hollow: nobody reported"),
    "solid": Label("实心：已报告完成；浅色：推进中", "filled: reported done; tinted: under way"),
    "flag": Label("旗：没有数值的目标", "flag: a goal without a figure"),
    "source": Label("时间出自方案或本市交付的表，不作推测", "times are the plan's or the city's own, none is guessed"),
    "met": Label("已达成", "met"),
    "on_course": Label("按进度", "on course"),
    "behind": Label("滞后", "behind"),
    "off_course": Label("严重滞后", "off course"),
    "not_due": Label("未到期", "not due"),
    "not_measurable": Label("无法判断", "cannot be judged"),
}
STYLE = """
text { font: 13px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif; fill: #12201f }
.small { font-size: 11px; fill: #5f706e } .head { font-size: 20px; font-weight: 650 } .group { font-weight: 650 }
.year { stroke: #dce5e3 } .day { stroke: #b3261e; stroke-width: 1.5 } .day-said { fill: #b3261e; font-size: 11px }
.bar { fill: #ffffff; stroke: #5f706e; stroke-width: 1.3 } .bar.open { stroke-dasharray: 5 4 } .bar.cap { stroke-width: 3 }
.bar.p-done { fill: #0a6765; stroke: #0a6765 } .bar.p-under_way { fill: #dff0ed; stroke: #0a6765 }
.bar.p-late { fill: #fbeeda; stroke: #935400 } .bar.critical { stroke-width: 3 } .back { fill: #ffffff }
.line { stroke: #dce5e3 } .never { stroke: #b4c4c1; stroke-dasharray: .1 6; stroke-linecap: round; stroke-width: 1.6 }
.hollow { fill: none; stroke: currentColor; stroke-width: 1.8 } .sign { fill: currentColor } .m { font-size: 11px }
.v-met { color: #187542 } .v-on_course { color: #0b66a0 } .v-behind { color: #935400 } .v-off_course { color: #b3261e }
.v-not_due { color: #56656d } .v-not_measurable { color: #6a6079 } .v-goal { color: #435452 }
"""
"""Colours of a sheet that stands alone; on the pages the style sheet says them."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Years across a drawing.

    Parameters
    ----------
    first, last : int
        First and last year shown.
    wide : float
        Width of a year. [px]
    """

    first: int
    last: int
    wide: float

    @property
    def width(self) -> float:
        """Width of all years. [px]"""
        return (self.last + 1 - self.first) * self.wide

    def at(self, when: float) -> float:
        """Place of a time.

        Parameters
        ----------
        when : float
            Time in years. [a]

        Returns
        -------
        float
            Distance from the left, inside the drawing. [px]
        """
        return round(min(max((when - self.first) * self.wide, 0.0), self.width), 1)


def choose_scale(rows: Iterable[Row], day: str, *, width: float) -> Scale:
    """Years that hold every known time and the day.

    Parameters
    ----------
    rows : iterable of mapping
        Rows of `chart_rows`.
    day : str
        Day that the schedule speaks of.
    width : float
        Width wanted; a year gets at least 84. [px]

    Returns
    -------
    Scale
        One year before the first known time, so that an open begin can be seen.
    """
    known = [tell_day(date.fromisoformat(day))]
    for row in rows:
        known += [when for when in (row["start"], row["stop"]) if when is not None]
        known += [mark["year"] + 1.0 for mark in row["marks"]]
    first, last = math.floor(min(known)) - 1, math.ceil(max(known)) - 1
    last = max(last, math.floor(known[0]))
    return Scale(first, last, max(84.0, math.floor(width / (last + 1 - first))))


def draw_axis(scale: Scale, day: str, language: Language) -> str:
    """The years above the lanes, with the day.

    Parameters
    ----------
    scale : Scale
        Years.
    day : str
        Day that the schedule speaks of.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    str
        An SVG element of two lines.
    """
    years = "".join(
        f'<text class="small" x="{scale.at(year + 0.5)}" y="34" text-anchor="middle">{year}</text>'
        for year in range(scale.first, scale.last + 1)
    )
    x = scale.at(tell_day(date.fromisoformat(day)))
    edge = "end" if x > scale.width - 140 else "start"
    said = f"{WORDS['day'].read(language)} {day}"
    label = f'<text class="day-said" x="{x + (-5 if edge == "end" else 5)}" y="13" text-anchor="{edge}">{said}</text>'
    line = f'<line class="day" x1="{x}" x2="{x}" y1="2" y2="40"/>'
    return f'<svg class="axis" width="{scale.width:g}" height="40" aria-hidden="true">{years}{line}{label}</svg>'


def draw_lanes(rows: Sequence[Row], scale: Scale, day: str, language: Language) -> str:
    """Lanes of some tasks.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of `chart_rows`.
    scale : Scale
        Years.
    day : str
        Day that the schedule speaks of.
    language : {"zh", "en"}
        Language of the words that a shape tells.

    Returns
    -------
    str
        An SVG element, one lane of 36 px per row; each shape tells its words as a title.
    """
    height = len(rows) * HEIGHT
    lanes = "".join(_lane(row, scale, at * HEIGHT, language) for at, row in enumerate(rows))
    return (
        f'<svg class="lanes" width="{scale.width:g}" height="{height}" aria-hidden="true">'
        f"{_years(scale, height)}{lanes}{_day(scale, day, height)}</svg>"
    )


def draw_schedule(rows: Sequence[Row], schedule: Row, title: str, language: Language, *, by: str = "chapter") -> str:
    """A whole sheet: title, names, lanes by group, what the signs mean.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of `chart_rows`.
    schedule : mapping
        The schedule as a document.
    title : str
        Title of the plan.
    language : {"zh", "en"}
        Language of headings and notes.
    by : {"chapter", "field", "organisation", "place"}
        What the tasks are grouped by.

    Returns
    -------
    str
        SVG that stands alone, in the proportion of paper across where it is long enough.
    """
    day = schedule["day"]
    scale = choose_scale(rows, day, width=1000)
    parts, y = [_shift(draw_axis(scale, day, language), LABELS, 64)], 104.0
    for name, own in group_rows(list(map(dict, rows)), by):
        parts.append(f'<text class="group" x="20" y="{y + 20}">{escape(_read(name, language))} · {len(own)}</text>')
        parts.append(f'<line class="line" x1="20" x2="{LABELS + scale.width}" y1="{y + 29}" y2="{y + 29}"/>')
        parts += [_name(row, y + 32 + at * HEIGHT) for at, row in enumerate(own)]
        parts.append(_shift(draw_lanes(own, scale, day, language), LABELS, y + 32))
        y += 40 + len(own) * HEIGHT
    head = f'<text class="head" x="20" y="38">{escape(title)} · {WORDS["title"].read(language)}</text>'
    width, height = LABELS + scale.width + 20, y + 70
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    sheet = f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#ffffff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{sheet}{head}{"".join(parts)}{_legend(y + 24, language)}</svg>\n'


def draw_sign(verdict: str | None, x: float, y: float) -> str:
    """The sign of a verdict.

    Parameters
    ----------
    verdict : str or None
        The verdict, or ``goal``.
    x, y : float
        Its left upper corner. [px]

    Returns
    -------
    str
        A group of 12 px; empty without a verdict.
    """
    if verdict is None:
        return ""
    return f'<g class="sign v-{verdict}" transform="translate({x:g} {y:g}) scale(.75)">{SIGNS[verdict]}</g>'


def _lane(row: Row, scale: Scale, y: float, language: Language) -> str:
    state = f"p-{row['place']}" if row["where"]["reported"] else "p-silent"
    critical = " critical" if row["critical"] else ""
    line = f'<line class="line" x1="0" x2="{scale.width:g}" y1="{y + HEIGHT - 0.5}" y2="{y + HEIGHT - 0.5}"/>'
    told = f"<title>{escape(_span(row, language))}</title>"
    return f'<g class="lane">{told}{line}{_bar(row, scale, y, state + critical)}{_marks(row, scale, y, language)}</g>'


def _bar(row: Row, scale: Scale, y: float, kind: str) -> str:
    """Closed where both ends are known, open at an end that is not; a row of dots where neither is."""
    start, stop = row["start"], row["stop"]
    top, low = y + 9, y + HEIGHT - 9
    if start is None and stop is None:
        middle = y + HEIGHT / 2
        return f'<line class="never" x1="6" x2="{scale.width - 6:g}" y1="{middle}" y2="{middle}"/>'
    if start is not None and stop is not None:
        x = scale.at(start)
        width = max(scale.at(stop) - x, 4)
        return f'<rect class="bar {kind}" x="{x}" y="{top}" width="{width:g}" height="{low - top:g}" rx="3"/>'
    closed, loose = (scale.at(stop or 0), 5.0) if start is None else (scale.at(start), scale.width - 5)
    middle, edge = y + HEIGHT / 2, closed + (-1.5 if start is None else 1.5)
    return (
        f'<line class="bar open {kind}" x1="{loose:g}" x2="{closed}" y1="{middle}" y2="{middle}"/>'
        f'<line class="bar cap {kind}" x1="{edge}" x2="{edge}" y1="{top}" y2="{low}"/>'
    )


def _marks(row: Row, scale: Scale, y: float, language: Language) -> str:
    years: dict[int, list[Row]] = {}
    for mark in row["marks"]:
        years.setdefault(mark["year"], []).append(mark)
    return "".join(_year_marks(marks, scale.at(year + 1), y + HEIGHT / 2, language) for year, marks in years.items())


def _year_marks(marks: Sequence[Row], right: float, middle: float, language: Language) -> str:
    """Marks stand inside the year they are due in, from its end to the left."""
    shown, more = marks[:MOST], len(marks) - MOST
    count = f'<text class="m" x="{right - 22 - STEP * MOST}" y="{middle + 4}">+{more}</text>' if more > 0 else ""
    return count + "".join(_mark(mark, right - 14 - STEP * at, middle, language) for at, mark in enumerate(shown))


def _mark(mark: Row, x: float, middle: float, language: Language) -> str:
    kind = mark["projected"] or mark["verdict"] or ("goal" if not mark["sign"] else "not_measurable")
    sign = (
        f'<text class="m" x="{x - 8}" y="{middle + 4}" text-anchor="end">{escape(mark["sign"])}</text>' if mark["sign"] else ""
    )
    shape = f'<g class="sign" transform="translate({x - 6:g} {middle - 6:g}) scale(.75)">{SIGNS[kind]}</g>'
    left, width = (x - 22, 31) if sign else (x - 9, 18)
    back = f'<rect class="back" x="{left:g}" y="{middle - 9}" width="{width}" height="18" rx="9"/>'
    return f'<g class="mark v-{kind}"><title>{escape(mark["says"][language])}</title>{back}{sign}{shape}</g>'


def _span(row: Row, language: Language) -> str:
    ends = [row[side]["said"] if row[side] else WORDS["unsaid"].read(language) for side in ("begins", "ends")]
    return f"{row['title']} · {ends[0]} – {ends[1]}"


def _years(scale: Scale, height: float) -> str:
    return "".join(
        f'<line class="year" x1="{scale.at(year)}" x2="{scale.at(year)}" y1="0" y2="{height}"/>'
        for year in range(scale.first, scale.last + 2)
    )


def _day(scale: Scale, day: str, height: float) -> str:
    x = scale.at(tell_day(date.fromisoformat(day)))
    return f'<line class="day" x1="{x}" x2="{x}" y1="0" y2="{height}"/>'


def _shift(drawing: str, x: float, y: float) -> str:
    return f'<g transform="translate({x:g} {y:g})">{drawing}</g>'


def _name(row: Row, y: float) -> str:
    lines = wrap_text(f"{row['number'] or ''} {row['title']}".strip(), 50, lines=2)
    sign = draw_sign(row["verdict"], 20, y + 12)
    first = y + (22 if len(lines) == 1 else 15)
    told = "".join(f'<text x="40" y="{first + 15 * at}">{escape(line)}</text>' for at, line in enumerate(lines))
    return f"<g><title>{escape(row['title'])}</title>{sign}{told}</g>"


def _legend(y: float, language: Language) -> str:
    x, parts = 20.0, []
    for kind in ("met", "on_course", "behind", "off_course", "not_due", "not_measurable"):
        said = WORDS[kind].read(language)
        parts.append(draw_sign(kind, x, y - 10))
        parts.append(f'<text class="small" x="{x + 17:g}" y="{y:g}">{escape(said)}</text>')
        x += 34 + 12 * len(said) * (1 if language == "zh" else 0.55)
    for at, names in enumerate((("open", "silent", "solid"), ("flag", "source"))):
        said = "；".join(WORDS[name].read(language) for name in names)
        said = said if language == "zh" else said.replace("；", "; ")
        parts.append(f'<text class="small" x="20" y="{y + 20 + 18 * at:g}">{escape(said)}</text>')
    return "".join(parts)


def _read(name: Any, language: Language) -> str:
    if name is None:
        return WORDS["none"].read(language)
    return str(name[language]) if isinstance(name, Mapping) else str(name)
