"""Quantities of a model: what is given, and what follows from it by an expression.

Invariant: every name of an expression is a quantity, an axis or a member of the same model; units are checked before a
number is put in; no quantity depends on itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.core.units import ONE, unit
from dafeng.formula import Expression, check_unit
from dafeng.pathways.model.axes import YEAR, Space
from dafeng.pathways.model.calls import KERNELS


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity.

    Parameters
    ----------
    id : str
        Its name in expressions.
    label : Label
        Name for readers.
    unit : str
        Unit of its values.
    expression : Expression or None
        How it follows from others; ``None`` for what is given.
    axes : frozenset of str
        Axes along which a given quantity may vary; of the others the expression decides.
    """

    id: str
    label: Label
    unit: str
    expression: Expression | None = None
    axes: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Graph:
    """A model: its axes and its quantities.

    Parameters
    ----------
    space : Space
        The axes.
    quantities : mapping of str to Quantity
        By id.
    """

    space: Space
    quantities: Mapping[str, Quantity]

    @cached_property
    def marks(self) -> Mapping[str, tuple[str, str | None]]:
        """Axes and members that expressions may name: word → (axis, member or None)."""
        found: dict[str, tuple[str, str | None]] = {axis.name: (axis.name, None) for axis in self.space.axes}
        for axis in self.space.axes:
            found |= {member: (axis.name, member) for member in axis.members if axis.name != YEAR}
        return found

    def sources(self, name: str) -> tuple[str, ...]:
        """Quantities that one follows from directly.

        Parameters
        ----------
        name : str
            A quantity.

        Returns
        -------
        tuple of str
            Their names, in the order of the expression; empty for what is given.
        """
        expression = self.quantities[name].expression
        return () if expression is None else tuple(word for word in expression.names if word not in self.marks)

    def order(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """What must be known for some quantities, sources before what follows from them.

        Parameters
        ----------
        wanted : iterable of str
            Quantities asked for.

        Returns
        -------
        tuple of str
            Names of quantities, `wanted` among them.
        """
        needed: dict[str, tuple[str, ...]] = {}
        waiting = sorted(set(wanted), reverse=True)
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed[name] = self.sources(name)
                waiting.extend(needed[name])
        return tuple(TopologicalSorter(needed).static_order())


def make_graph(space: Space, quantities: Iterable[Quantity]) -> Graph:
    """A checked model.

    Parameters
    ----------
    space : Space
        The axes.
    quantities : iterable of Quantity
        In any order.

    Returns
    -------
    Graph
        The model.

    Raises
    ------
    DefinitionError
        If an id stands twice or names an axis or member, a name is unknown, or a quantity depends on itself.
    FormulaError
        If the unit of an expression is not the declared one.
    """
    made: dict[str, Quantity] = {}
    for quantity in quantities:
        if quantity.id in made:
            raise _wrong(quantity.id, "出现两次", "stands twice", "每个名称只用一次", "each name once")
        made[quantity.id] = quantity
    graph = Graph(space, made)
    for quantity in made.values():
        _check(graph, quantity)
    _check_order(graph)
    return graph


def _check(graph: Graph, quantity: Quantity) -> None:
    if quantity.id in graph.marks:
        raise _wrong(quantity.id, "与维度或成员同名", "is also an axis or a member", "不同的名称", "another name")
    for axis in quantity.axes:
        graph.space.axis(axis)
    if quantity.expression is None:
        return
    for name in graph.sources(quantity.id):
        if name not in graph.quantities:
            raise _wrong(
                quantity.id, f"用到未知的“{name}”", f"uses '{name}', which is unknown", "已定义的量", "a quantity of the model"
            )
    units = {name: unit(graph.quantities[name].unit) for name in graph.sources(quantity.id)}
    marks = dict.fromkeys(graph.marks, ONE)
    factor = check_unit(quantity.expression, {**marks, **units}, unit(quantity.unit), kernels=KERNELS, where=quantity.id)
    if factor != 1:
        zh, en = f"单位相差 {factor} 倍", f"is off by a factor of {factor} from its unit"
        raise _wrong(quantity.id, zh, en, "式中写出换算常数", "the conversion written in the expression")


def _check_order(graph: Graph) -> None:
    try:
        graph.order(graph.quantities)
    except CycleError as cause:
        ring = " → ".join(reversed(cause.args[1]))
        raise _wrong(ring, "相互依赖", "depend on one another", "没有环的定义", "definitions without a ring") from cause


def _wrong(name: str, zh: str, en: str, expected_zh: str, expected_en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{name}”{zh}", f"'{name}' {en}"),
        where=f"quantity {name}",
        expected=Label(expected_zh, expected_en),
        remedy=Label("改正模型文件中的这一行", "mend this row of the model file"),
    )
