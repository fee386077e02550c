"""What draws move, a block of draws at a time, in arrays that are used again.

Invariant: a value does not depend on the width of its block, nor on whether what it follows from was computed or brought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.pathways.model.axes import DRAW, Array
from dafeng.pathways.model.tape import Step, Tape

BLOCK_NUMBERS = 2_000_000
"""Numbers that one block of draws may hold in all its arrays together: few enough for the cache."""
Source = Callable[[int, int, Array], None]
"""Writes a slot that no step computes: the first draw, the one after the last, the array that takes them."""
_Stage = tuple[list[tuple[Source, Array]], Callable[..., object], tuple[Array, ...]]


def compute_blocks(
    tape: Tape,
    steps: Sequence[Step],
    sources: Mapping[int, Source],
    fixed: Mapping[int, Array],
    wanted: Mapping[int, Array],
    *,
    draws: int,
) -> None:
    """Play steps for all draws.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    steps : sequence of Step
        Those that draws move, in order.
    sources : mapping of int to callable
        What writes drawn slots that none of the steps computes.
    fixed : mapping of int to array
        Arrays of the slots that no draw moves.
    wanted : mapping of int to (axes..., draws) array
        Take the values of drawn slots. [unit of each]
    draws : int
        Number of draws.
    """
    plan = _plan(tape, steps, wanted)
    width = max(16, BLOCK_NUMBERS // max(sum(plan.sizes(tape)), 1))
    bound: _Bound | None = None
    for begin, end in _blocks(draws, width):
        if bound is None or bound.draws != end - begin:
            bound = _bind(tape, steps, sources, plan, fixed, end - begin)
        for brought, compute, operands in bound.stages:
            for source, array in brought:
                source(begin, end, array)
            compute(*operands)
        for slot, array in wanted.items():
            array[..., begin:end] = bound.places[slot]


def _blocks(draws: int, width: int) -> Iterator[tuple[int, int]]:
    for begin in range(0, draws, width):
        yield begin, min(begin + width, draws)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which array each drawn slot uses: slots of one shape whose lives do not meet share one, for the cache."""

    shared: Mapping[int, int]
    axes: tuple[frozenset[str], ...]

    def sizes(self, tape: Tape) -> Iterator[int]:
        return (int(np.prod(tape.graph.space.shape(axes))) for axes in self.axes)


@dataclass(frozen=True, slots=True)
class _Bound:
    """A block's steps on their arrays, each with the slots that must be brought before it."""

    draws: int
    stages: list[_Stage]
    places: Mapping[int, Array]


def _plan(tape: Tape, steps: Sequence[Step], wanted: Mapping[int, Array]) -> _Plan:
    last = {slot: at for at, step in enumerate(steps) for slot in (*step.operands, step.slot)}
    shared: dict[int, int] = {}
    axes: list[frozenset[str]] = []
    free: dict[frozenset[str], list[int]] = {}
    for at, step in enumerate(steps):
        used = [slot for slot in dict.fromkeys((*step.operands, step.slot)) if DRAW in tape.slots[slot]]
        for slot in used:
            if slot not in shared:
                shared[slot] = _take(free.setdefault(tape.slots[slot], []), axes, tape.slots[slot])
        for slot in used:
            if last[slot] == at and slot not in wanted:
                free[tape.slots[slot]].append(shared[slot])
    for slot in wanted:
        if slot not in shared:
            shared[slot] = _take([], axes, tape.slots[slot])
    return _Plan(shared, tuple(axes))


def _take(free: list[int], axes: list[frozenset[str]], wanted: frozenset[str]) -> int:
    if free:
        return free.pop()
    axes.append(wanted)
    return len(axes) - 1


def _bind(
    tape: Tape, steps: Sequence[Step], sources: Mapping[int, Source], plan: _Plan, fixed: Mapping[int, Array], draws: int
) -> _Bound:
    arrays = [np.empty(tape.graph.space.shape(axes, draws=draws)) for axes in plan.axes]
    places = {**fixed, **{slot: arrays[at] for slot, at in plan.shared.items()}}
    lacking, stages = dict(sources), list[_Stage]()
    for step in steps:
        brought = [(lacking.pop(slot), places[slot]) for slot in dict.fromkeys(step.operands) if slot in lacking]
        stages.append((brought, step.compute, (*(places[slot] for slot in step.operands), places[step.slot])))
    if rest := [(source, places[slot]) for slot, source in lacking.items() if slot in places]:
        stages.insert(0, (rest, _nothing, ()))
    return _Bound(draws, stages, places)


def _nothing() -> None:
    """What a stage computes that only brings."""
