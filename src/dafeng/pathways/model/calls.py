"""Functions over axes that an expression of a model may call.

Invariant: each states its unit rule and the axes of its result, and writes into an array it is given: no call makes a copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.core.units import ONE, Unit
from dafeng.formula.kernels import Kernel
from dafeng.pathways.model.axes import YEAR, Array, Space

Compute = Callable[..., Any]
"""Takes the operands and, last, the array to write into."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function over axes.

    Parameters
    ----------
    label : Label
        What it gives.
    operands : int
        Number of quantities it takes.
    marked : bool
        Whether an axis or a member follows them.
    make : callable
        Takes the space, the mark (axis, member) or None; gives the computation.
    unit : callable
        Unit of the result from those of the operands.
    loses : bool
        Whether the marked axis (the years, where none is marked) is gone from the result.
    gains_years : bool
        Whether the result varies over the years although the operands do not.
    """

    label: Label
    operands: int
    marked: bool
    make: Callable[[Space, tuple[str, str | None] | None], Compute]
    unit: Callable[[Sequence[Unit]], Unit]
    loses: bool = False
    gains_years: bool = False


def _total(space: Space, mark: tuple[str, str | None] | None) -> Compute:
    axis = space.position(mark[0]) if mark else 0
    return lambda values, out: np.add.reduce(values, axis=axis, keepdims=True, out=out)


def _at(space: Space, mark: tuple[str, str | None] | None) -> Compute:
    axis, member = mark or ("", "")
    place = _slice(space, axis, space.member(axis, member or ""))
    return lambda values, out: np.copyto(out, values[place])


def _base(space: Space, _: object) -> Compute:
    place = _slice(space, YEAR, 0)
    return lambda values, out: np.copyto(out, values[place])


def _grow(space: Space, _: object) -> Compute:
    axis, first = space.position(YEAR), _slice(space, YEAR, 0)

    def compute(rate: Array, out: Array) -> None:
        np.add(rate, 1.0, out)
        out[first] = 1.0
        np.multiply.accumulate(out, axis=axis, out=out)

    return compute


def _before(space: Space, _: object) -> Compute:
    axis = space.position(YEAR)
    first, early, late = (_slice(space, YEAR, at) for at in (0, slice(None, -1), slice(1, None)))

    def compute(values: Array, start: Array, out: Array) -> None:
        out[late] = values if values.shape[axis] == 1 else values[early]
        out[first] = _year(start, first)

    return compute


def _stock(space: Space, _: object) -> Compute:
    axis, years = space.position(YEAR), len(space.axis(YEAR).members)

    def compute(start: Array, kept: Array, added: Array, out: Array) -> None:
        rows = np.moveaxis(out, axis, 0)
        rows[0] = np.moveaxis(start, axis, 0)[0]
        keeps, adds = (_yearly(values, axis, years) for values in (kept, added))
        for last, row, keep, add in zip(rows, rows[1:], keeps[1:], adds[1:], strict=False):
            np.multiply(last, keep, row)
            np.add(row, add, row)

    return compute


def _yearly(values: Array, axis: int, years: int) -> Array:
    """The years first, also where nothing varies along them."""
    first = np.moveaxis(values, axis, 0)
    return np.broadcast_to(first, (years, *first.shape[1:]))


def _year(values: Array, place: tuple[slice, ...]) -> Array:
    one = tuple(slice(None) if length == 1 else cut for length, cut in zip(values.shape, place, strict=True))
    return np.asarray(values[one])


def _slice(space: Space, axis: str, at: int | slice) -> tuple[slice, ...]:
    cut = at if isinstance(at, slice) else slice(at, at + 1)
    place = space.position(axis)
    return (*(slice(None) for _ in range(place)), cut, *(slice(None) for _ in range(len(space.axes) - place)))


def _own(units: Sequence[Unit]) -> Unit:
    return units[0]


def _pure(units: Sequence[Unit]) -> Unit:
    if units[0] != ONE:
        raise _odd(units[0], ONE)
    return ONE


def _same(units: Sequence[Unit]) -> Unit:
    if units[1] != units[0]:
        raise _odd(units[1], units[0])
    return units[0]


def _kept(units: Sequence[Unit]) -> Unit:
    if units[1] != ONE:
        raise _odd(units[1], ONE)
    if units[2] != units[0]:
        raise _odd(units[2], units[0])
    return units[0]


def _odd(got: Unit, wanted: Unit) -> FormulaError:
    return FormulaError(
        Label(f"单位是 {got}，应为 {wanted}", f"the unit is {got}, and should be {wanted}"),
        where="model",
        expected=Label(f"{wanted}", f"{wanted}"),
        remedy=Label("先换算", "convert it first"),
    )


CALLS: Mapping[str, Call] = {
    "total": Call(Label("沿一个维度求和", "sum over an axis"), 1, True, _total, _own, loses=True),
    "at": Call(Label("取一个成员", "value of one member"), 1, True, _at, _own, loses=True),
    "base": Call(Label("基年的值", "value in the base year"), 1, False, _base, _own, loses=True),
    "grow": Call(
        Label("由年增长率得到的指数，基年为1", "index grown by yearly rates, base year 1"),
        1,
        False,
        _grow,
        _pure,
        gains_years=True,
    ),
    "before": Call(
        Label("上一年的值，首年另给", "value of the year before; the first is given"),
        2,
        False,
        _before,
        _same,
        gains_years=True,
    ),
    "stock": Call(
        Label("存量：上年留存加本年新增", "stock: what is kept of last year's and what is added"),
        3,
        False,
        _stock,
        _kept,
        gains_years=True,
    ),
}
"""Every call by its name."""


def _kernel(call: Call) -> Kernel:
    return Kernel(call.label, call.operands + call.marked, call.unit, _never)


def _never(*_: object) -> Any:
    raise TypeError("a call over axes is computed by the model, not by the formula")


KERNELS: Mapping[str, Kernel] = {name: _kernel(call) for name, call in CALLS.items()}
"""The same for the formula engine, which reads and checks them."""
