"""Levers: what a city can do, as quantities of the model that stand between 0 (not done) and 1 (done in full).

Invariant: levers add and multiply, so that their order changes nothing; what is shifted away from a member is claimed against
what was there before any lever, and all claims together take no more than that: nothing shifts twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.formula import parse
from dafeng.pathways.model.axes import YEAR, Array, Space
from dafeng.pathways.model.calls import CALLS
from dafeng.pathways.model.quantity import Graph, Quantity, make_graph
from dafeng.pathways.model.sampling import Band

Kind = Literal["scale", "add", "shift"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a lever does to one given quantity.

    Parameters
    ----------
    quantity : str
        The quantity; it varies over the years.
    kind : {"scale", "add", "shift"}
        Multiply by one plus the amount, add the amount, or move that share of some members to another.
    members : frozenset of str
        Members it acts on; of the axes that it does not name, all.
    low, mid, high : float
        Amount at full effect, corners of a triangular distribution. [1; for ``add`` unit of the quantity]
    into : str
        Member that takes what is shifted; empty for the other kinds.
    yields : float
        Units that arrive per unit that leaves: 0.3 where a heat pump replaces a boiler. [1]
    """

    quantity: str
    kind: Kind
    members: frozenset[str]
    low: float
    mid: float
    high: float
    into: str = ""
    yields: float = 1.0


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing a city can do.

    Parameters
    ----------
    id : str
        Its name; the position of the lever is a quantity of this name.
    label : Label
        Name for readers.
    effects : tuple of Effect
        What it does.
    first, full : int
        Last year without effect and first year of the full one; it rises in a straight line between them.
    """

    id: str
    label: Label
    effects: tuple[Effect, ...]
    first: int
    full: int


@dataclass(frozen=True, slots=True)
class Pulled:
    """A model with levers.

    Parameters
    ----------
    graph : Graph
        The model; a quantity that a lever acts on follows from its ``…_before``.
    values : mapping of str to array or Band
        Effects of the levers; positions are 0.
    moved : mapping of str to str
        Given quantity → the name under which it must now be given.
    """

    graph: Graph
    values: Mapping[str, Array | Band]
    moved: Mapping[str, str]

    def given(self, values: Mapping[str, Array | Band]) -> dict[str, Array | Band]:
        """Values of the model without levers under their names in this one, with the levers' own.

        Parameters
        ----------
        values : mapping of str to array or Band
            Given quantities by their first names.

        Returns
        -------
        dict of str to array or Band
            What a run needs; what a lever acts on keeps the ranks of its first name.
        """
        return {self.moved.get(name, name): self._kept(name, value) for name, value in values.items()} | dict(self.values)

    def _kept(self, name: str, value: Array | Band) -> Array | Band:
        return replace(value, name=value.name or name) if name in self.moved and isinstance(value, Band) else value


def add_levers(graph: Graph, levers: Iterable[Lever]) -> Pulled:
    """Model in which levers can be pulled.

    Parameters
    ----------
    graph : Graph
        The model.
    levers : iterable of Lever
        In any order.

    Returns
    -------
    Pulled
        The model with one more given quantity per lever, its position. [0..1]

    Raises
    ------
    DefinitionError
        If an effect acts on what is not given or does not vary over the years, or names members that are not there.
    """
    acting: dict[str, list[_Acting]] = {}
    made = dict(graph.quantities)
    values: dict[str, Array | Band] = {}
    for lever in sorted(levers, key=lambda lever: lever.id):
        made[lever.id] = Quantity(lever.id, lever.label, "1")
        values[lever.id] = np.zeros(graph.space.shape(()))
        for effect in lever.effects:
            _check(graph, lever, effect)
            group = acting.setdefault(effect.quantity, [])
            group.append(_Acting(lever, effect, len(group)))
    for name, group in acting.items():
        own = graph.quantities[name]
        made |= _rewritten(graph, own, group)
        for one in group:
            values |= _values(graph, own, one)
    return Pulled(make_graph(graph.space, made.values()), values, {name: f"{name}_before" for name in acting})


@dataclass(frozen=True, slots=True)
class _Acting:
    """One effect of one lever on one quantity, with the names of the quantities it makes."""

    lever: Lever
    effect: Effect
    number: int

    @property
    def name(self) -> str:
        return f"{self.lever.id}_on_{self.effect.quantity}_{self.number}"

    @property
    def pulled(self) -> str:
        return f"{self.lever.id} * {self.name}"


def _rewritten(graph: Graph, own: Quantity, group: Sequence[_Acting]) -> dict[str, Quantity]:
    """The quantity as it follows from what it was, and the quantities in between."""
    before = replace(own, id=f"{own.id}_before")
    made = {before.id: before} | {one.name: _effect_of(own, one) for one in group}
    shifts = [one for one in group if one.effect.kind == "shift"]
    made |= {f"{one.name}_into": _arrival_of(graph, own, one) for one in shifts}
    made |= _ledger(graph, own, shifts) if shifts else {}
    added = [one.pulled for one in group if one.effect.kind == "add"]
    text = " + ".join([f"{own.id}_shifted" if shifts else before.id, *added])
    for one in group:
        text = f"({text}) * (1 + {one.pulled})" if one.effect.kind == "scale" else text
    return made | {own.id: _made(own.id, own.label, own.unit, text)}


def _ledger(graph: Graph, own: Quantity, shifts: Sequence[_Acting]) -> dict[str, Quantity]:
    """The shift ledger: all claims on a place, what leaves it (never more than is there) and what arrives."""
    name = own.id
    claims = _made(
        f"{name}_claims", _of(own, "被移走的份额", "shares claimed of"), "1", " + ".join(one.pulled for one in shifts)
    )
    arrives = " + ".join(
        f"total({name}_before * {one.pulled} / max(1, {claims.id}), {_axis(graph, one)}) * {one.name}_into" for one in shifts
    )
    text = f"{name}_before * (1 - min(1, {claims.id})) + {arrives}"
    shifted = _made(f"{name}_shifted", _of(own, "移动之后", "after all shifts:"), own.unit, text)
    return {claims.id: claims, shifted.id: shifted}


def _made(name: str, label: Label, text: str, expression: str) -> Quantity:
    return Quantity(name, label, text, parse(expression, kernels=CALLS, where=name))


def _of(own: Quantity, zh: str, en: str) -> Label:
    return Label(f"{own.label.zh}（{zh}）", f"{en} {own.label.en}")


def _axis(graph: Graph, one: _Acting) -> str:
    return graph.marks[one.effect.into][0]


def _effect_of(own: Quantity, one: _Acting) -> Quantity:
    label = Label(f"{one.lever.label.zh}对{own.label.zh}的作用", f"effect of {one.lever.label.en} on {own.label.en}")
    return Quantity(one.name, label, own.unit if one.effect.kind == "add" else "1", None, own.axes)


def _arrival_of(graph: Graph, own: Quantity, one: _Acting) -> Quantity:
    label = Label(f"{one.lever.label.zh}移入{own.label.zh}的折算", f"what arrives in {own.label.en} by {one.lever.label.en}")
    return Quantity(f"{one.name}_into", label, "1", None, frozenset({_axis(graph, one)}))


def _values(graph: Graph, own: Quantity, one: _Acting) -> dict[str, Array | Band]:
    effect, space = one.effect, graph.space
    there = _mask(space, own.axes, effect.members) * _rise(space, one.lever)
    low, mid, high = (there * amount for amount in (effect.low, effect.mid, effect.high))
    made: dict[str, Array | Band] = {one.name: mid if effect.low == effect.high else Band(low, mid, high)}
    if effect.kind == "shift":
        made[f"{one.name}_into"] = _mask(space, frozenset({_axis(graph, one)}), frozenset({effect.into})) * effect.yields
    return made


def _rise(space: Space, lever: Lever) -> Array:
    risen = np.clip((space.years - lever.first) / max(lever.full - lever.first, 1), 0.0, 1.0)
    return np.asarray(risen.reshape(space.shape({YEAR})))


def _mask(space: Space, axes: frozenset[str], members: frozenset[str]) -> Array:
    """1 at the places that the members mean, 0 elsewhere."""
    mask = np.ones(space.shape(axes))
    for axis in space.axes:
        named = [float(member in members) for member in axis.members]
        if axis.name in axes and any(named):
            mask = mask * np.array(named).reshape(space.shape({axis.name}))
    return mask


def _check(graph: Graph, lever: Lever, effect: Effect) -> None:
    quantity = graph.quantities.get(effect.quantity)
    if quantity is None or quantity.expression is not None:
        raise _wrong(
            lever, f"作用于“{effect.quantity}”，它不是给定量", f"acts on '{effect.quantity}', which is not a given quantity"
        )
    if YEAR not in quantity.axes:
        raise _wrong(
            lever, f"“{effect.quantity}”不随年份变化", f"acts on '{effect.quantity}', which does not vary over the years"
        )
    for member in effect.members | ({effect.into} - {""}):
        axis, named = graph.marks.get(member, ("", None))
        if named is None or axis not in quantity.axes:
            raise _wrong(
                lever, f"“{effect.quantity}”没有成员“{member}”", f"names '{member}', which '{effect.quantity}' does not have"
            )
    if not effect.low <= effect.mid <= effect.high:
        raise _wrong(lever, "作用量不满足低值≤中值≤高值", "has an amount that breaks low <= mid <= high")
    if effect.kind == "shift":
        _check_shift(graph, lever, effect)


def _check_shift(graph: Graph, lever: Lever, effect: Effect) -> None:
    if not 0 <= effect.low <= effect.high <= 1:
        raise _wrong(lever, "移动的份额须在0与1之间", "shifts a share that is not between 0 and 1")
    axis = graph.marks.get(effect.into, ("", None))[0]
    sources = {member for member in effect.members if graph.marks[member][0] == axis}
    if not axis or not sources or effect.into in sources:
        raise _wrong(
            lever, "移动须写明从哪些成员移到另一个成员", "must name the members it shifts from and another one it shifts to"
        )


def _wrong(lever: Lever, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"措施“{lever.id}”{zh}", f"lever '{lever.id}' {en}"),
        where=f"lever {lever.id}",
        expected=Label(
            "模型中随年份变化的给定量及其成员", "a given quantity of the model that varies over the years, and its members"
        ),
        remedy=Label("改正措施文件中的这一项", "mend this item of the file of levers"),
    )
