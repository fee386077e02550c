"""Linear rows about a plan: can they all hold, which of them cannot hold together, and what would have to give way.

Every answer is proven: a point that keeps the rows, or multipliers that show that no point can.
"""

from dafeng.energy.rows.conflict import Conflict, conflicts
from dafeng.energy.rows.optimum import Relaxation, RowsResult, range_of, relaxation, shortfall, solve
from dafeng.energy.rows.table import Row, Rows, Variable

__all__ = [
    "Conflict",
    "Relaxation",
    "Row",
    "Rows",
    "RowsResult",
    "Variable",
    "conflicts",
    "range_of",
    "relaxation",
    "shortfall",
    "solve",
]
