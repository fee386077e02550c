"""A model in many draws, with and without changes: what a change moves is computed beside, the rest is shared.

Invariant: every value is the one a fresh run on the same ranks would give, bit for bit; a member of the first axis that a
change cannot reach is never computed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dafeng.pathways.model.axes import DRAW, YEAR, Array
from dafeng.pathways.model.quantity import Graph
from dafeng.pathways.model.run import Bound, Values, bind, fixed_arrays, play, shaped
from dafeng.pathways.model.sampling import Band, fill, make_ranks
from dafeng.pathways.model.tape import Tape, compile_graph

BLOCK = 100
"""Draws computed together: enough to hide the price of a step, few enough for the cache."""
Changes = Mapping[str, Array]
"""Given quantities without draws and their other values."""


def run_beside(
    graph: Graph, values: Values, output: str, changes: Mapping[str, Changes], *, draws: int, seed: int
) -> Iterator[dict[str, Array]]:
    """One output in every draw, as given and under each change alone, on common draws.

    Parameters
    ----------
    graph : Graph
        The model.
    values : mapping
        Every given quantity.
    output : str
        Quantity wanted.
    changes : mapping of str to mapping of str to array
        What each change gives anew, by its name.
    draws, seed : int
        Number of draws, and their seed.

    Yields
    ------
    dict of str to (axes..., draws) array
        The output by change, under ``""`` as given, for one block of draws; overwritten by the next.

    Raises
    ------
    DefinitionError
        If a quantity is missing or does not fit.
    """
    bands = {name: value for name, value in values.items() if isinstance(value, Band)}
    tape = compile_graph(graph, (output,), drawn=tuple(bands))
    bands = {name: bands[name] for name in bands if name in tape.given}
    ranks = make_ranks(graph.space, bands, draws=draws, seed=seed)
    table: _Table | None = None
    for start in range(0, draws, BLOCK):
        width = min(BLOCK, draws - start)
        if table is None or table.width != width:
            table = _open(tape, values, changes, width)
        for name, band in bands.items():
            fill(band, ranks[name][..., start : start + width], table.base[tape.places[name]])
        yield table.play()


@dataclass(frozen=True, slots=True)
class _Table:
    """Arrays of one block of draws and the steps bound to them."""

    width: int
    base: Mapping[int, Array]
    whole: Bound
    steps: Mapping[str, Bound]
    outputs: Mapping[str, Array]

    def play(self) -> dict[str, Array]:
        with np.errstate(all="ignore"):
            play(self.whole)
            for bound in self.steps.values():
                play(bound)
        return dict(self.outputs)


def _open(tape: Tape, values: Values, changes: Mapping[str, Changes], width: int) -> _Table:
    space = tape.graph.space
    base = fixed_arrays(tape, values)
    with np.errstate(all="ignore"):
        play(bind([step for step in tape.steps if DRAW not in tape.slots[step.slot]], base))
    base |= {slot: np.empty(space.shape(axes, draws=width)) for slot, axes in enumerate(tape.slots) if DRAW in axes}
    beside = {step.slot: np.empty(space.shape(tape.slots[step.slot], draws=width)) for step in tape.steps}
    at, steps, outputs = tape.places[tape.outputs[0]], dict[str, Bound](), {"": base[tape.places[tape.outputs[0]]]}
    for name, change in changes.items():
        known = {one: new for one, new in change.items() if one in tape.places}
        given = {tape.places[one]: shaped(one, new, base[tape.places[one]].shape) for one, new in known.items()}
        reach = _find_reach(tape, frozenset(given), values)
        outputs[name] = np.empty(base[at].shape)
        steps[name] = [
            *_bind(tape, reach, base, beside | given),
            (np.copyto, (outputs[name], beside[at] if at in reach.moved else base[at])),
        ]
    drawn = [step for step in tape.steps if DRAW in tape.slots[step.slot]]
    return _Table(width, base, bind(drawn, base), steps, outputs)


@dataclass(frozen=True, slots=True)
class _Reach:
    """What a change moves: slots, those moved in some members only, and the members from the first to the last of them."""

    moved: frozenset[int]
    narrow: frozenset[int]
    members: slice
    place: int


def _find_reach(tape: Tape, given: frozenset[int], values: Values) -> _Reach:
    """Follow a change along the tape and along its first axis; a product with a given zero does not move."""
    axis, place = tape.graph.space.names[0], 0
    if axis == YEAR:
        return _Reach(_find_moved(tape, given), frozenset(), slice(0), place)
    held = {tape.places[name]: _support(values[name], place) for name in tape.given}
    moved, narrow, reached = set(given), set[int](), set[int]()
    for step in tape.steps:
        moving = [slot for slot in step.operands if slot in moved]
        if not moving:
            continue
        still = [held[slot] for slot in step.operands if slot in held and slot not in moved]
        masks = [mask for mask in still if len(mask) > 1] if step.compute is np.multiply else []
        members = {at for at in range(len(masks[0])) if all(mask[at] for mask in masks)} if masks else None
        if members == set():
            continue
        moved.add(step.slot)
        if axis in tape.slots[step.slot]:
            if all(slot in narrow for slot in moving):
                narrow.add(step.slot)
            elif members is not None:
                narrow.add(step.slot)
                reached |= members
    return _Reach(frozenset(moved), frozenset(narrow), slice(min(reached, default=0), max(reached, default=-1) + 1), place)


def _find_moved(tape: Tape, given: frozenset[int]) -> frozenset[int]:
    moved = set(given)
    for step in tape.steps:
        if not moved.isdisjoint(step.operands):
            moved.add(step.slot)
    return frozenset(moved)


def _support(given: Array | Band, place: int) -> Array:
    """Where along an axis a given quantity is anything but zero in any draw."""
    corners = (given.low, given.high) if isinstance(given, Band) else (np.asarray(given),)
    found = np.zeros(1, dtype=bool)
    for corner in corners:
        others = tuple(at for at in range(corner.ndim) if at != place)
        found = found | ((corner != 0).any(axis=others) if corner.ndim > place else np.array([True]))
    return np.asarray(found)


def _bind(tape: Tape, reach: _Reach, base: Mapping[int, Array], beside: Mapping[int, Array]) -> Bound:
    """Steps of a change: on the members it reaches where that is enough, on all where a sum over them follows."""
    taken = [step for step in tape.steps if step.slot in reach.moved]
    widened = {slot for step in taken if step.slot not in reach.narrow for slot in step.operands if slot in reach.narrow}
    bound: Bound = []
    for step in taken:
        if step.slot in widened:
            bound.append((np.copyto, (beside[step.slot], base[step.slot])))
        narrow = step.slot in reach.narrow
        slots = [(beside if slot in reach.moved else base)[slot] for slot in (*step.operands, step.slot)]
        bound.append((step.compute, tuple(_cut(array, reach) for array in slots) if narrow else tuple(slots)))
    return bound


def _cut(array: Array, reach: _Reach) -> Array:
    if array.shape[reach.place] == 1:
        return array
    return array[(*(slice(None) for _ in range(reach.place)), reach.members)]
