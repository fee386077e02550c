"""Running our model on the reference city: solve, assemble, roll on, shorten time; what each part took.

Invariant: every value comes with a certificate that passed; its figures are told beside the seconds.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.harness import BenchmarkError, Told
from benchmarks.reference_city.city import KEPT_H, WINDOW_H, City, dispatched
from benchmarks.reference_city.ours import network_city
from dafeng.energy.network.build import build_network, build_scenarios
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import Network
from dafeng.energy.solution import solve_program

if TYPE_CHECKING:
    from dafeng.energy.modes.certified import Certified


def told_of(outcome: Outcome) -> dict[str, Any]:
    """Return what an outcome says about itself: solver, parts, size and certificate."""
    certificate, attempts = outcome.solution.certificate, outcome.solution.attempts
    program = outcome.solution.program
    return {
        "solver": attempts[-1].algorithm,
        "settings": f"solvers tried: {len(attempts)}; iterations: {attempts[-1].iterations}",
        "build_s": float(outcome.seconds["build"]),
        "solver_s": float(outcome.seconds["solve"]),
        "rows": len(program.row_low),
        "columns": len(program.cost),
        "lower_bound": float(certificate.bound),
        "primal_violation": float(certificate.primal_violation),
    }


def solved(city: City) -> Told:
    """Make the network, build and solve it with a certificate."""
    start = time.process_time()
    network = network_city(city)
    parts = {"network_s": time.process_time() - start}
    outcome = solve_network(network)
    return Told(float(outcome.system_cost), told_of(outcome) | parts)


def assembled(city: City) -> Told:
    """Make the sparse programme of a network that stands in memory, without solving."""
    network = network_city(city)
    start = time.process_time()
    built = build_network(network)
    parts = {"solver": "none", "rows": len(built.program.row_low), "columns": len(built.program.cost)}
    return Told(float(city.steps), parts, time.process_time() - start)


def rolled(city: City) -> Told:
    """Operate the year in windows of three days, two of which are kept; the cost of what is kept."""
    from dafeng.energy.modes.rolling import solve_rolling

    start = time.process_time()
    network = network_city(dataclasses.replace(dispatched(city), cyclic=False))
    parts: dict[str, Any] = {"network_s": time.process_time() - start}
    found = solve_rolling(network, horizon=WINDOW_H // city.step, overlap=(WINDOW_H - KEPT_H) // city.step)
    parts |= {
        "build_s": float(found.seconds["build"]),
        "solver_s": float(found.seconds["solve"]),
        "windows": len(found.windows),
    }
    parts["primal_violation"] = max(float(window.certificate.primal_violation) for window in found.windows)
    return Told(float(found.cost), parts)


def segmented(city: City, count: int) -> Told:
    """Decide over segments of time; the seconds are of this, the true cost in all hours is reckoned beside it."""
    from dafeng.energy.modes.segments import solve_segments

    found = solve_segments(network_city(city), segments=count)
    parts = told_of(found.outcome) | {
        "segments": count,
        "claimed_cost": float(found.claimed),
        "merge_s": float(found.seconds["merge"]),
        "operate_all_hours_s": float(found.seconds["operate"]),
    }
    return Told(float(found.cost), parts, float(found.seconds["merge"] + found.seconds["solve"]))


def operated_years(cities: Sequence[City], wanted: int, compared: Sequence[int], gap: float) -> Told:
    """Operate weather years with the capacities of the design, together; more of them are reckoned from those given.

    The first years find the prices that guide all others; the seconds of the wanted number are theirs, those of building,
    and for all other years the mean of the guided ones that were measured. The years that the peer solves are solved
    exactly too, after the clock has stopped, so that the true gap is told.
    """
    from dafeng.energy.years.dispatching import GUIDES, dispatch_years

    marks: list[tuple[int, float]] = []
    start = time.process_time()
    given = [dispatched(city) for city in cities]
    network = network_city(given[0])
    series = _weather_series(given)
    formulated = time.process_time() - start
    found = dispatch_years(
        network, series, gap=gap, checked=compared, told=lambda done: marks.append((done, time.process_time()))
    )
    spent = time.process_time() - start - found.seconds["exact"]
    share = _guided_share(marks, len(cities))
    true = list(found.true_gap.values())
    parts = {
        "solver": "interior point over the chain of hours, own rows eliminated, numpy and LAPACK, one thread",
        "settings": f"proven gap of each year at most {gap:g}",
        "years_measured": len(cities),
        "years_reckoned": wanted,
        "sample_s": spent,
        "formulation_s": formulated + found.seconds["formulation"],
        "solver_s": found.seconds["kernel"],
        "guided_year_s": share,
        "years_solved_alone": len(found.alone),
        "proven_gap_mean": float(found.proven_gap.mean()),
        "proven_gap_guided_mean": float(found.proven_gap[GUIDES:].mean()),
        "proven_gap_most": float(found.proven_gap.max()),
        "true_gap_mean": float(np.mean(true)),
        "true_gap_most": float(max(true)),
        "primal_violation": float(found.violation.max()),
    }
    compared_costs = [float(found.cost[year]) for year in compared]
    return Told(compared_costs, parts, spent + share * (wanted - len(cities)))


def _guided_share(marks: Sequence[tuple[int, float]], count: int) -> float:
    """Return the seconds of one more year: the mean of those after the years that guide, where there are such."""
    from dafeng.energy.years.dispatching import GUIDES

    later = [mark for mark in marks if mark[0] >= GUIDES]
    if len(later) < 2:
        raise BenchmarkError(f"energy_years: {count} years do not reach past those that guide; ask for more with --years")
    return (later[-1][1] - later[0][1]) / (later[-1][0] - later[0][0])


def _weather_series(cities: Sequence[City]) -> dict[tuple[str, str, str], np.ndarray]:
    """What the weather changes: output of wind and sun, demand for heat, the heat pump's coefficient of performance."""
    found = {}
    for asset in cities[0].assets:
        profile = asset.technology.profile
        if profile:
            key = ("generator", "p_max_pu", asset.name)
            key = key if asset.technology.kind == "variable" else ("link", "efficiency", asset.name)
            found[key] = np.stack([city.series[profile] for city in cities])
    found["load", "p_set", "heat"] = np.stack([city.demand(city.years[0])["heat"] for city in cities])
    return found


def futures_of(cities: Sequence[City]) -> list[tuple[float, Network]]:
    """Return weather years of one city as futures that are equally likely."""
    return [(1.0 / len(cities), network_city(city)) for city in cities]


def certified(cities: Sequence[City]) -> Told:
    """Decide once for all weather years with a proven gap; the value is the cost of the design in every hour of them."""
    from dafeng.energy.modes.certified import solve_certified

    found = solve_certified(futures_of(cities))
    return Told(float(found.cost), told_of_certified(found))


def certified_beside_optimum(cities: Sequence[City]) -> Told:
    """Do the same where the optimum can be found; it is the value, the seconds are those of the certified answer."""
    from dafeng.energy.modes.certified import solve_certified

    futures = futures_of(cities)
    found = solve_certified(futures)
    start = time.process_time()
    optimum = solve_program(build_scenarios(futures)[0].program).certificate.objective
    if not found.bound <= optimum * (1 + 1e-8) or not optimum * (1 - 1e-8) <= found.cost:
        raise BenchmarkError(f"the optimum {optimum} does not lie between {found.bound} and {found.cost}")
    exact = {"optimum_s": time.process_time() - start, "real_regret": found.regret(optimum)}
    return Told(float(optimum), told_of_certified(found) | exact, sum(found.seconds.values()))


def told_of_certified(found: Certified) -> dict[str, Any]:
    """Return between what the optimum lies, how that was found and how long it took."""
    last = found.rounds[-1]
    return {
        "cost": float(found.cost),
        "lower_bound": float(found.bound),
        "certified_gap": float(found.gap),
        "rounds": len(found.rounds),
        "segments": last.segments,
        "rows": last.rows,
        "columns": last.columns,
        "primal_violation": float(found.violation),
        **{f"{part}_s": float(seconds) for part, seconds in found.seconds.items()},
    }
