"""Draws at hand: quantities change again and again, and only what follows from them is computed anew.

Invariant: the values are those of `run_tape` to the last bit, whatever was asked for before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from dafeng.pathways.model.axes import DRAW, Array
from dafeng.pathways.model.blocks import Source, compute_blocks
from dafeng.pathways.model.run import (
    Labelled,
    Values,
    bind,
    drawn_sources,
    draws_of,
    fixed_arrays,
    outputs_of,
    play,
    refuse_undefined,
)
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.tape import Step, Tape


@dataclass(frozen=True, slots=True)
class Held:
    """A model with draws in which some quantities may change.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    changing : frozenset of str
        Given quantities that may change; all others are as they were.
    steps : tuple of Step
        Steps that draws move and that follow from these quantities.
    arrays : mapping of int to (axes..., draws) array
        Drawn slots that those steps read and that stay. [unit of each]
    """

    tape: Tape
    changing: frozenset[str]
    steps: tuple[Step, ...]
    arrays: Mapping[int, Array]

    def run(self, values: Values, *, ranks: Mapping[str, Array]) -> dict[str, Labelled]:
        """Values of the model's outputs.

        Parameters
        ----------
        values : mapping
            Every given quantity; those that do not change as they were given to `hold_draws`.
        ranks : mapping of str to (axes..., draws) array
            Ranks of each band, as given to `hold_draws`. [0..1]

        Returns
        -------
        dict of str to Labelled
            By output.

        Raises
        ------
        DefinitionError
            As `run_tape` does.
        """
        tape, arrays = self.tape, fixed_arrays(self.tape, values)
        with np.errstate(all="ignore"):
            play(bind([step for step in tape.steps if DRAW not in tape.slots[step.slot]], arrays))
            found = outputs_of(tape, arrays, draws_of(ranks))
            wanted = {tape.places[name]: made for name, made in found.items() if DRAW in tape.slots[tape.places[name]]}
            sources: dict[int, Source] = drawn_sources(tape, values, ranks)
            sources |= {slot: partial(_copy, array) for slot, array in self.arrays.items()}
            compute_blocks(tape, self.steps, sources, arrays, wanted, draws=draws_of(ranks))
        refuse_undefined(tape, values, found)
        return {name: Labelled(tape.graph.space, made) for name, made in found.items()}


def hold_draws(tape: Tape, values: Values, changing: Collection[str], *, ranks: Mapping[str, Array]) -> Held:
    """Compute what does not follow from some quantities.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    values : mapping
        Every given quantity.
    changing : collection of str
        Given quantities that may change.
    ranks : mapping of str to (axes..., draws) array
        Ranks of each band by its quantity. [0..1]

    Returns
    -------
    Held
        As much of it as is read again: its arrays hold all draws.

    Raises
    ------
    DefinitionError
        If a given quantity is missing or does not fit.
    """
    moved, after = {tape.places[name] for name in changing if name in tape.places}, list[Step]()
    for step in tape.steps:
        if not moved.isdisjoint(step.operands):
            moved.add(step.slot)
            after.append(step)
    later = tuple(step for step in after if DRAW in tape.slots[step.slot])
    read = {slot for step in later for slot in step.operands} | {tape.places[name] for name in tape.outputs}
    space, draws, arrays = tape.graph.space, draws_of(ranks), fixed_arrays(tape, values)
    staying = sorted(slot for slot in read - moved if DRAW in tape.slots[slot])
    wanted = {slot: np.empty(space.shape(tape.slots[slot], draws=draws)) for slot in staying}
    before = [step for step in tape.steps if step.slot not in moved and DRAW in tape.slots[step.slot]]
    with np.errstate(all="ignore"):
        play(bind([step for step in tape.steps if DRAW not in tape.slots[step.slot]], arrays))
        compute_blocks(tape, before, drawn_sources(tape, values, ranks), arrays, wanted, draws=draws)
    return Held(tape, frozenset(changing), later, wanted)


def list_changes(tape: Tape, before: Values, now: Values) -> frozenset[str]:
    """Given quantities of a model that differ.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    before, now : mapping
        Given quantities.

    Returns
    -------
    frozenset of str
        By name; what one of them lacks differs.
    """
    return frozenset(name for name in tape.given if not _same(before.get(name), now.get(name)))


def _same(one: Array | Band | None, other: Array | Band | None) -> bool:
    if one is other:
        return True
    if isinstance(one, Band) and isinstance(other, Band):
        corners = ((one.low, other.low), (one.mid, other.mid), (one.high, other.high))
        return one.apart == other.apart and all(np.array_equal(a, b, equal_nan=True) for a, b in corners)
    if one is None or other is None or isinstance(one, Band) or isinstance(other, Band):
        return False
    return np.array_equal(one, other, equal_nan=True)


def _copy(array: Array, begin: int, end: int, out: Array) -> None:
    np.copyto(out, array[..., begin:end])
