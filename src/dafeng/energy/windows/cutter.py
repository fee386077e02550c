"""Cut a programme into windows of steps: assembled once, sorted by time, every window a slice of its rows and columns.

Invariant: a row keeps all its terms; what lies outside the window has a known value and moves to the row's bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dafeng.energy.network.linear import Places
from dafeng.energy.program import Floats, Program
from dafeng.energy.windows.timing import Timed

LEVELS = ("state_of_charge", "e")
"""Last part of the names of blocks of variables that are levels."""
LEVEL_ROWS = "energy_balance"
"""Last part of the names of the rows that carry levels from step to step."""


@dataclass(frozen=True, slots=True, eq=False)
class Cutter:
    """A programme sorted by step.

    Parameters
    ----------
    timed : Timed
        The programme.
    program : Program
        The same, with rows and columns sorted by step; those without a step come first.
    column_order, row_order : (columns,) and (rows,) array of int
        Place in the original programme of each sorted column and row.
    column_start, row_start : (steps + 1,) array of int
        Where each step begins among the sorted columns and rows.
    owner : (columns,) array of int
        Owner of each sorted column.
    level : (columns,) array of bool
        Which sorted columns are levels.
    carrying : (rows,) array of bool
        Which sorted rows carry levels.
    cyclic : frozenset of int
        Owners of the levels whose last step leads to the first.
    """

    timed: Timed
    program: Program
    column_order: Places
    row_order: Places
    column_start: Places
    row_start: Places
    owner: Places
    level: NDArray[np.bool_]
    carrying: NDArray[np.bool_]
    cyclic: frozenset[int]

    def window(self, start: int, end: int, known: Floats, *, handed: bool) -> Program:
        """Programme of some steps.

        Parameters
        ----------
        start, end : int
            First step and the step after the last.
        known : (columns,) array
            Values of all sorted columns; only those outside the window are read.
        handed : bool
            Whether a level that is handed on counts as an initial level, which suffers no loss in its first step, and
            a cyclic storage cycles within the window, as in PyPSA; otherwise rows hold as they stand.

        Returns
        -------
        Program
            Rows and columns of those steps; rows without a step are left to the caller.
        """
        rows = slice(*self.row_start[[start, end]])
        columns = slice(*self.column_start[[start, end]])
        matrix, whole = self.program.matrix, self.program
        part = slice(*matrix.indptr[[rows.start, rows.stop]])
        lengths = np.diff(matrix.indptr[rows.start : rows.stop + 1])
        row, column, value = np.repeat(np.arange(len(lengths)), lengths), matrix.indices[part], matrix.data[part]
        outside = np.flatnonzero((column < columns.start) | (column >= columns.stop))
        if handed:
            column, value = self._handed(outside, row + rows.start, column, value, end)
            outside = np.flatnonzero((column < columns.start) | (column >= columns.stop))
        moved = np.bincount(row[outside], value[outside] * known[column[outside]], minlength=len(lengths))
        inside = np.ones(len(column), dtype=bool)
        inside[outside] = False
        shape = (len(lengths), columns.stop - columns.start)
        entries = (value[inside], (row[inside], column[inside] - columns.start))
        return Program(
            matrix=sparse.coo_matrix(entries, shape=shape).tocsc(),
            row_low=whole.row_low[rows] - moved,
            row_high=whole.row_high[rows] - moved,
            low=whole.low[columns],
            high=whole.high[columns],
            cost=whole.cost[columns],
            variables={},
            constraints={},
            integer=None if whole.integer is None else whole.integer[columns],
            quadratic=None if whole.quadratic is None else whole.quadratic[columns],
        )

    def joint(self, start: int, end: int) -> sparse.csc_matrix:
        """Rows without a step over the columns of some steps.

        Parameters
        ----------
        start, end : int
            First step and the step after the last.

        Returns
        -------
        scipy.sparse.csr_matrix, (rows without a step, columns of the window)
            Their coefficients.
        """
        columns = slice(*self.column_start[[start, end]])
        return self.program.matrix[: self.row_start[0]][:, columns].tocsr()

    def restored(self, values: Floats) -> Floats:
        """Values in the order of the original programme.

        Parameters
        ----------
        values : (columns,) array
            Values of the sorted columns.

        Returns
        -------
        (columns,) array
            The same, in the original order.
        """
        found = np.empty_like(values)
        found[self.column_order] = values
        return found

    def _handed(self, outside: Places, row: Places, column: Places, value: Floats, end: int) -> tuple[Places, Floats]:
        column, value = column.copy(), value.copy()
        levels = outside[self.level[column[outside]] & self.carrying[row[outside]]]
        last = slice(*self.column_start[[end - 1, end]])
        ending = {int(owner): last.start + place for place, owner in enumerate(self.owner[last])}
        for entry in levels:
            owner = int(self.owner[column[entry]])
            if owner in self.cyclic:
                column[entry] = ending[owner]
            else:
                value[entry] = np.sign(value[entry])
        return column, value


def cutter_of(timed: Timed) -> Cutter:
    """Sort a programme by step.

    Parameters
    ----------
    timed : Timed
        The programme with its steps.

    Returns
    -------
    Cutter
        Ready to be cut.
    """
    program = timed.program
    columns, rows = (np.argsort(step, kind="stable") for step in (timed.column_step, timed.row_step))
    matrix = program.matrix.tocsr()[rows][:, columns]
    matrix.sort_indices()
    level, carrying = _marked(timed)
    owner = timed.column_owner[columns]
    steps = np.arange(timed.steps + 1)
    ordered = Program(
        matrix=matrix,
        row_low=program.row_low[rows],
        row_high=program.row_high[rows],
        low=program.low[columns],
        high=program.high[columns],
        cost=program.cost[columns],
        variables={},
        constraints={},
        constant=program.constant,
        integer=None if program.integer is None else program.integer[columns],
        quadratic=None if program.quadratic is None else program.quadratic[columns],
    )
    return Cutter(
        timed,
        ordered,
        columns,
        rows,
        np.searchsorted(timed.column_step[columns], steps),
        np.searchsorted(timed.row_step[rows], steps),
        owner,
        level[columns],
        carrying[rows],
        _cyclic(timed, matrix, level[columns], rows, columns),
    )


def _marked(timed: Timed) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which columns are levels and which rows carry them, in the original order."""
    builder = timed.built[0].builder
    level, carrying = np.zeros(len(timed.column_step), dtype=bool), np.zeros(len(timed.row_step), dtype=bool)
    for name, place in builder.variables.items():
        if name.rsplit(".", 1)[-1] in LEVELS:
            level[place[place >= 0]] = True
    for name, rows in builder.rows.items():
        if name.rsplit(".", 1)[-1] == LEVEL_ROWS:
            carrying[rows.row[rows.row >= 0]] = True
    return level, carrying


def _cyclic(timed: Timed, matrix: sparse.csr_matrix, level: NDArray[np.bool_], rows: Places, columns: Places) -> frozenset[int]:
    """Levels that stand in a row of an earlier step."""
    entries = matrix.tocoo()
    earlier = timed.row_step[rows][entries.row]
    later = timed.column_step[columns][entries.col]
    back = level[entries.col] & (earlier >= 0) & (later > earlier)
    return frozenset(timed.column_owner[columns][entries.col[back]].tolist())
