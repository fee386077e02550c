"""Reading order of a page: lines from top to bottom, two columns one after the other.

Invariant: every field of every line comes out exactly once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from dafeng.readers.lines import Line

FEWEST_ROWS = 5
"""Fewest lines side by side that are two columns."""
FILLED_SHARE = 0.6
"""Share of the lines of a left column that reach its right edge. [0..1]"""
ALIGNED_SHARE = 0.8
"""Share of the lines of a right column that begin at its left edge or are indented by two characters. [0..1]"""
EDGE = 1.6
"""How far from an edge a line may end and still be full. [sizes of type]"""
INDENT = 2.6
"""Largest indent of a first line. [sizes of type]"""


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A line in its column.

    Parameters
    ----------
    line : Line
        The line.
    column : int
        0 across the page, 1 left, 2 right.
    """

    line: Line
    column: int


def order_lines(lines: Sequence[Line]) -> tuple[ColumnLine, ...]:
    """Lines of a page in the order in which they are read.

    Parameters
    ----------
    lines : sequence of Line
        From top to bottom.

    Returns
    -------
    tuple of ColumnLine
        Those beside one another in two columns taken apart.
    """
    gutter = _gutter(lines)
    if gutter is None:
        return tuple(ColumnLine(line, 0) for line in lines)
    bands = groupby(lines, key=lambda line: _crosses(line, gutter))
    return tuple(placed for crosses, band in bands for placed in _band(tuple(band), gutter, crosses))


def _gutter(lines: Sequence[Line]) -> float | None:
    """Middle of the space between two columns."""
    gaps = [(first, second, line) for line in lines for first, second in pairwise(line.fields)]
    middle = _most_shared([(first.right, second.left) for first, second, _ in gaps])
    beside = [(first, second, line.size) for first, second, line in gaps if first.right <= middle <= second.left]
    if len(beside) < FEWEST_ROWS:
        return None
    edge, begin = max(first.right for first, _, _ in beside), min(second.left for _, second, _ in beside)
    filled = sum(edge - first.right < EDGE * size for first, _, size in beside)
    aligned = sum(second.left - begin < INDENT * size for _, second, size in beside)
    columns = filled >= FILLED_SHARE * len(beside) and aligned >= ALIGNED_SHARE * len(beside)
    return middle if columns else None


def _most_shared(gaps: Iterable[tuple[float, float]]) -> float:
    """Point inside the most intervals."""
    steps = sorted([(left, 1) for left, _ in gaps] + [(right, -1) for _, right in gaps], key=lambda step: (step[0], -step[1]))
    best, depth, point = 0, 0, 0.0
    for (at, change), (following, _) in pairwise([*steps, (0.0, 0)]):
        depth += change
        if depth > best:
            best, point = depth, (at + following) / 2
    return point


def _crosses(line: Line, gutter: float) -> bool:
    return any(field.left < gutter < field.right for field in line.fields)


def _band(lines: Sequence[Line], gutter: float, crosses: bool) -> Iterator[ColumnLine]:
    if crosses or not any(line.left < gutter < line.right for line in lines):
        yield from (ColumnLine(line, 0) for line in lines)
        return
    for column in (1, 2):
        for line in lines:
            fields = tuple(field for field in line.fields if (field.right <= gutter) == (column == 1))
            if fields:
                yield ColumnLine(replace(line, fields=fields), column)
