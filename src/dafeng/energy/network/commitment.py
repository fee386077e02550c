"""Commitment: whether a unit is on, when it starts and stops, how long it must stay so, how fast it may ramp.

Invariant: status, starts and stops are whole numbers (units of a modular component, else 0 or 1) unless commitment is
relaxed; what was on before the first step is taken from the declared times.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.equation import Equation, add_equation
from dafeng.energy.network.frame import Frame
from dafeng.energy.network.linear import Linear, Present, constant, product
from dafeng.energy.network.operation import RAMP_DOWN, RAMP_UP, limits, previous, ramped
from dafeng.energy.program import Floats

STARTS = Equation("start", "start_up >= status - status_before", Label("开机即启动", "coming on is a start"))
"""Starts."""
STOPS = Equation("stop", "shut_down >= status_before - status", Label("关机即停机", "going off is a stop"))
"""Stops."""
LOWER = Equation("status_lower", "p >= p_min_pu * p_unit * status", Label("在线才有下限", "the lower bound holds when on"))
"""Least output of what is on."""
UPPER = Equation("status_upper", "p <= p_max_pu * p_unit * status", Label("在线才能出力", "output only when on"))
"""Most output of what is on."""
UP_TIME = Equation("min_up_time", "status >= recent_starts", Label("启动后须保持运行", "what started stays on"))
"""Least time on."""
DOWN_TIME = Equation("min_down_time", "units - status >= recent_stops", Label("停机后须保持停机", "what stopped stays off"))
"""Least time off."""
MOST = Equation("status_most", "status <= modules", Label("在线台数不超过装机台数", "no more on than are installed"))
"""Units on, of those installed."""
LOWER_LARGE = Equation(
    "large_lower", "p >= p_min_pu * p_nom - most * (1 - status)", Label("在线才有下限", "the lower bound holds when on")
)
"""Least output of an extendable unit."""
UPPER_LARGE = Equation("large_upper", "p <= most * status", Label("在线才能出力", "output only when on"))
"""Most output of an extendable unit, by whether it is on."""
UPPER_NOM = Equation("large_capacity", "p <= p_max_pu * p_nom", Label("不超过容量", "at most capacity"))
"""Most output of an extendable unit, by its capacity."""
LARGE_RAMPS = (
    Equation("large_ramp_up", "p - p_before <= ramp_limit_up * p_nom + most * (1 - status_before)", Label("爬坡", "ramp up")),
    Equation("large_ramp_start", "p - p_before <= ramp_limit_start_up * p_nom + most * (1 - start_up)", Label("启动", "start")),
    Equation("large_ramp_down", "p_before - p <= ramp_limit_down * p_nom + most * (1 - status)", Label("滑坡", "ramp down")),
    Equation("large_ramp_stop", "p_before - p <= ramp_limit_shut_down * p_nom + most * (1 - shut_down)", Label("停机", "stop")),
)
"""Ramps of extendable units: each holds only in its own state."""
TIGHT = (
    Equation(
        "tight_before",
        "p_before <= stop_size * status_before + (p_upper - stop_size) * (status - start_up)",
        Label("部分停机前的出力", "output before a partial stop"),
    ),
    Equation(
        "tight_now",
        "p <= p_upper * status - (p_upper - start_size) * start_up",
        Label("部分启动时的出力", "output at a partial start"),
    ),
    Equation(
        "tight_up",
        "p - p_before <= (p_lower + up_size) * status - p_lower * status_before - (p_lower + up_size - start_size) * start_up",
        Label("部分在线的爬坡", "ramp of what is partly on"),
    ),
    Equation(
        "tight_down",
        "p_before - p <= stop_size * (status_before - status) + down_size * status"
        " + (p_lower + down_size - stop_size) * start_up",
        Label("部分在线的滑坡", "ramp down of what is partly on"),
    ),
)
"""Tightening of relaxed commitment."""
LARGE = 10.0
"""Times the peak load: bound of an extendable unit without a largest capacity."""


def add_commitment(frame: Frame, output: Linear) -> None:
    """Commitment of the committable components of a frame.

    Parameters
    ----------
    frame : Frame
        Components; the capacity is known.
    output : Linear
        Output (for links: input). [MW]
    """
    if not frame.committable.any():
        return
    _Commitment(frame, output).add()


class _Commitment:
    """Equations of commitment over all components of a frame; each holds where its kind of unit is."""

    def __init__(self, frame: Frame, output: Linear) -> None:
        self.frame, self.output = frame, output
        self.builder, self.clock = frame.model.builder, frame.model.clock
        table = frame.table
        self.here = frame.active & frame.committable
        self.large = frame.extendable & ~frame.modular
        self.size = np.where(frame.modular, table.number(f"{frame.letter}_nom_mod"), table.number(f"{frame.letter}_nom"))
        whole = frame.modular & frame.extendable
        self.ramp_size = np.where(whole, self.size, table.number(f"{frame.letter}_nom"))
        self.units = np.where(frame.modular & ~frame.extendable, _whole(frame), 1.0)
        most = np.where(whole, np.inf, self.units)
        integer = not frame.model.relaxed
        self.status, self.start, self.stop = (
            frame.add(name, present=self.here, low=0.0, high=most, integer=integer)
            for name in ("status", "start_up", "shut_down")
        )
        up, down = table.number("up_time_before"), table.number("down_time_before")
        self.on_before = _was_on(1, up, down)
        self.status_before = previous(frame, self.status, self.on_before)

    def add(self) -> None:
        self._charge()
        self._switches()
        self._bounds()
        self._times()
        self._ramps()
        if self.frame.model.relaxed:
            self._tighten()

    def _equation(self, equation: Equation, present: Any = True, **values: Any) -> None:
        where = self.here & np.broadcast_to(present, self.here.shape)
        if where.any():
            known = {"p": self.output, "status": self.status, "start_up": self.start, "shut_down": self.stop}
            known |= {"status_before": self.status_before, "p_nom": self.frame.capacity}
            add_equation(self.builder, self.frame.block, equation, {**known, **values}, present=where)

    def _charge(self) -> None:
        frame = self.frame
        frame.charge(self.status, frame.varying("stand_by_cost"))
        for part, name in ((self.start, "start_up_cost"), (self.stop, "shut_down_cost")):
            self.builder.add_cost(part, frame.varying(name) * frame.model.weight)

    def _switches(self) -> None:
        self._equation(STARTS)
        self._equation(STOPS)
        units = self.frame.variables.get("modules")
        if units is not None:
            for name, part in (("status", self.status), ("start_up", self.start), ("shut_down", self.stop)):
                most = Equation(f"{name}_most", MOST.text, MOST.label)
                self._equation(most, self.frame.modular & self.frame.extendable, status=part, modules=units)

    def _bounds(self) -> None:
        low, high = self.frame.varying("p_min_pu"), self.frame.varying("p_max_pu")
        values = {"p_min_pu": low, "p_max_pu": high, "p_unit": self.size[None, :], "most": self.most()}
        for equation in (LOWER, UPPER):
            self._equation(equation, ~self.large, **values)
        for equation in (LOWER_LARGE, UPPER_LARGE, UPPER_NOM):
            self._equation(equation, self.large, **values)
        above = Equation("large_positive", "p >= 0", LOWER.label)
        self._equation(above, self.large & (low >= 0).all(axis=0))

    def most(self) -> Floats:
        """Bound of the output of extendable units."""
        table, letter = self.frame.table, self.frame.letter
        largest = table.number(f"{letter}_nom_max")
        share = self.frame.varying("p_max_pu").max(axis=0)
        bounded = np.isfinite(largest) & (largest > 0)
        return np.asarray(np.where(bounded, np.where(bounded, largest, 0.0), LARGE * _peak(self.frame))[None, :] * share)

    def _times(self) -> None:
        table = self.frame.table
        up, down = table.number("up_time_before"), table.number("down_time_before")
        for equation, name, switch, went in (
            (UP_TIME, "min_up_time", self.start, 1.0),
            (DOWN_TIME, "min_down_time", self.stop, -1.0),
        ):
            least = table.number(name)
            if not (least > 0).any():
                continue
            recent = Linear()
            for back in range(int(least.max())):
                steps = np.arange(self.clock.size) - back
                recent = recent + switch.at(np.where(steps < 0, -1, steps)).where(back < least)
            recent = recent + constant(_past(least, up, down, went, self.clock.size))
            values = {"recent_starts": recent, "recent_stops": recent, "units": 1.0}
            self._equation(equation, least > 0, **values)

    def _ramps(self) -> None:
        frame = self.frame
        found, initial = limits(frame), self._initial()
        where, size = ramped(frame, initial), self.ramp_size[None, :]
        shares = {f"ramp_limit_{end}": np.nan_to_num(share, nan=1.0) for end, share in found.items()}
        values = {
            **shares,
            "p_before": previous(frame, self.output, initial),
            "p_nom_on": Linear(),
            "p_nom_before": self.status_before.times(size),
            "p_nom_now": self.status.times(size),
            "p_nom_started": (self.status - self.status_before).times(size),
            "p_nom_stopped": (self.status_before - self.status).times(size),
            "most": self.most(),
        }
        for equation, large, ends in (
            (RAMP_UP, LARGE_RAMPS[:2], ("up", "start_up")),
            (RAMP_DOWN, LARGE_RAMPS[2:], ("down", "shut_down")),
        ):
            known = where & ~(np.isnan(found[ends[0]]) & np.isnan(found[ends[1]]))
            named = Equation(f"status_{equation.name}", equation.text, equation.label)
            self._equation(named, known & ~self.large, **values)
            for one in large:
                self._equation(one, known & self.large, **values)

    def _initial(self) -> Floats:
        return np.where(self.on_before > 0, self.frame.table.number("p_init"), 0.0)

    def _tighten(self) -> None:
        """Rows that hold for whole decisions and cut the relaxed ones; valid where start and stop cost the same."""
        frame, found, size = self.frame, limits(self.frame), self.size[None, :]
        same = (frame.varying("start_up_cost") == frame.varying("shut_down_cost")).all(axis=0)
        chosen = same & ~frame.extendable & ~frame.modular
        shares = {end: np.nan_to_num(share, nan=1.0) * size for end, share in found.items()}
        initial = self._initial()
        known = np.ones(self.here.shape, dtype=bool)
        known[0] = ~np.isnan(initial)
        values = {
            "p_before": previous(frame, self.output, initial),
            "p_upper": product(frame.varying("p_max_pu"), size),
            "p_lower": product(frame.varying("p_min_pu"), size),
            "up_size": shares["up"],
            "down_size": shares["down"],
            "start_size": shares["start_up"],
            "stop_size": shares["shut_down"],
        }
        for equation in TIGHT:
            self._equation(equation, chosen & (known if equation.name != "tight_now" else True), **values)


def _whole(frame: Frame) -> Floats:
    """Units of a modular component that is not extended; its capacity must be a multiple of the unit."""
    table, letter = frame.table, frame.letter
    unit = np.where(frame.modular, table.number(f"{letter}_nom_mod"), 1.0)
    units = table.number(f"{letter}_nom") / unit
    broken = frame.committable & frame.modular & ~frame.extendable & (np.abs(units - np.round(units)) > 1e-6)
    if broken.any():
        name = table.names[int(np.argmax(broken))]
        raise DefinitionError(
            Label(f"“{name}”的容量不是单机容量的整数倍", f"the capacity of '{name}' is no multiple of its unit"),
            where=f"energy.network.{frame.component}.{name}",
            expected=Label(f"{letter}_nom 是 {letter}_nom_mod 的整数倍", f"{letter}_nom a multiple of {letter}_nom_mod"),
            remedy=Label("改正容量或单机容量", "correct the capacity or the unit"),
        )
    return np.asarray(np.round(units))


def _was_on(back: int, up: Floats, down: Floats) -> Floats:
    """Whether a unit was on so many steps before the first."""
    return np.where(down > 0, back > down, back <= up).astype(np.float64)


def _past(least: Floats, up: Floats, down: Floats, went: float, steps: int) -> Floats:
    """Switches before the first step that still bind in each step."""
    found = np.zeros((steps, len(least)))
    for back in range(1, int(least.max()) + 1):
        switched = went * (_was_on(back, up, down) - _was_on(back + 1, up, down)) > 0
        for step in range(min(steps, int(least.max()))):
            found[step] += switched & (back + step < least)
    return found


def _peak(frame: Frame) -> float:
    """Largest of the peak load and the capacities of the frame; a scale for what has no largest capacity. [MW]"""
    table, letter = frame.table, frame.letter
    loads = frame.model.network.table("load")
    peak = np.abs(loads.varying("p_set", frame.model.clock.size).sum(axis=1)).max() if len(loads) else 0.0
    sizes = np.concatenate([[peak], table.number(f"{letter}_nom"), table.number(f"{letter}_nom_max")])
    largest = float(sizes[np.isfinite(sizes)].max())
    return largest if largest > 0 else 1e6 / LARGE


def present_of(frame: Frame) -> Present:
    """Where a frame's plain bounds and ramps hold: not where commitment rules.

    Parameters
    ----------
    frame : Frame
        Components.

    Returns
    -------
    (1, n) array of bool
        True where a component is always on.
    """
    return ~frame.committable[None, :]
