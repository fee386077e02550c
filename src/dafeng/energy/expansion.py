"""Choose the power of storages by cuts: operate, learn what a MW is worth, ask a small master for the next power.

Invariant: the result is certified on the whole programme with the power as variables, as if that had been solved at
once; only the way there is shorter, because each new power restarts the simplex where the last one ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from dafeng.energy.certificate import certify, reduced_costs
from dafeng.energy.model import program_of
from dafeng.energy.profiles import Profiles
from dafeng.energy.program import Floats, Program
from dafeng.energy.solution import LADDER, Attempt, Solution, accept, solve_program
from dafeng.energy.solvers import Algorithm, Answer, hold_program, run_solver
from dafeng.energy.system import Storage, System

ROUNDS = 60
"""Most powers tried before the whole programme is handed to the ladder instead."""
CLOSE = 1e-7
"""Gap between best power and master, relative to the turnover, at which the search ends."""
PARTS = ("charge", "discharge", "level")
"""Variables of a storage that its power limits."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """What one tried power taught.

    Parameters
    ----------
    power : (storages,) array
        The power tried. [MW]
    cost : float
        Cost of operation, without the power's own. [yuan]
    slope : (storages,) array
        Change of that cost per MW, at most 0. [yuan/MW]
    answer : Answer
        The operation.
    """

    power: Floats
    cost: float
    slope: Floats
    answer: Answer


def expand_storages(
    system: System, profiles: Profiles, chosen: Collection[str], *, ladder: Sequence[Algorithm] = LADDER
) -> Solution:
    """Least-cost power of some storages together with the operation of everything.

    Parameters
    ----------
    system : System
        The components.
    profiles : Profiles
        Hourly series.
    chosen : collection of str
        Names of the storages whose power is chosen.
    ladder : sequence of Algorithm
        Solvers for the whole programme, where the search by cuts is not asked for (the first is not ``simplex``) or
        its result does not pass.

    Returns
    -------
    Solution
        Certified optimum of the whole programme.

    Raises
    ------
    SolveError
        If no solver gives a provable optimum.
    """
    whole = program_of(system, profiles, expand=chosen)
    attempt = _search(system, profiles, whole, chosen) if ladder[0] == "simplex" else None
    if attempt is None:
        return solve_program(whole, ladder=ladder)
    answer, seconds = attempt
    found = certify(whole, answer.values, answer.multipliers)
    told = Attempt("simplex", answer.status, seconds, answer.iterations, found)
    if not found.passed:
        return solve_program(whole, ladder=ladder)
    return accept(whole, answer, found, (told,))


def _search(system: System, profiles: Profiles, whole: Program, chosen: Collection[str]) -> tuple[Answer, float] | None:
    """Answer for the whole programme from the cuts and what it took; ``None`` where they do not close in."""
    start = time.perf_counter()
    storages = [one for one in system.storages if one.name in chosen]
    base = program_of(system, profiles)
    operate = _operator(base, storages)
    annual = whole.cost[[whole.variables[f"power.{one.name}"].start for one in storages]]
    least = np.array([one.power_mw for one in storages])
    most = np.array([one.power_most_mw for one in storages])
    cuts = [operate(least)]
    for _ in range(ROUNDS):
        power, bound, weights = _master(cuts, annual, least, most)
        best = min(cuts, key=lambda one: one.cost + float(annual @ one.power))
        turnover = max(1.0, float(np.abs(base.cost * best.answer.values).sum()))
        if not np.isfinite(bound) or best.cost + float(annual @ best.power) - bound <= CLOSE * turnover:
            break
        cuts.append(operate(power))
    else:
        return None
    answer = _assemble(base, whole, storages, best, cuts, weights)
    return answer, time.perf_counter() - start


def _operator(base: Program, storages: Sequence[Storage]) -> Callable[[Floats], Cut]:
    """Operation at a given power, restarted from the last one."""
    solve = hold_program(base)

    def operate(power: Floats) -> Cut:
        high = base.high.copy()
        for one, mw in zip(storages, power, strict=True):
            for part, size in _sizes(one).items():
                high[base.variables[f"{part}.{one.name}"]] = mw * size
        answer = solve(replace(base, high=high))
        reduced = reduced_costs(base, answer.multipliers)
        slope = [_slope(base, one, reduced) for one in storages]
        return Cut(power.copy(), float(base.cost @ answer.values) + base.constant, np.array(slope), answer)

    return operate


def _slope(base: Program, one: Storage, reduced: Floats) -> float:
    return sum(
        size * float(np.minimum(reduced[base.variables[f"{part}.{one.name}"]], 0.0).sum()) for part, size in _sizes(one).items()
    )


def _sizes(one: Storage) -> Mapping[str, float]:
    """What one MW allows: a MW each way, and its hours of level."""
    return dict(zip(PARTS, (1.0, 1.0, one.hours), strict=True))


def _master(cuts: Sequence[Cut], annual: Floats, least: Floats, most: Floats) -> tuple[Floats, float, Floats]:
    """Power that the cuts promise most of, what they promise, and the weight of each cut in that promise."""
    count = len(annual)
    slopes = np.array([one.slope for one in cuts])
    rhs = np.array([one.cost - float(one.slope @ one.power) for one in cuts])
    floor = min(one.cost + float(np.minimum(one.slope * (most - one.power), 0.0).sum()) for one in cuts)
    ceiling = max(one.cost for one in cuts)
    program = Program(
        matrix=sparse.csc_matrix(np.hstack([-slopes, np.ones((len(cuts), 1))])),
        row_low=rhs,
        row_high=np.full(len(cuts), np.inf),
        low=np.append(least, min(floor, ceiling) - 1.0),
        high=np.append(most, ceiling + 1.0),
        cost=np.append(annual, 1.0),
        variables={"power": slice(0, count), "cost": slice(count, count + 1)},
        constraints={"cuts": slice(0, len(cuts))},
    )
    answer = run_solver(program, "simplex", scaled=True)
    found = certify(program, answer.values, answer.multipliers)
    return answer.values[:count], found.bound, answer.multipliers


def _assemble(
    base: Program, whole: Program, storages: Sequence[Storage], best: Cut, cuts: Sequence[Cut], weights: Floats
) -> Answer:
    """Point of the best power and the weighted multipliers of all cuts, in the order of the whole programme."""
    share = np.maximum(weights, 0.0)
    share = share / share.sum() if share.sum() > 0 else np.eye(len(cuts))[cuts.index(best)]
    values, multipliers = np.zeros(len(whole.cost)), np.zeros(len(whole.row_low))
    for name, part in base.variables.items():
        values[whole.variables[name]] = best.answer.values[part]
    for one, mw in zip(storages, best.power, strict=True):
        values[whole.variables[f"power.{one.name}"]] = mw
    for cut, weight in zip(cuts, share, strict=True):
        if weight > 0:
            _add(multipliers, weight, base, whole, storages, cut)
    pivots = sum(one.answer.iterations for one in cuts)
    return replace(best.answer, values=values, multipliers=multipliers, iterations=pivots)


def _add(multipliers: Floats, weight: float, base: Program, whole: Program, storages: Sequence[Storage], cut: Cut) -> None:
    """Add one cut's multipliers; what a power's bound was worth becomes the price of the row that limits it."""
    reduced = reduced_costs(base, cut.answer.multipliers)
    for name, part in base.constraints.items():
        multipliers[whole.constraints[name]] += weight * cut.answer.multipliers[part]
    for one in storages:
        for side in PARTS:
            bound = np.minimum(reduced[base.variables[f"{side}.{one.name}"]], 0.0)
            multipliers[whole.constraints[f"{side}_limit.{one.name}"]] += weight * bound
