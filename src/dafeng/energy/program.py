"""A linear programme as named blocks of variables and constraints, compiled to one sparse matrix.

Invariant: a compiled programme is ``min cost·x + constant`` subject to ``row_low <= matrix·x <= row_high`` and
``low <= x <= high``; every entry belongs to exactly one named block, so that a value or price can be read back by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label

Floats = NDArray[np.float64]
"""Array of float64."""


@dataclass(frozen=True, slots=True, eq=False)
class Variables:
    """A block of variables, one per hour or a single one.

    Parameters
    ----------
    name : str
        Name of the block, e.g. ``generation.coal``.
    low, high : (n,) array
        Bounds. [unit of the variable]
    cost : (n,) array
        Cost per unit of the variable over its hour. [yuan per unit]
    """

    name: str
    low: Floats
    high: Floats
    cost: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One block of variables inside a block of constraints.

    Parameters
    ----------
    variables : str
        Name of the block of variables.
    coefficient : (n,) array or float
        Coefficient in each constraint of the block.
    at : (n,) array of int or None
        Position inside the variable block for each constraint; ``None`` is the same position.
    """

    variables: str
    coefficient: Floats | float
    at: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Constraints:
    """A block of constraints ``low <= sum of terms <= high``.

    Parameters
    ----------
    name : str
        Name of the block, e.g. ``balance.electricity``.
    terms : tuple of Term
        What is summed.
    low, high : (n,) array
        Bounds of the sum; equal for an equation, infinite where there is none.
    """

    name: str
    terms: tuple[Term, ...]
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A compiled linear programme.

    Parameters
    ----------
    matrix : scipy.sparse.csc_matrix, (rows, columns)
        Coefficients.
    row_low, row_high : (rows,) array
        Bounds of the constraints.
    low, high : (columns,) array
        Bounds of the variables.
    cost : (columns,) array
        Objective.
    variables, constraints : mapping of str to slice
        Where each block stands among the columns and the rows.
    constant : float
        Constant part of the objective.
    integer : (columns,) array of bool or None
        Which variables take whole values only; ``None`` is none.
    quadratic : (columns,) array or None
        Diagonal of the quadratic cost: the objective is ``cost·x + x·diag(quadratic)·x + constant``; not negative.
    """

    matrix: Any
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats
    cost: Floats
    variables: Mapping[str, slice]
    constraints: Mapping[str, slice]
    constant: float = 0.0
    integer: NDArray[np.bool_] | None = None
    quadratic: Floats | None = None


def compile_program(variables: Sequence[Variables], constraints: Sequence[Constraints], *, constant: float = 0.0) -> Program:
    """Assemble blocks into one sparse programme.

    Parameters
    ----------
    variables, constraints : sequence
        The blocks, in the order in which they are to stand.
    constant : float
        Constant part of the objective.

    Returns
    -------
    Program
        The compiled programme; coefficients of one variable in one constraint are summed.

    Raises
    ------
    DefinitionError
        If a name occurs twice or a term names a block that does not exist.
    """
    columns = _places([(block.name, len(block.low)) for block in variables])
    rows = _places([(block.name, len(block.low)) for block in constraints])
    pieces = [_entries(block, rows[block.name], columns) for block in constraints]
    shape = (sum(len(block.low) for block in constraints), sum(len(block.low) for block in variables))
    row, column, value = (_join(part) for part in zip(*pieces, strict=True)) if pieces else ([], [], [])
    matrix = sparse.coo_matrix((value, (row, column)), shape=shape).tocsc()
    return Program(
        matrix=matrix,
        row_low=_join(block.low for block in constraints),
        row_high=_join(block.high for block in constraints),
        low=_join(block.low for block in variables),
        high=_join(block.high for block in variables),
        cost=_join(block.cost for block in variables),
        variables=columns,
        constraints=rows,
        constant=constant,
    )


def cost_of(program: Program, values: Floats) -> float:
    """Cost of a point.

    Parameters
    ----------
    program : Program
        Any programme.
    values : (columns,) array
        The point.

    Returns
    -------
    float
        ``cost·x + x·diag(quadratic)·x + constant``. [yuan, or the unit of the objective]
    """
    squared = 0.0 if program.quadratic is None else program.quadratic * values**2
    return float(program.cost @ values + np.sum(squared)) + program.constant


def _places(sizes: Sequence[tuple[str, int]]) -> dict[str, slice]:
    found: dict[str, slice] = {}
    start = 0
    for name, size in sizes:
        if name in found:
            raise _refusal(name, f"“{name}”出现两次", f"'{name}' occurs twice")
        found[name] = slice(start, start + size)
        start += size
    return found


def _entries(block: Constraints, place: slice, columns: Mapping[str, slice]) -> tuple[Floats, Floats, Floats]:
    size = len(block.low)
    hours = np.arange(size)
    row, column, value = [], [], []
    for term in block.terms:
        if term.variables not in columns:
            raise _refusal(block.name, f"没有变量“{term.variables}”", f"no variables '{term.variables}'")
        row.append(place.start + hours)
        column.append(columns[term.variables].start + (hours if term.at is None else term.at))
        value.append(np.broadcast_to(np.asarray(term.coefficient, dtype=np.float64), size))
    return _join(row), _join(column), _join(value)


def _join(parts: Iterable[Any]) -> Any:
    listed = list(parts)
    return np.concatenate(listed) if listed else np.zeros(0)


def _refusal(where: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where=where,
        expected=Label("每个块有唯一名称，项只引用已有的块", "unique block names, terms that name existing blocks"),
        remedy=Label("检查组件的方程", "check the equations of the component"),
    )
