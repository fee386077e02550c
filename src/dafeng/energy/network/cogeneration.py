"""Cogeneration: one unit that turns fuel into electricity and heat within its operating region.

Invariant: electricity and heat stay inside the region between back-pressure line, extraction line and fuel limit; the
fuel follows from the electricity the unit would make if it took no heat.
"""

from __future__ import annotations

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.network.capacity import add_capacity
from dafeng.energy.network.equation import Equation, add_equation
from dafeng.energy.network.frame import Model
from dafeng.energy.network.linear import product
from dafeng.energy.network.operation import LOWER, RAMP_DOWN, RAMP_UP, UPPER, add_bounds, add_ramps

BACK_PRESSURE = Equation(
    "back_pressure",
    "p >= back_pressure * q",
    Label("电力不低于背压线", "electricity stays above the back-pressure line"),
    {"p": "p", "q": "q"},
)
"""Least electricity per unit of heat."""
HEAT = Equation("heat", "q <= heat_ratio * p_nom", Label("供热不超过上限", "heat stays below its limit"))
"""Most heat per unit of capacity."""
EQUATIONS = (LOWER, UPPER, BACK_PRESSURE, HEAT, RAMP_UP, RAMP_DOWN)
"""What is required of a cogeneration unit, for typesetting; the bounds are those of ``p + power_loss·q``."""


def add_cogeneration(model: Model) -> None:
    """Variables, constraints and costs of all cogeneration units.

    Parameters
    ----------
    model : Model
        What is built.
    """
    frame = model.frame("cogeneration")
    if frame is None:
        return
    table = frame.table
    add_capacity(frame)
    power, heat = frame.add("p"), frame.add("q", low=0.0)
    condensing = power + heat.times(table.number("power_loss")[None, :])
    frame.variables["condensing"] = condensing
    add_bounds(frame, condensing, frame.varying("p_min_pu"), frame.varying("p_max_pu"), prefix="p")
    share = table.number("heat_ratio")[None, :]
    values = {"p": power, "q": heat, "back_pressure": table.number("back_pressure")[None, :], "p_nom": frame.capacity}
    add_equation(model.builder, frame.block, BACK_PRESSURE, values, present=frame.active)
    known = frame.active & np.isfinite(share)
    if known.any():
        limited = {**values, "heat_ratio": np.where(np.isfinite(share), share, 0.0)}
        add_equation(model.builder, frame.block, HEAT, limited, present=known)
    add_ramps(frame, power)
    frame.charge(power, frame.varying("marginal_cost"))
    frame.charge(heat, frame.varying("heat_cost"))
    model.inject(power, model.buses(table, "bus"))
    model.inject(heat, model.buses(table, "heat_bus"))
    model.inject(-condensing.times(product(1.0, 1.0 / frame.varying("efficiency"))), model.buses(table, "fuel_bus"))
