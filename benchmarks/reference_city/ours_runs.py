"""Running our model on the reference city: solve, assemble, roll on, operate weather years; what each part took.

Invariant: every value comes with a certificate that passed; its figures are told beside the seconds.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.harness import Told
from benchmarks.reference_city.city import City
from benchmarks.reference_city.ours import network_city
from dafeng.energy.network.build import build_network
from dafeng.energy.network.solve import Outcome, solve_network


def told_of(outcome: Outcome, network_s: float) -> Told:
    """Objective of an outcome with its parts and its certificate."""
    certificate, attempt = outcome.solution.certificate, outcome.solution.attempts[-1]
    program = outcome.solution.program
    parts: dict[str, Any] = {
        "solver": attempt.algorithm,
        "settings": f"tried {len(outcome.solution.attempts)} of the ladder, {attempt.iterations} iterations",
        "network_s": network_s,
        "build_s": float(outcome.seconds["build"]),
        "solver_s": float(outcome.seconds["solve"]),
        "rows": len(program.row_low),
        "columns": len(program.cost),
        "bound": float(certificate.bound),
        "violation": float(certificate.primal_violation),
    }
    return Told(float(outcome.system_cost), parts)


def solved(city: City) -> Told:
    """Make the network, build and solve it with a certificate."""
    start = time.process_time()
    network = network_city(city)
    network_s = time.process_time() - start
    return told_of(solve_network(network), network_s)


def assembled(city: City) -> Told:
    """Make the sparse programme of a network that stands in memory, without solving."""
    network = network_city(city)
    start = time.process_time()
    built = build_network(network)
    parts = {"solver": "none", "rows": len(built.program.row_low), "columns": len(built.program.cost)}
    return Told(float(city.steps), parts, time.process_time() - start)
