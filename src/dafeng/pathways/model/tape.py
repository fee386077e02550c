"""A model as a tape: one step per operation, compiled once; each step writes into an array that exists already.

Invariant: what no draw moves is computed once, and what draws move is computed for a block of draws at a time, so that
memory does not grow with the number of draws.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.formula.expression import Apply, Name, Node, Number, fold, write
from dafeng.pathways.model.axes import DRAW, YEAR, Array
from dafeng.pathways.model.calls import CALLS
from dafeng.pathways.model.quantity import Graph

Compute = Callable[..., Any]
_PLAIN: Mapping[str, Compute] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "neg": np.negative,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One operation.

    Parameters
    ----------
    compute : callable
        Takes the operands and, last, the array to write into.
    operands : tuple of int
        Slots it reads.
    slot : int
        Slot it writes.
    """

    compute: Compute
    operands: tuple[int, ...]
    slot: int


@dataclass(frozen=True, slots=True)
class Tape:
    """A compiled model.

    Parameters
    ----------
    graph : Graph
        The model.
    slots : tuple of frozenset of str
        Axes of each slot, ``draw`` among them where a draw moves it.
    constants : mapping of int to float
        Slots that hold a number of an expression.
    places : mapping of str to int
        Slot of each quantity.
    steps : tuple of Step
        In an order in which every operand is there.
    outputs : tuple of str
        Quantities asked for.
    """

    graph: Graph
    slots: tuple[frozenset[str], ...]
    constants: Mapping[int, float]
    places: Mapping[str, int]
    steps: tuple[Step, ...]
    outputs: tuple[str, ...]

    @property
    def given(self) -> tuple[str, ...]:
        """Quantities that must be given."""
        return tuple(name for name in self.places if self.graph.quantities[name].expression is None)


def compile_graph(graph: Graph, outputs: Collection[str], *, drawn: Collection[str] = ()) -> Tape:
    """Tape that computes some quantities.

    Parameters
    ----------
    graph : Graph
        The model.
    outputs : collection of str
        Quantities asked for; only what they need is computed.
    drawn : collection of str
        Given quantities that differ from draw to draw.

    Returns
    -------
    Tape
        The steps.

    Raises
    ------
    DefinitionError
        If an output is unknown, or a sum runs over an axis along which nothing varies.
    """
    for name in (*outputs, *drawn):
        if name not in graph.quantities:
            raise _wrong(name, "没有这个量", "is no quantity of the model", "模型中的量", "a quantity of the model")
    writer = _Writer(graph)
    for name in graph.order(outputs):
        quantity = graph.quantities[name]
        if quantity.expression is None:
            writer.places[name] = writer.slot(quantity.axes | ({DRAW} if name in drawn else frozenset()))
        else:
            writer.places[name] = writer.write(quantity.expression.root, name)
    return Tape(graph, tuple(writer.slots), writer.constants, writer.places, tuple(writer.steps), tuple(outputs))


@dataclass(frozen=True, slots=True)
class _Mark:
    axis: str
    member: str | None


@dataclass
class _Writer:
    """Carries slots and steps through one compilation; made for one call of `compile_graph`."""

    graph: Graph
    slots: list[frozenset[str]] = field(default_factory=list)
    constants: dict[int, float] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def slot(self, axes: frozenset[str]) -> int:
        self.slots.append(axes)
        return len(self.slots) - 1

    def step(self, compute: Compute, operands: tuple[int, ...], axes: frozenset[str] | None = None) -> int:
        made = self.slot(frozenset().union(*(self.slots[at] for at in operands)) if axes is None else axes)
        self.steps.append(Step(compute, operands, made))
        return made

    def write(self, root: Node, where: str) -> int:
        made: int | _Mark = fold(root, partial(self.visit, where))
        if isinstance(made, _Mark):
            raise _wrong(where, "只写了一个维度", "is only an axis", "一个量", "a quantity")
        return made

    def visit(self, where: str, node: Node, parts: tuple[int | _Mark, ...]) -> int | _Mark:
        if isinstance(node, Number):
            made = self.slot(frozenset())
            self.constants[made] = float(node.value)
            return made
        if isinstance(node, Name):
            return _Mark(*self.graph.marks[node.id]) if node.id in self.graph.marks else self.places[node.id]
        if node.what in CALLS:
            return self.call(where, node, parts)
        if any(isinstance(part, _Mark) for part in parts):
            raise _wrong(
                where, f"“{write(node)}”拿维度当数用", f"takes an axis for a number in '{write(node)}'", "一个量", "a quantity"
            )
        return self.apply(node, tuple(part for part in parts if isinstance(part, int)))

    def apply(self, node: Apply, parts: tuple[int, ...]) -> int:
        if node.what in ("min", "max"):
            return self.chain(_least if node.what == "min" else _greatest, parts)
        if node.what == "**":
            return self.step(partial(_power, self.constants[parts[1]]), parts[:1])
        compute = _PLAIN.get(node.what) or _OWN.get(node.what) or partial(_compare, _COMPARE[node.what])
        return self.step(compute, parts)

    def chain(self, compute: Compute, parts: tuple[int, ...]) -> int:
        made = parts[0]
        for part in parts[1:]:
            made = self.step(compute, (made, part))
        return made

    def call(self, where: str, node: Apply, parts: tuple[int | _Mark, ...]) -> int:
        call = CALLS[node.what]
        mark = parts[-1] if call.marked else None
        operands = tuple(part for part in parts[: call.operands] if isinstance(part, int))
        if len(operands) < call.operands or (call.marked and not isinstance(mark, _Mark)):
            raise _wrong(
                where,
                f"“{write(node)}”的参数不对",
                f"calls '{write(node)}' with the wrong operands",
                "量，然后是维度或成员",
                "quantities, then an axis or a member",
            )
        if isinstance(mark, _Mark) and (mark.member is None) != (node.what == "total"):
            raise _wrong(
                where,
                f"“{write(node)}”的维度或成员不对",
                f"names the wrong axis or member in '{write(node)}'",
                "total 用维度，at 用成员",
                "an axis for total, a member for at",
            )
        axes = frozenset[str]().union(*(self.slots[at] for at in operands))
        gone = mark.axis if isinstance(mark, _Mark) else YEAR
        if call.loses and gone not in axes:
            raise _wrong(
                where,
                f"“{write(node)}”：该量不随“{gone}”变化",
                f"takes '{write(node)}', which does not vary along '{gone}'",
                f"随“{gone}”变化的量",
                f"a quantity along '{gone}'",
            )
        axes = axes - {gone} if call.loses else axes | ({YEAR} if call.gains_years else frozenset())
        made = call.make(self.graph.space, (mark.axis, mark.member) if isinstance(mark, _Mark) else None)
        return self.step(made, operands, axes)


def _least(one: Array, other: Array, out: Array) -> None:
    np.minimum(one, other, out=out)


def _greatest(one: Array, other: Array, out: Array) -> None:
    np.maximum(one, other, out=out)


def _divide(one: Array, other: Array, out: Array) -> None:
    np.divide(one, other, out)
    if not other.all():
        np.copyto(out, np.inf, where=(other == 0) & ~np.isnan(one))


def _power(power: float, values: Array, out: Array) -> None:
    np.power(values, power, out)


def _choose(condition: Array, one: Array, other: Array, out: Array) -> None:
    np.copyto(out, other)
    np.copyto(out, one, where=condition > 0)
    np.copyto(out, np.nan, where=np.isnan(condition))


_OWN: Mapping[str, Compute] = {"/": _divide, "where": _choose}
_COMPARE: Mapping[str, Compute] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def _compare(compare: Compute, one: Array, other: Array, out: Array) -> None:
    compare(one, other, out)
    np.copyto(out, np.nan, where=np.isnan(one) | np.isnan(other))


def _wrong(name: str, zh: str, en: str, expected_zh: str, expected_en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{name}”：{zh}", f"'{name}' {en}"),
        where=f"quantity {name}",
        expected=Label(expected_zh, expected_en),
        remedy=Label("改正模型文件中的这一行", "mend this row of the model file"),
    )
