"""Generator: puts power into one bus, at a cost per unit.

Invariant: ``p_min_pu·p_nom ≤ p ≤ p_max_pu·p_nom`` in every active step; energy over all steps within its own limits.
"""

from __future__ import annotations

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.network.capacity import add_capacity
from dafeng.energy.network.commitment import add_commitment, present_of
from dafeng.energy.network.equation import Equation
from dafeng.energy.network.frame import Model
from dafeng.energy.network.linear import Linear
from dafeng.energy.network.operation import LOWER, RAMP_DOWN, RAMP_UP, UPPER, add_bounds, add_given, add_ramps

ENERGY = Equation("e_sum", "energy <= e_sum_max", Label("全时段电量不超过上限", "energy over all steps stays below its limit"))
"""Energy over all steps; the lower limit likewise."""
EQUATIONS = (LOWER, UPPER, RAMP_UP, RAMP_DOWN, ENERGY)
"""What is required of a generator, for typesetting."""


def add_generators(model: Model) -> None:
    """Variables, constraints and costs of all generators.

    Parameters
    ----------
    model : Model
        What is built.
    """
    frame = model.frame("generator")
    if frame is None:
        return
    add_capacity(frame)
    output = frame.add("p")
    add_bounds(frame, output, frame.varying("p_min_pu"), frame.varying("p_max_pu"), prefix="p", present=present_of(frame))
    add_given(frame, output, "p_set")
    add_ramps(frame, output)
    add_commitment(frame, output)
    _limit_energy(model, output)
    frame.charge(output, frame.varying("marginal_cost"))
    frame.charge(output, frame.varying("marginal_cost_quadratic"), squared=True)
    model.inject(output.times(frame.table.number("sign")[None, :]), model.buses(frame.table, "bus"))


def _limit_energy(model: Model, output: Linear) -> None:
    frame = model.frames["generator"]
    low, high = frame.table.number("e_sum_min"), frame.table.number("e_sum_max")
    chosen = np.isfinite(low) | np.isfinite(high)
    if not chosen.any():
        return
    rows = np.where(chosen, np.cumsum(chosen) - 1, -1)[None, :]
    energy = output.times(model.clock.generators[:, None])
    model.builder.add_sums(f"{frame.block}.{ENERGY.name}", [(energy, rows)], low[chosen], high[chosen])
