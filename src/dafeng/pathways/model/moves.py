"""Moves: what a slider or a switch does to a given quantity, over the years and with its band.

Invariant: moves add up and multiply in one order of their own, so that the order in which they are named changes no bit of the
result; a place that no move names keeps its values, and none leaves the bounds of its quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.pathways.model.axes import YEAR, Array
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Given
from dafeng.pathways.model.sampling import Band

Kind = Literal["reach", "add", "scale"]


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """One change of one place of a given quantity.

    Parameters
    ----------
    quantity : str
        The quantity; it varies over the years.
    members : tuple of str
        Members it acts on, sorted; of the axes that it does not name, all.
    kind : {"reach", "add", "scale"}
        Come to the amount in ``year``, add the amount, or multiply by one plus the amount.
    first, year : int
        Last year without effect and first year of the full one; it rises in a straight line between them and stays.
    amount : float
        Where to, how much, or how many times. [unit of the quantity; 1 for ``scale``]
    giver : str
        Member of the same axis that gives what is gained, so that shares still sum to 1; empty where nothing gives.
    floor, ceiling : float
        The result stays between them. [unit of the quantity]
    """

    quantity: str
    members: tuple[str, ...]
    kind: Kind
    first: int
    year: int
    amount: float
    giver: str = ""
    floor: float = -np.inf
    ceiling: float = np.inf


def apply_moves(model: Model, values: Mapping[str, Array | Band], moves: Iterable[Move]) -> dict[str, Array | Band]:
    """Given quantities after some moves.

    Parameters
    ----------
    model : Model
        The model.
    values : mapping of str to array or Band
        Given quantities before.
    moves : iterable of Move
        In any order.

    Returns
    -------
    dict of str to array or Band
        The quantities that a move names, after all of them.

    Raises
    ------
    DefinitionError
        If a move names what is not given, does not vary over the years or has no such member.
    """
    found: dict[str, list[Move]] = {}
    for move in sorted(check_moves(model, moves)):
        found.setdefault(move.quantity, []).append(move)
    return {name: _moved(model, values[name], own, model.given.get(name, Given())) for name, own in found.items()}


def check_moves(model: Model, moves: Iterable[Move]) -> tuple[Move, ...]:
    """Moves that fit a model.

    Parameters
    ----------
    model : Model
        The model.
    moves : iterable of Move
        In any order.

    Returns
    -------
    tuple of Move
        The same.

    Raises
    ------
    DefinitionError
        If a move names what is not given, does not vary over the years or has no such member.
    """
    found = tuple(moves)
    for move in found:
        _check(model, move)
    return found


def value_at(model: Model, values: Mapping[str, Array | Band], quantity: str, members: Sequence[str], year: int) -> float:
    """Middle value of one place in one year.

    Parameters
    ----------
    model : Model
        The model.
    values : mapping of str to array or Band
        Given quantities.
    quantity : str
        The quantity.
    members : sequence of str
        One member of each of its axes but the years.
    year : int
        The year.

    Returns
    -------
    float
        The value; nan where none is given. [unit of the quantity]
    """
    value = values[quantity]
    series = _series(model, value.mid if isinstance(value, Band) else value, members)
    return float(series[int(year - model.graph.space.years[0])])


def _moved(model: Model, value: Array | Band, moves: Sequence[Move], rule: Given) -> Array | Band:
    shape = model.graph.space.shape(model.graph.quantities[moves[0].quantity].axes)
    corners = (value.low, value.mid, value.high) if isinstance(value, Band) else (value,)
    full = [np.array(np.broadcast_to(corner, shape)) for corner in corners]
    middle = full[len(full) // 2].copy()
    gains = _gains(model, middle, moves, rule)
    factor = np.ones(shape)
    for move in (one for one in moves if one.kind == "scale"):
        factor *= 1 + move.amount * _mask(model, move.quantity, move.members) * _rise(model, move, rule)
    floor, ceiling = _limits(model, moves, shape, rule)
    made = [np.clip(_given_and_taken(model, corner, gains) * factor, floor, ceiling) for corner in full]
    return replace(value, low=made[0], mid=made[1], high=made[2]) if isinstance(value, Band) else made[0]


def _gains(model: Model, middle: Array, moves: Sequence[Move], rule: Given) -> dict[tuple[tuple[str, ...], str], Array]:
    """What is gained by each place, all that reach or add taken together."""
    gains: dict[tuple[tuple[str, ...], str], Array] = {}
    for key in sorted({(move.members, move.giver) for move in moves if move.kind != "scale"}):
        own = [move for move in moves if (move.members, move.giver) == key]
        rise = np.zeros(model.graph.space.shape({YEAR}))
        for move in (one for one in own if one.kind == "add"):
            rise = rise + move.amount * _rise(model, move, rule)
        reached = [move for move in own if move.kind == "reach"]
        if reached:
            rise = rise + _reaching(model, _series(model, middle, key[0]), reached, rule)
        gains[key] = rise * _mask(model, own[0].quantity, key[0])
    return gains


def _reaching(model: Model, series: Array, moves: Sequence[Move], rule: Given) -> Array:
    """What must be added so that a series comes to several values, each in its year."""
    space = model.graph.space
    ordered = [next(move for move in moves if move.year == year) for year in sorted({move.year for move in moves})]
    knots = [min(move.first for move in ordered), *(move.year for move in ordered)]
    wanted = [0.0, *(move.amount - series[int(move.year - space.years[0])] for move in ordered)]
    if rule.between == "steps":
        at = np.searchsorted(knots, space.years, side="right") - 1
        return np.asarray(np.array(wanted)[np.maximum(at, 0)].reshape(space.shape({YEAR})))
    return np.asarray(np.interp(space.years, knots, wanted).reshape(space.shape({YEAR})))


def _given_and_taken(model: Model, corner: Array, gains: Mapping[tuple[tuple[str, ...], str], Array]) -> Array:
    """A corner with all gains; what a giver gives is what it has at most."""
    made = corner + sum(gain for (_, giver), gain in gains.items() if not giver)
    for (members, giver), gain in gains.items():
        if giver:
            taker, source = (_index(model, names) for names in (members, _instead(model, members, giver)))
            amount = np.clip(np.broadcast_to(gain, corner.shape)[taker], -made[taker], made[source])
            made[taker] += amount
            made[source] -= amount
    return np.asarray(made)


def _instead(model: Model, members: Sequence[str], giver: str) -> tuple[str, ...]:
    axis = model.graph.marks[giver][0]
    return tuple(giver if model.graph.marks[name][0] == axis else name for name in members)


def _limits(model: Model, moves: Sequence[Move], shape: tuple[int, ...], rule: Given) -> tuple[Array, Array]:
    floor, ceiling = np.full(shape, rule.floor), np.full(shape, rule.ceiling)
    for move in moves:
        there = np.broadcast_to(_mask(model, move.quantity, move.members) > 0, shape)
        floor[there] = np.maximum(floor[there], move.floor)
        ceiling[there] = np.minimum(ceiling[there], move.ceiling)
    return floor, ceiling


def _rise(model: Model, move: Move, rule: Given) -> Array:
    space = model.graph.space
    if rule.between == "steps":
        risen = (space.years >= move.year).astype(float)
    else:
        risen = np.clip((space.years - move.first) / max(move.year - move.first, 1), 0.0, 1.0)
    return np.asarray(risen.reshape(space.shape({YEAR})))


def _mask(model: Model, quantity: str, members: Sequence[str]) -> Array:
    """1 at the places that the members mean, 0 elsewhere."""
    space = model.graph.space
    mask = np.zeros(space.shape(model.graph.quantities[quantity].axes))
    mask[_index(model, members)] = 1.0
    return mask


def _index(model: Model, members: Sequence[str]) -> tuple[slice, ...]:
    space, places = model.graph.space, {model.graph.marks[name][0]: name for name in members}
    at = {axis: space.member(axis, name) for axis, name in places.items()}
    return tuple(slice(at[axis.name], at[axis.name] + 1) if axis.name in at else slice(None) for axis in space.axes)


def _series(model: Model, value: Array, members: Sequence[str]) -> Array:
    """Values of one place over all years."""
    space = model.graph.space
    places = {model.graph.marks[name][0]: name for name in members}
    index = tuple(
        slice(None)
        if axis.name == YEAR
        else (space.member(axis.name, places[axis.name]) if value.shape[at] > 1 and axis.name in places else 0)
        for at, axis in enumerate(space.axes)
    )
    return np.asarray(np.broadcast_to(value[index].reshape(-1), (len(space.years),)))


def _check(model: Model, move: Move) -> None:
    quantity = model.graph.quantities.get(move.quantity)
    if quantity is None or quantity.expression is not None or YEAR not in quantity.axes:
        raise _wrong(move, "不是随年份变化的给定量", "is not a given quantity that varies over the years")
    axes = [model.graph.marks.get(name, ("", None))[0] for name in (*move.members, *([move.giver] if move.giver else []))]
    if any(axis not in quantity.axes or axis == YEAR for axis in axes):
        raise _wrong(move, f"没有成员“{' '.join(move.members)}”", f"has no member '{' '.join(move.members)}'")
    own = axes[: len(move.members)]
    if len(set(own)) < len(own):
        raise _wrong(move, "同一维度写了两个成员", "names two members of one axis")
    if move.kind == "reach" and set(own) != quantity.axes - {YEAR}:
        raise _wrong(move, "须写明每个维度的成员", "needs a member of each of its axes")
    if move.giver and (axes[-1] not in own or move.giver in move.members):
        raise _wrong(move, "让出者须是同一维度的另一成员", "needs another member of the same axis to give")
    years = model.graph.space.years
    if not years[0] <= move.first < move.year <= years[-1]:
        raise _wrong(
            move, f"的年份须在{years[0]}至{years[-1]}之间", f"needs years from {years[0]} to {years[-1]}, the first one first"
        )
    if not np.isfinite(move.amount):
        raise _wrong(move, "的变动不是有限的数", "moves by what is no finite number")


def _wrong(move: Move, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{move.quantity}”{zh}", f"'{move.quantity}' {en}"),
        where=f"move of {'/'.join((move.quantity, *move.members))}",
        expected=Label(
            "模型中随年份变化的给定量、其成员和年份", "a given quantity that varies over the years, its members and years"
        ),
        remedy=Label("改正滑杆、开关或 --set", "correct the slider, the switch or --set"),
    )
