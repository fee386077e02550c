"""Hands linear rows of a plan to the solver and brings back proofs.

Invariant: a set is called clashing only with a certificate, and minimal only if every part of it can hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from dafeng.energy import rows as energy_rows
from dafeng.energy.rows import Conflict, Rows, Variable
from dafeng.pathways.consistency import Row

LARGEST_SET = 6
"""Size up to which all minimal clashing sets are listed."""


def find_conflicts(rows: Sequence[Row]) -> tuple[Conflict, ...]:
    """All minimal clashing sets among rows that can be given up.

    Parameters
    ----------
    rows : sequence of Row
        Hard and soft rows; all variables are non-negative.

    Returns
    -------
    tuple of Conflict
        Sets of at most ``LARGEST_SET`` rows, with the amount by which each row would have to give way; empty where
        all rows hold together.

    Raises
    ------
    SolveError
        If the rows can be neither kept nor proved to clash.
    """
    return energy_rows.conflicts(_table(rows), max_size=LARGEST_SET)


def _table(rows: Sequence[Row]) -> Rows:
    names = sorted({name for row in rows for name in row.coefficients})
    variables = {name: Variable(unit="", low=0.0) for name in names}
    return Rows(variables, {row.name: _row(row) for row in rows})


def _row(row: Row) -> energy_rows.Row:
    return energy_rows.Row(dict(row.coefficients), row.sense, row.bound, row.unit, soft=not row.hard)
