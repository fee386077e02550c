"""A model bound for several points at once: given quantities that differ from point to point lie side by side.

Invariant: point for point the outputs are those of a run of that point alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from dafeng.pathways.model.axes import DRAW, Array
from dafeng.pathways.model.quantity import Graph
from dafeng.pathways.model.run import Bound, Values, bind, fixed_arrays, play, shaped
from dafeng.pathways.model.tape import Tape, compile_graph


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """A bound model.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    arrays : mapping of int to array
        By slot; the last axis of what differs holds the points.
    steps : list of (callable, arrays)
        What must be computed again for new points.
    points : int
        Number of points.
    """

    tape: Tape
    arrays: Mapping[int, Array]
    steps: Bound
    points: int

    def room(self, name: str) -> Array:
        """Where a given quantity of the points is written.

        Parameters
        ----------
        name : str
            A quantity that differs from point to point.

        Returns
        -------
        (axes..., points) array
            To be filled. [unit of the quantity]
        """
        return self.arrays[self.tape.places[name]]

    def play(self) -> dict[str, Array]:
        """Compute all points.

        Returns
        -------
        dict of str to (axes..., points) array
            Outputs; valid until the next call.
        """
        with np.errstate(all="ignore"):
            play(self.steps)
        return {name: self.arrays[self.tape.places[name]] for name in self.tape.outputs}


def open_fan(graph: Graph, values: Values, outputs: Collection[str], moved: Collection[str], *, points: int) -> Fan:
    """Bind a model for several points.

    Parameters
    ----------
    graph : Graph
        The model.
    values : mapping of str to array
        Every given quantity.
    outputs : collection of str
        Quantities wanted.
    moved : collection of str
        Given quantities that differ from point to point.
    points : int
        How many.

    Returns
    -------
    Fan
        With the given values at every point.

    Raises
    ------
    DefinitionError
        If a quantity is missing or does not fit.
    """
    tape = compile_graph(graph, outputs, drawn=tuple(moved))
    arrays = fixed_arrays(tape, values)
    with np.errstate(all="ignore"):
        play(bind([step for step in tape.steps if DRAW not in tape.slots[step.slot]], arrays))
    for slot, axes in enumerate(tape.slots):
        if DRAW in axes:
            arrays[slot] = np.empty(graph.space.shape(axes, draws=points))
    for name in moved:
        if name in tape.places:
            place = arrays[tape.places[name]]
            place[...] = shaped(name, values[name], (*place.shape[:-1], 1))
    return Fan(tape, arrays, bind([step for step in tape.steps if DRAW in tape.slots[step.slot]], arrays), points)
