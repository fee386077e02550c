"""Operate a design over all steps in windows whose storage levels are led by a plan: a feasible operation, hence a cost.

Invariant: what comes out satisfies every row of the whole programme, checked by us; where windows do not get there, the
whole programme is solved instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from dafeng.core.errors import SolveError
from dafeng.energy.certificate import PRIMAL_TOLERANCE, Certificate, certify
from dafeng.energy.network.build import Built
from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Flags
from dafeng.energy.program import Floats, Program
from dafeng.energy.solution import CancelledError, Solution, solve_program
from dafeng.energy.solving.answer import Algorithm
from dafeng.energy.windows.cutter import LEVELS, Cutter, cutter_of
from dafeng.energy.windows.limit_prices import begin_search, next_prices, room_worth
from dafeng.energy.windows.timing import Timed, stretches
from dafeng.energy.windows.window import solve_window, spans

TRIES = 6
"""How often prices of limits are tried; if none holds them all, the whole programme is solved."""
ROOM = 5e-4
"""Worth of the room left in limits, or gain of the last prices, as a share of the cost, below which no others are tried."""
HORIZON, OVERLAP = 96, 24
"""Steps of a window, and those that the next one decides again."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What an aggregated answer says about operation.

    Parameters
    ----------
    levels : (columns,) array
        Level of every storage in every step; not a number for everything else. [MWh]
    prices : (rows,) array
        Price of every row; only those of rows without a step are read. [yuan per unit]
    """

    levels: Floats
    prices: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Operated:
    """A feasible operation.

    Parameters
    ----------
    values : (columns,) array
        Value of every variable.
    cost : float
        Its cost, at least that of the best operation. [yuan]
    violation : float
        Largest violation of any row or bound, relative to its size.
    exact : bool
        Whether it is the certified optimum of the whole programme.
    certificates : tuple of Certificate
        Proofs of the windows that it is made of, or of the whole.
    """

    values: Floats
    cost: float
    violation: float
    exact: bool
    certificates: tuple[Certificate, ...]


def whole_operation(solution: Solution) -> Operated:
    """The best operation, decided as one programme.

    Parameters
    ----------
    solution : Solution
        Certified optimum of a programme without capacities to decide.

    Returns
    -------
    Operated
        The same.
    """
    proof = solution.certificate
    return Operated(solution.values, proof.objective, proof.primal_share, exact=True, certificates=(proof,))


def plan_of(own: Built, levels: Mapping[str, Floats], ends: Places, prices: Mapping[str, Floats]) -> Plan:
    """Plan for the programme of a fixed design.

    Parameters
    ----------
    own : Built
        The design with its programme.
    levels : mapping of str to (segments, n) array
        Levels at the ends of the segments, by block of variables. [MWh]
    ends : (segments,) array of int
        Last step of each segment.
    prices : mapping of str to array
        Prices of the rows without a step, by block. [yuan per unit]

    Returns
    -------
    Plan
        Straight lines between the ends; each period on its own, as if it were a circle.
    """
    goal, known = np.full(len(own.program.cost), np.nan), np.zeros(len(own.program.row_low))
    for name, values in levels.items():
        places = own.builder.variables[name]
        goal[places[places >= 0]] = _between(values, ends, own.network.clock.first)[places >= 0]
    for name, price in prices.items():
        rows = own.builder.rows[name].row if name in own.builder.rows else np.zeros(0, dtype=np.int64)
        if rows.shape == price.shape:
            known[rows[rows >= 0]] = price[rows >= 0]
    return Plan(goal, known)


def levels_at(built: Built, values: Floats, steps: Places | slice, *, prefix: str = "") -> dict[str, Floats]:
    """Levels of all storages in some steps.

    Parameters
    ----------
    built : Built
        A network with its programme.
    values : (columns,) array
        Value of every variable.
    steps : (k,) array of int or slice
        Which steps.
    prefix : str
        What the names of a scenario begin with; it is left out.

    Returns
    -------
    dict of str to (k, n) array
        By block of variables; zero where a storage is inactive. [MWh]
    """
    found = {}
    for name, places in built.builder.variables.items():
        own = name.removeprefix(prefix)
        if name == prefix + own and own.count(".") == 1 and own.rsplit(".", 1)[-1] in LEVELS:
            found[own] = np.append(values, 0.0)[places[steps]]
    return found


def joint_prices(built: Built, prices: Floats, *, prefix: str = "") -> dict[str, Floats]:
    """Prices of the rows that stand once for all steps.

    Parameters
    ----------
    built : Built
        A network with its programme.
    prices : (rows,) array
        Price of every row of the programme. [yuan per unit]
    prefix : str
        What the names of a scenario begin with; it is left out.

    Returns
    -------
    dict of str to array
        By block.
    """
    found = {}
    for name, rows in built.builder.rows.items():
        if name.startswith(prefix) and rows.row.ndim == 1:
            found[name.removeprefix(prefix)] = np.where(rows.row < 0, 0.0, np.append(prices, 0.0)[rows.row])
    return found


def _between(levels: Floats, ends: Places, first: Flags) -> Floats:
    """Levels at the ends of segments, straight lines between them; each period on its own, as if it were a circle."""
    found = np.zeros((len(first), levels.shape[1]))
    starts = np.append(np.flatnonzero(first), len(first))
    for start, stop in pairwise(starts):
        inside, steps = (ends >= start) & (ends < stop), np.arange(start, stop)
        for column in range(levels.shape[1]):
            found[steps, column] = np.interp(steps, ends[inside], levels[inside, column], period=stop - start)
    return found


def operate(timed: Timed, plan: Plan, *, ladder: Sequence[Algorithm] | None = None) -> Operated:
    """Operate a programme without capacities to decide.

    Parameters
    ----------
    timed : Timed
        The programme of a network, or of its scenarios, with fixed capacities.
    plan : Plan
        Where levels should go and what limits cost.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried on a window; by size if not given.

    Returns
    -------
    Operated
        An operation that satisfies every row.

    Raises
    ------
    SolveError
        If not even the whole programme has a certified optimum.
    """
    cutter = cutter_of(timed)
    limits = _limits(timed)
    search, best = begin_search(plan.prices[timed.row_step < 0]), None
    for _ in range(TRIES):
        try:
            values, proofs = _operated(cutter, plan, search.price, ladder)
        except CancelledError:
            raise
        except SolveError:
            break
        found = certify(timed.program, values, np.zeros(len(timed.row_step)))
        activity = limits.matrix @ values
        if found.primal_share <= PRIMAL_TOLERANCE:
            known, little = math.inf if best is None else best.cost, ROOM * abs(found.objective)
            if found.objective < known:
                best = Operated(values, found.objective, found.primal_share, exact=False, certificates=proofs)
            if room_worth(limits, search, activity) <= little or abs(known - found.objective) <= little:
                break
        size = float(np.abs(timed.program.cost) @ np.abs(values))
        search = next_prices(limits, search, activity, size, abs(limits.matrix) @ np.abs(values))
    return best or whole_operation(solve_program(timed.program))


def _limits(timed: Timed) -> Program:
    """The rows without a step alone."""
    chosen, program = np.flatnonzero(timed.row_step < 0), timed.program
    return replace(
        program,
        matrix=program.matrix.tocsr()[chosen],
        row_low=program.row_low[chosen],
        row_high=program.row_high[chosen],
        constraints={},
    )


def _operated(
    cutter: Cutter, plan: Plan, prices: Floats, ladder: Sequence[Algorithm] | None
) -> tuple[Floats, tuple[Certificate, ...]]:
    known = np.nan_to_num(np.clip(plan.levels[cutter.column_order], cutter.program.low, cutter.program.high))
    size, proofs = cutter.timed.steps // len(cutter.timed.built), []
    for begin, stop in stretches(cutter.timed):
        network = cutter.timed.built[begin // size].network
        for start, end in spans(stop - begin, HORIZON, OVERLAP):
            first, last = begin + start, begin + end
            part = _led(cutter, cutter.window(first, last, known, handed=False), known, last, ends=last == stop)
            part = replace(part, cost=part.cost - cutter.joint(first, last).T @ prices)
            values, proof = solve_window(part, network, (first % size, (last - 1) % size + 1), ladder)
            proofs.append(proof)
            kept = slice(*cutter.column_start[[first, last if last == stop else last - OVERLAP]])
            known[kept] = values[: kept.stop - kept.start]
            if last == stop:
                break
    return cutter.restored(known), tuple(proofs)


def _led(cutter: Cutter, part: Program, known: Floats, last: int, *, ends: bool) -> Program:
    """A window whose last levels are those of the plan; at the end of a stretch only those that lead to its beginning."""
    window = slice(*cutter.column_start[[last - 1, last]])
    chosen = np.flatnonzero(cutter.level[window])
    if ends:
        chosen = np.array([one for one in chosen if int(cutter.owner[window][one]) in cutter.cyclic], dtype=np.int64)
    low, high = part.low.copy(), part.high.copy()
    place = chosen + len(low) - (window.stop - window.start)
    goal = np.clip(known[window][chosen], low[place], high[place])
    low[place] = high[place] = goal
    return replace(part, low=low, high=high)
