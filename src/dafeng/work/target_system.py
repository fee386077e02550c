"""Targets, facts and physical limits as one system of rows over actions, held against the model itself.

Invariant: a view of the model enters as its picture at the answer, so that what is reported is the model's own value; how far
the two are apart is part of every answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dafeng.core.errors import SolveError
from dafeng.energy import rows as energy_rows
from dafeng.energy.rows import Rows, Variable
from dafeng.pathways.consistency import Row
from dafeng.pathways.picture import Bench, Picture, reach_of

TOLERANCE = 1e-6
"""How far picture and model may be apart at an answer, relative to the size of the row."""
KEPT = 1e-6
"""Violation up to which a row counts as kept, relative to its size."""
NEAR = 1e-6
"""How far a picture may be drawn from its answer, of the range of each action."""
ROUNDS = 12
"""Most pictures per answer."""
STILL = "nothing"
"""A variable that is always 0: it carries the rows that no action moves."""
Choose = Callable[[Rows], Mapping[str, float]]
"""From a table of rows to a point."""


@dataclass(frozen=True, slots=True, eq=False)
class TargetSystem:
    """Rows over actions.

    Parameters
    ----------
    rows : tuple of Row
        Targets, facts (soft) and physics (hard); a row that speaks of a view of the model has no coefficients.
    views : mapping of str to str
        By row without coefficients: gauge of the bench that it bounds.
    bench : Bench or None
        The model with the actions; ``None`` where no row speaks of a view.
    costs : mapping of str to float
        Yearly cost per unit of variables that are no actions. [CNY/a per unit]
    sizes : mapping of str to float
        Size of a row by which its violation is measured, where the right-hand side is not it. [unit of the row]
    targets : frozenset of str
        Rows that are targets and may be given up.
    unpriced : frozenset of str
        Actions without a sourced cost.
    """

    rows: tuple[Row, ...]
    views: Mapping[str, str] = field(default_factory=dict)
    bench: Bench | None = None
    costs: Mapping[str, float] = field(default_factory=dict)
    sizes: Mapping[str, float] = field(default_factory=dict)
    targets: frozenset[str] = frozenset()
    unpriced: frozenset[str] = frozenset()

    @property
    def soft(self) -> tuple[str, ...]:
        """Rows that may be given up, in order."""
        return tuple(row.name for row in self.rows if not row.hard)

    @property
    def cost(self) -> dict[str, float]:
        """Yearly cost of one unit of each variable. [CNY/a per unit]"""
        actions = self.bench.actions.values() if self.bench else ()
        return {
            **{one.id: one.cost for one in actions if one.cost},
            **{name: cost for name, cost in self.costs.items() if cost},
        }

    @property
    def start(self) -> dict[str, float]:
        """Actions at which the model stands as it was given."""
        return self.bench.start if self.bench else {}

    def size(self, name: str) -> float:
        """By what the violation of a row is measured.

        Parameters
        ----------
        name : str
            A row.

        Returns
        -------
        float
            > 0. [unit of the row]
        """
        found = next(row for row in self.rows if row.name == name)
        return self.sizes.get(name) or abs(found.bound) or 1.0

    def without(self, names: Collection[str]) -> TargetSystem:
        """The system less some rows.

        Parameters
        ----------
        names : collection of str
            Rows to leave out.

        Returns
        -------
        TargetSystem
            With the same model.
        """
        return replace(self, rows=tuple(row for row in self.rows if row.name not in names))

    def sourced(self) -> TargetSystem:
        """The system with only those actions whose cost has a source.

        Returns
        -------
        TargetSystem
            The other actions stay undone.
        """
        if self.bench is None or not self.unpriced:
            return self
        actions = {
            name: replace(one, low=one.zero, high=one.zero) if name in self.unpriced else one
            for name, one in self.bench.actions.items()
        }
        return replace(self, bench=replace(self.bench, actions=actions))

    def moved(self, name: str, by: float) -> TargetSystem:
        """The system with another right-hand side of one row.

        Parameters
        ----------
        name : str
            The row.
        by : float
            Added to its right-hand side. [unit of the row]

        Returns
        -------
        TargetSystem
            With the same model.
        """
        return replace(self, rows=tuple(replace(one, bound=one.bound + by) if one.name == name else one for one in self.rows))

    def table(self, picture: Picture | None) -> Rows:
        """Rows over variables, as the picture has the views.

        Parameters
        ----------
        picture : Picture or None
            The model around a point.

        Returns
        -------
        Rows
            All rows, hard and soft.
        """
        made = {row.name: self._row(row, picture) for row in self.rows}
        named = dict.fromkeys(name for row in made.values() for name in row.coefficients)
        actions = self.bench.actions if self.bench else {}
        variables = {name: Variable("", 0.0, 0.0 if name == STILL else math.inf) for name in [*named, *self.costs]}
        for action in actions.values():
            variables[action.id] = Variable(action.unit, action.low, action.high)
        return Rows(variables, made)

    def _row(self, row: Row, picture: Picture | None) -> energy_rows.Row:
        weight = 1.0 / self.size(row.name)
        if row.name not in self.views or picture is None:
            return energy_rows.Row(dict(row.coefficients), row.sense, row.bound, row.unit, soft=not row.hard, weight=weight)
        slopes, value = picture.slopes[self.views[row.name]], picture.values[self.views[row.name]]
        bound = row.bound - value + sum(slope * picture.at[name] for name, slope in slopes.items())
        return energy_rows.Row(dict(slopes) or {STILL: 1.0}, row.sense, bound, row.unit, soft=not row.hard, weight=weight)


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A point that an optimiser chose and the model confirms.

    Parameters
    ----------
    point : mapping of str to float
        Value of each variable.
    table : Rows
        The rows at the last picture.
    gauges : mapping of str to float
        Views as the model itself has them at the point.
    error : float
        Largest distance of picture and model at the point, relative to the sizes of the rows.
    rounds : int
        Pictures drawn.
    """

    point: Mapping[str, float]
    table: Rows
    gauges: Mapping[str, float]
    error: float
    rounds: int


def settle(system: TargetSystem, choose: Choose, *, start: Mapping[str, float] | None = None, sloped: bool = False) -> Settled:
    """Choose on a picture, draw a new one where the choice fell, until picture and model agree.

    Parameters
    ----------
    system : TargetSystem
        The rows.
    choose : callable
        What an optimiser does with the rows of one picture.
    start : mapping of str to float, optional
        Where the first picture is drawn; by default where the model was given.
    sloped : bool
        Whether the slopes of the last picture are to be those of the answer, as prices need it.

    Returns
    -------
    Settled
        The best agreement found; `error` says how good it is.

    Raises
    ------
    SolveError
        If the optimiser finds no answer on the first picture.
    """
    if system.bench is None:
        table = system.table(None)
        return Settled(choose(table), table, {}, 0.0, 0)
    at, best, last = system.start | dict(start or {}), None, math.inf
    for number in range(1, ROUNDS + 1):
        picture = system.bench.draw(at)
        table = system.table(picture)
        try:
            point = choose(table)
        except SolveError:
            if best is None:
                raise
            break
        truth = system.bench.read(point)
        error = _distance(system, picture.read(point), truth)
        if best is None or error <= max(best.error, TOLERANCE):
            best = Settled(point, table, truth, error, number)
        if error <= TOLERANCE and (not sloped or _stays(system.bench, at, point)):
            break
        step = 1.0 if error < last or error <= TOLERANCE else 0.5
        at = {name: at[name] + step * (point.get(name, at[name]) - at[name]) for name in at}
        last = error
    if best is None:
        raise AssertionError("no picture was drawn")
    return best


def _stays(bench: Bench, at: Mapping[str, float], point: Mapping[str, float]) -> bool:
    """Whether the picture was drawn where the choice fell, so that its slopes are those of the answer."""
    return all(abs(at[one] - point.get(one, at[one])) <= NEAR * reach_of(action) for one, action in bench.actions.items())


def _distance(system: TargetSystem, said: Mapping[str, float], truth: Mapping[str, float]) -> float:
    apart = [abs(said[gauge] - truth[gauge]) / system.size(name) for name, gauge in system.views.items() if _has(system, name)]
    return max(apart, default=0.0)


def _has(system: TargetSystem, name: str) -> bool:
    return any(row.name == name for row in system.rows)


def relax(system: TargetSystem) -> tuple[Settled, dict[str, float]]:
    """The cheapest way to make all rows hold: least sum of relative violations.

    Parameters
    ----------
    system : TargetSystem
        The rows.

    Returns
    -------
    Settled
        The point.
    dict of str to float
        By soft row: by how much it gives way, 0 where it is kept. [unit of the row]
    """
    slack: dict[str, float] = {}

    def choose(table: Rows) -> Mapping[str, float]:
        found = energy_rows.relaxation(table)
        slack.clear()
        slack.update(found.slack)
        return found.values

    settled = settle(system, choose)
    kept = energy_rows.relaxation(settled.table)
    return settled, {name: (value if value > KEPT * system.size(name) else 0.0) for name, value in kept.slack.items()}


def give_way(system: TargetSystem, held: Collection[str], name: str, *, start: Mapping[str, float]) -> tuple[float, Settled]:
    """By how much one row must give way when others hold, in the model itself.

    Parameters
    ----------
    system : TargetSystem
        The rows.
    held : collection of str
        Soft rows that hold beside the hard ones.
    name : str
        The row that gives way.
    start : mapping of str to float
        Where the first picture is drawn.

    Returns
    -------
    float
        Least amount. [unit of the row]
    Settled
        The point at which the others hold.
    """
    names = {*held, name}
    part = system.without([one for one in system.soft if one not in names])

    def choose(table: Rows) -> Mapping[str, float]:
        return energy_rows.shortfall(table, tuple(table.rows), name)[1]

    settled = settle(part, choose, start=start)
    return energy_rows.shortfall(settled.table, tuple(settled.table.rows), name)[0], settled


def fewest(sets: Sequence[Collection[str]], targets: Collection[str], burden: Mapping[str, float]) -> tuple[str, ...]:
    """The smallest choice of targets that meets every set; among equals the one of the least burden.

    Parameters
    ----------
    sets : sequence of collection of str
        Clashing sets.
    targets : collection of str
        Rows that may be given up; a set without any cannot be met and is left out.
    burden : mapping of str to float
        What giving up one costs when numbers are equal.

    Returns
    -------
    tuple of str
        In order of name; empty where there is nothing to meet.
    """
    wanted = [frozenset(one) & frozenset(targets) for one in sets]
    wanted = [one for one in wanted if one]
    best: tuple[int, float, tuple[str, ...]] | None = None
    branches: list[tuple[str, ...]] = [()]
    while branches:
        chosen = branches.pop()
        left = [one for one in wanted if not one & set(chosen)]
        worth = (len(chosen), sum(burden.get(name, 0.0) for name in chosen), tuple(sorted(chosen)))
        if best is not None and (len(chosen) + bool(left), 0.0) > best[:2]:
            continue
        if not left:
            best = worth if best is None or worth < best else best
            continue
        branches.extend((*chosen, name) for name in sorted(min(left, key=len)))
    return best[2] if best else ()


def least_cost(system: TargetSystem, *, start: Mapping[str, float] | None = None) -> tuple[float, Mapping[str, float], Settled]:
    """The actions of least yearly cost with which all rows hold.

    Parameters
    ----------
    system : TargetSystem
        Rows that can hold together.
    start : mapping of str to float, optional
        Where the first picture is drawn.

    Returns
    -------
    float
        Yearly cost. [CNY/a]
    mapping of str to float
        By row: change of the cost per unit of its right-hand side. [CNY/a per unit of the row]
    Settled
        The point.

    Raises
    ------
    SolveError
        If the rows cannot hold together.
    """
    cost = system.cost
    settled = settle(system, lambda table: energy_rows.solve(table, cost, sure=True).values, start=start, sloped=True)
    found = energy_rows.solve(settled.table, cost, sure=True)
    return found.objective, found.prices, settled


def reach(system: TargetSystem, name: str, *, start: Mapping[str, float]) -> float | None:
    """How far the left side of a row could go towards what it asks, and beyond, while all other rows hold.

    Parameters
    ----------
    system : TargetSystem
        The rows; the others can hold together.
    name : str
        The row.
    start : mapping of str to float
        Where the first picture is drawn.

    Returns
    -------
    float or None
        Best value of its left side, in the model itself where it is a view; ``None`` where nothing limits it.
        [unit of the row]
    """
    upward = next(row.sense for row in system.rows if row.name == name) != "<="

    def choose(table: Rows) -> Mapping[str, float]:
        return energy_rows.solve(_others(table, name), table.rows[name].coefficients, maximise=upward, sure=True).values

    if not _limited(system, name, start, upward=upward):
        return None
    settled = settle(system, choose, start=start)
    if name in system.views:
        return settled.gauges[system.views[name]]
    return sum(factor * settled.point[one] for one, factor in settled.table.rows[name].coefficients.items())


def _limited(system: TargetSystem, name: str, start: Mapping[str, float], *, upward: bool) -> bool:
    """Whether anything limits the left side of a row: its own actions, or the other rows."""
    if name in system.views and system.bench is not None:
        return all(math.isfinite(one.low) and math.isfinite(one.high) for one in system.bench.actions.values())
    table = system.table(None if system.bench is None else system.bench.draw(system.start | dict(start)))
    low, high = energy_rows.range_of(_others(table, name), table.rows[name].coefficients)
    return math.isfinite(high if upward else low)


def _others(table: Rows, name: str) -> Rows:
    return Rows(table.variables, {one: row for one, row in table.rows.items() if one != name})
