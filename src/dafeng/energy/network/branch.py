"""Lines and transformers: flows between buses that follow from impedances (Kirchhoff's voltage law).

Invariant: around every cycle of the grid the angle differences sum to zero; grids of buses with carrier ``DC`` use
resistances, others reactances.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.capacity import add_capacity
from dafeng.energy.network.equation import Equation, add_equation
from dafeng.energy.network.frame import Frame, Model
from dafeng.energy.network.linear import Linear, Places, constant
from dafeng.energy.network.operation import LOWER, UPPER, add_bounds, add_given
from dafeng.energy.network.table import Table
from dafeng.energy.program import Floats

ANGLE_HIGH = Equation(
    "angle_upper", "x * s + shift <= angle_max", Label("相角差不超过上限", "the angle difference stays below its limit")
)
"""Largest angle difference; the smallest likewise."""
ANGLE_LOW = Equation("angle_lower", "x * s + shift >= -angle_max", ANGLE_HIGH.label)
"""Smallest angle difference."""
EQUATIONS = (LOWER, UPPER, ANGLE_HIGH)
"""What is required of a branch, for typesetting; Kirchhoff's law is written in the documentation."""
KIRCHHOFF = "kirchhoff"
"""Name of the rows of Kirchhoff's voltage law."""


def add_branches(model: Model) -> None:
    """Variables, constraints and costs of all lines and transformers.

    Parameters
    ----------
    model : Model
        What is built.
    """
    frames = [frame for component in ("line", "transformer") if (frame := model.frame(component)) is not None]
    for frame in frames:
        add_capacity(frame)
        flow = frame.add("s")
        share = frame.varying("s_max_pu")
        add_bounds(frame, flow, -share, share, prefix="s")
        add_given(frame, flow, "s_set")
        model.inject(-flow, model.buses(frame.table, "bus0"))
        model.inject(flow, model.buses(frame.table, "bus1"))
        _limit_angle(frame, flow)
    if frames:
        _add_cycles(model, frames)


def impedance(model: Model, table: Table) -> Floats:
    """Effective series impedance per unit of each branch.

    Parameters
    ----------
    model : Model
        What is built.
    table : Table
        Lines or transformers.

    Returns
    -------
    (n,) array
        Reactance, for buses with carrier ``DC`` resistance; for lines divided by the squared voltage of the first bus,
        for transformers by their rating, times the tap ratio. [per unit at 1 MVA]
    """
    buses, first = model.network.table("bus"), model.buses(table, "bus0")
    direct = np.array([carrier == "DC" for carrier in buses.text("carrier")])[first]
    series = np.where(direct, table.number("r"), table.number("x"))
    with np.errstate(divide="ignore", invalid="ignore"):
        if table.component == "line":
            return np.asarray(series / buses.number("v_nom")[first] ** 2)
        return np.asarray(series / table.number("s_nom") * table.number("tap_ratio"))


def _shift(frame: Frame) -> Linear:
    """Phase shift of each branch: none, given, or decided. [rad]"""
    if frame.component == "line":
        return constant(np.zeros((1, len(frame.table))))
    if "phase_shift" in frame.variables:
        return frame.variables["phase_shift"]
    low, high = frame.table.number("phase_shift_min"), frame.table.number("phase_shift_max")
    free = low < high
    decided = frame.add("phase_shift", present=free[None, :], low=low[None, :], high=high[None, :]) if free.any() else Linear()
    found = (decided + constant(np.where(free, 0.0, frame.varying("phase_shift")))).times(np.pi / 180.0)
    frame.variables["phase_shift"] = found
    return found


def _limit_angle(frame: Frame, flow: Linear) -> None:
    most = frame.table.number("v_ang_max")
    limited = np.isfinite(most)
    if frame.component == "line":
        limited &= np.array([carrier == "AC" for carrier in frame.table.text("carrier")])
    if not limited.any():
        return
    values = {
        "x": impedance(frame.model, frame.table)[None, :],
        "s": flow,
        "shift": _shift(frame),
        "angle_max": np.where(limited, most, 0.0)[None, :] * np.pi / 180.0,
    }
    for equation in (ANGLE_HIGH, ANGLE_LOW):
        add_equation(frame.model.builder, frame.block, equation, values, present=frame.active & limited[None, :])


def _add_cycles(model: Model, frames: Sequence[Frame]) -> None:
    """One row per cycle and step, in units of the cycle's largest impedance; the grid may differ between periods."""
    clock, pieces, rows = model.clock, [], 0
    _check_lasting(frames)
    ends = [np.stack([model.buses(frame.table, "bus0"), model.buses(frame.table, "bus1")]) for frame in frames]
    sizes = [impedance(model, frame.table) for frame in frames]
    for period in np.unique(clock.period):
        steps = np.flatnonzero(clock.period == period)
        alive = [frame.active[steps[0]] for frame in frames]
        edges = [(f, int(k), int(e[0, k]), int(e[1, k])) for f, e in enumerate(ends) for k in np.flatnonzero(alive[f])]
        for cycle in cycles([(start, end) for _, _, start, end in edges]):
            place = np.full(clock.size, -1)
            place[steps] = np.arange(rows, rows + len(steps))
            rows += len(steps)
            members = [(edges[edge][0], edges[edge][1], sign) for edge, sign in cycle]
            _check_finite(frames, sizes, members)
            unit = max(float(sizes[f][k]) for f, k, _ in members) or 1.0
            pieces += [(_angle(frames[f], sizes[f], k).times(sign / unit), place[:, None]) for f, k, sign in members]
    if rows:
        model.builder.add_sums(model.prefix + KIRCHHOFF, pieces, np.zeros(rows), np.zeros(rows))


def _check_lasting(frames: Sequence[Frame]) -> None:
    """Without paid periods PyPSA writes the voltage law over all branches, those of other periods included."""
    for frame in frames:
        passing = frame.active.any(axis=0) & ~frame.active.all(axis=0)
        if not frame.model.clock.invested and passing.any():
            name = frame.table.names[int(np.argmax(passing))]
            raise DefinitionError(
                Label(
                    f"“{name}”只在部分投资期存在，而求解不计投资期",
                    f"'{name}' stands in some periods only, and periods do not count",
                ),
                where=f"energy.network.{frame.component}.{name}.build_year",
                expected=Label("各期都在的线路，或按投资期求解", "branches that stand throughout, or periods that count"),
                remedy=Label(
                    "设 multi_investment_periods=True（命令行 --periods）", "set multi_investment_periods=True (--periods)"
                ),
            )


def _check_finite(frames: Sequence[Frame], sizes: Sequence[Floats], members: Sequence[tuple[int, int, float]]) -> None:
    for f, k, _ in members:
        if not np.isfinite(sizes[f][k]):
            name = frames[f].table.names[k]
            raise DefinitionError(
                Label(f"环路中“{name}”的阻抗没有值", f"the impedance of '{name}' in a cycle has no value"),
                where=f"energy.network.{frames[f].component}.{name}",
                expected=Label("变压器的 s_nom、母线的 v_nom 大于零", "s_nom of a transformer, v_nom of a bus above zero"),
                remedy=Label("补上额定容量或电压", "give the rating or the voltage"),
            )


def _angle(frame: Frame, sizes: Floats, branch: int) -> Linear:
    """Angle difference along one branch. [rad]"""
    total = frame.variables["s"].times(sizes[branch]) + _shift(frame)
    return Linear(tuple((_column(c, branch), _column(p, branch)) for c, p in total.terms), _column(total.constant, branch))


def _column(values: object, place: int) -> Places:
    array = np.asarray(values)
    return array if array.ndim < 2 else array[:, [min(place, array.shape[1] - 1)]]


def cycles(edges: Sequence[tuple[int, int]]) -> list[list[tuple[int, float]]]:
    """Fundamental cycles of a graph with several edges between the same nodes.

    Parameters
    ----------
    edges : sequence of (start, end)
        Edges by their nodes.

    Returns
    -------
    list of list of (edge, sign)
        Each cycle as its edges with +1 along and −1 against their direction, found from a breadth-first forest.
    """
    around: dict[int, list[tuple[int, int, float]]] = {}
    for edge, (start, end) in enumerate(edges):
        around.setdefault(start, []).append((edge, end, 1.0))
        around.setdefault(end, []).append((edge, start, -1.0))
    above: dict[int, tuple[int, int, float] | None] = {}
    used: set[int] = set()
    for root in around:
        if root in above:
            continue
        above[root], queue = None, [root]
        for node in queue:
            for edge, other, sign in around[node]:
                if other not in above:
                    above[other] = (edge, node, sign)
                    used.add(edge)
                    queue.append(other)
    return [_closed(edge, start, end, above) for edge, (start, end) in enumerate(edges) if edge not in used]


def _closed(edge: int, start: int, end: int, above: dict[int, tuple[int, int, float] | None]) -> list[tuple[int, float]]:
    """Edge plus the way through the forest from its end back to its start."""
    up, down = _climb(end, above), _climb(start, above)
    while up and down and up[-1][0] == down[-1][0]:
        up.pop()
        down.pop()
    back = [(one, -sign) for one, sign in up]
    return [(edge, 1.0), *back, *down]


def _climb(node: int, above: dict[int, tuple[int, int, float] | None]) -> list[tuple[int, float]]:
    """Edges from a node to its root, each with its sign seen from above."""
    found: list[tuple[int, float]] = []
    while (step := above[node]) is not None:
        found.append((step[0], step[2]))
        node = step[1]
    return found
