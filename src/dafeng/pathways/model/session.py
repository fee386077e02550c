"""A model kept at hand: change a given quantity, and only what follows from it is computed again.

Invariant: after any sequence of changes every value is the one a fresh run would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.pathways.model.axes import DRAW, Array
from dafeng.pathways.model.run import (
    Bound,
    Labelled,
    Values,
    bind,
    bind_after,
    fixed_arrays,
    outputs_of,
    play,
    refuse_undefined,
    shaped,
)
from dafeng.pathways.model.tape import Tape


@dataclass(frozen=True, slots=True)
class Session:
    """A bound model without draws.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    values : dict
        Given quantities as they stand.
    arrays : mapping of int to array
        Array of each slot.
    after : mapping of str to list
        Steps that follow from each given quantity, bound to their arrays.
    whole : list
        All steps, bound to their arrays.
    """

    tape: Tape
    values: dict[str, Array]
    arrays: Mapping[int, Array]
    after: Mapping[str, Bound]
    whole: Bound

    def change(self, name: str, value: Array) -> None:
        """Give a quantity another value and compute what follows.

        Parameters
        ----------
        name : str
            A given quantity.
        value : (axes..., 1) array
            Its new values. [unit of the quantity]

        Raises
        ------
        DefinitionError
            If the quantity is not a given one of this model, or the shape does not fit.
        """
        self.change_all({name: value})

    def change_all(self, values: Mapping[str, Array]) -> None:
        """Give quantities other values and compute once what follows from any of them.

        Parameters
        ----------
        values : mapping of str to (axes..., 1) array
            New values of given quantities. [unit of the quantity]

        Raises
        ------
        DefinitionError
            If one is not a given quantity of this model, or its shape does not fit.
        """
        for name, value in values.items():
            if name not in self.after:
                raise _unknown(name, self.tape.given)
            place = self.arrays[self.tape.places[name]]
            np.copyto(place, shaped(name, value, place.shape))
            self.values[name] = place
        alone = next(iter(values)) if len(values) == 1 else None
        with np.errstate(all="ignore"):
            play(bind_after(self.tape, values, self.arrays) if alone is None else self.after[alone])

    def read(self, *, strict: bool = True) -> dict[str, Labelled]:
        """Outputs as they stand.

        Parameters
        ----------
        strict : bool
            Whether a number that is no number is refused: without plants, shares of capacity have no value.

        Returns
        -------
        dict of str to Labelled
            Copies by output.

        Raises
        ------
        DefinitionError
            If one has no finite value although everything given has.
        """
        found = outputs_of(self.tape, self.arrays, 1)
        if strict:
            refuse_undefined(self.tape, self.values, found)
        return {name: Labelled(self.tape.graph.space, made) for name, made in found.items()}


def open_session(tape: Tape, values: Values) -> Session:
    """Bind a model to its given quantities and compute it once.

    Parameters
    ----------
    tape : Tape
        The compiled model; nothing in it is drawn.
    values : mapping
        Every given quantity.

    Returns
    -------
    Session
        The model at hand.

    Raises
    ------
    DefinitionError
        If a quantity is missing, does not fit, or is drawn.
    """
    drawn = [name for name in tape.given if DRAW in tape.slots[tape.places[name]]]
    if drawn:
        raise _drawn(drawn[0])
    arrays = fixed_arrays(tape, values)
    whole = bind(tape.steps, arrays)
    with np.errstate(all="ignore"):
        play(whole)
    after = {name: bind_after(tape, (name,), arrays) for name in tape.given}
    return Session(tape, {name: arrays[tape.places[name]] for name in tape.given}, arrays, after, whole)


def _unknown(name: str, given: tuple[str, ...]) -> DefinitionError:
    return DefinitionError(
        Label(f"“{name}”不是给定量", f"'{name}' is not a given quantity"),
        where=f"quantity {name}",
        expected=Label(f"以下之一：{'、'.join(given)}", f"one of {', '.join(given)}"),
        remedy=Label("改正名称", "correct the name"),
    )


def _drawn(name: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{name}”按抽样编译", f"'{name}' was compiled to be drawn"),
        where=f"quantity {name}",
        expected=Label("不含抽样的模型", "a model without draws"),
        remedy=Label("编译时不列 drawn", "compile it without `drawn`"),
    )
