"""Replace variables by what an equation says they are: fuel by its use, a store's flow by its level.

A variable with one bound can go too, where that costs few entries (what a storage gives out): its bound becomes a row.

Invariant: the substituted programme has the same optimum; ``restore`` gives each variable from its equation, and each
equation the price that leaves its variable no reduced cost but that of a bound which became a row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dafeng.energy.program import Floats, Program

FEW = 4
"""Most entries of a variable that is replaced; each multiplies the entries of its equation."""
SHORT = 8
"""Most entries of the equation that replaces it."""
MORE = 2
"""Most entries that replacing a variable with a bound may add."""
SMALLEST, LARGEST = 1e-3, 1e3
"""Sizes between which the entry of a variable that is replaced lies."""
Places = NDArray[np.int64]
"""Rows or columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Substituted:
    """A programme without some free variables, and the way back.

    Parameters
    ----------
    program : Program
        What is left.
    rows, columns : array of int
        Which rows and columns are left of the given programme, whose bounds that became rows follow its own rows.
    bounded : (m,) array of int
        Variables whose bound became a row.
    out_rows, out_columns : (n,) array of int
        The equations and the variables that they replaced.
    pivot, right, cost : (n,) array
        Entry, right-hand side and cost of each pair.
    along, across : sparse matrix
        The other entries of the equations, and of the replaced variables in what is left.
    """

    program: Program
    rows: Places
    columns: Places
    bounded: Places
    out_rows: Places
    out_columns: Places
    pivot: Floats
    right: Floats
    cost: Floats
    along: Any
    across: Any

    def restore(self, values: Floats, multipliers: Floats) -> tuple[Floats, Floats]:
        """Point and multipliers of the given programme.

        Parameters
        ----------
        values, multipliers : array
            Those of the substituted programme.

        Returns
        -------
        tuple of array
            Those of the given one.
        """
        point = np.zeros(len(self.columns) + len(self.out_columns))
        prices = np.zeros(len(self.rows) + len(self.out_rows))
        point[self.columns], prices[self.rows] = values, multipliers
        point[self.out_columns] = (self.right - self.along @ values) / self.pivot
        prices[self.out_rows] = (self.cost - self.across.T @ multipliers) / self.pivot
        return point, prices[: len(prices) - len(self.bounded)]


def substitute(program: Program) -> Substituted:
    """Replace variables that stand in a short equation and are free, or have one bound and cost few entries.

    Parameters
    ----------
    program : Program
        Any programme.

    Returns
    -------
    Substituted
        What is left; everything where nothing could be replaced.
    """
    bounded = _worth_freeing(program)
    program = _freed(program, bounded)
    by_row = program.matrix.tocsr()
    out_rows, out_columns, pivot = _pairs(program, by_row)
    row_stays, column_stays = np.ones(by_row.shape[0], dtype=bool), np.ones(by_row.shape[1], dtype=bool)
    row_stays[out_rows], column_stays[out_columns] = False, False
    rows, columns = np.flatnonzero(row_stays), np.flatnonzero(column_stays)
    equations = by_row[out_rows]
    along = equations[:, columns]
    across = program.matrix[:, out_columns].tocsr()[rows]
    right, cost = program.row_low[out_rows], program.cost[out_columns]
    spread = across @ sparse.diags(1.0 / pivot)
    left = replace(
        program,
        matrix=sparse.csc_matrix(by_row[rows][:, columns] - spread @ along),
        row_low=program.row_low[rows] - spread @ right,
        row_high=program.row_high[rows] - spread @ right,
        low=program.low[columns],
        high=program.high[columns],
        cost=program.cost[columns] - along.T @ (cost / pivot),
        constant=program.constant + float(cost @ (right / pivot)),
        integer=None if program.integer is None else program.integer[columns],
        quadratic=None if program.quadratic is None else program.quadratic[columns],
    )
    return Substituted(left, rows, columns, bounded, out_rows, out_columns, pivot, right, cost, along, across)


def _pairs(program: Program, by_row: Any) -> tuple[Places, Places, Floats]:
    """Equations, free variables and their entries, one to one, no equation holding two of the variables."""
    free = np.isneginf(program.low) & np.isposinf(program.high) & (np.diff(program.matrix.indptr) <= FEW)
    if program.quadratic is not None:
        free &= program.quadratic == 0
    if program.integer is not None:
        free &= ~program.integer
    short = (program.row_low == program.row_high) & (np.diff(by_row.indptr) <= SHORT)
    entries = program.matrix.tocoo()
    size = np.abs(entries.data)
    use = free[entries.col] & short[entries.row] & (size > SMALLEST) & (size < LARGEST)
    row, column, value = entries.row[use].astype(np.int64), entries.col[use].astype(np.int64), entries.data[use]
    order = np.lexsort((np.diff(by_row.indptr)[row], column))
    row, column, value = row[order], column[order], value[order]
    first = np.append(True, column[1:] != column[:-1]) if len(column) else np.zeros(0, dtype=bool)
    row, column, value = row[first], column[first], value[first]
    _, alone = np.unique(row, return_index=True)
    row, column, value = row[alone], column[alone], value[alone]
    chosen = np.zeros(by_row.shape[1], dtype=bool)
    chosen[column] = True
    held = np.bincount(entries.row[chosen[entries.col] & (entries.data != 0)], minlength=by_row.shape[0])
    kept = held[row] == 1
    return row[kept], column[kept], value[kept]


def _worth_freeing(program: Program) -> Places:
    """Variables with one bound, in one equation of its own each, that can be replaced for few entries."""
    entries = program.matrix.tocoo()
    row, column, size = entries.row, entries.col, np.abs(entries.data)
    lengths, counts = np.bincount(row, minlength=len(program.row_low)), np.bincount(column, minlength=len(program.cost))
    equation = (program.row_low == program.row_high) & (lengths <= SHORT)
    equation[row[(np.isneginf(program.low) & np.isposinf(program.high))[column]]] = False
    fits = (np.isfinite(program.low) != np.isfinite(program.high)) & (np.bincount(column, equation[row], len(counts)) == 1)
    for other in (program.quadratic, program.integer):
        fits &= True if other is None else other == 0
    # its equation goes; each other row and the bound take the equation's other entries in place of its own
    added = counts[column] * (lengths[row] - 2) - lengths[row]
    use = equation[row] & fits[column] & (added <= MORE) & (size > SMALLEST) & (size < LARGEST)
    row, column = row[use], column[use]
    last = np.lexsort((-column, row))
    return np.sort(column[last[np.unique(row[last], return_index=True)[1]]])


def _freed(program: Program, chosen: Places) -> Program:
    """The programme with the bounds of some variables as rows below its own."""
    if not len(chosen):
        return program
    own = sparse.csc_matrix((np.ones(len(chosen)), (np.arange(len(chosen)), chosen)), shape=(len(chosen), len(program.cost)))
    low, high = program.low.copy(), program.high.copy()
    low[chosen], high[chosen] = -np.inf, np.inf
    return replace(
        program,
        matrix=sparse.vstack([program.matrix, own], format="csc"),
        row_low=np.append(program.row_low, program.low[chosen]),
        row_high=np.append(program.row_high, program.high[chosen]),
        low=low,
        high=high,
    )
