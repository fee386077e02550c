"""Collect variables and rows of linear expressions and compile them once into a sparse programme.

Invariant: a row that holds one variable becomes a bound of it; every entry belongs to one named block. Once compiled, a
builder knows where everything went and no longer holds the entries themselves: those are in the programme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.linear import Linear, Places, Present, variable
from dafeng.energy.program import Floats, Program
from dafeng.energy.solving.memory import on_disk


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Where the rows of one constraint went.

    Parameters
    ----------
    row : array of int
        Row of each element, −1 where it became a bound or is absent.
    column : array of int
        Variable whose bound each element became, −1 where it is a row or absent.
    side : array
        Coefficient of that variable: its sign tells the direction of the bound.
    """

    row: Places
    column: Places
    side: Floats


@dataclass(slots=True, eq=False)
class Builder:
    """Collects variables and rows and compiles them once.

    Parameters
    ----------
    variables : dict of str to array of int
        Position of every variable by block; −1 is absent.
    rows : dict of str to Rows
        Where every constraint went by block.
    """

    variables: dict[str, Places] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)
    _columns: dict[str, slice] = field(default_factory=dict)
    _blocks: dict[str, slice] = field(default_factory=dict)
    _low: list[Floats] = field(default_factory=list)
    _high: list[Floats] = field(default_factory=list)
    _integer: list[Present] = field(default_factory=list)
    _entries: list[tuple[Places, Places, Floats]] = field(default_factory=list)
    _row_low: list[Floats] = field(default_factory=list)
    _row_high: list[Floats] = field(default_factory=list)
    _costs: list[tuple[Places, Floats, bool]] = field(default_factory=list)
    _bounds: list[tuple[Places, Floats, Floats]] = field(default_factory=list)
    _width: int = 0
    _height: int = 0
    _constant: float = 0.0

    def add_variables(
        self,
        name: str,
        present: Present,
        *,
        low: Any = -np.inf,
        high: Any = np.inf,
        integer: Any = False,
    ) -> Linear:
        """New variables.

        Parameters
        ----------
        name : str
            Name of the block; once only.
        present : array of bool
            Shape of the block and where variables exist.
        low, high : array or float
            Bounds, broadcast to the shape.
        integer : array of bool or bool
            Whether they take whole values only.

        Returns
        -------
        Linear
            The block as an expression.
        """
        count = int(present.sum())
        place = np.full(present.shape, -1, dtype=np.int32)
        place[present] = np.arange(self._width, self._width + count)
        self.variables[name] = place
        self._columns[name] = slice(self._width, self._width + count)
        self._low.append(_spread(low, present))
        self._high.append(_spread(high, present))
        self._integer.append(np.broadcast_to(np.asarray(integer, dtype=bool), present.shape)[present])
        self._width += count
        return variable(place)

    def add_cost(self, expression: Linear, cost: Any, *, squared: bool = False) -> None:
        """Add ``cost`` times an expression to the objective.

        Parameters
        ----------
        expression : Linear
            What costs.
        cost : array or float
            Price of each element. [yuan per unit]
        squared : bool
            Whether the square of each variable costs; then the expression is a plain variable.
        """
        charged = expression.times(cost)
        for coefficient, place in charged.terms:
            flat, values = _flat(coefficient, place)
            if values.any():
                self._costs.append((flat, values, squared))
        if not squared:
            shape = np.broadcast_shapes(*(np.shape(part) for part in (charged.constant, cost)))
            self._constant += float(np.broadcast_to(charged.constant, shape).sum())

    def add_rows(self, name: str, expression: Linear, low: float, high: float, *, present: Present | None = None) -> Rows:
        """Require ``low <= expression <= high`` element by element.

        Parameters
        ----------
        name : str
            Name of the block; once only.
        expression : Linear
            The left side; its constant moves to the other side.
        low, high : float
            Bounds.
        present : array of bool, optional
            Shape, and where the constraint exists; everywhere by default.

        Returns
        -------
        Rows
            Where each element went.
        """
        where = np.ones(_shape(expression), dtype=bool) if present is None else present
        least = _spread(_less(low, expression.constant), where)
        most = _spread(_less(high, expression.constant), where)
        parts = [(_spread(c, where), _spread(p, where)) for c, p in expression.terms]
        coefficients, places = _compacted(parts, len(least))
        _refuse_endless(name, least, most)
        needed = np.isfinite(least) | np.isfinite(most)
        needed &= ~_idle(coefficients, places, least, most)
        alone = self._fold(coefficients, places, least, most, needed)
        kept = needed & ~alone.folded
        row = np.where(kept, np.cumsum(kept) - 1 + self._height, -1)
        for coefficient, place in zip(coefficients, places, strict=True):
            real = kept & (place >= 0) & (coefficient != 0)
            self._entries.append((row[real].astype(np.int32), place[real].astype(np.int32), coefficient[real]))
        self._row_low.append(least[kept])
        self._row_high.append(most[kept])
        self._blocks[name] = slice(self._height, self._height + int(kept.sum()))
        self._height += int(kept.sum())
        self.rows[name] = Rows(
            _shaped(row.astype(np.int32), where), _shaped(alone.column, where), _shaped(alone.side, where, 0.0)
        )
        return self.rows[name]

    def add_sums(self, name: str, pieces: Sequence[tuple[Linear, Places]], low: Floats, high: Floats) -> Rows:
        """Require ``low <= sum <= high`` where each row gathers elements of several expressions.

        Parameters
        ----------
        name : str
            Name of the block; once only.
        pieces : sequence of (Linear, array of int)
            An expression and, broadcast to it, the row that each element counts in; −1 counts nowhere.
        low, high : (rows,) array
            Bounds of the sums; the constants move to the other side.

        Returns
        -------
        Rows
            Where each row went; rows that hold nothing and ask for nothing are absent.
        """
        moved, used = np.zeros(len(low)), np.zeros(len(low), dtype=bool)
        found = []
        for expression, rows in pieces:
            _gather(moved, rows, expression.constant)
            for coefficient, place in expression.terms:
                value, column, row = np.broadcast_arrays(np.asarray(coefficient, dtype=np.float64), place, rows)
                real = (column >= 0) & (row >= 0) & (value != 0)
                found.append((row[real].astype(np.int32), column[real].astype(np.int32), value[real]))
                used[row[real]] = True
        _refuse_endless(name, low - moved, high - moved)
        kept = used | (moved < low) | (moved > high)
        kept &= np.isfinite(low) | np.isfinite(high)
        row_of = np.where(kept, np.cumsum(kept) - 1 + self._height, -1)
        self._entries.extend((row_of[row][row_of[row] >= 0], *(p[row_of[row] >= 0] for p in rest)) for row, *rest in found)
        self._row_low.append((low - moved)[kept])
        self._row_high.append((high - moved)[kept])
        self._blocks[name] = slice(self._height, self._height + int(kept.sum()))
        self._height += int(kept.sum())
        self.rows[name] = Rows(row_of, np.full(len(low), -1), np.zeros(len(low)))
        return self.rows[name]

    def _fold(self, coefficients: list[Floats], places: list[Places], least: Floats, most: Floats, needed: Present) -> _Alone:
        """Elements that hold exactly one variable become bounds of it."""
        count = sum(((place >= 0) & (value != 0)).astype(np.int8) for value, place in zip(coefficients, places, strict=True))
        single = needed & (np.asarray(count) == 1)
        column, side = np.full(len(least), -1, dtype=np.int32), np.zeros(len(least))
        for value, place in zip(coefficients, places, strict=True):
            mine = single & (place >= 0) & (value != 0)
            column[mine], side[mine] = place[mine], value[mine]
        if single.any():
            one, other = least[single] / side[single], most[single] / side[single]
            self._bounds.append((column[single], np.minimum(one, other), np.maximum(one, other)))
        return _Alone(single, column, side)

    def compile(self) -> Program:
        """The programme of everything added, once.

        Returns
        -------
        Program
            With blocks named as they were added.
        """
        low, high = self._bounded()
        integer, squares = _joined(self._integer), self._cost(squared=True)
        cost = self._cost(squared=False)
        self._refuse_numberless(cost, squares)
        program = Program(
            matrix=self._matrix(),
            row_low=_joined(self._row_low),
            row_high=_joined(self._row_high),
            low=low,
            high=high,
            cost=cost,
            variables=dict(self._columns),
            constraints=dict(self._blocks),
            constant=self._constant,
            integer=integer if integer.any() else None,
            quadratic=squares if squares.any() else None,
        )
        for part in (self._low, self._high, self._integer, self._row_low, self._row_high, self._costs, self._bounds):
            part.clear()
        return on_disk(program)

    def _matrix(self) -> Any:
        """The coefficients; the entries are let go."""
        parts = zip(*self._entries, strict=True) if self._entries else ((), (), ())
        rows, columns, values = (_joined(part) for part in parts)
        self._entries.clear()
        wrong = ~np.isfinite(values)
        if wrong.any():
            row = int(rows[np.argmax(wrong)])
            raise _endless(next((name for name, part in self._blocks.items() if part.start <= row < part.stop), ""))
        return sparse.coo_matrix((values, (rows, columns)), shape=(self._height, self._width)).tocsc()

    def _refuse_numberless(self, *costs: Floats) -> None:
        """Refuse costs that are no finite numbers, naming the block they belong to."""
        for cost in costs:
            lost = ~np.isfinite(cost)
            if lost.any():
                column = int(np.argmax(lost))
                raise _endless(next(name for name, part in self._columns.items() if part.start <= column < part.stop))
        if not np.isfinite(self._constant):
            raise _endless("constant")

    def _bounded(self) -> tuple[Floats, Floats]:
        low, high = _joined(self._low), _joined(self._high)
        for column, least, most in self._bounds:
            np.maximum.at(low, column, least)
            np.minimum.at(high, column, most)
        return low, high

    def _cost(self, *, squared: bool) -> Floats:
        total = np.zeros(self._width)
        for place, values, square in self._costs:
            if square == squared:
                np.add.at(total, place, values)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class _Alone:
    folded: Present
    column: Places
    side: Floats


def _shape(expression: Linear) -> tuple[int, ...]:
    arrays = [np.shape(part) for term in expression.terms for part in term]
    return np.broadcast_shapes(np.shape(expression.constant), *arrays)


def _less(bound: Any, amount: Any) -> Any:
    """Bound less an amount; where there is no bound there is none afterwards."""
    return bound if np.isinf(bound) else np.subtract(bound, amount)


def _spread(values: Any, present: Present) -> Any:
    return np.broadcast_to(np.asarray(values), present.shape)[present]


def _shaped(values: Any, present: Present, missing: float = -1) -> Any:
    if not np.any(values != missing):
        return np.broadcast_to(np.asarray(missing, dtype=values.dtype), present.shape)  # one number, not one per element
    found = np.full(present.shape, missing, dtype=values.dtype)
    found[present] = values
    alike = len(found) > 1 and bool((found == found[:1]).all())
    return np.broadcast_to(found[:1].copy(), present.shape) if alike else found


def _flat(coefficient: Any, place: Places) -> tuple[Places, Floats]:
    values, places = np.broadcast_arrays(np.asarray(coefficient, dtype=np.float64), place)
    real = places >= 0
    return places[real], values[real]


def _compacted(parts: Sequence[tuple[Any, Any]], size: int) -> tuple[list[Floats], list[Places]]:
    """Terms as flat arrays of one length; terms of the same variable in one row are summed."""
    coefficients = [np.broadcast_to(np.asarray(c, dtype=np.float64), size).copy() for c, _ in parts]
    places = [np.broadcast_to(p, size) for _, p in parts]
    for later in range(1, len(parts)):
        for earlier in range(later):
            same = (places[later] >= 0) & (places[later] == places[earlier])
            if same.any():
                coefficients[earlier][same] += coefficients[later][same]
                coefficients[later][same] = 0.0
    return coefficients, places


def _refuse_endless(name: str, least: Floats, most: Floats) -> None:
    if np.isnan(least).any() or np.isnan(most).any() or np.any(least == np.inf) or np.any(most == -np.inf):
        raise _endless(name)


def _endless(name: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{name}”里有无穷大或不是数的值", f"'{name}' holds an infinite value or one that is no number"),
        where=f"energy.network.{name}",
        expected=Label("有限的系数、费用与界限", "finite coefficients, costs and bounds"),
        remedy=Label(
            "检查效率（不为零）、寿命、静置损失（不超过一）与容量（有下限时不为无穷大）",
            "check efficiency (not zero), lifetime, standing loss (at most one), capacity (finite where it has a lower bound)",
        ),
    )


def _idle(coefficients: list[Floats], places: list[Places], least: Floats, most: Floats) -> Present:
    """Elements without any variable that hold anyway."""
    empty = np.ones(len(least), dtype=bool)
    for value, place in zip(coefficients, places, strict=True):
        empty &= (place < 0) | (value == 0)
    return empty & (least <= 0) & (most >= 0)


def _gather(total: Floats, rows: Places, value: Any) -> None:
    if np.any(value):
        amount, row = np.broadcast_arrays(np.asarray(value, dtype=np.float64), rows)
        np.add.at(total, row[row >= 0], amount[row >= 0])


def _joined(parts: Any) -> Any:
    listed = list(parts)
    return np.concatenate(listed) if listed else np.zeros(0)
