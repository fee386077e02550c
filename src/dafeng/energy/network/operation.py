"""What all dispatched components share: bounds by capacity, given values, ramps.

Invariant: each equation is written for capacity as an expression; fixed and extendable components need no cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.network.equation import Equation, add_equation
from dafeng.energy.network.frame import Frame, before
from dafeng.energy.network.linear import Linear, Present, constant
from dafeng.energy.program import Floats

LOWER = Equation("lower", "p >= p_min_pu * p_nom", Label("不低于下限", "at least the lower bound"))
"""Lower bound of dispatch."""
UPPER = Equation("upper", "p <= p_max_pu * p_nom", Label("不超过上限", "at most the upper bound"))
"""Upper bound of dispatch."""
GIVEN = Equation("set", "p == p_set", Label("等于给定值", "equals the given value"))
"""A value that is given."""
RAMP_UP = Equation(
    "ramp_limit_up",
    "p - p_before <= ramp_limit_up * (p_nom_on + p_nom_before) + ramp_limit_start_up * p_nom_started",
    Label("增出力不超过爬坡上限", "output rises no faster than its ramp limit"),
)
"""Rise between two steps; without commitment all capacity is on and none is started."""
RAMP_DOWN = Equation(
    "ramp_limit_down",
    "p_before - p <= ramp_limit_down * (p_nom_on + p_nom_now) + ramp_limit_shut_down * p_nom_stopped",
    Label("减出力不超过滑坡上限", "output falls no faster than its ramp limit"),
)
"""Fall between two steps."""


def add_bounds(
    frame: Frame,
    quantity: Linear,
    low: Floats,
    high: Floats,
    *,
    prefix: str,
    present: Any = True,
    capacity: Linear | None = None,
) -> None:
    """Keep a quantity between shares of capacity.

    Parameters
    ----------
    frame : Frame
        Components.
    quantity : Linear
        What is bounded. [MW]
    low, high : (steps, n) or (1, n) array
        Shares of capacity.
    prefix : str
        Name of the quantity in the blocks' names.
    present : array of bool or bool
        Where the bounds hold; only where the component is active in any case.
    capacity : Linear, optional
        Capacity, if not the frame's own.
    """
    where = frame.active & np.broadcast_to(present, frame.active.shape)
    values = {"p": quantity, "p_nom": frame.capacity if capacity is None else capacity, "p_min_pu": low, "p_max_pu": high}
    for equation in (LOWER, UPPER):
        add_equation(frame.model.builder, f"{frame.block}.{prefix}", equation, values, present=where)


def add_given(frame: Frame, quantity: Linear, attribute: str) -> None:
    """Fix a quantity where a value is given.

    Parameters
    ----------
    frame : Frame
        Components.
    quantity : Linear
        What is fixed.
    attribute : str
        Attribute that may hold the value, e.g. ``p_set``.
    """
    given = frame.varying(attribute)
    where = frame.active & ~np.isnan(given)
    if where.any():
        values = {"p": quantity, "p_set": np.nan_to_num(given)}
        add_equation(frame.model.builder, f"{frame.block}.{attribute}", GIVEN, values, present=where)


def previous(frame: Frame, quantity: Linear, initial: Floats) -> Linear:
    """Quantity one step earlier.

    Parameters
    ----------
    frame : Frame
        Components.
    quantity : Linear
        Quantity of each step.
    initial : (n,) array
        What it was before the first step; not a number counts as zero.

    Returns
    -------
    Linear
        (steps, n).
    """
    start = np.zeros(frame.active.shape)
    start[0] = np.nan_to_num(initial)
    return quantity.at(before(frame.model.clock)) + constant(start)


def ramped(frame: Frame, initial: Floats) -> Present:
    """Where a ramp limit can hold: not at the start of a period, at the first step only if the output before is known.

    Parameters
    ----------
    frame : Frame
        Components.
    initial : (n,) array
        Output before the first step, not a number where unknown. [MW]

    Returns
    -------
    (steps, n) array of bool
        True where it can hold.
    """
    where = frame.active & ~frame.model.clock.first[:, None]
    where[0] = frame.active[0] & ~np.isnan(initial)
    return where


def limits(frame: Frame) -> Mapping[str, Floats]:
    """Ramp limits of a frame; not a number where there is none.

    Parameters
    ----------
    frame : Frame
        Components.

    Returns
    -------
    mapping of str to array
        ``up`` and ``down`` over time, ``start_up`` and ``shut_down`` in one row. [share of capacity per step]
    """
    found = {end: frame.varying(f"ramp_limit_{end}") for end in ("up", "down")}
    for end in ("start_up", "shut_down"):
        known = frame.component != "cogeneration"
        found[end] = frame.table.number(f"ramp_limit_{end}")[None, :] if known else np.full((1, len(frame.table)), np.nan)
    return found


def add_ramps(frame: Frame, quantity: Linear) -> None:
    """Ramp limits of components that are always on.

    Parameters
    ----------
    frame : Frame
        Components.
    quantity : Linear
        Output. [MW]
    """
    initial = frame.table.number("p_init") if frame.component != "cogeneration" else np.full(len(frame.table), np.nan)
    found, where = limits(frame), ramped(frame, initial) & ~frame.committable
    nothing = Linear()
    values = {
        "p": quantity,
        "p_before": previous(frame, quantity, initial),
        "p_nom_on": frame.capacity,
        "p_nom_before": nothing,
        "p_nom_now": nothing,
        "p_nom_started": nothing,
        "p_nom_stopped": nothing,
        **{f"ramp_limit_{end}": np.nan_to_num(share, nan=1.0) for end, share in found.items()},
    }
    for equation, ends in ((RAMP_UP, ("up", "start_up")), (RAMP_DOWN, ("down", "shut_down"))):
        known = where & ~(np.isnan(found[ends[0]]) & np.isnan(found[ends[1]]))
        if known.any():
            add_equation(frame.model.builder, frame.block, equation, values, present=known)
