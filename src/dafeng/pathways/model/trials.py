"""A model kept at hand with all its draws: change what is fixed, and only what follows is computed again, in every draw.

Invariant: after any sequence of changes every value is the one a fresh run on the same ranks would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.pathways.model.axes import DRAW, Array
from dafeng.pathways.model.run import Bound, Labelled, Values, bind, bind_after, fixed_arrays, play, shaped
from dafeng.pathways.model.sampling import Band, fill
from dafeng.pathways.model.tape import Tape


@dataclass(frozen=True, slots=True)
class Trials:
    """A bound model with its draws.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    arrays : mapping of int to array
        Array of each slot, the draws last.
    after : dict of frozenset of str to list
        Steps that follow from quantities that were changed together, bound to their arrays.
    """

    tape: Tape
    arrays: Mapping[int, Array]
    after: dict[frozenset[str], Bound]

    def change(self, name: str, value: Array) -> None:
        """Give a fixed quantity another value and compute what follows.

        Parameters
        ----------
        name : str
            A given quantity that is not drawn.
        value : (axes..., 1) array
            Its new values. [unit of the quantity]

        Raises
        ------
        DefinitionError
            If the quantity is drawn or not given, or the shape does not fit.
        """
        self.change_all({name: value})

    def change_all(self, values: Mapping[str, Array]) -> None:
        """Give fixed quantities other values and compute once what follows from any of them.

        Parameters
        ----------
        values : mapping of str to (axes..., 1) array
            New values of given quantities that are not drawn. [unit of the quantity]

        Raises
        ------
        DefinitionError
            If one is drawn or not given, or its shape does not fit.
        """
        for name, value in values.items():
            if name not in self.tape.given or DRAW in self.tape.slots[self.tape.places[name]]:
                raise _unfit(name)
            place = self.arrays[self.tape.places[name]]
            np.copyto(place, shaped(name, value, place.shape))
        key = frozenset(values)
        if key not in self.after:
            self.after[key] = bind_after(self.tape, key, self.arrays)
        with np.errstate(all="ignore"):
            play(self.after[key])

    def read(self, name: str) -> Labelled:
        """An output as it stands.

        Parameters
        ----------
        name : str
            The output.

        Returns
        -------
        Labelled
            A copy.
        """
        return Labelled(self.tape.graph.space, self.arrays[self.tape.places[name]].copy())


def open_trials(tape: Tape, values: Values, ranks: Mapping[str, Array]) -> Trials:
    """Bind a model to its given quantities and their draws, and compute it once.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    values : mapping
        Every given quantity: arrays for what is fixed, bands for what was declared as drawn.
    ranks : mapping of str to (axes..., draws) array
        Ranks of each band by its quantity, all of the same number of draws. [0..1]

    Returns
    -------
    Trials
        The model at hand; all draws stand in memory at once.

    Raises
    ------
    DefinitionError
        If a quantity is missing or does not fit.
    """
    space, draws = tape.graph.space, next(iter(ranks.values())).shape[-1] if ranks else 1
    arrays = fixed_arrays(tape, values)
    arrays |= {slot: np.empty(space.shape(axes, draws=draws)) for slot, axes in enumerate(tape.slots) if DRAW in axes}
    for name in tape.given:
        band = values[name]
        if DRAW in tape.slots[tape.places[name]] and isinstance(band, Band):
            fill(band, ranks[name], arrays[tape.places[name]])
    with np.errstate(all="ignore"):
        play(bind(tape.steps, arrays))
    return Trials(tape, arrays, {})


def _unfit(name: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{name}”不是不抽样的给定量", f"'{name}' is not a given quantity without draws"),
        where=f"quantity {name}",
        expected=Label("给定且不抽样的量", "a given quantity that is not drawn"),
        remedy=Label("改正名称，或编译时不列为抽样", "correct the name, or compile it as not drawn"),
    )
