"""Lines of a printed page, put together from runs of characters by where they stand.

Invariant: every character of the runs stands in exactly one line, from left to right; spaces are kept between Latin words
only, because Chinese has none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

FIELD_GAP = 1.5
"""Space that parts two fields of a line, as a share of the size of its type."""
WORD_GAP = 0.18
"""Space that parts two Latin words."""
SHARED = 0.5
"""Share of the smaller type's height that two runs of one line have in common. [0..1]"""
HYPHENED = re.compile(r"[A-Za-z]-$|\u00ad$")
RISE = 0.88
"""Part of the type above its base line. [0..1]"""
RADICALS = (
    "⺟母⺠民⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻭齿⻰龙⻳龟"
)
"""Radicals that some programmes write into a PDF for characters, each before its character."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters side by side.

    Parameters
    ----------
    text : str
        The characters; a space at the end where one was printed.
    lefts : tuple of float
        Where each begins. [points]
    right : float
        Where the last ends. [points]
    base : float
        Base line, from the top of the page. [points]
    size : float
        Size of the type. [points]
    """

    text: str
    lefts: tuple[float, ...]
    right: float
    base: float
    size: float

    @property
    def left(self) -> float:
        """Where it begins. [points]"""
        return self.lefts[0]


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a line between wide gaps.

    Parameters
    ----------
    text : str
        Its characters.
    left, right : float
        Where it begins and ends. [points]
    """

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line.

    Parameters
    ----------
    fields : tuple of Field
        From left to right, at least one.
    base : float
        Base line. [points]
    size : float
        Size of most of its type. [points]
    """

    fields: tuple[Field, ...]
    base: float
    size: float

    @property
    def text(self) -> str:
        """All characters."""
        return " ".join(field.text for field in self.fields)

    @property
    def left(self) -> float:
        """Where it begins. [points]"""
        return self.fields[0].left

    @property
    def right(self) -> float:
        """Where it ends. [points]"""
        return self.fields[-1].right


def make_run(text: str, lefts: Sequence[float], right: float, base: float, size: float) -> Run:
    """Run of characters with radicals written as characters.

    Parameters
    ----------
    text : str
        The characters.
    lefts : sequence of float
        Where each begins. [points]
    right, base, size : float
        Right end, base line and size. [points]

    Returns
    -------
    Run
        The run.
    """
    return Run(text.translate(_characters()), tuple(lefts), right, base, size)


@cache
def _characters() -> Mapping[int, str]:
    """Character by radical: the Kangxi radicals of Unicode, and those of its supplement that look like a character."""
    table = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
    return table | {ord(radical): plain for radical, plain in zip(RADICALS[::2], RADICALS[1::2], strict=True)}


def gather_lines(runs: Iterable[Run]) -> list[Line]:
    """Lines of a page or a cell.

    Parameters
    ----------
    runs : iterable of Run
        In any order.

    Returns
    -------
    list of Line
        From top to bottom.
    """
    groups: list[list[Run]] = []
    tallest: list[Run] = []
    for run in sorted(runs, key=lambda one: (one.base, one.left)):
        at = next((at for at in range(len(groups) - 1, max(-1, len(groups) - 4), -1) if _beside(tallest[at], run)), None)
        if at is None:
            groups.append([run])
            tallest.append(run)
        else:
            groups[at].append(run)
            tallest[at] = max(tallest[at], run, key=lambda one: one.size)
    return sorted((_line(group) for group in groups), key=lambda line: line.base)


def _beside(one: Run, other: Run) -> bool:
    top = max(one.base - RISE * one.size, other.base - RISE * other.size)
    bottom = min(one.base + (1 - RISE) * one.size, other.base + (1 - RISE) * other.size)
    return bottom - top > SHARED * min(one.size, other.size)


def _line(group: Sequence[Run]) -> Line:
    runs = sorted(group, key=lambda run: run.left)
    weight: dict[tuple[float, float], int] = {}
    for run in runs:
        weight[run.size, run.base] = weight.get((run.size, run.base), 0) + len(run.text)
    size, base = max(weight, key=lambda one: (weight[one], one))
    parts: list[list[Run]] = [[runs[0]]]
    reach = runs[0].right
    for run in runs[1:]:
        if run.left - reach > FIELD_GAP * size:
            parts.append([])
        parts[-1].append(run)
        reach = max(reach, run.right)
    return Line(tuple(_field(part) for part in parts), base, size)


def _field(runs: Sequence[Run]) -> Field:
    text = runs[0].text
    for last, run in pairwise(runs):
        wide = last.text.endswith(" ") or run.left - last.right > WORD_GAP * run.size
        text = join_texts(text.rstrip(" "), run.text, spaced=wide)
    return Field(text.strip(), runs[0].left, max(run.right for run in runs))


def join_texts(first: str, second: str, *, spaced: bool) -> str:
    """Two texts as one, with a space where both are Latin.

    Parameters
    ----------
    first, second : str
        The texts.
    spaced : bool
        Whether space was printed between them.

    Returns
    -------
    str
        The text.
    """
    latin = bool(first) and bool(second) and first[-1].isascii() and second[0].isascii()
    return f"{first} {second}" if spaced and latin else first + second


def join_broken(first: str, second: str) -> str:
    """Two lines of one paragraph as one text: words cut by a hyphen become whole.

    Parameters
    ----------
    first, second : str
        The lines.

    Returns
    -------
    str
        The text.
    """
    if HYPHENED.search(first) and second[:1].isascii() and second[:1].islower():
        return first[:-1] + second
    before, after = first[-1:], second[:1]
    words = (before.isalnum() or before in tuple(",;:.)")) and after.isalpha()
    return join_texts(first, second, spaced=words or (before.isalpha() and after.isalnum()))
