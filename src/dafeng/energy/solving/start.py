"""Where a simplex begins: at the basis of a programme that was solved before, carried over block by block.

Invariant: a start changes how long a solver takes and never what is accepted; what the other programme has no block of the
same name and size for begins as without a start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.energy.program import Program
from dafeng.energy.solving.reduce import Reduced

Statuses = NDArray[np.object_]
"""What HiGHS calls the status of each row or column: basic, or at one of its bounds."""


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Basis in which a programme was left.

    Parameters
    ----------
    constraints, variables : mapping of str to slice
        Blocks of the programme.
    rows, columns : array
        Status of each row and column.
    """

    constraints: Mapping[str, slice]
    variables: Mapping[str, slice]
    rows: Statuses
    columns: Statuses

    def over(self, program: Program) -> tuple[Statuses, Statuses]:
        """The same statuses for another programme.

        Parameters
        ----------
        program : Program
            A programme with the same blocks, or some of them.

        Returns
        -------
        tuple of array
            Status of each of its rows and columns; rows of an unknown block are basic, columns at a bound.
        """
        import highspy  # only where it runs: it takes memory

        status = highspy.HighsBasisStatus
        rows = _laid(self.rows, self.constraints, program.constraints, len(program.row_low), status.kBasic)
        columns = _laid(self.columns, self.variables, program.variables, len(program.cost), status.kNonbasic)
        return rows, columns


def set_start(solver: Any, start: Start, reduced: Reduced) -> None:
    """Let HiGHS begin where another programme ended.

    Parameters
    ----------
    solver : highspy.Highs
        Holds the reduced programme.
    start : Start
        Basis of the other one.
    reduced : Reduced
        The programme and what is left of it.
    """
    import highspy

    rows, columns = start.over(reduced.whole)
    basis = highspy.HighsBasis()
    basis.row_status, basis.col_status = rows[reduced.rows].tolist(), columns[reduced.columns].tolist()
    basis.valid = basis.alien = True  # HiGHS looks through it and mends what is singular
    solver.setBasis(basis)


def read_start(solver: Any, reduced: Reduced) -> Start | None:
    """Basis in which HiGHS ended.

    Parameters
    ----------
    solver : highspy.Highs
        Held the reduced programme.
    reduced : Reduced
        The programme and what was left of it.

    Returns
    -------
    Start or None
        ``None`` where it kept none.
    """
    import highspy

    basis, whole, status = solver.getBasis(), reduced.whole, highspy.HighsBasisStatus
    if not basis.valid:
        return None
    rows = np.full(len(whole.row_low), status.kBasic, dtype=object)
    columns = np.full(len(whole.cost), status.kNonbasic, dtype=object)
    rows[reduced.rows], columns[reduced.columns] = basis.row_status, basis.col_status
    return Start(whole.constraints, whole.variables, rows, columns)


def _laid(own: Statuses, blocks: Mapping[str, slice], others: Mapping[str, slice], size: int, missing: Any) -> Statuses:
    found = np.full(size, missing, dtype=object)
    for name, part in others.items():
        known = blocks.get(name)
        if known is not None and known.stop - known.start == part.stop - part.start:
            found[part] = own[known]
    return found
