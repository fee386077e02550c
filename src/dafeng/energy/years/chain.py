"""A programme as a chain of time steps: the same kinds of variables and rows in every step, each step tied to the next.

Invariant: variable ``v`` of step ``t`` stands at ``v * steps + t`` and so do rows; a row that reaches further than the
step before is in the border; what a step lacks is a variable fixed at zero or a row without entries.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.balance import BALANCE
from dafeng.energy.network.build import Built, balance_rows
from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Flags
from dafeng.energy.program import Floats, Program

PASSES = 8
"""Most rounds of deriving bounds of variables from rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Where the kinds of variables and rows of every step stand in the programme.

    Parameters
    ----------
    columns, rows : (kinds, steps) array of int
        Positions in the programme; −1 where a step lacks the kind.
    border : (n,) array of int
        Rows that are no kind or reach over more than two neighbouring steps.
    """

    columns: Places
    rows: Places
    border: Places


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A linear programme whose rows are equations over boxed variables, step by step.

    Minimise ``cost·x + constant`` with ``matrix·x = right``, ``border·x = border_right``, ``low <= x <= high``.

    Parameters
    ----------
    steps : int
        Length of the chain.
    matrix : scipy.sparse.csr_matrix, (row kinds * steps, variable kinds * steps)
        Rows that touch one step, or one and the step before.
    right : (row kinds * steps,) array
        Right sides.
    border : scipy.sparse.csr_matrix, (rows, variable kinds * steps)
        Rows that reach further.
    border_right : (rows,) array
        Their right sides.
    low, high, cost : (variable kinds * steps,) array
        Bounds, all finite, and cost of every variable.
    constant : float
        Constant part of the cost.
    place : (variables,) array of int
        Where each variable of the programme stands.
    row_place : (rows,) array of int
        Where each row of the programme stands; −1 where it is in the border or merged with its opposite.
    absent : (row kinds, steps) array of bool
        Steps that lack a kind of row.
    slack : (row kinds,) array of int
        Number of a row kind's slack variables among all slack kinds; −1 where it is an equation.
    """

    steps: int
    matrix: sparse.csr_matrix
    right: Floats
    border: sparse.csr_matrix
    border_right: Floats
    low: Floats
    high: Floats
    cost: Floats
    constant: float
    place: Places
    row_place: Places
    absent: Flags
    slack: Places


def chain_of(built: Built) -> Chain:
    """Chain of a built network.

    Parameters
    ----------
    built : Built
        Network and programme, without whole or squared variables.

    Returns
    -------
    Chain
        The same problem, slack variables added for rows that are no equations.

    Raises
    ------
    DefinitionError
        If a variable is whole or squared, belongs to no step, or has no finite bounds.
    """
    program = built.program
    if program.integer is not None or program.quadratic is not None:
        raise refusal("有整数或二次变量", "it has whole or squared variables")
    kinds = _kinds(built)
    return _assemble(*_merged(program, kinds), built.network.clock.size)


def _kinds(built: Built) -> Kinds:
    steps = built.network.clock.size
    columns = _stacked([place for place in built.builder.variables.values() if place.size], steps)
    if int((columns >= 0).sum()) != len(built.program.cost):
        raise refusal("有不属于任何时段的变量", "it has variables that belong to no step")
    own = [block.row for name, block in built.builder.rows.items() if block.row.size and not name.endswith(BALANCE)]
    rows = _stacked([*own, balance_rows(built)], steps)
    step = np.zeros(len(built.program.cost), dtype=np.int64)
    step[columns[columns >= 0]] = np.nonzero(columns >= 0)[1]
    fits = _fits(built.program.matrix.tocoo(), step, _step_of_rows(rows, len(built.program.row_low)), steps)
    kept = np.where((rows >= 0) & fits[np.maximum(rows, 0)], rows, -1)
    kept = kept[(kept >= 0).any(axis=1)]
    inside = np.zeros(len(fits), dtype=bool)
    inside[kept[kept >= 0]] = True
    return Kinds(columns, kept, np.flatnonzero(~inside))


def _merged(program: Program, kinds: Kinds) -> tuple[Program, Kinds]:
    """One row with two sides instead of two equal or opposite rows, e.g. for ramps up and down."""
    steps = kinds.rows.shape[1]
    place, row_place = _inverse(kinds.columns, len(program.cost)), _inverse(kinds.rows, len(program.row_low))
    entries = program.matrix.tocoo()
    inner = row_place[entries.row] >= 0
    rows, columns, values = row_place[entries.row[inner]], place[entries.col[inner]], entries.data[inner]
    order = np.lexsort((columns, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    edges = np.searchsorted(rows, np.arange(len(kinds.rows) + 1) * steps)
    held: dict[tuple[bytes, bytes, bytes], int] = {}
    low, high, kept = program.row_low.copy(), program.row_high.copy(), np.ones(len(kinds.rows), dtype=bool)
    for kind, (start, end) in enumerate(itertools.pairwise(edges)):
        step, column, value = rows[start:end] % steps, columns[start:end], values[start:end]
        names = [(step.tobytes(), column.tobytes(), sign.tobytes()) for sign in (value, -value)]
        number = next((number for number, name in enumerate(names) if name in held), None)
        if number is None:
            held[names[0]] = kind
            continue
        mine, other = (found[found >= 0] for found in (kinds.rows[kind], kinds.rows[held[names[number]]]))
        sides = (-high[mine], -low[mine]) if number else (low[mine], high[mine])
        low[other], high[other] = np.maximum(low[other], sides[0]), np.minimum(high[other], sides[1])
        kept[kind] = False
    return replace(program, row_low=low, row_high=high), replace(kinds, rows=kinds.rows[kept])


def _stacked(blocks: list[Places], steps: int) -> Places:
    """Blocks of shape (steps, n) under each other, those that are not by step left out."""
    wide = [block.reshape(steps, -1).T for block in blocks if block.shape[0] == steps]
    found = np.concatenate(wide) if wide else np.zeros((0, steps), dtype=np.int64)
    return found[(found >= 0).any(axis=1)]


def _step_of_rows(rows: Places, count: int) -> Places:
    step = np.full(count, -9, dtype=np.int64)
    known = rows >= 0
    step[rows[known]] = np.nonzero(known)[1]
    return step


def _fits(matrix: sparse.coo_matrix, step: Places, row_step: Places, steps: int) -> Flags:
    """Rows whose variables all belong to the row's own step or the one before; the last step comes before the first."""
    bad = (row_step[matrix.row] - step[matrix.col]) % steps > 1
    fits = row_step >= 0
    fits[matrix.row[bad]] = False
    return fits


def _assemble(program: Program, kinds: Kinds, steps: int) -> Chain:
    """Rows as equations: a row with two different sides gets a slack variable of its own kind."""
    place, row_place = _inverse(kinds.columns, len(program.cost)), _inverse(kinds.rows, len(program.row_low))
    least, most = _filled(program.row_low, kinds.rows), _filled(program.row_high, kinds.rows)
    loose = np.flatnonzero((least != most).any(axis=1))
    far = np.flatnonzero(program.row_low[kinds.border] != program.row_high[kinds.border])
    slack = kinds.columns.size + np.arange((len(loose) + len(far)) * steps).reshape(-1, steps)
    entries, shape = program.matrix.tocoo(), (kinds.rows.size, kinds.columns.size + slack.size)
    inner = row_place[entries.row] >= 0
    near, near_slack = slack[: len(loose)], slack[len(loose) :, 0]
    rows = np.concatenate([row_place[entries.row[inner]], (loose[:, None] * steps + np.arange(steps)).ravel()])
    columns = np.concatenate([place[entries.col[inner]], near.ravel()])
    values = np.concatenate([entries.data[inner], np.full(near.size, -1.0)])
    right = np.where((least != most).any(axis=1)[:, None], 0.0, least).ravel()
    border = _border(program.matrix.tocsr()[kinds.border], place, far, near_slack, shape[1])
    sides = [_filled(side, kinds.columns).ravel() for side in (program.low, program.high, program.cost)]
    ends = [np.zeros((len(far), steps)) for _ in range(2)]
    ends[0][:, 0], ends[1][:, 0] = program.row_low[kinds.border[far]], program.row_high[kinds.border[far]]
    border_right = program.row_low[kinds.border].copy()
    border_right[far] = 0.0
    return Chain(
        steps=steps,
        matrix=sparse.csr_matrix((values, (rows, columns)), shape=shape),
        right=right,
        border=border,
        border_right=border_right,
        low=np.concatenate([sides[0], least[loose].ravel(), ends[0].ravel()]),
        high=np.concatenate([sides[1], most[loose].ravel(), ends[1].ravel()]),
        cost=np.concatenate([sides[2], np.zeros(slack.size)]),
        constant=program.constant,
        place=place,
        row_place=row_place,
        absent=kinds.rows < 0,
        slack=np.where(np.isin(np.arange(len(kinds.rows)), loose), np.cumsum((least != most).any(axis=1)) - 1, -1),
    )


def _border(rows: sparse.csr_matrix, place: Places, far: Places, slack: Places, width: int) -> sparse.csr_matrix:
    entries = rows.tocoo()
    values = np.concatenate([entries.data, np.full(len(far), -1.0)])
    where = (np.concatenate([entries.row, far]), np.concatenate([place[entries.col], slack]))
    return sparse.csr_matrix((values, where), shape=(rows.shape[0], width))


def _inverse(kinds: Places, count: int) -> Places:
    found = np.full(count, -1, dtype=np.int64)
    flat = kinds.ravel()
    found[flat[flat >= 0]] = np.flatnonzero(flat >= 0)
    return found


def _filled(values: Floats, kinds: Places) -> Floats:
    """Values by kind and step, zero where a step lacks the kind."""
    return np.where(kinds < 0, 0.0, np.append(values, 0.0)[kinds])


def bounded(
    chain: Chain, least_right: Floats, most_right: Floats, low: Floats, high: Floats, usable: Flags
) -> tuple[Floats, Floats]:
    """Finite bounds that hold for all problems of a family: given ones where finite, else what the rows imply.

    Parameters
    ----------
    chain : Chain
        Rows.
    least_right, most_right : (rows,) array
        Range of the right sides over the family.
    low, high : (variables,) array
        Least lower and greatest upper bound over the family.
    usable : (rows,) array of bool
        Rows whose coefficients are the same in the whole family.

    Returns
    -------
    (variables,) array, (variables,) array
        Bounds, all finite.

    Raises
    ------
    DefinitionError
        If a variable has no bound and none follows.
    """
    low, high = low.copy(), high.copy()
    entries = chain.matrix.tocoo()
    for _ in range(PASSES):
        open_ended = ~(np.isfinite(low) & np.isfinite(high))
        if not open_ended.any():
            return low, high
        wanted = np.zeros(len(chain.right), dtype=bool)
        wanted[entries.row[open_ended[entries.col]]] = True
        used = (wanted & usable)[entries.row] & (entries.data != 0)
        rows = (entries.row[used], entries.col[used], entries.data[used])
        _tighten(*rows, most_right, low, high, 1.0)
        _tighten(*rows, -least_right, low, high, -1.0)
    raise refusal("有变量没有上限或下限，也无法由方程推出", "a variable has no bound, and none follows from the rows")


def _tighten(row: Places, column: Places, value: Floats, most_right: Floats, low: Floats, high: Floats, side: float) -> None:
    """Give boundless variables the bounds that follow from ``side * row <= most_right``, in place."""
    factor = value * side
    least = np.where(factor > 0, factor * low[column], factor * high[column])
    open_ended = ~np.isfinite(least)
    total = np.bincount(row, np.where(open_ended, 0.0, least), minlength=len(most_right))
    missing = np.bincount(row, open_ended, minlength=len(most_right))
    usable = missing[row] - open_ended == 0
    most = (most_right[row] - total[row] + np.where(open_ended, 0.0, least)) / factor
    up, down = usable & (factor > 0) & np.isposinf(high[column]), usable & (factor < 0) & np.isneginf(low[column])
    np.minimum.at(high, column[up], most[up])
    np.maximum.at(low, column[down], most[down])


def refusal(zh: str, en: str) -> DefinitionError:
    """Error that says why the years are solved one by one.

    Parameters
    ----------
    zh, en : str
        Reason.

    Returns
    -------
    DefinitionError
        To be raised.
    """
    return DefinitionError(
        Label(f"多年快速调度不适用：{zh}", f"the fast dispatch of many years does not apply: {en}"),
        where="energy.years",
        expected=Label(
            "容量固定、无整数、各变量有界的网络", "a network of fixed capacities without whole variables, all bounded"
        ),
        remedy=Label("改用逐年精确求解", "solve the years exactly, one by one"),
    )
