"""Tables drawn with lines: straight lines of a page as grids of cells, with merged cells.

Invariant: every cell is a rectangle between lines of its grid, and no two cells of a grid overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NEAR = 3.0
"""Lines closer than this are one. [points]"""
SHORTEST = 8.0
"""Shortest line of a table. [points]"""
MOST_CELLS = 5000
"""Most cells of a grid; a picture made of lines has more."""
MOST_LINES = 200
"""Most lines of one direction; a picture made of lines has more."""

Rule = tuple[float, float, float, float]
"""Left, top, right and bottom end of a straight line. [points]"""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a grid.

    Parameters
    ----------
    row, column : int
        Upper left place, from 0.
    rows, columns : int
        Extent, at least 1.
    left, top, right, bottom : float
        Its box. [points]
    """

    row: int
    column: int
    rows: int
    columns: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells between lines.

    Parameters
    ----------
    columns, rows : tuple of float
        Places of the lines between columns and between rows, rising. [points]
    cells : tuple of GridCell
        By row, then column.
    index : tuple of int
        Which of them covers each place between neighbouring lines, row by row.
    """

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    cells: tuple[GridCell, ...]
    index: tuple[int, ...]

    def cell_at(self, x: float, y: float) -> int | None:
        """Cell around a point.

        Parameters
        ----------
        x, y : float
            The point. [points]

        Returns
        -------
        int or None
            Its position among the cells; ``None`` outside the grid.
        """
        column, row = bisect_right(self.columns, x) - 1, bisect_right(self.rows, y) - 1
        inside = 0 <= column < len(self.columns) - 1 and 0 <= row < len(self.rows) - 1
        return self.index[row * (len(self.columns) - 1) + column] if inside else None


def find_grids(rules: Iterable[Rule]) -> tuple[Grid, ...]:
    """Tables among the lines of a page.

    Parameters
    ----------
    rules : iterable of Rule
        Straight lines along the page.

    Returns
    -------
    tuple of Grid
        Grids of at least two columns, from top to bottom.
    """
    flat, upright = _merged([*rules])
    if not flat or not upright or max(len(flat), len(upright)) > MOST_LINES:
        return ()
    found = (_grid(group_flat, group_upright) for group_flat, group_upright in _connected(flat, upright))
    return tuple(sorted((grid for grid in found if grid is not None), key=lambda grid: (grid.rows[0], grid.columns[0])))


def _merged(rules: Sequence[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Level and upright lines; pieces that continue one another are one."""
    level = [(top + bottom, left, right) for left, top, right, bottom in rules if right - left >= bottom - top]
    steep = [(left + right, top, bottom) for left, top, right, bottom in rules if right - left < bottom - top]
    flat = [(start, at, end, at) for at, start, end in _strokes((m / 2, a, b) for m, a, b in level)]
    upright = [(at, start, at, end) for at, start, end in _strokes((m / 2, a, b) for m, a, b in steep)]
    return flat, upright


def _strokes(pieces: Iterable[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    strokes: list[tuple[float, float, float]] = []
    ranked = sorted(pieces)
    places = _snap([at for at, _, _ in ranked])
    for at, start, end in sorted((places[at], start, end) for at, start, end in ranked):
        if strokes and strokes[-1][0] == at and start <= strokes[-1][2] + NEAR:
            strokes[-1] = (at, strokes[-1][1], max(end, strokes[-1][2]))
        else:
            strokes.append((at, start, end))
    return [stroke for stroke in strokes if stroke[2] - stroke[1] >= SHORTEST]


def _snap(ranked: Sequence[float]) -> dict[float, float]:
    """Place by place, those that are near one another on the first of them."""
    snapped: dict[float, float] = {}
    first = None
    for at in ranked:
        first = at if first is None or at - first > NEAR else first
        snapped[at] = first
    return snapped


def _connected(flat: Sequence[Rule], upright: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that cross or touch, directly or through others."""
    group = list(range(len(flat) + len(upright)))
    for i, level in enumerate(flat):
        for j, steep in enumerate(upright):
            if _touch(level, steep):
                _unite(group, i, len(flat) + j)
    found: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for at in range(len(group)):
        pair = found.setdefault(_root(group, at), ([], []))
        pair[at >= len(flat)].append(flat[at] if at < len(flat) else upright[at - len(flat)])
    return list(found.values())


def _touch(level: Rule, steep: Rule) -> bool:
    across = level[0] - NEAR <= steep[0] <= level[2] + NEAR
    return across and steep[1] - NEAR <= level[1] <= steep[3] + NEAR


def _root(group: list[int], at: int) -> int:
    while group[at] != at:
        group[at] = group[group[at]]
        at = group[at]
    return at


def _unite(group: list[int], one: int, other: int) -> None:
    group[_root(group, one)] = _root(group, other)


def _grid(flat: Sequence[Rule], upright: Sequence[Rule]) -> Grid | None:
    ys, xs = sorted({rule[1] for rule in flat}), sorted({rule[0] for rule in upright})
    if len(ys) < 2 or not xs:
        return None
    upright = [*upright, *_open_sides(flat, xs, ys)]
    xs = sorted({rule[0] for rule in upright})
    if len(xs) < 3 or (len(xs) - 1) * (len(ys) - 1) > MOST_CELLS:
        return None
    cells = tuple(_cells(xs, ys, flat, upright))
    if not any(cell.column for cell in cells):
        return None
    return Grid(tuple(xs), tuple(ys), cells, _index(cells, len(xs) - 1, len(ys) - 1))


def _index(cells: Sequence[GridCell], wide: int, high: int) -> tuple[int, ...]:
    index = [0] * (wide * high)
    for at, cell in enumerate(cells):
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                index[row * wide + column] = at
    return tuple(index)


def _open_sides(flat: Sequence[Rule], xs: Sequence[float], ys: Sequence[float]) -> list[Rule]:
    """Sides that are not drawn: level lines reach beyond the last upright one."""
    left, right = min(rule[0] for rule in flat), max(rule[2] for rule in flat)
    open_left = [(left, ys[0], left, ys[-1])] if xs[0] - left > SHORTEST else []
    return open_left + ([(right, ys[0], right, ys[-1])] if right - xs[-1] > SHORTEST else [])


def _cells(xs: Sequence[float], ys: Sequence[float], flat: Sequence[Rule], upright: Sequence[Rule]) -> list[GridCell]:
    wide = len(xs) - 1
    group = list(range(wide * (len(ys) - 1)))
    walls = _by_place((rule[0], rule[1], rule[3]) for rule in upright)
    floors = _by_place((rule[1], rule[0], rule[2]) for rule in flat)
    for at in range(len(group)):
        row, column = divmod(at, wide)
        if column + 1 < wide and not _covered(walls[xs[column + 1]], (ys[row] + ys[row + 1]) / 2):
            _unite(group, at, at + 1)
        if row + 2 < len(ys) and not _covered(floors[ys[row + 1]], (xs[column] + xs[column + 1]) / 2):
            _unite(group, at, at + wide)
    merged: dict[int, list[int]] = {}
    for at in range(len(group)):
        merged.setdefault(_root(group, at), []).append(at)
    parts = (part for members in merged.values() for part in _rectangles(members, wide))
    return sorted((_cell(part, wide, xs, ys) for part in parts), key=lambda cell: (cell.row, cell.column))


def _by_place(strokes: Iterable[tuple[float, float, float]]) -> dict[float, list[tuple[float, float]]]:
    found: dict[float, list[tuple[float, float]]] = {}
    for at, start, end in strokes:
        found.setdefault(at, []).append((start, end))
    return found


def _covered(strokes: Sequence[tuple[float, float]], at: float) -> bool:
    return any(start <= at <= end for start, end in strokes)


def _rectangles(members: list[int], wide: int) -> list[list[int]]:
    """The members together where they fill a rectangle, else each alone."""
    rows, columns = {at // wide for at in members}, {at % wide for at in members}
    filled = (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) == len(members)
    return [members] if filled else [[at] for at in members]


def _cell(members: Sequence[int], wide: int, xs: Sequence[float], ys: Sequence[float]) -> GridCell:
    first, last = divmod(min(members), wide), divmod(max(members), wide)
    return GridCell(
        first[0], first[1], last[0] - first[0] + 1, last[1] - first[1] + 1,
        xs[first[1]], ys[first[0]], xs[last[1] + 1], ys[last[0] + 1],
    )  # fmt: skip
