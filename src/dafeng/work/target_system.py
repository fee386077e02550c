"""Targets, facts and physical limits as one system of rows over actions, held against the model itself.

Invariant: a view of the model enters as its picture at the answer, so that what is reported is the model's own value; how far
the two are apart is part of every answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, cast

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
Answer = TypeVar("Answer")
Found = TypeVar("Found")
Choose = Callable[[Rows], tuple[Mapping[str, float], Found]]
"""From a table of rows to a point, and what else was found there."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share of two variables that a row asks for.

    Parameters
    ----------
    part, whole : str
        Variables.
    share : float
        What is asked. [1]
    """

    part: str
    whole: str
    share: float

    def of(self, point: Mapping[str, float]) -> float:
        """The share at a point.

        Parameters
        ----------
        point : mapping of str to float
            Value of each variable.

        Returns
        -------
        float
            0 where there is no whole. [1]
        """
        whole = point[self.whole]
        return point[self.part] / whole if whole > 0 else 0.0


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
    ratios : mapping of str to Ratio
        By row: the share it stands for; what is told of such a row is told of the share.
    memory : dict
        Answers by question and rows; systems of the same model may share it.
    """

    rows: tuple[Row, ...]
    views: Mapping[str, str] = field(default_factory=dict)
    bench: Bench | None = None
    costs: Mapping[str, float] = field(default_factory=dict)
    sizes: Mapping[str, float] = field(default_factory=dict)
    targets: frozenset[str] = frozenset()
    unpriced: frozenset[str] = frozenset()
    ratios: Mapping[str, Ratio] = field(default_factory=dict)
    memory: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def key(self) -> Hashable:
        """What tells one system from another: rows, views, costs and actions."""
        rows = (
            (one.name, *one.coefficients.items(), one.sense, one.bound, self.views.get(one.name), self.sizes.get(one.name))
            for one in self.rows
        )
        model = None if self.bench is None else (self.bench.many, *self.bench.actions.values())
        return tuple(rows), tuple(self.costs.items()), self.targets, model

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

    def scale(self, name: str) -> float:
        """By what amounts that are told of a row are compared.

        Parameters
        ----------
        name : str
            A row.

        Returns
        -------
        float
            > 0; of a share what is asked. [unit in which the row is told]
        """
        return (self.ratios[name].share or 1.0) if name in self.ratios else self.size(name)

    def asked(self, name: str) -> float:
        """What a row asks for.

        Parameters
        ----------
        name : str
            A row.

        Returns
        -------
        float
            Share or right-hand side. [unit in which the row is told]
        """
        if name in self.ratios:
            return self.ratios[name].share
        return next(row.bound for row in self.rows if row.name == name)

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
        """The system with another right-hand side, or another share, of one row.

        Parameters
        ----------
        name : str
            The row.
        by : float
            Added to it. [unit in which the row is told]

        Returns
        -------
        TargetSystem
            With the same model.
        """
        if name in self.ratios:
            ratio = replace(self.ratios[name], share=self.ratios[name].share + by)
            rows = (
                replace(one, coefficients={**one.coefficients, ratio.whole: -ratio.share}) if one.name == name else one
                for one in self.rows
            )
            return replace(self, rows=tuple(rows), ratios={**self.ratios, name: ratio})
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


def recall(system: TargetSystem, question: Hashable, ask: Callable[[], Answer]) -> Answer:
    """The answer to a question about a system, asked once however many ways of counting come to the same rows.

    Parameters
    ----------
    system : TargetSystem
        The rows.
    question : hashable
        What is asked of them.
    ask : callable
        Finds the answer.

    Returns
    -------
    object
        The answer.

    Raises
    ------
    SolveError
        As `ask` does, each time.
    """
    key = question, system.key
    if key not in system.memory:
        try:
            system.memory[key] = ask()
        except SolveError as failure:
            system.memory[key] = failure
    found = system.memory[key]
    if isinstance(found, SolveError):
        raise found
    return cast(Answer, found)


@dataclass(frozen=True, slots=True, eq=False)
class Settled(Generic[Found]):
    """A point that an optimiser chose and the model confirms.

    Parameters
    ----------
    point : mapping of str to float
        Value of each variable.
    table : Rows
        The rows at the last picture.
    gauges : mapping of str to float
        Views as the model itself has them at the point; none where no row speaks of one.
    error : float
        Largest distance of picture and model at the point, relative to the sizes of the rows.
    rounds : int
        Pictures drawn.
    found : object
        What else the optimiser told of the point.
    """

    point: Mapping[str, float]
    table: Rows
    gauges: Mapping[str, float]
    error: float
    rounds: int
    found: Found


def settle(
    system: TargetSystem, choose: Choose[Found], *, start: Mapping[str, float] | None = None, sloped: bool = False
) -> Settled[Found]:
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
    best: Settled[Found] | None = None
    if system.bench is None or not any(row.name in system.views for row in system.rows):
        table = system.table(None)
        point, found = choose(table)
        return Settled(point, table, {}, 0.0, 0, found)
    at, last = system.start | dict(start or {}), math.inf
    for number in range(1, ROUNDS + 1):
        picture = system.bench.draw(at)
        table = system.table(picture)
        try:
            point, found = choose(table)
        except SolveError:
            if best is None:
                raise
            break
        truth = system.bench.read(point)
        error = _distance(system, picture.read(point), truth)
        if best is None or error <= max(best.error, TOLERANCE):
            best = Settled(point, table, truth, error, number, found)
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
