"""Printed lines → paragraphs: hard line ends mended by indents, full lines, spaces between paragraphs and type.

Invariant: the characters of the paragraphs are those of the lines, in order; only line ends, and hyphens at them, go.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dafeng.readers.lines import Line, join_broken

ENDS = "。！？；：!?;:"
CLOSING = "”’）)》」』】"
NUMBERED = re.compile(
    r"[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十百\d]+[）)]|\d{1,3}(?:[.．、](?!\d)|[）)])|第[一二三四五六七八九十百\d]+[章节条编]"
    r"|[①-⑳⒈-⒛⑴-⒇]|专栏\s*\d+|附件|附表|[—–]{2}|[•●◆■▪]"
)
STRONG = re.compile(r"[一二三四五六七八九十百]+、|（[一二三四五六七八九十百]+）|第[一二三四五六七八九十百]+[章节编]")
"""Numbers of chapters and sections, which begin a paragraph wherever they stand."""
UNFINISHED = "、，第及和与或至到按"
"""Ends of a line after which such a number may be part of the sentence."""
CONTENTS = re.compile(r".*?[.．…·]{3,}[\s.．…·]*\d{1,4}")
"""Line of a table of contents."""
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
FEWEST_WRAPPED = 2
"""Fewest full lines without an end that show that lines are wrapped."""
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
    def ended(self) -> bool:
        """Whether a sentence ends with it."""
        text = self.line.text.rstrip(CLOSING)
        closed = self.line.text[-1:] in ("）", ")")
        return closed or (bool(text) and text[-1] in ENDS) or CONTENTS.fullmatch(self.line.text) is not None


@dataclass(frozen=True, slots=True)
class Typesetting:
    """How a document is printed.

    Parameters
    ----------
    step : float
        Usual distance of lines. [sizes of type]
    size : float
        Usual size of type. [points]
    indented : bool
        Whether paragraphs begin with an indent.
    wrapped : bool
        Whether lines are seen to end in the middle of a sentence.
    """

    step: float
    size: float
    indented: bool
    wrapped: bool


def find_typesetting(lines: Sequence[Printed]) -> Typesetting:
    """How the lines of a document are printed.

    Parameters
    ----------
    lines : sequence of Printed
        All of them.

    Returns
    -------
    Typesetting
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
    wrapped = sum(a.is_full(b.line.text) and not a.ended for a, b in pairwise(lines)) >= FEWEST_WRAPPED
    return Typesetting(pitch, size, indented, wrapped)


def join_lines(lines: Sequence[Printed], typesetting: Typesetting) -> list[list[Printed]]:
    """Lines put together to paragraphs.

    Parameters
    ----------
    lines : sequence of Printed
        Lines that follow one another.
    typesetting : Typesetting
        How the document is printed.

    Returns
    -------
    list of list of Printed
        The lines of each paragraph.
    """
    joined: list[list[Printed]] = []
    for one in lines:
        if joined and _goes_on(joined[-1], one, typesetting):
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
        text = join_broken(text, one.line.text)
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


def _goes_on(paragraph: Sequence[Printed], one: Printed, typesetting: Typesetting) -> bool:
    last = paragraph[-1]
    if abs(last.line.size - one.line.size) > OTHER_SIZE * max(last.line.size, one.line.size) or _changes_band(last, one):
        return False
    if STRONG.match(one.line.text) and last.line.text[-1:] not in UNFINISHED:
        return False
    step = _step(last, one)
    if _is_centred(last) and _is_centred(one) and one.line.size > LARGE * typesetting.size and not is_numbered(one.line.text):
        return 0 < step < 2 * typesetting.step
    if step > LOOSE * typesetting.step or not last.is_full(one.line.text):
        return False
    if is_numbered(one.line.text) and (last.ended or one.indent >= INDENT):
        return False
    if one.indent >= INDENT:
        return _hangs(paragraph, one)
    return typesetting.indented or not last.ended or (step > 0 and typesetting.wrapped)


def _changes_band(last: Printed, one: Printed) -> bool:
    """Whether one of two lines runs across the page and the other does not."""
    return last.page == one.page and (last.column == 0) != (one.column == 0)


def _hangs(paragraph: Sequence[Printed], one: Printed) -> bool:
    """Whether an indented line goes on: below a first line that stands further left, or below one that hangs as it does."""
    last = paragraph[-1]
    if len(paragraph) > 1 and abs(one.line.left - last.line.left) < 0.5 * one.line.size:
        return True
    return not last.ended


def _is_centred(one: Printed) -> bool:
    """Whether a line stands in the middle of the column, full on neither side."""
    before, after = one.line.left - one.left, one.right - one.line.right
    return min(before, after) > 1.5 * one.line.size and abs(before - after) < 2 * one.line.size
