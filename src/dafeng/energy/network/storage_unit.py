"""Storage unit: charges and discharges one bus with powers tied to one capacity; may have inflow and spill.

Invariant: the level of each active step follows from the one before, charging, discharging, inflow and spilling.
"""

from __future__ import annotations

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.network.capacity import add_capacity
from dafeng.energy.network.equation import Equation, add_equation
from dafeng.energy.network.frame import Frame, Model
from dafeng.energy.network.linear import Linear
from dafeng.energy.network.operation import LOWER, UPPER, add_bounds, add_given
from dafeng.energy.network.storing import Turn, hours, kept, level_before

LEVEL = Equation(
    "energy_balance",
    "level == kept * level_before + start + hours * (efficiency_store * charge - discharge / efficiency_dispatch + inflow - s)",
    Label("库存按充电、放电、流入与弃水变化", "the level changes by charging, discharging, inflow and spilling"),
    {
        "kept": "(1-λ)^Δt",
        "hours": "Δt",
        "level": "e",
        "level_before": "e_before",
        "start": "e_0",
        "charge": "f",
        "discharge": "h",
        "s": "s",
    },
)
"""Level from step to step."""
EQUATIONS = (LEVEL, LOWER, UPPER)
"""What is required of a storage unit, for typesetting."""


def add_storage_units(model: Model) -> None:
    """Variables, constraints and costs of all storage units.

    Parameters
    ----------
    model : Model
        What is built.
    """
    frame = model.frame("storage_unit")
    if frame is None:
        return
    table, zero = frame.table, np.zeros((1, len(frame.table)))
    add_capacity(frame)
    out, into, level = frame.add("p_dispatch"), frame.add("p_store"), frame.add("state_of_charge")
    add_bounds(frame, out, zero, frame.varying("p_max_pu"), prefix="p_dispatch")
    add_bounds(frame, into, zero, -frame.varying("p_min_pu"), prefix="p_store")
    add_bounds(frame, level, zero, table.number("max_hours")[None, :], prefix="state_of_charge")
    add_given(frame, out - into, "p_set")
    for quantity, name in ((out, "p_dispatch_set"), (into, "p_store_set"), (level, "state_of_charge_set")):
        add_given(frame, quantity, name)
    _balance(frame, out, into, level)
    frame.charge(out, frame.varying("marginal_cost"))
    frame.charge(out, frame.varying("marginal_cost_quadratic"), squared=True)
    frame.charge(level, frame.varying("marginal_cost_storage"))
    model.inject((out - into).times(table.number("sign")[None, :]), model.buses(table, "bus"))


def _balance(frame: Frame, out: Linear, into: Linear, level: Linear) -> None:
    table, inflow = frame.table, frame.varying("inflow")
    spill = frame.add("spill", present=inflow > 0, low=0.0, high=np.maximum(inflow, 0.0)) if (inflow > 0).any() else Linear()
    frame.charge(spill, frame.varying("spill_cost"))
    turn = Turn(
        table.flag("cyclic_state_of_charge"),
        table.flag("cyclic_state_of_charge_per_period"),
        table.flag("state_of_charge_initial_per_period"),
        table.number("state_of_charge_initial"),
    )
    earlier, start = level_before(frame, level, turn)
    values = {
        "level": level,
        "level_before": earlier,
        "start": start,
        "kept": kept(frame),
        "hours": hours(frame),
        "charge": into,
        "discharge": out,
        "inflow": inflow,
        "s": spill,
        "efficiency_store": frame.varying("efficiency_store"),
        "efficiency_dispatch": frame.varying("efficiency_dispatch"),
    }
    add_equation(frame.model.builder, frame.block, LEVEL, values, present=frame.active)
