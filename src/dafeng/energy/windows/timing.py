"""When each column and row of a programme happens, so that it can be cut into windows or summed over segments.

Invariant: a row has a step only if it speaks of one step of one component or bus; rows that join many steps have none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.energy.network.balance import BALANCE
from dafeng.energy.network.branch import KIRCHHOFF
from dafeng.energy.network.build import Built
from dafeng.energy.network.linear import Places
from dafeng.energy.network.policy import BLOCK as POLICIES
from dafeng.energy.program import Program

WHOLE = ("_nom", ".modules")
"""Ends of the names of blocks that are decided once."""


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """A programme whose columns and rows have a step and an owner.

    Parameters
    ----------
    built : tuple of Built
        The network, or one per scenario; all have the same programme.
    column_step, row_step : (columns,) and (rows,) array of int
        Step; those of scenario ``k`` begin at ``k * steps``; −1 for none.
    column_owner, row_owner : (columns,) and (rows,) array of int
        Number that one quantity of one component, or one constraint of it, has in all steps.
    steps : int
        Number of steps of all scenarios.
    """

    built: tuple[Built, ...]
    column_step: Places
    row_step: Places
    column_owner: Places
    row_owner: Places
    steps: int

    @property
    def program(self) -> Program:
        """The programme."""
        return self.built[0].program


def time_program(built: Sequence[Built]) -> Timed:
    """Find step and owner of every column and row.

    Parameters
    ----------
    built : sequence of Built
        A network with its programme, or the scenarios of one.

    Returns
    -------
    Timed
        The programme with its steps.
    """
    first, program = built[0], built[0].program
    column = _Marks(len(program.cost), tuple(built))
    row = _Marks(len(program.row_low), tuple(built))
    for name, place in first.builder.variables.items():
        if not name.endswith(WHOLE):
            column.grid(name, place)
    for name, rows in first.builder.rows.items():
        if name.endswith(BALANCE):
            row.grid(name, rows.row.reshape(row.size, -1))
        elif name.endswith(KIRCHHOFF):
            row.listed(name, rows.row, lambda places: _step_of(program, places, column.step))
        elif rows.row.ndim == 2 and not name.endswith(WHOLE):
            row.grid(name, rows.row)
        elif f"{POLICIES}." in name and 1 < row.size == len(rows.row):
            row.grid(name, rows.row[:, None])
    return Timed(tuple(built), column.step, row.step, column.owner, row.owner, row.size * len(built))


def stretches(timed: Timed) -> list[tuple[int, int]]:
    """First and last step of every period of every scenario.

    Parameters
    ----------
    timed : Timed
        A programme with its steps.

    Returns
    -------
    list of (start, end)
        Steps, the end not included.
    """
    size = timed.steps // len(timed.built)
    starts = [k * size + int(step) for k, one in enumerate(timed.built) for step in np.flatnonzero(one.network.clock.first)]
    return list(zip(starts, [*starts[1:], timed.steps], strict=True))


class _Marks:
    """Steps and owners while they are collected."""

    def __init__(self, count: int, built: tuple[Built, ...]) -> None:
        self.step, self.owner = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
        self.size, self._scenarios, self._owners = built[0].network.clock.size, len(built), 0

    def grid(self, name: str, place: Places) -> None:
        """Mark a block over steps and components."""
        if place.shape[0] != self.size:
            return
        real = place >= 0
        step, owner = np.nonzero(real)
        self.step[place[real]] = step + self._offset(name)
        self.owner[place[real]] = owner + self._owners
        self._owners += place.shape[1]

    def listed(self, name: str, rows: Places, step_of: Callable[[Places], Places]) -> None:
        """Mark a block of rows that stand one after another, each owner's in the order of the steps."""
        real = rows[rows >= 0]
        step = step_of(real)
        self.step[real] = step
        self.owner[real] = self._owners + np.cumsum(np.append(True, np.diff(step) <= 0))
        self._owners = int(self.owner.max()) + 1

    def _offset(self, name: str) -> int:
        return next((k * self.size for k in range(1, self._scenarios) if name.startswith(f"{k}.")), 0)


def _step_of(program: Program, rows: Places, column_step: Places) -> Places:
    chosen = program.matrix.tocsr()[rows]
    return np.asarray(column_step[chosen.indices[chosen.indptr[:-1]]])
