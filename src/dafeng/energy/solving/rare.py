"""Set aside what only an emergency would use, as unserved demand: tried without it first, let in where it would pay.

Each column costs an interior point method memory and time; a supply at thirty times the usual price hardly ever runs.

Invariant: an answer found without the rare columns is passed on only where none of them would lower the cost at the
prices found; the certificate, which knows all columns, judges it like any other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dafeng.energy.program import Floats, Program
from dafeng.energy.solving.memory import LARGE
from dafeng.energy.solving.substitute import SHORT

DEAR = 20.0
"""A rare column costs at least so many times what short columns usually cost."""
PART = 50
"""Rare columns are set aside where they make at least one in so many; for fewer a second try would not be worth it."""


def rare_columns(program: Program) -> NDArray[np.bool_]:
    """Which variables of a large programme only an emergency would use: very dear, and able to meet their one row alone.

    Parameters
    ----------
    program : Program
        Any programme.

    Returns
    -------
    (columns,) array of bool
        None where the programme is small or few are rare.
    """
    nothing = np.zeros(len(program.cost), dtype=bool)
    if len(program.cost) < LARGE or program.quadratic is not None:
        return nothing
    counts = np.diff(program.matrix.indptr)
    alone = np.flatnonzero((counts == 1) & (program.low == 0) & (program.cost > 0))
    usual = program.cost[(counts <= SHORT) & (program.cost > 0)]
    if not len(alone):
        return nothing
    row = program.matrix.indices[program.matrix.indptr[alone]]
    enough = (program.high[alone] >= np.abs(program.row_low[row])) & (program.high[alone] >= np.abs(program.row_high[row]))
    found = np.zeros_like(nothing)
    found[alone[enough & (program.cost[alone] >= DEAR * np.median(usual))]] = True
    return found if found.sum() * PART >= len(found) else nothing


def without_columns(program: Program, columns: NDArray[np.bool_]) -> Program:
    """The programme with some variables held at zero.

    Parameters
    ----------
    program : Program
        Any programme.
    columns : (columns,) array of bool
        Variables whose lower bound is zero.

    Returns
    -------
    Program
        The same with their upper bound at zero too.
    """
    return replace(program, high=np.where(columns, 0.0, program.high))


def lowers_cost(program: Program, columns: NDArray[np.bool_], multipliers: Floats) -> bool:
    """Whether one of the variables set aside would lower the cost at given prices.

    Parameters
    ----------
    program : Program
        The programme with all variables.
    columns : (columns,) array of bool
        Those set aside.
    multipliers : (rows,) array
        Price of each constraint.

    Returns
    -------
    bool
        True too where a price is no number.
    """
    matrix, place = program.matrix, np.flatnonzero(columns)
    entry = matrix.indptr[place]
    reduced = program.cost[place] - matrix.data[entry] * multipliers[matrix.indices[entry]]
    return not bool((reduced >= 0).all())
