"""Bring the rows and columns of a programme to size one before a solver sees it, and its answer back.

Invariant: all factors are powers of two, so that going there and back changes no digit; certificates never see
scaled data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dafeng.energy.program import Floats, Program

PASSES = 3
"""Alternating passes over rows and columns; more change little."""
Places = NDArray[np.int64]
"""Row or column of each entry."""


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """A scaled programme and the way back.

    Parameters
    ----------
    program : Program
        The scaled programme.
    values : (columns,) array
        Factors from scaled to true values.
    multipliers : (rows,) array
        Factors from scaled to true multipliers.
    bounds : (rows,) array
        Factors from true to scaled bounds of the constraints.
    """

    program: Program
    values: Floats
    multipliers: Floats
    bounds: Floats


def scale_program(program: Program) -> Scaled:
    """Programme with entries, bounds and costs of size one.

    Parameters
    ----------
    program : Program
        Any programme.

    Returns
    -------
    Scaled
        The same programme in other units.
    """
    column = np.repeat(np.arange(len(program.cost)), np.diff(program.matrix.indptr))
    rows, columns = _equilibrate(program, column)
    entries = program.matrix.data * rows[program.matrix.indices] * columns[column]
    cost = program.cost * columns
    sides = (program.row_low * rows, program.row_high * rows, program.low / columns, program.high / columns)
    large, dear = _typical(np.concatenate(sides)), _typical(cost)
    row_low, row_high, low, high = (side / large for side in sides)
    scaled = replace(
        program,
        matrix=sparse.csc_matrix((entries, program.matrix.indices, program.matrix.indptr), shape=program.matrix.shape),
        row_low=row_low,
        row_high=row_high,
        low=low,
        high=high,
        cost=cost / dear,
        constant=program.constant / (large * dear),
    )
    return Scaled(scaled, columns * large, rows * dear, rows / large)


def keep_program(program: Program) -> Scaled:
    """The programme as it is, in the form of a scaled one.

    Parameters
    ----------
    program : Program
        Any programme.

    Returns
    -------
    Scaled
        The same programme with factors of one.
    """
    rows, columns = program.matrix.shape
    return Scaled(program, np.ones(columns), np.ones(rows), np.ones(rows))


def _equilibrate(program: Program, column: Places) -> tuple[Floats, Floats]:
    """Factors that bring the largest and smallest entry of each row and column around one."""
    size = np.abs(program.matrix.data)
    used = size > 0
    row, column, size = program.matrix.indices[used], column[used], size[used]
    rows, columns = np.ones(len(program.row_low)), np.ones(len(program.cost))
    for _ in range(PASSES):
        rows = _centre(row, size * columns[column], rows)
        columns = _centre(column, size * rows[row], columns)
    return rows, columns


def _centre(place: Places, size: Floats, factors: Floats) -> Floats:
    most, least = np.zeros(len(factors)), np.full(len(factors), np.inf)
    np.maximum.at(most, place, size)
    np.minimum.at(least, place, size)
    filled = most > 0
    found = np.ones(len(factors))
    found[filled] = _power(1.0 / np.sqrt(most[filled] * least[filled]))
    return found


def _typical(values: Floats) -> float:
    """Geometric mean of what is finite and not zero, as a power of two; 1 where there is nothing."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    return float(_power(np.exp(np.log(sizes).mean()))) if len(sizes) else 1.0


def _power(values: Floats) -> Floats:
    found: Floats = np.exp2(np.round(np.log2(values)))
    return found
