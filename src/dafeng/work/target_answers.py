"""What a system of targets comes to: whether it holds, what clashes, what gives way, what the rest costs, each target's price.

Invariant: every set is confirmed in the model itself; a price is a dual value that stands between the two one-sided differences
of a re-solved system, or says that it does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dafeng.core.errors import SolveError
from dafeng.energy import rows as energy_rows
from dafeng.energy.rows import Conflict, Relaxation, RowsResult
from dafeng.work.target_choices import fewest, give_way, least_cost, reach, relax
from dafeng.work.target_ratios import give_share, reach_share
from dafeng.work.target_system import KEPT, Settled, TargetSystem, recall

LARGEST_SET = 6
"""Size up to which all minimal clashing sets are listed."""
NUDGE = 1e-4
"""Step of the differences that check a price, relative to the size of the target."""
AGREED = 1e-3
"""How far a price may stand outside its one-sided differences, relative to the larger of them."""


@dataclass(frozen=True, slots=True)
class ClashSet:
    """Rows that cannot hold together, none of which could be left out.

    Parameters
    ----------
    rows : tuple of str
        Targets and facts, in the order of the system.
    ways : mapping of str to float
        By row: by how much it alone must give way. [unit of the row]
    hard : tuple of str
        Physics that takes part.
    bounds : tuple of str
        Actions at the end of their range.
    error : float
        Distance of picture and model where the others hold, relative to the sizes of the rows.
    sizes : mapping of str to float
        By row: by what amounts of different units are compared. [unit of the row]
    """

    rows: tuple[str, ...]
    ways: Mapping[str, float]
    hard: tuple[str, ...]
    bounds: tuple[str, ...]
    error: float
    sizes: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit more of a target costs a year.

    Parameters
    ----------
    dual : float
        By the dual value; 0 where the target does not bind. [CNY/a per unit]
    left, right : float or None
        Measured on the system solved again with a little less and a little more asked; ``None`` where more is impossible.
        [CNY/a per unit]
    """

    dual: float
    left: float | None
    right: float | None

    @property
    def agrees(self) -> bool:
        """Whether the dual value stands between the two differences."""
        low = self.dual if self.left is None else self.left
        high = self.dual if self.right is None else self.right
        spare = AGREED * max(abs(low), abs(high), abs(self.dual))
        return min(low, high) - spare <= self.dual <= max(low, high) + spare


@dataclass(frozen=True, slots=True, eq=False)
class SystemAnswer:
    """What a system of targets comes to.

    Parameters
    ----------
    feasible : bool
        Whether all targets and facts can hold together.
    sets : tuple of ClashSet
        All minimal clashing sets up to the size searched.
    slack : mapping of str to float
        Cheapest relaxation: by row, by how much it gives way; the sum of relative amounts is least. [unit of the row]
    given_up : tuple of str
        The fewest targets without which the rest can hold.
    cost : float or None
        Least yearly cost of what is kept; ``None`` where facts alone contradict one another. [CNY/a]
    levels : mapping of str to float
        The actions of least cost. [unit of the action]
    gauges : mapping of str to float
        Views of the model then.
    prices : mapping of str to Price
        By target kept.
    reach : mapping of str to float or None
        By target: best value while all others that are kept hold; ``None``: nothing limits it. [unit of the row]
    error : float
        Largest distance of picture and model in any answer, relative to the sizes of the rows.
    doubtful : tuple of tuple of str
        Sets of the picture that the model did not confirm.
    unpriced : tuple of str
        Actions without a sourced cost that the targets cannot do without; the cost leaves them out.
    """

    feasible: bool
    sets: tuple[ClashSet, ...]
    slack: Mapping[str, float]
    given_up: tuple[str, ...]
    cost: float | None
    levels: Mapping[str, float]
    gauges: Mapping[str, float]
    prices: Mapping[str, Price]
    reach: Mapping[str, float | None]
    error: float
    doubtful: tuple[tuple[str, ...], ...] = ()
    unpriced: tuple[str, ...] = ()


def answer_system(system: TargetSystem, *, size: int = LARGEST_SET, priced: bool = True) -> SystemAnswer:
    """Everything that can be said of a system of targets.

    Parameters
    ----------
    system : TargetSystem
        The rows.
    size : int
        Largest clashing set wanted.
    priced : bool
        Whether reach, least cost and prices are wanted.

    Returns
    -------
    SystemAnswer
        Clashes, relaxation, least cost, prices.

    Raises
    ------
    SolveError
        If physics alone contradicts itself, or nothing can be proven.
    """
    return recall(system, (size, priced), lambda: _answer(system, size, priced=priced))


def _answer(system: TargetSystem, size: int, *, priced: bool) -> SystemAnswer:
    eased, slack = relax(system)
    slack = _shares(system, slack, eased.point)
    feasible = not any(slack.values())
    sets, doubtful = ((), ()) if feasible else _sets(system, eased, size)
    given_up = _give_up(system, sets, eased)
    kept = system.without(given_up)
    found = SystemAnswer(feasible, sets, slack, given_up, None, {}, {}, {}, {}, eased.error, doubtful)
    return _price(system, kept, found, eased) if priced and given_up is not None else found


def _sets(
    system: TargetSystem, eased: Settled[Relaxation], size: int
) -> tuple[tuple[ClashSet, ...], tuple[tuple[str, ...], ...]]:
    """All minimal sets of the picture, each confirmed or refused by the model."""
    found, doubtful = [], []
    for conflict in energy_rows.conflicts(eased.table, max_size=size):
        amounts, error = _ways(system, conflict, eased)
        if any(amount <= KEPT * system.scale(name) for name, amount in amounts.items()):
            doubtful.append(conflict.rows)
            continue
        sizes = {name: system.scale(name) for name in conflict.rows}
        found.append(ClashSet(conflict.rows, amounts, conflict.hard, conflict.bounds, error, sizes))
    return tuple(found), tuple(doubtful)


def _ways(system: TargetSystem, conflict: Conflict, eased: Settled[Relaxation]) -> tuple[Mapping[str, float], float]:
    """By how much each row of a set alone must give way; where none speaks of the model, the picture has told already."""
    seen = any(name in system.views for name in conflict.rows)
    amounts, errors = dict[str, float](), [0.0]
    for name in conflict.rows:
        if name in system.ratios:
            amounts[name], share = give_share(system, conflict.rows, name, start=eased.point)
            errors.append(share.error)
        elif seen:
            amounts[name], settled = give_way(system, conflict.rows, name, start=eased.point)
            errors.append(settled.error)
        else:
            amounts[name] = conflict.shortfall[name]
    return amounts, max(errors)


def _shares(system: TargetSystem, amounts: Mapping[str, float], point: Mapping[str, float]) -> dict[str, float]:
    """Amounts by which rows give way at a point, those of shares in their own unit."""
    told = dict(amounts)
    for name, ratio in system.ratios.items():
        if told.get(name):
            told[name] = told[name] / point[ratio.whole] if point[ratio.whole] > 0 else ratio.share
    return told


def _give_up(system: TargetSystem, sets: Sequence[ClashSet], eased: Settled[Relaxation]) -> tuple[str, ...]:
    """The fewest targets whose absence lets the rest hold; larger sets than were listed are found as they are met."""
    known = [frozenset(one.rows) for one in sets]
    burden = _burden(system, sets)
    while True:
        chosen = fewest(known, system.targets, burden)
        left = system.without(chosen)
        _, slack = relax(left)
        if not any(slack.values()):
            return chosen
        more = [frozenset(one.rows) for one in energy_rows.conflicts(settled_table(left, eased), max_size=None)]
        fresh = [one for one in more if one & system.targets and one not in known]
        if not fresh:
            return tuple(sorted({*chosen, *(name for name, value in slack.items() if value and name in system.targets)}))
        known.extend(fresh)


def settled_table(system: TargetSystem, eased: Settled[Relaxation]) -> energy_rows.Rows:
    """The rows of a system as the picture at a known point has them.

    Parameters
    ----------
    system : TargetSystem
        Part of the system that was settled.
    eased : Settled
        The point.

    Returns
    -------
    Rows
        The rows of the part.
    """
    names = {row.name for row in system.rows}
    return energy_rows.Rows(eased.table.variables, {name: row for name, row in eased.table.rows.items() if name in names})


def _burden(system: TargetSystem, sets: Sequence[ClashSet]) -> dict[str, float]:
    """Relative amount by which each target would have to give way at most."""
    burden: dict[str, float] = {}
    for one in sets:
        for name, amount in one.ways.items():
            burden[name] = max(burden.get(name, 0.0), amount / system.scale(name))
    return burden


def _price(system: TargetSystem, kept: TargetSystem, found: SystemAnswer, eased: Settled[Relaxation]) -> SystemAnswer:
    try:
        kept = _affordable(kept, eased)
        cost, duals, settled = least_cost(kept, start=eased.point)
    except SolveError:
        return found
    targets = [row for row in kept.rows if row.name in kept.targets]
    whole = system.without(found.given_up)
    prices = {row.name: _checked(kept, row.name, row.sense, duals[row.name], cost, settled) for row in targets}
    reached = {row.name: _reach(whole, row.name, settled.point) for row in targets}
    for name in found.given_up:
        reached[name] = _reach(system.without([one for one in found.given_up if one != name]), name, settled.point)
    return replace(
        found,
        cost=cost,
        levels=dict(settled.point),
        gauges={} if kept.bench is None else kept.bench.read(settled.point),
        prices=prices,
        reach=reached,
        unpriced=tuple(name for name in sorted(kept.unpriced) if settled.point.get(name, 0.0) > KEPT),
        error=max(found.error, settled.error),
    )


def _reach(system: TargetSystem, name: str, start: Mapping[str, float]) -> float | None:
    value = reach(system, name, start=start)
    return value if value is None or name not in system.ratios else reach_share(system, name, start=start)[0]


def _affordable(system: TargetSystem, eased: Settled[Relaxation]) -> TargetSystem:
    """The system with sourced costs only, where that is enough to keep the targets."""
    sourced = system.sourced()
    try:
        least_cost(sourced, start=eased.point)
    except SolveError:
        return system
    return sourced


def _checked(system: TargetSystem, name: str, sense: str, dual: float, cost: float, settled: Settled[RowsResult]) -> Price:
    """A dual value beside what the system costs when it is solved again with less and with more asked."""
    sign, step = -1.0 if sense == "<=" else 1.0, NUDGE * system.scale(name)
    per = settled.point[system.ratios[name].whole] if name in system.ratios else 1.0
    if _spare(name, settled) > 2 * step * per:
        return Price(0.0, 0.0, 0.0)
    less, more = (_cost(system.moved(name, sign * by), settled) for by in (-step, step))
    left = None if less is None else (cost - less) / step
    right = None if more is None else (more - cost) / step
    return Price(sign * dual * per + 0.0, left, right)


def _spare(name: str, settled: Settled[RowsResult]) -> float:
    """By how much a row is more than kept; what is spare can be asked without moving the optimum of a linear system."""
    row = settled.table.rows[name]
    left = sum(factor * settled.point[one] for one, factor in row.coefficients.items())
    return 0.0 if row.sense == "=" else (row.rhs - left if row.sense == "<=" else left - row.rhs)


def _cost(system: TargetSystem, settled: Settled[RowsResult]) -> float | None:
    try:
        return least_cost(system, start=settled.point)[0]
    except SolveError:
        return None
