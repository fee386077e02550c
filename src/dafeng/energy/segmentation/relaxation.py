"""A smaller programme whose optimum bounds that of the whole from below, and the proof of that on the whole programme.

Invariant: rows are only added up with weights that are not negative; the bound that leaves is recomputed by weak duality
on the unscaled whole programme, so it does not depend on how the multipliers were found. Rows and columns of the smaller
programme stand in the order of time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dafeng.energy.bounds import implied_bounds
from dafeng.energy.network.linear import Places
from dafeng.energy.program import Floats, Program
from dafeng.energy.segmentation.merging import segment_of_steps
from dafeng.energy.windows.cutter import LEVELS
from dafeng.energy.windows.timing import Timed, stretches

RAMPS = ("ramp_limit_up", "ramp_limit_down")
"""Last part of the names of rows that join two neighbouring steps."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """A programme over segments.

    Parameters
    ----------
    program : Program
        Smaller programme: sums of rows, columns that are alike in them merged.
    rows : scipy.sparse matrix, (small rows, rows)
        Weight of every row in every sum; never negative.
    group : (columns,) array of int
        Column of the smaller programme that each column went into; −1 where it is fixed.
    """

    program: Program
    rows: Any
    group: Places

    def spread(self, values: Floats, whole: Program) -> Floats:
        """Values of the whole programme's columns: each its share of the column it was merged into.

        Parameters
        ----------
        values : (small columns,) array
            Values of the smaller programme.
        whole : Program
            The whole programme.

        Returns
        -------
        (columns,) array
            Means; bounds where fixed.
        """
        count = np.bincount(self.group[self.group >= 0], minlength=len(values))
        return np.where(self.group >= 0, np.append(values / np.maximum(count, 1), 0.0)[self.group], whole.low)


def relax(timed: Timed, edges: Places, *, ceiling: float | None = None) -> Relaxation:
    """Sum the rows of each segment and merge the columns that are then alike.

    Parameters
    ----------
    timed : Timed
        A programme with its steps.
    edges : (segments + 1,) array of int
        First step of each segment, and the number of steps.
    ceiling : float, optional
        Cost of a known feasible point, ``inf`` if none is known: variables without bounds of their own get those that
        rows and this cost imply, where sums alone would leave the cost without end.

    Returns
    -------
    Relaxation
        Its optimum is at most that of the whole programme: every point of the whole satisfies the sums.
    """
    program = timed.program if ceiling is None else _bounded(timed.program, ceiling)
    rows, joint = _sums(timed, edges)
    matrix = (rows @ program.matrix).tocsc()
    matrix.eliminate_zeros()
    fixed = program.low == program.high
    given = matrix @ np.where(fixed, program.low, 0.0)
    low, high = rows @ program.row_low - given, rows @ program.row_high - given
    group = _alike(timed, edges, matrix, fixed)
    count = int(group.max()) + 1
    moved = group >= 0
    first = np.full(count, -1)
    first[group[moved][::-1]] = np.flatnonzero(moved)[::-1]
    small = Program(
        matrix=matrix[:, first],
        row_low=low,
        row_high=high,
        low=_summed(group[moved], program.low[moved], count),
        high=_summed(group[moved], program.high[moved], count),
        cost=program.cost[first],
        variables=_blocks(int(((timed.column_step < 0) & ~fixed).sum()), count),
        constraints={},
        constant=program.constant + float(program.cost[fixed] @ program.low[fixed]),
    )
    return Relaxation(*_asking(small, rows, joint), group)


def _blocks(joint: int, count: int) -> dict[str, slice]:
    """What stands once, and what stands in time: solvers cut the programme into stretches of it."""
    return {"once": slice(0, joint), "segments": slice(joint, count)}


def _bounded(program: Program, ceiling: float) -> Program:
    low, high = implied_bounds(program, ceiling=ceiling)
    return replace(program, low=low, high=high)


def _summed(group: Places, values: Floats, count: int) -> Floats:
    return np.asarray(np.bincount(group, values, minlength=count), dtype=np.float64)


def _sums(timed: Timed, edges: Places) -> tuple[Any, int]:
    """Which rows are added up, those of one owner in one segment, and how many stay as they are.

    Rows without a step come first and stay as they are, and so do the limits of levels at the end of each segment.
    """
    of_step = segment_of_steps(edges)
    rows = np.arange(len(timed.row_step))
    ramp = _ramping(timed)
    free = np.flatnonzero(timed.row_step < 0)
    plain = np.flatnonzero((timed.row_step >= 0) & ~ramp)
    sloped = np.flatnonzero(ramp)
    key, weight, source = _tents(timed, edges, of_step, sloped)
    ending = _holding(timed)[plain] & np.isin(timed.row_step[plain] + 1, edges)
    owner = 2 * timed.row_owner[plain] + ending
    keys = [free - len(rows), of_step[timed.row_step[plain]] * _owners(timed) + owner, key]
    _, small = np.unique(np.concatenate(keys), return_inverse=True)
    placed = np.concatenate([rows[free], rows[plain], source])
    weights = np.concatenate([np.ones(len(free) + len(plain)), weight])
    shape = (int(small.max(initial=-1)) + 1, len(rows))
    return sparse.csr_matrix((weights, (small, placed)), shape=shape), len(free)


def _owners(timed: Timed) -> int:
    """A number above twice that of every owner of rows, by which keys of one segment are apart from those of the next."""
    return 2 * int(timed.row_owner.max(initial=0)) + 2


def _ramping(timed: Timed) -> NDArray[np.bool_]:
    """Rows that join two neighbouring steps."""
    return _named(timed, lambda parts: parts[-1] in RAMPS)


def _holding(timed: Timed) -> NDArray[np.bool_]:
    """Rows that limit a level."""
    return _named(timed, lambda parts: len(parts) > 1 and parts[-2] in LEVELS)


def _named(timed: Timed, chosen: Callable[[list[str]], bool]) -> NDArray[np.bool_]:
    found = np.zeros(len(timed.row_step), dtype=bool)
    for name, rows in timed.built[0].builder.rows.items():
        if chosen(name.split(".")):
            found[rows.row[rows.row >= 0]] = True
    return found & (timed.row_step >= 0)


def _tents(timed: Timed, edges: Places, of_step: Places, rows: Places) -> tuple[Places, Floats, Places]:
    """Rows between the middles of neighbouring segments, weighted so that their sum is the difference of the two means."""
    step, segment = timed.row_step[rows], of_step[timed.row_step[rows]]
    size = np.diff(edges)[segment]
    inside = step - edges[:-1][segment]
    owner, apart = 2 * timed.row_owner[rows], _owners(timed)
    begins = np.isin(edges[:-1], [start for start, _ in stretches(timed)])
    falling = ~begins[segment]
    after = np.minimum(segment + 1, len(edges) - 2)
    rising = (inside > 0) & (segment + 1 < len(edges) - 1) & ~begins[after]
    keys = np.concatenate([(segment * apart + owner)[falling], ((segment + 1) * apart + owner)[rising]])
    weights = np.concatenate([((size - inside) / size)[falling], (inside / size)[rising]])
    return keys, weights, np.concatenate([rows[falling], rows[rising]])


def _alike(timed: Timed, edges: Places, matrix: Any, fixed: NDArray[np.bool_]) -> Places:
    """Columns of one owner in one segment with the same entries and the same cost, in the order of time."""
    of_step = segment_of_steps(edges)
    marks = np.random.Generator(np.random.PCG64(1)).random(matrix.shape[0]) + 0.5
    rows, size = matrix.indices, np.diff(matrix.indptr)
    column = np.repeat(np.arange(matrix.shape[1]), size)
    trace = np.bincount(column, marks[rows] * matrix.data, minlength=matrix.shape[1])
    shape = np.bincount(column, marks[rows], minlength=matrix.shape[1])
    free = np.flatnonzero((timed.column_step >= 0) & ~fixed)
    segment = of_step[timed.column_step[free]]
    signs = np.stack([timed.program.cost[free], shape[free], trace[free], timed.column_owner[free], segment])
    order = np.lexsort(signs)
    turns = np.append(True, (np.diff(signs[:, order]) != 0).any(axis=0))
    group = np.full(matrix.shape[1], -1, dtype=np.int64)
    alone = np.flatnonzero((timed.column_step < 0) & ~fixed)
    group[alone] = np.arange(len(alone))
    group[free[order]] = len(alone) + np.cumsum(turns) - 1
    return group


def _asking(small: Program, rows: Any, joint: int) -> tuple[Program, Any]:
    """Without sums that ask for nothing; the first ``joint`` rows stand once."""
    kept = (np.isfinite(small.row_low) | np.isfinite(small.row_high)) & (np.diff(small.matrix.tocsr().indptr) > 0)
    reduced = Program(
        small.matrix[kept],
        small.row_low[kept],
        small.row_high[kept],
        small.low,
        small.high,
        small.cost,
        small.variables,
        _blocks(int(kept[:joint].sum()), int(kept.sum())),
        small.constant,
    )
    return reduced, rows[kept]
