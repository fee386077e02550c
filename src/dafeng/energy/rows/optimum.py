"""Best values under rows, the range of an expression, and the cheapest way to make contradictory rows hold.

Invariant: every number returned is the certified optimum of a programme; "without limit" is only said with a
direction that keeps every row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from dafeng.core.errors import SolveError
from dafeng.core.labels import Label
from dafeng.energy.certificate import DUAL_TOLERANCE, Certificate
from dafeng.energy.rows.proof import LADDER, examine
from dafeng.energy.rows.table import Expression, Rows, compile_rows
from dafeng.energy.solution import Solution, solve_program


@dataclass(frozen=True, slots=True)
class RowsResult:
    """Optimum under rows.

    Parameters
    ----------
    objective : float
        Value of the expression.
    values : mapping of str to float
        Values by variable.
    prices : mapping of str to float
        By row: change of the objective per unit of its right-hand side. [objective per unit of the row]
    certificate : Certificate
        Proof of the optimum.
    """

    objective: float
    values: Mapping[str, float]
    prices: Mapping[str, float]
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Cheapest way to make rows hold.

    Parameters
    ----------
    cost : float
        Weighted sum of the slacks.
    slack : mapping of str to float
        By soft row: by how much it is broken, 0 where it is kept. [unit of the row]
    values : mapping of str to float
        Values by variable.
    prices : mapping of str to float
        By row: change of the cost per unit of its right-hand side.
    certificate : Certificate
        Proof of the optimum.
    """

    cost: float
    slack: Mapping[str, float]
    values: Mapping[str, float]
    prices: Mapping[str, float]
    certificate: Certificate


def solve(rows: Rows, objective: Expression, *, maximise: bool = False, sure: bool = False) -> RowsResult:
    """Least or greatest value of an expression while all rows hold, soft and hard alike.

    Parameters
    ----------
    rows : Rows
        The table.
    objective : mapping of str to float
        Coefficients by variable.
    maximise : bool
        Whether the greatest value is wanted.
    sure : bool
        Whether the caller knows that the rows can hold together and that the expression has a limit; else both are proven
        first, so that the error says which of them fails.

    Returns
    -------
    RowsResult
        Value, point and prices.

    Raises
    ------
    SolveError
        If the rows contradict one another or the expression has no limit.
    """
    if not sure and not examine(rows, tuple(rows.rows)).possible:
        raise _failure("各行相互矛盾", "the rows contradict one another", "conflicts(rows)")
    sign = -1.0 if maximise else 1.0
    wanted = {name: sign * value for name, value in objective.items()}
    if not sure and _falls(rows, wanted):
        raise _failure("目标没有界限", "the expression has no limit", "bounds of the variables")
    found = solve_program(compile_rows(rows, tuple(rows.rows), objective=wanted, elastic={}), ladder=LADDER, scaled=True)
    prices = {name: sign * value for name, value in _prices(rows, found).items()}
    return RowsResult(sign * found.certificate.objective, _values(rows, found), prices, found.certificate)


def range_of(rows: Rows, expression: Expression) -> tuple[float, float]:
    """Least and greatest value of an expression while all rows hold.

    Parameters
    ----------
    rows : Rows
        The table.
    expression : mapping of str to float
        Coefficients by variable.

    Returns
    -------
    tuple of float
        Low and high; infinite where there is no limit.

    Raises
    ------
    SolveError
        If the rows contradict one another.
    """
    if not examine(rows, tuple(rows.rows)).possible:
        raise _failure("各行相互矛盾", "the rows contradict one another", "conflicts(rows)")
    ends = []
    for sign in (1.0, -1.0):
        wanted = {name: sign * value for name, value in expression.items()}
        if _falls(rows, wanted):
            ends.append(-sign * math.inf)
            continue
        found = solve_program(compile_rows(rows, tuple(rows.rows), objective=wanted, elastic={}), ladder=LADDER, scaled=True)
        ends.append(sign * found.certificate.objective)
    return ends[0], ends[1]


def relaxation(rows: Rows) -> Relaxation:
    """Slack of least weighted sum with which all rows hold.

    Parameters
    ----------
    rows : Rows
        The table; hard rows get no slack.

    Returns
    -------
    Relaxation
        Slack by soft row, in its own unit.

    Raises
    ------
    SolveError
        If the hard rows contradict one another.
    """
    if not examine(rows, rows.hard).possible:
        raise _failure("硬约束行相互矛盾", "the hard rows contradict one another", "conflicts(rows)")
    names = tuple(rows.rows)
    elastic = {name: rows.rows[name].weight for name in rows.soft}
    found = solve_program(compile_rows(rows, names, objective={}, elastic=elastic), ladder=LADDER, scaled=True)
    broken = found.value("above") + found.value("below")
    return Relaxation(
        cost=found.certificate.objective,
        slack={name: float(value) for name, value in zip(rows.soft, broken, strict=True)},
        values=_values(rows, found),
        prices=_prices(rows, found),
        certificate=found.certificate,
    )


def shortfall(rows: Rows, held: tuple[str, ...], name: str) -> tuple[float, Mapping[str, float]]:
    """By how much one row must give way when others hold.

    Parameters
    ----------
    rows : Rows
        The table.
    held : tuple of str
        Rows that hold; together they must be possible.
    name : str
        The row that gives way.

    Returns
    -------
    float, mapping of str to float
        Least slack of the row [its unit] and the values at which it is reached.

    Raises
    ------
    SolveError
        If the held rows contradict one another.
    """
    others = (*(one for one in held if one != name), name)
    found = solve_program(compile_rows(rows, others, objective={}, elastic={name: 1.0}), ladder=LADDER, scaled=True)
    return found.certificate.objective, _values(rows, found)


def _falls(rows: Rows, wanted: Expression) -> bool:
    """Whether the expression falls for ever along a direction that keeps all rows and bounds."""
    if all(math.isfinite(one.low) and math.isfinite(one.high) for one in rows.variables.values()):
        return False
    program = compile_rows(rows, tuple(rows.rows), objective=wanted, elastic={})
    ray = replace(
        program,
        row_low=np.where(np.isfinite(program.row_low), 0.0, -math.inf),
        row_high=np.where(np.isfinite(program.row_high), 0.0, math.inf),
        low=np.where(np.isfinite(program.low), 0.0, -1.0),
        high=np.where(np.isfinite(program.high), 0.0, 1.0),
    )
    steepest = max((abs(value) for value in wanted.values()), default=0.0)
    found = solve_program(ray, ladder=LADDER, scaled=True)
    return found.certificate.objective < -DUAL_TOLERANCE * steepest


def _values(rows: Rows, found: Solution) -> dict[str, float]:
    return {name: float(value) for name, value in zip(rows.variables, found.value("x"), strict=True)}


def _prices(rows: Rows, found: Solution) -> dict[str, float]:
    return {name: float(value) for name, value in zip(rows.rows, found.price("rows"), strict=True)}


def _failure(zh: str, en: str, look: str) -> SolveError:
    return SolveError(
        Label(zh, en),
        where="energy.rows",
        expected=Label("能同时成立且有界的行", "rows that can hold together, and a bounded expression"),
        remedy=Label(f"查看 {look}", f"look at {look}"),
    )
