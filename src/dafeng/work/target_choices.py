"""What is asked of a system of targets: relaxation, what one row gives way by, the fewest given up, least cost, reach.

Invariant: every answer is settled on the model, never on a picture drawn elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from dafeng.energy import rows as energy_rows
from dafeng.energy.rows import Relaxation, Rows, RowsResult
from dafeng.work.target_system import KEPT, Settled, TargetSystem, recall, settle


def relax(system: TargetSystem) -> tuple[Settled[Relaxation], dict[str, float]]:
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

    def choose(table: Rows) -> tuple[Mapping[str, float], Relaxation]:
        found = energy_rows.relaxation(table)
        return found.values, found

    settled = recall(system, "relax", lambda: settle(system, choose))
    slack = settled.found.slack.items()
    return settled, {name: (value if value > KEPT * system.size(name) else 0.0) for name, value in slack}


def give_way(
    system: TargetSystem, held: Collection[str], name: str, *, start: Mapping[str, float]
) -> tuple[float, Settled[float]]:
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

    def choose(table: Rows) -> tuple[Mapping[str, float], float]:
        amount, point = energy_rows.shortfall(table, tuple(table.rows), name)
        return point, amount

    settled = recall(part, ("give way", name), lambda: settle(part, choose, start=start))
    return settled.found, settled


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
        smallest = min(len(one) for one in left)
        branches.extend((*chosen, name) for name in sorted(next(one for one in left if len(one) == smallest)))
    return best[2] if best else ()


def least_cost(
    system: TargetSystem, *, start: Mapping[str, float] | None = None
) -> tuple[float, Mapping[str, float], Settled[RowsResult]]:
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

    def choose(table: Rows) -> tuple[Mapping[str, float], RowsResult]:
        found = energy_rows.solve(table, cost, sure=True)
        return found.values, found

    settled = recall(system, "least cost", lambda: settle(system, choose, start=start, sloped=True))
    return settled.found.objective, settled.found.prices, settled


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
    return recall(system, ("reach", name), lambda: _reach(system, name, start))


def _reach(system: TargetSystem, name: str, start: Mapping[str, float]) -> float | None:
    upward = next(row.sense for row in system.rows if row.name == name) != "<="

    def choose(table: Rows) -> tuple[Mapping[str, float], None]:
        found = energy_rows.solve(_others(table, name), table.rows[name].coefficients, maximise=upward, sure=True)
        return found.values, None

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
