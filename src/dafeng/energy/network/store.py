"""Store: a level of energy at one bus with one power that fills or empties it.

Invariant: ``e = kept·e_before + e_start − hours·p`` in every active step; the level stays between its shares of capacity.
"""

from __future__ import annotations

from dafeng.core.labels import Label
from dafeng.energy.network.capacity import add_capacity
from dafeng.energy.network.equation import Equation, add_equation
from dafeng.energy.network.frame import Model
from dafeng.energy.network.operation import LOWER, UPPER, add_bounds, add_given
from dafeng.energy.network.storing import Turn, hours, kept, level_before

LEVEL = Equation(
    "energy_balance",
    "e == kept * e_before + e_start - hours * p",
    Label("库存等于上一时段所余减去取出", "the level is what was left less what is taken"),
    {"kept": "(1-λ)^Δt", "hours": "Δt", "e_start": "e_0"},
)
"""Level from step to step."""
EQUATIONS = (LEVEL, LOWER, UPPER)
"""What is required of a store, for typesetting."""


def add_stores(model: Model) -> None:
    """Variables, constraints and costs of all stores.

    Parameters
    ----------
    model : Model
        What is built.
    """
    frame = model.frame("store")
    if frame is None:
        return
    table = frame.table
    add_capacity(frame)
    level, power = frame.add("e"), frame.add("p")
    add_bounds(frame, level, frame.varying("e_min_pu"), frame.varying("e_max_pu"), prefix="e")
    add_given(frame, level, "e_set")
    add_given(frame, power, "p_set")
    turn = Turn(
        table.flag("e_cyclic"), table.flag("e_cyclic_per_period"), table.flag("e_initial_per_period"), table.number("e_initial")
    )
    earlier, start = level_before(frame, level, turn)
    values = {"e": level, "p": power, "kept": kept(frame), "hours": hours(frame), "e_before": earlier, "e_start": start}
    add_equation(model.builder, frame.block, LEVEL, values, present=frame.active)
    frame.charge(level, frame.varying("marginal_cost_storage"))
    frame.charge(power, frame.varying("marginal_cost"))
    frame.charge(power, frame.varying("marginal_cost_quadratic"), squared=True)
    model.inject(power.times(table.number("sign")[None, :]), model.buses(table, "bus"))
