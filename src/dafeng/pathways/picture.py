"""A linear picture of a model: what each action does to each view, at one point of the model.

Invariant: every slope is a central difference of the model itself, and what the picture says away from its point can be held
against the model, which is the only truth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from dafeng.core.labels import Label
from dafeng.pathways.model.axes import YEAR, Array, Space
from dafeng.pathways.model.fan import Fan, open_fan
from dafeng.pathways.model.quantity import Graph
from dafeng.pathways.model.run import shaped
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.tape import compile_graph

Kind = Literal["level", "decline", "rise"]
STEP = 1e-4
"""Step of a difference, of the range of the action."""
BLOCK = 16
"""Actions whose differences are computed at once."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done in degrees: a lever that is pulled, a plant that is built.

    Parameters
    ----------
    id : str
        Its name.
    label : Label
        Name for readers.
    quantity : str
        Given quantity that it adds to.
    members : frozenset of str
        Members it acts on; of the axes that it does not name, all.
    amount : float
        What one unit of the action adds where it is in full effect. [unit of the quantity]
    path : tuple of (int, float)
        Share of the effect by year, straight in between and constant outside; empty: the same in all years. [1]
    unit : str
        Unit of the action.
    low, high : float
        How far it can go. [unit]
    zero : float
        Where the model stands as it was given. [unit]
    cost : float
        Yearly cost of one unit more. [CNY/a per unit]
    """

    id: str
    label: Label
    quantity: str
    members: frozenset[str] = frozenset()
    amount: float = 1.0
    path: tuple[tuple[int, float], ...] = ()
    unit: str = "1"
    low: float = 0.0
    high: float = 1.0
    zero: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number read from the model.

    Parameters
    ----------
    name : str
        Its name.
    quantity : str
        A quantity of the model that varies over the years only.
    year : int
        Year it is read in.
    kind : {"level", "decline", "rise"}
        The value; its fall as a share of the value of the base year; its growth since the base year.
    base : int
        Base year of ``decline`` and ``rise``.
    factor : float
        From the unit of the model to that of the gauge, 1 for ``decline``.
    """

    name: str
    quantity: str
    year: int
    kind: Kind = "level"
    base: int = 0
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """The model around one point.

    Parameters
    ----------
    at : mapping of str to float
        Level of each action at the point.
    values : mapping of str to float
        Gauges at the point.
    slopes : mapping of str to mapping of str to float
        By gauge: change per unit of each action that moves it.
    """

    at: Mapping[str, float]
    values: Mapping[str, float]
    slopes: Mapping[str, Mapping[str, float]]

    def read(self, levels: Mapping[str, float]) -> dict[str, float]:
        """Gauges as the picture has them elsewhere.

        Parameters
        ----------
        levels : mapping of str to float
            Level of each action.

        Returns
        -------
        dict of str to float
            By gauge.
        """
        return {
            name: value + sum(slope * (levels[action] - self.at[action]) for action, slope in self.slopes[name].items())
            for name, value in self.values.items()
        }


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """A model at hand on which actions are tried.

    Parameters
    ----------
    one, many : Fan
        The bound model, for one point over all years, and for several at once until the last year that is read.
    actions : mapping of str to Action
        What can be done.
    gauges : mapping of str to Gauge
        What is read.
    given : mapping of str to array
        Quantities that actions add to, as they were given.
    shapes : mapping of str to array
        What one unit of each action adds, along the axes of its quantity.
    drawn, known : dict
        Pictures drawn and gauges read before, by the levels of their point.
    """

    one: Fan
    many: Fan
    actions: Mapping[str, Action]
    gauges: Mapping[str, Gauge]
    given: Mapping[str, Array]
    shapes: Mapping[str, Array]
    drawn: dict[tuple[float, ...], Picture] = field(default_factory=dict)
    known: dict[tuple[float, ...], dict[str, float]] = field(default_factory=dict)

    @property
    def start(self) -> dict[str, float]:
        """Levels at which the model stands as it was given."""
        return {name: action.zero for name, action in self.actions.items()}

    def read(self, levels: Mapping[str, float]) -> dict[str, float]:
        """Gauges when actions are taken.

        Parameters
        ----------
        levels : mapping of str to float
            Level of each action; those not named stay as given.

        Returns
        -------
        dict of str to float
            By gauge; nan where the model does not know it.
        """
        key = tuple(self._at(levels).values())
        if key not in self.known:
            self._write(levels)
            made = self.one.play()
            self.known[key] = {name: float(_read(gauge, self.one, made)[0]) for name, gauge in self.gauges.items()}
        return dict(self.known[key])

    def series(self, levels: Mapping[str, float], quantity: str) -> dict[int, float]:
        """One quantity over the years when actions are taken.

        Parameters
        ----------
        levels : mapping of str to float
            Level of each action.
        quantity : str
            A quantity that a gauge reads.

        Returns
        -------
        dict of int to float
            By year. [unit of the quantity]
        """
        self._write(levels)
        space = self.one.tape.graph.space
        years, values = space.years, _series(space, self.one.play()[quantity])[:, 0]
        return {int(year): float(value) for year, value in zip(years, values, strict=True)}

    def draw(self, levels: Mapping[str, float]) -> Picture:
        """The picture at a point.

        Parameters
        ----------
        levels : mapping of str to float
            Level of each action.

        Returns
        -------
        Picture
            Values and slopes there.
        """
        at = self._at(levels)
        key = tuple(at.values())
        if key not in self.drawn:
            self.drawn[key] = self._draw(at)
        return self.drawn[key]

    def _at(self, levels: Mapping[str, float]) -> dict[str, float]:
        return {name: float(levels.get(name, action.zero)) for name, action in self.actions.items()}

    def _draw(self, at: Mapping[str, float]) -> Picture:
        values, actions = self.read(at), list(self.actions.values())
        slopes: dict[str, dict[str, float]] = {name: {} for name in self.gauges}
        width = self.many.points // 2
        for block in (actions[first : first + width] for first in range(0, len(actions), width)):
            self._spread(at, block)
            made = self.many.play()
            for name, gauge in self.gauges.items():
                read = np.broadcast_to(_read(gauge, self.many, made), self.many.points)
                with np.errstate(invalid="ignore"):
                    apart = read[0::2] - read[1::2]
                for action, difference in zip(block, apart, strict=False):
                    if difference and math.isfinite(difference):
                        slopes[name][action.id] = float(difference) / (2 * STEP * reach_of(action))
        return Picture(at, values, slopes)

    def _spread(self, at: Mapping[str, float], block: Sequence[Action]) -> None:
        """Write two points for each action, a step above and a step below."""
        axis = self.many.tape.graph.space.position(YEAR)
        for quantity in self.given:
            room = self.many.room(quantity)
            room[...] = _first(self._value(quantity, at), axis, room.shape[axis])
            for place, action in enumerate(block):
                if action.quantity == quantity:
                    step = STEP * reach_of(action) * _first(self.shapes[action.id], axis, room.shape[axis])[..., 0]
                    room[..., 2 * place] += step
                    room[..., 2 * place + 1] -= step

    def _write(self, levels: Mapping[str, float]) -> None:
        for quantity in self.given:
            self.one.room(quantity)[...] = self._value(quantity, levels)

    def _value(self, quantity: str, levels: Mapping[str, float]) -> Array:
        value = self.given[quantity].copy()
        for name, action in self.actions.items():
            moved = levels.get(name, action.zero) - action.zero
            if action.quantity == quantity and moved:
                value += moved * self.shapes[name]
        return value


def open_bench(graph: Graph, values: Mapping[str, Array | Band], actions: Sequence[Action], gauges: Sequence[Gauge]) -> Bench:
    """Put a model at hand with its actions and gauges.

    Parameters
    ----------
    graph : Graph
        The model.
    values : mapping of str to array or Band
        Every given quantity; of a band the middle values are taken.
    actions : sequence of Action
        What can be done.
    gauges : sequence of Gauge
        What is read.

    Returns
    -------
    Bench
        The model, standing as it was given.

    Raises
    ------
    DefinitionError
        If an action adds to what is not given, or a quantity is missing.
    """
    middle = {name: value.mid if isinstance(value, Band) else value for name, value in values.items()}
    outputs = tuple(dict.fromkeys(gauge.quantity for gauge in gauges))
    known = set(compile_graph(graph, outputs).given)
    used = [action for action in actions if action.quantity in known]
    given = {one.quantity: shaped(one.quantity, middle[one.quantity], _whole(graph, one.quantity)) for one in used}
    one = open_fan(graph, middle, outputs, tuple(given), points=1)
    early = _until(graph, max((year for gauge in gauges for year in (gauge.year, gauge.base)), default=0))
    axis, years = early.space.position(YEAR), len(early.space.years)
    cut = {name: _first(value, axis, years) for name, value in middle.items()}
    many = open_fan(early, cut, outputs, tuple(given), points=2 * BLOCK)
    shapes = {action.id: _shape(graph, action) for action in used}
    return Bench(one, many, {action.id: action for action in used}, {gauge.name: gauge for gauge in gauges}, given, shapes)


def _until(graph: Graph, last: int) -> Graph:
    """The model until a year. No quantity looks ahead unless it is summed over the years; then all years stay."""
    expressions = (one.expression for one in graph.quantities.values())
    if any(YEAR in expression.names for expression in expressions if expression is not None):
        return graph
    years = tuple(member for member in graph.space.axis(YEAR).members if int(member) <= last)
    axes = (replace(axis, members=years) if axis.name == YEAR else axis for axis in graph.space.axes)
    return replace(graph, space=replace(graph.space, axes=tuple(axes))) if years else graph


def _first(values: Array, axis: int, years: int) -> Array:
    """The first years of a quantity; what does not vary over the years, or comes without all axes, as it is."""
    return np.moveaxis(np.moveaxis(values, axis, 0)[:years], 0, axis) if np.ndim(values) > axis else values


def _whole(graph: Graph, quantity: str) -> tuple[int, ...]:
    return graph.space.shape(graph.quantities[quantity].axes)


def reach_of(action: Action) -> float:
    """Size of an action by which steps are measured.

    Parameters
    ----------
    action : Action
        The action.

    Returns
    -------
    float
        Its range where that is finite, else where it stands, at least 1. [unit of the action]
    """
    span = action.high - action.low
    return span if math.isfinite(span) and span > 0 else max(1.0, abs(action.zero))


def _shape(graph: Graph, action: Action) -> Array:
    space, axes = graph.space, graph.quantities[action.quantity].axes
    made = np.full(space.shape(axes), action.amount)
    for axis in space.axes:
        named = [float(member in action.members) for member in axis.members]
        if axis.name in axes and any(named):
            made = made * np.array(named).reshape(space.shape({axis.name}))
    return made * _path(space, action) if action.path and YEAR in axes else made


def _path(space: Space, action: Action) -> Array:
    years, shares = zip(*action.path, strict=True)
    return np.asarray(np.interp(space.years, years, shares).reshape(space.shape({YEAR})))


def _read(gauge: Gauge, fan: Fan, made: Mapping[str, Array]) -> Array:
    """A gauge at all points; nan where the model does not know it."""
    space = fan.tape.graph.space
    with np.errstate(all="ignore"):
        return np.asarray(_value(gauge, _series(space, made[gauge.quantity]), int(space.years[0])))


def _series(space: Space, values: Array) -> Array:
    """A quantity that varies over the years only, by year and point."""
    axis, years = space.position(YEAR), len(space.axis(YEAR).members)
    series = np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)
    return np.broadcast_to(series, (years, series.shape[1]))


def _value(gauge: Gauge, series: Array, first: int) -> Any:
    value = series[gauge.year - first]
    if gauge.kind == "level":
        return value * gauge.factor
    base = series[gauge.base - first]
    return 1 - value / base if gauge.kind == "decline" else (value - base) * gauge.factor
