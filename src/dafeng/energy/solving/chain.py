"""Cut long columns and rows into chains, so that a solver's ordering sees stretches of time and not one knot.

A capacity stands in every hour's row, an annual limit holds every hour's variable. Interior point solvers order their
matrix by how few neighbours a variable has; one with thousands of neighbours makes that ordering quadratic. A copy of
the capacity per stretch, tied to the copy before it, and a running sum per stretch leave the optimum as it is.

Invariant: every point of the chained programme whose copies agree is a point of the given one at the same cost, its
first columns are the given columns and its first rows the given rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dafeng.energy.program import Floats, Program

LONG = 150
"""Entries above which a column or row is cut."""
STRETCH = 120
"""Entries of one cut piece of a column. Of 80 to 640 it fills the factor least for one, two and four nodes: where many
capacities are cut at one place, their copies all meet there."""
SMALL = 10_000
"""Columns below which nothing is cut: ordering takes no time there."""
Places = NDArray[np.int64]
"""Rows or columns."""


def places_of(blocks: Mapping[str, slice], size: int) -> Floats:
    """Where each row or column stands in its block, as a stand-in for its time.

    Parameters
    ----------
    blocks : mapping of str to slice
        The blocks.
    size : int
        Number of rows or columns.

    Returns
    -------
    (size,) array
        0 at the block's start, towards 1 at its end.
    """
    found = np.zeros(size)
    for part in blocks.values():
        found[part] = np.arange(part.stop - part.start) / max(1, part.stop - part.start)
    return found


def chain_program(program: Program, row_place: Floats, column_place: Floats) -> Program:
    """Programme whose long rows and columns are chains.

    Parameters
    ----------
    program : Program
        Any programme.
    row_place, column_place : array
        Where each row and column stands in time, 0..1.

    Returns
    -------
    Program
        The chained programme: given columns and rows first, then copies, running sums and ties.
    """
    if program.matrix.shape[1] < SMALL:
        return program
    program, row_place = _merge(program, row_place)
    by_row = program.matrix.tocsr()
    pieces = _pieces(program.matrix, row_place) or _pieces(by_row, column_place)
    summed, row_place = _cut(by_row, column_place, row_place, pieces, tie=False)
    program = _widen(program, summed.tocsc())
    cut, _ = _cut(program.matrix, row_place, np.zeros(program.matrix.shape[1]), pieces, tie=True)
    return _widen(program, cut)


def _merge(program: Program, row_place: Floats) -> tuple[Program, Floats]:
    """Name the sum of long columns that stand in many rows together with one coefficient, as vintages of a capacity do.

    Their copies would otherwise all meet in every row; the sum stands there alone, tied to its parts by one equation.
    """
    entries = program.matrix.tocoo()
    long = np.diff(program.matrix.indptr) > LONG
    row, column, value = (part[long[entries.col]] for part in (entries.row, entries.col, entries.data))
    sets = _common_sets(row, column, value, len(program.row_low))
    names, first, counts = np.unique(sets, return_index=True, return_counts=True)
    kept = (names != 0) & (counts > LONG)
    names, first = names[kept], first[kept]
    if not len(names):
        return program, row_place
    group = np.where(np.isin(sets, names), np.searchsorted(names, sets), -1)
    stays = ~(long[entries.col] & (group[entries.row] >= 0))
    height, width = program.matrix.shape
    coefficient = np.bincount(row, value, height) / np.maximum(np.bincount(row, minlength=height), 1)
    summed = np.flatnonzero(group >= 0)
    member = np.flatnonzero(np.isin(row, first))
    tie = height + group[row[member]]
    news = np.arange(len(names))
    parts = [
        (entries.row[stays], entries.col[stays], entries.data[stays]),
        (summed, width + group[summed], coefficient[summed]),
        (tie, column[member], np.full(len(member), -1.0)),
        (height + news, width + news, np.ones(len(news))),
    ]
    joined = [np.concatenate(one) for one in zip(*parts, strict=True)]
    shape = (height + len(names), width + len(names))
    matrix = sparse.csc_matrix((joined[2], (joined[0], joined[1])), shape=shape)
    return _widen(program, matrix), np.append(row_place, row_place[first])


def _common_sets(row: Places, column: Places, value: Floats, height: int) -> Floats:
    """A mark per row for the set of its long columns; 0 where there is one at most or their coefficients differ."""
    marks = np.random.default_rng(0).random(int(column.max(initial=0)) + 1)
    count = np.bincount(row, minlength=height)
    total, square = np.bincount(row, value, height), np.bincount(row, value**2, height)
    alike = (count > 1) & (np.abs(count * square - total**2) <= 1e-12 * count * square)
    return np.where(alike, np.round(np.bincount(row, marks[column], height), 9), 0.0)


@dataclass(slots=True, eq=False)
class _Links:
    """Entries of what is added, along the cut lines (major) and across them (minor)."""

    major: list[Places]
    minor: list[Places]
    value: list[Floats]
    lines: int
    crosses: int


def _cut(matrix: Any, place: Floats, own_place: Floats, pieces: int, *, tie: bool) -> tuple[Any, Floats]:
    """Cut the long lines of a compressed matrix at common places.

    A cut line becomes pieces. Columns (``tie``): each further piece is a new column, tied to the one before it by a new
    row. Rows: each piece but the last is a new row, whose sum a new column carries into the next piece.
    """
    counts = np.diff(matrix.indptr)
    long = np.flatnonzero(counts > LONG)
    major = np.repeat(np.arange(len(counts)), counts)
    links = _Links([major], [matrix.indices.astype(np.int64)], [matrix.data], len(counts), matrix.shape[0 if tie else 1])
    added = []
    for line in long if pieces > 1 else ():
        span = slice(matrix.indptr[line], matrix.indptr[line + 1])
        piece = np.minimum((place[matrix.indices[span]] * pieces).astype(np.int64), pieces - 1)
        used = np.unique(piece)
        new = links.lines + np.arange(len(used) - 1)
        order = np.append(line, new) if tie else np.append(new, line)
        major[span] = order[np.searchsorted(used, piece)]
        _link(links, order)
        added.append(used[1:] / pieces if tie else used[:-1] / pieces)
    values = (np.concatenate(links.value), (np.concatenate(links.major), np.concatenate(links.minor)))
    entries = (values[0], values[1] if not tie else values[1][::-1])
    shape = (links.crosses, links.lines) if tie else (links.lines, links.crosses)
    return sparse.coo_matrix(entries, shape=shape).asformat("csc" if tie else "csr"), _join(own_place, added)


def _link(links: _Links, order: Places) -> None:
    """Tie each piece to the one before it (columns), or carry its sum into the next (rows)."""
    count = len(order) - 1
    cross = links.crosses + np.arange(count)
    links.major += [order[:-1], order[1:]]
    links.minor += [cross, cross]
    links.value += [np.full(count, -1.0), np.full(count, 1.0)]
    links.lines += count
    links.crosses += count


def _pieces(matrix: Any, place: Floats) -> int:
    """How many stretches: such that a long line has about ``STRETCH`` entries in each; 0 where no line is long.

    Rows and columns are cut at the same places, so that one stretch of time hands over to the next once.
    """
    dense = []
    for line in np.flatnonzero(np.diff(matrix.indptr) > LONG):
        at = place[matrix.indices[matrix.indptr[line] : matrix.indptr[line + 1]]]
        dense.append(len(at) / max(float(at.max() - at.min()), 1e-3))
    return max(1, round(float(np.median(dense)) / STRETCH)) if dense else 0


def _join(first: Floats, rest: Iterable[Floats]) -> Floats:
    return np.concatenate([first, *rest])


def _widen(program: Program, matrix: Any) -> Program:
    """The programme with a larger matrix: new rows are equations, new columns free and without cost."""
    rows, columns = matrix.shape[0] - len(program.row_low), matrix.shape[1] - len(program.cost)
    nothing, free = np.zeros(columns), np.full(columns, np.inf)
    return replace(
        program,
        matrix=matrix,
        row_low=np.append(program.row_low, np.zeros(rows)),
        row_high=np.append(program.row_high, np.zeros(rows)),
        low=np.append(program.low, -free),
        high=np.append(program.high, free),
        cost=np.append(program.cost, nothing),
        quadratic=None if program.quadratic is None else np.append(program.quadratic, nothing),
    )
