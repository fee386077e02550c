"""Balance of every bus in every step: what flows in equals what is taken out.

Invariant: each component has put its flows into the model's injections; a bus without any is left out, unless a load
stands there alone, which cannot be served.
"""

from __future__ import annotations

import numpy as np

from dafeng.energy.network.builder import Rows
from dafeng.energy.network.frame import Model
from dafeng.energy.network.linear import Linear, Places, constant

BALANCE = "nodal_balance"
"""Name of the rows of the balance."""


def add_loads(model: Model) -> None:
    """What loads take out of their buses.

    Parameters
    ----------
    model : Model
        What is built.
    """
    frame = model.frame("load")
    if frame is not None:
        taken = frame.varying("p_set") * frame.table.number("sign")[None, :] * frame.active
        model.inject(constant(taken), model.buses(frame.table, "bus"))


def add_balance(model: Model) -> Rows:
    """Balance rows of all buses and steps.

    Parameters
    ----------
    model : Model
        What is built; every component has injected.

    Returns
    -------
    Rows
        Position of the row of step ``t`` and bus ``b`` at ``t * buses + b``.
    """
    steps, count = model.clock.size, len(model.network.table("bus"))
    pieces: list[tuple[Linear, Places]] = []
    for expression, buses in model.injections:
        rows = np.where(buses[None, :] < 0, -1, buses[None, :] + np.arange(steps)[:, None] * count)
        pieces.append((expression, rows))
    zero = np.zeros(steps * count)
    return model.builder.add_sums(f"{model.prefix}{BALANCE}", pieces, zero, zero)
