"""Running our model on the reference city: solve, assemble, roll on, shorten time; what each part took.

Invariant: every value comes with a certificate that passed; its figures are told beside the seconds.
"""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from benchmarks.harness import Told
from benchmarks.reference_city.city import KEPT_H, WINDOW_H, City, dispatched
from benchmarks.reference_city.ours import network_city
from dafeng.energy.network.build import build_network
from dafeng.energy.network.solve import Outcome, solve_network


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
