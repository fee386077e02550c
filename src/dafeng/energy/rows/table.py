"""Named rows over named variables, and their compilation with or without slack.

Invariant: a row only names variables of its table, all numbers are finite, and a slack is in the unit of its row.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.program import Floats, Program

Sense = Literal["<=", ">=", "="]
"""How the sum of a row stands to its right-hand side."""
Expression = Mapping[str, float]
"""Linear expression: coefficients by variable."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A quantity that the rows speak of.

    Parameters
    ----------
    unit : str
        Its unit.
    low, high : float
        Bounds that always hold; infinite where there are none. [``unit``]
    """

    unit: str
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, slots=True)
class Row:
    """One linear statement.

    Parameters
    ----------
    coefficients : mapping of str to float
        Coefficients by variable.
    sense : {"<=", ">=", "="}
        How the sum stands to ``rhs``.
    rhs : float
        Right-hand side. [``unit``]
    unit : str
        Unit of the sum.
    soft : bool
        Whether it may be given up (a target) or always holds (an identity).
    weight : float
        Cost of one unit of slack, > 0. [1 per ``unit``]
    """

    coefficients: Expression
    sense: Sense
    rhs: float
    unit: str
    soft: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of rows.

    Parameters
    ----------
    variables : mapping of str to Variable
        What the rows speak of.
    rows : mapping of str to Row
        The statements by name.

    Raises
    ------
    DefinitionError
        If a row names an unknown variable or none, or a number is impossible.
    """

    variables: Mapping[str, Variable]
    rows: Mapping[str, Row]

    def __post_init__(self) -> None:
        for name, one in self.variables.items():
            if math.isnan(one.low) or math.isnan(one.high) or one.low > one.high:
                raise _refusal(name, f"上下限 {one.low} … {one.high} 矛盾", f"bounds {one.low} … {one.high} contradict")
        for name, row in self.rows.items():
            _check(name, row, self.variables)

    @property
    def soft(self) -> tuple[str, ...]:
        """Names of the rows that may be given up, in order."""
        return tuple(name for name, row in self.rows.items() if row.soft)

    @property
    def hard(self) -> tuple[str, ...]:
        """Names of the rows that always hold, in order."""
        return tuple(name for name, row in self.rows.items() if not row.soft)


def size_of(row: Row) -> float:
    """Size of a row, by which its slack is measured when rows of different units are compared.

    Parameters
    ----------
    row : Row
        A row.

    Returns
    -------
    float
        The larger of its right-hand side and its largest coefficient, in absolute value. [unit of the row]
    """
    return max(abs(row.rhs), *(abs(value) for value in row.coefficients.values()))


def compile_rows(rows: Rows, held: Collection[str], *, objective: Expression, elastic: Mapping[str, float]) -> Program:
    """Programme of some rows, each elastic one with a slack that costs.

    Parameters
    ----------
    rows : Rows
        The table.
    held : collection of str
        Rows that are in force; the others are left out.
    objective : mapping of str to float
        Expression over the variables to be minimised.
    elastic : mapping of str to float
        Rows in force that may be broken, with the cost of one unit. [1 per unit of the row]

    Returns
    -------
    Program
        Variables ``x``, then ``above`` and ``below`` (by how much an elastic row is exceeded or missed); constraints
        ``rows``, in the order of ``held``.
    """
    names, listed = list(rows.variables), [rows.rows[name] for name in held]
    column = {name: number for number, name in enumerate(names)}
    weights = np.array([elastic.get(name, 0.0) for name in held])
    slack = np.flatnonzero([name in elastic for name in held])
    count, spare = len(names), len(slack)
    entries = [(value, number, column[name]) for number, row in enumerate(listed) for name, value in row.coefficients.items()]
    entries += [(-1.0, int(number), count + place) for place, number in enumerate(slack)]
    entries += [(1.0, int(number), count + spare + place) for place, number in enumerate(slack)]
    value, place, where = zip(*entries, strict=True) if entries else ((), (), ())
    free = np.full(2 * spare, math.inf)
    return Program(
        matrix=sparse.csc_matrix((value, (place, where)), shape=(len(listed), count + 2 * spare), dtype=np.float64),
        row_low=_side(listed, ">=", -math.inf),
        row_high=_side(listed, "<=", math.inf),
        low=np.concatenate([[one.low for one in rows.variables.values()], np.zeros(2 * spare)]),
        high=np.concatenate([[one.high for one in rows.variables.values()], free]),
        cost=np.concatenate([[objective.get(name, 0.0) for name in names], weights[slack], weights[slack]]),
        variables={
            "x": slice(0, count),
            "above": slice(count, count + spare),
            "below": slice(count + spare, count + 2 * spare),
        },
        constraints={"rows": slice(0, len(listed))},
    )


def _side(listed: Collection[Row], sense: Sense, absent: float) -> Floats:
    return np.array([row.rhs if row.sense in (sense, "=") else absent for row in listed], dtype=np.float64)


def _check(name: str, row: Row, variables: Mapping[str, Variable]) -> None:
    unknown = sorted(set(row.coefficients) - set(variables))
    if unknown or not any(row.coefficients.values()):
        said = ", ".join(unknown)
        raise _refusal(name, f"未知变量：{said or '（无变量）'}", f"unknown variables: {said or '(none at all)'}")
    numbers = (*row.coefficients.values(), row.rhs, row.weight)
    if not all(math.isfinite(value) for value in numbers) or row.weight <= 0:
        raise _refusal(name, f"数值不可用：{numbers}", f"impossible numbers: {numbers}")
    if row.sense not in ("<=", ">=", "="):
        raise _refusal(name, f"“{row.sense}”不是比较符", f"'{row.sense}' is no sense")


def _refusal(name: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where=f"rows.{name}",
        expected=Label(
            "已声明的变量、有限的数、正的权重、比较符 <= >= =",
            "declared variables, finite numbers, positive weights, a sense"
            "declared variables, finite numbers, a positive weight, <= >= or =",
        ),
        remedy=Label("改正这一行", "correct this row"),
    )
