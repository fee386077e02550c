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
from dafeng.core.units import ONE, unit
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
            What a run needs.
        """
        return {self.moved.get(name, name): value for name, value in values.items()} | dict(self.values)


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
    ordered = sorted(levers, key=lambda lever: lever.id)
    values: dict[str, Array | Band] = {}
    made = dict(graph.quantities)
    acting: dict[str, list[_Acting]] = {}
    for lever in ordered:
        made[lever.id] = Quantity(lever.id, lever.label, "1")
        values[lever.id] = np.zeros(graph.space.shape(()))
        for effect in lever.effects:
            _check(graph, lever, effect)
            acting.setdefault(effect.quantity, []).append(_Acting(lever, effect, len(acting.get(effect.quantity, ()))))
    for name, group in acting.items():
        made |= _rewritten(graph, name, group, values)
    moved = {name: f"{name}_before" for name in acting}
    return Pulled(make_graph(graph.space, made.values()), values, moved)


@dataclass(frozen=True, slots=True)
class _Acting:
    lever: Lever
    effect: Effect
    number: int

    @property
    def name(self) -> str:
        return f"{self.lever.id}_on_{self.effect.quantity}_{self.number}"

    @property
    def pulled(self) -> str:
        return f"{self.lever.id} * {self.name}"


def _rewritten(graph: Graph, name: str, group: Sequence[_Acting], values: dict[str, Array | Band]) -> dict[str, Quantity]:
    own = graph.quantities[name]
    before = replace(own, id=f"{name}_before")
    made = {before.id: before}
    for one in group:
        made |= _given(graph, own, one, values)
    shifts = [one for one in group if one.effect.kind == "shift"]
    if shifts:
        made |= _ledger(own, shifts)
    text = " + ".join([before.id if not shifts else f"{name}_shifted", *(one.pulled for one in group if one.effect.kind == "add")])
    for one in group:
        if one.effect.kind == "scale":
            text = f"({text}) * (1 + {one.pulled})"
    made[name] = Quantity(name, own.label, own.unit, _parse(text, name))
    return made


def _ledger(own: Quantity, shifts: Sequence[_Acting]) -> dict[str, Quantity]:
    """Quantities of the shift ledger: all claims on a place, the share of them that is granted, what leaves and what arrives."""
    name = own.id
    claims = " + ".join(one.pulled for one in shifts)
    leaves = f"{name}_before * min(1, {name}_claims)"
    arrives = [
        f"total({name}_before * {one.pulled} / max(1, {name}_claims), {_axis(one)}) * {one.name}_into" for one in shifts
    ]
    return {
        f"{name}_claims": Quantity(f"{name}_claims", _of(own, "被移走的份额合计", "all claims on"), "1", _parse(claims, name)),
        f"{name}_shifted": Quantity(
            f"{name}_shifted",
            _of(own, "移动之后", "after shifts,"),
            own.unit,
            _parse(f"{name}_before - {leaves} + {' + '.join(arrives)}", name),
        ),
    }


def _of(own: Quantity, zh: str, en: str) -> Label:
    return Label(f"{own.label.zh}（{zh}）", f"{en} {own.label.en}")


def _axis(one: _Acting) -> str:
    return one.effect.into.partition("=")[0]


def _given(graph: Graph, own: Quantity, one: _Acting, values: dict[str, Array | Band]) -> dict[str, Quantity]:
    space, effect = graph.space, one.effect
    rise = _rise(space, one.lever)
    place = _mask(graph, own, effect.members)
    corners = [np.where(place, rise * amount, 0.0) for amount in (effect.low, effect.mid, effect.high)]
    values[one.name] = corners[1] if effect.low == effect.high else Band(*sorted_corners(corners))
    text = own.unit if effect.kind == "add" else "1"
    label = Label(f"{one.lever.label.zh}对{own.label.zh}的作用", f"effect of {one.lever.label.en} on {own.label.en}")
    made = {one.name: Quantity(one.name, label, text, None, own.axes)}
    if effect.kind == "shift":
        axis, _, member = effect.into.partition("=")
        taken = frozenset({axis})
        values[f"{one.name}_into"] = np.where(_mask(graph, own, frozenset({member}), only=taken), effect.yields, 0.0)
        made[f"{one.name}_into"] = Quantity(f"{one.name}_into", label, "1", None, taken)
    return made


def sorted_corners(corners: Sequence[Array]) -> tuple[Array, Array, Array]:
    """Corners in rising order: a rise that is negative turns them round.

    Parameters
    ----------
    corners : sequence of three arrays
        Low, middle, high.

    Returns
    -------
    tuple of three arrays
        Low, middle, high.
    """
    low, mid, high = np.sort(np.stack(list(corners)), axis=0)
    return low, mid, high


def _rise(space: Space, lever: Lever) -> Array:
    years = space.years.astype(float)
    risen = np.clip((years - lever.first) / max(lever.full - lever.first, 1), 0.0, 1.0)
    return risen.reshape(space.shape({YEAR}))


def _mask(graph: Graph, own: Quantity, members: frozenset[str], *, only: frozenset[str] | None = None) -> Array:
    space = graph.space
    mask = np.ones(space.shape(own.axes if only is None else only), dtype=bool)
    for axis in space.axes:
        named = [member for member in members if member in axis.members and axis.name != YEAR]
        if named:
            own_shape = [1] * mask.ndim
            own_shape[space.position(axis.name)] = len(axis.members)
            mask = mask & np.array([member in named for member in axis.members]).reshape(own_shape)
    return mask


def _parse(text: str, where: str):  # noqa: ANN202
    return parse(text, kernels=CALLS, where=where)


def _check(graph: Graph, lever: Lever, effect: Effect) -> None:
    quantity = graph.quantities.get(effect.quantity)
    if quantity is None or quantity.expression is not None:
        raise _wrong(lever, f"作用于“{effect.quantity}”，它不是给定量", f"acts on '{effect.quantity}', which is not a given quantity")
    if YEAR not in quantity.axes:
        raise _wrong(lever, f"“{effect.quantity}”不随年份变化", f"acts on '{effect.quantity}', which does not vary over the years")
    for member in effect.members | ({effect.into} if effect.into else frozenset()):
        if graph.marks.get(member, ("", None))[0] not in quantity.axes or graph.marks[member][1] is None:
            raise _wrong(lever, f"“{effect.quantity}”没有成员“{member}”", f"names '{member}', which '{effect.quantity}' does not have")
    if effect.kind == "shift" and not 0 <= effect.low <= effect.high <= 1:
        raise _wrong(lever, "移动的份额须在0与1之间", "shifts a share that is not between 0 and 1")
    if unit(quantity.unit) == ONE and effect.kind == "add":
        return


def _wrong(lever: Lever, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"措施“{lever.id}”{zh}", f"lever '{lever.id}' {en}"),
        where=f"lever {lever.id}",
        expected=Label("模型中随年份变化的给定量及其成员", "a given quantity of the model that varies over the years, and its members"),
        remedy=Label("改正措施文件中的这一项", "mend this item of the file of levers"),
    )
