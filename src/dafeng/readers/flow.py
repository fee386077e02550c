"""Printed lines → paragraphs: hard line ends mended by indents, full lines, spaces between paragraphs and type.

Invariant: the characters of the paragraphs are those of the lines, in order; only line ends, and hyphens at them, go.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dafeng.readers.lines import Line, mend

ENDS = "。！？；：!?;:"
CLOSING = "”’）)》」』】"
NUMBERED = re.compile(
    r"[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十百\d]+[）)]|\d{1,3}(?:[.．、](?!\d)|[）)])|第[一二三四五六七八九十百\d]+[章节条编]"
    r"|[①-⑳⒈-⒛⑴-⒇]|专栏\s*\d+|附件|附表|[—–]{2}|[•●◆■▪]"
)
EDGE = 1.6
"""How far from the right edge a line may end and still be full. [sizes of type]"""
INDENT = 1.0
"""Least indent of a first line. [sizes of type]"""
LOOSE = 1.3
"""Distance of lines that parts paragraphs, as a multiple of the usual one."""
OTHER_SIZE = 0.12
"""Difference of type that parts paragraphs, as a share."""
LARGE = 1.15
"""Type of a title, as a multiple of the usual one."""
INDENTED_SHARE = 0.15
"""Share of lines that are indented in a text whose paragraphs begin with an indent. [0..1]"""


@dataclass(frozen=True, slots=True)
class Printed:
    """A line with the column it stands in.

    Parameters
    ----------
    line : Line
        The line.
    page : int
        Page, from 1.
    column : int
        Column of the page.
    left, right : float
        Edges of the column. [points]
    """

    line: Line
    page: int
    column: int
    left: float
    right: float

    @property
    def indent(self) -> float:
        """How far it begins from the left edge. [sizes of type]"""
        return (self.line.left - self.left) / self.line.size

    def is_full(self, following: str) -> bool:
        """Whether it ends only because the column does.

        Parameters
        ----------
        following : str
            Text of the next line, whose first word had no place.

        Returns
        -------
        bool
            True near the right edge.
        """
        word = re.match(r"[!-~]+", following)
        room = EDGE + 0.6 * min(len(word[0]) if word else 0, 20)
        return (self.right - self.line.right) / self.line.size < room

    @property
    def is_centred(self) -> bool:
        """Whether it stands in the middle of the column, full on neither side."""
        before, after = self.line.left - self.left, self.right - self.line.right
        return min(before, after) > 1.5 * self.line.size and abs(before - after) < 2 * self.line.size

    @property
    def is_ended(self) -> bool:
        """Whether a sentence ends with it."""
        text = self.line.text.rstrip(CLOSING)
        return bool(text) and text[-1] in ENDS


@dataclass(frozen=True, slots=True)
class Habit:
    """How a document is printed.

    Parameters
    ----------
    pitch : float
        Usual distance of lines. [sizes of type]
    size : float
        Usual size of type. [points]
    indented : bool
        Whether paragraphs begin with an indent.
    """

    pitch: float
    size: float
    indented: bool


def learn_habit(lines: Sequence[Printed]) -> Habit:
    """How the lines of a document are printed.

    Parameters
    ----------
    lines : sequence of Printed
        All of them.

    Returns
    -------
    Habit
        What is usual.
    """
    weight: Counter[float] = Counter()
    for one in lines:
        weight[round(one.line.size, 1)] += len(one.line.text)
    size = weight.most_common(1)[0][0] if weight else 1.0
    steps = [round(_step(a, b), 1) for a, b in pairwise(lines) if _step(a, b) > 0 and abs(a.line.size - size) < 0.5]
    pitches = Counter(steps).most_common(3)
    pitch = min((one for one, count in pitches if count * 3 >= pitches[0][1]), default=1.5)
    indented = sum(INDENT <= one.indent <= 3 * INDENT for one in lines) >= INDENTED_SHARE * len(lines)
    return Habit(pitch, size, indented)


def join_lines(lines: Sequence[Printed], habit: Habit) -> list[list[Printed]]:
    """Lines put together to paragraphs.

    Parameters
    ----------
    lines : sequence of Printed
        Lines that follow one another.
    habit : Habit
        How the document is printed.

    Returns
    -------
    list of list of Printed
        The lines of each paragraph.
    """
    joined: list[list[Printed]] = []
    for one in lines:
        if joined and _goes_on(joined[-1], one, habit):
            joined[-1].append(one)
        else:
            joined.append([one])
    return joined


def say_paragraph(lines: Sequence[Printed]) -> str:
    """Text of a paragraph.

    Parameters
    ----------
    lines : sequence of Printed
        Its lines.

    Returns
    -------
    str
        Their characters as one line.
    """
    text = lines[0].line.text
    for one in lines[1:]:
        text = mend(text, one.line.text)
    return text


def is_numbered(text: str) -> bool:
    """Whether a line begins with the number of a part or the mark of a list.

    Parameters
    ----------
    text : str
        The line.

    Returns
    -------
    bool
        True for 一、 （一） 1. ① 专栏1 and the like.
    """
    return NUMBERED.match(text) is not None


def _step(last: Printed, one: Printed) -> float:
    """Distance to the line above in the same column, 0 where there is none. [sizes of type]"""
    if (last.page, last.column) != (one.page, one.column):
        return 0.0
    return max(0.0, (one.line.base - last.line.base) / max(last.line.size, one.line.size))


def _goes_on(paragraph: Sequence[Printed], one: Printed, habit: Habit) -> bool:
    last = paragraph[-1]
    if abs(last.line.size - one.line.size) > OTHER_SIZE * max(last.line.size, one.line.size):
        return False
    step = _step(last, one)
    if last.is_centred and one.is_centred and one.line.size > LARGE * habit.size and not is_numbered(one.line.text):
        return 0 < step < 2 * habit.pitch
    if step > LOOSE * habit.pitch or not last.is_full(one.line.text):
        return False
    if is_numbered(one.line.text) and (last.is_ended or one.indent >= INDENT):
        return False
    if one.indent >= INDENT:
        return _hangs(paragraph, one)
    return habit.indented or not last.is_ended or step > 0


def _hangs(paragraph: Sequence[Printed], one: Printed) -> bool:
    """Whether an indented line goes on: below a first line that stands further left, or below one that hangs as it does."""
    last = paragraph[-1]
    if len(paragraph) > 1 and abs(one.line.left - last.line.left) < 0.5 * one.line.size:
        return True
    return not last.is_ended
