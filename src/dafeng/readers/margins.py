"""What is printed on every page beside the text: headers, footers, page numbers.

Invariant: only lines at the upper or lower edge of a page are left out, and only with nothing of the text beyond them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from dafeng.readers.lines import Line

EDGE = 0.15
"""Share of the page's height in which headers and footers stand. [0..1]"""
DEEPEST = 3
"""Most lines of a header or a footer."""
CHAIN = 3
"""Fewest pages, each or every other one, that repeat a header."""
NEAR = 8.0
"""How much higher or lower a repeated line may stand. [points]"""
APART = 1.15
"""Least distance from the text, as a multiple of the usual distance of lines."""
OTHER_SIZE = 0.1
"""Difference of type that tells a header from the text, as a share. [0..1]"""
FEWEST_LINES = 5
"""Fewest lines of a page that show their usual distance."""
NUMBER = re.compile(
    r"[-—–―·.\s~]*(?:\d{1,3}|[ivxlcIVXLC]{1,6})[-—–―·.\s~]*|第\s*\d{1,4}\s*页.{0,12}|\d{1,4}\s*/\s*\d{1,4}|[Pp]age\s*\d{1,4}.{0,12}"
)

Spot = tuple[int, int]
"""Position of a page, and of a line on it."""


def find_margins(pages: Sequence[tuple[float, Sequence[Line]]]) -> frozenset[Spot]:
    """Headers, footers and page numbers.

    Parameters
    ----------
    pages : sequence of (float, sequence of Line)
        Height of each page [points] and its lines from top to bottom.

    Returns
    -------
    frozenset of (int, int)
        Page and line, from 0, of each line that is left out.
    """
    repeated = _repeated(pages)
    found: set[Spot] = set()
    for number, (height, lines) in enumerate(pages):
        for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
            known = {at for at in order[:DEEPEST] if (number, at) in repeated or _is_number(lines[at], height)}
            found.update((number, at) for at in _outside(order, known, lines))
    return frozenset(found)


def _outside(order: Sequence[int], known: set[int], lines: Sequence[Line]) -> list[int]:
    """Known lines from the edge inwards, up to the last that stands apart from the text."""
    outer = [*takewhile(lambda at: at in known, order)]
    while outer and len(outer) < len(order) and not _stands_apart(lines[outer[-1]], lines[order[len(outer)]], lines):
        outer.pop()
    return outer


def _stands_apart(line: Line, following: Line, lines: Sequence[Line]) -> bool:
    steps = sorted(below.base - above.base for above, below in pairwise(lines))
    wide = abs(line.base - following.base) > APART * steps[(len(steps) - 1) // 2]
    return wide or len(lines) < FEWEST_LINES or abs(line.size - following.size) > OTHER_SIZE * following.size


def _is_number(line: Line, height: float) -> bool:
    return _at_edge(line, height) and NUMBER.fullmatch(line.text) is not None


def _at_edge(line: Line, height: float) -> bool:
    return line.base < EDGE * height or line.base > (1 - EDGE) * height


def _repeated(pages: Sequence[tuple[float, Sequence[Line]]]) -> set[Spot]:
    """Lines that stand at the same height on pages that follow one another, but for their digits."""
    alike: dict[tuple[str, bool], list[tuple[int, int, float]]] = {}
    for number, at, line, upper in _candidates(pages):
        alike.setdefault((re.sub(r"\d+", "#", line.text), upper), []).append((number, at, line.base))
    least = min(CHAIN, len(pages))
    return {
        (number, at)
        for group in alike.values()
        for chain in _chains(group)
        if least > 1 and len(chain) >= least
        for number, at, _ in chain
    }


def _candidates(pages: Sequence[tuple[float, Sequence[Line]]]) -> Iterator[tuple[int, int, Line, bool]]:
    for number, (height, lines) in enumerate(pages):
        for at in sorted({*range(min(DEEPEST, len(lines))), *range(max(0, len(lines) - DEEPEST), len(lines))}):
            if _at_edge(lines[at], height):
                yield number, at, lines[at], lines[at].base < height / 2


def _chains(group: Sequence[tuple[int, int, float]]) -> Iterator[list[tuple[int, int, float]]]:
    chain: list[tuple[int, int, float]] = []
    for one in group:
        if chain and (one[0] - chain[-1][0] > 2 or abs(one[2] - chain[-1][2]) > NEAR):
            yield chain
            chain = []
        chain.append(one)
    if chain:
        yield chain
