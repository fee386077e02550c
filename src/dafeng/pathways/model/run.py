"""Runs of a compiled model: once for what is fixed, block by block for what differs from draw to draw.

Invariant: a run leaves nothing unknown unsaid: a missing input is nan in all that follows from it, and a number that became
infinite or undefined is an error that names the quantity.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.pathways.model.axes import DRAW, Array, Space
from dafeng.pathways.model.blocks import Source, compute_blocks
from dafeng.pathways.model.sampling import Band, fill
from dafeng.pathways.model.tape import Step, Tape

Values = Mapping[str, Array | Band]
"""Given quantities: an array with all axes but the draws, or a band to draw from."""
Bound = list[tuple[Callable[..., object], tuple[Array, ...]]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Values of one quantity.

    Parameters
    ----------
    space : Space
        The axes.
    values : (axes..., draws) array
        One length per axis, 1 where it does not vary.
    """

    space: Space
    values: Array

    def along(self, *names: str) -> Array:
        """Values with the named axes only.

        Parameters
        ----------
        *names : str
            Axes in the order wanted; the quantity may vary along no other.

        Returns
        -------
        (names...) array
            A view.

        Raises
        ------
        ValueError
            If it varies along an axis that is not named.
        """
        kept = [self.space.position(name) for name in names]
        others = [at for at in range(self.values.ndim) if at not in kept]
        if any(self.values.shape[at] > 1 for at in others):
            raise ValueError(f"varies along more than {names}: {self.values.shape} over {self.space.names}")
        return np.transpose(self.values, (*kept, *others)).reshape([self.values.shape[at] for at in kept])


def run_tape(tape: Tape, values: Values, *, ranks: Mapping[str, Array] | None = None) -> dict[str, Labelled]:
    """Values of a model's outputs.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    values : mapping
        Every given quantity: arrays for what is fixed, bands for what was declared as drawn.
    ranks : mapping of str to (axes..., draws) array, optional
        Ranks of each band by its quantity. [0..1]

    Returns
    -------
    dict of str to Labelled
        By output.

    Raises
    ------
    DefinitionError
        If a given quantity is missing or has the wrong shape, or a value is no finite number although all it came from is.
    """
    arrays = fixed_arrays(tape, values)
    with np.errstate(all="ignore"):
        play(bind([step for step in tape.steps if DRAW not in tape.slots[step.slot]], arrays))
        drawn = [step for step in tape.steps if DRAW in tape.slots[step.slot]]
        draws = draws_of(ranks)
        found = outputs_of(tape, arrays, draws)
        wanted = {tape.places[name]: made for name, made in found.items() if DRAW in tape.slots[tape.places[name]]}
        if wanted:
            compute_blocks(tape, drawn, drawn_sources(tape, values, ranks or {}), arrays, wanted, draws=draws)
    refuse_undefined(tape, values, found)
    return {name: Labelled(tape.graph.space, made) for name, made in found.items()}


def fixed_arrays(tape: Tape, values: Values) -> dict[int, Array]:
    """Arrays of all slots that no draw moves, the given ones filled.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    values : mapping
        Given quantities.

    Returns
    -------
    dict of int to array
        By slot; what a step computes is still empty.

    Raises
    ------
    DefinitionError
        If a given quantity is missing or does not fit.
    """
    space, flat = tape.graph.space, (1,) * (len(tape.graph.space.axes) + 1)
    arrays = {slot: np.full(flat, number) for slot, number in tape.constants.items()}
    for name in tape.given:
        if name not in values:
            raise _missing(name)
        slot, given = tape.places[name], values[name]
        if DRAW not in tape.slots[slot]:
            arrays[slot] = shaped(name, given, space.shape(tape.slots[slot]))
    for step in tape.steps:
        if DRAW not in tape.slots[step.slot]:
            arrays[step.slot] = np.empty(space.shape(tape.slots[step.slot]))
    return arrays


def shaped(name: str, given: Array | Band, shape: tuple[int, ...]) -> Array:
    """A copy of a given quantity with all its axes.

    Parameters
    ----------
    name : str
        The quantity.
    given : array
        Its values.
    shape : tuple of int
        Shape it must have.

    Returns
    -------
    (axes..., 1) array
        Its values. [unit of the quantity]

    Raises
    ------
    DefinitionError
        If the shapes do not fit.
    """
    if isinstance(given, Band):
        raise _misfit(name, "band", shape)
    try:
        return np.array(np.broadcast_to(np.asarray(given, dtype=np.float64), shape), order="C")
    except ValueError as cause:
        raise _misfit(name, str(np.shape(given)), shape) from cause


def bind(steps: Sequence[Step], arrays: Mapping[int, Array]) -> Bound:
    """Steps with the arrays they work on.

    Parameters
    ----------
    steps : sequence of Step
        In order.
    arrays : mapping of int to array
        By slot.

    Returns
    -------
    list of (callable, arrays)
        What `play` plays.
    """
    return [(step.compute, (*(arrays[at] for at in step.operands), arrays[step.slot])) for step in steps]


def bind_after(tape: Tape, names: Collection[str], arrays: Mapping[int, Array]) -> Bound:
    """Steps that follow from some quantities, with the arrays they work on.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    names : collection of str
        Given quantities.
    arrays : mapping of int to array
        By slot.

    Returns
    -------
    list of (callable, arrays)
        In order.
    """
    moved, steps = {tape.places[name] for name in names}, []
    for step in tape.steps:
        if not moved.isdisjoint(step.operands):
            moved.add(step.slot)
            steps.append(step)
    return bind(steps, arrays)


def play(bound: Bound) -> None:
    """Compute bound steps in order.

    Parameters
    ----------
    bound : list of (callable, arrays)
        As `bind` gives them.
    """
    for compute, operands in bound:
        compute(*operands)


def draws_of(ranks: Mapping[str, Array] | None) -> int:
    """Number of draws that ranks are for; 1 without any.

    Parameters
    ----------
    ranks : mapping of str to (axes..., draws) array
        Ranks of each band by its quantity. [0..1]

    Returns
    -------
    int
        At least 1.
    """
    return max((rank.shape[-1] for rank in (ranks or {}).values()), default=1)


def drawn_sources(tape: Tape, values: Values, ranks: Mapping[str, Array]) -> dict[int, Source]:
    """What writes the given quantities that are drawn.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    values : mapping
        Given quantities.
    ranks : mapping of str to (axes..., draws) array
        Ranks of each band. [0..1]

    Returns
    -------
    dict of int to callable
        By slot.

    Raises
    ------
    DefinitionError
        If one of them is no band.
    """
    names = [name for name in tape.given if DRAW in tape.slots[tape.places[name]]]
    return {tape.places[name]: partial(_draw, band_of(name, values[name]), ranks[name]) for name in names}


def _draw(band: Band, ranks: Array, begin: int, end: int, out: Array) -> None:
    fill(band, ranks[..., begin:end], out)


def outputs_of(tape: Tape, arrays: Mapping[int, Array], draws: int) -> dict[str, Array]:
    """Copies of the outputs that are computed, and room for those that are drawn.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    arrays : mapping of int to array
        By slot.
    draws : int
        Number of draws.

    Returns
    -------
    dict of str to array
        By output.
    """
    space, found = tape.graph.space, dict[str, Array]()
    for name in tape.outputs:
        slot = tape.places[name]
        found[name] = arrays[slot].copy() if slot in arrays else np.empty(space.shape(tape.slots[slot], draws=draws))
    return found


def band_of(name: str, given: Array | Band) -> Band:
    """The band of a quantity that was declared as drawn.

    Parameters
    ----------
    name : str
        The quantity.
    given : array or Band
        What is given for it.

    Returns
    -------
    Band
        What is given.

    Raises
    ------
    DefinitionError
        If it is no band.
    """
    if not isinstance(given, Band):
        raise _misfit(name, "array", ())
    return given


def refuse_undefined(tape: Tape, values: Values, found: Mapping[str, Array]) -> None:
    """Raise if an output has no finite value although everything given has.

    Parameters
    ----------
    tape : Tape
        The compiled model.
    values : mapping
        Given quantities.
    found : mapping of str to array
        Outputs.

    Raises
    ------
    DefinitionError
        Naming the output.
    """
    for name, made in found.items():
        if not np.isfinite(made).all() and (np.isinf(made).any() or all(_known(values[given]) for given in tape.given)):
            raise DefinitionError(
                Label(
                    f"“{name}”没有有限的值：某处除数为零或溢出",
                    f"'{name}' has no finite value: a divisor is zero, or it overflows",
                ),
                where=f"quantity {name}",
                expected=Label("有限的数", "finite numbers"),
                remedy=Label("检查它用到的除数", "look at the divisors it uses"),
            )


def _known(given: Array | Band) -> bool:
    corners = (given.low, given.mid, given.high) if isinstance(given, Band) else (given,)
    return all(bool(np.isfinite(corner).all()) for corner in corners)


def _missing(name: str) -> DefinitionError:
    return DefinitionError(
        Label(f"没有给出“{name}”", f"'{name}' is not given"),
        where=f"quantity {name}",
        expected=Label("每个给定量都有数；未知写 nan", "a number for each given quantity; nan for what is unknown"),
        remedy=Label("在驱动因素表中补充", "add it to the table of drivers"),
    )


def _misfit(name: str, got: str, shape: tuple[int, ...]) -> DefinitionError:
    return DefinitionError(
        Label(f"“{name}”的形状是 {got}", f"'{name}' has shape {got}"),
        where=f"quantity {name}",
        expected=Label(f"{shape}，随机量给区间", f"{shape}, and a band for what is drawn"),
        remedy=Label("按模型的维度给出", "give it along the axes of the model"),
    )
