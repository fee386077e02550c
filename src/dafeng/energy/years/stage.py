"""One step of a chain as a small dense programme: what stands in it now, what it takes from the step before.

Invariant: ``now·x_t + before·x_{t-1} = right_t`` in every step with the same two matrices; a variable whose coefficients
change over time or from year to year is loose: it is decided by prices before the programme of its step is solved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Flags
from dafeng.energy.program import Floats
from dafeng.energy.years.chain import Chain, bounded, refusal

WIDE = 1e7
"""Bounds of the slack variable of a row that a step lacks. [MW]"""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A series that differs from year to year, and what of the programme it is.

    Parameters
    ----------
    kind : str
        ``low``, ``high``, ``cost``, ``right`` or ``coefficient``.
    row, column : int
        Kind of row and of variable; −1 where it has none.
    values : (years, steps) array
        Values; of right sides what is added to the network's own.
    """

    kind: str
    row: int
    column: int
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """All steps of a family of years.

    Parameters
    ----------
    now, before : (m, n) array
        Coefficients of the step's own variables and of those of the step before, zero for loose variables.
    loose : (k,) array of int
        Loose variables.
    coefficients : (steps, m, k) array
        Their coefficients.
    tying : (m,) array of bool
        Rows that look back to the step before.
    levels : (l,) array of int
        Variables that an equation carries to the next step: what is stored.
    low, high, cost : (steps, n) array
        Bounds and cost of the network's own year.
    right : (steps, m) array
        Its right sides.
    constant : float
        Constant part of the cost.
    rows, columns : array of int
        Kinds of the chain that are here; all others stand still.
    changes : tuple of Change
        What differs from year to year, in the numbers of this stage.
    """

    now: Floats
    before: Floats
    loose: Places
    coefficients: Floats
    tying: Flags
    levels: Places
    low: Floats
    high: Floats
    cost: Floats
    right: Floats
    constant: float
    rows: Places
    columns: Places
    changes: tuple[Change, ...]

    @property
    def steps(self) -> int:
        """Length of a year."""
        return len(self.right)


def stage_of(chain: Chain, changes: tuple[Change, ...]) -> Stage:
    """Steps of a family of years.

    Parameters
    ----------
    chain : Chain
        The network's own year.
    changes : tuple of Change
        What differs from year to year, in kinds of the chain.

    Returns
    -------
    Stage
        Matrices, bounds and right sides.

    Raises
    ------
    DefinitionError
        If rows reach over the year, coefficients of what is carried change, or a variable has no bounds.
    """
    if chain.border.shape[0]:
        raise refusal("有跨全年的约束", "it has limits over the whole year")
    steps = chain.steps
    value, uneven, entries = _coefficients(chain)
    uneven[[change.column for change in changes if change.kind == "coefficient"]] = True
    loose = np.flatnonzero(uneven)
    if value[:, loose, 1].any():
        raise refusal("逐时段传递的量的系数随时间变化", "coefficients of what is carried from step to step change")
    low, high = _family_bounds(chain, changes, uneven)
    columns = np.flatnonzero((high > low).any(axis=1))
    loose = loose[np.isin(loose, columns)]
    rows = np.flatnonzero((value[:, columns] != 0).any(axis=(1, 2)) | (entries[:, columns] > 0).any(axis=1))
    still = np.where(np.isin(np.arange(len(low)), columns)[:, None], 0.0, low).ravel()
    right = (chain.right - chain.matrix @ still).reshape(-1, steps)[rows]
    cost = chain.cost.reshape(-1, steps)
    value[:, loose] = 0.0
    now, before = (value[np.ix_(rows, columns)][:, :, back] for back in (0, 1))
    carried = (before != 0) & (chain.slack[rows] < 0)[:, None]
    row_at, column_at = _spots(rows, value.shape[0]), _spots(columns, value.shape[1])
    return Stage(
        now=now,
        before=before,
        loose=column_at[loose],
        coefficients=_loose(chain, rows, loose),
        tying=(before != 0).any(axis=1),
        levels=np.flatnonzero(carried.any(axis=0)),
        low=low[columns].T.copy(),
        high=high[columns].T.copy(),
        cost=cost[columns].T.copy(),
        right=right.T.copy(),
        constant=chain.constant + float(chain.cost @ still),
        rows=rows,
        columns=columns,
        changes=tuple(
            Change(one.kind, int(row_at[one.row]), int(column_at[one.column]), one.values)
            for one in changes
            if one.column < 0 or column_at[one.column] >= 0
        ),
    )


def _spots(kept: Places, size: int) -> Places:
    found = np.full(size + 1, -1, dtype=np.int64)
    found[kept] = np.arange(len(kept))
    return found


def _coefficients(chain: Chain) -> tuple[Floats, Flags, Places]:
    """Coefficient of each pair of kinds now and back, which columns are uneven over time, and how many entries there are."""
    steps = chain.steps
    height, width = chain.matrix.shape[0] // steps, chain.matrix.shape[1] // steps
    entries = chain.matrix.tocoo()
    back = (entries.row % steps - entries.col % steps) % steps
    key = ((entries.row // steps) * width + entries.col // steps) * 2 + back
    size = height * width * 2
    most, least = np.full(size, -np.inf), np.full(size, np.inf)
    np.maximum.at(most, key, entries.data)
    np.minimum.at(least, key, entries.data)
    count = np.bincount(key, minlength=size).reshape(height, width, 2)
    present = (~chain.absent).sum(axis=1)[:, None, None]
    uneven = (np.isfinite(most) & (most != least)).reshape(height, width, 2) | ((count > 0) & (count < present))
    value = np.where(np.isfinite(most), most, 0.0).reshape(height, width, 2)
    return value, uneven.any(axis=(0, 2)), count.sum(axis=2)


def _loose(chain: Chain, rows: Places, loose: Places) -> Floats:
    steps = chain.steps
    found = np.zeros((steps, len(rows), len(loose)))
    for place, column in enumerate(loose):
        block = chain.matrix[:, column * steps : (column + 1) * steps].tocoo()
        whole = np.zeros((chain.matrix.shape[0] // steps, steps))
        whole[block.row // steps, block.col] = block.data
        found[:, :, place] = whole[rows].T
    return found


def _family_bounds(chain: Chain, changes: tuple[Change, ...], uneven: Flags) -> tuple[Floats, Floats]:
    """Finite bounds by kind and step that hold in every year; rows that a step lacks get wide slack."""
    steps = chain.steps
    low, high = chain.low.reshape(-1, steps).copy(), chain.high.reshape(-1, steps).copy()
    slack = len(low) - int((chain.slack >= 0).sum())
    for row in np.flatnonzero(chain.slack >= 0):
        low[slack + chain.slack[row]][chain.absent[row]] = -WIDE
        high[slack + chain.slack[row]][chain.absent[row]] = WIDE
    least, most = chain.right.reshape(-1, steps).copy(), chain.right.reshape(-1, steps).copy()
    for change in changes:
        if change.kind == "high":
            high[change.column] = np.maximum(high[change.column], change.values.max(axis=0))
        elif change.kind == "low":
            low[change.column] = np.minimum(low[change.column], change.values.min(axis=0))
        elif change.kind == "right":
            least[change.row] += change.values.min(axis=0)
            most[change.row] += change.values.max(axis=0)
    shaken = (abs(chain.matrix) @ np.repeat(uneven, steps).astype(np.float64)) > 0
    low_flat, high_flat = bounded(chain, least.ravel(), most.ravel(), low.ravel(), high.ravel(), ~shaken)
    return low_flat.reshape(-1, steps), high_flat.reshape(-1, steps)
